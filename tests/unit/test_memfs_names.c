/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_names.c -- making, linking, renaming and removing files in memfs.
 */

#include <sys/sysmacros.h>

#include "fixture.h"
#include "memfs_internal.h"

static uint64_t
nlink_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr.nlink;
}

/* The file that path names, for comparing; NULL if there is none. */
static const struct vnode *
at(const struct fixture *fx, const char *path)
{
	struct vnode *vn = NULL;

	if (do_walk(&fx->self, fx->root, path, &vn) != 0)
		return NULL;
	vnode_put(vn); /* its name keeps it */
	return vn;
}

static struct vnode *
make_dir(const struct fixture *fx, struct vnode *dir, const char *name)
{
	struct vnode *vn;

	assert_int_equal(do_mkdir(&fx->self, dir, name, 0755, &vn), 0);
	return vn;
}

static struct vnode *
make_file(const struct fixture *fx, struct vnode *dir, const char *name)
{
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->self, dir, name, 0644, &vn), 0);
	return vn;
}

static void
every_kind_of_file_can_be_made(void **state)
{
	static const mode_t types[] = { S_IFREG, S_IFIFO, S_IFSOCK, S_IFCHR,
		S_IFBLK };
	struct fixture *fx = *state;
	struct vattr attr;
	struct vnode *vn;
	char name[2] = "a";
	size_t i;

	for (i = 0; i < 5; i++, name[0]++) {
		assert_int_equal(do_mknod(&fx->self, fx->root, name,
				     types[i] | 0640, makedev(1, 3), &vn),
		    0);
		assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
		assert_int_equal(attr.mode, types[i] | 0640);
		assert_int_equal(attr.nlink, 1);
		assert_int_equal(attr.rdev,
		    S_ISCHR(types[i]) || S_ISBLK(types[i]) ? makedev(1, 3) : 0);
		vnode_put(vn);
	}
}

static void
device_nodes_are_made_by_root_only(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(do_mknod(&fx->user, fx->root, "c", S_IFCHR | 0600,
			     makedev(1, 3), NULL),
	    -EPERM);
	assert_int_equal(do_mknod(&fx->user, fx->root, "b", S_IFBLK | 0600,
			     makedev(8, 0), NULL),
	    -EPERM);
	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "p", S_IFIFO | 0600, 0, NULL), 0);
}

static void
a_new_name_is_found_and_is_one_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, fx->root, "f");

	assert_ptr_equal(at(fx, "f"), vn);
	assert_null(at(fx, "F"));
	assert_null(at(fx, "ff"));
	vnode_put(vn);
}

static void
the_same_name_in_two_directories_is_two_files(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a = make_dir(fx, fx->root, "a");
	struct vnode *b = make_dir(fx, fx->root, "b");
	struct vnode *in_a = make_file(fx, a, "f"),
		     *in_b = make_file(fx, b, "f");

	assert_ptr_equal(at(fx, "a/f"), in_a);
	assert_ptr_equal(at(fx, "b/f"), in_b);
	assert_int_not_equal(vnode_qid(in_a).path, vnode_qid(in_b).path);
	vnode_put(in_a);
	vnode_put(in_b);
	vnode_put(a);
	vnode_put(b);
}

static void
names_may_be_255_bytes_of_anything(void **state)
{
	struct fixture *fx = *state;
	char name[257];
	int i;

	for (i = 0; i < 256; i++)
		name[i] = (char)(i == 0 || i == '/' ? 'x' : i);
	name[256] = '\0';
	assert_int_equal(
	    do_touch(&fx->self, fx->root, name, 0644, NULL), -ENAMETOOLONG);
	assert_int_equal(
	    do_touch(&fx->self, fx->root, name + 1, 0644, NULL), 0);
	assert_non_null(at(fx, name + 1));
	assert_int_equal(do_unlink(&fx->self, fx->root, name + 1), 0);
	assert_null(at(fx, name + 1));
}

