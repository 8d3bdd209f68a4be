/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_carrier.h -- what carries the session that is being fuzzed: its
 * transport, its loop and its tree; and what it knows of requests that have no
 * reply yet.
 *
 * A reply that nobody waits for, that is not the one that fits, or that is
 * larger than its request allows, ends the process, as does whatever is left
 * at the end.
 */

#ifndef FUZZ_CARRIER_H
#define FUZZ_CARRIER_H

#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>

#include "p9.h"
#include "server.h"
#include "session.h"
#include "slowfs.h"
#include "transport.h"

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(stderr, "%s:%d: not true: %s\n", __FILE__,     \
			    __LINE__, #cond);                                  \
			abort();                                               \
		}                                                              \
	} while (0)

#define MOST_LIVE 64 /* more than may be in flight */

/* A request that has been sent, and has no reply yet. */
struct sent {
	bool well_formed;
	unsigned int seq;
	unsigned int flushes; /* Tflush: the seq of what it waits for; or 0 */
	struct p9_msg m; /* only the numbers in it are good */
};

struct carrier {
	struct server server;
	struct sloop loop;
	struct transport transport;
	struct session session;
	struct slowfs *slow;
	bool woken, ended;
	size_t rooms; /* given out, and not taken back */
	size_t replies; /* in all */
	unsigned int seq;
	size_t live;
	struct sent sent[MOST_LIVE]; /* in no order */
};

/* One carrier can be used again and again; begin and end make a session. */
void carrier_init(struct carrier *c);
void carrier_begin(struct carrier *c);
void carrier_end(struct carrier *c);

/* Hand over one frame.  False if the connection must end. */
bool carrier_frame(struct carrier *c, const uint8_t *p, size_t len);

/* Let happen whatever can. */
void carrier_pump(struct carrier *c);

#endif
