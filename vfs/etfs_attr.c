/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_attr.c -- attributes of files, and of the file system they lie in.
 *
 * All by descriptor, so that it works whatever has become of a file's names.
 * An O_PATH descriptor can be asked and can be given an owner; for the rest
 * there is its path in /proc, by which the kernel checks permissions as it
 * would for any other.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "etfs_internal.h"

/* Programs size their buffers by it, and a request costs more than a copy. */
#define MIN_BLKSIZE (128u * 1024)

static struct timespec
time_of(const struct statx_timestamp *t)
{
	struct timespec ts = { .tv_sec = t->tv_sec, .tv_nsec = t->tv_nsec };

	return ts;
}

static void
fill_attr(
    const struct etfs_node *node, const struct statx *sx, struct vattr *out)
{
	*out = (struct vattr){
		.mode = sx->stx_mode,
		.version = atomic_load_explicit(
		    &node->vn.version, memory_order_relaxed),
		.path = node->vn.path,
		.nlink = sx->stx_nlink,
		.uid = sx->stx_uid,
		.gid = sx->stx_gid,
		.rdev = makedev(sx->stx_rdev_major, sx->stx_rdev_minor),
		.size = sx->stx_size,
		.blocks = sx->stx_blocks,
		.blksize = sx->stx_blksize > MIN_BLKSIZE ? sx->stx_blksize
							 : MIN_BLKSIZE,
		.has_btime = sx->stx_mask & STATX_BTIME,
		.atime = time_of(&sx->stx_atime),
		.mtime = time_of(&sx->stx_mtime),
		.ctime = time_of(&sx->stx_ctime),
		.btime = time_of(&sx->stx_btime),
	};
}

/* A local file system answers anybody who holds the descriptor. */
static int
stat_node(struct vop *op, struct etfs_node *node, struct statx *sx)
{
	int rc, fd;

	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if (!node->dev->local)
		rc = etfs_cred_take(op, etfs_of(&node->vn));
	if (rc == 0)
		rc = etfs_host_stat(op, node->dev, fd, "", sx);
	etfs_fd_drop(node);
	return rc;
}

int
etfs_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	struct etfs_node *node = etfs_node_of(vn);
	struct statx sx;
	int rc;

	if ((rc = stat_node(op, node, &sx)) != 0)
		return rc;
	etfs_node_saw(node, &sx);
	fill_attr(node, &sx, out);
	return 0;
}

/* What in sa is for the owner, or for root, to change. */
static unsigned int
owners_part(const struct vsetattr *sa)
{
	unsigned int mask = sa->mask & (VSET_MODE | VSET_UID | VSET_GID);

	if (!(sa->mask & VSET_ATIME_NOW))
		mask |= sa->mask & VSET_ATIME;
	if (!(sa->mask & VSET_MTIME_NOW))
		mask |= sa->mask & VSET_MTIME;
	return mask;
}

static bool
owner_refused(const struct vop *op, const struct etfs_node *node,
    const struct stat *st, const struct vsetattr *sa)
{
	const struct etfs *fs = etfs_of(&node->vn);
	uid_t uid = etfs_cred_uid(op, fs);

	if (uid == 0)
		return false;
	return uid != st->st_uid ||
	    ((sa->mask & VSET_UID) && sa->uid != st->st_uid) ||
	    ((sa->mask & VSET_GID) && sa->gid != st->st_gid &&
		!etfs_cred_in_group(op, fs, sa->gid));
}

/*
 * Refuse the whole of sa if it is known that the host would refuse a part of
 * it: a file must not be cut before its owner cannot be changed.  What stands
 * alone is for the host to decide.
 */
static int
check_setattr(const struct vop *op, const struct etfs_node *node, int node_fd,
    const struct vsetattr *sa)
{
	unsigned int for_owner = owners_part(sa);
	struct stat st;

	if ((sa->mask & VSET_MODE) && S_ISLNK(node->vn.type))
		return -EOPNOTSUPP;
	if (for_owner == 0 || for_owner == sa->mask)
		return 0;
	if (fstatat(node_fd, "", &st, AT_EMPTY_PATH) != 0)
		return -errno;
	return owner_refused(op, node, &st, sa) ? -EPERM : 0;
}

/*
 * An open file may be cut whatever its mode says now, if it was opened for
 * writing; through one that was not, as by anyone who may write.
 */
static int
set_size(const struct vop *op, const struct etfs *fs, int node_fd,
    const struct vfile *file, uint64_t size)
{
	bool writable = file != NULL && (file->flags & O_ACCMODE) != O_RDONLY;
	int rc, fd;

	if (writable) {
		fd = file->fd;
	} else {
		rc = etfs_host_reopen(op, fs, node_fd, O_WRONLY, &fd);
		if (rc != 0)
			return rc;
	}
	do {
		rc = ftruncate(fd, (off_t)size) == 0 ? 0 : -errno;
	} while (rc == -EINTR);
	if (!writable && close(fd) != 0 && rc == 0)
		rc = -errno;
	return rc;
}

static int
set_owner(int node_fd, const struct vsetattr *sa)
{
	uid_t uid = sa->mask & VSET_UID ? sa->uid : VFS_NOID;
	gid_t gid = sa->mask & VSET_GID ? sa->gid : VFS_NOID;

	return fchownat(node_fd, "", uid, gid, AT_EMPTY_PATH) == 0 ? 0 : -errno;
}

static int
set_mode(int node_fd, mode_t mode)
{
	struct etfs_path path;

	if (chmod(etfs_host_path(&path, node_fd), mode & 07777) != 0)
		return -errno;
	return 0;
}

