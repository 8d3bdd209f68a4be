/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_turn.c -- whose turn it is to change the locks of a vnode.
 *
 * A file system may show the union of a vnode's locks to the host, and the
 * host may refuse.  To ask it can take long, on a worker.  So that what is
 * decided before is still true after, one operation at a time, "asking", may
 * change the locks of such a vnode; others that come meanwhile, whatever they
 * want, wait for it to end.  For a lock to be taken the host is asked first and
 * the lock is ours after; for one to be dropped, the same.
 *
 * An operation that waits and whose turn has come is granted at once, by
 * whoever made that possible, unless the host has to be asked: then it becomes
 * "asking" where it stands in the list, and is posted to its own loop to ask.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs_internal.h"
#include "vfs_turn.h"
#include "vfs_union.h"

bool
turn_is_release(const struct vlock_call *c)
{
	return c->kind == VLOCK_CLOSE ||
	    (c->kind == VLOCK_TAKE && c->lk.type == VLOCK_UNLOCK);
}

struct leaving
turn_leaving(const struct vlock_call *c)
{
	struct leaving l = { c->kind == VLOCK_TAKE ? &c->lk : NULL, c->file };

	return l;
}

static struct vlocks *
locks_new(struct vnode *vn)
{
	struct vlocks *locks = calloc(1, sizeof(*locks));

	if (locks != NULL) {
		waits_init(&locks->waits);
		atomic_store(&vn->locks, locks);
	}
	return locks;
}

/*
 * One operation's turn: 0, -errno, or TURN_ASKS.  Nobody asks.
 */

static int
there_is_one(void *ctx, uint64_t start, uint64_t end)
{
	(void)ctx;
	(void)start;
	(void)end;
	return 1;
}

/* Does op change what the host sees? */
static bool
is_seen(const struct vlocks *locks, const struct vop *op)
{
	const struct vlock_call *c = &op->u.lock;
	struct leaving leaving = turn_leaving(c);

	if (op->vn->fs->ops->lock == NULL)
		return false;
	if (!turn_is_release(c))
		return !union_covers(locks->held, &c->lk);
	return union_freed(locks->held, &leaving, there_is_one, NULL) != 0;
}

static int
asks(struct vlocks *locks, struct vop *op)
{
	locks->asking = op;
	return TURN_ASKS;
}

static int
try_take(struct vlocks *locks, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;
	struct range_plan plan;
	int rc;

	if (!turn_is_release(c) && range_conflict(locks->held, &c->lk) != NULL)
		return -EAGAIN;
	rc = range_prepare(locks->held, c->table, &c->lk, c->file, &plan);
	if (rc != 0)
		return rc;
	if (is_seen(locks, op)) {
		locks->plan = plan;
		return asks(locks, op);
	}
	range_commit(&locks->held, c->table, &c->lk, c->file, &plan);
	return 0;
}

static int
try_ask(struct vlocks *locks, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;
	const struct held *h = range_conflict(locks->held, &c->lk);

	if (h == NULL && op->vn->fs->ops->getlock != NULL)
		return asks(locks, op);
	if (h == NULL) {
		c->answer->type = VLOCK_UNLOCK;
		return 0;
	}
	*c->answer = h->lk;
	memcpy(c->hostbuf, h->host, h->lk.owner.host.len);
	c->answer->owner.host.s = c->hostbuf;
	return 0;
}

/* The only way a wait ends but by asking.  On any thread. */
static void
wait_end(struct vlocks *locks, struct vop *op, int rc)
{
	waits_leave(&locks->waits, op);
	vop_post(op, rc);
}

static void
end_waits_of_file(struct vlocks *locks, const struct vfile *file)
{
	struct vop *op, *next;

	for (op = locks->waits.first; op != NULL; op = next) {
		next = op->u.lock.next;
		if (op->u.lock.file == file && op->u.lock.kind != VLOCK_CLOSE)
			wait_end(locks, op, -EBADF);
	}
}

static int
try_close(struct vlocks *locks, struct vop *op)
{
	struct vlock_call *c = &op->u.lock;

	end_waits_of_file(locks, c->file);
	if (is_seen(locks, op))
		return asks(locks, op);
	range_drop(&locks->held, c->table, c->file);
	return 0;
}

static int
try_once(struct vlocks *locks, struct vop *op)
{
	switch (op->u.lock.kind) {
	case VLOCK_ASK:
		return try_ask(locks, op);
	case VLOCK_CLOSE:
		return try_close(locks, op);
	default:
		return try_take(locks, op);
	}
}

/*
 * Everybody's turn, oldest first.  True if one has ended: what it changed may
 * help others, even older ones, for to get a lock can mean to give one up.
 */
