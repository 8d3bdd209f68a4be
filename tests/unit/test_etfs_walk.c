/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_walk.c -- names on the host are found, by "..", too; and none of
 * them leads out of the mount.
 */

#include <stdio.h>

#include "etfs_fixture.h"
#include "swapper.h"

static void
a_name_on_the_host_is_found(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	mkdir(on_host(fx, "d"), 0755);
	host_file(fx, "d/f", "text");
	vn = walk(fx, "d/f");
	assert_true(S_ISREG(vnode_qid(vn).type));
	assert_int_not_equal(vnode_qid(vn).version, 0);
	vnode_put(vn);
	assert_int_equal(do_walk(&fx->self, fx->root, "none", &vn), -ENOENT);
	assert_int_equal(do_walk(&fx->self, fx->root, "d/f/x", &vn), -ENOTDIR);
}

static void
names_in_memory_are_found_now(void **state)
{
	struct fixture *fx = *state;
	struct who now = now_only(&fx->self);
	struct vnode *vn;

	host_file(fx, "f", "text");
	vnode_put(walk(fx, "f"));
	assert_int_equal(do_walk(&now, fx->root, "f", &vn), 0);
	vnode_put(vn);
	if (on_tmpfs(fx))
		assert_int_equal(do_walk(&now, fx->root, "no", &vn), -ENOENT);
}

static void
two_names_of_one_file_are_one_vnode(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a, *b, *c;

	host_file(fx, "a", "text");
	assert_int_equal(link(on_host(fx, "a"), on_host(fx, "b")), 0);
	host_file(fx, "c", "text");
	a = walk(fx, "a");
	b = walk(fx, "b");
	c = walk(fx, "c");
	assert_ptr_equal(a, b);
	assert_ptr_not_equal(a, c);
	assert_true(vnode_qid(a).path != vnode_qid(c).path);
	vnode_put(a);
	vnode_put(b);
	vnode_put(c);
}

static void
a_vnode_follows_its_file_when_the_host_renames_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *again;
	struct vattr attr;

	host_file(fx, "a", "text");
	vn = walk(fx, "a");
	assert_int_equal(rename(on_host(fx, "a"), on_host(fx, "b")), 0);
	host_file(fx, "a", "another");
	assert_int_equal(do_getattr(&fx->self, vn, &attr), 0);
	assert_int_equal(attr.size, 4);
	again = walk(fx, "a");
	assert_ptr_not_equal(vn, again);
	vnode_put(again);
	vnode_put(vn);
}

static void
a_symbolic_link_is_an_end(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	char to[64];

	assert_int_equal(symlink("/etc", on_host(fx, "out")), 0);
	vn = walk(fx, "out");
	assert_true(S_ISLNK(vnode_qid(vn).type));
	assert_int_equal(vnode_qid(vn).version, 0);
	assert_int_equal(do_readlink(&fx->self, vn, to, sizeof(to)), 0);
	assert_string_equal(to, "/etc");
	vnode_put(vn);
	assert_int_equal(
	    do_walk(&fx->self, fx->root, "out/passwd", &vn), -ENOTDIR);
}

static void
names_that_would_escape_are_refused(void **state)
{
	static const char slash[] = "d/../../etc";
	struct fixture *fx = *state;
	struct vname bad[] = { { slash, sizeof(slash) - 1 }, { "/etc", 4 },
		{ "a\0b", 3 }, { "", 0 } };
	struct vwalk w = { .root = fx->root, .from = fx->root, .nnames = 1 };
	struct wait wait;
	size_t i;

	mkdir(on_host(fx, "d"), 0755);
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		w.names = &bad[i];
		wait_init(&wait, &fx->self);
		assert_true(await(&wait, vfs_walk(&wait.op, &w)) < 0);
	}
}

/* Even if the root were not the walk's, it is the mount's. */
static void
dotdot_stays_at_the_root(void **state)
{
	struct fixture *fx = *state;
	struct vname up = vname_of("..");
	struct vnode *d, *nothing;
	struct vwalk w = { .names = &up, .nnames = 1 };
	struct wait wait;

	mkdir(on_host(fx, "d"), 0755);
	d = walk(fx, "d");
	w.root = d;
	w.from = fx->root;
	wait_init(&wait, &fx->self);
	assert_int_equal(await(&wait, vfs_walk(&wait.op, &w)), 0);
	assert_ptr_equal(w.vn, fx->root);
	vnode_put(w.vn);
	vnode_put(d);
	assert_int_equal(
	    do_walk(&fx->self, fx->root, "../../etc", &nothing), -ENOENT);
}

/* Walk ".." from vn. */
static int
walk_up(struct fixture *fx, struct vnode *vn, struct vnode **out)
{
	struct vname up = vname_of("..");
	struct vwalk w = {
		.root = fx->root, .from = vn, .names = &up, .nnames = 1
	};
	struct wait wait;
	int rc;

	wait_init(&wait, &fx->self);
	rc = await(&wait, vfs_walk(&wait.op, &w));
	if (rc == 0) {
		vnode_put(w.dir);
		*out = w.vn;
	}
	return rc;
}

