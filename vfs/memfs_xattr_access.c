/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_xattr_access.c -- who may read and write which extended attributes.
 *
 * xattr(7) has a rule for each name space; here they are a table.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "memfs_internal.h"

/* Who may do what with a name space: 0, or how the refusal is called. */
struct name_space {
	const char *prefix;
	bool whole; /* prefix is all of the name */
	int (*check)(
	    const struct vop *op, const struct memfs_node *node, bool writes);
};

static bool
is_privileged(const struct vop *op)
{
	return op->cred->self || op->cred->uid == 0;
}

static bool
is_owner(const struct vop *op, const struct memfs_node *node)
{
	return is_privileged(op) || op->cred->uid == node->uid;
}

/* Only the contents of files and directories can have such notes. */
static int
check_user(const struct vop *op, const struct memfs_node *node, bool writes)
{
	bool is_dir = S_ISDIR(node->vn.type);

	if (!S_ISREG(node->vn.type) && !is_dir)
		return writes ? -EPERM : -ENODATA;
	if (is_dir && writes && node->mode & S_ISVTX && !is_owner(op, node))
		return -EPERM;
	return memfs_node_access(op, node, writes ? W_OK : R_OK);
}

static int
check_trusted(const struct vop *op, const struct memfs_node *node, bool writes)
{
	(void)node;
	if (is_privileged(op))
		return 0;
	return writes ? -EPERM : -ENODATA;
}

/* Everybody may read these. */
static int
check_security(const struct vop *op, const struct memfs_node *node, bool writes)
{
	(void)node;
	return writes && !is_privileged(op) ? -EPERM : 0;
}

static int
check_access_acl(
    const struct vop *op, const struct memfs_node *node, bool writes)
{
	if (S_ISLNK(node->vn.type))
		return -EOPNOTSUPP;
	return writes && !is_owner(op, node) ? -EPERM : 0;
}

static int
check_default_acl(
    const struct vop *op, const struct memfs_node *node, bool writes)
{
	if (!S_ISDIR(node->vn.type) && !S_ISLNK(node->vn.type))
		return writes ? -EACCES : -ENODATA;
	return check_access_acl(op, node, writes);
}

static const struct name_space name_spaces[] = {
	{ "user.", false, check_user },
	{ "trusted.", false, check_trusted },
	{ "security.", false, check_security },
	{ "system.posix_acl_access", true, check_access_acl },
	{ "system.posix_acl_default", true, check_default_acl },
};

static bool
is_in(struct vname name, const struct name_space *ns)
{
	size_t len = strlen(ns->prefix);

	if (ns->whole && name.len != len)
		return false;
	return name.len >= len && memcmp(name.s, ns->prefix, len) == 0;
}

static const struct name_space *
find_space(struct vname name)
{
	size_t i;

	for (i = 0; i < sizeof(name_spaces) / sizeof(name_spaces[0]); i++)
		if (is_in(name, &name_spaces[i]))
			return &name_spaces[i];
	return NULL;
}

int
memfs_xattr_access(const struct vop *op, const struct memfs_node *node,
    struct vname name, bool writes)
{
	const struct name_space *ns = find_space(name);

	if (ns == NULL)
		return -EOPNOTSUPP;
	if (!ns->whole && name.len == strlen(ns->prefix))
		return -EINVAL; /* nothing behind the dot */
	return ns->check(op, node, writes);
}

/* That there is something trusted is a secret, too. */
bool
memfs_xattr_access_list(const struct vop *op, struct vname name)
{
	const struct name_space *ns = find_space(name);

	return is_privileged(op) || ns == NULL || ns->check != check_trusted;
}
