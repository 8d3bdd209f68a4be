/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight.h -- n things that each take some messages, many of them at a time.
 */

#ifndef FLIGHT_H
#define FLIGHT_H

#include "cli.h"

struct flight {
	struct cli *c;
	size_t n; /* how many there are */
	/* Submit the first message of thing i. */
	void (*start)(struct flight *f, size_t i);

	size_t active; /* its own: set to 0 */
};

/* Until all have landed. */
void flight_run(struct flight *f);

/* To be called when a thing has ended, from the done of its last message. */
void flight_landed(struct flight *f);

#endif
