/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_access.c -- who may, by what is kept of a file.
 *
 * The host is asked as the server, and refuses what the server may not do.
 * What a client's user may do is for us to say: by the rules that hold in
 * memory, too (vfs_access.c, vfs_acl.c).
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "etfs_mapped.h"

int
etfs_mapped_attr(struct vop *op, struct etfs_node *node, struct vattr *attr)
{
	int rc, fd;

	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if ((rc = etfs_getattr(op, &node->vn, attr)) == 0)
		rc = etfs_mapped_load(fd, attr);
	etfs_fd_drop(node);
	return rc;
}

static int
load_acl(struct vop *op, struct etfs_node *node, struct vblob *out)
{
	int rc, fd;

	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	rc = etfs_mapped_load_acl(fd, VACL_ACCESS, out);
	etfs_fd_drop(node);
	return rc;
}

/* An ACL says nothing of root, nor of an owner that the mode does not. */
int
etfs_mapped_may(
    struct vop *op, struct etfs_node *node, const struct vattr *attr, int want)
{
	struct vblob blob;
	struct vname acl;
	int rc;

	if (op->cred->uid == 0 || op->cred->uid == attr->uid)
		return vaccess(op->cred, attr, want);
	if ((rc = load_acl(op, node, &blob)) != 0)
		return rc;
	acl = (struct vname){ blob.data, blob.len };
	rc = acl.s != NULL ? vacl_access(op->cred, attr, acl, want)
			   : vaccess(op->cred, attr, want);
	free(blob.data);
	return rc;
}

/* Root's way through directories needs no look at them. */
int
etfs_mapped_access(struct vop *op, struct etfs_node *node, int want)
{
	struct vattr attr;
	int rc;

	if (op->cred->uid == 0 && vnode_is_dir(&node->vn))
		return 0;
	if ((rc = etfs_mapped_attr(op, node, &attr)) != 0)
		return rc;
	return etfs_mapped_may(op, node, &attr, want);
}

static bool
is_there(const struct etfs_node *dir, struct vname name)
{
	struct etfs_name buf;
	struct stat st;

	return fstatat(vfd_borrowed(&dir->fd), etfs_host_name(&buf, name), &st,
		   AT_SYMLINK_NOFOLLOW) == 0;
}

int
etfs_mapped_may_make(struct vop *op, struct etfs_node *dir, struct vname name)
{
	int rc;

	if (op->cred->uid == 0)
		return 0; /* the host sees what is there */
	if ((rc = etfs_mapped_access(op, dir, X_OK)) != 0)
		return rc;
	if (is_there(dir, name))
		return -EEXIST;
	return etfs_mapped_access(op, dir, W_OK | X_OK);
}

int
etfs_mapped_written(struct vop *op, struct etfs_node *node)
{
	struct vattr attr;
	mode_t mode;
	int rc;

	if ((rc = etfs_mapped_attr(op, node, &attr)) != 0)
		return rc;
	mode = vaccess_written(op->cred, attr.mode, attr.gid);
	if (mode == attr.mode)
		return 0;
	attr.mode = mode;
	return etfs_mapped_save(vfd_borrowed(&node->fd), &attr, VSET_MODE);
}
