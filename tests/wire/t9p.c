/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t9p.c -- frames out, frames in.
 *
 * Descriptors are non-blocking and every wait is a poll(2) with the time limit.
 */

#include <sys/socket.h>
#include <sys/un.h>

#include <errno.h>
#include <fcntl.h>
#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <poll.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "t9check.h"
#include "wire.h"

#undef t9_send
#undef t9_recv
#undef t9_recv_tag
#undef t9_recv_closed

#define NTAGS 65536

static struct t9 *clients;
static const char *here_file = "?";
static int here_line;
static const char *context;

int64_t
t9_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int
t9_timeout(void)
{
	const char *env = getenv("T9_TIMEOUT");

	return 1000 * (env != NULL ? atoi(env) : T9_TIMEOUT);
}

void
t9_here(const char *file, int line)
{
	here_file = file;
	here_line = line;
}

void
t9_context(const char *text)
{
	context = text;
}

void
t9_fail(const char *fmt, ...)
{
	va_list ap;

	if (context != NULL)
		print_error("%s:\n", context);
	context = NULL;
	va_start(ap, fmt);
	vprint_error(fmt, ap);
	va_end(ap);
	print_error("\n");
	_fail(here_file, here_line);
	abort(); /* _fail does not come back */
}

p9_str
t9_str(const char *s)
{
	return (p9_str){ s, (uint16_t)strlen(s) };
}

bool
t9_str_is(p9_str str, const char *s)
{
	return str.len == strlen(s) && memcmp(str.s, s, str.len) == 0;
}

static int
unix_socket(const char *path)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	if (strlen(path) >= sizeof(sun.sun_path)) {
		errno = ENAMETOOLONG;
		return -1;
	}
	strcpy(sun.sun_path, path);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -1;
	if (connect(fd, (struct sockaddr *)&sun, sizeof(sun)) == 0)
		return fd;
	close(fd);
	return -1;
}

/* "HOST:PORT"; an IPv6 host stands in brackets. */
static int
tcp_socket(const char *hostport)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICHOST | AI_NUMERICSERV };
	struct addrinfo *ai;
	char host[128];
	char *port;
	size_t len;
	int fd, one = 1;

	snprintf(host, sizeof(host), "%s", hostport);
	port = strrchr(host, ':');
	*port++ = '\0';
	len = strlen(host);
	if (host[0] == '[' && host[len - 1] == ']') {
		memmove(host, host + 1, len - 2);
		host[len - 2] = '\0';
	}
	if (getaddrinfo(host, port, &hints, &ai) != 0) {
		errno = EINVAL;
		return -1;
	}
	fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (fd >= 0 && connect(fd, ai->ai_addr, ai->ai_addrlen) != 0) {
		close(fd);
		fd = -1;
	}
	freeaddrinfo(ai);
	if (fd >= 0)
		setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	return fd;
}

int
t9_socket(const char *addr)
{
	if (strncmp(addr, "unix:", 5) == 0)
		return unix_socket(addr + 5);
	if (strncmp(addr, "tcp:", 4) == 0)
		return tcp_socket(addr + 4);
	errno = EINVAL;
	return -1;
}

struct t9 *
t9_dial(const char *addr)
{
	int fd = t9_socket(addr);

	if (fd < 0)
		t9_fail("connect to %s: %s", addr, strerror(errno));
	return t9_new(fd, fd);
}

struct t9 *
t9_new(int rfd, int wfd)
{
	struct t9 *c = calloc(1, sizeof(*c));

	assert_non_null(c);
	c->wait = calloc(NTAGS, sizeof(*c->wait));
	assert_non_null(c->wait);
	c->rfd = rfd;
	c->wfd = wfd;
	c->msize = P9_MIN_MSIZE;
	c->gid = getegid();
	fcntl(rfd, F_SETFL, fcntl(rfd, F_GETFL) | O_NONBLOCK);
	fcntl(wfd, F_SETFL, fcntl(wfd, F_GETFL) | O_NONBLOCK);
	c->next = clients;
	clients = c;
	return c;
}

