/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * reach.c -- is there a server that lets us in?
 *
 * The kernel has an errno for all that can go wrong, and it is often the same.
 * So the library asks first.  Where the kernel is handed the connection, it is
 * the one that was asked over: a version message begins it anew, and no
 * password has to be typed twice.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "mount.h"

#define EXIT_MS 1000 /* for a command to exit that is of no use */

/* What to do about it, or NULL: the reason tells all. */
static const char *
advice(int rc, const char *reason)
{
	bool attach = strncmp(reason, "attach: ", 8) == 0;

	switch (-rc) {
	case ECONNREFUSED:
		return "no server listens there";
	case ENOENT:
		return attach ? "the server has no such tree"
			      : "there is no such socket";
	case ENOTDIR:
		return attach ? "the server's tree is no directory" : NULL;
	case EACCES:
	case EPERM:
		return attach ? "the server does not let this user in"
			      : "no permission to connect";
	case EPROTO:
		return "that is no 9P server";
	case EPROTONOSUPPORT:
		return "a server of another kind, or too old";
	case ETIMEDOUT:
		return "nobody answers there";
	default:
		return NULL;
	}
}

static void
tell(const struct spec *spec, int rc, const char *reason)
{
	const char *more = advice(rc, reason);

	mount_complain(MOUNT_FAILED, "%s: %s%s%s", spec->text, reason,
	    more != NULL ? ": " : "", more != NULL ? more : "");
}

/* Version and attach over a copy of the descriptor. */
static int
ask(const struct spec *spec, const char *aname, const char *uname, int fd)
{
	const struct etfsc_options opt = {
		.aname = aname,
		.uname = uname,
		.connect_ms = spec->at.kind == ETFSC_EXEC ? -1 : 0,
	};
	char address[32];
	struct etfsc *fs;
	int copy, rc;

	if ((copy = fcntl(fd, F_DUPFD_CLOEXEC, 3)) < 0)
		return -errno;
	snprintf(address, sizeof(address), "fd:%d", copy);
	if ((rc = etfsc_mount(address, &opt, &fs)) != 0)
		tell(spec, rc, etfsc_reason(fs));
	etfsc_release(fs);
	return rc;
}

static int
ask_for_tree(const struct spec *spec, const struct options *o, int fd)
{
	char *aname = options_value(o, "aname");
	char *uname = options_value(o, "uname");
	int rc = ask(spec, aname != NULL ? aname : spec->aname, uname, fd);

	free(aname);
	free(uname);
	return rc;
}

/* A terminal, such as a virtio console, is to carry bytes as they are. */
static void
make_raw(int fd)
{
	struct termios t;

	if (tcgetattr(fd, &t) != 0)
		return;
	cfmakeraw(&t);
	(void)tcsetattr(fd, TCSANOW, &t);
}

/* How a command ended may tell more than that its end was closed. */
static void
give_up(const struct etfsc_link *link)
{
	int status;

	if (link->pid != 0)
		shutdown(link->fd, SHUT_RDWR);
	close(link->fd);
	if (link->pid == 0)
		return;
	etfsc_exec_join(link->pid, etfsc_deadline(EXIT_MS), &status);
	if (WIFEXITED(status) && WEXITSTATUS(status) != 0)
		mount_complain(MOUNT_FAILED,
		    "the command ended with exit status %d",
		    WEXITSTATUS(status));
}

int
reach_server(const struct spec *spec, const struct options *o, int *fd)
{
	const struct etfsc_options opt = { .privport =
					       o->privport && geteuid() == 0 };
	char reason[ETFSC_REASON];
	struct etfsc_link link;
	int rc;

	*fd = -1;
	rc = etfsc_dial(spec->address, &opt, &link, reason, sizeof(reason));
	if (rc != 0) {
		tell(spec, rc, reason);
		return MOUNT_FAILED;
	}
	if (spec->at.kind == ETFSC_FD)
		make_raw(link.fd);
	if (ask_for_tree(spec, o, link.fd) != 0) {
		give_up(&link);
		return MOUNT_FAILED;
	}
	if (spec->carrier == CARRIER_FD)
		*fd = link.fd;
	else
		close(link.fd);
	return 0;
}
