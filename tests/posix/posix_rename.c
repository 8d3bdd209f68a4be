/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_rename.c -- rename(2), renameat(2), renameat2(2), and who may.
 */

#include <sys/sysmacros.h>

#include "posix.h"

/* A file system that is not this one. */
#define ELSEWHERE "/dev/posix-check.rename"

static void
a_device_is_renamed(void **state)
{
	(void)state;
	ok(mknod("c", S_IFCHR | 0644, makedev(240, 3)));
	put("f", "");
	ok(rename("c", "f"));
	gives(makedev(240, 3), look("f").st_rdev);
	yes(S_ISCHR(look("f").st_mode));
	put("g", "text");
	ok(rename("g", "f"));
	text("text", contents("f"));
}

static void
two_names_of_one_file_stay(void **state)
{
	(void)state;
	put("f", "text");
	ok(link("f", "g"));
	ok(rename("f", "g"));
	text("text", contents("f"));
	text("text", contents("g"));
	gives(2, look("f").st_nlink);
	ok(rename("f", "f"));
	text("text", contents("f"));
	ok(mkdir("d", 0755));
	ok(rename("d", "d"));
	yes(S_ISDIR(look("d").st_mode));
	ok(link("f", "d/f"));
	ok(rename("d/f", "f"));
	gives(3, look("d/f").st_nlink);
}

static void
names_move_between_directories(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	put("a/f", "text");
	ok(rename("a/f", "b/g"));
	text("text", contents("b/g"));
	yes(!exists("a/f"));
	ok(mkdir("a/d", 0755));
	put("a/d/f", "deep");
	gives(3, look("a").st_nlink);
	ok(rename("a/d", "b/d"));
	gives(2, look("a").st_nlink);
	gives(3, look("b").st_nlink);
	text("deep", contents("b/d/f"));
	gives(look("b").st_ino, look("b/d/..").st_ino);
	ok(rename("b/d", "d"));
	gives(look(".").st_ino, look("d/..").st_ino);
	ok(rmdir("a"));
}

static void
what_is_replaced_has_a_link_less(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "new");
	put("g", "old");
	ok(link("g", "h"));
	ok(rename("f", "g"));
	gives(1, look("h").st_nlink);
	text("old", contents("h"));
	text("new", contents("g"));
	fd = opens(open("g", O_RDONLY));
	put("f", "newer");
	ok(rename("f", "g"));
	ok(fstat(fd, &st));
	gives(0, st.st_nlink);
	text("newer", contents("g"));
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(rename("a", "b"));
	gives(3, look(".").st_nlink);
}

static void
a_directory_does_not_move_below_itself(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("a/b", 0755));
	ok(mkdir("a/b/c", 0755));
	fails(EINVAL, rename("a", "a/x"));
	fails(EINVAL, rename("a", "a/b/c/x"));
	fails(EINVAL, rename("a", "a/b"));
	fails(EINVAL, rename("a/b", "a/b/c/x"));
	fails(EINVAL, rename("a", "./a/b/../b/x"));
	fails_either(ENOTEMPTY, EEXIST, rename("a/b/c", "a"));
	fails_either(ENOTEMPTY, EEXIST, rename("a/b/c", "a/b"));
	yes(exists("a/b/c"));
	ok(rename("a/b/c", "c"));
	ok(rename("a", "c/a"));
	yes(exists("c/a/b"));
}

static void
dots_are_not_renamed(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	fails_either(EBUSY, EINVAL, rename(".", "e"));
	fails_either(EBUSY, EINVAL, rename("..", "e"));
	fails_either(EBUSY, EINVAL, rename("d/.", "e"));
	fails_either(EBUSY, EINVAL, rename("d/..", "e"));
	fails_either(EBUSY, EINVAL, rename("d", "."));
	fails_either(EBUSY, EINVAL, rename("d", ".."));
	fails_either(EBUSY, EINVAL, rename("f", "d/."));
	fails_either(EBUSY, EEXIST, rename("f", "d/.."));
	yes(exists("d"));
	yes(exists("f"));
}

static void
slashes_at_the_end_ask_for_a_directory(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	ok(rename("d/", "e"));
	ok(rename("e", "g/"));
	yes(S_ISDIR(look("g").st_mode));
	fails(ENOTDIR, rename("f/", "h"));
	fails(ENOTDIR, rename("f", "h/"));
	fails_either(ENOTDIR, EISDIR, rename("f", "g/"));
	yes(exists("f"));
	yes(!exists("h"));
}

static void
links_are_not_followed(void **state)
{
	(void)state;
	put("f", "f");
	put("g", "g");
	ok(symlink("g", "l"));
	ok(rename("f", "l"));
	text("f", contents("l"));
	yes(S_ISREG(look("l").st_mode));
	text("g", contents("g"));
	ok(mkdir("d", 0755));
	ok(symlink("d", "m"));
	ok(rename("m", "n"));
	yes(S_ISLNK(look("n").st_mode));
	yes(S_ISDIR(look("d").st_mode));
	fails(ENOTDIR, rename("d", "n"));
	ok(rename("g", "n/g"));
	text("g", contents("d/g"));
}

