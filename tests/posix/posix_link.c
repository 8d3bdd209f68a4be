/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_link.c -- link(2), linkat(2), unlink(2), unlinkat(2).
 */

#include <sys/sysmacros.h>

#include "posix.h"

/* A file system that is not this one. */
#define ELSEWHERE "/dev/posix-check.link"

static void
link_makes_another_name(void **state)
{
	(void)state;
	put("f", "one");
	ok(link("f", "g"));
	gives(look("f").st_ino, look("g").st_ino);
	text("one", contents("g"));
	put("g", "other");
	text("other", contents("f"));
	ok(chmod("f", 0600));
	gives(0600, mode_of("g"));
	ok(unlink("f"));
	text("other", contents("g"));
	yes(!exists("f"));
}

static void
names_may_be_in_several_directories(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	put("a/f", "text");
	ok(link("a/f", "b/g"));
	gives(look("a/f").st_ino, look("b/g").st_ino);
	ok(unlink("a/f"));
	ok(rmdir("a"));
	text("text", contents("b/g"));
	gives(1, look("b/g").st_nlink);
}

static void
every_type_but_a_directory_can_be_linked(void **state)
{
	(void)state;
	ok(mkfifo("p", 0644));
	ok(link("p", "p2"));
	gives(2, look("p").st_nlink);
	yes(S_ISFIFO(look("p2").st_mode));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	ok(link("s", "s2"));
	yes(S_ISSOCK(look("s2").st_mode));
	ok(symlink("nothing", "l"));
	ok(link("l", "l2"));
	yes(S_ISLNK(look("l2").st_mode));
	gives(look("l").st_ino, look("l2").st_ino);
	gives(2, look("l").st_nlink);
	ok(mkdir("d", 0755));
	fails(EPERM, link("d", "d2"));
	fails(EPERM, link("d", "d/d2"));
	fails(EPERM, linkat(AT_FDCWD, "d", AT_FDCWD, "d2", AT_SYMLINK_FOLLOW));
}

static void
a_device_can_be_linked(void **state)
{
	(void)state;
	ok(mknod("c", S_IFCHR | 0644, makedev(240, 3)));
	ok(link("c", "c2"));
	gives(makedev(240, 3), look("c2").st_rdev);
	gives(2, look("c").st_nlink);
}

static void
linkat_follows_a_link_if_told(void **state)
{
	(void)state;
	put("f", "text");
	ok(symlink("f", "l"));
	ok(linkat(AT_FDCWD, "l", AT_FDCWD, "a", 0));
	yes(S_ISLNK(look("a").st_mode));
	ok(linkat(AT_FDCWD, "l", AT_FDCWD, "b", AT_SYMLINK_FOLLOW));
	yes(S_ISREG(look("b").st_mode));
	gives(look("f").st_ino, look("b").st_ino);
	ok(symlink("nothing", "m"));
	fails(ENOENT, linkat(AT_FDCWD, "m", AT_FDCWD, "c", AT_SYMLINK_FOLLOW));
	ok(linkat(AT_FDCWD, "m", AT_FDCWD, "c", 0));
}

static void
linkat_begins_at_directories(void **state)
{
	int a, b, file;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	put("a/f", "text");
	a = opens(open("a", O_RDONLY));
	b = opens(open("b", O_RDONLY));
	file = opens(open("a/f", O_RDONLY));
	ok(linkat(a, "f", b, "g", 0));
	gives(look("a/f").st_ino, look("b/g").st_ino);
	fails(ENOENT, linkat(b, "f", a, "g", 0));
	fails(ENOTDIR, linkat(file, "f", b, "h", 0));
	fails(ENOTDIR, linkat(a, "f", file, "h", 0));
	fails(EBADF, linkat(-1, "f", b, "h", 0));
	fails(EBADF, linkat(a, "f", -1, "h", 0));
	fails(EINVAL, linkat(a, "f", b, "h", 0x40000000));
	fails(ENOENT, linkat(a, "", b, "h", 0));
}

static void
linkat_takes_a_descriptor(void **state)
{
	char path[64];
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	ok(linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH));
	gives(look("f").st_ino, look("g").st_ino);
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	ok(linkat(AT_FDCWD, path, AT_FDCWD, "h", AT_SYMLINK_FOLLOW));
	gives(3, look("f").st_nlink);
}

static void
what_has_no_name_gets_none(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	ok(unlink("f"));
	fails(ENOENT, linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH));
	yes(!exists("g"));
}

static void
link_never_replaces(void **state)
{
	(void)state;
	put("f", "f");
	put("g", "g");
	ok(mkdir("d", 0755));
	ok(symlink("nothing", "l"));
	ok(mkfifo("p", 0644));
	fails(EEXIST, link("f", "g"));
	fails(EEXIST, link("f", "d"));
	fails(EEXIST, link("f", "l"));
	fails(EEXIST, link("f", "p"));
	fails(EEXIST, link("f", "f"));
	fails(EEXIST, link("f", "."));
	text("g", contents("g"));
	gives(1, look("f").st_nlink);
	yes(!exists("nothing"));
}

