/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_wait.c -- byte-range locks: waiting for one, and how it ends.
 */

#include "lock_fixture.h"

static void
a_wait_is_granted_when_the_lock_goes(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 5, 14, bob);
	assert_waiting(w, &op);
	assert_int_equal(w->table->count, 1);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_held(w, VLOCK_WRITE, 5, 14); /* already, not when it is told */
	assert_ended(w, &op, 0);
}

static void
a_lock_that_is_free_is_not_waited_for(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct wait op;

	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, true), 0);
	lk.type = VLOCK_UNLOCK;
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, true), 0);
	settle(w);
	assert_int_equal(op.calls, 0);
}

static void
half_of_what_is_in_the_way_is_not_enough(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 10, 19, carol), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 19, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_waiting(w, &op);
	assert_int_equal(unlock(w, 10, 19, carol), 0);
	assert_ended(w, &op, 0);
}

static void
waits_are_granted_in_their_order(void **state)
{
	struct lock_world *w = *state;
	struct wait first, second;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_WRITE, 0, 9, bob);
	wait_for(w, &second, VLOCK_WRITE, 0, 9, carol);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &first, 0);
	assert_waiting(w, &second);
	assert_int_equal(unlock(w, 0, 9, bob), 0);
	assert_ended(w, &second, 0);
}

static void
readers_are_granted_together(void **state)
{
	struct lock_world *w = *state;
	struct wait first, writer, second;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_READ, 0, 9, bob);
	wait_for(w, &writer, VLOCK_WRITE, 0, 9, carol);
	wait_for(w, &second, VLOCK_READ, 0, 9, dave);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	settle(w);
	assert_int_equal(first.calls, 1);
	assert_int_equal(second.calls, 1);
	assert_waiting(w, &writer);
	assert_int_equal(unlock(w, 0, 9, bob), 0);
	assert_waiting(w, &writer);
	assert_int_equal(unlock(w, 0, 9, dave), 0);
	assert_ended(w, &writer, 0);
}

static void
a_younger_wait_need_not_stay_behind_an_older_one(void **state)
{
	struct lock_world *w = *state;
	struct wait all, part;

	assert_int_equal(write_lock(w, 0, 29, alice), 0);
	wait_for(w, &all, VLOCK_WRITE, 0, 29, bob);
	wait_for(w, &part, VLOCK_WRITE, 0, 9, carol);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &part, 0);
	assert_waiting(w, &all);
	assert_int_equal(unlock(w, 10, 29, alice), 0);
	assert_int_equal(unlock(w, 0, 9, carol), 0);
	assert_ended(w, &all, 0);
}

static void
a_downgrade_grants_waiting_readers(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_READ, 0, 9, bob);
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_ended(w, &op, 0);
}

/*
 * Bob writes 0 to 9 and waits to read 0 to 19: when that is granted, Carol can
 * read what Bob no longer writes, although she asked before him.
 */
static void
a_grant_that_gives_something_up_helps_older_waits(void **state)
{
	struct lock_world *w = *state;
	struct wait older, younger;

	assert_int_equal(write_lock(w, 0, 9, bob), 0);
	assert_int_equal(write_lock(w, 10, 19, alice), 0);
	wait_for(w, &older, VLOCK_READ, 0, 9, carol);
	wait_for(w, &younger, VLOCK_READ, 0, 19, bob);
	assert_int_equal(unlock(w, 10, 19, alice), 0);
	settle(w);
	assert_int_equal(younger.calls, 1);
	assert_int_equal(older.calls, 1);
}

static void
closing_a_file_grants_what_waits_for_its_locks(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(do_close(&w->fx->user, &w->files[0]), 0);
	settle(w);
	assert_int_equal(op.calls, 1);
	assert_int_equal(op.rc, 0);
}

static void
closing_a_file_ends_the_waits_through_it(void **state)
{
	struct lock_world *w = *state;
	struct wait through, beside;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_through(w, 1, &through, lock_of(VLOCK_WRITE, 0, 9, bob));
	wait_through(w, 2, &beside, lock_of(VLOCK_WRITE, 0, 9, carol));
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	vop_hurry(&through.op);
	settle(w);
	assert_int_equal(through.calls, 1);
	assert_int_equal(through.rc, -EBADF);
	assert_waiting(w, &beside);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
	assert_ended(w, &beside, 0);
}

static void
free_reclaim(struct vnode *vn)
{
	free(vn);
}

/* Closed, and told of it only when the vnode is gone as well. */
static void
a_wait_ended_by_a_close_does_not_need_the_vnode(void **state)
{
	struct lock_world *w = *state;
	const struct vfs_ops ops = { .reclaim = free_reclaim,
		.destroy = w->fs.ops->destroy,
		.open = w->fs.ops->open };
	struct vfs_fs fs = { .ops = &ops, .vfs = w->fx->vfs };
	struct vnode *vn = malloc(sizeof(*vn));
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct vfile holder, waiter;
	struct wait op;

	vnode_init(vn, &fs, S_IFREG, 2);
	assert_int_equal(do_open(&w->fx->user, vn, O_RDWR, &holder), 0);
	assert_int_equal(do_open(&w->fx->user, vn, O_RDWR, &waiter), 0);
	vnode_put(vn);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &holder, &lk, true), 0);
	lk.owner = bob;
	assert_int_equal(vfs_lock(&op.op, &waiter, &lk, true), VFS_PENDING);
	assert_int_equal(do_close(&w->fx->user, &waiter), 0);
	assert_int_equal(do_close(&w->fx->user, &holder), 0);
	vop_hurry(&op.op);
	assert_ended(w, &op, -EBADF);
}

