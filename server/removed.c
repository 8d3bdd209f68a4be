/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * removed.c -- a ring of hashes.
 *
 * A directory's address stands for it: if another one gets it, or two hashes
 * are equal, a client is told the truth about a file that is gone, which is
 * never wrong.
 */

#include <stdlib.h>

#include "removed.h"

/* FNV-1a. */
static uint64_t
hash_of(const struct vnode *dir, struct vname name)
{
	uint64_t hash = 0xcbf29ce484222325U ^ (uintptr_t)dir;
	size_t i;

	for (i = 0; i < name.len; i++)
		hash = (hash ^ (uint8_t)name.s[i]) * 0x100000001b3U;
	return hash;
}

void
removed_note(struct removed **r, const struct vnode *dir, struct vname name)
{
	if (*r == NULL && (*r = calloc(1, sizeof(**r))) == NULL)
		return;
	(*r)->hash[(*r)->next++ % REMOVED_MAX] = hash_of(dir, name);
}

bool
removed_has(const struct removed *r, const struct vnode *dir, struct vname name)
{
	const uint64_t hash = hash_of(dir, name);
	unsigned int i;

	for (i = 0; r != NULL && i < REMOVED_MAX; i++)
		if (r->hash[i] == hash)
			return true;
	return false;
}
