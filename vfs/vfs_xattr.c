/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_xattr.c -- who may read and write which extended attributes.
 *
 * For file systems that have no host to ask.  xattr(7) has a rule for each name
 * space; here they are a table.  All functions are pure.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "vfs_fs.h"

/* Who asks for what, and what it is about. */
struct question {
	const struct vcred *cred;
	const struct vattr *attr;
	bool writes;
};

/*
 * Who may do what with a name space: 0 and the access that is needed besides,
 * or how the refusal is called.
 */
struct name_space {
	const char *prefix;
	bool whole; /* prefix is all of the name */
	int (*check)(const struct question *q, int *want);
};

static bool
is_privileged(const struct vcred *cred)
{
	return cred->self || cred->uid == 0;
}

static bool
is_owner(const struct question *q)
{
	return is_privileged(q->cred) || q->cred->uid == q->attr->uid;
}

/* Only the contents of files and directories can have such notes. */
static int
check_user(const struct question *q, int *want)
{
	mode_t mode = q->attr->mode;

	if (!S_ISREG(mode) && !S_ISDIR(mode))
		return q->writes ? -EPERM : -ENODATA;
	if (S_ISDIR(mode) && q->writes && mode & S_ISVTX && !is_owner(q))
		return -EPERM;
	*want = q->writes ? W_OK : R_OK;
	return 0;
}

static int
check_trusted(const struct question *q, int *want)
{
	(void)want;
	if (is_privileged(q->cred))
		return 0;
	return q->writes ? -EPERM : -ENODATA;
}

/* Everybody may read these. */
static int
check_security(const struct question *q, int *want)
{
	(void)want;
	return q->writes && !is_privileged(q->cred) ? -EPERM : 0;
}

static int
check_access_acl(const struct question *q, int *want)
{
	(void)want;
	if (S_ISLNK(q->attr->mode))
		return -EOPNOTSUPP;
	return q->writes && !is_owner(q) ? -EPERM : 0;
}

static int
check_default_acl(const struct question *q, int *want)
{
	if (!S_ISDIR(q->attr->mode) && !S_ISLNK(q->attr->mode))
		return q->writes ? -EACCES : -ENODATA;
	return check_access_acl(q, want);
}

static const struct name_space name_spaces[] = {
	{ "user.", false, check_user },
	{ "trusted.", false, check_trusted },
	{ "security.", false, check_security },
	{ VACL_ACCESS, true, check_access_acl },
	{ VACL_DEFAULT, true, check_default_acl },
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
vxattr_access(const struct vcred *cred, const struct vattr *attr,
    struct vname name, bool writes, int *want)
{
	const struct name_space *ns = find_space(name);
	struct question q = { cred, attr, writes };

	*want = 0;
	if (ns == NULL)
		return -EOPNOTSUPP;
	if (!ns->whole && name.len == strlen(ns->prefix))
		return -EINVAL; /* nothing behind the dot */
	return ns->check(&q, want);
}

/* That there is something trusted is a secret, too. */
bool
vxattr_is_listed(const struct vcred *cred, struct vname name)
{
	const struct name_space *ns = find_space(name);

	return is_privileged(cred) || ns == NULL || ns->check != check_trusted;
}
