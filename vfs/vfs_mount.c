/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_mount.c -- which file system sits where.
 *
 * A mount point is an ordinary vnode of the file system below, made there if
 * need be, with mounted set to the root of what covers it.  It and the
 * directories above it are pinned: their names may not go.  Mounting happens
 * while the server starts or is told to; walks only look at one pointer.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

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
	vfs->server = vcred_new(geteuid(), getegid(), NULL, 0);
	if (vfs->server == NULL) {
		rc = -ENOMEM;
		goto fini_fds;
	}
	*out = vfs;
	return 0;

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

static void
unmount(struct vfs_fs *fs)
{
	if (fs->covered != NULL) {
		atomic_store(&fs->covered->mounted, NULL);
		vnode_put(fs->root);
		vnode_put(fs->covered);
	}
	fs->ops->destroy(fs);
}

void
vfs_free(struct vfs *vfs)
{
	struct vfs_fs *fs;

	if (vfs == NULL)
		return;
	vnode_put(vfs->root);
	while ((fs = vfs->mounts) != NULL) {
		vfs->mounts = fs->next;
		unmount(fs);
	}
	vcred_put(vfs->server);
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
	if (fs != NULL)
		fs->ops->destroy(fs);
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
vfs_limit_descriptors(struct vfs *vfs, size_t limit)
{
	vfs->fds.limit = limit;
}

struct vnode *
vfs_root(struct vfs *vfs)
{
	return vnode_get(vfs->root);
}

struct vnode *
vmount_cross(struct vnode *vn)
{
	struct vnode *root =
	    atomic_load_explicit(&vn->mounted, memory_order_acquire);

	if (root == NULL)
		return vn;
	vnode_get(root);
	vnode_put(vn);
	return root;
}

/* Mount points are in memory, where a lookup does not wait. */
struct vnode *
vmount_find(struct vop *op, struct vnode *dir, struct vname name)
{
	struct vnode *below, *vn;

	if (atomic_load(&dir->pinned) == 0 || !dir->fs->volatile_tree ||
	    dir->fs->ops->lookup(op, dir, name, &below) != 0)
		return NULL;
	if ((vn = vmount_cross(below)) != below)
		return vn;
	vnode_put(vn);
	return NULL;
}

/* The mount whose mount point is the entry of dir with this identity. */
static struct vnode *
mounted_on(struct vnode *dir, uint64_t path)
{
	struct vfs *vfs = dir->fs->vfs;
	struct vnode *root = NULL;
	struct vfs_fs *fs;

	uv_rwlock_rdlock(&vfs->mounts_lock);
	for (fs = vfs->mounts; fs != NULL && root == NULL; fs = fs->next)
		if (fs->covered != NULL && fs->covered->fs == dir->fs &&
		    fs->covered->path == path)
			root = fs->root;
	uv_rwlock_rdunlock(&vfs->mounts_lock);
	return root;
}

static void
set_identity(struct vdirent *entry, struct vnode *vn)
{
	struct vqid qid = vnode_qid(vn);

	entry->path = qid.path;
	entry->version = qid.version;
	entry->type = qid.type;
}

/* ".." of a mount's root is the parent of what it covers; it needs no check:
 * the caller may search here, and learns a number. */
static void
mend_dotdot(struct vnode *dir, struct vdirent *entry)
{
	struct vop op;
	struct vnode *up;

	while (dir == dir->fs->root && dir->fs->covered != NULL)
		dir = dir->fs->covered;
	vop_init(&op, NULL, NULL);
	op.cred = dir->fs->vfs->server;
	if (dir->fs->ops->parent(&op, dir, &up) != 0)
		return;
	set_identity(entry, up);
	vnode_put(up);
}

void
vmount_mend_entry(struct vnode *dir, struct vnode *root, struct vdirent *entry)
{
	struct vnode *over;

	if (vname_is(entry->name, ".")) {
		set_identity(entry, dir);
	} else if (vname_is(entry->name, "..")) {
		if (dir == root)
			set_identity(entry, dir);
		else if (dir == dir->fs->root)
			mend_dotdot(dir, entry);
	} else if (atomic_load(&dir->pinned) != 0 &&
	    (over = mounted_on(dir, entry->path)) != NULL) {
		set_identity(entry, over);
	}
}

/* A step towards a key: find name in dir, or make it a directory. */
static int
find_or_make(struct vop *op, struct vnode *dir, struct vname name, mode_t type,
    struct vnode **out)
{
	const struct vfs_ops *ops = dir->fs->ops;
	int rc;

	if (!vnode_is_dir(dir))
		return -ENOTDIR;
	if (!dir->fs->volatile_tree)
		return -EEXIST; /* nothing may be made in, or hidden on, it */
	rc = ops->lookup(op, dir, name, out);
	if (rc != -ENOENT)
		return rc;
	if (S_ISDIR(type))
		return ops->mkdir(op, dir, name, 0755, VFS_NOID, out);
	return ops->mknod(op, dir, name, S_IFREG | 0644, 0, VFS_NOID, out);
}

static bool
count_entry(void *ctx, const struct vdirent *entry)
{
	(void)entry;
	return ++*(int *)ctx <= 3;
}

/* -EEXIST if mounting something of this type on vn would hide something. */
static int
check_hides_nothing(struct vop *op, struct vnode *vn, mode_t type)
{
	struct vfile file = { .vn = vn };
	struct vattr attr;
	int rc, n = 0;

	if (atomic_load(&vn->mounted) != NULL || atomic_load(&vn->pinned) != 0)
		return -EEXIST;
	if (vn->type != type)
		return S_ISDIR(type) ? -ENOTDIR : -EEXIST;
	if (S_ISDIR(type)) {
		rc = vn->fs->ops->readdir(op, &file, 0, count_entry, &n);
		return rc == 0 && n > 2 ? -EEXIST : rc;
	}
	rc = vn->fs->ops->getattr(op, vn, &attr);
	return rc == 0 && attr.size > 0 ? -EEXIST : rc;
}

static struct vname
next_component(const char **key)
{
	struct vname name;

	*key += strspn(*key, "/");
	name.s = *key;
	name.len = strcspn(*key, "/");
	*key += name.len;
	return name;
}

/*
 * Walk key from vn, making what is missing; at its end stands a file of the
 * type given.  Takes the reference on vn, gives one in *out.
 */
static int
make_path(struct vop *op, struct vnode *vn, const char *key, mode_t type,
    struct vnode **out)
{
	struct vname name = next_component(&key);
	struct vnode *next;
	bool last;
	int rc = -EEXIST; /* "/" is taken */

	while (name.len > 0) {
		last = key[strspn(key, "/")] == '\0';
		if ((rc = vname_check(name)) == 0 && vname_is_dots(name))
			rc = -EINVAL;
		if (rc == 0)
			rc = find_or_make(
			    op, vn, name, last ? type : S_IFDIR, &next);
		if (rc != 0)
			break;
		vnode_put(vn);
		vn = last ? next : vmount_cross(next);
		name = next_component(&key);
	}
	if (rc != 0)
		vnode_put(vn);
	else
		*out = vn;
	return rc;
}

/* Keep the name of every vnode on the way, which is all there now. */
static void
pin_path(struct vop *op, struct vnode *vn, const char *key)
{
	struct vname name = next_component(&key);
	struct vnode *next;

	atomic_fetch_add(&vn->pinned, 1);
	for (; name.len > 0; name = next_component(&key)) {
		if (vn->fs->ops->lookup(op, vn, name, &next) != 0)
			break;
		atomic_fetch_add(&next->pinned, 1);
		vnode_put(vn);
		vn = vmount_cross(next);
	}
	vnode_put(vn);
}

static void
add_mount(struct vfs *vfs, struct vfs_fs *fs)
{
	uv_rwlock_wrlock(&vfs->mounts_lock);
	fs->next = vfs->mounts;
	vfs->mounts = fs;
	uv_rwlock_wrunlock(&vfs->mounts_lock);
}

static int
mount_at(struct vfs *vfs, struct vop *op, const char *key, struct vfs_fs *fs)
{
	struct vnode *vn;
	int rc;

	rc = make_path(op, vfs_root(vfs), key, fs->root->type, &vn);
	if (rc != 0)
		return rc;
	if ((rc = check_hides_nothing(op, vn, fs->root->type)) != 0) {
		vnode_put(vn);
		return rc;
	}
	fs->covered = vn;
	pin_path(op, vfs_root(vfs), key);
	add_mount(vfs, fs);
	atomic_store_explicit(
	    &vn->mounted, vnode_get(fs->root), memory_order_release);
	return 0;
}

int
vfs_mount(struct vfs *vfs, const char *key, struct vfs_fs *fs)
{
	struct vop op;

	if (key[0] != '/')
		return -EINVAL;
	if (vfs->root == NULL) {
		if (key[strspn(key, "/")] != '\0')
			return -EINVAL; /* "/" comes first */
		if (!vnode_is_dir(fs->root))
			return -ENOTDIR;
		vfs->root = vnode_get(fs->root);
		add_mount(vfs, fs);
		return 0;
	}
	vop_init(&op, NULL, NULL);
	op.cred = vfs->server;
	return mount_at(vfs, &op, key, fs);
}
