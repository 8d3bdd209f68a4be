/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_slow.c -- byte-range locks that a slow host sees: it is asked
 * on a worker, and answers when its gate is opened.
 *
 * What happens meanwhile, and what happens then.
 */

#include "lock_host.h"

static enum vlock_type
shown(const struct lock_world *w, size_t b)
{
	return (enum vlock_type)w->host->ours[b];
}

static bool
polls(const struct lock_world *w)
{
	return uv_is_active((const uv_handle_t *)&w->fx->loop.poll);
}

static int
gated_setup(void **state)
{
	struct lock_world *w;

	if (slow_host_setup(state) != 0)
		return -1;
	w = *state;
	w->host->gated = true;
	return 0;
}

static void
begin(struct lock_world *w, size_t file, struct wait *op, struct vlock lk,
    bool wait)
{
	wait_init(op, &w->fx->user);
	assert_int_equal(
	    vfs_lock(&op->op, &w->files[file], &lk, wait), VFS_PENDING);
}

/* A call has come to the gate. */
static void
arrived(struct lock_world *w)
{
	uv_sem_wait(&w->host->arrived);
}

/* One will, if the loop runs. */
static void
arrives(struct lock_world *w)
{
	while (uv_sem_trywait(&w->host->arrived) != 0)
		uv_run(&w->fx->uv, UV_RUN_NOWAIT);
}

/* Let n calls through; they need not have arrived yet. */
static void
open_gate(struct lock_world *w, int n)
{
	while (n-- > 0)
		uv_sem_post(&w->host->gate);
}

static void
open_for_good(struct lock_world *w)
{
	w->host->gated = false;
}

static void
a_lock_is_held_when_the_host_has_agreed(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	begin(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, alice), false);
	arrived(w);
	settle(w);
	assert_int_equal(op.calls, 0);
	open_gate(w, 1);
	until_ended(w, &op, 0);
	open_for_good(w);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

/* Two who may not both have it; the second must not decide by what was. */
static void
who_comes_meanwhile_waits_for_the_answer(void **state)
{
	struct lock_world *w = *state;
	struct wait first, second, third, ask;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, carol);
	char host[VLOCK_HOST_MAX];

	begin(w, 0, &first, lock_of(VLOCK_WRITE, 0, 9, alice), false);
	arrived(w);
	begin(w, 1, &second, lock_of(VLOCK_WRITE, 5, 14, bob), false);
	begin(w, 1, &third, lock_of(VLOCK_WRITE, 10, 14, bob), false);
	wait_init(&ask, &w->fx->user);
	assert_int_equal(
	    vfs_getlock(&ask.op, &w->files[2], &lk, host), VFS_PENDING);
	settle(w);
	assert_int_equal(second.calls + third.calls + ask.calls, 0);
	open_gate(w, 2);
	until_ended(w, &first, 0);
	until_ended(w, &second, -EAGAIN);
	until_ended(w, &third, 0);
	until_ended(w, &ask, 0);
	assert_int_equal(lk.type, VLOCK_WRITE);
	assert_int_equal(lk.owner.client, alice.client);
	assert_int_equal(w->host->locks, 2);
	open_for_good(w);
}

static void
what_the_host_refused_lets_the_next_try(void **state)
{
	struct lock_world *w = *state;
	struct wait first, second;

	assert_true(host_lock(w->host, VLOCK_READ, 9, 9));
	begin(w, 0, &first, lock_of(VLOCK_WRITE, 0, 9, alice), false);
	begin(w, 1, &second, lock_of(VLOCK_READ, 0, 9, bob), false);
	open_gate(w, 2);
	until_ended(w, &first, -EAGAIN);
	until_ended(w, &second, 0);
	open_for_good(w);
	assert_held(w, VLOCK_READ, 0, 9);
	assert_int_equal(w->table->count, 1);
}

static void
a_lock_that_stands_in_line_can_be_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait first, second;

	begin(w, 0, &first, lock_of(VLOCK_WRITE, 0, 9, alice), false);
	arrived(w);
	begin(w, 1, &second, lock_of(VLOCK_WRITE, 10, 19, bob), false);
	vop_hurry(&second.op);
	assert_ended(w, &second, -ECANCELED);
	open_gate(w, 1);
	until_ended(w, &first, 0);
	open_for_good(w);
	assert_free(w, 10, END);
}

