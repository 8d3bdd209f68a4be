/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_lane.h -- which operation gets the next worker.
 *
 * A worker that waits for a host that does not answer is lost until it does,
 * and workers are few.  So operations that need one stand in lanes, one for
 * each thing that gets stuck as a whole, such as a file system of the host;
 * and within a lane each client has a line of its own.  An operation may begin
 * if
 *
 *	what its client has running in this lane
 *	+ all that is running in this lane  <  2 * workers that are free
 *
 * so that whoever has much leaves some for others, and whoever has nothing is
 * let in as long as there is one: a client alone comes to half of the workers,
 * all clients of one file system to two thirds, and another file system to most
 * of the rest.  (It is the dynamic threshold by which switches share their
 * buffers.)  What has to wait begins in the order of its line, and lines and
 * lanes take turns.
 *
 * Threads: any loop may call anything here.
 */

#ifndef VFS_LANE_H
#define VFS_LANE_H

#include "vfs_fs.h"

#define VLANE_WORKERS 4 /* unless told otherwise: libuv's own number */

/* All lanes of a vfs. */
struct vlanes {
	uv_mutex_t mutex; /* guards the rest, and what is in the lanes */
	unsigned int workers;
	unsigned int busy;
	struct vlane *common; /* for what has none of its own */
	struct vlane *turn; /* whose turn it is, in the ring of all */
};

int vlanes_init(struct vlanes *lanes);
void vlanes_fini(struct vlanes *lanes);

/*
 * op is to run in op->lane.  True: a worker is kept for it; false: it stands
 * in line.
 */
bool vlane_enter(struct vop *op);

/*
 * op no longer needs the worker that was kept for it.  Returns those that have
 * got one now, linked by next.
 */
struct vop *vlane_leave(struct vop *op);

/* op need not wait any longer.  False: it does not wait. */
bool vlane_give_up(struct vop *op);

#endif
