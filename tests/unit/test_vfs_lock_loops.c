/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_loops.c -- byte-range locks that several loops are after.
 *
 * Two loops in two threads, some clients on each, all after one lock.  Who has
 * it is alone with a number that nothing else guards, and keeps it until its
 * loop comes around.  A host that is to see the locks, fast or slow, is in the
 * way as well.
 */

#include "lock_host.h"

#define LOOPS 2
#define CLIENTS 3 /* of each loop */
#define ROUNDS 400

struct shared {
	struct vnode *vn;
	uint64_t granted; /* guarded by the lock, and nothing else */
	bool inside;
	uint32_t hurry_one_in;
};

struct client {
	struct shared *shared;
	struct side *side;
	struct vlock_owner owner;
	struct vfile file;
	struct vop op;
	uv_timer_t timer; /* gives the lock back */
	bool releasing;
	uint32_t rounds;
	uint64_t granted, canceled, late; /* of its rounds */
	bool failed;
};

struct side {
	uv_thread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	struct client clients[CLIENTS];
	size_t busy; /* clients that are not done */
};

static void client_run(struct client *c);

static int
client_lock(struct client *c, enum vlock_type type)
{
	struct vlock lk = lock_of(type, 0, END, c->owner);

	return vfs_lock(&c->op, &c->file, &lk, true);
}

static void
client_released(struct client *c, int rc)
{
	c->releasing = false;
	c->failed |= rc != 0;
	client_run(c);
}

static void
client_release(uv_timer_t *timer)
{
	struct client *c = timer->data;
	int rc;

	c->failed |= !c->shared->inside;
	c->shared->inside = false;
	c->releasing = true;
	rc = client_lock(c, VLOCK_UNLOCK);
	if (rc != VFS_PENDING)
		client_released(c, rc);
}

/* A round has ended; true if the next may begin at once. */
static bool
client_ended(struct client *c, int rc)
{
	c->rounds--;
	switch (rc) {
	case 0:
		c->granted++;
		c->shared->granted++;
		c->failed |= c->shared->inside;
		c->shared->inside = true;
		uv_timer_start(&c->timer, client_release, 0, 0);
		return false;
	case -ECANCELED:
		c->canceled++;
		return true;
	case -EAGAIN:
		c->late++;
		return true;
	default:
		c->failed = true;
		return true;
	}
}

static void
client_done(struct vop *op, int rc)
{
	struct client *c = container_of_test(op, struct client, op);

	if (c->releasing)
		client_released(c, rc);
	else if (client_ended(c, rc))
		client_run(c);
}

static void
client_stop(struct client *c)
{
	uv_close((uv_handle_t *)&c->timer, NULL);
	if (--c->side->busy == 0)
		vloop_fini(&c->side->loop);
}

static void
client_run(struct client *c)
{
	uint32_t one_in = c->shared->hurry_one_in;
	int rc;

	while (c->rounds > 0) {
		rc = client_lock(c, VLOCK_WRITE);
		if (rc == VFS_PENDING) {
			if (one_in != 0 && c->rounds % one_in == 0)
				vop_hurry(&c->op);
			return;
		}
		if (!client_ended(c, rc))
			return;
	}
	client_stop(c);
}

static void
client_start(
    struct client *c, struct side *side, struct shared *shared, uint32_t pid)
{
	c->shared = shared;
	c->side = side;
	c->owner = (struct vlock_owner){ 1, pid, { "earth", 5 }, NULL };
	c->file.vn = shared->vn;
	c->rounds = ROUNDS;
	vop_init(&c->op, &side->loop, client_done);
	uv_timer_init(&side->uv, &c->timer);
	c->timer.data = c;
}

static void
side_run(void *arg)
{
	struct side *side = arg;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		client_run(&side->clients[i]);
	uv_run(&side->uv, UV_RUN_DEFAULT);
}

static void
sides_run(struct side *sides, struct shared *shared)
{
	size_t i, k;

	for (i = 0; i < LOOPS; i++) {
		assert_int_equal(uv_loop_init(&sides[i].uv), 0);
		assert_int_equal(vloop_init(&sides[i].loop, &sides[i].uv), 0);
		sides[i].busy = CLIENTS;
		for (k = 0; k < CLIENTS; k++)
			client_start(&sides[i].clients[k], &sides[i], shared,
			    (uint32_t)(i * CLIENTS + k));
	}
	for (i = 0; i < LOOPS; i++)
		assert_int_equal(
		    uv_thread_create(&sides[i].thread, side_run, &sides[i]), 0);
	for (i = 0; i < LOOPS; i++) {
		uv_thread_join(&sides[i].thread);
		assert_int_equal(uv_loop_close(&sides[i].uv), 0);
	}
}

/* All rounds ended, each once; what they ended in goes to sum. */
static void
sides_check(
    const struct side *sides, const struct shared *shared, struct client *sum)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < LOOPS * CLIENTS; i++) {
		const struct client *c =
		    &sides[i / CLIENTS].clients[i % CLIENTS];

		assert_false(c->failed);
		assert_int_equal(c->granted + c->canceled + c->late, ROUNDS);
		sum->granted += c->granted;
		sum->canceled += c->canceled;
		sum->late += c->late;
	}
	assert_int_equal(sum->granted, shared->granted);
	assert_false(shared->inside);
}

static void
run_loops(struct lock_world *w, uint64_t wait_ms, uint32_t hurry_one_in,
    struct client *sum)
{
	struct shared shared = { .vn = w->vn, .hurry_one_in = hurry_one_in };
	struct side *sides = calloc(LOOPS, sizeof(*sides));

	assert_non_null(sides);
	w->table->wait_ms = wait_ms;
	sides_run(sides, &shared);
	sides_check(sides, &shared, sum);
	assert_null(w->vn->locks);
	free(sides);
}

static void
a_lock_keeps_loops_apart(void **state)
{
	struct client sum;

	run_loops(*state, LONG_MS, 0, &sum);
	assert_int_equal(sum.granted, LOOPS * CLIENTS * ROUNDS);
}

static void
a_hurry_and_a_grant_from_another_loop_end_a_wait_once(void **state)
{
	struct client sum;

	run_loops(*state, LONG_MS, 2, &sum);
	assert_int_equal(sum.late, 0);
}

static void
a_deadline_and_a_grant_from_another_loop_end_a_wait_once(void **state)
{
	struct client sum;

	run_loops(*state, 0, 3, &sum);
}

#define EACH(f)                                                                \
	cmocka_unit_test_setup_teardown(f, lock_setup, lock_teardown),         \
	    { #f " (host)", f, host_setup, host_teardown, NULL },              \
	{                                                                      \
#f " (slow host)", f, slow_host_setup, host_teardown, NULL     \
	}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(a_lock_keeps_loops_apart),
		EACH(a_hurry_and_a_grant_from_another_loop_end_a_wait_once),
		EACH(a_deadline_and_a_grant_from_another_loop_end_a_wait_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
