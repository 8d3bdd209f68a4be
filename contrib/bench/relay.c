/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * relay.c -- bench-relay FROM TO MS [one]: whoever connects to FROM is connected
 * to TO, and every byte takes so many milliseconds, each way.  Their number in a
 * second is not limited: a long line, not a narrow one.
 *
 * one: a message of the client's is sent only when the reply to that before it
 * has arrived, as if the client sent one at a time.
 */

#include <errno.h>
#include <poll.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <time.h>
#include <unistd.h>

#include "serve.h"

#define CHUNK 65536U
#define MAX_LINKS 64
#define NEVER 1e9

/* Bytes on their way, and when they have arrived. */
struct chunk {
	struct chunk *next;
	double due;
	size_t done, len;
	uint8_t bytes[CHUNK];
};

/* Where the messages of a stream end. */
struct frames {
	uint8_t head[4]; /* of the one that comes, got bytes of it */
	size_t got, left; /* left behind them */
};

/* One direction: what comes from a descriptor, to another. */
struct way {
	int from, to;
	bool closed; /* no more will come */
	struct chunk *first, **last;
	struct frames out; /* as it has been given */
};

struct link {
	struct way way[2];
	bool one, waits; /* one at a time: a reply is to come */
};

/* How many of len bytes are up to the end of a message, or all; is it one? */
static size_t
to_end(struct frames *f, const uint8_t *p, size_t len, bool *whole)
{
	size_t n = 0;

	for (; f->got < 4 && n < len; n++) {
		f->head[f->got++] = p[n];
		if (f->got == 4)
			f->left = (size_t)(f->head[0] | f->head[1] << 8 |
				      f->head[2] << 16) -
			    4;
	}
	len -= n;
	if (len > f->left)
		len = f->left;
	f->left -= f->got == 4 ? len : 0;
	*whole = f->got == 4 && f->left == 0;
	if (*whole)
		f->got = 0;
	return n + len;
}

static double
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

static void
take(struct way *w, double delay)
{
	struct chunk *c = malloc(sizeof(*c));
	ssize_t n = -1;

	if (c != NULL)
		n = recv(w->from, c->bytes, CHUNK, MSG_DONTWAIT);
	if (n <= 0) {
		w->closed = n == 0 || errno != EAGAIN;
		free(c);
		return;
	}
	c->len = (size_t)n;
	c->done = 0;
	c->due = now() + delay;
	c->next = NULL;
	*w->last = c;
	w->last = &c->next;
}

/* What of a chunk may be given now: if it is one at a time, one at most. */
static size_t
allowed(struct link *l, const struct way *w, const struct chunk *c)
{
	struct frames f = w->out;
	size_t len = c->len - c->done;
	bool whole;

	if (!l->one)
		return len;
	if (w == &l->way[0] && l->waits)
		return 0;
	return to_end(&f, c->bytes + c->done, len, &whole);
}

/* n bytes have gone; a request has to wait for its reply, and is then as late
 * as if it had been sent now. */
static void
gone(struct link *l, struct way *w, const uint8_t *p, size_t n, double delay)
{
	struct chunk *next = l->way[0].first;
	bool whole;

	if (!l->one)
		return;
	to_end(&w->out, p, n, &whole);
	if (!whole)
		return;
	l->waits = w == &l->way[0];
	if (!l->waits && next != NULL)
		next->due = now() + delay;
}

/* What is due; the last of all is that no more comes. */
static void
give(struct link *l, struct way *w, double delay)
{
	struct chunk *c;
	size_t len;
	ssize_t n;

	while ((c = w->first) != NULL && c->due <= now() &&
	    (len = allowed(l, w, c)) > 0) {
		n = send(w->to, c->bytes + c->done, len,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0) {
			w->closed = true;
			n = (ssize_t)len;
		}
		gone(l, w, c->bytes + c->done, (size_t)n, delay);
		c->done += (size_t)n;
		if (c->done < c->len)
			continue;
		if ((w->first = c->next) == NULL)
			w->last = &w->first;
		free(c);
	}
	if (w->first == NULL && w->closed)
		shutdown(w->to, SHUT_WR);
}

static struct link *
connect_both(int listener, const char *to, bool one)
{
	struct link *l = calloc(1, sizeof(*l));
	int a = accept(listener, NULL, NULL), b = serve_connect(to), i;

	if (l == NULL || a < 0 || b < 0)
		exit(1);
	l->one = one;
	for (i = 0; i < 2; i++) {
		l->way[i].from = i == 0 ? a : b;
		l->way[i].to = i == 0 ? b : a;
		l->way[i].last = &l->way[i].first;
	}
	return l;
}

static bool
over(const struct link *l)
{
	return l->way[0].closed && l->way[1].closed &&
	    l->way[0].first == NULL && l->way[1].first == NULL;
}

/* What to wait for; returns when something is due, in seconds from now. */
static double
want(struct link *l, struct way *w, struct pollfd *from, struct pollfd *to)
{
	bool some = w->first != NULL && allowed(l, w, w->first) > 0;
	double wait = some ? w->first->due - now() : NEVER;
	bool full = some && wait <= 0; /* give() has tried */

	*from = (struct pollfd){ w->closed ? -1 : w->from, POLLIN, 0 };
	*to = (struct pollfd){ full ? w->to : -1, POLLOUT, 0 };
	return full ? NEVER : wait;
}

struct relay {
	int listener;
	const char *to;
	double delay;
	bool one;
	struct link *links[MAX_LINKS];
	nfds_t n;
	struct pollfd p[1 + 4 * MAX_LINKS];
};

static void
await(struct relay *r)
{
	double wait = NEVER, w;
	struct timespec ts;
	nfds_t i;

	r->p[0] = (struct pollfd){ r->listener, POLLIN, 0 };
	for (i = 0; i < 2 * r->n; i++) {
		w = want(r->links[i / 2], &r->links[i / 2]->way[i % 2],
		    &r->p[1 + 2 * i], &r->p[2 + 2 * i]);
		wait = w < wait ? w : wait;
	}
	ts.tv_sec = (time_t)wait;
	ts.tv_nsec = (long)((wait - (double)ts.tv_sec) * 1e9);
	ppoll(r->p, 1 + 4 * r->n, wait < NEVER ? &ts : NULL, NULL);
}

/* Replies first: they let requests go. */
static void
pass(struct relay *r)
{
	struct link *l;
	nfds_t i;

	for (i = 2 * r->n; i-- > 0;) {
		l = r->links[i / 2];
		if (r->p[1 + 2 * i].revents != 0)
			take(&l->way[i % 2], r->delay);
		give(l, &l->way[i % 2], r->delay);
	}
}

static void
bury(struct relay *r)
{
	struct link *l;
	nfds_t i;

	for (i = r->n; i-- > 0;) {
		l = r->links[i];
		if (!over(l))
			continue;
		close(l->way[0].from);
		close(l->way[1].from);
		free(l);
		r->links[i] = r->links[--r->n];
	}
}

int
main(int argc, char **argv)
{
	static struct relay r;

	if (argc < 4) {
		fprintf(stderr, "usage: bench-relay FROM TO MS [one]\n");
		return 2;
	}
	r.to = argv[2];
	r.delay = strtod(argv[3], NULL) / 1e3;
	r.one = argv[4] != NULL;
	if ((r.listener = serve_listen(argv[1])) < 0)
		return 1;
	for (;;) {
		await(&r);
		pass(&r);
		bury(&r);
		if ((r.p[0].revents & POLLIN) != 0 && r.n < MAX_LINKS)
			r.links[r.n++] = connect_both(r.listener, r.to, r.one);
	}
}
