/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sloop.h -- a loop's life, and how other threads reach it.
 *
 * The main thread makes all loops and runs the first; each of the others has a
 * thread.  After that only two things pass from thread to thread: small tasks,
 * such as to take in a new client, and the order to end.
 */

#ifndef SLOOP_H
#define SLOOP_H

#include "identity.h"
#include "list.h"
#include "server.h"

#define NEWCOMER_NAME 80

/* A client that has been let in, on its way to the loop that will serve it. */
struct newcomer {
	struct sloop_task task;
	int in, out; /* may be one descriptor */
	struct origin from;
	char name[NEWCOMER_NAME]; /* for the log */
};

/* On the main thread, before any loop runs.  0 or -errno. */
int sloop_init(struct sloop *loop, struct server *server);

/* Run the loop on a thread of its own until it is done.  0 or -errno. */
int sloop_start(struct sloop *loop);
void sloop_join(struct sloop *loop);

/*
 * Serve a client; it has been counted in server->nconns.  From the main
 * thread.  The descriptors are the loop's from now on, also if this fails.
 * -errno if that can be known at once.
 */
int sloop_welcome(struct sloop *loop, const struct newcomer *who);

/*
 * Have task, whose link has been initialised, run on the loop's thread, soon,
 * and once for as often as it was posted before that.  It stays the caller's,
 * who may post it again.  From any thread.  False: the loop has been told to
 * end, and does no more than that.
 */
bool sloop_post(struct sloop *loop, struct sloop_task *task);

/*
 * Something has been unmounted: have the loop's sessions let go of it.  From
 * any thread.  (One that has been told to end lets go of everything.)
 */
void sloop_sweep(struct sloop *loop);

/* Says so, unless rc is 0. */
void sloop_log_failure(const struct newcomer *who, int rc);

/* From the main thread; orders only go up. */
void sloop_command(struct sloop *loop, enum sloop_order order);

/* Told to end, and nobody and nothing is left.  On the loop's thread. */
bool sloop_is_done(const struct sloop *loop);

/* On the main thread, when the loop is done and joined, or has never run. */
void sloop_fini(struct sloop *loop);

#endif
