/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_mount_file.c -- a file system that is a single file, at a key.
 */

#include "image_fixture.h"
#include "vfs_fs.h"

static struct vnode *
mounted(struct fixture *fx)
{
	host_file(fx, "f", "on the host");
	return image_at(fx, "/a/f", "f", CFG(0));
}

static void
a_walk_and_a_listing_find_the_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = mounted(fx), *a = walk(fx, "a"), *again, *none;

	again = walk(fx, "a/f");
	assert_ptr_equal(again, f);
	assert_true(S_ISREG(vnode_qid(f).type));
	assert_int_equal(do_count(&fx->self, a), 1);
	assert_int_equal(do_walk(&fx->self, a, "f/x", &none), -ENOTDIR);
	assert_int_equal(do_walk(&fx->self, a, "f/..", &none), -ENOTDIR);
	assert_int_equal(do_compare(&fx->self, f, 0, "on the host", 11), 11);
	vnode_put(again);
	vnode_put(a);
	vnode_put(f);
}

struct seen {
	struct vdirent entry;
	int times;
};

static bool
look(void *ctx, const struct vdirent *entry)
{
	struct seen *seen = ctx;

	if (vname_is(entry->name, "f")) {
		seen->entry = *entry;
		seen->times++;
	}
	return true;
}

static void
an_entry_tells_of_the_file_that_is_mounted(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = mounted(fx), *a = walk(fx, "a");
	struct seen seen = { .times = 0 };
	struct vfile dir;

	assert_int_equal(do_open(&fx->self, a, O_RDONLY, &dir), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &dir, 0, fx->root, look, &seen), 0);
	assert_int_equal(seen.times, 1);
	assert_int_equal(seen.entry.path, vnode_qid(f).path);
	assert_int_equal(seen.entry.type, S_IFREG);
	assert_int_equal(do_close(&fx->self, &dir), 0);
	vnode_put(a);
	vnode_put(f);
}

/* A client that does not know yet that the name is there. */
static void
to_create_the_name_opens_the_file(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *f = mounted(fx), *a = walk(fx, "a");
	struct vfile file;

	assert_int_equal(do_create(me, a, "f", O_RDWR, 0600, &file), 0);
	assert_ptr_equal(file.vn, f);
	assert_true(vnode_is_open(f));
	assert_int_equal(do_write(me, &file, 0, "ON", 2), 2);
	assert_int_equal(do_close(me, &file), 0);
	assert_false(vnode_is_open(f));
	assert_true(image_peek(fx, "f", 0, "ON the host"));
	assert_int_equal(
	    do_create(me, a, "f", O_RDWR | O_EXCL, 0600, &file), -EEXIST);
	assert_int_equal(
	    do_create(me, a, "f", O_WRONLY | O_TRUNC, 0600, &file), 0);
	assert_int_equal(do_close(me, &file), 0);
	assert_int_equal(image_host_size(fx, "f"), 0);
	assert_int_equal(do_create(me, a, "g", O_RDWR, 0600, &file), 0);
	assert_true(file.vn->fs == a->fs);
	assert_int_equal(do_close(me, &file), 0);
	vnode_put(a);
	vnode_put(f);
}

static void
a_failed_open_in_place_of_create_leaves_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a;
	struct vfile file;
	struct vnode *f;

	host_file(fx, "f", "text");
	f = image_at(fx, "/a/f", "f", CFG(.readonly = true));
	a = walk(fx, "a");
	assert_int_equal(
	    do_create(&fx->self, a, "f", O_RDWR, 0600, &file), -EROFS);
	assert_int_equal(
	    do_create(&fx->self, a, "f", O_ACCMODE, 0600, &file), -EINVAL);
	assert_int_equal(
	    do_create(&fx->self, a, "f", O_RDONLY, 0600, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(f);
	host_file(fx, "g", "text");
	assert_int_equal(chmod(on_host(fx, "g"), 0600), 0);
	f = image_at(fx, "/a/g", "g", CFG(.identity = ETFS_CLIENT));
	assert_int_equal(
	    do_create(&fx->user, a, "g", O_RDONLY, 0600, &file), -EACCES);
	assert_int_equal(atomic_load(&f->refs), 2); /* ours; fs */
	vnode_put(f);
	vnode_put(a);
}

static void
a_mounted_directory_is_not_created_over(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	assert_int_equal(
	    image_mount(fx, "/d", fx->dir, CFG(.type = ETFS_TREE)), 0);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "d", O_RDONLY, 0600, &file),
	    -EISDIR);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "d", O_RDWR, 0600, &file), -EISDIR);
}

