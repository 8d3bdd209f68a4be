/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_seldom.c -- what hardly ever has to wait is done by the loop, until
 * it has had to.
 *
 * That something takes at least some time can be had without looking at a
 * clock; that it takes no longer cannot, and so nothing here depends on it.
 */

#include "fixture.h"
#include "slowfs.h"

struct seldom {
	struct fixture *fx;
	struct slowfs *fs;
	struct vnode *f0, *f1; /* each in a lane of its own */
	unsigned int played, arrived; /* so far */
};

static int
setup(void **state)
{
	struct seldom *s = calloc(1, sizeof(*s));

	(void)unsetenv("TEST_CAREFUL");
	if (s == NULL || fixture_setup((void **)&s->fx) != 0)
		return -1;
	assert_int_equal(slowfs_new(s->fx->vfs, &s->fs), 0);
	assert_int_equal(vfs_mount(s->fx->vfs, "/", slow_fs(s->fs)), 0);
	s->fx->root = vfs_root(s->fx->vfs);
	assert_int_equal(do_walk(&s->fx->self, s->fx->root, "f0", &s->f0), 0);
	assert_int_equal(do_walk(&s->fx->self, s->fx->root, "f1", &s->f1), 0);
	slow_set_lane(s->f0, 100);
	slow_set_lane(s->f1, 101);
	slow_open_gate(s->fs);
	*state = s;
	return 0;
}

static int
teardown(void **state)
{
	struct seldom *s = *state;
	void *fx = s->fx;

	vnode_put(s->f0);
	vnode_put(s->f1);
	free(s);
	return fixture_teardown(&fx);
}

/* Somebody asks for something in that way; on the loop, or on a worker? */
static bool
loop_does(struct seldom *s, struct vnode *vn, enum slow_way way)
{
	unsigned int played = slow_played(s->fs);
	struct vattr attr;

	slow_plan(s->fs, SLOW_GETATTR, way, 0);
	assert_int_equal(do_getattr(&s->fx->self, vn, &attr), 0);
	if (slow_played(s->fs) == played) {
		slow_await_workers(s->fs, ++s->arrived);
		return false;
	}
	assert_int_equal(slow_played(s->fs), played + 1);
	return true;
}

static void
what_is_quick_is_done_by_the_loop(void **state)
{
	struct seldom *s = *state;
	int i;

	for (i = 0; i < 10; i++)
		assert_true(loop_does(s, s->f0, SLOW_SELDOM));
	assert_false(loop_does(s, s->f0, SLOW_WORKER));
	assert_true(loop_does(s, s->f0, SLOW_SELDOM));
}

static void
one_that_ends_badly_has_ended(void **state)
{
	struct seldom *s = *state;
	struct vattr attr;

	slow_plan(s->fs, SLOW_GETATTR, SLOW_SELDOM, -EIO);
	assert_int_equal(do_getattr(&s->fx->self, s->f0, &attr), -EIO);
	assert_int_equal(slow_played(s->fs), 1);
}

static void
a_careful_loop_leaves_it_to_workers(void **state)
{
	struct seldom *s = *state;

	vfs_be_careful(s->fx->vfs);
	assert_false(loop_does(s, s->f0, SLOW_SELDOM));
	assert_false(loop_does(s, s->f0, SLOW_SELDOM));
}

/* Once may be chance; the other device has nothing to do with it. */
static void
who_sleeps_twice_sleeps_on_workers(void **state)
{
	struct seldom *s = *state;

	assert_true(loop_does(s, s->f0, SLOW_ASLEEP));
	assert_true(loop_does(s, s->f0, SLOW_ASLEEP));
	assert_false(loop_does(s, s->f0, SLOW_ASLEEP));
	assert_false(loop_does(s, s->f0, SLOW_SELDOM));
	assert_true(loop_does(s, s->f1, SLOW_SELDOM));
}

static void
who_is_only_busy_stays_where_it_is(void **state)
{
	struct seldom *s = *state;
	int i;

	for (i = 0; i < 5; i++)
		assert_true(loop_does(s, s->f0, SLOW_BUSY));
	assert_true(loop_does(s, s->f0, SLOW_SELDOM));
}

/* All kinds of operations, of which some are several calls. */
static void
every_operation_can_be_done_so(void **state)
{
	struct seldom *s = *state;
	const struct who *who = &s->fx->self;
	struct vfile file;
	struct vnode *vn, *made;

	slow_plan_all(s->fs, SLOW_SELDOM, 0);
	assert_int_equal(do_walk(who, s->fx->root, "d0", &vn), 0);
	assert_int_equal(do_mkdir(who, vn, "new", 0700, &made), 0);
	vnode_put(made);
	assert_int_equal(do_unlink(who, vn, "f0"), 0);
	assert_int_equal(do_rename(who, vn, "f1", s->fx->root, "f2"), 0);
	assert_int_equal(
	    do_create(who, vn, "new", O_RDWR | O_CREAT, 0600, &file), 0);
	assert_int_equal(do_close(who, &file), 0);
	vnode_put(vn);
	assert_true(slow_played(s->fs) >= 6);
	slow_plan_all(s->fs, SLOW_NOW, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_quick_is_done_by_the_loop),
		TEST(one_that_ends_badly_has_ended),
		TEST(a_careful_loop_leaves_it_to_workers),
		TEST(who_sleeps_twice_sleeps_on_workers),
		TEST(who_is_only_busy_stays_where_it_is),
		TEST(every_operation_can_be_done_so),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
