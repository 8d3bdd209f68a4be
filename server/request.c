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

#include "request_internal.h"
#include "wait.h"

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

static void
run(struct request *r)
{
	int rc = request_check_fid(r);

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
	rc = r->h->run == NULL ? -EOPNOTSUPP : request_find_fids(r);
	if (rc != 0) {
		r->h = &handlers[0]; /* nothing to put away */
		request_finish(r, rc);
		return;
	}
	if (r->h->flags & ENDS_FID) {
		request_forget_fid(r->session, r->fid);
		if (r->fid->users > 0)
			wait_hurry(r->session, r->fid);
	}
	if (request_admit(r))
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
	if (request_admit(r))
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
		else if (request_admit(r))
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
	request_unqueue(r);
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
	request_answer(r, rc);
	if (r->room.p != NULL)
		request_unreserve(r);
	unpend(r);
	request_release_fids(r);
	while ((l = list_pop(&r->flushers)) != NULL)
		request_finish(container_of(l, struct request, wait), 0);
	pool_give(s->loop->pool, POOL_REQUEST, r);

	request_run_ready(s);
	if (was_pending)
		session_request_ended(s);
}
