/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_hangup.c -- clients that go away, at the worst of times.
 *
 * What they had has to come back: descriptors of the server, space in memory,
 * locks.  Each test begins and ends with a look at the server's descriptors.
 */

#include <sys/resource.h>
#include <sys/socket.h>

#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <time.h>

#include "wire.h"

/* What the server has at rest, with one client on the line. */
struct rest {
	size_t fds;
	uint64_t bfree, ffree;
};

static struct rest
at_rest(struct wire *w)
{
	struct p9_Rstatfs s = t9_statfs(w->c, ROOT);

	return (struct rest){ server_fds(w->srv), s.bfree, s.ffree };
}

/* It may take a moment until the server has noticed. */
static void
comes_to_rest(struct wire *w, struct rest r)
{
	struct wire_patience p = wire_patience();
	struct p9_Rstatfs s;

	do {
		wire_wait(&p, "what dead clients had");
		s = t9_statfs(w->c, ROOT);
	} while (server_fds(w->srv) > r.fds || s.bfree < r.bfree ||
	    s.ffree < r.ffree);
}

/*
 * The host's directory is open in the server once somebody has been there, and
 * the first of all clients may make the server open other things for good.
 */
static void
warm_up(struct wire *w)
{
	struct t9 *c = wire_session(w);

	t9_open(c, ROOT, 2, WIRE_HOST_KEY, P9_O_RDONLY);
	t9_open(c, ROOT, 3, WIRE_RO_KEY "/file", P9_O_RDONLY);
	t9_open(c, ROOT, 4, "", P9_O_RDONLY);
	t9_free(c);
}

static uint64_t seed = 9200;

static uint32_t
number(uint32_t below)
{
	seed = seed * 6364136223846793005U + 1442695040888963407U;
	return (uint32_t)(seed >> 33) % below;
}

