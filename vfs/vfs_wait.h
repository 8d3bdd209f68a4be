/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_wait.h -- operations that wait about locks; for vfs_turn.c alone.
 *
 * One is on a list of its vnode, oldest first.  If it waits for somebody's lock
 * it is on a list of its loop as well, by deadline, with one timer for all of
 * it, and another for those that have to ask the host again, for it tells
 * nobody when its locks go.  Both timers run only while there is need.
 *
 * Threads.  The table's mutex guards the vnode's list and, with the exceptions
 * named here, the struct vlock_call of an operation that waits.  The first to
 * look, under the mutex, ends a wait: a change of locks, on any thread; the
 * timer or a hurry, on the loop of the operation.  All end it by vop_post(),
 * and after that the operation is not ours any more.  The list of a loop is
 * guarded by the loop's own mutex, since a loop may serve more than one tree.
 * refused and what belongs to it change on the operation's loop only, and
 * under the mutex, so that there they may be read without.
 */

#ifndef VFS_WAIT_H
#define VFS_WAIT_H

#include "vfs_lock.h"

struct waits {
	struct vop *first, **tail;
};

void waits_init(struct waits *waits);

/* op waits from now on; on its own loop.  With a deadline, if it has wait. */
void waits_join(struct waits *waits, struct vop *op);
bool waits_has(const struct vop *op);
void waits_leave(struct waits *waits, struct vop *op); /* both lists */

/* The host has refused op, which waits: ask again after a pause. */
void waits_refused(struct vop *op);

/*
 * vfs_turn.c's.  op has waited long enough, and has left its loop's list.  Or
 * it is time to ask the host again.  On the loop of op, with no mutex held.
 */
void vlock_expired(struct vop *op);
void vlock_retry(struct vop *op);

#endif
