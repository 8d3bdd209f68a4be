/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_clock.c -- time limits.
 */

#include <limits.h>

#include "etfsc_internal.h"

int64_t
etfsc_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int64_t
etfsc_deadline(int ms)
{
	return ms < 0 ? ETFSC_NEVER : etfsc_now() + ms;
}

int
etfsc_left(int64_t deadline)
{
	int64_t left;

	if (deadline == ETFSC_NEVER)
		return -1;
	left = deadline - etfsc_now();
	if (left < 0)
		return 0;
	return left < INT_MAX ? (int)left : INT_MAX;
}
