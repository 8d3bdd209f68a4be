/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request_two_fids.c -- requests that name two fids wait for both, and
 * are waited for on both.
 */

#include "fake.h"

#define A 1
#define B 2

static int
setup(void **state)
{
	if (fake_setup_attached(state) != 0)
		return -1;
	make_fid(*state, A, "d0");
	make_fid(*state, B, "d1");
	return 0;
}

/* Until it ends, fid belongs to a walk in place.  Whose tag is fid's number. */
static void
hold(struct fake *fx, uint32_t fid)
{
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_DEAF, 0);
	send_ok(fx, T_WALK((uint16_t)fid, fid, fid, "d2"));
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_NOW, 0);
}

/* Those that hold are all that is pending: the oldest lets go. */
static void
let_go(struct fake *fx, uint32_t fid)
{
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rwalk, (uint16_t)fid);
}

static void
send_rename(struct fake *fx, uint16_t tag, uint32_t from, uint32_t to)
{
	send_ok(fx, T(renameat, tag, from, STR("f0"), to, STR("x")));
}

static void
a_rename_waits_for_its_first_fid(void **state)
{
	struct fake *fx = *state;

	hold(fx, A);
	send_rename(fx, 10, A, B);
	expect_silence(fx);
	let_go(fx, A);
	expect(fx, P9_Rrenameat, 10);
}

static void
a_rename_waits_for_its_second_fid(void **state)
{
	struct fake *fx = *state;

	hold(fx, B);
	send_rename(fx, 10, A, B);
	expect_silence(fx);
	let_go(fx, B);
	expect(fx, P9_Rrenameat, 10);
}

static void
a_rename_waits_for_one_fid_after_the_other(void **state)
{
	struct fake *fx = *state;

	hold(fx, A);
	hold(fx, B);
	send_rename(fx, 10, A, B);
	let_go(fx, A);
	expect_silence(fx);
	let_go(fx, B);
	expect(fx, P9_Rrenameat, 10);
}

static void
renames_that_cross_do_not_wait_for_each_other(void **state)
{
	struct fake *fx = *state;

	hold(fx, A);
	hold(fx, B);
	send_rename(fx, 10, A, B);
	send_rename(fx, 11, B, A);
	send_rename(fx, 12, A, B);
	let_go(fx, A);
	let_go(fx, B);
	expect(fx, P9_Rrenameat, 10);
	expect(fx, P9_Rrenameat, 11);
	expect(fx, P9_Rrenameat, 12);
}

static void
both_fids_may_be_one(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 3, "f0");
	hold(fx, A);
	send_rename(fx, 10, A, A);
	send_ok(fx, T(rename, 11, 3, A, STR("x")));
	let_go(fx, A);
	expect(fx, P9_Rrenameat, 10);
	expect(fx, P9_Rrename, 11);
	call(fx, T(rename, 12, A, A, STR("x")));
	call_fails(fx, T(link, 13, A, A, STR("x")), EPERM);
	call(fx, T(clunk, 14, A));
}

/* It would act on another directory, or none, if it were overtaken. */
static void
a_walk_in_place_waits_for_a_rename_that_waits(void **state)
{
	struct fake *fx = *state;

	hold(fx, B);
	send_rename(fx, 10, A, B);
	send_ok(fx, T_WALK(11, A, A, "f0"));
	expect_silence(fx);
	let_go(fx, B);
	expect(fx, P9_Rrenameat, 10);
	expect(fx, P9_Rwalk, 11);
}

static void
a_clunk_waits_for_a_rename_that_waits(void **state)
{
	struct fake *fx = *state;

	hold(fx, B);
	send_rename(fx, 10, A, B);
	send_ok(fx, T(clunk, 11, A));
	expect_silence(fx);
	let_go(fx, B);
	expect(fx, P9_Rrenameat, 10);
	expect(fx, P9_Rclunk, 11);
}

static void
an_xattrcreate_waits_for_a_link_that_waits(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 3, "f0");
	hold(fx, A);
	send_ok(fx, T(link, 10, A, 3, STR("x")));
	send_ok(fx, T_XATTRCREATE(11, 3, 0));
	expect_silence(fx);
	let_go(fx, A);
	expect(fx, P9_Rlink, 10);
	expect(fx, P9_Rxattrcreate, 11);
	call_fails(fx, T(link, 12, A, 3, STR("x")), EINVAL);
}

static void
clunks_of_both_fids_wait_for_a_link(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 3, "f0");
	slow_plan(fx->slow, SLOW_LINK, SLOW_PENDING, 0);
	send_ok(fx, T(link, 10, A, 3, STR("x")));
	send_ok(fx, T(clunk, 11, 3));
	send_ok(fx, T(clunk, 12, A));
	expect_silence(fx);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rlink, 10);
	assert_int_equal(fake_next(fx)->type, P9_Rclunk); /* in any order */
	assert_int_equal(fake_next(fx)->type, P9_Rclunk);
}

/* The older form: the fid goes where its file goes. */
static void
a_rename_of_a_fid_has_it_to_itself(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 3, "f0");
	slow_plan(fx->slow, SLOW_RENAME, SLOW_PENDING, 0);
	send_ok(fx, T(rename, 10, 3, A, STR("x")));
	send_ok(fx, T(getattr, 11, 3, P9_GETATTR_BASIC));
	expect_silence(fx);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rrename, 10);
	expect(fx, P9_Rgetattr, 11);
}

static void
a_rename_that_waits_can_be_flushed(void **state)
{
	struct fake *fx = *state;

	hold(fx, A);
	hold(fx, B);
	send_rename(fx, 10, A, B);
	send_rename(fx, 11, B, A);
	call(fx, T(flush, 12, 10));
	let_go(fx, A);
	let_go(fx, B);
	expect(fx, P9_Rrenameat, 11);
	assert_int_equal(slow_calls(fx->slow, SLOW_RENAME), 1);
	expect_silence(fx);
}

static void
an_unknown_second_fid_is_refused_at_once(void **state)
{
	struct fake *fx = *state;

	hold(fx, A);
	send_ok(fx, T(link, 10, A, 77, STR("x")));
	expect_error(fx, 10, EBADF);
	let_go(fx, A);
	call(fx, T(clunk, 11, A));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_rename_waits_for_its_first_fid),
		TEST(a_rename_waits_for_its_second_fid),
		TEST(a_rename_waits_for_one_fid_after_the_other),
		TEST(renames_that_cross_do_not_wait_for_each_other),
		TEST(both_fids_may_be_one),
		TEST(a_walk_in_place_waits_for_a_rename_that_waits),
		TEST(a_clunk_waits_for_a_rename_that_waits),
		TEST(an_xattrcreate_waits_for_a_link_that_waits),
		TEST(clunks_of_both_fids_wait_for_a_link),
		TEST(a_rename_of_a_fid_has_it_to_itself),
		TEST(a_rename_that_waits_can_be_flushed),
		TEST(an_unknown_second_fid_is_refused_at_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
