/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fs_alike.c -- what every file system here does, memory or host.
 *
 * One list of expectations is run on each backend.  What is said here about a
 * file holds wherever it lies; what is peculiar to one of them is tested with
 * that one.  To test a new file system like this, add it to backends.
 */

#include <stdio.h>
#include <sys/xattr.h>

#include "etfs.h"
#include "fixture.h"

/* Where the expectations are tried; setup mounts it at "/". */
struct backend {
	const char *name;
	int (*setup)(void **state);
	bool many_users; /* those that need more than one */
	bool only_root; /* cannot be set up by anybody else */
};

static int
setup_etfs(void **state, enum etfs_identity identity)
{
	struct etfs_config cfg = { .identity = identity };
	struct etfs_why why;
	struct fixture *fx;
	struct vfs_fs *fs;

	if (fixture_setup(state) != 0)
		return -1;
	fx = *state;
	cfg.path = fx->dir;
	if (chmod(fx->dir, 0777) != 0 ||
	    etfs_new(fx->vfs, &cfg, &fs, &why) != 0 ||
	    vfs_mount(fx->vfs, "/", fs) != 0)
		return -1;
	fx->root = vfs_root(fx->vfs);
	return 0;
}

static int
setup_self(void **state)
{
	return setup_etfs(state, ETFS_SELF);
}

static int
setup_client(void **state)
{
	return setup_etfs(state, ETFS_CLIENT);
}

static int
setup_mapped(void **state)
{
	return setup_etfs(state, ETFS_MAPPED);
}

static const struct backend backends[] = {
	{ "memfs", memfs_setup, true, false },
	{ "etfs as self", setup_self, false, false },
	{ "etfs as client", setup_client, true, true },
	{ "etfs mapped", setup_mapped, true, false },
};

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

static struct vfile
make_open(const struct fixture *fx, const char *name)
{
	struct vfile file;

	assert_int_equal(
	    do_create(&fx->self, fx->root, name, O_RDWR, 0644, &file), 0);
	return file;
}

static struct vattr
attr_of(const struct fixture *fx, struct vnode *vn)
{
	struct vattr attr;

	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	return attr;
}

static bool
exists(const struct fixture *fx, const char *path)
{
	struct vnode *vn;

	if (do_walk(&fx->self, fx->root, path, &vn) != 0)
		return false;
	vnode_put(vn);
	return true;
}

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
data_comes_back_and_holes_are_zeros(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f");
	char buf[100], zeros[90] = { 0 };

	assert_int_equal(do_write(&fx->self, &file, 1000000, "end", 3), 3);
	assert_int_equal(do_write(&fx->self, &file, 0, "start", 5), 5);
	assert_int_equal(attr_of(fx, file.vn).size, 1000003);
	assert_int_equal(do_read(&fx->self, &file, 999990, buf, 100), 13);
	assert_memory_equal(buf, zeros, 10);
	assert_memory_equal(buf + 10, "end", 3);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 90), 90);
	assert_memory_equal(buf, "start", 5);
	assert_memory_equal(buf + 5, zeros, 85);
	assert_int_equal(do_read(&fx->self, &file, 1000003, buf, 100), 0);
	assert_int_equal(do_read(&fx->self, &file, 1ULL << 40, buf, 100), 0);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
