/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_lseek.c -- lseek(2), and offsets that descriptors share.
 */

#include <unistd.h>

#include "file.h"

static void
offsets_are_set_and_moved(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(0, lseek(fd, 0, SEEK_CUR));
	gives(7, lseek(fd, 7, SEEK_SET));
	gives(7, lseek(fd, 0, SEEK_CUR));
	gives(4, lseek(fd, -3, SEEK_CUR));
	gives(10, lseek(fd, 0, SEEK_END));
	gives(8, lseek(fd, -2, SEEK_END));
	gives(2, read(fd, (char[4]){ 0 }, 4));
	gives(10, lseek(fd, 0, SEEK_CUR));
	gives(0, lseek(fd, -10, SEEK_END));
	gives(0, lseek(fd, 0, SEEK_SET));
	ok(close(fd));
}

static void
offsets_may_lie_beyond_the_end(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(1000, lseek(fd, 1000, SEEK_SET));
	gives(1010, lseek(fd, 1000, SEEK_END));
	gives(1011, lseek(fd, 1, SEEK_CUR));
	gives((off_t)1 << 40, lseek(fd, (off_t)1 << 40, SEEK_SET));
	gives(10, size_of("f"));
	gives(0, read(fd, &(char){ 0 }, 1));
	ok(close(fd));
}

static void
the_end_is_where_it_is_now(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "0123456789");
	other = opens(open("f", O_WRONLY | O_APPEND));
	gives(5, write(other, "abcde", 5));
	gives(15, lseek(fd, 0, SEEK_END));
	ok(ftruncate(fd, 3));
	gives(3, lseek(other, 0, SEEK_END));
	ok(close(other));
	ok(close(fd));
}

