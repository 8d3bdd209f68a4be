/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tx.c -- see tx.h.
 *
 * All replies that are ready leave in one sendmsg(2): those that lie side by
 * side are one piece of it.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "tx.h"

#define MAX_IOV 64

void
tx_init(struct tx *tx, struct pool *pool)
{
	*tx = (struct tx){ .pool = pool };
}

void
tx_fini(struct tx *tx)
{
	size_t i;

	for (i = 0; i < tx->npieces; i++)
		buf_put(tx->pieces[tx->first + i].buf);
	free(tx->pieces);
	buf_put(tx->cur);
}

/* Room for one piece more than may be needed, so that sending cannot fail. */
static int
reserve_piece(struct tx *tx)
{
	size_t need = tx->npieces + tx->nrooms + 1;
	struct tx_piece *pieces;
	size_t cap;

	if (tx->first + need <= tx->cap)
		return 0;
	if (tx->first > 0)
		memmove(tx->pieces, tx->pieces + tx->first,
		    tx->npieces * sizeof(*pieces));
	tx->first = 0;
	if (need <= tx->cap)
		return 0;
	cap = need < 8 ? 8 : need * 2;
	pieces = realloc(tx->pieces, cap * sizeof(*pieces));
	if (pieces == NULL)
		return -ENOMEM;
	tx->pieces = pieces;
	tx->cap = cap;
	return 0;
}

int
tx_reserve(struct tx *tx, size_t cap, struct room *room)
{
	struct buf *buf;
	int rc;

	if ((rc = reserve_piece(tx)) != 0)
		return rc;
	if (tx->cur == NULL || tx->cur->cap - tx->used < cap) {
		if ((buf = buf_new(tx->pool, cap)) == NULL)
			return -ENOMEM;
		buf_put(tx->cur);
		tx->cur = buf;
		tx->used = 0;
	}
	room->buf = buf_get(tx->cur);
	room->p = tx->cur->data + tx->used;
	room->cap = cap;
	tx->used += cap;
	tx->nrooms++;
	tx->reserved += cap;
	return 0;
}

/* Only the first keep bytes of room are needed any more. */
static void
give_back(struct tx *tx, struct room *room, size_t keep)
{
	tx->nrooms--;
	tx->reserved -= room->cap;
	if (room->buf == tx->cur &&
	    room->p + room->cap == tx->cur->data + tx->used)
		tx->used -= room->cap - keep;
}

void
tx_send(struct tx *tx, struct room *room, size_t len)
{
	struct tx_piece *last = tx->pieces + tx->first + tx->npieces - 1;

	give_back(tx, room, len);
	tx->queued += len;
	tx->total += len;
	if (tx->npieces > 0 && last->buf == room->buf &&
	    last->p + last->len == room->p) {
		last->len += len;
		buf_put(room->buf);
		return;
	}
	tx->pieces[tx->first + tx->npieces++] =
	    (struct tx_piece){ room->buf, room->p, len };
}

void
tx_drop(struct tx *tx, struct room *room)
{
	give_back(tx, room, 0);
	buf_put(room->buf);
}

/* n bytes have gone. */
static void
advance(struct tx *tx, size_t n)
{
	struct tx_piece *piece;

	tx->queued -= n;
	while (n > 0) {
		piece = &tx->pieces[tx->first];
		if (n < piece->len) {
			piece->p += n;
			piece->len -= n;
			return;
		}
		n -= piece->len;
		buf_put(piece->buf);
		tx->first++;
		tx->npieces--;
	}
}

static ssize_t
write_some(struct tx *tx, int fd, bool is_socket)
{
	struct iovec iov[MAX_IOV];
	struct msghdr msg = { .msg_iov = iov };
	size_t i;

	for (i = 0; i < tx->npieces && i < MAX_IOV; i++) {
		iov[i].iov_base = tx->pieces[tx->first + i].p;
		iov[i].iov_len = tx->pieces[tx->first + i].len;
	}
	msg.msg_iovlen = i;
	return is_socket ? sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT)
			 : writev(fd, iov, (int)i);
}

/* Nothing is on its way: nothing is kept either. */
static void
rest(struct tx *tx)
{
	tx->first = 0;
	if (tx->nrooms > 0)
		return;
	buf_put(tx->cur);
	tx->cur = NULL;
	if (tx->cap > MAX_IOV) {
		free(tx->pieces);
		tx->pieces = NULL;
		tx->cap = 0;
	}
}

int
tx_flush(struct tx *tx, int fd, bool is_socket)
{
	ssize_t n;

	while (tx->npieces > 0) {
		n = write_some(tx, fd, is_socket);
		if (n >= 0)
			advance(tx, (size_t)n);
		else if (errno != EINTR)
			return -errno;
	}
	rest(tx);
	return 0;
}