/* A session with all that a client can have. */
static struct t9 *
busy_client(struct wire *w)
{
	struct t9 *c = wire_session_as(w, geteuid());
	static const uint8_t data[20000];
	static unsigned int n;
	char name[32];

	c->gid = getegid();
	snprintf(name, sizeof(name), "busy%u", n++);
	t9_create(c, HOME, 2, name, P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, sizeof(data));
	assert_int_equal(
	    t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
	t9_unlink(c, HOME, name); /* gone with the fid */
	t9_walk(c, 2, 3, "");
	t9_ok(c, Txattrcreate, .fid = 3, .name = t9_str("user.a"),
	    .attr_size = 1000);
	t9_write(c, 3, 0, data, 500);
	t9_open(c, ROOT, 4, WIRE_HOST_KEY, P9_O_RDONLY);
	t9_walk(c, ROOT, 5, WIRE_RO_KEY "/dir");
	t9_open(c, ROOT, 6, WIRE_RO_KEY "/dir/below", P9_O_RDONLY);
	t9_open(c, HOME, 7, "", P9_O_RDONLY);
	return c;
}

static void
close_somehow(struct t9 *c)
{
	if (number(2) != 0)
		t9_reset(c);
	else
		t9_free(c);
}

static void
replies_to_nobody_do_no_harm(void **state)
{
	struct wire *w = *state;
	struct rest r;
	struct t9 *c;
	int i, k;

	warm_up(w);
	r = at_rest(w);
	for (i = 0; i < 50; i++) {
		c = busy_client(w);
		t9_cork(c);
		for (k = 0; k < 300; k++)
			t9_send(c, T9_MSG(Tread, .fid = 2, .count = 20000));
		t9_uncork(c);
		close_somehow(c);
	}
	comes_to_rest(w, r);
	t9_getattr(w->c, ROOT);
}

/* A client that shuts down its side and waits is still answered. */
static void
a_half_closed_client_gets_its_replies(void **state)
{
	struct wire *w = *state;
	struct t9 *c = wire_session_as(w, geteuid());
	int i;

	t9_cork(c);
	for (i = 0; i < 20; i++)
		t9_send(
		    c, T9_MSG(Tgetattr, .fid = HOME, .request_mask = 0x7ff));
	t9_uncork(c);
	t9_shutdown(c);
	c->anything = true;
	while (t9_recv(c)) /* all, some or none; then the end */
		assert_int_equal(c->in.type, P9_Rgetattr);
	t9_free(c);
}

/* So is one that takes its time: more waits for it than a socket holds. */
static void
a_half_closed_client_gets_what_waits_for_it(void **state)
{
	static uint8_t data[60000];
	struct wire *w = *state;
	struct t9 *c = wire_session_as(w, geteuid());
	int i;

	t9_create(c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, sizeof(data));
	t9_cork(c);
	for (i = 0; i < 300; i++)
		t9_send(c, T9_MSG(Tread, .fid = 2, .count = sizeof(data)));
	t9_uncork(c);
	t9_shutdown(c);
	for (i = 0; i < 300; i++)
		assert_true(t9_recv(c));
	t9_recv_closed(c);
	t9_free(c);
}

/* Some requests, cut off at any byte. */
static void
send_part(struct t9 *c)
{
	static const uint8_t data[5000];
	uint8_t *bytes;
	size_t len;

	t9_cork(c);
	t9_send(c,
	    T9_MSG(Twrite, .fid = 2, .offset = 100,
		.data = { data, sizeof(data) }));
	t9_send(c, T9_MSG(Tread, .fid = 2, .count = 20000));
	t9_send(c,
	    T9_MSG(Twalk, .fid = HOME, .newfid = 20, .wname = t9_names("..")));
	t9_send(c, T9_MSG(Treaddir, .fid = 7, .count = 4000));
	t9_lock_wait(c, 2, 2);
	t9_send(c, T9_MSG(Tfsync, .fid = 6));
	t9_send(c, T9_MSG(Tclunk, .fid = 3));
	len = number((uint32_t)c->out_len) + 1;
	bytes = malloc(len);
	assert_non_null(bytes);
	memcpy(bytes, c->out, len);
	c->out_len = 0;
	t9_uncork(c);
	t9_send_bytes(c, bytes, len);
	free(bytes);
}

static void
a_hundred_clients_die_in_the_middle_of_something(void **state)
{
	struct wire *w = *state;
	struct rest r;
	struct t9 *c;
	int i;

	warm_up(w);
	r = at_rest(w);
	for (i = 0; i < 100; i++) {
		c = busy_client(w);
		send_part(c);
		close_somehow(c);
	}
	comes_to_rest(w, r);
}

/* The same with all of them there at once. */
static void
a_hundred_clients_die_together(void **state)
{
	struct wire *w = *state;
	struct t9 *c[100];
	struct rest r;
	size_t i;

	warm_up(w);
	r = at_rest(w);
	for (i = 0; i < WIRE_COUNT(c); i++)
		c[i] = busy_client(w);
	for (i = 0; i < WIRE_COUNT(c); i++)
		send_part(c[i]);
	for (i = 0; i < WIRE_COUNT(c); i++)
		close_somehow(c[i]);
	comes_to_rest(w, r);
}

static void
a_client_dies_before_its_session_begins(void **state)
{
	static const uint8_t version[] = { 21, 0, 0, 0, P9_Tversion, 0xff, 0xff,
		0, 32, 0, 0, 8, 0, '9', 'P', '2', '0', '0', '0', '.', 'L' };
	struct wire *w = *state;
	struct rest r;
	struct t9 *c;
	size_t i;

	warm_up(w);
	r = at_rest(w);
	for (i = 0; i <= sizeof(version); i++) {
		c = wire_dial(w);
		t9_send_bytes(c, version, i);
		close_somehow(c);
	}
	comes_to_rest(w, r);
}

static void
what_was_received_in_full_is_done(void **state)
{
	struct wire *w = *state;
	struct wire_patience p = wire_patience();
	struct t9 *c = wire_session_as(w, geteuid());
	char half[9] = { 0 };

	t9_create(c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_send(c,
	    T9_MSG(
		Twrite, .fid = 2, .data = { (const uint8_t *)"received", 8 }));
	half[0] = 40; /* and half a frame */
	t9_send_bytes(c, half, sizeof(half));
	t9_free(c);
	while (t9_stat(w->c, HOME, "file").size != 8)
		wire_wait(&p, "a write of a dead client");
	t9_has(w->c, HOME, "file", "received");
}

static void
an_xattr_that_was_not_finished_is_not_stored(void **state)
{
	struct wire *w = *state;
	struct rest r;
	struct t9 *c;

	t9_put(w->c, HOME, "file", "");
	r = at_rest(w);
	c = wire_session_as(w, geteuid());
	t9_walk(c, HOME, 2, "file");
	t9_ok(c, Txattrcreate, .fid = 2, .name = t9_str("user.a"),
	    .attr_size = 5);
	t9_write(c, 2, 0, "value", 5); /* complete, but not clunked */
	t9_free(c);
	comes_to_rest(w, r);
	t9_walk(w->c, HOME, 2, "file");
	t9_fails(w->c, ENODATA, Txattrwalk, .fid = 2, .newfid = 3,
	    .name = t9_str("user.a"));
}

static void
locks_of_the_dead_are_free(void **state)
{
	struct wire *w = *state;
	struct t9 *c;
	uint16_t tag;
	int i;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	for (i = 0; i < 50; i++) {
		c = wire_session_as(w, geteuid());
		t9_open(c, HOME, 2, "file", P9_O_RDWR);
		assert_int_equal(
		    t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL), P9_LOCK_SUCCESS);
		t9_lock_wait(c, 2, 2); /* a waiting one dies with it */
		tag = t9_lock_wait(w->c, 2, 1);
		close_somehow(c);
		t9_recv_tag(w->c, tag);
		assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
		t9_lock(w->c, 2, P9_LOCK_UNLCK, 1, T9_ALL);
	}
}

#define COMINGS 10000

static void
thousands_come_and_go(void **state)
{
	struct linger now = { .l_onoff = 1, .l_linger = 0 };
	struct wire *w = *state;
	struct rest r;
	int i, fd;

	warm_up(w);
	r = at_rest(w);
	for (i = 0; i < COMINGS; i++) {
		fd = t9_socket(w->srv->addr[0]);
		if (fd < 0)
			t9_fail("connection %d: %s", i, strerror(errno));
		if (i % 4 == 0) /* some have something to say */
			assert_int_equal(write(fd, "\x15\0\0\0\x64", 5), 5);
		if (i % 2 == 0)
			setsockopt(
			    fd, SOL_SOCKET, SO_LINGER, &now, sizeof(now));
		close(fd);
	}
	comes_to_rest(w, r);
	t9_getattr(w->c, ROOT);
}

/* After all that, and with clients of every kind on the line. */
static void
the_server_leaves_at_once(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "-e", "/h=/");
	struct t9 *c;
	int i;

	for (i = 0; i < 100; i++)
		close(t9_socket(s->addr[0]));
	for (i = 0; i < 20; i++) {
		c = wire_session_with(s, 8192);
		t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
		t9_open(c, ROOT, 3, "h", P9_O_RDONLY);
		t9_lock(c, 2, P9_LOCK_WRLCK, 1, T9_ALL);
		t9_lock_wait(c, 2, 2);
		if (i % 3 == 0)
			t9_send_bytes(c, "\x20\0\0", 3);
		if (i % 4 == 0)
			t9_free(c);
	}
	server_stop(s); /* exit status 0, and nothing left */
	t9_free_all();
}

