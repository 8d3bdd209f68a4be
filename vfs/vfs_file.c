/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_file.c -- operations on contents: opening, reading, writing; see vfs.c.
 */

#include <errno.h>
#include <fcntl.h>
#include <stddef.h>

#include "vfs_internal.h"

int
vfile_check_open(const struct vnode *vn, int flags)
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

int
vfile_opened(struct vfile *file, struct vnode *vn, int flags, int rc)
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
	return vfile_opened(op->u.open.file, op->vn, op->u.open.flags, rc);
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
	int rc = vfile_check_open(vn, flags);

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
	rc = vop_run_anyway(op, call_close, end_close);
	op->hurry = NULL; /* it must run */
	return rc;
}

int
vfs_close(struct vop *op, struct vfile *file)
{
	return vlocks_close(op, file, close_file);
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

bool
vfs_extent(
    const struct vfile *file, uint64_t off, size_t len, struct vextent *ext)
{
	if (check_io(file, O_WRONLY) != 0 || vnode_is_gone(file->vn) ||
	    file->vn->fs->ops->extent == NULL || vnode_is_stream(file->vn))
		return false;
	if (off > INT64_MAX || len > INT64_MAX - off)
		return false;
	return file->vn->fs->ops->extent(file, off, len, ext);
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
