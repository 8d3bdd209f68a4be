/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_mount.h -- which file system is where: what the rest of vfs has to know.
 *
 * A mount is a file system attached to a directory of another one, by a name.
 * The name is vfs's: the file system that the directory belongs to knows of no
 * such name, or has something empty there that is not seen meanwhile.  A
 * directory without such names is known by one look at vnode->attached.
 *
 * Threads.  vfs->mounts_lock guards both lists, and what stands in them.  It is
 * taken under the locks of file systems: nothing of theirs is called with it,
 * and no reference dropped.
 */

#ifndef VFS_MOUNT_H
#define VFS_MOUNT_H

#include "vfs_fs.h"

/*
 * A mount.  The way is what leads to it inside the file system that dir belongs
 * to, from the root to dir, each a reference and pinned.
 */
struct vmount {
	struct vmount *next; /* in vfs->mounts */
	struct vmount *sibling; /* in the same directory, by cookie */
	struct vfs_fs *fs;
	char *key; /* without needless slashes; "/" for the root */
	struct vnode *dir; /* the last of the way; NULL at "/" */
	struct vname name; /* in dir; a part of key */
	uint64_t cookie; /* in listings of dir */
	bool filler; /* memory that only holds what keys need */
	bool adds_dir; /* a directory that dir's links do not count */
	struct vnode **way;
	size_t nway;
	size_t reached; /* bytes of key that lead to the last of the way */
};

/* For fs at key, with room for the way.  -EINVAL, -ENAMETOOLONG, -ENOMEM. */
int vmount_new(struct vfs_fs *fs, const char *key, struct vmount **out);
void vmount_free(struct vmount *m); /* way and fs are the caller's */
bool vmount_is_root(const struct vmount *m);

/*
 * -EEXIST if its name, or its key, is another's; -ESTALE if dir is gone.  What
 * is detached is gone.
 */
int vmount_attach(struct vfs *vfs, struct vmount *m);
void vmount_detach(struct vfs *vfs, struct vmount *m);

/* Detach what is at key; ends as vfs_unmount() does.  *out is the caller's. */
int vmount_take(struct vfs *vfs, const char *key, struct vmount **out);

/* Detach fs if it is a filler and nothing goes through it; else NULL. */
struct vmount *vmount_take_filler(struct vfs *vfs, struct vfs_fs *fs);

/*
 * vfs_attached.c.
 */

static inline bool
vmount_has_any(const struct vnode *dir)
{
	return atomic_load_explicit(&dir->attached, memory_order_acquire) !=
	    NULL;
}

/* What is attached to dir by that name, or NULL.  The lock is held. */
struct vmount *vmount_of(const struct vnode *dir, struct vname name);

/* The root of what is attached to dir by that name, with a reference; or NULL. */
struct vnode *vmount_find(struct vnode *dir, struct vname name);

/* Where what has this root is attached, with a reference; NULL: nowhere. */
struct vnode *vmount_up(struct vnode *root);

/*
 * An entry that a file system gives of its directory dir becomes what a walk
 * finds by that name; root is where ".." stays.  False: it is not to be seen,
 * for the name is attached.
 */
bool vmount_mend_entry(
    struct vnode *dir, struct vnode *root, struct vdirent *entry);

/* Emit the attached names of dir behind cookie, until emit has no room. */
void vmount_list(struct vnode *dir, uint64_t cookie, vfs_emit *emit, void *ctx);

/* How many directories attached to dir its own links do not count. */
uint64_t vmount_count_dirs(struct vnode *dir);

/*
 * vfs_way.c -- find, or make, the way to m, and check that m will hide nothing.
 * May block.  What was made is taken away again by vway_leave(), also after
 * vway_find() has failed, unless somebody else needs it.
 */
int vway_find(struct vfs *vfs, struct vmount *m);
void vway_leave(struct vfs *vfs, struct vmount *m);

#endif
