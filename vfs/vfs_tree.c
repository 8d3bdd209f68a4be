/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_tree.c -- the tree as a whole: made, given its file systems, freed.
 */

#include <errno.h>
#include <stdlib.h>

#include "vfs_internal.h"

int
vfs_new(struct vfs **out)
{
	struct vfs *vfs = calloc(1, sizeof(*vfs));
	int rc;

	if (vfs == NULL)
		return -ENOMEM;
	if ((rc = uv_rwlock_init(&vfs->mounts_lock)) != 0)
		goto free_vfs;
	if ((rc = vlock_table_init(&vfs->locks)) != 0)
		goto destroy_lock;
	if ((rc = vid_init(&vfs->ids)) != 0)
		goto fini_locks;
	if ((rc = uv_mutex_init(&vfs->claims.mutex)) != 0)
		goto fini_ids;
	if ((rc = vlanes_init(&vfs->lanes)) != 0)
		goto fini_claims;
	if ((rc = vfds_init(&vfs->fds)) != 0)
		goto fini_lanes;
	if ((rc = vnamecache_init(&vfs->names)) != 0)
		goto fini_fds;
	if ((vfs->server = vcred_new(0, 0, NULL, 0)) == NULL) {
		rc = -ENOMEM;
		goto fini_names;
	}
	vfs->server->self = true;
	*out = vfs;
	return 0;

fini_names:
	vnamecache_fini(&vfs->names);
fini_fds:
	vfds_fini(&vfs->fds);
fini_lanes:
	vlanes_fini(&vfs->lanes);
fini_claims:
	uv_mutex_destroy(&vfs->claims.mutex);
fini_ids:
	vid_fini(&vfs->ids);
fini_locks:
	vlock_table_fini(&vfs->locks);
destroy_lock:
	uv_rwlock_destroy(&vfs->mounts_lock);
free_vfs:
	free(vfs);
	return rc;
}

/* The newest first: it may be inside an older one. */
void
vfs_free(struct vfs *vfs)
{
	struct vmount *m;

	if (vfs == NULL)
		return;
	vnode_put(vfs->root);
	while ((m = vfs->mounts) != NULL) {
		vmount_detach(vfs, m);
		vway_leave(vfs, m);
		vfs_fs_free(m->fs);
		vmount_free(m);
	}
	vcred_put(vfs->server);
	vnamecache_fini(&vfs->names);
	vfds_fini(&vfs->fds);
	uv_mutex_destroy(&vfs->claims.mutex);
	vlanes_fini(&vfs->lanes);
	vid_fini(&vfs->ids);
	vlock_table_fini(&vfs->locks);
	uv_rwlock_destroy(&vfs->mounts_lock);
	free(vfs);
}

void
vfs_fs_free(struct vfs_fs *fs)
{
	if (fs == NULL)
		return;
	if (fs->ops->retire != NULL)
		fs->ops->retire(fs);
	vnode_put(fs->root);
}

void
vfs_limit_locks(struct vfs *vfs, size_t limit)
{
	vfs->locks.limit = limit;
}

void
vfs_limit_workers(struct vfs *vfs, unsigned int limit)
{
	vfs->lanes.workers = limit;
}

void
vfs_be_careful(struct vfs *vfs)
{
	vfs->lanes.careful = true;
}

void
vfs_limit_descriptors(struct vfs *vfs, size_t limit)
{
	vfs->fds.limit = limit;
}

struct vnode *
vfs_root(struct vfs *vfs)
{
	return vnode_get(vfs->root);
}

static int
mount_root(struct vfs *vfs, struct vmount *m)
{
	int rc;

	if (vfs->root != NULL)
		return -EEXIST;
	if (!vnode_is_dir(m->fs->root))
		return -ENOTDIR;
	if ((rc = vmount_attach(vfs, m)) == 0)
		vfs->root = vnode_get(m->fs->root);
	return rc;
}

static int
mount_key(struct vfs *vfs, struct vmount *m)
{
	int rc;

	if (vfs->root == NULL)
		return -EINVAL; /* "/" comes first */
	if ((rc = vway_find(vfs, m)) == 0)
		rc = vmount_attach(vfs, m);
	if (rc != 0)
		vway_leave(vfs, m);
	return rc;
}

int
vfs_mount(struct vfs *vfs, const char *key, struct vfs_fs *fs)
{
	struct vmount *m;
	int rc;

	if ((rc = vmount_new(fs, key, &m)) != 0)
		return rc;
	rc = vmount_is_root(m) ? mount_root(vfs, m) : mount_key(vfs, m);
	if (rc != 0)
		vmount_free(m);
	return rc;
}
