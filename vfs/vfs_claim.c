/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_claim.c -- who serves which bytes of the host; see vfs_fs.h.
 *
 * There are as many claims as there are such mounts: a list will do.
 */

#include <errno.h>
#include <stdio.h>

#include "vfs_internal.h"

static bool
same_file(const struct vclaim *a, const struct vclaim *b)
{
	return a->device == b->device && a->dev == b->dev && a->ino == b->ino;
}

static bool
conflict(const struct vclaim *a, const struct vclaim *b)
{
	return same_file(a, b) && (a->writable || b->writable) &&
	    a->start < b->end && b->start < a->end;
}

int
vclaim_take(struct vfs *vfs, struct vclaim *claim, char *other, size_t cap)
{
	const struct vclaim *c;

	uv_mutex_lock(&vfs->claims.mutex);
	for (c = vfs->claims.first; c != NULL && !conflict(c, claim);
	     c = c->next)
		continue;
	if (c != NULL) {
		(void)snprintf(other, cap, "%s", c->name);
	} else {
		claim->next = vfs->claims.first;
		vfs->claims.first = claim;
	}
	uv_mutex_unlock(&vfs->claims.mutex);
	return c != NULL ? -EBUSY : 0;
}

void
vclaim_drop(struct vfs *vfs, struct vclaim *claim)
{
	struct vclaim **p = &vfs->claims.first;

	uv_mutex_lock(&vfs->claims.mutex);
	while (*p != claim)
		p = &(*p)->next;
	*p = claim->next;
	uv_mutex_unlock(&vfs->claims.mutex);
}
