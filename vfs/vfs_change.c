/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_change.c -- operations that make, move and take away names; see vfs.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

#include "vfs_internal.h"

/* May names in dir be made, changed or taken away? */
static int
check_change(struct vnode *dir, struct vname name)
{
	int rc;

	if (!vnode_is_dir(dir))
		return -ENOTDIR;
	if ((rc = vname_check(name)) != 0)
		return rc;
	return dir->fs->readonly ? -EROFS : 0;
}

/* May name be made in dir, whatever else it may be?  Dots are there. */
static int
check_make(struct vnode *dir, struct vname name)
{
	int rc;

	if (!vnode_is_dir(dir))
		return -ENOTDIR;
	if ((rc = vname_check(name)) != 0)
		return rc;
	return vname_is_dots(name) ? -EEXIST : 0;
}

/* 0, and name is to be made in dir; or how it ends. */
static int
begin_make(struct vop *op, struct vnode *dir, struct vname name)
{
	struct vnode *over;
	int rc;

	if ((rc = check_make(dir, name)) != 0)
		return rc;
	if ((over = vmount_find(dir, name)) != NULL)
		return vtaken_settle(op, dir, over, -EEXIST);
	return dir->fs->readonly ? -EROFS : 0;
}

static int
end_create(struct vop *op, int rc)
{
	struct vfile *file = op->u.create.file;

	return vfile_opened(file, op->u.create.link, op->u.create.flags, rc);
}

static int
call_create(struct vop *op)
{
	return end_create(op,
	    op->vn->fs->ops->create(op, op->vn, op->u.create.name,
		op->u.create.flags, op->u.create.mode, op->u.create.gid,
		&op->u.create.link, op->u.create.file));
}

/* What to create a name means that over, the root of a mount, has. */
static int
settle_create(const struct vnode *over, int flags)
{
	if (flags & O_EXCL)
		return -EEXIST;
	return vnode_is_dir(over) ? -EISDIR : vfile_check_open(over, flags);
}

int
vfs_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vfile *file)
{
	int rc = check_make(dir, name);
	struct vnode *over;

	if (rc == 0 && (flags & O_ACCMODE) == O_ACCMODE)
		rc = -EINVAL;
	if (rc != 0)
		return rc;
	*file = (struct vfile){ .fd = -1 };
	op->vn = dir;
	op->u.create.name = name;
	op->u.create.flags = flags;
	op->u.create.mode = mode & 07777;
	op->u.create.gid = gid;
	op->u.create.file = file;
	if ((over = vmount_find(dir, name)) != NULL)
		return vtaken_settle(op, dir, over, settle_create(over, flags));
	if (dir->fs->readonly)
		return -EROFS;
	return vop_run(op, call_create, end_create);
}

static int
call_mkdir(struct vop *op)
{
	return op->vn->fs->ops->mkdir(op, op->vn, op->u.create.name,
	    op->u.create.mode, op->u.create.gid, op->u.create.out);
}

int
vfs_mkdir(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    gid_t gid, struct vnode **out)
{
	int rc = begin_make(op, dir, name);

	if (rc != 0)
		return rc;
	op->vn = dir;
	op->u.create.name = name;
	op->u.create.mode = mode & 01777; /* set-id bits are dir's to give */
	op->u.create.gid = gid;
	op->u.create.out = out;
	return vop_run(op, call_mkdir, NULL);
}

static int
call_mknod(struct vop *op)
{
	return op->vn->fs->ops->mknod(op, op->vn, op->u.create.name,
	    op->u.create.mode, op->u.create.rdev, op->u.create.gid,
	    op->u.create.out);
}

/* mknod(2): no type is a regular file, a directory is not made this way. */
static int
check_node_type(mode_t *mode)
{
	if ((*mode & S_IFMT) == 0)
		*mode |= S_IFREG;
	switch (*mode & S_IFMT) {
	case S_IFREG:
	case S_IFIFO:
	case S_IFSOCK:
	case S_IFCHR:
	case S_IFBLK:
		return 0;
	case S_IFDIR:
		return -EPERM;
	default:
		return -EINVAL;
	}
}

