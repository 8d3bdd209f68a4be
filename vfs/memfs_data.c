/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_data.c -- the contents of regular files.
 *
 * The mode is looked at when a file is opened, and never again.  No page lies
 * beyond the size, and the last one is zero from there on: then a file that
 * grows, by truncation or by a write further out, shows zeros for nothing.
 *
 * A write has all its pages before it writes a byte, and so happens as a whole
 * or not at all: a client that is told of half a write may lose the other half.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "memfs_internal.h"

static int
check_open(const struct vop *op, const struct memfs_node *node, int flags)
{
	static const int want[] = {
		[O_RDONLY] = R_OK, [O_WRONLY] = W_OK, [O_RDWR] = R_OK | W_OK
	};
	int truncates = flags & O_TRUNC ? W_OK : 0;
	int rc;

	rc = memfs_node_access(op, node, want[flags & O_ACCMODE] | truncates);
	if (rc != 0)
		return rc;
	if (flags & O_NOATIME && op->cred->uid != 0 &&
	    op->cred->uid != node->uid)
		return -EPERM;
	return 0;
}

/* What a change of the contents does besides. */
static void
written(const struct vop *op, struct memfs_node *node)
{
	node->mode = vaccess_written(op->cred, node->mode, node->gid);
	memfs_xattr_drop_capability(node);
	memfs_time_modified(node);
}

int
memfs_data_open_locked(struct vop *op, struct memfs_node *node, int flags)
{
	int rc;

	if ((rc = check_open(op, node, flags)) != 0)
		return rc;
	if (flags & O_TRUNC) {
		memfs_data_truncate(node, 0);
		written(op, node);
	}
	return 0;
}

int
memfs_data_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	struct memfs *fs = memfs_of(vn);
	int rc;

	(void)dir;
	(void)name;
	(void)file;
	if (flags & O_TRUNC)
		pthread_rwlock_wrlock(&fs->lock);
	else
		pthread_rwlock_rdlock(&fs->lock);
	rc = memfs_data_open_locked(op, memfs_node_of(vn), flags);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

/* A place in the caller's buffers. */
struct cursor {
	const struct iovec *iov;
	size_t pos; /* in the first of them */
};

/* Up to max bytes that lie together there, which count as done. */
static unsigned char *
next_piece(struct cursor *c, size_t max, size_t *len)
{
	unsigned char *p;

	while (c->pos == c->iov->iov_len) {
		c->iov++;
		c->pos = 0;
	}
	p = (unsigned char *)c->iov->iov_base + c->pos;
	*len = c->iov->iov_len - c->pos < max ? c->iov->iov_len - c->pos : max;
	c->pos += *len;
	return p;
}

/* Fill len bytes of the caller's from page, or with zeros if it is a hole. */
static void
copy_out(struct cursor *c, const unsigned char *page, size_t len)
{
	unsigned char *to;
	size_t n;

	for (; len > 0; len -= n) {
		to = next_piece(c, len, &n);
		if (page == NULL) {
			memset(to, 0, n);
			continue;
		}
		memcpy(to, page, n);
		page += n;
	}
}

static void
copy_in(struct cursor *c, unsigned char *page, size_t len)
{
	const unsigned char *from;
	size_t n;

	for (; len > 0; len -= n) {
		from = next_piece(c, len, &n);
		memcpy(page, from, n);
		page += n;
	}
}

/* How many of len bytes at off lie in the page of off. */
static size_t
in_page(uint64_t off, size_t len)
{
	size_t room = MEMFS_PAGE - (size_t)(off % MEMFS_PAGE);

	return len < room ? len : room;
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

static void
read_pages(const struct memfs_file *data, uint64_t off, const struct iovec *iov,
    size_t len)
{
	struct cursor c = { iov, 0 };
	const unsigned char *page;
	size_t n;

	for (; len > 0; len -= n, off += n) {
		n = in_page(off, len);
		page = memfs_map_page(&data->map, off / MEMFS_PAGE);
		copy_out(&c, page ? page + off % MEMFS_PAGE : NULL, n);
	}
}

static void
write_pages(
    struct memfs_file *data, uint64_t off, const struct iovec *iov, size_t len)
{
	struct cursor c = { iov, 0 };
	unsigned char *page;
	size_t n;

	for (; len > 0; len -= n, off += n) {
		n = in_page(off, len);
		page = memfs_map_page(&data->map, off / MEMFS_PAGE);
		copy_in(&c, page + off % MEMFS_PAGE, n);
	}
}

int
memfs_data_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct memfs_node *node = memfs_node_of(file->vn);
	const struct memfs_file *data = &node->u.file;
	struct memfs *fs = memfs_of(file->vn);
	size_t size = iov_size(iov, iovcnt);

	(void)op;
	pthread_rwlock_rdlock(&fs->lock);
	if (off >= data->size)
		size = 0;
	else if (size > data->size - off)
		size = (size_t)(data->size - off);
	read_pages(data, off, iov, size);
	if (!(file->flags & O_NOATIME))
		memfs_time_was_read(node);
	pthread_rwlock_unlock(&fs->lock);
	*len = size;
	return 0;
}

static int
write_locked(
    struct memfs_node *node, uint64_t off, const struct iovec *iov, size_t len)
{
	struct memfs_file *data = &node->u.file;
	int rc;

	if (len > INT64_MAX - off)
		return -EFBIG;
	rc = memfs_map_reserve(memfs_of(&node->vn), &data->map, off, len);
	if (rc != 0)
		return rc;
	write_pages(data, off, iov, len);
	if (off + len > data->size)
		data->size = off + len;
	return 0;
}

int
memfs_data_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct memfs_node *node = memfs_node_of(file->vn);
	struct memfs *fs = memfs_of(file->vn);
	size_t size = iov_size(iov, iovcnt);
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	if (file->flags & O_APPEND)
		off = node->u.file.size;
	if ((rc = write_locked(node, off, iov, size)) == 0) {
		written(op, node);
		*len = size;
	}
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

/* There is nothing that could be lost any later than now. */
int
memfs_data_fsync(struct vop *op, struct vfile *file, bool data_only)
{
	(void)op;
	(void)file;
	(void)data_only;
	return 0;
}

void
memfs_data_truncate(struct memfs_node *node, uint64_t size)
{
	struct memfs_file *data = &node->u.file;
	uint64_t pages = (size + MEMFS_PAGE - 1) / MEMFS_PAGE;
	size_t tail = (size_t)(size % MEMFS_PAGE);
	unsigned char *page;

	/* Of the same size it counts as modified all the same: truncate(2). */
	if (size < data->size) {
		memfs_map_cut(memfs_of(&node->vn), &data->map, pages);
		page = memfs_map_page(&data->map, size / MEMFS_PAGE);
		if (tail != 0 && page != NULL)
			memset(page + tail, 0, MEMFS_PAGE - tail);
	}
	data->size = size;
	memfs_xattr_drop_capability(node);
	memfs_time_modified(node);
}
