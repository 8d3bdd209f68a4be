/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request_flush.c -- Tflush, wherever what it flushes may be.
 *
 * Rflush is always the answer, and always comes after whatever the flushed
 * request had to say; nothing is ever sent for that request's tag behind it.
 */

#include "fake_flush.h"

static void
a_tag_that_nobody_uses_can_be_flushed(void **state)
{
	struct fake *fx = *state;

	call(fx, T(flush, NEW, OLD));
	call(fx, T(flush, NEW, P9_NOTAG));
	check_over(fx);
}

static void
a_flush_of_itself_is_answered(void **state)
{
	struct fake *fx = *state;

	call(fx, T(flush, NEW, NEW));
	check_over(fx);
}

static void
a_request_that_has_been_answered_can_be_flushed(void **state)
{
	struct fake *fx = *state;

	call(fx, T_READ(OLD, FILE_FID));
	call(fx, T(flush, NEW, OLD));
	check_over(fx);
}

static void
a_pending_request_is_hurried_and_not_answered(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(OLD, FILE_FID));
	call(fx, T(flush, NEW, OLD));
	assert_int_equal(slow_hurried(fx->slow), 1);
	assert_int_equal(slow_calls(fx->slow, SLOW_READ), 0);
	check_over(fx);
}

static void
a_request_that_cannot_be_hurried_is_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(OLD, FILE_FID));
	send_ok(fx, T(flush, NEW, OLD));
	expect_silence(fx);
	assert_int_equal(slow_hurried(fx->slow), 1);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, OLD);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

static void
an_error_is_told_before_the_flush_is_answered(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, -EIO);
	send_ok(fx, T_READ(OLD, FILE_FID));
	send_ok(fx, T(flush, NEW, OLD));
	slow_post(fx->slow, 0);
	expect_error(fx, OLD, EIO);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

static void
a_request_in_the_queue_of_the_workers_is_canceled(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_WRITE, SLOW_WORKER, 0);
	fake_block_workers(fx);
	send_ok(fx, T_WRITE(OLD, FILE_FID));
	call(fx, T(flush, NEW, OLD));
	fake_unblock_workers(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_WRITE), 0);
	check_over(fx);
}

static void
a_request_on_a_worker_is_answered_first(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_WRITE, SLOW_WORKER, 0);
	send_ok(fx, T_WRITE(OLD, FILE_FID));
	slow_await_workers(fx->slow, 1);
	send_ok(fx, T(flush, NEW, OLD));
	expect_silence(fx);
	slow_ticket(fx->slow);
	expect(fx, P9_Rwrite, OLD);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

/* It has ended, but the loop has not heard of that yet. */
static void
a_request_that_has_just_ended_is_answered_first(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(OLD, FILE_FID));
	slow_post(fx->slow, 0);
	send_ok(fx, T(flush, NEW, OLD));
	expect(fx, P9_Rread, OLD);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

static void
a_request_that_waits_for_its_fid_never_runs(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 3, "d0");
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_DEAF, 0);
	send_ok(fx, T_WALK(1, 3, 3, "d1"));
	send_ok(fx, T(mkdir, OLD, 3, STR("x"), 0700, 0));
	call(fx, T(flush, NEW, OLD));
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rwalk, 1);
	assert_int_equal(slow_calls(fx->slow, SLOW_MKDIR), 0);
	check_over(fx);
}

/* Its effects would be lost otherwise: a fid that nobody frees. */
static void
a_clunk_is_waited_for_and_not_hurried(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, 0);
	send_ok(fx, T(clunk, OLD, OTHER_FID));
	send_ok(fx, T(flush, NEW, OLD));
	expect_silence(fx);
	assert_int_equal(slow_hurried(fx->slow), 0);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rclunk, OLD);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

/* Even if it fails as only what is given up does. */
static void
a_clunk_is_answered_whatever_became_of_it(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, -ECANCELED);
	send_ok(fx, T(clunk, OLD, OTHER_FID));
	send_ok(fx, T(flush, NEW, OLD));
	slow_finish(fx->slow, 0);
	expect_error(fx, OLD, ECANCELED);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

static void
a_clunk_that_waits_for_its_fid_is_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(1, OTHER_FID));
	send_ok(fx, T(clunk, OLD, OTHER_FID));
	send_ok(fx, T(flush, NEW, OLD));
	expect_silence(fx);
	assert_int_equal(slow_hurried(fx->slow), 0);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, 1);
	expect(fx, P9_Rclunk, OLD);
	expect(fx, P9_Rflush, NEW);
	check_over(fx);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, flush_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_tag_that_nobody_uses_can_be_flushed),
		TEST(a_flush_of_itself_is_answered),
		TEST(a_request_that_has_been_answered_can_be_flushed),
		TEST(a_pending_request_is_hurried_and_not_answered),
		TEST(a_request_that_cannot_be_hurried_is_waited_for),
		TEST(an_error_is_told_before_the_flush_is_answered),
		TEST(a_request_in_the_queue_of_the_workers_is_canceled),
		TEST(a_request_on_a_worker_is_answered_first),
		TEST(a_request_that_has_just_ended_is_answered_first),
		TEST(a_request_that_waits_for_its_fid_never_runs),
		TEST(a_clunk_is_waited_for_and_not_hurried),
		TEST(a_clunk_is_answered_whatever_became_of_it),
		TEST(a_clunk_that_waits_for_its_fid_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
