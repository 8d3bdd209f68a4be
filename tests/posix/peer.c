/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * peer.c -- calls and their results go through a socket.
 */

#include <sys/wait.h>
#include <poll.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "peer.h"

struct peer {
	pid_t pid;
	int fd;
};

struct order {
	peer_fn *fn;
	long a[4];
};

struct answer {
	long value;
	int err;
};

static void __attribute__((noreturn)) serve(int fd)
{
	struct answer answer;
	struct order o;

	while (read(fd, &o, sizeof(o)) == (ssize_t)sizeof(o) && o.fn != NULL) {
		errno = 0;
		answer.value = o.fn(o.a[0], o.a[1], o.a[2], o.a[3]);
		answer.err = errno;
		if (write(fd, &answer, sizeof(answer)) !=
		    (ssize_t)sizeof(answer))
			break;
	}
	_exit(0);
}

struct peer *
peer_new(void)
{
	struct peer *p = calloc(1, sizeof(*p));
	int fds[2];

	if (p == NULL ||
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		posix_fail(HERE, "peer: %s", strerror(errno));
	if ((p->pid = fork()) == -1)
		posix_fail(HERE, "fork: %s", strerror(errno));
	if (p->pid == 0) {
		close(fds[0]);
		if (there_fd != AT_FDCWD && fchdir(there_fd) != 0)
			posix_fail(HERE, "peer: %s", strerror(errno));
		serve(fds[1]);
	}
	close(fds[1]);
	p->fd = fds[0];
	return p;
}

void
peer_free(struct peer *p)
{
	const struct order end = { 0 };

	/* Not by closing: a later peer has this end, too. */
	send(p->fd, &end, sizeof(end), MSG_NOSIGNAL);
	close(p->fd);
	waitpid(p->pid, NULL, 0);
	free(p);
}

pid_t
peer_pid(const struct peer *p)
{
	return p->pid;
}

void
peer_start(struct peer *p, peer_fn *fn, const long a[4])
{
	struct order o = { .fn = fn };

	memcpy(o.a, a, sizeof(o.a));
	if (send(p->fd, &o, sizeof(o), MSG_NOSIGNAL) != (ssize_t)sizeof(o))
		posix_fail(HERE, "the peer is gone");
}

/* Does it wait in a system call which is not that of an idle peer? */
static bool
waits(const struct peer *p)
{
	char path[40], text[64] = "";
	long number;
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%d/syscall", (int)p->pid);
	if ((fd = open(path, O_RDONLY | O_CLOEXEC)) == -1)
		return false;
	n = read(fd, text, sizeof(text) - 1);
	close(fd);
	number = strtol(text, NULL, 10);
	return n > 0 && text[0] != 'r' && number != SYS_read &&
	    number != SYS_write;
}

bool
peer_sleeps(struct peer *p)
{
	const struct timespec moment = { .tv_nsec = 1000000 };
	struct pollfd ended = { .fd = p->fd, .events = POLLIN };

	while (poll(&ended, 1, 0) == 0) {
		if (waits(p))
			return true;
		nanosleep(&moment, NULL);
	}
	return false;
}

long
peer_end(struct peer *p)
{
	struct answer answer;

	if (read(p->fd, &answer, sizeof(answer)) != (ssize_t)sizeof(answer))
		posix_fail(HERE, "the peer is gone");
	errno = answer.err;
	return answer.value;
}

long
peer_do(struct peer *p, peer_fn *fn, const long a[4])
{
	peer_start(p, fn, a);
	return peer_end(p);
}

long
peer_open(long path, long flags, long unused, long unused2)
{
	(void)unused;
	(void)unused2;
	return open((const char *)path, (int)flags, 0644);
}

long
peer_close(long fd, long unused, long unused2, long unused3)
{
	(void)unused;
	(void)unused2;
	(void)unused3;
	return close((int)fd);
}

long
peer_chdir(long path, long unused, long unused2, long unused3)
{
	(void)unused;
	(void)unused2;
	(void)unused3;
	return chdir((const char *)path);
}
