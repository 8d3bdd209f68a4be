/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_backpressure.c -- clients that ask for much and take their time.
 *
 * Requests go out without a look at the replies, until the server takes no
 * more or there are no more; then everything is read, and everything has to be
 * there.  How much the server takes before it stops reading is its affair.
 */

#include <fcntl.h>
#include <poll.h>

#include "wire.h"

#define REQUESTS 4000
#define PIECE 16384U /* bytes per read */
#define PIECES 64U /* in the file */

/* The piece at an offset is filled with its number. */
static void
make_file(struct t9 *c)
{
	uint8_t data[PIECE];
	uint32_t i;

	t9_create(c, HOME, 2, "file", P9_O_RDWR, 0644);
	for (i = 0; i < PIECES; i++) {
		memset(data, (int)i, sizeof(data));
		t9_write(c, 2, i * PIECE, data, PIECE);
	}
}

/* What is queued in the client and not yet taken by the server. */
struct outbox {
	uint8_t *bytes;
	size_t len, sent;
};

/* All that was corked. */
static struct outbox
take_corked(struct t9 *c)
{
	struct outbox o = { malloc(c->out_len), c->out_len, 0 };

	assert_non_null(o.bytes);
	memcpy(o.bytes, c->out, c->out_len);
	c->out_len = 0;
	t9_uncork(c);
	return o;
}

/* Send as much as goes without waiting; true if all has gone. */
static bool
push(struct t9 *c, struct outbox *o)
{
	ssize_t n;

	while (o->sent < o->len) {
		n = write(c->wfd, o->bytes + o->sent, o->len - o->sent);
		if (n < 0 && errno == EAGAIN)
			return false;
		assert_true(n > 0);
		o->sent += (size_t)n;
	}
	return true;
}

/* Until the server has taken nothing for a moment. */
static void
push_until_it_stops(struct t9 *c, struct outbox *o)
{
	struct pollfd pfd = { .fd = c->wfd, .events = POLLOUT };

	while (!push(c, o))
		if (poll(&pfd, 1, 300) == 0)
			return;
}

/* The next reply, while more goes out as there is room. */
static void
pull(struct t9 *c, struct outbox *o)
{
	struct pollfd pfd = { .fd = c->wfd };

	do {
		pfd.events = POLLIN;
		if (!push(c, o))
			pfd.events |= POLLOUT;
		assert_int_equal(poll(&pfd, 1, t9_timeout()), 1);
	} while ((pfd.revents & (POLLIN | POLLHUP)) == 0);
	assert_true(t9_recv(c));
}

/* Tags that are answered, each once. */
struct answers {
	bool seen[REQUESTS];
	size_t n;
};

static void
take_answer(struct answers *a, uint16_t tag)
{
	assert_true(tag < REQUESTS);
	assert_false(a->seen[tag]);
	a->seen[tag] = true;
	a->n++;
}

static void
queue_reads(struct t9 *c, uint32_t fid)
{
	uint32_t i;

	t9_cork(c);
	for (i = 0; i < REQUESTS; i++)
		t9_send_tag(c,
		    T9_MSG(Tread, .fid = fid, .offset = i % PIECES * PIECE,
			.count = PIECE),
		    (uint16_t)i);
}

static void
check_read(struct t9 *c, struct answers *a)
{
	const struct p9_data *data = &c->in.u.Rread.data;
	uint32_t i;

	assert_int_equal(c->in.type, P9_Rread);
	assert_int_equal(data->len, PIECE);
	for (i = 0; i < data->len; i++)
		if (data->p[i] != c->in.tag % PIECES)
			t9_fail("tag %u got another's data", c->in.tag);
	take_answer(a, c->in.tag);
}

static void
thousands_of_reads_are_answered_in_full(void **state)
{
	struct wire *w = *state;
	static struct answers a;
	struct outbox o;

	memset(&a, 0, sizeof(a));
	make_file(w->c);
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	queue_reads(w->c, 3);
	o = take_corked(w->c);
	push_until_it_stops(w->c, &o);
	while (a.n < REQUESTS) {
		pull(w->c, &o);
		check_read(w->c, &a);
	}
	free(o.bytes);
	t9_getattr(w->c, HOME);
}

static void
others_are_served_while_one_does_not_read(void **state)
{
	struct wire *w = *state;
	static struct answers a;
	struct t9 *other = wire_session_as(w, geteuid());
	struct outbox o;
	char name[32];
	int i;

	memset(&a, 0, sizeof(a));
	make_file(w->c);
	queue_reads(w->c, 2);
	o = take_corked(w->c);
	push_until_it_stops(w->c, &o);
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		t9_put(other, HOME, name, "from another");
		t9_has(other, HOME, name, "from another");
	}
	assert_int_equal(t9_count(other, HOME), 101);
	while (a.n < REQUESTS) {
		pull(w->c, &o);
		check_read(w->c, &a);
	}
	free(o.bytes);
	t9_free(other);
}

