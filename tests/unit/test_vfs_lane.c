/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lane.c -- who gets a worker, when there are fewer than are asked
 * for: nothing that gets stuck takes all of them.
 */

#include <pthread.h>

#include "fixture.h"
#include "slowfs.h"
#include "vfs_internal.h"

#define OPS 400
#define MOST_WORKERS 16

/* Operations that stay on their workers until they are let go. */
struct lanes {
	struct fixture *fx;
	struct slowfs *fs;
	struct vnode *f[4]; /* each in a lane of its own */
	struct wait w[OPS];
	struct vattr attr[OPS];
	size_t n;
	size_t ended[OPS]; /* which of them, in the order of their ends */
	size_t nended;
};

static struct lanes *the_lanes;

static void
note_end(struct vop *op, int rc)
{
	struct wait *w = container_of_test(op, struct wait, op);

	w->calls++;
	w->rc = rc;
	the_lanes->ended[the_lanes->nended++] = (size_t)(w - the_lanes->w);
}

static int
setup(void **state)
{
	struct lanes *l = calloc(1, sizeof(*l));
	char name[] = "f0";
	size_t i;

	the_lanes = l;
	if (l == NULL || fixture_setup((void **)&l->fx) != 0)
		return -1;
	assert_int_equal(slowfs_new(l->fx->vfs, &l->fs), 0);
	assert_int_equal(vfs_mount(l->fx->vfs, "/", slow_fs(l->fs)), 0);
	l->fx->root = vfs_root(l->fx->vfs);
	for (i = 0; i < 4; i++, name[1]++) {
		assert_int_equal(
		    do_walk(&l->fx->self, l->fx->root, name, &l->f[i]), 0);
		slow_set_lane(l->f[i], 100 + i);
	}
	slow_plan(l->fs, SLOW_GETATTR, SLOW_WORKER, 0);
	*state = l;
	return 0;
}

/* Until n have ended, in all. */
static void
await_ends(struct lanes *l, size_t n)
{
	while (l->nended < n)
		turn(&l->fx->uv);
}

/* Everything that has been begun ends, once, and no worker is left. */
static void
await_all(struct lanes *l)
{
	size_t i;

	await_ends(l, l->n);
	while (l->fx->uv.active_reqs.count > 0)
		turn(&l->fx->uv);
	for (i = 0; i < l->n; i++)
		assert_int_equal(l->w[i].calls, 1);
}

static void
let_all_go(struct lanes *l)
{
	slow_open_gate(l->fs);
	await_all(l);
}

/* The same, but who comes next is held again. */
static void
let_these_go(struct lanes *l)
{
	size_t i;

	for (i = l->nended; i < l->n; i++)
		slow_ticket(l->fs);
	await_all(l);
}

static int
teardown(void **state)
{
	struct lanes *l = *state;
	void *fx = l->fx;
	int i;

	let_all_go(l);
	for (i = 0; i < 4; i++)
		vnode_put(l->f[i]);
	free(l);
	return fixture_teardown(&fx);
}

/* A client asks for something in lane i. */
static struct wait *
ask(struct lanes *l, uint64_t client, int lane)
{
	struct wait *w = &l->w[l->n];

	assert_true(l->n < OPS);
	wait_init(w, &l->fx->self);
	w->op.done = note_end;
	w->op.client = client;
	assert_int_equal(
	    vfs_getattr(&w->op, l->f[lane], &l->attr[l->n]), VFS_PENDING);
	l->n++;
	return w;
}

static void
ask_often(struct lanes *l, uint64_t client, int lane, int times)
{
	while (times-- > 0)
		(void)ask(l, client, lane);
}

/* So many have got a worker, and that is a real one. */
static void
expect_on_workers(struct lanes *l, unsigned int n)
{
	assert_int_equal(l->fx->uv.active_reqs.count, n);
	slow_await_workers(l->fs, n);
}

static void
who_has_much_leaves_some_for_others(void **state)
{
	struct lanes *l = *state;

	vfs_limit_workers(l->fx->vfs, 8);
	ask_often(l, 1, 0, 10);
	expect_on_workers(l, 4); /* a client alone: half */
	ask_often(l, 2, 0, 10);
	expect_on_workers(l, 5);
	ask_often(l, 3, 0, 10);
	expect_on_workers(l, 6);
	ask_often(l, 4, 0, 10); /* the lane has come to its end */
	expect_on_workers(l, 6);
	ask_often(l, 1, 1, 10); /* another lane has not */
	expect_on_workers(l, 7);
	ask_often(l, 1, 2, 10);
	expect_on_workers(l, 8);
	ask_often(l, 1, 3, 10);
	expect_on_workers(l, 8);
}

static void
another_client_of_a_stuck_lane_is_let_in(void **state)
{
	struct lanes *l = *state;

	vfs_limit_workers(l->fx->vfs, 8);
	ask_often(l, 1, 0, 50);
	(void)ask(l, 2, 0);
	expect_on_workers(l, 5);
}

