/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turn.h -- how long a connection has its loop for, and when replies leave.
 *
 * Connections take turns: each handles what its client has sent, up to a quota.
 * Replies leave at the end of all turns, by one call for each connection, but
 * for those of a connection that is alone: its client has nothing to do until
 * it hears of us, so that the two of them, on a CPU each, would work by turns,
 * and each would go to sleep while the other does.  So the first replies leave
 * while further requests are handled.
 */

#ifndef TURN_H
#define TURN_H

#include <stdbool.h>
#include <stdint.h>

/* All turns of a loop: how many connections are at work? */
struct turns {
	unsigned int batch; /* frames whose replies leave together; 0: all */
	uint64_t now; /* a millisecond in which connections ran */
	unsigned int ran, ran_before; /* so many then, and just before that */
};

struct turn {
	bool alone; /* nobody waits for the end of it */
	unsigned int batch; /* 0: replies leave at the end */
	unsigned int frames; /* may yet be handled */
	uint64_t end; /* bytes in and out that make an end of it */
	unsigned int held; /* frames handled since replies last left */
	uint64_t since; /* when that was; nanoseconds */
};

/*
 * A connection's turn begins now, in milliseconds; *last is when its previous
 * one was, and becomes now.  bytes have gone in and out of it until here.
 */
void turn_begin(struct turn *turn, struct turns *all, uint64_t now,
    uint64_t *last, uint64_t bytes);

bool turn_is_over(const struct turn *turn, uint64_t bytes);

/*
 * A frame has been handled, and there are more or not.  Should replies that are
 * ready leave now?
 */
bool turn_goes_on(struct turn *turn, bool more);

#endif
