/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_flush.c -- tags: which answer belongs to which request, and what
 * Tflush has to say about that.
 *
 * The request that waits is a lock that somebody else holds.  Without a flush
 * the server holds it back for a few seconds and then says BLOCKED.
 */

#include "wire.h"

/* The file, open on fid 2 and locked there by process 1, and open on fid 3. */
static void
setup_lock(struct wire *w)
{
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_open(w->c, HOME, 3, "file", P9_O_RDWR);
	assert_int_equal(
	    t9_lock(w->c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
}

/* The lock of process 1 is dropped: nobody has it afterwards. */
static void
nobody_got_the_lock(struct wire *w)
{
	assert_int_equal(
	    t9_lock(w->c, 2, P9_LOCK_UNLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	assert_false(t9_locked(w->c, 2, 99, T9_ALL));
}

static uint16_t
flush(struct t9 *c, uint16_t oldtag)
{
	return t9_send(c, T9_MSG(Tflush, .oldtag = oldtag));
}

static void
a_waiting_request_ends_with_its_flush(void **state)
{
	struct wire *w = *state;
	uint16_t lock, f;

	setup_lock(w);
	lock = t9_lock_wait(w->c, 3, 2);
	f = flush(w->c, lock);
	t9_recv_tag(w->c, f); /* Rflush, and nothing else */
	nobody_got_the_lock(w);
}

static void
a_tag_is_free_after_the_flush(void **state)
{
	struct wire *w = *state;
	int i;

	setup_lock(w);
	for (i = 0; i < 50; i++) {
		t9_send_tag(w->c,
		    T9_MSG(Tlock, .fid = 3, .type = P9_LOCK_WRLCK,
			.flags = P9_LOCK_FLAG_BLOCK, .proc_id = 2,
			.client_id = t9_str("test")),
		    5);
		t9_send_tag(w->c, T9_MSG(Tflush, .oldtag = 5), 6);
		t9_recv_tag(w->c, 6);
		t9_send_tag(
		    w->c, T9_MSG(Tgetattr, .fid = 2, .request_mask = 0x7ff), 5);
		t9_recv_tag(w->c, 5);
		assert_int_equal(w->c->in.type, P9_Rgetattr);
	}
	nobody_got_the_lock(w);
}

static void
every_flush_of_one_request_is_answered(void **state)
{
	struct wire *w = *state;
	uint16_t lock, f[4];
	int i;

	setup_lock(w);
	t9_cork(w->c);
	lock = t9_lock_wait(w->c, 3, 2);
	for (i = 0; i < 4; i++)
		f[i] = flush(w->c, lock);
	t9_uncork(w->c);
	for (i = 0; i < 4; i++) {
		t9_recv_tag(w->c, f[i]); /* in their order */
		assert_int_equal(w->c->in.type, P9_Rflush);
	}
	nobody_got_the_lock(w);
}

static void
a_flush_can_be_flushed(void **state)
{
	struct wire *w = *state;
	uint16_t lock, one, two, three;

	setup_lock(w);
	t9_cork(w->c);
	lock = t9_lock_wait(w->c, 3, 2);
	one = flush(w->c, lock);
	two = flush(w->c, one);
	three = flush(w->c, two);
	t9_uncork(w->c);
	t9_recv_tag(w->c, one);
	t9_recv_tag(w->c, two);
	t9_recv_tag(w->c, three);
	nobody_got_the_lock(w);
}

static void
flushing_nothing_is_answered(void **state)
{
	struct wire *w = *state;
	uint16_t f;

	t9_recv_tag(w->c, flush(w->c, 4711)); /* never used */
	t9_recv_tag(w->c, flush(w->c, P9_NOTAG));
	t9_send_tag(w->c, T9_MSG(Tflush, .oldtag = 9), 9); /* itself */
	t9_recv_tag(w->c, 9);
	t9_send_tag(
	    w->c, T9_MSG(Tgetattr, .fid = HOME, .request_mask = 0x7ff), 12);
	t9_recv_tag(w->c, 12);
	f = flush(w->c, 12); /* finished */
	t9_recv_tag(w->c, f);
	t9_recv_tag(w->c, flush(w->c, f)); /* a flush that is finished */
	t9_getattr(w->c, HOME);
}

static void
flushing_one_request_leaves_the_others(void **state)
{
	struct wire *w = *state;
	uint16_t a, b, f;
	bool got_a = false;
	int i;

	setup_lock(w);
	a = t9_lock_wait(w->c, 3, 2);
	b = t9_lock_wait(w->c, 3, 3);
	f = flush(w->c, b);
	t9_recv_tag(w->c, f);
	t9_send(w->c,
	    T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_UNLCK, .proc_id = 1,
		.client_id = t9_str("test")));
	for (i = 0; i < 2; i++) { /* the unlock, and what it gave way to */
		assert_true(t9_recv(w->c));
		got_a = got_a || w->c->in.tag == a;
		assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
	}
	assert_true(got_a);
	assert_int_equal(
	    t9_lock(w->c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_BLOCKED);
}

/*
 * Whatever is flushed in one piece with its flush: either the answer comes
 * first, or it never comes; a request that was dropped has done nothing.
 */
static void
an_answer_comes_before_its_rflush_or_never(void **state)
{
	struct wire *w = *state;
	char name[32];
	uint16_t mkdir, f;
	bool answered;
	int i;

	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "d%d", i);
		t9_cork(w->c);
		mkdir = t9_send(w->c,
		    T9_MSG(Tmkdir, .dfid = HOME, .name = t9_str(name),
			.mode = 0755, .gid = w->c->gid));
		f = flush(w->c, mkdir);
		t9_uncork(w->c);
		assert_true(t9_recv(w->c));
		answered = w->c->in.tag == mkdir;
		if (answered) {
			assert_int_equal(w->c->in.type, P9_Rmkdir);
			t9_recv_tag(w->c, f);
		}
		assert_int_equal(t9_exists(w->c, HOME, name), answered);
	}
}

static void
a_flushed_walk_leaves_no_fid(void **state)
{
	struct wire *w = *state;
	uint16_t walk, f;
	int i, err;

	t9_put(w->c, HOME, "file", "content");
	for (i = 0; i < 100; i++) {
		t9_cork(w->c);
		walk = t9_send(w->c,
		    T9_MSG(Twalk, .fid = HOME, .newfid = 2,
			.wname = t9_names("file")));
		f = flush(w->c, walk);
		t9_uncork(w->c);
		assert_true(t9_recv(w->c));
		err = EBADF;
		if (w->c->in.tag == walk) {
			err = 0;
			t9_recv_tag(w->c, f);
		}
		assert_int_equal(t9_rpc(w->c, T9_MSG(Tclunk, .fid = 2)), err);
	}
}

/* A clunk that is flushed has clunked. */
static void
a_flushed_clunk_is_done_all_the_same(void **state)
{
	struct wire *w = *state;
	uint16_t clunk, f;
	int i;

	t9_put(w->c, HOME, "file", "content");
	for (i = 0; i < 50; i++) {
		t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
		t9_cork(w->c);
		clunk = t9_send(w->c, T9_MSG(Tclunk, .fid = 2));
		f = flush(w->c, clunk);
		t9_uncork(w->c);
		assert_true(t9_recv(w->c));
		if (w->c->in.tag == clunk)
			t9_recv_tag(w->c, f);
		t9_fails(w->c, EBADF, Tgetattr, .fid = 2);
	}
}

static void
a_tag_is_free_after_its_reply(void **state)
{
	struct wire *w = *state;
	int i;

	for (i = 0; i < 200; i++) {
		t9_send_tag(w->c,
		    T9_MSG(Tgetattr, .fid = HOME, .request_mask = 0x7ff), 3);
		t9_recv_tag(w->c, 3);
	}
}

static void
thousands_of_tags_are_out_at_once(void **state)
{
	struct wire *w = *state;
	int i, answers = 0;
	bool seen[5000] = { false };

	t9_cork(w->c);
	for (i = 0; i < 5000; i++)
		t9_send_tag(w->c,
		    T9_MSG(Tgetattr, .fid = HOME, .request_mask = 0x7ff),
		    (uint16_t)(i * 13));
	t9_uncork(w->c);
	while (answers < 5000) {
		assert_true(t9_recv(w->c));
		assert_int_equal(w->c->in.type, P9_Rgetattr);
		assert_false(seen[w->c->in.tag / 13]);
		seen[w->c->in.tag / 13] = true;
		answers++;
	}
}

/* No answer could be told from the first one's. */
static void
a_tag_that_is_in_use_ends_the_connection(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	setup_lock(w);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	t9_send_tag(other,
	    T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_WRLCK,
		.flags = P9_LOCK_FLAG_BLOCK, .client_id = t9_str("test")),
	    7);
	t9_send_tag(
	    other, T9_MSG(Tgetattr, .fid = 2, .request_mask = 0x7ff), 7);
	t9_recv_closed(other);
	t9_free(other);
	nobody_got_the_lock(w);
}

/* Not asked again after a few seconds, but told. */
static void
a_lock_that_stays_taken_is_blocked_in_the_end(void **state)
{
	struct wire *w = *state;
	uint16_t tags[3];
	int i;

	setup_lock(w);
	for (i = 0; i < 3; i++)
		tags[i] = t9_lock_wait(w->c, 3, (uint32_t)i + 2);
	for (i = 0; i < 3; i++) {
		assert_true(t9_recv(w->c));
		assert_in_range(w->c->in.tag, tags[0], tags[2]);
		assert_int_equal(w->c->in.type, P9_Rlock);
		assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_BLOCKED);
	}
	nobody_got_the_lock(w);
}