static void
an_existing_name_is_not_made_again(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, fx->root, "f");
	struct vfile file;

	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, "f", 0755, NULL), -EEXIST);
	assert_int_equal(
	    do_mknod(&fx->self, fx->root, "f", S_IFIFO | 0600, 0, NULL),
	    -EEXIST);
	assert_int_equal(
	    do_symlink(&fx->self, fx->root, "f", "x", NULL), -EEXIST);
	assert_int_equal(do_link(&fx->self, fx->root, vn, "f"), -EEXIST);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR | O_EXCL, 0600, &file),
	    -EEXIST);
	assert_ptr_equal(at(fx, "f"), vn);
	vnode_put(vn);
}

static void
create_without_excl_opens_what_is_there(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, fx->root, "f");
	struct vfile file;

	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0600, &file), 0);
	assert_ptr_equal(file.vn, vn);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(
	    do_create(&fx->other, fx->root, "f", O_RDWR, 0600, &file), -EACCES);
	vnode_put(vn);
}

static void
a_file_made_unreadable_is_open_to_its_maker(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	char c;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "x", 1), 1);
	assert_int_equal(do_read(&fx->user, &file, 0, &c, 1), 1);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0, &file), -EACCES);
}

static void
a_symlink_keeps_its_target_as_it_is(void **state)
{
	static const char target[] = "../no such//place/";
	struct fixture *fx = *state;
	struct vattr attr;
	struct vnode *vn;
	char buf[64];

	assert_int_equal(do_symlink(&fx->user, fx->root, "l", target, &vn), 0);
	assert_int_equal(do_readlink(&fx->other, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, target);
	assert_int_equal(do_getattr(&fx->user, vn, &attr), 0);
	assert_int_equal(attr.mode, S_IFLNK | 0777);
	assert_int_equal(attr.size, strlen(target));
	vnode_put(vn);
}

static void
a_link_is_the_same_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, fx->root, "f");

	vnode_put(make_dir(fx, fx->root, "d"));
	assert_int_equal(do_link(&fx->self, fx->root, vn, "g"), 0);
	assert_ptr_equal(at(fx, "g"), vn);
	assert_int_equal(nlink_of(fx, vn), 2);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(nlink_of(fx, vn), 1);
	assert_ptr_equal(at(fx, "g"), vn);
	vnode_put(vn);
}

static void
directories_are_not_linked_and_the_gone_stay_gone(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");
	struct vnode *f = make_file(fx, fx->root, "f");

	assert_int_equal(do_link(&fx->self, fx->root, d, "e"), -EPERM);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_link(&fx->self, fx->root, f, "g"), -ENOENT);
	vnode_put(d);
	vnode_put(f);
}

/* Nobody makes four billion links for a test. */
static void
the_count_of_links_does_not_wrap(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vnode *a = make_dir(fx, fx->root, "a");

	vnode_put(make_dir(fx, fx->root, "b"));
	memfs_node_of(f)->nlink = MEMFS_LINK_MAX;
	memfs_node_of(a)->nlink = MEMFS_LINK_MAX;
	assert_int_equal(do_link(&fx->self, fx->root, f, "g"), -EMLINK);
	assert_int_equal(do_mkdir(&fx->self, a, "d", 0755, NULL), -EMLINK);
	assert_int_equal(do_rename(&fx->self, fx->root, "b", a, "b"), -EMLINK);
	assert_int_equal(do_touch(&fx->self, a, "f", 0644, NULL), 0);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_link(&fx->self, fx->root, f, "g"), 0);
	vnode_put(f);
	vnode_put(a);
}

