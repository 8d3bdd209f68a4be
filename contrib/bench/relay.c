/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * relay.c -- bench-relay FROM TO MS: whoever connects to FROM is connected to
 * TO, and every byte takes so many milliseconds, each way.  Their number in a
 * second is not limited: a long line, not a narrow one.
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

/* Bytes on their way, and when they have arrived. */
struct chunk {
	struct chunk *next;
	double due;
	size_t done, len;
	uint8_t bytes[CHUNK];
};

/* One direction: what comes from a descriptor, to another. */
struct way {
	int from, to;
	bool closed; /* no more will come */
	struct chunk *first, **last;
};

struct link {
	struct way way[2];
};

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

/* What is due; the last of all is that no more comes. */
static void
give(struct way *w)
{
	double t = now();
	struct chunk *c;
	ssize_t n;

	while ((c = w->first) != NULL && c->due <= t) {
		n = send(w->to, c->bytes + c->done, c->len - c->done,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n < 0 && errno == EAGAIN)
			return;
		if (n < 0)
			w->closed = true;
		c->done += n > 0 ? (size_t)n : c->len;
		if (c->done < c->len)
			return;
		if ((w->first = c->next) == NULL)
			w->last = &w->first;
		free(c);
	}
	if (w->first == NULL && w->closed)
		shutdown(w->to, SHUT_WR);
}

static struct link *
connect_both(int listener, const char *to)
{
	struct link *l = calloc(1, sizeof(*l));
	int a = accept(listener, NULL, NULL), b = serve_connect(to), i;

	if (l == NULL || a < 0 || b < 0)
		exit(1);
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

/* What to wait for, and when something is due, in milliseconds from now. */
static double
want(const struct way *w, struct pollfd *from, struct pollfd *to)
{
	double wait = w->first != NULL ? (w->first->due - now()) * 1e3 : 1e9;

	*from = (struct pollfd){ w->closed ? -1 : w->from, POLLIN, 0 };
	*to = (struct pollfd){ w->first != NULL && wait <= 0 ? w->to : -1,
		POLLOUT, 0 };
	return wait <= 0 ? 1e9 : wait; /* it waits for room */
}

static void
run(int listener, const char *to, double delay)
{
	static struct link *links[MAX_LINKS];
	struct pollfd p[1 + 4 * MAX_LINKS];
	struct timespec ts;
	nfds_t n = 0, i;
	double wait, w;
	int k;

	for (;;) {
		wait = 1e9;
		p[0] = (struct pollfd){ listener, POLLIN, 0 };
		for (i = 0; i < 2 * n; i++) {
			w = want(&links[i / 2]->way[i % 2], &p[1 + 2 * i],
			    &p[2 + 2 * i]);
			wait = w < wait ? w : wait;
		}
		ts.tv_sec = (time_t)(wait / 1e3);
		ts.tv_nsec = (long)((wait - (double)ts.tv_sec * 1e3) * 1e6);
		ppoll(p, 1 + 4 * n, wait < 1e9 ? &ts : NULL, NULL);
		for (i = 0; i < 2 * n; i++) {
			if (p[1 + 2 * i].revents != 0)
				take(&links[i / 2]->way[i % 2], delay);
			give(&links[i / 2]->way[i % 2]);
		}
		for (i = n; i-- > 0;) {
			if (!over(links[i]))
				continue;
			for (k = 0; k < 2; k++)
				close(links[i]->way[k].from);
			free(links[i]);
			links[i] = links[--n];
		}
		if ((p[0].revents & POLLIN) != 0 && n < MAX_LINKS)
			links[n++] = connect_both(listener, to);
	}
}

int
main(int argc, char **argv)
{
	int listener;

	if (argc != 4) {
		fprintf(stderr, "usage: bench-relay FROM TO MS\n");
		return 2;
	}
	if ((listener = serve_listen(argv[1])) < 0)
		return 1;
	run(listener, argv[2], strtod(argv[3], NULL) / 1e3);
	return 0;
}
