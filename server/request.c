/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request.c -- the life of a request; everything passes here.
 *
 * A request that is answered at once is never registered anywhere.  One that
 * has to wait becomes pending: its tag is known, for Tflush and for catching a
 * tag that is used twice, and its frame stays where it is.
 */

#include <errno.h>
#include <string.h>

#include "convert.h"
#include "log.h"
#include "request.h"
#include "wait.h"

#define ERROR_FRAME 11 /* Rlerror */

static void
op_done(struct vop *op, int rc)
{
	struct request *r = container_of(op, struct request, op);
	int (*step)(struct request * r, int rc) = r->step;

	r->step = NULL;
	if (step != NULL)
		rc = step(r, rc);
	if (rc != VFS_PENDING)
		request_finish(r, rc);
}

struct request *
request_new(struct session *s)
{
	struct request *r;

	r = pool_take(s->loop->pool, POOL_REQUEST, sizeof(*r));
	if (r == NULL)
		return NULL;
	memset(r, 0, offsetof(struct request, in));
	r->session = s;
	list_init(&r->link);
	list_init(&r->wait);
	list_init(&r->waits[0].link);
	list_init(&r->waits[1].link);
	list_init(&r->flushers);
	r->op.loop = &s->loop->vfs;
	r->op.client = s->client;
	r->op.done = op_done;
	return r;
}

static uint32_t
fid_field(const struct request *r, size_t offset)
{
	uint32_t num;

	memcpy(&num, (const char *)&r->in.u + offset, sizeof(num));
	return num;
}

static struct fid *
find_fid(struct session *s, uint32_t num)
{
	struct fid *fid = idmap_find(&s->fids, num);

	if (fid == NULL || fid->kind == FID_NEW)
		return NULL;
	fid->refs++;
	return fid;
}

/* Take a number for a fid that the request is to make. */
static int
claim_fid(struct request *r, uint32_t num)
{
	struct session *s = r->session;
	int rc;

	if (num == P9_NOFID)
		return -EBADF;
	if (idmap_find(&s->fids, num) != NULL)
		return -EINVAL;
	if (s->fids.count >= s->loop->server->limits.fids)
		return -EMFILE;
	if ((rc = idmap_reserve(&s->fids)) != 0)
		return rc;
	if ((r->newfid = fid_new(s->loop->pool, num)) == NULL)
		return -ENOMEM;
	idmap_add(&s->fids, num, r->newfid);
	list_prepend(&s->all, &r->newfid->link);
	r->newfid->refs++;
	return 0;
}

/* The number of a fid is free again; who uses the fid still may. */
static void
forget_fid(struct session *s, struct fid *fid)
{
	if (idmap_find(&s->fids, fid->num) != fid)
		return;
	idmap_remove(&s->fids, fid->num);
	list_remove(&fid->link);
	fid_put(s->loop->pool, fid);
}

/* Find the fids that a message names.  newfid == fid makes none. */
static int
find_fids(struct request *r)
{
	const struct handler *h = r->h;
	uint32_t num;

	if (h->flags & NEED_FID) {
		r->fid = find_fid(r->session, fid_field(r, 0));
		if (r->fid == NULL)
			return -EBADF;
	}
	if (h->flags & HAS_FID2) {
		r->fid2 = find_fid(r->session, fid_field(r, h->fid2));
		if (r->fid2 == NULL)
			return -EBADF;
	}
	if (h->flags & MAKES_FID) {
		num = fid_field(r, h->fid2);
		if (r->fid == NULL || num != r->fid->num)
			return claim_fid(r, num);
		if (r->in.type != P9_Twalk)
			return -EINVAL;
	}
	return 0;
}

/* Needs the fid to itself: by its row, or a walk that moves the fid. */
static bool
is_alone(const struct request *r)
{
	return (r->h->flags & ALONE) != 0 ||
	    (r->in.type == P9_Twalk && r->newfid == NULL);
}

/* The first in line at fid; NULL if nobody waits. */
static struct request *
first_waiting(const struct fid *fid)
{
	if (list_empty(&fid->waiting))
		return NULL;
	return container_of(fid->waiting.next, struct fid_wait, link)->r;
}

/* Must r wait for those that use fid, or that came before it? */
static bool
is_blocked(const struct request *r, const struct fid *fid)
{
	const struct request *first;

	if (fid == NULL)
		return false;
	first = first_waiting(fid);
	return fid->exclusive || (first != NULL && first != r) ||
	    (fid == r->fid && fid->users > 0 && is_alone(r));
}

static void
queue(struct request *r, struct fid *fid, struct fid_wait *w)
{
	if (fid == NULL)
		return;
	w->r = r;
	list_append(&fid->waiting, &w->link);
}

/* Have the first in line at fid try again. */
static void
wake_first(struct session *s, struct fid *fid)
{
	struct request *r = fid != NULL ? first_waiting(fid) : NULL;

	if (r != NULL && list_empty(&r->wait))
		list_append(&s->ready, &r->wait);
}

