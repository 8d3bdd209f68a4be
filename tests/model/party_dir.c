/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * party_dir.c -- a process that does steps with system calls.
 *
 * It goes to where a path begins and uses relative ones.  It is a child, for
 * locks belong to processes, and dies with its parent.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <ftw.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "dir_calls.h"
#include "party.h"

enum what {
	BEGIN,
	BEGIN_MAKE,
	RUN,
	END,
	REMOVE
};

struct order {
	enum what what;
	char dir[64];
	struct step step;
};

struct dir_party {
	struct party p;
	int fd;
	pid_t pid;
};

static int
remove_one(const char *path, const struct stat *st, int type, struct FTW *ftw)
{
	(void)st;
	(void)type;
	(void)ftw;
	return remove(path);
}

static int
begin(struct dir_calls *c, const char *dir, bool make)
{
	if (chdir(c->top) != 0 || (make && mkdir(dir, 0777) != 0))
		return -errno;
	c->root = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	return c->root < 0 ? -errno : 0;
}

static void
end(struct dir_calls *c)
{
	int i;

	for (i = 0; i < STEP_SLOTS; i++) {
		if (c->slots[i] >= 0)
			close(c->slots[i]);
		c->slots[i] = -1;
	}
	close(c->root);
	c->root = -1;
	if (chdir(c->top) != 0)
		abort();
}

static int
obey(struct dir_calls *c, const struct order *o, struct outcome *out)
{
	switch (o->what) {
	case BEGIN:
	case BEGIN_MAKE:
		return begin(c, o->dir, o->what == BEGIN_MAKE);
	case RUN:
		dir_calls_run(c, &o->step, out);
		return out->rc;
	case END:
		end(c);
		return 0;
	case REMOVE:
		if (chdir(c->top) != 0)
			return -errno;
		return nftw(o->dir, remove_one, 16, FTW_DEPTH | FTW_PHYS) == 0
		    ? 0
		    : -errno;
	}
	return -EINVAL;
}

static void __attribute__((noreturn)) serve(int fd, const char *top)
{
	struct dir_calls c = { .top = top, .root = -1 };
	static struct outcome out;
	struct order o;
	int i;

	prctl(PR_SET_PDEATHSIG, SIGKILL);
	umask(0);
	for (i = 0; i < STEP_SLOTS; i++)
		c.slots[i] = -1;
	while (recv(fd, &o, sizeof(o), 0) == sizeof(o)) {
		memset(&out, 0, offsetof(struct outcome, data));
		out.rc = obey(&c, &o, &out);
		if (send(fd, &out, offsetof(struct outcome, data) + out.len,
			0) < 0)
			break;
	}
	_exit(0);
}

static int
tell(struct party *p, enum what what, const char *dir, const struct step *s,
    struct outcome *out)
{
	struct dir_party *d = (struct dir_party *)p;
	static struct outcome scratch;
	struct order o = { .what = what };

	if (out == NULL)
		out = &scratch;
	if (dir != NULL)
		snprintf(o.dir, sizeof(o.dir), "%s", dir);
	if (s != NULL)
		o.step = *s;
	if (send(d->fd, &o, sizeof(o), MSG_NOSIGNAL) < 0 ||
	    recv(d->fd, out, sizeof(*out), 0) <= 0)
		out->rc = -ENOTCONN;
	return out->rc;
}

static int
dir_begin(struct party *p, const char *dir, bool make)
{
	return tell(p, make ? BEGIN_MAKE : BEGIN, dir, NULL, NULL);
}

static void
dir_run(struct party *p, const struct step *s, struct outcome *out)
{
	tell(p, RUN, NULL, s, out);
}

static void
dir_end(struct party *p)
{
	tell(p, END, NULL, NULL, NULL);
}

static int
dir_remove(struct party *p, const char *dir)
{
	return tell(p, REMOVE, dir, NULL, NULL);
}

static void
dir_free(struct party *p)
{
	struct dir_party *d = (struct dir_party *)p;

	shutdown(d->fd, SHUT_RDWR); /* other parties have inherited it */
	close(d->fd);
	waitpid(d->pid, NULL, 0);
	free(d);
}

struct party *
party_dir(const char *path)
{
	struct dir_party *d = calloc(1, sizeof(*d));
	int fds[2];

	if (d == NULL ||
	    socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, fds) != 0)
		abort();
	d->p = (struct party){ false, dir_begin, dir_run, dir_end, dir_remove,
		dir_free };
	fflush(NULL);
	d->pid = fork();
	if (d->pid < 0)
		abort();
	if (d->pid == 0) {
		close(fds[0]);
		serve(fds[1], path);
	}
	close(fds[1]);
	d->fd = fds[0];
	return &d->p;
}
