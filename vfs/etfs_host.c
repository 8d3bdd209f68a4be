/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_host.c -- the calls by which a mount is kept from leading out of itself.
 *
 * Three ways lead to a host file, and no other is used for one that a client
 * named: one name in a directory that we hold (etfs_host_walk, and the calls
 * of the -at family that never follow the last name); the descriptor itself;
 * and /proc/self/fd, which leads from a descriptor to the very file it was
 * opened on, whatever has become of its names.
 *
 * The last is how files are opened.  To open by name and to compare afterwards
 * would be a little cheaper, but a name can be exchanged in between, and to
 * open a device is already to use it.  The kernel lets every thread of a
 * process through its own /proc/self/fd, whoever the thread acts as, and
 * checks permissions on the file itself only.
 */

#include <errno.h>
#include <fcntl.h>
#include <linux/openat2.h>
#include <stdio.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "etfs_internal.h"

#define PROC_FD "/proc/self/fd/"
#define STEP (RESOLVE_BENEATH | RESOLVE_NO_MAGICLINKS | RESOLVE_NO_SYMLINKS)
#define WALK_FLAGS (O_PATH | O_NOFOLLOW | O_CLOEXEC)

static int
openat2(int dirfd, const char *name, uint64_t flags, uint64_t resolve)
{
	struct open_how how = { .flags = flags, .resolve = resolve };

	return (int)syscall(SYS_openat2, dirfd, name, &how, sizeof(how));
}

/* root_fd may be open on a file: to say that is to know the call. */
static bool
kernel_resolves(int root_fd, uint64_t resolve)
{
	int fd = openat2(root_fd, ".", WALK_FLAGS, resolve);

	if (fd >= 0)
		close(fd);
	return fd >= 0 || errno == EAGAIN || errno == ENOTDIR;
}

bool
etfs_host_is_worth_another(const struct etfs *fs, int error)
{
	return error == EINTR ||
	    (error == EMFILE && vfds_relieve(vfs_fds(fs->fs.vfs)));
}

/* Containers have been seen to forbid openat2 (EPERM) rather than lack it. */
void
etfs_host_probe(struct etfs *fs, int root_fd)
{
	fs->can_openat2 = kernel_resolves(root_fd, STEP);
	fs->can_cached = kernel_resolves(root_fd, STEP | RESOLVE_CACHED);
}

const char *
etfs_host_name(struct etfs_name *buf, struct vname name)
{
	memcpy(buf->s, name.s, name.len);
	buf->s[name.len] = '\0';
	return buf->s;
}

const char *
etfs_host_path(struct etfs_path *buf, int fd)
{
	(void)snprintf(buf->s, sizeof(buf->s), PROC_FD "%d", fd);
	return buf->s;
}

/*
 * How to resolve now, or 0 if that cannot be.  A mount point may lead to a file
 * system that waits, even from one that does not; and a file system in memory
 * keeps no names that are not there, so that asking it for cached ones only
 * would send each of those to a worker.
 */
static uint64_t
resolve_now(const struct etfs *fs, const struct etfs_dev *dev)
{
	if (dev->never_waits)
		return STEP | RESOLVE_NO_XDEV;
	if (dev->local && fs->can_cached)
		return STEP | RESOLVE_NO_XDEV | RESOLVE_CACHED;
	return 0;
}

static int
walk_now(const struct etfs *fs, const struct etfs_dev *dev, int dir_fd,
    const char *name, int *out)
{
	uint64_t resolve = resolve_now(fs, dev);

	if (resolve == 0)
		return VFS_WOULDBLOCK;
	do {
		*out = openat2(dir_fd, name, WALK_FLAGS, resolve);
	} while (*out < 0 && etfs_host_is_worth_another(fs, errno));
	if (*out >= 0)
		return 0;
	if (errno == EXDEV && fs->no_xdev)
		return -EXDEV;
	return errno == EAGAIN || errno == EXDEV ? VFS_WOULDBLOCK : -errno;
}

/* Without openat2 it is the same: the name is one component, and no dots. */
int
etfs_host_walk(struct vop *op, const struct etfs_node *dir, int dir_fd,
    const char *name, int *out)
{
	const struct etfs *fs = etfs_of(&dir->vn);
	uint64_t resolve = fs->no_xdev ? STEP | RESOLVE_NO_XDEV : STEP;

	if (!vop_may_block(op))
		return walk_now(fs, dir->dev, dir_fd, name, out);
	do {
		*out = fs->can_openat2
		    ? openat2(dir_fd, name, WALK_FLAGS, resolve)
		    : openat(dir_fd, name, WALK_FLAGS);
	} while (*out < 0 && etfs_host_is_worth_another(fs, errno));
	if (*out >= 0)
		return 0;
	return errno == ESTALE ? -ENOENT : -errno;
}

/* To a regular file O_NONBLOCK means something only as long as it is opened. */
int
etfs_host_reopen(
    const struct vop *op, const struct etfs *fs, int fd, int flags, int *out)
{
	struct etfs_path path;
	const char *number = etfs_host_path(&path, fd) + strlen(PROC_FD);
	bool now = vop_is_on_loop(op);

	flags |= O_CLOEXEC | O_NOCTTY | (now ? O_NONBLOCK : 0);
	do {
		*out = openat(fs->proc, number, flags);
	} while (*out < 0 && etfs_host_is_worth_another(fs, errno));
	if (*out >= 0)
		return 0;
	return now && errno == EAGAIN ? VFS_WOULDBLOCK : -errno;
}

/*
 * What is asked for on a device that is not local is up to date as well, and
 * may wait for it.
 */
int
etfs_host_stat(const struct vop *op, const struct etfs_dev *dev, int fd,
    const char *name, struct statx *sx)
{
	bool local = dev != NULL && dev->local;
	int sync = local ? AT_STATX_DONT_SYNC : AT_STATX_SYNC_AS_STAT;

	if (!local && !vop_may_block(op))
		return VFS_WOULDBLOCK;
	if (statx(fd, name,
		AT_EMPTY_PATH | AT_SYMLINK_NOFOLLOW | AT_NO_AUTOMOUNT | sync,
		STATX_BASIC_STATS | STATX_BTIME | STATX_MNT_ID, sx) == 0)
		return 0;
	return errno == ESTALE ? -ENOENT : -errno;
}

int
etfs_host_expect(int dir_fd, const char *name, const struct vnode *expect)
{
	const struct etfs_node *node = (const struct etfs_node *)expect;
	struct stat st;

	if (expect == NULL)
		return 0;
	if (fstatat(dir_fd, name, &st, AT_SYMLINK_NOFOLLOW) != 0)
		return -errno;
	if (st.st_dev != node->dev->dev || st.st_ino != node->ino)
		return -ENOENT;
	return 0;
}
