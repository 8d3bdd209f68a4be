/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_walk.c -- Twalk.
 *
 * The new fid's number is taken at once, so that nobody else can, but it names
 * nothing until all names have been found; a walk that comes only part of the
 * way tells how far, and makes no fid.
 */

#include <errno.h>

#include "convert.h"
#include "handlers.h"

/* No names: a second handle on the same file, found the same way. */
static int
clone_fid(struct request *r)
{
	struct fid *fid = r->fid;

	if (r->newfid == NULL)
		return 0;
	if (vnode_is_gone(fid->vn))
		return -ESTALE;
	if (fid->dir != NULL)
		vnode_get(fid->dir);
	fid_set(r->newfid, fid->attach, vnode_get(fid->vn), fid->dir,
	    fid_name(fid));
	return 0;
}

int
run_walk(struct request *r)
{
	const struct p9_Twalk *in = &r->in.u.Twalk;
	struct vwalk *w = &r->u.walk.w;
	uint16_t i;

	w->found = 0;
	w->vn = w->dir = NULL;
	if (r->newfid == NULL && r->fid->kind == FID_OPEN)
		return -EINVAL; /* an open fid stays where it is */
	if (in->wname.n == 0)
		return clone_fid(r);
	for (i = 0; i < in->wname.n; i++)
		r->u.walk.names[i] = name_of(in->wname.name[i]);
	w->root = r->fid->attach->root;
	w->from = r->fid->vn;
	w->names = r->u.walk.names;
	w->nnames = in->wname.n;
	return vfs_walk(&r->op, w);
}

int
end_walk(struct request *r, int rc)
{
	struct fid *fid = r->newfid != NULL ? r->newfid : r->fid;
	struct vwalk *w = &r->u.walk.w;

	if (rc != 0) /* part of the way is an answer, but no fid */
		return w->found > 0 && rc != -ECANCELED ? 0 : rc;
	if (w->vn == NULL) /* it was a clone */
		return 0;
	if (vnode_is_gone(w->vn)) { /* it has been since it was found */
		vnode_put(w->vn);
		vnode_put(w->dir);
		return -ESTALE;
	}
	fid_set(fid, r->fid->attach, w->vn, w->dir, w->names[w->nnames - 1]);
	return 0;
}

void
reply_walk(struct request *r, struct p9_msg *out)
{
	const struct vwalk *w = &r->u.walk.w;
	uint16_t i;

	out->u.Rwalk.wqid.n = (uint16_t)w->found;
	for (i = 0; i < w->found; i++)
		out->u.Rwalk.wqid.qid[i] = qid_of(w->qids[i]);
}
