/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_internal.h -- what the vfs_*.c files share.
 */

#ifndef VFS_INTERNAL_H
#define VFS_INTERNAL_H

#include "vfs_fd.h"
#include "vfs_fs.h"
#include "vfs_id.h"
#include "vfs_lane.h"
#include "vfs_lock.h"
#include "vfs_mount.h"
#include "vfs_namecache.h"

struct vclaims {
	uv_mutex_t mutex; /* guards first, and what it leads to */
	struct vclaim *first;
};

struct vfs {
	struct vnode *root; /* of what is mounted at "/"; a reference */
	struct vmount *mounts; /* newest first */
	uv_rwlock_t mounts_lock; /* see vfs_mount.h */
	struct vlock_table locks; /* byte-range locks of all vnodes */
	struct vid_table ids;
	struct vclaims claims;
	struct vlanes lanes; /* who gets a worker */
	struct vfds fds;
	struct vnamecache names;
	struct vcred *server; /* who mounts: whom nothing is refused */
};

/*
 * Start an operation: call is tried now, and goes to a worker if it would
 * block.  What it needs is in op->vn and op->u.
 *
 * resume, or NULL, is told when the operation ended without call seeing it: a
 * pending step is over, or a worker will never run it.  It cleans up and
 * returns rc, or goes on and returns as call does.  A call on a worker may
 * return VFS_PENDING to go on there, on the loop, with rc 0.
 */
int vop_run(struct vop *op, int (*call)(struct vop *op),
    int (*resume)(struct vop *op, int rc));

/*
 * The same for what gives something back; other operations on a vnode that is
 * gone end with -ESTALE, of which resume is told.
 */
int vop_run_anyway(struct vop *op, int (*call)(struct vop *op),
    int (*resume)(struct vop *op, int rc));

/*
 * vfs_taken.c -- op is about a name in dir that is that of over, the root of a
 * mount, whose reference is taken.  It ends with settled or, if that is 0, with
 * the file opened as op->u.create says.
 */
int vtaken_settle(
    struct vop *op, struct vnode *dir, struct vnode *over, int settled);

/* vfs_unmount.c -- fs has no vnodes any more.  On any thread. */
void vfs_unused(struct vfs_fs *fs);

/* Where operations on vn wait for a worker. */
struct vlane *vnode_lane(struct vnode *vn);

/*
 * vfs_file.c -- may vn be opened with flags?  And: file is open now, if rc is 0;
 * rc of a step that is not the end passes through.
 */
int vfile_check_open(const struct vnode *vn, int flags);
int vfile_opened(struct vfile *file, struct vnode *vn, int flags, int rc);

#endif
