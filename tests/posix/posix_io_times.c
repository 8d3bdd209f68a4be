/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_io_times.c -- the times that reading, writing and creating moves, and
 * those that it leaves.
 */

#include <sys/statfs.h>
#include <sys/uio.h>

#include "file.h"

static void
writing_moves_times(void **state)
{
	struct iovec one = { "vector", 6 };
	int fd = put_open("f", "text");

	(void)state;
	moves("f", "mc", gives(1, write(fd, "x", 1)));
	moves("f", "mc", gives(1, pwrite(fd, "x", 1, 0)));
	moves("f", "mc", gives(1, pwrite(fd, "x", 1, 100000)));
	moves("f", "mc", gives(6, writev(fd, &one, 1)));
	/* The same bytes as before are written all the same. */
	moves("f", "mc", gives(1, pwrite(fd, "x", 1, 0)));
	ok(close(fd));
	fd = opens(open("f", O_WRONLY | O_APPEND));
	moves("f", "mc", gives(1, write(fd, "x", 1)));
	ok(close(fd));
}

static void
opening_and_closing_moves_none(void **state)
{
	int fd = -1;

	(void)state;
	put("f", "text");
	moves("f", "", fd = opens(open("f", O_RDWR)));
	moves("f", "", ok(close(fd)));
	moves("f", "", fd = opens(open("f", O_RDWR | O_CREAT, 0600)));
	moves("f", "", gives(4, lseek(fd, 0, SEEK_END)));
	moves("f", "", gives(4, fstat_of(fd).st_size));
	ok(close(fd));
}

static void
emptying_moves_times(void **state)
{
	(void)state;
	put("f", "text");
	moves("f", "mc", ok(close(opens(open("f", O_WRONLY | O_TRUNC)))));
	put("f", "text");
	moves("f", "mc", ok(close(opens(creat("f", 0644)))));
	put("f", "text");
	moves("f", "mc",
	    ok(close(opens(open("f", O_RDWR | O_CREAT | O_TRUNC, 0644)))));
}

static void
emptying_what_is_empty_moves_times(void **state)
{
	(void)state;
	put("f", "");
	moves("f", "mc", ok(close(opens(open("f", O_WRONLY | O_TRUNC)))));
	moves("f", "mc", ok(close(opens(creat("f", 0644)))));
}

/* Where times of access are kept: else none must move. */
static void
reading_moves_the_time_of_access(void **state)
{
	struct statfs fs;
	const char *time;
	char buf[8];
	int fd;

	(void)state;
	put("f", "text");
	ok(statfs("f", &fs));
	time = (fs.f_flags & 1024) != 0 ? "" : "a"; /* ST_NOATIME */
	fd = opens(open("f", O_RDONLY));
	moves("f", time, gives(4, read(fd, buf, 8)));
	moves("f", time, gives(4, pread(fd, buf, 4, 0)));
	ok(close(fd));
}

static void
a_new_file_is_of_now(void **state)
{
	struct stat before, st;

	(void)state;
	put("before", "");
	before = look("before");
	tick();
	put("f", "");
	st = look("f");
	yes(st.st_mtim.tv_sec > before.st_mtim.tv_sec ||
	    (st.st_mtim.tv_sec == before.st_mtim.tv_sec &&
		st.st_mtim.tv_nsec > before.st_mtim.tv_nsec));
	gives(st.st_mtim.tv_sec, st.st_ctim.tv_sec);
	gives(st.st_mtim.tv_nsec, st.st_ctim.tv_nsec);
	gives(st.st_mtim.tv_sec, st.st_atim.tv_sec);
	gives(st.st_mtim.tv_nsec, st.st_atim.tv_nsec);
}

static void
a_write_is_later_than_the_one_before(void **state)
{
	struct timespec last = { 0 }, now;
	int fd = put_open("f", "text"), i;

	(void)state;
	for (i = 0; i < 5; i++) {
		tick();
		gives(1, pwrite(fd, "x", 1, 0));
		now = fstat_of(fd).st_mtim;
		yes(now.tv_sec > last.tv_sec ||
		    (now.tv_sec == last.tv_sec && now.tv_nsec > last.tv_nsec));
		last = now;
	}
	ok(close(fd));
}

const struct CMUnitTest posix_io_times[] = {
	cmocka_unit_test(writing_moves_times),
	cmocka_unit_test(opening_and_closing_moves_none),
	cmocka_unit_test(emptying_moves_times),
	cmocka_unit_test(emptying_what_is_empty_moves_times),
	cmocka_unit_test(reading_moves_the_time_of_access),
	cmocka_unit_test(a_new_file_is_of_now),
	cmocka_unit_test(a_write_is_later_than_the_one_before),
	{ 0 },
};
