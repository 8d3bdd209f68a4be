/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_turn.c -- how long connections have their loop for, and when replies
 * leave.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>
#include <uv.h>

#include "turn.h"

#define FRAMES 64 /* of a turn */
#define ALONE (256U << 10) /* bytes of it */
#define CROWDED (64U << 10)
#define HELD 8 /* frames whose replies may wait */
#define LATE 25000 /* ns that they may wait */

/* The clock, in place of libuv's. */
static uint64_t ns = 1;

uint64_t
uv_hrtime(void)
{
	return ns;
}

static uint64_t
length(struct turns *all, uint64_t now, uint64_t *last)
{
	struct turn turn;

	turn_begin(&turn, all, now, last, 1000);
	assert_false(turn_is_over(&turn, turn.end - 1));
	assert_true(turn_is_over(&turn, turn.end));
	return turn.end - 1000;
}

static void
who_is_alone_has_long_turns(void **state)
{
	struct turns all = { .batch = HELD };
	uint64_t a = 0, b = 0;

	(void)state;
	assert_int_equal(length(&all, 10, &a), ALONE);
	assert_int_equal(length(&all, 10, &a), ALONE); /* once more */
	assert_int_equal(length(&all, 11, &a), ALONE);
	assert_int_equal(length(&all, 11, &b), CROWDED);
	assert_int_equal(length(&all, 11, &a), CROWDED);
	assert_int_equal(length(&all, 12, &a), CROWDED); /* b was just here */
	assert_int_equal(length(&all, 13, &a), ALONE);
	assert_int_equal(length(&all, 14, &b), ALONE); /* they take turns */
	assert_int_equal(length(&all, 15, &b), ALONE);
	assert_int_equal(length(&all, 15, &a), CROWDED);
	assert_int_equal(length(&all, 100, &a), ALONE); /* long after */
}

static void
a_turn_is_so_many_frames(void **state)
{
	struct turns all = { .batch = HELD };
	struct turn turn;
	uint64_t a = 0;
	int i;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	for (i = 0; i < FRAMES; i++) {
		assert_false(turn_is_over(&turn, 0));
		(void)turn_goes_on(&turn, true);
	}
	assert_true(turn_is_over(&turn, 0));
}

static void
replies_leave_by_number(void **state)
{
	struct turns all = { .batch = HELD };
	struct turn turn;
	uint64_t a = 0;
	int i;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	for (i = 1; i <= 3 * HELD; i++)
		assert_int_equal(turn_goes_on(&turn, true), i % HELD == 0);
}

static void
replies_leave_by_time(void **state)
{
	struct turns all = { .batch = HELD };
	struct turn turn;
	uint64_t a = 0;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	ns += LATE - 1;
	assert_false(turn_goes_on(&turn, true));
	ns += 1;
	assert_true(turn_goes_on(&turn, true));
	ns += LATE - 1;
	assert_false(turn_goes_on(&turn, true));
	ns += LATE;
	assert_true(turn_goes_on(&turn, true));
	assert_false(turn_goes_on(&turn, true));
}

static void
replies_wait_where_it_is_said(void **state)
{
	struct turns all = { .batch = 0 };
	struct turn turn;
	uint64_t a = 0;
	int i;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	for (i = 0; i < 3 * HELD; i++) {
		ns += LATE;
		assert_false(turn_goes_on(&turn, true));
	}
}

/* They leave at the end anyway. */
static void
replies_to_the_last_wait(void **state)
{
	struct turns all = { .batch = HELD };
	struct turn turn;
	uint64_t a = 0;
	int i;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	for (i = 0; i < HELD; i++) {
		ns += LATE;
		assert_false(turn_goes_on(&turn, false));
	}
	assert_true(turn_goes_on(&turn, true)); /* but here is more */
}

/* Its client is not all that there is to do. */
static void
replies_of_a_crowd_wait(void **state)
{
	struct turns all = { .batch = HELD };
	struct turn turn;
	uint64_t a = 0, b = 0;
	int i;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	turn_begin(&turn, &all, 10, &b, 0);
	for (i = 0; i < 3 * HELD; i++) {
		ns += LATE;
		assert_false(turn_goes_on(&turn, true));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_alone_has_long_turns),
		cmocka_unit_test(a_turn_is_so_many_frames),
		cmocka_unit_test(replies_leave_by_number),
		cmocka_unit_test(replies_leave_by_time),
		cmocka_unit_test(replies_wait_where_it_is_said),
		cmocka_unit_test(replies_to_the_last_wait),
		cmocka_unit_test(replies_of_a_crowd_wait),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