static void
no_lane_comes_to_have_all_workers(void **state)
{
	struct lanes *l = *state;
	unsigned int workers, stuck;
	uint64_t client;

	for (workers = 3; workers <= MOST_WORKERS; workers++) {
		vfs_limit_workers(l->fx->vfs, workers);
		for (client = 0; client < 8; client++)
			ask_often(l, client, 0, 2);
		stuck = l->fx->uv.active_reqs.count;
		assert_in_range(stuck, workers / 2, workers - 1);
		(void)ask(l, 0, 1);
		assert_int_equal(l->fx->uv.active_reqs.count, stuck + 1);
		let_these_go(l);
	}
}

/* One worker is enough for everyone, one after the other. */
static void
everyone_comes_to_a_single_worker(void **state)
{
	struct lanes *l = *state;
	int lane;

	vfs_limit_workers(l->fx->vfs, 1);
	for (lane = 0; lane < 4; lane++)
		ask_often(l, 1, lane, 5);
	expect_on_workers(l, 1);
	let_all_go(l);
}

/* Let n more end, and look which: "0 2 ..." */
static void
expect_ends(struct lanes *l, const size_t *which, size_t n)
{
	size_t first = l->nended, i;

	for (i = 0; i < n; i++) {
		slow_ticket(l->fs);
		await_ends(l, first + i + 1);
		assert_int_equal(l->ended[first + i], which[i]);
	}
}

static void
a_line_keeps_its_order_and_lines_take_turns(void **state)
{
	static const size_t order[] = { 0, 4, 1, 5, 2, 3 };
	struct lanes *l = *state;

	vfs_limit_workers(l->fx->vfs, 1);
	ask_often(l, 1, 0, 4); /* 0 to 3 */
	ask_often(l, 2, 0, 2); /* 4, 5 */
	expect_ends(l, order, 6);
}

static void
lanes_take_turns(void **state)
{
	static const size_t order[] = { 0, 4, 1, 5, 2, 3 };
	struct lanes *l = *state;

	vfs_limit_workers(l->fx->vfs, 1);
	ask_often(l, 1, 1, 4); /* 0 to 3 */
	ask_often(l, 1, 0, 2); /* 4, 5 */
	expect_ends(l, order, 6);
}

static void
who_waits_can_be_given_up(void **state)
{
	struct lanes *l = *state;
	struct wait *w[3];
	int i;

	vfs_limit_workers(l->fx->vfs, 1);
	(void)ask(l, 1, 0);
	slow_await_workers(l->fs, 1);
	for (i = 0; i < 3; i++)
		w[i] = ask(l, 1, 0);
	vop_hurry(&w[1]->op);
	vop_hurry(&w[1]->op); /* no more than once */
	vop_hurry(&w[2]->op); /* the last: the next comes behind w[0] */
	(void)ask(l, 1, 0);
	assert_int_equal(l->nended, 0); /* never inside the call */
	await_ends(l, 2);
	assert_int_equal(w[1]->rc, -ECANCELED);
	assert_int_equal(w[2]->rc, -ECANCELED);
	let_all_go(l);
	assert_int_equal(w[0]->rc, 0);
	assert_int_equal(slow_calls(l->fs, SLOW_GETATTR), 3);
}

/* What a worker has begun is waited for. */
static void
who_has_a_worker_is_not_given_up(void **state)
{
	struct lanes *l = *state;
	struct wait *w = ask(l, 1, 0);

	slow_await_workers(l->fs, 1);
	vop_hurry(&w->op);
	let_all_go(l);
	assert_int_equal(w->rc, 0);
}

struct other_loop {
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	struct wait w;
	struct vattr attr;
};

static void *
run_until_done(void *arg)
{
	struct other_loop *o = arg;

	while (o->w.calls == 0)
		turn(&o->uv);
	return NULL;
}

/* To be let in by what ends on another loop. */
static void
loops_wait_for_each_other(void **state)
{
	struct lanes *l = *state;
	static struct other_loop o;
	struct who who = { &o.loop, l->fx->self.cred };

	memset(&o, 0, sizeof(o));
	assert_int_equal(uv_loop_init(&o.uv), 0);
	assert_int_equal(vloop_init(&o.loop, &o.uv), 0);
	vfs_limit_workers(l->fx->vfs, 1);
	(void)ask(l, 1, 0);
	wait_init(&o.w, &who);
	assert_int_equal(vfs_getattr(&o.w.op, l->f[1], &o.attr), VFS_PENDING);
	assert_int_equal(
	    pthread_create(&o.thread, NULL, run_until_done, &o), 0);
	slow_await_workers(l->fs, 1);
	let_all_go(l);
	pthread_join(o.thread, NULL);
	assert_int_equal(o.w.calls, 1);
	assert_int_equal(o.w.rc, 0);
	vloop_fini(&o.loop);
	uv_run(&o.uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&o.uv), 0);
}