/* Until the server has nothing more to do, as far as it can tell. */
static void
let_it_settle(struct server *s)
{
	struct wire_patience p = wire_patience();
	struct timespec moment = { .tv_nsec = 300000000 };
	long ticks;

	do {
		wire_wait(&p, "a quiet server");
		ticks = server_ticks(s);
		nanosleep(&moment, NULL);
	} while (server_ticks(s) != ticks);
}

/* Ask for what is there a thousand times, or as often as the server takes. */
static void
ask_for_too_much(struct t9 *c, uint32_t size)
{
	struct pollfd pfd = { .fd = c->wfd, .events = POLLOUT };
	int i;

	for (i = 0; i < 1000 && poll(&pfd, 1, 300) > 0; i++)
		t9_send(c, T9_MSG(Tread, .fid = 2, .count = size));
	assert_true(i > 0);
}

/*
 * The bound is generous: what counts is that memory does not grow with what is
 * asked for, which is a gigabyte.
 */
static void
a_client_that_stops_reading_costs_little(void **state)
{
	static uint8_t data[100000];
	struct wire *w = *state;
	struct t9 *c = wire_session_with(w->srv, 1 << 20);
	struct t9 *other;
	size_t before, after;
	uint32_t at;
	int i;

	memset(data, 'x', sizeof(data));
	t9_walk(c, ROOT, HOME, wire_home(w, "") + 1);
	t9_create(c, HOME, 2, "file", P9_O_RDWR, 0644);
	for (at = 0; at < 10 * sizeof(data); at += sizeof(data))
		t9_write(c, 2, at, data, sizeof(data));
	before = server_rss(w->srv);
	ask_for_too_much(c, 10 * sizeof(data));
	other = wire_session_as(w, geteuid());
	for (i = 0; i < 100; i++)
		t9_getattr(other, HOME);
	let_it_settle(w->srv);
	after = server_rss(w->srv);
	if (!server_sanitized(w->srv) && after > before + (64 << 20))
		t9_fail("the server grew from %zu to %zu bytes", before, after);
	t9_free(other);
	t9_free(c);
}

