/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_walk.c -- many names in one operation, and what a walk leaves.
 */

#include "fixture.h"

/* Walk names from dir with ".." stopping at root; what was found is in w. */
static int
walk(const struct fixture *fx, struct vnode *root, struct vnode *dir,
    struct vname *names, size_t n, struct vwalk *w)
{
	struct wait wait;

	*w = (struct vwalk){
		.root = root, .from = dir, .names = names, .nnames = n
	};
	wait_init(&wait, &fx->self);
	return await(&wait, vfs_walk(&wait.op, w));
}

static void
drop(struct vwalk *w)
{
	vnode_put(w->vn);
	vnode_put(w->dir);
}

/* /a/b/c, and the file /a/f */
static int
setup(void **state)
{
	struct fixture *fx;
	struct vnode *a, *b;

	if (memfs_setup(state) != 0)
		return -1;
	fx = *state;
	if (do_mkdir(&fx->self, fx->root, "a", 0755, &a) != 0 ||
	    do_mkdir(&fx->self, a, "b", 0755, &b) != 0 ||
	    do_mkdir(&fx->self, b, "c", 0755, NULL) != 0 ||
	    do_touch(&fx->self, a, "f", 0644, NULL) != 0)
		return -1;
	vnode_put(a);
	vnode_put(b);
	return 0;
}

static void
a_walk_finds_all_names_and_the_place_of_the_last(void **state)
{
	struct fixture *fx = *state;
	struct vname names[] = { vname_of("a"), vname_of("b"), vname_of("c") };
	struct vnode *c, *b;
	struct vwalk w;

	assert_int_equal(do_walk(&fx->self, fx->root, "a/b/c", &c), 0);
	assert_int_equal(do_walk(&fx->self, fx->root, "a/b", &b), 0);
	assert_int_equal(walk(fx, fx->root, fx->root, names, 3, &w), 0);
	assert_int_equal(w.found, 3);
	assert_ptr_equal(w.vn, c);
	assert_ptr_equal(w.dir, b);
	assert_int_equal(w.qids[1].path, vnode_qid(b).path);
	assert_int_equal(w.qids[2].path, vnode_qid(c).path);
	drop(&w);
	vnode_put(b);
	vnode_put(c);
}

static void
no_names_lead_to_where_the_walk_began(void **state)
{
	struct fixture *fx = *state;
	struct vwalk w;

	assert_int_equal(walk(fx, fx->root, fx->root, NULL, 0, &w), 0);
	assert_int_equal(w.found, 0);
	assert_ptr_equal(w.vn, fx->root);
	assert_null(w.dir);
	drop(&w);
}

static void
a_walk_that_fails_tells_how_far_it_came_and_gives_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vname names[] = { vname_of("a"), vname_of("b"), vname_of("x"),
		vname_of("y") };
	struct vwalk w;

	assert_int_equal(walk(fx, fx->root, fx->root, names, 4, &w), -ENOENT);
	assert_int_equal(w.found, 2);
	assert_null(w.vn);
	assert_null(w.dir);
}

static void
nothing_is_below_a_file(void **state)
{
	struct fixture *fx = *state;
	struct vname names[] = { vname_of("a"), vname_of("f"), vname_of("x") };
	struct vwalk w;

	assert_int_equal(walk(fx, fx->root, fx->root, names, 3, &w), -ENOTDIR);
	assert_int_equal(w.found, 2);
	names[2] = vname_of("..");
	assert_int_equal(walk(fx, fx->root, fx->root, names, 3, &w), -ENOTDIR);
}

static void
dot_stays_and_dot_dot_goes_up_but_not_above_the_root(void **state)
{
	struct fixture *fx = *state;
	struct vname names[] = { vname_of("a"), vname_of("."), vname_of(".."),
		vname_of(".."), vname_of("..") };
	struct vwalk w;
	struct vnode *a;

	assert_int_equal(do_walk(&fx->self, fx->root, "a", &a), 0);
	assert_int_equal(walk(fx, fx->root, fx->root, names, 5, &w), 0);
	assert_int_equal(w.qids[1].path, vnode_qid(a).path);
	assert_ptr_equal(w.vn, fx->root);
	assert_null(w.dir);
	drop(&w);

	/* The root of an attach need not be the tree's. */
	assert_int_equal(walk(fx, a, a, names + 2, 3, &w), 0);
	assert_ptr_equal(w.vn, a);
	drop(&w);
	vnode_put(a);
}

static void
a_bad_name_ends_the_walk(void **state)
{
	struct fixture *fx = *state;
	struct vname names[] = { vname_of("a"), vname_of("b/c") };
	struct vwalk w;

	assert_int_equal(walk(fx, fx->root, fx->root, names, 2, &w), -EINVAL);
	assert_int_equal(w.found, 1);
	names[1] = vname_of("");
	assert_int_equal(walk(fx, fx->root, fx->root, names, 2, &w), -ENOENT);
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_walk_finds_all_names_and_the_place_of_the_last),
		T(no_names_lead_to_where_the_walk_began),
		T(a_walk_that_fails_tells_how_far_it_came_and_gives_nothing),
		T(nothing_is_below_a_file),
		T(dot_stays_and_dot_dot_goes_up_but_not_above_the_root),
		T(a_bad_name_ends_the_walk),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
