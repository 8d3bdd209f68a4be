/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_file.c -- open files: their data goes through a host descriptor.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <unistd.h>

#include "etfs_internal.h"

#define OPEN_FLAGS                                                             \
	(O_ACCMODE | O_APPEND | O_TRUNC | O_SYNC | O_DSYNC | O_NOATIME |       \
	    O_NONBLOCK)
#define REST 16 /* pieces of an iovec that is gone on with */

/*
 * The inode is in memory, as we hold it; what a local file system may wait for
 * when it is opened is a lease that somebody else has on it, of which
 * O_NONBLOCK tells, and to cut it.
 */
static int
open_node(struct vop *op, struct etfs_node *node, int flags, int *fd)
{
	struct etfs *fs = etfs_of(&node->vn);
	int rc;

	flags &= OPEN_FLAGS;
	if (vnode_is_dir(&node->vn))
		flags |= O_DIRECTORY;
	if (vop_may_block(op))
		return etfs_host_reopen(fs, node->fd, flags, fd);
	if (!node->dev->local || ((flags & O_TRUNC) && !node->dev->never_waits))
		return VFS_WOULDBLOCK;
	rc = etfs_host_reopen(fs, node->fd, flags | O_NONBLOCK, fd);
	return rc == -EAGAIN ? VFS_WOULDBLOCK : rc;
}

/* The qid that goes with an open file tells of its content as it is now. */
static void
refresh(const struct vop *op, struct etfs_node *node, int fd)
{
	struct statx sx;

	if (etfs_host_stat(op, node->dev, fd, "", &sx) == 0)
		etfs_node_saw(node, &sx);
}

/* Where it was found does not matter: see etfs_host.c. */
int
etfs_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	struct etfs_node *node = etfs_node_of(vn);
	int rc;

	(void)dir;
	(void)name;
	if ((rc = etfs_cred_take(op, etfs_of(vn))) != 0 ||
	    (rc = open_node(op, node, flags, &file->fd)) != 0)
		return rc;
	refresh(op, node, file->fd);
	if (!vnode_is_dir(vn))
		return 0;
	if ((file->priv = etfs_dir_new()) == NULL) {
		close(file->fd);
		return -ENOMEM;
	}
	return 0;
}

/* A file that was written to may have something left to write. */
static bool
close_waits(const struct etfs_dev *dev, const struct vfile *file)
{
	if (dev->never_waits)
		return false;
	return !dev->local || (file->flags & O_ACCMODE) != O_RDONLY;
}

int
etfs_close(struct vop *op, struct vfile *file)
{
	struct etfs_node *node = etfs_node_of(file->vn);

	if (!vop_may_block(op) && close_waits(node->dev, file))
		return VFS_WOULDBLOCK;
	etfs_dir_free(file->priv);
	file->priv = NULL;
	return close(file->fd) == 0 ? 0 : -errno;
}

static size_t
iov_size(const struct iovec *iov, int iovcnt)
{
	size_t size = 0;
	int i;

	for (i = 0; i < iovcnt; i++)
		size += iov[i].iov_len;
	return size;
}

/* What iov has after skip bytes, as far as there is room for it in rest. */
static int
iov_after(
    const struct iovec *iov, int iovcnt, size_t skip, struct iovec rest[REST])
{
	int i, n = 0;

	for (i = 0; i < iovcnt && n < REST; i++) {
		if (skip >= iov[i].iov_len) {
			skip -= iov[i].iov_len;
			continue;
		}
		rest[n].iov_base = (char *)iov[i].iov_base + skip;
		rest[n++].iov_len = iov[i].iov_len - skip;
		skip = 0;
	}
	return n;
}

/* 0: all that iov asks for, or all that there is.  Else as far as *len. */
static int
read_all(int fd, uint64_t off, const struct iovec *iov, int iovcnt, int flags,
    size_t *len)
{
	size_t size = iov_size(iov, iovcnt);
	struct iovec rest[REST];
	ssize_t n;

	*len = 0;
	while (*len < size) {
		n = preadv2(fd, rest, iov_after(iov, iovcnt, *len, rest),
		    (off_t)(off + *len), flags);
		if (n == 0)
			break;
		if (n > 0)
			*len += (size_t)n;
		else if (errno != EINTR)
			return -errno;
	}
	return 0;
}

