/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn.c -- see conn.h.
 *
 * As many bytes as there are come in by one recv(2), into a buffer in which
 * frames are handled where they lie; the replies of one iteration of the loop
 * leave by one sendmsg(2) at its end, or by a few while it goes on (turn.h).
 * Buffers are borrowed from the loop: an idle connection has none.
 *
 * A connection is read from only while its session takes frames and its client
 * takes replies, and gives way to others after a quota.
 */

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn.h"
#include "log.h"
#include "rx.h"
#include "session.h"
#include "stale.h"
#include "turn.h"
#include "tx.h"

#define NAME_LEN 72
#define CROWD 128 /* clients */
#define TCP_SENDFILE (256U << 10)

struct conn {
	struct transport transport;
	struct sloop *loop;
	struct list link; /* in loop->conns */
	struct list run; /* in loop->runnable */
	struct list dirty; /* in loop->dirty */
	int in, out;
	bool in_is_socket, out_is_socket;
	bool down; /* the client is gone, or has to go */
	bool stopping; /* takes no more frames */
	bool stalled; /* would take frames, but for its limits */
	bool closing; /* handles are being closed */
	int events_in, events_out; /* what is polled for */
	int nhandles;
	uv_poll_t poll_in, poll_out; /* the second only if out is not in */
	uint64_t last_turn; /* uv_now() */
	struct rx rx;
	struct tx tx;
	struct session session;
	char name[NAME_LEN];
};

static struct conn *
of_transport(struct transport *t)
{
	return container_of(t, struct conn, transport);
}

static void run_again(uv_idle_t *idle);

/* Have c looked at in the next iteration. */
static void
make_runnable(struct conn *c)
{
	if (c->closing || !list_empty(&c->run))
		return;
	if (list_empty(&c->loop->runnable))
		uv_idle_start(&c->loop->again, run_again);
	list_append(&c->loop->runnable, &c->run);
}

static int
conn_reserve(struct transport *t, size_t cap, struct room *room)
{
	return tx_reserve(&of_transport(t)->tx, cap, room);
}

static void
conn_send(struct transport *t, struct room *room, size_t len)
{
	struct conn *c = of_transport(t);

	tx_send(&c->tx, room, len);
	if (list_empty(&c->dirty))
		list_append(&c->loop->dirty, &c->dirty);
}

static void hang_up(struct conn *c);

/* What cannot be sent now is flushed as all else. */
static void
conn_send_file(struct transport *t, struct room *room, size_t len,
    const struct vextent *ext)
{
	struct conn *c = of_transport(t);
	int rc = tx_send_file(
	    &c->tx, room, len, ext, c->out, turns_share(&c->loop->turns));

	if (rc != 0) {
		log_msg(LOG_DEBUG, "%s: write: %s", c->name, strerror(-rc));
		hang_up(c);
	} else if (c->tx.npieces > 0 && list_empty(&c->dirty)) {
		list_append(&c->loop->dirty, &c->dirty);
	}
}

static void
conn_drop(struct transport *t, struct room *room)
{
	tx_drop(&of_transport(t)->tx, room);
}

static void
conn_fail(struct transport *t)
{
	struct conn *c = of_transport(t);

	c->down = true;
	make_runnable(c);
}

static void
conn_wake(struct transport *t)
{
	struct conn *c = of_transport(t);

	if (c->stalled || c->down || c->stopping ||
	    c->session.state != SESSION_UP || stale_is_sweeping(&c->session))
		make_runnable(c);
}

static const struct transport_ops conn_ops = { conn_reserve, conn_send,
	conn_send_file, conn_drop, conn_fail, conn_wake };

/*
 * Of many clients that have come and gone the heap keeps the memory, unless it
 * is told that they are not expected back.
 */
static void
count_out(struct sloop *loop)
{
	if (--loop->nconns > loop->most / 2 || loop->most < CROWD)
		return;
	loop->most = loop->nconns;
	(void)malloc_trim(0);
}

static void
conn_free(struct conn *c)
{
	struct sloop *loop = c->loop;

	if (c->out != c->in)
		close(c->out);
	close(c->in);
	rx_fini(&c->rx);
	tx_fini(&c->tx);
	session_fini(&c->session);
	list_remove(&c->link);
	free(c);
	count_out(loop);
	atomic_fetch_sub(&loop->server->nconns, 1);
}

static void
handle_closed(uv_handle_t *handle)
{
	struct conn *c = handle->data;

	if (--c->nhandles == 0)
		conn_free(c);
}

static void
conn_close(struct conn *c)
{
	if (c->closing)
		return;
	c->closing = true;
	list_remove(&c->run);
	list_remove(&c->dirty);
	log_msg(LOG_DEBUG, "%s: closed", c->name);
	uv_close((uv_handle_t *)&c->poll_in, handle_closed);
	if (c->out != c->in)
		uv_close((uv_handle_t *)&c->poll_out, handle_closed);
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
static void
update_polls(struct conn *c)
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
static void
hang_up(struct conn *c)
{
	c->down = true;
	make_runnable(c);
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
		make_runnable(c);
	} else if (rc != 0 && rc != -EAGAIN && !c->down) {
		log_msg(LOG_DEBUG, "%s: write: %s", c->name, strerror(-rc));
		hang_up(c);
	}
	if (c->stalled || c->stopping)
		make_runnable(c);
	update_polls(c);
}

static void
flush_dirty(uv_check_t *check)
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
 * Is its client slow, or are too many of its requests under way?  A part of a
 * file on its way keeps a descriptor: one for a client is enough.
 */
