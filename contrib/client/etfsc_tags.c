/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_tags.c -- the numbers of requests in flight, and what they stand for.
 *
 * A number that has become free is taken again first: its slot is in the cache.
 */

#include <stdlib.h>

#include "etfsc_internal.h"

static int
grow(struct etfsc_tags *tags)
{
	size_t cap = tags->cap == 0 ? 64 : tags->cap * 2;
	struct etfsc_tag *slots;

	if (tags->cap == P9_NOTAG)
		return -EAGAIN;
	if (cap > P9_NOTAG)
		cap = P9_NOTAG;
	slots = realloc(tags->slots, cap * sizeof(*slots));
	if (slots == NULL)
		return -ENOMEM;
	tags->slots = slots;
	tags->cap = cap;
	return 0;
}

int
etfsc_tag_get(struct etfsc_tags *tags, struct etfsc_req *req)
{
	int rc;

	if (tags->free != P9_NOTAG) {
		req->tag = tags->free;
		tags->free = tags->slots[req->tag].next;
	} else {
		if (tags->n == tags->cap && (rc = grow(tags)) != 0)
			return rc;
		req->tag = (uint16_t)tags->n++;
	}
	tags->slots[req->tag].req = req;
	return 0;
}

void
etfsc_tag_put(struct etfsc_tags *tags, uint16_t tag)
{
	tags->slots[tag] = (struct etfsc_tag){ NULL, tags->free };
	tags->free = tag;
}
