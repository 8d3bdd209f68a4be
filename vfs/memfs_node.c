/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_node.c -- files of all kinds: how they begin and end.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "memfs_internal.h"

static void
init_kind(struct memfs_node *node, const struct memfs_new_node *what)
{
	switch (what->mode & S_IFMT) {
	case S_IFDIR:
		node->nlink = 2;
		memfs_order_init(&node->u.dir.order);
		break;
	case S_IFLNK:
		node->u.link.len = what->target.len;
		memcpy(node->u.link.target, what->target.s, what->target.len);
		break;
	case S_IFBLK:
	case S_IFCHR:
		node->u.rdev = what->rdev;
		break;
	}
}

static uint64_t
new_path(struct memfs *fs)
{
	struct vfs *vfs = fs->fs.vfs;

	return fs->dev != 0 ? vfs_file_id(vfs, fs->dev, ++fs->last_ino)
			    : vfs_new_id(vfs);
}

static void
init_node(struct memfs *fs, struct memfs_node *node,
    const struct memfs_new_node *what)
{
	vnode_init(&node->vn, &fs->fs, what->mode, new_path(fs));
	node->mode = what->mode & 07777;
	node->nlink = 1; /* the name it is made for */
	node->uid = what->uid;
	node->gid = what->gid;
	memfs_time_born(node);
	init_kind(node, what);
}

int
memfs_node_new(struct memfs *fs, const struct memfs_new_node *what,
    struct memfs_node **out)
{
	struct memfs_node *node;
	int rc;

	if ((rc = memfs_charge_node(fs)) != 0)
		return rc;
	if ((node = calloc(1, sizeof(*node))) == NULL) {
		rc = -ENOMEM;
		goto uncharge;
	}
	if (S_ISLNK(what->mode)) {
		node->u.link.target = memfs_alloc(fs, what->target.len, 0, &rc);
		if (node->u.link.target == NULL)
			goto free_node;
	}
	init_node(fs, node, what);
	*out = node;
	return 0;

free_node:
	free(node);
uncharge:
	memfs_uncharge_node(fs);
	return rc;
}

void
memfs_node_reclaim(struct vnode *vn)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);

	if (S_ISREG(vn->type))
		memfs_map_cut(fs, &node->u.file.map, 0);
	else if (S_ISLNK(vn->type))
		memfs_release(fs, node->u.link.target, node->u.link.len);
	memfs_xattr_free_all(node);
	free(node);
	memfs_uncharge_node(fs);
}

struct vattr
memfs_node_owner(const struct memfs_node *node)
{
	struct vattr attr = { .mode = node->vn.type | node->mode,
		.uid = node->uid,
		.gid = node->gid };

	return attr;
}

int
memfs_node_access(const struct vop *op, const struct memfs_node *node, int want)
{
	struct vattr attr = memfs_node_owner(node);
	struct vname acl = memfs_xattr_value(node, VACL_ACCESS);

	return acl.s != NULL ? vacl_access(op->cred, &attr, acl, want)
			     : vaccess(op->cred, &attr, want);
}
