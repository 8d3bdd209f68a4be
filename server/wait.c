/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wait.c -- see wait.h.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "wait.h"

/* Its fid's number is free again: a Tclunk is waiting for r. */
static bool
is_clunked(const struct request *r)
{
	const struct fid *fid = r->fid;

	return idmap_find(&r->session->fids, fid->num) != fid;
}

/* As many as half of those in flight, and as many bytes; but always one. */
static bool
has_room(const struct request *r)
{
	const struct session *s = r->session;
	const struct limits *limits = &s->loop->server->limits;

	return s->nwaits == 0 ||
	    (s->nwaits < limits->requests / 2 &&
		s->held_waiting + r->frame_len <= limits->queued / 2);
}

int
wait_check(const struct request *r)
{
	const struct session *s = r->session;

	if (s->stopping || s->state != SESSION_UP || r->flushed ||
	    is_clunked(r))
		return -ECANCELED;
	return r->waiting || has_room(r) ? 0 : -ENOBUFS;
}

/* The data of a Twrite; false if there is no memory. */
static bool
keep_data(struct request *r)
{
	struct iovec *iov = &r->u.io.iov;

	if ((r->kept = malloc(iov->iov_len + 1)) == NULL)
		return false;
	memcpy(r->kept, iov->iov_base, iov->iov_len);
	iov->iov_base = r->kept;
	return true;
}

/*
 * The buffer that a frame lies in may be a thousand times as large, and is kept
 * as long as the frame is.  So what is needed of it is kept elsewhere: of a
 * Tread nothing, for it is all numbers; a Tlock has copied its only string.
 */
static void
drop_frame(struct request *r)
{
	if (r->in.type == P9_Twrite && !keep_data(r))
		return;
	buf_put(r->buf);
	r->buf = NULL;
	if (r->kept == NULL)
		r->frame_len = 0;
}

void
wait_begin(struct request *r)
{
	struct session *s = r->session;

	if (r->waiting)
		return;
	request_pend(r);
	r->waiting = true;
	s->nwaits++;
	s->held -= r->frame_len;
	drop_frame(r);
	s->held_waiting += r->frame_len;
}

void
wait_end(struct request *r)
{
	struct session *s = r->session;

	r->waiting = false;
	free(r->kept);
	s->nwaits--;
	s->held_waiting -= r->frame_len;
	s->held += r->frame_len;
}

void
wait_hurry(struct session *s, const struct fid *fid)
{
	struct request *r;
	struct list *l;

	for (l = s->pending.next; l != &s->pending; l = l->next) {
		r = container_of(l, struct request, link);
		if (r->waiting && (fid == NULL || r->fid == fid))
			request_hurry(r);
	}
}
