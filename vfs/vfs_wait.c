/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_wait.c -- operations that wait about locks, and the two timers.
 */

#include "vfs_internal.h"
#include "vfs_wait.h"

void
waits_init(struct waits *waits)
{
	waits->first = NULL;
	waits->tail = &waits->first;
}

bool
waits_has(const struct vop *op)
{
	return op->u.lock.prev != NULL;
}

static void
join_vnode(struct waits *waits, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;

	c->next = NULL;
	c->prev = waits->tail;
	*c->prev = op;
	waits->tail = &c->next;
}

static void
leave_vnode(struct waits *waits, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;

	*c->prev = c->next;
	if (c->next != NULL)
		c->next->u.lock.prev = c->prev;
	else
		waits->tail = c->prev;
	c->prev = NULL;
}

static void
join_loop(struct vloop *loop, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;

	uv_mutex_lock(&loop->mutex);
	c->loop_next = NULL;
	c->loop_prev = loop->waiting_tail;
	*c->loop_prev = op;
	loop->waiting_tail = &c->loop_next;
	uv_mutex_unlock(&loop->mutex);
}

/* If it is there.  The mutex of loop is held. */
static void
unlink_from_loop(struct vloop *loop, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;

	if (c->loop_prev == NULL)
		return;
	*c->loop_prev = c->loop_next;
	if (c->loop_next != NULL)
		c->loop_next->u.lock.loop_prev = c->loop_prev;
	else
		loop->waiting_tail = c->loop_prev;
	c->loop_prev = NULL;
}

static void
leave_loop(struct vloop *loop, struct vop *op)
{
	uv_mutex_lock(&loop->mutex);
	unlink_from_loop(loop, op);
	uv_mutex_unlock(&loop->mutex);
}

/*
 * Take the oldest wait of loop if its time is up.  Else NULL, and *left is the
 * milliseconds it has, or 0 if there is none.  It may be granted by somebody
 * else after that, but is not done before us.
 */
static struct vop *
take_expired(struct vloop *loop, uint64_t *left)
{
	uint64_t now = uv_now(loop->uv);
	struct vop *op;

	*left = 0;
	uv_mutex_lock(&loop->mutex);
	op = loop->waiting;
	if (op != NULL && op->u.lock.deadline > now) {
		*left = op->u.lock.deadline - now;
		op = NULL;
	}
	if (op != NULL)
		unlink_from_loop(loop, op);
	uv_mutex_unlock(&loop->mutex);
	return op;
}

/*
 * The timer runs for the deadline of the oldest wait, or of one that was the
 * oldest once and has ended since: then it comes early, and looks again.
 */
static void
timer_passed(uv_timer_t *timer)
{
	struct vloop *loop = timer->data;
	struct vop *op;
	uint64_t left;

	while ((op = take_expired(loop, &left)) != NULL)
		vlock_expired(op);
	if (left > 0)
		(void)uv_timer_start(timer, timer_passed, left, 0);
}

void
waits_join(struct waits *waits, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;
	struct vloop *loop = op->loop;

	join_vnode(waits, op);
	if (!c->wait)
		return;
	c->deadline = uv_now(loop->uv) + c->table->wait_ms;
	join_loop(loop, op);
	if (!uv_is_active((uv_handle_t *)&loop->timer))
		(void)uv_timer_start(
		    &loop->timer, timer_passed, c->table->wait_ms, 0);
}

void
waits_leave(struct waits *waits, struct vop *op)
{
	if (op->u.lock.prev != NULL)
		leave_vnode(waits, op);
	if (op->u.lock.wait)
		leave_loop(op->loop, op);
}

/*
 * The refused waits of a loop whose pause is over, as a list of their own, in
 * their order.  *more: there are others, whose is not.  Those that another
 * thread ends from here on are still there, for they are not done before us.
 */
static struct vop *
take_due(struct vloop *loop, bool *more)
{
	struct vop *op, *due = NULL, **tail = &due;
	uint64_t now = uv_now(loop->uv);

	*more = false;
	uv_mutex_lock(&loop->mutex);
	for (op = loop->waiting; op != NULL; op = op->u.lock.loop_next) {
		if (!op->u.lock.refused)
			continue;
		if (op->u.lock.retry_at > now) {
			*more = true;
			continue;
		}
		op->u.lock.due_next = NULL;
		*tail = op;
		tail = &op->u.lock.due_next;
	}
	uv_mutex_unlock(&loop->mutex);
	return due;
}

static void
poll_passed(uv_timer_t *timer)
{
	struct vop *op, *next;
	bool more;

	op = take_due(timer->data, &more);
	if (!more)
		(void)uv_timer_stop(timer);
	for (; op != NULL; op = next) {
		next = op->u.lock.due_next;
		vlock_retry(op);
	}
}

void
waits_refused(struct vop *op)
{
	struct vlock_call *c = &op->u.lock;
	struct vloop *loop = op->loop;
	uint32_t pause = c->table->poll_ms;

	c->refused = true;
	c->retry_ms = c->retry_ms == 0 ? pause : 2 * c->retry_ms;
	if (c->retry_ms > c->table->poll_max_ms)
		c->retry_ms = c->table->poll_max_ms;
	c->retry_at = uv_now(loop->uv) + c->retry_ms;
	if (!uv_is_active((uv_handle_t *)&loop->poll))
		(void)uv_timer_start(&loop->poll, poll_passed, pause, pause);
}
