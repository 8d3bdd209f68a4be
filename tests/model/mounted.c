/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mounted.c -- what Linux's client cannot notice when others share the server.
 *
 * Even with cache=none it believes in a name as long as somebody has its file,
 * or one below it, open: what another client makes of that name it does not
 * see.  And each open file is an inode of its own, so that two descriptors of a
 * process do not know of each other's locks.  For the group of what it creates
 * it goes by the set-group-ID bit and the group that the directory had when it
 * last looked.  Steps that need more are left out.
 */

#include <sys/stat.h>

#include "world.h"

/* Has a process a descriptor of it, or of something below? */
static bool
is_held(const struct world *w, const struct node *node)
{
	const struct entry *e;
	unsigned int p, s;

	for (p = 0; p < w->nparties; p++)
		for (s = 0; s < STEP_SLOTS && w->party[p].mounted; s++)
			if (w->slots[p][s].node == node)
				return true;
	for (e = node->entries; e != NULL; e = e->next)
		if (is_held(w, e->node))
			return true;
	return false;
}

bool
mounted_misses(
    const struct world *w, const struct step *s, const struct node *node)
{
	return node != NULL && !w->party[s->party].mounted && is_held(w, node);
}

bool
mounted_goes_by(
    const struct world *w, const struct step *s, const struct node *node)
{
	unsigned int p;

	for (p = 0; p < w->nparties; p++)
		if (w->party[p].mounted)
			return S_ISDIR(node->mode) &&
			    !w->party[s->party].mounted;
	return false;
}

bool
mounted_mixes_locks(
    const struct world *w, const struct step *s, const struct node *node)
{
	const struct lock *l;
	unsigned int i, n = 0;

	if (!w->party[s->party].mounted)
		return false;
	for (i = 0; i < STEP_SLOTS; i++)
		n += w->slots[s->party][i].node == node;
	if (s->op == OP_LOCK)
		return n > 1;
	for (l = node->locks; l != NULL; l = l->next)
		if (l->party == s->party)
			return true;
	return false;
}
