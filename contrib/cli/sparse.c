/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sparse.c -- blocks of zeros.
 */

#include <stdbool.h>
#include <string.h>

#include "sparse.h"

#define BLOCK 4096U

static size_t
block_at(size_t len, size_t at)
{
	size_t left = len - at, whole = BLOCK - at % BLOCK;

	return left < whole ? left : whole;
}

/* It is like itself, moved by one byte. */
static bool
zeros(const char *buf, size_t len)
{
	return buf[0] == 0 && memcmp(buf, buf + 1, len - 1) == 0;
}

size_t
sparse_run(const char *buf, size_t len, size_t *at)
{
	size_t end, n;

	while (*at < len && zeros(buf + *at, n = block_at(len, *at)))
		*at += n;
	for (end = *at; end < len; end += n)
		if (zeros(buf + end, n = block_at(len, end)))
			break;
	return end - *at;
}
