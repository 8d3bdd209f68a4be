/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * swapper.h -- a host that makes a directory a link to one outside, and back,
 * all the time.
 */

#ifndef SWAPPER_H
#define SWAPPER_H

#include <pthread.h>

#include "etfs_fixture.h"

struct swapper {
	pthread_t thread;
	char dir[128], link[128];
	_Atomic bool stop;
	_Atomic int swaps; /* so far */
};

/* The directory "d" changes places with "l", a new link to outside. */
void swapper_start(
    struct swapper *s, const struct fixture *fx, const char *outside);
void swapper_stop(struct swapper *s);

#endif
