/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spin.c -- see spin.h.
 */

#include "cpu.h"
#include "spin.h"

#define TIMES 8U /* between two looks at who has the CPU */

static void
stop(struct spin *spin)
{
	uv_idle_stop(&spin->idle);
	backoff_failed(&spin->backoff);
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

/* Has the client had our CPU, mostly, when something came? */
static bool
shares_its_cpu(struct spin *spin)
{
	long now, others;

	if (++spin->times < TIMES)
		return false;
	now = cpu_switches();
	others = now - spin->switches;
	spin->times = 0;
	spin->switches = now;
	return others >= (long)TIMES / 2;
}

/* It has been worth it, unless the end has passed unnoticed. */
static void
begin_again(struct spin *spin, uint64_t now)
{
	if (now >= spin->until) {
		stop(spin);
	} else if (shares_its_cpu(spin)) {
		uv_idle_stop(&spin->idle);
		backoff_give_up(&spin->backoff);
	} else {
		backoff_succeeded(&spin->backoff);
		spin->until = now + spin->most;
	}
}

static void
begin(struct spin *spin)
{
	if (!backoff_may_try(&spin->backoff))
		return;
	spin->until = uv_hrtime() + spin->most;
	spin->times = 0;
	spin->switches = cpu_switches();
	(void)uv_idle_start(&spin->idle, look_at_clock);
}

void
spin_on(struct spin *spin)
{
	if (spin->most == 0)
		return;
	if (uv_is_active((uv_handle_t *)&spin->idle))
		begin_again(spin, uv_hrtime());
	else
		begin(spin);
}
