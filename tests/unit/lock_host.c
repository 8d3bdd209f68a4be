/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_host.c -- a host that locks are shown to.
 */

#include "lock_host.h"

static struct lock_host *
host_of(struct vnode *vn)
{
	return container_of_test(vn->fs, struct lock_world, fs)->host;
}

static bool
bars(unsigned char held, enum vlock_type type)
{
	if (held == VLOCK_UNLOCK || type == VLOCK_UNLOCK)
		return false;
	return held == VLOCK_WRITE || type == VLOCK_WRITE;
}

/* The part of the array that a range has. */
static void
clip(const struct lock_host *host, uint64_t start, uint64_t end, size_t *first,
    size_t *beyond)
{
	*first = start <= host->base ? 0 : (size_t)(start - host->base);
	*beyond = end - host->base >= HOST_BYTES
	    ? HOST_BYTES
	    : (size_t)(end - host->base) + 1;
}

static int
may_answer(struct vop *op, struct lock_host *host)
{
	if (!host->slow)
		return 0;
	if (!vop_may_block(op))
		return VFS_WOULDBLOCK;
	if (host->gated) {
		uv_sem_post(&host->arrived);
		uv_sem_wait(&host->gate);
	}
	return 0;
}

static int
host_op_lock(struct vop *op, struct vnode *vn, struct vfile *file,
    enum vlock_type type, uint64_t start, uint64_t end)
{
	struct lock_host *host = host_of(vn);
	size_t i, first, beyond;

	(void)file;
	if (may_answer(op, host) != 0)
		return VFS_WOULDBLOCK;
	host->locks++;
	host->start = start;
	host->end = end;
	if (host->fail != 0 && type != VLOCK_UNLOCK)
		return host->fail;
	if (host->fail_unlock != 0 && type == VLOCK_UNLOCK)
		return host->fail_unlock;
	clip(host, start, end, &first, &beyond);
	for (i = first; i < beyond; i++)
		if (bars(host->theirs[i], type))
			return -EAGAIN;
	for (i = first; i < beyond; i++)
		host->ours[i] = (unsigned char)type;
	return 0;
}

static int
host_op_getlock(struct vop *op, struct vnode *vn, struct vfile *file,
    struct vlock *lk, char *hostbuf)
{
	struct lock_host *host = host_of(vn);
	size_t i, first, beyond;

	(void)file;
	if (may_answer(op, host) != 0)
		return VFS_WOULDBLOCK;
	host->asks++;
	clip(host, lk->start, lk->end, &first, &beyond);
	for (i = first; i < beyond; i++)
		if (bars(host->theirs[i], lk->type))
			break;
	if (i == beyond) {
		lk->type = VLOCK_UNLOCK;
		return 0;
	}
	memcpy(hostbuf, "host", 4);
	*lk = (struct vlock){ (enum vlock_type)host->theirs[i], host->base + i,
		host->base + i, { 0, HOST_PID, { hostbuf, 4 }, NULL } };
	return 0;
}

int
host_setup(void **state)
{
	struct lock_host *host = calloc(1, sizeof(*host));
	struct lock_world *w;

	if (host == NULL || lock_setup(state) != 0)
		return -1;
	memset(host->ours, VLOCK_UNLOCK, sizeof(host->ours));
	memset(host->theirs, VLOCK_UNLOCK, sizeof(host->theirs));
	uv_sem_init(&host->gate, 0);
	uv_sem_init(&host->arrived, 0);
	w = *state;
	w->host = host;
	w->ops.lock = host_op_lock;
	w->ops.getlock = host_op_getlock;
	return 0;
}

int
slow_host_setup(void **state)
{
	struct lock_world *w;

	if (host_setup(state) != 0)
		return -1;
	w = *state;
	w->host->slow = true;
	return 0;
}

int
host_teardown(void **state)
{
	struct lock_host *host = ((struct lock_world *)*state)->host;
	int rc = lock_teardown(state);
	size_t i;

	for (i = 0; i < HOST_BYTES; i++)
		if (host->ours[i] != VLOCK_UNLOCK)
			rc = -1;
	uv_sem_destroy(&host->gate);
	uv_sem_destroy(&host->arrived);
	free(host);
	return rc;
}

bool
host_lock(
    struct lock_host *host, enum vlock_type type, size_t start, size_t end)
{
	size_t i;

	for (i = start; i <= end; i++)
		if (bars(host->ours[i], type))
			return false;
	memset(host->theirs + start, (int)type, end - start + 1);
	return true;
}
