/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_utimens.c -- utimensat(2), futimens(3): times that are set, and by whom.
 */

#include <sys/time.h>

#include "posix.h"

/* Access and modification time, in whole seconds. */
#define TIMES(a, m) ((const struct timespec[2]){ { (a), 0 }, { (m), 0 } })
#define SPECIAL(a, m) ((const struct timespec[2]){ { 3, (a) }, { 4, (m) } })

/* Are these its times, in seconds? */
#define timed(path, a, m)                                                      \
	do {                                                                   \
		struct stat timed_st = look(path);                             \
		gives(a, timed_st.st_atim.tv_sec);                             \
		gives(m, timed_st.st_mtim.tv_sec);                             \
	} while (0)

static bool
is_recent(struct timespec t)
{
	struct timespec now;

	clock_gettime(CLOCK_REALTIME, &now);
	return t.tv_sec > now.tv_sec - 3600 && t.tv_sec < now.tv_sec + 3600;
}

static void
times_are_set(void **state)
{
	(void)state;
	put("f", "text");
	ok(utimensat(AT_FDCWD, "f", TIMES(1000000000, 1100000000), 0));
	timed("f", 1000000000, 1100000000);
	ok(utimensat(AT_FDCWD, "f", TIMES(0, 1), 0));
	timed("f", 0, 1);
	ok(utimensat(AT_FDCWD, "f", TIMES(2147483647, 2147483646), 0));
	timed("f", 2147483647, 2147483646);
	text("text", contents("f"));
}

static void
times_may_be_after_2038(void **state)
{
	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(2147483648, 4102444800), 0));
	timed("f", 2147483648, 4102444800);
}

static void
times_may_be_before_1970(void **state)
{
	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(-86400, -1), 0));
	timed("f", -86400, -1);
}

static void
nanoseconds_are_kept(void **state)
{
	const struct timespec times[2] = { { 1000000000, 123456789 },
		{ 1100000000, 999999999 } };

	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", times, 0));
	timed("f", 1000000000, 1100000000);
	gives(123456789, look("f").st_atim.tv_nsec);
	gives(999999999, look("f").st_mtim.tv_nsec);
}

static void
every_type_has_times(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(mkfifo("p", 0644));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	ok(utimensat(AT_FDCWD, "d", TIMES(11, 12), 0));
	ok(utimensat(AT_FDCWD, "p", TIMES(13, 14), 0));
	ok(utimensat(AT_FDCWD, "s", TIMES(15, 16), 0));
	timed("d", 11, 12);
	timed("p", 13, 14);
	timed("s", 15, 16);
}

static void
links_are_followed_unless_told(void **state)
{
	(void)state;
	put("f", "");
	ok(symlink("f", "l"));
	ok(utimensat(AT_FDCWD, "l", TIMES(11, 12), AT_SYMLINK_NOFOLLOW));
	gives(12, look("l").st_mtim.tv_sec);
	yes(is_recent(look("f").st_mtim));
	ok(utimensat(AT_FDCWD, "l", TIMES(13, 14), 0));
	timed("f", 13, 14);
	gives(12, look("l").st_mtim.tv_sec);
	ok(symlink("nothing", "m"));
	fails(ENOENT, utimensat(AT_FDCWD, "m", TIMES(1, 2), 0));
	ok(utimensat(AT_FDCWD, "m", TIMES(1, 2), AT_SYMLINK_NOFOLLOW));
	gives(2, look("m").st_mtim.tv_sec);
}

static void
futimens_sets_times(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "");
	fd = opens(open("f", O_RDONLY));
	ok(futimens(fd, TIMES(11, 12)));
	timed("f", 11, 12);
	ok(fstat(fd, &st));
	gives(11, st.st_atim.tv_sec);
	gives(12, st.st_mtim.tv_sec);
	ok(futimens(fd, NULL));
	yes(is_recent(look("f").st_atim));
	yes(is_recent(look("f").st_mtim));
	ok(close(fd));
	fails(EBADF, futimens(fd, NULL));
	fails(EBADF, futimens(-1, TIMES(1, 2)));
	fd = opens(open(".", O_RDONLY));
	ok(futimens(fd, TIMES(13, 14)));
	timed(".", 13, 14);
}

static void
either_time_may_be_left(void **state)
{
	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, 0), 0));
	timed("f", 11, 4);
	ok(utimensat(AT_FDCWD, "f", SPECIAL(0, UTIME_OMIT), 0));
	timed("f", 3, 4);
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, UTIME_OMIT), 0));
	timed("f", 3, 4);
}

static void
either_time_may_be_now(void **state)
{
	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_NOW, 0), 0));
	yes(is_recent(look("f").st_atim));
	gives(4, look("f").st_mtim.tv_sec);
	ok(utimensat(AT_FDCWD, "f", SPECIAL(0, UTIME_NOW), 0));
	gives(3, look("f").st_atim.tv_sec);
	yes(is_recent(look("f").st_mtim));
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, UTIME_NOW), 0));
	gives(11, look("f").st_atim.tv_sec);
	yes(is_recent(look("f").st_mtim));
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(utimensat(AT_FDCWD, "f", NULL, 0));
	yes(is_recent(look("f").st_atim));
	yes(is_recent(look("f").st_mtim));
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_NOW, UTIME_NOW), 0));
	yes(is_recent(look("f").st_atim));
	yes(is_recent(look("f").st_mtim));
}

