/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turn.h -- how long a connection has its loop for, and when replies leave.
 *
 * Connections take turns: each handles what its client has sent, up to a quota.
 * Replies leave at the end of all turns, by one call for each connection, but
 * for those of a connection that is alone: its client has nothing to do until
 * it hears of us, so that the two of them, on a CPU each, would work by turns,
 * and each would go to sleep while the other does.  So replies leave in a few
 * parts, the first of them while further requests are handled.
 *
 * Where the two share a CPU this does nothing but to have it change hands more
 * often.  Then the kernel lets the client in when it is sent something, which
 * getrusage(2) tells of, and it is left out (backoff.h).
 */

#ifndef TURN_H
#define TURN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "backoff.h"

/* All turns of a loop. */
struct turns {
	unsigned int parts; /* that replies leave in, from 1 */
	struct backoff early; /* sending before the end */
	uint64_t now; /* a millisecond in which connections ran */
	unsigned int ran, ran_before; /* so many then, and just before that */
};

struct turn {
	struct turns *all;
	bool early; /* replies may leave before the end */
	bool tried; /* and have done so */
	unsigned int frames; /* may yet be handled */
	uint64_t end; /* bytes in and out that make an end of it */
	size_t part; /* bytes of requests whose replies leave together */
	uint64_t mark; /* bytes of requests, ever, after which they do */
	long switches; /* how often the kernel had others run, before */
};

/*
 * A connection's turn begins now, in milliseconds; *last is when its previous
 * one was, and becomes now.  bytes have gone in and out of it until here.
 */
void turn_begin(struct turn *turn, struct turns *all, uint64_t now,
    uint64_t *last, uint64_t bytes);

bool turn_is_over(const struct turn *turn, uint64_t bytes);

/* So many bytes may a connection send in an iteration of the loop. */
size_t turns_share(const struct turns *all);

/* There are len bytes of requests to be handled, after done of them, ever. */
void turn_has(struct turn *turn, uint64_t done, size_t len);

/*
 * A frame has been handled, the last of done bytes of them; both is there or
 * not, more to handle and something to send.  Should that leave now?
 */
bool turn_goes_on(struct turn *turn, uint64_t done, bool both);

/* They have been sent.  Was that of use? */
void turn_has_sent(struct turn *turn);

#endif
