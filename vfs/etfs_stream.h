/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_stream.h -- what the etfs_stream*.c files share.
 */

#ifndef ETFS_STREAM_H
#define ETFS_STREAM_H

#include "etfs_internal.h"

/* A mount.  Constant after etfs_stream_new(). */
struct etfs_stream {
	struct etfs etfs; /* for its identity; there are no nodes */
	struct vnode vn; /* the only one there is */
	int path; /* O_PATH */
	bool is_fifo;
	int reader; /* of a FIFO, or -1 */
};

static inline struct etfs_stream *
stream_of(const struct vnode *vn)
{
	return (struct etfs_stream *)vn->fs; /* etfs.fs is its first member */
}

/* Operations that wait, oldest first, by op->next. */
struct etfs_stream_queue {
	struct vop *first;
	struct vop **tail;
};

/*
 * An open file: its descriptor, in file->fd, is its own, so that all of this
 * belongs to one loop, that of whoever has opened it.
 */
struct etfs_stream_file {
	int fd; /* file->fd */
	bool watched; /* poll is initialized */
	bool unwatchable; /* the device does not know how to be waited for */
	bool begun; /* of a FIFO: something has been read */
	int events; /* what poll is waiting for */
	uv_poll_t poll;
	struct etfs_stream_queue readers, writers;
};

/*
 * etfs_stream_io.c -- data, and waiting for it.
 */
struct etfs_stream_file *etfs_stream_file_new(
    int fd); /* NULL if there is no memory */

/* On the loop; nobody waits.  The descriptor stays open. */
void etfs_stream_file_free(struct etfs_stream_file *f);

/* See struct vfs_ops. */
int etfs_stream_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int etfs_stream_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int etfs_stream_poll(struct vop *op, struct vfile *file, int events);

#endif
