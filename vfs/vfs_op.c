/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_op.c -- how an operation runs, waits and ends.
 *
 * An operation is a function called once on the loop, and once more on a
 * worker, a thread of libuv's, if it says VFS_WOULDBLOCK; or on the loop once
 * more, if it hardly ever would.  Workers are known
 * only here and in vfs_lane.c, which says what gets one next, so that a host
 * that does not answer keeps few of them.  Everything ends in op->done, on the
 * loop the operation belongs to.
 *
 * An operation that waits for a worker is given up when it is hurried.  One
 * that a worker has begun is not: no thread can be called back from a disk, and
 * whether it has changed something is known when it returns.  A walk that comes
 * back to wait for another worker is, for it has changed nothing.
 */

#include <errno.h>
#include <stddef.h>
#include <stdlib.h>
#include <string.h>

#include "vfs_internal.h"

void
vop_init(
    struct vop *op, struct vloop *loop, void (*done)(struct vop *op, int rc))
{
	memset(op, 0, sizeof(*op));
	op->loop = loop;
	op->done = done;
}

static struct vworker *
worker_of(uv_work_t *work)
{
	return (
	    struct vworker *)((char *)work - offsetof(struct vworker, work));
}

/*
 * One call wakes the loop for all that are posted before it looks.  It may be
 * gone as soon as it has had op, which is when the mutex is free.
 */
static void
post(struct vop *op)
{
	struct vloop *loop = op->loop;

	uv_mutex_lock(&loop->mutex);
	if (loop->posted == NULL)
		(void)uv_async_send(&loop->async);
	op->next = NULL;
	*loop->posted_tail = op;
	loop->posted_tail = &op->next;
	uv_mutex_unlock(&loop->mutex);
}

/*
 * On a worker, which goes on with others as long as there are any.  The last is
 * left for the loop to find with the worker's end, and so costs it one event.
 */
static void
work(uv_work_t *req)
{
	struct vworker *w = worker_of(req);
	struct vop *op = vlane_begin(w), *next;

	while (op != NULL) {
		op->rc = op->call(op);
		next = vlane_next(w, op);
		if (next == NULL && op->loop->uv == req->loop)
			w->last = op;
		else
			post(op);
		op = next;
	}
}

static void work_ended(struct vop *op);

static void
worker_ended(uv_work_t *req, int status)
{
	struct vworker *w = worker_of(req);
	struct vop *op = w->last;

	(void)status; /* nobody cancels workers */
	free(w);
	if (op != NULL)
		work_ended(op);
}

/* It fails only without a function to call. */
static void
begin_work(struct vloop *loop, struct vworker *w)
{
	(void)uv_queue_work(loop->uv, &w->work, work, worker_ended);
}

/* It had not begun?  Then it never will, and is told as if it had ended. */
static void
work_hurry(struct vop *op)
{
	if (vlane_give_up(op))
		vop_post(op, -ECANCELED);
}

static int
to_worker(struct vop *op)
{
	struct vworker *w;
	int rc;

	if (op->loop == NULL)
		return -EDEADLK; /* the caller promised nothing would wait */
	if (op->lane == NULL)
		op->lane = vnode_lane(op->vn);
	op->may_block = true;
	op->hurry = work_hurry;
	if ((rc = vlane_enter(op, &w)) != 0) {
		op->may_block = false;
		op->hurry = NULL;
		return rc;
	}
	if (w != NULL)
		begin_work(op->loop, w);
	return VFS_PENDING;
}

/* A worker has done with op; others may have waited for that. */
static void
work_ended(struct vop *op)
{
	struct vworker *w;
	int rc = op->rc;

	while ((w = vlane_hire(op->lane)) != NULL)
		begin_work(op->loop, w);
	op->may_block = false;
	op->hurry = NULL;
	op->stage = VOP_OUTSIDE;
	if (rc == VFS_WOULDBLOCK) { /* where it was */
		rc = op->hurried ? -ECANCELED : to_worker(op);
		if (rc < 0)
			vop_finish(op, rc);
		return;
	}
	if (rc == VFS_PENDING) { /* a step of several: resume goes on */
		vop_finish(op, 0);
		return;
	}
	op->done(op, rc);
}

/*
 * The loop plays the worker, if it may.  A step of several ends as on a worker.
 */
