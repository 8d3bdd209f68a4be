/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_copy.c -- copy_file_range(2), sendfile(2), splice(2): from here to
 * here, to elsewhere and from there.
 */

#include <sys/mman.h>
#include <sys/sendfile.h>

#include "file.h"

#define LEN ((size_t)300000)

/* A file of fill()'s bytes: here, or in memory. */
static int
filled(int fd, size_t len)
{
	char *buf = malloc(len);

	yes(buf != NULL);
	fill(buf, len, 0);
	gives(len, pwrite(fd, buf, len, 0));
	free(buf);
	return fd;
}

static int
elsewhere(void)
{
	return opens(memfd_create("elsewhere", MFD_CLOEXEC));
}

/* Call copy_file_range(2) until all is copied, or it fails. */
static ssize_t
copy_all(int in, off_t *in_at, int out, off_t *out_at, size_t len)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < len) {
		n = copy_file_range(in, in_at, out, out_at, len - done, 0);
		if (n <= 0)
			break;
		done += (size_t)n;
	}
	return n < 0 ? -1 : (ssize_t)done;
}

static void
a_range_is_copied(void **state)
{
	int in = filled(put_open("f", ""), LEN), out = put_open("g", "");
	off_t in_at = 4096, out_at = 4096;

	(void)state;
	gives(LEN, copy_all(in, NULL, out, NULL, LEN));
	gives(LEN, lseek(in, 0, SEEK_CUR));
	gives(LEN, lseek(out, 0, SEEK_CUR));
	yes(has_filled(out, 0, LEN));
	gives(0, copy_file_range(in, NULL, out, NULL, 10, 0));
	ok(ftruncate(out, 0));
	gives(10000, copy_all(in, &in_at, out, &out_at, 10000));
	gives(14096, in_at);
	gives(14096, out_at);
	gives(14096, size_of("g"));
	yes(is_all(out, 0, 4096, '\0'));
	yes(has_filled(out, 4096, 10000));
	gives(LEN, lseek(in, 0, SEEK_CUR));
	ok(close(in));
	ok(close(out));
}

static void
a_copy_ends_at_the_end(void **state)
{
	int in = put_open("f", "0123456789"), out = put_open("g", "");
	off_t at = 7;

	(void)state;
	gives(3, copy_file_range(in, &at, out, NULL, 100, 0));
	gives(10, at);
	text("789", contents("g"));
	gives(0, copy_file_range(in, &at, out, NULL, 100, 0));
	at = 1000;
	gives(0, copy_file_range(in, &at, out, NULL, 100, 0));
	gives(0, copy_file_range(in, NULL, out, NULL, 0, 0));
	/* Within one file. */
	at = 20;
	gives(10, copy_all(in, NULL, in, &at, 10));
	gives(30, size_of("f"));
	text("0123456789", text_at(in, 20, 10));
	ok(close(in));
	ok(close(out));
}

static void
copying_checks_its_arguments(void **state)
{
	int in, out, fd;
	off_t a, b;

	(void)state;
	in = put_open("f", "0123456789");
	out = put_open("g", "text");
	fails(EINVAL, copy_file_range(in, NULL, out, NULL, 4, 1));
	a = 0;
	b = 2;
	fails(EINVAL, copy_file_range(in, &a, in, &b, 4, 0));
	fails(EBADF, copy_file_range(1000, NULL, out, NULL, 4, 0));
	fails(EBADF, copy_file_range(in, NULL, 1000, NULL, 4, 0));
	fd = opens(open("f", O_WRONLY));
	fails(EBADF, copy_file_range(fd, NULL, out, NULL, 4, 0));
	ok(close(fd));
	fd = opens(open("g", O_RDONLY));
	fails(EBADF, copy_file_range(in, NULL, fd, NULL, 4, 0));
	ok(close(fd));
	fd = opens(open("g", O_WRONLY | O_APPEND));
	fails(EBADF, copy_file_range(in, NULL, fd, NULL, 4, 0));
	ok(close(fd));
	fd = opens(open(".", O_RDONLY));
	fails(EISDIR, copy_file_range(fd, NULL, out, NULL, 4, 0));
	ok(close(fd));
	ok(mkfifo("p", 0644));
	fd = opens(open("p", O_RDWR));
	fails(EINVAL, copy_file_range(fd, NULL, out, NULL, 4, 0));
	ok(close(fd));
	text("text", contents("g"));
	ok(close(in));
	ok(close(out));
}

