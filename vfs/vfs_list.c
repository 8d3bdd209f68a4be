/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_list.c -- listing a directory; see vfs.c.
 */

#include <errno.h>

#include "vfs_internal.h"

static bool
emit_mended(void *ctx, const struct vdirent *entry)
{
	struct vop *op = ctx;
	struct vdirent mended = *entry;

	vmount_mend_entry(op->vn, op->u.readdir.root, &mended);
	return op->u.readdir.emit(op->u.readdir.ctx, &mended);
}

static int
call_readdir(struct vop *op)
{
	return op->vn->fs->ops->readdir(
	    op, op->u.readdir.file, op->u.readdir.cookie, emit_mended, op);
}

int
vfs_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    struct vnode *root, vfs_emit *emit, void *ctx)
{
	if (file->vn == NULL)
		return -EBADF;
	if (!vnode_is_dir(file->vn))
		return -ENOTDIR;
	if (cookie > INT64_MAX)
		return -EINVAL;
	op->vn = file->vn;
	op->u.readdir.file = file;
	op->u.readdir.cookie = cookie;
	op->u.readdir.emit = emit;
	op->u.readdir.ctx = ctx;
	op->u.readdir.root = root;
	return vop_run(op, call_readdir, NULL);
}
