/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_make.c -- files that are made.
 *
 * On the host there are two steps, a file and what is kept of it.  In between
 * it would be the server's own, which may be the number of a client's user: so
 * its directory is locked, and nobody finds it before it is whole.  One that
 * does not become whole is removed.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etfs_mapped.h"

#define TRIES 8 /* while somebody makes and removes the name */
#define HOST_FILE 0600
#define HOST_DIR 0700
#define OPEN_FLAGS                                                             \
	(O_ACCMODE | O_APPEND | O_SYNC | O_DSYNC | O_NOATIME | O_NONBLOCK)
#define MAKE_FLAGS (O_CREAT | O_EXCL | O_NOFOLLOW | O_NOCTTY | O_CLOEXEC)

/* What a new file is to be. */
struct making {
	struct vname name;
	int flags;
	mode_t mode; /* S_IFMT, too */
	gid_t gid; /* as asked for, or VFS_NOID */
	bool has_rdev;
	dev_t rdev;
	struct vname target;
	struct vattr attr; /* mode, uid and gid it gets */
	struct vblob acl; /* its directory's for it; data may be NULL */
};

/* Device nodes give power over whoever mounts us (mknod(2)). */
static int
check_make(struct vop *op, struct etfs_node *dir, struct making *m)
{
	struct vattr attr;
	int rc;

	if ((rc = etfs_mapped_may_make(op, dir, m->name)) != 0)
		return rc;
	if (S_ISDIR(m->mode) && etfs_of(&dir->vn)->flat)
		return -EPERM;
	if ((S_ISBLK(m->mode) || S_ISCHR(m->mode)) && op->cred->uid != 0)
		return -EPERM;
	if ((rc = etfs_mapped_attr(op, dir, &attr)) != 0)
		return rc;
	m->attr.mode = m->mode;
	return vaccess_create(
	    op->cred, &attr, m->gid, &m->attr.mode, &m->attr.uid, &m->attr.gid);
}

/* The name was ours a moment ago; take it back unless it is another's now. */
static void
unmake(const struct etfs_node *dir, const char *name, int fd, int flags)
{
	struct stat ours, now;

	if (fstat(fd, &ours) == 0 &&
	    fstatat(vfd_borrowed(&dir->fd), name, &now, AT_SYMLINK_NOFOLLOW) ==
		0 &&
	    ours.st_dev == now.st_dev && ours.st_ino == now.st_ino)
		(void)unlinkat(vfd_borrowed(&dir->fd), name, flags);
}

