/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inherited.c -- descriptors that the server was started with.
 *
 * Service managers, inetd and ssh give us sockets and pipes; which of them, and
 * whether they listen, the descriptors know best themselves.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "inherited.h"

static int
unusable(const struct address *addr, struct failure *f, const char *why)
{
	return failure_set(
	    f, EXIT_USAGE, "unusable address %s: %s", addr->text, why);
}

static int
get_option(int fd, int option)
{
	int value = 0;
	socklen_t len = sizeof(value);

	if (getsockopt(fd, SOL_SOCKET, option, &value, &len) != 0)
		return -errno;
	return value;
}

/* What kind of thing is an inherited descriptor? */
static int
examine(struct sock *s, struct failure *f)
{
	int type = get_option(s->fd, SO_TYPE);
	int mode = fcntl(s->fd, F_GETFL);

	s->family = AF_UNSPEC;
	if (mode < 0)
		return unusable(s->addr, f, strerror(errno));
	if (type < 0)
		return 0;
	if (type != SOCK_STREAM)
		return unusable(s->addr, f, "it is no stream socket");
	s->family = get_option(s->fd, SO_DOMAIN);
	s->listening = get_option(s->fd, SO_ACCEPTCONN) > 0;
	return 0;
}

static bool
same_file(int a, int b)
{
	struct stat sa, sb;

	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 &&
	    sa.st_dev == sb.st_dev && sa.st_ino == sb.st_ino;
}

/* Put /dev/null where stream was. */
static int
silence(int stream)
{
	int null = open("/dev/null", O_RDWR | O_CLOEXEC);

	if (null < 0 || dup2(null, stream) < 0)
		return -errno;
	close(null);
	return 0;
}

/* Move a client away from a standard stream, so that nothing else gets there. */
static int
leave_stream(int stream)
{
	int moved = fcntl(stream, F_DUPFD_CLOEXEC, STDERR_FILENO + 1), rc;

	if (moved < 0)
		return -errno;
	if ((rc = silence(stream)) != 0) {
		close(moved);
		return rc;
	}
	return moved;
}

/*
 * Whether it blocks is seen by all who have it from the same open(2), such as a
 * shell in whose pipeline we are.  A pipe can be opened once more; of a device,
 * that could be another, and a socket cannot.
 */
static bool
reopen(int fd, int flags)
{
	char path[32];
	struct stat st;
	int own;

	if (fstat(fd, &st) != 0 || !S_ISFIFO(st.st_mode))
		return false;
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	own = open(path, (flags & O_ACCMODE) | O_NONBLOCK | O_CLOEXEC);
	if (own < 0)
		return false;
	if (dup2(own, fd) < 0) {
		close(own);
		return false;
	}
	close(own);
	return true;
}

/* The descriptor, or another in its place, or -1. */
static int
adopt(const struct address *addr, int fd, struct failure *f)
{
	int flags = fcntl(fd, F_GETFL);

	if (flags < 0 ||
	    (!reopen(fd, flags) && fcntl(fd, F_SETFL, flags | O_NONBLOCK) != 0))
		return unusable(addr, f, strerror(errno));
	if (fd <= STDERR_FILENO)
		fd = leave_stream(fd);
	else if (fcntl(fd, F_SETFD, FD_CLOEXEC) != 0)
		fd = -errno;
	if (fd < 0)
		return unusable(addr, f, strerror(-fd));
	return fd;
}

/*
 * An inetd gives one socket as standard input, output and often error output:
 * nothing that we print may get into the conversation.
 */
static void
silence_copies(const struct sock *s)
{
	int i;

	if (s->family == AF_UNSPEC)
		return;
	for (i = STDIN_FILENO; i <= STDERR_FILENO; i++)
		if (same_file(i, s->fd))
			silence(i);
}

static int
open_fd(struct sock *s, struct failure *f)
{
	s->fd = s->addr->fd;
	if (examine(s, f) != 0)
		return -1;
	if (s->family == AF_UNSPEC &&
	    (fcntl(s->fd, F_GETFL) & O_ACCMODE) != O_RDWR)
		return unusable(s->addr, f, "it is not open both ways");
	if ((s->fd = adopt(s->addr, s->fd, f)) < 0)
		return -1;
	s->out = s->listening ? -1 : s->fd;
	return 0;
}

static int
open_stdio(struct sock *s, struct failure *f)
{
	s->fd = STDIN_FILENO;
	if (examine(s, f) != 0)
		return -1;
	if (s->listening)
		return unusable(
		    s->addr, f, "a socket that listens is for fd:0");
	if ((s->fd = adopt(s->addr, STDIN_FILENO, f)) < 0)
		return -1;
	if (s->family != AF_UNSPEC && same_file(s->fd, STDOUT_FILENO))
		s->out = s->fd;
	else
		s->out = adopt(s->addr, STDOUT_FILENO, f);
	if (s->out < 0) {
		close(s->fd);
		return -1;
	}
	return 0;
}

int
inherited_check(const struct address *addr, struct failure *f)
{
	if (addr->kind == ADDRESS_FD && fcntl(addr->fd, F_GETFD) < 0)
		return unusable(addr, f, strerror(errno));
	return 0;
}

int
inherited_open(const struct address *addr, struct sock *out, struct failure *f)
{
	struct sock s = { .addr = addr };
	int rc;

	rc = addr->kind == ADDRESS_FD ? open_fd(&s, f) : open_stdio(&s, f);
	if (rc != 0)
		return rc;
	silence_copies(&s);
	*out = s;
	return 0;
}
