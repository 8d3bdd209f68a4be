/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_make.c -- files that are made: regular ones, directories, the rest.
 *
 * The host makes them as the user, in one call, so that there is no moment in
 * which they belong to somebody else.  Modes are final, and the process's
 * umask is 0.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "etfs_internal.h"

#define TRIES 8 /* while somebody makes and removes the name */
#define OPEN_FLAGS                                                             \
	(O_ACCMODE | O_APPEND | O_SYNC | O_DSYNC | O_NOATIME | O_NONBLOCK)
#define MAKE_FLAGS (O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)

/* The name was ours a moment ago; take it back unless it is another's now. */
static void
unmake(int dir_fd, const char *name, int fd)
{
	struct stat ours, now;

	if (fstat(fd, &ours) == 0 &&
	    fstatat(dir_fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == now.st_dev && ours.st_ino == now.st_ino)
		(void)unlinkat(dir_fd, name, 0);
}

/* Where a new file is to be, and what. */
struct making {
	struct etfs_node *dir;
	int dir_fd;
	const char *name;
	int flags;
	mode_t mode;
	dev_t rdev;
	const char *target; /* of a symbolic link */
	gid_t chgrp; /* see try_chgrp() */
};

/*
 * The server made what fd is open on, and a group is asked for, but it could
 * not be had then.  Not to be allowed to is no failure: what the file has can
 * be seen.  chown(2) takes set-id bits away; the mode has them.
 */
static void
try_chgrp(const struct making *m, int fd)
{
	struct etfs_path path;
	struct stat st;

	if (m->chgrp == VFS_NOID || fstatat(fd, "", &st, AT_EMPTY_PATH) != 0 ||
	    st.st_gid == m->chgrp || etfs_cred_dir_gives(m->dir_fd) ||
	    fchownat(fd, "", VFS_NOID, m->chgrp, AT_EMPTY_PATH) != 0)
		return;
	if (S_ISREG(st.st_mode) && (m->mode & (S_ISUID | S_ISGID)))
		(void)chmod(etfs_host_path(&path, fd), m->mode & 07777);
}

/*
 * The node of what was just made, and is open as fd, which will do until the
 * node needs a descriptor of its own.
 */
static int
take_new(struct vop *op, const struct making *m, int fd, struct etfs_node **out)
{
	struct etfs *fs = etfs_of(&m->dir->vn);
	int rc, path_fd;

	if ((rc = etfs_node_take_made(op, fs, m->dir, fd, out)) != -EEXIST)
		return rc;
	if ((rc = etfs_host_reopen(op, fs, fd, O_PATH, &path_fd)) != 0)
		return rc;
	return etfs_node_take(op, fs, m->dir, path_fd, out);
}

static int
create_new(
    struct vop *op, const struct making *m, struct etfs_node **out, int *fd)
{
	struct etfs *fs = etfs_of(&m->dir->vn);
	int rc;

	do {
		*fd = openat(m->dir_fd, m->name,
		    (m->flags & OPEN_FLAGS) | MAKE_FLAGS, m->mode);
	} while (*fd < 0 && etfs_host_is_worth_another(fs, errno));
	if (*fd < 0)
		return -errno;
	if ((rc = take_new(op, m, *fd, out)) == 0) {
		try_chgrp(m, *fd);
		return 0;
	}
	unmake(m->dir_fd, m->name, *fd);
	close(*fd);
	return rc;
}

/* Open what path_fd stands for, if it is what we would have made. */
static int
open_found(const struct vop *op, const struct making *m, int path_fd, int *fd)
{
	struct stat st;

	if (fstat(path_fd, &st) != 0)
		return -errno;
	if (S_ISLNK(st.st_mode))
		return -ELOOP;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode))
		return -ENXIO;
	if ((m->flags & O_TRUNC) && etfs_must_not_cut(op, m->dir))
		return VFS_WOULDBLOCK;
	return etfs_host_reopen(op, etfs_of(&m->dir->vn), path_fd,
	    m->flags & (OPEN_FLAGS | O_TRUNC), fd);
}

/* Somebody else made it. */
static int
open_existing(
    struct vop *op, const struct making *m, struct etfs_node **out, int *fd)
{
	struct etfs *fs = etfs_of(&m->dir->vn);
	int rc, path_fd;

	if ((rc = etfs_host_walk(op, m->dir, m->dir_fd, m->name, &path_fd)) !=
	    0)
		return rc;
	if ((rc = open_found(op, m, path_fd, fd)) != 0) {
		close(path_fd);
		return rc;
	}
	if ((rc = etfs_node_take(op, fs, m->dir, path_fd, out)) != 0)
		close(*fd);
	return rc;
}

static int
create_or_open(
    struct vop *op, const struct making *m, struct etfs_node **out, int *fd)
{
	int i, rc = -ENOENT;

	for (i = 0; i < TRIES && rc == -ENOENT; i++) {
		rc = create_new(op, m, out, fd);
		if (rc != -EEXIST || (m->flags & O_EXCL))
			break;
		rc = open_existing(op, m, out, fd);
	}
	return rc;
}

