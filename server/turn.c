/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * turn.c -- see turn.h.
 */

#include "cpu.h"
#include "turn.h"

#define QUOTA_FRAMES 64
#define QUOTA_BYTES (256U << 10) /* in and out, while nobody else is here */
#define QUOTA_CROWDED (64U << 10)
#define SHARE_CROWDED ((size_t)128 << 10)

static bool
is_crowded(const struct turns *all)
{
	return all->ran > 1 || all->ran_before > 1;
}

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
	return !is_crowded(all);
}

void
turn_begin(struct turn *turn, struct turns *all, uint64_t now, uint64_t *last,
    uint64_t bytes)
{
	bool alone = is_alone(all, now, last);

	turn->all = all;
	turn->early = alone && all->parts > 1;
	turn->tried = false;
	turn->frames = QUOTA_FRAMES;
	turn->end = bytes + (alone ? QUOTA_BYTES : QUOTA_CROWDED);
}

/* A large reply is as bad as many small ones for who waits for its turn. */
size_t
turns_share(const struct turns *all)
{
	return is_crowded(all) ? SHARE_CROWDED : SIZE_MAX;
}

bool
turn_is_over(const struct turn *turn, uint64_t bytes)
{
	return turn->frames == 0 || bytes >= turn->end;
}

void
turn_has(struct turn *turn, uint64_t done, size_t len)
{
	if (!turn->early)
		return;
	turn->part = len / turn->all->parts;
	turn->mark = done + turn->part;
}

static bool
may_try(struct turn *turn)
{
	if (turn->tried)
		return true;
	turn->early = turn->tried = backoff_may_try(&turn->all->early);
	if (turn->tried)
		turn->switches = cpu_switches();
	return turn->tried;
}

bool
turn_goes_on(struct turn *turn, uint64_t done, bool both)
{
	turn->frames--;
	if (!turn->early || done < turn->mark || !both)
		return false;
	turn->mark = done + turn->part;
	return may_try(turn);
}

void
turn_has_sent(struct turn *turn)
{
	turn->early = cpu_switches() == turn->switches;
	if (turn->early)
		backoff_succeeded(&turn->all->early);
	else
		backoff_failed(&turn->all->early);
}