static void
leads_up_to(struct fixture *fx, struct vnode *vn, const struct vnode *expect)
{
	struct vnode *up = NULL;

	assert_int_equal(walk_up(fx, vn, &up), 0);
	assert_ptr_equal(up, expect);
	vnode_put(up);
}

static void
dotdot_is_what_was_walked_not_what_the_host_says(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a, *b;
	char outside[64], moved[128];

	mkdir(on_host(fx, "a"), 0755);
	mkdir(on_host(fx, "a/b"), 0755);
	make_outside(outside, sizeof(outside));
	snprintf(moved, sizeof(moved), "%s/b", outside);
	a = walk(fx, "a");
	b = walk(fx, "a/b");
	if (!on_tmpfs(fx)) /* one file system with /var/tmp */
		assert_int_equal(rename(on_host(fx, "a/b"), moved), 0);
	leads_up_to(fx, b, a);
	vnode_put(a);
	vnode_put(b);
	remove_tree(outside);
}

static void
a_rename_of_ours_takes_dotdot_along(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a, *b, *c, *up;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "a", 0755, &a), 0);
	assert_int_equal(do_mkdir(&fx->self, fx->root, "b", 0755, &b), 0);
	assert_int_equal(do_mkdir(&fx->self, a, "c", 0755, &c), 0);
	assert_int_equal(do_rename(&fx->self, a, "c", b, "d"), 0);
	leads_up_to(fx, c, b);
	assert_int_equal(do_rmdir(&fx->self, b, "d"), 0);
	assert_int_equal(walk_up(fx, c, &up), -ENOENT);
	vnode_put(a);
	vnode_put(b);
	vnode_put(c);
}

/* a/b becomes b/a behind our back: no ring of parents may come of it. */
static void
directories_that_change_places_are_all_given_back(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a, *b, *again;

	mkdir(on_host(fx, "a"), 0755);
	mkdir(on_host(fx, "a/b"), 0755);
	a = walk(fx, "a");
	b = walk(fx, "a/b");
	assert_int_equal(rename(on_host(fx, "a/b"), on_host(fx, "b")), 0);
	assert_int_equal(rename(on_host(fx, "a"), on_host(fx, "b/a")), 0);
	assert_int_equal(do_walk(&fx->self, b, "a", &again), 0);
	assert_ptr_equal(again, a);
	vnode_put(again);
	leads_up_to(fx, a, b);
	leads_up_to(fx, b, fx->root);
	vnode_put(a);
	vnode_put(b);
}

static void
a_very_deep_path_is_given_back(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn = vnode_get(fx->root), *next;
	int i;

	for (i = 0; i < 3000; i++) {
		assert_int_equal(do_mkdir(&fx->self, vn, "d", 0755, &next), 0);
		vnode_put(vn);
		vn = next;
	}
	vnode_put(vn);
	while (rename(on_host(fx, "d/d"), on_host(fx, "rest")) == 0) {
		assert_int_equal(rmdir(on_host(fx, "d")), 0);
		assert_int_equal(
		    rename(on_host(fx, "rest"), on_host(fx, "d")), 0);
	}
}

/* Try to read and to write what is outside, while a thread opens the way. */
static void
no_walk_is_led_outside_while_directories_turn_into_links(void **state)
{
	struct fixture *fx = *state;
	char outside[64], secret[128];
	struct swapper s;
	struct vnode *vn;
	int i, rc;

	make_outside(outside, sizeof(outside));
	snprintf(secret, sizeof(secret), "%s/secret", outside);
	close(open(secret, O_CREAT | O_WRONLY, 0644));
	mkdir(on_host(fx, "d"), 0755);
	swapper_start(&s, fx, outside);
	for (i = 0; i < 20000 || s.swaps < 5000; i++) {
		rc = do_walk(&fx->self, fx->root, "d/secret", &vn);
		assert_true(rc == -ENOENT || rc == -ENOTDIR);
		if (i % 16 != 0 || do_walk(&fx->self, fx->root, "d", &vn) != 0)
			continue;
		(void)do_touch(&fx->self, vn, "mine", 0644, NULL);
		(void)do_unlink(&fx->self, vn, "mine");
		(void)do_unlink(&fx->self, vn, "secret");
		vnode_put(vn);
	}
	swapper_stop(&s);
	assert_int_equal(access(secret, F_OK), 0);
	assert_int_equal(unlink(secret), 0);
	assert_int_equal(rmdir(outside), 0); /* nothing else was made there */
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		ON_BOTH(a_name_on_the_host_is_found),
		ON_BOTH(names_in_memory_are_found_now),
		ON_BOTH(two_names_of_one_file_are_one_vnode),
		ON_BOTH(a_vnode_follows_its_file_when_the_host_renames_it),
		ON_BOTH(a_symbolic_link_is_an_end),
		ON_BOTH(names_that_would_escape_are_refused),
		ON_BOTH(dotdot_stays_at_the_root),
		ON_BOTH(dotdot_is_what_was_walked_not_what_the_host_says),
		ON_BOTH(a_rename_of_ours_takes_dotdot_along),
		ON_BOTH(directories_that_change_places_are_all_given_back),
		ON_TMPFS(a_very_deep_path_is_given_back),
		ON_BOTH(
		    no_walk_is_led_outside_while_directories_turn_into_links),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
