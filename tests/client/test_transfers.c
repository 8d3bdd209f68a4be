/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_transfers.c -- reading and writing more than a message takes.
 */

#include <fcntl.h>
#include <pthread.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "client.h"

#define BIG (100U << 20)
#define PIECE (1U << 20) /* of a file that is compared */

/* A file of len bytes, written at once, and read in pieces and at once. */
static void
write_and_read(struct etfsc *fs, const char *path, size_t len)
{
	uint8_t *buf = malloc(len), *piece = malloc(PIECE);
	struct etfsc_file *file;
	size_t off, n;

	assert_non_null(buf);
	assert_non_null(piece);
	client_pattern(buf, len, 0);
	ok(etfsc_open(fs, path, O_RDWR | O_CREAT | O_TRUNC, 0600, &file));
	gives(len, etfsc_write(file, buf, len, 0));
	memset(buf, 0, len);
	gives(len, etfsc_read(file, buf, len, 0));
	for (off = 0; off < len; off += n) {
		n = len - off < PIECE ? len - off : PIECE;
		client_pattern(piece, n, off);
		assert_memory_equal(buf + off, piece, n);
		memset(buf, 0xee, n);
		gives(n, etfsc_read(file, buf, n, off));
		assert_memory_equal(buf, piece, n);
		/* It would be compared with itself. */
		client_pattern(buf, n, 0);
	}
	gives(1, etfsc_read(file, buf, PIECE < len ? PIECE : len, len - 1));
	ok(etfsc_close(file));
	free(buf);
	free(piece);
}

static void
a_hundred_megabytes_come_back_as_they_were(void **state)
{
	struct client *c = *state;

	write_and_read(c->fs, "big", c->host ? BIG / 8 : BIG);
}

/* The end of a slice, and one to either side, of one slice and of three. */
static void
every_size_around_a_message_comes_through(void **state)
{
	static const uint32_t msizes[] = { 4096, 4097, 8191, 65536, 1 << 20 };
	struct etfsc_options opt = { .msize = 0 };
	struct client *c = *state;
	struct etfsc *fs;
	size_t i, io;

	for (i = 0; i < WIRE_COUNT(msizes); i++) {
		opt.msize = msizes[i];
		fs = client_mount(c, &opt);
		assert_int_equal(etfsc_msize(fs), msizes[i]);
		io = etfsc_iosize(fs);
		assert_int_equal(io, msizes[i] - 24);
		write_and_read(fs, "/f", io - 1);
		write_and_read(fs, "/f", io);
		write_and_read(fs, "/f", io + 1);
		write_and_read(fs, "/f", 3 * io + 4095);
		ok(etfsc_unlink(fs, "/f"));
		client_release(c, fs);
	}
}

/* The library's calls, and the most that one of them was ready to take. */
static size_t widest;

ssize_t
recvmsg(int fd, struct msghdr *msg, int flags)
{
	size_t i, len = 0;

	for (i = 0; i < msg->msg_iovlen; i++)
		len += msg->msg_iov[i].iov_len;
	widest = len > widest ? len : widest;
	return syscall(SYS_recvmsg, fd, msg, flags);
}

static void
what_comes_in_bites_is_the_same(void **state)
{
	static const uint32_t bites[] = { 1, 7, 4096, 65537 };
	struct etfsc_options opt = { .msize = 0 };
	struct client *c = *state;
	struct etfsc *fs;
	size_t i;

	for (i = 0; i < WIRE_COUNT(bites); i++) {
		opt.recv_bytes = bites[i];
		widest = 0;
		fs = client_mount(c, &opt);
		write_and_read(fs, "/f", i == 0 ? 5000 : 200000);
		ok(etfsc_unlink(fs, "/f"));
		assert_int_equal(widest, bites[i]);
		client_release(c, fs);
	}
}

static void
a_larger_msize_than_usual_is_used_if_the_server_agrees(void **state)
{
	const struct etfsc_options opt = { .msize = 8 << 20 };
	struct client *c = *state;
	struct etfsc *fs = client_mount(c, &opt);

	assert_int_equal(etfsc_msize(fs), 1 << 20); /* its own limit */
	client_release(c, fs);
}

static void
holes_and_unaligned_places_are_right(void **state)
{
	const struct etfsc_options opt = { .msize = 4096 };
	struct client *c = *state;
	static uint8_t buf[100000], want[100000];
	struct etfsc *fs = client_mount(c, &opt);
	struct etfsc_file *file;

	ok(etfsc_open(fs, "/h", O_RDWR | O_CREAT, 0600, &file));
	memset(want, 0, sizeof(want));
	client_pattern(want + 12345, 50001, 99);
	gives(50001, etfsc_write(file, want + 12345, 50001, 12345));
	gives(62346, etfsc_read(file, buf, sizeof(buf), 0));
	assert_memory_equal(buf, want, 62346);
	gives(40001, etfsc_read(file, buf, 40001, 7777));
	assert_memory_equal(buf, want + 7777, 40001);
	ok(etfsc_close(file));
	ok(etfsc_unlink(fs, "/h"));
	client_release(c, fs);
}

/* Slices may not pass each other where each goes to the end. */
static void
appending_keeps_the_order(void **state)
{
	const struct etfsc_options opt = { .msize = 4096 };
	struct client *c = *state;
	static uint8_t buf[300000], want[300000];
	struct etfsc *fs = client_mount(c, &opt);
	struct etfsc_file *file;

	client_pattern(want, sizeof(want), 0);
	ok(etfsc_open(fs, "/a", O_RDWR | O_CREAT | O_APPEND, 0600, &file));
	gives(sizeof(want), etfsc_write(file, want, sizeof(want), 0));
	gives(sizeof(buf), etfsc_read(file, buf, sizeof(buf), 0));
	assert_memory_equal(buf, want, sizeof(want));
	ok(etfsc_close(file));
	ok(etfsc_unlink(fs, "/a"));
	client_release(c, fs);
}

/* Two connections are two worlds, and may be two threads'. */
struct worker {
	struct etfsc *fs;
	char path[24];
	pthread_t thread;
};

static void *
work(void *arg)
{
	struct worker *w = arg;

	write_and_read(w->fs, w->path, 3 << 20);
	ok(etfsc_unlink(w->fs, w->path));
	return NULL;
}

static void
threads_with_connections_of_their_own_do_not_meet(void **state)
{
	struct client *c = *state;
	struct worker w[3];
	int i;

	for (i = 0; i < 3; i++) {
		w[i].fs = client_mount(c, NULL);
		snprintf(w[i].path, sizeof(w[i].path), "/thread%d", i);
	}
	for (i = 0; i < 3; i++)
		assert_int_equal(
		    pthread_create(&w[i].thread, NULL, work, &w[i]), 0);
	for (i = 0; i < 3; i++)
		assert_int_equal(pthread_join(w[i].thread, NULL), 0);
	for (i = 0; i < 3; i++)
		client_release(c, w[i].fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_hundred_megabytes_come_back_as_they_were),
		client_test(every_size_around_a_message_comes_through),
		client_test(
		    a_larger_msize_than_usual_is_used_if_the_server_agrees),
		client_test(what_comes_in_bites_is_the_same),
		client_test(holes_and_unaligned_places_are_right),
		client_test(appending_keeps_the_order),
		client_test(threads_with_connections_of_their_own_do_not_meet),
	};

	return client_main("transfers", 0, tests, WIRE_COUNT(tests));
}
