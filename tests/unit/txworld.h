/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * txworld.h -- a queue of replies, and somebody at its other end.
 *
 * Each byte that is sent is the next of one long sequence, so that the other
 * side knows what has to come.
 */

#ifndef TXWORLD_H
#define TXWORLD_H

#include "fixture.h"
#include "pool.h"
#include "tx.h"

#define MAX_ROOMS 100

struct world {
	struct pool *pool;
	struct tx tx;
	int fds[2]; /* tx writes to the first, the other side reads */
	bool is_socket;
	size_t most; /* bytes that may leave at once; TX_ALL at first */
	size_t sent, received; /* bytes; the next of the sequence is sent */
	size_t reserved;
	struct room rooms[MAX_ROOMS];
	size_t nrooms;
	int file; /* holds at each offset the byte of that number */
	size_t zeros_from, zeros_to; /* bytes that come as zeros */
};

/* For cmocka_unit_test_setup_teardown(); *state is a struct world. */
int w_setup(void **state);
int w_setup_pipe(void **state);
int w_teardown(void **state);

/* A room for cap bytes, the last of w->rooms; its end takes it out of them. */
void w_reserve(struct world *w, size_t cap);
void w_send(struct world *w, size_t which, size_t len);
void w_drop(struct world *w, size_t which);
void w_reply(struct world *w, size_t cap, size_t len);

/* As w_send, and then size bytes of a file: what tx_send_file() returned. */
int w_send_file(struct world *w, size_t which, size_t len, size_t size);

/* tx_flush() */
int w_flush(struct world *w);

/* Read at most max bytes: how many there were.  Each is the one that had to
 * come. */
size_t w_receive(struct world *w, size_t max);

/* All that was sent arrives, and nothing is kept. */
void w_expect_all(struct world *w);

#endif
