/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_unmount.c -- a file system leaves while others go on.
 *
 * It is out of the tree at once, and nothing new is asked of it.  What has been
 * begun comes to its end: whoever waits for an operation holds a reference on
 * the vnode.  So when the last vnode has been reclaimed nobody is inside, and
 * never will be.  vnode_put() sees that, wherever the last reference is
 * dropped, and sends the operation that is waiting to its loop; from there a
 * worker is sent to destroy the file system, for to close files may take long.
 */

#include <errno.h>

#include "vfs_internal.h"

/* On any thread, with nothing locked. */
void
vfs_unused(struct vfs_fs *fs)
{
	if (fs->leaving != NULL)
		vop_post(fs->leaving, 0);
	else
		fs->ops->destroy(fs);
}

/* Have call run on a worker; it cannot be given up. */
static int
on_worker(struct vop *op, int (*call)(struct vop *op),
    int (*resume)(struct vop *op, int rc))
{
	int rc;

	op->vn = NULL;
	rc = vop_run(op, call, resume);
	op->hurry = NULL;
	return rc;
}

static int
call_destroy(struct vop *op)
{
	struct vfs_fs *fs = op->u.unmount.fs;

	if (!vop_may_block(op)) {
		op->lane = op->u.unmount.lane;
		return VFS_WOULDBLOCK;
	}
	fs->ops->destroy(fs);
	return 0;
}

/* There was no worker to be had: the loop has to do it. */
static int
end_destroy(struct vop *op, int rc)
{
	struct vfs_fs *fs = op->u.unmount.fs;

	if (rc != 0)
		fs->ops->destroy(fs);
	return 0;
}

static int
end_leaving(struct vop *op, int rc)
{
	(void)rc;
	return on_worker(op, call_destroy, end_destroy);
}

/* The tree's own reference goes; it may be the last one. */
static int
leave(struct vop *op)
{
	struct vfs_fs *fs = op->u.unmount.fs;

	op->resume = end_leaving;
	fs->leaving = op;
	vnode_put(fs->root);
	return VFS_PENDING;
}

static int
call_retire(struct vop *op)
{
	struct vfs_fs *fs = op->u.unmount.fs;

	if (!vop_may_block(op)) {
		op->lane = op->u.unmount.lane;
		return VFS_WOULDBLOCK;
	}
	fs->ops->retire(fs);
	return VFS_PENDING;
}

static int
end_retire(struct vop *op, int rc)
{
	struct vfs_fs *fs = op->u.unmount.fs;

	if (rc != 0)
		fs->ops->retire(fs);
	return leave(op);
}

int
vfs_unmount(struct vfs *vfs, struct vop *op, const char *key)
{
	struct vmount *m;
	struct vfs_fs *fs;
	int rc;

	if ((rc = vmount_take(vfs, key, &m)) != 0)
		return rc;
	fs = m->fs;
	vway_leave(vfs, m);
	vmount_free(m);
	op->u.unmount.fs = fs;
	op->u.unmount.lane = vnode_lane(fs->root);
	op->hurry = NULL;
	if (fs->ops->retire == NULL)
		return leave(op);
	return on_worker(op, call_retire, end_retire);
}
