/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_fd.c -- descriptors of nodes, which are borrowed, and brought back.
 *
 * A descriptor that has been sent away (vfs_fd.h) is opened again by its file
 * handle, or by its name in the directory it was found in.  That directory's
 * may be away as well, and so on up to the root, whose never is.  The way down
 * is as long as clients make it, so it is kept in memory and not on the stack.
 */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "etfs_internal.h"

/* The nodes to be brought back, the last one first; each is referenced. */
struct way {
	struct etfs_node **nodes;
	size_t n, cap;
};

static struct vfds *
fds_of(const struct etfs_node *node)
{
	return vfs_fds(node->vn.fs->vfs);
}

/* Takes the reference on node, also when there is no memory. */
static int
push(struct way *way, struct etfs_node *node)
{
	size_t cap = way->cap > 0 ? 2 * way->cap : 16;
	struct etfs_node **more;

	if (way->n == way->cap) {
		more = realloc(way->nodes, cap * sizeof(*more));
		if (more == NULL) {
			vnode_put(&node->vn);
			return -ENOMEM;
		}
		way->nodes = more;
		way->cap = cap;
	}
	way->nodes[way->n++] = node;
	return 0;
}

static void
forget(struct way *way)
{
	while (way->n > 0)
		vnode_put(&way->nodes[--way->n]->vn);
	free(way->nodes);
}

/*
 * Climb from node to the first that is there, which becomes *top, borrowed and
 * with a reference; or NULL, if the last on the way has a handle.
 */
static int
climb(const struct vop *op, struct etfs_node *node, struct way *way,
    struct etfs_node **top)
{
	struct etfs_node *n = node;
	int rc;

	*top = NULL;
	vnode_get(&n->vn);
	while (vfd_borrow(&n->fd) < 0) {
		if (etfs_must_wait(op, n)) {
			vnode_put(&n->vn);
			return VFS_WOULDBLOCK;
		}
		if ((rc = push(way, n)) != 0)
			return rc;
		if (etfs_place_has_handle(n))
			return 0;
		n = etfs_node_parent(n);
	}
	*top = n;
	return 0;
}

static void
let_go(struct etfs_node *node)
{
	if (node == NULL)
		return;
	vfd_give_back(&node->fd);
	vnode_put(&node->vn);
}

/* If somebody of ours is just moving it, it has been moved when this is -ESTALE. */
static int
not_there(const struct vop *op, struct etfs_node *node, int rc)
{
	struct etfs_node *up;

	if (rc != -ESTALE)
		return rc;
	up = etfs_node_parent(node);
	rc = etfs_going_wait(op, up);
	vnode_put(&up->vn);
	return rc == 0 ? -ESTALE : rc;
}

/* From top, or by a handle, down the way; its end is borrowed then. */
static int
descend(struct vop *op, struct etfs_node *top, struct way *way)
{
	struct etfs_node *dir = top, *node;
	int rc = 0, fd, dir_fd;

	while (rc == 0 && way->n > 0) {
		node = way->nodes[--way->n];
		dir_fd = dir != NULL ? vfd_borrowed(&dir->fd) : -1;
		rc = etfs_place_open(op, node, dir, dir_fd, &fd);
		let_go(dir);
		dir = NULL;
		if (rc != 0) {
			rc = not_there(op, node, rc);
			vnode_put(&node->vn);
		} else {
			(void)vfd_return(fds_of(node), &node->fd, fd);
			dir = node;
		}
	}
	if (rc == 0)
		vnode_put(&dir->vn); /* the caller has one; it stays borrowed */
	return rc;
}

static int
look_for(struct vop *op, struct etfs_node *node)
{
	struct way way = { 0 };
	struct etfs_node *top;
	int rc;

	if ((rc = climb(op, node, &way, &top)) == 0)
		rc = descend(op, top, &way);
	forget(&way);
	return rc;
}

static int
bring_back(struct vop *op, struct etfs_node *node)
{
	int rc, fd;

	if (atomic_load(&node->lost))
		return -ESTALE;
	if ((rc = etfs_pin_open(op, node, &fd)) == 0)
		(void)vfd_return(fds_of(node), &node->fd, fd);
	if (rc != -ENOENT)
		return rc;
	if (etfs_must_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_act_as_server()) != 0)
		return rc;
	rc = look_for(op, node);
	if (rc == -ESTALE)
		rc = look_for(op, node); /* it may just have been moved */
	return rc;
}

int
etfs_fd_take(struct vop *op, struct etfs_node *node, int *fd)
{
	int rc;

	if ((*fd = vfd_borrow(&node->fd)) >= 0)
		return 0;
	if ((rc = bring_back(op, node)) == 0)
		*fd = vfd_borrowed(&node->fd);
	return rc;
}

void
etfs_fd_drop(struct etfs_node *node)
{
	vfd_give_back(&node->fd);
}
