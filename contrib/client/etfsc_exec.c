/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_exec.c -- a command that carries the bytes.
 *
 * Its standard input and output are one socket, so that writing to it raises no
 * signal; its error output is ours.  No signal of ours is used to hear of its
 * end: that is the program's, of which we are only a part.
 */

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <spawn.h>
#include <sys/pidfd.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "etfsc_internal.h"

/* The program may ignore or block what a command expects to end it. */
static int
set_signals(posix_spawnattr_t *attr)
{
	sigset_t none, usual;
	int err;

	sigemptyset(&none);
	sigemptyset(&usual);
	sigaddset(&usual, SIGPIPE);
	sigaddset(&usual, SIGTERM);
	if ((err = posix_spawnattr_setsigmask(attr, &none)) != 0 ||
	    (err = posix_spawnattr_setsigdefault(attr, &usual)) != 0)
		return err;
	return posix_spawnattr_setflags(
	    attr, POSIX_SPAWN_SETSIGMASK | POSIX_SPAWN_SETSIGDEF);
}

static int
spawn_with(const char *command, posix_spawnattr_t *attr,
    posix_spawn_file_actions_t *acts, int fd, pid_t *pid)
{
	char sh[] = "sh", c[] = "-c", dashes[] = "--";
	char *argv[] = { sh, c, dashes, (char *)(uintptr_t)command, NULL };
	int err;

	if ((err = set_signals(attr)) != 0 ||
	    (err = posix_spawn_file_actions_adddup2(acts, fd, 0)) != 0 ||
	    (err = posix_spawn_file_actions_adddup2(acts, fd, 1)) != 0)
		return err;
	return posix_spawn(pid, "/bin/sh", acts, attr, argv, environ);
}

static int
spawn(const char *command, int fd, pid_t *pid)
{
	posix_spawn_file_actions_t acts;
	posix_spawnattr_t attr;
	int err;

	if ((err = posix_spawnattr_init(&attr)) != 0)
		return -err;
	if ((err = posix_spawn_file_actions_init(&acts)) == 0) {
		err = spawn_with(command, &attr, &acts, fd, pid);
		posix_spawn_file_actions_destroy(&acts);
	}
	posix_spawnattr_destroy(&attr);
	return -err;
}

/*
 * The command's end is above 2: as 0 or 1 it would be in its own way.
 */
static int
move_up(int *fd)
{
	int moved = fcntl(*fd, F_DUPFD_CLOEXEC, 3);

	if (moved < 0)
		return -errno;
	close(*fd);
	*fd = moved;
	return 0;
}

int
etfsc_exec_spawn(const char *command, struct etfsc_link *out)
{
	int fds[2], rc;

	if (socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds) != 0)
		return -errno;
	if ((rc = move_up(&fds[1])) == 0)
		rc = spawn(command, fds[1], &out->pid);
	close(fds[1]);
	if (rc == 0)
		out->fd = fds[0];
	else
		close(fds[0]);
	return rc;
}

/* 1: it has exited by then; 0: not; -errno: there is none. */
static int
await_exit(pid_t pid, int64_t deadline)
{
	struct pollfd pfd = { .events = POLLIN };
	int n;

	if ((pfd.fd = pidfd_open(pid, 0)) < 0)
		return errno == ESRCH ? -ESRCH : 0;
	do {
		n = poll(&pfd, 1, etfsc_left(deadline));
	} while (n < 0 && errno == EINTR);
	close(pfd.fd);
	return n > 0;
}

/* If somebody else has reaped it the number may be another's by now. */
void
etfsc_exec_join(pid_t pid, int64_t deadline, int *status)
{
	int rc = await_exit(pid, deadline);

	*status = 0;
	if (rc < 0)
		return;
	if (rc == 0)
		kill(pid, SIGKILL);
	while (waitpid(pid, status, 0) < 0 && errno == EINTR)
		;
}
