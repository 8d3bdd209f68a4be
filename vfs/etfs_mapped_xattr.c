/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped_xattr.c -- the clients' own extended attributes.
 *
 * user.* are the host's, but for those where we keep what we keep; ACLs are
 * kept among these.  Others there are none: the host would take them for its
 * own.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etfs_mapped.h"

static bool
begins(const char *name, size_t len, const char *with)
{
	return len >= strlen(with) && memcmp(name, with, strlen(with)) == 0;
}

static bool
is_acl(struct vname name)
{
	return vname_is(name, VACL_ACCESS) || vname_is(name, VACL_DEFAULT);
}

/* The host's name of it; -EOPNOTSUPP, or if_ours where we keep things. */
static int
translate(
    struct vname name, struct etfs_name *buf, struct vname *out, int if_ours)
{
	int n;

	if (begins(name.s, name.len, ETFS_MAPPED_PREFIX))
		return if_ours;
	*out = name;
	if (!is_acl(name))
		return begins(name.s, name.len, "user.") ? 0 : -EOPNOTSUPP;
	n = snprintf(buf->s, sizeof(buf->s), ETFS_MAPPED_PREFIX "%.*s",
	    (int)name.len, name.s);
	*out = (struct vname){ buf->s, (size_t)n };
	return 0;
}

static int
check(struct vop *op, struct etfs_node *node, struct vname name, bool writes,
    struct vattr *attr)
{
	int rc, want;

	if ((rc = etfs_mapped_attr(op, node, attr)) != 0 ||
	    (rc = vxattr_access(op->cred, attr, name, writes, &want)) != 0)
		return rc;
	return want != 0 ? etfs_mapped_may(op, node, attr, want) : 0;
}

int
etfs_mapped_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out)
{
	struct etfs_node *node = etfs_node_of(vn);
	struct etfs_name buf;
	struct vname host;
	struct vattr attr;
	int rc;

	if ((rc = translate(name, &buf, &host, -ENODATA)) != 0 ||
	    (rc = etfs_mapped_begin(op, node, false)) != 0)
		return rc;
	if ((rc = check(op, node, name, false, &attr)) == 0)
		rc = etfs_getxattr(op, vn, host, out);
	etfs_mapped_end(node);
	return rc;
}

/* What clients call it; NULL: it is not for them. */
static const char *
shown(const char *name)
{
	static const struct vname none = { NULL, 0 };
	struct vname inner = none;

	if (begins(name, strlen(name), ETFS_MAPPED_PREFIX)) {
		inner.s = name + strlen(ETFS_MAPPED_PREFIX);
		inner.len = strlen(inner.s);
		return is_acl(inner) ? inner.s : NULL;
	}
	return begins(name, strlen(name), "user.") ? name : NULL;
}

/* No name becomes longer. */
static void
translate_list(struct vblob *list)
{
	char *from = list->data, *to = list->data, *end = from + list->len;
	const char *name;
	size_t n;

	for (; from < end; from += n) {
		n = strlen(from) + 1;
		if ((name = shown(from)) == NULL)
			continue;
		memmove(to, name, strlen(name) + 1);
		to += strlen(to) + 1;
	}
	list->len = (size_t)(to - (char *)list->data);
}

int
etfs_mapped_listxattr(struct vop *op, struct vnode *vn, struct vblob *out)
{
	int rc;

	if ((rc = etfs_listxattr(op, vn, out)) != 0 || out->len == 0)
		return rc;
	translate_list(out);
	if (out->len == 0) {
		free(out->data);
		out->data = NULL;
	}
	return 0;
}

/*
 * The access ACL and the mode are two views of one thing.  An ACL that says no
 * more than the mode can is not kept, and an empty one removes what was there.
 */
static int
set_acl(struct vop *op, struct etfs_node *node, struct vattr *attr,
    struct vname host, struct vname acl, bool is_access, int flags)
{
	mode_t mode = attr->mode;
	bool keep = acl.len > 0;
	int rc;

	if (keep && (rc = vacl_check(acl)) != 0)
		return rc;
	if (keep && is_access)
		keep = vacl_to_mode(acl, &mode);
	rc = keep ? etfs_setxattr(op, &node->vn, host, acl.s, acl.len, flags)
		  : etfs_removexattr(op, &node->vn, host);
	if (rc != 0 && (keep || rc != -ENODATA))
		return rc;
	if (acl.len > 0 && is_access && op->cred->uid != 0 &&
	    !vcred_in_group(op->cred, attr->gid))
		mode &= ~(mode_t)S_ISGID;
	if (((mode ^ attr->mode) & 07777) == 0)
		return 0;
	attr->mode = (attr->mode & S_IFMT) | (mode & 07777);
	return etfs_mapped_save(vfd_borrowed(&node->fd), attr, VSET_MODE);
}

int
etfs_mapped_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags)
{
	struct etfs_node *node = etfs_node_of(vn);
	struct vname host, value = { data, len };
	struct etfs_name buf;
	struct vattr attr;
	int rc;

	if ((rc = translate(name, &buf, &host, -EACCES)) != 0 ||
	    (rc = etfs_mapped_begin(op, node, true)) != 0)
		return rc;
	if ((rc = check(op, node, name, true, &attr)) == 0)
		rc = is_acl(name)
		    ? set_acl(op, node, &attr, host, value,
			  vname_is(name, VACL_ACCESS), flags)
		    : etfs_setxattr(op, vn, host, data, len, flags);
	etfs_mapped_end(node);
	return rc;
}

int
etfs_mapped_removexattr(struct vop *op, struct vnode *vn, struct vname name)
{
	struct etfs_node *node = etfs_node_of(vn);
	struct etfs_name buf;
	struct vname host;
	struct vattr attr;
	int rc;

	if ((rc = translate(name, &buf, &host, -EACCES)) != 0 ||
	    (rc = etfs_mapped_begin(op, node, true)) != 0)
		return rc;
	if ((rc = check(op, node, name, true, &attr)) == 0)
		rc = etfs_removexattr(op, vn, host);
	etfs_mapped_end(node);
	return rc;
}
