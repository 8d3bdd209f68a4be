/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_end.c -- the client hangs up, whatever may be under way; and
 * the server stops.  Nothing is sent any more, and everything is given back:
 * the teardown of each of these tests counts.
 */

#include "fake.h"

#define FILE_FID 1
#define OPEN_FID 2

static int
setup(void **state)
{
	if (fake_setup_attached(state) != 0)
		return -1;
	make_fid(*state, FILE_FID, "f0");
	open_fid(*state, OPEN_FID, "f1");
	return 0;
}

static void
hang_up(struct fake *fx)
{
	fake_hang_up(fx);
	expect_silence(fx);
	assert_int_equal(slow_refs(fx->slow), 0);
	assert_int_equal(slow_opens(fx->slow), 0);
	assert_int_equal(slow_locked(fx->slow), 0);
}

/* Told to end; but something goes on that has to be waited for. */
static void
hang_up_and_wait(struct fake *fx)
{
	session_end(&fx->session);
	fx->woken = true;
	expect_silence(fx);
	assert_int_equal(fx->session.state, SESSION_ENDING);
	assert_false(session_ready(&fx->session));
}

static void
an_idle_session_closes_its_files(void **state)
{
	struct fake *fx = *state;

	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 1);
}

static void
a_session_that_never_began_ends(void **state)
{
	struct fake *fx = *state;

	hang_up(fx);
	session_end(&fx->session);
	assert_false(session_step(&fx->session));
	assert_int_equal(fx->session.state, SESSION_ENDED);
}

static void
pending_requests_are_hurried(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, 0);
	send_ok(fx, T_READ(10, OPEN_FID));
	send_ok(fx, T_READ(11, OPEN_FID));
	send_ok(fx, T_WALK(12, 0, 5, "f0"));
	hang_up(fx);
	assert_int_equal(slow_hurried(fx->slow), 3);
	assert_int_equal(slow_calls(fx->slow, SLOW_READ), 0);
}

static void
a_request_that_cannot_be_hurried_is_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_WRITE, SLOW_DEAF, 0);
	send_ok(fx, T_WRITE(10, OPEN_FID));
	hang_up_and_wait(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 0);
	slow_finish(fx->slow, 0);
	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_WRITE), 1);
}

static void
a_request_on_a_worker_is_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_WRITE, SLOW_WORKER, 0);
	send_ok(fx, T_WRITE(10, OPEN_FID));
	slow_await_workers(fx->slow, 1);
	hang_up_and_wait(fx);
	slow_ticket(fx->slow);
	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_WRITE), 1);
}

static void
what_no_worker_has_begun_is_canceled(void **state)
{
	struct fake *fx = *state;

	fake_block_workers(fx);
	fake_look_up_users(fx);
	slow_plan(fx->slow, SLOW_WRITE, SLOW_WORKER, 0);
	send_ok(fx, T_WRITE(10, OPEN_FID));
	send_ok(fx, T_ATTACH(11, 5, ""));
	hang_up(fx);
	fake_unblock_workers(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_WRITE), 0);
}

/* Walks and opens that come through after all make fids, which go too. */
static void
fids_that_are_made_late_go_as_well(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_DEAF, 0);
	slow_plan(fx->slow, SLOW_OPEN, SLOW_DEAF, 0);
	slow_plan(fx->slow, SLOW_GETXATTR, SLOW_DEAF, 0);
	slow_plan(fx->slow, SLOW_CREATE, SLOW_DEAF, 0);
	call(fx, T_CLONE(9, 0, 8));
	send_ok(fx, T_WALK(10, 0, 5, "f0"));
	send_ok(fx, T(lopen, 11, FILE_FID, P9_O_RDWR));
	send_ok(fx, T(xattrwalk, 12, OPEN_FID, 6, STR("user.a")));
	send_ok(fx, T(lcreate, 13, 8, STR("x"), P9_O_RDWR, 0600, 0));
	hang_up_and_wait(fx);
	while (slow_npending(fx->slow) > 0)
		slow_finish(fx->slow, 0);
	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 3);
}

