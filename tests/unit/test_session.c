/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session.c -- what a session makes of frames: version first, tags that
 * are in use, frames that are no messages.
 */

#include "fake.h"

/* An Rlerror is the answer to any frame that could be told apart. */
static void
refused(struct fake *fx, const char *frame, size_t len, uint32_t ecode)
{
	assert_int_equal(fake_frame(fx, (const uint8_t *)frame, len), 0);
	expect_error(fx, 0x0102, ecode);
	expect_silence(fx);
}

#define REFUSED(fx, frame, ecode) refused(fx, frame, sizeof(frame) - 1, ecode)

static void
tversion_begins_a_session(void **state)
{
	struct fake *fx = *state;
	const struct p9_msg *m;

	m = call(fx, T(version, P9_NOTAG, 8192, STR("9P2000.L")));
	assert_int_equal(m->u.Rversion.msize, 8192);
	assert_int_equal(m->u.Rversion.version.len, 8);
	assert_memory_equal(m->u.Rversion.version.s, "9P2000.L", 8);
	assert_true(fx->session.versioned);
	assert_int_equal(fx->session.msize, 8192);
}

static void
msize_is_at_most_what_we_have(void **state)
{
	struct fake *fx = *state;
	const struct p9_msg *m;

	fx->server.limits.msize = 65536;
	m = call(fx, T(version, P9_NOTAG, 1 << 30, STR("9P2000.L")));
	assert_int_equal(m->u.Rversion.msize, 65536);
	m = call(fx, T(version, P9_NOTAG, P9_MIN_MSIZE, STR("9P2000.L")));
	assert_int_equal(m->u.Rversion.msize, P9_MIN_MSIZE);
	m = call(fx, T(version, P9_NOTAG, 1 << 20, STR("9P2000.L")));
	assert_int_equal(m->u.Rversion.msize, 65536);
}

/* Any tag will do for it. */
static void
dialects_that_grew_from_ours_are_ours(void **state)
{
	struct fake *fx = *state;
	const struct p9_msg *m;

	m = call(fx, T(version, 5, 65536, STR("9P2000.L.Google.7")));
	assert_int_equal(m->u.Rversion.version.len, 8);
	assert_true(fx->session.versioned);
}

static void
other_dialects_are_unknown_and_begin_nothing(void **state)
{
	static const p9_str others[] = { STR(""), STR("9P2000"),
		STR("9P2000.u"), STR("9P2000.l"), STR("9P2000.Lx"),
		STR("unknown"), STR("9P2001.L") };
	struct fake *fx = *state;
	const struct p9_msg *m;
	size_t i;

	for (i = 0; i < sizeof(others) / sizeof(others[0]); i++) {
		m = call(fx, T(version, P9_NOTAG, 65536, others[i]));
		assert_int_equal(m->u.Rversion.version.len, 7);
		assert_memory_equal(m->u.Rversion.version.s, "unknown", 7);
		assert_in_range(m->u.Rversion.msize, P9_MIN_MSIZE, 65536);
		assert_int_equal(
		    fake_send(fx, T_ATTACH(1, 0, "/slow")), -EPROTO);
		expect_silence(fx);
	}
}

static void
a_small_msize_is_refused(void **state)
{
	static const uint32_t small[] = { 0, 7, 23, 24, P9_MIN_MSIZE - 1 };
	struct fake *fx = *state;
	size_t i;

	for (i = 0; i < sizeof(small) / sizeof(small[0]); i++) {
		call(fx, T_VERSION);
		call_fails(fx, T(version, P9_NOTAG, small[i], STR("9P2000.L")),
		    EMSGSIZE);
		assert_false(fx->session.versioned);
	}
}

static void
nothing_comes_before_tversion(void **state)
{
	struct fake *fx = *state;

	assert_int_equal(fake_send(fx, T_ATTACH(1, 0, "/slow")), -EPROTO);
	assert_int_equal(fake_send(fx, T(flush, 1, 2)), -EPROTO);
	assert_int_equal(fake_send(fx, T(clunk, 1, 2)), -EPROTO);
	expect_silence(fx);
	call(fx, T_VERSION);
}

/* Not even what is no message. */
static void
nothing_malformed_comes_before_tversion(void **state)
{
	static const uint8_t unknown[] = { 7, 0, 0, 0, 200, 2, 1 };
	static const uint8_t short_clunk[] = { 8, 0, 0, 0, 120, 2, 1, 0 };
	struct fake *fx = *state;

	assert_int_equal(fake_frame(fx, unknown, sizeof(unknown)), -EPROTO);
	assert_int_equal(
	    fake_frame(fx, short_clunk, sizeof(short_clunk)), -EPROTO);
	expect_silence(fx);
}

static void
a_malformed_tversion_is_refused(void **state)
{
	struct fake *fx = *state;

	REFUSED(fx, "\x0b\0\0\0\x64\x02\x01\0\0\x01\0", EINVAL);
	assert_false(fx->session.versioned);
	call(fx, T_VERSION);
	REFUSED(fx, "\x0b\0\0\0\x64\x02\x01\0\0\x01\0", EINVAL);
	assert_true(fx->session.versioned);
}

static void
a_tag_in_use_ends_the_connection(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(10, 1));
	assert_int_equal(fake_send(fx, T_READ(10, 1)), -EPROTO);
	assert_int_equal(fake_send(fx, T(flush, 10, 10)), -EPROTO);
	assert_int_equal(
	    fake_send(fx, T(version, 10, 65536, STR("9P2000.L"))), -EPROTO);
	expect_silence(fx);
	assert_int_equal(slow_npending(fx->slow), 1);
}

