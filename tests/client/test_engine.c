/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_engine.c -- many requests at a time, on fids.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/time.h>

#include "client.h"

#define MANY 20000

struct counted {
	struct etfsc_req req;
	struct etfsc_attr attr;
	int *left;
};

static void
count(struct etfsc_req *req, int rc)
{
	struct counted *r = (struct counted *)req;

	ok(rc);
	assert_false(req->pending);
	(*r->left)--;
}

static void
thousands_are_in_flight_at_once(void **state)
{
	struct client *c = *state;
	struct counted *r = calloc(MANY, sizeof(*r));
	int left = MANY, i, n, ended = 0;

	for (i = 0; i < MANY; i++) {
		r[i].req.done = count;
		r[i].left = &left;
		etfsc_tgetattr(c->fs, &r[i].req, etfsc_root(c->fs),
		    ETFSC_ATTR_ALL, &r[i].attr);
		assert_true(r[i].req.pending);
	}
	assert_int_equal(left, MANY);
	assert_int_equal(etfsc_pending(c->fs), MANY);
	while (left > 0) {
		n = etfsc_run(c->fs, -1);
		assert_true(n > 0);
		ended += n;
	}
	assert_int_equal(ended, MANY);
	for (i = 0; i < MANY; i++)
		assert_true(S_ISDIR(r[i].attr.mode));
	free(r);
}

/* One more than there are tags. */
static void
too_many_are_told_to_come_again(void **state)
{
	enum {
		ALL = 65535,
		MORE = 10
	};
	struct client *c = *state;
	struct etfsc_req *r = calloc(ALL + MORE, sizeof(*r));
	int i;

	for (i = 0; i < ALL + MORE; i++)
		etfsc_tgetattr(c->fs, &r[i], etfsc_root(c->fs), 0, NULL);
	for (i = ALL; i < ALL + MORE; i++)
		fails(EAGAIN, etfsc_wait(c->fs, &r[i]));
	for (i = 0; i < ALL; i++)
		ok(etfsc_wait(c->fs, &r[i]));
	for (i = 0; i < MORE; i++) {
		etfsc_tgetattr(c->fs, &r[i], etfsc_root(c->fs), 0, NULL);
		ok(etfsc_wait(c->fs, &r[i]));
	}
	free(r);
}

/* A chain: each begins the next, and once in a while waits for something. */
struct chain {
	struct etfsc_req req;
	struct client *c;
	int left;
};

static void
go_on(struct etfsc_req *req, int rc)
{
	struct chain *ch = (struct chain *)req;
	struct etfsc_attr attr;

	ok(rc);
	if (ch->left % 10 == 0)
		ok(etfsc_stat(ch->c->fs, "f", &attr));
	if (--ch->left > 0)
		etfsc_tgetattr(
		    ch->c->fs, &ch->req, etfsc_root(ch->c->fs), 0, NULL);
}

static void
a_completion_may_submit_and_wait(void **state)
{
	struct client *c = *state;
	struct chain ch[20];
	int i;

	client_put(c->fs, "f", "");
	for (i = 0; i < 20; i++) {
		ch[i] = (struct chain){ { .done = go_on }, c, 50 };
		etfsc_tgetattr(c->fs, &ch[i].req, etfsc_root(c->fs), 0, NULL);
	}
	while (etfsc_pending(c->fs) > 0)
		assert_true(etfsc_run(c->fs, -1) > 0);
	for (i = 0; i < 20; i++)
		assert_int_equal(ch[i].left, 0);
}

/* Also for those whose replies have come together with its own. */
struct first {
	struct etfsc_req req;
	struct etfsc *fs;
	struct etfsc_req others[50];
};

static void
wait_for_others(struct etfsc_req *req, int rc)
{
	struct first *f = (struct first *)req;
	int i;

	ok(rc);
	for (i = 49; i >= 0; i--)
		ok(etfsc_wait(f->fs, &f->others[i]));
}

