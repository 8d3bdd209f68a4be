/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules_lock.c -- byte ranges that parties have locked.
 *
 * A party is one owner.  What it locks replaces what it had locked there, also
 * through another slot; closing a slot drops what was locked through it, or,
 * of a process, all that it has locked of that file.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <sys/stat.h>

#include "world.h"

static bool
in_the_way(const struct node *node, const struct lock *want)
{
	const struct lock *l;

	for (l = node->locks; l != NULL; l = l->next)
		if (l->party != want->party && (l->write || want->write) &&
		    l->start <= want->end && want->start <= l->end)
			return true;
	return false;
}

static void
add(struct node *node, struct lock lock)
{
	struct lock *l = malloc(sizeof(*l));

	if (l == NULL)
		abort();
	*l = lock;
	l->next = node->locks;
	node->locks = l;
}

/* Take start to end away from what party has; the rest stays. */
static void
cut(struct node *node, const struct lock *want)
{
	struct lock **p = &node->locks, *l, left, right;

	while ((l = *p) != NULL) {
		if (l->party != want->party || l->end < want->start ||
		    l->start > want->end) {
			p = &l->next;
			continue;
		}
		left = right = *l;
		*p = l->next;
		free(l);
		if (left.start < want->start) {
			left.end = want->start - 1;
			add(node, left);
			if (p == &node->locks)
				p = &node->locks->next;
		}
		if (right.end > want->end) {
			right.start = want->end + 1;
			add(node, right);
			if (p == &node->locks)
				p = &node->locks->next;
		}
	}
}

void
locks_drop(struct node *node, unsigned int party, int slot)
{
	struct lock **p = &node->locks, *l;

	while ((l = *p) != NULL) {
		if (l->party == party && (l->slot == slot || slot < 0)) {
			*p = l->next;
			free(l);
		} else {
			p = &l->next;
		}
	}
}

int
rule_lock(struct world *w, const struct step *s)
{
	const struct handle *h = &w->slots[s->party][s->slot];
	struct lock want = { .start = s->off,
		.end = s->len == 0 ? UINT64_MAX : s->off + s->len - 1,
		.write = s->flags == F_WRLCK,
		.party = s->party,
		.slot = s->slot };
	int access;

	if (h->node == NULL || !S_ISREG(h->node->mode) ||
	    mounted_mixes_locks(w, s, h->node))
		return RULE_SKIP;
	access = h->flags & O_ACCMODE;
	/* A client checks that, or has flock(2) in mind, which does not. */
	if (w->party[s->party].wire)
		access = O_RDWR;
	if ((s->flags == F_RDLCK && access == O_WRONLY) ||
	    (s->flags == F_WRLCK && access == O_RDONLY))
		return -EBADF;
	if (s->flags != F_UNLCK && in_the_way(h->node, &want))
		return -EAGAIN;
	cut(h->node, &want);
	if (s->flags != F_UNLCK)
		add(h->node, want);
	return 0;
}
