/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_lock.c -- locks of clients and of the host's processes: each sees
 * those of the other.
 */

#include <sys/resource.h>
#include <sys/utsname.h>

#include "etfs_lock_fixture.h"

static void
the_host_sees_what_clients_hold(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 5, 14, bob), 0);
	assert_int_equal(write_lock(w, 20, 29, alice), 0);
	assert_int_equal(host_sees(ew, 0), F_RDLCK);
	assert_int_equal(host_sees(ew, 14), F_RDLCK);
	assert_int_equal(host_sees(ew, 15), F_UNLCK);
	assert_int_equal(host_sees(ew, 20), F_WRLCK);
	assert_int_equal(host_sees(ew, 30), F_UNLCK);
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(host_sees(ew, 4), F_UNLCK);
	assert_int_equal(host_sees(ew, 5), F_RDLCK);
	assert_int_equal(host_sees(ew, 20), F_UNLCK);
}

static void
the_host_cannot_take_what_clients_hold(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 10, 19, bob), 0);
	assert_int_equal(host_posix(ew, F_RDLCK, 0, 10), 0);
	assert_int_equal(host_posix(ew, F_WRLCK, 0, 10), -EAGAIN);
	assert_int_equal(host_posix(ew, F_RDLCK, 0, 11), -EAGAIN);
	assert_int_equal(host_ofd(ew, F_RDLCK, 5, 5), 0);
	assert_int_equal(host_ofd(ew, F_RDLCK, 19, 0), -EAGAIN);
	assert_int_equal(host_ofd(ew, F_RDLCK, 20, 0), 0);
}

static void
clients_cannot_take_what_the_host_holds(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;

	assert_int_equal(host_posix(ew, F_RDLCK, 0, 10), 0);
	assert_int_equal(host_ofd(ew, F_WRLCK, 10, 10), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_int_equal(read_lock(w, 0, 10, alice), -EAGAIN);
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 20, END, bob), 0);
	assert_int_equal(host_ofd(ew, F_UNLCK, 10, 10), 0);
	assert_int_equal(write_lock(w, 10, 19, carol), 0);
}

static void
a_refused_upgrade_leaves_the_read_lock(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_posix(ew, F_RDLCK, 9, 1), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_held(w, VLOCK_READ, 0, 9);
	assert_int_equal(host_sees(ew, 0), F_RDLCK);
	assert_int_equal(write_lock(w, 0, 8, alice), 0);
	assert_int_equal(host_sees(ew, 8), F_WRLCK);
	assert_int_equal(host_sees(ew, 9), F_RDLCK);
	assert_int_equal(read_lock(w, 2, 3, alice), 0); /* and down again */
	assert_int_equal(host_posix(ew, F_RDLCK, 2, 2), 0);
	assert_int_equal(host_posix(ew, F_RDLCK, 4, 1), -EAGAIN);
}

/* A client may have a range to the end of all numbers; the host's end sooner */
static void
the_end_of_the_file_is_far_away(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;

	assert_int_equal(write_lock(w, 100, END, alice), 0);
	assert_int_equal(host_sees(ew, 99), F_UNLCK);
	assert_int_equal(host_sees(ew, INT64_MAX), F_WRLCK);
	assert_int_equal(
	    unlock(w, (uint64_t)INT64_MAX - 9, INT64_MAX, alice), 0);
	assert_int_equal(host_sees(ew, INT64_MAX - 10), F_WRLCK);
	assert_int_equal(host_sees(ew, INT64_MAX - 9), F_UNLCK);
	assert_int_equal(host_sees(ew, INT64_MAX), F_UNLCK);
	assert_int_equal(host_posix(ew, F_WRLCK, INT64_MAX, 0), 0);
	assert_int_equal(read_lock(w, (uint64_t)INT64_MAX + 1, END, alice), 0);
	assert_int_equal(read_lock(w, INT64_MAX, END, alice), -EAGAIN);
	assert_int_equal(unlock(w, 100, END, alice), 0);
	assert_int_equal(host_sees(ew, 100), F_UNLCK);
	assert_int_equal(host_posix(ew, F_UNLCK, 0, 0), 0);
	assert_int_equal(write_lock(w, 0, INT64_MAX, alice), 0);
	assert_int_equal(host_sees(ew, 0), F_WRLCK);
	assert_int_equal(host_sees(ew, INT64_MAX), F_WRLCK);
}

