/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * rules_name.c -- what becomes of names: made, linked, moved, removed.
 */

#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

#include "world.h"

#define DEPTH_MAX (STEP_DEPTH - 4)

static bool
is_dead(const struct world *w, const struct node *dir)
{
	return dir != w->root && dir->nlink == 0;
}

/* May a name be made there? */
static int
may_make(const struct world *w, const struct way *y)
{
	if (y->node != NULL)
		return -EEXIST;
	if (is_dead(w, y->dir))
		return -ENOENT;
	return node_depth(y->dir) >= DEPTH_MAX ? RULE_SKIP : 0;
}

static struct node *
make(struct world *w, struct way *y, mode_t mode)
{
	struct node *node = node_new(w, mode), *dir = y->dir;

	node->uid = geteuid();
	node->gid = getegid();
	if (dir->mode & S_ISGID) {
		node->gid = dir->gid;
		if (S_ISDIR(mode))
			node->mode |= S_ISGID;
	}
	node_add(dir, y->name, node);
	touch(w, dir, T_BOTH, 0);
	return node;
}

int
rule_make(struct world *w, const struct step *s)
{
	mode_t type = s->op == OP_MKDIR ? S_IFDIR
	    : s->op == OP_MKFIFO        ? S_IFIFO
					: S_IFLNK;
	struct node *node;
	struct way y;
	int rc;

	if ((rc = way_walk(w, s, &s->at, &y, false)) != 0 ||
	    (rc = may_make(w, &y)) != 0)
		return rc;
	node = make(w, &y, type | (type == S_IFLNK ? 0777 : s->mode));
	if (type == S_IFLNK)
		node->target = step_target(s->which);
	return 0;
}

static void
open_slot(struct world *w, const struct step *s, struct node *node)
{
	struct handle *h = &w->slots[s->party][s->slot];

	h->node = node;
	h->flags = s->flags;
	node->opens++;
}

static int
open_there(struct world *w, const struct step *s, struct node *node)
{
	bool writes =
	    (s->flags & O_ACCMODE) != O_RDONLY || (s->flags & O_TRUNC);
	bool wire = w->party[s->party].wire;

	if ((s->flags & O_CREAT) && (s->flags & O_EXCL))
		return -EEXIST;
	if (S_ISFIFO(node->mode) && !(s->flags & O_DIRECTORY))
		return wire ? -ENXIO : RULE_SKIP;
	if (!S_ISDIR(node->mode) && (s->flags & O_DIRECTORY))
		return -ENOTDIR;
	if (S_ISLNK(node->mode))
		return -ELOOP;
	if (S_ISDIR(node->mode) && (writes || (s->flags & O_CREAT && !wire)))
		return -EISDIR;
	if (mounted_mixes_locks(w, s, node))
		return RULE_SKIP;
	if (s->flags & O_TRUNC) {
		touch(w, node, node->size != 0 ? T_BOTH : 0, T_BOTH);
		bytes_resize(node, 0);
	}
	open_slot(w, s, node);
	touch(w, node, 0, 0);
	return 0;
}

/* What the slot held is closed before. */
int
rule_open(struct world *w, const struct step *s)
{
	bool last = !(s->flags & O_NOFOLLOW) &&
	    (s->flags & (O_CREAT | O_EXCL)) != (O_CREAT | O_EXCL);
	struct way y;
	int rc;

	if ((rc = way_walk(w, s, &s->at, &y, last)) != 0)
		return rc;
	if (y.node != NULL && s->at.n == 0 && s->flags & O_CREAT)
		return RULE_SKIP;
	if (y.node != NULL)
		return open_there(w, s, y.node);
	if (!(s->flags & O_CREAT))
		return -ENOENT;
	if ((rc = may_make(w, &y)) != 0)
		return rc;
	open_slot(w, s, make(w, &y, S_IFREG | s->mode));
	return 0;
}

