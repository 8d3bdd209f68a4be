/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.h -- the process: its loops, what they serve, and how it ends.
 *
 * A server has one vfs and a fixed number of loops, a thread each; the first
 * is the main thread's and accepts connections, which are dealt out to all.
 * Everything in struct server is constant once the loops run, but for the
 * atomics.
 */

#ifndef SERVER_H
#define SERVER_H

#include <stdatomic.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <uv.h>

#include "identity.h"
#include "list.h"
#include "spin.h"
#include "turn.h"
#include "vfs.h"

/* What one client may use; see etfsd(8) for the options' names. */
struct limits {
	uint32_t msize; /* largest frame, bytes */
	size_t connections; /* of the whole server */
	size_t fids; /* per connection */
	size_t opens; /* files that are open, per connection */
	size_t requests; /* in flight, per connection */
	size_t queued; /* reply bytes waiting, per connection */
	size_t sendfile; /* reads from there on are by sendfile(2); 0: none */
	size_t xattr_bytes; /* held by xattr fids, per connection */
	size_t locks; /* per connection; see tree.c for the whole server */
};

struct server {
	struct vfs *vfs;
	struct limits limits;
	struct identity identity;
	bool trace;
	uint64_t spin; /* ns; see spin.h */
	unsigned int parts; /* see turn.h */
	uint64_t keep; /* ms; see tidy.h */
	struct sloop *loops;
	size_t nloops;
	_Atomic size_t nconns;
	_Atomic uint64_t next_client; /* numbers for connections */
	_Atomic size_t running; /* loops whose thread has not ended */
};

struct sloop;

/* Something small that another thread wants a loop to do; see sloop.h. */
struct sloop_task {
	struct list link; /* in the inbox */
	void (*run)(struct sloop *loop, struct sloop_task *task);
};

/* What a loop is told to do, in this order. */
enum sloop_order {
	SLOOP_SERVE,
	SLOOP_FINISH, /* answer what is under way, then end */
	SLOOP_CUT, /* end without answering */
};

/*
 * One event loop and what the connections on it share: nothing here needs a
 * lock but what says so.
 */
struct sloop {
	struct server *server;
	uv_loop_t uv;
	struct vloop vfs;
	struct pool *pool; /* buffers and small objects; see pool.h */
	bool stopping; /* no new requests are taken */
	size_t jobs; /* mounts.c's that have not ended: it waits for them */

	/* conn.c's */
	struct list conns; /* struct conn, by link */
	size_t nconns, most; /* so many; since memory was last given back */
	struct turns turns;
	struct spin spin;
	struct list runnable; /* those with something to do at once */
	struct list dirty; /* those with replies to send */
	uv_idle_t again; /* active while runnable is not empty */
	uv_check_t flush; /* sends what an iteration has brought */

	/* How other threads reach this loop; see sloop.h. */
	uv_thread_t thread;
	uv_async_t wake;
	uv_mutex_t mutex; /* guards inbox and order */
	struct list inbox; /* struct sloop_task, by link */
	struct sloop_task sweep; /* to look for what has been unmounted */
	enum sloop_order order; /* the latest that was given */
	enum sloop_order obeyed; /* the latest that was carried out */
};

struct config;
struct failure;

/*
 * Serve what cfg says until a signal ends it.  What to exit with, or -1 and a
 * failure if it could not start.
 */
int server_run(const struct config *cfg, struct failure *f);

#endif
