/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_session.c -- a session against whatever a client may say.
 *
 * An input is a stream of frames.  Some are orders to the slow file system
 * instead (see fuzz_talk.h): so inputs also say when operations end, and how.
 * Every request has to be answered in its way, or to be given up by Tflush,
 * Tversion or the end; and at the end everything is given back.
 */

#include <errno.h>

#include "fuzz_carrier.h"
#include "fuzz_talk.h"

#define MOST_FRAMES 2000

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* Not on workers: those keep their own time. */
static void
plan(struct carrier *c, uint8_t what, int rc)
{
	static const enum slow_way ways[] = { SLOW_NOW, SLOW_PENDING, SLOW_DEAF,
		SLOW_PENDING };
	unsigned int kind = what / 4;

	if (kind < SLOW_NKINDS)
		slow_plan(c->slow, (enum slow_kind)kind, ways[what % 4], rc);
	else
		slow_plan_all(c->slow, ways[what % 4], rc);
}

static void
obey(struct carrier *c, uint8_t order, uint8_t what)
{
	size_t npending = slow_npending(c->slow);

	switch (order % TALK_NORDERS) {
	case TALK_PLAN:
		plan(c, what, 0);
		break;
	case TALK_PLAN_ERROR:
		plan(c, what, -EDQUOT);
		break;
	case TALK_FINISH:
		if (npending > 0)
			slow_finish(c->slow, what % npending);
		break;
	case TALK_POST:
		if (npending > 0)
			slow_post(c->slow, what % npending);
		break;
	case TALK_PUMP:
		carrier_pump(c);
		break;
	case TALK_USER:
		carrier_pump(c); /* no worker looks now */
		c->server.identity.squash_uid = what % 3;
		c->server.identity.squash_gid = what % 4;
		break;
	}
}

/* Whatever may be read now is; the session may wait for what we hold. */
static bool
may_go_on(struct carrier *c)
{
	if (!session_ready(&c->session))
		carrier_pump(c);
	while (!session_ready(&c->session) && slow_npending(c->slow) > 0) {
		slow_finish(c->slow, 0);
		carrier_pump(c);
	}
	return session_ready(&c->session);
}

static bool
handle(struct carrier *c, const uint8_t *p, size_t len)
{
	if (p[4] == TALK_ORDER) {
		obey(c, p[5], p[6]);
		return true;
	}
	return may_go_on(c) && carrier_frame(c, p, len);
}

static void
converse(struct carrier *c, const uint8_t *p, size_t left)
{
	int64_t len;
	int n;

	for (n = 0; n < MOST_FRAMES; n++) {
		len = p9_frame_size(p, left, c->session.msize);
		if (len <= 0 || (size_t)len > left ||
		    !handle(c, p, (size_t)len))
			return;
		p += len;
		left -= (size_t)len;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct carrier c;

	if (c.loop.server == NULL)
		carrier_init(&c);
	carrier_begin(&c);
	converse(&c, data, size);
	carrier_end(&c);
	return 0;
}
