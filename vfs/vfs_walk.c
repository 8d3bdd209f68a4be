/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_walk.c -- many names in one operation.
 *
 * The one operation of several steps.  What it has found so far is in the
 * vwalk, so that it can stop before any step and go on from there: on a worker
 * after VFS_WOULDBLOCK, when a pending lookup has ended, or in another lane
 * where it has crossed into what that is for.
 */

#include <errno.h>
#include <stddef.h>

#include "vfs_internal.h"

/* The name found leads to vn, whose reference we take; dir is left behind. */
static void
arrive(struct vwalk *w, struct vnode *vn, bool dots)
{
	vnode_put(w->dir);
	w->dir = w->vn;
	w->vn = vn;
	if (dots) {
		vnode_put(w->dir);
		w->dir = NULL;
	}
	w->qids[w->found++] = vnode_qid(vn);
}

/* From the root of a mount, ".." leads up from what it is mounted on. */
static int
step_up(struct vop *op)
{
	struct vwalk *w = op->u.walk.w;
	struct vnode *vn = w->vn;

	if (vn == w->root) {
		op->u.walk.next = vnode_get(vn);
		return 0;
	}
	while (vn == vn->fs->root && vn->fs->covered != NULL)
		vn = vn->fs->covered;
	return vn->fs->ops->parent(op, vn, &op->u.walk.next);
}

static int
step(struct vop *op, struct vname name)
{
	struct vwalk *w = op->u.walk.w;
	int rc;

	if (!vnode_is_dir(w->vn))
		return -ENOTDIR;
	if ((rc = vname_check(name)) != 0)
		return rc;
	if (vname_is(name, "..")) {
		rc = step_up(op);
	} else if (vname_is(name, ".")) {
		op->u.walk.next = vnode_get(w->vn);
	} else {
		rc = w->vn->fs->ops->lookup(op, w->vn, name, &op->u.walk.next);
	}
	return rc;
}

static void
step_done(struct vwalk *w, struct vnode *next)
{
	arrive(w, vmount_cross(next), vname_is_dots(w->names[w->found]));
}

static void
give_up(struct vwalk *w)
{
	vnode_put(w->vn);
	vnode_put(w->dir);
	w->vn = w->dir = NULL;
}

/* The worker was meant for another place than where the walk goes on. */
static bool
is_elsewhere(struct vop *op)
{
	return vop_may_block(op) && vop_change_lane(op, vnode_lane(op->vn));
}

static int
call_walk(struct vop *op)
{
	struct vwalk *w = op->u.walk.w;
	int rc;

	op->movable = true;
	while (w->found < w->nnames) {
		if (op->vn != w->vn) {
			op->vn = w->vn;
			if (is_elsewhere(op))
				return VFS_WOULDBLOCK;
		}
		rc = step(op, w->names[w->found]);
		if (rc == VFS_PENDING || rc == VFS_WOULDBLOCK)
			return rc;
		if (rc != 0) {
			give_up(w);
			return rc;
		}
		step_done(w, op->u.walk.next);
	}
	return 0;
}

static int
resume_walk(struct vop *op, int rc)
{
	struct vwalk *w = op->u.walk.w;

	if (rc != 0) {
		give_up(w);
		return rc;
	}
	op->resume = resume_walk;
	step_done(w, op->u.walk.next);
	return call_walk(op);
}

int
vfs_walk(struct vop *op, struct vwalk *w)
{
	w->found = 0;
	w->dir = NULL;
	w->vn = vnode_get(w->from);
	op->vn = w->vn;
	op->u.walk.w = w;
	return vop_run(op, call_walk, resume_walk);
}
