/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn.c -- see conn.h: a connection's life.
 *
 * Buffers are borrowed from the loop: an idle connection has none.
 */

#include <errno.h>
#include <malloc.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "conn_internal.h"
#include "log.h"
#include "stale.h"
#include "turn.h"

#define CROWD 128 /* clients */
#define TCP_SENDFILE (256U << 10)

static struct conn *
of_transport(struct transport *t)
{
	return container_of(t, struct conn, transport);
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
		conn_hang_up(c);
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
	conn_make_runnable(c);
}

static void
conn_wake(struct transport *t)
{
	struct conn *c = of_transport(t);

	if (c->stalled || c->down || c->stopping ||
	    c->session.state != SESSION_UP || stale_is_sweeping(&c->session))
		conn_make_runnable(c);
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

void
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
	strncpy(c->name, name, CONN_NAME - 1);
	rx_init(&c->rx, loop->pool);
	tx_init(&c->tx, loop->pool);
	session_init(&c->session, loop, &c->transport, from, c->name);
	if ((rc = init_polls(c)) != 0) {
		c->closing = true;
		if (c->nhandles > 0)
			uv_close((uv_handle_t *)&c->poll_in, handle_closed);
		else
			conn_free(c);
		return rc;
	}
	log_msg(LOG_DEBUG, "%s: connected", c->name);
	conn_update_polls(c);
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
		conn_make_runnable(c);
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
			conn_hang_up(c);
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
	(void)uv_check_start(&loop->flush, conn_flush_dirty);
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
