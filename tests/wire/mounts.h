/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mounts.h -- host file systems for a test, which nobody else sees, and which
 * are gone when the test is, however it ends.
 *
 * They are mounted in a mount namespace of the test program and of the servers
 * that it starts.  Who is not root cannot have them, and fails.
 */

#ifndef MOUNTS_H
#define MOUNTS_H

#include <sys/types.h>

/* To be called by main, before anything is mounted. */
void mounts_init(void);

/* What is mounted at dir, an empty directory, until mounts_undo(). */
void mounts_tmpfs(const char *dir, const char *options);
void mounts_bind_readonly(const char *dir, const char *what);
void mounts_detach(const char *dir); /* lazily, as umount -l */

/*
 * tests/host/heldfs, $HELDFS or build/tests/host/heldfs: it shows what is in
 * back, and waits and fails when it is told to.
 */
struct held {
	char *dir; /* where it is mounted */
	char *back; /* what it shows, to be looked at from behind */
	int ctl;
	pid_t pid; /* 0: it has died */
	struct held *next;
};

struct held *mounts_held(const char *dir);

/* Give a command of tests/host/plan.h; the number that it answered. */
unsigned long held_say(struct held *h, const char *fmt, ...)
    __attribute__((format(printf, 2, 3)));
void held_die(struct held *h);

/*
 * Unmount everything.  Before the servers are ended: a thread that waits for a
 * heldfs cannot be killed.
 */
void mounts_undo(void);

#endif
