/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_xattr.c -- extended attributes, xattr(7): a list at each node.
 *
 * A file has few, so they are found by looking.  Values are bytes and mean
 * nothing here, but for ACLs (vfs_acl.c), and file capabilities, which a
 * change of the file voids.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "memfs_internal.h"

struct memfs_xattr {
	struct memfs_xattr *next;
	uint32_t len;
	uint8_t namelen;
	char bytes[]; /* the name, then the value */
};

static struct vname
named(const char *s)
{
	return (struct vname){ s, strlen(s) };
}

static size_t
xattr_size(size_t namelen, size_t len)
{
	return offsetof(struct memfs_xattr, bytes) + namelen + len;
}

static void
free_xattr(struct memfs *fs, struct memfs_xattr *x)
{
	memfs_release(fs, x, xattr_size(x->namelen, x->len));
}

/* Where the one with that name hangs, or would. */
static struct memfs_xattr **
find(struct memfs_node *node, struct vname name)
{
	struct memfs_xattr **link = &node->xattrs;

	while (*link != NULL &&
	    ((*link)->namelen != name.len ||
		memcmp((*link)->bytes, name.s, name.len) != 0))
		link = &(*link)->next;
	return link;
}

static int
copy_value(const struct memfs_xattr *x, struct vblob *out)
{
	*out = (struct vblob){ 0 };
	if (x == NULL)
		return -ENODATA;
	if (x->len == 0)
		return 0;
	if ((out->data = malloc(x->len)) == NULL)
		return -ENOMEM;
	memcpy(out->data, x->bytes + x->namelen, x->len);
	out->len = x->len;
	return 0;
}

/* May op read, or write, the attribute of that name? */
static int
check_access(const struct vop *op, const struct memfs_node *node,
    struct vname name, bool writes)
{
	struct vattr attr = memfs_node_owner(node);
	int rc, want;

	rc = vxattr_access(op->cred, &attr, name, writes, &want);
	return rc == 0 && want != 0 ? memfs_node_access(op, node, want) : rc;
}

int
memfs_xattr_get(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);
	int rc;

	pthread_rwlock_rdlock(&fs->lock);
	if ((rc = check_access(op, node, name, false)) == 0)
		rc = copy_value(*find(node, name), out);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

static bool
is_listed(const struct vop *op, const struct memfs_xattr *x)
{
	struct vname name = { x->bytes, x->namelen };

	return vxattr_is_listed(op->cred, name);
}

/* Of the names that op sees; of all of them if it is NULL. */
static size_t
list_size(const struct vop *op, const struct memfs_node *node)
{
	const struct memfs_xattr *x;
	size_t size = 0;

	for (x = node->xattrs; x != NULL; x = x->next)
		if (op == NULL || is_listed(op, x))
			size += x->namelen + 1U;
	return size;
}

static int
copy_list(
    const struct vop *op, const struct memfs_node *node, struct vblob *out)
{
	const struct memfs_xattr *x;
	char *p;

	*out = (struct vblob){ .len = list_size(op, node) };
	if (out->len == 0)
		return 0;
	if ((out->data = p = malloc(out->len)) == NULL)
		return -ENOMEM;
	for (x = node->xattrs; x != NULL; x = x->next)
		if (is_listed(op, x)) {
			memcpy(p, x->bytes, x->namelen);
			p += x->namelen;
			*p++ = '\0';
		}
	return 0;
}

