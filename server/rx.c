/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rx.c -- see rx.h.
 */

#include <errno.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#include "p9.h"
#include "rx.h"

void
rx_init(struct rx *rx, struct pool *pool)
{
	*rx = (struct rx){ .pool = pool, .cap = BUF_SMALL };
}

void
rx_fini(struct rx *rx)
{
	buf_put(rx->buf);
}

size_t
rx_unhandled(const struct rx *rx)
{
	return rx->end - rx->start;
}

/* How long the frame at the start is; 0 if that is not known yet. */
static int64_t
frame_size(const struct rx *rx, uint32_t msize)
{
	if (rx->buf == NULL)
		return 0;
	return p9_frame_size(
	    rx->buf->data + rx->start, rx_unhandled(rx), msize);
}

/*
 * Where a large frame came there will be more, and to find that out when a
 * part of one is here means to copy that part.
 */
static void
guess_cap(struct rx *rx, size_t size)
{
	if (size > BUF_SMALL / 2)
		rx->cap = size;
	else if (rx_unhandled(rx) == 0)
		rx->cap = BUF_SMALL;
}

/* Move what is unhandled to a buffer of cap bytes. */
static int
move(struct rx *rx, size_t cap)
{
	struct buf *buf = buf_new(rx->pool, cap);

	if (buf == NULL)
		return -ENOMEM;
	buf_count(buf, &rx->kept);
	if (rx->buf != NULL)
		memcpy(buf->data, rx->buf->data + rx->start, rx_unhandled(rx));
	buf_put(rx->buf);
	rx->buf = buf;
	rx->end = rx_unhandled(rx);
	rx->start = 0;
	return 0;
}

/* Make room for reading: at least for the rest of the frame that began. */
static int
make_room(struct rx *rx, uint32_t msize)
{
	int64_t size = frame_size(rx, msize);
	size_t need = size > 0 ? (size_t)size : P9_HDRSZ;

	if (rx->buf == NULL)
		return move(rx, rx->cap);
	if (rx->buf->refs == 1 && rx_unhandled(rx) == 0)
		rx->start = rx->end = 0;
	if (rx->buf->cap - rx->start >= need && rx->end < rx->buf->cap)
		return 0;
	return move(rx, need > rx->cap ? need : rx->cap);
}

int
rx_fill(struct rx *rx, int fd, bool is_socket, uint32_t msize)
{
	uint8_t *p;
	size_t room;
	ssize_t n;
	int rc;

	if (rx->drained)
		return 0;
	if ((rc = make_room(rx, msize)) != 0)
		return rc;
	p = rx->buf->data + rx->end;
	room = rx->buf->cap - rx->end;
	do
		n = is_socket ? recv(fd, p, room, MSG_DONTWAIT)
			      : read(fd, p, room);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == EAGAIN ? 0 : -errno;
	rx->drained = is_socket && (size_t)n < room;
	rx->end += (size_t)n;
	return n > 0 ? 1 : -EPIPE;
}

int
rx_take(struct rx *rx, uint32_t msize, uint8_t **p, size_t *len)
{
	int64_t size = frame_size(rx, msize);

	if (size < 0) {
		*p = rx->buf->data + rx->start;
		*len = (*p)[0] | (size_t)(*p)[1] << 8 | (size_t)(*p)[2] << 16 |
		    (size_t)(*p)[3] << 24;
		return -EPROTO;
	}
	if (size == 0 || (size_t)size > rx_unhandled(rx))
		return 0;
	*p = rx->buf->data + rx->start;
	*len = (size_t)size;
	rx->start += *len;
	rx->total += *len;
	guess_cap(rx, *len);
	return 1;
}

void
rx_rest(struct rx *rx)
{
	if (rx->buf == NULL || rx_unhandled(rx) > 0 || rx->buf->refs > 1)
		return;
	buf_put(rx->buf);
	rx->buf = NULL;
	rx->start = rx->end = 0;
}
