/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_reply.c -- see fuzz_reply.h.
 *
 * Numbers of errors are as on the wire.
 */

#include <string.h>

#include "fuzz_reply.h"

#define W_EINTR 4
#define W_EAGAIN 11
#define W_ECANCELED 125
#define LINUX_REPLY 4096 /* what Linux has room for, whatever msize is */

static struct sent *
find(struct carrier *c, uint16_t tag)
{
	size_t i;

	for (i = 0; i < c->live; i++)
		if (c->sent[i].m.tag == tag)
			return &c->sent[i];
	return NULL;
}

static void
forget(struct carrier *c, struct sent *sent)
{
	*sent = c->sent[--c->live];
}

static unsigned int
flushes(struct carrier *c, const struct p9_msg *m)
{
	const struct sent *old = find(c, m->u.Tflush.oldtag);

	if (old == NULL)
		return 0;
	return old->m.type == P9_Tflush ? old->flushes : old->seq;
}

bool
reply_expect(struct carrier *c, const uint8_t *p, size_t len)
{
	struct sent now = { .seq = ++c->seq };
	int rc = p9_decode_request(&now.m, P9_DIALECT_L, p, len);

	if (find(c, now.m.tag) != NULL)
		return false;
	if (!c->session.versioned && now.m.type != P9_Tversion)
		return false;
	now.well_formed = rc == 0;
	if (now.m.type == P9_Tflush && rc == 0)
		now.flushes = flushes(c, &now.m);
	MUST(c->live < MOST_LIVE);
	c->sent[c->live++] = now;
	return true;
}

/* Canceled requests have no effect: those that must run have a reply. */
static void
flushed(struct carrier *c, const struct sent *flush)
{
	struct sent *old = find(c, flush->m.u.Tflush.oldtag);

	if (old == NULL || old->seq != flush->flushes)
		return;
	MUST(old->well_formed);
	MUST(old->m.type != P9_Tclunk && old->m.type != P9_Tremove);
	MUST(old->m.type != P9_Tversion && old->m.type != P9_Tflush);
	forget(c, old);
}

static void
check_entries(p9_data data)
{
	struct p9_dirent e;
	int n;

	while (data.len > 0) {
		n = p9_dirent_decode(&e, data.p, data.len);
		MUST(n > 0);
		MUST(e.offset >= 1 && e.offset <= INT64_MAX);
		MUST(e.name.len >= 1 && e.name.len <= P9_NAME_MAX);
		data.p += n;
		data.len -= (uint32_t)n;
	}
}

static void
check_error(const struct sent *sent, uint32_t ecode, size_t len)
{
	MUST(len == 11);
	MUST(ecode >= 1 && ecode <= 4095);
	MUST(ecode != W_EINTR && ecode != W_EAGAIN && ecode != W_ECANCELED);
	MUST(sent->m.type != P9_Tflush || !sent->well_formed);
}

static void
check_walk(const struct p9_Twalk *walk, const struct p9_Rwalk *reply)
{
	MUST(reply->wqid.n <= walk->wname.n);
	MUST(reply->wqid.n > 0 || walk->wname.n == 0);
}

/* Is the reply one to this request? */
static void
check_body(struct carrier *c, const struct sent *sent, const struct p9_msg *m,
    size_t len)
{
	switch (m->type) {
	case P9_Rversion:
		MUST(m->u.Rversion.msize <= sent->m.u.Tversion.msize);
		MUST(c->live == 1); /* what was before is not answered */
		break;
	case P9_Rwalk:
		check_walk(&sent->m.u.Twalk, &m->u.Rwalk);
		break;
	case P9_Rread:
		MUST(m->u.Rread.data.len <= sent->m.u.Tread.count);
		return;
	case P9_Rreaddir:
		MUST(m->u.Rreaddir.data.len <= sent->m.u.Treaddir.count);
		check_entries(m->u.Rreaddir.data);
		return;
	case P9_Rwrite:
		MUST(m->u.Rwrite.count <= sent->m.u.Twrite.data.len);
		break;
	case P9_Rreadlink:
		return;
	}
	MUST(len <= LINUX_REPLY);
}

/* Tversion ends all that was before it, without a word. */
static void
reset(struct carrier *c, const struct sent *version)
{
	c->sent[0] = *version;
	c->live = 1;
}

void
reply_check(struct carrier *c, const uint8_t *p, size_t len)
{
	struct sent *found, sent;
	struct p9_msg m;

	MUST(p9_decode(&m, P9_DIALECT_L, p, len) == 0);
	MUST(!c->session.versioned || len <= c->session.msize);
	MUST(c->session.state == SESSION_UP);
	found = find(c, m.tag);
	MUST(found != NULL);
	sent = *found;
	if (sent.m.type == P9_Tversion && sent.well_formed)
		reset(c, &sent);
	if (m.type == P9_Rlerror) {
		check_error(&sent, m.u.Rlerror.ecode, len);
	} else {
		MUST(sent.well_formed);
		MUST(m.type == sent.m.type + 1);
		check_body(c, &sent, &m, len);
	}
	forget(c, find(c, m.tag));
	if (m.type == P9_Rflush)
		flushed(c, &sent);
}
