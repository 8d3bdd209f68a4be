/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_lock.c -- byte-range locks: who holds what, and who waits for it.
 *
 * A vnode has a list of the locks that are held (vfs_range.c), and a list of
 * the waits for others, oldest first.  An operation that waits is also on a
 * list of its loop, by deadline, with one timer for all of it.  Who waits,
 * waits for something that is held; so a vnode without locks has no waits
 * either, and then its struct vlocks is gone.
 *
 * Threads.  The table's mutex guards both lists, and op->fs of an operation
 * that waits: a struct wait, or NULL once something has ended the wait.  The
 * first to look, under the mutex, ends it: a release, on any thread; the
 * timer, a hurry or the close of the vfile, on the loop of the operation.  All
 * end it by vop_post(), and after that the operation is not ours any more.
 * The list of a loop is guarded by the loop's own mutex, since a loop may
 * serve more than one tree.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs_internal.h"
#include "vfs_range.h"

struct wait {
	struct wait *next, **prev; /* on the vnode */
	struct vop **prev_op; /* on the loop, where next is op->next */
	struct vop *op; /* what it waits for is in op->u.lock */
	const struct vfile *file;
};

struct vlocks {
	struct held *held;
	struct wait *waits;
	struct wait **waits_tail;
};

int
vlock_table_init(struct vlock_table *table)
{
	table->count = 0;
	table->limit = VLOCK_LIMIT;
	table->wait_ms = VLOCK_WAIT_MS;
	return uv_mutex_init(&table->mutex);
}

void
vlock_table_fini(struct vlock_table *table)
{
	assert(table->count == 0);
	uv_mutex_destroy(&table->mutex);
}

static struct vlocks *
locks_of(struct vnode *vn)
{
	return atomic_load_explicit(&vn->locks, memory_order_relaxed);
}

static struct vlock_table *
table_of(const struct vnode *vn)
{
	return &vn->fs->vfs->locks;
}

/*
 * The waits.
 */

static struct wait *
wait_of(const struct vop *op)
{
	return op->fs;
}

static void
join_vnode(struct vlocks *locks, struct wait *w)
{
	w->next = NULL;
	w->prev = locks->waits_tail;
	*w->prev = w;
	locks->waits_tail = &w->next;
}

static void
leave_vnode(struct vlocks *locks, struct wait *w)
{
	*w->prev = w->next;
	if (w->next != NULL)
		w->next->prev = w->prev;
	else
		locks->waits_tail = w->prev;
}

static void
join_loop(struct vloop *loop, struct wait *w)
{
	uv_mutex_lock(&loop->mutex);
	w->op->next = NULL;
	w->prev_op = loop->waiting_tail;
	*w->prev_op = w->op;
	loop->waiting_tail = &w->op->next;
	uv_mutex_unlock(&loop->mutex);
}

static void
leave_loop(struct vloop *loop, struct wait *w)
{
	struct vop *next;

	uv_mutex_lock(&loop->mutex);
	next = w->op->next;
	*w->prev_op = next;
	if (next != NULL)
		wait_of(next)->prev_op = w->prev_op;
	else
		loop->waiting_tail = w->prev_op;
	uv_mutex_unlock(&loop->mutex);
}

/* The only way a wait ends.  Under the table's mutex, on any thread. */
static void
wait_end(struct wait *w, int rc)
{
	struct vop *op = w->op;

	leave_vnode(locks_of(op->vn), w);
	leave_loop(op->loop, w);
	free(w);
	op->fs = NULL;
	vop_post(op, rc);
}

/* If nothing has ended it yet.  On the operation's own loop. */
static void
give_up(struct vop *op, int rc)
{
	struct vlock_table *table = table_of(op->vn);

	uv_mutex_lock(&table->mutex);
	if (op->fs != NULL)
		wait_end(wait_of(op), rc);
	uv_mutex_unlock(&table->mutex);
}

static void
wait_hurry(struct vop *op)
{
	give_up(op, -ECANCELED);
}

/* It may be granted by somebody else by now, but is not done before us. */
static struct vop *
oldest_wait(struct vloop *loop)
{
	struct vop *op;

	uv_mutex_lock(&loop->mutex);
	op = loop->waiting;
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
	uint64_t now = uv_now(loop->uv);
	struct vop *op;

	while ((op = oldest_wait(loop)) != NULL) {
		if (op->u.lock.deadline > now) {
			(void)uv_timer_start(
			    timer, timer_passed, op->u.lock.deadline - now, 0);
			return;
		}
		give_up(op, -EAGAIN);
	}
}

static int
wait_begin(struct vop *op, const struct vfile *file, const struct vlock *lk)
{
	struct vnode *vn = file->vn;
	uint64_t wait_ms = table_of(vn)->wait_ms;
	struct wait *w;

	if ((w = calloc(1, sizeof(*w))) == NULL)
		return -ENOMEM;
	w->op = op;
	w->file = file;
	op->vn = vn;
	op->u.lock.lk = *lk;
	op->u.lock.deadline = uv_now(op->loop->uv) + wait_ms;
	op->resume = NULL;
	op->hurry = wait_hurry;
	op->fs = w;
	join_vnode(locks_of(vn), w);
	join_loop(op->loop, w);
	if (!uv_is_active((uv_handle_t *)&op->loop->timer))
		(void)uv_timer_start(
		    &op->loop->timer, timer_passed, wait_ms, 0);
	return VFS_PENDING;
}

