/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_access.c -- who may read, write and execute, by mode bits; and take
 * a name out of a sticky directory.
 */

#include "people.h"
#include "vfs_fs.h"

/* What cred may do with a file of that mode, as R_OK | W_OK | X_OK. */
static int
allowed(const struct vcred *cred, mode_t mode)
{
	const int each[] = { R_OK, W_OK, X_OK };
	struct vattr attr = file_of(mode);
	int i, rc, can = 0;

	for (i = 0; i < 3; i++) {
		rc = vaccess(cred, &attr, each[i]);
		assert_true(rc == 0 || rc == -EACCES);
		if (rc == 0)
			can |= each[i];
	}
	for (i = 0; i < 8; i++) /* together what each is */
		assert_int_equal(
		    vaccess(cred, &attr, i), (i & ~can) == 0 ? 0 : -EACCES);
	return can;
}

static void
each_class_has_its_own_bits(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->owner, S_IFREG | 0421), R_OK);
	assert_int_equal(allowed(p->member, S_IFREG | 0421), W_OK);
	assert_int_equal(allowed(p->other, S_IFREG | 0421), X_OK);
	assert_int_equal(allowed(p->owner, S_IFDIR | 0750), 7);
	assert_int_equal(allowed(p->member, S_IFDIR | 0750), R_OK | X_OK);
	assert_int_equal(allowed(p->other, S_IFDIR | 0750), 0);
}

/* Not the most generous class counts but the first that fits. */
static void
an_owner_is_not_helped_by_group_or_other(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->owner, S_IFREG | 0077), 0);
	assert_int_equal(allowed(p->member, S_IFREG | 0707), 0);
	assert_int_equal(allowed(p->other, S_IFREG | 0770), 0);
}

static void
set_id_and_sticky_bits_grant_nothing(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->owner, S_IFREG | 07000), 0);
	assert_int_equal(allowed(p->member, S_IFREG | 07000), 0);
	assert_int_equal(allowed(p->other, S_IFREG | 07000), 0);
}

static void
root_reads_and_writes_everything(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->root, S_IFREG | 0000), R_OK | W_OK);
	assert_int_equal(allowed(p->root, S_IFREG | 0666), R_OK | W_OK);
	assert_int_equal(allowed(p->root, S_IFDIR | 0000), 7);
}

static void
root_executes_what_anybody_may_execute(void **state)
{
	struct people *p = *state;

	assert_int_equal(allowed(p->root, S_IFREG | 0100), 7);
	assert_int_equal(allowed(p->root, S_IFREG | 0010), 7);
	assert_int_equal(allowed(p->root, S_IFREG | 0001), 7);
}

/* Neither the gid 0 nor the server's own cred makes root. */
static void
only_uid_0_is_root(void **state)
{
	struct vcred *cred = vcred_new(1002, 0, NULL, 0);

	(void)state;
	cred->self = true;
	assert_int_equal(allowed(cred, S_IFREG | 0700), 0);
	vcred_put(cred);
}

static int
sticky(const struct vcred *cred, mode_t mode, uid_t dir, uid_t file)
{
	struct vattr d = { .mode = S_IFDIR | mode, .uid = dir };
	struct vattr f = { .mode = S_IFREG | 0666, .uid = file };

	return vaccess_sticky(cred, &d, &f);
}

static void
names_in_a_sticky_directory_go_by_owner(void **state)
{
	struct people *p = *state;

	assert_int_equal(sticky(p->owner, 01777, 5, 1000), 0);
	assert_int_equal(sticky(p->owner, 01777, 1000, 5), 0);
	assert_int_equal(sticky(p->root, 01777, 5, 6), 0);
	assert_int_equal(sticky(p->owner, 01777, 5, 6), -EPERM);
	assert_int_equal(sticky(p->owner, 0777, 5, 6), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(each_class_has_its_own_bits),
		cmocka_unit_test(an_owner_is_not_helped_by_group_or_other),
		cmocka_unit_test(set_id_and_sticky_bits_grant_nothing),
		cmocka_unit_test(root_reads_and_writes_everything),
		cmocka_unit_test(root_executes_what_anybody_may_execute),
		cmocka_unit_test(only_uid_0_is_root),
		cmocka_unit_test(names_in_a_sticky_directory_go_by_owner),
	};

	return cmocka_run_group_tests(tests, people_setup, people_teardown);
}
