/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_rw.c -- read(2), write(2), pread(2), pwrite(2), readv(2), writev(2).
 */

#include <sys/resource.h>
#include <sys/uio.h>
#include <limits.h>
#include <signal.h>

#include "file.h"

/* One page more or less, and what is several messages on any wire. */
static const size_t sizes[] = { 1, 4095, 4096, 4097, 65537, 3 << 20 };
static const off_t offsets[] = { 0, 1, 4095, 4096, 300007 };

static void
each_size_is_written_and_read(void **state)
{
	static char buf[3 << 20];
	size_t i;
	int fd;

	(void)state;
	for (i = 0; i < nitems(sizes); i++) {
		fd = opens(open("f", O_RDWR | O_CREAT | O_TRUNC, 0644));
		fill(buf, sizes[i], 0);
		gives(sizes[i], write(fd, buf, sizes[i]));
		gives(sizes[i], lseek(fd, 0, SEEK_CUR));
		gives(sizes[i], size_of("f"));
		gives(0, read(fd, buf, sizes[i]));
		gives(0, lseek(fd, 0, SEEK_SET));
		memset(buf, 0, sizes[i]);
		gives(sizes[i], read(fd, buf, sizes[i]));
		yes(is_filled(buf, sizes[i], 0));
		gives(sizes[i], lseek(fd, 0, SEEK_CUR));
		ok(close(fd));
	}
}

