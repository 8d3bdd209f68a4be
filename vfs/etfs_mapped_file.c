/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_file.c -- what is in files: opened, written, linked to, listed.
 *
 * An open file is the host's.  The host's own file of what is no regular file
 * to a client is never opened for one: vfs refuses that by the vnode's type.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "etfs_mapped.h"

static int
check_open(struct vop *op, struct etfs_node *node, int flags)
{
	static const int want[] = {
		[O_RDONLY] = R_OK, [O_WRONLY] = W_OK, [O_RDWR] = R_OK | W_OK
	};
	int truncates = flags & O_TRUNC ? W_OK : 0;
	struct vattr attr;
	int rc;

	if ((rc = etfs_mapped_attr(op, node, &attr)) != 0 ||
	    (rc = etfs_mapped_may(
		 op, node, &attr, want[flags & O_ACCMODE] | truncates)) != 0)
		return rc;
	if (flags & O_NOATIME && op->cred->uid != 0 &&
	    op->cred->uid != attr.uid)
		return -EPERM;
	return truncates ? etfs_mapped_written(op, node) : 0;
}

int
etfs_mapped_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	struct etfs_node *node = etfs_node_of(vn);
	int rc;

	if ((rc = etfs_mapped_begin(op, node, flags & O_TRUNC)) != 0)
		return rc;
	if ((rc = check_open(op, node, flags)) == 0)
		rc = etfs_open(op, vn, dir, name, flags, file);
	etfs_mapped_end(node);
	return rc;
}

static int
load_mode(struct vop *op, struct etfs_node *node, mode_t *mode)
{
	int rc, fd;

	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	rc = etfs_mapped_load_mode(fd, mode);
	etfs_fd_drop(node);
	return rc;
}

/* Most files have no set-id bits, which takes one look, and no lock. */
static int
drop_set_id(struct vop *op, struct etfs_node *node)
{
	mode_t mode = S_IFREG | ETFS_MAPPED_SET_ID; /* if nothing is kept */
	int rc;

	if (op->cred->uid == 0)
		return 0;
	if (etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = load_mode(op, node, &mode)) != 0 ||
	    !(mode & ETFS_MAPPED_SET_ID) ||
	    (rc = etfs_mapped_begin(op, node, true)) != 0)
		return rc;
	rc = etfs_mapped_written(op, node);
	etfs_mapped_end(node);
	return rc;
}

int
etfs_mapped_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	int rc;

	if ((rc = drop_set_id(op, etfs_node_of(file->vn))) != 0)
		return rc;
	return etfs_write(op, file, off, iov, iovcnt, len);
}

/* A file that says it is a link, but holds none, is broken: -EIO. */
static int
read_target(
    struct vop *op, struct etfs_node *node, char *buf, size_t cap, size_t *len)
{
	char target[VFS_LINK_MAX + 1];
	ssize_t n;
	int rc, node_fd, fd;

	if ((rc = etfs_fd_take(op, node, &node_fd)) != 0)
		return rc;
	rc = etfs_host_reopen(op, etfs_of(&node->vn), node_fd, O_RDONLY, &fd);
	etfs_fd_drop(node);
	if (rc != 0)
		return rc;
	do {
		n = pread(fd, target, sizeof(target), 0);
	} while (n < 0 && errno == EINTR);
	rc = n < 0 ? -errno : 0;
	close(fd);
	if (rc != 0)
		return rc;
	if (n == 0 || n > VFS_LINK_MAX || memchr(target, '\0', (size_t)n))
		return -EIO;
	*len = (size_t)n < cap ? (size_t)n : cap;
	memcpy(buf, target, *len);
	return 0;
}

/* The host may have symbolic links of its own, too: of others there is none. */
int
etfs_mapped_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	struct etfs_node *node = etfs_node_of(vn);
	int rc = etfs_readlink(op, vn, buf, cap, len);

	if (rc != -ENOENT && rc != -EINVAL)
		return rc;
	return read_target(op, node, buf, cap, len);
}

struct reader {
	vfs_emit *emit;
	void *ctx;
};

/* What the host calls a regular file can be anything but a directory. */
static bool
emit_mapped(void *ctx, const struct vdirent *entry)
{
	const struct reader *r = ctx;
	struct vdirent mapped = *entry;

	if (mapped.type == S_IFREG)
		mapped.type = 0;
	return r->emit(r->ctx, &mapped);
}

int
etfs_mapped_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx)
{
	struct reader r = { emit, ctx };

	return etfs_readdir(op, file, cookie, emit_mapped, &r);
}
