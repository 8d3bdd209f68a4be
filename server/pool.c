/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pool.c -- free lists; see pool.h.
 *
 * Buffers come in a few sizes, so that one that was large for one client is
 * the right one for the next.
 */

#include <stdlib.h>

#include "pool.h"

#define NCLASSES 3
#define KEEP_OBJECTS 1024

static const struct {
	size_t cap;
	size_t keep; /* how many free ones */
} classes[NCLASSES] = {
	{ BUF_SMALL, 32 }, { (size_t)4 * BUF_SMALL, 8 },
	{ (1U << 20) + 4096, 4 }, /* the largest frame, and a little */
};

struct free_object {
	struct free_object *next;
};

struct pool {
	struct {
		struct buf *free;
		size_t n;
	} bufs[NCLASSES];
	struct {
		struct free_object *free;
		size_t n;
	} objects[POOL_NKINDS];
};

struct pool *
pool_new(void)
{
	return calloc(1, sizeof(struct pool));
}

void
pool_free(struct pool *pool)
{
	struct free_object *obj;
	struct buf *buf;
	size_t i;

	if (pool == NULL)
		return;
	for (i = 0; i < NCLASSES; i++)
		while ((buf = pool->bufs[i].free) != NULL) {
			pool->bufs[i].free = buf->next;
			free(buf);
		}
	for (i = 0; i < POOL_NKINDS; i++)
		while ((obj = pool->objects[i].free) != NULL) {
			pool->objects[i].free = obj->next;
			free(obj);
		}
	free(pool);
}

/* The smallest class that cap fits in; NCLASSES if none. */
static size_t
class_of(size_t cap)
{
	size_t i;

	for (i = 0; i < NCLASSES; i++)
		if (cap <= classes[i].cap)
			break;
	return i;
}

static struct buf *
buf_alloc(struct pool *pool, size_t cap)
{
	struct buf *buf = malloc(sizeof(*buf) + cap);

	if (buf != NULL) {
		buf->pool = pool;
		buf->cap = cap;
	}
	return buf;
}

struct buf *
buf_new(struct pool *pool, size_t cap)
{
	size_t i = class_of(cap);
	struct buf *buf;

	if (i == NCLASSES) {
		buf = buf_alloc(pool, cap);
	} else if ((buf = pool->bufs[i].free) != NULL) {
		pool->bufs[i].free = buf->next;
		pool->bufs[i].n--;
	} else {
		buf = buf_alloc(pool, classes[i].cap);
	}
	if (buf != NULL) {
		buf->refs = 1;
		buf->kept = NULL;
	}
	return buf;
}

void
buf_count(struct buf *buf, size_t *kept)
{
	buf->kept = kept;
	*kept += buf->cap;
}

struct buf *
buf_get(struct buf *buf)
{
	buf->refs++;
	return buf;
}

void
buf_put(struct buf *buf)
{
	struct pool *pool;
	size_t i;

	if (buf == NULL || --buf->refs > 0)
		return;
	if (buf->kept != NULL)
		*buf->kept -= buf->cap;
	pool = buf->pool;
	i = class_of(buf->cap);
	if (i == NCLASSES || pool->bufs[i].n == classes[i].keep) {
		free(buf);
		return;
	}
	buf->next = pool->bufs[i].free;
	pool->bufs[i].free = buf;
	pool->bufs[i].n++;
}

void *
pool_take(struct pool *pool, enum pool_kind kind, size_t size)
{
	struct free_object *obj = pool->objects[kind].free;

	if (obj == NULL)
		return malloc(size);
	pool->objects[kind].free = obj->next;
	pool->objects[kind].n--;
	return obj;
}

void
pool_give(struct pool *pool, enum pool_kind kind, void *mem)
{
	struct free_object *obj = mem;

	if (pool->objects[kind].n == KEEP_OBJECTS) {
		free(mem);
		return;
	}
	obj->next = pool->objects[kind].free;
	pool->objects[kind].free = obj;
	pool->objects[kind].n++;
}