int
vfs_mknod(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    dev_t rdev, gid_t gid, struct vnode **out)
{
	int rc = begin_make(op, dir, name);

	if (rc != 0 || (rc = check_node_type(&mode)) != 0)
		return rc;
	op->vn = dir;
	op->u.create.name = name;
	op->u.create.mode = mode & (S_IFMT | 07777);
	op->u.create.rdev = rdev;
	op->u.create.gid = gid;
	op->u.create.out = out;
	return vop_run(op, call_mknod, NULL);
}

static int
call_symlink(struct vop *op)
{
	return op->vn->fs->ops->symlink(op, op->vn, op->u.create.name,
	    op->u.create.target, op->u.create.gid, op->u.create.out);
}

int
vfs_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out)
{
	int rc = begin_make(op, dir, name);

	if (rc != 0)
		return rc;
	if (target.len == 0)
		return -ENOENT;
	if (target.len > VFS_LINK_MAX)
		return -ENAMETOOLONG;
	op->vn = dir;
	op->u.create.name = name;
	op->u.create.target = target;
	op->u.create.gid = gid;
	op->u.create.out = out;
	return vop_run(op, call_symlink, NULL);
}

static int
call_link(struct vop *op)
{
	return op->vn->fs->ops->link(
	    op, op->vn, op->u.create.link, op->u.create.name);
}

int
vfs_link(struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name)
{
	int rc = begin_make(op, dir, name);

	if (rc != 0)
		return rc;
	if (dir->fs != vn->fs)
		return -EXDEV;
	if (vnode_is_dir(vn))
		return -EPERM;
	op->vn = dir;
	op->u.create.link = vn;
	op->u.create.name = name;
	return vop_run(op, call_link, NULL);
}

/* It is of another file system, and was attached there once. */
static bool
is_elsewhere(const struct vnode *dir, const struct vnode *expect)
{
	return expect != NULL && expect->fs != dir->fs;
}

static int
call_rename(struct vop *op)
{
	return op->vn->fs->ops->rename(op, op->vn, op->u.remove.name,
	    op->u.remove.newdir, op->u.remove.newname, op->u.remove.expect);
}

static int
check_rename(struct vnode *dir, struct vname name, struct vnode *newdir,
    struct vname newname)
{
	int rc;

	if ((rc = check_change(dir, name)) != 0 ||
	    (rc = check_change(newdir, newname)) != 0)
		return rc;
	return vname_is_dots(name) || vname_is_dots(newname) ? -EBUSY : 0;
}

int
vfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	struct vnode *over;
	int rc;

	if ((rc = check_rename(dir, name, newdir, newname)) != 0)
		return rc;
	if ((over = vmount_find(dir, name)) != NULL)
		return vtaken_settle(op, dir, over, -EBUSY);
	if ((over = vmount_find(newdir, newname)) != NULL)
		return vtaken_settle(op, newdir, over, -EBUSY);
	if (is_elsewhere(dir, expect))
		return -ENOENT;
	if (dir->fs != newdir->fs)
		return -EXDEV;
	op->vn = dir;
	op->u.remove.name = name;
	op->u.remove.newdir = newdir;
	op->u.remove.newname = newname;
	op->u.remove.expect = expect;
	return vop_run(op, call_rename, NULL);
}

static int
call_unlink(struct vop *op)
{
	return op->vn->fs->ops->unlink(op, op->vn, op->u.remove.name,
	    op->u.remove.rmdir, op->u.remove.expect);
}

static int
settle_unlink(const struct vnode *over, bool rmdir)
{
	if (vnode_is_dir(over) == rmdir)
		return -EBUSY;
	return rmdir ? -ENOTDIR : -EISDIR;
}

int
vfs_unlink(struct vop *op, struct vnode *dir, struct vname name, bool rmdir,
    struct vnode *expect)
{
	int rc = check_change(dir, name);
	struct vnode *over;

	if (rc != 0)
		return rc;
	if (vname_is_dots(name))
		return name.len == 1 ? -EINVAL : -ENOTEMPTY;
	if ((over = vmount_find(dir, name)) != NULL)
		return vtaken_settle(op, dir, over, settle_unlink(over, rmdir));
	if (is_elsewhere(dir, expect))
		return -ENOENT;
	op->vn = dir;
	op->u.remove.name = name;
	op->u.remove.rmdir = rmdir;
	op->u.remove.expect = expect;
	return vop_run(op, call_unlink, NULL);
}
