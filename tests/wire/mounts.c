/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mounts.c -- see mounts.h.
 */

#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include <poll.h>
#include <sched.h>
#include <signal.h>

#include "mounts.h"
#include "wire.h"

#define MOST 16

static char *mounted[MOST]; /* in their order */
static size_t nmounted;
static struct held *helds;

void
mounts_init(void)
{
	if (unshare(CLONE_NEWNS) == 0 &&
	    mount("none", "/", NULL, MS_REC | MS_PRIVATE, NULL) == 0)
		return;
	perror("a mount namespace for the tests");
	exit(1);
}

static void
note(const char *dir)
{
	assert_true(nmounted < MOST);
	mounted[nmounted] = strdup(dir);
	assert_non_null(mounted[nmounted]);
	nmounted++;
}

void
mounts_tmpfs(const char *dir, const char *options)
{
	if (mount("etfsd-test", dir, "tmpfs", 0, options) != 0)
		t9_fail("tmpfs on %s: %s", dir, strerror(errno));
	note(dir);
}

void
mounts_bind_readonly(const char *dir, const char *what)
{
	if (mount(what, dir, NULL, MS_BIND, NULL) != 0)
		t9_fail("bind %s to %s: %s", what, dir, strerror(errno));
	note(dir);
	if (mount(NULL, dir, NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL) != 0)
		t9_fail("%s read-only: %s", dir, strerror(errno));
}

void
mounts_detach(const char *dir)
{
	if (umount2(dir, MNT_DETACH) != 0)
		t9_fail("umount %s: %s", dir, strerror(errno));
}

static void
become_heldfs(const struct held *h, int ctl)
{
	const char *env = getenv("HELDFS");
	const char *path = env != NULL ? env : "build/tests/host/heldfs";

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	if (dup2(ctl, STDIN_FILENO) == STDIN_FILENO)
		execl(path, "heldfs", h->dir, h->back, (char *)NULL);
	dprintf(2, "cannot run %s: %s\n", path, strerror(errno));
	_exit(127);
}

/* What it says next, up to the end of the line. */
static unsigned long
listen_to(struct held *h)
{
	struct pollfd pfd = { .fd = h->ctl, .events = POLLIN };
	unsigned long number;
	char line[64];
	size_t len = 0;

	do {
		assert_true(len < sizeof(line) - 1);
		if (poll(&pfd, 1, t9_timeout()) <= 0 ||
		    read(h->ctl, line + len, 1) != 1)
			t9_fail("heldfs does not answer");
	} while (line[len++] != '\n');
	line[len] = '\0';
	if (sscanf(line, "ok %lu", &number) != 1)
		t9_fail("heldfs: %s", line);
	return number;
}

struct held *
mounts_held(const char *dir)
{
	struct held *h = calloc(1, sizeof(*h));
	int ctl[2];

	assert_non_null(h);
	assert_non_null(h->dir = strdup(dir));
	h->back = temp_dir();
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, ctl), 0);
	h->ctl = ctl[0];
	fflush(NULL);
	if ((h->pid = fork()) == 0)
		become_heldfs(h, ctl[1]);
	close(ctl[1]);
	assert_true(h->pid > 0);
	h->next = helds;
	helds = h;
	note(dir);
	(void)listen_to(h);
	return h;
}

unsigned long
held_say(struct held *h, const char *fmt, ...)
{
	char line[128];
	va_list ap;
	int len;

	va_start(ap, fmt);
	len = vsnprintf(line, sizeof(line) - 1, fmt, ap);
	va_end(ap);
	assert_in_range(len, 1, sizeof(line) - 2);
	line[len] = '\n';
	if (write(h->ctl, line, (size_t)len + 1) != len + 1)
		t9_fail("heldfs has gone");
	return listen_to(h);
}

void
held_die(struct held *h)
{
	if (write(h->ctl, "die\n", 4) != 4)
		t9_fail("heldfs has gone");
	waitpid(h->pid, NULL, 0);
	h->pid = 0;
}

static void
held_free(struct held *h)
{
	close(h->ctl);
	if (h->pid != 0) {
		kill(h->pid, SIGKILL);
		waitpid(h->pid, NULL, 0);
	}
	temp_remove(h->back);
	free(h->dir);
	free(h);
}

/* A heldfs that has ended answers all that wait for it. */
void
mounts_undo(void)
{
	struct held *h;

	while ((h = helds) != NULL) {
		helds = h->next;
		held_free(h);
	}
	while (nmounted > 0) {
		nmounted--;
		(void)umount2(mounted[nmounted], MNT_DETACH);
		free(mounted[nmounted]);
	}
}
