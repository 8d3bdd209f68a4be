/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pool.h -- memory that the connections of one loop share.
 *
 * Buffers for bytes on their way in and out, counted, and two sizes of small
 * objects (requests, fids).  What is given back is kept for the next, up to a
 * bound, so that busy connections allocate nothing and idle ones hold nothing.
 * One thread.
 */

#ifndef POOL_H
#define POOL_H

#include <stddef.h>
#include <stdint.h>

#define BUF_SMALL (64U << 10)

struct pool;

struct buf {
	struct pool *pool;
	struct buf *next; /* while free */
	size_t *kept; /* counts its bytes while it is in use; or NULL */
	unsigned int refs;
	size_t cap;
	uint8_t data[];
};

struct pool *pool_new(void); /* NULL if there is no memory */
void pool_free(struct pool *pool); /* everything has been given back */

/* A buffer of at least cap bytes, with one reference; or NULL. */
struct buf *buf_new(struct pool *pool, size_t cap);
struct buf *buf_get(struct buf *buf);
void buf_put(struct buf *buf); /* NULL is fine */

/* Its bytes are counted in *kept, until nobody has it any more. */
void buf_count(struct buf *buf, size_t *kept);

/* Objects, not cleared; or NULL.  One kind has one size. */
enum pool_kind {
	POOL_REQUEST,
	POOL_FID,
	POOL_NKINDS
};

void *pool_take(struct pool *pool, enum pool_kind kind, size_t size);
void pool_give(struct pool *pool, enum pool_kind kind, void *obj);

#endif