static void
rename_refuses(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	fails(ENOENT, rename("nothing", "g"));
	fails(ENOENT, rename("nothing", "f"));
	fails(ENOENT, rename("f", "nothing/g"));
	fails(ENOENT, rename("nothing/f", "g"));
	fails(ENOENT, rename("", "g"));
	fails(ENOENT, rename("f", ""));
	fails(ENOTDIR, rename("f/x", "g"));
	fails(ENOTDIR, rename("f", "f/g"));
	fails(ENOTDIR, rename("d", "f/g"));
	fails(EXDEV, rename("f", ELSEWHERE));
	fails(EXDEV, rename("d", ELSEWHERE));
	fails(EFAULT, rename((const char *)1, "g"));
	fails(EFAULT, rename("f", (const char *)1));
	yes(exists("f"));
	yes(exists("d"));
}

static void
renameat_begins_at_directories(void **state)
{
	int a, b, file;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	put("a/f", "text");
	a = opens(open("a", O_RDONLY));
	b = opens(open("b", O_RDONLY));
	file = opens(open("a/f", O_RDONLY));
	ok(renameat(a, "f", b, "g"));
	text("text", contents("b/g"));
	fails(ENOENT, renameat(a, "f", b, "g"));
	ok(renameat(b, "g", AT_FDCWD, "h"));
	text("text", contents("h"));
	fails(ENOTDIR, renameat(file, "f", b, "g"));
	fails(ENOTDIR, renameat(AT_FDCWD, "h", file, "g"));
	fails(EBADF, renameat(-1, "f", b, "g"));
	fails(EBADF, renameat(AT_FDCWD, "h", -1, "g"));
	ok(renameat2(AT_FDCWD, "h", b, "g", 0));
	fails(EINVAL, renameat2(b, "g", b, "h", 0x40000000));
	fails(EINVAL,
	    renameat2(b, "g", b, "h", RENAME_NOREPLACE | RENAME_EXCHANGE));
	text("text", contents("b/g"));
}

static void
renameat2_does_not_replace_if_told(void **state)
{
	(void)state;
	put("f", "f");
	put("g", "g");
	fails(
	    EEXIST, renameat2(AT_FDCWD, "f", AT_FDCWD, "g", RENAME_NOREPLACE));
	ok(renameat2(AT_FDCWD, "f", AT_FDCWD, "h", RENAME_NOREPLACE));
	text("f", contents("h"));
	text("g", contents("g"));
}

static void
renameat2_exchanges(void **state)
{
	(void)state;
	put("f", "f");
	ok(mkdir("d", 0755));
	fails(ENOENT, renameat2(AT_FDCWD, "f", AT_FDCWD, "x", RENAME_EXCHANGE));
	ok(renameat2(AT_FDCWD, "f", AT_FDCWD, "d", RENAME_EXCHANGE));
	yes(S_ISDIR(look("f").st_mode));
	text("f", contents("d"));
}

static void
both_directories_must_be_writable(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("mine", 0755));
	ok(chown("mine", USER, USER));
	put("a/f", "");
	put("mine/f", "");
	ok(chown("a/f", USER, USER));
	as(USER);
	fails(EACCES, rename("a/f", "a/g"));
	fails(EACCES, rename("a/f", "b/f"));
	fails(EACCES, rename("a/f", "mine/g"));
	fails(EACCES, rename("mine/f", "b/f"));
	fails(EACCES, rename("mine/f", "a/f"));
	ok(rename("mine/f", "mine/g"));
	gives(0, look("mine/g").st_uid);
}

/* Its dot-dot changes, so it must be writable, too. */
static void
a_directory_that_moves_must_be_writable(void **state)
{
	(void)state;
	ok(mkdir("a", 0777));
	ok(mkdir("b", 0777));
	ok(chmod("a", 0777));
	ok(chmod("b", 0777));
	ok(mkdir("a/mine", 0755));
	ok(mkdir("a/other", 0755));
	ok(chown("a/mine", USER, USER));
	as(USER);
	fails(EACCES, rename("a/other", "b/other"));
	ok(rename("a/other", "a/renamed"));
	ok(rename("a/mine", "b/mine"));
	ok(chmod("b/mine", 0555));
	fails(EACCES, rename("b/mine", "a/mine"));
	ok(rename("b/mine", "b/still"));
}

const struct CMUnitTest posix_rename[] = {
	cmocka_unit_test(a_device_is_renamed),
	cmocka_unit_test(two_names_of_one_file_stay),
	cmocka_unit_test(names_move_between_directories),
	cmocka_unit_test(what_is_replaced_has_a_link_less),
	cmocka_unit_test(a_directory_does_not_move_below_itself),
	cmocka_unit_test(dots_are_not_renamed),
	cmocka_unit_test(slashes_at_the_end_ask_for_a_directory),
	cmocka_unit_test(links_are_not_followed),
	cmocka_unit_test(rename_refuses),
	cmocka_unit_test(renameat_begins_at_directories),
	cmocka_unit_test(renameat2_does_not_replace_if_told),
	cmocka_unit_test(renameat2_exchanges),
	cmocka_unit_test(both_directories_must_be_writable),
	cmocka_unit_test(a_directory_that_moves_must_be_writable),
	{ 0 },
};
