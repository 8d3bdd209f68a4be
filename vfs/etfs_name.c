/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_name.c -- names that are there: found, linked, renamed, removed.
 *
 * All but lookup change a directory on the host, which may wait for its disk,
 * and so are a worker's unless the file system never waits.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <unistd.h>

#include "etfs_internal.h"

int
etfs_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out)
{
	struct etfs *fs = etfs_of(dir);
	struct etfs_node *node, *in = etfs_node_of(dir);
	struct etfs_name buf;
	int rc, fd;

	if ((rc = etfs_cred_take(op, fs)) != 0 ||
	    (rc = etfs_host_walk(op, in, etfs_host_name(&buf, name), &fd)) !=
		0 ||
	    (rc = etfs_node_take(op, fs, in, fd, &node)) != 0)
		return rc;
	*out = &node->vn;
	return 0;
}

/* A directory that has been removed has no links, and leads nowhere. */
int
etfs_parent(struct vop *op, struct vnode *dir, struct vnode **out)
{
	struct etfs_node *node = etfs_node_of(dir);
	struct statx sx;
	int rc;

	if ((rc = etfs_cred_take(op, etfs_of(dir))) != 0 ||
	    (rc = etfs_host_stat(op, node->dev, node->fd, ".", &sx)) != 0)
		return rc;
	if (sx.stx_nlink == 0)
		return -ENOENT;
	*out = &etfs_node_parent(node)->vn;
	return 0;
}

/*
 * The path through /proc is followed to the file itself and no further, which
 * may be a symbolic link.  (AT_EMPTY_PATH would need a privilege.)
 */
int
etfs_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name)
{
	struct etfs_node *in = etfs_node_of(dir), *node = etfs_node_of(vn);
	struct etfs_name buf;
	struct etfs_path path;
	int rc;

	if (etfs_must_wait(op, in) || etfs_must_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_cred_take(op, etfs_of(dir))) != 0)
		return rc;
	if (linkat(AT_FDCWD, etfs_host_path(&path, node->fd), in->fd,
		etfs_host_name(&buf, name), AT_SYMLINK_FOLLOW) != 0)
		return -errno;
	return 0;
}

/* What is called name in dir now has come there: if we know it, say so. */
static void
mend_parent(struct etfs_node *dir, const char *name)
{
	struct etfs *fs = etfs_of(&dir->vn);
	struct etfs_node *node;
	struct stat st;

	if (fstatat(dir->fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    !S_ISDIR(st.st_mode))
		return;
	if ((node = etfs_node_find(fs, st.st_dev, st.st_ino)) == NULL)
		return;
	etfs_node_set_parent(node, dir);
	vnode_put(&node->vn);
}

int
etfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	struct etfs_node *from = etfs_node_of(dir), *to = etfs_node_of(newdir);
	struct etfs_name old, new;
	int rc;

	if (etfs_must_wait(op, from) || etfs_must_wait(op, to))
		return VFS_WOULDBLOCK;
	(void)etfs_host_name(&old, name);
	(void)etfs_host_name(&new, newname);
	if ((rc = etfs_cred_take(op, etfs_of(dir))) != 0 ||
	    (rc = etfs_host_expect(from, old.s, expect)) != 0)
		return rc;
	if (renameat(from->fd, old.s, to->fd, new.s) != 0)
		return -errno;
	if (from != to)
		mend_parent(to, new.s);
	return 0;
}

int
etfs_unlink(struct vop *op, struct vnode *dir, struct vname name, bool rmdir,
    struct vnode *expect)
{
	struct etfs_node *in = etfs_node_of(dir);
	struct etfs_name buf;
	int rc;

	if (etfs_must_wait(op, in))
		return VFS_WOULDBLOCK;
	(void)etfs_host_name(&buf, name);
	if ((rc = etfs_cred_take(op, etfs_of(dir))) != 0 ||
	    (rc = etfs_host_expect(in, buf.s, expect)) != 0)
		return rc;
	if (unlinkat(in->fd, buf.s, rmdir ? AT_REMOVEDIR : 0) != 0)
		return -errno;
	return 0;
}
