/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_taken.c -- a name that is to be made, moved or taken away, but is a
 * mount's.  What is to become of that is settled, but told only to who may
 * search the directory, as with any other name.
 */

#include <stddef.h>

#include "vfs_internal.h"

static int
end_open_mounted(struct vop *op, int rc)
{
	if (rc < 0)
		vnode_put(op->vn);
	return vfile_opened(op->u.create.file, op->vn, op->u.create.flags, rc);
}

static int
call_open_mounted(struct vop *op)
{
	return end_open_mounted(op,
	    op->vn->fs->ops->open(op, op->vn, op->u.create.dir,
		op->u.create.name, op->u.create.flags, op->u.create.file));
}

static int
have_searched(struct vop *op, int rc)
{
	struct vnode *over = op->u.create.link;

	if (rc == 0) {
		vnode_put(op->u.create.up);
		rc = op->u.create.settled;
	}
	if (rc != 0) {
		vnode_put(over);
		return rc;
	}
	op->u.create.dir = op->vn;
	op->vn = over;
	return vop_run(op, call_open_mounted, end_open_mounted);
}

/* What a worker has found it takes home to the loop. */
static int
call_search(struct vop *op)
{
	int rc = op->vn->fs->ops->parent(op, op->vn, &op->u.create.up);

	if (rc == VFS_WOULDBLOCK || rc == VFS_PENDING)
		return rc;
	if (!vop_may_block(op))
		return have_searched(op, rc);
	op->u.create.searched = rc;
	return VFS_PENDING;
}

static int
end_search(struct vop *op, int rc)
{
	return have_searched(op, rc != 0 ? rc : op->u.create.searched);
}

int
vtaken_settle(
    struct vop *op, struct vnode *dir, struct vnode *over, int settled)
{
	op->vn = dir;
	op->u.create.link = over;
	op->u.create.settled = settled;
	op->u.create.searched = 0;
	return vop_run(op, call_search, end_search);
}
