/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_lock.c -- byte-range locks: what can be asked, and asking the host.
 *
 * A vnode has a list of the locks that are held (vfs_range.c), and a list of
 * the operations that wait (vfs_wait.c).  Whether and when one may have what it
 * wants is decided in vfs_turn.c; the host, where the file system lets it see
 * locks, is told of their union (vfs_union.c).
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>

#include "vfs_internal.h"
#include "vfs_turn.h"

int
vlock_table_init(struct vlock_table *table)
{
	table->count = 0;
	table->limit = VLOCK_LIMIT;
	table->wait_ms = VLOCK_WAIT_MS;
	table->poll_ms = VLOCK_POLL_MS;
	table->poll_max_ms = VLOCK_POLL_MAX_MS;
	return uv_mutex_init(&table->mutex);
}

void
vlock_table_fini(struct vlock_table *table)
{
	assert(table->count == 0);
	uv_mutex_destroy(&table->mutex);
}

/*
 * Asking the host.  Until turn_over() nobody else changes these locks.
 */

static int
unlock_range(void *ctx, uint64_t start, uint64_t end)
{
	struct vop *op = ctx;

	return op->vn->fs->ops->lock(
	    op, op->vn, op->u.lock.file, VLOCK_UNLOCK, start, end);
}

static int
call_host(struct vop *op)
{
	const struct vfs_ops *ops = op->vn->fs->ops;
	struct vlock_call *c = &op->u.lock;
	struct leaving leaving = turn_leaving(c);

	if (turn_is_release(c))
		return union_freed(
		    turn_locks(op->vn)->held, &leaving, unlock_range, op);
	if (c->kind == VLOCK_ASK)
		return ops->getlock(op, op->vn, c->file, &c->lk, c->hostbuf);
	return ops->lock(
	    op, op->vn, c->file, c->lk.type, c->lk.start, c->lk.end);
}

/* op has had its turn. */
static int
go_on(struct vop *op, int rc)
{
	int (*then)(struct vop * op, int rc) = op->u.lock.then;

	return rc != VFS_PENDING && then != NULL ? then(op, rc) : rc;
}

static int
host_told(struct vop *op, int rc)
{
	return go_on(op, turn_over(op, rc));
}

/* What a worker is told it takes home to the loop. */
static int
call_ask(struct vop *op)
{
	int rc = call_host(op);

	if (vop_may_block(op)) {
		op->u.lock.rc = rc;
		return VFS_PENDING;
	}
	return rc == VFS_WOULDBLOCK ? rc : host_told(op, rc);
}

static int
end_ask(struct vop *op, int rc)
{
	return host_told(op, rc != 0 ? rc : op->u.lock.rc);
}

static int
ask(struct vop *op)
{
	bool must = turn_is_release(&op->u.lock);
	int rc;

	if (op->hurried && !must)
		return host_told(op, -ECANCELED);
	if (!must)
		return vop_run(op, call_ask, end_ask);
	rc = vop_run_anyway(op, call_ask, end_ask);
	op->hurry = NULL;
	return rc;
}

int
turn_came(struct vop *op, int rc)
{
	return rc == TURN_ASKS ? ask(op) : go_on(op, rc);
}

int
vlock_each(struct vnode *vn,
    int (*tell)(void *ctx, uint64_t start, uint64_t end), void *ctx)
{
	const struct held *h;
	int rc = 0;

	for (h = turn_locks(vn)->held; h != NULL && rc == 0; h = h->next)
		rc = tell(ctx, h->lk.start, h->lk.end);
	return rc;
}

/*
 * The calls.
 */

static void
begin(struct vop *op, const struct vlock_call *call)
{
	struct vnode *vn = call->file->vn;

	op->vn = vn;
	op->resume = NULL;
	op->hurry = NULL;
	op->hurried = false;
	op->u.lock = *call;
	op->u.lock.table = &vn->fs->vfs->locks;
}

static int
start(struct vop *op)
{
	return turn_came(op, turn_ask_for(op));
}

static int
check(const struct vfile *file, const struct vlock *lk)
{
	if (vnode_is_gone(file->vn))
		return -ESTALE; /* not all of them ask the host */
	if (lk->start > lk->end || lk->owner.host.len > VLOCK_HOST_MAX)
		return -EINVAL;
	return 0;
}

int
vfs_lock(struct vop *op, struct vfile *file, const struct vlock *lk, bool wait)
{
	const struct vlock_call call = {
		.kind = VLOCK_TAKE,
		.wait = wait && op->loop != NULL && lk->type != VLOCK_UNLOCK,
		.lk = *lk,
		.file = file,
	};
	int rc;

	if ((rc = check(file, lk)) != 0)
		return rc;
	begin(op, &call);
	return start(op);
}

int
vfs_getlock(struct vop *op, struct vfile *file, struct vlock *lk, char *hostbuf)
{
	struct vlock_call call = {
		.kind = VLOCK_ASK,
		.lk = *lk,
		.answer = lk,
		.hostbuf = hostbuf,
		.file = file,
	};
	int rc;

	if ((rc = check(file, lk)) != 0)
		return rc;
	if (call.lk.type == VLOCK_UNLOCK)
		call.lk.type = VLOCK_WRITE;
	begin(op, &call);
	return start(op);
}

/* What came through file was put there by this very thread, if anything. */
int
vlocks_close(
    struct vop *op, struct vfile *file, int (*then)(struct vop *op, int rc))
{
	const struct vlock_call call = {
		.kind = VLOCK_CLOSE,
		.file = file,
		.then = then,
	};

	begin(op, &call);
	return turn_locks(file->vn) == NULL ? then(op, 0) : start(op);
}

/* Nothing should be left, unless a vfile was forgotten instead of closed. */
void
vlocks_vnode_fini(struct vnode *vn)
{
	struct vlock_table *table = &vn->fs->vfs->locks;
	struct vlocks *locks = turn_locks(vn);

	if (locks == NULL)
		return;
	uv_mutex_lock(&table->mutex);
	assert(locks->waits.first == NULL && locks->asking == NULL);
	range_drop(&locks->held, table, NULL);
	uv_mutex_unlock(&table->mutex);
	free(locks);
	atomic_store(&vn->locks, NULL);
}
