/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request_order.c -- who waits for whom on a fid.
 *
 * A request that changes what a fid is has it to itself: it waits for those
 * that came before, and those that come after wait for it.  All others run
 * side by side.
 */

#include "fake.h"

static void
getattr(struct fake *fx, uint16_t tag, uint32_t fid)
{
	send_ok(fx, T(getattr, tag, fid, P9_GETATTR_BASIC));
}

/* The qid that fid stands for, asked of a clone so that nothing waits. */
static uint64_t
path_of(struct fake *fx, const char *name)
{
	uint64_t path;

	make_fid(fx, 99, name);
	path =
	    call(fx, T(getattr, 1, 99, P9_GETATTR_BASIC))->u.Rgetattr.qid.path;
	call(fx, T(clunk, 1, 99));
	return path;
}

static void
requests_on_one_fid_run_side_by_side(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_GETATTR, SLOW_PENDING, 0);
	getattr(fx, 10, 1);
	getattr(fx, 11, 1);
	getattr(fx, 12, 1);
	call(fx, T(statfs, 13, 1));
	assert_int_equal(slow_npending(fx->slow), 3);
	slow_finish(fx->slow, 2);
	expect(fx, P9_Rgetattr, 12);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rgetattr, 10);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rgetattr, 11);
}

static void
a_clunk_waits_for_all_that_was_before_it(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(10, 1));
	send_ok(fx, T_READ(11, 1));
	send_ok(fx, T(clunk, 12, 1));
	expect_silence(fx);
	slow_finish(fx->slow, 1);
	expect(fx, P9_Rread, 11);
	expect_silence(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 0);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, 10);
	expect(fx, P9_Rclunk, 12);
}

static void
behind_a_clunk_the_fid_is_unknown(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, 0);
	send_ok(fx, T(clunk, 10, 1));
	call_fails(fx, T_READ(11, 1), EBADF);
	call_fails(fx, T(clunk, 12, 1), EBADF);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rclunk, 10);
}

static void
behind_a_clunk_the_number_is_free(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, 0);
	send_ok(fx, T(clunk, 10, 1));
	open_fid(fx, 1, "f1");
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rclunk, 10);
	call(fx, T_READ(11, 1));
}

static void
what_comes_behind_an_open_finds_the_fid_open(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_OPEN, SLOW_WORKER, 0);
	send_ok(fx, T(lopen, 10, 1, P9_O_RDWR));
	send_ok(fx, T_READ(11, 1));
	send_ok(fx, T_WRITE(12, 1));
	send_ok(fx, T(lopen, 13, 1, P9_O_RDWR));
	send_ok(fx, T_READ(14, 1));
	expect_silence(fx);
	slow_ticket(fx->slow);
	expect(fx, P9_Rlopen, 10);
	expect(fx, P9_Rread, 11);
	expect(fx, P9_Rwrite, 12);
	expect_error(fx, 13, EINVAL);
	expect(fx, P9_Rread, 14);
}

static void
what_comes_behind_a_create_finds_the_new_file(void **state)
{
	struct fake *fx = *state;
	uint64_t path = path_of(fx, "f5");

	make_fid(fx, 1, "d0");
	slow_plan(fx->slow, SLOW_CREATE, SLOW_PENDING, 0);
	send_ok(fx, T(lcreate, 10, 1, STR("f5"), P9_O_RDWR, 0600, 0));
	getattr(fx, 11, 1);
	send_ok(fx, T_READ(12, 1));
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rlcreate, 10);
	assert_int_equal(
	    expect(fx, P9_Rgetattr, 11)->u.Rgetattr.qid.path, path);
	assert_int_equal(expect(fx, P9_Rread, 12)->u.Rread.data.p[0], 5);
}

static void
what_comes_behind_a_walk_in_place_finds_the_fid_moved(void **state)
{
	struct fake *fx = *state;
	uint64_t before = path_of(fx, "d0"), behind = path_of(fx, "d1");

	make_fid(fx, 1, "d0");
	slow_plan(fx->slow, SLOW_GETATTR, SLOW_DEAF, 0);
	getattr(fx, 10, 1);
	send_ok(fx, T_WALK(11, 1, 1, "d1"));
	getattr(fx, 12, 1);
	slow_finish(fx->slow, 0);
	assert_int_equal(
	    expect(fx, P9_Rgetattr, 10)->u.Rgetattr.qid.path, before);
	expect(fx, P9_Rwalk, 11);
	slow_finish(fx->slow, 0);
	assert_int_equal(
	    expect(fx, P9_Rgetattr, 12)->u.Rgetattr.qid.path, behind);
}

