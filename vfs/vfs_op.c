/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_op.c -- how an operation runs, waits and ends.
 *
 * An operation is a function called once on the loop, and once more on a
 * worker if it says VFS_WOULDBLOCK.  This is the only file that knows of
 * workers, libuv's; who gets one next, so that a host that does not answer
 * keeps few of them, is vfs_lane.c's to say.  Everything ends in op->done, on
 * the loop the operation belongs to.
 *
 * An operation that waits for a worker is given up when it is hurried.  One
 * that a worker has begun is not: no thread can be called back from a disk, and
 * whether it has changed something is known when it returns.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vfs_internal.h"

static struct vop *
vop_of_work(uv_work_t *work)
{
	return (struct vop *)((char *)work - offsetof(struct vop, work));
}

void
vop_init(
    struct vop *op, struct vloop *loop, void (*done)(struct vop *op, int rc))
{
	memset(op, 0, sizeof(*op));
	op->loop = loop;
	op->done = done;
}

static void
work_run(uv_work_t *work)
{
	struct vop *op = vop_of_work(work);

	op->rc = op->call(op);
}

static void work_after(uv_work_t *work, int status);

/* On op's loop: a worker is kept for it. */
static void
begin_work(struct vop *op)
{
	op->stage = VOP_ON_WORKER;
	op->may_block = true;
	/* It fails only without a function to call. */
	(void)uv_queue_work(op->loop->uv, &op->work, work_run, work_after);
}

static void
post(struct vop *op)
{
	struct vloop *loop = op->loop;

	uv_mutex_lock(&loop->mutex);
	op->next = NULL;
	*loop->posted_tail = op;
	loop->posted_tail = &op->next;
	uv_mutex_unlock(&loop->mutex);
	(void)uv_async_send(&loop->async);
}

/* The worker that op had is free; others may have waited for it. */
static void
leave_worker(struct vop *op)
{
	struct vop *other, *next;

	op->may_block = false;
	for (other = vlane_leave(op); other != NULL; other = next) {
		next = other->next;
		if (other->loop == op->loop)
			begin_work(other);
		else
			post(other);
	}
}

/* It had not begun?  Then it never will, and is told as if it had ended. */
static void
work_hurry(struct vop *op)
{
	if (vlane_give_up(op))
		vop_post(op, -ECANCELED);
	else if (op->stage == VOP_ON_WORKER)
		(void)uv_cancel((uv_req_t *)&op->work);
}

static int
to_worker(struct vop *op)
{
	if (op->loop == NULL)
		return -EDEADLK; /* the caller promised nothing would wait */
	if (op->lane == NULL)
		op->lane = vnode_lane(op->vn);
	op->hurry = work_hurry;
	if (vlane_enter(op))
		begin_work(op);
	return VFS_PENDING;
}

static void
work_after(uv_work_t *work, int status)
{
	struct vop *op = vop_of_work(work);

	leave_worker(op);
	if (status != 0 || op->rc == VFS_PENDING) {
		/* Canceled, or a step of several: resume ends it or goes on. */
		vop_finish(op, status);
		return;
	}
	if (op->rc == VFS_WOULDBLOCK) { /* in the lane that it was in */
		(void)to_worker(op);
		return;
	}
	op->hurry = NULL;
	op->done(op, op->rc);
}

int
vop_run(struct vop *op, int (*call)(struct vop *op),
    int (*resume)(struct vop *op, int rc))
{
	int rc;

	op->call = call;
	op->resume = resume;
	op->hurry = NULL;
	op->may_block = false;
	op->movable = false;
	op->stage = VOP_OUTSIDE;
	op->lane = NULL;
	rc = call(op);
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
	if (rc == VFS_WOULDBLOCK)
		rc = to_worker(op);
	if (rc != VFS_PENDING)
		op->done(op, rc);
}

void
vop_post(struct vop *op, int rc)
{
	op->rc = rc;
	post(op);
}

/* What other threads have to say: this may begin, that has ended. */
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
		if (op->stage == VOP_ADMITTED)
			begin_work(op);
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
	op->u.work.vfs = vfs;
	op->u.work.run = run;
	return vop_run(op, call_run, NULL);
}
