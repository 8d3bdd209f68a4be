/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_lock_wait.c -- waiting for a lock of a process of the host, and
 * many loops that are after one file.
 */

#include <pthread.h>

#include "etfs_lock_fixture.h"

static void
soon(struct lock_world *w)
{
	w->table->poll_ms = w->table->poll_max_ms = 1;
}

static void
a_wait_ends_when_the_host_unlocks(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct wait op;

	soon(w);
	assert_int_equal(host_posix(ew, F_RDLCK, 5, 1), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	uv_sleep(5);
	assert_waiting(w, &op);
	assert_int_equal(host_posix(ew, F_UNLCK, 5, 1), 0);
	until_ended(w, &op, 0);
	assert_int_equal(host_sees(ew, 5), F_WRLCK);
}

static void
a_wait_ends_when_the_host_process_does(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct host_process other;
	struct wait op;

	soon(w);
	assert_int_equal(host_process_start(&other), 0);
	host_process_open(&other, on_host(w->fx, "f"));
	assert_int_equal(host_process_lock(&other, true, F_WRLCK, 5, 1), 0);
	wait_for(w, &op, VLOCK_READ, 0, 9, alice);
	assert_waiting(w, &op);
	host_process_stop(&other);
	until_ended(w, &op, 0);
}

static void
a_wait_for_the_host_can_be_hurried(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	int fds = count_fds();
	struct wait op;

	assert_int_equal(host_ofd(ew, F_WRLCK, 0, 0), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	assert_null(w->vn->locks);
	assert_int_equal(count_fds(), fds);
}

static void
a_wait_for_the_host_has_a_deadline(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct wait op;

	soon(w);
	w->table->wait_ms = 10;
	assert_int_equal(host_ofd(ew, F_WRLCK, 0, 0), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_int_equal(await(&op, VFS_PENDING), -EAGAIN);
}

static void
closing_the_file_ends_a_wait_for_the_host(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct wait op;

	assert_int_equal(host_ofd(ew, F_WRLCK, 0, 0), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, alice);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	settle(w);
	assert_int_equal(op.rc, -EBADF);
}

/* One lock is handed from client to client, each of which the host sees. */
static void
clients_that_wait_come_one_after_the_other(void **state)
{
	struct etfs_lock_world *ew = *state;
	struct lock_world *w = &ew->w;
	struct wait first, second;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_WRITE, 0, 9, bob);
	wait_for(w, &second, VLOCK_READ, 0, 19, carol);
	assert_int_equal(do_close(&w->fx->user, &w->files[0]), 0);
	until_ended(w, &first, 0);
	assert_waiting(w, &second);
	assert_int_equal(host_sees(ew, 0), F_WRLCK);
	assert_int_equal(
	    take_through(w, 2, lock_of(VLOCK_UNLOCK, 0, END, bob)), 0);
	until_ended(w, &second, 0);
	assert_int_equal(host_sees(ew, 0), F_RDLCK);
	assert_int_equal(host_sees(ew, 19), F_RDLCK);
}

/*
 * Threads: each has a loop, a file and an owner, and a piece of a table that
 * nothing guards but the locks.
 */

#define THREADS 4
#define ROUNDS 400
#define BYTES 16

struct locker {
	struct lock_world *w;
	int *table; /* who writes there; shared */
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	struct vfile file;
	unsigned int seed;
	const char *unexpected;
};

static int
lock_now(struct locker *l, enum vlock_type type, uint64_t start, uint64_t end)
{
	const struct vlock_owner owner = { 1, l->seed, { "earth", 5 }, NULL };
	const struct who who = { &l->loop, l->w->fx->user.cred };
	struct vlock lk = lock_of(type, start, end, owner);
	struct wait op;

	wait_init(&op, &who);
	return await(&op, vfs_lock(&op.op, &l->file, &lk, true));
}

/* The lock is ours: nobody else writes, and if it is to write, or reads. */
static void
use(struct locker *l, enum vlock_type type, uint64_t start, uint64_t end,
    int me)
{
	uint64_t b;

	for (b = start; b <= end; b++) {
		if (l->table[b] != 0)
			l->unexpected = "somebody else writes";
		if (type == VLOCK_WRITE)
			l->table[b] = me;
	}
	if (type == VLOCK_WRITE)
		memset(&l->table[start], 0, (end - start + 1) * sizeof(int));
}

static void *
lock_at_random(void *arg)
{
	struct locker *l = arg;
	unsigned int seed = l->seed;
	int i, rc;

	for (i = 0; i < ROUNDS && l->unexpected == NULL; i++) {
		uint64_t start = (uint64_t)rand_r(&seed) % BYTES;
		uint64_t end =
		    start + (uint64_t)rand_r(&seed) % (BYTES - start);
		enum vlock_type type =
		    rand_r(&seed) % 2 ? VLOCK_READ : VLOCK_WRITE;

		rc = lock_now(l, type, start, end);
		if (rc == 0)
			use(l, type, start, end, i + 1);
		else if (rc != -EAGAIN)
			l->unexpected = "lock";
		if (lock_now(l, VLOCK_UNLOCK, 0, END) != 0)
			l->unexpected = "unlock";
	}
	return NULL;
}

static void
begin(struct locker *l, struct lock_world *w, int *table, unsigned int seed)
{
	memset(l, 0, sizeof(*l));
	l->w = w;
	l->table = table;
	l->seed = seed;
	assert_int_equal(uv_loop_init(&l->uv), 0);
	assert_int_equal(vloop_init(&l->loop, &l->uv), 0);
	assert_int_equal(do_open(&w->fx->user, w->vn,
			     seed % 2 ? O_RDWR : O_RDONLY, &l->file),
	    0);
}

static void
end(struct locker *l)
{
	assert_int_equal(do_close(&l->w->fx->user, &l->file), 0);
	vloop_fini(&l->loop);
	uv_run(&l->uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&l->uv), 0);
	if (l->unexpected != NULL)
		fail_msg("%s", l->unexpected);
}

/* The host is in the way, too, now and then. */
static void
disturb(struct etfs_lock_world *ew)
{
	int i;

	for (i = 0; i < ROUNDS; i++) {
		(void)host_posix(ew, F_WRLCK, i % BYTES, 1);
		(void)host_posix(ew, F_UNLCK, 0, 0);
	}
}

static void
many_loops_are_after_one_file(void **state)
{
	static struct locker l[THREADS];
	struct etfs_lock_world *ew = *state;
	int table[BYTES] = { 0 };
	unsigned int i;

	soon(&ew->w);
	for (i = 0; i < THREADS; i++)
		begin(&l[i], &ew->w, table, i + 1);
	for (i = 0; i < THREADS; i++)
		assert_int_equal(
		    pthread_create(&l[i].thread, NULL, lock_at_random, &l[i]),
		    0);
	disturb(ew);
	for (i = 0; i < THREADS; i++)
		pthread_join(l[i].thread, NULL);
	for (i = 0; i < THREADS; i++)
		end(&l[i]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOCKS_ON_BOTH(a_wait_ends_when_the_host_unlocks),
		LOCKS_ON_BOTH(a_wait_ends_when_the_host_process_does),
		LOCKS_ON_BOTH(a_wait_for_the_host_can_be_hurried),
		LOCKS_ON_BOTH(a_wait_for_the_host_has_a_deadline),
		LOCKS_ON_BOTH(closing_the_file_ends_a_wait_for_the_host),
		LOCKS_ON_BOTH(clients_that_wait_come_one_after_the_other),
		LOCKS_ON_BOTH(many_loops_are_after_one_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
