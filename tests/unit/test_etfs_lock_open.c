/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_lock_open.c -- locks through files that were opened for less than
 * the host wants for them: flock(2) needs no write permission, fcntl(2) does.
 */

#include <signal.h>
#include <stdio.h>

#include "etfs_lock_fixture.h"

/* Only files[0] is open now, as flags say, by uid 1000; mode is the file's. */
static struct lock_world *
only_one(void **state, int flags, mode_t mode)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	size_t i;

	for (i = 1; i < 3; i++)
		assert_int_equal(do_close(&w->fx->user, &w->files[i]), 0);
	reopen_as(ew, 0, &w->fx->user, flags);
	assert_int_equal(etfs_act_as_server(), 0);
	assert_int_equal(chmod(on_host(w->fx, "f"), mode), 0);
	return w;
}

static void
a_write_lock_needs_no_file_for_writing(void **state)
{
	struct lock_world *w = only_one(state, O_RDONLY, 0666);

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_WRLCK);
	assert_int_equal(read_lock(w, 20, 29, bob), 0);
	assert_int_equal(host_sees(*state, 20), F_RDLCK);
}

static void
a_read_lock_needs_no_file_for_reading(void **state)
{
	struct lock_world *w = only_one(state, O_WRONLY, 0666);

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_RDLCK);
	assert_int_equal(write_lock(w, 20, 29, bob), 0);
	assert_int_equal(host_sees(*state, 20), F_WRLCK);
}

/* The file was opened when that was allowed. */
static void
permissions_that_are_gone_do_not_matter(void **state)
{
	struct lock_world *w = only_one(state, O_RDWR, 0);

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 10, 19, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_RDLCK);
	assert_int_equal(host_sees(*state, 10), F_WRLCK);
}

static void
who_may_not_write_keeps_writers_out(void **state)
{
	struct lock_world *w = only_one(state, O_RDONLY, 0444);

	assert_int_equal(host_posix(*state, F_RDLCK, 5, 1), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_null(w->vn->locks);
	assert_int_equal(host_posix(*state, F_UNLCK, 5, 1), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_RDLCK);
	assert_int_equal(host_posix(*state, F_WRLCK, 5, 1), -EAGAIN);
	assert_int_equal(read_lock(w, 0, 4, bob), -EAGAIN);
}

static void
who_may_not_read_keeps_readers_out(void **state)
{
	struct lock_world *w = only_one(state, O_WRONLY, 0222);

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_WRLCK);
	assert_int_equal(read_lock(w, 0, 9, bob), 0);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_WRLCK);
	assert_int_equal(write_lock(w, 20, 29, alice), 0);
	assert_int_equal(host_sees(*state, 20), F_WRLCK);
	assert_int_equal(unlock(w, 0, 9, bob), 0);
	assert_int_equal(host_sees(*state, 0), F_UNLCK);
}

/* The first has it open for reading, and may no more; then comes another. */
static void
a_writer_takes_over_what_a_reader_has(void **state)
{
	struct lock_world *w = only_one(state, O_RDONLY, 0444);
	int fds;

	reopen_as(*state, 1, &w->fx->self, O_RDWR);
	fds = count_fds();
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 5, 14, carol), 0);
	assert_int_equal(write_lock(w, 20, 29, dave), 0); /* stood in for */
	assert_int_equal(host_sees(*state, 20), F_RDLCK);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 30, 39, bob)), 0);
	assert_int_equal(count_fds(), fds + 1);
	assert_int_equal(host_sees(*state, 0), F_RDLCK);
	assert_int_equal(host_sees(*state, 14), F_RDLCK);
	assert_int_equal(host_sees(*state, 15), F_UNLCK);
	assert_int_equal(host_sees(*state, 20), F_RDLCK);
	assert_int_equal(host_sees(*state, 30), F_WRLCK);
	assert_int_equal(write_lock(w, 0, 4, alice), 0); /* now it can be had */
	assert_int_equal(host_sees(*state, 4), F_WRLCK);
	assert_int_equal(host_sees(*state, 5), F_RDLCK);
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(unlock(w, 0, END, carol), 0);
	assert_int_equal(unlock(w, 0, END, dave), 0);
	assert_int_equal(host_sees(*state, 0), F_UNLCK);
	assert_int_equal(host_sees(*state, 14), F_UNLCK);
	assert_int_equal(host_sees(*state, 20), F_UNLCK);
	assert_int_equal(do_close(&w->fx->self, &w->files[1]), 0);
	assert_int_equal(host_sees(*state, 30), F_UNLCK);
}

