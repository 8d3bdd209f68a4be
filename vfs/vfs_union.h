/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_union.h -- what all owners of locks on a file hold together; for
 * vfs_turn.c and vfs_lock.c alone.
 *
 * Others than our clients see one lock at a byte, or none: a write lock where
 * somebody has one, else a read lock where anybody has one.  These functions
 * tell what a change to the list of locks changes in that.
 */

#ifndef VFS_UNION_H
#define VFS_UNION_H

#include "vfs_range.h"

/* Does everybody together hold at each byte of lk just that already? */
bool union_covers(const struct held *held, const struct vlock *lk);

/* What is to be given up. */
struct leaving {
	const struct vlock *lk; /* what its owner has in its range; or NULL: */
	const struct vfile *file; /* all that was taken through file */
};

/*
 * Tell of each range, in their order, that nobody will hold when leaving has
 * gone, until tell returns something else than 0, which is then returned.
 * When nothing stays at all, that is one range: 0 to UINT64_MAX.
 */
typedef int union_tell(void *ctx, uint64_t start, uint64_t end);

int union_freed(const struct held *held, const struct leaving *leaving,
    union_tell *tell, void *ctx);

#endif