static void
each_offset_is_written_and_read(void **state)
{
	static char buf[65537];
	size_t i, j;
	int fd;

	(void)state;
	fd = opens(open("f", O_RDWR | O_CREAT, 0644));
	/* The largest is for the case above. */
	for (i = 0; i < nitems(sizes) - 1; i++) {
		for (j = 0; j < nitems(offsets); j++) {
			ok(ftruncate(fd, 0));
			fill(buf, sizes[i], (size_t)offsets[j]);
			gives(sizes[i], pwrite(fd, buf, sizes[i], offsets[j]));
			gives(
			    (off_t)sizes[i] + offsets[j], fstat_of(fd).st_size);
			yes(has_filled(fd, offsets[j], sizes[i]));
			yes(is_all(fd, 0, (size_t)offsets[j], '\0'));
		}
	}
	gives(0, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
}

static void
nothing_is_read_past_the_end(void **state)
{
	char buf[100];
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(10, read(fd, buf, sizeof(buf)));
	gives(0, read(fd, buf, sizeof(buf)));
	gives(10, pread(fd, buf, sizeof(buf), 0));
	gives(3, pread(fd, buf, sizeof(buf), 7));
	ok(memcmp(buf, "789", 3));
	gives(0, pread(fd, buf, sizeof(buf), 10));
	gives(0, pread(fd, buf, sizeof(buf), 4096));
	gives(0, pread(fd, buf, sizeof(buf), (off_t)1 << 40));
	gives(10, lseek(fd, 0, SEEK_CUR));
	gives(100, lseek(fd, 100, SEEK_SET));
	gives(0, read(fd, buf, sizeof(buf)));
	gives(100, lseek(fd, 0, SEEK_CUR));
	gives(10, size_of("f"));
	ok(close(fd));
}

static void
bytes_are_replaced_where_they_are(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(2, pwrite(fd, "ab", 2, 3));
	text("012ab56789", contents("f"));
	gives(3, pwrite(fd, "xyz", 3, 9));
	text("012ab5678xyz", contents("f"));
	gives(0, lseek(fd, 0, SEEK_CUR));
	gives(1, write(fd, "A", 1));
	text("A12ab5678xyz", contents("f"));
	gives(5, lseek(fd, 5, SEEK_SET));
	gives(1, write(fd, "B", 1));
	text("A12abB678xyz", contents("f"));
	gives(6, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
}

static void
what_is_between_reads_as_zeros(void **state)
{
	int fd = put_open("f", "begin");

	(void)state;
	gives(3, pwrite(fd, "end", 3, 1 << 18));
	gives((1 << 18) + 3, size_of("f"));
	text("begin", text_at(fd, 0, 5));
	yes(is_all(fd, 5, (1 << 18) - 5, '\0'));
	text("end", text_at(fd, 1 << 18, 10));
	gives(1500000, lseek(fd, 1500000, SEEK_SET));
	gives((1 << 18) + 3, size_of("f"));
	gives(1, write(fd, "x", 1));
	gives(1500001, size_of("f"));
	yes(is_all(fd, (1 << 18) + 3, 1500000 - (1 << 18) - 3, '\0'));
	ok(close(fd));
}

static void
files_may_be_larger_than_four_gigabytes(void **state)
{
	const off_t far = ((off_t)5 << 30) + 123;
	int fd = put_open("f", "near");

	(void)state;
	gives(3, pwrite(fd, "far", 3, far));
	gives(far + 3, size_of("f"));
	text("far", text_at(fd, far, 10));
	text("near", text_at(fd, 0, 4));
	yes(is_all(fd, (off_t)1 << 32, 4096, '\0'));
	yes(is_all(fd, far - 10, 10, '\0'));
	gives(far, lseek(fd, far, SEEK_SET));
	gives(3, read(fd, (char[8]){ 0 }, 8));
	ok(ftruncate(fd, 4));
	text("near", contents("f"));
	ok(close(fd));
}

static void
no_bytes_change_nothing(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	gives(0, read(fd, &(char){ 0 }, 0));
	gives(0, pread(fd, &(char){ 0 }, 0, 2));
	gives(0, lseek(fd, 0, SEEK_CUR));
	moves("f", "", gives(0, write(fd, "x", 0)));
	moves("f", "", gives(0, pwrite(fd, "x", 0, 2)));
	gives(0, pwrite(fd, "x", 0, 1000));
	text("text", contents("f"));
	ok(close(fd));
}

static void
descriptors_allow_what_they_were_opened_for(void **state)
{
	struct iovec one = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	char c = 'x';
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	fails(EBADF, write(fd, &c, 1));
	fails(EBADF, pwrite(fd, &c, 1, 0));
	fails(EBADF, writev(fd, &one, 1));
	fails(EBADF, write(fd, &c, 0));
	ok(close(fd));
	fails(EBADF, read(fd, &c, 1));
	fails(EBADF, write(fd, &c, 1));
	fails(EBADF, pread(fd, &c, 1, 0));
	fails(EBADF, pwrite(fd, &c, 1, 0));
	fails(EBADF, readv(fd, &one, 1));
	fails(EBADF, writev(fd, &one, 1));
	fails(EBADF, read(-1, &c, 1));
	fails(EBADF, write(-1, &c, 1));
	fd = opens(open("f", O_WRONLY));
	fails(EBADF, read(fd, &c, 1));
	fails(EBADF, pread(fd, &c, 1, 0));
	fails(EBADF, readv(fd, &one, 1));
	ok(close(fd));
	text("text", contents("f"));
}

static void
directories_are_not_read(void **state)
{
	struct iovec one = { .iov_base = (char[1]){ 0 }, .iov_len = 1 };
	char c;
	int fd = opens(open(".", O_RDONLY));

	(void)state;
	fails(EISDIR, read(fd, &c, 1));
	fails(EISDIR, pread(fd, &c, 1, 0));
	fails(EISDIR, readv(fd, &one, 1));
	fails(EBADF, write(fd, &c, 1));
	fails(EBADF, pwrite(fd, &c, 1, 0));
	ok(close(fd));
}

static void
bad_addresses_are_refused(void **state)
{
	struct iovec bad = { .iov_base = (void *)8, .iov_len = 1 };
	void *volatile nowhere = (void *)8; /* no compiler knows */
	int fd = put_open("f", "text");

	(void)state;
	fails(EFAULT, read(fd, nowhere, 4));
	fails(EFAULT, pread(fd, nowhere, 4, 0));
	fails(EFAULT, readv(fd, &bad, 1));
	fails(EFAULT, readv(fd, nowhere, 1));
	fails(EFAULT, write(fd, nowhere, 4));
	fails(EFAULT, pwrite(fd, nowhere, 4, 0));
	fails(EFAULT, writev(fd, &bad, 1));
	fails(EFAULT, writev(fd, nowhere, 1));
	gives(0, lseek(fd, 0, SEEK_CUR));
	text("text", contents("f"));
	ok(close(fd));
}

static void
bad_numbers_are_refused(void **state)
{
	struct iovec v[2] = { { (char[1]){ 0 }, SSIZE_MAX },
		{ (char[1]){ 0 }, SSIZE_MAX } };
	volatile int less = -1, many = IOV_MAX + 1; /* no compiler knows */
	char c = 'x';
	int fd = put_open("f", "text");

	(void)state;
	fails(EINVAL, pread(fd, &c, 1, -1));
	fails(EINVAL, pwrite(fd, &c, 1, -1));
	fails(EINVAL, pread(fd, &c, 1, INT64_MIN));
	fails(EINVAL, pwrite(fd, &c, 1, INT64_MAX));
	fails(EINVAL, readv(fd, v, less));
	fails(EINVAL, writev(fd, v, less));
	fails(EINVAL, readv(fd, v, many));
	fails(EINVAL, writev(fd, v, many));
	gives(0, readv(fd, v, 0));
	gives(0, writev(fd, v, 0));
	v[0].iov_len = (size_t)-1;
	fails(EINVAL, readv(fd, v, 2));
	fails(EINVAL, writev(fd, v, 2));
	text("text", contents("f"));
	ok(close(fd));
}

static void
vectors_are_read_and_written_in_order(void **state)
{
	char a[3] = "abc", b[5] = "defgh", c[1] = "i";
	struct iovec v[4] = { { a, 3 }, { NULL, 0 }, { b, 5 }, { c, 1 } };
	int fd = put_open("f", "");

	(void)state;
	gives(9, writev(fd, v, 4));
	text("abcdefghi", contents("f"));
	gives(9, lseek(fd, 0, SEEK_CUR));
	gives(9, pwritev(fd, v, 4, 9));
	gives(9, lseek(fd, 0, SEEK_CUR));
	text("abcdefghiabcdefghi", contents("f"));
	gives(0, lseek(fd, 0, SEEK_SET));
	memset(a, 0, 3);
	memset(b, 0, 5);
	gives(9, readv(fd, v, 4));
	ok(memcmp(a, "abc", 3));
	ok(memcmp(b, "defgh", 5));
	ok(memcmp(c, "i", 1));
	gives(4, preadv(fd, v, 4, 14));
	ok(memcmp(a, "fgh", 3));
	ok(memcmp(b, "iefgh", 5));
	gives(0, preadv(fd, v, 4, 18));
	gives(9, lseek(fd, 0, SEEK_CUR));
	fails(EINVAL, preadv(fd, v, 4, -1));
	fails(EINVAL, pwritev(fd, v, 4, -1));
	ok(close(fd));
}

static void
vectors_may_have_1024_parts(void **state)
{
	static struct iovec v[IOV_MAX];
	static char buf[IOV_MAX * 7];
	int fd = put_open("f", ""), i;

	(void)state;
	for (i = 0; i < IOV_MAX; i++)
		v[i] = (struct iovec){ buf + (size_t)i * 7, 7 };
	fill(buf, sizeof(buf), 0);
	gives(sizeof(buf), writev(fd, v, IOV_MAX));
	yes(has_filled(fd, 0, sizeof(buf)));
	memset(buf, 0, sizeof(buf));
	gives(sizeof(buf), preadv(fd, v, IOV_MAX, 0));
	yes(is_filled(buf, sizeof(buf), 0));
	ok(close(fd));
}

/* What one descriptor has written, the other reads at once. */
static void
writes_are_seen_by_every_reader(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "");
	other = opens(open("f", O_RDONLY));
	gives(4, write(fd, "text", 4));
	text("text", text_at(other, 0, 10));
	gives(4, fstat_of(other).st_size);
	gives(4, size_of("f"));
	gives(1, pwrite(fd, "T", 1, 0));
	text("Text", text_at(other, 0, 10));
	ok(ftruncate(fd, 2));
	text("Te", text_at(other, 0, 10));
	gives(2, fstat_of(other).st_size);
	ok(ftruncate(fd, 6));
	yes(is_all(other, 2, 4, '\0'));
	ok(close(other));
	ok(close(fd));
}

const struct CMUnitTest posix_rw[] = {
	cmocka_unit_test(each_size_is_written_and_read),
	cmocka_unit_test(each_offset_is_written_and_read),
	cmocka_unit_test(nothing_is_read_past_the_end),
	cmocka_unit_test(bytes_are_replaced_where_they_are),
	cmocka_unit_test(what_is_between_reads_as_zeros),
	cmocka_unit_test(files_may_be_larger_than_four_gigabytes),
	cmocka_unit_test(no_bytes_change_nothing),
	cmocka_unit_test(descriptors_allow_what_they_were_opened_for),
	cmocka_unit_test(directories_are_not_read),
	cmocka_unit_test(bad_addresses_are_refused),
	cmocka_unit_test(bad_numbers_are_refused),
	cmocka_unit_test(vectors_are_read_and_written_in_order),
	cmocka_unit_test(vectors_may_have_1024_parts),
	cmocka_unit_test(writes_are_seen_by_every_reader),
	{ 0 },
};