/* The clunk hurries it or waits for it, but does not leave it behind. */
static void
a_clunk_ends_the_wait_on_its_fid(void **state)
{
	struct wire *w = *state;
	uint16_t lock, clunk;

	setup_lock(w);
	t9_cork(w->c);
	lock = t9_lock_wait(w->c, 3, 2);
	clunk = t9_send(w->c, T9_MSG(Tclunk, .fid = 3));
	t9_uncork(w->c);
	t9_recv_tag(w->c, lock);
	if (w->c->in.type == P9_Rlock)
		assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_BLOCKED);
	t9_recv_tag(w->c, clunk);
	nobody_got_the_lock(w);
}

/* A release just as it is given up: granted before Rflush, or not at all. */
static void
a_lock_granted_as_it_is_flushed_is_told_or_given_back(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());
	uint16_t lock, f;
	bool mine;
	int i;

	setup_lock(w);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	for (i = 0; i < 100; i++) {
		lock = t9_lock_wait(other, 2, 2);
		t9_cork(w->c);
		t9_send(w->c,
		    T9_MSG(Tlock, .fid = 2, .type = P9_LOCK_UNLCK, .proc_id = 1,
			.client_id = t9_str("test")));
		t9_uncork(w->c);
		f = flush(other, lock);
		assert_true(t9_recv(other));
		mine = other->in.tag == lock;
		if (mine) {
			assert_int_equal(
			    other->in.u.Rlock.status, P9_LOCK_SUCCESS);
			t9_recv_tag(other, f);
		}
		assert_true(t9_recv(w->c));
		assert_int_equal(t9_locked(w->c, 2, 99, T9_ALL), mine);
		if (mine)
			t9_lock(other, 2, P9_LOCK_UNLCK, 2, T9_ALL);
		assert_int_equal(t9_lock(w->c, 2, P9_LOCK_WRLCK, 1, T9_ALL),
		    P9_LOCK_SUCCESS);
	}
	t9_free(other);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_waiting_request_ends_with_its_flush),
		wire_test(a_tag_is_free_after_the_flush),
		wire_test(every_flush_of_one_request_is_answered),
		wire_test(a_flush_can_be_flushed),
		wire_test(flushing_nothing_is_answered),
		wire_test(flushing_one_request_leaves_the_others),
		wire_test(an_answer_comes_before_its_rflush_or_never),
		wire_test(a_flushed_walk_leaves_no_fid),
		wire_test(a_flushed_clunk_is_done_all_the_same),
		wire_test(a_tag_is_free_after_its_reply),
		wire_test(thousands_of_tags_are_out_at_once),
		wire_test(a_tag_that_is_in_use_ends_the_connection),
		wire_test(a_lock_that_stays_taken_is_blocked_in_the_end),
		wire_test(a_clunk_ends_the_wait_on_its_fid),
		wire_test(
		    a_lock_granted_as_it_is_flushed_is_told_or_given_back),
	};

	return wire_main("tags", 0, tests, WIRE_COUNT(tests));
}
