/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_host.c -- byte-range locks that a host sees, and may refuse.
 *
 * What the host is told at all times is the model's to check; here is in what
 * order, who waits, and what happens while the host is being asked.
 */

#include "lock_host.h"

static enum vlock_type
shown(const struct lock_world *w, size_t b)
{
	return (enum vlock_type)w->host->ours[b];
}

static void
what_the_host_holds_is_in_the_way(void **state)
{
	struct lock_world *w = *state;

	assert_true(host_lock(w->host, VLOCK_READ, 0, 4));
	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 9));
	assert_int_equal(read_lock(w, 0, 4, alice), 0);
	assert_int_equal(write_lock(w, 0, 4, alice), -EAGAIN);
	assert_int_equal(read_lock(w, 0, 5, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 10, END, bob), 0);
	assert_held(w, VLOCK_READ, 0, 4);
	assert_int_equal(w->table->count, 2);
}

static void
a_refused_upgrade_leaves_what_was(void **state)
{
	struct vlock_quota quota = { 0, 8 };
	struct vlock_owner owner = alice;
	struct lock_world *w = *state;

	owner.quota = &quota;
	assert_true(host_lock(w->host, VLOCK_READ, 9, 9));
	assert_int_equal(read_lock(w, 0, 9, owner), 0);
	assert_int_equal(write_lock(w, 3, 9, owner), -EAGAIN);
	assert_held(w, VLOCK_READ, 0, 9);
	assert_int_equal(shown(w, 3), VLOCK_READ);
	assert_int_equal(quota.held, 1);
	assert_int_equal(write_lock(w, 3, 8, owner), 0);
	assert_int_equal(shown(w, 3), VLOCK_WRITE);
	assert_int_equal(quota.held, 3);
	assert_int_equal(unlock(w, 0, END, owner), 0);
}

static void
the_host_is_not_told_what_it_knows(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(w->host->locks, 1);
	assert_int_equal(read_lock(w, 2, 7, bob), 0);
	assert_int_equal(read_lock(w, 2, 7, alice), 0);
	assert_int_equal(unlock(w, 2, 7, bob), 0);
	assert_int_equal(unlock(w, 10, END, alice), 0);
	assert_int_equal(write_lock(w, 0, 0, bob), -EAGAIN);
	assert_int_equal(w->host->locks, 1);
}

static void
that_nothing_is_left_is_one_call(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 2, 3, alice), 0);
	assert_int_equal(write_lock(w, 7, 9, alice), 0);
	assert_int_equal(write_lock(w, 15, 20, alice), 0);
	w->host->locks = 0;
	assert_int_equal(unlock(w, 0, 20, alice), 0);
	assert_int_equal(w->host->locks, 1);
	assert_int_equal(w->host->start, 0);
	assert_true(w->host->end == END);
}

/* An unlock that lets another's read lock shine through. */
static void
only_what_becomes_free_is_unlocked(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 19, alice), 0);
	assert_int_equal(read_lock(w, 5, 9, bob), 0);
	w->host->locks = 0;
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(w->host->locks, 2);
	assert_int_equal(shown(w, 4), VLOCK_UNLOCK);
	assert_int_equal(shown(w, 5), VLOCK_READ);
	assert_int_equal(shown(w, 9), VLOCK_READ);
	assert_int_equal(shown(w, 10), VLOCK_UNLOCK);
}

static void
what_the_host_answers_is_passed_on(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct wait op;

	w->host->fail = -EIO;
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, true), -EIO);
	assert_null(w->vn->locks);
	assert_int_equal(w->table->count, 0);
}

static void
an_unlock_does_not_fail(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	w->host->fail_unlock = -EIO;
	assert_int_equal(unlock(w, 0, 4, alice), 0);
	assert_held(w, VLOCK_WRITE, 5, 9);
	assert_free(w, 0, 4);
	w->host->fail_unlock = 0;
}

static void
getlock_asks_the_host_when_no_client_is_in_the_way(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_true(host_lock(w->host, VLOCK_READ, 5, 12));
	lk = seen(w, VLOCK_WRITE, 0, END);
	assert_int_equal(lk.owner.client, alice.client);
	assert_int_equal(w->host->asks, 0);
	lk = seen(w, VLOCK_WRITE, 10, END);
	assert_int_equal(w->host->asks, 1);
	assert_int_equal(lk.type, VLOCK_READ);
	assert_int_equal(lk.start, 10);
	assert_int_equal(lk.owner.client, 0);
	assert_int_equal(lk.owner.pid, HOST_PID);
	assert_int_equal(lk.owner.host.len, 4);
	assert_memory_equal(lk.owner.host.s, "host", 4);
	assert_free(w, 13, END);
	assert_int_equal(seen(w, VLOCK_READ, 10, END).type, VLOCK_UNLOCK);
}

/*
 * Waiting for the host.
 */

static bool
polls(const struct lock_world *w)
{
	return uv_is_active((const uv_handle_t *)&w->fx->loop.poll);
}

