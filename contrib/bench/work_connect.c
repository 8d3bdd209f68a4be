/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work_connect.c -- workloads about connections themselves: connect, idle.
 *
 * A client here is a socket and a stage: it connects, agrees on a version,
 * attaches, and closes, or stays.  The address is that of a first connection,
 * made in the usual way.
 */

#include <sys/epoll.h>
#include <sys/socket.h>
#include <unistd.h>

#include "bench_internal.h"
#include "p9.h"
#include "proc.h"

#define FRAME 256U

enum stage {
	CONNECTING,
	VERSION,
	ATTACH,
	ATTACHED
};

struct client {
	int fd; /* -1: none */
	enum stage stage;
	uint64_t start;
	size_t len; /* of the reply, so far */
	uint8_t in[FRAME];
};

struct crowd {
	struct bench *b;
	int ep;
	struct sockaddr_storage addr;
	socklen_t addrlen;
	struct client *clients; /* as many as connections */
	unsigned int active;
	bool stays; /* attached clients are idle */
};

static void next(struct crowd *w, struct client *c);

static bool
goes_on(const struct crowd *w)
{
	const struct bench *b = w->b;

	return b->r->errors < 1000 && !(w->stays && b->r->errors > 0) &&
	    (b->o->interrupted == NULL || !*b->o->interrupted) &&
	    (w->stays ||
		(b->o->count != 0 ? b->begun < b->o->count : b->now < b->mark));
}

static void
hang_up(struct client *c)
{
	if (c->fd != -1)
		close(c->fd);
	c->fd = -1;
}

static void
wrong(struct crowd *w, struct client *c, const char *what, int err)
{
	bench_fail(w->b, 0, "%s%s%s", what, err != 0 ? ": " : "",
	    err != 0 ? strerror(err) : "");
	w->b->r->errors++;
	hang_up(c);
	w->active--;
}

static void
say(struct crowd *w, struct client *c, struct p9_msg *m)
{
	uint8_t frame[FRAME];
	int n;

	n = p9_encode(m, P9_DIALECT_L, frame, sizeof(frame));
	c->len = 0;
	if (n < 0)
		wrong(w, c, "the tree's name", -n);
	else if (send(c->fd, frame, (size_t)n, MSG_NOSIGNAL) != n)
		wrong(w, c, "send", errno);
	else
		w->b->r->messages++;
}

static void
say_version(struct crowd *w, struct client *c)
{
	struct p9_msg m = { .type = P9_Tversion, .tag = P9_NOTAG };

	m.u.Tversion.msize = w->b->r->msize;
	m.u.Tversion.version = (p9_str){ P9_VERSION_L, 8 };
	c->stage = VERSION;
	say(w, c, &m);
}

static p9_str
str(const char *s)
{
	return (p9_str){ s, (uint16_t)(s != NULL ? strnlen(s, 200) : 0) };
}

static void
say_attach(struct crowd *w, struct client *c)
{
	const struct etfsc_options *opt = &w->b->o->opt;
	struct p9_msg m = { .type = P9_Tattach, .tag = 0 };

	m.u.Tattach.fid = 0;
	m.u.Tattach.afid = P9_NOFID;
	m.u.Tattach.uname = str(opt->uname);
	m.u.Tattach.aname = str(opt->aname);
	m.u.Tattach.n_uname = opt->set_uid ? opt->uid : (uint32_t)geteuid();
	c->stage = ATTACH;
	say(w, c, &m);
}

static void
attached(struct crowd *w, struct client *c)
{
	struct bench *b = w->b;

	c->stage = ATTACHED;
	if (!w->stays)
		hang_up(c);
	b->now = bench_clock();
	hist_add(&b->hist, b->now - c->start);
	b->r->ops++;
	w->active--;
	if (!w->stays)
		next(w, c);
}

static void
answered(struct crowd *w, struct client *c)
{
	struct p9_msg m;
	unsigned int want = c->stage == VERSION ? P9_Rversion : P9_Rattach;

	if (p9_decode(&m, P9_DIALECT_L, c->in, c->len) != 0 || m.type != want)
		wrong(w, c, "no Rversion, or no Rattach", 0);
	else if (c->stage == VERSION)
		say_attach(w, c);
	else
		attached(w, c);
}

static void
take(struct crowd *w, struct client *c)
{
	ssize_t n = recv(c->fd, c->in + c->len, FRAME - c->len, MSG_DONTWAIT);
	int64_t size;

	if (n < 0 && errno == EAGAIN)
		return;
	if (n <= 0) {
		wrong(w, c, "the server has hung up", n < 0 ? errno : 0);
		return;
	}
	c->len += (size_t)n;
	size = p9_frame_size(c->in, c->len, FRAME);
	if (size < 0 || (size_t)size < c->len)
		wrong(w, c, "a malformed message", 0);
	else if (size != 0 && (size_t)size == c->len)
		answered(w, c);
}

static void
turn(struct crowd *w, struct client *c)
{
	struct epoll_event ev = { .events = EPOLLIN, .data.ptr = c };
	socklen_t len = sizeof(int);
	int err = 0;

	if (c->stage != CONNECTING) {
		if (c->stage != ATTACHED)
			take(w, c);
		return;
	}
	getsockopt(c->fd, SOL_SOCKET, SO_ERROR, &err, &len);
	if (err == 0 && epoll_ctl(w->ep, EPOLL_CTL_MOD, c->fd, &ev) != 0)
		err = errno;
	if (err != 0)
		wrong(w, c, "connect", err);
	else
		say_version(w, c);
}