static void
bad_offsets_are_refused(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(5, lseek(fd, 5, SEEK_SET));
	fails(EINVAL, lseek(fd, -1, SEEK_SET));
	fails(EINVAL, lseek(fd, -6, SEEK_CUR));
	fails(EINVAL, lseek(fd, -11, SEEK_END));
	fails(EINVAL, lseek(fd, 0, 100));
	fails(EINVAL, lseek(fd, 0, -1));
	fails_either(EOVERFLOW, EINVAL, lseek(fd, INT64_MAX, SEEK_CUR));
	fails_either(EOVERFLOW, EINVAL, lseek(fd, INT64_MAX, SEEK_END));
	gives(5, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
	fails(EBADF, lseek(fd, 0, SEEK_SET));
	fails(EBADF, lseek(-1, 0, SEEK_SET));
}

static void
pipes_have_no_offsets(void **state)
{
	int fds[2], fd;

	(void)state;
	ok(pipe(fds));
	fails(ESPIPE, lseek(fds[0], 0, SEEK_SET));
	ok(mkfifo("p", 0644));
	fd = opens(open("p", O_RDWR));
	fails(ESPIPE, lseek(fd, 0, SEEK_SET));
	fails(ESPIPE, lseek(fd, 0, SEEK_END));
	ok(close(fd));
}

/* Both exist everywhere: a file system may say that all of it is data. */
static void
data_and_holes_cover_the_file(void **state)
{
	int fd = put_open("f", "0123456789");
	off_t data, hole;

	(void)state;
	gives(0, lseek(fd, 0, SEEK_DATA));
	gives(10, lseek(fd, 0, SEEK_HOLE));
	gives(5, lseek(fd, 5, SEEK_DATA));
	gives(10, lseek(fd, 5, SEEK_HOLE));
	fails(ENXIO, lseek(fd, 10, SEEK_DATA));
	fails(ENXIO, lseek(fd, 10, SEEK_HOLE));
	fails(ENXIO, lseek(fd, 1000, SEEK_DATA));
	fails(ENXIO, lseek(fd, -1, SEEK_DATA));
	fails(ENXIO, lseek(fd, -1, SEEK_HOLE));
	gives(10, lseek(fd, 0, SEEK_CUR));
	gives(4, pwrite(fd, "data", 4, 4 << 20));
	data = lseek(fd, 100000, SEEK_DATA);
	yes(data >= 100000 && data <= 4 << 20);
	hole = lseek(fd, 4 << 20, SEEK_HOLE);
	gives((4 << 20) + 4, hole);
	gives(4 << 20, lseek(fd, 4 << 20, SEEK_DATA));
	ok(close(fd));
}

static void
holes_are_found(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(4, pwrite(fd, "data", 4, 4 << 20));
	fsync(fd);
	yes(lseek(fd, 0, SEEK_HOLE) <= 65536);
	yes(lseek(fd, 65536, SEEK_DATA) >= (4 << 20) - 65536);
	gives(65536, lseek(fd, 65536, SEEK_HOLE));
	gives((4 << 20) + 4, lseek(fd, 4 << 20, SEEK_HOLE));
	ok(ftruncate(fd, 8 << 20));
	fails(ENXIO, lseek(fd, 5 << 20, SEEK_DATA));
	gives(5 << 20, lseek(fd, 5 << 20, SEEK_HOLE));
	ok(close(fd));
}

static void
duplicates_share_an_offset(void **state)
{
	int fd, other, third;

	(void)state;
	fd = put_open("f", "0123456789");
	other = opens(dup(fd));
	third = opens(open("f", O_RDWR));
	gives(3, lseek(fd, 3, SEEK_SET));
	gives(3, lseek(other, 0, SEEK_CUR));
	gives(2, read(other, (char[2]){ 0 }, 2));
	gives(5, lseek(fd, 0, SEEK_CUR));
	gives(0, lseek(third, 0, SEEK_CUR));
	gives(2, write(fd, "ab", 2));
	gives(7, lseek(other, 0, SEEK_CUR));
	gives(0, lseek(third, 0, SEEK_CUR));
	text("01234ab789", contents("f"));
	ok(fcntl(fd, F_SETFL, O_APPEND));
	gives(O_APPEND, fcntl(other, F_GETFL) & O_APPEND);
	gives(0, fcntl(third, F_GETFL) & O_APPEND);
	ok(close(fd));
	gives(7, lseek(other, 0, SEEK_CUR));
	gives(1, read(other, &(char){ 0 }, 1));
	ok(close(other));
	ok(close(third));
}

static void
read_three(void *arg)
{
	int fd = *(int *)arg;
	char buf[3];

	gives(2, lseek(fd, 0, SEEK_CUR));
	gives(3, read(fd, buf, 3));
	ok(memcmp(buf, "234", 3));
	ok(close(fd));
}

static void
append_two(void *arg)
{
	int fd = *(int *)arg;

	gives(2, write(fd, "AB", 2));
	gives(1, lseek(fd, 1, SEEK_SET));
}

static void
a_child_shares_the_offset(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	gives(2, lseek(fd, 2, SEEK_SET));
	joined(beside(read_three, &fd));
	gives(5, lseek(fd, 0, SEEK_CUR));
	gives(1, write(fd, "x", 1));
	joined(beside(append_two, &fd));
	gives(1, lseek(fd, 0, SEEK_CUR));
	text("01234xAB89", contents("f"));
	ok(close(fd));
}

/* Each of them writes where the other has stopped. */
static void
write_records(void *arg)
{
	int fd = *(int *)arg, i, written = 0;
	char record[16];

	memset(record, 'c', sizeof(record));
	for (i = 0; i < 150; i++)
		if (write(fd, record, sizeof(record)) == sizeof(record))
			written++;
	gives(150, written);
}

static void
writers_that_share_an_offset_lose_nothing(void **state)
{
	int fd = put_open("f", "");
	pid_t a, b;

	(void)state;
	a = beside(write_records, &fd);
	b = beside(write_records, &fd);
	joined(a);
	joined(b);
	gives(4800, lseek(fd, 0, SEEK_CUR));
	gives(4800, size_of("f"));
	yes(is_all(fd, 0, 4800, 'c'));
	ok(close(fd));
}

const struct CMUnitTest posix_lseek[] = {
	cmocka_unit_test(offsets_are_set_and_moved),
	cmocka_unit_test(offsets_may_lie_beyond_the_end),
	cmocka_unit_test(the_end_is_where_it_is_now),
	cmocka_unit_test(bad_offsets_are_refused),
	cmocka_unit_test(pipes_have_no_offsets),
	cmocka_unit_test(data_and_holes_cover_the_file),
	cmocka_unit_test(holes_are_found),
	cmocka_unit_test(duplicates_share_an_offset),
	cmocka_unit_test(a_child_shares_the_offset),
	cmocka_unit_test(writers_that_share_an_offset_lose_nothing),
	{ 0 },
};
