/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_cred.c -- creds are copied once, counted, and shared.
 */

#include "fixture.h"

#define THREADS 4
#define ROUNDS 10000

static void
a_cred_has_its_own_copy_of_the_groups(void **state)
{
	gid_t groups[] = { 20, 30 };
	struct vcred *cred = vcred_new(5, 10, groups, 2);

	(void)state;
	assert_non_null(cred);
	groups[0] = groups[1] = 99;
	assert_int_equal(cred->uid, 5);
	assert_int_equal(cred->gid, 10);
	assert_int_equal(cred->ngroups, 2);
	assert_int_equal(cred->groups[0], 20);
	assert_int_equal(cred->groups[1], 30);
	assert_false(cred->self);
	vcred_put(cred);
}

static void
a_cred_is_in_its_gid_and_its_groups_only(void **state)
{
	const gid_t groups[] = { 20, 30 };
	struct vcred *cred = vcred_new(5, 10, groups, 2);

	(void)state;
	assert_true(vcred_in_group(cred, 10));
	assert_true(vcred_in_group(cred, 20));
	assert_true(vcred_in_group(cred, 30));
	assert_false(vcred_in_group(cred, 5));
	assert_false(vcred_in_group(cred, 0));
	vcred_put(cred);
}

static void
a_cred_without_groups_is_in_its_gid(void **state)
{
	struct vcred *cred = vcred_new(0, 10, NULL, 0);

	(void)state;
	assert_true(vcred_in_group(cred, 10));
	assert_false(vcred_in_group(cred, 0));
	vcred_put(cred);
}

/* That the last put frees, and no other, is for ASan to say. */
static void
a_cred_lives_until_its_last_put(void **state)
{
	struct vcred *cred = vcred_new(5, 10, NULL, 0);

	(void)state;
	assert_ptr_equal(vcred_get(cred), cred);
	vcred_put(cred);
	assert_int_equal(cred->uid, 5);
	vcred_put(cred);
}

static void
putting_no_cred_is_fine(void **state)
{
	(void)state;
	vcred_put(NULL);
}

/* Comes with a reference of its own. */
static void
use(void *arg)
{
	struct vcred *cred = arg;
	int i;

	for (i = 0; i < ROUNDS; i++) {
		vcred_get(cred);
		(void)vcred_in_group(cred, 10);
		vcred_put(cred);
	}
	vcred_put(cred);
}

static void
threads_may_share_a_cred(void **state)
{
	struct vcred *cred = vcred_new(5, 10, NULL, 0);
	uv_thread_t threads[THREADS];
	int i;

	(void)state;
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    uv_thread_create(&threads[i], use, vcred_get(cred)), 0);
	vcred_put(cred);
	for (i = 0; i < THREADS; i++)
		uv_thread_join(&threads[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_cred_has_its_own_copy_of_the_groups),
		cmocka_unit_test(a_cred_is_in_its_gid_and_its_groups_only),
		cmocka_unit_test(a_cred_without_groups_is_in_its_gid),
		cmocka_unit_test(a_cred_lives_until_its_last_put),
		cmocka_unit_test(putting_no_cred_is_fine),
		cmocka_unit_test(threads_may_share_a_cred),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