/* How often its first loop has slept; a sanitizer may have threads that do. */
static unsigned long
sleeps(struct wire *w)
{
	char path[64], line[128];
	unsigned long n = 0;
	FILE *f;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)w->srv->pid);
	f = fopen(path, "re");
	assert_non_null(f);
	while (fgets(line, sizeof(line), f) != NULL)
		if (sscanf(line, "voluntary_ctxt_switches: %lu", &n) == 1)
			break;
	fclose(f);
	assert_true(n > 0);
	return n;
}

/* Some time a whole second passes in which it does not wake up. */
static void
who_has_nothing_to_do_sleeps(void **state)
{
	struct wire *w = *state;
	struct wire_patience p = wire_patience();
	unsigned long before;

	do {
		wire_wait(&p, "an idle server");
		before = sleeps(w);
		sleep(1);
	} while (sleeps(w) != before);
	assert_int_equal(t9_getattr(w->c, HOME).qid.type, P9_QTDIR);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(replies_to_nobody_do_no_harm),
		wire_test(a_half_closed_client_gets_its_replies),
		wire_test(a_half_closed_client_gets_what_waits_for_it),
		wire_test(a_hundred_clients_die_in_the_middle_of_something),
		wire_test(a_hundred_clients_die_together),
		wire_test(who_has_nothing_to_do_sleeps),
		wire_test(a_client_dies_before_its_session_begins),
		wire_test(what_was_received_in_full_is_done),
		wire_test(an_xattr_that_was_not_finished_is_not_stored),
		wire_test(locks_of_the_dead_are_free),
		wire_test(thousands_come_and_go),
		wire_test(the_server_leaves_at_once),
		wire_test(a_client_that_stops_reading_costs_little),
	};

	return wire_main("hang-ups", 0, tests, WIRE_COUNT(tests));
}