/* Of a Unix socket, one that cannot connect at once waits as TCP does not. */
static int
connect_it(struct crowd *w, struct client *c)
{
	bool is_unix = w->addr.ss_family == AF_UNIX;
	int rc = connect(c->fd, (const struct sockaddr *)&w->addr, w->addrlen);

	if (rc != 0 && errno == EAGAIN && is_unix) {
		fcntl(c->fd, F_SETFL, 0);
		rc = connect(
		    c->fd, (const struct sockaddr *)&w->addr, w->addrlen);
	}
	return rc == 0 ? 0 : errno;
}

static void
next(struct crowd *w, struct client *c)
{
	struct epoll_event ev = { .data.ptr = c };
	int err;

	if (!goes_on(w))
		return;
	w->b->begun++;
	w->active++;
	c->start = bench_clock();
	c->stage = CONNECTING;
	c->fd = socket(
	    w->addr.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	if (c->fd < 0) {
		wrong(w, c, "socket", errno);
		return;
	}
	err = connect_it(w, c);
	ev.events = err == 0 ? EPOLLIN : EPOLLOUT;
	if ((err != 0 && err != EINPROGRESS) ||
	    epoll_ctl(w->ep, EPOLL_CTL_ADD, c->fd, &ev) != 0)
		wrong(w, c, "connect", err != 0 ? err : errno);
	else if (err == 0)
		say_version(w, c);
}

static void
wait_for_all(struct crowd *w)
{
	struct epoll_event events[64];
	int n, i;

	while (w->active > 0) {
		n = epoll_wait(w->ep, events, 64, 10000);
		for (i = 0; i < n; i++)
			turn(w, events[i].data.ptr);
		if (n == 0) {
			bench_fail(w->b, 0, "no answer within 10 s");
			w->b->r->errors += w->active;
			return;
		}
	}
}

/* Where it is, and who. */
static int
look(struct crowd *w)
{
	struct bench *b = w->b;
	struct pollfd pfd;
	int rc, ms;

	if ((rc = conn_connect(b, &b->conns[0])) != 0)
		return rc;
	etfsc_pollfd(b->conns[0].fs, &pfd, &ms);
	b->pid = b->o->pid != 0 ? b->o->pid : proc_peer(pfd.fd);
	w->addrlen = sizeof(w->addr);
	if (getpeername(pfd.fd, (struct sockaddr *)&w->addr, &w->addrlen) !=
		0 ||
	    w->addrlen <= sizeof(w->addr.ss_family))
		return bench_fail(b, -ENOTSOCK, "no address to connect to");
	return 0;
}

static int
prepare(struct crowd *w)
{
	struct bench *b = w->b;
	unsigned int i;
	int rc;

	if ((rc = look(w)) != 0)
		return rc;
	w->clients = calloc(b->o->connections, sizeof(*w->clients));
	w->ep = epoll_create1(EPOLL_CLOEXEC);
	if (w->clients == NULL || w->ep < 0)
		return bench_fail(b, -ENOMEM, "no memory");
	for (i = 0; i < b->o->connections; i++)
		w->clients[i].fd = -1;
	return 0;
}

static void
crowd_fini(struct crowd *w)
{
	unsigned int i;

	for (i = 0; w->clients != NULL && i < w->b->o->connections; i++)
		hang_up(&w->clients[i]);
	free(w->clients);
	if (w->ep >= 0)
		close(w->ep);
}

static int
run_connect(struct bench *b)
{
	struct crowd w = { .b = b, .ep = -1 };
	unsigned int i;
	int rc;

	if ((rc = prepare(&w)) == 0) {
		op_count_from(b);
		b->mark = b->now + (uint64_t)(b->o->seconds * 1e9);
		for (i = 0; i < b->o->connections; i++)
			next(&w, &w.clients[i]);
		wait_for_all(&w);
		op_count_to(b);
		bench_sum_up(b);
	}
	crowd_fini(&w);
	return rc;
}

/* Until the server has noticed what has changed: it does not change now. */
static uint64_t
settled_rss(pid_t pid)
{
	uint64_t before, now = proc_rss(pid);
	int same = 0, tries;

	for (tries = 0; same < 4 && tries < 100; tries++) {
		usleep(50000);
		before = now;
		now = proc_rss(pid);
		same = now == before ? same + 1 : 0;
	}
	return now;
}

static int
run_idle(struct bench *b)
{
	struct crowd w = { .b = b, .ep = -1, .stays = true };
	double before, with, after, n = b->o->connections;
	unsigned int i, threads;
	int rc;

	if ((rc = prepare(&w)) != 0) {
		crowd_fini(&w);
		return rc;
	}
	before = (double)settled_rss(b->pid);
	op_count_from(b);
	for (i = 0; i < b->o->connections; i++) {
		next(&w, &w.clients[i]);
		wait_for_all(&w);
	}
	op_count_to(b);
	with = (double)settled_rss(b->pid);
	threads = proc_threads(b->pid);
	crowd_fini(&w);
	after = (double)settled_rss(b->pid);
	bench_sum_up(b);
	if (threads == 0) /* we do not know the process */
		return 0;
	b->r->more[0] = (struct bench_figure){ "rss_before", before };
	b->r->more[1] = (struct bench_figure){ "rss_with", with };
	b->r->more[2] = (struct bench_figure){ "rss_after", after };
	b->r->more[3] =
	    (struct bench_figure){ "rss_each", (with - before) / n };
	b->r->more[4] = (struct bench_figure){ "rss_left", after - before };
	b->r->more[5] = (struct bench_figure){ "threads", threads };
	return 0;
}

const struct workload bench_connect = {
	.name = "connect",
	.help = "connect, version, attach, close",
	.alone = run_connect,
};

const struct workload bench_idle = {
	.name = "idle",
	.help = "connections that do nothing, and what they take",
	.alone = run_idle,
};
