/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_name.c -- giving a file another name, and taking names away.
 *
 * Checks come first, in the order in which Linux makes them, then memory is
 * got; from there on nothing can fail.
 */

#include <errno.h>
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
	if (rc != -ENOENT ||
	    (rc = memfs_node_access(op, dir, W_OK | X_OK)) != 0)
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
	memfs_time_changed(node);
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

int
memfs_name_check(const struct vop *op, const struct memfs_entry *e)
{
	struct vattr dir = memfs_node_owner(e->dir);
	struct vattr node = memfs_node_owner(e->node);
	int rc;

	if ((rc = memfs_node_access(op, e->dir, W_OK | X_OK)) != 0)
		return rc;
	return vaccess_sticky(op->cred, &dir, &node);
}

int
memfs_name_check_pin(const struct memfs_node *node)
{
	return atomic_load(&node->vn.pinned) != 0 ? -EBUSY : 0;
}

/* A directory has lost its only one. */
void
memfs_name_drop(struct memfs_node *node)
{
	node->nlink = S_ISDIR(node->vn.type) ? 0 : node->nlink - 1;
	memfs_time_changed(node);
}

static int
check_unlink(const struct vop *op, const struct memfs_entry *e, bool rmdir)
{
	bool is_dir = S_ISDIR(e->node->vn.type);
	int rc;

	if ((rc = memfs_name_check(op, e)) != 0)
		return rc;
	if (is_dir != rmdir)
		return is_dir ? -EISDIR : -ENOTDIR;
	if ((rc = memfs_name_check_pin(e->node)) != 0)
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
	memfs_name_drop(e->node);
	memfs_dir_remove(e);
	memfs_dir_free_entry(memfs_of(&e->dir->vn), e);
	return 0;
}

struct memfs_entry *
memfs_name_find(const struct vop *op, struct vnode *dir, struct vname name,
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
	e = memfs_name_find(op, dir, name, expect, &rc);
	if (e != NULL)
		rc = unlink_locked(op, e, rmdir, &gone);
	pthread_rwlock_unlock(&fs->lock);
	if (gone != NULL)
		vnode_put(&gone->vn); /* a large file takes a while */
	return rc;
}
