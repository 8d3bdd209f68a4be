/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_limits.c -- what one client may have, and what it costs.
 */

#include "fake.h"

static void
fids_have_a_limit(void **state)
{
	struct fake *fx = *state;

	fx->server.limits.fids = 3;
	call(fx, T_CLONE(1, 0, 1));
	call(fx, T_CLONE(1, 0, 2));
	call_fails(fx, T_CLONE(1, 0, 3), EMFILE);
	call_fails(fx, T(xattrwalk, 1, 0, 3, STR("")), EMFILE);
	call_fails(fx, T_ATTACH(1, 3, "/slow"), EMFILE);
	call(fx, T_CLONE(1, 0, 0));
	call(fx, T_WALK(1, 2, 2, "d0"));
	call(fx, T(clunk, 1, 1));
	call(fx, T_CLONE(1, 0, 3));
}

static void
a_fid_that_is_being_made_counts(void **state)
{
	struct fake *fx = *state;

	fx->server.limits.fids = 2;
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, -EACCES);
	send_ok(fx, T_WALK(1, 0, 1, "f0"));
	call_fails(fx, T_CLONE(2, 0, 2), EMFILE);
	slow_finish(fx->slow, 0);
	expect_error(fx, 1, EACCES);
	call(fx, T_CLONE(2, 0, 2));
}

/* Those that are being opened count, and those that could not be do not. */
static void
open_files_have_a_limit(void **state)
{
	struct fake *fx = *state;

	fx->server.limits.opens = 2;
	open_fid(fx, 1, "f0");
	call_fails(fx, T(lopen, 1, 0, P9_O_WRONLY), EISDIR);
	call(fx, T_WALK(1, 0, 2, "f1"));
	call(fx, T_WALK(1, 0, 3, "f2"));
	slow_plan(fx->slow, SLOW_OPEN, SLOW_PENDING, 0);
	send_ok(fx, T(lopen, 1, 2, P9_O_RDONLY));
	call_fails(fx, T(lopen, 2, 3, P9_O_RDONLY), EMFILE);
	call_fails(
	    fx, T(lcreate, 2, 0, STR("new"), P9_O_RDWR, 0644, 0), EMFILE);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rlopen, 1);
	call_fails(fx, T(lopen, 1, 3, P9_O_RDONLY), EMFILE);
	slow_plan(fx->slow, SLOW_OPEN, SLOW_NOW, 0);
	call(fx, T(clunk, 1, 1));
	call(fx, T(lopen, 1, 3, P9_O_RDONLY));
}

/* The transport stops reading, until it is woken. */
static void
requests_in_flight_have_a_limit(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	fx->server.limits.requests = 3;
	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	for (tag = 0; tag < 3; tag++) {
		assert_true(session_ready(&fx->session));
		send_ok(fx, T_READ(tag, 1));
	}
	assert_false(session_ready(&fx->session));
	fx->woken = false;
	slow_finish(fx->slow, 1);
	assert_true(fx->woken);
	assert_true(session_ready(&fx->session));
	expect(fx, P9_Rread, 1);
	send_ok(fx, T_READ(1, 1));
	assert_false(session_ready(&fx->session));
}

/* Those that wait for other clients take up only half of it. */
static void
a_flush_is_read_however_many_locks_wait(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	fx->server.limits.requests = 8;
	open_fid(fx, 1, "f0");
	call(fx, T_LOCK(1, 1, 1));
	for (tag = 10; tag < 14; tag++)
		send_ok(fx, T_LOCK(tag, 1, tag));
	assert_int_equal(fx->session.npending, 4);
	for (tag = 14; tag < 30; tag++)
		assert_int_equal(call(fx, T_LOCK(tag, 1, tag))->u.Rlock.status,
		    P9_LOCK_BLOCKED);
	call(fx, T(flush, 2, 11));
	send_ok(fx, T_LOCK(11, 1, 11));
	assert_int_equal(fx->session.nwaits, 4);
	expect_silence(fx);
}

static void
bytes_of_pending_requests_have_a_limit(void **state)
{
	static const uint8_t bytes[30000];
	struct fake *fx = *state;

	fx->server.limits.queued = 50000;
	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_WRITE, SLOW_PENDING, 0);
	send_ok(fx, T(write, 1, 1, 0, { bytes, sizeof(bytes) }));
	assert_int_equal(fx->session.held, sizeof(bytes) + 23);
	send_ok(fx, T(write, 2, 1, 0, { bytes, sizeof(bytes) }));
	assert_false(session_ready(&fx->session));
	fx->woken = false;
	slow_finish(fx->slow, 0);
	assert_true(fx->woken);
	assert_true(session_ready(&fx->session));
	expect(fx, P9_Rwrite, 1);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rwrite, 2);
	assert_int_equal(fx->session.held, 0);
}

