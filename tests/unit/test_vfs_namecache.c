/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_namecache.c -- names that were found a moment ago, as file systems
 * keep them.
 */

#include <stdio.h>

#include "fixture.h"
#include "vfs_namecache.h"

#define PLACES (NAMECACHE_SHARDS * NAMECACHE_PLACES)

struct names {
	struct fixture *fx;
	struct vnamecache *c;
	struct vnode *dir, *other, *vn; /* /d, /o and /f */
	uint32_t refs; /* of vn */
	unsigned int wakes;
};

static void
wake(void *arg)
{
	struct names *n = arg;

	n->wakes++;
}

static int
setup(void **state)
{
	struct names *n = calloc(1, sizeof(*n));
	void *fixture;

	if (n == NULL || memfs_setup(&fixture) != 0)
		return -1;
	n->fx = fixture;
	n->c = vfs_namecache(n->fx->vfs);
	if (do_mkdir(&n->fx->self, n->fx->root, "d", 0755, &n->dir) != 0 ||
	    do_mkdir(&n->fx->self, n->fx->root, "o", 0755, &n->other) != 0 ||
	    do_touch(&n->fx->self, n->fx->root, "f", 0644, &n->vn) != 0)
		return -1;
	n->refs = n->vn->refs;
	vfs_keep_names(n->fx->vfs, wake, n);
	*state = n;
	return 0;
}

/* Nothing may be kept by now. */
static int
teardown(void **state)
{
	struct names *n = *state;
	void *fixture = n->fx;

	assert_int_equal(n->vn->refs, n->refs);
	vnode_put(n->dir);
	vnode_put(n->other);
	vnode_put(n->vn);
	free(n);
	return fixture_teardown(&fixture);
}

static void
add(struct names *n, const char *name)
{
	vnamecache_add(n->c, n->dir, vname_of(name), n->vn);
}

static bool
is_found(struct names *n, const struct vnode *dir, const char *name)
{
	struct vnode *vn = vnamecache_find(n->c, dir, vname_of(name));

	if (vn == NULL)
		return false;
	assert_ptr_equal(vn, n->vn);
	vnode_put(vn);
	return true;
}

static void
empty(struct names *n)
{
	while (vfs_tidy(n->fx->vfs))
		;
}

static void
what_was_added_is_found(void **state)
{
	struct names *n = *state;

	assert_false(is_found(n, n->dir, "a"));
	add(n, "a");
	assert_true(is_found(n, n->dir, "a"));
	assert_true(is_found(n, n->dir, "a"));
	assert_false(is_found(n, n->dir, "b"));
	assert_false(is_found(n, n->dir, ""));
	assert_false(is_found(n, n->other, "a"));
	assert_int_equal(n->vn->refs, n->refs + 1);
	empty(n);
}

static void
a_name_is_kept_once(void **state)
{
	struct names *n = *state;

	add(n, "a");
	add(n, "a");
	assert_int_equal(n->vn->refs, n->refs + 1);
	vnamecache_add(n->c, n->dir, vname_of("a"), n->other);
	assert_int_equal(n->vn->refs, n->refs);
	add(n, "a");
	assert_true(is_found(n, n->dir, "a"));
	empty(n);
}

static void
nothing_is_kept_unless_asked_for(void **state)
{
	struct names *n = *state;

	vfs_keep_names(n->fx->vfs, NULL, NULL);
	add(n, "a");
	assert_false(is_found(n, n->dir, "a"));
	assert_false(vfs_tidy(n->fx->vfs));
}

static void
a_name_that_is_dropped_is_not_found(void **state)
{
	struct names *n = *state;

	vnamecache_drop(n->c, n->dir, vname_of("a"));
	add(n, "a");
	add(n, "b");
	vnamecache_drop(n->c, n->other, vname_of("a"));
	assert_true(is_found(n, n->dir, "a"));
	vnamecache_drop(n->c, n->dir, vname_of("a"));
	assert_false(is_found(n, n->dir, "a"));
	assert_true(is_found(n, n->dir, "b"));
	vnamecache_drop(n->c, n->dir, vname_of("b"));
	assert_false(vfs_tidy(n->fx->vfs));
}

static void
who_is_not_asked_for_goes(void **state)
{
	struct names *n = *state;

	add(n, "a");
	assert_true(vfs_tidy(n->fx->vfs));
	assert_int_equal(n->vn->refs, n->refs + 1);
	assert_false(vfs_tidy(n->fx->vfs));
	assert_int_equal(n->vn->refs, n->refs);
}

static void
who_is_asked_for_stays_longer(void **state)
{
	struct names *n = *state;
	int i;

	add(n, "a");
	for (i = 0; i < 10; i++) {
		assert_true(is_found(n, n->dir, "a"));
		assert_true(vfs_tidy(n->fx->vfs));
		assert_true(vfs_tidy(n->fx->vfs));
	}
	assert_false(vfs_tidy(n->fx->vfs));
	assert_false(is_found(n, n->dir, "a"));
}

static void
whoever_tidies_is_woken_for_the_first(void **state)
{
	struct names *n = *state;

	add(n, "a");
	add(n, "b");
	assert_int_equal(n->wakes, 1);
	empty(n);
	assert_int_equal(n->wakes, 1);
	add(n, "a");
	assert_int_equal(n->wakes, 2);
	vnamecache_drop(n->c, n->dir, vname_of("a"));
	add(n, "a"); /* it is awake yet */
	assert_int_equal(n->wakes, 2);
	empty(n);
	add(n, "a");
	assert_int_equal(n->wakes, 3);
	empty(n);
}

static void
a_crowd_does_not_drive_out_who_is_asked_for(void **state)
{
	struct names *n = *state;
	char name[24];
	size_t i;

	add(n, "hot");
	assert_true(is_found(n, n->dir, "hot"));
	for (i = 0; i < 50 * PLACES; i++) {
		snprintf(name, sizeof(name), "%zu", i);
		add(n, name);
	}
	assert_true(is_found(n, n->dir, name));
	assert_true(is_found(n, n->dir, "hot"));
	assert_int_equal(n->vn->refs, n->refs + PLACES); /* all are taken */
	empty(n);
}

static void
a_file_system_that_retires_is_let_go_of(void **state)
{
	struct names *n = *state;
	struct vfs_fs another;

	add(n, "a");
	vnamecache_retire(n->c, &another);
	assert_true(is_found(n, n->dir, "a"));
	vnamecache_retire(n->c, n->vn->fs);
	assert_false(is_found(n, n->dir, "a"));
	assert_false(vfs_tidy(n->fx->vfs));
}

static void
what_is_gone_is_not_kept(void **state)
{
	struct names *n = *state;

	atomic_store(&n->vn->fs->gone, true);
	add(n, "a");
	atomic_store(&n->vn->fs->gone, false);
	assert_false(is_found(n, n->dir, "a"));
	assert_int_equal(n->wakes, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_was_added_is_found),
		TEST(a_name_is_kept_once),
		TEST(nothing_is_kept_unless_asked_for),
		TEST(a_name_that_is_dropped_is_not_found),
		TEST(who_is_not_asked_for_goes),
		TEST(who_is_asked_for_stays_longer),
		TEST(whoever_tidies_is_woken_for_the_first),
		TEST(a_crowd_does_not_drive_out_who_is_asked_for),
		TEST(a_file_system_that_retires_is_let_go_of),
		TEST(what_is_gone_is_not_kept),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
