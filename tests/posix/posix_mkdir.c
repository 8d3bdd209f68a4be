/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_mkdir.c -- mkdir(2), mkdirat(2), rmdir(2).
 */

#include "posix.h"

static void
mkdir_makes_an_empty_directory(void **state)
{
	struct stat st;

	(void)state;
	ok(mkdir("d", 0755));
	ok(stat("d", &st));
	yes(S_ISDIR(st.st_mode));
	gives(0755, st.st_mode & 07777);
	gives(2, st.st_nlink);
	gives(look(".").st_ino, look("d/..").st_ino);
	ok(rmdir("d"));
	yes(!exists("d"));
	ok(mkdir("d/", 0700));
	gives(0700, mode_of("d"));
	ok(mkdir("d//e///", 0700));
	yes(S_ISDIR(look("d/e").st_mode));
}

static void
mkdir_takes_permissions_and_the_sticky_bit(void **state)
{
	(void)state;
	ok(mkdir("a", 0));
	gives(0, mode_of("a"));
	ok(mkdir("b", 01700));
	gives(01700, mode_of("b"));
	ok(mkdir("c", 06700));
	gives(0700, mode_of("c"));
	ok(mkdir("d", 0111));
	gives(0111, mode_of("d"));
}

static void
mkdir_never_replaces(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0700));
	ok(symlink("nothing", "l"));
	ok(symlink("d", "m"));
	ok(mkfifo("p", 0644));
	fails(EEXIST, mkdir("f", 0755));
	fails(EEXIST, mkdir("d", 0755));
	fails(EEXIST, mkdir("l", 0755));
	fails(EEXIST, mkdir("m", 0755));
	fails(EEXIST, mkdir("p", 0755));
	fails(EEXIST, mkdir(".", 0755));
	fails(EEXIST, mkdir("..", 0755));
	fails(EEXIST, mkdir("d/.", 0755));
	fails(EEXIST, mkdir("d/..", 0755));
	gives(0700, mode_of("d"));
	yes(!exists("nothing"));
}

static void
mkdir_refuses(void **state)
{
	(void)state;
	put("f", "");
	fails(ENOENT, mkdir("nothing/d", 0755));
	fails(ENOENT, mkdir("nothing/.", 0755));
	fails(ENOENT, mkdir("", 0755));
	fails(ENOTDIR, mkdir("f/d", 0755));
	fails(EFAULT, mkdir((const char *)1, 0755));
	gives(2, look(".").st_nlink);
}

static void
mkdir_needs_a_directory_that_may_be_written(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(chown("b", USER, USER));
	as(USER);
	fails(EACCES, mkdir("a/d", 0755));
	ok(mkdir("b/d", 0755));
	gives(USER, look("b/d").st_uid);
	gives(USER, look("b/d").st_gid);
	fails(EACCES, rmdir("b"));
	ok(rmdir("b/d"));
}

static void
mkdirat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("f", O_RDONLY));
	ok(mkdirat(fd, "e", 0711));
	gives(0711, mode_of("d/e"));
	fails(EEXIST, mkdirat(fd, "e", 0711));
	fails(ENOTDIR, mkdirat(file, "e", 0711));
	fails(EBADF, mkdirat(-1, "e", 0711));
	fails(ENOENT, mkdirat(fd, "d/e", 0711));
}

static void
rmdir_removes_only_empty_directories(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	fails_either(ENOTEMPTY, EEXIST, rmdir("d"));
	ok(unlink("d/f"));
	ok(mkdir("d/e", 0755));
	fails_either(ENOTEMPTY, EEXIST, rmdir("d"));
	ok(rmdir("d/e"));
	ok(symlink("nothing", "d/l"));
	fails_either(ENOTEMPTY, EEXIST, rmdir("d"));
	ok(unlink("d/l"));
	ok(mkfifo("d/p", 0644));
	fails_either(ENOTEMPTY, EEXIST, rmdir("d"));
	ok(unlink("d/p"));
	ok(rmdir("d"));
	yes(!exists("d"));
}

static void
rmdir_refuses_what_is_no_directory(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("d", "l"));
	ok(mkfifo("p", 0644));
	fails(ENOTDIR, rmdir("f"));
	fails(ENOTDIR, rmdir("l"));
	fails(ENOTDIR, rmdir("p"));
	fails(ENOTDIR, rmdir("f/d"));
	fails(ENOTDIR, rmdir("f/"));
	yes(exists("f"));
	yes(exists("l"));
	yes(exists("d"));
}

static void
rmdir_refuses(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	fails(ENOENT, rmdir("nothing"));
	fails(ENOENT, rmdir("nothing/d"));
	fails(ENOENT, rmdir(""));
	fails(EINVAL, rmdir("."));
	fails(EINVAL, rmdir("d/."));
	fails_either(ENOTEMPTY, EEXIST, rmdir("d/.."));
	fails_either(ENOTEMPTY, EEXIST, rmdir("d/e/.."));
	fails(EFAULT, rmdir((const char *)1));
	yes(exists("d/e"));
}

static void
rmdir_needs_a_directory_that_may_be_written(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("a/d", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("b/d", 0));
	ok(chown("a/d", USER, USER));
	ok(chown("b", USER, USER));
	as(USER);
	fails(EACCES, rmdir("a/d"));
	ok(rmdir("b/d"));
	yes(exists("a/d"));
	yes(!exists("b/d"));
}

static void
a_removed_directory_takes_nothing_in(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	fd = opens(open("d", O_RDONLY));
	ok(rmdir("d"));
	ok(fstat(fd, &st));
	yes(S_ISDIR(st.st_mode));
	fails(ENOENT, openat(fd, "f", O_WRONLY | O_CREAT, 0644));
	fails(ENOENT, mkdirat(fd, "e", 0755));
	fails(ENOENT, mknodat(fd, "p", S_IFIFO | 0644, 0));
	fails(ENOENT, symlinkat("f", fd, "l"));
	fails(ENOENT, linkat(AT_FDCWD, "f", fd, "g", 0));
	fails(ENOENT, renameat(AT_FDCWD, "f", fd, "g"));
	yes(exists("f"));
	ok(close(fd));
}

static void
many_levels_can_be_made_and_removed(void **state)
{
	int depth;
	bool good = true;

	(void)state;
	for (depth = 0; depth < 40; depth++)
		good = good && mkdir("d", 0755) == 0 && chdir("d") == 0;
	yes(good);
	for (depth = 0; depth < 40; depth++)
		good = good && chdir("..") == 0 && rmdir("d") == 0;
	yes(good);
	gives(2, look(".").st_nlink);
}

const struct CMUnitTest posix_mkdir[] = {
	cmocka_unit_test(mkdir_makes_an_empty_directory),
	cmocka_unit_test(mkdir_takes_permissions_and_the_sticky_bit),
	cmocka_unit_test(mkdir_never_replaces),
	cmocka_unit_test(mkdir_refuses),
	cmocka_unit_test(mkdir_needs_a_directory_that_may_be_written),
	cmocka_unit_test(mkdirat_begins_at_a_directory),
	cmocka_unit_test(rmdir_removes_only_empty_directories),
	cmocka_unit_test(rmdir_refuses_what_is_no_directory),
	cmocka_unit_test(rmdir_refuses),
	cmocka_unit_test(rmdir_needs_a_directory_that_may_be_written),
	cmocka_unit_test(a_removed_directory_takes_nothing_in),
	cmocka_unit_test(many_levels_can_be_made_and_removed),
	{ 0 },
};
