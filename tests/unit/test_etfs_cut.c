/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_cut.c -- to cut a file takes as long as it is large, be it all in
 * memory: so no loop does it, where the file is on a disk.
 */

#include "etfs_fixture.h"

static void
ends_on_a_worker(const struct fixture *fx, struct wait *w, int rc)
{
	assert_int_equal(rc, on_tmpfs(fx) ? 0 : VFS_PENDING);
	assert_int_equal(await(w, rc), 0);
}

static void
a_new_size_is_set_on_a_worker(void **state)
{
	const struct vsetattr sa = { .mask = VSET_SIZE };
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct wait w;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	wait_init(&w, &fx->self);
	ends_on_a_worker(fx, &w, vfs_setattr(&w.op, vn, NULL, &sa));
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	wait_init(&w, &fx->self);
	ends_on_a_worker(fx, &w, vfs_setattr(&w.op, vn, &file, &sa));
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static void
a_file_is_emptied_on_a_worker(void **state)
{
	static const struct vname none = { NULL, 0 };
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct wait w;

	host_file(fx, "f", "text");
	vn = walk(fx, "f");
	wait_init(&w, &fx->self);
	ends_on_a_worker(
	    fx, &w, vfs_open(&w.op, vn, NULL, none, O_RDWR | O_TRUNC, &file));
	assert_int_equal(do_close(&fx->self, &file), 0);
	vnode_put(vn);
}

static void
so_is_one_that_was_to_be_made(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct wait w;

	host_file(fx, "f", "text");
	wait_init(&w, &fx->self);
	ends_on_a_worker(fx, &w,
	    vfs_create(&w.op, fx->root, vname_of("f"), O_RDWR | O_TRUNC, 0644,
		VFS_NOID, &file));
	assert_int_equal(do_close(&fx->self, &file), 0);
}

/* Who has it keeps it until somebody else sees to its end: etfs_close.c. */
static void
a_file_that_nobody_has_is_removed_on_a_worker(void **state)
{
	struct fixture *fx = *state;
	struct vname f = vname_of("f"), g = vname_of("g");
	struct wait w;

	host_file(fx, "f", "text");
	wait_init(&w, &fx->self);
	ends_on_a_worker(fx, &w, vfs_unlink(&w.op, fx->root, f, false, NULL));
	host_file(fx, "f", "text");
	host_file(fx, "g", "text");
	wait_init(&w, &fx->self);
	ends_on_a_worker(
	    fx, &w, vfs_rename(&w.op, fx->root, g, fx->root, f, NULL));
	assert_int_equal(do_count(&fx->self, fx->root), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_new_size_is_set_on_a_worker),
		AS_MAPPED(a_new_size_is_set_on_a_worker),
		ON_BOTH(a_file_is_emptied_on_a_worker),
		AS_MAPPED(a_file_is_emptied_on_a_worker),
		ON_BOTH(so_is_one_that_was_to_be_made),
		AS_MAPPED(so_is_one_that_was_to_be_made),
		ON_BOTH(a_file_that_nobody_has_is_removed_on_a_worker),
		AS_MAPPED(a_file_that_nobody_has_is_removed_on_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
