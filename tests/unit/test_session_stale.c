/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_stale.c -- fids, and requests, on what is unmounted meanwhile.
 */

#include "fake.h"
#include "request.h"
#include "stale.h"
#include "vfs_fs.h"

/* A session, and a second slowfs at /gone that will not be there for long. */
struct world {
	struct fake *fx;
	struct slowfs *gone;
	struct wait w; /* the unmount */
	bool unmounted;
};

/* fid 100 is the root of the tree, 101 that of /gone; 0 is as always /slow. */
static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *fx;

	if (w == NULL || fake_setup_attached(&fx) != 0)
		return -1;
	w->fx = fx;
	assert_int_equal(slowfs_new(w->fx->server.vfs, &w->gone), 0);
	assert_int_equal(
	    vfs_mount(w->fx->server.vfs, "/gone", slow_fs(w->gone)), 0);
	call(w->fx, T_ATTACH(1, 100, ""));
	call(w->fx, T_WALK(1, 100, 101, "gone"));
	*state = w;
	return 0;
}

static void
unmount(struct world *w)
{
	const struct who who = { &w->fx->loop.vfs, NULL };

	wait_init(&w->w, &who);
	assert_int_equal(
	    vfs_unmount(w->fx->server.vfs, &w->w.op, "/gone"), VFS_PENDING);
	w->unmounted = true;
}

/* And all that follows from it without waiting for the test. */
static void
sweep(struct world *w)
{
	stale_sweep(&w->fx->session);
	fake_pump(w->fx);
}

static void
unmount_and_sweep(struct world *w)
{
	unmount(w);
	sweep(w);
}

static bool
is_destroyed(const struct world *w)
{
	return w->w.calls > 0;
}

static void
await_destroyed(struct world *w)
{
	while (!is_destroyed(w)) {
		fake_pump(w->fx);
		turn(&w->fx->loop.uv);
	}
	assert_int_equal(w->w.calls, 1);
	assert_int_equal(w->w.rc, 0);
}

/* Whatever a test has left in the session must not keep it. */
static int
teardown(void **state)
{
	struct world *w = *state;
	void *fx = w->fx;

	if (!w->unmounted)
		unmount_and_sweep(w);
	if (w->fx->session.state == SESSION_UP)
		fake_hang_up(w->fx);
	await_destroyed(w);
	free(w);
	return fake_teardown(&fx);
}

static void
walk_gone(struct world *w, uint32_t newfid, const char *name)
{
	call(w->fx,
	    T(walk, 2, 101, newfid,
		{ 1, { { name, (uint16_t)strlen(name) } } }));
}

static void
open_gone(struct world *w, uint32_t newfid)
{
	walk_gone(w, newfid, "f1");
	call(w->fx, T(lopen, 2, newfid, P9_O_RDWR));
}

static void
a_fid_on_it_knows_nothing_but_that(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;
	const uint32_t e = ESTALE;

	walk_gone(w, 1, "f1");
	open_gone(w, 2);
	walk_gone(w, 3, "d1");
	unmount_and_sweep(w);
	await_destroyed(w);
	call_fails(fx, T(getattr, 1, 1, P9_GETATTR_BASIC), e);
	call_fails(fx, T(setattr, 1, 1, .valid = P9_SETATTR_ATIME), e);
	call_fails(fx, T(statfs, 1, 3), e);
	call_fails(fx, T(lopen, 1, 1, P9_O_RDONLY), e);
	call_fails(fx, T(lcreate, 1, 3, STR("x"), P9_O_RDWR, 0600, 0), e);
	call_fails(fx, T(mkdir, 1, 3, STR("x"), 0700, 0), e);
	call_fails(fx, T(symlink, 1, 3, STR("x"), STR("y"), 0), e);
	call_fails(fx, T(readlink, 1, 1), e);
	call_fails(fx, T(link, 1, 3, 1, STR("x")), e);
	call_fails(fx, T(link, 1, 0, 1, STR("x")), e);
	call_fails(fx, T(rename, 1, 1, 3, STR("x")), e);
	call_fails(fx, T(renameat, 1, 3, STR("x"), 3, STR("y")), e);
	call_fails(fx, T(renameat, 1, 0, STR("x"), 3, STR("y")), e);
	call_fails(fx, T(unlinkat, 1, 3, STR("x"), 0), e);
	call_fails(fx, T_READ(1, 2), e);
	call_fails(fx, T_WRITE(1, 2), e);
	call_fails(fx, T(fsync, 1, 2, 0), e);
	call_fails(fx, T(readdir, 1, 2, 0, 100), e);
	call_fails(fx, T_LOCK(1, 2, 1), e);
	call_fails(fx, T(xattrwalk, 1, 1, 9, STR("user.x")), e);
	call_fails(fx, T_XATTRCREATE(1, 1, 1), e);
	call_fails(fx, T_WALK(1, 3, 9, "f1"), e);
	call_fails(fx, T_WALK(1, 3, 3, "f1"), e);
	call_fails(fx, T_CLONE(1, 3, 9), e);
	call_fails(fx, T_WALK(1, 3, 9, ".."), e);
	call(fx, T(clunk, 1, 2));
	call_fails(fx, T(clunk, 1, 2), EBADF);
	call_fails(fx, T(remove, 1, 1), e);
	call_fails(fx, T(remove, 1, 1), EBADF);
	call(fx, T(clunk, 1, 3));
	make_fid(fx, 1, "f1"); /* the numbers are free */
}

