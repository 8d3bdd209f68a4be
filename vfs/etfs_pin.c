/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_pin.c -- nodes of files that have just been made, and have no descriptor.
 *
 * Most files that are made are written and closed, and nobody asks for more.
 * As long as a new file is open as it was made, that descriptor keeps its inode
 * number from being used again just as well as one of the node would, and leads
 * to the file; so its node has none until it is needed.  A client that walks to
 * the file brings one.  Else it is opened when it is asked for, or at the latest
 * when the file is closed and somebody has the node yet.
 *
 * Only on local file systems: elsewhere to come by a descriptor may wait.
 */

#include <errno.h>
#include <fcntl.h>

#include "etfs_internal.h"

/* Keeps the pin from being closed.  Where nothing is pinned there is no lock. */
static int
hold_pin(const struct vop *op, struct etfs_node *node)
{
	struct etfs *fs = etfs_of(&node->vn);
	int rc;

	if (atomic_load(&node->pin) < 0)
		return -ENOENT;
	if ((rc = etfs_lock_mutex(op, &fs->pins)) != 0)
		return rc;
	if (atomic_load(&node->pin) >= 0)
		return 0;
	uv_mutex_unlock(&fs->pins);
	return -ENOENT;
}

int
etfs_pin_open(const struct vop *op, struct etfs_node *node, int *fd)
{
	struct etfs *fs = etfs_of(&node->vn);
	int rc;

	if ((rc = hold_pin(op, node)) != 0)
		return rc;
	rc = etfs_host_reopen(op, fs, atomic_load(&node->pin), O_PATH, fd);
	uv_mutex_unlock(&fs->pins);
	return rc;
}

/* Others have the node: it is to be found when the file has been closed. */
static int
outlive(struct vop *op, struct etfs_node *node, int pin)
{
	int rc, fd;

	if ((rc = etfs_fd_take(op, node, &fd)) == 0)
		etfs_fd_drop(node);
	else if (rc != VFS_WOULDBLOCK && !etfs_place_leave(node, pin))
		etfs_node_lose(node);
	return rc == VFS_WOULDBLOCK ? rc : 0;
}

int
etfs_pin_end(struct vop *op, struct etfs_node *node, int fd)
{
	struct etfs *fs = etfs_of(&node->vn);
	int rc;

	if (atomic_load(&node->pin) != fd)
		return 0;
	if (etfs_node_forget(node)) {
		atomic_store(&node->pin, -1); /* nobody is holding it */
		return 0;
	}
	if ((rc = outlive(op, node, fd)) != 0 ||
	    (rc = etfs_lock_mutex(op, &fs->pins)) != 0)
		return rc;
	atomic_store(&node->pin, -1);
	uv_mutex_unlock(&fs->pins);
	return 0;
}
