/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * streams.c -- see streams.h.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>
#include <termios.h>

#include "streams.h"

#define TOO_LONG 300 /* seconds: something waits that never will be woken */

int
stream_setup(void **state)
{
	alarm(TOO_LONG);
	signal(SIGPIPE, SIG_IGN);
	umask(0);
	return memfs_setup(state);
}

const char *
fifo_path(const struct fixture *fx)
{
	static char path[128];

	snprintf(path, sizeof(path), "%s/fifo", fx->dir);
	return path;
}

int
fifo_setup(void **state)
{
	static const struct etfs_config self = { .type = ETFS_CHR };
	struct fixture *fx;

	if (stream_setup(state) != 0)
		return -1;
	fx = *state;
	assert_int_equal(mkfifo(fifo_path(fx), 0600), 0);
	vnode_put(mount_stream(fx, "/s", fifo_path(fx), &self));
	return 0;
}

struct vnode *
mount_stream(struct fixture *fx, const char *key, const char *path,
    const struct etfs_config *cfg)
{
	struct etfs_config mine = *cfg;
	struct vnode *vn = NULL;
	struct etfs_why why;
	struct vfs_fs *fs;

	mine.path = path;
	assert_int_equal(etfs_new(fx->vfs, &mine, &fs, &why), 0);
	assert_int_equal(vfs_mount(fx->vfs, key, fs), 0);
	assert_int_equal(do_walk(&fx->self, fx->root, key + 1, &vn), 0);
	return vn;
}

void
open_stream(struct fixture *fx, const char *key, int flags, struct vfile *file)
{
	struct vnode *vn;

	assert_int_equal(do_walk(&fx->self, fx->root, key + 1, &vn), 0);
	assert_int_equal(do_open(&fx->self, vn, flags, file), 0);
	vnode_put(vn);
}

void
pty_open(struct pty *pty)
{
	struct termios raw;

	pty->master = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(pty->master >= 0);
	assert_int_equal(grantpt(pty->master), 0);
	assert_int_equal(unlockpt(pty->master), 0);
	assert_int_equal(
	    ptsname_r(pty->master, pty->slave, sizeof(pty->slave)), 0);
	assert_int_equal(tcgetattr(pty->master, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(pty->master, TCSANOW, &raw), 0);
}

void
pty_close(struct pty *pty)
{
	assert_int_equal(close(pty->master), 0);
}

void
put(int fd, const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	assert_int_equal(write(fd, text, (size_t)len), len);
}

void
expect_text(int fd, const char *text)
{
	char buf[64];
	ssize_t n = read(fd, buf, sizeof(buf) - 1);

	assert_true(n >= 0);
	buf[n] = '\0';
	assert_string_equal(buf, text);
}

static void
go_on(struct reader *r, int rc)
{
	r->polling = false;
	if (rc == 0)
		rc = vfs_read(&r->op, r->file, 0, &r->iov, 1, &r->len);
	if (rc == -EAGAIN) {
		r->polling = true;
		rc = vfs_poll(&r->op, r->file, POLLIN);
	}
	if (rc != VFS_PENDING) {
		r->rc = rc;
		r->ended = true;
	}
}

static void
reader_done(struct vop *op, int rc)
{
	struct reader *r = container_of_test(op, struct reader, op);

	assert_false(r->ended);
	if (r->polling) {
		go_on(r, rc);
		return;
	}
	r->rc = rc;
	r->ended = true;
}

void
reader_start_size(
    struct reader *r, const struct who *who, struct vfile *file, size_t size)
{
	memset(r, 0, sizeof(*r));
	vop_init(&r->op, who->loop, reader_done);
	r->op.cred = who->cred;
	r->file = file;
	r->iov = (struct iovec){ r->buf, size };
	go_on(r, 0);
}

void
reader_start(struct reader *r, const struct who *who, struct vfile *file)
{
	reader_start_size(r, who, file, sizeof(r->buf) - 1);
}

void
let_happen(const struct who *who)
{
	int i;

	for (i = 0; i < 5; i++)
		uv_run(who->loop->uv, UV_RUN_NOWAIT);
}

ssize_t
reader_wait(struct reader *r)
{
	while (!r->ended)
		turn(r->op.loop->uv);
	return r->rc == 0 ? (ssize_t)r->len : r->rc;
}

void
reader_cancel(struct reader *r)
{
	assert_false(r->ended);
	vop_hurry(&r->op);
	assert_false(r->ended); /* not from inside that call */
	assert_int_equal(reader_wait(r), -ECANCELED);
}