/* r no longer stands in line; who stood behind it may be next. */
static void
unqueue(struct request *r)
{
	list_remove(&r->waits[0].link);
	list_remove(&r->waits[1].link);
	wake_first(r->session, r->fid);
	wake_first(r->session, r->fid2);
}

/*
 * Let r in, or have it stand in line at each of its fids.  Everyone waits only
 * for those that came earlier, so they cannot wait for each other.
 */
static bool
admit(struct request *r)
{
	if (is_blocked(r, r->fid) || is_blocked(r, r->fid2)) {
		if (r->pending)
			return false; /* it stands in line already */
		request_pend(r);
		queue(r, r->fid, &r->waits[0]);
		if (r->fid2 != r->fid)
			queue(r, r->fid2, &r->waits[1]);
		return false;
	}
	r->admitted = true;
	if (r->fid != NULL) {
		r->fid->users++;
		r->fid->exclusive = is_alone(r);
	}
	if (r->fid2 != NULL)
		r->fid2->users++;
	unqueue(r);
	return true;
}

static void
leave_fid(struct session *s, struct fid *fid)
{
	if (--fid->users > 0)
		return;
	fid->exclusive = false;
	wake_first(s, fid);
}

static void
release_fids(struct request *r)
{
	struct session *s = r->session;
	struct fid *fids[2] = { r->fid, r->fid2 };
	size_t i;

	for (i = 0; i < 2; i++) {
		if (fids[i] == NULL)
			continue;
		if (r->admitted)
			leave_fid(s, fids[i]);
		fid_put(s->loop->pool, fids[i]);
	}
	if (r->newfid != NULL) {
		if (r->newfid->kind == FID_NEW)
			forget_fid(s, r->newfid);
		fid_put(s->loop->pool, r->newfid);
	}
}

static int
check_fid(const struct request *r)
{
	const struct fid *fid = r->fid;
	unsigned int flags = r->h->flags;

	if (fid == NULL)
		return 0;
	if ((fid->kind == FID_STALE && !(flags & MUSTRUN)) ||
	    (r->fid2 != NULL && r->fid2->kind == FID_STALE))
		return -ESTALE;
	if ((flags & NEED_OPEN) && fid->kind != FID_OPEN)
		return -EBADF;
	if ((flags & NEED_WALKED) && fid->kind != FID_WALKED)
		return -EINVAL;
	if ((flags & NEED_FILE) && fid->kind != FID_WALKED &&
	    fid->kind != FID_OPEN)
		return -EINVAL;
	if (r->fid2 != NULL && r->fid2->kind != FID_WALKED &&
	    r->fid2->kind != FID_OPEN)
		return -EINVAL;
	return 0;
}

static void
run(struct request *r)
{
	int rc = check_fid(r);

	if (r->fid != NULL && r->fid->attach != NULL)
		r->op.cred = r->fid->attach->cred;
	if (rc == 0) {
		r->ran = true;
		rc = r->h->run(r);
	}
	if (rc == VFS_PENDING)
		request_pend(r);
	else
		request_finish(r, rc);
}

void
request_start(struct request *r)
{
	int rc;

	r->h = &handlers[r->in.type];
	rc = r->h->run == NULL ? -EOPNOTSUPP : find_fids(r);
	if (rc != 0) {
		r->h = &handlers[0]; /* nothing to put away */
		request_finish(r, rc);
		return;
	}
	if (r->h->flags & ENDS_FID) {
		forget_fid(r->session, r->fid);
		if (r->fid->users > 0)
			wait_hurry(r->session, r->fid);
	}
	if (admit(r))
		run(r);
}

void
request_start_on(struct request *r, const struct handler *h, struct fid *fid)
{
	r->internal = true;
	r->in.type = 0;
	r->h = h;
	r->fid = fid;
	fid->refs++;
	if (admit(r))
		run(r);
}

void
request_run_ready(struct session *s)
{
	struct request *r;
	struct list *l;

	if (s->draining)
		return;
	s->draining = true;
	while ((l = list_pop(&s->ready)) != NULL) {
		r = container_of(l, struct request, wait);
		if (r->canceled)
			request_finish(r, -ECANCELED);
		else if (admit(r))
			run(r);
	}
	s->draining = false;
}

void
request_pend(struct request *r)
{
	struct session *s = r->session;

	if (r->pending)
		return;
	r->pending = true;
	s->npending++;
	list_append(&s->pending, &r->link);
	if (r->internal)
		return;
	idmap_add(&s->tags, r->in.tag, r); /* session_frame() made room */
	(void)buf_get(r->buf);
	s->held += r->frame_len;
}

static void
unpend(struct request *r)
{
	struct session *s = r->session;

	if (!r->pending)
		return;
	if (r->waiting)
		wait_end(r);
	s->npending--;
	list_remove(&r->link);
	if (r->internal)
		return;
	idmap_remove(&s->tags, r->in.tag);
	buf_put(r->buf);
	s->held -= r->frame_len;
}

int
request_then(struct request *r, int rc, int (*step)(struct request *r, int rc))
{
	if (rc != VFS_PENDING)
		return step(r, rc);
	r->step = step;
	return VFS_PENDING;
}

