/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * live.h -- a whole server in the test's own process, and clients that block.
 *
 * It has two loops: the first is the test's own thread's, who has to run it; the
 * second has a thread.  Memory is at "/", anybody's to write in, and every
 * client acts as the server.
 */

#ifndef LIVE_H
#define LIVE_H

#include "fixture.h"
#include "mounts.h"
#include "p9.h"
#include "sloop.h"

#define LIVE_LOOPS 2
#define LIVE_MSIZE 8192

struct live {
	struct server server;
	struct sloop loops[LIVE_LOOPS];
	char dir[64]; /* an empty host directory */
	int fds; /* open before the test */
};

/* For cmocka_unit_test_setup_teardown(): *state is a struct live. */
int live_setup(void **state);

/* Fails the test if something is left open.  Clients have to be gone. */
int live_teardown(void **state);

/* The first loop does what there is to do, or waits a little for it. */
void live_turn(struct live *l);

const char *live_path(const struct live *l, const char *name);

/*
 * A job of the first loop; etfs is NULL to unmount.  live_do waits for its end.
 * Both return what mounts.h says.
 */
struct live_job {
	struct mount_job job;
	int calls;
	int rc;
};

int live_begin(struct live *l, struct live_job *j, const char *key,
    const struct etfs_config *etfs);
int live_await(struct live *l, struct live_job *j);
int live_do(struct live *l, const char *key, const struct etfs_config *etfs);

/* One of many; on a thread of its own, or the test's if it is not loop 0's. */
struct client {
	int fd;
	uint16_t tag; /* of the last request */
	uint8_t out[LIVE_MSIZE], frame[LIVE_MSIZE];
	struct p9_msg in; /* the last reply; borrows from frame */
};

/* Connected to that loop; client_begin: versioned, and attached as fid 0. */
struct client *client_new(struct live *l, size_t loop);
void client_begin(struct client *c);
void client_free(struct client *c); /* hangs up */

/* The errno of the reply, or 0. */
uint32_t client_call(struct client *c, const struct p9_msg *m);
void client_send(struct client *c, const struct p9_msg *m);
uint32_t client_receive(struct client *c);

/* Walk to a path of slashes, all of it (else ENOENT), and open it. */
uint32_t client_walk(
    struct client *c, uint32_t fid, uint32_t newfid, const char *path);
uint32_t client_open(
    struct client *c, uint32_t newfid, const char *path, uint32_t flags);
uint32_t client_clunk(struct client *c, uint32_t fid);

#define M(name, ...)                                                           \
	(&(struct p9_msg){ .type = P9_T##name, .u.T##name = { __VA_ARGS__ } })
#define STR(x)                                                                 \
	{                                                                      \
		(x), sizeof(x) - 1                                             \
	}
#define BYTES(x)                                                               \
	{                                                                      \
		(const uint8_t *)(x), sizeof(x) - 1                            \
	}

#endif
