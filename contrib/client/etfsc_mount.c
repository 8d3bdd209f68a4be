/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_mount.c -- the begin of a connection, and how it is lost.
 */

#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "etfsc_internal.h"

#define MSIZE_MAX (1U << 30) /* counts are ints */
#define EXIT_MS 1000 /* for a command to exit once it has hung up */

/* What is no socket must not block, which is then seen by all who have it. */
static int
examine(struct etfsc *fs)
{
	socklen_t len = sizeof(int);
	int type, flags;

	fs->is_socket =
	    getsockopt(fs->fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0;
	if (fs->is_socket)
		return 0;
	flags = fcntl(fs->fd, F_GETFL);
	if (flags < 0 || fcntl(fs->fd, F_SETFL, flags | O_NONBLOCK) != 0)
		return etfsc_lose(fs, -errno, "connect: %s", strerror(errno));
	return 0;
}

static int
connect_to(struct etfsc *fs, const struct etfsc_address *addr,
    const struct etfsc_options *opt, int64_t deadline)
{
	struct etfsc_link link;
	int rc;

	rc = etfsc_connect(addr, opt->privport, deadline, &link, fs->reason);
	if (rc != 0) {
		fs->lost = true;
		return rc;
	}
	fs->fd = link.fd;
	fs->pid = link.pid;
	return examine(fs);
}

/* The answer to a request that must not outlive its caller. */
static int
answer(struct etfsc *fs, struct etfsc_req *req, const char *stage,
    int64_t deadline)
{
	int rc = etfsc_wait_until(fs, req, deadline);

	if (req->pending) {
		etfsc_lose(fs, rc, "%s: the server does not answer", stage);
		etfsc_turn(fs, 0);
		return rc;
	}
	if (fs->lost)
		return fs->why;
	if (rc != 0)
		etfsc_lose(fs, rc, "%s: %s", stage, strerror(-rc));
	return rc;
}

static int
check_version(struct etfsc *fs, const struct etfsc_version *v)
{
	if (strcmp(v->text, P9_VERSION_UNKNOWN) == 0)
		return etfsc_lose(fs, -EPROTONOSUPPORT,
		    "version: the server does not speak " P9_VERSION_L);
	if (strcmp(v->text, P9_VERSION_L) != 0)
		return etfsc_lose(fs, -EPROTONOSUPPORT,
		    "version: the server speaks %s, not " P9_VERSION_L,
		    v->text);
	if (v->msize < P9_MIN_MSIZE)
		return etfsc_lose(fs, -EPROTONOSUPPORT,
		    "version: the server takes messages of %u bytes only",
		    v->msize);
	if (v->msize > fs->msize) {
		etfsc_breach(fs, "an msize above ours");
		return fs->why;
	}
	fs->msize = v->msize;
	return 0;
}

static int
agree(struct etfsc *fs, const struct etfsc_options *opt, int64_t deadline)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_version v;
	int rc;

	fs->msize = opt->msize != 0 ? opt->msize : ETFSC_MSIZE;
	if (fs->msize > MSIZE_MAX)
		fs->msize = MSIZE_MAX;
	if (fs->msize < P9_MIN_MSIZE)
		return etfsc_lose(fs, -EINVAL,
		    "version: messages of %u bytes are too small; they have "
		    "at least %u",
		    fs->msize, P9_MIN_MSIZE);
	etfsc_tversion(fs, &req, fs->msize, &v);
	if ((rc = answer(fs, &req, "version", deadline)) != 0)
		return rc;
	return check_version(fs, &v);
}

static int
attach(struct etfsc *fs, const struct etfsc_options *opt, int64_t deadline)
{
	const char *aname = opt->aname != NULL ? opt->aname : "";
	struct etfsc_req req = { .done = NULL };
	char stage[ETFSC_REASON / 2];
	int rc;

	snprintf(stage, sizeof(stage), "attach%s%.100s",
	    *aname != '\0' ? ": " : "", aname);
	etfsc_tattach(fs, &req, &fs->root, opt->uname, aname,
	    opt->set_uid ? opt->uid : (uint32_t)geteuid(), &fs->root_qid);
	if ((rc = answer(fs, &req, stage, deadline)) != 0)
		return rc;
	fs->cwd = fs->root;
	fs->cwd_qid = fs->root_qid;
	fs->timeout_ms = opt->timeout_ms > 0 ? opt->timeout_ms : 0;
	return 0;
}

static int
mount_at(struct etfsc *fs, const struct etfsc_address *addr,
    const struct etfsc_options *opt)
{
	int64_t deadline = etfsc_connect_deadline(addr->kind, opt);
	int rc;

	if (opt->stop_fd > 0)
		fs->stop_fd = opt->stop_fd;
	if (opt->recv_bytes > 0)
		fs->rx.most = opt->recv_bytes;
	if ((rc = connect_to(fs, addr, opt, deadline)) != 0 ||
	    (rc = agree(fs, opt, deadline)) != 0)
		return rc;
	return attach(fs, opt, deadline);
}

static void
queue_init(struct etfsc_queue *q)
{
	q->first = NULL;
	q->last = &q->first;
}

static struct etfsc *
new_connection(void)
{
	struct etfsc *fs = calloc(1, sizeof(*fs));

	if (fs == NULL)
		return NULL;
	fs->fd = fs->stop_fd = -1;
	fs->root = fs->cwd = ETFSC_NOFID;
	fs->root_qid.type = fs->cwd_qid.type = ETFSC_QTDIR;
	fs->tags.free = P9_NOTAG;
	queue_init(&fs->sent);
	queue_init(&fs->unsent);
	if (etfsc_tx_init(&fs->tx) == 0 && etfsc_rx_init(&fs->rx) == 0)
		return fs;
	etfsc_drop(fs);
	return NULL;
}

int
etfsc_mount(
    const char *address, const struct etfsc_options *opt, struct etfsc **out)
{
	static const struct etfsc_options usual;
	struct etfsc_address addr;
	int rc;

	if ((*out = new_connection()) == NULL)
		return -ENOMEM;
	if (opt == NULL)
		opt = &usual;
	rc = etfsc_address_parse(address, &addr, (*out)->reason);
	if (rc != 0) {
		(*out)->lost = true;
		return rc;
	}
	rc = mount_at(*out, &addr, opt);
	etfsc_address_fini(&addr);
	return rc;
}

uint32_t
etfsc_msize(const struct etfsc *fs)
{
	return fs->msize;
}

uint32_t
etfsc_iosize(const struct etfsc *fs)
{
	return fs->msize - ETFSC_IOHDRSZ;
}

uint32_t
etfsc_root(const struct etfsc *fs)
{
	return fs->root;
}

/* What a command said when it ended tells more than how the socket ended. */
static void
lose_command(struct etfsc *fs)
{
	int status;

	shutdown(fs->fd, SHUT_RDWR);
	etfsc_exec_join(fs->pid, etfsc_deadline(EXIT_MS), &status);
	fs->pid = 0;
	if (WIFEXITED(status))
		etfsc_lose(fs, -ENOTCONN,
		    "lost: the command ended with exit status %d",
		    WEXITSTATUS(status));
	else
		etfsc_lose(fs, -ENOTCONN,
		    "lost: the command was ended by signal %d",
		    WTERMSIG(status));
}

void
etfsc_hung_up(struct etfsc *fs, int err)
{
	if (fs->lost)
		return;
	if (fs->pid != 0)
		lose_command(fs);
	else if (err != 0)
		etfsc_lose(fs, -ENOTCONN, "lost: %s", strerror(err));
	else
		etfsc_lose(
		    fs, -ENOTCONN, "lost: the server closed the connection");
}
