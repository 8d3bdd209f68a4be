/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tidy.c -- see tidy.h.
 */

#include "sloop.h"
#include "tidy.h"

static void
look(uv_timer_t *timer)
{
	struct tidy *tidy = timer->data;

	if (!vfs_tidy(tidy->server->vfs))
		uv_timer_stop(timer);
}

static void
start(struct sloop *loop, struct sloop_task *task)
{
	struct tidy *tidy = container_of(task, struct tidy, task);

	(void)loop;
	(void)uv_timer_start(
	    &tidy->timer, look, tidy->server->keep, tidy->server->keep);
}

/* On any thread. */
static void
wake(void *arg)
{
	struct tidy *tidy = arg;

	(void)sloop_post(&tidy->server->loops[0], &tidy->task);
}

void
tidy_init(struct tidy *tidy, struct server *server)
{
	tidy->server = server;
	list_init(&tidy->task.link);
	tidy->task.run = start;
	(void)uv_timer_init(&server->loops[0].uv, &tidy->timer);
	tidy->timer.data = tidy;
	if (server->keep > 0)
		vfs_keep_names(server->vfs, wake, tidy);
}

void
tidy_fini(struct tidy *tidy)
{
	uv_close((uv_handle_t *)&tidy->timer, NULL);
}
