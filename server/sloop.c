/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sloop.c -- a loop's life, and how other threads reach it.
 *
 * The inbox and the order are all that threads share here, under one mutex;
 * the wake handle says that one of them has something.  The main thread lets
 * nobody in after it has told the loops to end, so an inbox that is empty then
 * stays empty.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "conn.h"
#include "log.h"
#include "sloop.h"

static int
serve(struct sloop *loop, const struct newcomer *who)
{
	return conn_start(loop, who->in, who->out, &who->from, who->name);
}

void
sloop_log_failure(const struct newcomer *who, int rc)
{
	if (rc != 0)
		log_msg(LOG_ERROR, "%s: cannot be served: %s", who->name,
		    strerror(-rc));
}

/* Carry out what has been ordered since the last time. */
static void
obey(struct sloop *loop, enum sloop_order order)
{
	if (order == loop->obeyed)
		return;
	loop->obeyed = order;
	conn_stop_all(loop, order == SLOOP_CUT);
}

/* Those let in before an order are served before it is carried out. */
static void
woken(uv_async_t *wake)
{
	struct sloop *loop = container_of(wake, struct sloop, wake);
	struct newcomer *who;
	enum sloop_order order;
	struct list *l;

	do {
		uv_mutex_lock(&loop->mutex);
		l = list_pop(&loop->inbox);
		order = loop->order;
		uv_mutex_unlock(&loop->mutex);
		if (l != NULL) {
			who = container_of(l, struct newcomer, link);
			sloop_log_failure(who, serve(loop, who));
			free(who);
		}
	} while (l != NULL);
	obey(loop, order);
}

static int
init_wake(struct sloop *loop)
{
	int rc;

	if ((rc = uv_mutex_init(&loop->mutex)) != 0)
		return rc;
	if ((rc = uv_async_init(&loop->uv, &loop->wake, woken)) != 0)
		uv_mutex_destroy(&loop->mutex);
	return rc;
}

static void
fini_wake(struct sloop *loop)
{
	assert(list_empty(&loop->inbox));
	uv_close((uv_handle_t *)&loop->wake, NULL);
	uv_mutex_destroy(&loop->mutex);
}

static void
close_loop(struct sloop *loop)
{
	int rc;

	uv_run(&loop->uv, UV_RUN_DEFAULT); /* for handles that close */
	rc = uv_loop_close(&loop->uv);
	assert(rc == 0);
	(void)rc;
}

int
sloop_init(struct sloop *loop, struct server *server)
{
	int rc;

	loop->server = server;
	list_init(&loop->conns);
	list_init(&loop->runnable);
	list_init(&loop->inbox);
	if ((rc = uv_loop_init(&loop->uv)) != 0)
		return rc;
	if ((rc = init_wake(loop)) != 0)
		goto close_loop;
	if ((rc = vloop_init(&loop->vfs, &loop->uv)) != 0)
		goto fini_wake;
	if ((rc = conn_loop_init(loop)) != 0)
		goto fini_vloop;
	return 0;

fini_vloop:
	vloop_fini(&loop->vfs);
fini_wake:
	fini_wake(loop);
close_loop:
	close_loop(loop);
	return rc;
}

void
sloop_fini(struct sloop *loop)
{
	uv_run(&loop->uv, UV_RUN_NOWAIT); /* the last connections' handles */
	conn_loop_fini(loop);
	vloop_fini(&loop->vfs);
	fini_wake(loop);
	close_loop(loop);
}

bool
sloop_is_done(const struct sloop *loop)
{
	return loop->obeyed != SLOOP_SERVE && list_empty(&loop->conns);
}

/* The first loop waits for all the others: it hears of our end. */
static void
thread_main(void *arg)
{
	struct sloop *loop = arg;
	struct server *server = loop->server;

	while (!sloop_is_done(loop))
		uv_run(&loop->uv, UV_RUN_ONCE);
	atomic_fetch_sub(&server->running, 1);
	uv_async_send(&server->loops[0].wake);
}

int
sloop_start(struct sloop *loop)
{
	int rc;

	atomic_fetch_add(&loop->server->running, 1);
	if ((rc = uv_thread_create(&loop->thread, thread_main, loop)) != 0)
		atomic_fetch_sub(&loop->server->running, 1);
	return rc;
}

void
sloop_join(struct sloop *loop)
{
	uv_thread_join(&loop->thread);
}

static int
post(struct sloop *loop, const struct newcomer *who)
{
	struct newcomer *copy = malloc(sizeof(*copy));

	if (copy == NULL) {
		close(who->in);
		if (who->out != who->in)
			close(who->out);
		atomic_fetch_sub(&loop->server->nconns, 1);
		return -ENOMEM;
	}
	*copy = *who;
	list_init(&copy->link);
	uv_mutex_lock(&loop->mutex);
	list_append(&loop->inbox, &copy->link);
	uv_mutex_unlock(&loop->mutex);
	uv_async_send(&loop->wake);
	return 0;
}

int
sloop_welcome(struct sloop *loop, const struct newcomer *who)
{
	if (loop == &loop->server->loops[0])
		return serve(loop, who);
	return post(loop, who);
}

void
sloop_command(struct sloop *loop, enum sloop_order order)
{
	uv_mutex_lock(&loop->mutex);
	loop->order = order;
	uv_mutex_unlock(&loop->mutex);
	uv_async_send(&loop->wake);
}