static bool
serve_once(struct vlocks *locks)
{
	struct vop *op, *next;
	bool closed, ended = false;
	int rc;

	for (op = locks->waits.first; op != NULL; op = next) {
		next = op->u.lock.next;
		if (op->u.lock.refused)
			continue;
		rc = try_once(locks, op);
		if (rc == -EAGAIN && op->u.lock.wait)
			continue;
		if (rc == TURN_ASKS) {
			vop_post(op, TURN_ASKS);
			return false;
		}
		closed = op->u.lock.kind == VLOCK_CLOSE;
		wait_end(locks, op, rc);
		if (closed)
			return true; /* next may have ended, too */
		ended = true;
	}
	return ended;
}

/* Something may have changed. */
static void
serve(struct vnode *vn)
{
	struct vlocks *locks = turn_locks(vn);

	while (locks->asking == NULL && serve_once(locks))
		;
	if (locks->held == NULL && locks->waits.first == NULL &&
	    locks->asking == NULL) {
		free(locks);
		atomic_store(&vn->locks, NULL);
	}
}

/*
 * Waiting.
 */

/* If nothing has ended it yet.  One that asks will end, and look itself. */
static void
give_up(struct vop *op, int rc)
{
	struct vlock_table *table = op->u.lock.table;
	struct vlocks *locks;

	uv_mutex_lock(&table->mutex);
	if (waits_has(op)) {
		locks = turn_locks(op->vn);
		if (locks->asking != op) {
			wait_end(locks, op, rc);
			serve(op->vn);
		}
	}
	uv_mutex_unlock(&table->mutex);
}

static void
wait_hurry(struct vop *op)
{
	give_up(op, -ECANCELED);
}

/* On op's loop. */
static int
wait_begin(struct vlocks *locks, struct vop *op)
{
	assert(op->loop != NULL);
	op->resume = turn_came;
	op->hurry = turn_is_release(&op->u.lock) ? NULL : wait_hurry;
	waits_join(&locks->waits, op);
	return VFS_PENDING;
}

void
vlock_expired(struct vop *op)
{
	give_up(op, -EAGAIN);
}

void
vlock_retry(struct vop *op)
{
	struct vlock_table *table = op->u.lock.table;

	uv_mutex_lock(&table->mutex);
	if (waits_has(op)) {
		op->u.lock.refused = false;
		serve(op->vn);
	}
	uv_mutex_unlock(&table->mutex);
}

/*
 * Asking.
 */

/* op has asked; what it wanted is done, or is not. */
static int
conclude(struct vlocks *locks, struct vop *op, int rc)
{
	struct vlock_call *c = &op->u.lock;

	switch (c->kind) {
	case VLOCK_CLOSE:
		range_drop(&locks->held, c->table, c->file);
		return 0;
	case VLOCK_ASK:
		if (rc == 0)
			*c->answer = c->lk;
		return rc;
	default:
		if (turn_is_release(c))
			rc = 0;
		if (rc == 0)
			range_commit(&locks->held, c->table, &c->lk, c->file,
			    &locks->plan);
		else
			range_abort(c->table, &c->lk, &locks->plan);
		return rc;
	}
}

/* The host has refused op, which may be on the list already. */
static int
wait_for_host(struct vlocks *locks, struct vop *op)
{
	bool waits = waits_has(op);

	if (op->hurried)
		return -ECANCELED;
	if (waits && op->u.lock.deadline <= uv_now(op->loop->uv))
		return -EAGAIN;
	waits_refused(op);
	if (!waits)
		return wait_begin(locks, op);
	op->resume = turn_came;
	op->hurry = wait_hurry;
	return VFS_PENDING;
}

int
turn_over(struct vop *op, int rc)
{
	struct vlock_table *table = op->u.lock.table;
	struct vlocks *locks;

	uv_mutex_lock(&table->mutex);
	locks = turn_locks(op->vn);
	assert(locks->asking == op);
	locks->asking = NULL;
	rc = conclude(locks, op, rc);
	if (rc == -EAGAIN && op->u.lock.wait)
		rc = wait_for_host(locks, op);
	if (rc != VFS_PENDING)
		waits_leave(&locks->waits, op);
	serve(op->vn);
	uv_mutex_unlock(&table->mutex);
	return rc;
}

static int
enter(struct vop *op)
{
	struct vlocks *locks = turn_locks(op->vn);
	int rc;

	if (locks == NULL && turn_is_release(&op->u.lock))
		return 0;
	if (locks == NULL && (locks = locks_new(op->vn)) == NULL)
		return -ENOMEM;
	if (locks->asking != NULL)
		return wait_begin(locks, op);
	rc = try_once(locks, op);
	if (rc == -EAGAIN && op->u.lock.wait)
		return wait_begin(locks, op);
	if (rc == 0 || locks->held == NULL)
		serve(op->vn);
	return rc;
}

int
turn_ask_for(struct vop *op)
{
	struct vlock_table *table = op->u.lock.table;
	int rc;

	uv_mutex_lock(&table->mutex);
	rc = enter(op);
	uv_mutex_unlock(&table->mutex);
	return rc;
}
