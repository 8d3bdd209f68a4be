/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock.c -- byte-range locks: ranges, owners and limits.
 *
 * What a vnode holds is seen through vfs_getlock() and the table's count.
 */

#include "lock_fixture.h"

static void
readers_share(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 0, 9, bob), 0);
	assert_int_equal(read_lock(w, 5, END, carol), 0);
	assert_int_equal(w->table->count, 3);
}

static void
a_writer_shares_with_nobody(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 10, 19, alice), 0);
	assert_int_equal(read_lock(w, 10, 19, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 10, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 19, END, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 9, bob), 0);
	assert_int_equal(write_lock(w, 20, END, bob), 0);
}

static void
a_reader_keeps_writers_out(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 10, 19, alice), 0);
	assert_int_equal(write_lock(w, 0, END, bob), -EAGAIN);
}

static void
an_owner_is_client_pid_and_host(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 0, 9, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 9, carol), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 9, dave), -EAGAIN);
}

static void
a_host_may_have_no_name(void **state)
{
	const struct vlock_owner nameless = { 1, 10, { NULL, 0 }, NULL };
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, nameless), 0);
	assert_int_equal(write_lock(w, 5, 9, nameless), 0);
	assert_int_equal(write_lock(w, 5, 9, alice), -EAGAIN);
	assert_int_equal(seen(w, VLOCK_READ, 0, 9).owner.host.len, 0);
}

/* The names are gone when the request is. */
static void
a_lock_keeps_its_own_copy_of_the_host(void **state)
{
	struct lock_world *w = *state;
	char name[] = "venus";
	struct vlock_owner owner = { 1, 10, { name, 5 }, NULL };
	struct vlock lk;

	assert_int_equal(write_lock(w, 0, 9, owner), 0);
	memset(name, 'x', 5);
	lk = seen(w, VLOCK_READ, 0, 9);
	assert_int_equal(lk.owner.host.len, 5);
	assert_memory_equal(lk.owner.host.s, "venus", 5);
	assert_int_equal(write_lock(w, 0, 9, owner), -EAGAIN);
	memcpy(name, "venus", 5);
	assert_int_equal(write_lock(w, 0, 9, owner), 0);
}

static void
a_lock_over_a_lock_of_another_type_replaces_it(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 10, 29, alice), 0);
	assert_int_equal(write_lock(w, 15, 19, alice), 0);
	assert_held(w, VLOCK_READ, 10, 14);
	assert_held(w, VLOCK_WRITE, 15, 19);
	assert_held(w, VLOCK_READ, 20, 29);
	assert_int_equal(w->table->count, 3);
	assert_int_equal(write_lock(w, 0, END, alice), 0);
	assert_held(w, VLOCK_WRITE, 0, END);
	assert_int_equal(w->table->count, 1);
}

static void
an_upgrade_needs_the_others_gone(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 5, 9, bob), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_held(w, VLOCK_READ, 0, 9);
	assert_int_equal(unlock(w, 5, 9, bob), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
}

static void
a_downgrade_lets_readers_in(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 0, 4, alice), 0);
	assert_int_equal(read_lock(w, 0, 4, bob), 0);
	assert_int_equal(read_lock(w, 0, 5, bob), -EAGAIN);
}

static void
neighbours_become_one_lock(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 20, 29, alice), 0);
	assert_int_equal(read_lock(w, 31, 39, alice), 0);
	assert_int_equal(w->table->count, 3);
	assert_int_equal(read_lock(w, 10, 19, alice), 0);
	assert_held(w, VLOCK_READ, 0, 29);
	assert_held(w, VLOCK_READ, 31, 39);
	assert_int_equal(w->table->count, 2);
}

static void
neighbours_at_the_ends_of_the_file_do_not_meet(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 0, alice), 0);
	assert_int_equal(read_lock(w, END, END, alice), 0);
	assert_int_equal(w->table->count, 2);
	assert_int_equal(unlock(w, 0, 0, alice), 0);
	assert_int_equal(read_lock(w, 0, 0, alice), 0);
	assert_int_equal(w->table->count, 2);
	assert_int_equal(read_lock(w, 1, END - 1, alice), 0);
	assert_held(w, VLOCK_READ, 0, END);
	assert_int_equal(w->table->count, 1);
}

static void
locks_through_two_files_stay_two(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_READ, 10, 19, alice)), 0);
	assert_int_equal(w->table->count, 2);
}

