/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_req.c -- the life of a request.
 *
 * It is pending from etfsc_req_prepare() on and ends in etfsc_req_end(), every
 * one and nowhere else.  On the way it is in one of two queues: of those sent,
 * which are in the order of their deadlines, as all have the same time; or of
 * those that could not be sent, and are to be told so.
 *
 * A Tflush is a request of our own, whose count is the tag that it is about.
 * That tag is not used again before the Tflush has ended, whenever its own
 * reply comes.
 */

#include <stdlib.h>

#include "etfsc_internal.h"

static void
append(struct etfsc_queue *q, struct etfsc_req *req)
{
	req->next = NULL;
	req->prev = q->last;
	*q->last = req;
	q->last = &req->next;
}

static void
remove_from(struct etfsc_queue *q, struct etfsc_req *req)
{
	*req->prev = req->next;
	if (req->next != NULL)
		req->next->prev = req->prev;
	else
		q->last = req->prev;
}

static void
init(struct etfsc_req *req, uint8_t type, uint8_t flags)
{
	req->pending = true;
	req->rc = 0;
	req->type = type;
	req->flags = flags;
	req->count = 0;
	req->fid = ETFSC_NOFID;
	req->out = req->out2 = NULL;
}

void
etfsc_req_prepare(struct etfsc *fs, struct etfsc_req *req, uint8_t type)
{
	init(req, type, 0);
	fs->npending++;
}

struct etfsc_req *
etfsc_req_own(struct etfsc *fs, uint8_t type)
{
	struct etfsc_req *req = fs->spare;

	if (req != NULL)
		fs->spare = req->next;
	else if ((req = malloc(sizeof(*req))) == NULL)
		return NULL;
	init(req, type, ETFSC_OURS);
	return req;
}

void
etfsc_req_refuse(struct etfsc *fs, struct etfsc_req *req, int rc)
{
	req->rc = rc;
	append(&fs->unsent, req);
}

static int
take_tag(struct etfsc *fs, struct etfsc_req *req)
{
	if (req->type != P9_Tversion)
		return etfsc_tag_get(&fs->tags, req);
	req->tag = P9_NOTAG;
	fs->version = req;
	return 0;
}

static void
drop_tag(struct etfsc *fs, struct etfsc_req *req)
{
	if (req->type == P9_Tversion)
		fs->version = NULL;
	else if (req->flags & ETFSC_FLUSHED)
		fs->tags.slots[req->tag].req = NULL;
	else
		etfsc_tag_put(&fs->tags, req->tag);
}

struct etfsc_req *
etfsc_req_find(struct etfsc *fs, uint16_t tag)
{
	if (tag == P9_NOTAG)
		return fs->version;
	return tag < fs->tags.n ? fs->tags.slots[tag].req : NULL;
}

void
etfsc_req_submit(
    struct etfsc *fs, struct etfsc_req *req, struct p9_msg *m, const void *data)
{
	int rc;

	if (fs->lost) {
		etfsc_req_refuse(fs, req, -ENOTCONN);
		return;
	}
	if (fs->stops > 0 && !(req->flags & ETFSC_OURS) &&
	    req->type != P9_Tclunk) {
		etfsc_req_refuse(fs, req, -ECANCELED);
		return;
	}
	if ((rc = take_tag(fs, req)) != 0) {
		etfsc_req_refuse(fs, req, rc);
		return;
	}
	m->type = req->type;
	m->tag = req->tag;
	if ((rc = etfsc_tx_put(&fs->tx, m, fs->msize, data)) != 0) {
		drop_tag(fs, req);
		etfsc_req_refuse(fs, req, rc);
		return;
	}
	req->flags |= ETFSC_SENT;
	req->end = fs->tx.queued;
	if (fs->timeout_ms > 0)
		req->deadline = etfsc_deadline(fs->timeout_ms);
	append(&fs->sent, req);
}

bool
etfsc_req_newfid(struct etfsc *fs, struct etfsc_req *req, uint32_t *newfid)
{
	if ((*newfid = etfsc_fid_get(&fs->fids)) == ETFSC_NOFID) {
		etfsc_req_refuse(fs, req, -ENOMEM);
		return false;
	}
	req->flags |= ETFSC_NEWFID;
	req->out2 = newfid;
	return true;
}

