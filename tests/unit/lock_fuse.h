/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_fuse.h -- a file system of the host that is not local: a process that
 * speaks to /dev/fuse, and answers for the locks of its one file, "f".
 *
 * It answers when it is told to, or does not have locks at all.  It shares
 * memory with the test; a held answer holds everything else that is asked of
 * it, too.
 */

#ifndef LOCK_FUSE_H
#define LOCK_FUSE_H

#include <semaphore.h>
#include <stdatomic.h>
#include <stdbool.h>
#include <sys/types.h>

#define FUSE_BYTES 24

struct lock_fuse_state {
	_Atomic int refuse; /* if not 0: an errno for whoever locks */
	_Atomic int calls; /* of SETLK, to get a lock */
	_Atomic int asks; /* of GETLK */
	_Atomic bool hold; /* a SETLK posts arrived, and waits for gate */
	sem_t arrived, gate;
	_Atomic short ours[FUSE_BYTES]; /* types, as for fcntl(2) */
	_Atomic short theirs[FUSE_BYTES];
	sem_t ready;
	int failed; /* errno of the mount */
};

struct lock_fuse {
	pid_t pid;
	struct lock_fuse_state *state;
};

/* Mounted on dir when it returns; it ends some time after it is unmounted. */
int lock_fuse_start(struct lock_fuse *f, const char *dir);
void lock_fuse_stop(struct lock_fuse *f); /* unmounted and unused */

#endif
