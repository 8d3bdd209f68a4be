/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_range.h -- the locks that are held on one file; for vfs_lock.c alone.
 *
 * All of it under the mutex of the table.
 */

#ifndef VFS_RANGE_H
#define VFS_RANGE_H

#include "vfs_lock.h"

struct held {
	struct held *next;
	struct vlock lk; /* to read or to write; the host's name is in host */
	const struct vfile *file; /* it was taken through; only compared */
	char host[];
};

/* The first lock, by where it starts, that lk has to wait for; or NULL. */
const struct held *range_conflict(
    const struct held *held, const struct vlock *lk);

/*
 * Make lk, which nobody else's lock is in the way of, what its owner holds.
 * 0, or -ENOLCK or -ENOMEM and nothing has changed.
 */
int range_set(struct held **list, struct vlock_table *table,
    const struct vlock *lk, const struct vfile *file);

/* Drop the locks that were taken through file, or all if it is NULL. */
void range_drop(
    struct held **list, struct vlock_table *table, const struct vfile *file);

#endif
