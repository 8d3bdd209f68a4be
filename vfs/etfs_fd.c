/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_fd.c -- descriptors of nodes.
 */

#include "etfs_internal.h"

int
etfs_fd_take(struct vop *op, struct etfs_node *node, int *fd)
{
	(void)op;
	*fd = node->path_fd;
	return 0;
}

void
etfs_fd_drop(struct etfs_node *node)
{
	(void)node;
}
