/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swapper.c -- see swapper.h.
 */

#include <stdio.h>

#include "swapper.h"

static void *
swap(void *arg)
{
	struct swapper *s = arg;

	while (!s->stop)
		if (renameat2(AT_FDCWD, s->dir, AT_FDCWD, s->link,
			RENAME_EXCHANGE) == 0)
			s->swaps++;
	return NULL;
}

void
swapper_start(struct swapper *s, const struct fixture *fx, const char *outside)
{
	s->stop = false;
	s->swaps = 0;
	snprintf(s->dir, sizeof(s->dir), "%s", on_host(fx, "d"));
	snprintf(s->link, sizeof(s->link), "%s", on_host(fx, "l"));
	assert_int_equal(symlink(outside, s->link), 0);
	assert_int_equal(pthread_create(&s->thread, NULL, swap, s), 0);
}

void
swapper_stop(struct swapper *s)
{
	s->stop = true;
	pthread_join(s->thread, NULL);
}
