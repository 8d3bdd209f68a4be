/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_carrier.c -- see fuzz_carrier.h.  What a reply has to be like is in
 * fuzz_reply.c.
 */

#include <errno.h>
#include <string.h>

#include "fuzz_reply.h"
#include "log.h"
#include "memfs.h"
#include "pool.h"

static struct carrier *
of_transport(struct transport *t)
{
	return container_of(t, struct carrier, transport);
}

/* Of exactly this size: who writes more is caught. */
static int
fuzz_reserve(struct transport *t, size_t cap, struct room *room)
{
	*room = (struct room){ .p = malloc(cap), .cap = cap };
	MUST(room->p != NULL);
	of_transport(t)->rooms++;
	return 0;
}

static void
fuzz_send(struct transport *t, struct room *room, size_t len)
{
	struct carrier *c = of_transport(t);

	MUST(!c->ended);
	MUST(len >= P9_HDRSZ && len <= room->cap);
	reply_check(c, room->p, len);
	c->replies++;
	c->rooms--;
	free(room->p);
}

static void
fuzz_drop(struct transport *t, struct room *room)
{
	of_transport(t)->rooms--;
	free(room->p);
}

/* There is memory, and every reply can be encoded. */
static void
fuzz_fail(struct transport *t)
{
	const bool a_reply_is_lost = true;

	(void)t;
	MUST(!a_reply_is_lost);
}

static void
fuzz_wake(struct transport *t)
{
	of_transport(t)->woken = true;
}

static const struct transport_ops fuzz_ops = {
	.reserve = fuzz_reserve,
	.send = fuzz_send,
	.drop = fuzz_drop,
	.fail = fuzz_fail,
	.wake = fuzz_wake,
};

void
carrier_init(struct carrier *c)
{
	setenv("UV_THREADPOOL_SIZE", "1", 1); /* who comes first ends first */
	log_init((enum log_level)(LOG_TRACE - 1)); /* traced, but not shown */
	c->server.trace = true;
	c->server.limits = (struct limits){
		.msize = 65536,
		.connections = 1,
		.fids = 10,
		.opens = 8,
		.requests = 12,
		.queued = 1 << 20,
		.xattr_bytes = 70000,
		.locks = 8,
	};
	c->transport.ops = &fuzz_ops;
	c->loop.server = &c->server;
	MUST(uv_loop_init(&c->loop.uv) == 0);
	MUST(vloop_init(&c->loop.vfs, &c->loop.uv) == 0);
}

static void
make_tree(struct carrier *c)
{
	struct memfs_config cfg = {
		.max_bytes = 1 << 20,
		.max_nodes = 100,
		.mode = 01777,
	};
	struct vfs_fs *fs;

	MUST(vfs_new(&c->server.vfs) == 0);
	vfs_limit_locks(c->server.vfs, c->server.limits.locks);
	MUST(memfs_new(c->server.vfs, &cfg, &fs) == 0);
	MUST(vfs_mount(c->server.vfs, "/", fs) == 0);
	MUST(slowfs_new(c->server.vfs, &c->slow) == 0);
	MUST(vfs_mount(c->server.vfs, "/slow", slow_fs(c->slow)) == 0);
}

void
carrier_begin(struct carrier *c)
{
	struct origin from = { .trust = TRUST_NONE };

	make_tree(c);
	/* No look into a user database: it has its own time and memory. */
	c->server.identity = (struct identity){ .mode = IDENTITY_SQUASH };
	c->loop.pool = pool_new();
	MUST(c->loop.pool != NULL);
	c->woken = c->ended = false;
	c->replies = 0;
	session_init(&c->session, &c->loop, &c->transport, &from, "fuzz");
}

static void
step(struct carrier *c)
{
	while (c->woken) {
		c->woken = false;
		while (session_step(&c->session))
			;
	}
}

/* libuv counts what its workers have been given. */
void
carrier_pump(struct carrier *c)
{
	size_t before;
	int quiet = 0;

	while (quiet < 2) {
		before = c->replies + c->session.npending;
		step(c);
		uv_run(&c->loop.uv,
		    c->loop.uv.active_reqs.count > 0 ? UV_RUN_ONCE
						     : UV_RUN_NOWAIT);
		if (c->woken || c->loop.uv.active_reqs.count > 0 ||
		    before != c->replies + c->session.npending)
			quiet = 0;
		else
			quiet++;
	}
}

bool
carrier_frame(struct carrier *c, const uint8_t *p, size_t len)
{
	struct buf *buf = buf_new(c->loop.pool, len);
	bool taken = reply_expect(c, p, len);
	uint8_t *frame;
	int rc;

	MUST(buf != NULL);
	frame = buf->data + buf->cap - len; /* who reads on is caught */
	memcpy(frame, p, len);
	rc = session_frame(&c->session, buf, frame, len);
	buf_put(buf);
	MUST(rc == (taken ? 0 : -EPROTO));
	return taken;
}

/* What is left waits for a lock, or for somebody who does. */
static void
finish_all(struct carrier *c)
{
	slow_plan_all(c->slow, SLOW_NOW, 0);
	carrier_pump(c);
	while (slow_npending(c->slow) > 0) {
		slow_finish(c->slow, 0);
		carrier_pump(c);
	}
}

static void
check_ended(struct carrier *c)
{
	const struct session *s = &c->session;

	MUST(s->state == SESSION_ENDED);
	MUST(s->npending == 0 && s->nwaits == 0 && s->held == 0);
	MUST(s->xattr_bytes == 0 && s->fids.count == 0 && s->tags.count == 0);
	MUST(c->rooms == 0);
	MUST(slow_refs(c->slow) == 0);
	MUST(slow_opens(c->slow) == 0);
	MUST(slow_locked(c->slow) == 0);
}

void
carrier_end(struct carrier *c)
{
	if (c->seq % 2 == 0) { /* else all that is pending is given up */
		finish_all(c);
		MUST(c->live == c->session.npending);
		MUST(c->live == 0 || c->session.nwaits > 0);
	}
	c->ended = true;
	session_end(&c->session);
	c->woken = true;
	finish_all(c);
	check_ended(c);
	session_fini(&c->session);
	vfs_free(c->server.vfs);
	pool_free(c->loop.pool);
	c->live = 0;
}
