/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_memory.c -- what files in memfs cost.
 *
 * Without a sanitizer the C library says what it has given out, its own
 * overhead included.  A sanitizer has another allocator, with an overhead that
 * says nothing; it is asked for the sum of what was asked of it, to which the
 * C library would add 8 bytes and round up to 16.  That makes 16 more for each
 * of the two blocks that a file is.
 */

#include <malloc.h>
#include <stdio.h>

#include "fixture.h"

#define MILLION 1000000u

#if defined(__SANITIZE_ADDRESS__) || defined(__SANITIZE_THREAD__)
#define SANITIZED 1
#elif defined(__has_feature)
#if __has_feature(address_sanitizer) || __has_feature(thread_sanitizer) ||     \
    __has_feature(memory_sanitizer)
#define SANITIZED 1
#endif
#endif

#ifdef SANITIZED
/* Not every compiler comes with the header that has it. */
size_t __sanitizer_get_current_allocated_bytes(void);

#define PER_BLOCK 16

static size_t
memory_in_use(void)
{
	return __sanitizer_get_current_allocated_bytes();
}
#else
#define PER_BLOCK 0

static size_t
memory_in_use(void)
{
	struct mallinfo2 mi = mallinfo2();

	return mi.uordblks + mi.hblkhd;
}
#endif

/* Bytes per file of n in dir, whose names are seven bytes long. */
static size_t
cost_of_files(const struct fixture *fx, struct vnode *dir, unsigned int n)
{
	size_t before = memory_in_use();
	unsigned int i;
	char name[16];

	for (i = 0; i < n; i++) {
		snprintf(name, sizeof(name), "%07u", i);
		assert_int_equal(do_touch(&fx->user, dir, name, 0644, NULL), 0);
	}
	return (memory_in_use() - before) / n + 2 * PER_BLOCK;
}

static void
an_empty_file_takes_at_most_320_bytes_and_its_name(void **state)
{
	struct fixture *fx = *state;
	size_t cost = cost_of_files(fx, fx->root, MILLION);

	print_message("%zu bytes per empty file\n", cost);
	assert_in_range(cost, 1, 320 + 7);
}

/* Also in the least favourable place: a directory of its own. */
static void
a_small_directory_is_small(void **state)
{
	struct fixture *fx = *state;
	size_t before = memory_in_use(), cost;
	struct vnode *dir;
	unsigned int i;
	char name[16];

	for (i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "%07u", i);
		assert_int_equal(
		    do_mkdir(&fx->user, fx->root, name, 0755, &dir), 0);
		assert_int_equal(
		    do_touch(&fx->user, dir, "1234567", 0644, NULL), 0);
		vnode_put(dir);
	}
	cost = (memory_in_use() - before) / 200000 + 2 * PER_BLOCK;
	print_message("%zu bytes per directory or file\n", cost);
	assert_in_range(cost, 1, 320 + 7);
}

static void
removed_files_give_their_memory_back(void **state)
{
	struct fixture *fx = *state;
	size_t before = memory_in_use();
	unsigned int i;
	char name[16];

	cost_of_files(fx, fx->root, 100000);
	for (i = 0; i < 100000; i++) {
		snprintf(name, sizeof(name), "%07u", i);
		assert_int_equal(do_unlink(&fx->user, fx->root, name), 0);
	}
	assert_in_range(memory_in_use() - before, 0, 4096);
}

static void
lookup_getattr_read_and_write_allocate_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	struct vattr attr;
	char buf[8192] = { 0 };
	size_t before;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, buf, 8192), 8192);
	before = memory_in_use();
	assert_int_equal(do_walk(&fx->user, fx->root, "f", &vn), 0);
	assert_int_equal(do_getattr(&fx->user, vn, &attr), 0);
	assert_int_equal(do_read(&fx->user, &file, 1, buf, 8000), 8000);
	assert_int_equal(do_write(&fx->user, &file, 5, buf, 8000), 8000);
	assert_int_equal(memory_in_use(), before);
	vnode_put(vn);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
growing_a_file_costs_what_is_written(void **state)
{
	struct fixture *fx = *state;
	static char buf[4096];
	struct vfile file;
	uint64_t off;
	size_t before, cost;

	assert_int_equal(
	    do_create(&fx->user, fx->root, "f", O_RDWR, 0644, &file), 0);
	before = memory_in_use();
	for (off = 0; off < 64 << 20; off += sizeof(buf))
		assert_int_equal(
		    do_write(&fx->user, &file, off, buf, sizeof(buf)),
		    sizeof(buf));
	cost = (memory_in_use() - before) / ((64 << 20) / sizeof(buf));
	print_message("%zu bytes per page\n", cost);
	assert_in_range(cost, 4096, 4096 + 64);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 0), 0);
	assert_in_range(memory_in_use() - before, 0, 4096);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

#define T(f) cmocka_unit_test_setup_teardown(f, memfs_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(an_empty_file_takes_at_most_320_bytes_and_its_name),
		T(a_small_directory_is_small),
		T(removed_files_give_their_memory_back),
		T(lookup_getattr_read_and_write_allocate_nothing),
		T(growing_a_file_costs_what_is_written),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
