/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tx.h -- replies on their way out of a stream connection.
 *
 * A reply is written once, into a buffer that many replies share, and leaves
 * from there.  Rooms may be given out, filled and sent in any order: what was
 * sent first leaves first.  One thread.
 */

#ifndef TX_H
#define TX_H

#include <stdbool.h>
#include <stddef.h>

#include "transport.h"

struct tx_piece {
	struct buf *buf; /* a reference */
	uint8_t *p;
	size_t len;
};

struct tx {
	struct pool *pool;
	struct buf *cur; /* where the next room is cut from, or NULL */
	size_t used; /* of cur */
	struct tx_piece *pieces;
	size_t first, npieces, cap; /* pieces[first .. first + npieces) */
	size_t nrooms; /* given out, neither sent nor dropped */
	size_t queued; /* bytes in pieces */
	uint64_t total; /* bytes that have been in pieces, ever */
	size_t reserved; /* bytes in rooms */
};

void tx_init(struct tx *tx, struct pool *pool);
void tx_fini(struct tx *tx);

/* As in struct transport_ops. */
int tx_reserve(struct tx *tx, size_t cap, struct room *room);
void tx_send(struct tx *tx, struct room *room, size_t len);
void tx_drop(struct tx *tx, struct room *room);

/*
 * Write what is queued to fd, as much as it takes; is_socket says how.  0 if
 * all is gone, -EAGAIN if fd is full, or why it will never be.
 */
int tx_flush(struct tx *tx, int fd, bool is_socket);

#endif
