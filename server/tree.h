/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tree.h -- the tree that a server starts with.
 */

#ifndef TREE_H
#define TREE_H

#include "config.h"
#include "vfs.h"

/* Everything that cfg wants to be served, where it wants it. */
int tree_new(const struct config *cfg, struct vfs **out, struct failure *f);

#endif
