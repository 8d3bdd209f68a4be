/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_name.c -- names that are there: found, linked, renamed, removed.
 *
 * Here is checked what the host would check if it knew the clients' users, in
 * the order in which Linux does; the host does the rest.
 */

#include <errno.h>
#include <unistd.h>

#include "etfs_mapped.h"

int
etfs_mapped_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out)
{
	struct etfs_node *in = etfs_node_of(dir);
	int rc;

	if ((rc = etfs_mapped_begin(op, in, false)) != 0)
		return rc;
	if ((rc = etfs_mapped_access(op, in, X_OK)) == 0)
		rc = etfs_lookup(op, dir, name, out);
	etfs_mapped_end(in);
	return rc;
}

int
etfs_mapped_parent(struct vop *op, struct vnode *dir, struct vnode **out)
{
	struct etfs_node *in = etfs_node_of(dir);
	int rc;

	if ((rc = etfs_mapped_begin(op, in, false)) != 0)
		return rc;
	if ((rc = etfs_mapped_access(op, in, X_OK)) == 0)
		rc = etfs_parent(op, dir, out);
	etfs_mapped_end(in);
	return rc;
}

int
etfs_mapped_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name)
{
	struct etfs_node *in = etfs_node_of(dir);
	int rc;

	if (etfs_might_wait(op, etfs_node_of(vn)))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_mapped_begin(op, in, true)) != 0)
		return rc;
	if ((rc = etfs_mapped_may_make(op, in, name)) == 0)
		rc = etfs_link(op, dir, vn, name);
	etfs_mapped_end(in);
	return rc;
}

/* A name in a directory, and what it stands for: NULL if nothing. */
struct entry {
	struct etfs_node *dir;
	struct vname name;
	struct vnode *vn;
};

/* That there is nothing is no failure. */
static int
find(struct vop *op, struct entry *e)
{
	int rc;

	if ((rc = etfs_mapped_access(op, e->dir, X_OK)) == 0)
		rc = etfs_lookup(op, &e->dir->vn, e->name, &e->vn);
	return rc == -ENOENT ? 0 : rc;
}

/* May op take the name away, or give it to another file? */
static int
check_taking(struct vop *op, const struct entry *e)
{
	struct vattr dir, attr;
	int rc;

	if ((rc = etfs_mapped_attr(op, e->dir, &dir)) != 0 ||
	    (rc = etfs_mapped_may(op, e->dir, &dir, W_OK | X_OK)) != 0)
		return rc;
	if (e->vn == NULL || !(dir.mode & S_ISVTX))
		return 0;
	if ((rc = etfs_mapped_attr(op, etfs_node_of(e->vn), &attr)) != 0)
		return rc;
	return vaccess_sticky(op->cred, &dir, &attr);
}

static int
check_unlink(struct vop *op, struct entry *e)
{
	int rc;

	if (op->cred->uid == 0)
		return 0;
	if ((rc = find(op, e)) != 0)
		return rc;
	return e->vn != NULL ? check_taking(op, e) : -ENOENT;
}

int
etfs_mapped_unlink(struct vop *op, struct vnode *dir, struct vname name,
    bool rmdir, struct vnode *expect)
{
	struct entry e = { .dir = etfs_node_of(dir), .name = name };
	int rc;

	if ((rc = etfs_mapped_begin(op, e.dir, true)) != 0)
		return rc;
	if ((rc = check_unlink(op, &e)) == 0)
		rc = etfs_unlink(op, dir, name, rmdir, expect);
	etfs_mapped_end(e.dir);
	vnode_put(e.vn);
	return rc;
}

/*
 * A directory that moves has its ".." changed.  Over what is none it does not
 * move: the host refuses that.
 */
static int
check_dotdot(struct vop *op, const struct entry *from, const struct entry *to)
{
	if (!vnode_is_dir(from->vn) || from->dir == to->dir ||
	    (to->vn != NULL && !vnode_is_dir(to->vn)))
		return 0;
	return etfs_mapped_access(op, etfs_node_of(from->vn), W_OK);
}

static int
check_rename(struct vop *op, struct entry *from, struct entry *to)
{
	int rc;

	if (op->cred->uid == 0)
		return 0;
	if ((rc = find(op, from)) != 0)
		return rc;
	if (from->vn == NULL)
		return -ENOENT;
	if ((rc = find(op, to)) != 0)
		return rc;
	if (from->vn == to->vn)
		return 0; /* two names of one file: nothing is done */
	if ((rc = check_taking(op, from)) != 0 ||
	    (rc = check_taking(op, to)) != 0)
		return rc;
	return check_dotdot(op, from, to);
}

int
etfs_mapped_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	struct entry from = { .dir = etfs_node_of(dir), .name = name };
	struct entry to = { .dir = etfs_node_of(newdir), .name = newname };
	int rc;

	if ((rc = etfs_mapped_begin_two(op, from.dir, to.dir)) != 0)
		return rc;
	if ((rc = check_rename(op, &from, &to)) == 0)
		rc = etfs_rename(op, dir, name, newdir, newname, expect);
	etfs_mapped_end_two(from.dir, to.dir);
	vnode_put(from.vn);
	vnode_put(to.vn);
	return rc;
}
