/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_chmod.c -- chmod(2), fchmod(2), fchmodat(2).
 */

#include <sys/sysmacros.h>

#include "posix.h"

static void
every_bit_of_a_files_mode_is_kept(void **state)
{
	unsigned int bit;

	(void)state;
	put("f", "");
	for (bit = 01; bit < 010000; bit <<= 1) {
		ok(chmod("f", bit));
		gives(bit, mode_of("f"));
		ok(chmod("f", 07777 & ~bit));
		gives(07777 & ~bit, mode_of("f"));
	}
	ok(chmod("f", 0));
	gives(0, mode_of("f"));
	yes(S_ISREG(look("f").st_mode));
}

static void
every_bit_of_a_directorys_mode_is_kept(void **state)
{
	unsigned int bit;

	(void)state;
	ok(mkdir("d", 0755));
	for (bit = 01; bit < 010000; bit <<= 1) {
		ok(chmod("d", bit));
		gives(bit, mode_of("d"));
	}
	ok(chmod("d", 07777));
	gives(07777, mode_of("d"));
	yes(S_ISDIR(look("d").st_mode));
}

static void
bits_of_the_type_are_not_the_modes(void **state)
{
	(void)state;
	put("f", "");
	ok(chmod("f", S_IFDIR | 0600));
	yes(S_ISREG(look("f").st_mode));
	gives(0600, mode_of("f"));
}

static void
fchmod_changes_the_mode(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "");
	fd = opens(open("f", O_RDONLY));
	ok(fchmod(fd, 0751));
	gives(0751, mode_of("f"));
	ok(fstat(fd, &st));
	gives(0751, st.st_mode & 07777);
	ok(close(fd));
	fd = opens(open(".", O_RDONLY));
	ok(fchmod(fd, 0711));
	gives(0711, mode_of("."));
	ok(close(fd));
	fails(EBADF, fchmod(fd, 0755));
	fails(EBADF, fchmod(-1, 0755));
	fd = opens(open("f", O_PATH));
	fails(EBADF, fchmod(fd, 0755));
}

static void
fchmodat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("d/f", O_RDONLY));
	ok(fchmodat(fd, "f", 0123, 0));
	gives(0123, mode_of("d/f"));
	fails(ENOENT, fchmodat(fd, "d", 0123, 0));
	fails(ENOTDIR, fchmodat(file, "f", 0123, 0));
	fails(EBADF, fchmodat(-1, "f", 0123, 0));
	fails(EINVAL, fchmodat(fd, "f", 0123, 0x40000000));
}

static void
chmod_follows_links(void **state)
{
	mode_t before;

	(void)state;
	put("f", "");
	ok(symlink("f", "l"));
	before = mode_of("l");
	ok(chmod("l", 0123));
	gives(0123, mode_of("f"));
	gives(before, mode_of("l"));
	ok(fchmodat(AT_FDCWD, "l", 0124, 0));
	gives(0124, mode_of("f"));
	fails(EOPNOTSUPP, fchmodat(AT_FDCWD, "l", 0600, AT_SYMLINK_NOFOLLOW));
	gives(0124, mode_of("f"));
	ok(symlink("nothing", "m"));
	fails(ENOENT, chmod("m", 0600));
}

static void
chmod_does_not_open(void **state)
{
	(void)state;
	ok(mkfifo("p", 0644));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	ok(chmod("p", 0600));
	gives(0600, mode_of("p"));
	ok(chmod("s", 0622));
	gives(0622, mode_of("s"));
	yes(S_ISFIFO(look("p").st_mode));
	yes(S_ISSOCK(look("s").st_mode));
}

static void
the_mode_of_a_device_changes(void **state)
{
	(void)state;
	ok(mknod("c", S_IFCHR | 0644, makedev(240, 1)));
	ok(chmod("c", 0602));
	gives(0602, mode_of("c"));
	gives(makedev(240, 1), look("c").st_rdev);
	yes(S_ISCHR(look("c").st_mode));
}

static void
the_owner_may_change_the_mode(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(chown("f", USER, USER));
	as(USER);
	ok(chmod("f", 0400));
	gives(0400, mode_of("f"));
	fd = opens(open("f", O_RDONLY));
	ok(fchmod(fd, 0));
	gives(0, mode_of("f"));
	ok(chmod("f", 0777));
	gives(0777, mode_of("f"));
}

static void
nobody_else_may(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(chown("f", OTHER, GROUP));
	ok(chmod("f", 0666));
	ok(mkdir("d", 0777));
	as(USER);
	fails(EPERM, chmod("f", 0666));
	fails(EPERM, chmod("f", 0777));
	fails(EPERM, chmod("d", 0777));
	fd = opens(open("f", O_RDWR));
	fails(EPERM, fchmod(fd, 0600));
	fails(EPERM, fchmodat(AT_FDCWD, "f", 0600, 0));
	gives(0666, mode_of("f"));
	as(0);
	ok(chmod("f", 0600));
	gives(0600, mode_of("f"));
}

static void
a_strangers_file_gets_no_setgid_bit(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(chown("f", USER, OTHER));
	ok(chown("d", USER, OTHER));
	as(USER);
	ok(chmod("f", 02755));
	gives(0755, mode_of("f"));
	ok(chmod("f", 06711));
	gives(04711, mode_of("f"));
	ok(chmod("d", 02755));
	gives(0755, mode_of("d"));
}

static void
a_members_file_does(void **state)
{
	(void)state;
	put("f", "");
	ok(chown("f", USER, GROUP));
	as(USER);
	ok(chmod("f", 02755));
	gives(02755, mode_of("f"));
	ok(chmod("f", 07755));
	gives(07755, mode_of("f"));
	as(0);
	ok(chown("f", USER, OTHER));
	ok(chmod("f", 06755));
	gives(06755, mode_of("f"));
}

static void
chmod_refuses(void **state)
{
	(void)state;
	put("f", "");
	fails(ENOENT, chmod("nothing", 0600));
	fails(ENOENT, chmod("", 0600));
	fails(ENOTDIR, chmod("f/x", 0600));
	fails(ENOTDIR, chmod("f/", 0600));
	fails(EFAULT, chmod((const char *)1, 0600));
	gives(0644, mode_of("f"));
}

const struct CMUnitTest posix_chmod[] = {
	cmocka_unit_test(every_bit_of_a_files_mode_is_kept),
	cmocka_unit_test(every_bit_of_a_directorys_mode_is_kept),
	cmocka_unit_test(bits_of_the_type_are_not_the_modes),
	cmocka_unit_test(fchmod_changes_the_mode),
	cmocka_unit_test(fchmodat_begins_at_a_directory),
	cmocka_unit_test(chmod_follows_links),
	cmocka_unit_test(chmod_does_not_open),
	cmocka_unit_test(the_mode_of_a_device_changes),
	cmocka_unit_test(the_owner_may_change_the_mode),
	cmocka_unit_test(nobody_else_may),
	cmocka_unit_test(a_strangers_file_gets_no_setgid_bit),
	cmocka_unit_test(a_members_file_does),
	cmocka_unit_test(chmod_refuses),
	{ 0 },
};
