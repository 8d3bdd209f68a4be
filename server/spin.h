/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spin.h -- a loop that stays awake for a moment.
 *
 * A loop that goes to sleep has to be woken for the next request: that takes
 * tens of microseconds where the CPU is a virtual one, and its client pays for
 * a part of it.  So a loop that has answered looks for more for a while before
 * it sleeps.  Where that is in vain again and again, which it is if a client
 * takes its time, it is left out (backoff.h); and where the client is let in on
 * our own CPU (cpu.h), and so is never waited for.
 */

#ifndef SPIN_H
#define SPIN_H

#include <stdint.h>
#include <uv.h>

#include "backoff.h"

struct spin {
	uv_idle_t idle; /* active: poll(2) and the like return at once */
	uint64_t most; /* ns that may be spent in vain; 0: never spin */
	uint64_t until; /* the present end, uv_hrtime() */
	unsigned int times; /* it was worth it, since switches was looked at */
	long switches; /* how often the kernel had others run */
	struct backoff backoff;
};

/* On the loop's thread, all of it; most in nanoseconds. */
void spin_init(struct spin *spin, uv_loop_t *loop, uint64_t most);

/* To be called before the loop is closed, and run for the last time. */
void spin_fini(struct spin *spin);

/* Something has come and has been answered: more may come at once. */
void spin_on(struct spin *spin);

#endif
