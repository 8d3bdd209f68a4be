/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire.h -- what every test program here includes, and how its tests are run:
 * over each transport, with one loop and two, on each file system.
 *
 * All tests of a run share one server, and each gets a connection of its own, a
 * session on it, and an empty directory.
 */

#ifndef WIRE_H
#define WIRE_H

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include <cmocka.h>

#include "server.h"
#include "t9ops.h"
#include "t9p.h"
#include "temp.h"

#define WIRE_COUNT(a) (sizeof(a) / sizeof((a)[0]))

#define WIRE_MSIZE 65536U

/* Fids that a test finds in place. */
#define ROOT 0U /* the root of the whole tree */
#define HOME 1U /* the test's own directory */

#define WIRE_HOST_KEY "h" /* where a host directory is mounted */
#define WIRE_RO_KEY "ro" /* and one to be read only */

/* For attaching as: the host knows neither users nor groups of these numbers,
 * so that each has a group of its own number. */
#define WIRE_USER 54321U
#define WIRE_OTHER 54322U

struct wire {
	bool tcp; /* all shortcuts off; else a Unix socket */
	int loops;
	bool host; /* HOME lies on the host, else in memory */
	struct server *srv;
	char *hostdir; /* what is mounted at WIRE_HOST_KEY */
	char *rodir; /* and at WIRE_RO_KEY; has a file and a directory */
	char *tmp; /* for sockets and the like */
	struct t9 *c; /* the test's session */
	unsigned int n; /* tests so far */
	bool bad; /* the run has not ended well, or not yet */
};

/* What a program's runs differ in. */
enum {
	WIRE_EACH_FS = 1 << 0, /* memory and host; else memory only */
	WIRE_EACH_LOOPS = 1 << 1, /* both numbers of loops per transport */
	WIRE_NO_SERVER = 1 << 2, /* the tests start their own */
};

/*
 * Run tests in all combinations that flags ask for.  $WIRE_TRANSPORT (tcp,
 * unix) and $WIRE_FS (memfs, host) leave some out; $WIRE_LOOPS sets the number
 * of loops.  Returns what main should.
 */
int wire_main(const char *name, unsigned int flags,
    const struct CMUnitTest *tests, size_t n);

/*
 * A test of a run; its state is the struct wire.  Where what it needs is not
 * to be had, it is left out.
 */
enum {
	WIRE_NEEDS_ROOT = 1 << 0,
	WIRE_NEEDS_MEMORY = 1 << 1, /* HOME in memory */
	WIRE_NEEDS_HOST = 1 << 2, /* HOME on the host */
	WIRE_NEEDS_XATTR = 1 << 3, /* HOME with extended attributes */
};
#define wire_test(f) wire_test_if(f, 0)
#define wire_test_if(f, needs)                                                 \
	cmocka_unit_test_prestate_setup_teardown(                              \
	    f, wire_setup, wire_teardown, (void *)(uintptr_t)(needs))
int wire_setup(void **state);
int wire_teardown(void **state);

/*
 * Another server for a test, listening and identifying as the run's does; args
 * end with a NULL and are added.
 */
struct server *wire_server(struct wire *w, const char *const *args);
#define WIRE_SERVER(w, ...)                                                    \
	wire_server(w, (const char *const[]){ __VA_ARGS__, NULL })

/* A connection to the run's server, with a session, attached on ROOT. */
struct t9 *wire_dial(struct wire *w);
struct t9 *wire_session(struct wire *w);
struct t9 *wire_session_with(struct server *s, uint32_t msize);
/* Attached as uid, and with the test's directory on HOME. */
struct t9 *wire_session_as(struct wire *w, uint32_t uid);

/* The absolute path of the test's directory, or of something in it. */
const char *wire_home(struct wire *w, const char *path);

/* Are the tests root?  Attaching as somebody needs it. */
bool wire_root(void);

/* Come back often, until the time limit; then it is a failure. */
struct wire_patience {
	int64_t deadline;
};
struct wire_patience wire_patience(void);
void wire_wait(struct wire_patience *p, const char *what);

#endif