/* A tree whose d1 lies where all is stuck, and which is not stuck itself. */
static struct slowfs *
tree_that_leads_to_lane_0(struct lanes *l)
{
	struct vnode *vn;
	struct slowfs *fs;

	assert_int_equal(slowfs_new(l->fx->vfs, &fs), 0);
	assert_int_equal(
	    do_walk(&l->fx->self, slow_fs(fs)->root, "d1", &vn), 0);
	slow_set_lane(vn, 100);
	vnode_put(vn);
	slow_plan(fs, SLOW_LOOKUP, SLOW_WORKER, 0);
	return fs;
}

static enum vop_stage
stage_of(struct lanes *l, const struct vop *op)
{
	uv_mutex_t *mutex = &l->fx->vfs->lanes.mutex;
	enum vop_stage stage;

	uv_mutex_lock(mutex);
	stage = op->stage;
	uv_mutex_unlock(mutex);
	return stage;
}

/* What it has had before is no longer kept for it. */
static void
a_walk_changes_lanes_where_it_crosses(void **state)
{
	struct lanes *l = *state;
	struct slowfs *fs = tree_that_leads_to_lane_0(l);
	static const struct vname names[] = { { "d0", 2 }, { "d1", 2 },
		{ "f0", 2 } };
	struct vwalk walk = { .names = names, .nnames = 3 };
	struct wait w;
	uint64_t client;

	vfs_limit_workers(l->fx->vfs, 4);
	for (client = 1; client < 9; client++)
		(void)ask(l, client, 0);
	expect_on_workers(l, 3);
	slow_open_gate(fs);
	walk.root = walk.from = slow_fs(fs)->root;
	wait_init(&w, &l->fx->self);
	w.op.client = 9;
	assert_int_equal(vfs_walk(&w.op, &walk), VFS_PENDING);
	while (stage_of(l, &w.op) != VOP_IN_LINE)
		turn(&l->fx->uv);
	assert_int_equal(walk.found, 2);
	while (l->fx->uv.active_reqs.count > 3) /* its worker has gone */
		turn(&l->fx->uv);
	let_all_go(l);
	while (w.calls == 0)
		turn(&l->fx->uv);
	assert_int_equal(w.rc, 0);
	assert_int_equal(walk.found, 3);
	vnode_put(walk.vn);
	vnode_put(walk.dir);
	assert_int_equal(slow_calls(fs, SLOW_LOOKUP), 4);
	vfs_fs_free(slow_fs(fs));
}

/* What it had begun is over, and it would only wait for the next. */
static void
a_walk_is_given_up_where_it_crosses(void **state)
{
	struct lanes *l = *state;
	struct slowfs *fs = tree_that_leads_to_lane_0(l);
	static const struct vname names[] = { { "d1", 2 }, { "f0", 2 } };
	struct vwalk walk = { .names = names, .nnames = 2 };
	struct wait w;
	uint64_t client;

	vfs_limit_workers(l->fx->vfs, 4);
	for (client = 1; client < 9; client++)
		(void)ask(l, client, 0);
	expect_on_workers(l, 3);
	walk.root = walk.from = slow_fs(fs)->root;
	wait_init(&w, &l->fx->self);
	w.op.client = 9;
	assert_int_equal(vfs_walk(&w.op, &walk), VFS_PENDING);
	slow_await_workers(fs, 1);
	vop_hurry(&w.op);
	slow_open_gate(fs);
	while (w.calls == 0 && stage_of(l, &w.op) != VOP_IN_LINE)
		turn(&l->fx->uv);
	assert_int_equal(w.calls, 1);
	assert_int_equal(w.rc, -ECANCELED);
	assert_int_equal(walk.found, 1);
	vfs_fs_free(slow_fs(fs));
}

static void
one_device_has_one_lane(void **state)
{
	struct lanes *l = *state;

	assert_ptr_equal(vfs_lane(l->fx->vfs, 7), vfs_lane(l->fx->vfs, 7));
	assert_ptr_not_equal(vfs_lane(l->fx->vfs, 7), vfs_lane(l->fx->vfs, 8));
	assert_ptr_equal(vnode_lane(l->f[1]), vfs_lane(l->fx->vfs, 101));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(who_has_much_leaves_some_for_others),
		TEST(another_client_of_a_stuck_lane_is_let_in),
		TEST(no_lane_comes_to_have_all_workers),
		TEST(everyone_comes_to_a_single_worker),
		TEST(a_line_keeps_its_order_and_lines_take_turns),
		TEST(lanes_take_turns),
		TEST(who_waits_can_be_given_up),
		TEST(who_has_a_worker_is_not_given_up),
		TEST(loops_wait_for_each_other),
		TEST(a_walk_changes_lanes_where_it_crosses),
		TEST(a_walk_is_given_up_where_it_crosses),
		TEST(one_device_has_one_lane),
	};

	setenv("UV_THREADPOOL_SIZE", "16", 1); /* MOST_WORKERS */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
