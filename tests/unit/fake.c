/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fake.c -- the transport, and the loop; see fake.h.  What tests say is in
 * fake_talk.c, how they begin and end in fake_setup.c.
 */

#include "fake.h"
#include "pool.h"

static struct fake *
of_transport(struct transport *t)
{
	return container_of(t, struct fake, transport);
}

/* Of exactly this size: who writes more is caught. */
static int
fake_reserve(struct transport *t, size_t cap, struct room *room)
{
	struct fake *fx = of_transport(t);

	if (fx->no_memory > 0) {
		fx->no_memory--;
		return -ENOMEM;
	}
	*room = (struct room){ .p = malloc(cap), .cap = cap };
	assert_non_null(room->p);
	fx->rooms++;
	return 0;
}

static void
keep(struct fake *fx, uint8_t *frame, size_t len)
{
	struct fake_reply *reply;

	if (fx->nreplies == fx->cap) {
		fx->cap = fx->cap * 2 + 16;
		fx->replies =
		    reallocarray(fx->replies, fx->cap, sizeof(*fx->replies));
		assert_non_null(fx->replies);
	}
	reply = &fx->replies[fx->nreplies++];
	reply->frame = frame;
	fx->nsent++;
	assert_int_equal(p9_decode(&reply->m, P9_DIALECT_L, frame, len), 0);
	assert_true(reply->m.type & 1);
}

static void
fake_send_reply(struct transport *t, struct room *room, size_t len)
{
	struct fake *fx = of_transport(t);

	assert_in_range(len, P9_HDRSZ, room->cap);
	if (fx->session.versioned)
		assert_true(len <= fx->session.msize);
	keep(fx, room->p, len);
	fx->rooms--;
}

static void
fake_drop(struct transport *t, struct room *room)
{
	free(room->p);
	of_transport(t)->rooms--;
}

static void
fake_fail(struct transport *t)
{
	of_transport(t)->fails++;
}

static void
fake_wake(struct transport *t)
{
	of_transport(t)->woken = true;
}

const struct transport_ops fake_ops = {
	.reserve = fake_reserve,
	.send = fake_send_reply,
	.drop = fake_drop,
	.fail = fake_fail,
	.wake = fake_wake,
};

/* From the end down, so that who reads on is caught, too: mostly. */
static uint8_t *
place(struct fake *fx, size_t len)
{
	if (fx->rx != NULL && fx->rx->refs == 1)
		fx->rx_left = fx->rx->cap;
	if (fx->rx == NULL || fx->rx_left < len) {
		buf_put(fx->rx);
		fx->rx = buf_new(fx->loop.pool, len);
		assert_non_null(fx->rx);
		fx->rx_left = fx->rx->cap;
	}
	fx->rx_left -= len;
	return fx->rx->data + fx->rx_left;
}

int
fake_frame(struct fake *fx, const uint8_t *p, size_t len)
{
	uint8_t *frame = place(fx, len);

	memcpy(frame, p, len);
	return session_frame(&fx->session, fx->rx, frame, len);
}

int
fake_send(struct fake *fx, const struct p9_msg *m)
{
	uint8_t frame[70000];
	int n = p9_encode(m, P9_DIALECT_L, frame, sizeof(frame));

	assert_true(n > 0);
	return fake_frame(fx, frame, (size_t)n);
}

/* What a transport does once it has been woken. */
static void
step(struct fake *fx)
{
	while (fx->woken) {
		fx->woken = false;
		while (session_step(&fx->session))
			fx->steps++;
	}
}

static size_t
progress(const struct fake *fx)
{
	return fx->nsent + fx->steps + fx->session.npending;
}

/* Nothing may come of one turn, while an event is on its way to the next. */
void
fake_pump(struct fake *fx)
{
	int quiet = 0;
	size_t before;

	while (quiet < 3) {
		before = progress(fx);
		step(fx);
		uv_run(&fx->loop.uv, UV_RUN_NOWAIT);
		quiet = fx->woken || before != progress(fx) ? 0 : quiet + 1;
	}
}

static void
wait_once(struct fake *fx)
{
	step(fx);
	turn(&fx->loop.uv);
	step(fx);
}

void
fake_await(struct fake *fx, size_t n)
{
	step(fx);
	while (fake_unread(fx) < n)
		wait_once(fx);
}

void
fake_await_end(struct fake *fx)
{
	fx->woken = true;
	step(fx);
	while (fx->session.state != SESSION_ENDED)
		wait_once(fx);
}

void
fake_hang_up(struct fake *fx)
{
	session_end(&fx->session);
	fake_await_end(fx);
}
