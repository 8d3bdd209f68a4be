/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_model.c -- byte-range locks against a model, at random.
 */

#include <stdio.h>

#include "lock_host.h"
#include "lock_model.h"

#define STEPS 3000
#define SEED 0x10c4ed5eu

static void
begin(struct lock_model *m, uint64_t base)
{
	lock_model_init(m, base, SEED);
	printf(
	    "locks from %llu on, seed %#x\n", (unsigned long long)base, SEED);
}

static void
step(struct lock_world *w, struct lock_model *m)
{
	if (lock_model_draw(m, 64) == 0)
		lock_model_reopen(w, m, lock_model_draw(m, 3));
	else
		lock_model_step(w, m);
}

static void
run_model(struct lock_world *w, uint64_t base)
{
	struct lock_model m;
	int i;

	begin(&m, base);
	for (i = 0; i < STEPS; i++) {
		step(w, &m);
		lock_model_compare(w, &m);
	}
}

static void
locks_do_what_an_array_of_bytes_does(void **state)
{
	run_model(*state, 0);
}

static void
locks_do_what_an_array_does_at_the_end_of_the_file(void **state)
{
	run_model(*state, END - LOCK_BYTES + 1);
}

/* Somebody on the host takes what he may, or gives something back. */
static void
host_step(struct lock_host *host, struct lock_model *m)
{
	unsigned char type = (unsigned char)lock_model_draw(m, 3);
	size_t first = lock_model_draw(m, LOCK_BYTES);
	size_t last = first + lock_model_draw(m, LOCK_BYTES - (uint32_t)first);
	bool may = lock_model_may(m, first, last, type);

	assert_int_equal(
	    host_lock(host, (enum vlock_type)type, first, last), may);
	if (may)
		memset(m->theirs + first, type, last - first + 1);
}

/* What the host sees is the union, and it is told of nothing twice. */
static void
compare_host(struct lock_host *host, const struct lock_model *m)
{
	size_t b;

	for (b = 0; b < LOCK_BYTES; b++)
		assert_int_equal(host->ours[b], lock_model_union(m, b));
	assert_int_equal(host->locks, m->changes);
	host->locks = 0;
}

static void
run_model_on_host(struct lock_world *w, uint64_t base, int steps)
{
	struct lock_model m;
	int i;

	begin(&m, base);
	w->host->base = base;
	for (i = 0; i < steps; i++) {
		step(w, &m);
		compare_host(w->host, &m);
		if (lock_model_draw(&m, 4) == 0)
			host_step(w->host, &m);
		lock_model_compare(w, &m);
	}
}

static void
a_host_sees_the_union_of_the_locks(void **state)
{
	run_model_on_host(*state, 0, STEPS);
}

static void
a_host_sees_the_union_at_the_end_of_the_file(void **state)
{
	run_model_on_host(*state, END - LOCK_BYTES + 1, STEPS);
}

/* Each call goes over a worker: fewer of them. */
static void
a_slow_host_sees_the_union_of_the_locks(void **state)
{
	run_model_on_host(*state, 0, STEPS / 20);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lock_setup, lock_teardown)
#define ON_HOST(f) cmocka_unit_test_setup_teardown(f, host_setup, host_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(locks_do_what_an_array_of_bytes_does),
		TEST(locks_do_what_an_array_does_at_the_end_of_the_file),
		ON_HOST(a_host_sees_the_union_of_the_locks),
		ON_HOST(a_host_sees_the_union_at_the_end_of_the_file),
		cmocka_unit_test_setup_teardown(
		    a_slow_host_sees_the_union_of_the_locks, slow_host_setup,
		    host_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
