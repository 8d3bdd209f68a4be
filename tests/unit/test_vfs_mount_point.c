/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_mount_point.c -- the name where a mount is, inside a file system of
 * any kind, and the way there: what clients cannot do to them, and what becomes
 * of the mount when the host does it.
 */

#include <stdio.h>

#include "inside.h"

static void
a_name_that_is_attached_cannot_be_made(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *b = make_b(fx), *f;
	struct vfile file;

	mount_at(fx, "/b/m");
	f = walk(fx, "b/f1");
	assert_int_equal(do_mkdir(me, b, "m", 0755, NULL), -EEXIST);
	assert_int_equal(do_touch(me, b, "m", 0644, NULL), -EEXIST);
	assert_int_equal(
	    do_mknod(me, b, "m", S_IFIFO | 0644, 0, NULL), -EEXIST);
	assert_int_equal(do_symlink(me, b, "m", "x", NULL), -EEXIST);
	assert_int_equal(do_link(me, b, f, "m"), -EEXIST);
	assert_int_equal(
	    do_create(me, b, "m", O_RDWR | O_EXCL, 0644, &file), -EEXIST);
	assert_int_equal(do_create(me, b, "m", O_RDWR, 0644, &file), -EISDIR);
	if (is_host(fx))
		assert_int_equal(access(on_host(fx, "b/m"), F_OK), -1);
	vnode_put(f);
	vnode_put(b);
}

static void
a_name_that_is_attached_cannot_be_moved_or_removed(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *b = make_b(fx), *d = make_public_dir(fx, b, "d");

	mount_at(fx, "/b/d");
	mount_at(fx, "/b/m");
	assert_int_equal(mount_file(fx, "/b/e"), 0);
	assert_int_equal(do_rmdir(me, b, "d"), -EBUSY);
	assert_int_equal(do_rmdir(me, b, "m"), -EBUSY);
	assert_int_equal(do_unlink(me, b, "m"), -EISDIR);
	assert_int_equal(do_unlink(me, b, "e"), -EBUSY);
	assert_int_equal(do_rmdir(me, b, "e"), -ENOTDIR);
	assert_int_equal(do_rename(me, b, "m", b, "n"), -EBUSY);
	assert_int_equal(do_rename(me, b, "d", b, "n"), -EBUSY);
	assert_int_equal(do_rename(me, b, "f1", b, "e"), -EBUSY);
	vnode_put(make_public_dir(fx, b, "x"));
	assert_int_equal(do_rename(me, b, "x", b, "m"), -EBUSY);
	assert_int_equal(do_rename(me, b, "x", b, "d"), -EBUSY);
	assert_int_equal(do_rename(me, b, "x", b, "y"), 0);
	vnode_put(d);
	vnode_put(b);
}

static void
the_way_there_cannot_be_moved_or_removed(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *b = make_public_dir(fx, fx->root, "b"),
		     *c = make_public_dir(fx, b, "c"), *vn;

	mount_at(fx, "/b/c/m");
	vnode_put(make_public_dir(fx, b, "x"));
	assert_int_equal(do_rmdir(me, b, "c"), -EBUSY);
	assert_int_equal(do_rename(me, b, "c", b, "d"), -EBUSY);
	assert_int_equal(do_rename(me, b, "x", b, "c"), -EBUSY);
	assert_int_equal(do_rename(me, fx->root, "b", fx->root, "d"), -EBUSY);
	assert_int_equal(do_rename(me, b, "x", fx->root, "y"), 0);
	assert_int_equal(do_rename(me, fx->root, "y", fx->root, "b"), -EBUSY);
	assert_int_equal(do_rmdir(me, fx->root, "y"), 0);
	vn = walk(fx, "b/c/m");
	vnode_put(vn);
	vnode_put(c);
	vnode_put(b);
}

static void
who_may_not_search_does_not_get_there(void **state)
{
	struct fixture *fx = *state;
	const struct who *other = &fx->other;
	struct vnode *b = make_public_dir(fx, fx->root, "b"), *vn;
	struct vfile file;

	mount_at(fx, "/b/m");
	assert_int_equal(mount_file(fx, "/b/e"), 0);
	assert_int_equal(do_chmod(&fx->self, b, 0700), 0);
	assert_int_equal(do_walk(other, fx->root, "b/m", &vn), -EACCES);
	assert_int_equal(do_walk(other, b, "m", &vn), -EACCES);
	assert_int_equal(do_mkdir(other, b, "m", 0755, NULL), -EACCES);
	assert_int_equal(
	    do_create(other, b, "e", O_RDONLY, 0644, &file), -EACCES);
	assert_int_equal(do_rmdir(other, b, "m"), -EACCES);
	assert_int_equal(do_chmod(&fx->self, b, 0711), 0);
	assert_int_equal(do_walk(other, fx->root, "b/m", &vn), 0);
	vnode_put(vn);
	assert_int_equal(do_create(other, b, "e", O_RDONLY, 0644, &file), 0);
	assert_int_equal(do_close(other, &file), 0);
	vnode_put(b);
}

/* The host's own: nothing of this can be prevented, nor does harm. */

static void
a_way_that_the_host_moves_takes_the_mount_along(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_public_dir(fx, fx->root, "b"), *m, *vn;

	mount_at(fx, "/b/m");
	m = walk(fx, "b/m");
	assert_int_equal(rename(on_host(fx, "b"), on_host(fx, "c")), 0);
	vn = walk(fx, "c/m");
	assert_ptr_equal(vn, m);
	vnode_put(vn);
	assert_int_equal(do_walk(&fx->self, fx->root, "b", &vn), -ENOENT);
	refuse(fx, "/b/m", -EEXIST); /* the key is taken */
	mount_at(fx, "/b/n");
	vn = walk(fx, "b/n");
	vnode_put(vn);
	vnode_put(m);
	vnode_put(b);
}

static void
a_way_that_the_host_removes_leads_nowhere(void **state)
{
	struct fixture *fx = *state;
	struct vnode *b = make_public_dir(fx, fx->root, "b"), *m, *vn;

	mount_at(fx, "/b/m");
	m = walk(fx, "b/m");
	assert_int_equal(rmdir(on_host(fx, "b")), 0);
	assert_int_equal(do_walk(&fx->self, fx->root, "b/m", &vn), -ENOENT);
	assert_int_equal(do_walk(&fx->self, b, "m", &vn), -ENOENT);
	assert_int_equal(do_touch(&fx->self, m, "f", 0644, NULL), 0);
	assert_int_equal(do_count(&fx->self, m), 1);
	vnode_put(m);
	vnode_put(b);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		INSIDE_ALL(a_name_that_is_attached_cannot_be_made),
		INSIDE_ALL(a_name_that_is_attached_cannot_be_moved_or_removed),
		INSIDE_ALL(the_way_there_cannot_be_moved_or_removed),
		AS_CLIENT(the_way_there_cannot_be_moved_or_removed),
		IN_MEMORY(who_may_not_search_does_not_get_there),
		AS_CLIENT(who_may_not_search_does_not_get_there),
		AS_MAPPED(who_may_not_search_does_not_get_there),
		ON_BOTH(a_way_that_the_host_moves_takes_the_mount_along),
		ON_BOTH(a_way_that_the_host_removes_leads_nowhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
