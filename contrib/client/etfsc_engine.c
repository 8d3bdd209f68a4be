/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_engine.c -- driving a connection: bytes out, bytes in, and waiting.
 *
 * Submitting only queues.  So what a program submits between two turns leaves
 * in one system call, and what the server answers meanwhile comes in one.
 *
 * Completions run in here, and may come back in here; so nothing is remembered
 * over them but what is in the connection.
 */

#include <limits.h>

#include "etfsc_internal.h"

/*
 * What the server sent before it hung up still counts; that it did may first be
 * seen when we send.  In a completion there may be no room for more of that
 * before what is there has been handled.
 */
static void
push(struct etfsc *fs)
{
	int rc;

	if (fs->lost)
		return;
	rc = etfsc_tx_send(&fs->tx, fs->fd, fs->is_socket);
	if (rc == 0 || rc == -EAGAIN)
		return;
	etfsc_rx_handle(fs);
	etfsc_rx_take(fs);
	etfsc_hung_up(fs, -rc);
}

static size_t
length(const struct etfsc_queue *q)
{
	const struct etfsc_req *req;
	size_t n = 0;

	for (req = q->first; req != NULL; req = req->next)
		n++;
	return n;
}

/*
 * Those that could not be sent; and if there is no server any more, all.  What
 * completions add meanwhile is left for the next time: it might never end.
 */
static void
end_failed(struct etfsc *fs)
{
	size_t n;

	while (fs->lost && fs->sent.first != NULL)
		etfsc_req_end(fs, fs->sent.first, -ENOTCONN);
	for (n = length(&fs->unsent); n > 0 && fs->unsent.first != NULL; n--)
		etfsc_req_end(fs, fs->unsent.first, fs->unsent.first->rc);
}

/* Returns as etfsc_turn() does; and is there something to be read? */
static int
await(struct etfsc *fs, int64_t deadline, bool *readable)
{
	int64_t expiry = etfsc_expiry(fs);
	struct pollfd pfd[2] = { { .fd = fs->fd, .events = POLLIN },
		{ .fd = fs->stop_fd, .events = POLLIN } };
	int n;

	*readable = deadline == 0; /* somebody has polled already */
	if (deadline == 0)
		return 0;
	if (fs->tx.npieces > 0)
		pfd[0].events |= POLLOUT;
	n = poll(pfd, 2, etfsc_left(expiry < deadline ? expiry : deadline));
	if (n < 0 && errno != EINTR)
		etfsc_lose(fs, -ENOTCONN, "lost: poll: %s", strerror(errno));
	if (n < 0)
		return -EINTR;
	*readable = n > 0 && (pfd[0].revents & ~POLLOUT) != 0;
	if (n > 0 && pfd[1].revents != 0)
		etfsc_stop(fs);
	return n > 0 || etfsc_left(deadline) != 0;
}

int
etfsc_turn(struct etfsc *fs, int64_t deadline)
{
	uint64_t before = fs->nended;
	bool readable;
	int rc = 1;

	push(fs);
	etfsc_rx_handle(fs);
	if (!fs->lost && fs->unsent.first == NULL && fs->nended == before) {
		rc = await(fs, deadline, &readable);
		if (readable)
			etfsc_rx_take(fs);
		etfsc_expire(fs);
	}
	end_failed(fs);
	if (deadline == 0)
		push(fs); /* what completions have submitted must not wait */
	return rc;
}

int
etfsc_run(struct etfsc *fs, int timeout_ms)
{
	int64_t deadline = timeout_ms == 0 ? 0 : etfsc_deadline(timeout_ms);
	uint64_t before = fs->nended, n;
	int rc;

	if (fs->npending == 0)
		deadline = 0;
	do {
		rc = etfsc_turn(fs, deadline);
		n = fs->nended - before;
	} while (rc > 0 && n == 0 && fs->npending > 0);
	if (n > 0)
		return n < INT_MAX ? (int)n : INT_MAX;
	return rc < 0 ? rc : 0;
}

int
etfsc_wait_until(struct etfsc *fs, struct etfsc_req *req, int64_t deadline)
{
	while (req->pending && fs->npending > 0)
		if (etfsc_turn(fs, deadline) == 0)
			return -ETIMEDOUT;
	return req->rc;
}

int
etfsc_wait(struct etfsc *fs, struct etfsc_req *req)
{
	return etfsc_wait_until(fs, req, ETFSC_NEVER);
}

size_t
etfsc_pending(const struct etfsc *fs)
{
	return fs->npending;
}

void
etfsc_pollfd(struct etfsc *fs, struct pollfd *out, int *timeout_ms)
{
	*out = (struct pollfd){ .fd = fs->fd, .events = POLLIN };
	if (fs->tx.npieces > 0)
		out->events |= POLLOUT;
	*timeout_ms = etfsc_left(etfsc_expiry(fs));
	if (fs->unsent.first != NULL || (fs->lost && fs->npending > 0))
		*timeout_ms = 0;
}