truncation_works_in_both_directions(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f");
	char zeros[100] = { 0 };
	struct vnode *d = make_dir(fx, fx->root, "d");

	assert_int_equal(do_write(&fx->self, &file, 0, "0123456789", 10), 10);
	assert_int_equal(do_truncate(&fx->self, file.vn, NULL, 4), 0);
	assert_int_equal(do_truncate(&fx->self, file.vn, &file, 104), 0);
	assert_int_equal(attr_of(fx, file.vn).size, 104);
	assert_int_equal(do_compare(&fx->self, file.vn, 0, "0123", 4), 4);
	assert_int_equal(do_compare(&fx->self, file.vn, 4, zeros, 100), 100);
	assert_int_equal(do_truncate(&fx->self, d, NULL, 0), -EISDIR);
	assert_int_equal(
	    do_truncate(&fx->self, file.vn, NULL, 1ULL << 63), -EINVAL);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
flags_of_open_are_obeyed(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f"), again;
	struct vnode *d = make_dir(fx, fx->root, "d");
	char c;

	assert_int_equal(do_write(&fx->self, &file, 0, "one", 3), 3);
	assert_int_equal(
	    do_open(&fx->self, file.vn, O_WRONLY | O_APPEND, &again), 0);
	assert_int_equal(do_write(&fx->self, &again, 0, "two", 3), 3);
	assert_int_equal(do_read(&fx->self, &again, 0, &c, 1), -EBADF);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_compare(&fx->self, file.vn, 0, "onetwo", 6), 6);
	assert_int_equal(
	    do_open(&fx->self, file.vn, O_RDWR | O_TRUNC, &again), 0);
	assert_int_equal(attr_of(fx, file.vn).size, 0);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_open(&fx->self, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_write(&fx->self, &again, 0, "x", 1), -EBADF);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_open(&fx->self, d, O_RDWR, &again), -EISDIR);
	assert_int_equal(do_open(&fx->self, d, O_RDONLY, &again), 0);
	assert_int_equal(do_read(&fx->self, &again, 0, &c, 1), -EISDIR);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(d);
}

static void
an_unlinked_open_file_works_to_the_end(void **state)
{
	struct fixture *fx = *state;
	struct vfile file = make_open(fx, "f"), again;
	char buf[4];

	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_write(&fx->self, &file, 0, "data", 4), 4);
	assert_int_equal(do_fsync(&fx->self, &file), 0);
	assert_int_equal(do_chmod(&fx->self, file.vn, 0600), 0);
	assert_int_equal(do_truncate(&fx->self, file.vn, &file, 3), 0);
	assert_int_equal(attr_of(fx, file.vn).nlink, 0);
	assert_int_equal(attr_of(fx, file.vn).mode, S_IFREG | 0600);
	assert_int_equal(do_open(&fx->self, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_read(&fx->self, &again, 0, buf, 4), 3);
	assert_memory_equal(buf, "dat", 3);
	assert_int_equal(do_close(&fx->self, &again), 0);
	assert_int_equal(do_link(&fx->self, fx->root, file.vn, "g"), -ENOENT);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* What a listing gave, dots included, and how many of the names "n" to seek. */
struct listing {
	unsigned int n, room, seen[200];
	uint64_t cookie;
};

static bool
see(void *ctx, const struct vdirent *e)
{
	struct listing *l = ctx;
	char name[32] = { 0 };
	unsigned int i;

	if (l->room == 0)
		return false;
	l->room--;
	l->n++;
	l->cookie = e->cookie;
	assert_in_range(e->cookie, 1, INT64_MAX);
	memcpy(name, e->name.s, e->name.len < 31 ? e->name.len : 31);
	if (sscanf(name, "n%u", &i) == 1 && i < 200)
		l->seen[i]++;
	return true;
}

static void
a_removed_directory_is_empty_for_ever(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d = make_dir(fx, fx->root, "d"), *vn;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vfile dir, file;
	struct listing l = { .room = 100 };

	assert_int_equal(do_open(&fx->self, d, O_RDONLY, &dir), 0);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), 0);
	assert_int_equal(attr_of(fx, d).nlink, 0);
	assert_int_equal(do_walk(&fx->self, d, "x", &vn), -ENOENT);
	assert_int_equal(
	    do_create(&fx->self, d, "x", O_RDWR, 0600, &file), -ENOENT);
	assert_int_equal(do_mkdir(&fx->self, d, "x", 0700, NULL), -ENOENT);
	assert_int_equal(do_symlink(&fx->self, d, "x", "y", NULL), -ENOENT);
	assert_int_equal(do_unlink(&fx->self, d, "x"), -ENOENT);
	assert_int_equal(do_link(&fx->self, d, f, "x"), -ENOENT);
	assert_int_equal(do_rename(&fx->self, fx->root, "f", d, "x"), -ENOENT);
	assert_int_equal(do_readdir(&fx->self, &dir, 0, fx->root, see, &l), 0);
	assert_int_equal(l.n, 0);
	assert_int_equal(do_close(&fx->self, &dir), 0);
	vnode_put(d);
	vnode_put(f);
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
times_can_be_set(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vsetattr sa = { .mask = VSET_ATIME | VSET_MTIME,
		.atime = { 1000, 5 },
		.mtime = { 2000, 6 } };
	struct vattr attr;

	assert_int_equal(do_setattr(&fx->self, f, NULL, &sa), 0);
	attr = attr_of(fx, f);
	assert_int_equal(attr.atime.tv_sec, 1000);
	assert_int_equal(attr.atime.tv_nsec, 5);
	assert_int_equal(attr.mtime.tv_sec, 2000);
	assert_int_equal(attr.mtime.tv_nsec, 6);
	sa.mask = VSET_MTIME | VSET_MTIME_NOW;
	assert_int_equal(do_setattr(&fx->self, f, NULL, &sa), 0);
	attr = attr_of(fx, f);
	assert_int_equal(attr.atime.tv_sec, 1000);
	assert_true(attr.mtime.tv_sec > 1000000000);
	vnode_put(f);
}

