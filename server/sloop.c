/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sloop.c -- a loop's life, and how other threads reach it.
 *
 * The inbox and the order are all that threads share here, under one mutex;
 * the wake handle says that one of them has something.  Nothing is put into the
 * inbox of a loop that has been told to end, so one that is empty then stays
 * empty.
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

/* What was posted before an order is done before it is carried out. */
static void
woken(uv_async_t *wake)
{
	struct sloop *loop = container_of(wake, struct sloop, wake);
	struct sloop_task *task;
	enum sloop_order order;
	struct list *l;

	do {
		uv_mutex_lock(&loop->mutex);
		l = list_pop(&loop->inbox);
		order = loop->order;
		uv_mutex_unlock(&loop->mutex);
		if (l != NULL) {
			task = container_of(l, struct sloop_task, link);
			task->run(loop, task);
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

static void
run_sweep(struct sloop *loop, struct sloop_task *task)
{
	(void)task;
	conn_sweep_all(loop);
}

int
sloop_init(struct sloop *loop, struct server *server)
{
	int rc;

	loop->server = server;
	list_init(&loop->conns);
	list_init(&loop->runnable);
	list_init(&loop->inbox);
	list_init(&loop->sweep.link);
	loop->sweep.run = run_sweep;
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
	return loop->obeyed != SLOOP_SERVE && list_empty(&loop->conns) &&
	    loop->jobs == 0;
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

bool
sloop_post(struct sloop *loop, struct sloop_task *task)
{
	bool taken;

	uv_mutex_lock(&loop->mutex);
	taken = loop->order == SLOOP_SERVE;
	if (taken && list_empty(&task->link))
		list_append(&loop->inbox, &task->link);
	uv_mutex_unlock(&loop->mutex);
	if (taken)
		uv_async_send(&loop->wake);
	return taken;
}

void
sloop_sweep(struct sloop *loop)
{
	(void)sloop_post(loop, &loop->sweep);
}

static void
take_in(struct sloop *loop, struct sloop_task *task)
{
	struct newcomer *who = container_of(task, struct newcomer, task);

	sloop_log_failure(who, serve(loop, who));
	free(who);
}

static void
turn_away(struct sloop *loop, const struct newcomer *who)
{
	close(who->in);
	if (who->out != who->in)
		close(who->out);
	atomic_fetch_sub(&loop->server->nconns, 1);
}

static int
send_to(struct sloop *loop, const struct newcomer *who)
{
	struct newcomer *copy = malloc(sizeof(*copy));

	if (copy == NULL) {
		turn_away(loop, who);
		return -ENOMEM;
	}
	*copy = *who;
	list_init(&copy->task.link);
	copy->task.run = take_in;
	if (sloop_post(loop, &copy->task))
		return 0;
	turn_away(loop, who);
	free(copy);
	return -ESHUTDOWN;
}

int
sloop_welcome(struct sloop *loop, const struct newcomer *who)
{
	if (loop == &loop->server->loops[0])
		return serve(loop, who);
	return send_to(loop, who);
}

void
sloop_command(struct sloop *loop, enum sloop_order order)
{
	uv_mutex_lock(&loop->mutex);
	loop->order = order;
	uv_mutex_unlock(&loop->mutex);
	uv_async_send(&loop->wake);
}
