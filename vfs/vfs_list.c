/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_list.c -- listing a directory; see vfs.c.
 *
 * First what the file system has, but for names that are attached, then these,
 * with cookies of their own: wherever a listing stops, it can go on.
 */

#include <errno.h>

#include "vfs_internal.h"

static bool
emit_mended(void *ctx, const struct vdirent *entry)
{
	struct vop *op = ctx;
	struct vdirent mended = *entry;

	if (!vmount_mend_entry(op->vn, op->u.readdir.root, &mended))
		return true;
	op->u.readdir.full = !op->u.readdir.emit(op->u.readdir.ctx, &mended);
	return !op->u.readdir.full;
}

static bool
is_attached_name(uint64_t cookie)
{
	return cookie > VFS_MOUNT_COOKIE && cookie < INT64_MAX;
}

/* The file system has no more, unless rc says that it has not ended. */
static int
end_readdir(struct vop *op, int rc)
{
	uint64_t cookie = op->u.readdir.cookie;

	if (rc == 0 && !op->u.readdir.full)
		vmount_list(op->vn, is_attached_name(cookie) ? cookie : 0,
		    op->u.readdir.emit, op->u.readdir.ctx);
	return rc;
}

static int
call_readdir(struct vop *op)
{
	uint64_t cookie = op->u.readdir.cookie;
	int rc = 0;

	op->u.readdir.full = false;
	if (!is_attached_name(cookie))
		rc = op->vn->fs->ops->readdir(
		    op, op->u.readdir.file, cookie, emit_mended, op);
	return end_readdir(op, rc);
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
	return vop_run(op, call_readdir, end_readdir);
}