static void
unlink_is_for_files_and_rmdir_for_directories(void **state)
{
	struct fixture *fx = *state;

	vnode_put(make_dir(fx, fx->root, "d"));
	vnode_put(make_file(fx, fx->root, "f"));
	assert_int_equal(do_unlink(&fx->self, fx->root, "d"), -EISDIR);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "f"), -ENOTDIR);
	assert_int_equal(do_unlink(&fx->self, fx->root, "x"), -ENOENT);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_count(&fx->self, fx->root), 0);
}

static void
a_directory_with_entries_is_not_removed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");

	vnode_put(make_file(fx, d, "f"));
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), -ENOTEMPTY);
	assert_int_equal(do_unlink(&fx->self, d, "f"), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	vnode_put(d);
}

static void
directories_count_their_subdirectories(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a = make_dir(fx, fx->root, "a");
	struct vnode *b = make_dir(fx, fx->root, "b");

	vnode_put(make_dir(fx, a, "x"));
	vnode_put(make_file(fx, a, "f"));
	assert_int_equal(nlink_of(fx, fx->root), 4);
	assert_int_equal(nlink_of(fx, a), 3);
	assert_int_equal(do_rename(&fx->self, a, "x", b, "y"), 0);
	assert_int_equal(nlink_of(fx, a), 2);
	assert_int_equal(nlink_of(fx, b), 3);
	assert_int_equal(do_rmdir(&fx->self, b, "y"), 0);
	assert_int_equal(nlink_of(fx, b), 2);
	vnode_put(a);
	vnode_put(b);
}

static void
an_unlinked_file_can_be_opened_again_by_its_vnode(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = make_file(fx, fx->root, "f");
	struct vfile file;

	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "x", 1), 1);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/* Its parent may be gone as well, and its memory with it. */
static void
a_removed_directory_has_no_parent(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a = make_dir(fx, fx->root, "a");
	struct vnode *b = make_dir(fx, a, "b");

	vnode_put(make_dir(fx, fx->root, "d"));
	assert_int_equal(do_rmdir(&fx->self, a, "b"), 0);
	vnode_put(a);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "a"), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "d", b, "d"), -ENOENT);
	vnode_put(b);
}

static void
dotdot_of_a_removed_directory_is_not_there(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");
	struct vname dotdot = { "..", 2 };
	struct vwalk w = {
		.root = fx->root, .from = d, .names = &dotdot, .nnames = 1
	};
	struct wait wait;

	wait_init(&wait, &fx->self);
	assert_int_equal(await(&wait, vfs_walk(&wait.op, &w)), 0);
	assert_ptr_equal(w.vn, fx->root);
	vnode_put(w.vn);
	vnode_put(w.dir);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	wait_init(&wait, &fx->self);
	assert_int_equal(await(&wait, vfs_walk(&wait.op, &w)), -ENOENT);
	vnode_put(d);
}

static void
rename_moves_a_file_and_keeps_it_the_same(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");
	struct vnode *vn = make_file(fx, fx->root, "f");

	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	assert_null(at(fx, "f"));
	assert_ptr_equal(at(fx, "g"), vn);
	assert_int_equal(do_rename(&fx->self, fx->root, "g", d, "h"), 0);
	assert_null(at(fx, "g"));
	assert_ptr_equal(at(fx, "d/h"), vn);
	assert_int_equal(nlink_of(fx, vn), 1);
	vnode_put(vn);
	vnode_put(d);
}

static void
rename_replaces_what_is_in_the_way(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vnode *g = make_file(fx, fx->root, "g");

	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	assert_ptr_equal(at(fx, "g"), f);
	assert_null(at(fx, "f"));
	assert_int_equal(nlink_of(fx, g), 0);
	assert_int_equal(nlink_of(fx, f), 1);
	vnode_put(f);
	vnode_put(g);
}