/* Queued on a fid, or a Tflush that waits: those are in use as well. */
static void
every_tag_without_a_reply_is_in_use(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(10, 1));
	send_ok(fx, T(clunk, 11, 1));
	send_ok(fx, T(flush, 12, 10));
	assert_int_equal(fake_send(fx, T(clunk, 11, 0)), -EPROTO);
	assert_int_equal(fake_send(fx, T(clunk, 12, 0)), -EPROTO);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rread, 10);
	assert_int_equal(fake_unread(fx), 2);
}

static void
a_tag_is_free_once_its_reply_is_sent(void **state)
{
	struct fake *fx = *state;
	int i;

	open_fid(fx, 1, "f0");
	for (i = 0; i < 10; i++) {
		slow_plan(fx->slow, SLOW_READ, (enum slow_way)(i % 3), 0);
		send_ok(fx, T_READ(10, 1));
		if (i % 3 == SLOW_WORKER)
			slow_ticket(fx->slow);
		else if (i % 3 == SLOW_PENDING)
			slow_finish(fx->slow, 0);
		expect(fx, P9_Rread, 10);
	}
}

static void
a_malformed_request_is_refused_and_the_session_goes_on(void **state)
{
	struct fake *fx = *state;

	/* Tclunk: cut, and with a byte too many */
	REFUSED(fx, "\x0a\0\0\0\x78\x02\x01\0\0\0", EINVAL);
	REFUSED(fx, "\x0c\0\0\0\x78\x02\x01\0\0\0\0\0", EINVAL);
	/* Twalk with 17 names, and one whose name ends outside */
	REFUSED(fx, "\x11\0\0\0\x6e\x02\x01\0\0\0\0\x09\0\0\0\x11\0", EINVAL);
	REFUSED(fx, "\x14\0\0\0\x6e\x02\x01\0\0\0\0\x09\0\0\0\x01\0\x02\0a",
	    EINVAL);
	/* Twrite of more than there is */
	REFUSED(fx, "\x18\0\0\0\x76\x02\x01\0\0\0\0\0\0\0\0\0\0\0\0\x02\0\0\0a",
	    EINVAL);
	call(fx, T(getattr, 1, 0, P9_GETATTR_BASIC));
}

static void
what_is_no_request_of_ours_is_not_supported(void **state)
{
	struct fake *fx = *state;

	REFUSED(fx, "\x07\0\0\0\xc8\x02\x01", EOPNOTSUPP); /* 200 */
	REFUSED(fx, "\x07\0\0\0\0\x02\x01", EOPNOTSUPP);
	REFUSED(fx, "\x07\0\0\0\xff\x02\x01", EOPNOTSUPP);
	REFUSED(fx, "\x07\0\0\0\x79\x02\x01", EOPNOTSUPP); /* Rclunk */
	REFUSED(fx, "\x0b\0\0\0\x07\x02\x01\x01\0\0\0", EOPNOTSUPP);
	REFUSED(fx, "\x0c\0\0\0\x70\x02\x01\0\0\0\0\0", EOPNOTSUPP); /* Topen */
	call(fx, T(getattr, 1, 0, P9_GETATTR_BASIC));
}

/* By that errno some clients know that they may attach without. */
static void
nobody_has_to_authenticate(void **state)
{
	struct fake *fx = *state;

	call_fails(fx, T(auth, 3, 7, STR(""), STR(""), 0), ENOENT);
	call(fx, T(getattr, 1, 0, P9_GETATTR_BASIC));
}

/* However malformed, it has a tag, and that is in use. */
static void
a_malformed_request_on_a_tag_in_use_ends_the_connection(void **state)
{
	static const uint8_t frame[] = { 7, 0, 0, 0, 200, 10, 0 };
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	slow_plan(fx->slow, SLOW_READ, SLOW_PENDING, 0);
	send_ok(fx, T_READ(10, 1));
	assert_int_equal(fake_frame(fx, frame, sizeof(frame)), -EPROTO);
	expect_silence(fx);
}

static void
a_refusal_without_room_ends_the_connection(void **state)
{
	static const uint8_t frame[] = { 7, 0, 0, 0, 200, 10, 0 };
	struct fake *fx = *state;

	fx->no_memory = 1;
	assert_int_equal(fake_frame(fx, frame, sizeof(frame)), -EPROTO);
	expect_silence(fx);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)
#define ATTACHED(f)                                                            \
	cmocka_unit_test_setup_teardown(f, fake_setup_attached, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(tversion_begins_a_session),
		TEST(msize_is_at_most_what_we_have),
		TEST(dialects_that_grew_from_ours_are_ours),
		TEST(other_dialects_are_unknown_and_begin_nothing),
		TEST(a_small_msize_is_refused),
		TEST(nothing_comes_before_tversion),
		TEST(nothing_malformed_comes_before_tversion),
		TEST(a_malformed_tversion_is_refused),
		ATTACHED(a_tag_in_use_ends_the_connection),
		ATTACHED(every_tag_without_a_reply_is_in_use),
		ATTACHED(a_tag_is_free_once_its_reply_is_sent),
		ATTACHED(
		    a_malformed_request_is_refused_and_the_session_goes_on),
		ATTACHED(what_is_no_request_of_ours_is_not_supported),
		ATTACHED(nobody_has_to_authenticate),
		ATTACHED(
		    a_malformed_request_on_a_tag_in_use_ends_the_connection),
		ATTACHED(a_refusal_without_room_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
