/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_lock.c -- byte-range locks, as processes on the host see them.
 *
 * The union of what clients hold on a file is an open file description's locks
 * (F_OFD_SETLK, fcntl(2)): they go when it does, and not, as a process's do,
 * with the first descriptor of the file that we close for whatever reason.
 * node->lock_fd is that description, while any client holds a lock.  vfs calls
 * one of these functions at a time for a node, and that is what guards it.
 *
 * Which description?  The client's own, if it may be both read and written, or
 * only read locks have been asked for: no more has been opened in somebody's
 * name than what the client opened.  Else the file is opened once more for
 * both, as the user.  If the host refuses that, the lock has to do with the
 * client's after all, and a lock that it may not take is stood in for by one of
 * the other type: a write lock of somebody who may not write is a read lock to
 * the host, where it keeps writers out.
 *
 * A file system of the host that has no locks (it refuses the first one) is
 * remembered; clients' locks are kept from each other there, and that is all.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "etfs_internal.h"

/* UINT64_MAX, to the end, and what lies beyond the host's last byte. */
static struct flock
flock_of(enum vlock_type type, uint64_t start, uint64_t end)
{
	struct flock fl = { .l_whence = SEEK_SET, .l_start = (off_t)start };

	fl.l_type = type == VLOCK_READ ? F_RDLCK
	    : type == VLOCK_WRITE      ? F_WRLCK
				       : F_UNLCK;
	fl.l_len = end < INT64_MAX ? (off_t)(end - start + 1) : 0;
	return fl;
}

static int
set(int fd, enum vlock_type type, uint64_t start, uint64_t end)
{
	struct flock fl = flock_of(type, start, end);
	int rc;

	do {
		rc = fcntl(fd, F_OFD_SETLK, &fl);
	} while (rc != 0 && errno == EINTR);
	if (rc == 0)
		return 0;
	return errno == EACCES ? -EAGAIN : -errno;
}

/*
 * The description.
 */

static int
duplicate(int fd, int *out)
{
	*out = fcntl(fd, F_DUPFD_CLOEXEC, 0);
	return *out >= 0 ? 0 : -errno;
}

static int
mode_of(const struct vfile *file)
{
	return file->flags & O_ACCMODE;
}

/* Is it that the host does not want the file to be opened so? */
static bool
is_refusal(int rc)
{
	return rc == -EACCES || rc == -EPERM || rc == -EROFS || rc == -ETXTBSY;
}

/* For reading and writing.  *alone: it is not file's description. */
static int
open_both(struct vop *op, const struct vfile *file, int *fd, bool *alone)
{
	const struct etfs *fs = etfs_of(file->vn);
	int rc;

	*alone = mode_of(file) != O_RDWR;
	if (!*alone)
		return duplicate(file->fd, fd);
	if (fs->fs.readonly)
		return -EROFS;
	if ((rc = etfs_cred_take(op, fs)) != 0)
		return rc;
	return etfs_host_reopen(op, fs, file->fd, O_RDWR, fd);
}

static void
take_fd(struct etfs_node *node, struct vfile *file, int fd, bool alone)
{
	node->lock_fd = fd;
	atomic_store_explicit(&node->lock_alone, alone, memory_order_relaxed);
	if (!alone)
		file->priv = node; /* etfs_close() will tell us */
}

/* To close it would be enough, were it not a vfile's description as well. */
static void
release(int fd)
{
	(void)set(fd, VLOCK_UNLOCK, 0, UINT64_MAX);
	close(fd);
}

static void
drop_fd(struct etfs_node *node)
{
	release(node->lock_fd);
	node->lock_fd = -1;
}

static int
first_fd(struct vop *op, struct etfs_node *node, struct vfile *file,
    enum vlock_type type)
{
	bool reads = type == VLOCK_READ && mode_of(file) == O_RDONLY;
	bool alone = false;
	int rc, fd;

	rc =
	    reads ? duplicate(file->fd, &fd) : open_both(op, file, &fd, &alone);
	if (is_refusal(rc)) {
		alone = false;
		rc = duplicate(file->fd, &fd);
	}
	if (rc == 0)
		take_fd(node, file, fd, alone);
	return rc;
}

/* Whatever a client has there: lock_fd is for reading, and so are its locks. */
static int
copy_lock(void *ctx, uint64_t start, uint64_t end)
{
	const int *fd = ctx;

	return start > INT64_MAX ? 0 : set(*fd, VLOCK_READ, start, end);
}

/*
 * Go on with a description that may be written as well.  While both have the
 * locks nobody can come in between.
 */
static int
better_fd(struct vop *op, struct etfs_node *node, struct vfile *file)
{
	bool alone;
	int rc, fd;

	if ((rc = open_both(op, file, &fd, &alone)) != 0)
		return rc;
	if ((rc = vlock_each(&node->vn, copy_lock, &fd)) != 0) {
		release(fd);
		return rc;
	}
	release(node->lock_fd);
	take_fd(node, file, fd, alone);
	return 0;
}

/*
 * Locks.
 */

/* The first lock of the host's in the way; of type F_UNLCK if there is none. */
static int
ask(int fd, enum vlock_type type, uint64_t start, uint64_t end,
    struct flock *out)
{
	int rc;

	do {
		*out = flock_of(type, start, end);
		rc = fcntl(fd, F_OFD_GETLK, out);
	} while (rc != 0 && errno == EINTR);
	return rc == 0 ? 0 : -errno;
}

