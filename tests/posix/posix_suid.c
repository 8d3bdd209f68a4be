/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_suid.c -- setuid and setgid, which go when others change a file.
 */

#include "file.h"

/* A file that everybody may write, with these bits. */
static void
put_set(uid_t uid, gid_t gid, mode_t mode)
{
	put("f", "0123456789");
	ok(chown("f", uid, gid));
	ok(chmod("f", mode));
	gives(mode, mode_of("f"));
}

static void
write_one(void)
{
	int fd = opens(open("f", O_WRONLY));

	gives(1, write(fd, "x", 1));
	ok(close(fd));
}

static void
write_none(void)
{
	int fd = opens(open("f", O_WRONLY));

	gives(0, write(fd, "x", 0));
	ok(close(fd));
}

static void
append_one(void)
{
	int fd = opens(open("f", O_WRONLY | O_APPEND));

	gives(1, write(fd, "x", 1));
	ok(close(fd));
}

static void
read_one(void)
{
	int fd = opens(open("f", O_RDWR));

	gives(1, read(fd, &(char){ 0 }, 1));
	ok(close(fd));
}

static void
shorten_fd(void)
{
	int fd = opens(open("f", O_WRONLY));

	ok(ftruncate(fd, 5));
	ok(close(fd));
}

static void
shorten(void)
{
	ok(truncate("f", 5));
}

static void
lengthen(void)
{
	ok(truncate("f", 5000));
}

static void
empty(void)
{
	ok(close(opens(open("f", O_WRONLY | O_TRUNC))));
}

/* What a user does leaves the bits in after. */
static void
leaves(uid_t uid, void (*change)(void), mode_t after)
{
	as(uid);
	change();
	as(0);
	gives(after, mode_of("f"));
}

static void
another_users_write_clears_them(void **state)
{
	(void)state;
	put_set(OTHER, OTHER, 06777);
	leaves(USER, write_one, 0777);
	text("x123456789", contents("f"));
	put_set(OTHER, OTHER, 06777);
	leaves(USER, append_one, 0777);
	put_set(OTHER, OTHER, 04777);
	leaves(USER, write_one, 0777);
	put_set(OTHER, OTHER, 02777);
	leaves(USER, write_one, 0777);
}

static void
the_owners_write_clears_them(void **state)
{
	(void)state;
	put_set(USER, USER, 06777);
	leaves(USER, write_one, 0777);
	put_set(USER, OTHER, 04700);
	leaves(USER, append_one, 0700);
}

static void
another_users_truncation_clears_them(void **state)
{
	(void)state;
	put_set(OTHER, OTHER, 06777);
	leaves(USER, shorten, 0777);
	put_set(OTHER, OTHER, 06777);
	leaves(USER, shorten_fd, 0777);
	put_set(OTHER, OTHER, 06777);
	leaves(USER, lengthen, 0777);
	put_set(OTHER, OTHER, 06777);
	leaves(USER, empty, 0777);
	put_set(USER, USER, 06777);
	leaves(USER, empty, 0777);
}

/* A descriptor from before they were set is no way round. */
static void
an_old_descriptor_clears_them(void **state)
{
	int fd;

	(void)state;
	put_set(OTHER, OTHER, 0777);
	as(USER);
	fd = opens(open("f", O_RDWR));
	as(0);
	ok(chmod("f", 06777));
	as(USER);
	gives(1, pwrite(fd, "x", 1, 3));
	as(0);
	gives(0777, mode_of("f"));
	ok(chmod("f", 06777));
	as(USER);
	ok(ftruncate(fd, 2));
	as(0);
	gives(0777, mode_of("f"));
	ok(close(fd));
}

static void
reading_and_no_bytes_leave_them(void **state)
{
	(void)state;
	put_set(OTHER, OTHER, 06777);
	leaves(USER, read_one, 06777);
	leaves(USER, write_none, 06777);
}

static void
roots_changes_leave_them(void **state)
{
	(void)state;
	put_set(OTHER, OTHER, 06777);
	leaves(0, write_one, 06777);
	leaves(0, append_one, 06777);
	leaves(0, shorten, 06777);
	leaves(0, shorten_fd, 06777);
	leaves(0, lengthen, 06777);
	leaves(0, empty, 06777);
}

static void
a_change_of_owner_clears_them(void **state)
{
	(void)state;
	put_set(0, 0, 06755);
	ok(chown("f", USER, (gid_t)-1));
	gives(0755, mode_of("f"));
	put_set(0, 0, 06755);
	ok(chown("f", (uid_t)-1, USER));
	gives(0755, mode_of("f"));
	put_set(0, 0, 04644);
	ok(lchown("f", USER, USER));
	gives(0644, mode_of("f"));
	ok(mkdir("d", 0755));
	ok(chmod("d", 06755));
	ok(chown("d", USER, USER));
	gives(06755, mode_of("d"));
}

static void
an_owner_who_changes_the_group_clears_them(void **state)
{
	(void)state;
	put_set(USER, USER, 06755);
	as(USER);
	ok(chown("f", (uid_t)-1, GROUP));
	as(0);
	gives(0755, mode_of("f"));
	gives(GROUP, look("f").st_gid);
}

static void
who_is_not_in_the_group_sets_no_setgid(void **state)
{
	(void)state;
	put_set(USER, OTHER, 0755);
	as(USER);
	ok(chmod("f", 06755));
	as(0);
	gives(04755, mode_of("f"));
	put_set(USER, GROUP, 0755);
	as(USER);
	ok(chmod("f", 06755));
	as(0);
	gives(06755, mode_of("f"));
}

const struct CMUnitTest posix_suid[] = {
	cmocka_unit_test(another_users_write_clears_them),
	cmocka_unit_test(the_owners_write_clears_them),
	cmocka_unit_test(another_users_truncation_clears_them),
	cmocka_unit_test(an_old_descriptor_clears_them),
	cmocka_unit_test(reading_and_no_bytes_leave_them),
	cmocka_unit_test(roots_changes_leave_them),
	cmocka_unit_test(a_change_of_owner_clears_them),
	cmocka_unit_test(an_owner_who_changes_the_group_clears_them),
	cmocka_unit_test(who_is_not_in_the_group_sets_no_setgid),
	{ 0 },
};
