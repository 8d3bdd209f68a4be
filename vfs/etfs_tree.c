/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_tree.c -- a host directory and all below it, as a file system.
 *
 * What is always true:
 *
 *   A vnode is an O_PATH descriptor, and the device and inode number it was
 *   opened on; or the descriptor that its file was made by, while that is open
 *   (etfs_pin.c); or, where descriptors are scarce, what leads back to that very
 *   file (etfs_place.c).  Host paths are never put together from names: a
 *   rename behind our back cannot lead us elsewhere, and nothing above the
 *   mount's own directory can be reached.  One host file has one vnode.
 *
 *   Only regular files and directories are ever opened.
 *
 *   The host decides what a user may do; the thread acts as that user.
 *
 *   Nothing is remembered that the host can change.
 *
 *   On the loop a function makes only such host calls as the kernel, or the
 *   kind of file system, promises not to sleep in; else it says so, before
 *   anything has been changed, and is called again on a worker.
 *
 * Threads: all functions may run on any thread at any time.  What they share
 * is the table of nodes and their places (etfs_node.c), the devices
 * (etfs_dev.c), the state of an open directory (etfs_dir.c), and of a locked
 * file (etfs_lock.c).
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "etfs_mapped.h"

static void etfs_retire(struct vfs_fs *vfs_fs);
static void etfs_destroy(struct vfs_fs *vfs_fs);

static const struct vfs_ops etfs_ops = {
	.reclaim = etfs_reclaim,
	.leave = etfs_leave,
	.retire = etfs_retire,
	.destroy = etfs_destroy,
	.lane = etfs_lane,
	.lookup = etfs_lookup,
	.parent = etfs_parent,
	.getattr = etfs_getattr,
	.setattr = etfs_setattr,
	.readlink = etfs_readlink,
	.statfs = etfs_statfs,
	.open = etfs_open,
	.close = etfs_close,
	.create = etfs_create,
	.mkdir = etfs_mkdir,
	.mknod = etfs_mknod,
	.symlink = etfs_symlink,
	.link = etfs_link,
	.rename = etfs_rename,
	.unlink = etfs_unlink,
	.extent = etfs_extent,
	.read = etfs_read,
	.write = etfs_write,
	.fsync = etfs_fsync,
	.readdir = etfs_readdir,
	.getxattr = etfs_getxattr,
	.listxattr = etfs_listxattr,
	.setxattr = etfs_setxattr,
	.removexattr = etfs_removexattr,
	.lock = etfs_lock,
	.getlock = etfs_getlock,
};

static int
init_shared(struct etfs *fs)
{
	int rc;

	if ((rc = uv_mutex_init(&fs->devs_mutex)) != 0)
		return rc;
	if ((rc = uv_mutex_init(&fs->places)) != 0)
		goto destroy_devs;
	if ((rc = uv_mutex_init(&fs->pins)) != 0)
		goto destroy_places;
	if ((rc = etfs_closer_init(&fs->closer)) != 0)
		goto destroy_pins;
	if ((rc = etfs_going_init(fs)) != 0)
		goto fini_closer;
	if ((rc = etfs_node_init(fs)) == 0)
		return 0;

	etfs_going_fini(fs);
fini_closer:
	etfs_closer_fini(&fs->closer);
destroy_pins:
	uv_mutex_destroy(&fs->pins);
destroy_places:
	uv_mutex_destroy(&fs->places);
destroy_devs:
	uv_mutex_destroy(&fs->devs_mutex);
	return rc;
}

static void
fini_shared(struct etfs *fs)
{
	etfs_closer_fini(&fs->closer);
	etfs_node_fini(fs);
	etfs_going_fini(fs);
	etfs_dev_free_all(fs);
	uv_mutex_destroy(&fs->pins);
	uv_mutex_destroy(&fs->places);
	uv_mutex_destroy(&fs->devs_mutex);
}

static int
open_dir(const char *path, int *out)
{
	*out = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	return *out >= 0 ? 0 : -errno;
}

static int
take_root(struct etfs *fs, int fd)
{
	struct vop op = { .may_block = true };
	struct etfs_node *root;
	int rc;

	etfs_host_probe(fs, fd);
	if ((rc = etfs_node_take(&op, fs, NULL, fd, &root)) != 0)
		return rc;
	fs->fs.root = &root->vn;
	fs->handle_fd = etfs_place_probe(root, fd);
	return 0;
}

int
etfs_mount_init(struct etfs *fs, const struct etfs_config *cfg, int fd,
    struct etfs_why *why)
{
	int rc;

	fs->fs.readonly = cfg->readonly;
	fs->no_fsync = cfg->no_fsync;
	fs->no_xdev = cfg->no_xdev;
	fs->flat = cfg->type == ETFS_DIR;
	if ((rc = etfs_cred_init(fs, cfg, why)) != 0)
		goto close_fd;
	if ((rc = init_shared(fs)) != 0)
		goto fini_cred;
	if ((rc = open_dir("/proc/self/fd", &fs->proc)) != 0)
		goto fini;
	if ((rc = take_root(fs, fd)) == 0)
		return 0;

	fd = -1; /* gone with the root */
	close(fs->proc);
fini:
	fini_shared(fs);
fini_cred:
	etfs_cred_fini(fs);
close_fd:
	if (fd >= 0)
		close(fd);
	return rc;
}

void
etfs_mount_fini(struct etfs *fs)
{
	fini_shared(fs);
	if (fs->handle_fd >= 0)
		close(fs->handle_fd);
	close(fs->proc);
	etfs_cred_fini(fs);
}

int
etfs_tree_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why)
{
	struct etfs *fs;
	int rc, fd;

	if ((rc = open_dir(cfg->path, &fd)) != 0)
		return rc;
	if ((fs = calloc(1, sizeof(*fs))) == NULL) {
		close(fd);
		return -ENOMEM;
	}
	fs->fs.ops = &etfs_ops;
	fs->fs.vfs = vfs;
	if ((rc = etfs_mount_init(fs, cfg, fd, why)) != 0)
		goto free_fs;
	if (fs->identity == ETFS_MAPPED &&
	    (rc = etfs_mapped_init(fs, why)) != 0) {
		vfs_fs_free(&fs->fs);
		return rc;
	}
	*out = &fs->fs;
	return 0;

free_fs:
	free(fs);
	return rc;
}

/* What is kept, or still being closed, holds the directories above it. */
static void
etfs_retire(struct vfs_fs *vfs_fs)
{
	struct etfs *fs = (struct etfs *)vfs_fs;

	vnamecache_retire(vfs_namecache(fs->fs.vfs), &fs->fs);
	etfs_closer_drain(&fs->closer);
}

static void
etfs_destroy(struct vfs_fs *vfs_fs)
{
	struct etfs *fs = (struct etfs *)vfs_fs;

	etfs_mount_fini(fs);
	etfs_mapped_fini(fs);
	free(fs);
}
