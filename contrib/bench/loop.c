/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * loop.c -- all connections, driven by one thread with epoll(7).
 *
 * A turn takes what has come on a connection, and sends what its completions
 * have submitted: two system calls for as many requests as there are.
 */

#include <sys/epoll.h>
#include <unistd.h>

#include "bench_internal.h"

#define EVENTS 64

/* Wait for what it wants now; how long at most, in milliseconds? */
static int
interest(int ep, struct conn *c, int op)
{
	struct epoll_event ev = { .data.ptr = c };
	struct pollfd pfd;
	int ms;

	etfsc_pollfd(c->fs, &pfd, &ms);
	if ((pfd.events & POLLIN) != 0)
		ev.events |= EPOLLIN;
	if ((pfd.events & POLLOUT) != 0)
		ev.events |= EPOLLOUT;
	if (ev.events != c->events && epoll_ctl(ep, op, pfd.fd, &ev) == 0)
		c->events = ev.events;
	return ms;
}

static void
turn(int ep, struct conn *c, int *ms)
{
	int wait;

	etfsc_run(c->fs, 0);
	wait = interest(ep, c, EPOLL_CTL_MOD);
	if (wait >= 0 && (*ms < 0 || wait < *ms))
		*ms = wait;
}

/* Submit the first ones, and send them. */
static void
start(struct bench *b, int ep, int *ms)
{
	unsigned int i, j;

	for (i = 0; i < b->nconns; i++) {
		for (j = 0; j < b->o->depth; j++)
			op_start(&b->conns[i].slots[j]);
		b->conns[i].events = 0;
		interest(ep, &b->conns[i], EPOLL_CTL_ADD);
		turn(ep, &b->conns[i], ms);
	}
}

/* When nobody has said anything for that long, something has to be done. */
static void
turn_all(struct bench *b, int ep, int *ms)
{
	unsigned int i;

	for (i = 0; i < b->nconns; i++)
		turn(ep, &b->conns[i], ms);
}

static int
drive(struct bench *b, int ep)
{
	struct epoll_event events[EVENTS];
	int ms = -1, n, i;

	start(b, ep, &ms);
	while (b->active > 0) {
		n = epoll_wait(ep, events, EVENTS, ms);
		if (n < 0 && errno != EINTR)
			return bench_fail(b, -errno, "epoll_wait");
		ms = -1;
		for (i = 0; i < n; i++)
			turn(ep, events[i].data.ptr, &ms);
		if (n == 0)
			turn_all(b, ep, &ms);
	}
	return 0;
}

int
loop_run(struct bench *b)
{
	int ep = epoll_create1(EPOLL_CLOEXEC), rc;
	uint64_t warm = (uint64_t)(b->o->seconds * 1e8);

	if (ep < 0)
		return bench_fail(b, -errno, "epoll_create1");
	b->active = 0;
	b->begun = 0;
	b->closing = b->warm = false;
	if (b->o->count != 0) {
		op_count_from(b);
		b->mark = UINT64_MAX;
	} else {
		b->mark = bench_clock() + warm;
	}
	rc = drive(b, ep);
	op_count_to(b);
	close(ep);
	return rc;
}
