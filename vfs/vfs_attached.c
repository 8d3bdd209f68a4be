/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_attached.c -- the names that are attached to a directory, as walks and
 * listings find them; see vfs_mount.h.
 */

#include <string.h>

#include "vfs_internal.h"

struct vmount *
vmount_of(const struct vnode *dir, struct vname name)
{
	struct vmount *m = atomic_load(&dir->attached);

	while (m != NULL &&
	    (m->name.len != name.len ||
		memcmp(m->name.s, name.s, name.len) != 0))
		m = m->sibling;
	return m;
}

struct vnode *
vmount_find(struct vnode *dir, struct vname name)
{
	struct vfs *vfs = dir->fs->vfs;
	struct vnode *root = NULL;
	struct vmount *m;

	if (!vmount_has_any(dir))
		return NULL;
	uv_rwlock_rdlock(&vfs->mounts_lock);
	if ((m = vmount_of(dir, name)) != NULL)
		root = vnode_get(m->fs->root);
	uv_rwlock_rdunlock(&vfs->mounts_lock);
	return root;
}

struct vnode *
vmount_up(struct vnode *root)
{
	struct vfs *vfs = root->fs->vfs;
	struct vnode *dir = NULL;

	if (root != root->fs->root)
		return NULL;
	uv_rwlock_rdlock(&vfs->mounts_lock);
	if (root->fs->mount != NULL && root->fs->mount->dir != NULL)
		dir = vnode_get(root->fs->mount->dir);
	uv_rwlock_rdunlock(&vfs->mounts_lock);
	return dir;
}

static void
set_identity(struct vdirent *entry, struct vnode *vn)
{
	struct vqid qid = vnode_qid(vn);

	entry->path = qid.path;
	entry->version = qid.version;
	entry->type = qid.type;
}

/* The caller learns a number, and may search where he is. */
static void
mend_dotdot(struct vnode *dir, struct vdirent *entry)
{
	struct vfs *vfs = dir->fs->vfs;
	const struct vmount *m;

	uv_rwlock_rdlock(&vfs->mounts_lock);
	m = dir->fs->mount;
	if (m != NULL && m->dir != NULL)
		set_identity(entry, m->dir);
	uv_rwlock_rdunlock(&vfs->mounts_lock);
}

static bool
is_attached(struct vnode *dir, struct vname name)
{
	struct vfs *vfs = dir->fs->vfs;
	bool is;

	if (!vmount_has_any(dir))
		return false;
	uv_rwlock_rdlock(&vfs->mounts_lock);
	is = vmount_of(dir, name) != NULL;
	uv_rwlock_rdunlock(&vfs->mounts_lock);
	return is;
}

bool
vmount_mend_entry(struct vnode *dir, struct vnode *root, struct vdirent *entry)
{
	if (!vname_is_dots(entry->name))
		return !is_attached(dir, entry->name);
	if (entry->name.len == 1 || dir == root)
		set_identity(entry, dir);
	else if (dir == dir->fs->root)
		mend_dotdot(dir, entry);
	return true;
}

void
vmount_list(struct vnode *dir, uint64_t cookie, vfs_emit *emit, void *ctx)
{
	struct vfs *vfs = dir->fs->vfs;
	const struct vmount *m;
	struct vdirent entry;
	bool more = true;

	if (!vmount_has_any(dir))
		return;
	uv_rwlock_rdlock(&vfs->mounts_lock);
	m = atomic_load(&dir->attached);
	for (; m != NULL && more; m = m->sibling) {
		if (m->cookie <= cookie)
			continue;
		entry =
		    (struct vdirent){ .cookie = m->cookie, .name = m->name };
		set_identity(&entry, m->fs->root);
		more = emit(ctx, &entry);
	}
	uv_rwlock_rdunlock(&vfs->mounts_lock);
}

uint64_t
vmount_count_dirs(struct vnode *dir)
{
	struct vfs *vfs = dir->fs->vfs;
	const struct vmount *m;
	uint64_t n = 0;

	if (!vmount_has_any(dir))
		return 0;
	uv_rwlock_rdlock(&vfs->mounts_lock);
	for (m = atomic_load(&dir->attached); m != NULL; m = m->sibling)
		n += m->adds_dir;
	uv_rwlock_rdunlock(&vfs->mounts_lock);
	return n;
}