static void
requests_that_wait_for_a_fid_never_run(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_OPEN, SLOW_DEAF, 0);
	send_ok(fx, T(lopen, 10, FILE_FID, P9_O_RDWR));
	send_ok(fx, T_WRITE(11, FILE_FID));
	send_ok(fx, T(link, 12, 0, FILE_FID, STR("x")));
	send_ok(fx, T(rename, 13, FILE_FID, 0, STR("x")));
	hang_up_and_wait(fx);
	slow_finish(fx->slow, 0);
	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_WRITE), 0);
	assert_int_equal(slow_calls(fx->slow, SLOW_LINK), 0);
	assert_int_equal(slow_calls(fx->slow, SLOW_RENAME), 0);
}

static void
clunks_run_though_they_had_to_wait(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(10, OPEN_FID));
	send_ok(fx, T(clunk, 11, OPEN_FID));
	send_ok(fx, T(flush, 12, 11));
	hang_up_and_wait(fx);
	slow_finish(fx->slow, 0);
	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 1);
}

static void
a_slow_close_is_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_CLOSE, SLOW_WORKER, -EIO);
	session_end(&fx->session);
	fx->woken = true;
	fake_pump(fx);
	assert_int_equal(fx->session.state, SESSION_ENDING);
	slow_ticket(fx->slow);
	hang_up(fx);
}

static void
an_unfinished_xattr_is_not_stored(void **state)
{
	struct fake *fx = *state;

	call(fx, T_XATTRCREATE(10, FILE_FID, 5));
	call(fx, T_WRITE(11, FILE_FID)); /* complete, but for its clunk */
	hang_up(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_SETXATTR), 0);
}

static void
locks_and_waits_for_them_go(void **state)
{
	struct fake *fx = *state;

	call(fx, T_LOCK(10, OPEN_FID, 1));
	open_fid(fx, 5, "f1");
	send_ok(fx, T_LOCK(11, 5, 2));
	send_ok(fx, T_LOCK(12, 5, 3));
	assert_int_equal(fx->session.nwaits, 2);
	assert_int_equal(slow_locked(fx->slow), 1);
	hang_up(fx);
}

static void
flushes_under_way_are_not_answered(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(10, OPEN_FID));
	send_ok(fx, T(flush, 11, 10));
	send_ok(fx, T(flush, 12, 11));
	hang_up_and_wait(fx);
	slow_post(fx->slow, 0);
	hang_up(fx);
}

/* A lock that waits is answered; and so is all that ends by itself. */
static void
a_server_that_stops_answers_those_that_wait_for_others(void **state)
{
	struct fake *fx = *state;
	const struct p9_msg *m;

	call(fx, T_LOCK(10, OPEN_FID, 1));
	open_fid(fx, 5, "f1");
	send_ok(fx, T_LOCK(11, 5, 2));
	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(12, OPEN_FID));
	session_stop(&fx->session);
	m = expect(fx, P9_Rlock, 11);
	assert_int_equal(m->u.Rlock.status, P9_LOCK_BLOCKED);
	expect_silence(fx);
	assert_int_equal(slow_hurried(fx->slow), 0);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, 12);
	hang_up(fx);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_idle_session_closes_its_files),
		cmocka_unit_test_setup_teardown(
		    a_session_that_never_began_ends, fake_setup, fake_teardown),
		TEST(pending_requests_are_hurried),
		TEST(a_request_that_cannot_be_hurried_is_waited_for),
		TEST(a_request_on_a_worker_is_waited_for),
		TEST(what_no_worker_has_begun_is_canceled),
		TEST(fids_that_are_made_late_go_as_well),
		TEST(requests_that_wait_for_a_fid_never_run),
		TEST(clunks_run_though_they_had_to_wait),
		TEST(a_slow_close_is_waited_for),
		TEST(an_unfinished_xattr_is_not_stored),
		TEST(locks_and_waits_for_them_go),
		TEST(flushes_under_way_are_not_answered),
		TEST(a_server_that_stops_answers_those_that_wait_for_others),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
