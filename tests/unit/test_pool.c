/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_pool.c -- buffers and objects that are given back and taken again.
 */

#include "fixture.h"
#include "pool.h"

#define LARGEST ((1U << 20) + 4096)

static int
setup(void **state)
{
	*state = pool_new();
	return *state != NULL ? 0 : -1;
}

static int
teardown(void **state)
{
	pool_free(*state);
	return 0;
}

static void
a_buffer_has_at_least_the_size_asked_for(void **state)
{
	static const size_t sizes[] = { 0, 1, BUF_SMALL - 1, BUF_SMALL,
		BUF_SMALL + 1, 4 * BUF_SMALL, 4 * BUF_SMALL + 1, LARGEST,
		LARGEST + 1, 5 << 20 };
	struct buf *buf;
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		buf = buf_new(*state, sizes[i]);
		assert_non_null(buf);
		assert_true(buf->cap >= sizes[i]);
		memset(buf->data, 0xff, buf->cap);
		buf_put(buf);
	}
}

static void
a_buffer_given_back_is_the_next_of_its_size(void **state)
{
	struct buf *small = buf_new(*state, 1);
	struct buf *large = buf_new(*state, BUF_SMALL + 1);
	struct buf *again;

	buf_put(small);
	buf_put(large);
	again = buf_new(*state, BUF_SMALL);
	assert_ptr_equal(again, small);
	buf_put(again);
	again = buf_new(*state, 4 * BUF_SMALL);
	assert_ptr_equal(again, large);
	buf_put(again);
}

static void
a_buffer_stays_while_somebody_has_it(void **state)
{
	struct buf *buf = buf_new(*state, 1);
	struct buf *other;

	assert_ptr_equal(buf_get(buf), buf);
	buf_put(buf);
	other = buf_new(*state, 1);
	assert_ptr_not_equal(other, buf);
	buf_put(other);
	buf->data[0] = 1;
	buf_put(buf);
	buf_put(NULL);
}

/* More than are kept: some are new, and no two are the same. */
static void
many_buffers_come_and_go(void **state)
{
	enum {
		MANY = 200
	};
	struct buf *bufs[MANY], *again[MANY];
	size_t i, j, same = 0;

	for (i = 0; i < MANY; i++)
		assert_non_null(bufs[i] = buf_new(*state, 1));
	for (i = 0; i < MANY; i++)
		buf_put(bufs[i]);
	for (i = 0; i < MANY; i++)
		assert_non_null(again[i] = buf_new(*state, 1));
	for (i = 0; i < MANY; i++)
		buf_put(again[i]);
	for (i = 0; i < MANY; i++)
		for (j = 0; j < i; j++)
			same += again[i] == again[j];
	assert_int_equal(same, 0);
}

static void
objects_are_taken_again_by_kind(void **state)
{
	void *request = pool_take(*state, POOL_REQUEST, 400);
	void *fid = pool_take(*state, POOL_FID, 200);

	memset(request, 0xff, 400);
	memset(fid, 0xff, 200);
	pool_give(*state, POOL_REQUEST, request);
	pool_give(*state, POOL_FID, fid);
	assert_ptr_equal(pool_take(*state, POOL_REQUEST, 400), request);
	assert_ptr_equal(pool_take(*state, POOL_FID, 200), fid);
	pool_give(*state, POOL_FID, fid);
	pool_give(*state, POOL_REQUEST, request);
}

/* More than are kept: all come back, none is lost. */
static void
many_objects_come_and_go(void **state)
{
	enum {
		MANY = 5000
	};
	void **objs = calloc(MANY, sizeof(*objs));
	int round, i;

	assert_non_null(objs);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < MANY; i++) {
			objs[i] = pool_take(*state, POOL_REQUEST, 64);
			assert_non_null(objs[i]);
			memset(objs[i], i & 0xff, 64);
		}
		for (i = 0; i < MANY; i++) {
			assert_int_equal(
			    ((unsigned char *)objs[i])[63], i & 0xff);
			pool_give(*state, POOL_REQUEST, objs[i]);
		}
	}
	free(objs);
}

static void
no_pool_can_be_freed(void **state)
{
	(void)state;
	pool_free(NULL);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_buffer_has_at_least_the_size_asked_for),
		TEST(a_buffer_given_back_is_the_next_of_its_size),
		TEST(a_buffer_stays_while_somebody_has_it),
		TEST(many_buffers_come_and_go),
		TEST(objects_are_taken_again_by_kind),
		TEST(many_objects_come_and_go),
		TEST(no_pool_can_be_freed),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