/* Each write must have happened, whole and in its place. */
static void
thousands_of_writes_are_all_done(void **state)
{
	struct wire *w = *state;
	static struct answers a;
	static uint8_t data[4096];
	struct outbox o;
	uint32_t i;

	memset(&a, 0, sizeof(a));
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_cork(w->c);
	for (i = 0; i < REQUESTS; i++) {
		memset(data, (int)(i % 251), sizeof(data));
		t9_send_tag(w->c,
		    T9_MSG(Twrite, .fid = 2, .offset = i * sizeof(data),
			.data = { data, sizeof(data) }),
		    (uint16_t)i);
	}
	o = take_corked(w->c);
	push_until_it_stops(w->c, &o);
	while (a.n < REQUESTS) {
		pull(w->c, &o);
		assert_int_equal(w->c->in.type, P9_Rwrite);
		assert_int_equal(w->c->in.u.Rwrite.count, sizeof(data));
		take_answer(&a, w->c->in.tag);
	}
	free(o.bytes);
	assert_int_equal(t9_getattr(w->c, 2).size, REQUESTS * sizeof(data));
	for (i = 0; i < REQUESTS; i += 7) {
		t9_ok(w->c, Tread, .fid = 2, .offset = i * sizeof(data),
		    .count = sizeof(data));
		memset(data, (int)(i % 251), sizeof(data));
		assert_memory_equal(
		    w->c->in.u.Rread.data.p, data, sizeof(data));
	}
}

/* Small and large, quick and slow: what number i is. */
static void
queue_some(struct t9 *c, uint16_t i)
{
	switch (i % 6) {
	case 0:
		t9_send_tag(c, T9_MSG(Tread, .fid = 2, .count = PIECE), i);
		break;
	case 1:
		t9_send_tag(
		    c, T9_MSG(Tgetattr, .fid = 2, .request_mask = 0x7ff), i);
		break;
	case 2:
		t9_send_tag(c, T9_MSG(Treaddir, .fid = 3, .count = 1000), i);
		break;
	case 3:
		t9_send_tag(c,
		    T9_MSG(Twalk, .fid = HOME, .newfid = 100U + i,
			.wname = t9_names("file")),
		    i);
		break;
	case 4:
		t9_send_tag(c, T9_MSG(Tstatfs, .fid = 2), i);
		break;
	default:
		t9_send_tag(c, T9_MSG(Tfsync, .fid = 3), i);
		break;
	}
}

static void
all_kinds_of_requests_are_answered(void **state)
{
	struct wire *w = *state;
	static struct answers a;
	struct outbox o;
	uint16_t i;

	memset(&a, 0, sizeof(a));
	make_file(w->c);
	t9_open(w->c, HOME, 3, "", P9_O_RDONLY);
	t9_cork(w->c);
	for (i = 0; i < REQUESTS; i++)
		queue_some(w->c, i);
	o = take_corked(w->c);
	push_until_it_stops(w->c, &o);
	while (a.n < REQUESTS) {
		pull(w->c, &o);
		assert_int_not_equal(w->c->in.type, P9_Rlerror);
		take_answer(&a, w->c->in.tag);
	}
	free(o.bytes);
}

static void
a_limit_of_bytes_keeps_all_answers(void **state)
{
	struct wire *w = *state;
	struct server *s =
	    WIRE_SERVER(w, "--max-queued", "65536", "--max-requests", "16");
	struct t9 *c = wire_session_with(s, 131072);
	static struct answers a;
	struct outbox o;

	memset(&a, 0, sizeof(a));
	t9_walk(c, ROOT, HOME, "");
	make_file(c);
	queue_reads(c, 2);
	o = take_corked(c);
	push_until_it_stops(c, &o);
	while (a.n < REQUESTS) {
		pull(c, &o);
		check_read(c, &a);
	}
	free(o.bytes);
	t9_free(c);
	server_stop(s);
}

/* The largest frames, one after the other through a small queue. */
static void
a_reply_larger_than_the_queue_still_leaves(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--max-queued", "4096");
	struct t9 *c = wire_session_with(s, 1 << 20);
	uint32_t i, n;

	t9_walk(c, ROOT, HOME, "");
	make_file(c);
	for (i = 0; i < 10; i++)
		t9_send(
		    c, T9_MSG(Tread, .fid = 2, .count = PIECES * PIECE - 1000));
	for (i = 0; i < 10; i++) {
		assert_true(t9_recv(c));
		n = c->in.u.Rread.data.len;
		assert_int_equal(n, PIECES * PIECE - 1000);
		assert_int_equal(c->in.u.Rread.data.p[n - 1], PIECES - 1);
	}
	t9_free(c);
	server_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(thousands_of_reads_are_answered_in_full),
		wire_test(others_are_served_while_one_does_not_read),
		wire_test(thousands_of_writes_are_all_done),
		wire_test(all_kinds_of_requests_are_answered),
		wire_test_if(
		    a_limit_of_bytes_keeps_all_answers, WIRE_NEEDS_MEMORY),
		wire_test_if(a_reply_larger_than_the_queue_still_leaves,
		    WIRE_NEEDS_MEMORY),
	};

	return wire_main(
	    "backpressure", WIRE_EACH_FS, tests, WIRE_COUNT(tests));
}
