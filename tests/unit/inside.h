/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inside.h -- mounts inside file systems of every kind: memory, host trees, and
 * host trees whose owners the host does not know.
 */

#ifndef INSIDE_H
#define INSIDE_H

#include "etfs_fixture.h"
#include "vfs_fs.h"

#define IN_MEMORY(test)                                                        \
	{                                                                      \
#test " (memory)", test, memfs_setup, etfs_teardown, NULL      \
	}

/* Each test with each kind at "/". */
#define INSIDE_ALL(test) IN_MEMORY(test), ON_BOTH(test), AS_MAPPED(test)

/* Is what is at "/" a host tree? */
bool is_host(const struct fixture *fx);

/* Mount memory at key; that ends well, or with rc. */
void mount_at(const struct fixture *fx, const char *key);
void refuse(const struct fixture *fx, const char *key, int rc);

/* A single file of the host, outside of what is served; ends as vfs_mount(). */
int mount_file(const struct fixture *fx, const char *key);

struct vnode *make_public_dir(
    struct fixture *fx, struct vnode *dir, const char *name);

/* The directory "b", with twenty entries: "f0" to "f19". */
struct vnode *make_b(struct fixture *fx);

#endif