static void
rename_replaces_an_empty_directory(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a = make_dir(fx, fx->root, "a");
	struct vnode *b = make_dir(fx, fx->root, "b");

	vnode_put(make_file(fx, a, "f"));
	assert_int_equal(do_rename(&fx->self, fx->root, "a", fx->root, "b"), 0);
	assert_ptr_equal(at(fx, "b"), a);
	assert_non_null(at(fx, "b/f"));
	assert_int_equal(nlink_of(fx, b), 0);
	assert_int_equal(nlink_of(fx, fx->root), 3);
	vnode_put(a);
	vnode_put(b);
}

static void
an_expected_file_is_removed_or_renamed_and_no_other(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vnode *g = make_file(fx, fx->root, "g");
	struct wait w;

	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_unlink(&w.op, fx->root, vname_of("f"), false, g)),
	    -ENOENT);
	assert_int_equal(await(&w,
			     vfs_rename(&w.op, fx->root, vname_of("f"),
				 fx->root, vname_of("h"), g)),
	    -ENOENT);
	assert_int_equal(await(&w,
			     vfs_rename(&w.op, fx->root, vname_of("f"),
				 fx->root, vname_of("h"), f)),
	    0);
	assert_int_equal(
	    await(&w, vfs_unlink(&w.op, fx->root, vname_of("h"), false, f)), 0);
	vnode_put(f);
	vnode_put(g);
}

static void
the_way_to_a_mount_point_stays(void **state)
{
	struct memfs_config cfg = { .mode = 0755 };
	struct fixture *fx = *state;
	struct vfs_fs *fs;
	struct vnode *a;

	assert_int_equal(memfs_new(fx->vfs, &cfg, &fs), 0);
	assert_int_equal(vfs_mount(fx->vfs, "/a/b", fs), 0);
	assert_int_equal(do_walk(&fx->self, fx->root, "a", &a), 0);
	vnode_put(make_dir(fx, fx->root, "d"));
	assert_int_equal(do_rmdir(&fx->self, a, "b"), -EBUSY);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "a"), -EBUSY);
	assert_int_equal(do_rename(&fx->self, a, "b", a, "c"), -EBUSY);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "a", fx->root, "c"), -EBUSY);
	assert_int_equal(do_rename(&fx->self, fx->root, "d", a, "b"), -EBUSY);
	assert_non_null(at(fx, "a/b"));
	vnode_put(a);
}

static void
a_deep_tree_is_freed_without_a_deep_stack(void **state)
{
	struct fixture *fx = *state;
	struct vnode *dir = vnode_get(fx->root), *next;
	int i;

	for (i = 0; i < 200000; i++) {
		next = make_dir(fx, dir, "d");
		vnode_put(dir);
		dir = next;
	}
	vnode_put(make_file(fx, dir, "f"));
	vnode_put(dir);
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(every_kind_of_file_can_be_made),
		T(device_nodes_are_made_by_root_only),
		T(a_new_name_is_found_and_is_one_file),
		T(the_same_name_in_two_directories_is_two_files),
		T(names_may_be_255_bytes_of_anything),
		T(an_existing_name_is_not_made_again),
		T(create_without_excl_opens_what_is_there),
		T(a_file_made_unreadable_is_open_to_its_maker),
		T(a_symlink_keeps_its_target_as_it_is),
		T(a_link_is_the_same_file),
		T(directories_are_not_linked_and_the_gone_stay_gone),
		T(the_count_of_links_does_not_wrap),
		T(unlink_is_for_files_and_rmdir_for_directories),
		T(a_directory_with_entries_is_not_removed),
		T(directories_count_their_subdirectories),
		T(an_unlinked_file_can_be_opened_again_by_its_vnode),
		T(a_removed_directory_has_no_parent),
		T(dotdot_of_a_removed_directory_is_not_there),
		T(rename_moves_a_file_and_keeps_it_the_same),
		T(rename_replaces_what_is_in_the_way),
		T(rename_replaces_an_empty_directory),
		T(an_expected_file_is_removed_or_renamed_and_no_other),
		T(the_way_to_a_mount_point_stays),
		T(a_deep_tree_is_freed_without_a_deep_stack),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
