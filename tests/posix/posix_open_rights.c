/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_open_rights.c -- open(2): who may, and what for.
 */

#include "file.h"

static const int accesses[] = { O_RDONLY, O_WRONLY, O_RDWR };

/* What an rwx digit lets one open for. */
static bool
allows(unsigned int rwx, int access)
{
	unsigned int want = access == O_RDONLY ? 4 : access == O_WRONLY ? 2 : 6;

	return (rwx & want) == want;
}

/* USER may do with f what an rwx digit says. */
static void
user_may(unsigned int rwx)
{
	size_t i;

	as(USER);
	for (i = 0; i < nitems(accesses); i++) {
		if (allows(rwx, accesses[i]))
			ok(close(opens(open("f", accesses[i]))));
		else
			fails(EACCES, open("f", accesses[i]));
	}
	as(0);
}

/* The others have what that class has not. */
static void
class_has(uid_t uid, gid_t gid, int shift)
{
	unsigned int rwx;

	ok(chown("f", uid, gid));
	for (rwx = 0; rwx < 8; rwx++) {
		ok(chmod("f",
		    (~(rwx * 0111) & 0777 & ~(7U << shift)) | rwx << shift));
		user_may(rwx);
	}
}

static void
an_owner_has_the_owners_bits(void **state)
{
	(void)state;
	put("f", "text");
	class_has(USER, OTHER, 6);
}

static void
an_owner_in_the_group_has_the_owners_bits(void **state)
{
	(void)state;
	put("f", "text");
	class_has(USER, USER, 6);
}

static void
a_group_has_its_bits(void **state)
{
	(void)state;
	put("f", "text");
	class_has(OTHER, USER, 3);
}

static void
a_supplementary_group_has_its_bits(void **state)
{
	(void)state;
	put("f", "text");
	class_has(OTHER, GROUP, 3);
}

static void
others_have_their_bits(void **state)
{
	(void)state;
	put("f", "text");
	class_has(OTHER, OTHER, 0);
}

static void
root_opens_everything(void **state)
{
	size_t i;

	(void)state;
	put("f", "text");
	ok(chown("f", USER, USER));
	ok(chmod("f", 0));
	for (i = 0; i < 3; i++)
		ok(close(opens(open("f", accesses[i]))));
	ok(mkdir("d", 0));
	ok(chown("d", USER, USER));
	ok(close(opens(open("d/new", O_RDWR | O_CREAT, 0))));
	ok(close(opens(open("d", O_RDONLY))));
}

/* The mode given with O_CREAT counts from the next open on. */
static void
who_creates_may_use_it(void **state)
{
	int fd;

	(void)state;
	ok(chmod(".", 0777));
	as(USER);
	fd = opens(open("f", O_RDWR | O_CREAT, 0));
	gives(4, write(fd, "text", 4));
	text("text", text_at(fd, 0, 4));
	fails(EACCES, open("f", O_RDONLY));
	fails(EACCES, open("f", O_WRONLY | O_CREAT, 0644));
	ok(close(fd));
	gives(USER, look("f").st_uid);
	gives(USER, look("f").st_gid);
	as(0);
	gives(0, mode_of("f"));
}

static void
what_was_opened_stays_open(void **state)
{
	int fd;

	(void)state;
	ok(chmod(".", 0777));
	put("f", "text");
	ok(chmod("f", 0666));
	as(USER);
	fd = opens(open("f", O_RDWR));
	as(0);
	ok(chmod("f", 0));
	ok(chmod(".", 0700));
	as(USER);
	gives(1, pwrite(fd, "T", 1, 0));
	text("Text", text_at(fd, 0, 4));
	ok(ftruncate(fd, 2));
	gives(2, fstat_of(fd).st_size);
	fails(EACCES, open("f", O_RDONLY));
	ok(fsync(fd));
	ok(close(fd));
	as(0);
}

static void
directories_must_be_searched(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	ok(chmod("d/f", 0666));
	ok(chmod("d", 0666));
	as(USER);
	fails(EACCES, open("d/f", O_RDONLY));
	fails(EACCES, open("d/none", O_RDONLY));
	fails(EACCES, open("d/none", O_RDWR | O_CREAT, 0644));
	fails(EACCES, open("d/f", O_PATH));
	ok(close(opens(open("d", O_RDONLY | O_DIRECTORY))));
	as(0);
	ok(chmod("d", 0711));
	as(USER);
	ok(close(opens(open("d/f", O_RDWR))));
	fails(EACCES, open("d", O_RDONLY));
	fails(ENOENT, open("d/none", O_RDONLY));
	ok(close(opens(open("d", O_PATH))));
	as(0);
}

static void
creating_needs_a_writable_directory(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	ok(chmod("d/f", 0666));
	as(USER);
	fails(EACCES, open("d/new", O_RDWR | O_CREAT, 0644));
	fails(EACCES, creat("d/new", 0644));
	fails(EACCES, open("d/new", O_RDWR | O_CREAT | O_EXCL, 0644));
	fails(EEXIST, open("d/f", O_RDWR | O_CREAT | O_EXCL, 0644));
	ok(close(opens(open("d/f", O_RDWR | O_CREAT, 0644))));
	ok(close(opens(creat("d/f", 0644))));
	as(0);
	gives(0, size_of("d/f"));
	ok(chmod("d", 0733));
	as(USER);
	ok(close(opens(open("d/new", O_RDWR | O_CREAT, 0644))));
	as(0);
	gives(USER, look("d/new").st_uid);
}

static void
noatime_is_for_owners(void **state)
{
	(void)state;
	put("f", "text");
	ok(chmod("f", 0666));
	as(USER);
	fails(EPERM, open("f", O_RDONLY | O_NOATIME));
	fails(EPERM, open("f", O_RDWR | O_NOATIME));
	ok(close(opens(open("f", O_RDONLY))));
	as(0);
	ok(close(opens(open("f", O_RDONLY | O_NOATIME))));
	ok(chown("f", USER, USER));
	as(USER);
	ok(close(opens(open("f", O_RDONLY | O_NOATIME))));
	as(0);
	ok(close(opens(open("f", O_RDONLY | O_NOATIME))));
}

static void
a_path_needs_no_permission(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	ok(chmod("f", 0));
	as(USER);
	fails(EACCES, open("f", O_RDONLY));
	fd = opens(open("f", O_PATH));
	gives(4, fstat_of(fd).st_size);
	ok(close(fd));
	as(0);
}

const struct CMUnitTest posix_open_rights[] = {
	cmocka_unit_test(an_owner_has_the_owners_bits),
	cmocka_unit_test(an_owner_in_the_group_has_the_owners_bits),
	cmocka_unit_test(a_group_has_its_bits),
	cmocka_unit_test(a_supplementary_group_has_its_bits),
	cmocka_unit_test(others_have_their_bits),
	cmocka_unit_test(root_opens_everything),
	cmocka_unit_test(who_creates_may_use_it),
	cmocka_unit_test(what_was_opened_stays_open),
	cmocka_unit_test(directories_must_be_searched),
	cmocka_unit_test(creating_needs_a_writable_directory),
	cmocka_unit_test(noatime_is_for_owners),
	cmocka_unit_test(a_path_needs_no_permission),
	{ 0 },
};