static int
write_target(int fd, struct vname target)
{
	ssize_t n;

	if (target.len == 0)
		return 0;
	do {
		n = pwrite(fd, target.s, target.len, 0);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == target.len ? 0 : -ENOSPC;
}

/* To keep something moves the change time: a new file's times are one. */
static int
set_times(int fd)
{
	struct etfs_path path;

	return utimensat(AT_FDCWD, etfs_host_path(&path, fd), NULL, 0) == 0
	    ? 0
	    : -errno;
}

/* What it inherits is known before it is there. */
static int
load_acl(const struct etfs_node *dir, struct making *m)
{
	return S_ISLNK(m->mode) ? 0
				: etfs_mapped_load_acl(vfd_borrowed(&dir->fd),
				      VACL_DEFAULT, &m->acl);
}

static int
save_acl(int fd, struct making *m)
{
	struct vname acl = { m->acl.data, m->acl.len };
	int rc;

	if (acl.s == NULL)
		return 0;
	if (S_ISDIR(m->mode) &&
	    (rc = etfs_mapped_save_acl(fd, VACL_DEFAULT, &m->acl)) != 0)
		return rc;
	return vacl_inherit(acl, &m->attr.mode)
	    ? etfs_mapped_save_acl(fd, VACL_ACCESS, &m->acl)
	    : 0;
}

/* All that is kept of it; then it may be found. */
static int
complete(int fd, struct making *m)
{
	int rc;

	if ((rc = save_acl(fd, m)) != 0)
		return rc;
	rc = etfs_mapped_save(fd, &m->attr, VSET_UID | VSET_GID | VSET_MODE);
	if (rc == 0 && m->has_rdev)
		rc = etfs_mapped_save_rdev(fd, m->rdev);
	return rc == 0 ? set_times(fd) : rc;
}

static int
open_new(
    struct etfs_node *dir, const struct making *m, const char *name, int *fd)
{
	do {
		*fd = openat(vfd_borrowed(&dir->fd), name,
		    (m->flags & OPEN_FLAGS) | MAKE_FLAGS, HOST_FILE);
	} while (
	    *fd < 0 && etfs_host_is_worth_another(etfs_of(&dir->vn), errno));
	return *fd >= 0 ? 0 : -errno;
}

/* Anything but a directory; *fd is open as m->flags say. */
static int
make_file(struct vop *op, struct etfs_node *dir, struct making *m,
    struct etfs_node **out, int *fd)
{
	struct etfs *fs = etfs_of(&dir->vn);
	struct etfs_name buf;
	const char *name = etfs_host_name(&buf, m->name);
	int rc, path_fd;

	if ((rc = open_new(dir, m, name, fd)) != 0)
		return rc;
	if ((rc = write_target(*fd, m->target)) == 0 &&
	    (rc = complete(*fd, m)) == 0 &&
	    (rc = etfs_host_reopen(op, fs, *fd, O_PATH, &path_fd)) == 0 &&
	    (rc = etfs_node_take(op, fs, dir, path_fd, out)) == 0)
		return 0;
	unmake(dir, name, *fd, 0);
	close(*fd);
	return rc;
}

/* For want of a descriptor, say, a new directory is taken back. */
static int
open_new_dir(struct etfs_node *dir, const char *name, int *fd)
{
	int rc;

	do {
		*fd = openat(vfd_borrowed(&dir->fd), name,
		    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	} while (
	    *fd < 0 && etfs_host_is_worth_another(etfs_of(&dir->vn), errno));
	if (*fd >= 0)
		return 0;
	rc = -errno;
	(void)unlinkat(vfd_borrowed(&dir->fd), name, AT_REMOVEDIR);
	return rc;
}

static int
make_dir(struct vop *op, struct etfs_node *dir, struct making *m,
    struct etfs_node **out)
{
	struct etfs_name buf;
	const char *name = etfs_host_name(&buf, m->name);
	int rc, fd, path_fd;

	if (mkdirat(vfd_borrowed(&dir->fd), name, HOST_DIR) != 0)
		return -errno;
	if ((rc = open_new_dir(dir, name, &fd)) != 0)
		return rc;
	rc = complete(fd, m);
	if (rc == 0 && (path_fd = fcntl(fd, F_DUPFD_CLOEXEC, 0)) < 0)
		rc = -errno;
	if (rc == 0)
		rc = etfs_node_take(op, etfs_of(&dir->vn), dir, path_fd, out);
	if (rc != 0)
		unmake(dir, name, fd, AT_REMOVEDIR);
	close(fd);
	return rc;
}

static int
make(struct vop *op, struct vnode *dir, struct making *m, struct vnode **out,
    int *fd)
{
	struct etfs_node *node = NULL, *in = etfs_node_of(dir);
	int rc;

	if ((rc = etfs_mapped_begin(op, in, true)) != 0)
		return rc;
	if ((rc = check_make(op, in, m)) == 0 && (rc = load_acl(in, m)) == 0)
		rc = S_ISDIR(m->mode) ? make_dir(op, in, m, &node)
				      : make_file(op, in, m, &node, fd);
	etfs_mapped_end(in);
	free(m->acl.data);
	m->acl = (struct vblob){ 0 };
	if (rc == 0)
		*out = &node->vn;
	return rc;
}

/* One that is not open when it has been made. */
static int
make_closed(
    struct vop *op, struct vnode *dir, struct making *m, struct vnode **out)
{
	int rc, fd = -1;

	m->flags = O_WRONLY;
	rc = make(op, dir, m, out, &fd);
	if (rc == 0 && fd >= 0)
		close(fd);
	return rc;
}

/* Somebody else made it; open it if it is what we would have made. */
static int
open_existing(struct vop *op, struct vnode *dir, const struct making *m,
    struct vnode **out, struct vfile *file)
{
	int rc;

	if ((rc = etfs_mapped_lookup(op, dir, m->name, out)) != 0)
		return rc;
	if (S_ISLNK((*out)->type))
		rc = -ELOOP;
	else if (vnode_is_dir(*out))
		rc = -EISDIR;
	else if (!S_ISREG((*out)->type))
		rc = -ENXIO;
	else
		rc = etfs_mapped_open(op, *out, dir, m->name,
		    m->flags & (OPEN_FLAGS | O_TRUNC), file);
	if (rc != 0)
		vnode_put(*out);
	return rc;
}

int
etfs_mapped_create(struct vop *op, struct vnode *dir, struct vname name,
    int flags, mode_t mode, gid_t gid, struct vnode **out, struct vfile *file)
{
	struct making m = {
		.name = name, .flags = flags, .mode = S_IFREG | mode, .gid = gid
	};
	int i, rc = -ENOENT;

	for (i = 0; i < TRIES && rc == -ENOENT; i++) {
		rc = make(op, dir, &m, out, &file->fd);
		if (rc != -EEXIST || (flags & O_EXCL))
			break;
		rc = open_existing(op, dir, &m, out, file);
	}
	return rc;
}

int
etfs_mapped_mkdir(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, gid_t gid, struct vnode **out)
{
	struct making m = { .name = name, .mode = S_IFDIR | mode, .gid = gid };

	return make_closed(op, dir, &m, out);
}

int
etfs_mapped_mknod(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out)
{
	struct making m = { .name = name,
		.mode = mode,
		.gid = gid,
		.has_rdev = true,
		.rdev = rdev };

	return make_closed(op, dir, &m, out);
}

int
etfs_mapped_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out)
{
	struct making m = { .name = name,
		.mode = S_IFLNK | 0777,
		.gid = gid,
		.target = target };

	if (memchr(target.s, '\0', target.len) != NULL)
		return -EINVAL;
	return make_closed(op, dir, &m, out);
}
