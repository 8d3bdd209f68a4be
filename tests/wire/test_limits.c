/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_limits.c -- more of everything than a client may have.
 *
 * What is beyond a limit fails or waits; what is below goes on as before, for
 * that client and for all others.  Each test has a server with one small limit.
 */

#include "wire.h"

/* Is there a session to be had?  One that is closed at once is none. */
static bool
is_served(struct server *s)
{
	int fd = t9_socket(s->addr[0]);
	struct t9 *c;
	bool served;

	if (fd < 0)
		return false;
	c = t9_new(fd, fd);
	t9_send(c,
	    T9_MSG(Tversion, .msize = 8192, .version = t9_str(P9_VERSION_L)));
	served = t9_readable(c, 1000) && t9_recv(c);
	t9_free(c);
	return served;
}

static void
more_connections_than_allowed_are_not_served(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-connections", "3");
	struct wire_patience p = wire_patience();
	struct t9 *c[3];
	size_t i;

	for (i = 0; i < 3; i++)
		c[i] = wire_session_with(s, 8192);
	for (i = 0; i < 5; i++)
		assert_false(is_served(s));
	for (i = 0; i < 3; i++)
		t9_getattr(c[i], ROOT);
	t9_free(c[1]);
	while (!is_served(s))
		wire_wait(&p, "room for another client");
	t9_getattr(c[0], ROOT);
	t9_getattr(c[2], ROOT);
	t9_free_all();
	server_stop(s);
}

/* Which of the errors that say "too many" it is, is left open. */
static void
too_many(int err)
{
	if (err != EMFILE && err != ENFILE && err != ENOMEM && err != ENOSPC)
		t9_fail("too many of something: %s", strerror(err));
}

static void
more_fids_than_allowed_are_refused(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-fids", "10");
	struct t9 *c = wire_session_with(s, 8192);
	struct t9 *other = wire_session_with(s, 8192);
	uint32_t fid;

	for (fid = 1; fid < 10; fid++)
		t9_walk(c, ROOT, fid, "");
	too_many(t9_rpc(c, T9_MSG(Twalk, .fid = ROOT, .newfid = 10)));
	too_many(t9_rpc(c,
	    T9_MSG(
		Tattach, .fid = 11, .afid = P9_NOFID, .n_uname = geteuid())));
	too_many(t9_rpc(c, T9_MSG(Txattrwalk, .fid = ROOT, .newfid = 12)));
	t9_fails(c, EBADF, Tclunk, .fid = 10);
	t9_fails(c, EBADF, Tclunk, .fid = 11);
	t9_fails(c, EBADF, Tclunk, .fid = 12);
	/* Those that are there are of use, and make room. */
	t9_ok(c, Twalk, .fid = 1, .newfid = 1);
	t9_ok(c, Tlopen, .fid = 2, .flags = P9_O_RDONLY);
	t9_ok(c, Treaddir, .fid = 2, .count = 1000);
	t9_clunk(c, 9);
	t9_walk(c, ROOT, 10, "");
	for (fid = 1; fid < 10; fid++) /* each client has its own */
		t9_walk(other, ROOT, fid, "");
	t9_free_all();
	server_stop(s);
}

