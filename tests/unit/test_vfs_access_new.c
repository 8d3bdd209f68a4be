/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_access_new.c -- whose a new file is, and which set-id bits it gets.
 */

#include "people.h"
#include "vfs_fs.h"

/* A new file, and what it was asked to be. */
struct made {
	mode_t mode;
	uid_t uid;
	gid_t gid;
};

static int
make(const struct vcred *cred, mode_t dir_mode, gid_t want, struct made *m)
{
	struct vattr dir = { .mode = S_IFDIR | dir_mode, .uid = 0, .gid = 77 };

	return vaccess_create(cred, &dir, want, &m->mode, &m->uid, &m->gid);
}

static void
a_new_file_is_its_makers(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 04755 };

	assert_int_equal(make(p->owner, 0777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 04755);
	assert_int_equal(m.uid, 1000);
	assert_int_equal(m.gid, 1000);
}

static void
a_new_file_has_the_group_asked_for_if_its_maker_is_in_it(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 02755 };

	assert_int_equal(make(p->owner, 0777, 2000, &m), 0);
	assert_int_equal(m.gid, 2000);
	assert_int_equal(m.mode, S_IFREG | 02755);
	assert_int_equal(make(p->owner, 0777, 1000, &m), 0);
	assert_int_equal(m.gid, 1000);
	assert_int_equal(make(p->owner, 0777, 77, &m), -EPERM);
	assert_int_equal(make(p->root, 0777, 77, &m), 0);
	assert_int_equal(m.gid, 77);
}

static void
a_setgid_directory_gives_its_group(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 0644 };

	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.gid, 77);
	assert_int_equal(m.mode, S_IFREG | 0644);
	assert_int_equal(make(p->owner, 02777, 77, &m), 0);
	assert_int_equal(make(p->owner, 02777, 5, &m), 0);
	assert_int_equal(m.gid, 77);
}

static void
a_directory_in_a_setgid_directory_is_setgid(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFDIR | 0755 };

	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFDIR | 02755);
	m.mode = S_IFDIR | 0755;
	assert_int_equal(make(p->owner, 0777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFDIR | 0755);
}

static void
nobody_makes_setgid_programs_of_a_group_he_is_not_in(void **state)
{
	struct people *p = *state;
	struct made m = { .mode = S_IFREG | 06755 };

	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 04755);
	m.mode = S_IFREG | 02644; /* no program: the bit means nothing */
	assert_int_equal(make(p->owner, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 02644);
	m.mode = S_IFREG | 06755;
	assert_int_equal(make(p->root, 02777, VFS_NOID, &m), 0);
	assert_int_equal(m.mode, S_IFREG | 06755);
}

static void
what_a_client_says_of_groups_is_refused_believed_or_ignored(void **state)
{
	const struct vattr dir = { .mode = S_IFDIR | 0777 };
	struct people *p = *state;
	mode_t mode = S_IFREG | 0644;
	uid_t uid;
	gid_t gid;

	assert_int_equal(
	    vaccess_create(p->other, &dir, 77, &mode, &uid, &gid), -EPERM);
	p->other->claim = VCRED_BELIEVE;
	assert_int_equal(
	    vaccess_create(p->other, &dir, 77, &mode, &uid, &gid), 0);
	assert_int_equal(gid, 77);
	assert_int_equal(uid, 1002);
	p->other->claim = VCRED_IGNORE;
	assert_int_equal(
	    vaccess_create(p->other, &dir, 77, &mode, &uid, &gid), 0);
	assert_int_equal(gid, 1002);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_new_file_is_its_makers),
		cmocka_unit_test(
		    a_new_file_has_the_group_asked_for_if_its_maker_is_in_it),
		cmocka_unit_test(a_setgid_directory_gives_its_group),
		cmocka_unit_test(a_directory_in_a_setgid_directory_is_setgid),
		cmocka_unit_test(
		    nobody_makes_setgid_programs_of_a_group_he_is_not_in),
		cmocka_unit_test_setup_teardown(
		    what_a_client_says_of_groups_is_refused_believed_or_ignored,
		    people_setup, people_teardown),
	};

	return cmocka_run_group_tests(tests, people_setup, people_teardown);
}