void
request_hurry(struct request *r)
{
	if (r->h->flags & MUSTRUN)
		return;
	if (r->admitted) {
		vop_hurry(&r->op);
		return;
	}
	/* It waits on a fid and has done nothing; nor will it. */
	r->canceled = true;
	list_remove(&r->wait);
	list_append(&r->session->ready, &r->wait);
	unqueue(r);
}

int
request_reserve(struct request *r, size_t len)
{
	struct transport *t = r->session->transport;

	return t->ops->reserve(
	    t, p9_payload_offset(P9_DIALECT_L, P9_Rread) + len, &r->room);
}

void
request_unreserve(struct request *r)
{
	struct transport *t = r->session->transport;

	t->ops->drop(t, &r->room);
	r->room.p = NULL;
}

uint8_t *
request_payload(struct request *r)
{
	return r->room.p + p9_payload_offset(P9_DIALECT_L, P9_Rread);
}

static void
trace(const struct session *s, const char *direction, const struct p9_msg *m)
{
	char line[1024];

	p9_print(m, P9_DIALECT_L, line, sizeof(line));
	log_msg(LOG_TRACE, "%s %s %s", s->name, direction, line);
}

/*
 * Encode out where there is room for it, and send it off; with it what lies at
 * payload, unless that is NULL.
 */
static void
send_message(struct session *s, struct room *room, const struct p9_msg *out,
    const struct vextent *payload)
{
	struct transport *t = s->transport;
	int len;

	if (s->loop->server->trace)
		trace(s, "<-", out);
	len = (payload != NULL ? p9_encode_head : p9_encode)(
	    out, P9_DIALECT_L, room->p, room->cap);
	if (len > 0 && payload != NULL) {
		t->ops->send_file(t, room, (size_t)len, payload);
		return;
	}
	if (len > 0) {
		t->ops->send(t, room, (size_t)len);
		return;
	}
	/* Our bug; and a client that waits for ever is worse than one lost. */
	log_msg(LOG_ERROR, "%s: cannot encode reply %u: %d", s->name,
	    (unsigned int)out->type, len);
	t->ops->drop(t, room);
	t->ops->fail(t);
}

static void
error_message(struct p9_msg *out, uint16_t tag, int rc)
{
	out->type = P9_Rlerror;
	out->tag = tag;
	out->u.Rlerror.ecode = p9_errno_to_wire(-rc);
}

int
request_refuse(struct session *s, const struct p9_msg *in, int rc)
{
	struct transport *t = s->transport;
	struct p9_msg out;
	struct room room;

	error_message(&out, in->tag, rc);
	if (t->ops->reserve(t, ERROR_FRAME, &room) != 0)
		return -EPROTO;
	send_message(s, &room, &out, NULL);
	return 0;
}

/* The largest reply without a payload is an Rgetattr, an Rwalk of 16 names or
 * an Rreadlink; those with one have reserved their room early. */
static size_t
reply_size(const struct p9_msg *out)
{
	switch (out->type) {
	case P9_Rlerror:
		return ERROR_FRAME;
	case P9_Rgetlock:
	case P9_Rversion:
		return 512;
	default:
		return 256;
	}
}

static void
reply(struct request *r, int rc)
{
	struct transport *t = r->session->transport;
	struct p9_msg out;

	if (rc < 0) {
		error_message(&out, r->in.tag, rc);
	} else {
		out.type = (p9_u8)(r->in.type + 1);
		out.tag = r->in.tag;
		if (r->h->reply != NULL)
			r->h->reply(r, &out);
	}
	if (r->room.p == NULL &&
	    t->ops->reserve(t, reply_size(&out), &r->room) != 0) {
		log_msg(
		    LOG_ERROR, "%s: no memory for a reply", r->session->name);
		r->room.p = NULL;
		t->ops->fail(t);
		return;
	}
	send_message(r->session, &r->room, &out,
	    r->on_host && rc == 0 ? &r->extent : NULL);
	r->room.p = NULL;
}

/* Must the client hear of the result? */
static bool
is_answered(const struct request *r, int rc)
{
	enum session_state state = r->session->state;

	if (r->internal || state == SESSION_ENDING || state == SESSION_ENDED)
		return false;
	if (state == SESSION_RESETTING && r->in.type != P9_Tversion)
		return false;
	return rc != -ECANCELED || !r->flushed;
}

void
request_finish(struct request *r, int rc)
{
	struct session *s = r->session;
	bool was_pending = r->pending;
	struct list *l;

	if (rc == -ECANCELED && r->stale && !r->flushed)
		rc = -ESTALE;
	if (r->ran && r->h->end != NULL)
		rc = r->h->end(r, rc);
	if (is_answered(r, rc))
		reply(r, rc);
	if (r->room.p != NULL)
		request_unreserve(r);
	unpend(r);
	release_fids(r);
	while ((l = list_pop(&r->flushers)) != NULL)
		request_finish(container_of(l, struct request, wait), 0);
	pool_give(s->loop->pool, POOL_REQUEST, r);

	request_run_ready(s);
	if (was_pending)
		session_request_ended(s);
}
