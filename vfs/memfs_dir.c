/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_dir.c -- directories: entries in the table of names and in an order.
 *
 * A removed directory has no entries, not even dots, and gets no new ones: its
 * nlink is 0.  A directory has one name at a time, and its parent, which has
 * that name, cannot go before it: so parent needs no reference.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <unistd.h>

#include "memfs_internal.h"

size_t
memfs_dir_entry_size(struct vname name)
{
	return offsetof(struct memfs_entry, name) + name.len;
}

struct memfs_entry *
memfs_dir_new_entry(struct memfs *fs, struct vname name, size_t credit, int *rc)
{
	struct memfs_entry *e;

	e = memfs_alloc(fs, memfs_dir_entry_size(name), credit, rc);
	if (e == NULL)
		return NULL;
	e->len = (uint8_t)name.len;
	memcpy(e->name, name.s, name.len);
	return e;
}

void
memfs_dir_free_entry(struct memfs *fs, struct memfs_entry *e)
{
	struct vname name = { e->name, e->len };

	memfs_release(fs, e, memfs_dir_entry_size(name));
}

/* A subdirectory's ".." is a link to us. */
static void
adopt(struct memfs_node *dir, struct memfs_node *node)
{
	if (!S_ISDIR(node->vn.type))
		return;
	node->u.dir.parent = dir;
	dir->nlink++;
}

static void
disown(struct memfs_node *dir, struct memfs_node *node)
{
	if (!S_ISDIR(node->vn.type))
		return;
	node->u.dir.parent = NULL;
	dir->nlink--;
}

void
memfs_dir_add(
    struct memfs_node *dir, struct memfs_entry *e, struct memfs_node *node)
{
	e->dir = dir;
	e->node = node;
	memfs_table_add(&memfs_of(&dir->vn)->table, e);
	memfs_order_append(&dir->u.dir.order, e);
	dir->u.dir.count++;
	adopt(dir, node);
	memfs_time_modified(dir);
}

void
memfs_dir_remove(struct memfs_entry *e)
{
	struct memfs_node *dir = e->dir;

	memfs_table_remove(&memfs_of(&dir->vn)->table, e);
	memfs_order_remove(&dir->u.dir.order, e);
	dir->u.dir.count--;
	disown(dir, e->node);
	memfs_time_modified(dir);
}

struct memfs_node *
memfs_dir_replace(struct memfs_entry *e, struct memfs_node *node)
{
	struct memfs_node *old = e->node;

	disown(e->dir, old);
	e->node = node;
	adopt(e->dir, node);
	memfs_time_modified(e->dir);
	return old;
}

struct memfs_entry *
memfs_dir_find(const struct vop *op, const struct memfs_node *dir,
    struct vname name, int *rc)
{
	struct memfs_entry *e;

	if ((*rc = memfs_node_access(op, dir, X_OK)) != 0)
		return NULL;
	e = memfs_table_find(&memfs_of(&dir->vn)->table, dir, name);
	if (e == NULL)
		*rc = -ENOENT;
	return e;
}

/*
 * Take all names away below root, for good.  The way back up is in the
 * directories themselves: a tree may be deeper than our stack.
 */
void
memfs_dir_empty(struct memfs *fs, struct memfs_node *root)
{
	struct memfs_node *dir = root, *child;
	struct memfs_entry *e;

	while (dir != root || dir->u.dir.count > 0) {
		e = TAILQ_FIRST(&dir->u.dir.order.list);
		if (e == NULL) {
			dir = dir->u.dir.parent;
			e = TAILQ_FIRST(&dir->u.dir.order.list);
		}
		child = e->node;
		if (S_ISDIR(child->vn.type) && child->u.dir.count > 0) {
			dir = child;
			continue;
		}
		memfs_dir_remove(e);
		memfs_dir_free_entry(fs, e);
		memfs_name_drop(child);
		vnode_put(&child->vn);
	}
	root->nlink = 0;
}

int
memfs_dir_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out)
{
	struct memfs *fs = memfs_of(dir);
	struct memfs_entry *e;
	int rc;

	pthread_rwlock_rdlock(&fs->lock);
	e = memfs_dir_find(op, memfs_node_of(dir), name, &rc);
	if (e != NULL)
		*out = vnode_get(&e->node->vn);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

int
memfs_dir_parent(struct vop *op, struct vnode *dir, struct vnode **out)
{
	const struct memfs_node *node = memfs_node_of(dir);
	struct memfs *fs = memfs_of(dir);
	int rc = -ENOENT;

	pthread_rwlock_rdlock(&fs->lock);
	if (node->nlink != 0)
		rc = memfs_node_access(op, node, X_OK);
	if (rc == 0)
		*out = vnode_get(&node->u.dir.parent->vn);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

static void
describe(struct vdirent *d, const struct memfs_node *node, uint64_t cookie,
    struct vname name)
{
	d->path = node->vn.path;
	d->version =
	    atomic_load_explicit(&node->vn.version, memory_order_relaxed);
	d->type = node->vn.type;
	d->cookie = cookie;
	d->name = name;
}

/* "." and "..", cookies 1 and 2.  False: there is no room. */
static bool
emit_dots(
    const struct memfs_node *dir, uint64_t cookie, vfs_emit *emit, void *ctx)
{
	struct vdirent dots[2];

	describe(&dots[0], dir, 1, (struct vname){ ".", 1 });
	describe(&dots[1], dir->u.dir.parent, 2, (struct vname){ "..", 2 });
	for (; cookie < 2; cookie++)
		if (!emit(ctx, &dots[cookie]))
			return false;
	return true;
}

static void
emit_entries(
    const struct memfs_order *order, uint64_t cookie, vfs_emit *emit, void *ctx)
{
	struct memfs_entry *e = memfs_order_after(order, cookie);
	struct vdirent d;

	for (; e != NULL; e = TAILQ_NEXT(e, link)) {
		describe(
		    &d, e->node, e->cookie, (struct vname){ e->name, e->len });
		if (!emit(ctx, &d))
			break;
	}
}

int
memfs_dir_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx)
{
	struct memfs_node *dir = memfs_node_of(file->vn);
	struct memfs *fs = memfs_of(file->vn);

	(void)op;
	pthread_rwlock_rdlock(&fs->lock);
	if (dir->nlink != 0 && emit_dots(dir, cookie, emit, ctx))
		emit_entries(&dir->u.dir.order, cookie, emit, ctx);
	if (!(file->flags & O_NOATIME))
		memfs_time_was_read(dir);
	pthread_rwlock_unlock(&fs->lock);
	return 0;
}