static void
a_listing_survives_the_removal_of_what_it_showed(void **state)
{
	struct fixture *fx = *state;
	struct listing l = { .n = 0 };
	struct vfile file;
	char name[16];
	unsigned int i;

	for (i = 0; i < 200; i++) {
		snprintf(name, sizeof(name), "n%u", i);
		vnode_put(make_file(fx, fx->root, name));
	}
	assert_int_equal(do_open(&fx->self, fx->root, O_RDONLY, &file), 0);
	do {
		l.room = 20;
		assert_int_equal(
		    do_readdir(&fx->self, &file, l.cookie, fx->root, see, &l),
		    0);
		for (i = 0; i < 200; i += 2) {
			snprintf(name, sizeof(name), "n%u", i);
			if (l.seen[i] == 1 && exists(fx, name))
				assert_int_equal(
				    do_unlink(&fx->self, fx->root, name), 0);
		}
	} while (l.room == 0);
	for (i = 0; i < 200; i++)
		assert_int_equal(l.seen[i], 1);
	assert_int_equal(l.n, 202);
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_count(&fx->self, fx->root), 100);
}

static void
a_listing_can_be_taken_up_anywhere(void **state)
{
	struct fixture *fx = *state;
	struct listing l = { .room = 5 }, rest = { .room = 100 };
	struct vfile file;
	char name[16];
	int i;

	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "n%d", i);
		vnode_put(make_file(fx, fx->root, name));
	}
	assert_int_equal(do_open(&fx->self, fx->root, O_RDONLY, &file), 0);
	assert_int_equal(do_readdir(&fx->self, &file, 0, fx->root, see, &l), 0);
	assert_int_equal(
	    do_readdir(&fx->self, &file, l.cookie, fx->root, see, &rest), 0);
	assert_int_equal(rest.n, 7);
	rest = (struct listing){ .room = 100 };
	assert_int_equal(
	    do_readdir(&fx->self, &file, l.cookie, fx->root, see, &rest), 0);
	assert_int_equal(rest.n, 7);
	for (i = 0; i < 10; i++)
		assert_int_equal(l.seen[i] + rest.seen[i], 1);
	assert_int_equal(
	    do_readdir(&fx->self, &file, rest.cookie, fx->root, see, &l), 0);
	assert_int_equal(l.n, 5);
	vnode_put(make_file(fx, fx->root, "n10"));
	l = (struct listing){ .room = 100 };
	assert_int_equal(do_readdir(&fx->self, &file, 0, fx->root, see, &l), 0);
	assert_int_equal(l.n, 13);
	assert_int_equal(do_close(&fx->self, &file), 0);
}

