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

#include "fake_rusage.h"
#include "turn.h"

#define FRAMES 64 /* of a turn */
#define ALONE (256U << 10) /* bytes of it */
#define CROWDED (64U << 10)
#define SHARE (128U << 10) /* to be sent */

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
	struct turns all = { .parts = 1 };
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
who_is_alone_sends_all_and_of_a_crowd_a_share(void **state)
{
	struct turns all = { .parts = 1 };
	uint64_t a = 0, b = 0;

	(void)state;
	assert_int_equal(turns_share(&all), SIZE_MAX);
	(void)length(&all, 10, &a);
	assert_int_equal(turns_share(&all), SIZE_MAX);
	(void)length(&all, 10, &b);
	assert_int_equal(turns_share(&all), SHARE);
	(void)length(&all, 11, &a);
	assert_int_equal(turns_share(&all), SHARE);
	(void)length(&all, 12, &a);
	assert_int_equal(turns_share(&all), SIZE_MAX);
}

static void
a_turn_is_so_many_frames(void **state)
{
	struct turns all = { .parts = 1 };
	struct turn turn;
	uint64_t a = 0;
	int i;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	for (i = 0; i < FRAMES; i++) {
		assert_false(turn_is_over(&turn, 0));
		(void)turn_goes_on(&turn, 0, true);
	}
	assert_true(turn_is_over(&turn, 0));
}

/*
 * 12 frames of 10 bytes each are handled, in a turn of its own: how often do
 * replies leave before the end?  The first does after *first frames.
 */
static int
times_sent(struct turns *all, uint64_t *last, int *first)
{
	struct turn turn;
	uint64_t done = 7;
	int i, n = 0;

	*first = 0;
	turn_begin(&turn, all, *last + 10, last, 0);
	turn_has(&turn, done, 120);
	for (i = 1; i <= 12; i++) {
		done += 10;
		if (!turn_goes_on(&turn, done, i < 12))
			continue;
		if (n++ == 0)
			*first = i;
		turn_has_sent(&turn);
	}
	return n;
}

static void
replies_leave_in_parts(void **state)
{
	uint64_t last = 0;
	int first;

	(void)state;
	assert_int_equal(
	    times_sent(&(struct turns){ .parts = 3 }, &last, &first), 2);
	assert_int_equal(first, 4);
	assert_int_equal(
	    times_sent(&(struct turns){ .parts = 4 }, &last, &first), 3);
	assert_int_equal(first, 3);
	assert_int_equal(
	    times_sent(&(struct turns){ .parts = 64 }, &last, &first), 11);
	assert_int_equal(
	    times_sent(&(struct turns){ .parts = 1 }, &last, &first), 0);
}

/* Parts are of what there is then. */
static void
what_comes_later_is_divided_anew(void **state)
{
	struct turns all = { .parts = 2 };
	struct turn turn;
	uint64_t a = 0;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	turn_has(&turn, 0, 100);
	assert_false(turn_goes_on(&turn, 49, true));
	assert_true(turn_goes_on(&turn, 60, true));
	assert_false(turn_goes_on(&turn, 100, false)); /* the end anyway */
	turn_has(&turn, 100, 1000);
	assert_false(turn_goes_on(&turn, 599, true));
	assert_true(turn_goes_on(&turn, 600, true));
}

/* Its client is not all that there is to do. */
static void
replies_of_a_crowd_wait(void **state)
{
	struct turns all = { .parts = 3 };
	struct turn turn;
	uint64_t a = 0, b = 0, done;

	(void)state;
	turn_begin(&turn, &all, 10, &a, 0);
	turn_begin(&turn, &all, 10, &b, 0);
	turn_has(&turn, 0, 1000);
	for (done = 0; done < 1000; done += 100)
		assert_false(turn_goes_on(&turn, done, true));
}

/* To send is to have the client take our CPU. */
static int
sends_in_vain(struct turns *all, uint64_t *last)
{
	struct turn turn;
	int n = 0;

	for (;;) {
		turn_begin(&turn, all, *last + 10, last, 0);
		turn_has(&turn, 0, 100);
		if (turn_goes_on(&turn, 50, true))
			break;
		assert_false(turn_goes_on(&turn, 99, true));
		n++;
	}
	nivcsw++;
	turn_has_sent(&turn);
	assert_false(turn_goes_on(&turn, 99, true));
	return n;
}

static void
what_costs_the_cpu_is_left_out(void **state)
{
	struct turns all = { .parts = 3 };
	uint64_t last = 0;
	int first, n;

	(void)state;
	assert_int_equal(sends_in_vain(&all, &last), 0);
	for (n = 0; n < BACKOFF_MOST; n = 2 * n + 1)
		assert_int_equal(sends_in_vain(&all, &last), n);
	assert_int_equal(sends_in_vain(&all, &last), BACKOFF_MOST);
	for (n = 0; n < BACKOFF_MOST; n++)
		assert_int_equal(times_sent(&all, &last, &first), 0);
	for (n = 0; n < 5; n++) /* it is of use again */
		assert_int_equal(times_sent(&all, &last, &first), 2);
	assert_int_equal(sends_in_vain(&all, &last), 0);
	assert_int_equal(sends_in_vain(&all, &last), 0);
	assert_int_equal(sends_in_vain(&all, &last), 1);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(who_is_alone_has_long_turns),
		cmocka_unit_test(who_is_alone_sends_all_and_of_a_crowd_a_share),
		cmocka_unit_test(a_turn_is_so_many_frames),
		cmocka_unit_test(replies_leave_in_parts),
		cmocka_unit_test(what_comes_later_is_divided_anew),
		cmocka_unit_test(replies_of_a_crowd_wait),
		cmocka_unit_test(what_costs_the_cpu_is_left_out),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
