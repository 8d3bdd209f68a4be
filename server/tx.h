/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tx.h -- replies on their way out of a stream connection.
 *
 * A reply is written once, into a buffer that many replies share, and leaves
 * from there.  Rooms may be given out, filled and sent in any order: what was
 * sent first leaves first.  The payload of a reply may be a part of a file that
 * the kernel sends from where it is.  One thread.
 */

#ifndef TX_H
#define TX_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

#include "transport.h"

enum tx_kind {
	TX_MEMORY,
	TX_FILE,
	TX_ZEROS /* for what is no longer in a file */
};

struct tx_piece {
	enum tx_kind kind;
	int fd; /* of TX_FILE: our own */
	off_t off;
	size_t len;
	struct buf *buf; /* of TX_MEMORY: a reference */
	uint8_t *p;
};

struct tx {
	struct pool *pool;
	struct buf *cur; /* where the next room is cut from, or NULL */
	size_t used; /* of cur */
	struct tx_piece *pieces;
	size_t first, npieces, cap; /* pieces[first .. first + npieces) */
	size_t nfiles; /* of pieces: TX_FILE and TX_ZEROS */
	size_t nrooms; /* given out, neither sent nor dropped */
	size_t queued; /* bytes in pieces */
	uint64_t total; /* bytes that have been in pieces, ever */
	size_t reserved; /* bytes in rooms */
	size_t kept; /* bytes of all buffers that these and pieces are in */
	int broken; /* 0, or why nothing may leave any more: a gap */
};

void tx_init(struct tx *tx, struct pool *pool);
void tx_fini(struct tx *tx);

/* As in struct transport_ops. */
int tx_reserve(struct tx *tx, size_t cap, struct room *room);
void tx_send(struct tx *tx, struct room *room, size_t len);
void tx_drop(struct tx *tx, struct room *room);

/*
 * The first len bytes of room, and then ext.  What fd takes of it at once, up
 * to most bytes, needs no copy and no descriptor of its own; the rest keeps one
 * open.
 * room is used up in any case.  0, or an error after which there is a gap in
 * what was to be sent: nothing leaves any more, and the connection has to end.
 *
 * Where the file ends before ext does, because it has been truncated, zeros
 * go: how much comes has been said already.
 */
int tx_send_file(struct tx *tx, struct room *room, size_t len,
    const struct vextent *ext, int fd, size_t most);

/* Keep no file open, but copy what is yet to go.  0 or -errno. */
int tx_let_files_go(struct tx *tx);

/*
 * Write what is queued to fd, as much as it takes, but no more than most bytes,
 * or TX_ALL; is_socket says how.  0 if all is gone, 1 if most of it is, -EAGAIN
 * if fd is full, or why it will never be.
 */
#define TX_ALL SIZE_MAX
int tx_flush(struct tx *tx, int fd, bool is_socket, size_t most);

#endif
