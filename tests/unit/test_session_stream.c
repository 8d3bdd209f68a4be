/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_stream.c -- what a client that reads and writes a stream is told,
 * and what its waiting costs.
 *
 * The stream is a FIFO of the host, at /fifo; the tests have its other end, for
 * both ways, so that it never hangs up.
 */

#include <signal.h>
#include <stdio.h>
#include <sys/stat.h>

#include "etfs.h"
#include "fake.h"

#define FIFO 1 /* a fid that is open for both */
#define COUNT 100 /* what reads ask for */

static char dir[] = "/tmp/etfsd-test.XXXXXX";
static int host = -1;

static void
mount_fifo(struct fake *fx)
{
	char path[64];
	struct etfs_config cfg = { .type = ETFS_CHR, .path = path };
	struct etfs_why why;
	struct vfs_fs *fs;

	strcpy(dir + sizeof(dir) - 7, "XXXXXX");
	assert_non_null(mkdtemp(dir));
	snprintf(path, sizeof(path), "%s/fifo", dir);
	assert_int_equal(mkfifo(path, 0600), 0);
	assert_int_equal(etfs_new(fx->server.vfs, &cfg, &fs, &why), 0);
	assert_int_equal(vfs_mount(fx->server.vfs, "/fifo", fs), 0);
	host = open(path, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(host >= 0);
	remove_tree(dir);
}

static void
open_fifo(struct fake *fx, uint32_t fid, uint32_t flags)
{
	call(fx, T_WALK(60001, 0, fid, "fifo"));
	call(fx, T(lopen, 60002, fid, flags));
}

static int
setup(void **state)
{
	struct fake *fx;

	signal(SIGPIPE, SIG_IGN);
	if (fake_setup(state) != 0)
		return -1;
	fx = *state;
	mount_fifo(fx);
	call(fx, T_VERSION);
	call(fx, T_ATTACH(60000, 0, ""));
	open_fifo(fx, FIFO, P9_O_RDWR);
	return 0;
}

static int
teardown(void **state)
{
	close(host);
	return fake_teardown(state);
}

static void
put(const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	assert_int_equal(write(host, text, (size_t)len), len);
}

static void
send_read(struct fake *fx, uint16_t tag, uint64_t offset, uint32_t count)
{
	send_ok(fx, T(read, tag, FIFO, offset, count));
}

static void
expect_data(struct fake *fx, uint16_t tag, const char *text)
{
	const struct p9_msg *m = expect(fx, P9_Rread, tag);

	assert_int_equal(m->u.Rread.data.len, strlen(text));
	assert_memory_equal(m->u.Rread.data.p, text, strlen(text));
}

/* A read that waits, and then gets this. */
static void
waits_for(struct fake *fx, uint64_t offset, uint32_t count, const char *text)
{
	send_read(fx, 1, offset, count);
	expect_silence(fx);
	put(text);
	expect_data(fx, 1, text);
}

static void
a_read_is_answered_when_there_is_something(void **state)
{
	struct fake *fx = *state;

	waits_for(fx, 0, COUNT, "one");
	put("two");
	send_read(fx, 2, 12345, COUNT);
	expect_data(fx, 2, "two");
}

/* A Linux client asks for the rest of the buffer, and has to be told no. */
static void
the_rest_of_a_short_read_does_not_wait(void **state)
{
	struct fake *fx = *state;

	waits_for(fx, 0, COUNT, "line");
	send_read(fx, 2, 4, COUNT - 4);
	expect_data(fx, 2, "");
	waits_for(fx, 4, COUNT - 4, "next"); /* the program, not the rest */
	put("more"); /* the rest has come meanwhile */
	send_read(fx, 3, 8, COUNT - 8);
	expect_data(fx, 3, "more");
	send_read(fx, 4, 12, COUNT - 12);
	expect_data(fx, 4, "");
}

static void
what_is_no_rest_waits(void **state)
{
	struct fake *fx = *state;

	waits_for(fx, 0, COUNT, "line");
	waits_for(fx, 4, COUNT, "line"); /* a new buffer */
	waits_for(fx, 9, COUNT - 4, "line"); /* from elsewhere */
	waits_for(fx, 13, COUNT - 5, "line");
	waits_for(fx, 0, 4, "full"); /* nothing was left */
	waits_for(fx, 4, 4, "full");
}

/* A buffer larger than a message: how much is left cannot be known. */
static void
the_rest_of_a_large_buffer_does_not_wait(void **state)
{
	struct fake *fx = *state;
	uint32_t most = fx->session.msize - 24;

	waits_for(fx, 0, most, "line");
	send_read(fx, 2, 4, most);
	expect_data(fx, 2, "");
	waits_for(fx, 4, most, "line");
	send_read(fx, 2, 8, most - 4);
	expect_data(fx, 2, "");
	waits_for(fx, 8, most, "line");
	send_read(fx, 2, 12, most - 2);
	expect_data(fx, 2, "");
	waits_for(fx, 12, most, "line");
	waits_for(fx, 16, most - 5, "line");
}

static void
who_will_not_wait_is_told_so(void **state)
{
	static const uint8_t block[60000];
	struct fake *fx = *state;
	const struct p9_msg *m;

	open_fifo(fx, 2, P9_O_RDWR | P9_O_NONBLOCK);
	call_fails(fx, T_READ(1, 2), EAGAIN);
	put("text");
	call(fx, T_READ(1, 2));
	do {
		send_ok(fx, T(write, 1, 2, 0, { block, sizeof(block) }));
		fake_await(fx, 1);
		m = fake_next(fx);
	} while (m->type == P9_Rwrite);
	assert_int_equal(m->u.Rlerror.ecode, EAGAIN);
}

static void
a_read_that_waits_holds_nothing(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	for (tag = 0; tag < 100; tag++)
		send_read(fx, tag, 0, 65000);
	assert_int_equal(fx->session.npending, 100);
	assert_int_equal(fx->session.held, 0);
	assert_int_equal(fx->session.held_waiting, 0);
	assert_int_equal(fx->rooms, 0);
	assert_int_equal(fx->rx->refs, 1);
	assert_true(session_ready(&fx->session));
	for (tag = 0; tag < 100; tag++)
		call(fx, T(flush, 1000, tag));
	assert_int_equal(fx->session.npending, 0);
}

static void
a_flush_ends_a_wait_and_takes_nothing(void **state)
{
	struct fake *fx = *state;

	send_read(fx, 1, 0, COUNT);
	call(fx, T(flush, 2, 1));
	expect_silence(fx);
	put("kept");
	send_read(fx, 1, 0, COUNT);
	expect_data(fx, 1, "kept");
}

/* The loop has not seen the data yet, or has. */
static void
a_flush_that_comes_with_the_data_loses_none(void **state)
{
	struct fake *fx = *state;

	send_read(fx, 1, 0, COUNT);
	put("kept");
	call(fx, T(flush, 2, 1));
	send_read(fx, 1, 0, COUNT);
	expect_data(fx, 1, "kept");

	send_read(fx, 1, 0, COUNT);
	put("sent");
	fake_await(fx, 1);
	send_ok(fx, T(flush, 2, 1));
	expect_data(fx, 1, "sent");
	expect(fx, P9_Rflush, 2);
}

/* The room for a reply is made only then: what if there is none? */
static void
without_memory_for_a_reply_the_data_stays(void **state)
{
	struct fake *fx = *state;

	send_read(fx, 1, 0, COUNT);
	fake_pump(fx);
	fx->no_memory = 1;
	put("kept");
	expect_error(fx, 1, ENOMEM);
	send_read(fx, 1, 0, COUNT);
	expect_data(fx, 1, "kept");
}

static void
a_clunk_ends_the_waits_on_its_fid(void **state)
{
	struct fake *fx = *state;

	open_fifo(fx, 2, P9_O_RDONLY);
	send_ok(fx, T(read, 10, 2, 0, COUNT));
	send_read(fx, 1, 0, COUNT);
	send_read(fx, 2, 0, COUNT);
	send_ok(fx, T(clunk, 3, FIFO));
	expect_error(fx, 1, ECANCELED);
	expect_error(fx, 2, ECANCELED);
	expect(fx, P9_Rclunk, 3);
	expect_silence(fx); /* the other fid's goes on */
	put("text");
	expect_data(fx, 10, "text");
}

/* A read behind somebody who has to have the fid to himself. */
static void
no_wait_begins_on_a_fid_that_is_clunked(void **state)
{
	struct fake *fx = *state;

	send_read(fx, 1, 0, COUNT);
	send_ok(fx, T_CLONE(2, FIFO, FIFO));
	send_read(fx, 3, 0, COUNT);
	send_ok(fx, T(clunk, 4, FIFO));
	expect_error(fx, 1, ECANCELED);
	(void)fake_next(fx); /* whatever there is to say about that */
	expect_error(fx, 3, ECANCELED);
	expect(fx, P9_Rclunk, 4);
}

static void
a_new_version_ends_every_wait(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	for (tag = 0; tag < 20; tag++)
		send_read(fx, tag, 0, COUNT);
	call(fx, T_VERSION);
	assert_int_equal(fx->session.npending, 0);
	expect_silence(fx);
}

static void
a_lost_connection_ends_every_wait(void **state)
{
	struct fake *fx = *state;
	char buf[8];
	uint16_t tag;

	for (tag = 0; tag < 20; tag++)
		send_read(fx, tag, 0, COUNT);
	put("kept");
	fake_hang_up(fx);
	assert_int_equal(read(host, buf, sizeof(buf)), 4);
}

/* Those under way are told; what comes later is not kept waiting. */
static void
when_the_server_stops_nobody_waits(void **state)
{
	struct fake *fx = *state;

	send_read(fx, 1, 0, COUNT);
	send_ok(fx, T_CLONE(2, FIFO, FIFO));
	send_read(fx, 3, 0, COUNT);
	session_stop(&fx->session);
	expect_error(fx, 1, ECANCELED);
	(void)fake_next(fx);
	expect_error(fx, 3, ECANCELED);
	put("text");
	send_read(fx, 1, 0, COUNT);
	expect_data(fx, 1, "text");
}

static void
waits_have_a_limit_of_their_own(void **state)
{
	struct fake *fx = *state;
	uint16_t tag;

	fx->server.limits.requests = 8;
	for (tag = 0; tag < 4; tag++)
		send_read(fx, tag, 0, COUNT);
	expect_silence(fx);
	send_read(fx, 4, 0, COUNT);
	expect_error(fx, 4, ENOBUFS);
	call(fx, T(flush, 5, 0));
	send_read(fx, 0, 0, COUNT);
	expect_silence(fx);

	fx->server.limits.requests = 1;
	call(fx, T_VERSION);
	call(fx, T_ATTACH(1, 0, ""));
	open_fifo(fx, FIFO, P9_O_RDWR);
	send_read(fx, 1, 0, COUNT);
	assert_true(session_ready(&fx->session)); /* for a Tflush */
	send_read(fx, 2, 0, COUNT);
	expect_error(fx, 2, ENOBUFS);
}

/* Until the FIFO takes no more; the last one waits. */
static uint16_t
fill(struct fake *fx)
{
	static const uint8_t block[60000];
	uint16_t tag;

	for (tag = 100; tag < 200; tag++) {
		send_ok(fx, T(write, tag, FIFO, 0, { block, sizeof(block) }));
		fake_pump(fx);
		if (fake_unread(fx) == 0)
			return tag;
		expect(fx, P9_Rwrite, tag);
	}
	fail();
	return 0;
}

static size_t
drain(void)
{
	static char buf[4096];
	size_t total = 0;
	ssize_t n;

	while ((n = read(host, buf, sizeof(buf))) > 0)
		total += (size_t)n;
	return total;
}

static void
a_write_waits_for_room(void **state)
{
	struct fake *fx = *state;
	uint16_t tag = fill(fx);
	const struct p9_msg *m;

	assert_true(fx->session.held_waiting > 60000);
	assert_int_equal(fx->session.held, 0);
	assert_true(drain() > 0);
	m = expect(fx, P9_Rwrite, tag);
	assert_int_equal(m->u.Rwrite.count, drain());
	tag = fill(fx);
	call(fx, T(flush, 1, tag));
	assert_int_equal(fx->session.held_waiting, 0);
}

/* One that is larger than the limit still may, or nothing would be written. */
static void
bytes_of_writes_that_wait_have_a_limit(void **state)
{
	static const uint8_t block[60000];
	struct fake *fx = *state;

	fx->server.limits.queued = 10000;
	(void)fill(fx);
	assert_true(session_ready(&fx->session));
	send_ok(fx, T(write, 1, FIFO, 0, { block, 10000 }));
	expect_error(fx, 1, ENOBUFS);
	assert_true(session_ready(&fx->session));
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(a_read_is_answered_when_there_is_something),
		TEST(the_rest_of_a_short_read_does_not_wait),
		TEST(what_is_no_rest_waits),
		TEST(the_rest_of_a_large_buffer_does_not_wait),
		TEST(who_will_not_wait_is_told_so),
		TEST(a_read_that_waits_holds_nothing),
		TEST(a_flush_ends_a_wait_and_takes_nothing),
		TEST(a_flush_that_comes_with_the_data_loses_none),
		TEST(without_memory_for_a_reply_the_data_stays),
		TEST(a_clunk_ends_the_waits_on_its_fid),
		TEST(no_wait_begins_on_a_fid_that_is_clunked),
		TEST(a_new_version_ends_every_wait),
		TEST(a_lost_connection_ends_every_wait),
		TEST(when_the_server_stops_nobody_waits),
		TEST(waits_have_a_limit_of_their_own),
		TEST(a_write_waits_for_room),
		TEST(bytes_of_writes_that_wait_have_a_limit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
