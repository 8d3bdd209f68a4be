/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_name.c -- names on the host are made, linked, renamed and removed;
 * how they are found is test_etfs_walk.c's.
 */

#include <sys/sysmacros.h>

#include "etfs_fixture.h"
#include "vfs_fs.h"

static bool
same_inode(const char *a, const char *b)
{
	struct stat s, t;

	return lstat(a, &s) == 0 && lstat(b, &t) == 0 && s.st_ino == t.st_ino;
}

static bool
is_there(const char *path)
{
	struct stat st;

	return lstat(path, &st) == 0;
}

static void
a_new_file_is_there_as_asked(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;
	struct stat st;

	assert_int_equal(do_touch(&fx->self, fx->root, "f", 0751, &vn), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
	assert_int_equal(st.st_mode, S_IFREG | 0751);
	again = walk(fx, "f");
	assert_ptr_equal(vn, again);
	vnode_put(vn);
	vnode_put(again);
}

static void
an_existing_file_is_opened_unless_exclusive(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_WRONLY | O_EXCL, 0644, &file),
	    -EEXIST);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_WRONLY, 0644, &file), 0);
	assert_ptr_equal(file.vn, vn);
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

/* O_CREAT would open each of these; a FIFO with no reader is a trap. */
static void
only_an_existing_regular_file_is_opened_by_create(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	mkfifo(on_host(fx, "fifo"), 0666);
	mkdir(on_host(fx, "dir"), 0755);
	assert_int_equal(symlink("/etc/passwd", on_host(fx, "link")), 0);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "fifo", O_WRONLY, 0644, &file),
	    -ENXIO);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "dir", O_WRONLY, 0644, &file),
	    -EISDIR);
	assert_int_equal(
	    do_create(&fx->self, fx->root, "link", O_WRONLY, 0644, &file),
	    -ELOOP);
}

static void
directories_links_and_nodes_are_made(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct stat st;
	char to[16];

	assert_int_equal(do_mkdir(&fx->self, fx->root, "d", 0710, NULL), 0);
	assert_int_equal(lstat(on_host(fx, "d"), &st), 0);
	assert_int_equal(st.st_mode, S_IFDIR | 0710);
	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, "d", 0710, NULL), -EEXIST);

	assert_int_equal(do_symlink(&fx->self, fx->root, "s", "d/x", &vn), 0);
	assert_int_equal(do_readlink(&fx->self, vn, to, sizeof(to)), 0);
	assert_string_equal(to, "d/x");
	vnode_put(vn);

	assert_int_equal(
	    do_mknod(&fx->self, fx->root, "p", S_IFIFO | 0604, 0, NULL), 0);
	assert_int_equal(lstat(on_host(fx, "p"), &st), 0);
	assert_int_equal(st.st_mode, S_IFIFO | 0604);
	assert_int_equal(
	    do_mknod(&fx->self, fx->root, "k", S_IFSOCK | 0600, 0, NULL), 0);
	assert_int_equal(do_unlink(&fx->self, fx->root, "p"), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "k", fx->root, "l"), 0);
}

static void
a_device_node_is_made_if_the_server_may(void **state)
{
	struct fixture *fx = *state;
	dev_t null = makedev(1, 3);
	struct vfile file;
	struct vattr attr;
	struct vnode *vn;
	int rc;

	rc = do_mknod(&fx->self, fx->root, "n", S_IFCHR | 0666, null, &vn);
	if (geteuid() != 0) {
		assert_int_equal(rc, -EPERM);
		return;
	}
	assert_int_equal(rc, 0);
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_true(S_ISCHR(attr.mode));
	assert_int_equal(attr.rdev, null);
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), -ENXIO);
	vnode_put(vn);
}

static void
the_longest_name_passes(void **state)
{
	struct fixture *fx = *state;
	char name[VFS_NAME_MAX + 2];

	memset(name, 'n', sizeof(name));
	name[VFS_NAME_MAX] = '\0';
	assert_int_equal(do_touch(&fx->self, fx->root, name, 0644, NULL), 0);
	vnode_put(walk(fx, name));
	name[VFS_NAME_MAX] = 'n';
	name[VFS_NAME_MAX + 1] = '\0';
	assert_int_equal(
	    do_touch(&fx->self, fx->root, name, 0644, NULL), -ENAMETOOLONG);
}

