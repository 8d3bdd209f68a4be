/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_access.c -- access(2) and faccessat(2), and open(2) by the same bits.
 */

#include "posix.h"

/* The bits of a mode that a class of users is given. */
#define CLASS_OWNER 6
#define CLASS_GROUP 3
#define CLASS_REST 0

/* Does every call agree with these three bits, as USER? */
static void
check_bits(unsigned int bits)
{
	static const int kinds[] = { R_OK, W_OK, X_OK, R_OK | W_OK, R_OK | X_OK,
		R_OK | W_OK | X_OK };
	static const struct {
		int flags;
		unsigned int needs;
	} opens_with[] = { { O_RDONLY, R_OK }, { O_WRONLY, W_OK },
		{ O_RDWR, R_OK | W_OK } };
	size_t i;
	int fd;

	for (i = 0; i < nitems(kinds); i++) {
		if (((unsigned int)kinds[i] & ~bits) == 0)
			ok(access("f", kinds[i]));
		else
			fails(EACCES, access("f", kinds[i]));
	}
	for (i = 0; i < nitems(opens_with); i++) {
		if ((opens_with[i].needs & ~bits) != 0) {
			fails(EACCES, open("f", opens_with[i].flags));
			continue;
		}
		fd = opens(open("f", opens_with[i].flags));
		ok(close(fd));
	}
}

/* For all of them, where the other classes have the opposite. */
static void
check_class(uid_t uid, gid_t gid, unsigned int shift)
{
	unsigned int bits;

	put("f", "text");
	for (bits = 0; bits < 8; bits++) {
		as(0);
		ok(chown("f", uid, gid));
		ok(chmod("f", (0777U & ~(7U << shift)) | bits << shift));
		as(USER);
		check_bits(bits);
	}
}

static void
the_owner_has_the_owners_bits(void **state)
{
	(void)state;
	check_class(USER, GROUP, CLASS_OWNER);
}

static void
a_member_has_the_groups_bits(void **state)
{
	(void)state;
	check_class(OTHER, USER, CLASS_GROUP);
}

static void
a_member_by_supplementary_group_has_them(void **state)
{
	(void)state;
	check_class(0, GROUP, CLASS_GROUP);
}

static void
all_others_have_the_rest(void **state)
{
	(void)state;
	check_class(OTHER, OTHER, CLASS_REST);
}

static void
root_may_read_and_write_everything(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	ok(chown("f", USER, USER));
	ok(chmod("f", 0));
	ok(access("f", F_OK));
	ok(access("f", R_OK));
	ok(access("f", W_OK));
	ok(access("f", R_OK | W_OK));
	fails(EACCES, access("f", X_OK));
	fails(EACCES, access("f", R_OK | X_OK));
	fd = opens(open("f", O_RDWR));
	ok(close(fd));
	ok(chmod("f", 0010));
	ok(access("f", X_OK));
	ok(mkdir("d", 0));
	ok(access("d", R_OK | W_OK | X_OK));
	put("d/f", "");
	ok(access("d/f", R_OK));
}

static void
access_asks_for_the_real_user(void **state)
{
	(void)state;
	put("f", "text");
	ok(chmod("f", 0600));
	really(USER);
	fails(EACCES, access("f", R_OK));
	fails(EACCES, access("f", W_OK));
	fails(EACCES, faccessat(AT_FDCWD, "f", R_OK, 0));
	ok(access("f", F_OK));
	ok(faccessat(AT_FDCWD, "f", R_OK | W_OK, AT_EACCESS));
	ok(eaccess("f", R_OK));
}

static void
access_of_the_effective_user(void **state)
{
	(void)state;
	put("f", "text");
	ok(chmod("f", 0600));
	ok(seteuid(USER));
	ok(access("f", R_OK | W_OK));
	fails(EACCES, faccessat(AT_FDCWD, "f", R_OK, AT_EACCESS));
	fails(EACCES, faccessat(AT_FDCWD, "f", W_OK, AT_EACCESS));
	fails(EACCES, eaccess("f", R_OK));
}

