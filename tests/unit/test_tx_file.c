/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_tx_file.c -- replies whose payload is sent from a file, to somebody who
 * takes it at once, or little at a time, while the file is what it was or not.
 */

#include <sys/resource.h>

#include "txworld.h"

#define PAGE 4096U

static void
send_file(struct world *w, size_t size)
{
	w_reserve(w, 256);
	assert_int_equal(w_send_file(w, w->nrooms - 1, 11, size), 0);
}

static void
what_is_taken_at_once_leaves_nothing_behind(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 10; i++) {
		w_reply(w, 256, 20);
		send_file(w, 100);
		assert_int_equal(w->tx.npieces, 0);
		assert_null(w->tx.cur);
		w_expect_all(w);
	}
}

static void
a_file_keeps_its_place_among_replies(void **state)
{
	struct world *w = *state;

	w_reply(w, 100000, 100000);
	send_file(w, 500000);
	w_reply(w, 256, 50);
	send_file(w, 1);
	send_file(w, 300000);
	w_reply(w, 100000, 100000);
	assert_int_equal(w->tx.nfiles, 3);
	while (w->received < w->sent) {
		w_receive(w, 12345);
		assert_in_range(-w_flush(w), 0, EAGAIN);
	}
	assert_int_equal(w->tx.nfiles, 0);
	w_expect_all(w);
}

static void
rooms_are_sent_before_and_behind_a_file(void **state)
{
	struct world *w = *state;
	int i;

	for (i = 0; i < 500; i++) {
		w_reserve(w, 300);
		w_reserve(w, 300);
		w_send(w, (size_t)i % 2, 200);
		send_file(w, 1 + (size_t)random() % 20000);
		w_send(w, 0, 100);
		if (i % 3 == 0)
			w_receive(w, (size_t)random() % 50000);
		if (i % 20 == 0)
			w_expect_all(w);
	}
	w_expect_all(w);
}

/* Where the page is cut, not even the kernel keeps what it has taken. */
static void
what_is_no_longer_there_comes_as_zeros(void **state)
{
	struct world *w = *state;
	size_t cut, gone;

	w_reply(w, 256, PAGE - 11);
	send_file(w, 300000);
	w->zeros_to = w->sent;
	w_reply(w, 256, 50);
	cut = (size_t)20 * PAGE;
	assert_int_equal(ftruncate(w->file, (off_t)cut), 0);
	gone = w->sent - w->tx.queued;
	assert_true(gone < cut);
	w->zeros_from = cut;
	w_expect_all(w);
	assert_int_equal(w->received, PAGE + 300000 + 50);
}

static void
a_file_that_is_empty_now_is_all_zeros(void **state)
{
	struct world *w = *state;

	w_reply(w, 100000, 100000); /* nothing of the file leaves */
	w->zeros_from = w->sent + 11;
	send_file(w, 200000);
	w->zeros_to = w->sent;
	w_reply(w, 256, 50);
	assert_int_equal(ftruncate(w->file, 0), 0);
	w_expect_all(w);
}

static void
without_a_descriptor_it_is_copied(void **state)
{
	struct rlimit none, old;
	struct world *w = *state;

	w_reply(w, 100000, 100000);
	send_file(w, 1); /* makes the file */
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	send_file(w, 200000);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	assert_int_equal(w->tx.nfiles, 1);
	assert_int_equal(ftruncate(w->file, (off_t)w->sent - 200000), 0);
	w_expect_all(w);
}

static void
files_that_are_let_go_are_not_needed_any_more(void **state)
{
	struct world *w = *state;

	w_reply(w, 100000, 100000);
	send_file(w, 200000);
	send_file(w, 300000);
	assert_int_equal(w->tx.nfiles, 2);
	assert_int_equal(tx_let_files_go(&w->tx), 0);
	assert_int_equal(w->tx.nfiles, 0);
	assert_int_equal(ftruncate(w->file, 0), 0);
	w_expect_all(w);
}

/* From now on the file is open, but not for reading. */
static void
forbid_reading(struct world *w)
{
	char path[64];
	int fd;

	snprintf(path, sizeof(path), "/proc/self/fd/%d", w->file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	assert_int_equal(dup2(fd, w->file), w->file);
	close(fd);
}

/* What was said of it cannot be taken back: the connection has to end. */
static void
a_file_that_cannot_be_read_is_an_error(void **state)
{
	struct world *w = *state;

	send_file(w, 10);
	w_expect_all(w);
	forbid_reading(w);
	w_reserve(w, 256);
	assert_int_equal(w_send_file(w, 0, 11, 100), 0);
	assert_int_equal(w_flush(w), -EBADF);
	assert_int_equal(tx_let_files_go(&w->tx), -EIO);
}

/* What comes behind a gap would be taken for what belongs there. */
static void
nothing_leaves_behind_a_gap(void **state)
{
	struct rlimit none, old;
	struct world *w = *state;

	send_file(w, 10);
	w_expect_all(w);
	forbid_reading(w);
	assert_int_equal(getrlimit(RLIMIT_NOFILE, &old), 0);
	none = old;
	none.rlim_cur = 0;
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &none), 0);
	w_reserve(w, 256);
	assert_int_equal(w_send_file(w, 0, 11, 100), -EIO);
	assert_int_equal(setrlimit(RLIMIT_NOFILE, &old), 0);
	w_reply(w, 256, 50);
	assert_int_equal(w_flush(w), -EIO);
	assert_int_equal(w_receive(w, 1000), 11);
	assert_int_equal(w_receive(w, 1000), 0);
	w_reserve(w, 256);
	assert_int_equal(w_send_file(w, 0, 11, 100), -EIO);
	assert_int_equal(w->tx.nrooms, 0);
}

static void
a_reader_that_has_gone_is_an_error(void **state)
{
	struct world *w = *state;

	close(w->fds[1]);
	w_reserve(w, 256);
	assert_int_equal(w_send_file(w, 0, 11, 100000), -EPIPE);
	w->fds[1] = dup(w->fds[0]);
}

/* See w_teardown(), and the leak checker. */
static void
what_is_queued_goes_with_its_queue(void **state)
{
	struct world *w = *state;

	send_file(w, 500000);
	w_reply(w, 256, 100);
	send_file(w, 500000);
	assert_int_equal(w->tx.nfiles, 2);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, w_setup, w_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(what_is_taken_at_once_leaves_nothing_behind),
		TEST(a_file_keeps_its_place_among_replies),
		TEST(rooms_are_sent_before_and_behind_a_file),
		TEST(what_is_no_longer_there_comes_as_zeros),
		TEST(a_file_that_is_empty_now_is_all_zeros),
		TEST(without_a_descriptor_it_is_copied),
		TEST(files_that_are_let_go_are_not_needed_any_more),
		TEST(a_file_that_cannot_be_read_is_an_error),
		TEST(nothing_leaves_behind_a_gap),
		TEST(a_reader_that_has_gone_is_an_error),
		TEST(what_is_queued_goes_with_its_queue),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