int
rule_link(struct world *w, const struct step *s)
{
	struct way from = { 0 }, to;
	int rc;

	if (s->slot != STEP_ROOT)
		from.node = w->slots[s->party][s->slot].node;
	else if ((rc = way_walk(w, s, &s->at, &from, false)) != 0)
		return rc;
	if (from.node == NULL)
		return s->slot != STEP_ROOT ? RULE_SKIP : -ENOENT;
	if ((rc = way_walk(w, s, &s->to, &to, false)) != 0)
		return rc;
	/* A client knows that it is a directory, and asks no server. */
	if (S_ISDIR(from.node->mode) && w->party[s->party].wire)
		return -EPERM;
	if ((rc = may_make(w, &to)) != 0)
		return rc;
	if (S_ISDIR(from.node->mode))
		return -EPERM;
	if (from.node->nlink == 0)
		return -ENOENT;
	node_add(to.dir, to.name, from.node);
	touch(w, to.dir, T_BOTH, 0);
	touch(w, from.node, T_CTIME, 0);
	return 0;
}

/* What is in the way of a rename goes, if it may. */
static int
may_replace(const struct node *old, const struct node *there)
{
	if (S_ISDIR(old->mode) && !S_ISDIR(there->mode))
		return -ENOTDIR;
	if (!S_ISDIR(old->mode) && S_ISDIR(there->mode))
		return -EISDIR;
	return there->entries != NULL ? -ENOTEMPTY : 0;
}

static int
may_rename(struct world *w, const struct way *from, const struct way *to)
{
	if (S_ISDIR(from->node->mode) && node_is_in(to->dir, from->node))
		return -EINVAL;
	if (to->node != NULL && S_ISDIR(to->node->mode) &&
	    to->node != from->node && node_is_in(from->dir, to->node))
		return -ENOTEMPTY;
	if (is_dead(w, to->dir))
		return -ENOENT;
	if (node_depth(to->dir) + node_height(from->node) >= DEPTH_MAX)
		return RULE_SKIP;
	if (to->node == NULL || to->node == from->node)
		return 0;
	return may_replace(from->node, to->node);
}

/* In which order a client finds out is its own business. */
static int
walk_both_by_wire(
    struct world *w, const struct step *s, struct way *from, struct way *to)
{
	int rc = way_walk(w, s, &s->at, from, false);
	int to_rc = way_walk(w, s, &s->to, to, false);

	if (rc == RULE_SKIP || to_rc == RULE_SKIP)
		return RULE_SKIP;
	if (rc == 0 && from->node == NULL)
		rc = -ENOENT;
	if (rc == 0)
		return to_rc;
	w->also = to_rc;
	return rc;
}

/* Where both are is found before either is looked for. */
static int
walk_both(
    struct world *w, const struct step *s, struct way *from, struct way *to)
{
	int rc;

	if (w->party[s->party].wire)
		return walk_both_by_wire(w, s, from, to);
	if ((rc = way_begin(w, s, &s->at, from, false)) != 0 ||
	    (rc = way_begin(w, s, &s->to, to, false)) != 0)
		return rc;
	if (from->too_long)
		return -ENAMETOOLONG;
	if (from->node == NULL)
		return -ENOENT;
	return to->too_long ? -ENAMETOOLONG : 0;
}

int
rule_rename(struct world *w, const struct step *s)
{
	struct way from, to;
	int rc;

	if ((rc = walk_both(w, s, &from, &to)) != 0 ||
	    (rc = may_rename(w, &from, &to)) != 0)
		return rc;
	if (mounted_misses(w, s, from.node) || mounted_misses(w, s, to.node))
		return RULE_SKIP;
	if (to.node == from.node)
		return 0;
	if (to.node != NULL) {
		touch(w, to.node, 0, T_BOTH);
		node_remove(to.dir, to.name);
	}
	node_remove(from.dir, from.name);
	node_add(to.dir, to.name, from.node);
	touch(w, from.dir, T_BOTH, 0);
	touch(w, to.dir, T_BOTH, 0);
	touch(w, from.node, 0, T_CTIME);
	return 0;
}

int
rule_remove(struct world *w, const struct step *s)
{
	bool dir = s->op == OP_RMDIR;
	struct way y;
	int rc;

	if ((rc = way_walk(w, s, &s->at, &y, false)) != 0)
		return rc;
	if (y.node == NULL)
		return -ENOENT;
	if (dir && !S_ISDIR(y.node->mode))
		return -ENOTDIR;
	if (!dir && S_ISDIR(y.node->mode))
		return -EISDIR;
	if (y.node->entries != NULL)
		return -ENOTEMPTY;
	if (mounted_misses(w, s, y.node))
		return RULE_SKIP;
	touch(w, y.node, dir ? 0 : T_CTIME, T_BOTH);
	node_remove(y.dir, y.name);
	touch(w, y.dir, T_BOTH, 0);
	return 0;
}
