/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_chown.c -- chown(2), lchown(2), fchown(2), fchownat(2), and what they
 * make of the set-id bits.
 */

#include <sys/sysmacros.h>

#include "posix.h"

#define SAME ((uid_t)-1)

/* Are these its owner and group? */
#define owned(path, uid, gid)                                                  \
	do {                                                                   \
		struct stat owned_st = look(path);                             \
		gives(uid, owned_st.st_uid);                                   \
		gives(gid, owned_st.st_gid);                                   \
	} while (0)

static void
root_gives_files_away(void **state)
{
	(void)state;
	put("f", "");
	ok(chown("f", USER, OTHER));
	owned("f", USER, OTHER);
	ok(chown("f", SAME, GROUP));
	owned("f", USER, GROUP);
	ok(chown("f", OTHER, SAME));
	owned("f", OTHER, GROUP);
	ok(chown("f", SAME, SAME));
	owned("f", OTHER, GROUP);
	ok(chown("f", 0, 0));
	owned("f", 0, 0);
}

static void
large_numbers_are_kept(void **state)
{
	(void)state;
	put("f", "");
	ok(chown("f", 65536, 70000));
	owned("f", 65536, 70000);
	ok(chown("f", 0x7fffffff, 0x80000000));
	owned("f", 0x7fffffff, 0x80000000);
	ok(chown("f", 0xfffffffe, 0xfffffffe));
	owned("f", 0xfffffffe, 0xfffffffe);
}

static void
chown_changes_every_type(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(mkfifo("p", 0644));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	ok(chown("d", USER, GROUP));
	ok(chown("p", USER, GROUP));
	ok(chown("s", USER, GROUP));
	owned("d", USER, GROUP);
	owned("p", USER, GROUP);
	owned("s", USER, GROUP);
}

static void
chown_follows_links_and_lchown_does_not(void **state)
{
	(void)state;
	put("f", "");
	ok(symlink("f", "l"));
	ok(chown("l", USER, GROUP));
	owned("f", USER, GROUP);
	owned("l", 0, 0);
	ok(lchown("l", OTHER, OTHER));
	owned("l", OTHER, OTHER);
	owned("f", USER, GROUP);
	ok(symlink("nothing", "m"));
	fails(ENOENT, chown("m", USER, USER));
	ok(lchown("m", USER, USER));
	owned("m", USER, USER);
	ok(lchown("f", OTHER, OTHER));
	owned("f", OTHER, OTHER);
}

static void
fchown_changes_the_owner(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "");
	fd = opens(open("f", O_RDONLY));
	ok(fchown(fd, USER, GROUP));
	owned("f", USER, GROUP);
	ok(fstat(fd, &st));
	gives(USER, st.st_uid);
	ok(close(fd));
	fails(EBADF, fchown(fd, USER, GROUP));
	fails(EBADF, fchown(-1, USER, GROUP));
	fd = opens(open("f", O_PATH));
	fails(EBADF, fchown(fd, 0, 0));
}

static void
fchownat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	ok(symlink("f", "d/l"));
	fd = opens(open("d", O_RDONLY));
	file = opens(open("d/f", O_RDONLY));
	ok(fchownat(fd, "f", USER, USER, 0));
	owned("d/f", USER, USER);
	ok(fchownat(fd, "l", OTHER, OTHER, AT_SYMLINK_NOFOLLOW));
	owned("d/l", OTHER, OTHER);
	owned("d/f", USER, USER);
	ok(fchownat(fd, "l", GROUP, GROUP, 0));
	owned("d/f", GROUP, GROUP);
	ok(fchownat(fd, "", USER, USER, AT_EMPTY_PATH));
	owned("d", USER, USER);
	fails(ENOENT, fchownat(fd, "", USER, USER, 0));
	fails(ENOENT, fchownat(fd, "d", USER, USER, 0));
	fails(ENOTDIR, fchownat(file, "f", USER, USER, 0));
	fails(EBADF, fchownat(-1, "f", USER, USER, 0));
	fails(EINVAL, fchownat(fd, "f", USER, USER, 0x40000000));
}

static void
the_owner_may_give_it_to_his_groups(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(chown("f", USER, USER));
	as(USER);
	ok(chown("f", SAME, GROUP));
	owned("f", USER, GROUP);
	ok(chown("f", USER, USER));
	owned("f", USER, USER);
	fd = opens(open("f", O_RDONLY));
	ok(fchown(fd, SAME, GROUP));
	owned("f", USER, GROUP);
	fails(EPERM, chown("f", SAME, OTHER));
	fails(EPERM, chown("f", SAME, 0));
	fails(EPERM, fchown(fd, SAME, OTHER));
	owned("f", USER, GROUP);
}

