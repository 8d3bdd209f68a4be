/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.c -- "12 files, 1.2G, 45M/s, 0:03 left", again and again.
 */

#include <inttypes.h>
#include <time.h>
#include <unistd.h>

#include "attr.h"
#include "progress.h"

#define EACH 200 /* ms */

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * 1000 + t.tv_nsec / 1000000;
}

void
progress_begin(struct progress *p, bool on)
{
	memset(p, 0, sizeof(*p));
	p->on = on && isatty(STDOUT_FILENO) == 1;
	p->began = now();
}

/* The rate is that of all the time so far. */
static void
print(const struct progress *p, int64_t ms)
{
	uint64_t rate = p->bytes * 1000 / (uint64_t)ms, left;
	char bytes[16], each[16];

	attr_human(p->bytes, bytes);
	attr_human(rate, each);
	printf("\r\033[K%" PRIu64 " files, %s, %s/s", p->files, bytes, each);
	if (p->all && rate > 0 && p->total >= p->bytes) {
		left = (p->total - p->bytes) / rate;
		printf(", %" PRIu64 ":%02u left", left / 60,
		    (unsigned int)(left % 60));
	}
	fflush(stdout);
}

void
progress_show(struct progress *p)
{
	int64_t t;

	if (!p->on)
		return;
	t = now();
	if (p->last != 0 && t - p->last < EACH)
		return;
	p->last = t;
	p->shown = true;
	print(p, t > p->began ? t - p->began : 1);
}

void
progress_clear(struct progress *p)
{
	if (p->shown)
		fputs("\r\033[K", stdout);
	p->shown = false;
}