static void
extended_attributes_are_kept(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f = make_file(fx, fx->root, "f");
	struct vblob blob;
	int rc = do_setxattr(&fx->self, f, "user.a", "one", 3, XATTR_CREATE);

	if (rc == -EOPNOTSUPP) {
		print_message("the host has no user.* here\n");
		vnode_put(f);
		return;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(
	    do_setxattr(&fx->self, f, "user.a", "x", 1, XATTR_CREATE), -EEXIST);
	assert_int_equal(
	    do_setxattr(&fx->self, f, "user.b", "x", 1, XATTR_REPLACE),
	    -ENODATA);
	assert_int_equal(do_getxattr(&fx->self, f, "user.a", &blob), 0);
	assert_int_equal(blob.len, 3);
	assert_memory_equal(blob.data, "one", 3);
	free(blob.data);
	assert_int_equal(do_setxattr(&fx->self, f, "user.a", "", 0, 0), 0);
	assert_int_equal(do_getxattr(&fx->self, f, "user.a", &blob), 0);
	assert_int_equal(blob.len, 0);
	assert_null(blob.data);
	assert_int_equal(do_getxattr(&fx->self, f, "user.b", &blob), -ENODATA);
	assert_int_equal(do_removexattr(&fx->self, f, "user.a"), 0);
	assert_int_equal(do_removexattr(&fx->self, f, "user.a"), -ENODATA);
	vnode_put(f);
}

static void
statfs_makes_sense(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs st;

	assert_int_equal(do_statfs(&fx->self, fx->root, &st), 0);
	assert_true(st.bsize >= 512);
	assert_true(st.blocks >= st.bfree);
	assert_true(st.bfree >= st.bavail);
	assert_int_equal(st.namelen, 255);
}

static void
files_are_their_makers(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0640, &vn), 0);
	assert_int_equal(attr_of(fx, vn).uid, 1000);
	assert_int_equal(attr_of(fx, vn).gid, 1000);
	assert_int_equal(do_chmod(&fx->other, vn, 0666), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, 1001, VFS_NOID), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 1001), -EPERM);
	assert_int_equal(do_chown(&fx->user, vn, VFS_NOID, 2000), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, 1001), 0);
	assert_int_equal(do_chmod(&fx->user, vn, 0666), -EPERM);
	vnode_put(vn);
}

static void
modes_decide_who_may_open(void **state)
{
	struct fixture *fx = *state;
	struct vfile file, again;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, "data", 4), 4);
	assert_int_equal(
	    do_open(&fx->user, file.vn, O_RDONLY, &again), -EACCES);
	assert_int_equal(do_truncate(&fx->user, file.vn, &file, 2), 0);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 1), -EACCES);
	assert_int_equal(do_chmod(&fx->user, file.vn, 0604), 0);
	assert_int_equal(do_open(&fx->other, file.vn, O_RDONLY, &again), 0);
	assert_int_equal(do_close(&fx->other, &again), 0);
	assert_int_equal(do_open(&fx->other, file.vn, O_RDWR, &again), -EACCES);
	assert_int_equal(do_truncate(&fx->other, file.vn, NULL, 0), -EACCES);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
directories_keep_strangers_out(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *vn;

	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0700, &d), 0);
	assert_int_equal(do_touch(&fx->user, d, "f", 0644, NULL), 0);
	assert_int_equal(do_walk(&fx->other, d, "f", &vn), -EACCES);
	assert_int_equal(do_count(&fx->other, d), -EACCES);
	assert_int_equal(do_chmod(&fx->user, d, 0755), 0);
	assert_int_equal(do_walk(&fx->other, d, "f", &vn), 0);
	vnode_put(vn);
	assert_int_equal(do_touch(&fx->other, d, "g", 0644, NULL), -EACCES);
	assert_int_equal(do_unlink(&fx->other, d, "f"), -EACCES);
	assert_int_equal(do_rename(&fx->other, d, "f", d, "g"), -EACCES);
	vnode_put(d);
}

static void
sticky_directories_protect_their_users(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 01777, &d), 0);
	assert_int_equal(do_touch(&fx->user, d, "f", 0666, NULL), 0);
	assert_int_equal(do_touch(&fx->other, d, "o", 0666, NULL), 0);
	assert_int_equal(do_unlink(&fx->other, d, "f"), -EPERM);
	assert_int_equal(do_rename(&fx->other, d, "f", d, "g"), -EPERM);
	assert_int_equal(do_rename(&fx->other, d, "o", d, "f"), -EPERM);
	assert_int_equal(do_unlink(&fx->user, d, "f"), 0);
	vnode_put(d);
}