static void
bytes_in_xattrs_have_a_limit(void **state)
{
	struct fake *fx = *state;

	fx->server.limits.xattr_bytes = 1000;
	make_fid(fx, 1, "f0");
	make_fid(fx, 2, "f0");
	call(fx, T_XATTRCREATE(1, 1, 950));
	call_fails(fx, T_XATTRCREATE(1, 2, 51), ENOSPC);
	call_fails(fx, T(xattrwalk, 1, 2, 3, STR("user.a")), ENOSPC);
	call_fails(fx, T(getattr, 1, 3, 0), EBADF);
	call_fails(fx, T(clunk, 1, 1), EINVAL); /* not all of it came */
	assert_int_equal(fx->session.xattr_bytes, 0);
	call(fx, T(xattrwalk, 1, 2, 3, STR("user.a")));
	call(fx, T_XATTRCREATE(1, 2, 900));
	assert_int_equal(fx->session.xattr_bytes, 1000);
	call_fails(fx, T(remove, 1, 2), EINVAL);
	assert_int_equal(fx->session.xattr_bytes, SLOW_XATTR);
	call(fx, T(clunk, 1, 3));
	assert_int_equal(fx->session.xattr_bytes, 0);
}

static void
one_xattr_has_a_limit(void **state)
{
	struct fake *fx = *state;

	make_fid(fx, 1, "f0");
	call_fails(fx, T_XATTRCREATE(1, 1, 65537), E2BIG);
	call_fails(fx, T_XATTRCREATE(1, 1, UINT64_MAX), E2BIG);
	call_fails(fx, T(xattrcreate, 1, 1, STR(""), 1, 0), EINVAL);
	call_fails(fx, T(xattrcreate, 1, 1, STR("user.a"), 1, 4), EINVAL);
	call(fx, T_XATTRCREATE(1, 1, 65536));
	call_fails(
	    fx, T(write, 1, 1, 65536, { (const uint8_t *)"a", 1 }), ENOSPC);
	call_fails(fx, T(write, 1, 1, UINT64_MAX, { (const uint8_t *)"a", 1 }),
	    ENOSPC);
	call_fails(fx, T(write, 1, 1, 1, { (const uint8_t *)"a", 1 }), EINVAL);
}

/* However much is asked for: no reply is larger than msize. */
static void
a_reply_is_at_most_msize_long(void **state)
{
	struct fake *fx = *state;

	call(fx, T(version, P9_NOTAG, P9_MIN_MSIZE, STR("9P2000.L")));
	call(fx, T_ATTACH(1, 0, "/slow"));
	open_fid(fx, 1, "f0");
	open_fid(fx, 2, "d0");
	assert_int_equal(
	    call(fx, T(read, 1, 1, 0, UINT32_MAX))->u.Rread.data.len,
	    P9_MIN_MSIZE - 11);
	call(fx, T(readdir, 1, 2, 0, UINT32_MAX));
	call_fails(fx, T(readdir, 1, 2, 0, 10), EINVAL);
	call(fx, T(read, 1, 1, 0, 0));
}

#define MILLION 1000000U

static size_t
bytes_of_fids(const struct session *s)
{
	return s->fids.nslots * sizeof(*s->fids.slots) +
	    s->fids.count * sizeof(struct fid);
}

/* Nothing is left after the last step; and none of them takes long. */
static void
a_million_fids_are_small_and_end_in_many_steps(void **state)
{
	struct fake *fx = *state;
	uint32_t fid;

	fx->server.limits.fids = MILLION + 1;
	for (fid = 1; fid <= MILLION; fid++)
		call(fx, T_CLONE(1, 0, fid));
	call_fails(fx, T_CLONE(1, 0, fid), EMFILE);
	assert_int_equal(slow_refs(fx->slow), MILLION + 2);
	assert_true(bytes_of_fids(&fx->session) < 300 * (size_t)MILLION);

	fx->steps = 0;
	fake_hang_up(fx);
	assert_in_range(fx->steps, 100, MILLION / 10);
	assert_int_equal(slow_refs(fx->slow), 0);
	assert_true(bytes_of_fids(&fx->session) < 10000);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fake_setup_attached, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(fids_have_a_limit),
		TEST(a_fid_that_is_being_made_counts),
		TEST(open_files_have_a_limit),
		TEST(requests_in_flight_have_a_limit),
		TEST(a_flush_is_read_however_many_locks_wait),
		TEST(bytes_of_pending_requests_have_a_limit),
		TEST(bytes_in_xattrs_have_a_limit),
		TEST(one_xattr_has_a_limit),
		TEST(a_reply_is_at_most_msize_long),
		TEST(a_million_fids_are_small_and_end_in_many_steps),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
