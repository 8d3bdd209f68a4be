/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_tx.c -- what is to be sent.
 *
 * Messages are encoded one behind the other, and leave in one sendmsg(2); a
 * payload goes out from where its owner has it.  As buf may move when it grows,
 * a run of heads is known by where it begins in buf.
 */

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>

#include "etfsc_internal.h"

#define MIN_CAP 4096
#define MAX_IOV 128

int
etfsc_tx_init(struct etfsc_tx *tx)
{
	*tx = (struct etfsc_tx){ .buf = malloc(MIN_CAP), .cap = MIN_CAP };
	return tx->buf != NULL ? 0 : -ENOMEM;
}

void
etfsc_tx_fini(struct etfsc_tx *tx)
{
	free(tx->buf);
	free(tx->pieces);
}

/* Two more pieces. */
static int
reserve_pieces(struct etfsc_tx *tx)
{
	struct etfsc_piece *pieces;
	size_t cap;

	if (tx->first + tx->npieces + 2 <= tx->pieces_cap)
		return 0;
	if (tx->first > 0)
		memmove(tx->pieces, tx->pieces + tx->first,
		    tx->npieces * sizeof(*pieces));
	tx->first = 0;
	if (tx->npieces + 2 <= tx->pieces_cap / 2)
		return 0;
	cap = tx->pieces_cap == 0 ? 16 : tx->pieces_cap * 2;
	pieces = realloc(tx->pieces, cap * sizeof(*pieces));
	if (pieces == NULL)
		return -ENOMEM;
	tx->pieces = pieces;
	tx->pieces_cap = cap;
	return 0;
}

/* Where the heads that have not gone begin. */
static size_t
heads_start(const struct etfsc_tx *tx)
{
	size_t i;

	for (i = tx->first; i < tx->first + tx->npieces; i++)
		if (tx->pieces[i].p == NULL)
			return tx->pieces[i].off;
	return tx->len;
}

static void
compact(struct etfsc_tx *tx, size_t start)
{
	size_t i;

	memmove(tx->buf, tx->buf + start, tx->len - start);
	tx->len -= start;
	for (i = tx->first; i < tx->first + tx->npieces; i++)
		if (tx->pieces[i].p == NULL)
			tx->pieces[i].off -= start;
}

/* More room at the end of buf, by moving what is there or by growing. */
static int
make_room(struct etfsc_tx *tx)
{
	size_t start = heads_start(tx);
	size_t cap = tx->cap * 2;
	uint8_t *buf;

	if (start > tx->cap / 2) {
		compact(tx, start);
		return 0;
	}
	if ((buf = realloc(tx->buf, cap)) == NULL)
		return -ENOMEM;
	tx->buf = buf;
	tx->cap = cap;
	return 0;
}

/* Encode m at the end of buf: its length, or -errno. */
static int
encode(struct etfsc_tx *tx, const struct p9_msg *m, uint32_t msize)
{
	size_t room;
	int rc;

	for (;;) {
		room = tx->cap - tx->len;
		if (room > msize)
			room = msize;
		rc = p9_encode_head(m, P9_DIALECT_L, tx->buf + tx->len, room);
		if (rc != -EMSGSIZE || room == msize)
			return rc;
		if ((rc = make_room(tx)) != 0)
			return rc;
	}
}

static void
append(struct etfsc_tx *tx, const uint8_t *p, size_t off, size_t len)
{
	struct etfsc_piece *last = tx->pieces + tx->first + tx->npieces - 1;

	if (p == NULL && tx->npieces > 0 && last->p == NULL) {
		last->len += len;
		return;
	}
	tx->pieces[tx->first + tx->npieces++] =
	    (struct etfsc_piece){ p, off, len };
}

int
etfsc_tx_put(struct etfsc_tx *tx, const struct p9_msg *m, uint32_t msize,
    const void *data)
{
	int n;

	if ((n = reserve_pieces(tx)) != 0 || (n = encode(tx, m, msize)) < 0)
		return n;
	append(tx, NULL, tx->len, (size_t)n);
	tx->len += (size_t)n;
	tx->queued += (size_t)n;
	if (m->type == P9_Twrite && m->u.Twrite.data.len > 0) {
		append(tx, data, 0, m->u.Twrite.data.len);
		tx->queued += m->u.Twrite.data.len;
	}
	return 0;
}

static ssize_t
send_some(struct etfsc_tx *tx, int fd, bool is_socket)
{
	struct iovec iov[MAX_IOV];
	struct msghdr msg = { .msg_iov = iov };
	const struct etfsc_piece *piece = tx->pieces + tx->first;
	size_t i;

	for (i = 0; i < tx->npieces && i < MAX_IOV; i++, piece++) {
		iov[i].iov_base = piece->p != NULL ? (void *)(uintptr_t)piece->p
						   : tx->buf + piece->off;
		iov[i].iov_len = piece->len;
	}
	msg.msg_iovlen = i;
	return is_socket ? sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT)
			 : writev(fd, iov, (int)i);
}

/* n bytes have gone. */
static void
advance(struct etfsc_tx *tx, size_t n)
{
	struct etfsc_piece *piece;

	tx->gone += n;
	while (n > 0) {
		piece = &tx->pieces[tx->first];
		if (n < piece->len) {
			if (piece->p != NULL)
				piece->p += n;
			else
				piece->off += n;
			piece->len -= n;
			return;
		}
		n -= piece->len;
		tx->first++;
		tx->npieces--;
	}
}

int
etfsc_tx_send(struct etfsc_tx *tx, int fd, bool is_socket)
{
	ssize_t n;

	while (tx->npieces > 0) {
		n = send_some(tx, fd, is_socket);
		if (n >= 0)
			advance(tx, (size_t)n);
		else if (errno != EINTR)
			return -errno;
	}
	tx->first = tx->len = 0;
	return 0;
}