static void
what_comes_behind_an_xattrcreate_goes_to_the_value(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_GETATTR, SLOW_PENDING, 0);
	getattr(fx, 10, 1);
	send_ok(fx, T_XATTRCREATE(11, 1, 5));
	send_ok(fx, T_WRITE(12, 1));
	getattr(fx, 13, 1);
	send_ok(fx, T(clunk, 14, 1));
	expect_silence(fx);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rgetattr, 10);
	expect(fx, P9_Rxattrcreate, 11);
	expect(fx, P9_Rwrite, 12);
	expect_error(fx, 13, EINVAL);
	expect(fx, P9_Rclunk, 14);
	assert_int_equal(slow_calls(fx->slow, SLOW_SETXATTR), 1);
}

static void
behind_an_open_that_fails_others_have_their_turn(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_OPEN, SLOW_PENDING, -EACCES);
	send_ok(fx, T(lopen, 10, 1, P9_O_RDWR));
	send_ok(fx, T_READ(11, 1));
	getattr(fx, 12, 1);
	slow_finish(fx->slow, 0);
	expect_error(fx, 10, EACCES);
	expect_error(fx, 11, EBADF);
	expect(fx, P9_Rgetattr, 12);
}

static void
other_fids_are_not_held_up(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	make_fid(fx, 2, "f0");
	slow_plan(fx->slow, SLOW_OPEN, SLOW_PENDING, 0);
	send_ok(fx, T(lopen, 10, 1, P9_O_RDWR));
	getattr(fx, 11, 1);
	call(fx, T(getattr, 12, 2, P9_GETATTR_BASIC));
	call(fx, T(clunk, 13, 2));
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rlopen, 10);
	expect(fx, P9_Rgetattr, 11);
}

/* The open is given up, and with it the reason to wait. */
static void
a_waiting_request_that_is_flushed_holds_nobody_up(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_GETATTR, SLOW_DEAF, 0);
	getattr(fx, 10, 1);
	send_ok(fx, T(lopen, 11, 1, P9_O_RDWR));
	send_ok(fx, T(statfs, 12, 1));
	expect_silence(fx);
	send_ok(fx, T(flush, 13, 11));
	fake_pump(fx);
	assert_int_equal(fake_unread(fx), 2);
	expect(fx, P9_Rflush, 13);
	expect(fx, P9_Rstatfs, 12);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rgetattr, 10);
}

/* All of a long queue, each of which has the fid to itself. */
static void
a_long_queue_runs_in_order(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	make_fid(fx, 1, "d0");
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, 0);
	for (tag = 0; tag < 1000; tag++)
		send_ok(fx, T_WALK(tag, 1, 1, "d1"));
	for (tag = 0; tag < 500; tag++) {
		assert_int_equal(slow_npending(fx->slow), 1);
		slow_finish(fx->slow, 0);
		expect(fx, P9_Rwalk, tag);
	}
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_NOW, 0);
	slow_finish(fx->slow, 0);
	for (; tag < 1000; tag++)
		expect(fx, P9_Rwalk, tag);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fake_setup_attached, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(requests_on_one_fid_run_side_by_side),
		TEST(a_clunk_waits_for_all_that_was_before_it),
		TEST(behind_a_clunk_the_fid_is_unknown),
		TEST(behind_a_clunk_the_number_is_free),
		TEST(what_comes_behind_an_open_finds_the_fid_open),
		TEST(what_comes_behind_a_create_finds_the_new_file),
		TEST(what_comes_behind_a_walk_in_place_finds_the_fid_moved),
		TEST(what_comes_behind_an_xattrcreate_goes_to_the_value),
		TEST(behind_an_open_that_fails_others_have_their_turn),
		TEST(other_fids_are_not_held_up),
		TEST(a_waiting_request_that_is_flushed_holds_nobody_up),
		TEST(a_long_queue_runs_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