static bool
may_go_on(const struct conn *c)
{
	return session_ready(&c->session) && c->tx.nfiles == 0 &&
	    c->tx.queued + c->tx.reserved < c->loop->server->limits.queued;
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
			make_runnable(c);
			return 0;
		}
		if ((rc = go_on(c, &turn)) <= 0)
			return rc;
	}
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
		hang_up(c);
	}
	update_polls(c);
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
		make_runnable(c);
	if (c->session.state == SESSION_ENDED)
		conn_close(c);
	else if (!c->down && !c->stopping && c->session.state == SESSION_UP)
		run(c);
	update_polls(c);
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
	if (list_empty(&loop->runnable))
		uv_idle_stop(idle);
}

static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct conn *c = poll->data;

	if (status != 0 && !c->down) {
		hang_up(c);
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

/* AF_UNIX and the like, or AF_UNSPEC of what is no socket. */
static int
family_of(int fd)
{
	int family;
	socklen_t len = sizeof(family);

	if (getsockopt(fd, SOL_SOCKET, SO_DOMAIN, &family, &len) != 0)
		return AF_UNSPEC;
	return family;
}

/*
 * From which size on it costs less to have the kernel send what it has than to
 * have it copied twice.  TCP makes packets of it, and page by page.
 */
static size_t
worth_sendfile(const struct sloop *loop, int family)
{
	size_t least = loop->server->limits.sendfile;

	if (family == AF_UNSPEC)
		return 0;
	if (family != AF_UNIX && least > 1 && least < TCP_SENDFILE)
		return TCP_SENDFILE;
	return least;
}

static void
know_sockets(struct conn *c)
{
	int in = family_of(c->in);
	int out = c->out == c->in ? in : family_of(c->out);

	c->in_is_socket = in != AF_UNSPEC;
	c->out_is_socket = out != AF_UNSPEC;
	c->transport.sendfile = worth_sendfile(c->loop, out);
}

static int
init_polls(struct conn *c)
{
	uv_loop_t *uv = &c->loop->uv;
	int rc;

	c->poll_in.data = c->poll_out.data = c;
	if ((rc = uv_poll_init(uv, &c->poll_in, c->in)) != 0)
		return rc;
	c->nhandles++;
	if (c->out == c->in)
		return 0;
	if ((rc = uv_poll_init(uv, &c->poll_out, c->out)) == 0)
		c->nhandles++;
	return rc;
}

int
conn_start(struct sloop *loop, int in, int out, const struct origin *from,
    const char *name)
{
	struct conn *c = calloc(1, sizeof(*c));
	int rc;

	if (c == NULL) {
		if (out != in)
			close(out);
		close(in);
		atomic_fetch_sub(&loop->server->nconns, 1);
		return -ENOMEM;
	}
	c->transport.ops = &conn_ops;
	c->loop = loop;
	list_append(&loop->conns, &c->link);
	if (++loop->nconns > loop->most)
		loop->most = loop->nconns;
	list_init(&c->run);
	list_init(&c->dirty);
	c->in = in;
	c->out = out;
	know_sockets(c);
	strncpy(c->name, name, NAME_LEN - 1);
	rx_init(&c->rx, loop->pool);
	tx_init(&c->tx, loop->pool);
	session_init(&c->session, loop, &c->transport, from, c->name);
	if ((rc = init_polls(c)) != 0) {
		if (c->nhandles > 0)
			uv_close((uv_handle_t *)&c->poll_in, handle_closed);
		else
			conn_free(c);
		return rc;
	}
	log_msg(LOG_DEBUG, "%s: connected", c->name);
	update_polls(c);
	return 0;
}

/*
 * Whatever its session has to wait for, the client has not: it is told now.  If
 * a call of ours never comes back, nobody will close the descriptors, not even
 * the end of the process.
 */
static void
cut(struct conn *c)
{
	c->down = true;
	(void)shutdown(c->in, SHUT_RDWR);
	(void)shutdown(c->out, SHUT_RDWR);
}

void
conn_stop_all(struct sloop *loop, bool abruptly)
{
	struct list *l;
	struct conn *c;

	for (l = loop->conns.next; l != &loop->conns; l = l->next) {
		c = container_of(l, struct conn, link);
		c->stopping = true;
		if (abruptly)
			cut(c);
		session_stop(&c->session);
		make_runnable(c);
	}
}

void
conn_sweep_all(struct sloop *loop)
{
	struct list *l;
	struct conn *c;

	for (l = loop->conns.next; l != &loop->conns; l = l->next) {
		c = container_of(l, struct conn, link);
		if (tx_let_files_go(&c->tx) != 0)
			hang_up(c);
		stale_sweep(&c->session);
	}
}

int
conn_loop_init(struct sloop *loop)
{
	list_init(&loop->conns);
	list_init(&loop->runnable);
	list_init(&loop->dirty);
	if ((loop->pool = pool_new()) == NULL)
		return -ENOMEM;
	(void)uv_idle_init(&loop->uv, &loop->again);
	(void)uv_check_init(&loop->uv, &loop->flush);
	loop->again.data = loop->flush.data = loop;
	(void)uv_check_start(&loop->flush, flush_dirty);
	uv_unref((uv_handle_t *)&loop->flush);
	spin_init(&loop->spin, &loop->uv, loop->server->spin);
	loop->turns.parts = loop->server->parts;
	return 0;
}

void
conn_loop_fini(struct sloop *loop)
{
	uv_close((uv_handle_t *)&loop->again, NULL);
	uv_close((uv_handle_t *)&loop->flush, NULL);
	spin_fini(&loop->spin);
	pool_free(loop->pool);
	loop->pool = NULL;
}
