/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn_run.c -- a connection's turns.
 *
 * As many bytes as there are come in by one recv(2), into a buffer in which
 * frames are handled where they lie; the replies of one iteration of the loop
 * leave by one sendmsg(2) at its end, or by a few while it goes on (turn.h).
 *
 * A connection is read from only while its session takes frames and its client
 * takes replies, and gives way to others after a quota.
 */

#include <errno.h>
#include <string.h>

#include "conn_internal.h"
#include "log.h"
#include "stale.h"
#include "turn.h"

#define MOST_KEPT 4 /* times what may wait for a client, and a message */

static void run_again(uv_idle_t *idle);

/* Have c looked at in the next iteration. */
void
conn_make_runnable(struct conn *c)
{
	if (c->closing || !list_empty(&c->run))
		return;
	if (list_empty(&c->loop->runnable))
		uv_idle_start(&c->loop->again, run_again);
	list_append(&c->loop->runnable, &c->run);
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* To change that costs three calls, so it is not done for a moment's sake. */
static void
poll_for(uv_poll_t *poll, int *current, int wanted)
{
	if (*current == wanted)
		return;
	*current = wanted;
	if (wanted == 0)
		(void)uv_poll_stop(poll);
	else
		(void)uv_poll_start(poll, wanted, on_poll);
}

/* What is dirty is about to be written, and who is to run again reads then. */
void
conn_update_polls(struct conn *c)
{
	bool reads = !c->down && !c->stopping && !c->stalled;
	bool writes = !c->down && c->tx.npieces > 0 && list_empty(&c->dirty);
	int in = reads ? UV_READABLE : 0;
	int out = writes ? UV_WRITABLE : 0;

	if (c->closing)
		return;
	if (c->in == c->out) {
		poll_for(&c->poll_in, &c->events_in, in | out);
		return;
	}
	poll_for(&c->poll_in, &c->events_in, in);
	poll_for(&c->poll_out, &c->events_out, out);
}

/* The client is gone; the session ends in step(). */
void
conn_hang_up(struct conn *c)
{
	c->down = true;
	conn_make_runnable(c);
}

static void
flush(struct conn *c)
{
	int rc;

	list_remove(&c->dirty);
	if (c->closing)
		return;
	rx_rest(&c->rx); /* the last request in it may have ended */
	rc = tx_flush(
	    &c->tx, c->out, c->out_is_socket, turns_share(&c->loop->turns));
	if (rc > 0) {
		list_append(&c->loop->dirty, &c->dirty);
	} else if (rc != 0 && rc != -EAGAIN && !c->down) {
		log_msg(LOG_DEBUG, "%s: write: %s", c->name, strerror(-rc));
		conn_hang_up(c);
	}
	if (rc > 0 || c->stalled || c->stopping)
		conn_make_runnable(c);
	conn_update_polls(c);
}

void
conn_flush_dirty(uv_check_t *check)
{
	struct sloop *loop = check->data;
	size_t share = turns_share(&loop->turns);
	struct list now, *l;
	struct conn *c;

	/* Who has more than its share to send comes last, and goes on later. */
	list_init(&now);
	while ((l = list_pop(&loop->dirty)) != NULL) {
		c = container_of(l, struct conn, dirty);
		if (c->tx.queued > share)
			list_append(&now, l);
		else
			list_prepend(&now, l);
	}
	while ((l = list_pop(&now)) != NULL)
		flush(container_of(l, struct conn, dirty));
}

/*
 * A small request that is under way keeps the buffer that it lies in, and so
 * does the place for its reply, and these may be large.  Once it ends we are
 * told.
 */
static bool
keeps_too_much(const struct conn *c)
{
	const struct session *s = &c->session;
	size_t most = c->loop->server->limits.queued + s->msize;

	return (c->rx.kept + c->tx.kept) / MOST_KEPT > most &&
	    s->npending > s->nwaits;
}

/*
 * Is its client slow, or are too many of its requests under way?  A part of a
 * file on its way keeps a descriptor: one for a client is enough.
 */
static bool
may_go_on(const struct conn *c)
{
	return session_ready(&c->session) && c->tx.nfiles == 0 &&
	    c->tx.queued + c->tx.reserved < c->loop->server->limits.queued &&
	    !keeps_too_much(c);
}

/* Handle the next frame.  1, 0 if it is not all here, or -EPROTO. */
static int
handle_frame(struct conn *c)
{
	uint8_t *p;
	size_t len;
	int rc;

	rc = rx_take(&c->rx, c->session.msize, &p, &len);
	if (rc < 0)
		log_msg(LOG_WARN, "%s: frame size %zu, must be 7 to %u",
		    c->name, len, c->session.msize);
	if (rc <= 0)
		return rc;
	return session_frame(&c->session, c->rx.buf, p, len) == 0 ? 1 : -EPROTO;
}

/* As much as the client takes.  1 or -errno. */
static int
send_early(struct conn *c, struct turn *turn)
{
	int rc = tx_flush(&c->tx, c->out, c->out_is_socket, TX_ALL);

	turn_has_sent(turn);
	return rc == 0 || rc == -EAGAIN ? 1 : rc;
}

/* 1, 0 if there is none, or -errno. */
static int
get_more(struct conn *c, struct turn *turn)
{
	int rc = rx_fill(&c->rx, c->in, c->in_is_socket, c->session.msize);

	turn_has(turn, c->rx.total, rx_unhandled(&c->rx));
	return rc;
}

/* Handle a frame, or else get some.  1, 0 if there are none, or -errno. */
static int
go_on(struct conn *c, struct turn *turn)
{
	int rc = handle_frame(c);
	bool more;

	if (rc == 0)
		return get_more(c, turn);
	more = rx_unhandled(&c->rx) > 0;
	if (rc > 0 &&
	    turn_goes_on(turn, c->rx.total, more && c->tx.npieces > 0))
		return send_early(c, turn);
	return rc;
}

/* Read and handle until there is nothing more, or it is others' turn. */
static int
run_turn(struct conn *c)
{
	struct turn turn;
	int rc;

	turn_begin(&turn, &c->loop->turns, uv_now(&c->loop->uv), &c->last_turn,
	    c->rx.total + c->tx.total);
	turn_has(&turn, c->rx.total, rx_unhandled(&c->rx));
	for (;;) {
		if (!may_go_on(c)) {
			c->stalled = true;
			return 0;
		}
		if (turn_is_over(&turn, c->rx.total + c->tx.total)) {
			conn_make_runnable(c);
			return 0;
		}
		if ((rc = go_on(c, &turn)) <= 0)
			return rc;
	}
}

/*
 * The client says no more.  If nothing is under way it may yet take what has
 * been answered; whether it has gone altogether, sending will tell.
 */
static void
end_of_input(struct conn *c)
{
	if (c->session.npending > 0 || c->tx.npieces == 0)
		conn_hang_up(c);
	else
		c->stopping = true;
}

static void
run(struct conn *c)
{
	uint64_t before = c->rx.total;
	int rc;

	c->stalled = false;
	rc = run_turn(c);
	rx_rest(&c->rx);
	if (rc == 0 && c->rx.total > before && c->session.npending == 0)
		spin_on(&c->loop->spin);
	if (rc != 0) {
		if (rc != -EPIPE && rc != -EPROTO)
			log_msg(LOG_DEBUG, "%s: %s", c->name, strerror(-rc));
		/* What has been answered may still arrive. */
		(void)tx_flush(&c->tx, c->out, c->out_is_socket, TX_ALL);
		if (rc == -EPIPE)
			end_of_input(c);
		else
			conn_hang_up(c);
	}
	conn_update_polls(c);
}

/* Whatever there is to do for a connection that nobody else looks after. */
static void
step(struct conn *c)
{
	if (c->stopping && !c->down && c->session.npending == 0 &&
	    c->tx.npieces == 0)
		c->down = true;
	if (c->down)
		session_end(&c->session);
	if (session_step(&c->session))
		conn_make_runnable(c);
	if (c->session.state == SESSION_ENDED)
		conn_close(c);
	else if (!c->down && !c->stopping && c->session.state == SESSION_UP)
		run(c);
	conn_update_polls(c);
}

static void
run_again(uv_idle_t *idle)
{
	struct sloop *loop = idle->data;
	struct list now, *l;

	/* Those that become runnable meanwhile wait for the next time. */
	list_init(&now);
	while ((l = list_pop(&loop->runnable)) != NULL)
		list_append(&now, l);
	while ((l = list_pop(&now)) != NULL)
		step(container_of(l, struct conn, run));
	/* The loop must not sleep before what is dirty has been sent. */
	if (list_empty(&loop->runnable) && list_empty(&loop->dirty))
		uv_idle_stop(idle);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct conn *c = poll->data;

	if (status != 0 && !c->down) {
		conn_hang_up(c);
		return;
	}
	if (events & UV_WRITABLE)
		flush(c);
	if (!(events & UV_READABLE))
		return;
	c->rx.drained = false;
	if (!c->down && !c->stopping && list_empty(&c->run))
		run(c);
}
