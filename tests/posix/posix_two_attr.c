/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_attr.c -- what one party does to attributes, seen by the other: by
 * name, and by a descriptor that it has had before.
 */

#include <sys/xattr.h>

#include "file.h"

static void
chmod_is_seen_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDONLY));
	gives(0644, mode_of(there("f")));
	ok(chmod("f", 0751));
	gives(0751, mode_of(there("f")));
	gives(0751, fstat_of(theirs).st_mode & 07777);
	ok(fchmod(theirs, 01600));
	gives(01600, mode_of("f"));
	moves(there("f"), "c", ok(chmod("f", 0600)));
	ok(close(theirs));
}

static void
chown_is_seen_there(void **state)
{
	struct stat st;
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDONLY));
	ok(chown("f", USER, GROUP));
	st = look(there("f"));
	gives(USER, st.st_uid);
	gives(GROUP, st.st_gid);
	gives(USER, fstat_of(theirs).st_uid);
	gives(GROUP, fstat_of(theirs).st_gid);
	ok(fchown(theirs, OTHER, OTHER));
	gives(OTHER, look("f").st_uid);
	moves(there("f"), "c", ok(chown("f", 0, 0)));
	ok(close(theirs));
}

static void
times_are_seen_there(void **state)
{
	const struct timespec t[2] = { { 1000, 0 }, { 2000, 0 } };
	struct stat st, before;
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDONLY));
	before = fstat_of(theirs);
	tick();
	ok(utimensat(AT_FDCWD, "f", t, 0));
	st = look(there("f"));
	gives(1000, st.st_atim.tv_sec);
	gives(2000, st.st_mtim.tv_sec);
	yes(st.st_ctim.tv_sec > before.st_ctim.tv_sec ||
	    st.st_ctim.tv_nsec != before.st_ctim.tv_nsec);
	st = fstat_of(theirs);
	gives(1000, st.st_atim.tv_sec);
	gives(2000, st.st_mtim.tv_sec);
	ok(close(theirs));
}

static void
truncation_is_seen_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "0123456789");
	theirs = opens(open(there("f"), O_RDWR));
	gives(10, fstat_of(theirs).st_size);
	ok(truncate("f", 4));
	gives(4, size_of(there("f")));
	gives(4, fstat_of(theirs).st_size);
	text("0123", text_at(theirs, 0, 100));
	ok(truncate("f", 8));
	gives(8, fstat_of(theirs).st_size);
	yes(is_all(theirs, 4, 4, '\0'));
	ok(ftruncate(theirs, 1));
	text("0", contents("f"));
	moves(there("f"), "mc", ok(truncate("f", 3)));
	ok(close(theirs));
}

static void
writing_is_seen_there(void **state)
{
	int ours = put_open("f", "text"), theirs;

	(void)state;
	theirs = opens(open(there("f"), O_RDWR));
	text("text", text_at(theirs, 0, 100));
	gives(4, pwrite(ours, "TEXT", 4, 0));
	text("TEXT", text_at(theirs, 0, 100));
	gives(5, pwrite(ours, "after", 5, 10000));
	gives(10005, fstat_of(theirs).st_size);
	text("after", text_at(theirs, 10000, 100));
	yes(is_all(theirs, 4, 10000 - 4, '\0'));
	gives(1, pwrite(theirs, "t", 1, 0));
	text("tEXT", text_at(ours, 0, 4));
	moves(there("f"), "mc", gives(1, pwrite(ours, "x", 1, 0)));
	ok(close(theirs));
	ok(close(ours));
}

static void
blocks_are_seen_there(void **state)
{
	static char buf[1 << 20];
	int ours = put_open("f", ""), theirs;
	blkcnt_t empty;

	(void)state;
	theirs = opens(open(there("f"), O_RDWR));
	empty = fstat_of(theirs).st_blocks;
	memset(buf, 'x', sizeof(buf));
	gives(sizeof(buf), write(ours, buf, sizeof(buf)));
	ok(fsync(ours));
	yes(fstat_of(theirs).st_blocks >= (blkcnt_t)sizeof(buf) / 512);
	ok(ftruncate(ours, 0));
	ok(fsync(ours));
	gives(empty, fstat_of(theirs).st_blocks);
	ok(close(theirs));
	ok(close(ours));
}

