/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_stat.c -- stat(2), lstat(2), fstat(2), fstatat(2).
 */

#include <sys/sysmacros.h>

#include "posix.h"

static void
stat_tells_what_a_file_is(void **state)
{
	struct stat st;

	(void)state;
	put("f", "hello");
	ok(stat("f", &st));
	yes(S_ISREG(st.st_mode));
	gives(0644, st.st_mode & 07777);
	gives(1, st.st_nlink);
	gives(5, st.st_size);
	yes(st.st_blksize > 0);
	yes(st.st_ino != 0);
	gives(look(".").st_dev, st.st_dev);
}

static void
stat_tells_the_owner(void **state)
{
	(void)state;
	put("f", "");
	gives(0, look("f").st_uid);
	gives(0, look("f").st_gid);
	ok(chown("f", OTHER, GROUP));
	gives(OTHER, look("f").st_uid);
	gives(GROUP, look("f").st_gid);
}

static void
stat_tells_the_user_who_made_it(void **state)
{
	(void)state;
	ok(chmod(".", 0777));
	as(USER);
	put("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("f", "l"));
	ok(mkfifo("p", 0644));
	gives(USER, look("f").st_uid);
	gives(USER, look("f").st_gid);
	gives(USER, look("d").st_uid);
	gives(USER, look("d").st_gid);
	gives(USER, look("l").st_uid);
	gives(USER, look("p").st_uid);
}

static void
stat_tells_every_type(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("f", "l"));
	ok(mkfifo("p", 0644));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	yes(S_ISREG(look("f").st_mode));
	yes(S_ISDIR(look("d").st_mode));
	yes(S_ISLNK(look("l").st_mode));
	yes(S_ISFIFO(look("p").st_mode));
	yes(S_ISSOCK(look("s").st_mode));
}

static void
stat_tells_devices(void **state)
{
	(void)state;
	ok(mknod("c", S_IFCHR | 0644, makedev(1, 3)));
	ok(mknod("b", S_IFBLK | 0644, makedev(7, 200)));
	yes(S_ISCHR(look("c").st_mode));
	yes(S_ISBLK(look("b").st_mode));
	gives(makedev(1, 3), look("c").st_rdev);
	gives(makedev(7, 200), look("b").st_rdev);
}

static void
stat_follows_a_link_and_lstat_does_not(void **state)
{
	struct stat st;

	(void)state;
	put("f", "hello");
	ok(symlink("f", "l"));
	ok(stat("l", &st));
	yes(S_ISREG(st.st_mode));
	gives(look("f").st_ino, st.st_ino);
	ok(lstat("l", &st));
	yes(S_ISLNK(st.st_mode));
	gives(1, st.st_size);
	yes(look("f").st_ino != st.st_ino);
}

static void
stat_of_a_link_to_nothing_is_refused(void **state)
{
	struct stat st;

	(void)state;
	ok(symlink("nothing", "l"));
	fails(ENOENT, stat("l", &st));
	ok(lstat("l", &st));
	gives(7, st.st_size);
}

static void
fstat_tells_what_a_descriptor_is(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "hello");
	fd = opens(open("f", O_RDONLY));
	ok(fstat(fd, &st));
	yes(S_ISREG(st.st_mode));
	gives(5, st.st_size);
	gives(look("f").st_ino, st.st_ino);
	ok(close(fd));
	fails(EBADF, fstat(fd, &st));
	fails(EBADF, fstat(-1, &st));
	fd = opens(open(".", O_RDONLY));
	ok(fstat(fd, &st));
	yes(S_ISDIR(st.st_mode));
	gives(look(".").st_ino, st.st_ino);
}

static void
fstat_works_on_path_descriptors(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "hello");
	ok(symlink("f", "l"));
	fd = opens(open("f", O_PATH));
	ok(fstat(fd, &st));
	gives(5, st.st_size);
	fd = opens(open("l", O_PATH | O_NOFOLLOW));
	ok(fstat(fd, &st));
	yes(S_ISLNK(st.st_mode));
	gives(look("l").st_ino, st.st_ino);
}

static void
fstatat_begins_at_a_directory(void **state)
{
	struct stat st;
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "abc");
	ok(symlink("f", "d/l"));
	fd = opens(open("d", O_RDONLY | O_DIRECTORY));
	ok(fstatat(fd, "f", &st, 0));
	gives(3, st.st_size);
	ok(fstatat(fd, "l", &st, 0));
	yes(S_ISREG(st.st_mode));
	ok(fstatat(fd, "l", &st, AT_SYMLINK_NOFOLLOW));
	yes(S_ISLNK(st.st_mode));
	ok(fstatat(fd, "", &st, AT_EMPTY_PATH));
	gives(look("d").st_ino, st.st_ino);
	fails(ENOENT, fstatat(fd, "", &st, 0));
	fails(ENOENT, fstatat(fd, "d", &st, 0));
	fails(EINVAL, fstatat(fd, "f", &st, 0x40000000));
	file = opens(open("d/f", O_RDONLY));
	fails(ENOTDIR, fstatat(file, "f", &st, 0));
	ok(fstatat(file, "/", &st, 0));
	fails(EBADF, fstatat(-1, "f", &st, 0));
	ok(fstatat(-1, "/", &st, 0));
}

