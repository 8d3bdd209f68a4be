/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_cred.c -- who asks: made once, then only counted.
 *
 * A cred does not change after vcred_new(), so any thread that has a reference
 * may read it; only the count is shared state.
 */

#include <stdatomic.h>
#include <stdlib.h>
#include <string.h>

#include "vfs.h"

struct vcred *
vcred_new(uid_t uid, gid_t gid, const gid_t *groups, size_t ngroups)
{
	size_t size = ngroups * sizeof(groups[0]);
	struct vcred *cred;

	if ((cred = calloc(1, sizeof(*cred) + size)) == NULL)
		return NULL;
	atomic_init(&cred->refs, 1);
	cred->uid = uid;
	cred->gid = gid;
	cred->ngroups = ngroups;
	if (ngroups != 0)
		memcpy(cred->groups, groups, size);
	return cred;
}

struct vcred *
vcred_get(struct vcred *cred)
{
	atomic_fetch_add_explicit(&cred->refs, 1, memory_order_relaxed);
	return cred;
}

void
vcred_put(struct vcred *cred)
{
	if (cred != NULL &&
	    atomic_fetch_sub_explicit(&cred->refs, 1, memory_order_acq_rel) ==
		1)
		free(cred);
}

bool
vcred_in_group(const struct vcred *cred, gid_t gid)
{
	size_t i;

	if (cred->gid == gid)
		return true;
	for (i = 0; i < cred->ngroups; i++)
		if (cred->groups[i] == gid)
			return true;
	return false;
}
