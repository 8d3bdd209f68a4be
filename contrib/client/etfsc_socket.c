/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_socket.c -- connecting a socket within a time limit: it does not block
 * meanwhile, and blocks again afterwards.
 */

#include <fcntl.h>
#include <poll.h>
#include <sys/socket.h>

#include "etfsc_internal.h"

#define QUEUE_MS 5 /* before another try */

static int
set_nonblock(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0)
		return -errno;
	flags = on ? flags | O_NONBLOCK : flags & ~O_NONBLOCK;
	return fcntl(fd, F_SETFL, flags) != 0 ? -errno : 0;
}

/* Wait for a connect(2) that is under way. */
static int
finish(int fd, int64_t deadline)
{
	struct pollfd pfd = { .fd = fd, .events = POLLOUT };
	socklen_t len = sizeof(int);
	int n, err = 0;

	do {
		n = poll(&pfd, 1, etfsc_left(deadline));
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ETIMEDOUT;
	if (getsockopt(fd, SOL_SOCKET, SO_ERROR, &err, &len) != 0)
		return -errno;
	return -err;
}

/* A Unix socket with too many in its queue cannot be waited for. */
static int
start(int fd, const struct sockaddr *sa, unsigned int len, int64_t deadline)
{
	int rc;

	for (;;) {
		rc = connect(fd, sa, len) != 0 ? -errno : 0;
		if (rc != -EAGAIN || sa->sa_family != AF_UNIX)
			return rc;
		if (etfsc_left(deadline) == 0)
			return -ETIMEDOUT;
		(void)poll(NULL, 0, QUEUE_MS);
	}
}

int
etfsc_connect_socket(
    int fd, const struct sockaddr *sa, unsigned int len, int64_t deadline)
{
	int rc;

	if ((rc = set_nonblock(fd, true)) != 0)
		return rc;
	rc = start(fd, sa, len, deadline);
	if (rc == -EINPROGRESS || rc == -EINTR)
		rc = finish(fd, deadline);
	return rc == 0 ? set_nonblock(fd, false) : rc;
}
