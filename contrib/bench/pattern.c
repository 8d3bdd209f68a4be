/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * pattern.c -- one table of random bytes, and views of it.
 */

#include <string.h>

#include "pattern.h"

#define ALL_OF 16384U /* up to so many bytes every one is compared */
#define BLOCK 4096U
#define PART 64U
#define PHASE 7919U /* from one phase to the next */

void
pattern_init(struct pattern *p)
{
	uint64_t x = 0x9e3779b97f4a7c15U;
	size_t i;

	for (i = 0; i < PATTERN_PERIOD; i++) {
		x ^= x << 13;
		x ^= x >> 7;
		x ^= x << 17;
		p->bytes[i] = (uint8_t)(x >> 32);
	}
	for (; i < sizeof(p->bytes); i++)
		p->bytes[i] = p->bytes[i - PATTERN_PERIOD];
}

const uint8_t *
pattern_at(const struct pattern *p, unsigned int phase, uint64_t off)
{
	return p->bytes + (off + (uint64_t)phase * PHASE) % PATTERN_PERIOD;
}

bool
pattern_is(const struct pattern *p, unsigned int phase, uint64_t off,
    const uint8_t *buf, size_t len, uint64_t turn)
{
	const uint8_t *want = pattern_at(p, phase, off);
	size_t at = (size_t)(turn * PART) % BLOCK;

	if (len <= ALL_OF)
		return memcmp(buf, want, len) == 0;
	for (; at + PART <= len; at += BLOCK)
		if (memcmp(buf + at, want + at, PART) != 0)
			return false;
	return memcmp(buf + len - PART, want + len - PART, PART) == 0;
}
