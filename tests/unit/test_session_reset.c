/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_reset.c -- Tversion in mid-session: what was before it is not
 * answered, its fids go, and then the session begins anew.
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
send_version(struct fake *fx)
{
	send_ok(fx, T(version, P9_NOTAG, 8192, STR("9P2000.L")));
}

/* The reset has begun, and waits for something. */
static void
expect_waiting(struct fake *fx)
{
	expect_silence(fx);
	assert_int_equal(fx->session.state, SESSION_RESETTING);
	assert_false(session_ready(&fx->session));
}

/* The next reply is Rversion; and the session is as good as new. */
static void
expect_anew(struct fake *fx)
{
	expect(fx, P9_Rversion, P9_NOTAG);
	assert_int_equal(fx->session.msize, 8192);
	assert_int_equal(fx->session.state, SESSION_UP);
	assert_int_equal(fx->session.fids.count, 0);
	assert_int_equal(fx->session.npending, 0);
	assert_int_equal(fx->session.xattr_bytes, 0);
	assert_int_equal(slow_refs(fx->slow), 0);
	assert_int_equal(slow_locked(fx->slow), 0);
	slow_plan_all(fx->slow, SLOW_NOW, 0);
	call_fails(fx, T(getattr, 1, 0, P9_GETATTR_BASIC), EBADF);
	call(fx, T_ATTACH(1, OPEN_FID, "/slow"));
	call(fx, T_WALK(1, OPEN_FID, FILE_FID, "f0"));
	expect_silence(fx);
}

static void
fids_are_clunked_before_the_answer(void **state)
{
	struct fake *fx = *state;

	send_version(fx);
	expect_anew(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 1);
}

static void
pending_requests_are_hurried_and_not_answered(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(10, OPEN_FID));
	send_ok(fx, T_READ(11, OPEN_FID));
	send_version(fx);
	expect_anew(fx);
	assert_int_equal(slow_hurried(fx->slow), 2);
	call(fx, T(getattr, 10, FILE_FID, P9_GETATTR_BASIC));
}

static void
what_cannot_be_hurried_is_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	slow_plan(fx->slow, SLOW_WRITE, SLOW_WORKER, 0);
	send_ok(fx, T_READ(10, OPEN_FID));
	send_ok(fx, T_WRITE(11, OPEN_FID));
	slow_await_workers(fx->slow, 1);
	send_version(fx);
	expect_waiting(fx);
	slow_finish(fx->slow, 0);
	expect_waiting(fx);
	slow_ticket(fx->slow);
	expect_anew(fx);
}

static void
slow_closes_are_waited_for(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 5, "f2");
	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, -EIO);
	send_version(fx);
	expect_waiting(fx);
	assert_int_equal(slow_npending(fx->slow), 2);
	slow_finish(fx->slow, 1);
	expect_waiting(fx);
	slow_post(fx->slow, 0);
	expect_anew(fx);
}

static void
requests_that_wait_for_a_fid_are_dropped(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_OPEN, SLOW_DEAF, 0);
	send_ok(fx, T(lopen, 10, FILE_FID, P9_O_RDWR));
	send_ok(fx, T_WRITE(11, FILE_FID));
	send_ok(fx, T(clunk, 12, FILE_FID));
	send_ok(fx, T(flush, 13, 12));
	send_version(fx);
	expect_waiting(fx);
	slow_finish(fx->slow, 0);
	expect_anew(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_WRITE), 0);
}

static void
fids_that_are_made_meanwhile_go_too(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_DEAF, 0);
	send_ok(fx, T_WALK(10, 0, 5, "f0"));
	send_version(fx);
	slow_finish(fx->slow, 0);
	expect_anew(fx);
}

static void
an_unfinished_xattr_is_not_stored(void **state)
{
	struct fake *fx = *state;

	call(fx, T_XATTRCREATE(10, FILE_FID, 5));
	call(fx, T_WRITE(11, FILE_FID));
	call(fx, T(xattrwalk, 12, OPEN_FID, 5, STR("user.a")));
	assert_int_equal(fx->session.xattr_bytes, 5 + SLOW_XATTR);
	send_version(fx);
	expect_anew(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_SETXATTR), 0);
}

static void
locks_and_waits_for_them_go(void **state)
{
	struct fake *fx = *state;

	call(fx, T_LOCK(10, OPEN_FID, 1));
	open_fid(fx, 5, "f1");
	send_ok(fx, T_LOCK(11, 5, 2));
	send_version(fx);
	expect_anew(fx);
	assert_int_equal(fx->session.nwaits, 0);
}

static void
a_reset_may_end_in_no_session(void **state)
{
	struct fake *fx = *state;

	send_ok(fx, T(version, P9_NOTAG, 100, STR("9P2000.L")));
	expect_error(fx, P9_NOTAG, EMSGSIZE);
	assert_int_equal(fx->session.fids.count, 0);
	assert_int_equal(fake_send(fx, T_ATTACH(1, 0, "/slow")), -EPROTO);
	call(fx, T_VERSION);
}

static void
a_session_can_be_reset_many_times(void **state)
{
	struct fake *fx = *state;
	int i;

	for (i = 0; i < 100; i++) {
		slow_plan(fx->slow, SLOW_OPEN, SLOW_PENDING, 0);
		send_ok(fx, T(lopen, 10, FILE_FID, P9_O_RDWR));
		send_version(fx);
		expect_anew(fx);
	}
}

/* Others have the loop in between; and nothing is answered until all are gone. */
static void
many_fids_go_some_at_a_time(void **state)
{
	struct fake *fx = *state;
	uint32_t fid;

	for (fid = 10; fid < 10010; fid++)
		call(fx, T_CLONE(1, FILE_FID, fid));
	send_version(fx);
	fx->steps = 0;
	expect_anew(fx);
	assert_in_range(fx->steps, 5, 10000);
}

static void
the_client_may_leave_while_requests_are_waited_for(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(10, OPEN_FID));
	send_version(fx);
	expect_waiting(fx);
	session_end(&fx->session);
	fx->woken = true;
	expect_silence(fx);
	assert_int_equal(fx->session.state, SESSION_ENDING);
	slow_finish(fx->slow, 0);
	fake_hang_up(fx);
	expect_silence(fx);
	assert_int_equal(slow_refs(fx->slow), 0);
}

static void
the_client_may_leave_while_files_are_closed(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, 0);
	send_version(fx);
	expect_waiting(fx);
	session_end(&fx->session);
	fx->woken = true;
	expect_silence(fx);
	slow_finish(fx->slow, 0);
	fake_hang_up(fx);
	expect_silence(fx);
	assert_int_equal(slow_refs(fx->slow), 0);
}

static void
the_client_may_leave_before_anything_was_done(void **state)
{
	struct fake *fx = *state;

	send_version(fx);
	fake_hang_up(fx);
	expect_silence(fx);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fids_are_clunked_before_the_answer),
		TEST(pending_requests_are_hurried_and_not_answered),
		TEST(what_cannot_be_hurried_is_waited_for),
		TEST(slow_closes_are_waited_for),
		TEST(requests_that_wait_for_a_fid_are_dropped),
		TEST(fids_that_are_made_meanwhile_go_too),
		TEST(an_unfinished_xattr_is_not_stored),
		TEST(locks_and_waits_for_them_go),
		TEST(a_reset_may_end_in_no_session),
		TEST(a_session_can_be_reset_many_times),
		TEST(many_fids_go_some_at_a_time),
		TEST(the_client_may_leave_while_requests_are_waited_for),
		TEST(the_client_may_leave_while_files_are_closed),
		TEST(the_client_may_leave_before_anything_was_done),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
