/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * interrupt.c -- signals, turned into bytes in a pipe, which whoever waits sees
 * however late it begins to.
 */

#include <poll.h>
#include <unistd.h>

#include "interrupt.h"

volatile sig_atomic_t interrupt_count, interrupt_term;

static volatile sig_atomic_t hints;
static int ends[2] = { -1, -1 };

static void
come(int sig)
{
	int err = errno;

	interrupt_term = interrupt_term || sig == SIGTERM;
	if (++interrupt_count > hints)
		(void)!write(ends[1], "", 1);
	errno = err;
}

int
interrupt_fd(void)
{
	if (ends[0] == -1)
		(void)!pipe2(ends, O_CLOEXEC | O_NONBLOCK);
	return ends[0];
}

static void
drain(void)
{
	char buf[64];

	while (read(interrupt_fd(), buf, sizeof(buf)) > 0)
		;
}

void
interrupt_catch(struct interrupt *i, unsigned int n)
{
	struct sigaction sa = { .sa_handler = come,
		.sa_flags = (int)SA_RESTART };

	drain();
	i->hints = (unsigned int)hints;
	hints = (sig_atomic_t)n;
	interrupt_count = 0;
	sigaction(SIGINT, &sa, &i->sigint);
	sigaction(SIGTERM, &sa, &i->sigterm);
}

void
interrupt_forget(struct cli *c)
{
	drain();
	if (c->fs != NULL)
		etfsc_go_on(c->fs);
	interrupt_count = 0;
}

void
interrupt_release(struct cli *c, const struct interrupt *i)
{
	sigaction(SIGINT, &i->sigint, NULL);
	sigaction(SIGTERM, &i->sigterm, NULL);
	hints = (sig_atomic_t)i->hints;
	drain();
	if (c->fs != NULL)
		etfsc_go_on(c->fs);
}

/* Wait for fd, which may be -1; false: interrupted. */
static bool
await(int fd, int ms)
{
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
		{ .fd = interrupt_fd(), .events = POLLIN } };
	int n;

	do {
		n = poll(p, 2, ms);
	} while (n < 0 && errno == EINTR && interrupt_count <= hints);
	return n >= 0 && p[1].revents == 0;
}

ssize_t
interrupt_read(int fd, void *buf, size_t len)
{
	ssize_t n;

	do {
		if (!await(fd, -1))
			return -ECANCELED;
		n = read(fd, buf, len);
	} while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

bool
interrupt_sleep(int ms)
{
	return await(-1, ms);
}
