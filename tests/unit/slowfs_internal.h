/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slowfs_internal.h -- what slowfs.c and slowfs_ops.c share.
 */

#ifndef SLOWFS_INTERNAL_H
#define SLOWFS_INTERNAL_H

#include "slowfs.h"
#include "vfs_fs.h"

/* The nodes: the root, then the directories, the files, and the link. */
#define FIRST_DIR 1
#define FIRST_FILE (FIRST_DIR + SLOW_DIRS)
#define THE_LINK (FIRST_FILE + SLOW_FILES)
#define SLOW_NODES (THE_LINK + 1)

struct slowfs {
	struct vfs_fs fs;
	struct vnode nodes[SLOW_NODES];
	uint64_t lanes[SLOW_NODES]; /* their devices */
	_Atomic unsigned int calls[SLOW_NKINDS];
	_Atomic unsigned int hurried, played;
	_Atomic bool retired;
	struct slow_call *pending; /* oldest first; the loop's thread's */
	uv_mutex_t mutex; /* guards what follows */
	uv_cond_t cond;
	struct slow_plan plans[SLOW_NKINDS];
	unsigned int arrived, tickets;
	bool gate_open;
};

/* What an operation answers if all goes well: where, and what. */
struct answer {
	int rc;
	struct vnode **vn_out, *vn;
	size_t *len_out, len;
	struct vblob *blob_out;
};

static inline struct slowfs *
slowfs_of(struct vnode *vn)
{
	return (struct slowfs *)(void *)vn->fs;
}

/* Every operation: end it according to its kind's plan. */
int slow_op(struct slowfs *fs, struct vop *op, enum slow_kind kind,
    const struct answer *a);

/* Those that answer nothing, on op->vn. */
int slow_plain(struct vop *op, enum slow_kind kind);

/* slowfs_names.c's, as in struct vfs_ops. */
int slow_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out);
int slow_parent(struct vop *op, struct vnode *dir, struct vnode **out);
int slow_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vnode **out, struct vfile *file);
int slow_mkdir(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, gid_t gid, struct vnode **out);
int slow_mknod(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out);
int slow_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out);
int slow_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name);
int slow_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect);
int slow_unlink(struct vop *op, struct vnode *dir, struct vname name,
    bool rmdir, struct vnode *expect);

#endif