/* Linux may refuse this where the file systems are of different kinds. */
static void
a_range_is_copied_to_elsewhere_or_not_at_all(void **state)
{
	int in = filled(put_open("f", ""), 10000), out = elsewhere();
	ssize_t n = copy_all(in, NULL, out, NULL, 10000);

	(void)state;
	if (n == -1) {
		gives(EXDEV, errno);
		gives(0, fstat_of(out).st_size);
	} else {
		gives(10000, n);
		yes(has_filled(out, 0, 10000));
	}
	ok(close(in));
	ok(close(out));
}

static void
copying_moves_times(void **state)
{
	int in = put_open("f", "0123456789"), out = put_open("g", "");

	(void)state;
	moves("g", "mc", gives(10, copy_all(in, NULL, out, NULL, 10)));
	ok(close(in));
	ok(close(out));
}

/* sendfile(2) until all is sent. */
static ssize_t
send_all(int out, int in, off_t *at, size_t len)
{
	size_t done = 0;
	ssize_t n = 0;

	while (done < len && (n = sendfile(out, in, at, len - done)) > 0)
		done += (size_t)n;
	return n < 0 ? -1 : (ssize_t)done;
}

static void
a_file_is_sent_to_elsewhere(void **state)
{
	int in = filled(put_open("f", ""), LEN), out = elsewhere();
	off_t at = 0;

	(void)state;
	gives(LEN, send_all(out, in, &at, LEN));
	gives(LEN, at);
	gives(0, lseek(in, 0, SEEK_CUR));
	yes(has_filled(out, 0, LEN));
	ok(ftruncate(out, 0));
	gives(0, lseek(out, 0, SEEK_SET));
	gives(5000, send_all(out, in, NULL, 5000));
	gives(5000, lseek(in, 0, SEEK_CUR));
	yes(has_filled(out, 0, 5000));
	ok(close(in));
	ok(close(out));
}

static void
a_file_is_sent_here(void **state)
{
	int in = filled(elsewhere(), LEN), out = put_open("f", "");
	int other = put_open("g", "");

	(void)state;
	gives(LEN, send_all(out, in, &(off_t){ 0 }, LEN));
	gives(LEN, size_of("f"));
	yes(has_filled(out, 0, LEN));
	gives(10000, send_all(other, out, &(off_t){ 0 }, 10000));
	yes(has_filled(other, 0, 10000));
	ok(close(in));
	ok(close(out));
	ok(close(other));
}

static void
sending_checks_its_arguments(void **state)
{
	int in, out, fd;

	(void)state;
	in = put_open("f", "0123456789");
	out = put_open("g", "");
	gives(3, sendfile(out, in, &(off_t){ 7 }, 100));
	text("789", contents("g"));
	gives(0, sendfile(out, in, &(off_t){ 10 }, 100));
	gives(0, sendfile(out, in, NULL, 0));
	fails(EINVAL, sendfile(out, in, &(off_t){ -1 }, 4));
	fails(EFAULT, sendfile(out, in, (off_t *)1, 4));
	fails(EBADF, sendfile(out, 1000, NULL, 4));
	fails(EBADF, sendfile(1000, in, NULL, 4));
	fd = opens(open("f", O_WRONLY));
	fails(EBADF, sendfile(out, fd, NULL, 4));
	ok(close(fd));
	fd = opens(open("g", O_RDONLY));
	fails(EBADF, sendfile(fd, in, NULL, 4));
	ok(close(fd));
	fd = opens(open("g", O_WRONLY | O_APPEND));
	fails(EINVAL, sendfile(fd, in, NULL, 4));
	ok(close(fd));
	fd = opens(open(".", O_RDONLY));
	fails_either(EINVAL, EISDIR, sendfile(out, fd, NULL, 4));
	ok(close(fd));
	text("789", contents("g"));
	ok(close(in));
	ok(close(out));
}