static void
an_unlock_in_the_middle_leaves_both_ends(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, END, alice), 0);
	assert_int_equal(unlock(w, 10, 19, alice), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
	assert_free(w, 10, 19);
	assert_held(w, VLOCK_WRITE, 20, END);
}

static void
an_unlock_of_nothing_succeeds(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(unlock(w, 10, END, alice), 0);
	assert_int_equal(unlock(w, 0, END, bob), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

static void
a_lock_belongs_to_the_file_not_to_who_opened_it(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_UNLOCK, 0, 4, alice)), 0);
	assert_free(w, 0, 4);
	assert_held(w, VLOCK_WRITE, 5, 9);
}

static void
closing_drops_what_was_taken_through_that_file(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 5, 14, alice)), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_READ, 20, 29, bob)), 0);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_held(w, VLOCK_WRITE, 0, 4);
	assert_free(w, 5, END);
	assert_int_equal(w->table->count, 1);
}

static void
what_was_taken_again_through_another_file_stays(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 0, 9, alice)), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

/* flock(2) arrives as the same message, whatever the file was opened for. */
static void
how_the_file_was_opened_does_not_matter(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_int_equal(
	    do_open(&w->fx->user, w->vn, O_RDONLY, &w->files[1]), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 0, 9, alice)), 0);
}

static void
a_range_that_ends_before_it_starts_is_refused(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_READ, 10, 9, alice);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(take(w, lk), -EINVAL);
	assert_int_equal(unlock(w, 10, 9, alice), -EINVAL);
	assert_int_equal(ask_through(w, 0, &lk, host), -EINVAL);
	assert_int_equal(read_lock(w, 10, 10, alice), 0);
}

/* A longer one would not fit where vfs_getlock() puts it. */
static void
a_host_has_at_most_255_bytes(void **state)
{
	char name[VLOCK_HOST_MAX + 1];
	struct vlock_owner owner = { 1, 1, { name, 255 }, NULL };
	struct lock_world *w = *state;
	struct vlock lk;

	memset(name, 'h', sizeof(name));
	assert_int_equal(read_lock(w, 0, 9, owner), 0);
	lk = seen(w, VLOCK_WRITE, 0, 9);
	assert_int_equal(lk.owner.host.len, 255);
	assert_memory_equal(lk.owner.host.s, name, 255);
	owner.host.len = 256;
	assert_int_equal(read_lock(w, 0, 9, owner), -EINVAL);
}

static void
getlock_tells_the_first_lock_in_the_way(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk;

	assert_int_equal(write_lock(w, 20, 29, bob), 0);
	assert_int_equal(read_lock(w, 10, 14, carol), 0);
	lk = seen(w, VLOCK_WRITE, 0, END);
	assert_int_equal(lk.type, VLOCK_READ);
	assert_int_equal(lk.start, 10);
	assert_int_equal(lk.end, 14);
	assert_int_equal(lk.owner.client, carol.client);
	assert_int_equal(lk.owner.pid, carol.pid);
	assert_memory_equal(lk.owner.host.s, "earth", 5);
	lk = seen(w, VLOCK_READ, 0, END);
	assert_int_equal(lk.start, 20);
	assert_int_equal(lk.owner.client, bob.client);
}

static void
getlock_does_not_see_the_askers_own(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 99, alice);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(ask_through(w, 1, &lk, host), 0);
	assert_int_equal(lk.type, VLOCK_UNLOCK);
	assert_int_equal(lk.start, 0);
	assert_int_equal(lk.end, 99);
	assert_ptr_equal(lk.owner.host.s, alice.host.s);
}

static void
getlock_of_an_unlock_asks_for_a_write_lock(void **state)
{
	struct lock_world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(seen(w, VLOCK_READ, 0, 9).type, VLOCK_UNLOCK);
	assert_int_equal(seen(w, VLOCK_UNLOCK, 0, 9).type, VLOCK_READ);
}

static void
the_limit_is_kept(void **state)
{
	struct lock_world *w = *state;

	w->table->limit = 2;
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 0, 9, bob), 0);
	assert_int_equal(read_lock(w, 0, 9, carol), -ENOLCK);
	assert_int_equal(read_lock(w, 10, 19, bob), 0); /* one with the old */
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(read_lock(w, 0, 9, carol), 0);
}

