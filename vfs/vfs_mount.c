/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_mount.c -- which file system is where; see vfs_mount.h.
 *
 * There are as many mounts as somebody has asked for, and in one directory
 * fewer than that: lists will do.  What a directory shows of them is in
 * vfs_attached.c.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs_internal.h"

/* How many names key has. */
static size_t
depth(const char *key)
{
	size_t n = 0;

	for (; *key != '\0'; key++)
		n += key[0] == '/' && key[1] != '/' && key[1] != '\0';
	return n;
}

/* Append the next name of *from, and what divides it from the last. */
static int
copy_name(const char **from, char **to)
{
	struct vname name;
	int rc;

	*from += strspn(*from, "/");
	name.s = *from;
	name.len = strcspn(*from, "/");
	if (name.len == 0)
		return 0;
	if ((rc = vname_check(name)) != 0 || vname_is_dots(name))
		return rc != 0 ? rc : -EINVAL;
	*(*to)++ = '/';
	memcpy(*to, name.s, name.len);
	*to += name.len;
	*from += name.len;
	return 0;
}

/* key, absolute and without dots, as it is written shortest. */
static int
copy_key(const char *key, char *out)
{
	char *to = out;
	int rc = 0;

	if (key[0] != '/')
		return -EINVAL;
	while (rc == 0 && *key != '\0')
		rc = copy_name(&key, &to);
	if (to == out)
		*to++ = '/';
	*to = '\0';
	return rc;
}

static void
set_name(struct vmount *m)
{
	m->name.s = strrchr(m->key, '/') + 1;
	m->name.len = strlen(m->name.s);
}

int
vmount_new(struct vfs_fs *fs, const char *key, struct vmount **out)
{
	struct vmount *m = calloc(1, sizeof(*m));
	int rc = -ENOMEM;

	if (m == NULL)
		return -ENOMEM;
	m->fs = fs;
	m->key = malloc(strlen(key) + 2);
	m->way = calloc(depth(key) + 1, sizeof(struct vnode *));
	if (m->key == NULL || m->way == NULL ||
	    (rc = copy_key(key, m->key)) != 0) {
		vmount_free(m);
		return rc;
	}
	set_name(m);
	*out = m;
	return 0;
}

void
vmount_free(struct vmount *m)
{
	free(m->key);
	free(m->way);
	free(m);
}

bool
vmount_is_root(const struct vmount *m)
{
	return m->name.len == 0;
}

/* Nobody has asked for a filler by its key. */
static bool
same_key(const struct vmount *a, const struct vmount *b)
{
	return !a->filler && !b->filler && strcmp(a->key, b->key) == 0;
}

static bool
is_taken(const struct vfs *vfs, const struct vmount *m)
{
	const struct vmount *other = vfs->mounts;

	while (other != NULL && !same_key(other, m))
		other = other->next;
	return other != NULL || (m->dir != NULL && vmount_of(m->dir, m->name));
}

/* Behind those that are there: a listing goes on where it was. */
static void
join_dir(struct vmount *m)
{
	struct vmount *last = atomic_load(&m->dir->attached);

	if (last == NULL) {
		m->cookie = VFS_MOUNT_COOKIE + 1;
		atomic_store_explicit(
		    &m->dir->attached, m, memory_order_release);
		return;
	}
	while (last->sibling != NULL)
		last = last->sibling;
	m->cookie = last->cookie + 1;
	last->sibling = m;
}

static void
leave_dir(struct vmount *m)
{
	struct vmount *before = atomic_load(&m->dir->attached);

	if (before == m) {
		atomic_store(&m->dir->attached, m->sibling);
		return;
	}
	while (before->sibling != m)
		before = before->sibling;
	before->sibling = m->sibling;
}

int
vmount_attach(struct vfs *vfs, struct vmount *m)
{
	int rc = 0;

	uv_rwlock_wrlock(&vfs->mounts_lock);
	if (m->dir != NULL && vnode_is_gone(m->dir)) {
		rc = -ESTALE;
	} else if (is_taken(vfs, m)) {
		rc = -EEXIST;
	} else {
		m->fs->mount = m;
		m->next = vfs->mounts;
		vfs->mounts = m;
		if (m->dir != NULL)
			join_dir(m);
	}
	uv_rwlock_wrunlock(&vfs->mounts_lock);
	return rc;
}

/* The lock is held. */
static void
detach(struct vfs *vfs, struct vmount *m)
{
	struct vmount **p = &vfs->mounts;

	while (*p != m)
		p = &(*p)->next;
	*p = m->next;
	if (m->dir != NULL)
		leave_dir(m);
	m->fs->mount = NULL;
	atomic_store_explicit(&m->fs->gone, true, memory_order_release);
}

void
vmount_detach(struct vfs *vfs, struct vmount *m)
{
	uv_rwlock_wrlock(&vfs->mounts_lock);
	detach(vfs, m);
	uv_rwlock_wrunlock(&vfs->mounts_lock);
}

/* Has something been attached inside m? */
static bool
is_busy(const struct vfs *vfs, const struct vmount *m)
{
	const struct vmount *other = vfs->mounts;

	while (other != NULL && (other->dir == NULL || other->dir->fs != m->fs))
		other = other->next;
	return m->dir == NULL || other != NULL;
}

static int
take(struct vfs *vfs, const struct vmount *wanted, struct vmount **out)
{
	struct vmount *m = vfs->mounts;

	while (m != NULL && !same_key(m, wanted))
		m = m->next;
	if (m == NULL)
		return -ENOENT;
	if (is_busy(vfs, m))
		return -EBUSY;
	detach(vfs, m);
	*out = m;
	return 0;
}

int
vmount_take(struct vfs *vfs, const char *key, struct vmount **out)
{
	struct vmount *wanted;
	int rc;

	if ((rc = vmount_new(NULL, key, &wanted)) != 0)
		return rc;
	uv_rwlock_wrlock(&vfs->mounts_lock);
	rc = take(vfs, wanted, out);
	uv_rwlock_wrunlock(&vfs->mounts_lock);
	vmount_free(wanted);
	return rc;
}

struct vmount *
vmount_take_filler(struct vfs *vfs, struct vfs_fs *fs)
{
	struct vmount *m;

	uv_rwlock_wrlock(&vfs->mounts_lock);
	m = fs->mount;
	if (m != NULL && m->filler && atomic_load(&fs->root->pinned) == 0)
		detach(vfs, m);
	else
		m = NULL;
	uv_rwlock_wrunlock(&vfs->mounts_lock);
	return m;
}
