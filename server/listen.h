/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * listen.h -- clients are let in, one after the other.
 *
 * All of it belongs to the main thread and its loop.
 */

#ifndef LISTEN_H
#define LISTEN_H

#include <stdbool.h>
#include <stddef.h>
#include <uv.h>

#include "config.h"
#include "server.h"
#include "socket.h"

struct doorman;

struct listeners {
	struct server *server;
	bool root; /* the server is: for default trust */
	struct sockets socks;
	struct doorman *doors; /* one per socket that listens */
	size_t ndoors;
	size_t next; /* loop that gets the next client */
	bool full; /* said that there are too many clients */
};

/* What has to be known before anything is opened. */
int listeners_check(const struct config *cfg, struct failure *f);

/* Open whatever cfg says; cfg is borrowed until the end. */
int listeners_open(
    struct listeners *ls, const struct config *cfg, struct failure *f);

/*
 * Begin to let clients in, and serve those that are here already.  The loops
 * of server are made, and none has run yet.
 */
int listeners_start(
    struct listeners *ls, struct server *server, struct failure *f);

/* There is nothing that new clients could come from. */
bool listeners_is_idle(const struct listeners *ls);

/* Let nobody in any more; starts closing handles.  May be repeated. */
void listeners_stop(struct listeners *ls);

/* Frees the rest, when the loop has forgotten the handles. */
void listeners_fini(struct listeners *ls);

#endif
