/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_file.c -- open files: their data goes through a host descriptor.
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "etfs_internal.h"

#define OPEN_FLAGS                                                             \
	(O_ACCMODE | O_APPEND | O_TRUNC | O_SYNC | O_DSYNC | O_NOATIME |       \
	    O_NONBLOCK)

/* The inode is in memory, as we hold it. */
static int
open_node(
    struct vop *op, struct etfs_node *node, int node_fd, int flags, int *fd)
{
	flags &= OPEN_FLAGS;
	if (vnode_is_dir(&node->vn))
		flags |= O_DIRECTORY;
	if ((!vop_may_block(op) && !node->dev->local) ||
	    ((flags & O_TRUNC) && etfs_must_not_cut(op, node)))
		return VFS_WOULDBLOCK;
	return etfs_host_reopen(op, etfs_of(&node->vn), node_fd, flags, fd);
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
	int rc, fd;

	(void)dir;
	(void)name;
	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if ((rc = etfs_cred_take(op, etfs_of(vn))) == 0)
		rc = open_node(op, node, fd, flags, &file->fd);
	etfs_fd_drop(node);
	if (rc != 0)
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

	if (!vop_may_block(op) && close_waits(node->dev, file)) {
		if (node->dev->in_memory_first)
			vop_seldom(op);
		return VFS_WOULDBLOCK;
	}
	if (etfs_pin_end(op, node, file->fd) != 0)
		return VFS_WOULDBLOCK;
	if (vnode_is_dir(file->vn))
		etfs_dir_free(file->priv);
	else if (file->priv != NULL)
		atomic_store_explicit(
		    &node->lock_alone, true, memory_order_relaxed);
	file->priv = NULL;
	return close(file->fd) == 0 ? 0 : -errno;
}

static struct etfs_io
io_of(
    const struct vfile *file, uint64_t off, const struct iovec *iov, int iovcnt)
{
	return (struct etfs_io){ etfs_node_of(file->vn)->dev, file->fd,
		file->flags, off, iov, iovcnt, etfs_io_size(iov, iovcnt) };
}

int
etfs_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_io io = io_of(file, off, iov, iovcnt);

	return etfs_io_read(op, &io, len);
}

bool
etfs_extent(
    const struct vfile *file, uint64_t off, size_t len, struct vextent *ext)
{
	return etfs_io_extent(
	    etfs_node_of(file->vn)->dev, file->fd, off, len, ext);
}

int
etfs_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_io io = io_of(file, off, iov, iovcnt);
	int rc;

	if ((rc = etfs_cred_take(op, etfs_of(file->vn))) != 0)
		return rc;
	return etfs_io_write(op, &io, len);
}

int
etfs_fsync(struct vop *op, struct vfile *file, bool data_only)
{
	if (etfs_of(file->vn)->no_fsync)
		return 0;
	if (etfs_must_wait(op, etfs_node_of(file->vn)))
		return VFS_WOULDBLOCK;
	if ((data_only ? fdatasync(file->fd) : fsync(file->fd)) != 0)
		return -errno;
	return 0;
}
