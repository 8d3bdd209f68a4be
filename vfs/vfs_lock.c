/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_lock.c -- byte-range locks: who holds what, and who waits for it.
 *
 * A vnode has a list of the locks that are held, by where they start, and a
 * list of the waits for others, oldest first.  An operation that waits is also
 * on a list of its loop, by deadline, with one timer for all of it.
 *
 * Always true, while nobody has the table's mutex:
 *	- no byte has locks of two owners, unless both only read
 *	- a byte has at most one lock of an owner, and what could be one lock
 *	  (one owner, type and vfile, nothing between) is one
 *	- who waits, waits for something that is held; so a vnode without locks
 *	  has no waits either, and then its struct vlocks is gone
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

struct held {
	struct held *next;
	struct vlock lk; /* to read or to write; the host's name is in host */
	const struct vfile *file; /* it was taken through; only compared */
	char host[];
};

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

/* What becomes of a held lock when its owner puts another over it. */
enum fate {
	STAYS,
	JOINS,
	GOES,
	LOSES_START,
	LOSES_END,
	SPLITS
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

static struct vlock_table *
table_of(const struct vnode *vn)
{
	return &vn->fs->vfs->locks;
}

/*
 * Ranges and owners.
 */

static bool
same_owner(const struct vlock *a, const struct vlock *b)
{
	struct vname ah = a->owner.host, bh = b->owner.host;

	return a->owner.client == b->owner.client &&
	    a->owner.pid == b->owner.pid && ah.len == bh.len &&
	    (ah.len == 0 || memcmp(ah.s, bh.s, ah.len) == 0);
}

static bool
overlaps(const struct vlock *a, const struct vlock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* Nothing lies between them.  Mind that end + 1 may be 0. */
static bool
touches(const struct vlock *a, const struct vlock *b)
{
	return overlaps(a, b) ||
	    (a->end < b->start && b->start - a->end == 1) ||
	    (b->end < a->start && a->start - b->end == 1);
}

static bool
conflicts(const struct vlock *a, const struct vlock *b)
{
	return overlaps(a, b) && !same_owner(a, b) &&
	    (a->type == VLOCK_WRITE || b->type == VLOCK_WRITE);
}

static enum fate
fate_of(const struct held *h, const struct vlock *lk, const struct vfile *file)
{
	const struct vlock *old = &h->lk;

	if (!same_owner(old, lk))
		return STAYS;
	if (old->type == lk->type && h->file == file && touches(old, lk))
		return JOINS;
	if (!overlaps(old, lk))
		return STAYS;
	if (old->start < lk->start)
		return old->end > lk->end ? SPLITS : LOSES_END;
	return old->end > lk->end ? LOSES_START : GOES;
}

/*
 * The locks that are held.
 */

static struct held *
held_new(const struct vlock *lk, const struct vfile *file)
{
	const struct vname *host = &lk->owner.host;
	struct held *h;

	if ((h = malloc(sizeof(*h) + host->len)) == NULL)
		return NULL;
	h->lk = *lk;
	h->lk.owner.host.s = h->host;
	if (host->len != 0)
		memcpy(h->host, host->s, host->len);
	h->file = file;
	return h;
}

static void
held_insert(struct vlocks *locks, struct held *h)
{
	struct held **hp = &locks->held;

	while (*hp != NULL && (*hp)->lk.start <= h->lk.start)
		hp = &(*hp)->next;
	h->next = *hp;
	*hp = h;
}

static void
held_drop(struct vlock_table *table, struct held **hp)
{
	struct held *h = *hp;

	*hp = h->next;
	free(h);
	table->count--;
}

/* The first lock, by where it starts, that lk has to wait for; or NULL. */
static const struct held *
find_conflict(const struct vlocks *locks, const struct vlock *lk)
{
	const struct held *h;

	if (locks == NULL)
		return NULL;
	for (h = locks->held; h != NULL && h->lk.start <= lk->end; h = h->next)
		if (conflicts(&h->lk, lk))
			return h;
	return NULL;
}

/* How many locks more there will be with lk in place; perhaps fewer. */
static int
growth(const struct vlocks *locks, const struct vlock *lk,
    const struct vfile *file, bool *splits)
{
	int n = lk->type == VLOCK_UNLOCK ? 0 : 1;
	const struct held *h;

	*splits = false;
	for (h = locks->held; h != NULL; h = h->next) {
		switch (fate_of(h, lk, file)) {
		case JOINS:
		case GOES:
			n--;
			break;
		case SPLITS:
			n++;
			*splits = true;
			break;
		default:
			break;
		}
	}
	return n;
}

/*
 * Allocate what putting lk in place needs: *fresh for lk itself, *spare for
 * the end of a lock that it splits, NULL if not needed.
 */
static int
prepare(const struct vlock_table *table, const struct vlocks *locks,
    const struct vlock *lk, const struct vfile *file, struct held **fresh,
    struct held **spare)
{
	bool splits;
	int n = growth(locks, lk, file, &splits);

	*fresh = *spare = NULL;
	if (n > 0 && table->count + (size_t)n > table->limit)
		return -ENOLCK;
	if (lk->type != VLOCK_UNLOCK && (*fresh = held_new(lk, file)) == NULL)
		return -ENOMEM;
	if (splits && (*spare = held_new(lk, file)) == NULL) {
		free(*fresh);
		return -ENOMEM;
	}
	return 0;
}

static void
widen(struct vlock *lk, const struct vlock *by)
{
	if (lk->start > by->start)
		lk->start = by->start;
	if (lk->end < by->end)
		lk->end = by->end;
}

/* Cut h off before lk; what it has behind lk is spare's now. */
static void
split(struct held *h, const struct vlock *lk, struct held *spare)
{
	spare->lk.type = h->lk.type;
	spare->lk.start = lk->end + 1;
	spare->lk.end = h->lk.end;
	spare->file = h->file;
	h->lk.end = lk->start - 1;
}

/*
 * Clear the way for lk: take its range out of what its owner holds, and make
 * what joins it part of fresh.  At most one lock reaches beyond the end of lk;
 * returned is what remains of it there, out of the list, for it may have to
 * move.
 */
static struct held *
clear_range(struct vlock_table *table, struct vlocks *locks,
    const struct vlock *lk, const struct vfile *file, struct held *fresh,
    struct held *spare)
{
	struct held **hp = &locks->held, *h, *rest = NULL;

	while ((h = *hp) != NULL) {
		switch (fate_of(h, lk, file)) {
		case JOINS:
			widen(&fresh->lk, &h->lk);
			held_drop(table, hp);
			continue;
		case GOES:
			held_drop(table, hp);
			continue;
		case LOSES_START:
			*hp = h->next;
			h->lk.start = lk->end + 1;
			rest = h;
			continue;
		case SPLITS:
			split(h, lk, spare);
			table->count++;
			rest = spare;
			break;
		case LOSES_END:
			h->lk.end = lk->start - 1;
			break;
		case STAYS:
			break;
		}
		hp = &h->next;
	}
	return rest;
}

/*
 * Make lk, which nobody else's lock is in the way of, what its owner holds.
 * 0, or -ENOLCK or -ENOMEM and nothing has changed.
 */
static int
apply(struct vlock_table *table, struct vlocks *locks, const struct vlock *lk,
    const struct vfile *file)
{
	struct held *fresh, *spare, *rest;
	int rc;

	rc = prepare(table, locks, lk, file, &fresh, &spare);
	if (rc != 0)
		return rc;
	rest = clear_range(table, locks, lk, file, fresh, spare);
	if (rest != NULL)
		held_insert(locks, rest);
	if (fresh != NULL) {
		held_insert(locks, fresh);
		table->count++;
	}
	return 0;
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

	leave_vnode(op->vn->locks, w);
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
	join_vnode(vn->locks, w);
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
		if (find_conflict(locks, lk) != NULL)
			continue;
		wait_end(w, apply(table, locks, lk, w->file));
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
	while (grant_once(table, vn->locks))
		;
	if (vn->locks->held == NULL) {
		assert(vn->locks->waits == NULL);
		free(vn->locks);
		vn->locks = NULL;
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

static int
locks_new(struct vnode *vn)
{
	if (vn->locks != NULL)
		return 0;
	if ((vn->locks = calloc(1, sizeof(*vn->locks))) == NULL)
		return -ENOMEM;
	vn->locks->waits_tail = &vn->locks->waits;
	return 0;
}

static int
change(struct vnode *vn, const struct vfile *file, const struct vlock *lk)
{
	int rc;

	if (lk->type == VLOCK_UNLOCK && vn->locks == NULL)
		return 0;
	if ((rc = locks_new(vn)) != 0)
		return rc;
	rc = apply(table_of(vn), vn->locks, lk, file);
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
	if (lk->type == VLOCK_UNLOCK ||
	    find_conflict(file->vn->locks, lk) == NULL)
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
	if ((h = find_conflict(file->vn->locks, &probe)) == NULL) {
		lk->type = VLOCK_UNLOCK;
	} else {
		*lk = h->lk;
		memcpy(hostbuf, h->host, h->lk.owner.host.len);
		lk->owner.host.s = hostbuf;
	}
	uv_mutex_unlock(&table->mutex);
	return 0;
}

static void
drop_of_file(
    struct vlock_table *table, struct vlocks *locks, const struct vfile *file)
{
	struct held **hp = &locks->held;

	while (*hp != NULL) {
		if ((*hp)->file == file)
			held_drop(table, hp);
		else
			hp = &(*hp)->next;
	}
}

void
vlocks_release_file(struct vfile *file)
{
	struct vlock_table *table = table_of(file->vn);
	struct vlocks *locks;

	uv_mutex_lock(&table->mutex);
	if ((locks = file->vn->locks) != NULL) {
		end_waits_of_file(locks, file);
		drop_of_file(table, locks, file);
		released(table, file->vn);
	}
	uv_mutex_unlock(&table->mutex);
}

/* Nothing should be left, unless a vfile was forgotten instead of closed. */
void
vlocks_vnode_fini(struct vnode *vn)
{
	struct vlock_table *table;

	if (vn->locks == NULL)
		return;
	table = table_of(vn);
	uv_mutex_lock(&table->mutex);
	assert(vn->locks->waits == NULL);
	while (vn->locks->held != NULL)
		held_drop(table, &vn->locks->held);
	uv_mutex_unlock(&table->mutex);
	free(vn->locks);
	vn->locks = NULL;
}
