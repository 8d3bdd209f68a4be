/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_create.c -- making files, of every kind in the same way.
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "memfs_internal.h"

/* What is to be made, and how it is to be called. */
struct request {
	struct memfs_new_node what;
	struct vname name;
	gid_t gid; /* as asked for, or VFS_NOID */
};

/* Device nodes give power over whoever mounts us (mknod(2)). */
static int
check_privilege(const struct vcred *cred, mode_t mode)
{
	bool device = S_ISBLK(mode) || S_ISCHR(mode);

	return device && cred->uid != 0 ? -EPERM : 0;
}

/* Is there room for a name in dir, and may op put it there? */
static int
check_dir(const struct vop *op, const struct memfs_node *dir, struct vname name)
{
	int rc;

	if (dir->nlink == 0)
		return -ENOENT;
	if (memfs_dir_find(op, dir, name, &rc) != NULL)
		return -EEXIST;
	if (rc != -ENOENT)
		return rc;
	return memfs_node_access(op, dir, W_OK | X_OK);
}

/* One that has got from dir what it inherits, but no name yet. */
static int
new_node(const struct memfs_node *dir, const struct memfs_new_node *what,
    struct memfs_node **out)
{
	int rc;

	if ((rc = memfs_node_new(memfs_of(&dir->vn), what, out)) != 0)
		return rc;
	if ((rc = memfs_xattr_inherit(dir, *out)) != 0)
		vnode_put(&(*out)->vn);
	return rc;
}

static int
make_locked(const struct vop *op, struct memfs_node *dir, struct request *r,
    struct vnode **out)
{
	struct memfs *fs = memfs_of(&dir->vn);
	struct vattr owner = memfs_node_owner(dir);
	struct memfs_entry *e;
	struct memfs_node *node;
	int rc;

	if ((rc = check_dir(op, dir, r->name)) != 0 ||
	    (rc = check_privilege(op->cred, r->what.mode)) != 0 ||
	    (rc = vaccess_create(op->cred, &owner, r->gid, &r->what.mode,
		 &r->what.uid, &r->what.gid)) != 0)
		return rc;
	if (S_ISDIR(r->what.mode) && dir->nlink == MEMFS_LINK_MAX)
		return -EMLINK;
	if ((e = memfs_dir_new_entry(fs, r->name, 0, &rc)) == NULL)
		return rc;
	if ((rc = new_node(dir, &r->what, &node)) != 0) {
		memfs_dir_free_entry(fs, e);
		return rc;
	}
	memfs_dir_add(dir, e, node);
	*out = vnode_get(&node->vn);
	return 0;
}

static int
make(const struct vop *op, struct vnode *dir, struct request *r,
    struct vnode **out)
{
	struct memfs *fs = memfs_of(dir);
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	rc = make_locked(op, memfs_node_of(dir), r, out);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

/* The type matters as it does in vfs_open(), which did not see this file. */
static int
open_existing(
    struct vop *op, struct memfs_node *node, int flags, struct vnode **out)
{
	int rc;

	if (flags & O_EXCL)
		return -EEXIST;
	if (S_ISDIR(node->vn.type))
		return -EISDIR;
	if (S_ISLNK(node->vn.type))
		return -ELOOP;
	if (!S_ISREG(node->vn.type))
		return -ENXIO;
	if ((rc = memfs_data_open_locked(op, node, flags)) == 0)
		*out = vnode_get(&node->vn);
	return rc;
}

/* The mode says nothing about the file that was made with it: open(2). */
static int
open_or_make(struct vop *op, struct memfs_node *dir, struct request *r,
    int flags, struct vnode **out)
{
	struct memfs_entry *e;
	int rc;

	if ((e = memfs_dir_find(op, dir, r->name, &rc)) != NULL)
		return open_existing(op, e->node, flags, out);
	return rc == -ENOENT ? make_locked(op, dir, r, out) : rc;
}

int
memfs_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vnode **out, struct vfile *file)
{
	struct request r = {
		.what.mode = S_IFREG | mode, .name = name, .gid = gid
	};
	struct memfs *fs = memfs_of(dir);
	int rc;

	(void)file;
	pthread_rwlock_wrlock(&fs->lock);
	rc = open_or_make(op, memfs_node_of(dir), &r, flags, out);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

int
memfs_create_dir(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, gid_t gid, struct vnode **out)
{
	struct request r = {
		.what.mode = S_IFDIR | mode, .name = name, .gid = gid
	};

	return make(op, dir, &r, out);
}

int
memfs_create_node(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out)
{
	struct request r = {
		.what.mode = mode, .what.rdev = rdev, .name = name, .gid = gid
	};

	return make(op, dir, &r, out);
}

int
memfs_create_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out)
{
	struct request r = { .what.mode = S_IFLNK | 0777,
		.what.target = target,
		.name = name,
		.gid = gid };

	return make(op, dir, &r, out);
}
