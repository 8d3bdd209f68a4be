/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fs_alike_names.c -- making, linking, renaming and removing files, the
 * same in memory and on the host.
 */

#include "fs_alike.h"

static void
a_name_is_one_file_however_often_it_is_walked(void **state)
{
	struct fixture *fx = *state;
	struct vnode *made = make_file(fx, fx->root, "f"), *found;

	assert_int_equal(do_walk(&fx->self, fx->root, "f", &found), 0);
	assert_ptr_equal(found, made);
	assert_int_equal(attr_of(fx, made).path, vnode_qid(made).path);
	assert_int_equal(do_walk(&fx->self, fx->root, "x", &found), -ENOENT);
	assert_int_equal(do_walk(&fx->self, made, "x", &found), -ENOTDIR);
	vnode_put(found);
	vnode_put(made);
}

static void
bad_names_are_refused_in_the_same_words(void **state)
{
	struct fixture *fx = *state;
	char name[257];

	memset(name, 'n', 256);
	name[256] = '\0';
	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, name, 0755, NULL), -ENAMETOOLONG);
	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, "", 0755, NULL), -ENOENT);
	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, "a/b", 0755, NULL), -EINVAL);
	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, ".", 0755, NULL), -EEXIST);
	assert_int_equal(do_rmdir(&fx->self, fx->root, ".."), -ENOTEMPTY);
	assert_int_equal(do_unlink(&fx->self, fx->root, "x"), -ENOENT);
	name[255] = '\0';
	assert_int_equal(do_mkdir(&fx->self, fx->root, name, 0755, NULL), 0);
}

static void
a_file_is_made_with_mode_and_size(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f, *d;
	struct vattr attr;

	assert_int_equal(do_touch(&fx->self, fx->root, "f", 0604, &f), 0);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0711, &d), 0);
	attr = attr_of(fx, f);
	assert_int_equal(attr.mode, S_IFREG | 0604);
	assert_int_equal(attr.nlink, 1);
	assert_int_equal(attr.size, 0);
	assert_true(attr.blksize > 0);
	assert_int_not_equal(attr.version, 0);
	assert_int_equal(attr_of(fx, d).mode, S_IFDIR | 0711);
	vnode_put(f);
	vnode_put(d);
}

static void
a_directory_is_made_without_set_id_bits(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *e;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 06711, &d), 0);
	assert_int_equal(attr_of(fx, d).mode, S_IFDIR | 0711);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "e", 01777, &e), 0);
	assert_int_equal(attr_of(fx, e).mode, S_IFDIR | 01777);
	vnode_put(d);
	vnode_put(e);
}

static void
a_name_is_made_once(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vfile file;

	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, "f", 0755, NULL), -EEXIST);
	assert_int_equal(
	    do_mknod(&fx->self, fx->root, "f", S_IFREG | 0644, 0, NULL),
	    -EEXIST);
	assert_int_equal(
	    do_symlink(&fx->self, fx->root, "f", "x", NULL), -EEXIST);
	assert_int_equal(do_link(&fx->self, fx->root, f, "f"), -EEXIST);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR | O_EXCL, 0644, &file),
	    -EEXIST);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0644, &file), 0);
	assert_ptr_equal(file.vn, f);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(f);
}

static void
create_opens_nothing_but_regular_files(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	vnode_put(make_dir(fx, fx->root, "d"));
	assert_int_equal(do_symlink(&fx->self, fx->root, "l", "f", NULL), 0);
	assert_int_equal(
	    do_mknod(&fx->self, fx->root, "p", S_IFIFO | 0644, 0, NULL), 0);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "d", O_RDWR, 0644, &file), -EISDIR);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "l", O_RDWR, 0644, &file), -ELOOP);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "p", O_RDWR, 0644, &file), -ENXIO);
	assert_false(exists(fx, "f"));
}

static void
special_files_are_made_and_not_opened(void **state)
{
	static const mode_t types[] = { S_IFIFO, S_IFSOCK };
	struct fixture *fx = *state;
	char name[2] = "a";
	struct vfile file;
	struct vnode *vn;
	size_t i;

	for (i = 0; i < 2; i++, name[0]++) {
		assert_int_equal(do_mknod(&fx->self, fx->root, name,
				     types[i] | 0640, 0, &vn),
		    0);
		assert_int_equal(attr_of(fx, vn).mode, types[i] | 0640);
		assert_int_equal(
		    do_open(&fx->self, vn, O_RDONLY, &file), -ENXIO);
		vnode_put(vn);
	}
}

static void
a_symlink_is_itself(void **state)
{
	static const char target[] = "../nowhere//else";
	struct fixture *fx = *state;
	struct vnode *vn, *f = make_file(fx, fx->root, "f");
	struct vfile file;
	char buf[64];

	assert_int_equal(do_symlink(&fx->self, fx->root, "l", target, &vn), 0);
	assert_int_equal(do_readlink(&fx->self, vn, buf, sizeof(buf)), 0);
	assert_string_equal(buf, target);
	assert_true(S_ISLNK(attr_of(fx, vn).mode));
	assert_int_equal(attr_of(fx, vn).size, strlen(target));
	assert_int_equal(do_open(&fx->self, vn, O_RDONLY, &file), -ELOOP);
	assert_int_equal(do_chmod(&fx->self, vn, 0600), -EOPNOTSUPP);
	assert_int_equal(attr_of(fx, vn).mode, S_IFLNK | 0777);
	assert_int_equal(do_readlink(&fx->self, f, buf, sizeof(buf)), -EINVAL);
	assert_int_equal(do_link(&fx->self, fx->root, vn, "m"), 0);
	assert_int_equal(attr_of(fx, vn).nlink, 2);
	vnode_put(vn);
	vnode_put(f);
}

