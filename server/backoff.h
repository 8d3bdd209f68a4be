/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * backoff.h -- what is in vain is left out for a while.
 *
 * For what is worth its cost at some times, and where only trying tells: once
 * is no reason, but after the second time in vain it is left out once, then
 * three times, and so on up to a thousand times; and less as it is worth it.
 */

#ifndef BACKOFF_H
#define BACKOFF_H

#include <stdbool.h>

#define BACKOFF_MOST 1023

struct backoff {
	unsigned int skip; /* so many times more */
	unsigned int next; /* what skip is after the next failure */
};

/* Is it to be tried now?  If not, this is one of the times. */
static inline bool
backoff_may_try(struct backoff *b)
{
	if (b->skip == 0)
		return true;
	b->skip--;
	return false;
}

static inline void
backoff_failed(struct backoff *b)
{
	b->skip = b->next;
	if (b->next < BACKOFF_MOST)
		b->next = 2 * b->next + 1;
}

/* It cannot be worth it, as things are. */
static inline void
backoff_give_up(struct backoff *b)
{
	b->skip = b->next = BACKOFF_MOST;
}

static inline void
backoff_succeeded(struct backoff *b)
{
	b->next /= 2;
}

#endif