/* Flushes get through, or nothing would ever end. */
static void
more_requests_than_allowed_wait_their_turn(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-requests", "8");
	struct t9 *c = wire_session_with(s, 8192);
	struct t9 *other = wire_session_with(s, 8192);
	uint16_t flush;
	int i, replies;

	t9_create(other, ROOT, 2, "file", P9_O_RDWR, 0644);
	assert_int_equal(
	    t9_lock(other, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	t9_open(c, ROOT, 2, "file", P9_O_RDWR);

	/* As many that wait as the limit allows, and then their flushes. */
	for (i = 0; i < 8; i++)
		t9_send_tag(c,
		    T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_WRLCK,
			.flags = P9_LOCK_FLAG_BLOCK, .proc_id = (uint32_t)i,
			.client_id = t9_str("test")),
		    (uint16_t)i);
	for (i = 0; i < 8; i++) {
		t9_send_tag(c, T9_MSG(Tflush, .oldtag = (uint16_t)i), 100);
		/* One that was not held back was answered before. */
		do
			assert_true(t9_recv(c));
		while (c->in.type == P9_Rlock);
		assert_int_equal(c->in.type, P9_Rflush);
	}
	t9_getattr(c, ROOT);

	/* Many more than that at once: in turns, but all. */
	t9_cork(c);
	for (i = 0; i < 500; i++)
		t9_send(
		    c, T9_MSG(Tgetattr, .fid = ROOT, .request_mask = 0x7ff));
	flush = t9_send(c, T9_MSG(Tflush, .oldtag = 9999));
	t9_uncork(c);
	for (i = 0, replies = 0; i <= 500; i++) {
		assert_true(t9_recv(c));
		if (c->in.type == P9_Rgetattr)
			replies++;
		else
			assert_int_equal(c->in.tag, flush);
	}
	assert_int_equal(replies, 500);
	t9_getattr(other, ROOT);
	t9_free_all();
	server_stop(s);
}

/* Locks that wait are requests; a client has to get by with one more. */
static void
waiting_locks_do_not_starve_the_rest(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-requests", "8");
	struct t9 *c = wire_session_with(s, 8192);
	int i, answers = 0;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	assert_int_equal(
	    t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	for (i = 0; i < 50; i++)
		t9_lock_wait(c, 2, (uint32_t)i + 2);
	/* The one that would release them is not lost behind them. */
	t9_send_tag(c,
	    T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_UNLCK, .proc_id = 1,
		.client_id = t9_str("test")),
	    5000);
	while (answers < 51) {
		assert_true(t9_recv(c));
		assert_int_equal(c->in.type, P9_Rlock);
		answers++;
	}
	t9_free(c);
	server_stop(s);
}

/*
 * What waits is small, but comes amid what is large: that must not be kept.  The
 * bound is generous, for 200 megabytes.
 */
static void
waiting_locks_take_little_memory(void **state)
{
	static uint8_t data[1 << 20];
	const uint32_t len = sizeof(data) - 24;
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-requests", "1000");
	struct t9 *c = wire_session_with(s, sizeof(data));
	size_t before, after;
	uint32_t i;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, len);
	assert_int_equal(
	    t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	before = server_rss(s);
	for (i = 0; i < 400; i++) {
		t9_cork(c);
		t9_lock_wait(c, 2, 2 + i);
		t9_send(c, T9_MSG(Twrite, .fid = 2, .data = { data, len }));
		t9_uncork(c);
		do
			assert_true(t9_recv(c));
		while (c->in.type != P9_Rwrite);
	}
	after = server_rss(s);
	if (!server_sanitized(s) && after > before + (64 << 20))
		t9_fail("the server grew from %zu to %zu bytes", before, after);
	t9_free(c);
	server_stop(s);
}

static void
more_locks_than_allowed_are_refused(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-locks", "10");
	struct t9 *c = wire_session_with(s, 8192);
	struct t9_range one = { 0, 1 };
	int err;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	for (; one.start < 20; one.start += 2)
		assert_int_equal(
		    t9_lock(c, 2, P9_LOCK_WRLCK, 1, one), P9_LOCK_SUCCESS);
	err = t9_rpc(c,
	    T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_WRLCK, .start = 100,
		.length = 1, .proc_id = 1, .client_id = t9_str("test")));
	if (err == 0)
		assert_int_equal(c->in.u.Rlock.status, P9_LOCK_ERROR);
	else
		assert_int_equal(err, ENOLCK);
	assert_false(t9_locked(c, 2, 2, (struct t9_range){ 100, 1 }));
	/* Those that are there hold, and room can be made. */
	assert_true(t9_locked(c, 2, 2, (struct t9_range){ 18, 1 }));
	assert_int_equal(
	    t9_lock(c, 2, P9_LOCK_UNLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	assert_int_equal(
	    t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	t9_free(c);
	server_stop(s);
}

/* The dead give theirs back. */
static void
locks_of_the_dead_do_not_count(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-locks", "10");
	struct t9 *c = wire_session_with(s, 8192);
	struct t9 *other;
	struct wire_patience p;
	struct t9_range one = { 0, 1 };
	int round;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	for (round = 0; round < 5; round++) {
		other = wire_session_with(s, 8192);
		t9_open(other, ROOT, 2, "file", P9_O_RDWR);
		for (one.start = 0; one.start < 20; one.start += 2) {
			p = wire_patience();
			while (
			    t9_rpc(other,
				T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_WRLCK,
				    .start = one.start, .length = 1,
				    .client_id = t9_str("test"))) != 0 ||
			    other->in.u.Rlock.status != P9_LOCK_SUCCESS)
				wire_wait(&p, "locks of a dead client");
		}
		t9_free(other);
	}
	t9_free(c);
	server_stop(s);
}

static void
more_xattr_bytes_than_allowed_are_refused(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-xattr", "100000");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	struct t9 *other = wire_session_with(s, WIRE_MSIZE);
	static const uint8_t value[60000] = { 'x' };
	int err;

	t9_put(c, ROOT, "file", "");
	t9_walk(c, ROOT, 2, "file");
	t9_setxattr(c, 2, "user.a", value, sizeof(value), 0);

	t9_walk(c, 2, 3, "");
	t9_ok(c, Txattrcreate, .fid = 3, .name = t9_str("user.b"),
	    .attr_size = 60000);
	t9_walk(c, 2, 4, "");
	err = t9_rpc(c,
	    T9_MSG(Txattrcreate, .fid = 4, .name = t9_str("user.c"),
		.attr_size = 60000));
	too_many(err);
	t9_getattr(c, 4); /* a file still */
	err = t9_rpc(c,
	    T9_MSG(
		Txattrwalk, .fid = 2, .newfid = 5, .name = t9_str("user.a")));
	too_many(err);
	t9_fails(c, EBADF, Tclunk, .fid = 5);

	t9_write(c, 3, 0, value, 60000); /* the first one goes on */
	t9_clunk(c, 3);
	t9_setxattr(c, 2, "user.c", value, 60000, 0); /* room again */
	t9_walk(other, ROOT, 2, "file");
	t9_setxattr(other, 2, "user.d", value, 60000, 0);
	t9_free_all();
	server_stop(s);
}

/* With no limits given, the ones that there are hold a greedy client. */
static void
a_greedy_client_is_stopped_in_the_end(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-fids", "100000");
	struct t9 *c = wire_session_with(s, 8192);
	uint32_t fid;
	int err = 0;

	t9_put(c, ROOT, "file", "");
	for (fid = 1; fid < 1000 && err == 0; fid++) {
		t9_walk(c, ROOT, fid, "file");
		err = t9_rpc(c,
		    T9_MSG(Txattrcreate, .fid = fid, .name = t9_str("user.a"),
			.attr_size = 65536));
	}
	too_many(err); /* 64 MB of promises are too many */
	t9_getattr(c, ROOT);
	t9_free(c);
	server_stop(s);
}

/* A client can try again and again what cannot be done. */
static void
the_log_does_not_grow_with_what_there_is_no_room_for(void **state)
{
	static const uint8_t value[60000];
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--mem-bytes", "40K");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	int i;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	for (i = 0; i < 100; i++) {
		t9_walk(c, 2, 3, "");
		t9_ok(c, Txattrcreate, .fid = 3, .name = t9_str("user.a"),
		    .attr_size = sizeof(value));
		t9_write(c, 3, 0, value, sizeof(value));
		t9_fails(c, ENOSPC, Tclunk, .fid = 3);
	}
	assert_in_range(server_log_lines(s), 1, 20);
	t9_free(c);
	server_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(more_connections_than_allowed_are_not_served),
		wire_test(more_fids_than_allowed_are_refused),
		wire_test(more_requests_than_allowed_wait_their_turn),
		wire_test(waiting_locks_do_not_starve_the_rest),
		wire_test(waiting_locks_take_little_memory),
		wire_test(more_locks_than_allowed_are_refused),
		wire_test(locks_of_the_dead_do_not_count),
		wire_test(more_xattr_bytes_than_allowed_are_refused),
		wire_test(a_greedy_client_is_stopped_in_the_end),
		wire_test(the_log_does_not_grow_with_what_there_is_no_room_for),
	};

	return wire_main("limits", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
