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

/*
 * The server made node, and group gid is asked for, but it could not be had
 * when the file was made.  Not to be allowed to is no failure: what the file
 * has can be seen.  chown(2) takes set-id bits away; mode has them.
 */
static void
try_chgrp(const struct etfs_node *node, gid_t gid, mode_t mode)
{
	struct etfs_path path;
	struct stat st;

	if (gid == VFS_NOID || fstatat(node->fd, "", &st, AT_EMPTY_PATH) != 0 ||
	    st.st_gid == gid ||
	    fchownat(node->fd, "", VFS_NOID, gid, AT_EMPTY_PATH) != 0)
		return;
	if (S_ISREG(st.st_mode) && (mode & (S_ISUID | S_ISGID)))
		(void)chmod(etfs_host_path(&path, node->fd), mode & 07777);
}

/* The name was ours a moment ago; take it back unless it is another's now. */
static void
unmake(const struct etfs_node *dir, const char *name, int fd)
{
	struct stat ours, now;

	if (fstat(fd, &ours) == 0 &&
	    fstatat(dir->fd, name, &now, AT_SYMLINK_NOFOLLOW) == 0 &&
	    ours.st_dev == now.st_dev && ours.st_ino == now.st_ino)
		(void)unlinkat(dir->fd, name, 0);
}

/* What a new file is to be. */
struct making {
	const char *name;
	int flags;
	mode_t mode;
	gid_t chgrp; /* see try_chgrp() */
};

static int
create_new(struct vop *op, struct etfs_node *dir, const struct making *m,
    struct etfs_node **out, int *fd)
{
	struct etfs *fs = etfs_of(&dir->vn);
	int rc, path_fd;

	do {
		*fd = openat(dir->fd, m->name,
		    (m->flags & OPEN_FLAGS) | MAKE_FLAGS, m->mode);
	} while (*fd < 0 && errno == EINTR);
	if (*fd < 0)
		return -errno;
	rc = etfs_host_reopen(fs, *fd, O_PATH, &path_fd);
	if (rc == 0)
		rc = etfs_node_take(op, fs, dir, path_fd, out);
	if (rc == 0) {
		try_chgrp(*out, m->chgrp, m->mode);
		return 0;
	}
	unmake(dir, m->name, *fd);
	close(*fd);
	return rc;
}

/* Somebody else made it; open it if it is what we would have made. */
static int
open_existing(struct vop *op, struct etfs_node *dir, const struct making *m,
    struct etfs_node **out, int *fd)
{
	struct etfs *fs = etfs_of(&dir->vn);
	int rc, path_fd;

	if ((rc = etfs_host_walk(op, dir, m->name, &path_fd)) != 0 ||
	    (rc = etfs_node_take(op, fs, dir, path_fd, out)) != 0)
		return rc;
	if (S_ISLNK((*out)->vn.type))
		rc = -ELOOP;
	else if (vnode_is_dir(&(*out)->vn))
		rc = -EISDIR;
	else if (!S_ISREG((*out)->vn.type))
		rc = -ENXIO;
	else
		rc = etfs_host_reopen(
		    fs, (*out)->fd, m->flags & (OPEN_FLAGS | O_TRUNC), fd);
	if (rc != 0)
		vnode_put(&(*out)->vn);
	return rc;
}

static int
create_or_open(struct vop *op, struct etfs_node *dir, const struct making *m,
    struct etfs_node **out, int *fd)
{
	int i, rc = -ENOENT;

	for (i = 0; i < TRIES && rc == -ENOENT; i++) {
		rc = create_new(op, dir, m, out, fd);
		if (rc != -EEXIST || (m->flags & O_EXCL))
			break;
		rc = open_existing(op, dir, m, out, fd);
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
	struct making m = {
		.name = etfs_host_name(&buf, name), .flags = flags, .mode = mode
	};
	int rc;

	if (etfs_must_wait(op, in))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_cred_take_making(op, in, gid, &m.chgrp)) != 0 ||
	    (rc = create_or_open(op, in, &m, &node, &file->fd)) != 0)
		return rc;
	*out = &node->vn;
	return 0;
}

/*
 * The node of what was just made, if nobody has replaced it with another.  To
 * wait is out of the question now: the name would be made twice.  Only a mount
 * put on it at once could ask for that.
 */
static int
take_made(struct vop *op, struct etfs_node *dir, const char *name, mode_t mode,
    gid_t chgrp, struct vnode **out)
{
	struct etfs_node *node;
	int rc, fd;

	if ((rc = etfs_host_walk(op, dir, name, &fd)) != 0 ||
	    (rc = etfs_node_take(op, etfs_of(&dir->vn), dir, fd, &node)) != 0)
		return rc == VFS_WOULDBLOCK ? -ENOENT : rc;
	if (node->vn.type != (mode & S_IFMT)) {
		vnode_put(&node->vn);
		return -ENOENT;
	}
	try_chgrp(node, chgrp, mode);
	*out = &node->vn;
	return 0;
}

int
etfs_mkdir(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    gid_t gid, struct vnode **out)
{
	struct etfs_node *in = etfs_node_of(dir);
	struct etfs_name buf;
	gid_t chgrp;
	int rc;

	if (etfs_must_wait(op, in))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_cred_take_making(op, in, gid, &chgrp)) != 0)
		return rc;
	if (mkdirat(in->fd, etfs_host_name(&buf, name), mode) != 0)
		return -errno;
	return take_made(op, in, buf.s, S_IFDIR | mode, chgrp, out);
}

int
etfs_mknod(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    dev_t rdev, gid_t gid, struct vnode **out)
{
	struct etfs_node *in = etfs_node_of(dir);
	struct etfs_name buf;
	gid_t chgrp;
	int rc;

	if (etfs_must_wait(op, in))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_cred_take_making(op, in, gid, &chgrp)) != 0)
		return rc;
	if (mknodat(in->fd, etfs_host_name(&buf, name), mode, rdev) != 0)
		return -errno;
	return take_made(op, in, buf.s, mode, chgrp, out);
}

int
etfs_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out)
{
	struct etfs_node *in = etfs_node_of(dir);
	char to[VFS_LINK_MAX + 1];
	struct etfs_name buf;
	gid_t chgrp;
	int rc;

	if (etfs_must_wait(op, in))
		return VFS_WOULDBLOCK;
	if (memchr(target.s, '\0', target.len) != NULL)
		return -EINVAL;
	memcpy(to, target.s, target.len);
	to[target.len] = '\0';
	if ((rc = etfs_cred_take_making(op, in, gid, &chgrp)) != 0)
		return rc;
	if (symlinkat(to, in->fd, etfs_host_name(&buf, name)) != 0)
		return -errno;
	return take_made(op, in, buf.s, S_IFLNK, chgrp, out);
}