/* From one to the other, through a pipe: 32 KiB at a time. */
static void
splice_all(int in, int out, size_t len)
{
	off_t in_at = 0, out_at = 0;
	size_t done = 0;
	ssize_t n, m;
	int pipes[2];

	ok(pipe(pipes));
	while (done < len) {
		n = splice(in, &in_at, pipes[1], NULL, 32768, 0);
		if (n <= 0)
			break;
		for (; n > 0; n -= m, done += (size_t)m) {
			m = splice(pipes[0], NULL, out, &out_at, (size_t)n, 0);
			if (m <= 0)
				posix_fail(HERE, "splice: %s", strerror(errno));
		}
	}
	gives(len, done);
	gives(len, in_at);
	gives(len, out_at);
	ok(close(pipes[0]));
	ok(close(pipes[1]));
}

static void
a_file_is_spliced(void **state)
{
	int in = filled(put_open("f", ""), LEN), out = put_open("g", "");
	int other = elsewhere();

	(void)state;
	splice_all(in, out, LEN);
	yes(has_filled(out, 0, LEN));
	splice_all(out, other, LEN);
	yes(has_filled(other, 0, LEN));
	ok(ftruncate(out, 0));
	splice_all(other, out, LEN);
	yes(has_filled(out, 0, LEN));
	ok(close(in));
	ok(close(out));
	ok(close(other));
}

static void
splicing_checks_its_arguments(void **state)
{
	int fd = put_open("f", "0123456789"), other = put_open("g", "");
	off_t at = 0;
	int pipes[2];

	(void)state;
	ok(pipe(pipes));
	fails(EINVAL, splice(fd, NULL, other, NULL, 4, 0));
	fails(ESPIPE, splice(fd, NULL, pipes[1], &at, 4, 0));
	fails(ESPIPE, splice(pipes[0], &at, fd, NULL, 4, 0));
	fails(EBADF, splice(1000, NULL, pipes[1], NULL, 4, 0));
	fails(EBADF, splice(fd, NULL, 1000, NULL, 4, 0));
	gives(10, splice(fd, NULL, pipes[1], NULL, 100, 0));
	gives(0, splice(fd, NULL, pipes[1], NULL, 100, 0));
	gives(10, lseek(fd, 0, SEEK_CUR));
	gives(10, splice(pipes[0], NULL, other, NULL, 100, 0));
	text("0123456789", contents("g"));
	ok(close(other));
	other = opens(open("g", O_WRONLY | O_APPEND));
	gives(1, write(pipes[1], "x", 1));
	fails(EINVAL, splice(pipes[0], NULL, other, NULL, 1, 0));
	ok(close(other));
	ok(close(fd));
}

const struct CMUnitTest posix_copy[] = {
	cmocka_unit_test(a_range_is_copied),
	cmocka_unit_test(a_copy_ends_at_the_end),
	cmocka_unit_test(copying_checks_its_arguments),
	cmocka_unit_test(a_range_is_copied_to_elsewhere_or_not_at_all),
	cmocka_unit_test(copying_moves_times),
	cmocka_unit_test(a_file_is_sent_to_elsewhere),
	cmocka_unit_test(a_file_is_sent_here),
	cmocka_unit_test(sending_checks_its_arguments),
	cmocka_unit_test(a_file_is_spliced),
	cmocka_unit_test(splicing_checks_its_arguments),
	{ 0 },
};