static void
link_refuses(void **state)
{
	(void)state;
	put("f", "");
	fails(ENOENT, link("nothing", "g"));
	fails(ENOENT, link("f", "nothing/g"));
	fails(ENOENT, link("f", ""));
	fails(ENOENT, link("", "g"));
	fails(ENOTDIR, link("f/x", "g"));
	fails(ENOTDIR, link("f", "f/g"));
	fails(EXDEV, link("f", ELSEWHERE));
	fails(EFAULT, link((const char *)1, "g"));
	fails(EFAULT, link("f", (const char *)1));
	gives(1, look("f").st_nlink);
}

static void
link_needs_a_directory_that_may_be_written(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0777));
	ok(chmod("b", 0777));
	put("a/f", "");
	ok(chown("a/f", USER, USER));
	as(USER);
	fails(EACCES, link("a/f", "a/g"));
	ok(link("a/f", "b/g"));
	gives(2, look("a/f").st_nlink);
	fails(EACCES, unlink("a/f"));
	ok(unlink("b/g"));
}

static void
unlink_removes_a_name(void **state)
{
	(void)state;
	put("f", "");
	ok(mkfifo("p", 0644));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	ok(symlink("f", "l"));
	ok(symlink("nothing", "m"));
	ok(unlink("l"));
	yes(exists("f"));
	yes(!exists("l"));
	ok(unlink("m"));
	ok(unlink("p"));
	yes(!exists("p"));
	ok(unlink("s"));
	yes(!exists("s"));
	ok(unlink("f"));
	fails(ENOENT, unlink("f"));
	fails(ENOENT, open("f", O_RDONLY));
}

static void
unlink_of_a_directory_is_refused(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(symlink("d", "l"));
	fails(EISDIR, unlink("d"));
	fails(EISDIR, unlink("d/"));
	fails(EISDIR, unlink("."));
	fails(EISDIR, unlink("d/.."));
	fails(EISDIR, unlinkat(AT_FDCWD, "d", 0));
	yes(exists("d"));
	ok(unlink("l"));
	yes(exists("d"));
}

static void
unlink_refuses(void **state)
{
	(void)state;
	put("f", "");
	ok(symlink("f", "l"));
	fails(ENOENT, unlink("nothing"));
	fails(ENOENT, unlink("nothing/f"));
	fails(ENOENT, unlink(""));
	fails(ENOTDIR, unlink("f/x"));
	fails(ENOTDIR, unlink("f/"));
	fails(ENOTDIR, unlink("l/"));
	fails(EFAULT, unlink((const char *)1));
	yes(exists("f"));
	yes(exists("l"));
}

static void
unlinkat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	put("d/f", "");
	put("d/e/f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("d/f", O_RDONLY));
	fails(ENOTDIR, unlinkat(fd, "f", AT_REMOVEDIR));
	fails(EINVAL, unlinkat(fd, "f", 0x40000000));
	fails(ENOTDIR, unlinkat(file, "f", 0));
	fails(EBADF, unlinkat(-1, "f", 0));
	fails(ENOENT, unlinkat(fd, "d", 0));
	fails(EISDIR, unlinkat(fd, "e", 0));
	fails(ENOTEMPTY, unlinkat(fd, "e", AT_REMOVEDIR));
	ok(unlinkat(fd, "e/f", 0));
	ok(unlinkat(fd, "e", AT_REMOVEDIR));
	ok(unlinkat(fd, "f", 0));
	yes(!exists("d/e"));
	yes(!exists("d/f"));
}

/* The directory's permissions count, not the file's. */
static void
unlink_needs_a_directory_that_may_be_written(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	put("a/f", "");
	put("b/f", "");
	ok(chown("a/f", USER, USER));
	ok(chown("b", USER, USER));
	ok(chmod("b/f", 0));
	as(USER);
	fails(EACCES, unlink("a/f"));
	ok(unlink("b/f"));
	yes(exists("a/f"));
	yes(!exists("b/f"));
}

static void
a_name_can_be_used_again(void **state)
{
	(void)state;
	put("x", "file");
	ok(unlink("x"));
	ok(mkdir("x", 0755));
	yes(S_ISDIR(look("x").st_mode));
	ok(rmdir("x"));
	ok(symlink("y", "x"));
	yes(S_ISLNK(look("x").st_mode));
	ok(unlink("x"));
	ok(mkfifo("x", 0644));
	yes(S_ISFIFO(look("x").st_mode));
	ok(unlink("x"));
	put("x", "again");
	text("again", contents("x"));
}

const struct CMUnitTest posix_link[] = {
	cmocka_unit_test(link_makes_another_name),
	cmocka_unit_test(names_may_be_in_several_directories),
	cmocka_unit_test(every_type_but_a_directory_can_be_linked),
	cmocka_unit_test(a_device_can_be_linked),
	cmocka_unit_test(linkat_follows_a_link_if_told),
	cmocka_unit_test(linkat_begins_at_directories),
	cmocka_unit_test(linkat_takes_a_descriptor),
	cmocka_unit_test(what_has_no_name_gets_none),
	cmocka_unit_test(link_never_replaces),
	cmocka_unit_test(link_refuses),
	cmocka_unit_test(link_needs_a_directory_that_may_be_written),
	cmocka_unit_test(unlink_removes_a_name),
	cmocka_unit_test(unlink_of_a_directory_is_refused),
	cmocka_unit_test(unlink_refuses),
	cmocka_unit_test(unlinkat_begins_at_a_directory),
	cmocka_unit_test(unlink_needs_a_directory_that_may_be_written),
	cmocka_unit_test(a_name_can_be_used_again),
	{ 0 },
};
