/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs.c -- the operations: what holds for every file system is checked here,
 * then the file system's function is called.
 *
 * Each operation is a pair: vfs_x() checks and puts the arguments away, once,
 * on the loop; call_x() hands them to the file system, now or on a worker.
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

/* The same for a name that is to be made: dot names are always there. */
static int
check_make(struct vnode *dir, struct vname name)
{
	int rc = check_change(dir, name);

	return vname_is_dots(name) && rc == 0 ? -EEXIST : rc;
}

static int
call_getattr(struct vop *op)
{
	return op->vn->fs->ops->getattr(op, op->vn, op->u.getattr.out);
}

int
vfs_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	op->vn = vn;
	op->u.getattr.out = out;
	return vop_run(op, call_getattr, NULL);
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
check_open(struct vnode *vn, int flags)
{
	bool writes = (flags & O_ACCMODE) != O_RDONLY || (flags & O_TRUNC);

	if ((flags & O_ACCMODE) == O_ACCMODE)
		return -EINVAL;
	if (S_ISLNK(vn->type))
		return -ELOOP;
	if (vnode_is_dir(vn))
		return writes ? -EISDIR : 0;
	if (!S_ISREG(vn->type))
		return -ENXIO;
	return writes && vn->fs->readonly ? -EROFS : 0;
}

/* file is open, or is not; rc of a step that is not the end passes through. */
static int
opened(struct vfile *file, struct vnode *vn, int flags, int rc)
{
	if (rc != 0)
		return rc;
	atomic_fetch_add_explicit(&vn->opens, 1, memory_order_relaxed);
	file->vn = vn;
	file->flags = flags & ~(O_CREAT | O_EXCL | O_TRUNC);
	return 0;
}

static int
end_open(struct vop *op, int rc)
{
	if (rc == 0)
		(void)vnode_get(op->vn);
	return opened(op->u.open.file, op->vn, op->u.open.flags, rc);
}

static int
call_open(struct vop *op)
{
	return end_open(op,
	    op->vn->fs->ops->open(op, op->vn, op->u.open.dir, op->u.open.name,
		op->u.open.flags, op->u.open.file));
}

int
vfs_open(struct vop *op, struct vnode *vn, struct vnode *dir, struct vname name,
    int flags, struct vfile *file)
{
	int rc = check_open(vn, flags);

	if (rc != 0)
		return rc;
	*file = (struct vfile){ .fd = -1 };
	op->vn = vn;
	op->u.open.dir = dir;
	op->u.open.name = name;
	op->u.open.flags = flags;
	op->u.open.file = file;
	return vop_run(op, call_open, end_open);
}

/* Whatever close said, the file is closed. */
static int
end_close(struct vop *op, int rc)
{
	if (rc == VFS_PENDING || rc == VFS_WOULDBLOCK)
		return rc;
	op->u.io.file->vn = NULL;
	atomic_fetch_sub_explicit(&op->vn->opens, 1, memory_order_relaxed);
	vnode_put(op->vn);
	return rc;
}

static int
call_close(struct vop *op)
{
	int (*fs_close)(struct vop * op, struct vfile * file) =
	    op->vn->fs->ops->close;

	return end_close(
	    op, fs_close != NULL ? fs_close(op, op->u.io.file) : 0);
}

/* Its locks are gone. */
static int
close_file(struct vop *op, int rc)
{
	struct vfile *file = op->u.lock.file;

	(void)rc;
	op->u.io.file = file;
	rc = vop_run(op, call_close, end_close);
	op->hurry = NULL; /* it must run */
	return rc;
}

int
vfs_close(struct vop *op, struct vfile *file)
{
	return vlocks_close(op, file, close_file);
}

static int
end_open_mounted(struct vop *op, int rc)
{
	if (rc < 0)
		vnode_put(op->vn);
	return opened(op->u.create.file, op->vn, op->u.create.flags, rc);
}

static int
call_open_mounted(struct vop *op)
{
	return end_open_mounted(op,
	    op->vn->fs->ops->open(op, op->vn, op->u.create.dir,
		op->u.create.name, op->u.create.flags, op->u.create.file));
}

/* The file is there already.  Takes the reference on vn. */
static int
open_mounted(struct vop *op, struct vnode *vn)
{
	int rc;

	if (op->u.create.flags & O_EXCL)
		rc = -EEXIST;
	else if (vnode_is_dir(vn))
		rc = -EISDIR;
	else
		rc = check_open(vn, op->u.create.flags);
	if (rc != 0) {
		vnode_put(vn);
		return rc;
	}
	op->u.create.dir = op->vn;
	op->vn = vn;
	return vop_run(op, call_open_mounted, end_open_mounted);
}

static int
end_create(struct vop *op, int rc)
{
	struct vfile *file = op->u.create.file;

	return opened(file, op->u.create.link, op->u.create.flags, rc);
}