/* Both the lock and a wait for it came through the file that is closed. */
static void
closing_a_file_does_not_grant_its_own_waits(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_through(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, bob));
	assert_int_equal(do_close(&w->fx->user, &w->files[0]), 0);
	settle(w);
	assert_int_equal(op.rc, -EBADF);
	assert_free(w, 0, END);
}

static void
a_hurried_wait_is_canceled(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	vop_hurry(&op.op);
	vop_hurry(&op.op);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &op, -ECANCELED);
	assert_free(w, 0, END);
	vop_hurry(&op.op);
	settle(w);
	assert_int_equal(op.calls, 1);
}

static void
a_wait_in_the_middle_can_be_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait ops[3];

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &ops[0], VLOCK_READ, 0, 9, bob);
	wait_for(w, &ops[1], VLOCK_READ, 0, 9, carol);
	wait_for(w, &ops[2], VLOCK_READ, 0, 9, dave);
	vop_hurry(&ops[1].op);
	assert_ended(w, &ops[1], -ECANCELED);
	vop_hurry(&ops[2].op);
	assert_ended(w, &ops[2], -ECANCELED);
	wait_for(w, &ops[2], VLOCK_READ, 0, 9, dave);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	settle(w);
	assert_int_equal(ops[0].rc, 0);
	assert_int_equal(ops[2].rc, 0);
	assert_int_equal(w->table->count, 2);
	assert_null(w->fx->loop.waiting);
	assert_ptr_equal(w->fx->loop.waiting_tail, &w->fx->loop.waiting);
}

static void
a_granted_wait_is_too_late_to_hurry(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	vop_hurry(&op.op);
	assert_ended(w, &op, 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

static void
an_operation_can_wait_again(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, bob);
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	op.calls = 0;
	assert_int_equal(
	    vfs_lock(&op.op, &w->files[1], &lk, true), VFS_PENDING);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &op, 0);
}

static void
without_a_loop_nothing_waits(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, bob);
	struct who nobody = { NULL, NULL };
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_init(&op, &nobody);
	assert_int_equal(vfs_lock(&op.op, &w->files[1], &lk, true), -EAGAIN);
}

static void
a_wait_counts_against_the_limit_when_it_is_granted(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	w->table->limit = 1;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 4, bob);
	assert_int_equal(unlock(w, 0, 4, alice), 0);
	assert_ended(w, &op, -ENOLCK);
	assert_free(w, 0, 4);
}

static void
a_wait_ends_at_its_deadline(void **state)
{
	struct lock_world *w = *state;
	uint64_t begun;
	struct wait op;

	assert_int_equal(VLOCK_WAIT_MS, 5000);
	w->table->wait_ms = 20;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	begun = uv_now(&w->fx->uv);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(await(&op, VFS_PENDING), -EAGAIN);
	assert_true(uv_now(&w->fx->uv) >= begun + 20);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_free(w, 0, END);
}

static void
all_waits_end_at_their_deadlines_in_order(void **state)
{
	struct lock_world *w = *state;
	struct wait first, second;

	w->table->wait_ms = 20;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_WRITE, 0, 9, bob);
	uv_sleep(2);
	uv_update_time(&w->fx->uv);
	wait_for(w, &second, VLOCK_WRITE, 0, 9, carol);
	while (second.calls == 0) {
		turn(&w->fx->uv);
		assert_true(first.calls >= second.calls);
	}
	assert_int_equal(first.rc, -EAGAIN);
	assert_int_equal(second.rc, -EAGAIN);
}

/* The timer still runs for the first wait when the second begins. */
static void
the_deadline_of_one_wait_is_not_that_of_the_next(void **state)
{
	struct lock_world *w = *state;
	uint64_t begun;
	struct wait op;

	w->table->wait_ms = 20;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	uv_sleep(5);
	uv_update_time(&w->fx->uv);
	begun = uv_now(&w->fx->uv);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(await(&op, VFS_PENDING), -EAGAIN);
	assert_true(uv_now(&w->fx->uv) >= begun + 20);
}

static void
a_wait_that_was_granted_has_no_deadline(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	w->table->wait_ms = 1;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(await(&op, VFS_PENDING), 0);
	until_stopped(w, &w->fx->loop.timer);
	assert_int_equal(op.calls, 1);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lock_setup, lock_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_wait_is_granted_when_the_lock_goes),
		TEST(a_lock_that_is_free_is_not_waited_for),
		TEST(half_of_what_is_in_the_way_is_not_enough),
		TEST(waits_are_granted_in_their_order),
		TEST(readers_are_granted_together),
		TEST(a_younger_wait_need_not_stay_behind_an_older_one),
		TEST(a_downgrade_grants_waiting_readers),
		TEST(a_grant_that_gives_something_up_helps_older_waits),
		TEST(closing_a_file_grants_what_waits_for_its_locks),
		TEST(closing_a_file_ends_the_waits_through_it),
		TEST(a_wait_ended_by_a_close_does_not_need_the_vnode),
		TEST(closing_a_file_does_not_grant_its_own_waits),
		TEST(a_hurried_wait_is_canceled),
		TEST(a_wait_in_the_middle_can_be_hurried),
		TEST(a_granted_wait_is_too_late_to_hurry),
		TEST(an_operation_can_wait_again),
		TEST(without_a_loop_nothing_waits),
		TEST(a_wait_counts_against_the_limit_when_it_is_granted),
		TEST(a_wait_ends_at_its_deadline),
		TEST(all_waits_end_at_their_deadlines_in_order),
		TEST(the_deadline_of_one_wait_is_not_that_of_the_next),
		TEST(a_wait_that_was_granted_has_no_deadline),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
