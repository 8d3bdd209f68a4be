/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_way.c -- the way to a mount: found, made where there is none, and kept.
 *
 * Directories on the way are pinned.  A step pins first and then looks whether
 * the name still leads there: who takes a name away looks for pins, so that
 * what is there afterwards stays.  (In memory, that is.  On the host somebody
 * else may do as he likes: a mount is where its directory is, whatever has
 * become of that.)
 *
 * What is missing is made in a file system in memory.  One of the host is left
 * as it is: there the first missing name becomes a mount of its own, a filler,
 * which is some memory that nobody can write to and holds the rest.  All that
 * was made goes when nothing leads through it any more.
 *
 * It is the server that goes here, and is refused nothing; what it makes
 * belongs to its user.  Threads: any, and it may take its time.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memfs.h"
#include "vfs_internal.h"

#define TRIES 8 /* while somebody makes and removes the name */

static void
server_op(struct vop *op, struct vnode *vn)
{
	vop_init(op, NULL, NULL);
	op->cred = vn->fs->vfs->server;
	op->may_block = true;
	op->vn = vn;
}

static struct vnode *
last_of(const struct vmount *m)
{
	return m->way[m->nway - 1];
}

/* The name behind what has been reached. */
static struct vname
next_name(const struct vmount *m)
{
	struct vname name = { m->key + m->reached + 1, 0 };

	name.len = strcspn(name.s, "/");
	return name;
}

/* Takes the reference. */
static void
append(struct vmount *m, struct vnode *dir)
{
	atomic_fetch_add(&dir->pinned, 1);
	m->way[m->nway++] = dir;
}

/* A directory that was made for keys goes, unless somebody has put it to use. */
static void
unmake(struct vnode *parent, struct vname name, struct vnode *dir)
{
	struct vop op;

	server_op(&op, parent);
	if (parent->fs->ops->unlink(&op, parent, name, true, dir) == -ENOTEMPTY)
		atomic_store(&dir->made, false);
}

static void
leave_last(struct vmount *m)
{
	struct vnode *dir = m->way[--m->nway];
	const char *slash = memrchr(m->key, '/', m->reached);
	struct vname name;

	if (atomic_fetch_sub(&dir->pinned, 1) == 1 && atomic_load(&dir->made)) {
		name.s = slash + 1;
		name.len = (size_t)(m->key + m->reached - name.s);
		unmake(m->way[m->nway - 1], name, dir);
	}
	if (slash != NULL)
		m->reached = (size_t)(slash - m->key);
	vnode_put(dir);
}

/*
 * A filler that nothing leads through any more goes.  Its own way is in a file
 * system that is none.
 */
static void
drop_filler(struct vfs *vfs, struct vfs_fs *fs)
{
	struct vmount *m = vmount_take_filler(vfs, fs);

	if (m == NULL)
		return;
	while (m->nway > 0)
		leave_last(m);
	vmount_free(m);
	vfs_fs_free(fs);
}

void
vway_leave(struct vfs *vfs, struct vmount *m)
{
	struct vnode *first;

	if (m->nway == 0)
		return;
	first = vnode_get(m->way[0]);
	while (m->nway > 0)
		leave_last(m);
	drop_filler(vfs, first->fs);
	vnode_put(first);
}

/* What a walk finds. */
static int
look(struct vnode *dir, struct vname name, struct vnode **out)
{
	struct vop op;

	if ((*out = vmount_find(dir, name)) != NULL)
		return 0;
	server_op(&op, dir);
	return dir->fs->ops->lookup(&op, dir, name, out);
}

static bool
is_there(struct vnode *dir, struct vname name, const struct vnode *vn)
{
	struct vnode *now;

	if (look(dir, name, &now) != 0)
		return false;
	vnode_put(now);
	return now == vn;
}

static void
make_ours(struct vnode *dir)
{
	const struct vsetattr sa = {
		.mask = VSET_UID | VSET_GID, .uid = geteuid(), .gid = getegid()
	};
	struct vop op;

	server_op(&op, dir);
	(void)dir->fs->ops->setattr(&op, dir, NULL, &sa);
}

static int
make_dir(struct vnode *parent, struct vname name)
{
	struct vnode *dir;
	struct vop op;
	int rc;

	server_op(&op, parent);
	rc = parent->fs->ops->mkdir(&op, parent, name, 0755, VFS_NOID, &dir);
	if (rc != 0)
		return rc;
	atomic_store(&dir->made, true);
	make_ours(dir);
	vnode_put(dir);
	return 0;
}

/* A mount of fs, by the name behind what m has reached, with m's way. */
static int
new_filler(const struct vmount *m, struct vname name, struct vfs_fs *fs,
    struct vmount **out)
{
	char *key = strndup(m->key, (size_t)(name.s + name.len - m->key));
	size_t i;
	int rc;

	if (key == NULL)
		return -ENOMEM;
	rc = vmount_new(fs, key, out);
	free(key);
	if (rc != 0)
		return rc;
	(*out)->filler = (*out)->adds_dir = true;
	(*out)->reached = m->reached;
	for (i = 0; i < m->nway; i++)
		append(*out, vnode_get(m->way[i]));
	(*out)->dir = last_of(*out);
	return 0;
}

