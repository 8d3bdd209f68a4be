/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * idmap.c -- see idmap.h.
 *
 * Clients hand out small consecutive numbers, so the number itself, spread by
 * a multiplication, is a good hash.  At most three quarters of the slots are
 * taken; removal shifts back what comes behind, so there are no tombstones.
 * A map that once was large gives its memory back as it empties.
 */

#include <errno.h>
#include <stdlib.h>

#include "idmap.h"

#define MIN_SLOTS 8
#define SHRINK_ABOVE 64

void
idmap_fini(struct idmap *map)
{
	free(map->slots);
	*map = (struct idmap){ 0 };
}

static size_t
home(const struct idmap *map, uint32_t id)
{
	return (size_t)((uint64_t)id * 0x9e3779b97f4a7c15ULL >> 32) &
	    (map->nslots - 1);
}

/* The slot that holds id, or the free one where it would go. */
static struct idmap_slot *
probe(const struct idmap *map, uint32_t id)
{
	size_t i = home(map, id);

	while (map->slots[i].value != NULL && map->slots[i].id != id)
		i = (i + 1) & (map->nslots - 1);
	return &map->slots[i];
}

void *
idmap_find(const struct idmap *map, uint32_t id)
{
	return map->count == 0 ? NULL : probe(map, id)->value;
}

static int
resize(struct idmap *map, size_t nslots)
{
	struct idmap bigger = { .nslots = nslots, .count = map->count };
	size_t i;

	bigger.slots = calloc(nslots, sizeof(*bigger.slots));
	if (bigger.slots == NULL)
		return -ENOMEM;
	for (i = 0; i < map->nslots; i++)
		if (map->slots[i].value != NULL)
			*probe(&bigger, map->slots[i].id) = map->slots[i];
	free(map->slots);
	*map = bigger;
	return 0;
}

int
idmap_reserve(struct idmap *map)
{
	if (map->nslots == 0)
		return resize(map, MIN_SLOTS);
	if (map->count + 1 > map->nslots - map->nslots / 4)
		return resize(map, map->nslots * 2);
	return 0;
}

void
idmap_add(struct idmap *map, uint32_t id, void *value)
{
	*probe(map, id) = (struct idmap_slot){ value, id };
	map->count++;
}

/* Move back whatever behind the hole at i could no longer be found. */
static void
close_hole(struct idmap *map, size_t i)
{
	size_t mask = map->nslots - 1;
	size_t j = i, h;

	for (;;) {
		j = (j + 1) & mask;
		if (map->slots[j].value == NULL)
			break;
		h = home(map, map->slots[j].id);
		if (((j - h) & mask) >= ((j - i) & mask)) {
			map->slots[i] = map->slots[j];
			i = j;
		}
	}
	map->slots[i].value = NULL;
}

void *
idmap_remove(struct idmap *map, uint32_t id)
{
	struct idmap_slot *slot;
	void *value;

	if (map->count == 0)
		return NULL;
	slot = probe(map, id);
	if ((value = slot->value) == NULL)
		return NULL;
	close_hole(map, (size_t)(slot - map->slots));
	map->count--;
	if (map->nslots > SHRINK_ABOVE && map->count < map->nslots / 8)
		(void)resize(map, map->nslots / 4); /* or stays large */
	return value;
}