void
t9_free(struct t9 *c)
{
	struct t9 **p;

	if (c == NULL)
		return;
	for (p = &clients; *p != c; p = &(*p)->next)
		;
	*p = c->next;
	close(c->rfd);
	if (c->wfd != c->rfd && c->wfd >= 0)
		close(c->wfd);
	free(c->wait);
	free(c->frame);
	free(c->out);
	free(c);
}

void
t9_free_all(void)
{
	while (clients != NULL)
		t9_free(clients);
}

void
t9_reset(struct t9 *c)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };

	setsockopt(c->wfd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
	t9_free(c);
}

void
t9_shutdown(struct t9 *c)
{
	if (c->wfd == c->rfd) {
		shutdown(c->wfd, SHUT_WR);
	} else {
		close(c->wfd);
		c->wfd = -1;
	}
}

static bool
wait_for(int fd, short events, int ms)
{
	struct pollfd pfd = { .fd = fd, .events = events };
	int rc;

	do
		rc = poll(&pfd, 1, ms);
	while (rc < 0 && errno == EINTR);
	return rc > 0;
}

bool
t9_readable(struct t9 *c, int ms)
{
	return wait_for(c->rfd, POLLIN, ms);
}

/* A server that has closed is the business of whoever reads next. */
static void
write_out(struct t9 *c, const uint8_t *buf, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = write(c->wfd, buf, len);
		if (n >= 0) {
			buf += n;
			len -= (size_t)n;
		} else if (errno == EAGAIN) {
			if (!wait_for(c->wfd, POLLOUT, t9_timeout()))
				t9_fail("the server takes no more bytes");
		} else if (errno != EINTR) {
			return;
		}
	}
}

static void
make_room(struct t9 *c, size_t more)
{
	if (c->out_cap - c->out_len >= more)
		return;
	c->out_cap = 2 * (c->out_len + more);
	c->out = realloc(c->out, c->out_cap);
	assert_non_null(c->out);
}

void
t9_cork(struct t9 *c)
{
	c->corked = true;
}

void
t9_uncork(struct t9 *c)
{
	c->corked = false;
	write_out(c, c->out, c->out_len);
	c->out_len = 0;
}

void
t9_send_bytes(struct t9 *c, const void *buf, size_t len)
{
	make_room(c, len + 1);
	memcpy(c->out + c->out_len, buf, len);
	c->out_len += len;
	if (!c->corked)
		t9_uncork(c);
}

static void
await(struct t9 *c, const struct p9_msg *m, bool malformed)
{
	struct t9_wait *w = &c->wait[m->tag];

	w->live = true;
	w->number = ++c->sent;
	t9check_expect(w, m, malformed);
}

void
t9_send_tag(struct t9 *c, const struct p9_msg *m, uint16_t tag)
{
	struct p9_msg tagged = *m;
	size_t cap = 512;
	int n;

	tagged.tag = tag;
	do {
		make_room(c, cap);
		n = p9_encode(&tagged, P9_DIALECT_L, c->out + c->out_len, cap);
		cap *= 2;
	} while (n == -EMSGSIZE && cap < 1U << 26);
	if (n < 0)
		t9_fail("a request that does not encode");

	await(c, &tagged, false);
	c->out_len += (size_t)n;
	if (!c->corked)
		t9_uncork(c);
}

/* One after the other: a reply that comes too late shows. */
static uint16_t
fresh_tag(struct t9 *c)
{
	while (c->next_tag == P9_NOTAG || c->wait[c->next_tag].live)
		c->next_tag++;
	return c->next_tag++;
}

uint16_t
t9_send(struct t9 *c, const struct p9_msg *m)
{
	uint16_t tag = m->type == P9_Tversion ? P9_NOTAG : fresh_tag(c);

	t9_send_tag(c, m, tag);
	return tag;
}

void
t9_send_frame(struct t9 *c, const uint8_t *buf, size_t len)
{
	struct p9_msg m;
	int rc;

	assert_true(len >= P9_HDRSZ);
	rc = p9_decode_request(&m, P9_DIALECT_L, buf, len);
	await(c, &m, rc != 0);
	t9_send_bytes(c, buf, len);
}