int
memfs_xattr_list(struct vop *op, struct vnode *vn, struct vblob *out)
{
	struct memfs *fs = memfs_of(vn);
	int rc;

	pthread_rwlock_rdlock(&fs->lock);
	rc = copy_list(op, memfs_node_of(vn), out);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

/* Put what is new in the place of what is there, which may be nothing. */
static void
replace(struct memfs_xattr **link, struct memfs_xattr *x)
{
	struct memfs_xattr *old = *link;

	x->next = old != NULL ? old->next : NULL;
	*link = x;
	free(old);
}

static void
unhang(struct memfs *fs, struct memfs_xattr **link)
{
	struct memfs_xattr *x = *link;

	*link = x->next;
	free_xattr(fs, x);
}

static int
check_flags(const struct memfs_xattr *old, int flags)
{
	if (flags & ~(XATTR_CREATE | XATTR_REPLACE))
		return -EINVAL;
	if (flags & XATTR_CREATE && old != NULL)
		return -EEXIST;
	if (flags & XATTR_REPLACE && old == NULL)
		return -ENODATA;
	return 0;
}

/* listxattr(2) could not tell of more names than this. */
static int
check_list_room(const struct memfs_node *node, const struct memfs_xattr *old,
    struct vname name)
{
	size_t more = old != NULL ? 0 : name.len + 1;

	return list_size(NULL, node) + more > VFS_XATTR_MAX ? -ENOSPC : 0;
}

static int
store(struct memfs_node *node, struct vname name, struct vname value, int flags)
{
	struct memfs_xattr **link = find(node, name), *old = *link, *x;
	size_t paid = old != NULL ? xattr_size(old->namelen, old->len) : 0;
	int rc;

	if ((rc = check_flags(old, flags)) != 0 ||
	    (rc = check_list_room(node, old, name)) != 0)
		return rc;
	x = memfs_alloc(
	    memfs_of(&node->vn), xattr_size(name.len, value.len), paid, &rc);
	if (x == NULL)
		return rc;
	x->namelen = (uint8_t)name.len;
	x->len = (uint32_t)value.len;
	memcpy(x->bytes, name.s, name.len);
	if (value.len > 0)
		memcpy(x->bytes + name.len, value.s, value.len);
	replace(link, x);
	return 0;
}

static int
discard(struct memfs_node *node, struct vname name)
{
	struct memfs_xattr **link = find(node, name);

	if (*link == NULL)
		return -ENODATA;
	unhang(memfs_of(&node->vn), link);
	return 0;
}

/*
 * The access ACL and the mode are two views of one thing.  An ACL that says no
 * more than the mode can is not kept, and an empty one removes what was there.
 */
static int
store_acl(const struct vop *op, struct memfs_node *node, struct vname name,
    struct vname acl, int flags)
{
	bool is_access = vname_is(name, VACL_ACCESS), keep = acl.len > 0;
	mode_t mode = node->mode;
	int rc;

	if (keep && (rc = vacl_check(acl)) != 0)
		return rc;
	if (keep && is_access)
		keep = vacl_to_mode(acl, &mode);
	rc = keep ? store(node, name, acl, flags) : discard(node, name);
	if (rc != 0 && (keep || rc != -ENODATA))
		return rc;
	if (acl.len > 0 && is_access && op->cred->uid != 0 &&
	    !vcred_in_group(op->cred, node->gid))
		mode &= ~(mode_t)S_ISGID;
	node->mode = mode;
	return 0;
}

/* An access ACL that says no more than the mode is not kept here, either. */
static int
inherit_locked(struct memfs_node *node, struct vname acl)
{
	int rc;

	if (S_ISDIR(node->vn.type) &&
	    (rc = store(node, named(VACL_DEFAULT), acl, 0)) != 0)
		return rc;
	if ((rc = store(node, named(VACL_ACCESS), acl, 0)) != 0)
		return rc;
	acl = memfs_xattr_value(node, VACL_ACCESS);
	return vacl_inherit(acl, &node->mode)
	    ? 0
	    : discard(node, named(VACL_ACCESS));
}

int
memfs_xattr_inherit(const struct memfs_node *dir, struct memfs_node *node)
{
	struct vname acl = memfs_xattr_value(dir, VACL_DEFAULT);

	return acl.s != NULL && !S_ISLNK(node->vn.type)
	    ? inherit_locked(node, acl)
	    : 0;
}

static bool
is_acl(struct vname name)
{
	return vname_is(name, VACL_ACCESS) || vname_is(name, VACL_DEFAULT);
}

int
memfs_xattr_set(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct vname value = { data, len };
	struct memfs *fs = memfs_of(vn);
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	if ((rc = check_access(op, node, name, true)) == 0)
		rc = is_acl(name) ? store_acl(op, node, name, value, flags)
				  : store(node, name, value, flags);
	if (rc == 0)
		memfs_time_changed(node);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

int
memfs_xattr_remove(struct vop *op, struct vnode *vn, struct vname name)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);
	int rc;

	pthread_rwlock_wrlock(&fs->lock);
	if ((rc = check_access(op, node, name, true)) == 0)
		rc = discard(node, name);
	if (rc == 0)
		memfs_time_changed(node);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

struct vname
memfs_xattr_value(const struct memfs_node *node, const char *name)
{
	struct vname key = named(name);
	const struct memfs_xattr *x;

	for (x = node->xattrs; x != NULL; x = x->next)
		if (x->namelen == key.len &&
		    memcmp(x->bytes, key.s, key.len) == 0)
			return (struct vname){ x->bytes + key.len, x->len };
	return (struct vname){ NULL, 0 };
}

void
memfs_xattr_drop_capability(struct memfs_node *node)
{
	if (node->xattrs != NULL)
		(void)discard(node, named("security.capability"));
}

void
memfs_xattr_free_all(struct memfs_node *node)
{
	while (node->xattrs != NULL)
		unhang(memfs_of(&node->vn), &node->xattrs);
}