/* A read lock for a write lock: it keeps writers out, and readers must be. */
static int
stand_in(int fd, uint64_t start, uint64_t end)
{
	struct flock theirs;
	int rc;

	if ((rc = ask(fd, VLOCK_WRITE, start, end, &theirs)) != 0)
		return rc;
	if (theirs.l_type != F_UNLCK)
		return -EAGAIN;
	return set(fd, VLOCK_READ, start, end);
}

static int
set_somehow(struct vop *op, struct etfs_node *node, struct vfile *file,
    enum vlock_type type, uint64_t start, uint64_t end)
{
	int rc = set(node->lock_fd, type, start, end);

	if (rc != -EBADF) /* it was opened for that */
		return rc;
	if (type == VLOCK_READ)
		return set(node->lock_fd, VLOCK_WRITE, start, end);
	rc = better_fd(op, node, file);
	if (rc == 0)
		return set(node->lock_fd, VLOCK_WRITE, start, end);
	return is_refusal(rc) ? stand_in(node->lock_fd, start, end) : rc;
}

static bool
lacks_locks(int rc)
{
	return rc == -ENOLCK || rc == -EOPNOTSUPP || rc == -EINVAL ||
	    rc == -ENOSYS;
}

/* What the first answer of a device, and rc may be it, tells of the device. */
static int
judge(struct etfs_dev *dev, int rc)
{
	enum etfs_locks old = ETFS_LOCKS_UNKNOWN;

	if (rc == 0 || rc == -EAGAIN)
		atomic_compare_exchange_strong(
		    &dev->locks, &old, ETFS_LOCKS_WORK);
	else if (lacks_locks(rc) &&
	    atomic_compare_exchange_strong(&dev->locks, &old, ETFS_LOCKS_NONE))
		rc = 0;
	return rc;
}

/* Does nobody on the host know of locks there? */
static bool
is_unseen(const struct etfs_node *node, uint64_t start)
{
	return !S_ISREG(node->vn.type) || start > INT64_MAX ||
	    (node->lock_fd < 0 &&
		atomic_load(&node->dev->locks) == ETFS_LOCKS_NONE);
}

/* Our descriptor may be the last of a file that was written to. */
static bool
drop_waits(const struct etfs_node *node)
{
	return !node->dev->never_waits &&
	    atomic_load_explicit(&node->lock_alone, memory_order_relaxed);
}

/*
 * What the host does not give back it shows for longer than it is ours, but not
 * for longer than anything is.
 */
static int
unlock(struct vop *op, struct etfs_node *node, uint64_t start, uint64_t end)
{
	bool all = start == 0 && end == UINT64_MAX;

	if (node->lock_fd < 0)
		return 0;
	if (all && !vop_may_block(op) && drop_waits(node))
		return VFS_WOULDBLOCK;
	if (all)
		drop_fd(node);
	else
		(void)set(node->lock_fd, VLOCK_UNLOCK, start, end);
	return 0;
}

int
etfs_lock(struct vop *op, struct vnode *vn, struct vfile *file,
    enum vlock_type type, uint64_t start, uint64_t end)
{
	struct etfs_node *node = etfs_node_of(vn);
	bool first = node->lock_fd < 0;
	int rc;

	if (is_unseen(node, start))
		return 0;
	if (!vop_may_block(op) && !node->dev->local)
		return VFS_WOULDBLOCK;
	if (type == VLOCK_UNLOCK)
		return unlock(op, node, start, end);
	if (first && (rc = first_fd(op, node, file, type)) != 0)
		return rc;
	rc = set_somehow(op, node, file, type, start, end);
	if (rc != 0 && first)
		drop_fd(node);
	return rc == VFS_WOULDBLOCK ? rc : judge(node->dev, rc);
}

static int
answer(const struct flock *fl, struct vlock *lk, char *hostbuf)
{
	struct utsname uts;
	size_t len;

	if (fl->l_type == F_UNLCK) {
		lk->type = VLOCK_UNLOCK;
		return 0;
	}
	if (uname(&uts) != 0)
		return -errno;
	len = strlen(uts.nodename);
	memcpy(hostbuf, uts.nodename, len);
	*lk = (struct vlock){
		.type = fl->l_type == F_RDLCK ? VLOCK_READ : VLOCK_WRITE,
		.start = (uint64_t)fl->l_start,
		.end = fl->l_len == 0 ? UINT64_MAX
				      : (uint64_t)(fl->l_start + fl->l_len - 1),
		.owner = { .host = { hostbuf, len } },
	};
	if (fl->l_pid > 0) /* it is of a process, not of a description */
		lk->owner.pid = (uint32_t)fl->l_pid;
	return 0;
}

int
etfs_getlock(struct vop *op, struct vnode *vn, struct vfile *file,
    struct vlock *lk, char *hostbuf)
{
	struct etfs_node *node = etfs_node_of(vn);
	int rc, fd = node->lock_fd >= 0 ? node->lock_fd : file->fd;
	struct flock theirs = { .l_type = F_UNLCK };

	if (!is_unseen(node, lk->start)) {
		if (!vop_may_block(op) && !node->dev->local)
			return VFS_WOULDBLOCK;
		rc = ask(fd, lk->type, lk->start, lk->end, &theirs);
		if (rc != 0 && !lacks_locks(rc))
			return rc;
		if (rc != 0)
			theirs.l_type = F_UNLCK;
	}
	return answer(&theirs, lk, hostbuf);
}
