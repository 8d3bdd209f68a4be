/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_name.c -- what happens to names after they were made.
 *
 * Checks come first, in the order in which Linux makes them, then memory is
 * got; from there on nothing can fail.
 */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "memfs_internal.h"

static int
link_locked(const struct vop *op, struct memfs_node *dir,
    struct memfs_node *node, struct vname name)
{
	struct memfs_entry *e;
	int rc;

	if (dir->nlink == 0)
		return -ENOENT;
	if (memfs_dir_find(op, dir, name, &rc) != NULL)
		return -EEXIST;
	if (rc != -ENOENT || (rc = memfs_node_access(op, dir, W_OK)) != 0)
		return rc;
	if (node->nlink == 0)
		return -ENOENT; /* what is gone cannot come back */
	if (node->nlink == MEMFS_LINK_MAX)
		return -EMLINK;
	e = memfs_dir_new_entry(memfs_of(&dir->vn), name, 0, &rc);
	if (e == NULL)
		return rc;
	vnode_get(&node->vn);
	node->nlink++;
	memfs_dir_add(dir, e, node);
	memfs_node_changed(node);
	return 0;
}

int
memfs_name_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name)
{
	struct memfs *fs = memfs_of(dir);
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	rc = link_locked(op, memfs_node_of(dir), memfs_node_of(vn), name);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

/* May op take e out of its directory?  A mount point's name stays. */
static int
check_removal(const struct vop *op, const struct memfs_entry *e)
{
	struct vattr dir = memfs_node_owner(e->dir);
	struct vattr node = memfs_node_owner(e->node);
	int rc;

	if ((rc = memfs_node_access(op, e->dir, W_OK)) != 0)
		return rc;
	return vaccess_sticky(op->cred, &dir, &node);
}

static int
check_not_pinned(const struct memfs_node *node)
{
	return atomic_load(&node->vn.pinned) != 0 ? -EBUSY : 0;
}

/* One name less; a directory has lost its only one. */
static void
drop_link(struct memfs_node *node)
{
	node->nlink = S_ISDIR(node->vn.type) ? 0 : node->nlink - 1;
	memfs_node_changed(node);
}

static int
check_unlink(const struct vop *op, const struct memfs_entry *e, bool rmdir)
{
	bool is_dir = S_ISDIR(e->node->vn.type);
	int rc;

	if ((rc = check_removal(op, e)) != 0)
		return rc;
	if (is_dir != rmdir)
		return is_dir ? -EISDIR : -ENOTDIR;
	if ((rc = check_not_pinned(e->node)) != 0)
		return rc;
	return is_dir && e->node->u.dir.count > 0 ? -ENOTEMPTY : 0;
}

static int
unlink_locked(const struct vop *op, struct memfs_entry *e, bool rmdir,
    struct memfs_node **gone)
{
	int rc;

	if ((rc = check_unlink(op, e, rmdir)) != 0)
		return rc;
	*gone = e->node;
	drop_link(e->node);
	memfs_dir_remove(e);
	memfs_dir_free_entry(memfs_of(&e->dir->vn), e);
	return 0;
}

/* The entry, if it stands for what the caller expects. */
static struct memfs_entry *
find_expected(const struct vop *op, struct vnode *dir, struct vname name,
    const struct vnode *expect, int *rc)
{
	struct memfs_entry *e;

	e = memfs_dir_find(op, memfs_node_of(dir), name, rc);
	if (e == NULL || expect == NULL || expect == &e->node->vn)
		return e;
	*rc = -ENOENT;
	return NULL;
}

int
memfs_name_unlink(struct vop *op, struct vnode *dir, struct vname name,
    bool rmdir, struct vnode *expect)
{
	struct memfs *fs = memfs_of(dir);
	struct memfs_node *gone = NULL;
	struct memfs_entry *e;
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	e = find_expected(op, dir, name, expect, &rc);
	if (e != NULL)
		rc = unlink_locked(op, e, rmdir, &gone);
	pthread_rwlock_unlock(&fs->lock);
	if (gone != NULL)
		vnode_put(&gone->vn); /* a large file takes a while */
	return rc;
}

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

	if ((rc = check_removal(r->op, r->over)) != 0)
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
	return memfs_node_access(r->op, r->dir, W_OK);
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

	if ((rc = check_not_pinned(r->from->node)) != 0)
		return rc;
	if (over == NULL)
		return 0;
	if ((rc = check_not_pinned(over)) != 0)
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
	if ((rc = check_removal(r->op, r->from)) != 0 ||
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
	drop_link(r->gone);
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
		memfs_node_changed(node);
	return rc;
}

int
memfs_name_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	struct memfs *fs = memfs_of(dir);
	struct rename r = {
		.op = op, .dir = memfs_node_of(newdir), .name = newname
	};
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	r.from = find_expected(op, dir, name, expect, &rc);
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