static int
try_here(struct vop *op)
{
	struct vlane *lane = op->lane != NULL ? op->lane : vnode_lane(op->vn);
	int (*resume)(struct vop * op, int rc) = op->resume;
	struct vlane_try t;
	int rc;

	if (!vlane_may_try(lane, &t))
		return VFS_WOULDBLOCK;
	op->may_block = op->on_loop = true;
	rc = op->call(op);
	op->may_block = op->on_loop = false;
	vlane_tried(lane, &t);
	if (rc != VFS_PENDING)
		return rc;
	op->resume = NULL;
	return resume(op, 0);
}

int
vop_run(struct vop *op, int (*call)(struct vop *op),
    int (*resume)(struct vop *op, int rc))
{
	if (op->vn == NULL || !vnode_is_gone(op->vn))
		return vop_run_anyway(op, call, resume);
	return resume != NULL ? resume(op, -ESTALE) : -ESTALE;
}

int
vop_run_anyway(struct vop *op, int (*call)(struct vop *op),
    int (*resume)(struct vop *op, int rc))
{
	int rc;

	op->call = call;
	op->resume = resume;
	op->hurry = NULL;
	op->may_block = op->on_loop = op->seldom = false;
	op->movable = false;
	op->stage = VOP_OUTSIDE;
	op->lane = NULL;
	rc = call(op);
	if (rc == VFS_WOULDBLOCK && op->seldom && op->loop != NULL)
		rc = try_here(op);
	if (rc == VFS_WOULDBLOCK) {
		rc = to_worker(op);
		if (rc < 0 && resume != NULL)
			rc = resume(op, rc);
	}
	return rc;
}

void
vop_hurry(struct vop *op)
{
	op->hurried = true;
	if (op->hurry != NULL)
		op->hurry(op);
}

/* A pending step ended; an operation of several goes on from there. */
void
vop_finish(struct vop *op, int rc)
{
	int (*resume)(struct vop * op, int rc) = op->resume;

	op->hurry = NULL;
	op->resume = NULL;
	if (resume != NULL)
		rc = resume(op, rc);
	if (rc == VFS_WOULDBLOCK) {
		rc = to_worker(op);
		if (rc < 0 && op->resume != NULL)
			rc = op->resume(op, rc);
	}
	if (rc != VFS_PENDING)
		op->done(op, rc);
}

void
vop_post(struct vop *op, int rc)
{
	op->rc = rc;
	post(op);
}

static void
take_posted(uv_async_t *async)
{
	struct vloop *loop = async->data;
	struct vop *op, *next;

	uv_mutex_lock(&loop->mutex);
	op = loop->posted;
	loop->posted = NULL;
	loop->posted_tail = &loop->posted;
	uv_mutex_unlock(&loop->mutex);

	for (; op != NULL; op = next) {
		next = op->next;
		if (op->stage == VOP_ON_WORKER)
			work_ended(op);
		else
			vop_finish(op, op->rc);
	}
}

int
vloop_init(struct vloop *loop, uv_loop_t *uv)
{
	int rc;

	memset(loop, 0, sizeof(*loop));
	loop->uv = uv;
	loop->posted_tail = &loop->posted;
	loop->waiting_tail = &loop->waiting;
	if ((rc = uv_mutex_init(&loop->mutex)) != 0)
		return rc;
	if ((rc = uv_async_init(uv, &loop->async, take_posted)) != 0) {
		uv_mutex_destroy(&loop->mutex);
		return rc;
	}
	(void)uv_timer_init(uv, &loop->timer); /* cannot fail */
	(void)uv_timer_init(uv, &loop->poll);
	loop->async.data = loop;
	loop->timer.data = loop;
	loop->poll.data = loop;
	return 0;
}

static void
timer_closed(uv_handle_t *handle)
{
	struct vloop *loop = handle->data;

	uv_mutex_destroy(&loop->mutex);
}

void
vloop_fini(struct vloop *loop)
{
	uv_close((uv_handle_t *)&loop->async, NULL);
	uv_close((uv_handle_t *)&loop->poll, NULL);
	uv_close((uv_handle_t *)&loop->timer, timer_closed);
}

bool
vop_change_lane(struct vop *op, struct vlane *lane)
{
	if (!op->movable || op->lane == lane)
		return false;
	op->lane = lane;
	return true;
}

static int
call_run(struct vop *op)
{
	if (op->may_block)
		return op->u.work.run(op);
	op->lane = op->u.work.vfs->lanes.common;
	return VFS_WOULDBLOCK;
}

int
vfs_run(struct vfs *vfs, struct vop *op, int (*run)(struct vop *op))
{
	op->vn = NULL;
	op->u.work.vfs = vfs;
	op->u.work.run = run;
	return vop_run(op, call_run, NULL);
}
