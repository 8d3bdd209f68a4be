/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_order.c -- the entries of a directory in the order they came.
 *
 * Each entry gets the next number of its directory as its cookie, and numbers
 * are never used again: "after cookie 17" means the same whatever came and
 * went, the 17th included.  A list has the entries in order; a tree over it
 * finds where to go on.
 *
 * The tree is a treap: a search tree by cookie, and a heap by rank.  Ranks are
 * random (a half of a keyed hash), which makes it as deep as a random search
 * tree, and so O(log n) whatever a client does.  As a new cookie is higher
 * than all others, adding one is three assignments.
 */

#include "memfs_internal.h"

/* "." and ".." have the first ones. */
#define DOTS 2

void
memfs_order_init(struct memfs_order *o)
{
	TAILQ_INIT(&o->list);
	o->root = NULL;
	o->last = DOTS;
}

void
memfs_order_append(struct memfs_order *o, struct memfs_entry *e)
{
	struct memfs_entry **place = &o->root;

	e->cookie = ++o->last;
	TAILQ_INSERT_TAIL(&o->list, e, link);
	while (*place != NULL && (*place)->rank >= e->rank)
		place = &(*place)->right;
	e->left = *place;
	e->right = NULL;
	*place = e;
}

/* Put the two halves of what lay below a node in its place. */
static void
merge(struct memfs_entry **place, struct memfs_entry *left,
    struct memfs_entry *right)
{
	while (left != NULL && right != NULL) {
		if (left->rank >= right->rank) {
			*place = left;
			place = &left->right;
			left = *place;
		} else {
			*place = right;
			place = &right->left;
			right = *place;
		}
	}
	*place = left != NULL ? left : right;
}

void
memfs_order_remove(struct memfs_order *o, struct memfs_entry *e)
{
	struct memfs_entry **place = &o->root;

	while (*place != e)
		place = e->cookie < (*place)->cookie ? &(*place)->left
						     : &(*place)->right;
	merge(place, e->left, e->right);
	TAILQ_REMOVE(&o->list, e, link);
}

struct memfs_entry *
memfs_order_after(const struct memfs_order *o, uint64_t cookie)
{
	struct memfs_entry *e = o->root, *best = NULL;

	while (e != NULL) {
		if (e->cookie > cookie) {
			best = e;
			e = e->left;
		} else {
			e = e->right;
		}
	}
	return best;
}
