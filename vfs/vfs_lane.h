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
	uv_cond_t dismissed; /* hired has become 0 */
	bool careful; /* nothing is tried; set before anything runs */
	unsigned int workers; /* that may be hired */
	unsigned int hired;
	unsigned int busy; /* have an operation, or are on their way to one */
	struct vlane *common; /* for what has none of its own */
	struct vlane *turn; /* whose turn it is, in the ring of all */
};

/* One that has been asked for.  To be queued, and freed by who was given it. */
struct vworker {
	uv_work_t work;
	struct vlanes *all;
	struct vop *first; /* to begin with; NULL: that has been given up */
	struct vop *last; /* for who was given it: ended, but not told */
};

int vlanes_init(struct vlanes *lanes);
void vlanes_fini(struct vlanes *lanes); /* waits for the last worker's end */

/*
 * op stands in line in op->lane.  0, and *w is NULL or a worker for it; or
 * -ENOMEM.
 */
int vlane_enter(struct vop *op, struct vworker **w);

/*
 * A worker for something that waits in lane, or elsewhere, and may run now.
 * NULL: there is no such, or no memory; then those that work will come to it.
 */
struct vworker *vlane_hire(struct vlane *lane);

/*
 * On the worker: what to run first, and next when op has ended.  NULL: that is
 * all, and w not counted any longer.
 */
struct vop *vlane_begin(struct vworker *w);
struct vop *vlane_next(struct vworker *w, struct vop *op);

/*
 * Of what hardly ever has to wait: may the loop do it, in this lane?  If so,
 * vlane_tried has to be told when it has.
 */
struct vlane_try {
	uint64_t begun; /* uv_hrtime() */
	bool counted;
	long sleeps; /* of the thread, if counted */
};

bool vlane_may_try(const struct vlane *lane, struct vlane_try *t);
void vlane_tried(struct vlane *lane, const struct vlane_try *t);

/* op is not to run any more.  False: it does already, or has done. */
bool vlane_give_up(struct vop *op);

#endif
