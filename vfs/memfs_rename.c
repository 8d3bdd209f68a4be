/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_rename.c -- renaming, with all that rename(2) says about it.
 *
 * As with other names: first checks, in the order in which Linux makes them,
 * then memory, then what cannot fail.
 */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "memfs_internal.h"

/* Is node dir, or a directory somewhere above it? */
static bool
is_above(const struct memfs_node *node, const struct memfs_node *dir)
{
	const struct memfs_node *root = memfs_node_of(dir->vn.fs->root);

	if (!S_ISDIR(node->vn.type))
		return false;
	while (dir != NULL && dir != node && dir != root)
		dir = dir->u.dir.parent;
	return dir == node;
}

/* A rename under way: the entry, where it goes, and what is there or NULL. */
struct rename {
	const struct vop *op;
	struct memfs_entry *from;
	struct memfs_node *dir; /* the new one */
	struct vname name;
	struct memfs_entry *over;
	struct memfs_node *gone; /* what lost its name: a reference */
};

/* rename(2) about what is in the way, as far as it is of the wrong kind. */
static int
check_kinds(const struct rename *r)
{
	bool is_dir = S_ISDIR(r->from->node->vn.type);
	int rc;

	if ((rc = memfs_name_check(r->op, r->over)) != 0)
		return rc;
	if (is_dir != (bool)S_ISDIR(r->over->node->vn.type))
		return is_dir ? -ENOTDIR : -EISDIR;
	return 0;
}

static int
check_target(const struct rename *r)
{
	if (r->dir->nlink == 0)
		return -ENOENT;
	if (r->over != NULL)
		return check_kinds(r);
	if (S_ISDIR(r->from->node->vn.type) && r->dir != r->from->dir &&
	    r->dir->nlink == MEMFS_LINK_MAX)
		return -EMLINK;
	return memfs_node_access(r->op, r->dir, W_OK | X_OK);
}

/* A directory that moves has its ".." changed. */
static int
check_dotdot(const struct rename *r)
{
	const struct memfs_node *node = r->from->node;

	if (!S_ISDIR(node->vn.type) || r->dir == r->from->dir)
		return 0;
	return memfs_node_access(r->op, node, W_OK);
}

static int
check_busy(const struct rename *r)
{
	const struct memfs_node *over = r->over ? r->over->node : NULL;
	int rc;

	if ((rc = memfs_name_check_pin(r->from->node)) != 0)
		return rc;
	if (over == NULL)
		return 0;
	if ((rc = memfs_name_check_pin(over)) != 0)
		return rc;
	return S_ISDIR(over->vn.type) && over->u.dir.count > 0 ? -ENOTEMPTY : 0;
}

static int
check_rename(const struct rename *r)
{
	int rc;

	if (is_above(r->from->node, r->dir))
		return -EINVAL;
	if (r->over != NULL && is_above(r->over->node, r->from->dir))
		return -ENOTEMPTY;
	if ((rc = memfs_name_check(r->op, r->from)) != 0 ||
	    (rc = check_target(r)) != 0 || (rc = check_dotdot(r)) != 0)
		return rc;
	return check_busy(r);
}

/* The target's entry stays, and with it its place in listings. */
static void
rename_over(struct rename *r)
{
	struct memfs_node *node = r->from->node;
	struct memfs *fs = memfs_of(&node->vn);

	memfs_dir_remove(r->from);
	r->gone = memfs_dir_replace(r->over, node);
	memfs_name_drop(r->gone);
	memfs_dir_free_entry(fs, r->from);
}

/* A new entry is paid for with the old one: a name no longer always fits. */
static int
rename_free(struct rename *r)
{
	struct memfs_node *node = r->from->node;
	struct vname old = { r->from->name, r->from->len };
	struct memfs_entry *e;
	int rc;

	e = memfs_dir_new_entry(
	    memfs_of(&node->vn), r->name, memfs_dir_entry_size(old), &rc);
	if (e == NULL)
		return rc;
	memfs_dir_remove(r->from);
	memfs_dir_add(r->dir, e, node);
	free(r->from);
	return 0;
}

static int
rename_locked(struct rename *r)
{
	struct memfs_node *node = r->from->node;
	int rc = 0;

	if (r->over != NULL && r->over->node == node)
		return 0; /* two names of one file: nothing is done */
	if ((rc = check_rename(r)) != 0)
		return rc;
	if (r->over != NULL)
		rename_over(r);
	else
		rc = rename_free(r);
	if (rc == 0)
		memfs_time_changed(node);
	return rc;
}

int
memfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	struct memfs *fs = memfs_of(dir);
	struct rename r = {
		.op = op, .dir = memfs_node_of(newdir), .name = newname
	};
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	r.from = memfs_name_find(op, dir, name, expect, &rc);
	if (r.from != NULL) {
		r.over = memfs_dir_find(op, r.dir, newname, &rc);
		if (rc == 0 || rc == -ENOENT)
			rc = rename_locked(&r);
	}
	pthread_rwlock_unlock(&fs->lock);
	if (r.gone != NULL)
		vnode_put(&r.gone->vn);
	return rc;
}
