/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_fid.c -- the numbers of fids.
 *
 * There is room on the stack of free ones for all that were ever handed out, so
 * that giving one back cannot fail.
 */

#include <stdlib.h>

#include "etfsc_internal.h"

uint32_t
etfsc_fid_get(struct etfsc_fids *fids)
{
	uint32_t *free_;
	size_t cap;

	if (fids->nfree > 0)
		return fids->free[--fids->nfree];
	if (fids->next == fids->cap) {
		cap = fids->cap == 0 ? 64 : fids->cap * 2;
		if (cap > ETFSC_NOFID)
			return ETFSC_NOFID;
		free_ = realloc(fids->free, cap * sizeof(*free_));
		if (free_ == NULL)
			return ETFSC_NOFID;
		fids->free = free_;
		fids->cap = cap;
	}
	return fids->next++;
}

void
etfsc_fid_put(struct etfsc_fids *fids, uint32_t fid)
{
	fids->free[fids->nfree++] = fid;
}
