/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * hist.c -- values in buckets.  Those below HIST_PARTS have one each; above,
 * the highest bits of a value tell its bucket.
 */

#include "hist.h"

static unsigned int
bucket_of(uint64_t value)
{
	unsigned int shift;

	if (value < HIST_PARTS)
		return (unsigned int)value;
	shift = 63U - (unsigned int)__builtin_clzll(value) - HIST_BITS;
	return (shift << HIST_BITS) + (unsigned int)(value >> shift);
}

/* The greatest value of a bucket. */
static uint64_t
top_of(unsigned int bucket)
{
	unsigned int shift;
	uint64_t high;

	if (bucket < HIST_PARTS)
		return bucket;
	shift = (bucket >> HIST_BITS) - 1;
	high = bucket - (shift << HIST_BITS);
	return ((high + 1) << shift) - 1;
}

void
hist_add(struct hist *h, uint64_t value)
{
	h->n++;
	h->bucket[bucket_of(value)]++;
	if (value > h->most)
		h->most = value;
}

uint64_t
hist_at(const struct hist *h, double part)
{
	double want = part * (double)h->n;
	uint64_t seen = 0, top;
	unsigned int i;

	if (h->n == 0)
		return 0;
	for (i = 0; i < HIST_BUCKETS - 1; i++) {
		seen += h->bucket[i];
		if (seen > 0 && (double)seen >= want)
			break;
	}
	top = top_of(i);
	return top < h->most ? top : h->most;
}
