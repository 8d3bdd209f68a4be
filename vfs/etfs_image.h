/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_image.h -- what the etfs_image*.c files share.
 */

#ifndef ETFS_IMAGE_H
#define ETFS_IMAGE_H

#include "etfs_internal.h"
#include "etfs_part.h"

/* A mount of one file.  Constant after etfs_image_new(). */
struct etfs_image {
	struct etfs etfs;
	struct vclaim claim;
	char *path; /* the claim's name */
	struct etfs_part window; /* unused if it is a whole regular file */
	bool device; /* the host file is a block device */
	int lock_fd; /* holds the lock on the window, or -1 */
};

static inline struct etfs_image *
etfs_image_of(const struct vnode *vn)
{
	return (struct etfs_image *)vn->fs; /* etfs.fs is its first member */
}

void etfs_image_destroy(struct vfs_fs *vfs_fs);

/* etfs_image_window.c -- a file of fixed size */
extern const struct vfs_ops etfs_image_window_ops;

/*
 * etfs_image_size.c -- which bytes of the host file, open on fd, cfg asks for.
 * -EINVAL, and why: they are not there, or none; or what the host says.
 */
int etfs_image_size(const struct etfs_config *cfg, int fd,
    struct etfs_part *out, struct etfs_why *why);

/*
 * etfs_image_lock.c -- lock these bytes for as long as fd is open: against all
 * others or, if it is read-only, against those who write.  -EBUSY, and why.
 */
int etfs_image_lock(int fd, const struct etfs_part *window, bool readonly,
    struct etfs_why *why);

#endif
