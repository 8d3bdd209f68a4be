/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_limits.c -- how large a file may become: RLIMIT_FSIZE, SIGXFSZ, EFBIG.
 */

#include <sys/resource.h>
#include <sys/uio.h>
#include <sys/wait.h>
#include <signal.h>

#include "file.h"

static volatile sig_atomic_t signals;

static void
count_signal(int number)
{
	(void)number;
	signals++;
}

static void
limit_files(off_t size)
{
	struct rlimit limit = { (rlim_t)size, RLIM_INFINITY };

	signal(SIGXFSZ, count_signal);
	ok(setrlimit(RLIMIT_FSIZE, &limit));
}

static void
a_write_ends_at_the_limit(void **state)
{
	static char buf[8192];
	int fd = put_open("f", "");

	(void)state;
	limit_files(10000);
	gives(8192, write(fd, buf, sizeof(buf)));
	gives(10000 - 8192, write(fd, buf, sizeof(buf)));
	gives(10000, size_of("f"));
	gives(0, signals);
	fails(EFBIG, write(fd, buf, sizeof(buf)));
	gives(1, signals);
	fails(EFBIG, write(fd, buf, 1));
	gives(2, signals);
	gives(10000, lseek(fd, 0, SEEK_CUR));
	gives(10000, size_of("f"));
	ok(close(fd));
}

static void
writing_beyond_the_limit_writes_nothing(void **state)
{
	struct iovec one = { "x", 1 };
	int fd = put_open("f", "text");

	(void)state;
	limit_files(1000);
	fails(EFBIG, pwrite(fd, "x", 1, 1000));
	gives(1, signals);
	fails(EFBIG, pwrite(fd, "x", 1, 5000));
	gives(2, signals);
	fails(EFBIG, pwritev(fd, &one, 1, 1000));
	gives(3, signals);
	text("text", contents("f"));
	gives(1, pwrite(fd, "x", 1, 999));
	gives(2, pwrite(fd, "ab", 2, 998));
	gives(1000, size_of("f"));
	gives(3, signals);
	ok(close(fd));
}

static void
appending_ends_at_the_limit(void **state)
{
	int fd;

	(void)state;
	put("f", "0123456789");
	fd = opens(open("f", O_WRONLY | O_APPEND));
	limit_files(12);
	gives(2, write(fd, "abcd", 4));
	fails(EFBIG, write(fd, "x", 1));
	gives(1, signals);
	text("0123456789ab", contents("f"));
	ok(close(fd));
}

static void
truncating_minds_the_limit(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	limit_files(1000);
	fails(EFBIG, ftruncate(fd, 1001));
	gives(1, signals);
	fails(EFBIG, truncate("f", 100000));
	gives(2, signals);
	gives(4, size_of("f"));
	ok(ftruncate(fd, 1000));
	gives(1000, size_of("f"));
	ok(truncate("f", 10));
	gives(2, signals);
	ok(close(fd));
}

/* A file that is too large already may shrink, and be written inside. */
static void
a_limit_is_for_what_grows(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	limit_files(5);
	gives(2, pwrite(fd, "ab", 2, 0));
	fails(EFBIG, pwrite(fd, "x", 1, 7));
	ok(ftruncate(fd, 8));
	ok(truncate("f", 7));
	gives(1, signals);
	text("ab23456", contents("f"));
	ok(close(fd));
}

static void
a_writer_over_the_limit_dies(void *arg)
{
	int fd = *(int *)arg;

	signal(SIGXFSZ, SIG_DFL);
	setrlimit(RLIMIT_CORE, &(struct rlimit){ 0 });
	write(fd, "x", 1);
}

static void
the_signal_ends_who_does_not_mind_it(void **state)
{
	int fd = put_open("f", ""), status;
	pid_t pid;

	(void)state;
	limit_files(0);
	pid = beside(a_writer_over_the_limit_dies, &fd);
	gives(pid, waitpid(pid, &status, 0));
	yes(WIFSIGNALED(status));
	gives(SIGXFSZ, WTERMSIG(status));
	gives(0, size_of("f"));
	ok(close(fd));
}

/* Every file system has an end: all bytes up to it, or none. */
static void
there_is_a_largest_file(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	fails(EINVAL, pwrite(fd, "ab", 2, INT64_MAX - 1));
	fails(EINVAL, ftruncate(fd, -1));
	if (ftruncate(fd, INT64_MAX) == 0) {
		gives(INT64_MAX, size_of("f"));
		ok(ftruncate(fd, 4));
	} else {
		gives(EFBIG, errno);
	}
	text("text", contents("f"));
	ok(close(fd));
}

const struct CMUnitTest posix_limits[] = {
	cmocka_unit_test(a_write_ends_at_the_limit),
	cmocka_unit_test(writing_beyond_the_limit_writes_nothing),
	cmocka_unit_test(appending_ends_at_the_limit),
	cmocka_unit_test(truncating_minds_the_limit),
	cmocka_unit_test(a_limit_is_for_what_grows),
	cmocka_unit_test(the_signal_ends_who_does_not_mind_it),
	cmocka_unit_test(there_is_a_largest_file),
	{ 0 },
};
