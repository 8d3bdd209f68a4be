/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request_flushes.c -- several Tflush at once, and what is left behind by
 * a request that was flushed.
 */

#include "fake_flush.h"

static void
all_flushes_of_one_tag_are_answered_in_order(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(OLD, FILE_FID));
	for (tag = NEW; tag < NEW + 5; tag++)
		send_ok(fx, T(flush, tag, OLD));
	expect_silence(fx);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, OLD);
	for (tag = NEW; tag < NEW + 5; tag++)
		expect(fx, P9_Rflush, tag);
	check_over(fx);
}

/* libuv is asked to cancel one piece of work twice. */
static void
a_request_in_the_queue_can_be_flushed_twice(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_WRITE, SLOW_WORKER, 0);
	fake_block_workers(fx);
	send_ok(fx, T_WRITE(OLD, FILE_FID));
	send_ok(fx, T(flush, NEW, OLD));
	send_ok(fx, T(flush, NEW + 1, OLD));
	expect(fx, P9_Rflush, NEW);
	expect(fx, P9_Rflush, NEW + 1);
	fake_unblock_workers(fx);
	check_over(fx);
}

static void
a_flush_of_a_flush_waits_for_the_same_and_comes_behind_it(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(OLD, FILE_FID));
	send_ok(fx, T(flush, NEW, OLD));
	send_ok(fx, T(flush, NEW + 1, NEW));
	send_ok(fx, T(flush, NEW + 2, NEW + 1));
	expect_silence(fx);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, OLD);
	expect(fx, P9_Rflush, NEW);
	expect(fx, P9_Rflush, NEW + 1);
	expect(fx, P9_Rflush, NEW + 2);
	check_over(fx);
}

/* A chain that a recursive answer would not survive. */
static void
a_long_chain_of_flushes_is_answered(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	fx->server.limits.requests = 65536;
	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(0, FILE_FID));
	for (tag = 1; tag < 60000; tag++)
		send_ok(fx, T(flush, tag, (uint16_t)(tag - 1)));
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, 0);
	for (tag = 1; tag < 60000; tag++)
		expect(fx, P9_Rflush, tag);
	check_over(fx);
}

/* A fid that a flushed walk was to make does not come to be. */
static void
a_walk_that_was_canceled_makes_no_fid(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, 0);
	send_ok(fx, T_WALK(OLD, 0, 3, "f2"));
	call(fx, T(flush, NEW, OLD));
	call_fails(fx, T(getattr, 1, 3, P9_GETATTR_BASIC), EBADF);
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_NOW, 0);
	call(fx, T_WALK(OLD, 0, 3, "f2"));
	check_over(fx);
}

/* Part of the way is no answer to a request that was given up. */
static void
a_walk_that_was_canceled_half_way_is_not_answered(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, 0);
	send_ok(
	    fx, T(walk, OLD, 0, 3, { 3, { STR("d0"), STR("d1"), STR("f2") } }));
	slow_finish(fx->slow, 0);
	call(fx, T(flush, NEW, OLD));
	check_over(fx);
}

/* The walk could not be stopped: the client hears of its fid. */
static void
a_walk_that_came_through_makes_its_fid(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_DEAF, 0);
	send_ok(fx, T_WALK(OLD, 0, 3, "f2"));
	send_ok(fx, T(flush, NEW, OLD));
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rwalk, OLD);
	expect(fx, P9_Rflush, NEW);
	call(fx, T(getattr, 1, 3, P9_GETATTR_BASIC));
	check_over(fx);
}

static void
an_attach_in_the_queue_of_the_workers_is_canceled(void **state)
{
	struct fake *fx = *state;

	fake_block_workers(fx);
	fake_look_up_users(fx);
	send_ok(fx, T_ATTACH(OLD, 3, "/slow"));
	call(fx, T(flush, NEW, OLD));
	fake_unblock_workers(fx);
	call_fails(fx, T(getattr, 1, 3, P9_GETATTR_BASIC), EBADF);
	check_over(fx);
}

/* A lock that waits holds nothing up, and is not taken later. */
static void
a_lock_that_waits_is_given_up(void **state)
{
	struct fake *fx = *state;

	call(fx, T_LOCK(1, FILE_FID, 1));
	open_fid(fx, 3, "f0");
	send_ok(fx, T_LOCK(OLD, 3, 2));
	assert_int_equal(fx->session.nwaits, 1);
	call(fx, T(flush, NEW, OLD));
	assert_int_equal(fx->session.nwaits, 0);
	call(fx, T(clunk, 1, FILE_FID));
	assert_int_equal(slow_locked(fx->slow), 0);
	expect_silence(fx);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, flush_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(all_flushes_of_one_tag_are_answered_in_order),
		TEST(a_request_in_the_queue_can_be_flushed_twice),
		TEST(a_flush_of_a_flush_waits_for_the_same_and_comes_behind_it),
		TEST(a_long_chain_of_flushes_is_answered),
		TEST(a_walk_that_was_canceled_makes_no_fid),
		TEST(a_walk_that_was_canceled_half_way_is_not_answered),
		TEST(a_walk_that_came_through_makes_its_fid),
		TEST(an_attach_in_the_queue_of_the_workers_is_canceled),
		TEST(a_lock_that_waits_is_given_up),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
