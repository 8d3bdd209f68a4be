/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer.h -- a second process that does as it is told.
 *
 * It is a fork of ours: functions and constant strings may be passed, but its
 * descriptors are its own, those from before peer_new() and what it opens.  It
 * is the other party: its current directory is there_fd.
 */

#ifndef PEER_H
#define PEER_H

#include "posix.h"

struct peer;
typedef long peer_fn(long a, long b, long c, long d);

struct peer *peer_new(void);

/* Its end, and that of the process. */
void peer_free(struct peer *p);

pid_t peer_pid(const struct peer *p);

/* Do fn(a, b, c, d) there; the value and errno are the call's. */
#define ON(p, fn, ...) peer_do(p, fn, (const long[4]){ __VA_ARGS__ })
long peer_do(struct peer *p, peer_fn *fn, const long a[4]);

/*
 * The same in two steps.  peer_sleeps() returns true when the call waits for
 * something, false when it has ended already.
 */
#define START(p, fn, ...) peer_start(p, fn, (const long[4]){ __VA_ARGS__ })
void peer_start(struct peer *p, peer_fn *fn, const long a[4]);
bool peer_sleeps(struct peer *p);
long peer_end(struct peer *p);

/* A string among the arguments. */
#define STR(s) ((long)(s))

/* What it can be told to do: calls of one's own have the same type. */
long peer_open(long path, long flags, long unused, long unused2);
long peer_close(long fd, long unused, long unused2, long unused3);
long peer_chdir(long path, long unused, long unused2, long unused3);

#endif
