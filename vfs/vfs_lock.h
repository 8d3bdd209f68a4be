/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_lock.h -- byte-range locks: what the rest of vfs has to know.
 *
 * What can be asked of a lock is in vfs.h, vfs_lock() and vfs_getlock().  Here
 * is how locks live and die: a table in the tree, locks on their vnode, and
 * both ends of a vfile's and a vnode's life.
 */

#ifndef VFS_LOCK_H
#define VFS_LOCK_H

#include "vfs.h"

#define VLOCK_HOST_MAX 255 /* bytes in the name of an owner's host */
#define VLOCK_LIMIT 65536 /* locks held in one tree, if nobody says else */
#define VLOCK_POLL_MS 100 /* first pause before the host is asked again */
#define VLOCK_POLL_MAX_MS 1000 /* it doubles up to this */

/*
 * What all locks of a tree share; struct vfs has one as its "locks".  Its mutex
 * guards every lock, every wait and the locks field of every vnode.  While it
 * is held the mutex of a vloop may be taken, never the other way round.
 *
 * limit and the times may be changed before the first lock is taken.
 */
struct vlock_table {
	uv_mutex_t mutex;
	size_t count; /* locks held; one that waits does not count */
	size_t limit; /* no more than these: -ENOLCK */
	uint64_t wait_ms; /* how long vfs_lock() waits */
	uint32_t poll_ms, poll_max_ms; /* see VLOCK_POLL_MS */
};

/* With the limit and the times named above.  0, or the -errno of the mutex. */
int vlock_table_init(struct vlock_table *table);

/* No vnode has locks any more. */
void vlock_table_fini(struct vlock_table *table);

/*
 * file, still open, is about to be closed: drop the locks that were taken
 * through it, end the waits that came through it with -EBADF, grant what has
 * become free.  On the loop that file belongs to.  It cannot fail, and ends in
 * then, called from here or later; what that returns is returned.
 */
int vlocks_close(
    struct vop *op, struct vfile *file, int (*then)(struct vop *op, int rc));

/* vn has no references left and is about to be freed.  From any thread. */
void vlocks_vnode_fini(struct vnode *vn);

#endif
