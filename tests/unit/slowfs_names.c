/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slowfs_names.c -- finding names, and seeming to make and take them away; see
 * slowfs.h.
 */

#include <errno.h>

#include "slowfs_internal.h"

static struct vnode *
find(struct slowfs *fs, struct vname name)
{
	size_t n = name.len == 2 ? (size_t)(name.s[1] - '0') : 0;

	if (vname_is(name, "l"))
		return &fs->nodes[THE_LINK];
	if (name.len != 2)
		return NULL;
	if (name.s[0] == 'd' && n < SLOW_DIRS)
		return &fs->nodes[FIRST_DIR + n];
	if (name.s[0] == 'f' && n < SLOW_FILES)
		return &fs->nodes[FIRST_FILE + n];
	return NULL;
}

/* Whatever is made is one of those that are there. */
static struct vnode *
made(struct slowfs *fs, struct vname name, size_t otherwise)
{
	struct vnode *vn = find(fs, name);

	return vn != NULL ? vn : &fs->nodes[otherwise];
}

static int
slow_make(struct vop *op, enum slow_kind kind, struct vname name,
    size_t otherwise, struct vnode **out)
{
	struct slowfs *fs = slowfs_of(op->vn);
	struct answer a = { .vn_out = out, .vn = made(fs, name, otherwise) };

	return slow_op(fs, op, kind, &a);
}

int
slow_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out)
{
	struct slowfs *fs = slowfs_of(dir);
	struct answer a = { .vn_out = out, .vn = find(fs, name) };

	if (a.vn == NULL)
		a.rc = -ENOENT;
	return slow_op(fs, op, SLOW_LOOKUP, &a);
}

int
slow_parent(struct vop *op, struct vnode *dir, struct vnode **out)
{
	(void)op;
	*out = dir->fs->root;
	return vnode_tryget(*out) ? 0 : -ENOENT;
}

int
slow_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vnode **out, struct vfile *file)
{
	(void)dir;
	(void)flags;
	(void)mode;
	(void)gid;
	(void)file;
	return slow_make(op, SLOW_CREATE, name, FIRST_FILE, out);
}

int
slow_mkdir(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    gid_t gid, struct vnode **out)
{
	(void)dir;
	(void)mode;
	(void)gid;
	return slow_make(op, SLOW_MKDIR, name, FIRST_DIR, out);
}

int
slow_mknod(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    dev_t rdev, gid_t gid, struct vnode **out)
{
	(void)dir;
	(void)mode;
	(void)rdev;
	(void)gid;
	return slow_make(op, SLOW_MKNOD, name, FIRST_FILE, out);
}

int
slow_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out)
{
	(void)dir;
	(void)target;
	(void)gid;
	return slow_make(op, SLOW_SYMLINK, name, THE_LINK, out);
}

int
slow_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name)
{
	(void)dir;
	(void)vn;
	(void)name;
	return slow_plain(op, SLOW_LINK);
}

int
slow_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect)
{
	(void)dir;
	(void)name;
	(void)newdir;
	(void)newname;
	(void)expect;
	return slow_plain(op, SLOW_RENAME);
}

int
slow_unlink(struct vop *op, struct vnode *dir, struct vname name, bool rmdir,
    struct vnode *expect)
{
	(void)dir;
	(void)name;
	(void)rmdir;
	(void)expect;
	return slow_plain(op, SLOW_UNLINK);
}
