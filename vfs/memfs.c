/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs.c -- a file system in memory: the instance and its limits.
 *
 * The simplest file system there is here, and the one to read first.  Every
 * operation ends at once; whatever is needed for one is got before anything is
 * changed, so that an operation that fails has done nothing.
 *
 *	memfs_node.c	a file of any kind: how it begins and ends
 *	memfs_attr.c	its attributes
 *	memfs_time.c	its times, and its version
 *	memfs_table.c	all names, found by directory and name
 *	memfs_order.c	one directory's entries, found by cookie
 *	memfs_dir.c	directories, made of these two
 *	memfs_create.c	making files
 *	memfs_name.c	linking and unlinking them
 *	memfs_rename.c	renaming them
 *	memfs_map.c	which pages a file has
 *	memfs_data.c	reading and writing them
 *	memfs_xattr.c	extended attributes
 *	vfs_xattr.c	who may use which of them
 *	vfs_acl.c	what the POSIX ACLs among them mean
 *
 * memfs_internal.h says which lock guards what.
 *
 * The byte limit counts what clients can pile up: pages and the tree that
 * finds them, entries, targets, extended attributes.  The node limit counts
 * files, those without a name included, until the last reference goes.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/sysinfo.h>

#include "memfs_internal.h"

static bool
take(_Atomic uint64_t *used, uint64_t n, uint64_t max)
{
	uint64_t old = atomic_load_explicit(used, memory_order_relaxed);

	do {
		if (max != 0 && (n > max || old > max - n))
			return false;
	} while (!atomic_compare_exchange_weak_explicit(
	    used, &old, old + n, memory_order_relaxed, memory_order_relaxed));
	return true;
}

static int
charge(struct memfs *fs, uint64_t bytes)
{
	return take(&fs->bytes, bytes, fs->max_bytes) ? 0 : -ENOSPC;
}

static void
uncharge(struct memfs *fs, uint64_t bytes)
{
	atomic_fetch_sub_explicit(&fs->bytes, bytes, memory_order_relaxed);
}

void *
memfs_alloc(struct memfs *fs, size_t size, size_t credit, int *rc)
{
	size_t more = size > credit ? size - credit : 0;
	void *p;

	if ((*rc = charge(fs, more)) != 0)
		return NULL;
	if ((p = malloc(size)) == NULL) {
		uncharge(fs, more);
		*rc = -ENOMEM;
		return NULL;
	}
	uncharge(fs, credit > size ? credit - size : 0);
	return p;
}

void
memfs_release(struct memfs *fs, void *p, size_t size)
{
	free(p);
	uncharge(fs, size);
}

int
memfs_charge_node(struct memfs *fs)
{
	return take(&fs->nodes, 1, fs->max_nodes) ? 0 : -ENOSPC;
}

void
memfs_uncharge_node(struct memfs *fs)
{
	atomic_fetch_sub_explicit(&fs->nodes, 1, memory_order_relaxed);
}

/* Without a limit of its own a memfs can have what the host has left. */
static uint64_t
host_memory(void)
{
	struct sysinfo si;

	if (sysinfo(&si) != 0)
		return 0;
	return (uint64_t)(si.freeram + si.bufferram) * si.mem_unit;
}

static int
memfs_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out)
{
	struct memfs *fs = memfs_of(vn);
	uint64_t bytes = atomic_load(&fs->bytes);
	uint64_t nodes = atomic_load(&fs->nodes);
	uint64_t room =
	    fs->max_bytes != 0 ? fs->max_bytes - bytes : host_memory();

	(void)op;
	*out = (struct vstatfs){
		.bsize = MEMFS_PAGE, .fsid = fs->dev, .namelen = VFS_NAME_MAX
	};
	out->bfree = out->bavail = room / MEMFS_PAGE;
	out->blocks = (bytes + room) / MEMFS_PAGE;
	out->ffree = fs->max_nodes != 0 ? fs->max_nodes - nodes
					: room / sizeof(struct memfs_node);
	out->files = nodes + out->ffree;
	return 0;
}

/* Entries hold their nodes. */
static void
memfs_retire(struct vfs_fs *vfs_fs)
{
	struct memfs *fs = (struct memfs *)vfs_fs;

	pthread_rwlock_wrlock(&fs->lock);
	memfs_dir_empty(fs, memfs_node_of(fs->fs.root));
	pthread_rwlock_unlock(&fs->lock);
}

static void
memfs_destroy(struct vfs_fs *vfs_fs)
{
	struct memfs *fs = (struct memfs *)vfs_fs;

	memfs_table_fini(&fs->table);
	pthread_rwlock_destroy(&fs->lock);
	free(fs);
}

static const struct vfs_ops memfs_ops = {
	.reclaim = memfs_node_reclaim,
	.retire = memfs_retire,
	.destroy = memfs_destroy,
	.lookup = memfs_dir_lookup,
	.parent = memfs_dir_parent,
	.getattr = memfs_attr_get,
	.setattr = memfs_attr_set,
	.readlink = memfs_attr_readlink,
	.statfs = memfs_statfs,
	.open = memfs_data_open,
	.create = memfs_create,
	.mkdir = memfs_create_dir,
	.mknod = memfs_create_node,
	.symlink = memfs_create_symlink,
	.link = memfs_name_link,
	.rename = memfs_rename,
	.unlink = memfs_name_unlink,
	.read = memfs_data_read,
	.write = memfs_data_write,
	.fsync = memfs_data_fsync,
	.readdir = memfs_dir_readdir,
	.getxattr = memfs_xattr_get,
	.listxattr = memfs_xattr_list,
	.setxattr = memfs_xattr_set,
	.removexattr = memfs_xattr_remove,
};

/* Readers come all the time: let a writer in before more of them. */
static int
init_lock(pthread_rwlock_t *lock)
{
	pthread_rwlockattr_t attr;
	int rc;

	if ((rc = pthread_rwlockattr_init(&attr)) != 0)
		return -rc;
	pthread_rwlockattr_setkind_np(
	    &attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	rc = pthread_rwlock_init(lock, &attr);
	pthread_rwlockattr_destroy(&attr);
	return -rc;
}

static int
make_root(struct memfs *fs, const struct memfs_config *cfg)
{
	struct memfs_new_node what = { .mode = S_IFDIR | (cfg->mode & 07777),
		.uid = cfg->uid,
		.gid = cfg->gid };
	struct memfs_node *root;
	int rc;

	if ((rc = memfs_node_new(fs, &what, &root)) != 0)
		return rc;
	root->u.dir.parent = root;
	fs->fs.root = &root->vn;
	return 0;
}

int
memfs_new(struct vfs *vfs, const struct memfs_config *cfg, struct vfs_fs **out)
{
	struct memfs *fs = calloc(1, sizeof(*fs));
	int rc;

	if (fs == NULL)
		return -ENOMEM;
	fs->fs.ops = &memfs_ops;
	fs->fs.vfs = vfs;
	fs->fs.volatile_tree = true;
	fs->dev = cfg->few ? 0 : vfs_new_dev(vfs);
	fs->max_bytes = cfg->max_bytes;
	fs->max_nodes = cfg->max_nodes;
	if ((rc = init_lock(&fs->lock)) != 0)
		goto free_fs;
	if ((rc = memfs_table_init(&fs->table)) != 0)
		goto destroy_lock;
	if ((rc = make_root(fs, cfg)) != 0)
		goto fini_table;
	*out = &fs->fs;
	return 0;

fini_table:
	memfs_table_fini(&fs->table);
destroy_lock:
	pthread_rwlock_destroy(&fs->lock);
free_fs:
	free(fs);
	return rc;
}
