/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pattern.h -- what is in the files of a benchmark: bytes that tell every place
 * from every other, ready to be sent or compared without being made.
 *
 * They come again after a prime number of bytes, so that no two blocks of a file
 * of less than 256 MiB are alike.  A phase is one of several such contents.
 */

#ifndef PATTERN_H
#define PATTERN_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define PATTERN_PERIOD 65521U
#define PATTERN_RUN (1U << 20) /* bytes that lie together at any place */

struct pattern {
	uint8_t bytes[PATTERN_PERIOD + PATTERN_RUN];
};

void pattern_init(struct pattern *p);

/* PATTERN_RUN bytes of what is at off. */
const uint8_t *pattern_at(
    const struct pattern *p, unsigned int phase, uint64_t off);

/*
 * Are those the bytes at off, len up to PATTERN_RUN?  Of many, only 64 in each
 * 4096 are compared, and which ones changes with turn.
 */
bool pattern_is(const struct pattern *p, unsigned int phase, uint64_t off,
    const uint8_t *buf, size_t len, uint64_t turn);

#endif