static void
a_writer_that_the_host_refuses_takes_nothing_over(void **state)
{
	struct lock_world *w = only_one(state, O_RDONLY, 0444);

	reopen_as(*state, 1, &w->fx->self, O_RDWR);
	assert_int_equal(host_posix(*state, F_RDLCK, 30, 1), 0);
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 30, 39, bob)), -EAGAIN);
	assert_int_equal(do_close(&w->fx->self, &w->files[1]), 0);
	assert_int_equal(host_sees(*state, 0), F_RDLCK);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(*state, 0), F_UNLCK);
}

/* It is no more than read, and so can be run. */
static void
a_read_lock_does_not_open_for_writing(void **state)
{
	struct lock_world *w = *state;
	const char *path = on_host(w->fx, "program");
	struct vlock lk = lock_of(VLOCK_READ, 0, END, alice);
	char command[1024];
	struct vfile file;
	struct vnode *vn;
	struct wait op;

	snprintf(command, sizeof(command), "cp /bin/true %s", path);
	assert_int_equal(system(command), 0);
	vn = walk(w->fx, "program");
	assert_int_equal(do_open(&w->fx->self, vn, O_RDONLY, &file), 0);
	wait_init(&op, &w->fx->self);
	assert_int_equal(vfs_lock(&op.op, &file, &lk, false), 0);
	assert_int_equal(system(path), 0);
	assert_int_equal(do_close(&w->fx->self, &file), 0);
	vnode_put(vn);
}

/* Of a mount that may not be written nothing is opened for writing. */
static void
a_mount_for_reading_has_read_locks_only(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = only_one(state, O_RDONLY, 0666);

	w->vn->fs->readonly = true;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(host_sees(ew, 0), F_RDLCK);
	w->vn->fs->readonly = false;
}

/*
 * To open the file for writing means to wait for whoever has a lease on it:
 * here it is this thread, and it gives it back if it does not wait itself.
 */
static void
a_lease_is_waited_for_on_a_worker(void **state)
{
	struct lock_world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, END, alice);
	struct vfile file;
	struct vnode *vn;
	struct wait op;
	int leased;

	host_file(w->fx, "leased", "");
	leased = open(on_host(w->fx, "leased"), O_RDONLY);
	vn = walk(w->fx, "leased");
	assert_int_equal(do_open(&w->fx->self, vn, O_RDONLY, &file), 0);
	assert_int_equal(fcntl(leased, F_SETLEASE, F_RDLCK), 0);
	assert_true(signal(SIGIO, SIG_IGN) != SIG_ERR);
	wait_init(&op, &w->fx->self);
	assert_int_equal(vfs_lock(&op.op, &file, &lk, false), VFS_PENDING);
	assert_int_equal(fcntl(leased, F_SETLEASE, F_UNLCK), 0);
	assert_int_equal(await(&op, VFS_PENDING), 0);
	assert_true(signal(SIGIO, SIG_DFL) != SIG_ERR);
	close(leased);
	assert_int_equal(do_close(&w->fx->self, &file), 0);
	vnode_put(vn);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOCKS_ON(client, a_write_lock_needs_no_file_for_writing),
		LOCKS_ON(client, a_read_lock_needs_no_file_for_reading),
		LOCKS_ON(client, permissions_that_are_gone_do_not_matter),
		LOCKS_ON(client, who_may_not_write_keeps_writers_out),
		LOCKS_ON(client, who_may_not_read_keeps_readers_out),
		LOCKS_ON(client, a_writer_takes_over_what_a_reader_has),
		LOCKS_ON(
		    client, a_writer_that_the_host_refuses_takes_nothing_over),
		LOCKS_ON_BOTH(a_write_lock_needs_no_file_for_writing),
		LOCKS_ON_BOTH(a_read_lock_needs_no_file_for_reading),
		LOCKS_ON_BOTH(a_mount_for_reading_has_read_locks_only),
		LOCKS_ON(disk, a_read_lock_does_not_open_for_writing),
		LOCKS_ON_BOTH(a_lease_is_waited_for_on_a_worker),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
