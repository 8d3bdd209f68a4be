/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_mount.c -- where file systems sit, and what that hides from nobody.
 */

#include "etfs.h"
#include "fixture.h"
#include "vfs_fs.h"

static struct vfs_fs *
another_memfs(const struct fixture *fx)
{
	const struct memfs_config cfg = { .mode = 0777 };
	struct vfs_fs *fs;

	assert_int_equal(memfs_new(fx->vfs, &cfg, &fs), 0);
	return fs;
}

static struct vfs_fs *
host_tree(const struct fixture *fx)
{
	const struct etfs_config cfg = { .path = fx->dir };
	struct etfs_why why;
	struct vfs_fs *fs;

	assert_int_equal(etfs_new(fx->vfs, &cfg, &fs, &why), 0);
	return fs;
}

static void
mount_memfs_at(const struct fixture *fx, const char *key)
{
	assert_int_equal(vfs_mount(fx->vfs, key, another_memfs(fx)), 0);
}

static void
refuse_mount(const struct fixture *fx, const char *key, int rc)
{
	struct vfs_fs *fs = another_memfs(fx);

	assert_int_equal(vfs_mount(fx->vfs, key, fs), rc);
	vfs_fs_free(fs);
}

static struct vnode *
walk_to(const struct fixture *fx, const char *path)
{
	struct vnode *vn;

	assert_int_equal(do_walk(&fx->self, fx->root, path, &vn), 0);
	return vn;
}

static void
directories_on_the_way_to_a_key_appear(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a, *c;

	mount_memfs_at(fx, "/a/b/c");
	a = walk_to(fx, "a");
	c = walk_to(fx, "a/b/c");
	assert_int_equal(do_count(&fx->self, fx->root), 1);
	assert_int_equal(do_count(&fx->self, a), 1);
	assert_int_equal(do_count(&fx->self, c), 0);
	assert_int_equal(do_touch(&fx->self, c, "x", 0644, NULL), 0);
	vnode_put(a);
	vnode_put(c);
}

static void
dot_dot_leads_out_of_a_mount(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b, *back;

	mount_memfs_at(fx, "/a/b/c");
	b = walk_to(fx, "a/b");
	back = walk_to(fx, "a/b/c/..");
	assert_ptr_equal(back, b);
	vnode_put(b);
	vnode_put(back);
}

/* What a listing says of the entry called name. */
struct seen {
	const char *name;
	struct vdirent entry;
	int times;
};

static bool
look(void *ctx, const struct vdirent *entry)
{
	struct seen *seen = ctx;

	if (vname_is(entry->name, seen->name)) {
		seen->entry = *entry;
		seen->times++;
	}
	return true;
}

static void
see(const struct fixture *fx, const char *dir, struct seen *seen)
{
	struct vnode *vn = walk_to(fx, dir);
	struct vfile file = { 0 };

	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &file, 0, fx->root, look, seen), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static void
a_listing_shows_what_a_walk_finds(void **state)
{
	struct fixture *fx = *state;
	struct seen at = { .name = "host" }, up = { .name = ".." },
		    here = { .name = "." };
	struct vnode *host, *a;

	assert_int_equal(vfs_mount(fx->vfs, "/a/host", host_tree(fx)), 0);
	host = walk_to(fx, "a/host");
	a = walk_to(fx, "a");
	see(fx, "a", &at);
	assert_int_equal(at.times, 1);
	assert_int_equal(at.entry.path, vnode_qid(host).path);
	assert_true(S_ISDIR(at.entry.type));
	see(fx, "a/host", &up);
	assert_int_equal(up.times, 1);
	assert_int_equal(up.entry.path, vnode_qid(a).path);
	see(fx, "a/host", &here);
	assert_int_equal(here.entry.path, vnode_qid(host).path);
	vnode_put(host);
	vnode_put(a);
}