static void
fids_on_others_go_on(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_fid(fx, 1, "f1");
	walk_gone(w, 2, "d1");
	unmount_and_sweep(w);
	call(fx, T_READ(1, 1));
	call(fx, T_WALK(1, 0, 3, "d1"));
	call(fx, T_WALK(1, 100, 4, "slow"));
	call_fails(fx, T_WALK(1, 100, 5, "gone"), ENOENT);
}

/* The vfs says so before the session has looked. */
static void
nothing_works_before_the_sweep_either(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_gone(w, 1);
	walk_gone(w, 2, "d1");
	unmount(w);
	call_fails(fx, T_READ(1, 1), ESTALE);
	call_fails(fx, T(getattr, 1, 1, P9_GETATTR_BASIC), ESTALE);
	call_fails(fx, T_WALK(1, 2, 9, "f1"), ESTALE);
	call_fails(fx, T_CLONE(1, 2, 9), ESTALE);
	call_fails(fx, T_ATTACH(1, 9, "/gone"), ENOENT);
	call(fx, T(clunk, 1, 1));
	fake_pump(fx);
	assert_false(is_destroyed(w));
	sweep(w);
	await_destroyed(w);
}

static void
an_open_file_is_closed_after_what_uses_it(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_gone(w, 1);
	slow_plan(w->gone, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(1, 1));
	unmount_and_sweep(w);
	assert_int_equal(slow_hurried(w->gone), 1);
	assert_int_equal(slow_opens(w->gone), 1);
	send_ok(fx, T_READ(2, 1)); /* waits behind the close */
	expect_silence(fx);
	slow_finish(w->gone, 0);
	expect(fx, P9_Rread, 1); /* it was too late to stop */
	expect_error(fx, 2, ESTALE);
	await_destroyed(w);
}

static void
what_can_be_given_up_is(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_gone(w, 1);
	walk_gone(w, 2, "f2");
	slow_plan_all(w->gone, SLOW_PENDING, 0);
	send_ok(fx, T_READ(1, 1));
	send_ok(fx, T(getattr, 2, 2, P9_GETATTR_BASIC));
	send_ok(fx, T(lopen, 3, 2, P9_O_RDONLY)); /* waits for the fid */
	send_ok(fx, T(link, 4, 0, 2, STR("x"))); /* waits for its second */
	slow_plan(w->gone, SLOW_CLOSE, SLOW_NOW, 0);
	unmount_and_sweep(w);
	expect_error(fx, 3, ESTALE);
	expect_error(fx, 4, ESTALE);
	expect_error(fx, 1, ESTALE);
	expect_error(fx, 2, ESTALE);
	await_destroyed(w);
}

static void
what_is_flushed_as_well_is_not_answered(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_gone(w, 1);
	slow_plan(w->gone, SLOW_READ, SLOW_PENDING, 0);
	slow_plan(w->gone, SLOW_FSYNC, SLOW_PENDING, 0);
	send_ok(fx, T_READ(1, 1));
	send_ok(fx, T(flush, 2, 1));
	send_ok(fx, T(fsync, 3, 1, 0));
	unmount(w);
	stale_sweep(&fx->session);
	send_ok(fx, T(flush, 4, 3));
	fake_pump(fx);
	expect(fx, P9_Rflush, 2);
	expect(fx, P9_Rflush, 4);
	expect_silence(fx);
}

