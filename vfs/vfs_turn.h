/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_turn.h -- whose turn it is to change the locks of a vnode; for
 * vfs_lock.c alone.
 *
 * The table's mutex guards struct vlocks; but what is held does not change
 * while an operation asks, so that this one may look without.
 */

#ifndef VFS_TURN_H
#define VFS_TURN_H

#include "vfs_fs.h"
#include "vfs_union.h"
#include "vfs_wait.h"

#define TURN_ASKS 3 /* it is op's turn, to ask the host */

/* The locks of a vnode; it has none of these while there is nothing in it. */
struct vlocks {
	struct held *held;
	struct waits waits;
	struct vop *asking; /* whose turn it is, or NULL */
	struct range_plan plan; /* of asking, if it takes a lock */
};

static inline struct vlocks *
turn_locks(struct vnode *vn)
{
	return atomic_load_explicit(&vn->locks, memory_order_relaxed);
}

/* Does it give up something, and so cannot be refused, nor be given up? */
bool turn_is_release(const struct vlock_call *c);
struct leaving turn_leaving(const struct vlock_call *c);

/*
 * op, whose op->u.lock is filled in, wants its turn: 0 or -errno, it has had
 * it; VFS_PENDING, turn_came will be its resume; or TURN_ASKS: then turn_over
 * has to be called with what the host says.
 */
int turn_ask_for(struct vop *op);

/* On op's loop.  As turn_ask_for, but that it does not have to ask again. */
int turn_over(struct vop *op, int rc);

/*
 * vfs_lock.c's: it was op's turn, and rc is how it ended; or it is, and rc is
 * TURN_ASKS.
 */
int turn_came(struct vop *op, int rc);

#endif