/* Those that came through file.  On the loop of file, and so on theirs. */
static void
end_waits_of_file(struct vlocks *locks, const struct vfile *file)
{
	struct wait *w, *next;

	for (w = locks->waits; w != NULL; w = next) {
		next = w->next;
		if (w->file != file)
			continue;
		w->op->hurry = NULL; /* its vnode may go before it is done */
		wait_end(w, -EBADF);
	}
}

/* Grant the waits that nothing is in the way of.  True if there were any. */
static bool
grant_once(struct vlock_table *table, struct vlocks *locks)
{
	bool granted = false;
	struct wait *w, *next;

	for (w = locks->waits; w != NULL; w = next) {
		const struct vlock *lk = &w->op->u.lock.lk;

		next = w->next;
		if (range_conflict(locks->held, lk) != NULL)
			continue;
		wait_end(w, range_set(&locks->held, table, lk, w->file));
		granted = true;
	}
	return granted;
}

/*
 * Something may have been released.  What is granted may release more, by
 * making less of what its owner had, and so help an older wait.
 */
static void
released(struct vlock_table *table, struct vnode *vn)
{
	struct vlocks *locks = locks_of(vn);

	while (grant_once(table, locks))
		;
	if (locks->held == NULL) {
		assert(locks->waits == NULL);
		free(locks);
		atomic_store(&vn->locks, NULL);
	}
}

/*
 * The calls.
 */

static int
check(const struct vlock *lk)
{
	if (lk->start > lk->end || lk->owner.host.len > VLOCK_HOST_MAX)
		return -EINVAL;
	return 0;
}

static const struct held *
conflict(struct vnode *vn, const struct vlock *lk)
{
	const struct vlocks *locks = locks_of(vn);

	return locks == NULL ? NULL : range_conflict(locks->held, lk);
}

static struct vlocks *
locks_new(struct vnode *vn)
{
	struct vlocks *locks = calloc(1, sizeof(*locks));

	if (locks != NULL) {
		locks->waits_tail = &locks->waits;
		atomic_store(&vn->locks, locks);
	}
	return locks;
}

static int
change(struct vnode *vn, const struct vfile *file, const struct vlock *lk)
{
	struct vlocks *locks = locks_of(vn);
	int rc;

	if (lk->type == VLOCK_UNLOCK && locks == NULL)
		return 0;
	if (locks == NULL && (locks = locks_new(vn)) == NULL)
		return -ENOMEM;
	rc = range_set(&locks->held, table_of(vn), lk, file);
	released(table_of(vn), vn);
	return rc;
}

int
vfs_lock(struct vop *op, struct vfile *file, const struct vlock *lk, bool wait)
{
	struct vlock_table *table = table_of(file->vn);
	int rc;

	if ((rc = check(lk)) != 0)
		return rc;
	uv_mutex_lock(&table->mutex);
	if (lk->type == VLOCK_UNLOCK || conflict(file->vn, lk) == NULL)
		rc = change(file->vn, file, lk);
	else if (wait && op->loop != NULL)
		rc = wait_begin(op, file, lk);
	else
		rc = -EAGAIN;
	uv_mutex_unlock(&table->mutex);
	return rc;
}

int
vfs_getlock(struct vfile *file, struct vlock *lk, char *hostbuf)
{
	struct vlock_table *table = table_of(file->vn);
	struct vlock probe = *lk;
	const struct held *h;
	int rc;

	if ((rc = check(lk)) != 0)
		return rc;
	if (probe.type == VLOCK_UNLOCK)
		probe.type = VLOCK_WRITE;
	uv_mutex_lock(&table->mutex);
	if ((h = conflict(file->vn, &probe)) == NULL) {
		lk->type = VLOCK_UNLOCK;
	} else {
		*lk = h->lk;
		memcpy(hostbuf, h->host, h->lk.owner.host.len);
		lk->owner.host.s = hostbuf;
	}
	uv_mutex_unlock(&table->mutex);
	return 0;
}

void
vlocks_release_file(struct vfile *file)
{
	struct vlock_table *table = table_of(file->vn);
	struct vlocks *locks;

	/* What came through file was put there by this very thread. */
	if (locks_of(file->vn) == NULL)
		return;
	uv_mutex_lock(&table->mutex);
	if ((locks = locks_of(file->vn)) != NULL) {
		end_waits_of_file(locks, file);
		range_drop(&locks->held, table, file);
		released(table, file->vn);
	}
	uv_mutex_unlock(&table->mutex);
}

/* Nothing should be left, unless a vfile was forgotten instead of closed. */
void
vlocks_vnode_fini(struct vnode *vn)
{
	struct vlock_table *table;
	struct vlocks *locks = locks_of(vn);

	if (locks == NULL)
		return;
	table = table_of(vn);
	uv_mutex_lock(&table->mutex);
	assert(locks->waits == NULL);
	range_drop(&locks->held, table, NULL);
	uv_mutex_unlock(&table->mutex);
	free(locks);
	atomic_store(&vn->locks, NULL);
}
