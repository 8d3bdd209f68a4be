/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_node.c -- vnodes: references and identity.
 */

#include "vfs_internal.h"

void
vnode_init(struct vnode *vn, struct vfs_fs *fs, mode_t type, uint64_t path)
{
	atomic_init(&vn->refs, 1);
	atomic_init(&vn->version, 1);
	atomic_init(&vn->pinned, 0);
	atomic_init(&vn->opens, 0);
	atomic_init(&vn->made, false);
	atomic_init(&vn->attached, NULL);
	atomic_fetch_add_explicit(&fs->vnodes, 1, memory_order_relaxed);
	vn->stream = false;
	vn->fs = fs;
	vn->path = path;
	vn->type = type & S_IFMT;
	atomic_init(&vn->locks, NULL);
}

void
vnode_discard(struct vnode *vn)
{
	atomic_fetch_sub_explicit(&vn->fs->vnodes, 1, memory_order_relaxed);
}

struct vnode *
vnode_get(struct vnode *vn)
{
	atomic_fetch_add_explicit(&vn->refs, 1, memory_order_relaxed);
	return vn;
}

bool
vnode_tryget(struct vnode *vn)
{
	uint32_t refs = atomic_load_explicit(&vn->refs, memory_order_relaxed);

	while (refs != 0)
		if (atomic_compare_exchange_weak_explicit(&vn->refs, &refs,
			refs + 1, memory_order_acquire, memory_order_relaxed))
			return true;
	return false;
}

/* What holds the last vnode of a file system holds all of it. */
void
vnode_put(struct vnode *vn)
{
	struct vfs_fs *fs;

	if (vn == NULL ||
	    atomic_fetch_sub_explicit(&vn->refs, 1, memory_order_acq_rel) != 1)
		return;
	fs = vn->fs;
	vlocks_vnode_fini(vn);
	fs->ops->reclaim(vn);
	if (atomic_fetch_sub_explicit(&fs->vnodes, 1, memory_order_acq_rel) ==
	    1)
		vfs_unused(fs);
}

struct vqid
vnode_qid(struct vnode *vn)
{
	struct vqid qid = { vn->type,
		atomic_load_explicit(&vn->version, memory_order_relaxed),
		vn->path };

	return qid;
}

bool
vnode_is_dir(const struct vnode *vn)
{
	return S_ISDIR(vn->type);
}

bool
vnode_is_stream(const struct vnode *vn)
{
	return vn->stream;
}

bool
vnode_is_gone(const struct vnode *vn)
{
	return atomic_load_explicit(&vn->fs->gone, memory_order_acquire);
}

bool
vnode_is_open(struct vnode *vn)
{
	return atomic_load_explicit(&vn->opens, memory_order_relaxed) != 0;
}
