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

/*
 * Where the walk is led by the tree, and not by the file system: into a mount
 * or, by ".." from the root of one, out of it.  It needs search permission in
 * the directory all the same, so the file system is asked for its parent.
 */
static int
step_over(struct vop *op, struct vnode *over)
{
	struct vnode *vn = op->u.walk.w->vn;
	int rc;

	op->u.walk.over = over;
	rc = vn->fs->ops->parent(op, vn, &op->u.walk.next);
	if (rc != 0 && rc != VFS_PENDING) {
		vnode_put(over);
		op->u.walk.over = NULL;
	}
	return rc;
}

static int
step_up(struct vop *op)
{
	struct vwalk *w = op->u.walk.w;
	struct vnode *up;

	if (w->vn == w->root) {
		op->u.walk.next = vnode_get(w->vn);
		return 0;
	}
	if ((up = vmount_up(w->vn)) != NULL)
		return step_over(op, up);
	return w->vn->fs->ops->parent(op, w->vn, &op->u.walk.next);
}

static int
step_down(struct vop *op, struct vname name)
{
	struct vnode *dir = op->u.walk.w->vn, *over;

	if ((over = vmount_find(dir, name)) != NULL)
		return step_over(op, over);
	return dir->fs->ops->lookup(op, dir, name, &op->u.walk.next);
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
	if (vname_is(name, ".."))
		return step_up(op);
	if (!vname_is(name, "."))
		return step_down(op, name);
	op->u.walk.next = vnode_get(w->vn);
	return 0;
}

/* What was found may have been unmounted since. */
static int
step_done(struct vop *op)
{
	struct vwalk *w = op->u.walk.w;
	struct vnode *next = op->u.walk.next;

	if (op->u.walk.over != NULL) {
		vnode_put(next);
		next = op->u.walk.over;
		op->u.walk.over = NULL;
	}
	if (vnode_is_gone(next)) {
		vnode_put(next);
		return -ESTALE;
	}
	arrive(w, next, vname_is_dots(w->names[w->found]));
	return 0;
}

static int
give_up(struct vop *op, int rc)
{
	struct vwalk *w = op->u.walk.w;

	vnode_put(op->u.walk.over);
	vnode_put(w->vn);
	vnode_put(w->dir);
	w->vn = w->dir = NULL;
	return rc;
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
		if (rc != 0 || (rc = step_done(op)) != 0)
			return give_up(op, rc);
	}
	return 0;
}

static int
resume_walk(struct vop *op, int rc)
{
	if (rc != 0 || (rc = step_done(op)) != 0)
		return give_up(op, rc);
	op->resume = resume_walk;
	return call_walk(op);
}

int
vfs_walk(struct vop *op, struct vwalk *w)
{
	w->found = 0;
	w->dir = NULL;
	w->vn = vnode_get(w->from);
	op->vn = w->vn;
	op->hurried = false;
	op->u.walk.w = w;
	op->u.walk.over = NULL;
	return vop_run(op, call_walk, resume_walk);
}
