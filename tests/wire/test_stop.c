/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_stop.c -- how a server ends, and how it rests.
 */

#include <sys/wait.h>

#include <poll.h>
#include <signal.h>
#include <time.h>

#include "wire.h"

static void
sigint_and_sigterm_are_good_ends(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--log-level", "info");
	struct t9 *c = wire_session_with(s, 8192);

	kill(s->pid, SIGINT);
	t9_recv_closed(c);
	server_ends(s, 0);
	s = WIRE_SERVER(w, "--log-level", "info");
	server_stop(s);
}

/* What was taken is answered, then the server says goodbye. */
static void
requests_under_way_are_answered_before_the_end(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--log-level", "info");
	struct t9 *c = wire_session_with(s, 8192);
	uint16_t tag;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	assert_int_equal(
	    t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	tag = t9_lock_wait(c, 2, 2);
	t9_getattr(c, 2); /* so it has got the one before */
	kill(s->pid, SIGTERM);
	t9_recv_tag(c, tag);
	t9_recv_closed(c);
	server_ends(s, 0);
}

/* The signal finds clients that are on their way out. */
static void
clients_may_leave_as_the_server_does(void **state)
{
	struct wire *w = *state;
	struct server *s;
	struct t9 *c[8];
	size_t i;
	int round;

	for (round = 0; round < 10; round++) {
		s = WIRE_SERVER(w, "--log-level", "info");
		for (i = 0; i < WIRE_COUNT(c); i++)
			c[i] = wire_session_with(s, 8192);
		for (i = 0; i < WIRE_COUNT(c); i++) {
			if (i % 2 == 0)
				t9_reset(c[i]);
			else
				t9_free(c[i]);
		}
		server_stop(s);
	}
}

/* Until it has nothing to do any more, or waits for its client. */
static void
await_rest(struct server *s)
{
	struct wire_patience p = wire_patience();
	long ticks;

	do {
		ticks = server_ticks(s);
		usleep(500000);
		wire_wait(&p, "a server at rest");
	} while (server_ticks(s) != ticks);
}

/* A client that does not take its replies could hold up the end. */
static void
a_second_signal_ends_at_once(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--log-level", "info");
	struct t9 *c = wire_session_with(s, 1 << 20);
	struct wire_patience p = wire_patience();
	static const uint8_t data[500000];
	struct pollfd pfd = { .fd = c->wfd, .events = POLLOUT };
	size_t lines;
	int i, status;

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, sizeof(data));
	for (i = 0; i < 2000 && poll(&pfd, 1, 200) > 0; i++)
		t9_send(c, T9_MSG(Tread, .fid = 2, .count = sizeof(data)));
	await_rest(s);
	lines = server_log_lines(s);
	kill(s->pid, SIGTERM);
	while (server_log_lines(s) == lines)
		wire_wait(&p, "a word about the first signal");
	kill(s->pid, SIGTERM);
	status = server_wait(s);
	if (!WIFEXITED(status) || WEXITSTATUS(status) == 0)
		t9_fail("wait status 0x%x", (unsigned int)status);
	server_free(s);
	t9_free(c);
}

static void
nobody_is_let_in_at_the_end(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--log-level", "info");
	struct wire_patience p = wire_patience();
	struct t9 *c = wire_session_with(s, 8192);
	int fd;

	kill(s->pid, SIGTERM);
	t9_recv_closed(c);
	while ((fd = t9_socket(s->addr[0])) >= 0) {
		close(fd);
		wire_wait(&p, "the end of a listener");
	}
	server_ends(s, 0);
}

/* A tick is ten milliseconds; some are for the accounting. */
static void
an_idle_server_uses_no_cpu(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--log-level", "info");
	struct t9 *c = wire_session_with(s, 8192);
	struct timespec second = { .tv_sec = 1 };
	long before;

	t9_getattr(c, ROOT);
	before = server_ticks(s);
	nanosleep(&second, NULL);
	assert_in_range(server_ticks(s) - before, 0, 2);
	t9_free(c);
	server_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(sigint_and_sigterm_are_good_ends),
		wire_test(requests_under_way_are_answered_before_the_end),
		wire_test(clients_may_leave_as_the_server_does),
		wire_test(a_second_signal_ends_at_once),
		wire_test(nobody_is_let_in_at_the_end),
		wire_test(an_idle_server_uses_no_cpu),
	};

	return wire_main("ends", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
