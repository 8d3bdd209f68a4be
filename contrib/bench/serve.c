/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * serve.c -- the least of a server: bytes in, an answer to each frame, all of
 * them out.
 *
 * Replies lie one behind the other in out, but for payloads that lie elsewhere.
 * Sending waits for the client, whoever else there is.
 */

#include <arpa/inet.h>
#include <errno.h>
#include <netinet/tcp.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/epoll.h>
#include <sys/socket.h>
#include <sys/uio.h>
#include <sys/un.h>
#include <unistd.h>

#include "serve.h"

#define IN ((size_t)2 * SERVE_MSIZE)
#define OUT ((size_t)4 * SERVE_MSIZE)
#define PIECES 256
#define SNDBUF (2 << 20)

union address {
	struct sockaddr sa;
	struct sockaddr_un un;
	struct sockaddr_in in;
};

static socklen_t
parse(const char *text, union address *out)
{
	const char *colon = strrchr(text, ':');
	char host[64];

	memset(out, 0, sizeof(*out));
	if (strncmp(text, "unix:", 5) == 0 &&
	    strlen(text + 5) < sizeof(out->un.sun_path)) {
		out->un.sun_family = AF_UNIX;
		memcpy(out->un.sun_path, text + 5, strlen(text + 5));
		return sizeof(out->un);
	}
	if (strncmp(text, "tcp:", 4) != 0 || colon < text + 4 ||
	    colon - text - 4 >= (ptrdiff_t)sizeof(host))
		return 0;
	memcpy(host, text + 4, (size_t)(colon - text - 4));
	host[colon - text - 4] = '\0';
	out->in.sin_family = AF_INET;
	out->in.sin_port = htons((uint16_t)strtoul(colon + 1, NULL, 10));
	if (inet_pton(AF_INET, host, &out->in.sin_addr) != 1)
		return 0;
	return sizeof(out->in);
}

static int
say(const char *address, int fd)
{
	fprintf(stderr, "%s: %s\n", address, strerror(errno));
	if (fd >= 0)
		close(fd);
	return -1;
}

