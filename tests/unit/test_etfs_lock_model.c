/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_lock_model.c -- what a process of the host sees of clients' locks,
 * byte by byte, and clients of its locks, against a model, at random.
 */

#include <stdio.h>

#include "etfs_lock_fixture.h"
#include "lock_model.h"

#define STEPS 600
#define SEED 0x0fd10c45u

static short
host_type(enum vlock_type type)
{
	return type == VLOCK_READ ? F_RDLCK
	    : type == VLOCK_WRITE ? F_WRLCK
				  : F_UNLCK;
}

static void
host_step(struct etfs_lock_world *ew, struct lock_model *m)
{
	unsigned char type = (unsigned char)lock_model_draw(m, 3);
	size_t first = lock_model_draw(m, LOCK_BYTES);
	size_t last = first + lock_model_draw(m, LOCK_BYTES - (uint32_t)first);
	bool may = lock_model_may(m, first, last, type);

	assert_int_equal(
	    host_posix(ew, host_type(type), (int64_t)(m->base + first),
		(int64_t)(last - first + 1)),
	    may ? 0 : -EAGAIN);
	if (may)
		memset(m->theirs + first, type, last - first + 1);
}

static void
compare_host(struct etfs_lock_world *ew, const struct lock_model *m)
{
	short types[LOCK_BYTES];
	size_t b;

	host_process_look(&ew->host, (int64_t)m->base, types, LOCK_BYTES);
	for (b = 0; b < LOCK_BYTES; b++)
		assert_int_equal(types[b], host_type(lock_model_union(m, b)));
}

static void
run(struct etfs_lock_world *ew, uint64_t base)
{
	struct lock_world *w = &ew->w;
	struct lock_model m;
	int i;

	lock_model_init(&m, base, SEED);
	printf(
	    "locks from %llu on, seed %#x\n", (unsigned long long)base, SEED);
	for (i = 0; i < STEPS; i++) {
		if (lock_model_draw(&m, 32) == 0)
			lock_model_reopen(w, &m, lock_model_draw(&m, 3));
		else
			lock_model_step(w, &m);
		compare_host(ew, &m);
		if (lock_model_draw(&m, 4) == 0)
			host_step(ew, &m);
		lock_model_compare(w, &m);
	}
	assert_int_equal(host_posix(ew, F_UNLCK, 0, 0), 0);
}

static void
clients_and_the_host_see_each_other(void **state)
{
	run(*state, 0);
}

static void
they_do_at_the_end_of_the_largest_file(void **state)
{
	run(*state, INT64_MAX - LOCK_BYTES + 1);
}

/*
 * The description that shows the locks is not good for all of them, at first:
 * two of the files cannot be written.
 */
static void
they_do_through_files_of_all_kinds(void **state)
{
	struct etfs_lock_world *ew = *state;

	reopen_as(ew, 0, &ew->w.fx->user, O_RDONLY);
	reopen_as(ew, 1, &ew->w.fx->user, O_WRONLY);
	run(ew, 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		LOCKS_ON_BOTH(clients_and_the_host_see_each_other),
		LOCKS_ON_BOTH(they_do_at_the_end_of_the_largest_file),
		LOCKS_ON_BOTH(they_do_through_files_of_all_kinds),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