static void
stat_counts_links(void **state)
{
	(void)state;
	put("f", "");
	ok(link("f", "g"));
	gives(2, look("f").st_nlink);
	gives(2, look("g").st_nlink);
	ok(link("g", "h"));
	gives(3, look("f").st_nlink);
	ok(unlink("f"));
	gives(2, look("h").st_nlink);
	ok(rename("g", "h"));
	gives(2, look("h").st_nlink); /* two names of one: nothing happens */
	ok(unlink("g"));
	gives(1, look("h").st_nlink);
}

static void
stat_counts_subdirectories_as_links(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	gives(2, look("d").st_nlink);
	ok(mkdir("d/a", 0755));
	ok(mkdir("d/b", 0755));
	gives(4, look("d").st_nlink);
	put("d/f", "");
	gives(4, look("d").st_nlink);
	ok(rename("d/a", "a"));
	gives(3, look("d").st_nlink);
	ok(rmdir("d/b"));
	gives(2, look("d").st_nlink);
}

static void
an_inode_number_is_a_files_own(void **state)
{
	struct stat f, g;

	(void)state;
	put("f", "");
	put("g", "");
	f = look("f");
	g = look("g");
	yes(f.st_ino != g.st_ino);
	ok(rename("f", "h"));
	gives(f.st_ino, look("h").st_ino);
	ok(mkdir("d", 0755));
	ok(rename("g", "d/g"));
	gives(g.st_ino, look("d/g").st_ino);
	ok(chmod("h", 0600));
	gives(f.st_ino, look("h").st_ino);
	gives(look("d").st_ino, look("d/.").st_ino);
	gives(look(".").st_ino, look("d/..").st_ino);
}

static void
the_size_is_the_current_one(void **state)
{
	struct stat st;
	int a, b;

	(void)state;
	a = opens(open("f", O_RDWR | O_CREAT, 0644));
	b = opens(open("f", O_RDWR));
	gives(10, write(a, "0123456789", 10));
	ok(fstat(a, &st));
	gives(10, st.st_size);
	ok(fstat(b, &st));
	gives(10, st.st_size);
	gives(10, look("f").st_size);
	ok(ftruncate(b, 3));
	ok(fstat(a, &st));
	gives(3, st.st_size);
	gives(3, look("f").st_size);
	ok(truncate("f", 100000));
	ok(fstat(b, &st));
	gives(100000, st.st_size);
}

static void
blocks_are_those_that_are_there(void **state)
{
	static char buf[65536];
	int fd;

	(void)state;
	memset(buf, 'x', sizeof(buf));
	fd = opens(open("f", O_RDWR | O_CREAT, 0644));
	gives(sizeof(buf), write(fd, buf, sizeof(buf)));
	ok(fsync(fd));
	yes(look("f").st_blocks >= 128);
	yes(look("f").st_blocks < 256);
}

static void
a_hole_has_no_blocks(void **state)
{
	int fd;

	(void)state;
	fd = opens(open("f", O_RDWR | O_CREAT, 0644));
	ok(ftruncate(fd, 1 << 20));
	gives(1 << 20, look("f").st_size);
	yes(look("f").st_blocks < 1024);
}

static void
a_wrong_address_is_refused(void **state)
{
	struct stat st;

	(void)state;
	put("f", "");
	fails(EFAULT, stat((const char *)1, &st));
	fails(EFAULT, lstat((const char *)1, &st));
	fails(EFAULT, fstatat(AT_FDCWD, (const char *)1, &st, 0));
}

const struct CMUnitTest posix_stat[] = {
	cmocka_unit_test(stat_tells_what_a_file_is),
	cmocka_unit_test(stat_tells_the_owner),
	cmocka_unit_test(stat_tells_the_user_who_made_it),
	cmocka_unit_test(stat_tells_every_type),
	cmocka_unit_test(stat_tells_devices),
	cmocka_unit_test(stat_follows_a_link_and_lstat_does_not),
	cmocka_unit_test(stat_of_a_link_to_nothing_is_refused),
	cmocka_unit_test(fstat_tells_what_a_descriptor_is),
	cmocka_unit_test(fstat_works_on_path_descriptors),
	cmocka_unit_test(fstatat_begins_at_a_directory),
	cmocka_unit_test(stat_counts_links),
	cmocka_unit_test(stat_counts_subdirectories_as_links),
	cmocka_unit_test(an_inode_number_is_a_files_own),
	cmocka_unit_test(the_size_is_the_current_one),
	cmocka_unit_test(blocks_are_those_that_are_there),
	cmocka_unit_test(a_hole_has_no_blocks),
	cmocka_unit_test(a_wrong_address_is_refused),
	{ 0 },
};