bool
etfsc_req_str(struct etfsc *fs, struct etfsc_req *req, const char *s,
    size_t max, p9_str *out)
{
	size_t len = s != NULL ? strlen(s) : 0;

	if (len > max) {
		etfsc_req_refuse(fs, req, -ENAMETOOLONG);
		return false;
	}
	*out = (p9_str){ s, (uint16_t)len };
	return true;
}

/* What the server thinks of the fids of a request that has ended. */
static void
settle_fids(struct etfsc *fs, struct etfsc_req *req, int rc)
{
	uint32_t *newfid = req->out2;

	if ((req->flags & ETFSC_OLDFID) && (req->flags & ETFSC_SENT))
		etfsc_fid_put(&fs->fids, req->fid);
	if (!(req->flags & ETFSC_NEWFID))
		return;
	if (rc < 0 || (req->type == P9_Twalk && rc < (int)req->count)) {
		etfsc_fid_put(&fs->fids, *newfid);
		*newfid = ETFSC_NOFID;
	}
}

/* A Tflush has ended: so has what it was about, and its tag is free. */
static void
settle_flush(struct etfsc *fs, uint16_t oldtag, int rc)
{
	struct etfsc_req *old = fs->tags.slots[oldtag].req;

	if (old == NULL) {
		etfsc_tag_put(&fs->tags, oldtag);
		return;
	}
	old->flags &= (uint8_t)~ETFSC_FLUSHED;
	if (rc >= 0)
		etfsc_req_end(
		    fs, old, old->flags & ETFSC_LATE ? -ETIMEDOUT : -ECANCELED);
}

static void
tell(struct etfsc *fs, struct etfsc_req *req, int rc)
{
	if (req->flags & ETFSC_OURS) {
		req->next = fs->spare;
		fs->spare = req;
		return;
	}
	fs->npending--;
	fs->nended++;
	req->rc = rc;
	req->pending = false;
	if (req->done != NULL)
		req->done(req, rc);
}

void
etfsc_req_end(struct etfsc *fs, struct etfsc_req *req, int rc)
{
	bool flush = req->type == P9_Tflush;
	uint16_t oldtag = (uint16_t)req->count;

	if (req->flags & ETFSC_SENT) {
		remove_from(&fs->sent, req);
		drop_tag(fs, req);
	} else {
		remove_from(&fs->unsent, req);
	}
	settle_fids(fs, req, rc);
	tell(fs, req, rc);
	if (flush)
		settle_flush(fs, oldtag, rc);
}

/* A fid is gone whatever comes of it: nothing is to be gained. */
static bool
can_be_given_up(const struct etfsc_req *req)
{
	return (req->flags & ETFSC_SENT) &&
	    !(req->flags & (ETFSC_FLUSHED | ETFSC_OLDFID)) &&
	    req->type != P9_Tflush && req->type != P9_Tversion;
}

void
etfsc_flush(struct etfsc *fs, struct etfsc_req *req)
{
	struct etfsc_req *flush;
	struct p9_msg m;

	if (!req->pending || !can_be_given_up(req) || fs->lost ||
	    (flush = etfsc_req_own(fs, P9_Tflush)) == NULL)
		return;
	req->flags |= ETFSC_FLUSHED;
	flush->count = req->tag;
	m.u.Tflush.oldtag = req->tag;
	etfsc_req_submit(fs, flush, &m, NULL);
}

/* Its time has passed: it is flushed, and has as much again to end. */
static void
is_late(struct etfsc *fs, struct etfsc_req *req)
{
	if (req->type == P9_Tflush || (req->flags & ETFSC_LATE)) {
		etfsc_lose(fs, -ENOTCONN,
		    "lost: the server has not answered for %d ms",
		    fs->timeout_ms);
		return;
	}
	req->flags |= ETFSC_LATE;
	remove_from(&fs->sent, req);
	req->deadline = etfsc_deadline(fs->timeout_ms);
	append(&fs->sent, req);
	etfsc_flush(fs, req);
}

void
etfsc_expire(struct etfsc *fs)
{
	int64_t now = fs->timeout_ms > 0 && !fs->lost ? etfsc_now() : 0;
	struct etfsc_req *req;

	while (now > 0 && !fs->lost && (req = fs->sent.first) != NULL &&
	    req->deadline <= now)
		is_late(fs, req);
}

int64_t
etfsc_expiry(const struct etfsc *fs)
{
	if (fs->timeout_ms > 0 && fs->sent.first != NULL)
		return fs->sent.first->deadline;
	return ETFSC_NEVER;
}
