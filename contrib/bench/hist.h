/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hist.h -- how often each duration was seen: log-linear, every power of two in
 * 64 equal parts, so that no answer is off by more than a 64th.
 */

#ifndef HIST_H
#define HIST_H

#include <stdint.h>

#define HIST_BITS 6
#define HIST_PARTS (1U << HIST_BITS)
#define HIST_BUCKETS ((64 - HIST_BITS + 1) * HIST_PARTS)

/* Zero is empty. */
struct hist {
	uint64_t n, most;
	uint64_t bucket[HIST_BUCKETS];
};

void hist_add(struct hist *h, uint64_t value);

/*
 * The least value that at least that part of all (0.5, 0.99) do not exceed, as
 * the greatest of its bucket; 0 if there are none.
 */
uint64_t hist_at(const struct hist *h, double part);

#endif