static void
older_calls_set_times(void **state)
{
	const struct timeval times[2] = { { 21, 0 }, { 22, 0 } };
	int fd;

	(void)state;
	put("f", "");
	ok(symlink("f", "l"));
	ok(utimes("l", times));
	timed("f", 21, 22);
	ok(lutimes("l", times));
	gives(22, look("l").st_mtim.tv_sec);
	ok(utimes("f", NULL));
	yes(is_recent(look("f").st_mtim));
	fd = opens(open("f", O_RDONLY));
	ok(futimes(fd, times));
	timed("f", 21, 22);
}

static void
utimensat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("d/f", O_RDONLY));
	ok(utimensat(fd, "f", TIMES(11, 12), 0));
	timed("d/f", 11, 12);
	fails(ENOENT, utimensat(fd, "d", TIMES(1, 2), 0));
	fails(ENOTDIR, utimensat(file, "f", TIMES(1, 2), 0));
	fails(EBADF, utimensat(-1, "f", TIMES(1, 2), 0));
	fails(EINVAL, utimensat(fd, "f", TIMES(1, 2), 0x40000000));
}

static void
the_owner_may_set_times(void **state)
{
	(void)state;
	put("f", "");
	ok(chown("f", USER, USER));
	ok(chmod("f", 0));
	as(USER);
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	timed("f", 11, 12);
	ok(utimensat(AT_FDCWD, "f", NULL, 0));
	yes(is_recent(look("f").st_mtim));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_NOW, UTIME_OMIT), 0));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, 0), 0));
	gives(4, look("f").st_mtim.tv_sec);
}

static void
a_writer_may_set_them_to_now(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(chmod("f", 0666));
	as(USER);
	ok(utimensat(AT_FDCWD, "f", NULL, 0));
	yes(is_recent(look("f").st_atim));
	yes(is_recent(look("f").st_mtim));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_NOW, UTIME_NOW), 0));
	fd = opens(open("f", O_RDWR));
	ok(futimens(fd, NULL));
	fails(EPERM, utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	fails(EPERM, futimens(fd, TIMES(11, 12)));
	fails(
	    EPERM, utimensat(AT_FDCWD, "f", SPECIAL(UTIME_NOW, UTIME_OMIT), 0));
	fails(
	    EPERM, utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, UTIME_NOW), 0));
	fails(EPERM, utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, 0), 0));
}

static void
nobody_else_may_set_them(void **state)
{
	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	ok(chmod("f", 0444));
	as(USER);
	fails(EACCES, utimensat(AT_FDCWD, "f", NULL, 0));
	fails(
	    EACCES, utimensat(AT_FDCWD, "f", SPECIAL(UTIME_NOW, UTIME_NOW), 0));
	fails(EPERM, utimensat(AT_FDCWD, "f", TIMES(1, 2), 0));
	ok(utimensat(AT_FDCWD, "f", SPECIAL(UTIME_OMIT, UTIME_OMIT), 0));
	timed("f", 11, 12);
	as(0);
	ok(utimensat(AT_FDCWD, "f", TIMES(1, 2), 0));
	timed("f", 1, 2);
}

static void
utimensat_refuses(void **state)
{
	(void)state;
	put("f", "");
	ok(utimensat(AT_FDCWD, "f", TIMES(11, 12), 0));
	fails(EINVAL, utimensat(AT_FDCWD, "f", SPECIAL(1000000000, 0), 0));
	fails(EINVAL, utimensat(AT_FDCWD, "f", SPECIAL(0, 1000000000), 0));
	fails(EINVAL, utimensat(AT_FDCWD, "f", SPECIAL(-1, 0), 0));
	fails(ENOENT, utimensat(AT_FDCWD, "nothing", TIMES(1, 2), 0));
	fails(ENOENT, utimensat(AT_FDCWD, "", TIMES(1, 2), 0));
	fails(ENOTDIR, utimensat(AT_FDCWD, "f/x", TIMES(1, 2), 0));
	fails(EFAULT, utimensat(AT_FDCWD, (const char *)1, TIMES(1, 2), 0));
	timed("f", 11, 12);
}

const struct CMUnitTest posix_utimens[] = {
	cmocka_unit_test(times_are_set),
	cmocka_unit_test(times_may_be_after_2038),
	cmocka_unit_test(times_may_be_before_1970),
	cmocka_unit_test(nanoseconds_are_kept),
	cmocka_unit_test(every_type_has_times),
	cmocka_unit_test(links_are_followed_unless_told),
	cmocka_unit_test(futimens_sets_times),
	cmocka_unit_test(either_time_may_be_left),
	cmocka_unit_test(either_time_may_be_now),
	cmocka_unit_test(older_calls_set_times),
	cmocka_unit_test(utimensat_begins_at_a_directory),
	cmocka_unit_test(the_owner_may_set_times),
	cmocka_unit_test(a_writer_may_set_them_to_now),
	cmocka_unit_test(nobody_else_may_set_them),
	cmocka_unit_test(utimensat_refuses),
	{ 0 },
};