/* One client that takes all it may leaves the others what they may. */
static void
each_client_has_a_limit_of_its_own(void **state)
{
	struct vlock_quota of_alice = { 0, 1 }, of_bob = { 0, 1 };
	struct vlock_owner a = alice, b = bob;
	struct lock_world *w = *state;

	a.quota = &of_alice;
	b.quota = &of_bob;
	assert_int_equal(read_lock(w, 0, 9, a), 0);
	assert_int_equal(read_lock(w, 20, 29, a), -ENOLCK);
	assert_int_equal(of_alice.held, 1);
	assert_int_equal(read_lock(w, 20, 29, b), 0);
	assert_int_equal(unlock(w, 5, 6, a), -ENOLCK); /* two of one */
	assert_int_equal(unlock(w, 0, END, a), 0);
	assert_int_equal(of_alice.held, 0);
	assert_int_equal(read_lock(w, 20, 29, a), 0);
	assert_int_equal(of_bob.held, 1);
	assert_int_equal(unlock(w, 0, END, a), 0);
	assert_int_equal(unlock(w, 0, END, b), 0);
}

static void
at_the_limit_nothing_is_split(void **state)
{
	struct lock_world *w = *state;

	w->table->limit = 1;
	assert_int_equal(read_lock(w, 0, 29, alice), 0);
	assert_int_equal(unlock(w, 10, 19, alice), -ENOLCK);
	assert_int_equal(write_lock(w, 10, 19, alice), -ENOLCK);
	assert_int_equal(write_lock(w, 0, 9, alice), -ENOLCK);
	assert_held(w, VLOCK_READ, 0, 29);
	assert_int_equal(w->table->count, 1);
}

static void
at_the_limit_locks_can_be_changed_and_dropped(void **state)
{
	struct lock_world *w = *state;

	w->table->limit = 1;
	assert_int_equal(read_lock(w, 0, 29, alice), 0);
	assert_int_equal(write_lock(w, 0, 29, alice), 0);
	assert_int_equal(read_lock(w, 0, 39, alice), 0);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(unlock(w, 30, 39, alice), 0);
	assert_held(w, VLOCK_READ, 10, 29);
	assert_int_equal(unlock(w, 0, END, alice), 0);
}

/* A limit of nothing at all must not leave the vnode changed. */
static void
a_first_lock_that_fails_leaves_nothing(void **state)
{
	struct lock_world *w = *state;

	w->table->limit = 0;
	assert_int_equal(read_lock(w, 0, 9, alice), -ENOLCK);
	assert_null(w->vn->locks);
}

/* Somebody who forgot to close a file, and dropped the vnode. */
static void
locks_do_not_outlive_their_vnode(void **state)
{
	struct lock_world *w = *state;
	struct vfile forgotten = { .vn = NULL };
	struct vlock lk = lock_of(VLOCK_READ, 0, 9, alice);
	struct vnode vn;
	struct wait op;

	vnode_init(&vn, &w->fs, S_IFREG, 2);
	forgotten.vn = &vn;
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &forgotten, &lk, false), 0);
	assert_int_equal(w->table->count, 1);
	vnode_put(&vn);
	assert_int_equal(w->table->count, 0);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lock_setup, lock_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readers_share),
		TEST(a_writer_shares_with_nobody),
		TEST(a_reader_keeps_writers_out),
		TEST(an_owner_is_client_pid_and_host),
		TEST(a_host_may_have_no_name),
		TEST(a_lock_keeps_its_own_copy_of_the_host),
		TEST(a_lock_over_a_lock_of_another_type_replaces_it),
		TEST(an_upgrade_needs_the_others_gone),
		TEST(a_downgrade_lets_readers_in),
		TEST(neighbours_become_one_lock),
		TEST(neighbours_at_the_ends_of_the_file_do_not_meet),
		TEST(locks_through_two_files_stay_two),
		TEST(an_unlock_in_the_middle_leaves_both_ends),
		TEST(an_unlock_of_nothing_succeeds),
		TEST(a_lock_belongs_to_the_file_not_to_who_opened_it),
		TEST(closing_drops_what_was_taken_through_that_file),
		TEST(what_was_taken_again_through_another_file_stays),
		TEST(how_the_file_was_opened_does_not_matter),
		TEST(a_range_that_ends_before_it_starts_is_refused),
		TEST(a_host_has_at_most_255_bytes),
		TEST(getlock_tells_the_first_lock_in_the_way),
		TEST(getlock_does_not_see_the_askers_own),
		TEST(getlock_of_an_unlock_asks_for_a_write_lock),
		TEST(the_limit_is_kept),
		TEST(each_client_has_a_limit_of_its_own),
		TEST(at_the_limit_nothing_is_split),
		TEST(at_the_limit_locks_can_be_changed_and_dropped),
		TEST(a_first_lock_that_fails_leaves_nothing),
		TEST(locks_do_not_outlive_their_vnode),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
