/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_attr.c -- attributes, asked for and set.
 *
 * Owner and mode are kept beside the file; size and times are the host's, and
 * set as etfs sets them.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "etfs_mapped.h"

#define HOSTS                                                                  \
	(VSET_SIZE | VSET_ATIME | VSET_MTIME | VSET_ATIME_NOW | VSET_MTIME_NOW)
#define KEPT (VSET_MODE | VSET_UID | VSET_GID)

/* The type is what it was when the file was met: struct vnode. */
int
etfs_mapped_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	struct etfs_node *node = etfs_node_of(vn);
	struct vattr attr;
	int rc;

	if ((rc = etfs_mapped_begin(op, node, false)) != 0)
		return rc;
	rc = etfs_mapped_attr(op, node, &attr);
	etfs_mapped_end(node);
	if (rc != 0)
		return rc;
	attr.mode = vn->type | (attr.mode & 07777);
	*out = attr;
	return 0;
}

/* The mode and an access ACL are two views of one thing. */
static int
save_mode(struct etfs_node *node, struct vattr *attr, mode_t mode)
{
	struct vblob acl;
	int rc;

	rc = etfs_mapped_load_acl(vfd_borrowed(&node->fd), VACL_ACCESS, &acl);
	if (rc == 0 && acl.data != NULL) {
		vacl_from_mode((struct vname){ acl.data, acl.len }, mode);
		rc = etfs_mapped_save_acl(
		    vfd_borrowed(&node->fd), VACL_ACCESS, &acl);
	}
	free(acl.data);
	if (rc != 0)
		return rc;
	attr->mode = (attr->mode & S_IFMT) | (mode & 07777);
	return etfs_mapped_save(vfd_borrowed(&node->fd), attr, VSET_MODE);
}

/*
 * Set-id bits go before the owner does, and come back, if they do, after that:
 * what fails between leaves nobody with a program that runs as somebody else.
 */
static int
save(struct etfs_node *node, struct vattr *attr, const struct vsetattr *sa)
{
	unsigned int owner = sa->mask & (VSET_UID | VSET_GID);
	mode_t old = attr->mode, safe = old & ~(mode_t)ETFS_MAPPED_SET_ID;
	mode_t mode = sa->mask & VSET_MODE ? sa->mode : old;
	int rc = 0;

	if (owner != 0) {
		if (safe != old)
			rc = save_mode(node, attr, safe);
		attr->uid = sa->uid;
		attr->gid = sa->gid;
		if (rc == 0)
			rc = etfs_mapped_save(
			    vfd_borrowed(&node->fd), attr, owner);
	}
	if (rc == 0 && ((mode ^ attr->mode) & 07777) != 0)
		rc = save_mode(node, attr, mode);
	return rc;
}

static bool
changes(const struct vattr *attr, const struct vsetattr *sa)
{
	return ((sa->mask & VSET_UID) && sa->uid != attr->uid) ||
	    ((sa->mask & VSET_GID) && sa->gid != attr->gid) ||
	    ((sa->mask & VSET_MODE) && ((sa->mode ^ attr->mode) & 07777) != 0);
}

/*
 * To set a mode or owner to what it is moves the ctime, too; but to set an
 * attribute to what it is does not on every host.  So the host's mode is set to
 * what it is.  That is refused if the file is not the server's: then it stays.
 */
static void
move_ctime(const struct etfs_node *node)
{
	struct etfs_path path;
	struct stat st;

	if (fstatat(vfd_borrowed(&node->fd), "", &st, AT_EMPTY_PATH) == 0)
		(void)chmod(etfs_host_path(&path, vfd_borrowed(&node->fd)),
		    st.st_mode & 07777);
}

static int
set_locked(struct vop *op, struct etfs_node *node, struct vfile *file,
    struct vsetattr sa)
{
	struct vsetattr hosts = sa;
	struct vattr attr;
	int rc, refused;

	if ((sa.mask & VSET_MODE) && S_ISLNK(node->vn.type))
		return -EOPNOTSUPP;
	if ((rc = etfs_mapped_attr(op, node, &attr)) != 0)
		return rc;
	refused = etfs_mapped_may(op, node, &attr, W_OK);
	rc = vaccess_setattr(op->cred, &attr, file, refused, &sa);
	if (rc != 0)
		return rc;
	hosts.mask &= HOSTS;
	if (hosts.mask != 0)
		rc = etfs_setattr(op, &node->vn, file, &hosts);
	if (rc == 0 && (sa.mask & KEPT) && !changes(&attr, &sa))
		move_ctime(node);
	return rc == 0 ? save(node, &attr, &sa) : rc;
}

int
etfs_mapped_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	struct etfs_node *node = etfs_node_of(vn);
	int rc;

	if ((rc = etfs_mapped_begin(op, node, true)) != 0)
		return rc;
	rc = set_locked(op, node, file, *sa);
	etfs_mapped_end(node);
	return rc;
}
