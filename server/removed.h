/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * removed.h -- the names that a client has taken away itself, lately.
 *
 * It knows that they are gone, and so need not be told when it asks for what it
 * found by one of them just before.
 */

#ifndef REMOVED_H
#define REMOVED_H

#include <stdbool.h>
#include <stdint.h>

#include "vfs.h"

#define REMOVED_MAX 64

struct removed {
	uint64_t hash[REMOVED_MAX]; /* of directory and name */
	unsigned int next; /* to be overwritten */
};

/*
 * The client is about to remove or replace name in dir.  *r is NULL before the
 * first, and stays so while there is no memory; to be freed.
 */
void removed_note(
    struct removed **r, const struct vnode *dir, struct vname name);

/* Was that among the last?  Seldom true for what was not. */
bool removed_has(
    const struct removed *r, const struct vnode *dir, struct vname name);

#endif
