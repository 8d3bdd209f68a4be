/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_id.c -- numbers that identify files in the whole server.
 */

#include "fixture.h"
#include "vfs_fs.h"

#define BIG (1ULL << 48) /* the first inode number that does not fit */

static void
a_file_has_the_same_number_every_time(void **state)
{
	struct fixture *fx = *state;
	uint64_t a = vfs_file_id(fx->vfs, 1, 7),
		 b = vfs_file_id(fx->vfs, 2, BIG);

	assert_int_equal(vfs_file_id(fx->vfs, 1, 7), a);
	assert_int_equal(vfs_file_id(fx->vfs, 2, BIG), b);
}

static int
compare(const void *a, const void *b)
{
	uint64_t x = *(const uint64_t *)a, y = *(const uint64_t *)b;

	return x < y ? -1 : x > y;
}

/* More devices than the table has, ordinary and large inode numbers. */
static void
different_files_have_different_numbers(void **state)
{
	static const uint64_t inos[] = { 0, 1, 2, BIG - 1, BIG, BIG + 1,
		UINT64_MAX };
	enum {
		DEVS = 1500,
		INOS = sizeof(inos) / sizeof(inos[0])
	};
	static uint64_t ids[DEVS * INOS];
	struct fixture *fx = *state;
	size_t i, n = 0;

	for (i = 0; i < DEVS; i++)
		for (size_t j = 0; j < INOS; j++)
			ids[n++] = vfs_file_id(fx->vfs, 100 + i, inos[j]);
	qsort(ids, n, sizeof(ids[0]), compare);
	for (i = 1; i < n; i++)
		assert_true(ids[i - 1] < ids[i]);
	assert_true(ids[n - 1] <= INT64_MAX); /* a number for readdir, too */
}

static void
a_file_system_without_a_device_gets_one_of_its_own(void **state)
{
	struct fixture *fx = *state;
	uint64_t a = vfs_new_dev(fx->vfs), b = vfs_new_dev(fx->vfs);

	assert_true(a != b);
	assert_true(a > INT64_MAX && b > INT64_MAX); /* no host's */
	assert_true(vfs_file_id(fx->vfs, a, 1) != vfs_file_id(fx->vfs, b, 1));
}

static void
what_is_no_file_is_taken_for_none(void **state)
{
	struct fixture *fx = *state;
	uint64_t ids[6];
	size_t i, j;

	for (i = 0; i < 6; i++)
		ids[i] = i % 2 == 0 ? vfs_new_id(fx->vfs)
				    : vfs_file_id(fx->vfs, 1, BIG + i);
	for (i = 0; i < 6; i++)
		for (j = 0; j < i; j++)
			assert_true(ids[i] != ids[j]);
	assert_true(ids[4] <= INT64_MAX);
}

enum {
	THREADS = 4,
	ROUNDS = 500
};

struct job {
	struct vfs *vfs;
	uint64_t ids[ROUNDS];
};

static void
ask(void *arg)
{
	struct job *job = arg;
	uint64_t i;

	for (i = 0; i < ROUNDS; i++)
		job->ids[i] = vfs_file_id(job->vfs, i % 50, i % 3 * BIG + i);
}

static void
threads_agree_on_the_numbers(void **state)
{
	static struct job jobs[THREADS];
	struct fixture *fx = *state;
	uv_thread_t threads[THREADS];
	int i;

	for (i = 0; i < THREADS; i++) {
		jobs[i].vfs = fx->vfs;
		assert_int_equal(
		    uv_thread_create(&threads[i], ask, &jobs[i]), 0);
	}
	for (i = 0; i < THREADS; i++)
		assert_int_equal(uv_thread_join(&threads[i]), 0);
	for (i = 1; i < THREADS; i++)
		assert_memory_equal(
		    jobs[0].ids, jobs[i].ids, sizeof(jobs[0].ids));
}

int
main(void)
{
#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)
	const struct CMUnitTest tests[] = {
		T(a_file_has_the_same_number_every_time),
		T(different_files_have_different_numbers),
		T(a_file_system_without_a_device_gets_one_of_its_own),
		T(what_is_no_file_is_taken_for_none),
		T(threads_agree_on_the_numbers),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
