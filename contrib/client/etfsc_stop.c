/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_stop.c -- somebody has had enough of waiting.
 *
 * He tells by a descriptor, which no signal can miss: one that comes just before
 * we wait for the server is seen by that waiting.
 */

#include <unistd.h>

#include "etfsc_internal.h"

/* Take what is there; false: nothing, and never again if it has ended. */
static bool
take(struct etfsc *fs)
{
	char buf[256];
	ssize_t n = read(fs->stop_fd, buf, sizeof(buf));

	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		fs->stop_fd = -1;
	return n > 0;
}

/* Flushes are put behind the rest, and are none to be flushed. */
static void
flush_all(struct etfsc *fs)
{
	struct etfsc_req *req;

	for (req = fs->sent.first; req != NULL; req = req->next)
		etfsc_flush(fs, req);
}

void
etfsc_stop(struct etfsc *fs)
{
	if (!take(fs))
		return;
	if (++fs->stops > 1 || fs->version != NULL)
		etfsc_lose(fs, -ECANCELED, "lost: interrupted");
	else
		flush_all(fs);
}

void
etfsc_go_on(struct etfsc *fs)
{
	struct pollfd pfd = { .fd = fs->stop_fd, .events = POLLIN };

	while (poll(&pfd, 1, 0) > 0 && take(fs))
		;
	fs->stops = 0;
}
