/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_rx.c -- what comes from the server.
 *
 * As many bytes as there are come in by one recvmsg(2), and frames are taken
 * where they lie.  Of a frame that has not come whole, and that carries a
 * payload, the rest is received where it was asked for; so a large read is
 * copied once, by the kernel.  All other frames fit in the buffer.
 *
 * Before a request is ended here everything is as it will be afterwards: its
 * completion may run the connection, and we find it further on.
 */

#include <stdlib.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <unistd.h>

#include "etfsc_internal.h"

/* The longest frame without a payload: one string of 65535 and some numbers. */
#define CAP (68U << 10)

int
etfsc_rx_init(struct etfsc_rx *rx)
{
	*rx = (struct etfsc_rx){ .buf = malloc(CAP), .most = SIZE_MAX };
	return rx->buf != NULL ? 0 : -ENOMEM;
}

/*
 * Who waits for this reply?  NULL: a breach.  What is yet to be sent of a
 * request must stay in memory, and would not if the request ended.
 */
static struct etfsc_req *
addressee(struct etfsc *fs, const struct p9_msg *m)
{
	struct etfsc_req *req = etfsc_req_find(fs, m->tag);

	if (req == NULL) {
		etfsc_breach(fs, "a reply to tag %u, which asked for nothing",
		    (unsigned int)m->tag);
	} else if (req->end > fs->tx.gone) {
		etfsc_breach(fs, "a reply to tag %u before it was asked",
		    (unsigned int)m->tag);
		return NULL;
	}
	return req;
}

static void
take_frame(struct etfsc *fs, const uint8_t *frame, size_t len)
{
	struct etfsc_req *req;
	struct p9_msg m;

	if (p9_decode(&m, P9_DIALECT_L, frame, len) != 0) {
		etfsc_breach(fs, "a malformed message of type %u",
		    (unsigned int)frame[4]);
		return;
	}
	if ((req = addressee(fs, &m)) != NULL)
		etfsc_reply_answer(fs, req, &m);
}

/* Of the payload of m len bytes are at p; the rest goes where it should. */
static void
take_head(
    struct etfsc *fs, const struct p9_msg *m, const uint8_t *p, size_t len)
{
	struct etfsc_rx *rx = &fs->rx;
	const p9_data *data = &m->u.Rread.data; /* or Rreaddir's */
	struct etfsc_req *req;

	if ((req = addressee(fs, m)) == NULL)
		return;
	if (!etfsc_reply_fits(fs, req, m))
		return;
	memcpy(req->out, p, len);
	req->count = data->len;
	rx->into = req;
	rx->dst = (uint8_t *)req->out + len;
	rx->left = data->len - len;
	rx->start = rx->end = 0;
}

/* The frame that begins here has not come whole. */
static void
take_part(struct etfsc *fs, int64_t size)
{
	struct etfsc_rx *rx = &fs->rx;
	const uint8_t *frame = rx->buf + rx->start;
	size_t len = rx->end - rx->start;
	struct p9_msg m;
	int head;

	head = p9_decode_head(&m, P9_DIALECT_L, frame, len);
	if (head > 0)
		take_head(fs, &m, frame + head, len - (size_t)head);
	else if (head < 0)
		etfsc_breach(fs, "a payload that does not fit its message");
	else if (len >= P9_HDRSZ && size > CAP &&
	    p9_payload_offset(P9_DIALECT_L, frame[4]) == 0)
		etfsc_breach(fs, "a message of type %u with %lld bytes",
		    (unsigned int)frame[4], (long long)size);
}

/* false: there is no whole frame, and what there is has been seen to. */
static bool
take_next(struct etfsc *fs)
{
	struct etfsc_rx *rx = &fs->rx;
	const uint8_t *frame = rx->buf + rx->start;
	size_t len = rx->end - rx->start;
	int64_t size = p9_frame_size(frame, len, fs->msize);

	if (size < 0) {
		etfsc_breach(fs, "a message whose size cannot be");
		return false;
	}
	if (size == 0 || (size_t)size > len) {
		take_part(fs, size);
		return false;
	}
	rx->start += (size_t)size;
	take_frame(fs, frame, (size_t)size);
	return true;
}

/* What is left goes to the front, to make room behind it. */
static void
settle(struct etfsc_rx *rx)
{
	if (rx->start == 0)
		return;
	memmove(rx->buf, rx->buf + rx->start, rx->end - rx->start);
	rx->end -= rx->start;
	rx->start = 0;
}

/* n bytes have come; first of all, what a payload lacks. */
static void
arrive(struct etfsc *fs, size_t n)
{
	struct etfsc_rx *rx = &fs->rx;
	struct etfsc_req *req = rx->into;
	size_t part = n < rx->left ? n : rx->left;

	rx->dst += part;
	rx->left -= part;
	rx->end += n - part;
	if (req == NULL || rx->left > 0)
		return;
	rx->into = NULL;
	etfsc_req_end(fs, req, (int)req->count);
}

static size_t
smaller(size_t a, size_t b)
{
	return a < b ? a : b;
}

static ssize_t
receive(struct etfsc *fs, size_t *want)
{
	struct etfsc_rx *rx = &fs->rx;
	size_t payload = smaller(rx->left, rx->most);
	size_t rest = smaller(CAP - rx->end, rx->most - payload);
	struct iovec iov[2] = { { rx->dst, payload },
		{ rx->buf + rx->end, payload == rx->left ? rest : 0 } };
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = 2 };

	if (payload == 0) {
		msg.msg_iov = &iov[1];
		msg.msg_iovlen = 1;
	}
	*want = iov[0].iov_len + iov[1].iov_len;
	return fs->is_socket ? recvmsg(fs->fd, &msg, MSG_DONTWAIT)
			     : readv(fs->fd, msg.msg_iov, (int)msg.msg_iovlen);
}

void
etfsc_rx_handle(struct etfsc *fs)
{
	while (!fs->lost && fs->rx.left == 0 && take_next(fs))
		;
	settle(&fs->rx);
}

/* Returns false if there is no more for now. */
static bool
take_some(struct etfsc *fs)
{
	size_t want;
	ssize_t n = receive(fs, &want);

	if (n < 0) {
		if (errno == EINTR)
			return true;
		if (errno != EAGAIN)
			etfsc_hung_up(fs, errno);
		return false;
	}
	if (n == 0) {
		etfsc_hung_up(fs, 0);
		return false;
	}
	arrive(fs, (size_t)n);
	etfsc_rx_handle(fs);
	return (size_t)n == want;
}

void
etfsc_rx_take(struct etfsc *fs)
{
	while (!fs->lost && take_some(fs))
		;
}