static void
links_are_counted_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDONLY));
	moves(there("f"), "c", ok(link("f", "g")));
	gives(2, look(there("f")).st_nlink);
	gives(2, fstat_of(theirs).st_nlink);
	gives(look(there("f")).st_ino, look(there("g")).st_ino);
	ok(unlink("g"));
	gives(1, fstat_of(theirs).st_nlink);
	ok(close(theirs));
}

static void
extended_attributes_are_seen_there(void **state)
{
	char buf[64] = "";
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDONLY));
	fails(ENODATA, getxattr(there("f"), "user.a", buf, sizeof(buf)));
	moves(there("f"), "c", ok(setxattr("f", "user.a", "one", 3, 0)));
	gives(3, getxattr(there("f"), "user.a", buf, sizeof(buf)));
	ok(memcmp(buf, "one", 3));
	ok(setxattr("f", "user.a", "three", 5, XATTR_REPLACE));
	gives(5, fgetxattr(theirs, "user.a", buf, sizeof(buf)));
	ok(memcmp(buf, "three", 5));
	gives(sizeof("user.a"), listxattr(there("f"), buf, sizeof(buf)));
	text("user.a", buf);
	fails(EEXIST, setxattr(there("f"), "user.a", "x", 1, XATTR_CREATE));
	ok(removexattr(there("f"), "user.a"));
	fails(ENODATA, getxattr("f", "user.a", buf, sizeof(buf)));
	fails(ENODATA, fgetxattr(theirs, "user.a", buf, sizeof(buf)));
	ok(close(theirs));
}

static void
permissions_count_there_at_once(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	as(USER);
	theirs = opens(openat(there_fd, "f", O_RDONLY));
	as(0);
	ok(chmod("f", 0600));
	as(USER);
	fails(EACCES, openat(there_fd, "f", O_RDONLY));
	/* What is open stays so. */
	text("text", text_at(theirs, 0, 100));
	as(0);
	ok(chmod("f", 0666));
	as(USER);
	ok(close(theirs));
	theirs = opens(openat(there_fd, "f", O_RDWR));
	ok(close(theirs));
}

static void
permissions_of_a_directory_count_there_at_once(void **state)
{
	struct stat st;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	as(USER);
	ok(fstatat(there_fd, "d/f", &st, 0));
	fails(EACCES, mkdirat(there_fd, "d/e", 0755));
	as(0);
	ok(chmod("d", 0700));
	as(USER);
	fails(EACCES, fstatat(there_fd, "d/f", &st, 0));
	as(0);
	ok(chmod("d", 0777));
	as(USER);
	ok(mkdirat(there_fd, "d/e", 0755));
	as(0);
	yes(exists("d/e"));
}

static void
a_users_write_there_clears_setuid(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	ok(chmod("f", 06777));
	as(USER);
	theirs = opens(openat(there_fd, "f", O_WRONLY));
	gives(1, write(theirs, "T", 1));
	ok(close(theirs));
	as(0);
	gives(0777, mode_of("f"));
}

const struct CMUnitTest posix_two_attr[] = {
	cmocka_unit_test(chmod_is_seen_there),
	cmocka_unit_test(chown_is_seen_there),
	cmocka_unit_test(times_are_seen_there),
	cmocka_unit_test(truncation_is_seen_there),
	cmocka_unit_test(writing_is_seen_there),
	cmocka_unit_test(blocks_are_seen_there),
	cmocka_unit_test(links_are_counted_there),
	cmocka_unit_test(extended_attributes_are_seen_there),
	cmocka_unit_test(permissions_count_there_at_once),
	cmocka_unit_test(permissions_of_a_directory_count_there_at_once),
	cmocka_unit_test(a_users_write_there_clears_setuid),
	{ 0 },
};
