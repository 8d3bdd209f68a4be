/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listen.c -- clients are let in, one after the other.
 *
 * A socket that listens has a doorman: he lets a few in per wake-up, so that a
 * crowd at one door does not keep the loop from the others and from those who
 * are inside.  When descriptors or memory run out he shuts the door for a
 * moment; clients wait in the kernel's queue meanwhile.
 */

#include <errno.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "inherited.h"
#include "listen.h"
#include "log.h"
#include "origin.h"
#include "sloop.h"

#define SEND_BUFFER (1 << 20) /* of which the kernel makes twice as much */
#define ACCEPT_QUOTA 32 /* clients per wake-up */
#define SHUT_MS 200 /* how long the door stays shut */

struct doorman {
	struct listeners *ls;
	struct sock *sock;
	uv_poll_t poll;
	uv_timer_t shut;
	bool scarce; /* said that something has run out */
};

static bool
count_in(struct listeners *ls)
{
	struct server *sv = ls->server;

	if (atomic_fetch_add(&sv->nconns, 1) < sv->limits.connections) {
		ls->full = false;
		return true;
	}
	atomic_fetch_sub(&sv->nconns, 1);
	return false;
}

/* One line for a whole crowd. */
static void
refuse(struct listeners *ls, const struct newcomer *who)
{
	close(who->in);
	if (!ls->full)
		log_msg(LOG_WARN,
		    "%s: refused, as are more: %zu clients are here already",
		    who->name, ls->server->limits.connections);
	ls->full = true;
}

/* Large replies are made while others are taken.  TCP sees to that itself. */
static void
widen(int fd)
{
	int size = SEND_BUFFER;

	if (setsockopt(fd, SOL_SOCKET, SO_SNDBUFFORCE, &size, sizeof(size)))
		setsockopt(fd, SOL_SOCKET, SO_SNDBUF, &size, sizeof(size));
}

/*
 * What is sent leaves at once: a client may wait for each reply before it goes
 * on.  A client that has vanished is noticed some day.
 */
static void
tune(int fd, int family)
{
	int on = 1;

	if (family == AF_UNIX)
		widen(fd);
	if (family != AF_INET && family != AF_INET6)
		return;
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &on, sizeof(on));
	setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &on, sizeof(on));
}

static void
introduce(
    const struct listeners *ls, const struct sock *s, struct newcomer *who)
{
	const struct address *addr = s->addr;

	who->from.trust = addr->trust_given
	    ? addr->trust
	    : origin_default_trust(s->family, ls->root);
	origin_ask(
	    who->in, s->family, &who->from, who->name, sizeof(who->name));
	tune(who->in, s->family);
}

static void
let_in(struct doorman *d, int fd)
{
	struct newcomer who = { .in = fd, .out = fd };
	struct listeners *ls = d->ls;

	introduce(ls, d->sock, &who);
	if (!count_in(ls)) {
		refuse(ls, &who);
		return;
	}
	sloop_log_failure(
	    &who, sloop_welcome(&ls->server->loops[ls->next], &who));
	ls->next = (ls->next + 1) % ls->server->nloops;
}

static void run_doorman(uv_poll_t *poll, int status, int events);

static void
open_door(struct doorman *d)
{
	uv_poll_start(&d->poll, UV_READABLE, run_doorman);
}

static void
reopen(uv_timer_t *timer)
{
	open_door(container_of(timer, struct doorman, shut));
}

static void
shut_door(struct doorman *d, int error)
{
	if (!d->scarce)
		log_msg(LOG_ERROR, "%s: new clients have to wait: %s",
		    d->sock->addr->text, strerror(error));
	d->scarce = true;
	uv_poll_stop(&d->poll);
	uv_timer_start(&d->shut, reopen, SHUT_MS, 0);
}

/* See accept(2): on Linux some errors are the client's, not ours. */
static bool
is_clients_error(int error)
{
	switch (error) {
	case EINTR:
	case ECONNABORTED:
	case EPROTO:
	case EPERM:
	case ENETDOWN:
	case ENOPROTOOPT:
	case EHOSTDOWN:
	case ENONET:
	case EHOSTUNREACH:
	case EOPNOTSUPP:
	case ENETUNREACH:
		return true;
	}
	return false;
}

