/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_tx_slow.c -- replies on their way to somebody who takes little at a
 * time, or nothing any more.
 */

#include "txworld.h"

static void
large_replies_get_through_a_small_pipe(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 4; i++) {
		w_reply(w, 1 << 20, 1 << 20);
		w_reply(w, 11, 11);
	}
	assert_int_equal(w_flush(w), -EAGAIN);
	assert_true(w->tx.queued > 0);
	while (w->received < w->sent) {
		w_receive(w, 12345);
		assert_in_range(-w_flush(w), 0, EAGAIN);
	}
	w_expect_all(w);
}

/* The end of a piece that is already on its way is where the next joins. */
static void
replies_join_what_has_left_in_part(void **state)
{
	struct world *w = *state;
	size_t i;

	w_reply(w, 60000, 60000);
	assert_int_equal(w_flush(w), -EAGAIN);
	for (i = 0; i < 100; i++)
		w_reply(w, 50, 40);
	assert_int_equal(w->tx.npieces, 1);
	w_expect_all(w);
}

/* And it arrives at once: the socket is small. */
static int
flush_some(struct world *w, size_t most)
{
	int rc;

	w->most = most;
	rc = w_flush(w);
	w_receive(w, most);
	return rc;
}

/* In the middle of a piece, and between two. */
static void
no_more_leaves_than_may(void **state)
{
	struct world *w = *state;

	w_reply(w, 1000, 1000);
	w_reserve(w, 100);
	w_reply(w, 3000, 3000);
	w_send(w, 0, 100);
	assert_int_equal(w->tx.npieces, 3);
	assert_int_equal(flush_some(w, 0), 1);
	assert_int_equal(flush_some(w, 500), 1);
	assert_int_equal(w->tx.queued, 3600);
	assert_int_equal(flush_some(w, 600), 1);
	assert_int_equal(w->tx.queued, 3000);
	assert_int_equal(flush_some(w, 3000), 0);
	w_expect_all(w);
}

static void
no_more_of_a_file_leaves_than_may(void **state)
{
	struct world *w = *state;

	w->most = 1000;
	w_reserve(w, 11);
	assert_int_equal(w_send_file(w, 0, 11, 3000), 0);
	w_receive(w, 1011);
	assert_int_equal(w->tx.queued, 2000);
	assert_int_equal(w->tx.nfiles, 1);
	assert_int_equal(flush_some(w, 1999), 1);
	assert_int_equal(w->tx.queued, 1);
	assert_int_equal(flush_some(w, 1), 0);
	assert_int_equal(w->tx.nfiles, 0);
	w_expect_all(w);
}

/* Any of these, at any time. */
static void
one_random_step(struct world *w)
{
	static const size_t caps[] = { 11, 11, 256, 512, 4096, 8200, 65536,
		131072, 300000 };
	size_t which, cap;

	switch (random() % 6) {
	case 0:
	case 1:
		if (w->nrooms == 10)
			break;
		cap = caps[(size_t)random() % 9];
		w_reserve(w, cap);
		break;
	case 2:
	case 3:
		if (w->nrooms == 0)
			break;
		which = (size_t)random() % w->nrooms;
		cap = w->rooms[which].cap;
		w_send(w, which, 7 + (size_t)random() % (cap - 6));
		break;
	case 4:
		if (w->nrooms > 0 && random() % 4 == 0)
			w_drop(w, (size_t)random() % w->nrooms);
		break;
	case 5:
		w->most =
		    random() % 2 == 0 ? TX_ALL : (size_t)random() % 200000;
		assert_in_range(w_flush(w) + EAGAIN, 0, EAGAIN + 1);
		w_receive(w, (size_t)random() % 100000);
		break;
	}
}

static void
every_byte_arrives_once_and_in_order(void **state)
{
	struct world *w = *state;
	int i;

	srandom(1);
	for (i = 0; i < 2000; i++)
		one_random_step(w);
	while (w->nrooms > 0)
		w_drop(w, 0);
	w->most = TX_ALL;
	w_expect_all(w);
}

static void
a_reader_that_has_gone_is_an_error(void **state)
{
	struct world *w = *state;

	w_reply(w, 100, 100);
	close(w->fds[1]);
	assert_int_equal(w_flush(w), -EPIPE);
	assert_int_equal(w_flush(w), -EPIPE);
	w->fds[1] = dup(w->fds[0]);
}

/* As a connection that breaks has them; see w_teardown(). */
static void
what_is_queued_goes_with_its_queue(void **state)
{
	struct world *w = *state;

	w_reply(w, 70000, 70000);
	w_reply(w, 100, 100);
	w_reply(w, 300000, 300000);
	assert_int_equal(w_flush(w), -EAGAIN);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, w_setup, w_teardown)
#define PIPE_TEST(f)                                                           \
	cmocka_unit_test_setup_teardown(f, w_setup_pipe, w_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(large_replies_get_through_a_small_pipe),
		TEST(replies_join_what_has_left_in_part),
		TEST(no_more_leaves_than_may),
		TEST(no_more_of_a_file_leaves_than_may),
		TEST(every_byte_arrives_once_and_in_order),
		TEST(a_reader_that_has_gone_is_an_error),
		TEST(what_is_queued_goes_with_its_queue),
		PIPE_TEST(large_replies_get_through_a_small_pipe),
		PIPE_TEST(no_more_leaves_than_may),
		PIPE_TEST(every_byte_arrives_once_and_in_order),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
