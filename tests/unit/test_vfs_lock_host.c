/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_host.c -- byte-range locks that a host sees, and may refuse.
 *
 * What the host is told at all times is the model's to check; here is how
 * often, who waits for it, and in what order.
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

#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, host_setup, host_teardown)
#define SLOWLY(f)                                                              \
	{                                                                      \
#f " (slow)", f, slow_host_setup, host_teardown, NULL          \
	}
#define BOTH(f) ON_HOST(f), SLOWLY(f)

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
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
