/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spin.c -- see spin.h.
 */

#include "spin.h"

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

/* It has been worth it, unless the end has passed unnoticed. */
static void
begin_again(struct spin *spin, uint64_t now)
{
	if (now >= spin->until) {
		stop(spin);
		return;
	}
	backoff_succeeded(&spin->backoff);
	spin->until = now + spin->most;
}

static void
begin(struct spin *spin)
{
	if (!backoff_may_try(&spin->backoff))
		return;
	spin->until = uv_hrtime() + spin->most;
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
