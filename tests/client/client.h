/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.h -- what every test program here includes, and how its tests are run:
 * over each transport, with the tree in memory and on the host.
 *
 * Each test has a connection, the current directory of which is empty and its
 * own.  After it nothing may be left: no descriptor, no server, no child.
 */

#ifndef CLIENT_H
#define CLIENT_H

#include "etfsc.h"
#include "wire.h"

struct client {
	const char *transport; /* tcp, unix, fd, exec */
	bool host; /* the tree is hostdir, else it is in memory */
	struct server *srv; /* of tcp and unix: the run's */
	char *hostdir;
	char *tmp; /* for sockets and logs */
	struct etfsc *fs; /* the test's connection */
	char home[16]; /* its directory, which is the current one */
	unsigned int n; /* tests so far */
	int nfds; /* open before the test */
	bool bad; /* the run has not ended well, or not yet */
};

enum {
	CLIENT_ONCE = 1 << 0, /* one transport, in memory */
	CLIENT_SHARED = 1 << 1, /* only where connections share a server */
};

int client_main(const char *name, unsigned int flags,
    const struct CMUnitTest *tests, size_t n);

#define client_test(f)                                                         \
	cmocka_unit_test_setup_teardown(f, client_setup, client_teardown)
int client_setup(void **state);
int client_teardown(void **state);

/*
 * One more connection, to the same tree if there is a shared server or the tree
 * is on the host; its end, which must be a good one.
 */
struct etfsc *client_mount(struct client *c, const struct etfsc_options *opt);
void client_release(struct client *c, struct etfsc *fs);

/* The host's path of something in the test's directory; good until the next. */
const char *client_host(struct client *c, const char *name);

/* A pattern that tells every place from every other: of a file, from off on. */
void client_pattern(void *buf, size_t len, uint64_t off);

/* A file in the current directory, with that in it. */
void client_put(struct etfsc *fs, const char *path, const char *text);

/* ok(call), gives(7, call), fails(ENOENT, call). */
#define ok(call) gives(0, call)
#define fails(err, call) gives(-(err), call)
#define gives(want, call)                                                      \
	client_expect(                                                         \
	    __FILE__, __LINE__, #call, (int64_t)(call), (int64_t)(want))
void client_expect(
    const char *file, int line, const char *call, int64_t got, int64_t want);

#endif
