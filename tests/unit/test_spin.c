/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_spin.c -- when a loop stays awake, and for how long.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include <cmocka.h>

#include "fake_rusage.h"
#include "spin.h"

#define MOST 100 /* ns */
#define SKIPS_MAX 1023

/* The clock, in place of libuv's. */
static uint64_t ns = 1;

uint64_t
uv_hrtime(void)
{
	return ns;
}

struct world {
	uv_loop_t loop;
	uv_check_t alive; /* a loop runs for such as this, not for spins */
	struct spin spin;
};

static void
nothing(uv_check_t *check)
{
	(void)check;
}

static int
setup(struct world *w, uint64_t most)
{
	if (uv_loop_init(&w->loop) != 0)
		return -1;
	(void)uv_check_init(&w->loop, &w->alive);
	(void)uv_check_start(&w->alive, nothing);
	spin_init(&w->spin, &w->loop, most);
	return 0;
}

static void
teardown(struct world *w)
{
	uv_close((uv_handle_t *)&w->alive, NULL);
	spin_fini(&w->spin);
	uv_run(&w->loop, UV_RUN_NOWAIT);
	assert_int_equal(uv_loop_close(&w->loop), 0);
}

/* After a turn of the loop: would it go to sleep? */
static bool
is_awake(struct world *w)
{
	uv_run(&w->loop, UV_RUN_NOWAIT);
	return uv_is_active((uv_handle_t *)&w->spin.idle);
}

/* Something comes; and then nothing, for as long as is waited. */
static bool
spins_in_vain(struct world *w)
{
	bool awake;

	spin_on(&w->spin);
	awake = is_awake(w);
	ns += MOST;
	assert_false(is_awake(w));
	return awake;
}

/* How often is it left out until it is tried again? */
static int
skips(struct world *w)
{
	int n = 0;

	while (!spins_in_vain(w))
		n++;
	return n;
}

static void
a_loop_stays_awake_for_so_long(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(setup(&w, MOST), 0);
	assert_false(is_awake(&w));
	spin_on(&w.spin);
	assert_true(is_awake(&w));
	ns += MOST - 1;
	assert_true(is_awake(&w));
	spin_on(&w.spin); /* something has come in time */
	ns += MOST - 1;
	assert_true(is_awake(&w));
	ns += 1;
	assert_false(is_awake(&w));
	teardown(&w);
}

static void
what_is_in_vain_is_left_out(void **state)
{
	struct world w;
	int n;

	(void)state;
	assert_int_equal(setup(&w, MOST), 0);
	assert_int_equal(skips(&w), 0); /* once is no reason */
	for (n = 0; n < SKIPS_MAX; n = 2 * n + 1)
		assert_int_equal(skips(&w), n);
	assert_int_equal(skips(&w), SKIPS_MAX);
	assert_int_equal(skips(&w), SKIPS_MAX); /* and no more */
	teardown(&w);
}

static void
what_is_worth_it_is_done_again(void **state)
{
	struct world w;
	int i;

	(void)state;
	assert_int_equal(setup(&w, MOST), 0);
	for (i = 0; i < 6; i++)
		skips(&w);
	while (!is_awake(&w))
		spin_on(&w.spin);
	for (i = 0; i < 6; i++) { /* 63, 31, .. 1, 0 */
		ns += MOST - 1;
		spin_on(&w.spin);
	}
	ns += MOST;
	assert_false(is_awake(&w));
	assert_int_equal(skips(&w), 0);
	assert_int_equal(skips(&w), 1);
	teardown(&w);
}

/* Something comes when the end has passed, and before that was seen. */
static void
what_comes_late_does_not_count(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(setup(&w, MOST), 0);
	spin_on(&w.spin);
	ns += MOST;
	spin_on(&w.spin);
	assert_false(is_awake(&w));
	assert_int_equal(skips(&w), 0);
	assert_int_equal(skips(&w), 1);
	teardown(&w);
}

/* Things come at once, and so many of eight when somebody else had the CPU. */
static bool
goes_on_when_others_run(struct world *w, int others)
{
	int i;

	while (!is_awake(w))
		spin_on(&w->spin);
	for (i = 0; i < 8; i++) {
		nivcsw += i < others;
		spin_on(&w->spin);
	}
	return is_awake(w);
}

static void
who_shares_the_cpu_is_not_waited_for(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(setup(&w, MOST), 0);
	assert_true(goes_on_when_others_run(&w, 0));
	assert_true(goes_on_when_others_run(&w, 3));
	assert_false(goes_on_when_others_run(&w, 4));
	assert_int_equal(skips(&w), SKIPS_MAX);
	teardown(&w);
}

static void
none_is_none(void **state)
{
	struct world w;

	(void)state;
	assert_int_equal(setup(&w, 0), 0);
	spin_on(&w.spin);
	assert_false(is_awake(&w));
	teardown(&w);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_loop_stays_awake_for_so_long),
		cmocka_unit_test(what_is_in_vain_is_left_out),
		cmocka_unit_test(what_is_worth_it_is_done_again),
		cmocka_unit_test(what_comes_late_does_not_count),
		cmocka_unit_test(who_shares_the_cpu_is_not_waited_for),
		cmocka_unit_test(none_is_none),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
