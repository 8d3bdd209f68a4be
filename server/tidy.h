/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tidy.h -- names that the tree keeps for a moment, let go of when it is over.
 *
 * See vfs_keep_names().  A timer of the first loop, which runs only while there
 * is something to be let go of.  It is a timerfd(2): for one of libuv's the
 * kernel would set a timer in each wait of the loop, and take it back, which
 * costs as much as a small system call.
 */

#ifndef TIDY_H
#define TIDY_H

#include "server.h"

struct tidy {
	struct server *server;
	int fd; /* the timer */
	uv_poll_t poll;
	struct sloop_task task; /* that starts it */
};

/* On the main thread, with all loops made and none running.  0 or -errno. */
int tidy_init(struct tidy *tidy, struct server *server);

/* When no loop runs any more, but before the first is closed. */
void tidy_fini(struct tidy *tidy);

#endif
