/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tx.c -- see tx.h.
 *
 * All replies that are ready leave in one sendmsg(2): those that lie side by
 * side are one piece of it.  A part of a file costs a sendfile(2) of its own,
 * before which the rest leaves.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/sendfile.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "tx.h"

#define MAX_IOV 64

static const uint8_t zeros[64 << 10];

void
tx_init(struct tx *tx, struct pool *pool)
{
	*tx = (struct tx){ .pool = pool };
}

static void
put_piece(struct tx *tx, struct tx_piece *piece)
{
	if (piece->kind == TX_FILE)
		close(piece->fd);
	if (piece->kind != TX_MEMORY)
		tx->nfiles--;
	buf_put(piece->buf);
}

void
tx_fini(struct tx *tx)
{
	size_t i;

	for (i = 0; i < tx->npieces; i++)
		put_piece(tx, &tx->pieces[tx->first + i]);
	free(tx->pieces);
	buf_put(tx->cur);
}

/* Room for more pieces than there may be, so that sending cannot fail. */
static int
reserve_pieces(struct tx *tx, size_t more)
{
	size_t need = tx->npieces + tx->nrooms + more;
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

	if ((rc = reserve_pieces(tx, 1)) != 0)
		return rc;
	if (tx->cur == NULL || tx->cur->cap - tx->used < cap) {
		if ((buf = buf_new(tx->pool, cap)) == NULL)
			return -ENOMEM;
		buf_count(buf, &tx->kept);
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

static void
count_in(struct tx *tx, size_t len)
{
	tx->queued += len;
	tx->total += len;
}

static struct tx_piece *
last_piece(struct tx *tx)
{
	return tx->pieces + tx->first + tx->npieces - 1;
}

void
tx_send(struct tx *tx, struct room *room, size_t len)
{
	struct tx_piece *last;

	give_back(tx, room, len);
	count_in(tx, len);
	if (tx->npieces > 0) {
		last = last_piece(tx);
		if (last->kind == TX_MEMORY && last->buf == room->buf &&
		    last->p + last->len == room->p) {
			last->len += len;
			buf_put(room->buf);
			return;
		}
	}
	tx->pieces[tx->first + tx->npieces++] = (struct tx_piece){
		.kind = TX_MEMORY, .len = len, .buf = room->buf, .p = room->p
	};
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
			piece->len -= n;
			piece->off += (off_t)n;
			if (piece->kind == TX_MEMORY)
				piece->p += n;
			return;
		}
		n -= piece->len;
		put_piece(tx, piece);
		tx->first++;
		tx->npieces--;
	}
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

/* The first pieces, up to the next of a file, and to most bytes. */
static int
fill_iov(const struct tx *tx, struct iovec iov[MAX_IOV], size_t most)
{
	const struct tx_piece *piece = tx->pieces + tx->first;
	size_t i;

	for (i = 0; i < tx->npieces && i < MAX_IOV && most > 0; i++, piece++) {
		if (piece->kind == TX_FILE)
			break;
		iov[i].iov_base = piece->p;
		iov[i].iov_len = smaller(piece->len, most);
		if (piece->kind == TX_ZEROS) {
			iov[i].iov_base = (void *)(uintptr_t)zeros;
			iov[i].iov_len = smaller(iov[i].iov_len, sizeof(zeros));
		}
		most -= iov[i].iov_len;
		if (iov[i].iov_len < piece->len)
			return (int)i + 1;
	}
	return (int)i;
}

/* more: MSG_MORE if something is to follow at once, or 0. */
static ssize_t
write_memory(struct tx *tx, int fd, bool is_socket, int more, size_t most)
{
	struct iovec iov[MAX_IOV];
	int n = fill_iov(tx, iov, most);
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = (size_t)n };

	if ((size_t)n < tx->npieces)
		more = MSG_MORE;
	return is_socket ? sendmsg(fd, &msg, MSG_NOSIGNAL | MSG_DONTWAIT | more)
			 : writev(fd, iov, n);
}

/* The rest of a piece is not in its file any more. */
static void
zero(struct tx_piece *piece)
{
	close(piece->fd);
	piece->kind = TX_ZEROS;
}

