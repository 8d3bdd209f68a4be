/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turn.c -- see turn.h.
 */

#include <uv.h>

#include "turn.h"

#define QUOTA_FRAMES 64
#define QUOTA_BYTES (256U << 10) /* in and out, while nobody else is here */
#define QUOTA_CROWDED (64U << 10)

/*
 * What takes its time is not held back by what comes after it.  To send costs
 * some 3 us, and as much again where the client has to be woken.
 */
#define HELD_TIME 25000 /* ns */

/*
 * Who asks for little waits for the others' turns each time, so they are short
 * as long as there are others.
 */
static bool
is_alone(struct turns *all, uint64_t now, uint64_t *last)
{
	if (all->now != now) {
		all->ran_before = all->now + 1 == now ? all->ran : 0;
		all->ran = 0;
		all->now = now;
	}
	if (*last != now) {
		*last = now;
		all->ran++;
	}
	return all->ran <= 1 && all->ran_before <= 1;
}

void
turn_begin(struct turn *turn, struct turns *all, uint64_t now, uint64_t *last,
    uint64_t bytes)
{
	turn->alone = is_alone(all, now, last);
	turn->frames = QUOTA_FRAMES;
	turn->end = bytes + (turn->alone ? QUOTA_BYTES : QUOTA_CROWDED);
	turn->batch = turn->alone ? all->batch : 0;
	turn->held = 0;
	turn->since = turn->batch > 0 ? uv_hrtime() : 0;
}

bool
turn_is_over(const struct turn *turn, uint64_t bytes)
{
	return turn->frames == 0 || bytes >= turn->end;
}

bool
turn_goes_on(struct turn *turn, bool more)
{
	uint64_t now;

	turn->frames--;
	turn->held++;
	if (turn->batch == 0 || !more)
		return false;
	now = uv_hrtime();
	if (turn->held < turn->batch && now - turn->since < HELD_TIME)
		return false;
	turn->held = 0;
	turn->since = now;
	return true;
}
