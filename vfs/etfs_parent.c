/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_parent.c -- the way up.
 *
 * A node refers to the directory it was last found in: ".." never asks the
 * host, which may have moved it to where we have no business.  References go
 * upwards only, and there is never a ring of them: see etfs_node_set_parent.
 */

#include "etfs_internal.h"

/*
 * The step of the way up from dir that leads to node, or NULL.  The places are
 * locked.
 */
static struct etfs_node *
step_below(struct etfs_node *node, struct etfs_node *dir)
{
	if (!vnode_is_dir(&node->vn))
		return NULL;
	while (dir != NULL && dir->parent != node)
		dir = dir->parent;
	return dir;
}

/*
 * node was found in dir.  If dir was once found below node, then the host has
 * moved one of them since, and somewhere on that old way up is a step that is
 * no longer true: it leads to the root from now on.  (A directory that is
 * mounted below itself looks the same, and is served as well as can be.)
 */
void
etfs_node_set_parent(struct etfs_node *node, struct etfs_node *dir)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_node *root = etfs_node_of(fs->fs.root);
	struct etfs_node *old, *stale = NULL;

	if (node == root || node == dir)
		return;
	uv_mutex_lock(&fs->places);
	if ((old = node->parent) != dir) {
		if ((stale = step_below(node, dir)) != NULL) {
			vnode_get(&root->vn);
			stale->parent = root;
		}
		vnode_get(&dir->vn);
		node->parent = dir;
	} else {
		old = NULL;
	}
	uv_mutex_unlock(&fs->places);
	if (old != NULL)
		vnode_put(&old->vn);
	if (stale != NULL)
		vnode_put(&node->vn);
}

struct etfs_node *
etfs_node_parent(struct etfs_node *node)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_node *up;

	uv_mutex_lock(&fs->places);
	up = node->parent != NULL ? node->parent : node;
	vnode_get(&up->vn);
	uv_mutex_unlock(&fs->places);
	return up;
}
