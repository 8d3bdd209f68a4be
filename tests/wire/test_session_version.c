/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_version.c -- how a session begins, and how it begins again.
 */

#include "wire.h"

/* Ask for a version; *r is the answer, returns the error. */
static int
ask(struct t9 *c, const char *version, uint32_t msize, struct p9_Rversion *r)
{
	int err = t9_rpc(
	    c, T9_MSG(Tversion, .msize = msize, .version = t9_str(version)));

	*r = c->in.u.Rversion;
	return err;
}

static void
the_server_speaks_what_is_asked_or_less(void **state)
{
	static const struct {
		const char *asked;
		const char *answers[4];
	} cases[] = {
		{ "9P2000.L", { "9P2000.L" } },
		{ "9P2000.L.Google.12", { "9P2000.L" } },
		{ "9P2000.W", { "9P2000.L", "9P2000", "unknown" } },
		{ "9P2000.u", { "9P2000.u", "9P2000", "unknown" } },
		{ "9P2000", { "9P2000", "unknown" } },
		{ "9P2000.xyz", { "9P2000", "unknown" } },
		{ "9P1999", { "unknown" } },
		{ "9p2000.l", { "unknown" } },
		{ "unknown", { "unknown" } },
		{ "", { "unknown" } },
		{ "9P", { "unknown" } },
	};
	struct wire *w = *state;
	struct p9_Rversion r;
	struct t9 *c;
	size_t i, k;
	bool fine;

	for (i = 0; i < WIRE_COUNT(cases); i++) {
		c = wire_dial(w);
		assert_int_equal(ask(c, cases[i].asked, 8192, &r), 0);
		fine = false;
		for (k = 0; k < 4 && cases[i].answers[k] != NULL; k++)
			if (t9_str_is(r.version, cases[i].answers[k]))
				fine = true;
		if (!fine)
			t9_fail("asked for %s, got %.*s", cases[i].asked,
			    r.version.len, r.version.s);
		assert_in_range(r.msize, P9_MIN_MSIZE, 8192);
		t9_free(c);
	}
}

static void
after_unknown_only_another_version_will_do(void **state)
{
	struct wire *w = *state;
	struct t9 *c = wire_dial(w);
	struct p9_Rversion r;

	assert_int_equal(ask(c, "9P3000", 8192, &r), 0);
	assert_true(t9_str_is(r.version, P9_VERSION_UNKNOWN));
	t9_version(c, 8192); /* a second try */
	t9_attach(c, ROOT, geteuid(), "");
	t9_free(c);

	c = wire_dial(w);
	assert_int_equal(ask(c, "9P3000", 8192, &r), 0);
	t9_send(c, T9_MSG(Tattach, .fid = ROOT, .afid = P9_NOFID));
	t9_recv_closed(c);
}

static void
msize_is_never_more_than_was_asked_for(void **state)
{
	static const uint32_t asked[] = { 4096, 4097, 8191, 8192, 65536, 131072,
		131096, 1 << 20 };
	struct wire *w = *state;
	struct p9_Rversion r;
	struct t9 *c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(asked); i++) {
		c = wire_dial(w);
		assert_int_equal(ask(c, P9_VERSION_L, asked[i], &r), 0);
		assert_int_equal(r.msize, asked[i]);
		t9_free(c);
	}
	c = wire_dial(w);
	assert_int_equal(ask(c, P9_VERSION_L, UINT32_MAX, &r), 0);
	assert_int_equal(r.msize, P9_MAX_MSIZE);
	t9_free(c);
}

static void
msize_is_capped_by_the_option(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--msize", "16384");
	struct t9 *c = t9_dial(s->addr[0]);
	struct p9_Rversion r;

	assert_int_equal(ask(c, P9_VERSION_L, 1 << 20, &r), 0);
	assert_int_equal(r.msize, 16384);
	assert_int_equal(ask(c, P9_VERSION_L, 8192, &r), 0);
	assert_int_equal(r.msize, 8192);
	t9_free(c);
	server_stop(s);
}