static ssize_t
write_file(struct tx *tx, int fd, size_t most)
{
	struct tx_piece *piece = &tx->pieces[tx->first];
	off_t off = piece->off;
	ssize_t n = sendfile(fd, piece->fd, &off, smaller(piece->len, most));

	if (n == 0)
		zero(piece);
	return n;
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

static int
flush(struct tx *tx, int fd, bool is_socket, int more, size_t most)
{
	ssize_t n;

	while (tx->npieces > 0) {
		if (most == 0)
			return 1;
		n = tx->pieces[tx->first].kind == TX_FILE
		    ? write_file(tx, fd, most)
		    : write_memory(tx, fd, is_socket, more, most);
		if (n < 0) {
			if (errno != EINTR)
				return -errno;
			continue;
		}
		advance(tx, (size_t)n);
		most -= (size_t)n;
	}
	return 0;
}

int
tx_flush(struct tx *tx, int fd, bool is_socket, size_t most)
{
	int rc = tx->broken;

	if (rc == 0)
		rc = flush(tx, fd, is_socket, 0, most);
	if (rc == 0)
		rest(tx);
	return rc;
}

/* Read what is to go from fd, as if it were sent. */
static struct buf *
copy_of(struct tx *tx, int fd, off_t off, size_t len)
{
	struct buf *buf = buf_new(tx->pool, len);
	size_t got = 0;
	ssize_t n = 1;

	while (buf != NULL && got < len && n != 0) {
		n = pread(fd, buf->data + got, len - got, off + (off_t)got);
		if (n > 0) {
			got += (size_t)n;
		} else if (n < 0 && errno != EINTR) {
			buf_put(buf);
			return NULL;
		}
	}
	if (buf != NULL)
		memset(buf->data + got, 0, len - got);
	return buf;
}

static bool
keep_copy(struct tx *tx, struct tx_piece *piece, int fd)
{
	piece->buf = copy_of(tx, fd, piece->off, piece->len);
	if (piece->buf == NULL)
		return false;
	piece->p = piece->buf->data;
	piece->kind = TX_MEMORY;
	return true;
}

/* There is room for a piece.  Without a descriptor for it, it is a copy. */
static int
push_file(struct tx *tx, const struct vextent *ext)
{
	struct tx_piece *piece = &tx->pieces[tx->first + tx->npieces];

	*piece = (struct tx_piece){
		.kind = TX_FILE, .off = ext->off, .len = ext->len
	};
	piece->fd = fcntl(ext->fd, F_DUPFD_CLOEXEC, 0);
	if (piece->fd < 0 && !keep_copy(tx, piece, ext->fd))
		return -EIO;
	if (piece->kind == TX_FILE)
		tx->nfiles++;
	tx->npieces++;
	return 0;
}

/* What fd takes of ext, up to most bytes; ext is then the rest. */
static void
send_now(struct tx *tx, struct vextent *ext, int fd, size_t most)
{
	size_t left = smaller(ext->len, most);
	ssize_t n;

	do {
		n = sendfile(fd, ext->fd, &ext->off, left);
		if (n > 0) {
			left -= (size_t)n;
			ext->len -= (size_t)n;
			tx->queued -= (size_t)n;
		}
	} while (left > 0 && (n > 0 || (n < 0 && errno == EINTR)));
}

static int
send_file(struct tx *tx, struct vextent *ext, int fd, size_t most)
{
	int rc;

	if ((rc = flush(tx, fd, true, MSG_MORE, most)) == 0)
		send_now(tx, ext, fd, most);
	else if (rc < 0 && rc != -EAGAIN)
		return rc;
	if (ext->len > 0)
		return push_file(tx, ext);
	rest(tx);
	return 0;
}

int
tx_send_file(struct tx *tx, struct room *room, size_t len,
    const struct vextent *ext, int fd, size_t most)
{
	struct vextent left = *ext;

	if (tx->broken == 0)
		tx->broken = reserve_pieces(tx, 1);
	if (tx->broken != 0) {
		tx_drop(tx, room);
		return tx->broken;
	}
	tx_send(tx, room, len);
	count_in(tx, ext->len);
	tx->broken = send_file(tx, &left, fd, most);
	return tx->broken;
}

int
tx_let_files_go(struct tx *tx)
{
	struct tx_piece *piece;
	size_t i;
	int fd;

	for (i = 0; i < tx->npieces && tx->nfiles > 0; i++) {
		piece = &tx->pieces[tx->first + i];
		if (piece->kind != TX_FILE)
			continue;
		fd = piece->fd;
		if (!keep_copy(tx, piece, fd))
			return -EIO;
		close(fd);
		tx->nfiles--;
	}
	return 0;
}
