/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * conn.h -- one stream connection: bytes in, frames out of them, replies back.
 *
 * A connection lives on one loop.  It frees itself when its client is gone or
 * the loop stops, once its session has ended.
 */

#ifndef CONN_H
#define CONN_H

#include "server.h"

struct conn;

/*
 * Serve a client on loop; called on loop's thread.  in and out are
 * non-blocking, pollable, and may be one descriptor; they belong to the
 * connection from now on, also if this fails.  name is for the log.
 * The caller has counted it in server->nconns; conn takes it off at its end,
 * also if this fails.
 */
int conn_start(struct sloop *loop, int in, int out, const struct origin *from,
    const char *name);

/*
 * The loop stops: every connection takes no more requests, answers those under
 * way, sends what is queued, and ends.  abruptly: without sending.
 */
void conn_stop_all(struct sloop *loop, bool abruptly);

/* Something has been unmounted: see stale.h. */
void conn_sweep_all(struct sloop *loop);

/* Set up and tear down what the connections of a loop share. */
int conn_loop_init(struct sloop *loop);
void conn_loop_fini(struct sloop *loop);

#endif