static void
a_link_is_made_to_the_file_itself(void **state)
{
	struct fixture *fx = *state;
	struct vnode *f, *s;

	host_file(fx, "f", "text");
	assert_int_equal(symlink("f", on_host(fx, "s")), 0);
	f = walk(fx, "f");
	s = walk(fx, "s");
	assert_int_equal(do_link(&fx->self, fx->root, f, "f2"), 0);
	assert_int_equal(do_link(&fx->self, fx->root, s, "s2"), 0);
	assert_true(same_inode(on_host(fx, "f"), on_host(fx, "f2")));
	assert_true(same_inode(on_host(fx, "s"), on_host(fx, "s2")));
	assert_int_equal(do_link(&fx->self, fx->root, f, "f2"), -EEXIST);
	unlink(on_host(fx, "f"));
	unlink(on_host(fx, "f2"));
	assert_int_equal(do_link(&fx->self, fx->root, f, "f3"), -ENOENT);
	vnode_put(f);
	vnode_put(s);
}

static void
rename_has_its_rules(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *d;
	int rc;

	assert_int_equal(do_mkdir(me, fx->root, "d", 0755, &d), 0);
	assert_int_equal(do_mkdir(me, fx->root, "e", 0755, NULL), 0);
	assert_int_equal(do_touch(me, fx->root, "f", 0644, NULL), 0);
	assert_int_equal(do_touch(me, d, "g", 0644, NULL), 0);
	assert_int_equal(do_rename(me, fx->root, "f", fx->root, "d"), -EISDIR);
	assert_int_equal(do_rename(me, fx->root, "d", fx->root, "f"), -ENOTDIR);
	rc = do_rename(me, fx->root, "e", fx->root, "d");
	assert_true(rc == -ENOTEMPTY || rc == -EEXIST); /* POSIX: either */
	assert_int_equal(do_rename(me, fx->root, "d", d, "d"), -EINVAL);
	assert_int_equal(do_rename(me, fx->root, "x", fx->root, "y"), -ENOENT);
	assert_int_equal(do_rename(me, fx->root, "f", d, "g"), 0);
	assert_int_equal(do_rename(me, fx->root, "d", fx->root, "e"), 0);
	assert_true(is_there(on_host(fx, "e/g")));
	vnode_put(d);
}

static int
unlink_expecting(struct fixture *fx, const char *name, struct vnode *expect)
{
	struct wait w;

	wait_init(&w, &fx->self);
	return await(
	    &w, vfs_unlink(&w.op, fx->root, vname_of(name), false, expect));
}

static int
rename_expecting(struct fixture *fx, const char *name, struct vnode *expect)
{
	struct wait w;

	wait_init(&w, &fx->self);
	return await(&w,
	    vfs_rename(&w.op, fx->root, vname_of(name), fx->root,
		vname_of("new"), expect));
}

static void
a_name_that_stands_for_another_file_now_is_spared(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	host_file(fx, "f", "old");
	vn = walk(fx, "f");
	assert_int_equal(rename(on_host(fx, "f"), on_host(fx, "g")), 0);
	host_file(fx, "f", "new");
	assert_int_equal(unlink_expecting(fx, "f", vn), -ENOENT);
	assert_int_equal(rename_expecting(fx, "f", vn), -ENOENT);
	assert_int_equal(unlink_expecting(fx, "none", vn), -ENOENT);
	assert_true(is_there(on_host(fx, "f")));
	assert_int_equal(rename_expecting(fx, "g", vn), 0);
	assert_int_equal(unlink_expecting(fx, "new", vn), 0);
	vnode_put(vn);
}