static void
a_completion_may_wait_for_what_has_come(void **state)
{
	struct client *c = *state;
	struct first f = { .req.done = wait_for_others, .fs = c->fs };
	int i, n;

	for (n = 0; n < 20; n++) {
		etfsc_tgetattr(c->fs, &f.req, etfsc_root(c->fs), 0, NULL);
		for (i = 0; i < 50; i++)
			etfsc_tgetattr(
			    c->fs, &f.others[i], etfsc_root(c->fs), 0, NULL);
		ok(etfsc_wait(c->fs, &f.req));
		assert_int_equal(etfsc_pending(c->fs), 0);
	}
}

static void
running_without_waiting_does_not_wait(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct pollfd pfd;
	int ms;

	ok(etfsc_run(c->fs, 0));
	ok(etfsc_run(c->fs, -1)); /* there is nothing to wait for */
	etfsc_tgetattr(c->fs, &req, etfsc_root(c->fs), 0, NULL);
	etfsc_pollfd(c->fs, &pfd, &ms);
	assert_int_equal(pfd.events, POLLIN | POLLOUT);
	assert_int_equal(ms, -1);
	while (req.pending) {
		etfsc_pollfd(c->fs, &pfd, &ms);
		assert_true(poll(&pfd, 1, ms) > 0);
		assert_true(etfsc_run(c->fs, 0) >= 0);
	}
	etfsc_pollfd(c->fs, &pfd, &ms);
	assert_int_equal(pfd.events, POLLIN);
	ok(req.rc);
}

/* Nor does what a completion submits wait for the next time. */
static void
what_a_completion_submits_has_gone(void **state)
{
	struct client *c = *state;
	struct chain ch = { { .done = go_on }, c, 9 };
	struct pollfd pfd;
	int ms;

	etfsc_tgetattr(c->fs, &ch.req, etfsc_root(c->fs), 0, NULL);
	assert_true(etfsc_run(c->fs, 0) >= 0);
	while (ch.left > 0) {
		etfsc_pollfd(c->fs, &pfd, &ms);
		assert_int_equal(pfd.events, POLLIN);
		assert_true(poll(&pfd, 1, ms) > 0);
		assert_true(etfsc_run(c->fs, 0) >= 0);
	}
}

static void
nothing(int sig)
{
	(void)sig;
}

/* A signal wakes who runs, and does not disturb who waits. */
static void
a_signal_ends_a_run_and_no_wait(void **state)
{
	const struct itimerval often = { { 0, 1000 }, { 0, 1000 } };
	const struct itimerval never = { 0 };
	const struct sigaction sa = { .sa_handler = nothing };
	const struct etfsc_lock lk = { .type = F_WRLCK };
	const struct etfsc_lock his = { .type = F_WRLCK, .proc_id = 1 };
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct etfsc_file *file;
	struct etfsc_attr attr;
	int i;

	client_put(c->fs, "f", "");
	ok(etfsc_open(c->fs, "f", O_RDWR, 0, &file));
	ok(etfsc_lock(file, &his, false));
	assert_int_equal(sigaction(SIGALRM, &sa, NULL), 0);
	assert_int_equal(setitimer(ITIMER_REAL, &often, NULL), 0);
	etfsc_tlock(c->fs, &req, etfsc_file_fid(file), &lk, true);
	fails(EINTR, etfsc_run(c->fs, -1));
	for (i = 0; i < 200; i++)
		ok(etfsc_stat(c->fs, "f", &attr));
	assert_true(req.pending);
	etfsc_flush(c->fs, &req);
	fails(ECANCELED, etfsc_wait(c->fs, &req));
	assert_int_equal(setitimer(ITIMER_REAL, &never, NULL), 0);
	ok(etfsc_close(file));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(thousands_are_in_flight_at_once),
		client_test(too_many_are_told_to_come_again),
		client_test(a_completion_may_submit_and_wait),
		client_test(a_completion_may_wait_for_what_has_come),
		client_test(running_without_waiting_does_not_wait),
		client_test(what_a_completion_submits_has_gone),
		client_test(a_signal_ends_a_run_and_no_wait),
	};

	return client_main("engine", 0, tests, WIRE_COUNT(tests));
}