static void
a_wait_for_a_lock_is_not_blocked_but_stale(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_gone(w, 1);
	open_gone(w, 2);
	call(fx, T_LOCK(1, 1, 1));
	send_ok(fx, T_LOCK(2, 2, 2));
	expect_silence(fx);
	unmount_and_sweep(w);
	expect_error(fx, 2, ESTALE);
	assert_int_equal(fx->session.locks.held, 0);
	await_destroyed(w);
}

static void
a_clunk_that_waits_is_answered(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	open_gone(w, 1);
	slow_plan(w->gone, SLOW_READ, SLOW_DEAF, 0);
	send_ok(fx, T_READ(1, 1));
	send_ok(fx, T(clunk, 2, 1));
	unmount_and_sweep(w);
	send_ok(fx, T_READ(3, 1)); /* the number is free already */
	expect_error(fx, 3, EBADF);
	slow_finish(w->gone, 0);
	expect(fx, P9_Rread, 1);
	expect(fx, P9_Rclunk, 2);
	await_destroyed(w);
}

static void
a_walk_that_arrives_too_late_makes_no_fid(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	slow_plan(w->gone, SLOW_LOOKUP, SLOW_DEAF, 0);
	send_ok(fx, T_WALK(1, 101, 1, "d1"));
	send_ok(fx, T(walk, 2, 100, 2, { 2, { STR("gone"), STR("d1") } }));
	unmount_and_sweep(w);
	expect_silence(fx);
	slow_finish(w->gone, 0);
	expect_error(fx, 1, ESTALE);
	assert_false(is_destroyed(w));
	slow_finish(w->gone, 0);
	assert_int_equal(expect(fx, P9_Rwalk, 2)->u.Rwalk.wqid.n, 1);
	await_destroyed(w);
	call_fails(fx, T(clunk, 1, 1), EBADF);
	call_fails(fx, T(clunk, 1, 2), EBADF);
}

/* In one go with the walk's end, before anybody can look. */
static void
a_walk_that_has_arrived_looks_back(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	slow_plan(w->gone, SLOW_LOOKUP, SLOW_DEAF, 0);
	send_ok(fx, T_WALK(1, 101, 1, "f1"));
	slow_post(w->gone, 0);
	unmount_and_sweep(w);
	expect_error(fx, 1, ESTALE);
	await_destroyed(w);
}

static void
an_open_that_ends_too_late_is_closed(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	walk_gone(w, 1, "f1");
	walk_gone(w, 2, "d1");
	slow_plan(w->gone, SLOW_OPEN, SLOW_DEAF, 0);
	slow_plan(w->gone, SLOW_CREATE, SLOW_DEAF, 0);
	send_ok(fx, T(lopen, 1, 1, P9_O_RDWR));
	send_ok(fx, T(lcreate, 2, 2, STR("f2"), P9_O_RDWR, 0600, 0));
	unmount_and_sweep(w);
	slow_finish(w->gone, 0);
	expect(fx, P9_Rlopen, 1);
	call_fails(fx, T_READ(3, 1), ESTALE);
	slow_finish(w->gone, 0);
	expect_error(fx, 2, ESTALE);
	await_destroyed(w);
	call(fx, T(clunk, 4, 1));
	call(fx, T(clunk, 4, 2));
}

static void
extended_attributes_go_with_their_file(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;

	walk_gone(w, 1, "f1");
	walk_gone(w, 3, "f3");
	walk_gone(w, 4, "f4");
	call(fx, T(xattrwalk, 1, 1, 2, STR("user.x")));
	call(fx, T_XATTRCREATE(1, 3, 5));
	call(fx, T_WRITE(1, 3));
	slow_plan(w->gone, SLOW_GETXATTR, SLOW_DEAF, 0);
	send_ok(fx, T(xattrwalk, 7, 4, 5, STR("user.x")));
	unmount_and_sweep(w);
	slow_finish(w->gone, 0);
	expect_error(fx, 7, ESTALE);
	await_destroyed(w);
	assert_int_equal(fx->session.xattr_bytes, 0);
	call_fails(fx, T_READ(1, 2), ESTALE);
	call_fails(fx, T_WRITE(1, 3), ESTALE);
	call(fx, T(clunk, 1, 2));
	call_fails(fx, T(clunk, 1, 3), ESTALE); /* a value was lost */
	call_fails(fx, T(clunk, 1, 3), EBADF);
	call_fails(fx, T(clunk, 1, 5), EBADF);
}

#define MANY 100000