/* Fill buf; false at the end of the stream. */
static bool
read_in(struct t9 *c, uint8_t *buf, size_t len)
{
	ssize_t n;

	while (len > 0) {
		n = read(c->rfd, buf, len);
		if (n > 0) {
			buf += n;
			len -= (size_t)n;
		} else if (n == 0 || errno == ECONNRESET || errno == EPIPE) {
			return false;
		} else if (errno == EAGAIN) {
			if (!wait_for(c->rfd, POLLIN, t9_timeout()))
				t9_fail("nothing came from the server");
		} else if (errno != EINTR) {
			t9_fail("read: %s", strerror(errno));
		}
	}
	return true;
}

static bool
read_frame(struct t9 *c)
{
	uint8_t size[4];
	int64_t n;

	if (!read_in(c, size, sizeof(size)))
		return false;
	n = p9_frame_size(size, sizeof(size), c->msize);
	if (n < 0)
		t9_fail("a reply of an impossible size: %02x%02x%02x%02x",
		    size[0], size[1], size[2], size[3]);
	c->size = (size_t)n;
	if (c->cap < c->size) {
		c->cap = c->size;
		free(c->frame);
		c->frame = malloc(c->cap);
		assert_non_null(c->frame);
	}
	memcpy(c->frame, size, sizeof(size));
	if (!read_in(c, c->frame + 4, c->size - 4))
		t9_fail("the server closed in the middle of a reply");
	return true;
}

/* Nothing sent before a Tversion is answered after its Rversion. */
static void
forget_before(struct t9 *c, uint64_t number)
{
	size_t tag;

	for (tag = 0; tag < NTAGS; tag++)
		if (c->wait[tag].number < number)
			c->wait[tag].live = false;
}

/* A reply frees its tag; two of them free more. */
static void
settle(struct t9 *c)
{
	struct t9_wait *w = &c->wait[c->in.tag];

	w->live = false;
	if (c->in.type == P9_Rflush)
		c->wait[w->oldtag].live = false;
	if (c->in.type != P9_Rversion)
		return;
	forget_before(c, w->number);
	if (!t9_str_is(c->in.u.Rversion.version, P9_VERSION_UNKNOWN))
		c->msize = c->in.u.Rversion.msize;
}

bool
t9_recv(struct t9 *c)
{
	if (!read_frame(c))
		return false;
	if (p9_decode(&c->in, P9_DIALECT_L, c->frame, c->size) != 0)
		t9_fail("a malformed reply of type %u", c->frame[4]);
	if ((c->in.type & 1) == 0)
		t9_fail(
		    "a request from the server: %s", t9check_describe(&c->in));
	if (!c->anything)
		t9check_reply(&c->in, c->size, &c->wait[c->in.tag]);
	settle(c);
	return true;
}

void
t9_recv_tag(struct t9 *c, uint16_t tag)
{
	if (!t9_recv(c))
		t9_fail("the server closed, a reply to tag %u was due", tag);
	if (c->in.tag != tag)
		t9_fail("not the reply to tag %u: %s", tag,
		    t9check_describe(&c->in));
}

void
t9_recv_closed(struct t9 *c)
{
	if (t9_recv(c))
		t9_fail("instead of closing: %s", t9check_describe(&c->in));
}

int
t9_rpc(struct t9 *c, const struct p9_msg *m)
{
	uint16_t tag = t9_send(c, m);

	if (!t9_recv(c))
		t9_fail("closed instead of answering: %s", t9check_describe(m));
	if (c->in.tag != tag)
		t9_fail(
		    "another reply came first: %s", t9check_describe(&c->in));
	if (c->in.type != P9_Rlerror)
		return 0;
	return p9_errno_from_wire(c->in.u.Rlerror.ecode);
}

void
t9_expect(struct t9 *c, int err, const struct p9_msg *m)
{
	const char *name = "success";

	if (t9_rpc(c, m) == err)
		return;
	if (err != 0)
		name = p9_errno_name(p9_errno_to_wire(err));
	t9_fail("%s\n  expected %s, got %s", t9check_describe(m), name,
	    t9check_describe(&c->in));
}
