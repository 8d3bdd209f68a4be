/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_io.c -- data between an iovec and a host descriptor, now or on a worker.
 *
 * Now means what the page cache has, or takes: the kernel promises that with
 * RWF_NOWAIT, or refuses the flag, which is remembered.
 */

#include <errno.h>
#include <fcntl.h>
#include <limits.h>

#include "etfs_internal.h"

#define REST 16 /* pieces of an iovec of which only a part is used */

size_t
etfs_io_size(const struct iovec *iov, int iovcnt)
{
	size_t size = 0;
	int i;

	for (i = 0; i < iovcnt; i++)
		size += iov[i].iov_len;
	return size;
}

/* What io has after skip bytes, as far as there is room for it in rest. */
static int
rest_of(const struct etfs_io *io, size_t skip, struct iovec rest[REST])
{
	size_t left = io->size - skip, len;
	int i, n = 0;

	for (i = 0; i < io->iovcnt && n < REST && left > 0; i++) {
		if (skip >= io->iov[i].iov_len) {
			skip -= io->iov[i].iov_len;
			continue;
		}
		len = io->iov[i].iov_len - skip;
		if (len > left)
			len = left;
		rest[n].iov_base = (char *)io->iov[i].iov_base + skip;
		rest[n++].iov_len = len;
		left -= len;
		skip = 0;
	}
	return n;
}

/* 0: all that io asks for, or all that there is.  Else as far as *len. */
static int
read_all(const struct etfs_io *io, int flags, size_t *len)
{
	struct iovec rest[REST];
	ssize_t n;

	*len = 0;
	while (*len < io->size) {
		n = preadv2(io->fd, rest, rest_of(io, *len, rest),
		    (off_t)(io->off + *len), flags);
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
read_now(const struct etfs_io *io, size_t *len)
{
	struct etfs_dev *dev = io->dev;
	int rc;

	if (dev->never_waits)
		return read_all(io, 0, len);
	if (!dev->local ||
	    atomic_load_explicit(&dev->no_nowait_read, memory_order_relaxed))
		return VFS_WOULDBLOCK;
	rc = read_all(io, RWF_NOWAIT, len);
	if (rc != 0 && refused(rc))
		atomic_store_explicit(
		    &dev->no_nowait_read, true, memory_order_relaxed);
	return rc == -EAGAIN || refused(rc) ? VFS_WOULDBLOCK : rc;
}

/* An error after a part: the next read will meet it again. */
int
etfs_io_read(const struct vop *op, const struct etfs_io *io, size_t *len)
{
	size_t got = 0;
	int rc;

	if (vop_may_block(op))
		rc = read_all(io, 0, &got);
	else
		rc = read_now(io, &got);
	if (rc == VFS_WOULDBLOCK || (rc != 0 && got == 0))
		return rc;
	*len = got;
	return 0;
}

/* A host that takes nothing of something, and does not say why, has failed. */
static int
write_some(const struct etfs_io *io, int flags, size_t *len)
{
	bool whole = io->size == etfs_io_size(io->iov, io->iovcnt);
	const struct iovec *iov = io->iov;
	int iovcnt = io->iovcnt < IOV_MAX ? io->iovcnt : IOV_MAX;
	/* Of no meaning to an append, but to the kernel. */
	off_t off = io->off <= INT64_MAX ? (off_t)io->off : 0;
	struct iovec rest[REST];
	ssize_t n;

	if (!whole) {
		iovcnt = rest_of(io, 0, rest);
		iov = rest;
	}
	do {
		n = pwritev2(io->fd, iov, iovcnt, off, flags);
	} while (n < 0 && errno == EINTR);
	if (n <= 0)
		return n == 0 ? -EIO : -errno;
	*len = (size_t)n;
	return 0;
}

/* An append cannot be done over, and RWF_NOWAIT does not cover syncing. */
static bool
may_write_now(const struct etfs_io *io)
{
	return io->dev->local &&
	    !atomic_load_explicit(
		&io->dev->no_nowait_write, memory_order_relaxed) &&
	    !(io->flags & (O_APPEND | O_SYNC | O_DSYNC));
}

/*
 * RWF_NOWAIT is refused, by ext4 above all, though what is written goes to
 * memory there as well.
 */
static int
write_perhaps(struct vop *op, const struct etfs_io *io)
{
	if (io->dev->in_memory_first && !(io->flags & (O_SYNC | O_DSYNC)))
		vop_seldom(op);
	return VFS_WOULDBLOCK;
}

/*
 * When only a part could be taken without waiting, the worker writes all once
 * more: the same bytes to the same place, before anybody was told that they
 * are there, so that nobody can tell.  To answer with the part would be to
 * report as short what the host could have kept.
 */
static int
write_now(struct vop *op, const struct etfs_io *io, size_t *len)
{
	int rc;

	if (io->dev->never_waits)
		return write_some(io, 0, len);
	if (!may_write_now(io))
		return write_perhaps(op, io);
	rc = write_some(io, RWF_NOWAIT, len);
	if (rc == 0)
		return *len < io->size ? VFS_WOULDBLOCK : 0;
	if (!refused(rc))
		return rc == -EAGAIN ? VFS_WOULDBLOCK : rc;
	atomic_store_explicit(
	    &io->dev->no_nowait_write, true, memory_order_relaxed);
	return write_perhaps(op, io);
}

int
etfs_io_write(struct vop *op, const struct etfs_io *io, size_t *len)
{
	size_t put = 0;
	int rc;

	rc = vop_may_block(op) ? write_some(io, 0, &put)
			       : write_now(op, io, &put);
	if (rc == 0)
		*len = put;
	return rc;
}