static void
the_owner_may_not_give_it_away(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(chown("f", USER, USER));
	as(USER);
	fd = opens(open("f", O_RDONLY));
	fails(EPERM, chown("f", OTHER, SAME));
	fails(EPERM, chown("f", 0, 0));
	fails(EPERM, lchown("f", OTHER, USER));
	fails(EPERM, fchown(fd, OTHER, SAME));
	ok(chown("f", USER, SAME));
	owned("f", USER, USER);
}

static void
nobody_else_may_take_it(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(chown("f", OTHER, GROUP));
	ok(chmod("f", 0666));
	as(USER);
	fd = opens(open("f", O_RDWR));
	fails(EPERM, chown("f", USER, SAME));
	fails(EPERM, chown("f", SAME, USER));
	fails(EPERM, chown("f", SAME, GROUP));
	fails(EPERM, fchown(fd, USER, USER));
	owned("f", OTHER, GROUP);
}

static void
set_id_bits_go_when_the_owner_changes_the_group(void **state)
{
	int fd;

	(void)state;
	put("f", "");
	ok(chown("f", USER, USER));
	as(USER);
	ok(chmod("f", 06755));
	ok(chown("f", SAME, GROUP));
	gives(0755, mode_of("f"));
	ok(chmod("f", 04711));
	ok(chown("f", SAME, USER));
	gives(0711, mode_of("f"));
	ok(chmod("f", 02755));
	fd = opens(open("f", O_RDONLY));
	ok(fchown(fd, SAME, GROUP));
	gives(0755, mode_of("f"));
}

static void
set_id_bits_go_when_root_changes_the_owner(void **state)
{
	(void)state;
	put("f", "");
	ok(chmod("f", 06755));
	ok(chown("f", USER, SAME));
	gives(0755, mode_of("f"));
	ok(chmod("f", 06755));
	ok(chown("f", SAME, GROUP));
	gives(0755, mode_of("f"));
	ok(chmod("f", 07755));
	ok(lchown("f", 0, 0));
	gives(01755, mode_of("f"));
}

/* Such a bit has another meaning there. */
static void
a_setgid_bit_without_execution_stays(void **state)
{
	(void)state;
	put("f", "");
	ok(chmod("f", 02644));
	ok(chown("f", USER, USER));
	gives(02644, mode_of("f"));
	ok(chmod("f", 06644));
	ok(chown("f", OTHER, OTHER));
	gives(02644, mode_of("f"));
}

static void
directories_keep_their_bits(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(chmod("d", 07755));
	ok(chown("d", USER, USER));
	gives(07755, mode_of("d"));
	owned("d", USER, USER);
	as(USER);
	ok(chown("d", SAME, GROUP));
	gives(07755, mode_of("d"));
	owned("d", USER, GROUP);
}

static void
chown_of_a_device_keeps_its_number(void **state)
{
	(void)state;
	ok(mknod("b", S_IFBLK | 0640, makedev(240, 17)));
	ok(chown("b", USER, GROUP));
	owned("b", USER, GROUP);
	gives(makedev(240, 17), look("b").st_rdev);
	gives(0640, mode_of("b"));
}

static void
chown_refuses(void **state)
{
	(void)state;
	put("f", "");
	fails(ENOENT, chown("nothing", 0, 0));
	fails(ENOENT, chown("", 0, 0));
	fails(ENOTDIR, chown("f/x", 0, 0));
	fails(ENOTDIR, lchown("f/x", 0, 0));
	fails(ENOENT, lchown("nothing", 0, 0));
	fails(EFAULT, chown((const char *)1, 0, 0));
}

const struct CMUnitTest posix_chown[] = {
	cmocka_unit_test(root_gives_files_away),
	cmocka_unit_test(large_numbers_are_kept),
	cmocka_unit_test(chown_changes_every_type),
	cmocka_unit_test(chown_follows_links_and_lchown_does_not),
	cmocka_unit_test(fchown_changes_the_owner),
	cmocka_unit_test(fchownat_begins_at_a_directory),
	cmocka_unit_test(the_owner_may_give_it_to_his_groups),
	cmocka_unit_test(the_owner_may_not_give_it_away),
	cmocka_unit_test(nobody_else_may_take_it),
	cmocka_unit_test(set_id_bits_go_when_the_owner_changes_the_group),
	cmocka_unit_test(set_id_bits_go_when_root_changes_the_owner),
	cmocka_unit_test(a_setgid_bit_without_execution_stays),
	cmocka_unit_test(directories_keep_their_bits),
	cmocka_unit_test(chown_of_a_device_keeps_its_number),
	cmocka_unit_test(chown_refuses),
	{ 0 },
};
