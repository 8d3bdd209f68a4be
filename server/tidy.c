/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tidy.c -- see tidy.h.
 */

#include <errno.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "sloop.h"
#include "tidy.h"

/* Again and again; 0: not any more. */
static void
set_timer(struct tidy *tidy, uint64_t ms)
{
	struct timespec t = { (time_t)(ms / 1000),
		(long)(ms % 1000) * 1000000 };
	struct itimerspec its = { t, t };

	(void)timerfd_settime(tidy->fd, 0, &its, NULL);
}

static void
look(uv_poll_t *poll, int status, int events)
{
	struct tidy *tidy = poll->data;
	uint64_t times;

	(void)status;
	(void)events;
	if (read(tidy->fd, &times, sizeof(times)) == sizeof(times) &&
	    !vfs_tidy(tidy->server->vfs))
		set_timer(tidy, 0);
}

static void
start(struct sloop *loop, struct sloop_task *task)
{
	struct tidy *tidy = container_of(task, struct tidy, task);

	(void)loop;
	set_timer(tidy, tidy->server->keep);
}

/* On any thread. */
static void
wake(void *arg)
{
	struct tidy *tidy = arg;

	(void)sloop_post(&tidy->server->loops[0], &tidy->task);
}

static int
init_timer(struct tidy *tidy, uv_loop_t *uv)
{
	int rc;

	tidy->fd = timerfd_create(CLOCK_MONOTONIC, TFD_NONBLOCK | TFD_CLOEXEC);
	if (tidy->fd < 0)
		return -errno;
	if ((rc = uv_poll_init(uv, &tidy->poll, tidy->fd)) != 0) {
		close(tidy->fd);
		return rc;
	}
	tidy->poll.data = tidy;
	(void)uv_poll_start(&tidy->poll, UV_READABLE, look);
	return 0;
}

int
tidy_init(struct tidy *tidy, struct server *server)
{
	int rc;

	tidy->server = server;
	tidy->fd = -1;
	list_init(&tidy->task.link);
	tidy->task.run = start;
	if (server->keep == 0)
		return 0;
	if ((rc = init_timer(tidy, &server->loops[0].uv)) == 0)
		vfs_keep_names(server->vfs, wake, tidy);
	return rc;
}

void
tidy_fini(struct tidy *tidy)
{
	if (tidy->fd < 0)
		return;
	uv_close((uv_handle_t *)&tidy->poll, NULL);
	close(tidy->fd);
}