/*
 * Each file has a lock of its own, and they overlap; the description that
 * shows them is the first one's.
 */
static void
close_in_order(struct etfs_lock_world *ew, const size_t order[3])
{
	struct lock_world *w = &ew->w;
	bool open[3] = { true, true, true };
	const struct vlock_owner *owners[3] = { &alice, &bob, &carol };
	size_t i, k;

	for (i = 0; i < 3; i++)
		assert_int_equal(
		    take_through(w, i,
			lock_of(VLOCK_READ, 2 * i, 2 * i + 3, *owners[i])),
		    0);
	for (i = 0; i < 3; i++) {
		k = order[i];
		assert_int_equal(do_close(&w->fx->user, &w->files[k]), 0);
		open[k] = false;
		for (k = 0; k < 8; k++)
			assert_int_equal(host_sees(ew, (int64_t)k),
			    (open[0] && k < 4) ||
				    (open[1] && k >= 2 && k < 6) ||
				    (open[2] && k >= 4)
				? F_RDLCK
				: F_UNLCK);
	}
	for (i = 0; i < 3; i++)
		reopen_as(ew, i, &w->fx->user, O_RDWR);
}

static void
files_can_be_closed_in_any_order(void **state)
{
	static const size_t orders[6][3] = { { 0, 1, 2 }, { 0, 2, 1 },
		{ 1, 0, 2 }, { 1, 2, 0 }, { 2, 0, 1 }, { 2, 1, 0 } };
	size_t i;

	for (i = 0; i < 6; i++)
		close_in_order(*state, orders[i]);
}

static void
a_locked_file_costs_one_descriptor(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	int fds = count_fds();

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 20, 29, bob)), 0);
	assert_int_equal(write_lock(w, 5, 9, alice), 0);
	assert_int_equal(count_fds(), fds + 1);
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(count_fds(), fds + 1);
	assert_int_equal(unlock(w, 0, END, bob), 0);
	assert_int_equal(count_fds(), fds);
	assert_int_equal(host_ofd(ew, F_WRLCK, 0, 0), 0);
	assert_int_equal(read_lock(w, 0, 9, alice), -EAGAIN);
	assert_int_equal(count_fds(), fds);
}

static void
without_descriptors_there_is_no_lock(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct rlimit old, none = { 1, 0 };

	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none.rlim_max = old.rlim_max;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(read_lock(w, 0, 9, alice), -EMFILE);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_null(w->vn->locks);
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	assert_int_equal(write_lock(w, 0, 19, alice), 0);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
}

static void
getlock_tells_who_on_the_host(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct utsname uts;
	struct vlock lk;

	assert_int_equal(uname(&uts), 0);
	assert_free(w, 0, END);
	assert_int_equal(host_posix(ew, F_WRLCK, 10, 10), 0);
	assert_int_equal(host_ofd(ew, F_RDLCK, 30, 0), 0);
	lk = seen(w, VLOCK_READ, 0, END);
	assert_int_equal(lk.type, VLOCK_WRITE);
	assert_int_equal(lk.start, 10);
	assert_int_equal(lk.end, 19);
	assert_int_equal(lk.owner.client, 0);
	assert_int_equal(lk.owner.pid, ew->host.pid);
	assert_int_equal(lk.owner.host.len, strlen(uts.nodename));
	assert_memory_equal(lk.owner.host.s, uts.nodename, lk.owner.host.len);
	lk = seen(w, VLOCK_WRITE, 20, END);
	assert_int_equal(lk.type, VLOCK_READ);
	assert_int_equal(lk.start, 30);
	assert_true(lk.end == END);
	assert_int_equal(lk.owner.pid, 0); /* nobody's in particular */
	assert_free(w, 20, 29);
	assert_int_equal(seen(w, VLOCK_READ, 20, END).type, VLOCK_UNLOCK);
}

/* Nor are they in its own way there. */
static void
getlock_does_not_take_clients_for_the_host(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, END, alice);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(ask_through(w, 1, &lk, host), 0);
	assert_int_equal(lk.type, VLOCK_UNLOCK);
}