static void
files_and_directories_are_removed_each_in_its_way(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *d;

	assert_int_equal(do_mkdir(me, fx->root, "d", 0755, &d), 0);
	assert_int_equal(do_touch(me, d, "f", 0644, NULL), 0);
	assert_int_equal(do_unlink(me, fx->root, "d"), -EISDIR);
	assert_int_equal(do_rmdir(me, fx->root, "d"), -ENOTEMPTY);
	assert_int_equal(do_rmdir(me, d, "f"), -ENOTDIR);
	assert_int_equal(do_unlink(me, d, "f"), 0);
	assert_int_equal(do_unlink(me, d, "f"), -ENOENT);
	assert_int_equal(do_rmdir(me, fx->root, "d"), 0);
	assert_int_equal(do_touch(me, d, "f", 0644, NULL), -ENOENT);
	vnode_put(d);
}

static void
everything_on_tmpfs_is_answered_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vnode *d, *f;

	assert_int_equal(do_mkdir(&now, fx->root, "d", 0755, &d), 0);
	assert_int_equal(do_touch(&now, d, "f", 0644, &f), 0);
	assert_int_equal(do_symlink(&now, d, "s", "f", NULL), 0);
	assert_int_equal(do_mknod(&now, d, "p", S_IFIFO | 0644, 0, NULL), 0);
	assert_int_equal(do_link(&now, fx->root, f, "l"), 0);
	assert_int_equal(do_rename(&now, d, "s", fx->root, "t"), 0);
	assert_int_equal(do_chmod(&now, f, 0600), 0);
	assert_int_equal(do_count(&now, d), 2);
	assert_int_equal(do_unlink(&now, d, "f"), 0);
	assert_int_equal(do_unlink(&now, d, "p"), 0);
	assert_int_equal(do_rmdir(&now, fx->root, "d"), 0);
	vnode_put(d);
	vnode_put(f);
}

/* All of it once more, on a worker, where tmpfs does not go by itself. */
static int
names_on_a_worker(struct vop *op)
{
	struct vnode *root = op->fs, *d, *f, *up;
	const struct vfs_ops *ops = root->fs->ops;

	assert_true(vop_may_block(op));
	assert_int_equal(
	    ops->mkdir(op, root, vname_of("d"), 0755, VFS_NOID, &d), 0);
	assert_int_equal(
	    ops->mknod(op, d, vname_of("f"), S_IFREG | 0644, 0, VFS_NOID, &f),
	    0);
	assert_int_equal(ops->link(op, d, f, vname_of("g")), 0);
	assert_int_equal(
	    ops->rename(op, d, vname_of("g"), root, vname_of("h"), f), 0);
	assert_int_equal(ops->parent(op, d, &up), 0);
	assert_ptr_equal(up, root);
	vnode_put(up);
	assert_int_equal(ops->lookup(op, root, vname_of("h"), &up), 0);
	assert_ptr_equal(up, f);
	vnode_put(up);
	assert_int_equal(ops->unlink(op, root, vname_of("h"), false, f), 0);
	vnode_put(d);
	vnode_put(f);
	return 0;
}

static void
a_worker_does_the_same(void **state)
{
	struct fixture *fx = *state;
	struct wait w;

	wait_init(&w, &fx->self);
	w.op.fs = fx->root;
	assert_int_equal(
	    await(&w, vfs_run(fx->vfs, &w.op, names_on_a_worker)), 0);
	assert_true(is_there(on_host(fx, "d/f")));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_new_file_is_there_as_asked),
		ON_BOTH(an_existing_file_is_opened_unless_exclusive),
		ON_BOTH(only_an_existing_regular_file_is_opened_by_create),
		ON_BOTH(directories_links_and_nodes_are_made),
		ON_BOTH(a_device_node_is_made_if_the_server_may),
		ON_BOTH(the_longest_name_passes),
		ON_BOTH(a_link_is_made_to_the_file_itself),
		ON_BOTH(rename_has_its_rules),
		ON_BOTH(a_name_that_stands_for_another_file_now_is_spared),
		ON_BOTH(files_and_directories_are_removed_each_in_its_way),
		ON_TMPFS(everything_on_tmpfs_is_answered_now),
		ON_BOTH(a_worker_does_the_same),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
