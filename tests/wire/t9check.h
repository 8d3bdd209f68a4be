/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t9check.h -- does a reply fit its request?
 *
 * The codec is the server's own and tested elsewhere; here is what it cannot
 * know.
 */

#ifndef T9CHECK_H
#define T9CHECK_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "p9.h"

/* A request under way, and what its reply may be. */
struct t9_wait {
	bool live;
	bool malformed; /* only an error may come */
	uint8_t type; /* of the request */
	uint16_t oldtag; /* Tflush's */
	uint64_t number; /* in the order of sending */
	uint32_t count; /* asked for: bytes, or names */
	uint32_t most; /* the longest reply there is room for */
};

/* What may come for m; if it is malformed, only an error. */
void t9check_expect(struct t9_wait *w, const struct p9_msg *m, bool malformed);

/* Ends the test if in, of size bytes, is not what w waits for. */
void t9check_reply(
    const struct p9_msg *in, size_t size, const struct t9_wait *w);

/* One line about a message, good until two more have been described. */
const char *t9check_describe(const struct p9_msg *m);

#endif