static void
an_msize_of_no_use_is_refused(void **state)
{
	static const uint32_t asked[] = { 0, 7, 23, 24, 100, 4095 };
	struct wire *w = *state;
	struct p9_Rversion r;
	struct t9 *c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(asked); i++) {
		c = wire_dial(w);
		assert_int_equal(ask(c, P9_VERSION_L, asked[i], &r), EMSGSIZE);
		t9_version(c, 8192); /* a second try */
		t9_free(c);
		c = wire_dial(w); /* no session has come of it */
		assert_int_equal(ask(c, P9_VERSION_L, asked[i], &r), EMSGSIZE);
		t9_send(c, T9_MSG(Tattach, .fid = ROOT, .afid = P9_NOFID));
		t9_recv_closed(c);
		t9_free(c);
	}
}

static void
any_tag_will_do_for_a_version(void **state)
{
	static const uint16_t tags[] = { 0, 1, 77, 0xfffe, P9_NOTAG };
	struct wire *w = *state;
	struct t9 *c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(tags); i++) {
		c = wire_dial(w);
		t9_send_tag(c,
		    T9_MSG(Tversion, .msize = 8192,
			.version = t9_str(P9_VERSION_L)),
		    tags[i]);
		t9_recv_tag(c, tags[i]);
		assert_int_equal(c->in.type, P9_Rversion);
		t9_free(c);
	}
}

static void
nothing_comes_before_a_version(void **state)
{
	static const uint8_t types[] = { P9_Tattach, P9_Tauth, P9_Tflush,
		P9_Twalk, P9_Tread, P9_Twrite, P9_Tclunk, P9_Tremove,
		P9_Tgetattr, P9_Tstatfs, P9_Tlock, 0, 6, 255, P9_Rversion };
	struct wire *w = *state;
	uint8_t frame[64] = { 0 };
	struct t9 *c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(types); i++) {
		c = wire_dial(w);
		frame[0] = sizeof(frame);
		frame[4] = types[i];
		t9_send_frame(c, frame, sizeof(frame));
		t9_recv_closed(c);
		t9_free(c);
	}
}

/* The rest of the tests have a session, and begin it anew. */

static void
a_new_version_forgets_all_fids(void **state)
{
	struct wire *w = *state;
	uint32_t fid;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_open(w->c, HOME, 3, "", P9_O_RDONLY);
	t9_version(w->c, 8192);
	for (fid = 0; fid <= 3; fid++)
		t9_fails(w->c, EBADF, Tclunk, .fid = fid);
	t9_attach(w->c, ROOT, geteuid(), "");
	t9_walk(w->c, ROOT, 2, wire_home(w, "file") + 1);
}

static void
a_new_version_sets_a_new_msize(void **state)
{
	struct wire *w = *state;
	static uint8_t data[20000];
	uint8_t huge[23] = { 0x01, 0x20, 0, 0, P9_Twrite, 0, 0, 2 };

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, data, sizeof(data));
	t9_version(w->c, 8192);
	t9_attach(w->c, ROOT, geteuid(), wire_home(w, ""));
	t9_open(w->c, ROOT, 2, "file", P9_O_RDWR);
	t9_ok(w->c, Tread, .fid = 2, .count = 20000);
	assert_int_equal(w->c->in.u.Rread.data.len, 8192 - 11);
	t9_version(w->c, WIRE_MSIZE); /* and up again */
	t9_attach(w->c, ROOT, geteuid(), wire_home(w, ""));
	t9_open(w->c, ROOT, 2, "file", P9_O_RDWR);
	t9_ok(w->c, Tread, .fid = 2, .count = 20000);
	assert_int_equal(w->c->in.u.Rread.data.len, 20000);
	t9_version(w->c, 8192); /* what fitted before does not now */
	t9_send_bytes(w->c, huge, sizeof(huge));
	t9_recv_closed(w->c);
}

