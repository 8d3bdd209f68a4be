/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_attr.c -- attributes, asked for and set.
 */

#include <string.h>
#include <unistd.h>

#include "memfs_internal.h"

#define IO_SIZE (128 * 1024) /* programs size their buffers by it */

static void
get_kind(const struct memfs_node *node, struct vattr *out)
{
	switch (node->vn.type) {
	case S_IFREG:
		out->size = node->u.file.size;
		out->blocks = node->u.file.map.pages * (MEMFS_PAGE / 512);
		break;
	case S_IFDIR:
		out->size = node->u.dir.count * sizeof(struct memfs_entry);
		break;
	case S_IFLNK:
		out->size = node->u.link.len;
		break;
	case S_IFBLK:
	case S_IFCHR:
		out->rdev = node->u.rdev;
		break;
	}
}

int
memfs_attr_get(struct vop *op, struct vnode *vn, struct vattr *out)
{
	const struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);

	(void)op;
	pthread_rwlock_rdlock(&fs->lock);
	*out = memfs_node_owner(node);
	out->version = atomic_load_explicit(&vn->version, memory_order_relaxed);
	out->path = vn->path;
	out->nlink = node->nlink;
	out->blksize = IO_SIZE;
	memfs_time_get(node, out);
	get_kind(node, out);
	pthread_rwlock_unlock(&fs->lock);
	return 0;
}

static void
set_mode(struct memfs_node *node, mode_t mode)
{
	struct vname acl = memfs_xattr_value(node, VACL_ACCESS);

	node->mode = mode;
	if (acl.s != NULL)
		vacl_from_mode(acl, mode);
}

/* Size, owner, mode, times: later ones undo what earlier ones bring along. */
static void
set_attributes(struct memfs_node *node, const struct vsetattr *sa)
{
	if (sa->mask & VSET_SIZE)
		memfs_data_truncate(node, sa->size);
	if (sa->mask & VSET_UID)
		node->uid = sa->uid;
	if (sa->mask & VSET_GID)
		node->gid = sa->gid;
	if (sa->mask & (VSET_UID | VSET_GID))
		memfs_xattr_drop_capability(node);
	if (sa->mask & VSET_MODE)
		set_mode(node, sa->mode & 07777);
	memfs_time_set(node, sa);
}

static int
set_locked(const struct vop *op, struct memfs_node *node,
    const struct vfile *file, struct vsetattr sa)
{
	struct vattr attr = memfs_node_owner(node);
	int rc, refused = memfs_node_access(op, node, W_OK);

	if ((sa.mask & VSET_MODE) && S_ISLNK(attr.mode))
		return -EOPNOTSUPP;
	rc = vaccess_setattr(op->cred, &attr, file, refused, &sa);
	if (rc != 0)
		return rc;
	set_attributes(node, &sa);
	return 0;
}

int
memfs_attr_set(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	struct memfs *fs = memfs_of(vn);
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	rc = set_locked(op, memfs_node_of(vn), file, *sa);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

int
memfs_attr_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);
	const struct memfs_link *link = &node->u.link;

	(void)op;
	*len = link->len < cap ? link->len : cap;
	memcpy(buf, link->target, *len);
	pthread_rwlock_rdlock(&fs->lock);
	memfs_time_was_read(node);
	pthread_rwlock_unlock(&fs->lock);
	return 0;
}
