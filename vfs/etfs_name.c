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

static struct vnamecache *
names_of(const struct etfs_node *dir)
{
	return vfs_namecache(dir->vn.fs->vfs);
}

/*
 * May it be asked now what is called by a name in dir that was node's?  While
 * node's descriptor is open the name is in memory, unless it has been changed.
 */
static bool
may_ask(const struct vop *op, const struct etfs_node *node,
    const struct etfs_node *dir)
{
	return vop_may_block(op) || (node->dev == dir->dev && dir->dev->local);
}

/* node's descriptor is borrowed, so that its number is nobody else's. */
static bool
is_called(struct vop *op, struct etfs_node *node, struct etfs_node *dir,
    int dir_fd, const char *name)
{
	struct statx sx;

	if (etfs_host_stat(op, dir->dev, dir_fd, name, &sx) != 0 ||
	    sx.stx_ino != node->ino || !etfs_dev_is(node->dev, &sx))
		return false;
	etfs_node_saw(node, &sx);
	return true;
}

/* False: node is not called name in dir any more, or that cannot be asked. */
static bool
is_there_yet(struct vop *op, struct etfs_node *node, struct etfs_node *dir,
    int dir_fd, const char *name)
{
	bool is;

	if (!may_ask(op, node, dir) || vfd_borrow(&node->fd) < 0)
		return false;
	is = is_called(op, node, dir, dir_fd, name);
	vfd_give_back(&node->fd);
	if (is && vnode_is_dir(&node->vn))
		etfs_node_set_parent(node, dir);
	return is;
}

/*
 * What name, with a terminator s, was found to be a moment ago, if it still is;
 * else NULL.  One call in place of the three by which a file is found, looked
 * at, and let go of in the end.
 */
static struct etfs_node *
found_before(struct vop *op, struct etfs_node *dir, int dir_fd,
    struct vname name, const char *s)
{
	struct vnode *vn = vnamecache_find(names_of(dir), &dir->vn, name);

	if (vn == NULL)
		return NULL;
	if (is_there_yet(op, etfs_node_of(vn), dir, dir_fd, s))
		return etfs_node_of(vn);
	vnode_put(vn);
	return NULL;
}

static int
look_up(struct vop *op, struct etfs_node *dir, int dir_fd, struct vname name,
    struct etfs_node **out)
{
	struct etfs *fs = etfs_of(&dir->vn);
	struct etfs_name buf;
	int rc, fd;

	(void)etfs_host_name(&buf, name);
	if ((rc = etfs_cred_take(op, fs)) != 0)
		return rc;
	if ((*out = found_before(op, dir, dir_fd, name, buf.s)) != NULL)
		return 0;
	if ((rc = etfs_host_walk(op, dir, dir_fd, buf.s, &fd)) != 0 ||
	    (rc = etfs_node_take(op, fs, dir, fd, out)) != 0) {
		if (rc == -ENOENT)
			vnamecache_drop(names_of(dir), &dir->vn, name);
		return rc;
	}
	if (fs->flat && vnode_is_dir(&(*out)->vn)) {
		vnode_put(&(*out)->vn);
		return -ENOENT;
	}
	vnamecache_add(names_of(dir), &dir->vn, name, &(*out)->vn);
	return 0;
}

int
etfs_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out)
{
	struct etfs_node *node = NULL, *in = etfs_node_of(dir);
	int rc, fd;

	if ((rc = etfs_fd_take(op, in, &fd)) != 0)
		return rc;
	rc = look_up(op, in, fd, name, &node);
	etfs_fd_drop(in);
	if (rc == 0)
		*out = &node->vn;
	return rc;
}

/* A directory that has been removed has no links, and leads nowhere. */
int
etfs_parent(struct vop *op, struct vnode *dir, struct vnode **out)
{
	struct etfs_node *node = etfs_node_of(dir);
	struct statx sx;
	int rc, fd;

	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if ((rc = etfs_cred_take(op, etfs_of(dir))) == 0)
		rc = etfs_host_stat(op, node->dev, fd, ".", &sx);
	etfs_fd_drop(node);
	if (rc != 0)
		return rc;
	if (sx.stx_nlink == 0)
		return -ENOENT;
	*out = &etfs_node_parent(node)->vn;
	return 0;
}

/* Take the descriptors of two nodes, or of none. */
static int
take_both(struct vop *op, struct etfs_node *a, struct etfs_node *b, int fds[2])
{
	int rc;

	if ((rc = etfs_fd_take(op, a, &fds[0])) != 0)
		return rc;
	if ((rc = etfs_fd_take(op, b, &fds[1])) != 0)
		etfs_fd_drop(a);
	return rc;
}

