/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * host_process.c -- a process of the host that locks a file.
 */

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "fixture.h"
#include "host_process.h"

struct order {
	enum {
		OPEN,
		LOCK,
		LOOK
	} what;
	bool ofd;
	struct flock fl;
	char path[256];
};

/* On the other side. */

static int
look(int fd, struct flock fl)
{
	fl.l_type = F_WRLCK;
	return fcntl(fd, F_GETLK, &fl) == 0 ? fl.l_type : -errno;
}

static int
obey(const struct order *o, int fds[2])
{
	struct flock fl = o->fl;
	int i;

	switch (o->what) {
	case OPEN:
		for (i = 0; i < 2; i++) {
			close(fds[i]);
			if ((fds[i] = open(o->path, O_RDWR)) < 0)
				return -errno;
		}
		return 0;
	case LOCK:
		if (fcntl(fds[o->ofd], o->ofd ? F_OFD_SETLK : F_SETLK, &fl) ==
		    0)
			return 0;
		return errno == EACCES ? -EAGAIN : -errno;
	default:
		return look(fds[0], fl);
	}
}

static void
live(int sock)
{
	int answer, fds[2] = { -1, -1 };
	struct order o;

	while (recv(sock, &o, sizeof(o), 0) == (ssize_t)sizeof(o)) {
		answer = obey(&o, fds);
		if (send(sock, &answer, sizeof(answer), 0) < 0)
			break;
	}
	_exit(0);
}

/* On ours. */

int
host_process_start(struct host_process *p)
{
	int socks[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, socks) != 0)
		return -1;
	p->sock = socks[0];
	if ((p->pid = fork()) == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		close(socks[0]);
		live(socks[1]);
	}
	close(socks[1]);
	return p->pid > 0 ? 0 : -1;
}

void
host_process_stop(struct host_process *p)
{
	close(p->sock);
	p->sock = -1;
	while (waitpid(p->pid, NULL, 0) < 0 && errno == EINTR)
		;
}

static int
order(struct host_process *p, const struct order *o)
{
	int answer;

	assert_int_equal(send(p->sock, o, sizeof(*o), 0), sizeof(*o));
	assert_int_equal(
	    recv(p->sock, &answer, sizeof(answer), 0), sizeof(answer));
	return answer;
}

void
host_process_open(struct host_process *p, const char *path)
{
	struct order o = { .what = OPEN };

	assert_true(strlen(path) < sizeof(o.path));
	memcpy(o.path, path, strlen(path) + 1);
	assert_int_equal(order(p, &o), 0);
}

int
host_process_lock(
    struct host_process *p, bool ofd, short type, int64_t start, int64_t len)
{
	struct order o = { .what = LOCK, .ofd = ofd };

	o.fl.l_type = type;
	o.fl.l_start = start;
	o.fl.l_len = len;
	return order(p, &o);
}

void
host_process_look(struct host_process *p, int64_t start, short *types, size_t n)
{
	struct order o = { .what = LOOK };
	size_t i;
	int answer;

	o.fl.l_len = 1;
	for (i = 0; i < n; i++) {
		o.fl.l_start = start + (int64_t)i;
		answer = order(p, &o);
		assert_true(answer >= 0);
		types[i] = (short)answer;
	}
}
