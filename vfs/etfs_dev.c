/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_dev.c -- what is to be expected of a host file system.
 *
 * The kernel promises not to sleep call by call, and only for some calls.  For
 * the rest one has to know the file system: one on a local disk has attributes
 * of open inodes in memory, one in memory has everything there, and one that
 * talks to a network or to a process has nothing for certain.  One that is not
 * known here is taken for the last kind, which costs time and nothing else.
 *
 * One that two mounts show is two devices: what may be done by one of them, such
 * as to write, need not be by the other.
 *
 * Threads: the list only grows at its head, so it is read without a lock.
 */

#include <errno.h>
#include <stdlib.h>
#include <sys/sysmacros.h>
#include <sys/vfs.h>

#include "etfs_internal.h"

enum kind {
	READ_ONLY,
	ON_DISK,
	JOURNALED, /* or something like it: changes go to memory, and a log */
	IN_MEMORY
};

static const struct {
	unsigned int type; /* statfs(2): f_type */
	enum kind kind;
} known[] = {
	{ 0x01021994, IN_MEMORY }, /* tmpfs */
	{ 0x858458f6, IN_MEMORY }, /* ramfs */
	{ 0x0000ef53, JOURNALED }, /* ext2, ext3, ext4 */
	{ 0x58465342, JOURNALED }, /* xfs */
	{ 0x9123683e, JOURNALED }, /* btrfs */
	{ 0xf2f52010, JOURNALED }, /* f2fs */
	{ 0xca451a4e, JOURNALED }, /* bcachefs */
	{ 0x00004d44, ON_DISK }, /* vfat */
	{ 0x2011bab0, ON_DISK }, /* exfat */
	{ 0x00009660, READ_ONLY }, /* iso9660 */
	{ 0x73717368, READ_ONLY }, /* squashfs */
	{ 0xe0f5e1e2, READ_ONLY }, /* erofs */
};

uint64_t
etfs_dev_number(const struct statx *sx)
{
	return makedev(sx->stx_dev_major, sx->stx_dev_minor);
}

static uint64_t
mount_of(const struct statx *sx)
{
	return sx->stx_mask & STATX_MNT_ID ? sx->stx_mnt_id : 0;
}

bool
etfs_dev_is(const struct etfs_dev *dev, const struct statx *sx)
{
	return dev->dev == etfs_dev_number(sx) && dev->mount == mount_of(sx);
}

/* The latest one of this number and mount; of any type, if type is 0. */
static struct etfs_dev *
find(struct etfs *fs, const struct statx *sx, unsigned int type)
{
	struct etfs_dev *dev;

	dev = atomic_load_explicit(&fs->devs, memory_order_acquire);
	while (dev != NULL && !etfs_dev_is(dev, sx))
		dev = dev->next;
	return dev == NULL || type == 0 || dev->type == type ? dev : NULL;
}

/* Without openat2 nothing keeps a name from leading across a mount point. */
static struct etfs_dev *
new_dev(const struct etfs *fs, const struct statx *sx, unsigned int type)
{
	struct etfs_dev *dev = calloc(1, sizeof(*dev));
	size_t i;

	if (dev == NULL)
		return NULL;
	dev->dev = etfs_dev_number(sx);
	dev->mount = mount_of(sx);
	dev->lane = vfs_lane(fs->fs.vfs, dev->dev);
	dev->type = type;
	for (i = 0; i < sizeof(known) / sizeof(known[0]); i++) {
		if (known[i].type != type)
			continue;
		dev->local = true;
		dev->never_waits =
		    known[i].kind == IN_MEMORY && fs->can_openat2;
		dev->in_memory_first = known[i].kind == JOURNALED;
	}
	return dev;
}

/* Somebody else may have met the device in the meantime. */
static int
find_or_add(struct etfs *fs, const struct statx *sx, unsigned int type,
    struct etfs_dev **out)
{
	uv_mutex_lock(&fs->devs_mutex);
	if ((*out = find(fs, sx, type)) == NULL &&
	    (*out = new_dev(fs, sx, type)) != NULL) {
		(*out)->next = atomic_load(&fs->devs);
		atomic_store_explicit(&fs->devs, *out, memory_order_release);
	}
	uv_mutex_unlock(&fs->devs_mutex);
	return *out != NULL ? 0 : -ENOMEM;
}

/*
 * Mostly a file lies where its directory does.  Where a mount point has been
 * crossed, the number may be one that another file system had before; and to
 * ask what is there may have to wait for that, in its own lane.
 */
int
etfs_dev_find(struct vop *op, struct etfs *fs, int fd, const struct statx *sx,
    struct etfs_dev *near, struct etfs_dev **out)
{
	struct statfs st;

	if (near != NULL && etfs_dev_is(near, sx)) {
		*out = near;
		return 0;
	}
	if (!vop_may_block(op)) {
		*out = find(fs, sx, 0);
		return *out != NULL ? 0 : VFS_WOULDBLOCK;
	}
	if (vop_change_lane(op, vfs_lane(fs->fs.vfs, etfs_dev_number(sx))))
		return VFS_WOULDBLOCK;
	if (fstatfs(fd, &st) != 0)
		return -errno;
	return find_or_add(fs, sx, (unsigned int)st.f_type, out);
}

struct vlane *
etfs_lane(struct vnode *vn)
{
	return etfs_node_of(vn)->dev->lane;
}

void
etfs_dev_free_all(struct etfs *fs)
{
	struct etfs_dev *dev, *next;

	for (dev = atomic_load(&fs->devs); dev != NULL; dev = next) {
		next = dev->next;
		free(dev);
	}
}