static void
the_host_may_refuse_one_that_was_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	w->table->poll_ms = LONG_MS;
	assert_true(host_lock(w->host, VLOCK_READ, 9, 9));
	begin(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, alice), true);
	arrived(w);
	vop_hurry(&op.op);
	open_gate(w, 1);
	until_ended(w, &op, -ECANCELED);
	assert_null(w->vn->locks);
	assert_false(polls(w));
	open_for_good(w);
}

static void
it_is_too_late_to_hurry_what_the_host_grants(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	begin(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, alice), true);
	arrived(w);
	vop_hurry(&op.op);
	open_gate(w, 1);
	until_ended(w, &op, 0);
	open_for_good(w);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

#define WORKERS 2 /* of four: all that one client is given */

static int
busy(struct vop *op)
{
	struct lock_world *w = op->fs;

	uv_sem_post(&w->host->arrived);
	uv_sem_wait(&w->host->gate);
	return 0;
}

/* All workers have something else to do, until the gate is opened for them. */
static void
keep_busy(struct lock_world *w, struct wait others[WORKERS])
{
	size_t i;

	for (i = 0; i < WORKERS; i++) {
		wait_init(&others[i], &w->fx->user);
		others[i].op.fs = w;
		assert_int_equal(
		    vfs_run(w->fx->vfs, &others[i].op, busy), VFS_PENDING);
		arrived(w);
	}
}

static void
a_lock_that_no_worker_has_begun_can_be_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait others[WORKERS], op, next;
	size_t i;

	keep_busy(w, others);
	begin(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, alice), true);
	begin(w, 0, &next, lock_of(VLOCK_WRITE, 0, 9, bob), true);
	vop_hurry(&op.op);
	until_ended(w, &op, -ECANCELED);
	open_gate(w, WORKERS + 1);
	for (i = 0; i < WORKERS; i++)
		until_ended(w, &others[i], 0);
	until_ended(w, &next, 0);
	open_for_good(w);
	assert_int_equal(w->host->locks, 1);
}

static void
an_unlock_that_no_worker_has_begun_cannot(void **state)
{
	struct lock_world *w = *state;
	struct wait others[WORKERS], op;
	size_t i;

	open_gate(w, 1);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	arrived(w);
	keep_busy(w, others);
	begin(w, 0, &op, lock_of(VLOCK_UNLOCK, 0, 9, alice), true);
	vop_hurry(&op.op);
	open_gate(w, WORKERS + 1);
	for (i = 0; i < WORKERS; i++)
		until_ended(w, &others[i], 0);
	until_ended(w, &op, 0);
	open_for_good(w);
	assert_int_equal(shown(w, 0), VLOCK_UNLOCK);
}

static void
an_unlock_cannot_be_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait first, op;

	open_gate(w, 1);
	assert_int_equal(write_lock(w, 0, 19, alice), 0);
	arrived(w);
	begin(w, 0, &first, lock_of(VLOCK_UNLOCK, 0, 4, alice), false);
	arrived(w);
	begin(w, 0, &op, lock_of(VLOCK_UNLOCK, 10, 19, alice), false);
	vop_hurry(&op.op);
	vop_hurry(&first.op);
	open_gate(w, 2);
	until_ended(w, &first, 0);
	until_ended(w, &op, 0);
	assert_int_equal(shown(w, 4), VLOCK_UNLOCK);
	assert_int_equal(shown(w, 10), VLOCK_UNLOCK);
	assert_int_equal(shown(w, 5), VLOCK_WRITE);
	open_for_good(w);
}

static void
a_wait_asks_a_slow_host_again_and_again(void **state)
{
	struct lock_world *w = *state;
	struct wait op;
	int i;

	w->table->poll_ms = w->table->poll_max_ms = 1;
	assert_true(host_lock(w->host, VLOCK_READ, 9, 9));
	begin(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, alice), true);
	for (i = 0; i < 3; i++) {
		arrives(w);
		open_gate(w, 1);
	}
	arrives(w);
	assert_int_equal(op.calls, 0);
	assert_true(host_lock(w->host, VLOCK_UNLOCK, 9, 9));
	open_gate(w, 1);
	until_ended(w, &op, 0);
	open_for_good(w);
	assert_false(polls(w));
}

/* The timer that all deadlines have, as if it were time. */
static void
time_passes(struct lock_world *w, struct wait *op)
{
	uv_timer_t *timer = &w->fx->loop.timer;

	assert_true(uv_is_active((uv_handle_t *)timer));
	op->op.u.lock.deadline = uv_now(&w->fx->uv);
	uv_timer_set_repeat(timer, 1);
	uv_timer_again(timer);
	uv_timer_set_repeat(timer, 0);
	until_stopped(w, timer);
}

