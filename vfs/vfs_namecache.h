/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_namecache.h -- names that were found a moment ago.
 *
 * Clients walk to the same directories and files again and again, and let go of
 * them in between.  A file system to which it matters keeps what it has found
 * here for a moment, with a reference, so that the next walk has to ask no more
 * than whether the name still stands for it.
 *
 * That has to be asked: a name is known by a hash of it and by the address of
 * its directory, which may be another one's, and it may have been changed by
 * others.  What is found here is a guess.
 *
 * A vnode is let go of when it has not been asked for between two calls of
 * vfs_tidy(), or three; when its name is said to be gone; or when its file
 * system retires, which has to say so.
 *
 * Threads: any may call anything here.
 */

#ifndef VFS_NAMECACHE_H
#define VFS_NAMECACHE_H

#include "vfs_fs.h"

#define NAMECACHE_SHARDS 16
#define NAMECACHE_SETS 16 /* of a shard */
#define NAMECACHE_WAYS 4 /* of a set, a power of two: places for a name */
#define NAMECACHE_PLACES ((size_t)NAMECACHE_SETS * NAMECACHE_WAYS)

struct vname_entry {
	uint64_t key;
	struct vnode *vn; /* a reference, or NULL */
	unsigned int rest; /* calls of vfs_tidy() that it will outlive */
};

struct vnamecache_shard {
	uv_mutex_t mutex; /* guards the rest; nothing is locked under it */
	struct vname_entry sets[NAMECACHE_SETS][NAMECACHE_WAYS];
};

struct vnamecache {
	void (*wake)(void *arg); /* see vfs_keep_names(); NULL: keep none */
	void *arg;
	_Atomic size_t count; /* entries that have a vnode */
	_Atomic bool woken; /* wake was called, or vfs_tidy() wants to be */
	struct vnamecache_shard shards[NAMECACHE_SHARDS];
};

struct vnamecache *vfs_namecache(struct vfs *vfs);

int vnamecache_init(struct vnamecache *c);
void vnamecache_fini(struct vnamecache *c); /* it is empty by then */

/* What name in dir may stand for, with a reference, or NULL. */
struct vnode *vnamecache_find(
    struct vnamecache *c, const struct vnode *dir, struct vname name);

/* name in dir stands for vn; and: it does not any more, or never did. */
void vnamecache_add(struct vnamecache *c, const struct vnode *dir,
    struct vname name, struct vnode *vn);
void vnamecache_drop(
    struct vnamecache *c, const struct vnode *dir, struct vname name);

/* fs, which is gone or was never mounted, has no vnode here afterwards. */
void vnamecache_retire(struct vnamecache *c, const struct vfs_fs *fs);

#endif
