/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_op.c -- how an operation runs, waits and ends.
 *
 * An operation is a function called once on the loop, and once more on a
 * worker if it says VFS_WOULDBLOCK.  This is the only file that knows of
 * workers.  Everything ends in op->done, on the loop the operation belongs to.
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

static void
work_after(uv_work_t *work, int status)
{
	struct vop *op = vop_of_work(work);

	op->may_block = false;
	if (status != 0) { /* canceled: an operation of steps cleans up */
		vop_finish(op, status);
		return;
	}
	op->hurry = NULL;
	op->done(op, op->rc);
}

/* Not started yet?  Then it never will be, and work_after hears of it. */
static void
work_hurry(struct vop *op)
{
	(void)uv_cancel((uv_req_t *)&op->work);
}

static int
to_worker(struct vop *op)
{
	int rc;

	if (op->loop == NULL)
		return -EDEADLK; /* the caller promised nothing would wait */
	op->may_block = true;
	op->hurry = work_hurry;
	rc = uv_queue_work(op->loop->uv, &op->work, work_run, work_after);
	if (rc == 0)
		return VFS_PENDING;
	op->may_block = false;
	op->hurry = NULL;
	return rc;
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
	struct vloop *loop = op->loop;

	uv_mutex_lock(&loop->mutex);
	op->rc = rc;
	op->next = NULL;
	*loop->finished_tail = op;
	loop->finished_tail = &op->next;
	uv_mutex_unlock(&loop->mutex);
	(void)uv_async_send(&loop->async);
}

static void
finish_posted(uv_async_t *async)
{
	struct vloop *loop = async->data;
	struct vop *op, *next;

	uv_mutex_lock(&loop->mutex);
	op = loop->finished;
	loop->finished = NULL;
	loop->finished_tail = &loop->finished;
	uv_mutex_unlock(&loop->mutex);

	for (; op != NULL; op = next) {
		next = op->next;
		vop_finish(op, op->rc);
	}
}

int
vloop_init(struct vloop *loop, uv_loop_t *uv)
{
	int rc;

	memset(loop, 0, sizeof(*loop));
	loop->uv = uv;
	loop->finished_tail = &loop->finished;
	loop->waiting_tail = &loop->waiting;
	if ((rc = uv_mutex_init(&loop->mutex)) != 0)
		return rc;
	if ((rc = uv_async_init(uv, &loop->async, finish_posted)) != 0) {
		uv_mutex_destroy(&loop->mutex);
		return rc;
	}
	(void)uv_timer_init(uv, &loop->timer); /* cannot fail */
	loop->async.data = loop;
	loop->timer.data = loop;
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
	uv_close((uv_handle_t *)&loop->timer, timer_closed);
}

static int
call_run(struct vop *op)
{
	return op->may_block ? op->u.work.run(op) : VFS_WOULDBLOCK;
}

int
vfs_run(struct vop *op, int (*run)(struct vop *op))
{
	op->u.work.run = run;
	return vop_run(op, call_run, NULL);
}