int
serve_listen(const char *address)
{
	union address addr;
	socklen_t len = parse(address, &addr);
	int fd, one = 1;

	errno = EINVAL;
	if (len == 0)
		return say(address, -1);
	if (addr.sa.sa_family == AF_UNIX)
		unlink(addr.un.sun_path);
	fd = socket(addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return say(address, fd);
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	if (bind(fd, &addr.sa, len) != 0 || listen(fd, 1024) != 0)
		return say(address, fd);
	return fd;
}

int
serve_connect(const char *address)
{
	union address addr;
	socklen_t len = parse(address, &addr);
	int fd, one = 1;

	errno = EINVAL;
	if (len == 0)
		return say(address, -1);
	fd = socket(addr.sa.sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0 || connect(fd, &addr.sa, len) != 0)
		return say(address, fd);
	setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

void
serve_version(struct serve_client *c, const struct p9_msg *t, struct p9_msg *r)
{
	c->msize = t->u.Tversion.msize;
	if (c->msize > SERVE_MSIZE)
		c->msize = SERVE_MSIZE;
	r->u.Rversion.msize = c->msize;
	r->u.Rversion.version = (p9_str){ P9_VERSION_L, 8 };
}

/* All that is queued; false: the client has gone. */
static bool
send_all(struct serve_client *c)
{
	struct iovec iov[PIECES];
	struct msghdr msg = { .msg_iov = iov, .msg_iovlen = c->npieces };
	size_t i;
	ssize_t n;

	for (i = 0; i < c->npieces; i++)
		iov[i] = c->pieces[i];
	while (msg.msg_iovlen > 0) {
		n = sendmsg(c->fd, &msg, MSG_NOSIGNAL);
		if (n < 0)
			return false;
		for (; msg.msg_iovlen > 0 && (size_t)n >= msg.msg_iov->iov_len;
		     msg.msg_iovlen--)
			n -= (ssize_t)(msg.msg_iov++)->iov_len;
		if (msg.msg_iovlen > 0) {
			msg.msg_iov->iov_base =
			    (char *)msg.msg_iov->iov_base + n;
			msg.msg_iov->iov_len -= (size_t)n;
		}
	}
	c->len = c->npieces = 0;
	return true;
}

/* len bytes at p are to be sent: a part of the last piece, or one more. */
static void
append(struct serve_client *c, const uint8_t *p, size_t len)
{
	struct iovec *next = &c->pieces[c->npieces], *last = next - 1;

	if (len == 0)
		return;
	if (c->npieces > 0 && (uint8_t *)last->iov_base + last->iov_len == p) {
		last->iov_len += len;
	} else {
		*next = (struct iovec){ (void *)(uintptr_t)p, len };
		c->npieces++;
	}
}

static bool
answer(struct serve_client *c, const uint8_t *frame, size_t size)
{
	struct p9_msg t, r;
	p9_data data = { NULL, 0 };
	uint8_t *head = c->out + c->len;
	int rc, n;

	if (p9_decode_request(&t, P9_DIALECT_L, frame, size) != 0)
		return false;
	r.type = t.type + 1;
	r.tag = t.tag;
	rc = c->serve->answer(c, &t, &r, head + P9_HDRSZ + 4);
	if (rc != 0) {
		r.type = P9_Rlerror;
		r.u.Rlerror.ecode = p9_errno_to_wire(-rc);
	} else if (r.type == P9_Rread || r.type == P9_Rreaddir) {
		data = r.u.Rread.data;
	}
	n = p9_encode_head(&r, P9_DIALECT_L, head, 4096);
	if (n < 0)
		return false;
	append(c, head, (size_t)n);
	append(c, data.p, data.len);
	c->len += (size_t)n;
	if (data.p == head + n)
		c->len += data.len;
	if (OUT - c->len < SERVE_MSIZE + 4096 || c->npieces + 2 > PIECES)
		return send_all(c);
	return true;
}

static void
settle(struct serve_client *c)
{
	if (c->start == c->end) {
		c->start = c->end = 0;
	} else if (IN - c->start < SERVE_MSIZE) {
		memmove(c->in, c->in + c->start, c->end - c->start);
		c->end -= c->start;
		c->start = 0;
	}
}

/* false: the client has gone, or has to. */
static bool
turn(struct serve_client *c)
{
	ssize_t n = recv(c->fd, c->in + c->end, IN - c->end, MSG_DONTWAIT);
	int64_t size;
	size_t len;

	if (n <= 0)
		return n < 0 && errno == EAGAIN;
	c->end += (size_t)n;
	for (;;) {
		len = c->end - c->start;
		size = p9_frame_size(c->in + c->start, len, SERVE_MSIZE);
		if (size < 0)
			return false;
		if (size == 0 || (size_t)size > len)
			break;
		if (!answer(c, c->in + c->start, (size_t)size))
			return false;
		c->start += (size_t)size;
	}
	settle(c);
	return send_all(c);
}

static void
take_leave(struct serve_client *c)
{
	if (c->serve->gone != NULL)
		c->serve->gone(c);
	close(c->fd);
	free(c->in);
	free(c->out);
	free(c->pieces);
	free(c);
}

static void
welcome(int ep, int listener, const struct serve *serve)
{
	struct epoll_event ev = { .events = EPOLLIN };
	struct serve_client *c;
	int one = 1, sndbuf = SNDBUF;

	if ((c = calloc(1, sizeof(*c))) == NULL)
		return;
	c->serve = serve;
	c->in = malloc(IN);
	c->out = malloc(OUT);
	c->pieces = malloc(PIECES * sizeof(*c->pieces));
	c->fd = accept4(listener, NULL, NULL, SOCK_CLOEXEC);
	ev.data.ptr = c;
	if (c->in == NULL || c->out == NULL || c->pieces == NULL || c->fd < 0 ||
	    epoll_ctl(ep, EPOLL_CTL_ADD, c->fd, &ev) != 0) {
		take_leave(c);
		return;
	}
	if (setsockopt(c->fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one)) != 0)
		setsockopt(
		    c->fd, SOL_SOCKET, SO_SNDBUF, &sndbuf, sizeof(sndbuf));
}

int
serve_at(const char *address, const struct serve *serve)
{
	struct epoll_event ev = { .events = EPOLLIN }, events[64];
	int ep = epoll_create1(EPOLL_CLOEXEC), listener, n, i;

	if ((listener = serve_listen(address)) < 0)
		return -1;
	if (epoll_ctl(ep, EPOLL_CTL_ADD, listener, &ev) != 0)
		return say(address, listener);
	for (;;) {
		n = epoll_wait(ep, events, 64, -1);
		for (i = 0; i < n; i++) {
			if (events[i].data.ptr == NULL)
				welcome(ep, listener, serve);
			else if (!turn(events[i].data.ptr))
				take_leave(events[i].data.ptr);
		}
	}
}