static void
links_are_one_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f"), *g;
	struct vnode *d = make_dir(fx, fx->root, "d");

	assert_int_equal(do_link(&fx->self, d, f, "g"), 0);
	assert_int_equal(do_walk(&fx->self, d, "g", &g), 0);
	assert_ptr_equal(f, g);
	assert_int_equal(attr_of(fx, f).nlink, 2);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(attr_of(fx, g).nlink, 1);
	assert_int_equal(do_link(&fx->self, fx->root, d, "e"), -EPERM);
	vnode_put(d);
	vnode_put(f);
	vnode_put(g);
}

static void
unlink_and_rmdir_each_have_their_kind(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");

	vnode_put(make_file(fx, d, "f"));
	assert_int_equal(do_unlink(&fx->self, fx->root, "d"), -EISDIR);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), -ENOTEMPTY);
	assert_int_equal(do_rmdir(&fx->self, d, "f"), -ENOTDIR);
	assert_int_equal(do_unlink(&fx->self, d, "f"), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	assert_false(exists(fx, "d"));
	vnode_put(d);
}

static void
only_the_expected_file_is_taken(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vnode *g = make_file(fx, fx->root, "g");
	struct wait w;

	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_unlink(&w.op, fx->root, vname_of("f"), false, g)),
	    -ENOENT);
	assert_true(exists(fx, "f"));
	wait_init(&w, &fx->self);
	assert_int_equal(
	    await(&w, vfs_unlink(&w.op, fx->root, vname_of("f"), false, f)), 0);
	assert_false(exists(fx, "f"));
	vnode_put(f);
	vnode_put(g);
}

static void
rename_moves_and_replaces(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d"), *vn;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vnode *g = make_file(fx, d, "g");

	assert_int_equal(do_rename(&fx->self, fx->root, "f", d, "g"), 0);
	assert_false(exists(fx, "f"));
	assert_int_equal(do_walk(&fx->self, d, "g", &vn), 0);
	assert_ptr_equal(vn, f);
	assert_int_equal(attr_of(fx, g).nlink, 0);
	assert_int_equal(attr_of(fx, f).nlink, 1);
	vnode_put(vn);
	vnode_put(d);
	vnode_put(f);
	vnode_put(g);
}

static void
rename_of_two_names_of_one_file_does_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");

	assert_int_equal(do_link(&fx->self, fx->root, f, "g"), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "g"), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", fx->root, "f"), 0);
	assert_true(exists(fx, "f"));
	assert_true(exists(fx, "g"));
	assert_int_equal(attr_of(fx, f).nlink, 2);
	vnode_put(f);
}

static void
rename_refuses_what_does_not_fit(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d");
	struct vnode *e = make_dir(fx, d, "e");

	vnode_put(make_dir(fx, fx->root, "empty"));
	vnode_put(make_file(fx, fx->root, "f"));
	vnode_put(make_file(fx, d, "g"));
	assert_int_equal(do_rename(&fx->self, fx->root, "d", e, "x"), -EINVAL);
	assert_int_equal(do_rename(&fx->self, fx->root, "d", d, "x"), -EINVAL);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "empty", fx->root, "d"), -ENOTEMPTY);
	assert_int_equal(
	    do_rename(&fx->self, d, "e", fx->root, "d"), -ENOTEMPTY);
	assert_int_equal(
	    do_rename(&fx->self, d, "g", fx->root, "d"), -ENOTEMPTY);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "f", fx->root, "d"), -EISDIR);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "f", fx->root, "empty"), -EISDIR);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "x", fx->root, "f"), -ENOENT);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "d", fx->root, "f"), -ENOTDIR);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "x", fx->root, "y"), -ENOENT);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, ".", fx->root, "y"), -EBUSY);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "d", fx->root, "empty"), 0);
	assert_true(exists(fx, "empty/e"));
	vnode_put(d);
	vnode_put(e);
}

static void
dotdot_follows_a_rename(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d"), *up;
	struct vnode *e = make_dir(fx, d, "e");
	struct vname dotdot = { "..", 2 };
	struct vwalk w = {
		.root = fx->root, .from = e, .names = &dotdot, .nnames = 1
	};
	struct wait wait;

	assert_int_equal(do_rename(&fx->self, d, "e", fx->root, "e"), 0);
	assert_int_equal(do_walk(&fx->self, fx->root, "e", &up), 0);
	assert_ptr_equal(up, e);
	vnode_put(up);
	wait_init(&wait, &fx->self);
	assert_int_equal(await(&wait, vfs_walk(&wait.op, &w)), 0);
	assert_ptr_equal(w.vn, fx->root);
	vnode_put(w.vn);
	vnode_put(w.dir);
	vnode_put(d);
	vnode_put(e);
}

int
main(void)
{
	static const struct expectation list[] = {
		ONE(a_name_is_one_file_however_often_it_is_walked),
		ONE(bad_names_are_refused_in_the_same_words),
		ONE(a_file_is_made_with_mode_and_size),
		ONE(a_directory_is_made_without_set_id_bits),
		ONE(a_name_is_made_once),
		ONE(create_opens_nothing_but_regular_files),
		ONE(special_files_are_made_and_not_opened),
		ONE(a_symlink_is_itself),
		ONE(links_are_one_file),
		ONE(unlink_and_rmdir_each_have_their_kind),
		ONE(only_the_expected_file_is_taken),
		ONE(rename_moves_and_replaces),
		ONE(rename_of_two_names_of_one_file_does_nothing),
		ONE(rename_refuses_what_does_not_fit),
		ONE(dotdot_follows_a_rename),
	};

	return FS_ALIKE(list);
}
