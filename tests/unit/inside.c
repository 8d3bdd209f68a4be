/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * inside.c -- see inside.h.
 */

#include <stdio.h>

#include "inside.h"

bool
is_host(const struct fixture *fx)
{
	return !fx->root->fs->volatile_tree;
}

static struct vfs_fs *
another(const struct fixture *fx)
{
	const struct memfs_config cfg = { .mode = 0777 };
	struct vfs_fs *fs;

	assert_int_equal(memfs_new(fx->vfs, &cfg, &fs), 0);
	return fs;
}

void
mount_at(const struct fixture *fx, const char *key)
{
	assert_int_equal(vfs_mount(fx->vfs, key, another(fx)), 0);
}

void
refuse(const struct fixture *fx, const char *key, int rc)
{
	struct vfs_fs *fs = another(fx);

	assert_int_equal(vfs_mount(fx->vfs, key, fs), rc);
	vfs_fs_free(fs);
}

int
mount_file(const struct fixture *fx, const char *key)
{
	struct etfs_config cfg = { .path = "/proc/self/exe", .readonly = true };
	struct etfs_why why;
	struct vfs_fs *fs;
	int rc;

	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), 0);
	if ((rc = vfs_mount(fx->vfs, key, fs)) != 0)
		vfs_fs_free(fs);
	return rc;
}

struct vnode *
make_public_dir(struct fixture *fx, struct vnode *dir, const char *name)
{
	struct vnode *vn;

	assert_int_equal(do_mkdir(&fx->self, dir, name, 0777, &vn), 0);
	return vn;
}

struct vnode *
make_b(struct fixture *fx)
{
	struct vnode *b = make_public_dir(fx, fx->root, "b");
	char name[16];
	int i;

	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(do_touch(&fx->self, b, name, 0644, NULL), 0);
	}
	return b;
}
