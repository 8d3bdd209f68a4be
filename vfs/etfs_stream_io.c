/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_stream_io.c -- the data of a stream, and waiting for it.
 *
 * Descriptors are non-blocking, so that reading and writing can be tried on the
 * loop.  Who finds nothing there waits with the loop's own epoll, and holds
 * neither thread nor buffer meanwhile: an operation that waits is an entry in a
 * list, and to give it up is to take it off.  Data is taken from the device
 * only by who is about to hand it on, on the same thread; so nothing is lost
 * when a wait is given up just as data arrives.
 *
 * A wait that ends has won nothing yet.  Of those on one open file the oldest
 * is sent to try; those on other open files of the device, of this loop and of
 * others, are woken together, and who comes late waits again.
 *
 * A device that cannot be polled, such as /dev/zero, has nobody at its other
 * end to wait for; but nothing says that it does not sleep, so it is read and
 * written on a worker.
 *
 * Threads: all of an open file's state belongs to its loop, but for what a
 * worker looks at while the operation that has sent it is under way.
 */

#include <assert.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <poll.h>
#include <stdlib.h>
#include <unistd.h>

#include "etfs_stream.h"

/*
 * Those that wait.
 */

static void
queue_init(struct etfs_stream_queue *q)
{
	q->first = NULL;
	q->tail = &q->first;
}

static void
queue_add(struct etfs_stream_queue *q, struct vop *op)
{
	op->next = NULL;
	*q->tail = op;
	q->tail = &op->next;
}

/* False if op is not in it. */
static bool
queue_remove(struct etfs_stream_queue *q, struct vop *op)
{
	struct vop **p = &q->first;

	while (*p != NULL && *p != op)
		p = &(*p)->next;
	if (*p == NULL)
		return false;
	*p = op->next;
	if (op->next == NULL)
		q->tail = p;
	return true;
}

static struct vop *
queue_take(struct etfs_stream_queue *q)
{
	struct vop *op = q->first;

	if (op != NULL)
		(void)queue_remove(q, op);
	return op;
}

struct etfs_stream_file *
etfs_stream_file_new(int fd)
{
	struct etfs_stream_file *f = calloc(1, sizeof(*f));

	if (f == NULL)
		return NULL;
	f->fd = fd;
	queue_init(&f->readers);
	queue_init(&f->writers);
	return f;
}

static void
poll_closed(uv_handle_t *handle)
{
	free(handle->data);
}

void
etfs_stream_file_free(struct etfs_stream_file *f)
{
	if (f->watched)
		uv_close((uv_handle_t *)&f->poll, poll_closed);
	else
		free(f);
}

/* Can it be waited for?  -EPERM if never; found out once. */
static int
watch(struct etfs_stream_file *f, const struct vop *op)
{
	int rc;

	if (f->unwatchable)
		return -EPERM;
	if (op->loop == NULL)
		return -EDEADLK; /* the caller promised not to wait */
	assert(!f->watched || f->poll.loop == op->loop->uv);
	if (f->watched)
		return 0;
	if ((rc = uv_poll_init(op->loop->uv, &f->poll, f->fd)) == 0) {
		f->poll.data = f;
		f->watched = true;
	}
	f->unwatchable = rc == -EPERM;
	return rc;
}

static void on_poll(uv_poll_t *poll, int status, int events);

/* Poll for what is waited for, and nothing else. */
static void
update_poll(struct etfs_stream_file *f)
{
	int wanted = 0;

	if (f->readers.first != NULL)
		wanted |= UV_READABLE;
	if (f->writers.first != NULL)
		wanted |= UV_WRITABLE;
	if (wanted == f->events || uv_is_closing((uv_handle_t *)&f->poll))
		return;
	f->events = wanted;
	if (wanted == 0)
		(void)uv_poll_stop(&f->poll);
	else
		(void)uv_poll_start(&f->poll, wanted, on_poll);
}

/* An error, of which libuv says no more, and stops: who tries will hear it. */
static void
on_poll(uv_poll_t *poll, int status, int events)
{
	struct etfs_stream_file *f = poll->data;
	struct vop *reader = NULL, *writer = NULL;

	if (status != 0) {
		f->events = 0;
		events = UV_READABLE | UV_WRITABLE;
	}
	if (events & UV_READABLE)
		reader = queue_take(&f->readers);
	if (events & UV_WRITABLE)
		writer = queue_take(&f->writers);
	if (reader != NULL)
		vop_finish(reader, 0);
	if (writer != NULL)
		vop_finish(writer, 0);
	update_poll(f); /* f may be closing, but is still there */
}

