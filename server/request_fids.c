/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * request_fids.c -- the fids that a request names, and who has them first.
 *
 * A request that needs a fid for itself waits for those that use it, and all
 * that come later wait for it.
 */

#include <errno.h>
#include <string.h>

#include "request_internal.h"

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

void
request_forget_fid(struct session *s, struct fid *fid)
{
	if (idmap_find(&s->fids, fid->num) != fid)
		return;
	idmap_remove(&s->fids, fid->num);
	list_remove(&fid->link);
	fid_put(s->loop->pool, fid);
}

/* newfid == fid makes none. */
int
request_find_fids(struct request *r)
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

/* Who stood behind it may be next. */
void
request_unqueue(struct request *r)
{
	list_remove(&r->waits[0].link);
	list_remove(&r->waits[1].link);
	wake_first(r->session, r->fid);
	wake_first(r->session, r->fid2);
}

/* Everyone waits only for those that came earlier, so not for each other. */
bool
request_admit(struct request *r)
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
	request_unqueue(r);
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

void
request_release_fids(struct request *r)
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
			request_forget_fid(s, r->newfid);
		fid_put(s->loop->pool, r->newfid);
	}
}

int
request_check_fid(const struct request *r)
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
