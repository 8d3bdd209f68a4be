/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_image.c -- one file of the host as one file of the tree.
 *
 * A whole regular file is what a tree would be whose root is that file: the
 * same vnode, the same operations, and the host checks who may do what.  A part
 * of a file, a block device, and whatever is to be locked, are files of fixed
 * size, with the operations of etfs_image_window.c put before these.
 *
 * It is the file that was at the path when the server started, whatever is
 * there later.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/fs.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <unistd.h>

#include "etfs_image.h"

static const struct vfs_ops whole_ops = {
	.reclaim = etfs_reclaim,
	.destroy = etfs_image_destroy,
	.lane = etfs_lane,
	.getattr = etfs_getattr,
	.setattr = etfs_setattr,
	.statfs = etfs_statfs,
	.open = etfs_open,
	.close = etfs_close,
	.extent = etfs_extent,
	.read = etfs_read,
	.write = etfs_write,
	.fsync = etfs_fsync,
	.getxattr = etfs_getxattr,
	.listxattr = etfs_listxattr,
	.setxattr = etfs_setxattr,
	.removexattr = etfs_removexattr,
	.lock = etfs_lock,
	.getlock = etfs_getlock,
};

static bool
is_whole(const struct etfs_config *cfg)
{
	return cfg->type == ETFS_REG && !cfg->has_offset && !cfg->has_size;
}

/* O_PATH: what it is comes first, to open a device is already to use it. */
static int
find_file(const struct etfs_config *cfg, int *fd)
{
	struct stat st;
	int rc = 0;

	if ((*fd = open(cfg->path, O_PATH | O_CLOEXEC)) < 0)
		return -errno;
	if (fstat(*fd, &st) != 0)
		rc = -errno;
	else if (!S_ISREG(st.st_mode) &&
	    !(S_ISBLK(st.st_mode) && cfg->type == ETFS_BLK))
		rc = -EINVAL;
	if (rc != 0)
		close(*fd);
	return rc;
}

/* A device that is read-only lets itself be opened, and then not be written. */
static int
open_host(int path_fd, bool readonly, int *fd)
{
	int flags = readonly ? O_RDONLY : O_RDWR;
	struct etfs_path path;
	int ro = 0;

	*fd = open(etfs_host_path(&path, path_fd), flags | O_CLOEXEC);
	if (*fd < 0)
		return -errno;
	if (readonly || ioctl(*fd, BLKROGET, &ro) != 0 || !ro)
		return 0;
	close(*fd);
	return -EROFS;
}

/* To be told now, rather than to each client, that it cannot be written to. */
static int
open_file(
    const struct etfs_config *cfg, int path_fd, int *fd, struct etfs_why *why)
{
	int rc = open_host(path_fd, cfg->readonly, fd);

	if (cfg->readonly)
		return rc;
	switch (rc) {
	case -EACCES:
	case -EPERM:
	case -EROFS:
	case -ETXTBSY:
		return etfs_because(why, rc,
		    "it cannot be written to (%s); with ,ro it is only read",
		    strerror(-rc));
	default:
		return rc;
	}
}

static int
claim(struct etfs_image *img, const struct etfs_config *cfg,
    const struct stat *st, struct etfs_why *why)
{
	bool whole = is_whole(cfg);
	char other[160];
	int rc;

	img->claim = (struct vclaim){
		.device = img->device,
		.dev = img->device ? st->st_rdev : st->st_dev,
		.ino = img->device ? 0 : st->st_ino,
		.start = img->window.offset,
		.end =
		    whole ? UINT64_MAX : img->window.offset + img->window.size,
		.writable = !cfg->readonly,
		.name = img->path,
	};
	rc = vclaim_take(img->etfs.fs.vfs, &img->claim, other, sizeof(other));
	if (rc != 0)
		return etfs_because(why, rc,
		    "it overlaps with what is shown of %s already, which "
		    "takes ,ro for both",
		    other);
	return 0;
}

/*
 * Before anybody has seen it.  Its identity is neither the whole file's nor
 * another window's; and while /dev never waits, the disk does.
 */
static void
make_window(struct etfs_image *img)
{
	struct etfs *fs = &img->etfs;
	struct etfs_node *root = etfs_node_of(fs->fs.root);

	root->vn.path = vfs_new_id(fs->fs.vfs);
	root->vn.type = S_IFREG;
	if (img->device)
		root->dev->never_waits = false;
}

static struct etfs_image *
image_alloc(struct vfs *vfs, const struct etfs_config *cfg)
{
	struct etfs_image *img = calloc(1, sizeof(*img));

	if (img == NULL || (img->path = strdup(cfg->path)) == NULL) {
		free(img);
		return NULL;
	}
	img->etfs.fs.vfs = vfs;
	img->etfs.fs.ops = is_whole(cfg) ? &whole_ops : &etfs_image_window_ops;
	img->lock_fd = -1;
	return img;
}

static void
image_free(struct etfs_image *img)
{
	free(img->path);
	free(img);
}

/* Have the bytes to ourselves, in this server and, if it is a blk, beyond. */
static int
take_window(struct etfs_image *img, const struct etfs_config *cfg, int fd,
    struct etfs_why *why)
{
	struct stat st;
	int rc;

	if (fstat(fd, &st) != 0)
		return -errno;
	img->device = S_ISBLK(st.st_mode);
	if ((rc = claim(img, cfg, &st, why)) != 0 || cfg->type != ETFS_BLK)
		return rc;
	rc = etfs_image_lock(fd, &img->window, cfg->readonly, why);
	if (rc != 0)
		vclaim_drop(img->etfs.fs.vfs, &img->claim);
	return rc;
}

static int
take_file(struct etfs_image *img, const struct etfs_config *cfg, int path_fd,
    struct etfs_why *why)
{
	int rc, fd;

	if ((rc = open_file(cfg, path_fd, &fd, why)) != 0)
		return rc;
	if (!is_whole(cfg))
		rc = etfs_image_size(cfg, fd, &img->window, why);
	if (rc == 0)
		rc = take_window(img, cfg, fd, why);
	if (rc == 0 && cfg->type == ETFS_BLK)
		img->lock_fd = fd;
	else
		close(fd);
	return rc;
}

static void
leave_file(struct etfs_image *img)
{
	if (img->lock_fd >= 0)
		close(img->lock_fd);
	vclaim_drop(img->etfs.fs.vfs, &img->claim);
}

int
etfs_image_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why)
{
	struct etfs_image *img;
	int rc, fd;

	if ((rc = find_file(cfg, &fd)) != 0)
		return rc;
	if ((img = image_alloc(vfs, cfg)) == NULL) {
		rc = -ENOMEM;
		goto close_fd;
	}
	if ((rc = take_file(img, cfg, fd, why)) != 0)
		goto free_image;
	if ((rc = etfs_mount_init(&img->etfs, cfg, fd, why)) != 0)
		goto leave; /* fd is gone */
	if (!is_whole(cfg))
		make_window(img);
	*out = &img->etfs.fs;
	return 0;

leave:
	leave_file(img);
	image_free(img);
	return rc;
free_image:
	image_free(img);
close_fd:
	close(fd);
	return rc;
}

void
etfs_image_destroy(struct vfs_fs *vfs_fs)
{
	struct etfs_image *img = (struct etfs_image *)vfs_fs;

	etfs_mount_fini(&img->etfs);
	leave_file(img);
	image_free(img);
}
