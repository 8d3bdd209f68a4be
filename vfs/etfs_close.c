/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_close.c -- a thread that closes what may take long to close.
 *
 * The last descriptor of a file that has no name any more frees its blocks when
 * it is closed, which for a large file on a disk takes seconds, and the last
 * reference to a vnode may go on a loop.  So such nodes end here.  The thread
 * is started by the first of them, one for each mount: a host that does not
 * answer holds up its own mount only.
 */

#include <stdlib.h>
#include <unistd.h>

#include "etfs_internal.h"

int
etfs_closer_init(struct etfs_closer *c)
{
	int rc;

	c->dead = NULL;
	c->runs = c->ends = c->busy = false;
	if ((rc = uv_mutex_init(&c->mutex)) != 0)
		return rc;
	if ((rc = uv_cond_init(&c->more)) != 0)
		goto destroy_mutex;
	if ((rc = uv_cond_init(&c->idle)) == 0)
		return 0;

	uv_cond_destroy(&c->more);
destroy_mutex:
	uv_mutex_destroy(&c->mutex);
	return rc;
}

/* NULL: that is all. */
static struct etfs_node *
wait_for_some(struct etfs_closer *c)
{
	struct etfs_node *dead;

	uv_mutex_lock(&c->mutex);
	c->busy = false;
	if (c->dead == NULL)
		uv_cond_broadcast(&c->idle);
	while (c->dead == NULL && !c->ends)
		uv_cond_wait(&c->more, &c->mutex);
	dead = c->dead;
	c->dead = NULL;
	c->busy = dead != NULL;
	uv_mutex_unlock(&c->mutex);
	return dead;
}

/* To free one may bring more: the directories above it. */
static void
run(void *arg)
{
	struct etfs_closer *c = arg;
	struct etfs_node *node, *next;

	while ((node = wait_for_some(c)) != NULL) {
		for (; node != NULL; node = next) {
			next = node->next;
			etfs_node_free(node);
		}
	}
}

bool
etfs_closer_take(struct etfs_closer *c, struct etfs_node *node)
{
	bool took;

	uv_mutex_lock(&c->mutex);
	if (!c->runs)
		c->runs = uv_thread_create(&c->thread, run, c) == 0;
	if ((took = c->runs)) {
		node->next = c->dead;
		c->dead = node;
		uv_cond_signal(&c->more);
	}
	uv_mutex_unlock(&c->mutex);
	return took;
}

void
etfs_closer_drain(struct etfs_closer *c)
{
	uv_mutex_lock(&c->mutex);
	while (c->dead != NULL || c->busy)
		uv_cond_wait(&c->idle, &c->mutex);
	uv_mutex_unlock(&c->mutex);
}

void
etfs_closer_fini(struct etfs_closer *c)
{
	uv_mutex_lock(&c->mutex);
	c->ends = true;
	uv_cond_signal(&c->more);
	uv_mutex_unlock(&c->mutex);
	if (c->runs)
		uv_thread_join(&c->thread);
	uv_cond_destroy(&c->idle);
	uv_cond_destroy(&c->more);
	uv_mutex_destroy(&c->mutex);
}
