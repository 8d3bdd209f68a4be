/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_stream.c -- Tread and Twrite on a stream: a file whose other end may keep
 * them waiting.
 *
 * What cannot be done now waits, without a place for the reply or anything else
 * that others may need, and is then tried again, until it has had its turn.
 * Data is read where its reply is written and sent, in one go: a flush that
 * comes before finds nothing taken, and one that comes after, the reply on its
 * way.
 */

#include <errno.h>
#include <fcntl.h>
#include <poll.h>

#include "handlers.h"
#include "wait.h"

#define LINUX_HEADER 24 /* what a Linux client leaves of msize for a header */

/*
 * A Linux client hands a program what it has read when the program's buffer is
 * full, or when a Tread returns nothing: after a line from a terminal it asks
 * for the rest of the buffer, at once.  That must not wait, or the program
 * would, with the line already there.  So a Tread that goes on where the last
 * one ended, for what the last one left, is answered with nothing if there is
 * nothing, once: the program has its line, and if it reads again that is not
 * taken for a rest any more.
 *
 * How much was left is known, unless the last Tread asked for as much as fits a
 * message: then the program's buffer may be larger than that.
 */
static bool
is_rest(struct request *r)
{
	const struct p9_Tread *in = &r->in.u.Tread;
	struct fid_rest *rest = &r->fid->rest;
	bool is = rest->most > 0 && in->offset == rest->offset &&
	    in->count >= rest->least && in->count <= rest->most;

	rest->most = 0;
	return is;
}

static void
expect_rest(struct request *r)
{
	const struct p9_Tread *in = &r->in.u.Tread;
	struct fid_rest *rest = &r->fid->rest;
	uint32_t n = (uint32_t)r->u.io.len;

	if (n == 0 || n >= in->count)
		return;
	rest->offset = in->offset + n;
	rest->least = in->count - n;
	rest->most = rest->least;
	if (in->count == r->session->msize - LINUX_HEADER)
		rest->most = in->count;
}

/* Until step may be worth while; it is called with an error if it never is. */
static int
wait_for(struct request *r, int events, int (*step)(struct request *r, int rc))
{
	struct vfile *file = &r->fid->file;
	int rc;

	if (file->flags & O_NONBLOCK)
		return -EAGAIN;
	if ((rc = wait_check(r)) != 0)
		return rc;
	rc = vfs_poll(&r->op, file, events);
	if (rc == VFS_PENDING)
		wait_begin(r);
	return request_then(r, rc, step);
}

static int read_now(struct request *r, int rc);

static int
have_read(struct request *r, int rc)
{
	if (rc == 0)
		expect_rest(r);
	if (rc != -EAGAIN)
		return rc;
	if (r->u.io.rest)
		return 0; /* with u.io.len 0 */
	request_unreserve(r);
	return wait_for(r, POLLIN, read_now);
}

static int
read_now(struct request *r, int rc)
{
	uint32_t count = read_count(r, r->in.u.Tread.count);

	if (rc == 0)
		rc = request_reserve(r, count);
	if (rc != 0)
		return rc;
	r->u.io.iov.iov_base = request_payload(r);
	r->u.io.iov.iov_len = count;
	rc = vfs_read(&r->op, &r->fid->file, r->in.u.Tread.offset, &r->u.io.iov,
	    1, &r->u.io.len);
	return request_then(r, rc, have_read);
}

int
stream_read(struct request *r)
{
	r->u.io.len = 0;
	r->u.io.rest = is_rest(r);
	return read_now(r, 0);
}

static int write_now(struct request *r, int rc);

static int
have_written(struct request *r, int rc)
{
	return rc == -EAGAIN ? wait_for(r, POLLOUT, write_now) : rc;
}

static int
write_now(struct request *r, int rc)
{
	if (rc != 0)
		return rc;
	rc = vfs_write(&r->op, &r->fid->file, r->in.u.Twrite.offset,
	    &r->u.io.iov, 1, &r->u.io.len);
	return request_then(r, rc, have_written);
}

int
stream_write(struct request *r)
{
	return write_now(r, 0);
}