static int
make_filler(struct vfs *vfs, const struct vmount *m, struct vname name)
{
	const struct memfs_config cfg = {
		.mode = 0755, .uid = geteuid(), .gid = getegid(), .few = true
	};
	struct vmount *filler;
	struct vfs_fs *fs;
	int rc;

	if ((rc = memfs_new(vfs, &cfg, &fs)) != 0)
		return rc;
	fs->readonly = true;
	if ((rc = new_filler(m, name, fs, &filler)) != 0)
		goto free_fs;
	if ((rc = vmount_attach(vfs, filler)) == 0)
		return 0;

	vway_leave(vfs, filler);
	vmount_free(filler);
free_fs:
	vfs_fs_free(fs);
	return rc;
}

/* That somebody was faster is as good. */
static int
make(struct vfs *vfs, const struct vmount *m, struct vname name)
{
	struct vnode *dir = last_of(m);
	int rc;

	rc = dir->fs->volatile_tree ? make_dir(dir, name)
				    : make_filler(vfs, m, name);
	return rc == -EEXIST ? 0 : rc;
}

/* Go on to dir, which is pinned, by name.  The way begins anew in another fs. */
static void
enter(struct vfs *vfs, struct vmount *m, struct vname name, struct vnode *dir)
{
	size_t reached = m->reached + 1 + name.len;

	if (dir->fs != last_of(m)->fs)
		vway_leave(vfs, m);
	m->way[m->nway++] = dir;
	m->reached = reached;
}

/* Pin dir, and enter it if name still leads there. */
static bool
try_enter(
    struct vfs *vfs, struct vmount *m, struct vname name, struct vnode *dir)
{
	atomic_fetch_add(&dir->pinned, 1);
	if (is_there(last_of(m), name, dir)) {
		enter(vfs, m, name, dir);
		return true;
	}
	atomic_fetch_sub(&dir->pinned, 1);
	vnode_put(dir);
	return false;
}

static int
step(struct vfs *vfs, struct vmount *m, struct vname name)
{
	struct vnode *vn;
	int i, rc;

	for (i = 0; i < TRIES; i++) {
		rc = look(last_of(m), name, &vn);
		if (rc == -ENOENT && (rc = make(vfs, m, name)) == 0)
			continue;
		if (rc != 0)
			return rc;
		if (!vnode_is_dir(vn)) {
			vnode_put(vn);
			return -ENOTDIR;
		}
		if (try_enter(vfs, m, name, vn))
			return 0;
	}
	return -EBUSY;
}

static bool
count_entry(void *ctx, const struct vdirent *entry)
{
	size_t *n = ctx;

	*n += !vname_is_dots(entry->name);
	return *n == 0;
}

static int
count_entries(struct vnode *dir, size_t *n)
{
	const struct vfs_ops *ops = dir->fs->ops;
	struct vfile file = { .fd = -1 };
	struct vop op;
	int rc;

	server_op(&op, dir);
	rc = ops->open(&op, dir, NULL, (struct vname){ 0 }, O_RDONLY, &file);
	if (rc != 0)
		return rc;
	file.vn = dir;
	file.flags = O_RDONLY;
	*n = 0;
	rc = ops->readdir(&op, &file, 0, count_entry, n);
	if (ops->close != NULL)
		(void)ops->close(&op, &file);
	return rc;
}

/* 0 if vn, which is to be covered by something of the type, is empty. */
static int
check_empty(struct vnode *vn, mode_t type)
{
	struct vattr attr;
	struct vop op;
	size_t n;
	int rc;

	if (vn->type != type)
		return S_ISDIR(type) ? -ENOTDIR : -EEXIST;
	if (S_ISDIR(type)) {
		if (atomic_load(&vn->pinned) != 0)
			return -EEXIST; /* something is attached there */
		rc = count_entries(vn, &n);
		return rc == 0 && n > 0 ? -EEXIST : rc;
	}
	server_op(&op, vn);
	rc = vn->fs->ops->getattr(&op, vn, &attr);
	return rc == 0 && attr.size > 0 ? -EEXIST : rc;
}

static int
check_hides_nothing(struct vmount *m)
{
	mode_t type = m->fs->root->type;
	struct vnode *vn;
	int rc;

	rc = look(m->dir, m->name, &vn);
	if (rc == -ENOENT) {
		m->adds_dir = S_ISDIR(type);
		return 0;
	}
	if (rc != 0)
		return rc;
	rc = vn->fs != m->dir->fs ? -EEXIST : check_empty(vn, type);
	vnode_put(vn);
	return rc;
}

int
vway_find(struct vfs *vfs, struct vmount *m)
{
	struct vname name;
	int rc;

	append(m, vfs_root(vfs));
	while ((name = next_name(m)).s != m->name.s)
		if ((rc = step(vfs, m, name)) != 0)
			return rc;
	m->dir = last_of(m);
	return check_hides_nothing(m);
}