static struct timespec
time_to_set(
    unsigned int mask, unsigned int set, unsigned int now, struct timespec t)
{
	if (!(mask & set))
		t.tv_nsec = UTIME_OMIT;
	else if (mask & now)
		t.tv_nsec = UTIME_NOW;
	return t;
}

static int
set_times(int node_fd, const struct vsetattr *sa, unsigned int mask)
{
	struct etfs_path path;
	struct timespec t[2] = {
		time_to_set(mask, VSET_ATIME, VSET_ATIME_NOW, sa->atime),
		time_to_set(mask, VSET_MTIME, VSET_MTIME_NOW, sa->mtime),
	};

	if (utimensat(AT_FDCWD, etfs_host_path(&path, node_fd), t, 0) == 0)
		return 0;
	return -errno;
}

/*
 * ftruncate(2) has set mtime; to ask for it again would need the owner's
 * right, which somebody who may only write has not.
 */
static unsigned int
times_left(unsigned int mask)
{
	if ((mask & VSET_SIZE) && (mask & VSET_MTIME_NOW))
		mask &= ~(unsigned int)VSET_MTIME;
	return mask;
}

/*
 * By a chown(2) to who has the file already, which cannot undo what the owner
 * does to the mode meanwhile.  Of root that leaves the set-group-ID bit of what
 * no group may run, which lets nobody act as anybody; it is taken from the mode
 * as that is then.
 */
static void
take_set_id(int node_fd, mode_t mode)
{
	struct stat st;

	(void)fchownat(node_fd, "", VFS_NOID, VFS_NOID, AT_EMPTY_PATH);
	if (fstat(node_fd, &st) == 0 && (st.st_mode & ~mode & S_ISGID) != 0)
		(void)set_mode(node_fd, st.st_mode & 07777 & ~(mode_t)S_ISGID);
}

/*
 * A client takes set-id bits away before somebody writes, in the writer's name.
 * Who may write but not chmod(2) has that done by the kernel as part of the
 * write; but a client that caches writes later, as root, whose writes leave
 * the bits alone.  So it is done here, by the server if that may.
 */
static int
drop_set_id(const struct vop *op, const struct etfs *fs, int node_fd,
    const struct vfile *file, struct vsetattr *sa)
{
	bool writable = file != NULL && (file->flags & O_ACCMODE) != O_RDONLY;
	uid_t uid = etfs_cred_uid(op, fs);
	struct etfs_path path;
	struct stat st;
	int rc;

	if (owners_part(sa) != VSET_MODE || uid == 0)
		return 0;
	if (fstatat(node_fd, "", &st, AT_EMPTY_PATH) != 0)
		return -errno;
	if (uid == st.st_uid || !vaccess_drops_set_id(st.st_mode, sa))
		return 0;
	if (!writable &&
	    faccessat(AT_FDCWD, etfs_host_path(&path, node_fd), W_OK,
		AT_EACCESS) != 0)
		return -errno;
	sa->mask &= ~(unsigned int)VSET_MODE;
	if ((rc = etfs_act_as_server()) != 0)
		return rc;
	take_set_id(node_fd, sa->mode); /* or the write will do it */
	return etfs_cred_take(op, fs);
}

/*
 * A new owner takes set-id bits away, and a new size sets mtime: so the order
 * is size, owner, mode, times.
 */
static int
set_attr(struct vop *op, struct etfs_node *node, int node_fd,
    const struct vfile *file, const struct vsetattr *sa)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct vsetattr left = *sa;
	int rc;

	if ((rc = etfs_cred_take(op, fs)) != 0 ||
	    (rc = drop_set_id(op, fs, node_fd, file, &left)) != 0 ||
	    (rc = check_setattr(op, node, node_fd, &left)) != 0)
		return rc;
	left.mask = times_left(left.mask);
	if (left.mask & VSET_SIZE)
		rc = set_size(op, fs, node_fd, file, left.size);
	if (rc == 0 && (left.mask & (VSET_UID | VSET_GID)))
		rc = set_owner(node_fd, &left);
	if (rc == 0 && (left.mask & VSET_MODE))
		rc = set_mode(node_fd, left.mode);
	if (rc == 0 && (left.mask & (VSET_ATIME | VSET_MTIME)))
		rc = set_times(node_fd, &left, left.mask);
	return rc;
}

int
etfs_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	struct etfs_node *node = etfs_node_of(vn);
	int rc, fd;

	if (sa->mask & VSET_SIZE ? etfs_must_not_cut(op, node)
				 : etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	rc = set_attr(op, node, fd, file, sa);
	etfs_fd_drop(node);
	return rc;
}

int
etfs_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	struct etfs_node *node = etfs_node_of(vn);
	ssize_t n;
	int rc, fd;

	if (etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if ((rc = etfs_cred_take(op, etfs_of(vn))) == 0) {
		if ((n = readlinkat(fd, "", buf, cap)) < 0)
			rc = -errno;
		else
			*len = (size_t)n;
	}
	etfs_fd_drop(node);
	return rc;
}

int
etfs_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out)
{
	struct etfs_node *node = etfs_node_of(vn);
	struct statvfs st;
	int rc, fd;

	if (etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if (fstatvfs(fd, &st) != 0)
		rc = -errno;
	etfs_fd_drop(node);
	if (rc != 0)
		return rc;
	*out = (struct vstatfs){
		.bsize = (uint32_t)st.f_frsize,
		.blocks = st.f_blocks,
		.bfree = st.f_bfree,
		.bavail = st.f_bavail,
		.files = st.f_files,
		.ffree = st.f_ffree,
		.fsid = st.f_fsid,
		.namelen = (uint32_t)st.f_namemax,
	};
	return 0;
}
