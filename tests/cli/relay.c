/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * relay.c -- frames from here to there and back, up to a certain one.
 *
 * A frame is taken whole and passed on whole.  Each way has a thread: a server
 * need not read while it writes.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "p9.h"
#include "relay.h"

#define LARGEST (2U << 20)

static bool
read_all(int fd, uint8_t *buf, size_t len)
{
	ssize_t n;

	for (; len > 0; buf += n, len -= (size_t)n)
		if ((n = recv(fd, buf, len, 0)) <= 0)
			return false;
	return true;
}

static bool
write_all(int fd, const uint8_t *buf, size_t len)
{
	ssize_t n;

	for (; len > 0; buf += n, len -= (size_t)n)
		if ((n = send(fd, buf, len, MSG_NOSIGNAL)) <= 0)
			return false;
	return true;
}

/* A whole frame, of so many bytes; 0: there is none any more. */
static size_t
read_frame(int fd, uint8_t *buf)
{
	int64_t size;

	if (!read_all(fd, buf, P9_HDRSZ) ||
	    (size = p9_frame_size(buf, P9_HDRSZ, LARGEST)) < P9_HDRSZ ||
	    !read_all(fd, buf + P9_HDRSZ, (size_t)size - P9_HDRSZ))
		return 0;
	return (size_t)size;
}

static int
tag_of(const uint8_t *frame)
{
	return frame[5] | frame[6] << 8;
}

/* The server first, before etfs can see that anything has changed. */
static void
end(struct relay *r, bool killed)
{
	if (killed)
		kill(r->srv->pid, SIGKILL);
	shutdown(r->ends[0], SHUT_RDWR);
	shutdown(r->ends[1], SHUT_RDWR);
}

static void *
pass_requests(void *arg)
{
	struct relay *r = arg;
	uint8_t *buf = malloc(LARGEST);
	bool killed = false;
	size_t n;

	while (
	    buf != NULL && !killed && (n = read_frame(r->ends[0], buf)) > 0) {
		if (++r->seen == r->requests && r->answered)
			r->last = tag_of(buf);
		if (!write_all(r->ends[1], buf, n))
			break;
		killed = r->seen == r->requests && !r->answered;
	}
	end(r, killed);
	free(buf);
	return NULL;
}

static void *
pass_replies(void *arg)
{
	struct relay *r = arg;
	uint8_t *buf = malloc(LARGEST);
	bool killed = false;
	size_t n;

	while (buf != NULL && !killed &&
	    (n = read_frame(r->ends[1], buf)) > 0 &&
	    write_all(r->ends[0], buf, n))
		killed = tag_of(buf) == r->last;
	end(r, killed);
	free(buf);
	return NULL;
}

void
relay_start(struct relay *r)
{
	struct server_how how = { .args = { "-l", "fd:3,trust=any", r->dir } };
	int a[2], b[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, a), 0);
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, b), 0);
	how.fds[0] = b[1];
	r->srv = server_spawn(&how);
	close(b[1]);
	fcntl(a[1], F_SETFD, 0);
	snprintf(r->addr, sizeof(r->addr), "fd:%d", a[1]);
	r->etfs = a[1];
	r->ends[0] = a[0];
	r->ends[1] = b[0];
	r->seen = 0;
	r->last = -1;
	assert_int_equal(
	    pthread_create(&r->threads[0], NULL, pass_requests, r), 0);
	assert_int_equal(
	    pthread_create(&r->threads[1], NULL, pass_replies, r), 0);
}

bool
relay_stop(struct relay *r)
{
	int status;

	assert_int_equal(pthread_join(r->threads[0], NULL), 0);
	assert_int_equal(pthread_join(r->threads[1], NULL), 0);
	close(r->ends[0]);
	close(r->ends[1]);
	status = server_wait(r->srv);
	server_free(r->srv);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGKILL;
}