static void
a_deadline_may_pass_while_the_host_is_asked(void **state)
{
	struct lock_world *w = *state;
	struct wait first, op;

	assert_true(host_lock(w->host, VLOCK_READ, 10, 10));
	begin(w, 0, &first, lock_of(VLOCK_WRITE, 0, 9, alice), false);
	begin(w, 1, &op, lock_of(VLOCK_WRITE, 10, 19, bob), true);
	open_gate(w, 1);
	until_ended(w, &first, 0);
	arrives(w);
	arrives(w);
	time_passes(w, &op);
	assert_int_equal(op.calls, 0);
	open_gate(w, 1);
	until_ended(w, &op, -EAGAIN);
	open_for_good(w);
}

static void
a_late_answer_that_is_yes_still_counts(void **state)
{
	struct lock_world *w = *state;
	struct wait first, op;

	begin(w, 0, &first, lock_of(VLOCK_WRITE, 0, 9, alice), false);
	begin(w, 1, &op, lock_of(VLOCK_WRITE, 10, 19, bob), true);
	open_gate(w, 1);
	until_ended(w, &first, 0);
	arrives(w);
	arrives(w);
	time_passes(w, &op);
	open_gate(w, 1);
	until_ended(w, &op, 0);
	open_for_good(w);
	assert_held(w, VLOCK_WRITE, 10, 19);
}

static void
a_close_waits_until_the_host_has_been_told(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	open_gate(w, 1);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	arrived(w);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_close(&op.op, &w->files[0]), VFS_PENDING);
	arrived(w);
	vop_hurry(&op.op);
	settle(w);
	assert_int_equal(op.calls, 0);
	assert_non_null(w->files[0].vn);
	assert_int_equal(w->table->count, 1);
	open_gate(w, 1);
	until_ended(w, &op, 0);
	assert_null(w->files[0].vn);
	assert_null(w->vn->locks);
	open_for_good(w);
}

/* Another asks; what waits through the file ends with it. */
static void
a_close_waits_for_its_turn(void **state)
{
	struct lock_world *w = *state;
	struct wait first, waits, op;

	open_gate(w, 1);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 0, 9, bob)), 0);
	arrived(w);
	begin(w, 0, &first, lock_of(VLOCK_READ, 10, 19, alice), false);
	arrived(w);
	begin(w, 1, &waits, lock_of(VLOCK_WRITE, 10, 19, bob), true);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_close(&op.op, &w->files[1]), VFS_PENDING);
	open_gate(w, 2);
	until_ended(w, &op, 0);
	until_ended(w, &first, 0);
	until_ended(w, &waits, -EBADF);
	assert_int_equal(shown(w, 0), VLOCK_UNLOCK);
	assert_int_equal(shown(w, 10), VLOCK_READ);
	open_for_good(w);
}

static void
a_close_of_what_holds_nothing_does_not_ask(void **state)
{
	struct lock_world *w = *state;

	open_gate(w, 1);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_int_equal(w->host->locks, 1);
	open_for_good(w);
}

#define GATED(f) cmocka_unit_test_setup_teardown(f, gated_setup, host_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		GATED(a_lock_is_held_when_the_host_has_agreed),
		GATED(who_comes_meanwhile_waits_for_the_answer),
		GATED(what_the_host_refused_lets_the_next_try),
		GATED(a_lock_that_stands_in_line_can_be_hurried),
		GATED(the_host_may_refuse_one_that_was_hurried),
		GATED(it_is_too_late_to_hurry_what_the_host_grants),
		GATED(a_lock_that_no_worker_has_begun_can_be_hurried),
		GATED(an_unlock_that_no_worker_has_begun_cannot),
		GATED(an_unlock_cannot_be_hurried),
		GATED(a_wait_asks_a_slow_host_again_and_again),
		GATED(a_late_answer_that_is_yes_still_counts),
		GATED(a_deadline_may_pass_while_the_host_is_asked),
		GATED(a_close_waits_until_the_host_has_been_told),
		GATED(a_close_waits_for_its_turn),
		GATED(a_close_of_what_holds_nothing_does_not_ask),
	};

	setenv("UV_THREADPOOL_SIZE", "4", 1); /* WORKERS */
	return cmocka_run_group_tests(tests, NULL, NULL);
}