/* Whether to look for another one. */
static bool
accept_one(struct doorman *d)
{
	int fd = accept4(d->sock->fd, NULL, NULL, SOCK_NONBLOCK | SOCK_CLOEXEC);
	int error = errno;

	if (fd >= 0) {
		let_in(d, fd);
		return true;
	}
	if (error == EAGAIN || error == EWOULDBLOCK) {
		d->scarce = false; /* nobody waits any more */
		return false;
	}
	if (is_clients_error(error))
		return true;
	shut_door(d, error);
	return false;
}

static void
run_doorman(uv_poll_t *poll, int status, int events)
{
	struct doorman *d = container_of(poll, struct doorman, poll);
	int n;

	(void)events;
	if (status < 0) {
		shut_door(d, -status);
		return;
	}
	for (n = 0; n < ACCEPT_QUOTA; n++)
		if (!accept_one(d))
			break;
}

int
listeners_check(const struct config *cfg, struct failure *f)
{
	size_t i;

	for (i = 0; i < cfg->naddresses; i++)
		if (inherited_check(&cfg->addresses[i], f) != 0)
			return -1;
	return 0;
}

int
listeners_open(
    struct listeners *ls, const struct config *cfg, struct failure *f)
{
	size_t i;

	ls->root = cfg->root;
	for (i = 0; i < cfg->naddresses; i++) {
		if (sockets_open(&ls->socks, &cfg->addresses[i], f) != 0) {
			sockets_close(&ls->socks);
			return -1;
		}
	}
	return 0;
}

static int
start_door(struct listeners *ls, struct sock *s)
{
	uv_loop_t *uv = &ls->server->loops[0].uv;
	struct doorman *d = &ls->doors[ls->ndoors];
	int rc;

	d->ls = ls;
	d->sock = s;
	if ((rc = uv_poll_init(uv, &d->poll, s->fd)) != 0)
		return rc;
	uv_timer_init(uv, &d->shut);
	ls->ndoors++;
	open_door(d);
	return 0;
}

/*
 * A client that was here before us.  It goes to the main thread's loop, which
 * notices when the last of them has left.
 */
static int
start_client(struct listeners *ls, struct sock *s)
{
	struct newcomer who = { .in = s->fd, .out = s->out };

	introduce(ls, s, &who);
	s->fd = s->out = -1;
	atomic_fetch_add(&ls->server->nconns, 1);
	return sloop_welcome(&ls->server->loops[0], &who);
}

int
listeners_start(struct listeners *ls, struct server *server, struct failure *f)
{
	struct sock *s;
	size_t i;
	int rc;

	ls->server = server;
	ls->doors = calloc(ls->socks.n + 1, sizeof(*ls->doors));
	if (ls->doors == NULL)
		return failure_set(f, EXIT_START, "no memory");
	for (i = 0; i < ls->socks.n; i++) {
		s = &ls->socks.v[i];
		rc = s->listening ? start_door(ls, s) : start_client(ls, s);
		if (rc == -EPERM)
			return failure_set(f, EXIT_USAGE,
			    "cannot serve %s: a plain file is nobody to talk to",
			    s->addr->text);
		if (rc != 0)
			return failure_set(f, EXIT_START, "cannot serve %s: %s",
			    s->addr->text, strerror(-rc));
	}
	return 0;
}

bool
listeners_is_idle(const struct listeners *ls)
{
	return ls->ndoors == 0;
}

void
listeners_stop(struct listeners *ls)
{
	size_t i;

	for (i = 0; i < ls->ndoors; i++) {
		uv_close((uv_handle_t *)&ls->doors[i].poll, NULL);
		uv_close((uv_handle_t *)&ls->doors[i].shut, NULL);
	}
	ls->ndoors = 0;
	sockets_close(&ls->socks);
}

void
listeners_fini(struct listeners *ls)
{
	sockets_close(&ls->socks);
	free(ls->doors);
}
