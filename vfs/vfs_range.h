/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_range.h -- the locks that are held on one file; for vfs_turn.c and
 * vfs_union.c alone.
 *
 * All of it under the mutex of the table.
 */

#ifndef VFS_RANGE_H
#define VFS_RANGE_H

#include "vfs_lock.h"

/* The list is by where they start. */
struct held {
	struct held *next;
	struct vlock lk; /* to read or to write; the host's name is in host */
	const struct vfile *file; /* it was taken through; only compared */
	char host[];
};

bool range_same_owner(const struct vlock *a, const struct vlock *b);
bool range_overlaps(const struct vlock *a, const struct vlock *b);

/* The first lock, by where it starts, that lk has to wait for; or NULL. */
const struct held *range_conflict(
    const struct held *held, const struct vlock *lk);

/*
 * To make lk, which nobody else's lock is in the way of, what its owner holds:
 * range_prepare may fail, with -ENOLCK or -ENOMEM, and then nothing has
 * changed.  After it comes range_commit or range_abort, and no other change to
 * the list before that.
 */
struct range_plan {
	struct held *fresh; /* for lk itself; NULL if it is an unlock */
	struct held *spare; /* for the end of a lock that it splits, or NULL */
	size_t reserved; /* so many locks more are counted already */
};

int range_prepare(const struct held *held, struct vlock_table *table,
    const struct vlock *lk, const struct vfile *file, struct range_plan *plan);
void range_commit(struct held **list, struct vlock_table *table,
    const struct vlock *lk, const struct vfile *file,
    const struct range_plan *plan);
void range_abort(struct vlock_table *table, const struct vlock *lk,
    const struct range_plan *plan);

/* Drop the locks that were taken through file, or all if it is NULL. */
void range_drop(
    struct held **list, struct vlock_table *table, const struct vfile *file);

#endif