/*
 * O_CREAT alone would open whatever is there, a device as well; so a file is
 * either made (O_EXCL), or looked at before it is opened.
 */
int
etfs_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vnode **out, struct vfile *file)
{
	struct etfs_node *node = NULL, *in = etfs_node_of(dir);
	struct etfs_name buf;
	struct making m = { .dir = in,
		.name = etfs_host_name(&buf, name),
		.flags = flags,
		.mode = mode };
	int rc;

	if (etfs_might_wait(op, in))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, in, &m.dir_fd)) != 0)
		return rc;
	rc = etfs_cred_take_making(op, etfs_of(dir), m.dir_fd, gid, &m.chgrp);
	if (rc == 0)
		rc = create_or_open(op, &m, &node, &file->fd);
	etfs_fd_drop(in);
	if (rc == 0)
		*out = &node->vn;
	return rc;
}

/* Is fd open on what we made, and not on what somebody has put there? */
static int
check_made(int fd, mode_t mode)
{
	struct stat st;

	if (fstat(fd, &st) != 0)
		return -errno;
	return (st.st_mode & S_IFMT) == (mode & S_IFMT) ? 0 : -ENOENT;
}

/*
 * What was just made has no node: for want of a descriptor, say.  Who is told
 * that it was not made must not find it.
 */
static int
take_back(const struct making *m, int rc)
{
	struct stat now;

	if (rc == VFS_WOULDBLOCK || rc == -ENOENT)
		return -ENOENT; /* it is another's already, or nobody's */
	if (fstatat(m->dir_fd, m->name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    (now.st_mode & S_IFMT) == (m->mode & S_IFMT))
		(void)unlinkat(
		    m->dir_fd, m->name, S_ISDIR(m->mode) ? AT_REMOVEDIR : 0);
	return rc;
}

/*
 * The node of what was just made, if nobody has replaced it with another.  To
 * wait is out of the question now: the name would be made twice.  Only a mount
 * put on it at once could ask for that.
 */
static int
take_made(struct vop *op, const struct making *m, struct etfs_node **out)
{
	int rc, fd;

	rc = etfs_host_walk(op, m->dir, m->dir_fd, m->name, &fd);
	if (rc == 0 && (rc = check_made(fd, m->mode)) != 0)
		close(fd);
	if (rc == 0) {
		try_chgrp(m, fd);
		rc = etfs_node_take(op, etfs_of(&m->dir->vn), m->dir, fd, out);
	}
	return rc == 0 ? 0 : take_back(m, rc);
}

/* All but regular files are made by one call, and then looked up. */
static int
make(struct vop *op, struct making *m, gid_t gid,
    int (*call)(const struct making *m), struct vnode **out)
{
	struct etfs *fs = etfs_of(&m->dir->vn);
	struct etfs_node *node = NULL;
	int rc;

	if (fs->flat && S_ISDIR(m->mode))
		return -EPERM;

	if (etfs_might_wait(op, m->dir))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, m->dir, &m->dir_fd)) != 0)
		return rc;
	rc = etfs_cred_take_making(op, fs, m->dir_fd, gid, &m->chgrp);
	if (rc == 0)
		rc = call(m) == 0 ? take_made(op, m, &node) : -errno;
	etfs_fd_drop(m->dir);
	if (rc == 0)
		*out = &node->vn;
	return rc;
}

static int
call_mkdir(const struct making *m)
{
	return mkdirat(m->dir_fd, m->name, m->mode & 07777);
}

int
etfs_mkdir(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    gid_t gid, struct vnode **out)
{
	struct etfs_name buf;
	struct making m = { .dir = etfs_node_of(dir),
		.name = etfs_host_name(&buf, name),
		.mode = S_IFDIR | mode };

	return make(op, &m, gid, call_mkdir, out);
}

static int
call_mknod(const struct making *m)
{
	return mknodat(m->dir_fd, m->name, m->mode, m->rdev);
}

int
etfs_mknod(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    dev_t rdev, gid_t gid, struct vnode **out)
{
	struct etfs_name buf;
	struct making m = { .dir = etfs_node_of(dir),
		.name = etfs_host_name(&buf, name),
		.mode = mode,
		.rdev = rdev };

	return make(op, &m, gid, call_mknod, out);
}

static int
call_symlink(const struct making *m)
{
	return symlinkat(m->target, m->dir_fd, m->name);
}

int
etfs_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out)
{
	char to[VFS_LINK_MAX + 1];
	struct etfs_name buf;
	struct making m = { .dir = etfs_node_of(dir),
		.name = etfs_host_name(&buf, name),
		.mode = S_IFLNK,
		.target = to };

	if (memchr(target.s, '\0', target.len) != NULL)
		return -EINVAL;
	memcpy(to, target.s, target.len);
	to[target.len] = '\0';
	return make(op, &m, gid, call_symlink, out);
}
