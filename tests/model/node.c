/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * node.c -- files of the model, and the names that lead to them.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

struct node *
node_new(struct world *w, mode_t mode)
{
	struct node *node = calloc(1, sizeof(*node));

	if (node == NULL)
		abort();
	node->id = w->ids++;
	node->mode = mode;
	node->all = w->nodes;
	w->nodes = node;
	touch(w, node, 0, T_BOTH | T_ATIME);
	return node;
}

static struct entry **
find(const struct node *dir, const char *name)
{
	struct entry **e = (struct entry **)(uintptr_t)&dir->entries;

	while (*e != NULL && strcmp((*e)->name, name) != 0)
		e = &(*e)->next;
	return e;
}

struct node *
node_entry(const struct node *dir, const char *name)
{
	struct entry *e = *find(dir, name);

	return e != NULL ? e->node : NULL;
}

void
node_add(struct node *dir, const char *name, struct node *node)
{
	struct entry *e = calloc(1, sizeof(*e));

	if (e == NULL || (e->name = strdup(name)) == NULL)
		abort();
	e->node = node;
	e->next = dir->entries;
	dir->entries = e;
	node->nlink++;
	if (S_ISDIR(node->mode))
		node->parent = dir;
}

void
node_remove(struct node *dir, const char *name)
{
	struct entry **p = find(dir, name), *e = *p;

	if (e == NULL)
		abort();
	*p = e->next;
	e->node->nlink--;
	if (S_ISDIR(e->node->mode))
		e->node->parent = NULL;
	free(e->name);
	free(e);
}

static void
node_free(struct node *node)
{
	struct entry *e;
	struct lock *lock;

	bytes_resize(node, 0);
	while ((e = node->entries) != NULL) {
		node->entries = e->next;
		free(e->name);
		free(e);
	}
	while ((lock = node->locks) != NULL) {
		node->locks = lock->next;
		free(lock);
	}
	free(node);
}

/* Free what nobody can reach any more. */
static void
sweep(struct world *w, bool all)
{
	struct node **p = &w->nodes, *node;

	while ((node = *p) != NULL) {
		if (!all &&
		    (node == w->root || node->nlink > 0 || node->opens > 0)) {
			p = &node->all;
			continue;
		}
		*p = node->all;
		node_free(node);
	}
}

void
world_init(struct world *w)
{
	memset(w, 0, sizeof(*w));
}

void
world_fini(struct world *w)
{
	sweep(w, true);
}

void
world_reset(struct world *w)
{
	sweep(w, true);
	memset(w->slots, 0, sizeof(w->slots));
	w->ntouched = 0;
	w->ids = 0;
	w->root = node_new(w, S_IFDIR | 0777);
	w->root->parent = w->root;
	w->root->uid = geteuid();
	w->root->gid = getegid();
}

/* Until somebody looks, changes add up. */
void
touch(struct world *w, struct node *node, int must, int may)
{
	unsigned int i;

	for (i = 0; i < w->ntouched && w->touched[i] != node; i++)
		;
	if (i == w->ntouched && i < WORLD_TOUCHED)
		w->touched[w->ntouched++] = node;
	node->must |= must;
	node->may |= must | may;
	node->exact &= ~(must | may);
}

void
world_forget(struct world *w)
{
	w->ntouched = 0;
	w->subject = NULL;
	sweep(w, false);
}

bool
node_is_in(const struct node *node, const struct node *dir)
{
	for (; node != dir; node = node->parent)
		if (node->parent == node || node->parent == NULL)
			return false;
	return true;
}

unsigned int
node_depth(const struct node *node)
{
	unsigned int n = 0;

	for (; node->parent != node && node->parent != NULL;
	     node = node->parent)
		n++;
	return n;
}

unsigned int
node_height(const struct node *node)
{
	const struct entry *e;
	unsigned int most = 0, n;

	for (e = node->entries; e != NULL; e = e->next)
		if ((n = 1 + node_height(e->node)) > most)
			most = n;
	return most;
}

uint64_t
node_nlink(const struct world *w, const struct node *node)
{
	const struct entry *e;
	uint64_t n = 2;

	if (!S_ISDIR(node->mode))
		return node->nlink;
	if (node->nlink == 0 && node != w->root)
		return 0;
	for (e = node->entries; e != NULL; e = e->next)
		n += S_ISDIR(e->node->mode);
	return n;
}

/* Where in the tree, from dir on, is node? */
static bool
search(const struct node *dir, const struct node *node, struct place *p)
{
	const struct entry *e;

	if (dir == node)
		return true;
	if (p->n == STEP_DEPTH)
		return false;
	p->n++;
	for (e = dir->entries; e != NULL; e = e->next) {
		p->names[p->n - 1] = (uint8_t)step_name_number(e->name);
		if (search(e->node, node, p))
			return true;
	}
	p->n--;
	return false;
}

bool
node_place(const struct world *w, const struct node *node, struct place *p)
{
	*p = (struct place){ .base = STEP_ROOT };
	return search(w->root, node, p);
}
