/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * idmap.h -- from a client's 32-bit numbers (fids, tags) to pointers.
 *
 * Open addressing, linear probing, a power of two of slots; empty it has none,
 * so that an idle connection pays nothing.  One thread.
 */

#ifndef IDMAP_H
#define IDMAP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct idmap_slot {
	void *value; /* NULL: free */
	uint32_t id;
};

struct idmap {
	struct idmap_slot *slots;
	size_t nslots; /* 0 or a power of two */
	size_t count;
};

/* All zeros is an empty map. */
void idmap_fini(struct idmap *map);

void *idmap_find(const struct idmap *map, uint32_t id); /* or NULL */

/* Make sure that one more idmap_add() cannot fail.  0 or -ENOMEM. */
int idmap_reserve(struct idmap *map);

/* id is not in the map, and idmap_reserve() said 0. */
void idmap_add(struct idmap *map, uint32_t id, void *value);

/* The value that was there, or NULL. */
void *idmap_remove(struct idmap *map, uint32_t id);

#endif