/* Who may not search the directory does not get at what is mounted in it. */
static void
to_create_needs_the_way_there(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = mounted(fx), *a = walk(fx, "a");
	struct vfile file;

	assert_int_equal(do_chmod(&fx->self, a, 0600), 0);
	assert_int_equal(
	    do_create(&fx->other, a, "f", O_RDONLY, 0600, &file), -EACCES);
	vnode_put(a);
	vnode_put(f);
}

static void
its_name_is_neither_removed_nor_replaced(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *f = mounted(fx), *a = walk(fx, "a");

	assert_int_equal(do_unlink(me, a, "f"), -EBUSY);
	assert_int_equal(do_rmdir(me, a, "f"), -ENOTDIR);
	assert_int_equal(do_rename(me, a, "f", a, "g"), -EBUSY);
	assert_int_equal(do_rename(me, fx->root, "a", fx->root, "b"), -EBUSY);
	assert_int_equal(do_touch(me, a, "x", 0644, NULL), 0);
	assert_int_equal(do_rename(me, a, "x", a, "f"), -EBUSY);
	assert_int_equal(do_link(me, a, f, "h"), -EXDEV);
	assert_int_equal(do_mkdir(me, a, "f", 0755, NULL), -EEXIST);
	assert_int_equal(do_touch(me, a, "f", 0644, NULL), -EEXIST);
	assert_int_equal(do_symlink(me, a, "f", "x", NULL), -EEXIST);
	vnode_put(a);
	vnode_put(f);
}

static void
a_file_lies_where_nothing_is_hidden(void **state)
{
	struct fixture *fx = *state;
	struct vnode *full;
	struct vfile file;

	host_file(fx, "f", "text");
	host_file(fx, "g", "text");
	assert_int_equal(
	    do_create(&fx->self, fx->root, "full", O_RDWR, 0600, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0755, &full), 0);
	vnode_put(full);
	assert_int_equal(image_mount(fx, "/full", "f", CFG(0)), -EEXIST);
	assert_int_equal(image_mount(fx, "/d", "f", CFG(0)), -EEXIST);
	assert_int_equal(image_mount(fx, "/", "f", CFG(0)), -EEXIST);
	assert_int_equal(image_mount(fx, "/k", "f", CFG(0)), 0);
	assert_int_equal(image_mount(fx, "/k", "g", CFG(0)), -EEXIST);
	assert_int_equal(image_mount(fx, "/k/x", "g", CFG(0)), -ENOTDIR);
}

static void
a_file_is_no_root(void **state)
{
	struct fixture *fx = *state;
	struct etfs_config cfg = CFG(0);
	struct etfs_why why;
	struct vfs_fs *fs;
	struct vfs *vfs;

	host_file(fx, "f", "text");
	cfg.path = on_host(fx, "f");
	assert_int_equal(vfs_new(&vfs), 0);
	assert_int_equal(etfs_new(vfs, &cfg, &fs, &why), 0);
	assert_int_equal(vfs_mount(vfs, "/", fs), -ENOTDIR);
	vfs_fs_free(fs);
	vfs_free(vfs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(a_walk_and_a_listing_find_the_file),
		IMAGE_ON_DISK(an_entry_tells_of_the_file_that_is_mounted),
		IMAGE_ON_BOTH(to_create_the_name_opens_the_file),
		IMAGE_ON_BOTH(a_failed_open_in_place_of_create_leaves_nothing),
		IMAGE_ON_DISK(a_mounted_directory_is_not_created_over),
		IMAGE_ON_DISK(to_create_needs_the_way_there),
		IMAGE_ON_DISK(its_name_is_neither_removed_nor_replaced),
		IMAGE_ON_DISK(a_file_lies_where_nothing_is_hidden),
		IMAGE_ON_DISK(a_file_is_no_root),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
