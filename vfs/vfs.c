/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs.c -- the operations: what holds for every file system is checked here,
 * then the file system's function is called.
 *
 * Each operation is a pair: vfs_x() checks and puts the arguments away, once,
 * on the loop; call_x() hands them to the file system, now or on a worker.
 *
 *	vfs.c		attributes
 *	vfs_walk.c	names that are looked up
 *	vfs_change.c	names that are made, moved and taken away
 *	vfs_file.c	files that are opened, read and written
 *	vfs_list.c	directories that are listed
 *	vfs_lock.c	locks
 */

#include <errno.h>

#include "vfs_internal.h"

/* Programs tell by its links how many directories are in one. */
static int
end_getattr(struct vop *op, int rc)
{
	struct vattr *out = op->u.getattr.out;

	if (rc == 0 && vnode_is_dir(op->vn) && out->nlink > 1)
		out->nlink += vmount_count_dirs(op->vn);
	return rc;
}

static int
call_getattr(struct vop *op)
{
	return end_getattr(
	    op, op->vn->fs->ops->getattr(op, op->vn, op->u.getattr.out));
}

int
vfs_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	op->vn = vn;
	op->u.getattr.out = out;
	return vop_run(op, call_getattr, end_getattr);
}

/* In ids, all ones stand for no change: chown(2). */
static void
drop_no_ids(struct vsetattr *sa)
{
	if (sa->uid == VFS_NOID)
		sa->mask &= ~(unsigned int)VSET_UID;
	if (sa->gid == VFS_NOID)
		sa->mask &= ~(unsigned int)VSET_GID;
}

static int
call_setattr(struct vop *op)
{
	return op->vn->fs->ops->setattr(
	    op, op->vn, op->u.setattr.file, &op->u.setattr.sa);
}

int
vfs_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	if (vn->fs->readonly)
		return -EROFS;
	if (sa->mask & VSET_SIZE) {
		if (vnode_is_dir(vn))
			return -EISDIR;
		if (!S_ISREG(vn->type) || sa->size > INT64_MAX)
			return -EINVAL;
	}
	op->vn = vn;
	op->u.setattr.file = file;
	op->u.setattr.sa = *sa;
	drop_no_ids(&op->u.setattr.sa);
	return vop_run(op, call_setattr, NULL);
}

static int
call_readlink(struct vop *op)
{
	return op->vn->fs->ops->readlink(op, op->vn, op->u.readlink.buf,
	    op->u.readlink.cap, op->u.readlink.len);
}

int
vfs_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	if (!S_ISLNK(vn->type))
		return -EINVAL;
	op->vn = vn;
	op->u.readlink.buf = buf;
	op->u.readlink.cap = cap;
	op->u.readlink.len = len;
	return vop_run(op, call_readlink, NULL);
}

static int
call_statfs(struct vop *op)
{
	return op->vn->fs->ops->statfs(op, op->vn, op->u.statfs.out);
}

int
vfs_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out)
{
	op->vn = vn;
	op->u.statfs.out = out;
	return vop_run(op, call_statfs, NULL);
}

static int
call_getxattr(struct vop *op)
{
	return op->vn->fs->ops->getxattr(
	    op, op->vn, op->u.xattr.name, op->u.xattr.out);
}

int
vfs_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out)
{
	if (vn->fs->ops->getxattr == NULL)
		return -EOPNOTSUPP;
	if (name.len == 0 || name.len > VFS_NAME_MAX)
		return -ERANGE;
	op->vn = vn;
	op->u.xattr.name = name;
	op->u.xattr.out = out;
	return vop_run(op, call_getxattr, NULL);
}

static int
call_listxattr(struct vop *op)
{
	return op->vn->fs->ops->listxattr(op, op->vn, op->u.xattr.out);
}

int
vfs_listxattr(struct vop *op, struct vnode *vn, struct vblob *out)
{
	if (vn->fs->ops->listxattr == NULL)
		return -EOPNOTSUPP;
	op->vn = vn;
	op->u.xattr.out = out;
	return vop_run(op, call_listxattr, NULL);
}

static int
call_setxattr(struct vop *op)
{
	return op->vn->fs->ops->setxattr(op, op->vn, op->u.xattr.name,
	    op->u.xattr.data, op->u.xattr.len, op->u.xattr.flags);
}

int
vfs_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags)
{
	if (vn->fs->ops->setxattr == NULL)
		return -EOPNOTSUPP;
	if (vn->fs->readonly)
		return -EROFS;
	if (name.len == 0 || name.len > VFS_NAME_MAX)
		return -ERANGE;
	if (len > VFS_XATTR_MAX)
		return -E2BIG;
	op->vn = vn;
	op->u.xattr.name = name;
	op->u.xattr.data = data;
	op->u.xattr.len = len;
	op->u.xattr.flags = flags;
	return vop_run(op, call_setxattr, NULL);
}

static int
call_removexattr(struct vop *op)
{
	return op->vn->fs->ops->removexattr(op, op->vn, op->u.xattr.name);
}

int
vfs_removexattr(struct vop *op, struct vnode *vn, struct vname name)
{
	if (vn->fs->ops->removexattr == NULL)
		return -EOPNOTSUPP;
	if (vn->fs->readonly)
		return -EROFS;
	if (name.len == 0 || name.len > VFS_NAME_MAX)
		return -ERANGE;
	op->vn = vn;
	op->u.xattr.name = name;
	return vop_run(op, call_removexattr, NULL);
}
