/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * stale.c -- see stale.h.
 */

#include <string.h>

#include "log.h"
#include "request.h"
#include "stale.h"

#define LOOKS_AT_ONCE 1024 /* others want the loop as well */
#define MOST_AT_ONCE 64 /* requests of ours that wait for the client's */

static bool
is_gone(const struct fid *fid)
{
	return fid != NULL && fid->vn != NULL && vnode_is_gone(fid->vn);
}

static void
hurry_gone(struct session *s)
{
	struct request *r;
	struct list *l;

	for (l = s->pending.next; l != &s->pending; l = l->next) {
		r = container_of(l, struct request, link);
		if (!is_gone(r->fid) && !is_gone(r->fid2))
			continue;
		r->stale = true;
		request_hurry(r);
	}
	request_run_ready(s);
}

void
stale_sweep(struct session *s)
{
	if (s->state != SESSION_UP)
		return; /* its fids all go */
	hurry_gone(s);
	list_remove(&s->swept);
	list_prepend(&s->all, &s->swept);
	s->transport->ops->wake(s->transport);
}

void
stale_stop(struct session *s)
{
	list_remove(&s->swept);
}

static int
run_stale(struct request *r)
{
	if (r->fid->kind != FID_OPEN)
		return 0;
	return vfs_close(&r->op, &r->fid->file);
}

static int
end_stale(struct request *r, int rc)
{
	struct session *s = r->session;
	struct fid *fid = r->fid;

	if (rc != 0)
		log_msg(LOG_WARN, "%s: close of fid %u: %s", s->name,
		    (unsigned int)fid->num, strerror(-rc));
	s->xattr_bytes -= fid->xattr.size;
	if (fid->kind == FID_OPEN)
		s->nopen--;
	fid_make_stale(fid);
	s->nstale--;
	return rc;
}

static const struct handler handler = { run_stale, end_stale, NULL,
	NEED_FID | ALONE | MUSTRUN, 0 };

/* False: not now, for there is no memory. */
static bool
make_stale(struct session *s, struct fid *fid)
{
	struct request *r = request_new(s);

	if (r == NULL)
		return false;
	s->nstale++;
	request_start_on(r, &handler, fid);
	return true;
}

/* Those that are made meanwhile come before the mark. */
bool
stale_step(struct session *s)
{
	struct list *l;
	struct fid *fid;
	int n;

	for (n = 0; n < LOOKS_AT_ONCE && stale_is_sweeping(s); n++) {
		if (s->nstale >= MOST_AT_ONCE)
			return false; /* until one of them ends */
		if ((l = s->swept.next) == &s->all) {
			stale_stop(s);
			return false;
		}
		fid = container_of(l, struct fid, link);
		list_remove(&s->swept);
		list_prepend(l, &s->swept);
		if (is_gone(fid) && !make_stale(s, fid)) {
			list_remove(&s->swept);
			list_append(l, &s->swept);
			return true;
		}
	}
	return stale_is_sweeping(s);
}