static void
set_id_bits_go_when_somebody_writes(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vfile file;

	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0666, &vn), 0);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_open(&fx->other, vn, O_RDWR, &file), 0);
	assert_int_equal(do_write(&fx->other, &file, 0, "x", 1), 1);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_chmod(&fx->self, vn, 06777), 0);
	assert_int_equal(do_chown(&fx->self, vn, 1001, VFS_NOID), 0);
	assert_int_equal(attr_of(fx, vn).mode & 07777, 0777);
	assert_int_equal(do_close(&fx->other, &file), 0);
	vnode_put(vn);
}

static void
setgid_directories_give_their_group(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d, *e, *f;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0777, &d), 0);
	assert_int_equal(do_chown(&fx->self, d, VFS_NOID, 2000), 0);
	assert_int_equal(do_chmod(&fx->self, d, 02777), 0);
	assert_int_equal(do_mkdir(&fx->other, d, "e", 0755, &e), 0);
	assert_int_equal(do_touch(&fx->other, d, "f", 0644, &f), 0);
	assert_int_equal(attr_of(fx, e).gid, 2000);
	assert_int_equal(attr_of(fx, e).mode & 07777, 02755);
	assert_int_equal(attr_of(fx, f).gid, 2000);
	vnode_put(d);
	vnode_put(e);
	vnode_put(f);
}

struct expectation {
	const char *name;
	CMUnitTestFunction run;
	bool many_users;
};

#define ONE(f)                                                                 \
	{                                                                      \
#f, f, false                                                   \
	}
#define MANY(f)                                                                \
	{                                                                      \
#f, f, true                                                    \
	}

static const struct expectation expectations[] = {
	ONE(a_name_is_one_file_however_often_it_is_walked),
	ONE(bad_names_are_refused_in_the_same_words),
	ONE(a_file_is_made_with_mode_and_size),
	ONE(a_name_is_made_once),
	ONE(create_opens_nothing_but_regular_files),
	ONE(special_files_are_made_and_not_opened),
	ONE(a_symlink_is_itself),
	ONE(links_are_one_file),
	ONE(unlink_and_rmdir_each_have_their_kind),
	ONE(data_comes_back_and_holes_are_zeros),
	ONE(truncation_works_in_both_directions),
	ONE(flags_of_open_are_obeyed),
	ONE(an_unlinked_open_file_works_to_the_end),
	ONE(a_removed_directory_is_empty_for_ever),
	ONE(rename_moves_and_replaces),
	ONE(rename_of_two_names_of_one_file_does_nothing),
	ONE(rename_refuses_what_does_not_fit),
	ONE(dotdot_follows_a_rename),
	ONE(only_the_expected_file_is_taken),
	ONE(times_can_be_set),
	ONE(a_listing_survives_the_removal_of_what_it_showed),
	ONE(a_listing_can_be_taken_up_anywhere),
	ONE(extended_attributes_are_kept),
	ONE(statfs_makes_sense),
	MANY(files_are_their_makers),
	MANY(modes_decide_who_may_open),
	MANY(directories_keep_strangers_out),
	MANY(sticky_directories_protect_their_users),
	MANY(set_id_bits_go_when_somebody_writes),
	MANY(setgid_directories_give_their_group),
};

#define BACKENDS (sizeof(backends) / sizeof(backends[0]))
#define EXPECTATIONS (sizeof(expectations) / sizeof(expectations[0]))

/* One list of tests for a backend. */
static int
run_on(const struct backend *b)
{
	struct CMUnitTest tests[EXPECTATIONS] = { 0 };
	const struct expectation *e = expectations;
	size_t n = 0;

	if (b->only_root && geteuid() != 0) {
		print_message("%s needs root and is left out\n", b->name);
		return 0;
	}
	for (; e < expectations + EXPECTATIONS; e++)
		if (b->many_users || !e->many_users)
			tests[n++] = (struct CMUnitTest){ .name = e->name,
				.test_func = e->run,
				.setup_func = b->setup,
				.teardown_func = fixture_teardown };
	return _cmocka_run_group_tests(b->name, tests, n, NULL, NULL);
}

int
main(void)
{
	int failed = 0;
	size_t i;

	umask(0);
	for (i = 0; i < BACKENDS; i++)
		failed += run_on(&backends[i]);
	return failed;
}
