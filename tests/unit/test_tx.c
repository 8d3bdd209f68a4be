/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_tx.c -- replies on their way out: what is sent first leaves first,
 * whole, and once.
 */

#include "txworld.h"

static void
replies_leave_as_they_were_sent(void **state)
{
	struct world *w = *state;

	w_reply(w, 100, 100);
	w_reply(w, 256, 7);
	w_reply(w, 11, 11);
	w_expect_all(w);
	assert_int_equal(w->received, 118);
}

static void
replies_side_by_side_are_one_piece(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 100; i++)
		w_reply(w, 256, 20);
	assert_int_equal(w->tx.npieces, 1);
	assert_int_equal(w->tx.used, 2000); /* what was not needed is back */
	w_expect_all(w);
}

static void
rooms_leave_in_the_order_in_which_they_are_sent(void **state)
{
	struct world *w = *state;

	w_reserve(w, 100);
	w_reserve(w, 200);
	w_reserve(w, 300);
	w_send(w, 1, 150);
	w_send(w, 1, 300); /* the third has taken its place */
	w_send(w, 0, 50);
	w_expect_all(w);
	assert_int_equal(w->received, 500);
}

static void
a_dropped_room_leaves_no_trace(void **state)
{
	struct world *w = *state;

	w_reserve(w, 100);
	w_reserve(w, 100);
	w_reserve(w, 100);
	w_drop(w, 1);
	w_send(w, 0, 100);
	w_send(w, 0, 100);
	w_reserve(w, 100);
	w_drop(w, 0);
	w_expect_all(w);
	assert_int_equal(w->received, 200);
}

static void
a_room_may_outlive_all_that_was_sent_meanwhile(void **state)
{
	struct world *w = *state;
	int i;

	w_reserve(w, 1000);
	for (i = 0; i < 500; i++) {
		w_reply(w, 1000, 900);
		if (i % 10 == 0)
			w_expect_all(w);
	}
	w_expect_all(w);
	w_send(w, 0, 1000);
	w_expect_all(w);
}

/* What has been promised to them is kept when all else is given back. */
static void
many_rooms_can_be_sent_after_a_flush(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < MAX_ROOMS; i++)
		w_reserve(w, 4096);
	w_send(w, 0, 100);
	w_expect_all(w);
	while (w->nrooms > 0)
		w_send(w, w->nrooms / 2, 100);
	w_expect_all(w);
	assert_int_equal(w->received, MAX_ROOMS * 100);
}

static void
many_pieces_are_more_than_one_write(void **state)
{
	struct world *w = *state;
	size_t i;

	for (i = 0; i < 300; i++) { /* each ends its buffer */
		w_reply(w, BUF_SMALL, 10);
		w_reserve(w, 10);
		w_reply(w, BUF_SMALL, 10);
		w_drop(w, 0);
	}
	assert_true(w->tx.npieces > 100);
	w_expect_all(w);
	assert_true(w->tx.cap <= 64);
}

static void
an_idle_queue_keeps_nothing(void **state)
{
	struct world *w = *state;

	w_expect_all(w);
	assert_null(w->tx.pieces);
	w_reply(w, 100, 100);
	w_expect_all(w);
	assert_null(w->tx.cur);
	assert_true(w->tx.cap <= 64);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, w_setup, w_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(replies_leave_as_they_were_sent),
		TEST(replies_side_by_side_are_one_piece),
		TEST(rooms_leave_in_the_order_in_which_they_are_sent),
		TEST(a_dropped_room_leaves_no_trace),
		TEST(a_room_may_outlive_all_that_was_sent_meanwhile),
		TEST(many_rooms_can_be_sent_after_a_flush),
		TEST(many_pieces_are_more_than_one_write),
		TEST(an_idle_queue_keeps_nothing),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
