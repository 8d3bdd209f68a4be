/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spin.c -- see spin.h.
 */

#include <stdbool.h>

#include "spin.h"

#define PENALTY_MAX 1023

static void
stop(struct spin *spin)
{
	uv_idle_stop(&spin->idle);
	spin->skip = spin->penalty;
	if (spin->penalty < PENALTY_MAX)
		spin->penalty = 2 * spin->penalty + 1;
}

static void
look_at_clock(uv_idle_t *idle)
{
	struct spin *spin = idle->data;

	if (uv_hrtime() >= spin->until)
		stop(spin);
}

void
spin_init(struct spin *spin, uv_loop_t *loop, uint64_t most)
{
	*spin = (struct spin){ .most = most };
	(void)uv_idle_init(loop, &spin->idle);
	spin->idle.data = spin;
	uv_unref((uv_handle_t *)&spin->idle);
}

void
spin_fini(struct spin *spin)
{
	uv_close((uv_handle_t *)&spin->idle, NULL);
}

/* A spin that is on has been worth it, unless its end has passed unnoticed. */
static bool
is_worth_it(struct spin *spin, uint64_t now)
{
	if (!uv_is_active((uv_handle_t *)&spin->idle)) {
		if (spin->skip == 0)
			return true;
		spin->skip--;
		return false;
	}
	if (now < spin->until) {
		spin->penalty /= 2;
		return true;
	}
	stop(spin);
	return false;
}

void
spin_on(struct spin *spin)
{
	uint64_t now;

	if (spin->most == 0)
		return;
	now = uv_hrtime();
	if (!is_worth_it(spin, now))
		return;
	spin->until = now + spin->most;
	(void)uv_idle_start(&spin->idle, look_at_clock);
}
