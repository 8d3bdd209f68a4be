/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fit.c -- let a step be about files that there are.
 *
 * Names that are picked blindly mostly lead nowhere.  A step's fit is a number
 * whose digits choose: to take it as it is, or one of the names, or of the open
 * files, that the model has by then.  It depends on nothing else, so that a
 * step is the same whenever the files are.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "world.h"

static unsigned int
digit(uint32_t *fit, unsigned int base)
{
	unsigned int d = *fit % base;

	*fit = *fit / base + 0x9e3779b1U * (d + 1);
	return d;
}

/* Which names are of use: those of directories, of others, or all. */
enum kind {
	ANY,
	DIRS,
	OTHERS,
	LINKS
};

static bool
is_of(const struct node *node, enum kind kind)
{
	switch (kind) {
	case DIRS:
		return S_ISDIR(node->mode);
	case OTHERS:
		return !S_ISDIR(node->mode);
	case LINKS:
		return S_ISLNK(node->mode);
	default:
		return true;
	}
}

static enum kind
kind_for(const struct step *s, uint32_t *fit)
{
	if (digit(fit, 8) == 0)
		return ANY;
	switch (s->op) {
	case OP_OPEN:
		return s->flags & O_DIRECTORY ? DIRS : OTHERS;
	case OP_READLINK:
		return LINKS;
	case OP_TRUNCATE:
	case OP_LINK:
	case OP_UNLINK:
		return OTHERS;
	case OP_RMDIR:
		return DIRS;
	default:
		return ANY;
	}
}

/* One of the names in dir, or -1. */
static int
some_name(const struct node *dir, enum kind kind, uint32_t *fit)
{
	unsigned int n = 0, pick;
	const struct entry *e;

	for (e = dir->entries; e != NULL; e = e->next)
		n += is_of(e->node, kind);
	if (n == 0)
		return -1;
	pick = digit(fit, n);
	for (e = dir->entries;; e = e->next)
		if (is_of(e->node, kind) && pick-- == 0)
			return step_name_number(e->name);
}

/*
 * What is made seldom has a name already, and the rest seldom has none; of what
 * is not the last name, only a directory leads on.
 */
static void
fit_place(const struct world *w, const struct step *s, struct place *p,
    bool made, uint32_t *fit)
{
	enum kind kind = kind_for(s, fit);
	const struct node *dir = w->root;
	unsigned int i;
	bool last;
	int name;

	if (p->base != STEP_ROOT)
		dir = w->slots[s->party][p->base].node;
	if (dir == NULL || (!S_ISDIR(dir->mode) && digit(fit, 8) != 0)) {
		p->base = STEP_ROOT;
		dir = w->root;
	}
	for (i = 0; i < p->n && dir != NULL && S_ISDIR(dir->mode); i++) {
		last = i + 1 == p->n;
		name = some_name(dir, last ? kind : DIRS, fit);
		if (!last && name < 0 && digit(fit, 8) != 0) {
			p->n = i + 1;
			last = true;
			p->names[i] %= STEP_GOOD_NAMES; /* no ".." */
			name = some_name(dir, kind, fit);
		}
		if (name >= 0 && digit(fit, 8) < (last && made ? 1U : 6U))
			p->names[i] = (uint8_t)name;
		dir = node_entry(dir, step_name(p->names[i]));
	}
}

/* Will it do, mostly? */
static bool
suits(const struct step *s, const struct handle *h)
{
	int access = h->flags & O_ACCMODE;

	if (s->op == OP_OPEN)
		return h->node == NULL;
	if (h->node == NULL || s->fit % 8 == 0)
		return h->node != NULL;
	switch (s->op) {
	case OP_READ:
		return access != O_WRONLY && S_ISREG(h->node->mode);
	case OP_WRITE:
		return access != O_RDONLY;
	case OP_READDIR:
		return S_ISDIR(h->node->mode);
	case OP_TRUNCATE:
	case OP_LOCK:
		return S_ISREG(h->node->mode);
	default:
		return true;
	}
}

static void
fit_slot(const struct world *w, struct step *s, uint32_t *fit)
{
	unsigned int first = digit(fit, STEP_CHECKER), i, slot;

	for (i = 0; i < STEP_CHECKER; i++) {
		slot = (first + i) % STEP_CHECKER;
		if (w->slots[s->party][slot].node != NULL)
			s->slot = (int)slot;
		if (suits(s, &w->slots[s->party][slot])) {
			s->slot = (int)slot;
			return;
		}
	}
}

void
world_fit(const struct world *w, struct step *step)
{
	uint32_t fit = step->fit;

	if (step->slot != STEP_ROOT)
		fit_slot(w, step, &fit);
	fit_place(w, step, &step->at,
	    step->op == OP_OPEN ? fit % 2 == 0
				: step->op >= OP_MKDIR && step->op < OP_LINK,
	    &fit);
	fit_place(w, step, &step->to, fit % 2 == 0, &fit);
}
