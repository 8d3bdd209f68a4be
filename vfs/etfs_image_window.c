/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_image_window.c -- a file of fixed size that lies somewhere in one of the
 * host.
 *
 * It behaves as a block device does to a program that writes an image to it:
 * nothing is appended, what passes the end does not fit, and to empty it when
 * it is opened changes nothing.  Its mode and owner are the host file's, which
 * are not to be changed through a part of it; its times are.
 *
 * The host file may have been cut behind our back: what is not there any more
 * is not read, but may be written again.
 */

#include <errno.h>
#include <fcntl.h>

#include "etfs_image.h"

/* Linux keeps a device's file from being emptied; here, we do. */
static int
window_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	/* That of a device may look for a medium first. */
	if (etfs_image_of(vn)->device && !vop_may_block(op))
		return VFS_WOULDBLOCK;
	return etfs_open(
	    op, vn, dir, name, flags & ~(O_TRUNC | O_APPEND), file);
}

/* What of iov, at off of the window, lies in it. */
static struct etfs_io
part_of(
    const struct vfile *file, uint64_t off, const struct iovec *iov, int iovcnt)
{
	const struct etfs_part *window = &etfs_image_of(file->vn)->window;
	uint64_t room = off < window->size ? window->size - off : 0;
	size_t size = etfs_io_size(iov, iovcnt);

	return (struct etfs_io){
		.dev = etfs_node_of(file->vn)->dev,
		.fd = file->fd,
		.flags = file->flags,
		.off = window->offset + off,
		.iov = iov,
		.iovcnt = iovcnt,
		.size = size < room ? size : (size_t)room,
	};
}

static bool
window_extent(
    const struct vfile *file, uint64_t off, size_t len, struct vextent *ext)
{
	const struct etfs_part *window = &etfs_image_of(file->vn)->window;
	uint64_t room = off < window->size ? window->size - off : 0;

	return etfs_io_extent(etfs_node_of(file->vn)->dev, file->fd,
	    window->offset + off, len < room ? len : (size_t)room, ext);
}

static int
window_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_io io = part_of(file, off, iov, iovcnt);

	*len = 0;
	return io.size > 0 ? etfs_io_read(op, &io, len) : 0;
}

static int
window_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_io io = part_of(file, off, iov, iovcnt);
	int rc;

	if (io.size == 0 || (file->flags & O_APPEND))
		return -ENOSPC;
	if ((rc = etfs_cred_take(op, etfs_of(file->vn))) != 0)
		return rc;
	return etfs_io_write(op, &io, len);
}

static uint64_t
min(uint64_t a, uint64_t b)
{
	return a < b ? a : b;
}

/* No set-id bits: a client would ask us to take them away before it writes. */
static int
window_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	const struct etfs_image *img = etfs_image_of(vn);
	uint64_t blocks = (img->window.size + 511) / 512;
	int rc;

	if ((rc = etfs_getattr(op, vn, out)) != 0)
		return rc;
	out->mode = S_IFREG | (out->mode & 0777);
	out->nlink = 1;
	out->rdev = 0;
	out->size = img->window.size;
	out->blocks = img->device ? blocks : min(out->blocks, blocks);
	return 0;
}

/*
 * A new size is refused.  But a Linux client that opens a file with O_TRUNC
 * asks for the size 0 and the present time, and cp(1) does that: it would be of
 * no use to refuse here what a device ignores.
 */
static bool
is_for_open(const struct vsetattr *sa)
{
	return (sa->mask & VSET_SIZE) && sa->size == 0 &&
	    (sa->mask & VSET_MTIME_NOW);
}

static int
window_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	struct vsetattr left = *sa;

	if (sa->mask & (VSET_MODE | VSET_UID | VSET_GID))
		return -EPERM;
	if (is_for_open(sa))
		left.mask &= ~(unsigned int)(VSET_MTIME | VSET_MTIME_NOW);
	else if ((sa->mask & VSET_SIZE) &&
	    sa->size != etfs_image_of(vn)->window.size)
		return -EPERM;
	left.mask &= ~(unsigned int)VSET_SIZE;
	return left.mask != 0 ? etfs_setattr(op, vn, file, &left) : 0;
}

const struct vfs_ops etfs_image_window_ops = {
	.reclaim = etfs_reclaim,
	.destroy = etfs_image_destroy,
	.lane = etfs_lane,
	.getattr = window_getattr,
	.setattr = window_setattr,
	.statfs = etfs_statfs,
	.open = window_open,
	.close = etfs_close,
	.extent = window_extent,
	.read = window_read,
	.write = window_write,
	.fsync = etfs_fsync,
};