/* A step looks at some of them, and what it begins does not pile up. */
static void
many_fids_are_looked_at_some_at_a_time(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;
	size_t steps = 0;
	uint32_t i;

	for (i = 0; i < MANY; i++)
		call(fx, T_CLONE(1, i % 2 == 0 ? 101 : 0, 1000 + i));
	unmount(w);
	stale_sweep(&fx->session);
	while (session_step(&fx->session))
		steps++;
	assert_in_range(steps, MANY / 2000, MANY / 10);
	await_destroyed(w);
	call_fails(fx, T_CLONE(1, 1000, 9), ESTALE);
	call(fx, T_CLONE(1, 1001, 9));
	for (i = 0; i < MANY; i++)
		call(fx, T(clunk, 1, 1000 + i));
}

static void
files_that_close_slowly_are_closed_some_at_a_time(void **state)
{
	struct world *w = *state;
	struct vnode *root = vnode_get(slow_fs(w->gone)->root);
	struct fake *fx = w->fx;
	size_t most = 0, n, closed = 0;
	uint32_t i;

	for (i = 0; i < 1000; i++)
		open_gone(w, 1000 + i);
	slow_plan(w->gone, SLOW_CLOSE, SLOW_DEAF, 0);
	unmount_and_sweep(w);
	while ((n = slow_npending(w->gone)) > 0) {
		most = n > most ? n : most;
		slow_finish(w->gone, 0);
		closed++;
		fake_pump(fx);
	}
	vnode_put(root);
	assert_int_equal(closed, 1000);
	assert_true(most < 100);
	await_destroyed(w);
}

/* Whatever the client does meanwhile, no fid is passed over. */
static void
fids_come_and_go_during_a_sweep(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;
	uint32_t i;

	for (i = 0; i < 5000; i++)
		call(fx, T_CLONE(1, 101, 1000 + i));
	unmount(w);
	stale_sweep(&fx->session);
	for (i = 0; i < 5000; i += 3) {
		if (i % 500 == 0)
			(void)session_step(&fx->session);
		if (i % 1000 == 0)
			stale_sweep(&fx->session); /* another one is gone */
		call(fx, T(clunk, 1, 1000 + i));
		call(fx, T_CLONE(1, 0, 10000 + i));
	}
	fake_pump(fx);
	await_destroyed(w);
	call(fx, T_CLONE(1, 10000, 9));
	call_fails(fx, T_CLONE(1, 1001, 10), ESTALE);
}

static void
a_session_may_end_during_a_sweep(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;
	uint32_t i;

	for (i = 0; i < 5000; i++)
		call(fx, T_CLONE(1, 101, 1000 + i));
	unmount(w);
	stale_sweep(&fx->session);
	assert_true(session_step(&fx->session));
	fake_hang_up(fx);
	await_destroyed(w);
}

static void
a_session_may_begin_anew_during_a_sweep(void **state)
{
	struct world *w = *state;
	struct fake *fx = w->fx;
	uint32_t i;

	for (i = 0; i < 5000; i++)
		call(fx, T_CLONE(1, 101, 1000 + i));
	open_gone(w, 1);
	slow_plan(w->gone, SLOW_CLOSE, SLOW_DEAF, 0);
	unmount(w);
	stale_sweep(&fx->session);
	assert_true(session_step(&fx->session));
	send_ok(fx, T_VERSION);
	stale_sweep(&fx->session);
	expect_silence(fx);
	slow_finish(w->gone, 0);
	expect(fx, P9_Rversion, P9_NOTAG);
	await_destroyed(w);
	call(fx, T_ATTACH(1, 101, "/slow"));
	sweep(w);
	call(fx, T_CLONE(1, 101, 1));
}

int
main(void)
{
#define S(f) cmocka_unit_test_setup_teardown(f, setup, teardown)
	const struct CMUnitTest tests[] = {
		S(a_fid_on_it_knows_nothing_but_that),
		S(fids_on_others_go_on),
		S(nothing_works_before_the_sweep_either),
		S(an_open_file_is_closed_after_what_uses_it),
		S(what_can_be_given_up_is),
		S(what_is_flushed_as_well_is_not_answered),
		S(a_wait_for_a_lock_is_not_blocked_but_stale),
		S(a_clunk_that_waits_is_answered),
		S(a_walk_that_arrives_too_late_makes_no_fid),
		S(a_walk_that_has_arrived_looks_back),
		S(an_open_that_ends_too_late_is_closed),
		S(extended_attributes_go_with_their_file),
		S(many_fids_are_looked_at_some_at_a_time),
		S(files_that_close_slowly_are_closed_some_at_a_time),
		S(fids_come_and_go_during_a_sweep),
		S(a_session_may_end_during_a_sweep),
		S(a_session_may_begin_anew_during_a_sweep),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
