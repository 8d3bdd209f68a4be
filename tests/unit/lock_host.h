/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_host.h -- a host that locks are shown to, for tests of the vfs.
 *
 * It is an array of bytes that says what of it our clients hold together, and
 * another for what processes of the host hold.  It never sleeps, or (slow)
 * answers only on a worker, and there not before the gate has been opened.
 */

#ifndef LOCK_HOST_H
#define LOCK_HOST_H

#include "lock_fixture.h"

#define HOST_BYTES 24
#define HOST_PID 4711

struct lock_host {
	uint64_t base; /* where the array begins */
	unsigned char ours[HOST_BYTES]; /* vlock_type; VLOCK_UNLOCK: free */
	unsigned char theirs[HOST_BYTES];
	int locks, asks; /* how often it has been called, not on the loop
			  * in vain */
	uint64_t start, end; /* of the last call of lock */
	bool slow;
	bool gated;
	uv_sem_t gate; /* one post, one call */
	uv_sem_t arrived; /* one for each call at the gate */
	int fail; /* if not 0: what lock answers to whoever wants one */
	int fail_unlock; /* and to whoever gives one up */
};

/* As lock_setup(), but the world has a host. */
int host_setup(void **state);
int slow_host_setup(void **state); /* no gate */
int host_teardown(void **state); /* fails if it still sees a lock */

/* A process of the host holds type from start to end, if one may. */
bool host_lock(
    struct lock_host *host, enum vlock_type type, size_t start, size_t end);

#endif