/* On the loop that the operation waits on: nobody else can end it. */
static void
give_up(struct vop *op)
{
	struct etfs_stream_file *f = op->fs;

	if (!queue_remove(&f->readers, op))
		(void)queue_remove(&f->writers, op);
	op->hurry = NULL;
	update_poll(f);
	vop_post(op, -ECANCELED);
}

int
etfs_stream_poll(struct vop *op, struct vfile *file, int events)
{
	struct etfs_stream_file *f = file->priv;
	int rc;

	if ((rc = watch(f, op)) != 0)
		return rc == -EPERM ? -EAGAIN : rc;
	op->fs = f;
	op->hurry = give_up;
	queue_add(events == POLLOUT ? &f->writers : &f->readers, op);
	update_poll(f);
	return VFS_PENDING;
}

/*
 * The data.
 */

/* POLLHUP, POLLERR, or 0. */
static int
trouble(int fd)
{
	struct pollfd p = { .fd = fd };

	return poll(&p, 1, 0) > 0 ? p.revents : 0;
}

/* A read or write, without thinking about what it means. */
static int
transfer(const struct etfs_stream_file *f, bool writes, const struct iovec *iov,
    int iovcnt, size_t *len)
{
	ssize_t n;

	if (iovcnt > IOV_MAX)
		iovcnt = IOV_MAX;
	do {
		n = writes ? writev(f->fd, iov, iovcnt)
			   : readv(f->fd, iov, iovcnt);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	*len = (size_t)n;
	return 0;
}

/*
 * Nobody writes to the FIFO, and that may be because nobody has begun to.  Who
 * opens one on the host to read it waits until somebody has; unless he does not
 * want to wait.
 */
static bool
is_early(const struct vfile *file, const struct etfs_stream_file *f)
{
	return stream_of(file->vn)->is_fifo && !f->begun &&
	    !(file->flags & O_NONBLOCK);
}

static int
try_read(
    const struct vfile *file, const struct iovec *iov, int iovcnt, size_t *len)
{
	struct etfs_stream_file *f = file->priv;
	int rc;

	*len = 0;
	if ((rc = transfer(f, false, iov, iovcnt, len)) != 0)
		return rc;
	if (*len == 0)
		return is_early(file, f) ? -EAGAIN : 0;
	if (stream_of(file->vn)->is_fifo)
		f->begun = true;
	return 0;
}

static int
try_write(
    const struct vfile *file, const struct iovec *iov, int iovcnt, size_t *len)
{
	int rc = transfer(file->priv, true, iov, iovcnt, len);

	/* Who takes nothing of something, and does not say why, has failed. */
	return rc == 0 && *len == 0 ? -EIO : rc;
}

static int
begin(struct vop *op, const struct vfile *file)
{
	int rc;

	if (!vop_may_block(op) && (rc = watch(file->priv, op)) != 0)
		return rc == -EPERM || rc == -EDEADLK ? VFS_WOULDBLOCK : rc;
	/* As who opened it: some drivers look at who reads and writes, too. */
	return etfs_cred_take(op, etfs_of(file->vn));
}

/*
 * A device that is hung up stays ready for ever, and must not be waited for.
 * What came before that may have come after the first try.
 */
int
etfs_stream_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	int rc, what;

	(void)off;
	if ((rc = begin(op, file)) != 0)
		return rc;
	rc = try_read(file, iov, iovcnt, len);
	if (rc != -EAGAIN || (what = trouble(file->fd)) == 0)
		return rc;
	rc = try_read(file, iov, iovcnt, len);
	if (rc != -EAGAIN)
		return rc;
	*len = 0;
	return what & POLLHUP ? 0 : -EIO;
}

int
etfs_stream_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	int rc;

	(void)off;
	if ((rc = begin(op, file)) != 0)
		return rc;
	rc = try_write(file, iov, iovcnt, len);
	if (rc != -EAGAIN || trouble(file->fd) == 0)
		return rc;
	rc = try_write(file, iov, iovcnt, len);
	return rc == -EAGAIN ? -EIO : rc;
}