static void
a_wait_asks_the_host_again_and_again(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	w->table->poll_ms = w->table->poll_max_ms = 1;
	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	assert_false(polls(w));
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_true(polls(w));
	while (w->host->locks < 5)
		turn(&w->fx->uv);
	assert_int_equal(op.calls, 0);
	assert_true(host_lock(w->host, VLOCK_UNLOCK, 5, 5));
	until_ended(w, &op, 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
	until_stopped(w, &w->fx->loop.poll);
}

static void
the_pauses_grow(void **state)
{
	struct lock_world *w = *state;
	uint64_t begun = uv_now(&w->fx->uv);
	struct wait op;

	assert_int_equal(w->table->poll_ms, 100);
	assert_int_equal(w->table->poll_max_ms, 1000);
	w->table->poll_ms = 2;
	w->table->poll_max_ms = 8;
	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	while (w->host->locks < 6) /* 0 ms, 2, 6, 14, 22, 30: at least */
		turn(&w->fx->uv);
	assert_true(uv_now(&w->fx->uv) >= begun + 30);
	assert_true(op.op.u.lock.retry_ms == 8);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
}

static void
a_wait_for_the_host_ends_at_its_deadline(void **state)
{
	struct lock_world *w = *state;
	uint64_t begun;
	struct wait op;

	w->table->wait_ms = 20;
	w->table->poll_ms = 1;
	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	begun = uv_now(&w->fx->uv);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_int_equal(await(&op, VFS_PENDING), -EAGAIN);
	assert_true(uv_now(&w->fx->uv) >= begun + 20);
	assert_null(w->vn->locks);
}

static void
a_wait_for_the_host_can_be_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	assert_null(w->vn->locks);
}

/* It is its turn, and it is on its way back to its loop to ask. */
static void
a_wait_that_is_about_to_ask_can_be_hurried(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	assert_null(w->vn->locks);
}

static void
without_a_wish_to_wait_the_host_is_asked_once(void **state)
{
	struct lock_world *w = *state;

	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_int_equal(w->host->locks, 1);
	assert_false(polls(w));
	assert_null(w->vn->locks);
}

/* First the one is in the way, then the other. */
static void
a_wait_for_the_host_may_become_one_for_a_client(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	w->table->poll_ms = w->table->poll_max_ms = 1;
	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_int_equal(write_lock(w, 0, 4, bob), 0);
	until_stopped(w, &w->fx->loop.poll);
	assert_int_equal(w->host->locks, 2);
	assert_true(host_lock(w->host, VLOCK_UNLOCK, 5, 5));
	assert_waiting(w, &op);
	assert_int_equal(unlock(w, 0, 4, bob), 0);
	assert_ended(w, &op, 0);
}

static void
a_wait_for_a_client_may_become_one_for_the_host(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	w->table->poll_ms = w->table->poll_max_ms = 1;
	assert_int_equal(write_lock(w, 0, 4, bob), 0);
	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_false(polls(w));
	assert_int_equal(unlock(w, 0, 4, bob), 0);
	assert_waiting(w, &op);
	assert_true(polls(w));
	assert_true(host_lock(w->host, VLOCK_UNLOCK, 5, 5));
	until_ended(w, &op, 0);
}

static void
waits_go_on_in_their_order(void **state)
{
	struct lock_world *w = *state;
	struct wait first, reader, second;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_READ, 0, 9, bob);
	wait_for(w, &second, VLOCK_WRITE, 0, 9, dave);
	wait_for(w, &reader, VLOCK_READ, 0, 9, carol);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	settle(w);
	assert_int_equal(first.calls, 1);
	assert_int_equal(reader.calls, 1);
	assert_int_equal(w->host->locks, 3);
	assert_waiting(w, &second);
	assert_int_equal(unlock(w, 0, 9, bob), 0);
	assert_int_equal(unlock(w, 0, 9, carol), 0);
	assert_ended(w, &second, 0);
	assert_int_equal(shown(w, 0), VLOCK_WRITE);
}

static void
closing_a_file_ends_its_waits_for_the_host(void **state)
{
	struct lock_world *w = *state;
	struct wait op;

	assert_true(host_lock(w->host, VLOCK_WRITE, 5, 5));
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_null(w->vn->locks);
	settle(w);
	assert_int_equal(op.calls, 1);
	assert_int_equal(op.rc, -EBADF);
}

/*
 * A slow host: it is asked on a worker, and answers when its gate is opened.
 */

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

#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, host_setup, host_teardown)
#define SLOWLY(f)                                                              \
	{                                                                      \
#f " (slow)", f, slow_host_setup, host_teardown, NULL          \
	}
#define BOTH(f) ON_HOST(f), SLOWLY(f)
#define GATED(f) cmocka_unit_test_setup_teardown(f, gated_setup, host_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		BOTH(what_the_host_holds_is_in_the_way),
		BOTH(a_refused_upgrade_leaves_what_was),
		BOTH(the_host_is_not_told_what_it_knows),
		BOTH(that_nothing_is_left_is_one_call),
		BOTH(only_what_becomes_free_is_unlocked),
		ON_HOST(what_the_host_answers_is_passed_on),
		BOTH(an_unlock_does_not_fail),
		BOTH(getlock_asks_the_host_when_no_client_is_in_the_way),
		ON_HOST(a_wait_asks_the_host_again_and_again),
		ON_HOST(the_pauses_grow),
		BOTH(a_wait_for_the_host_ends_at_its_deadline),
		ON_HOST(a_wait_for_the_host_can_be_hurried),
		ON_HOST(a_wait_that_is_about_to_ask_can_be_hurried),
		BOTH(without_a_wish_to_wait_the_host_is_asked_once),
		ON_HOST(a_wait_for_the_host_may_become_one_for_a_client),
		ON_HOST(a_wait_for_a_client_may_become_one_for_the_host),
		ON_HOST(waits_go_on_in_their_order),
		ON_HOST(closing_a_file_ends_its_waits_for_the_host),
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