/* Does this errno of a call with RWF_NOWAIT mean that it is of no use here? */
static bool
refused(int rc)
{
	return rc == -EOPNOTSUPP || rc == -ENOSYS || rc == -EINVAL;
}

/*
 * A short answer stands for the end of the file.  When only a part is in
 * memory, the worker reads all of it: that does no harm but take a little
 * longer.
 */
static int
read_now(struct etfs_dev *dev, int fd, uint64_t off, const struct iovec *iov,
    int iovcnt, size_t *len)
{
	int rc;

	if (dev->never_waits)
		return read_all(fd, off, iov, iovcnt, 0, len);
	if (!dev->local ||
	    atomic_load_explicit(&dev->no_nowait_read, memory_order_relaxed))
		return VFS_WOULDBLOCK;
	rc = read_all(fd, off, iov, iovcnt, RWF_NOWAIT, len);
	if (rc != 0 && refused(rc))
		atomic_store_explicit(
		    &dev->no_nowait_read, true, memory_order_relaxed);
	return rc == -EAGAIN || refused(rc) ? VFS_WOULDBLOCK : rc;
}

/* An error after a part: the next read will meet it again. */
int
etfs_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_dev *dev = etfs_node_of(file->vn)->dev;
	size_t got = 0;
	int rc;

	if (vop_may_block(op))
		rc = read_all(file->fd, off, iov, iovcnt, 0, &got);
	else
		rc = read_now(dev, file->fd, off, iov, iovcnt, &got);
	if (rc == VFS_WOULDBLOCK || (rc != 0 && got == 0))
		return rc;
	*len = got;
	return 0;
}

/* A host that takes nothing of something, and does not say why, has failed. */
static int
write_some(int fd, uint64_t off, const struct iovec *iov, int iovcnt, int flags,
    size_t *len)
{
	ssize_t n;

	if (iovcnt > IOV_MAX)
		iovcnt = IOV_MAX;
	if (off > INT64_MAX)
		off = 0; /* of no meaning to an append, but to the kernel */
	do {
		n = pwritev2(fd, iov, iovcnt, (off_t)off, flags);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n == 0 ? -EIO : -errno;
	*len = (size_t)n;
	return 0;
}

/* An append cannot be done over, and RWF_NOWAIT does not cover syncing. */
static bool
may_write_now(struct etfs_dev *dev, int flags)
{
	return dev->local &&
	    !atomic_load_explicit(
		&dev->no_nowait_write, memory_order_relaxed) &&
	    !(flags & (O_APPEND | O_SYNC | O_DSYNC));
}

/*
 * When only a part could be taken without waiting, the worker writes all once
 * more: the same bytes to the same place, before anybody was told that they
 * are there, so that nobody can tell.  To answer with the part would be to
 * report as short what the host could have kept.
 */
static int
write_now(struct etfs_dev *dev, const struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	int rc;

	if (dev->never_waits)
		return write_some(file->fd, off, iov, iovcnt, 0, len);
	if (!may_write_now(dev, file->flags))
		return VFS_WOULDBLOCK;
	rc = write_some(file->fd, off, iov, iovcnt, RWF_NOWAIT, len);
	if (rc == 0)
		return *len < iov_size(iov, iovcnt) ? VFS_WOULDBLOCK : 0;
	if (refused(rc))
		atomic_store_explicit(
		    &dev->no_nowait_write, true, memory_order_relaxed);
	return rc == -EAGAIN || refused(rc) ? VFS_WOULDBLOCK : rc;
}

int
etfs_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_dev *dev = etfs_node_of(file->vn)->dev;
	size_t put = 0;
	int rc;

	if ((rc = etfs_cred_take(op, etfs_of(file->vn))) != 0)
		return rc;
	if (vop_may_block(op))
		rc = write_some(file->fd, off, iov, iovcnt, 0, &put);
	else
		rc = write_now(dev, file, off, iov, iovcnt, &put);
	if (rc == 0)
		*len = put;
	return rc;
}

int
etfs_fsync(struct vop *op, struct vfile *file, bool data_only)
{
	if (etfs_must_wait(op, etfs_node_of(file->vn)))
		return VFS_WOULDBLOCK;
	if ((data_only ? fdatasync(file->fd) : fsync(file->fd)) != 0)
		return -errno;
	return 0;
}