static void
a_file_without_a_name_can_be_locked(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;

	assert_int_equal(unlink(on_host(w->fx, "f")), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(ew, 0), F_WRLCK);
}

static void
a_directory_is_locked_among_clients_only(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct vlock mine = lock_of(VLOCK_WRITE, 0, END, alice);
	struct vlock yours = lock_of(VLOCK_READ, 0, END, bob);
	struct vfile dir;
	struct wait op;

	assert_int_equal(do_open(&w->fx->user, w->fx->root, O_RDONLY, &dir), 0);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &dir, &mine, false), 0);
	assert_int_equal(vfs_lock(&op.op, &dir, &yours, false), -EAGAIN);
	assert_int_equal(do_count(&w->fx->user, w->fx->root), 1);
	assert_int_equal(do_close(&w->fx->user, &dir), 0);
}

/* Whoever forgot to close a file, and dropped the vnode: see the teardown. */
static void
locks_do_not_outlive_their_vnode(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct vlock lk = lock_of(VLOCK_READ, 0, 9, alice);
	struct vfile file = { .vn = NULL };
	struct vnode *vn;
	struct wait op;

	host_file(w->fx, "g", "");
	vn = walk(w->fx, "g");
	assert_int_equal(do_open(&w->fx->user, vn, O_RDWR, &file), 0);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &file, &lk, false), 0);
	assert_int_equal(close(file.fd), 0);
	vnode_put(vn);
	vnode_put(vn);
}

/* Who has no loop cannot go to a worker. */
static void
a_local_file_system_is_asked_on_the_loop(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct who now = now_only(&w->fx->user);
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	char host[VLOCK_HOST_MAX];
	struct wait op;

	wait_init(&op, &now);
	assert_int_equal(host_posix(ew, F_WRLCK, 20, 10), 0);
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, false), 0);
	lk.end = 4;
	lk.type = VLOCK_UNLOCK;
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, false), 0);
	lk.type = VLOCK_READ;
	lk.end = END;
	assert_int_equal(vfs_getlock(&op.op, &w->files[0], &lk, host), 0);
	assert_int_equal(lk.owner.pid, ew->host.pid);
	lk = lock_of(VLOCK_UNLOCK, 0, END, alice);
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, false), 0);
}

/*
 * What is closed with the last lock may be all that is left of a file that was
 * written to.  It is not, as long as the client has it open.
 */
static void
a_close_that_may_wait_is_made_on_a_worker(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct vlock lk = lock_of(VLOCK_UNLOCK, 0, END, bob);
	struct wait op;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(take_through(w, 1, lock_of(VLOCK_READ, 0, 9, bob)), 0);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &w->files[1], &lk, false), 0);

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(take_through(w, 1, lock_of(VLOCK_READ, 0, 9, bob)), 0);
	assert_int_equal(do_close(&w->fx->user, &w->files[0]), 0);
	assert_int_equal(host_sees(ew, 0), F_RDLCK);
	assert_int_equal(
	    vfs_lock(&op.op, &w->files[1], &lk, false), VFS_PENDING);
	until_ended(w, &op, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOCKS_ON_BOTH(the_host_sees_what_clients_hold),
		LOCKS_ON_BOTH(the_host_cannot_take_what_clients_hold),
		LOCKS_ON_BOTH(clients_cannot_take_what_the_host_holds),
		LOCKS_ON_BOTH(a_refused_upgrade_leaves_the_read_lock),
		LOCKS_ON_BOTH(the_end_of_the_file_is_far_away),
		LOCKS_ON_BOTH(files_can_be_closed_in_any_order),
		LOCKS_ON_BOTH(a_locked_file_costs_one_descriptor),
		LOCKS_ON_BOTH(without_descriptors_there_is_no_lock),
		LOCKS_ON_BOTH(getlock_tells_who_on_the_host),
		LOCKS_ON_BOTH(getlock_does_not_take_clients_for_the_host),
		LOCKS_ON_BOTH(a_file_without_a_name_can_be_locked),
		LOCKS_ON_BOTH(a_directory_is_locked_among_clients_only),
		LOCKS_ON_BOTH(locks_do_not_outlive_their_vnode),
		LOCKS_ON_BOTH(a_local_file_system_is_asked_on_the_loop),
		LOCKS_ON(disk, a_close_that_may_wait_is_made_on_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
