/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_lock.c -- Tlock and Tgetlock.
 *
 * The owner of a lock is the connection, the client's name for itself and the
 * process: clients may well have the same name.  A request that may block is
 * held for some seconds, so that a release is noticed at once, and then told
 * BLOCKED, which makes the client ask again.
 */

#include <errno.h>
#include <string.h>

#include "convert.h"
#include "handlers.h"
#include "wait.h"

static int
lock_of(struct request *r, uint8_t type, uint64_t start, uint64_t length,
    uint32_t pid, p9_str host)
{
	struct vlock *lk = &r->u.lock.lk;

	if (type > P9_LOCK_UNLCK || host.len > VFS_NAME_MAX)
		return -EINVAL;
	if (start > INT64_MAX || (length > 0 && length - 1 > INT64_MAX - start))
		return -EINVAL;
	*lk = (struct vlock){
		.type = type == P9_LOCK_RDLCK ? VLOCK_READ
		    : type == P9_LOCK_WRLCK   ? VLOCK_WRITE
					      : VLOCK_UNLOCK,
		.start = start,
		.end = length == 0 ? UINT64_MAX : start + length - 1,
		.owner = { r->session->client, pid, name_of(host),
		    &r->session->locks },
	};
	return 0;
}

/* While the request waits its frame is not kept. */
static void
keep_host(struct request *r)
{
	struct vname *host = &r->u.lock.lk.owner.host;

	if (host->len > 0)
		memcpy(r->u.lock.host, host->s, host->len);
	host->s = r->u.lock.host;
}

int
run_lock(struct request *r)
{
	const struct p9_Tlock *in = &r->in.u.Tlock;
	bool wait = (in->flags & P9_LOCK_FLAG_BLOCK) && wait_check(r) == 0;
	int rc;

	if (in->flags & ~(P9_LOCK_FLAG_BLOCK | P9_LOCK_FLAG_RECLAIM))
		return -EINVAL;
	rc = lock_of(
	    r, in->type, in->start, in->length, in->proc_id, in->client_id);
	if (rc != 0)
		return rc;
	keep_host(r);
	rc = vfs_lock(&r->op, &r->fid->file, &r->u.lock.lk, wait);
	if (rc == VFS_PENDING && wait)
		wait_begin(r);
	return rc;
}

/* To be in the way is an answer; so is to have waited in vain. */
int
end_lock(struct request *r, int rc)
{
	r->u.lock.status = P9_LOCK_SUCCESS;
	if (rc == -EAGAIN || (rc == -ECANCELED && !r->flushed)) {
		r->u.lock.status = P9_LOCK_BLOCKED;
		rc = 0;
	}
	return rc;
}

void
reply_lock(struct request *r, struct p9_msg *out)
{
	out->u.Rlock.status = r->u.lock.status;
}

/* Linux always sends type UNLCK, whatever was asked for: test a write lock. */
int
run_getlock(struct request *r)
{
	const struct p9_Tgetlock *in = &r->in.u.Tgetlock;
	int rc;

	rc = lock_of(
	    r, in->type, in->start, in->length, in->proc_id, in->client_id);
	if (rc != 0)
		return rc;
	if (r->u.lock.lk.type == VLOCK_UNLOCK)
		r->u.lock.lk.type = VLOCK_WRITE;
	return vfs_getlock(
	    &r->op, &r->fid->file, &r->u.lock.lk, r->u.lock.host);
}

void
reply_getlock(struct request *r, struct p9_msg *out)
{
	const struct p9_Tgetlock *in = &r->in.u.Tgetlock;
	const struct vlock *lk = &r->u.lock.lk;
	struct p9_Rgetlock *reply = &out->u.Rgetlock;

	if (lk->type == VLOCK_UNLOCK) { /* free: the request comes back */
		*reply = (struct p9_Rgetlock){ P9_LOCK_UNLCK, in->start,
			in->length, in->proc_id, in->client_id };
		return;
	}
	*reply = (struct p9_Rgetlock){
		.type = lk->type == VLOCK_READ ? P9_LOCK_RDLCK : P9_LOCK_WRLCK,
		.start = lk->start,
		.length = lk->end == UINT64_MAX ? 0 : lk->end - lk->start + 1,
		.proc_id = lk->owner.pid,
		.client_id = { lk->owner.host.s, (uint16_t)lk->owner.host.len },
	};
}