static void
faccessat_begins_at_a_directory(void **state)
{
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("d/f", O_RDONLY));
	ok(faccessat(fd, "f", F_OK, 0));
	fails(ENOENT, faccessat(fd, "d", F_OK, 0));
	fails(ENOTDIR, faccessat(file, "f", F_OK, 0));
	fails(EBADF, faccessat(-1, "f", F_OK, 0));
	ok(faccessat(-1, "/", F_OK, 0));
	fails(EINVAL, faccessat(fd, "f", F_OK, 0x40000000));
}

static void
access_follows_links_unless_told(void **state)
{
	(void)state;
	ok(symlink("nothing", "l"));
	fails(ENOENT, access("l", F_OK));
	ok(faccessat(AT_FDCWD, "l", F_OK, AT_SYMLINK_NOFOLLOW));
	put("nothing", "");
	ok(chmod("nothing", 0400));
	ok(access("l", F_OK));
	ok(access("l", R_OK));
	fails(EACCES, access("l", X_OK));
	ok(faccessat(AT_FDCWD, "l", X_OK, AT_SYMLINK_NOFOLLOW));
}

static void
access_refuses_what_it_does_not_know(void **state)
{
	(void)state;
	put("f", "");
	fails(EINVAL, access("f", 8));
	fails(EINVAL, access("f", -1));
	fails(ENOENT, access("nothing", F_OK));
	fails(ENOENT, access("", F_OK));
	fails(ENOTDIR, access("f/x", F_OK));
	fails(ENOTDIR, access("f/", F_OK));
	fails(EFAULT, access((const char *)1, F_OK));
}

/* A directory's bits: listing, making, searching. */
static void
directories_have_bits_of_their_own(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	ok(chown("d", USER, USER));

	ok(chmod("d", 0400));
	as(USER);
	fd = opens(open("d", O_RDONLY | O_DIRECTORY));
	ok(close(fd));
	fails(EACCES, stat("d/f", &st));
	fails(EACCES, chdir("d"));
	fails(EACCES, open("d/g", O_WRONLY | O_CREAT, 0644));

	ok(chmod("d", 0100));
	fails(EACCES, open("d", O_RDONLY | O_DIRECTORY));
	ok(stat("d/f", &st));
	ok(chdir("d"));
	ok(chdir(".."));
	fails(EACCES, open("d/g", O_WRONLY | O_CREAT, 0644));
	fails(EACCES, unlink("d/f"));

	ok(chmod("d", 0200));
	fails(EACCES, open("d", O_RDONLY | O_DIRECTORY));
	fails(EACCES, open("d/g", O_WRONLY | O_CREAT, 0644));
	fails(EACCES, unlink("d/f"));

	ok(chmod("d", 0300));
	fd = opens(open("d/g", O_WRONLY | O_CREAT, 0644));
	ok(close(fd));
	ok(unlink("d/f"));
	fails(EACCES, open("d", O_RDONLY | O_DIRECTORY));
}

static void
an_open_file_stays_open_to_its_user(void **state)
{
	char buf[8];
	int fd;

	(void)state;
	put("f", "text");
	ok(chmod("f", 0666));
	as(USER);
	fd = opens(open("f", O_RDWR));
	as(0);
	ok(chmod("f", 0));
	as(USER);
	fails(EACCES, open("f", O_RDWR));
	gives(4, pread(fd, buf, sizeof(buf), 0));
	gives(2, pwrite(fd, "TE", 2, 0));
	gives(4, pread(fd, buf, sizeof(buf), 0));
	gives(0, memcmp(buf, "TExt", 4));
	ok(ftruncate(fd, 2));
}

const struct CMUnitTest posix_access[] = {
	cmocka_unit_test(the_owner_has_the_owners_bits),
	cmocka_unit_test(a_member_has_the_groups_bits),
	cmocka_unit_test(a_member_by_supplementary_group_has_them),
	cmocka_unit_test(all_others_have_the_rest),
	cmocka_unit_test(root_may_read_and_write_everything),
	cmocka_unit_test(access_asks_for_the_real_user),
	cmocka_unit_test(access_of_the_effective_user),
	cmocka_unit_test(faccessat_begins_at_a_directory),
	cmocka_unit_test(access_follows_links_unless_told),
	cmocka_unit_test(access_refuses_what_it_does_not_know),
	cmocka_unit_test(directories_have_bits_of_their_own),
	cmocka_unit_test(an_open_file_stays_open_to_its_user),
	{ 0 },
};