static int
call_create(struct vop *op)
{
	return end_create(op,
	    op->vn->fs->ops->create(op, op->vn, op->u.create.name,
		op->u.create.flags, op->u.create.mode, op->u.create.gid,
		&op->u.create.link, op->u.create.file));
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
	if ((over = vmount_find(op, dir, name)) != NULL)
		return open_mounted(op, over);
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
	int rc = check_make(dir, name);

	if (rc != 0)
		return rc;
	op->vn = dir;
	op->u.create.name = name;
	op->u.create.mode = mode & 07777;
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
	int rc = check_make(dir, name);

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
	int rc = check_make(dir, name);

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
	int rc = check_make(dir, name);

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

/* What was found in dir is what is mounted there. */
static bool
is_mount(const struct vnode *dir, const struct vnode *expect)
{
	return expect != NULL && expect->fs != dir->fs;
}

static int
call_rename(struct vop *op)
{
	return op->vn->fs->ops->rename(op, op->vn, op->u.remove.name,
	    op->u.remove.newdir, op->u.remove.newname, op->u.remove.expect);
}

int
vfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	int rc;

	if ((rc = check_change(dir, name)) != 0 ||
	    (rc = check_change(newdir, newname)) != 0)
		return rc;
	if (vname_is_dots(name) || vname_is_dots(newname) ||
	    is_mount(dir, expect))
		return -EBUSY;
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

int
vfs_unlink(struct vop *op, struct vnode *dir, struct vname name, bool rmdir,
    struct vnode *expect)
{
	int rc = check_change(dir, name);

	if (rc != 0)
		return rc;
	if (vname_is_dots(name))
		return name.len == 1 ? -EINVAL : -ENOTEMPTY;
	if (is_mount(dir, expect))
		return -EBUSY;
	op->vn = dir;
	op->u.remove.name = name;
	op->u.remove.rmdir = rmdir;
	op->u.remove.expect = expect;
	return vop_run(op, call_unlink, NULL);
}

static void
set_io(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	op->vn = file->vn;
	op->u.io.file = file;
	op->u.io.off = off;
	op->u.io.iov = iov;
	op->u.io.iovcnt = iovcnt;
	op->u.io.len = len;
}

/* Nobody passes more than fits in memory, and so in a size_t. */
static size_t
iov_size(const struct iovec *iov, int iovcnt)
{
	size_t size = 0;
	int i;

	for (i = 0; i < iovcnt; i++)
		size += iov[i].iov_len;
	return size;
}

static int
check_io(const struct vfile *file, int refused_mode)
{
	if (file->vn == NULL || (file->flags & O_ACCMODE) == refused_mode)
		return -EBADF;
	if (vnode_is_dir(file->vn))
		return -EISDIR;
	return 0;
}

static int
call_read(struct vop *op)
{
	return op->vn->fs->ops->read(op, op->u.io.file, op->u.io.off,
	    op->u.io.iov, op->u.io.iovcnt, op->u.io.len);
}

/* No file goes on behind INT64_MAX; what lies before it is read in part. */
static void
cut_io(struct vop *op, size_t room)
{
	const struct iovec *iov = op->u.io.iov;

	while (iov->iov_len == 0)
		iov++;
	op->u.io.cut = *iov;
	if (op->u.io.cut.iov_len > room)
		op->u.io.cut.iov_len = room;
	op->u.io.iov = &op->u.io.cut;
	op->u.io.iovcnt = 1;
}

int
vfs_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	size_t size = iov_size(iov, iovcnt);
	int rc = check_io(file, O_WRONLY);

	if (rc != 0)
		return rc;
	if (vnode_is_stream(file->vn))
		off = 0;
	if (off > INT64_MAX)
		return -EINVAL;
	*len = 0;
	if (size == 0 || off == INT64_MAX)
		return 0;
	set_io(op, file, off, iov, iovcnt, len);
	if (size > INT64_MAX - off)
		cut_io(op, (size_t)(INT64_MAX - off));
	return vop_run(op, call_read, NULL);
}

static int
call_write(struct vop *op)
{
	return op->vn->fs->ops->write(op, op->u.io.file, op->u.io.off,
	    op->u.io.iov, op->u.io.iovcnt, op->u.io.len);
}

int
vfs_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	size_t size = iov_size(iov, iovcnt);
	int rc = check_io(file, O_RDONLY);

	if (rc != 0)
		return rc;
	if (file->vn->fs->readonly)
		return -EROFS;
	*len = 0;
	if (size == 0)
		return 0;
	if (vnode_is_stream(file->vn))
		off = 0;
	if (!(file->flags & O_APPEND) &&
	    (off > INT64_MAX || size > INT64_MAX - off))
		return -EFBIG;
	set_io(op, file, off, iov, iovcnt, len);
	return vop_run(op, call_write, NULL);
}

static int
call_poll(struct vop *op)
{
	return op->vn->fs->ops->poll(op, op->u.io.file, op->u.io.events);
}

int
vfs_poll(struct vop *op, struct vfile *file, int events)
{
	if (file->vn == NULL)
		return -EBADF;
	if (!vnode_is_stream(file->vn))
		return 0;
	op->vn = file->vn;
	op->u.io.file = file;
	op->u.io.events = events;
	return vop_run(op, call_poll, NULL);
}

static int
call_fsync(struct vop *op)
{
	return op->vn->fs->ops->fsync(op, op->u.io.file, op->u.io.flag);
}

int
vfs_fsync(struct vop *op, struct vfile *file, bool data_only)
{
	if (file->vn == NULL)
		return -EBADF;
	op->vn = file->vn;
	op->u.io.file = file;
	op->u.io.flag = data_only;
	return vop_run(op, call_fsync, NULL);
}

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