static void
drop_both(struct etfs_node *a, struct etfs_node *b)
{
	etfs_fd_drop(a);
	etfs_fd_drop(b);
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
	int rc, fds[2];

	if (etfs_might_wait(op, in) || etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = take_both(op, in, node, fds)) != 0)
		return rc;
	if ((rc = etfs_cred_take(op, etfs_of(dir))) == 0 &&
	    linkat(AT_FDCWD, etfs_host_path(&path, fds[1]), fds[0],
		etfs_host_name(&buf, name), AT_SYMLINK_FOLLOW) != 0)
		rc = -errno;
	drop_both(in, node);
	return rc;
}

/* What is called name in dir now has come there: if we know it, say so. */
static void
mend_place(struct etfs_node *dir, int dir_fd, const char *name)
{
	struct etfs_node *node;
	struct stat st;

	if ((node = etfs_going_known(dir, dir_fd, name, &st)) == NULL)
		return;
	etfs_node_set_parent(node, dir);
	etfs_place_rename(node, name);
	vnode_put(&node->vn);
}

/* What a directory of type dir shows has no directories in it. */
static int
check_shown(struct etfs_node *dir, int dir_fd, const char *name)
{
	struct stat st;

	if (!etfs_of(&dir->vn)->flat)
		return 0;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	return S_ISDIR(st.st_mode) ? -ENOENT : 0;
}

/* What stands on the way to a mount keeps its name: -EBUSY. */
static int
check_pin(struct etfs_node *dir, int dir_fd, const char *name)
{
	struct etfs_node *node;
	struct stat st;
	bool pinned;

	if (atomic_load(&dir->vn.pinned) == 0 ||
	    (node = etfs_going_known(dir, dir_fd, name, &st)) == NULL)
		return 0;
	pinned = atomic_load(&node->vn.pinned) != 0;
	vnode_put(&node->vn);
	return pinned ? -EBUSY : 0;
}

static int
rename_taken(struct vop *op, struct etfs_node *from, struct etfs_node *to,
    const int fds[2], const char *old, const char *new, struct vnode *expect)
{
	struct etfs_going replaced;
	int rc;

	if ((rc = etfs_cred_take(op, etfs_of(&from->vn))) != 0 ||
	    (rc = check_shown(from, fds[0], old)) != 0 ||
	    (rc = check_pin(from, fds[0], old)) != 0 ||
	    (rc = check_pin(to, fds[1], new)) != 0 ||
	    (rc = etfs_going_begin(op, &replaced, from, to, fds[1], new)) != 0)
		return rc;
	if ((rc = etfs_host_expect(fds[0], old, expect)) == 0 &&
	    renameat(fds[0], old, fds[1], new) != 0)
		rc = -errno;
	if (rc == 0 && (from != to || etfs_names_matter(to)))
		mend_place(to, fds[1], new);
	etfs_going_end(&replaced, rc == 0);
	return rc;
}

int
etfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	struct etfs_node *from = etfs_node_of(dir), *to = etfs_node_of(newdir);
	struct etfs_name old, new;
	int rc, fds[2];

	if (etfs_might_wait(op, from) || etfs_might_wait(op, to))
		return VFS_WOULDBLOCK;
	(void)etfs_host_name(&old, name);
	(void)etfs_host_name(&new, newname);
	if ((rc = take_both(op, from, to, fds)) != 0)
		return rc;
	rc = rename_taken(op, from, to, fds, old.s, new.s, expect);
	drop_both(from, to);
	if (rc == 0) {
		vnamecache_drop(names_of(from), dir, name);
		vnamecache_drop(names_of(to), newdir, newname);
	}
	return rc;
}

static int
unlink_taken(struct vop *op, struct etfs_node *dir, int fd, const char *name,
    bool rmdir, struct vnode *expect)
{
	struct etfs_going gone;
	int rc;

	if ((rc = etfs_cred_take(op, etfs_of(&dir->vn))) != 0 ||
	    (rc = check_shown(dir, fd, name)) != 0 ||
	    (rc = check_pin(dir, fd, name)) != 0 ||
	    (rc = etfs_going_begin(op, &gone, dir, dir, fd, name)) != 0)
		return rc;
	if ((rc = etfs_host_expect(fd, name, expect)) == 0 &&
	    unlinkat(fd, name, rmdir ? AT_REMOVEDIR : 0) != 0)
		rc = -errno;
	etfs_going_end(&gone, rc == 0);
	return rc;
}

int
etfs_unlink(struct vop *op, struct vnode *dir, struct vname name, bool rmdir,
    struct vnode *expect)
{
	struct etfs_node *in = etfs_node_of(dir);
	struct etfs_name buf;
	int rc, fd;

	if (etfs_might_wait(op, in))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, in, &fd)) != 0)
		return rc;
	rc =
	    unlink_taken(op, in, fd, etfs_host_name(&buf, name), rmdir, expect);
	etfs_fd_drop(in);
	if (rc == 0)
		vnamecache_drop(names_of(in), dir, name);
	return rc;
}
