/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_map.c -- which pages a file has: a radix tree.
 *
 * A page is found by its index, six bits of it at each level.  The tree is as
 * high as its highest page needs, so that a file of one page is that page, and
 * it has no empty nodes: a hole costs nothing, and a file that grows gets new
 * nodes on top and never has anything copied.
 */

#include <string.h>

#include "memfs_internal.h"

#define BITS 6
#define FANOUT (1 << BITS)
#define HEIGHT_MAX 9 /* 9 times 6 bits, for INT64_MAX / MEMFS_PAGE */

struct map_node {
	void *slot[FANOUT];
};

/* While a reservation is made its pages are a list. */
struct fresh {
	struct fresh *prev;
	uint64_t index;
};

/* The part of index that says which subtree of a node of that height. */
static void **
slot_for(void *node, unsigned int height, uint64_t index)
{
	struct map_node *n = node;

	return &n->slot[index >> BITS * (height - 1) & (FANOUT - 1)];
}

static bool
is_beyond(const struct memfs_map *map, uint64_t index)
{
	return index >> BITS * map->height != 0;
}

unsigned char *
memfs_map_page(const struct memfs_map *map, uint64_t index)
{
	void *p = map->root;
	unsigned int h;

	if (is_beyond(map, index))
		return NULL;
	for (h = map->height; h > 0 && p != NULL; h--)
		p = *slot_for(p, h, index);
	return p;
}

static bool
is_empty(const struct map_node *node)
{
	size_t i;

	for (i = 0; i < FANOUT; i++)
		if (node->slot[i] != NULL)
			return false;
	return true;
}

static void
free_if_empty(struct memfs *fs, void **link)
{
	if (*link == NULL || !is_empty(*link))
		return;
	memfs_release(fs, *link, sizeof(struct map_node));
	*link = NULL;
}

/* Take levels off that only the first page of all would need. */
static void
lower_root(struct memfs *fs, struct memfs_map *map)
{
	struct map_node *root;
	size_t i;

	while (map->height > 0 && (root = map->root) != NULL) {
		for (i = 1; i < FANOUT; i++)
			if (root->slot[i] != NULL)
				return;
		map->root = root->slot[0];
		map->height--;
		memfs_release(fs, root, sizeof(*root));
	}
	if (map->root == NULL)
		map->height = 0;
}

/* Cut one subtree; recursion ends at HEIGHT_MAX. */
static void
cut(struct memfs *fs, struct memfs_map *map, void **link, unsigned int height,
    uint64_t first)
{
	unsigned int shift = BITS * (height - 1);
	uint64_t i;

	if (*link == NULL)
		return;
	if (height == 0) {
		if (first > 0)
			return;
		memfs_release(fs, *link, MEMFS_PAGE);
		*link = NULL;
		map->pages--;
		return;
	}
	for (i = first >> shift; i < FANOUT; i++) {
		cut(fs, map, &((struct map_node *)*link)->slot[i], height - 1,
		    i == first >> shift ? first - (i << shift) : 0);
	}
	free_if_empty(fs, link);
}

void
memfs_map_cut(struct memfs *fs, struct memfs_map *map, uint64_t first)
{
	cut(fs, map, &map->root, map->height, first);
	lower_root(fs, map);
}

static struct map_node *
new_node(struct memfs *fs, int *rc)
{
	struct map_node *node = memfs_alloc(fs, sizeof(*node), 0, rc);

	if (node != NULL)
		memset(node, 0, sizeof(*node));
	return node;
}

/* Make the tree high enough. */
static int
raise_root(struct memfs *fs, struct memfs_map *map, uint64_t index)
{
	struct map_node *node;
	int rc = 0;

	for (; is_beyond(map, index); map->height++) {
		if (map->root == NULL)
			continue;
		if ((node = new_node(fs, &rc)) == NULL)
			return rc;
		node->slot[0] = map->root;
		map->root = node;
	}
	return 0;
}

/* Where the page goes, with all nodes on the way there; NULL and *rc. */
static void **
make_way(struct memfs *fs, struct memfs_map *map, uint64_t index, int *rc)
{
	void **link = &map->root;
	unsigned int h;

	if ((*rc = raise_root(fs, map, index)) != 0)
		return NULL;
	for (h = map->height; h > 0; h--) {
		if (*link == NULL && (*link = new_node(fs, rc)) == NULL)
			return NULL;
		link = slot_for(*link, h, index);
	}
	return link;
}

/* Free the page, if there is one, and the nodes that only it needed. */
static void
drop(struct memfs *fs, struct memfs_map *map, uint64_t index)
{
	void **way[HEIGHT_MAX], **link = &map->root;
	unsigned int h, n = 0;

	for (h = map->height; h > 0 && *link != NULL; h--) {
		way[n++] = link;
		link = slot_for(*link, h, index);
	}
	if (h == 0 && *link != NULL) {
		memfs_release(fs, *link, MEMFS_PAGE);
		*link = NULL;
		map->pages--;
	}
	while (n > 0)
		free_if_empty(fs, way[--n]);
}

/* See that there is a page; a new one joins the list. */
static int
add(struct memfs *fs, struct memfs_map *map, uint64_t index,
    struct fresh **list)
{
	struct fresh *page;
	void **link;
	int rc;

	if ((link = make_way(fs, map, index, &rc)) == NULL || *link != NULL)
		return rc;
	if ((page = memfs_alloc(fs, MEMFS_PAGE, 0, &rc)) == NULL)
		return rc;
	page->index = index;
	page->prev = *list;
	*list = page;
	*link = page;
	map->pages++;
	return 0;
}

/* Back to what was there before; failed is the index that was not got. */
static void
undo(struct memfs *fs, struct memfs_map *map, struct fresh *list,
    uint64_t failed)
{
	struct fresh *page;

	if (!is_beyond(map, failed))
		drop(fs, map, failed);
	while ((page = list) != NULL) {
		list = page->prev;
		drop(fs, map, page->index);
	}
	lower_root(fs, map);
}

/* Zero the part of a page that lies outside of bytes off .. end. */
static void
clean(struct fresh *page, uint64_t off, uint64_t end)
{
	uint64_t start = page->index * MEMFS_PAGE;
	size_t from = off > start ? (size_t)(off - start) : 0;
	size_t to =
	    end - start < MEMFS_PAGE ? (size_t)(end - start) : MEMFS_PAGE;
	unsigned char *bytes = (void *)page;

	memset(bytes, 0, from > sizeof(*page) ? from : sizeof(*page));
	memset(bytes + to, 0, MEMFS_PAGE - to);
}

int
memfs_map_reserve(
    struct memfs *fs, struct memfs_map *map, uint64_t off, uint64_t len)
{
	uint64_t last = (off + len - 1) / MEMFS_PAGE, i;
	struct fresh *list = NULL, *page;
	int rc;

	for (i = off / MEMFS_PAGE; i <= last; i++)
		if ((rc = add(fs, map, i, &list)) != 0) {
			undo(fs, map, list, i);
			return rc;
		}
	while ((page = list) != NULL) {
		list = page->prev;
		clean(page, off, off + len);
	}
	return 0;
}
