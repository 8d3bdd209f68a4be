/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_xattr.c -- extended attributes.
 *
 * The host's calls take a path: that of the descriptor in /proc, which leads
 * to the file itself, be it a symbolic link.
 *
 * Names that give rights, or tell of them, pass only where the server may deal
 * with them: for one without privileges they do not exist.  Where the thread
 * acts as a client's user the host refuses what that user may not do.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "etfs_internal.h"

static const char *const restricted[] = {
	"security.",
	"trusted.",
	"system.posix_acl_",
};

static bool
is_restricted(const char *name)
{
	size_t i;

	for (i = 0; i < sizeof(restricted) / sizeof(restricted[0]); i++)
		if (strncmp(name, restricted[i], strlen(restricted[i])) == 0)
			return true;
	return false;
}

/* What each of the four needs. */
struct args {
	struct etfs_node *node;
	struct etfs_path path;
	struct etfs_name name;
};

/* 0 and the paths, which are good until end(); or how it ends. */
static int
begin(struct args *a, struct vop *op, struct vnode *vn, struct vname name,
    int if_restricted)
{
	const struct etfs *fs = etfs_of(vn);
	struct etfs_node *node = etfs_node_of(vn);
	int rc, fd;

	if (memchr(name.s, '\0', name.len) != NULL)
		return -EINVAL;
	(void)etfs_host_name(&a->name, name);
	if (!fs->privileged && is_restricted(a->name.s))
		return if_restricted;
	if (etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	a->node = node;
	(void)etfs_host_path(&a->path, fd);
	if ((rc = etfs_cred_take(op, fs)) != 0)
		etfs_fd_drop(node);
	return rc;
}

/* What the host has answered, or -errno. */
static ssize_t
end(const struct args *a, ssize_t answer)
{
	if (answer < 0)
		answer = -errno;
	etfs_fd_drop(a->node);
	return answer;
}

static int
give(struct vblob *out, const void *data, size_t len)
{
	void *copy = NULL;

	if (len > 0) {
		if ((copy = malloc(len)) == NULL)
			return -ENOMEM;
		memcpy(copy, data, len);
	}
	out->data = copy;
	out->len = len;
	return 0;
}

int
etfs_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out)
{
	char value[VFS_XATTR_MAX];
	struct args a;
	ssize_t n;
	int rc;

	if ((rc = begin(&a, op, vn, name, -ENODATA)) != 0)
		return rc;
	n = end(&a, getxattr(a.path.s, a.name.s, value, sizeof(value)));
	if (n < 0)
		return (int)n;
	return give(out, value, (size_t)n);
}

/* Take the restricted names out of a list; its new length. */
static size_t
without_restricted(char *names, size_t len)
{
	char *from = names, *to = names;
	size_t n;

	while (from < names + len) {
		n = strlen(from) + 1;
		if (!is_restricted(from)) {
			memmove(to, from, n);
			to += n;
		}
		from += n;
	}
	return (size_t)(to - names);
}

int
etfs_listxattr(struct vop *op, struct vnode *vn, struct vblob *out)
{
	static const struct vname none = { "", 0 };
	char names[VFS_XATTR_MAX];
	struct args a;
	ssize_t n;
	int rc;

	if ((rc = begin(&a, op, vn, none, 0)) != 0)
		return rc;
	n = end(&a, listxattr(a.path.s, names, sizeof(names)));
	if (n < 0)
		return (int)n;
	if (!etfs_of(vn)->privileged)
		n = (ssize_t)without_restricted(names, (size_t)n);
	return give(out, names, (size_t)n);
}

int
etfs_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags)
{
	struct args a;
	int rc;

	if ((rc = begin(&a, op, vn, name, -EOPNOTSUPP)) != 0)
		return rc;
	return (int)end(&a, setxattr(a.path.s, a.name.s, data, len, flags));
}

int
etfs_removexattr(struct vop *op, struct vnode *vn, struct vname name)
{
	struct args a;
	int rc;

	if ((rc = begin(&a, op, vn, name, -ENODATA)) != 0)
		return rc;
	return (int)end(&a, removexattr(a.path.s, a.name.s));
}