static void
a_new_version_drops_locks(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	assert_int_equal(
	    t9_lock(w->c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	assert_int_equal(
	    t9_lock(other, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_BLOCKED);
	t9_version(w->c, 8192);
	assert_int_equal(
	    t9_lock(other, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	t9_free(other);
}

static void
a_new_version_drops_xattrs_under_way(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(w->c, Txattrcreate, .fid = 2, .name = t9_str("user.a"),
	    .attr_size = 5);
	t9_write(w->c, 2, 0, "value", 5); /* complete, but not clunked */
	t9_version(w->c, 8192);
	t9_attach(w->c, ROOT, geteuid(), wire_home(w, ""));
	t9_walk(w->c, ROOT, 2, "file");
	t9_fails(w->c, ENODATA, Txattrwalk, .fid = 2, .newfid = 3,
	    .name = t9_str("user.a"));
}

static void
a_new_version_ends_waiting_requests_without_a_word(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());
	int i;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	assert_int_equal(
	    t9_lock(other, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	for (i = 0; i < 10; i++)
		t9_lock_wait(w->c, 2, (uint32_t)i);
	t9_version(w->c, 8192); /* is the next reply */
	t9_clunk(other, 2);

	/* None of them got the lock in the end. */
	t9_attach(w->c, ROOT, geteuid(), wire_home(w, ""));
	t9_open(w->c, ROOT, 2, "file", P9_O_RDWR);
	assert_int_equal(
	    t9_lock(w->c, 2, P9_LOCK_WRLCK, 99, T9_ALL), P9_LOCK_SUCCESS);
	t9_free(other);
}

/* What was asked before may be answered before, and never after. */
static void
a_version_in_a_pipeline_separates_two_sessions(void **state)
{
	struct wire *w = *state;
	static uint8_t data[50000];
	uint16_t attach;
	int i;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, data, sizeof(data));
	t9_cork(w->c);
	for (i = 0; i < 50; i++)
		t9_send(w->c, T9_MSG(Tread, .fid = 2, .count = sizeof(data)));
	t9_send(w->c,
	    T9_MSG(Tversion, .msize = 8192, .version = t9_str(P9_VERSION_L)));
	attach = t9_send(w->c,
	    T9_MSG(Tattach, .fid = 2, .afid = P9_NOFID, .n_uname = geteuid()));
	t9_uncork(w->c);
	do
		assert_true(t9_recv(w->c));
	while (w->c->in.type == P9_Rread);
	assert_int_equal(w->c->in.type, P9_Rversion);
	t9_recv_tag(w->c, attach);
	assert_int_equal(t9_getattr(w->c, 2).qid.type, P9_QTDIR);
}

static void
sessions_that_begin_again_leak_nothing(void **state)
{
	struct wire *w = *state;
	struct p9_Rstatfs before, after;
	char name[32];
	size_t fds;
	int i;

	/* Linux serves a host directory by descriptors. */
	before = t9_statfs(w->c, HOME);
	fds = server_fds(w->srv);
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		t9_create(w->c, HOME, 2, name, P9_O_RDWR, 0644);
		t9_write(w->c, 2, 0, "x", 1);
		t9_unlink(w->c, HOME, name);
		t9_walk(w->c, ROOT, 3, WIRE_HOST_KEY);
		t9_open(w->c, 3, 4, "", P9_O_RDONLY);
		t9_open(w->c, ROOT, 5, WIRE_RO_KEY "/file", P9_O_RDONLY);
		t9_version(w->c, 8192);
		t9_attach(w->c, ROOT, geteuid(), "");
		t9_walk(w->c, ROOT, HOME, wire_home(w, "") + 1);
	}
	after = t9_statfs(w->c, HOME);
	/* More, if what the test before this one left was still there. */
	assert_true(after.ffree >= before.ffree);
	assert_true(after.bfree >= before.bfree);
	assert_true(server_fds(w->srv) <= fds + 4);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(the_server_speaks_what_is_asked_or_less),
		wire_test(after_unknown_only_another_version_will_do),
		wire_test(msize_is_never_more_than_was_asked_for),
		wire_test(msize_is_capped_by_the_option),
		wire_test(an_msize_of_no_use_is_refused),
		wire_test(any_tag_will_do_for_a_version),
		wire_test(nothing_comes_before_a_version),
		wire_test(a_new_version_forgets_all_fids),
		wire_test(a_new_version_sets_a_new_msize),
		wire_test(a_new_version_drops_locks),
		wire_test(a_new_version_drops_xattrs_under_way),
		wire_test(a_new_version_ends_waiting_requests_without_a_word),
		wire_test(a_version_in_a_pipeline_separates_two_sessions),
		wire_test(sessions_that_begin_again_leak_nothing),
	};

	return wire_main("versions", WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