static void
the_way_to_a_mount_point_cannot_be_taken_away(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a;

	mount_memfs_at(fx, "/a/b");
	a = walk_to(fx, "a");
	assert_int_equal(do_rmdir(&fx->self, a, "b"), -EBUSY);
	assert_int_equal(do_rename(&fx->self, a, "b", a, "c"), -EBUSY);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "a", fx->root, "c"), -EBUSY);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0755, NULL), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "d", a, "b"), -EBUSY);
	vnode_put(a);
}

static void
a_key_must_be_an_absolute_path_without_dots(void **state)
{
	struct fixture *fx = *state;

	refuse_mount(fx, "a", -EINVAL);
	refuse_mount(fx, "", -EINVAL);
	refuse_mount(fx, "/a/../b", -EINVAL);
	refuse_mount(fx, "/./a", -EINVAL);
}

static void
a_mount_hides_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vnode *full;

	mount_memfs_at(fx, "/a/b");
	refuse_mount(fx, "/", -EEXIST);
	refuse_mount(fx, "/a", -EEXIST);
	refuse_mount(fx, "/a/b", -EEXIST);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "full", 0777, &full), 0);
	assert_int_equal(do_touch(&fx->self, full, "x", 0644, NULL), 0);
	refuse_mount(fx, "/full", -EEXIST);
	refuse_mount(fx, "/full/x", -ENOTDIR);
	refuse_mount(fx, "/full/x/y", -ENOTDIR);
	vnode_put(full);
}

static void
keys_may_share_their_way_and_nest_in_memory(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	mount_memfs_at(fx, "/a/b");
	mount_memfs_at(fx, "//a//c/");
	mount_memfs_at(fx, "/a/b/deep");
	vn = walk_to(fx, "a/b/deep/../../c");
	assert_int_equal(do_touch(&fx->self, vn, "x", 0644, NULL), 0);
	vnode_put(vn);
}

static void
links_and_renames_do_not_cross_mounts(void **state)
{
	struct fixture *fx = *state;
	struct vnode *m, *f;

	mount_memfs_at(fx, "/m");
	m = walk_to(fx, "m");
	assert_int_equal(do_touch(&fx->self, fx->root, "f", 0644, &f), 0);
	assert_int_equal(do_link(&fx->self, m, f, "g"), -EXDEV);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", m, "g"), -EXDEV);
	vnode_put(m);
	vnode_put(f);
}

static void
nothing_changes_below_a_read_only_mount(void **state)
{
	struct fixture *fx = *state;
	struct vfs_fs *fs = another_memfs(fx);
	struct vsetattr sa = { .mask = VSET_MODE, .mode = 0700 };
	struct vfile file;
	struct vnode *m;

	fs->readonly = true;
	assert_int_equal(vfs_mount(fx->vfs, "/m", fs), 0);
	m = walk_to(fx, "m");
	assert_int_equal(do_mkdir(&fx->self, m, "x", 0755, NULL), -EROFS);
	assert_int_equal(
	    do_create(&fx->self, m, "x", O_RDWR, 0644, &file), -EROFS);
	assert_int_equal(do_symlink(&fx->self, m, "x", "y", NULL), -EROFS);
	assert_int_equal(do_unlink(&fx->self, m, "x"), -EROFS);
	assert_int_equal(do_rename(&fx->self, m, "x", m, "y"), -EROFS);
	assert_int_equal(do_setattr(&fx->self, m, NULL, &sa), -EROFS);
	assert_int_equal(
	    do_setxattr(&fx->self, m, "user.x", "y", 1, 0), -EROFS);
	assert_int_equal(do_removexattr(&fx->self, m, "user.x"), -EROFS);
	vnode_put(m);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(directories_on_the_way_to_a_key_appear),
		T(dot_dot_leads_out_of_a_mount),
		T(a_listing_shows_what_a_walk_finds),
		T(the_way_to_a_mount_point_cannot_be_taken_away),
		T(a_key_must_be_an_absolute_path_without_dots),
		T(a_mount_hides_nothing),
		T(keys_may_share_their_way_and_nest_in_memory),
		T(links_and_renames_do_not_cross_mounts),
		T(nothing_changes_below_a_read_only_mount),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
