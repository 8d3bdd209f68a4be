/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_flush.c -- requests that take too long: given up by hand, or by a limit.
 */

#include <fcntl.h>

#include "client.h"
#include "fake.h"

static struct fake fake;

static struct etfsc *
mount_fake(void (*serve)(struct fake *f), const struct etfsc_options *opt)
{
	fake = (struct fake){ .serve = serve };
	return fake_mount(&fake, opt);
}

/* A server that lets all Tgetattrs wait for ever.  What does it do of Tflush? */
enum flush {
	RFLUSH, /* and the request has not been answered */
	ANSWER_FIRST,
	ANSWER_AFTER, /* which is forbidden */
	ANSWER_TWICE,
	NO_ANSWER,
};

static enum flush flush;

static void
answer_flush(struct fake *f, const struct p9_msg *m)
{
	struct p9_msg attr = { .type = P9_Tgetattr, .tag = m->u.Tflush.oldtag };

	if (flush == NO_ANSWER)
		return;
	if (flush == ANSWER_FIRST || flush == ANSWER_TWICE)
		fake_answer(f, &attr);
	if (flush == ANSWER_TWICE)
		fake_answer(f, &attr);
	fake_answer(f, m);
	if (flush == ANSWER_AFTER)
		fake_answer(f, &attr);
}

static void
serve_never(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m)) {
		if (m.type == P9_Tflush)
			answer_flush(f, &m);
		else if (m.type != P9_Tgetattr)
			fake_answer(f, &m);
	}
}

struct told {
	struct etfsc_req req;
	int calls, rc;
};

static void
tell(struct etfsc_req *req, int rc)
{
	struct told *t = (struct told *)req;

	t->calls++;
	t->rc = rc;
}

/* Ask, and give up. */
static struct etfsc *
ask_and_flush(struct told *t, enum flush how)
{
	struct etfsc *fs;

	flush = how;
	*t = (struct told){ .req.done = tell };
	fs = mount_fake(serve_never, NULL);
	etfsc_tgetattr(fs, &t->req, etfsc_root(fs), 0, NULL);
	gives(0, etfsc_run(fs, 5));
	assert_true(t->req.pending);
	etfsc_flush(fs, &t->req);
	etfsc_flush(fs, &t->req); /* once is enough */
	return fs;
}

static void
a_request_can_be_given_up(void **state)
{
	struct etfsc_statfs st;
	struct etfsc *fs;
	struct told t;
	int i;

	(void)state;
	fs = ask_and_flush(&t, RFLUSH);
	fails(ECANCELED, etfsc_wait(fs, &t.req));
	assert_int_equal(t.calls, 1);
	assert_int_equal(t.rc, -ECANCELED);
	etfsc_flush(fs, &t.req); /* harmless */
	for (i = 0; i < 100; i++) {
		etfsc_tgetattr(fs, &t.req, etfsc_root(fs), 0, NULL);
		etfsc_flush(fs, &t.req);
		fails(ECANCELED, etfsc_wait(fs, &t.req));
		ok(etfsc_statfs(fs, "/", &st));
	}
	assert_int_equal(t.calls, 101);
	fake_release(&fake, fs);
}

/* Its tag is not free before the Tflush has been answered, too. */
static void
an_answer_before_the_rflush_counts(void **state)
{
	struct etfsc_statfs st;
	struct etfsc *fs;
	struct told t;
	int i;

	(void)state;
	fs = ask_and_flush(&t, ANSWER_FIRST);
	for (i = 0; i < 100; i++) {
		ok(etfsc_wait(fs, &t.req));
		ok(etfsc_statfs(fs, "/", &st));
		etfsc_tgetattr(fs, &t.req, etfsc_root(fs), 0, NULL);
		etfsc_flush(fs, &t.req);
	}
	ok(etfsc_wait(fs, &t.req));
	assert_int_equal(t.calls, 101);
	assert_null(etfsc_reason(fs));
	fake_release(&fake, fs);
}

static void
an_answer_after_the_rflush_is_a_breach(void **state)
{
	struct etfsc_statfs st;
	struct etfsc *fs;
	struct told t;

	(void)state;
	fs = ask_and_flush(&t, ANSWER_AFTER);
	fails(ECANCELED, etfsc_wait(fs, &t.req));
	fails(ENOTCONN, etfsc_statfs(fs, "/", &st));
	assert_int_equal(t.calls, 1);
	fake_release(&fake, fs);
	fs = ask_and_flush(&t, ANSWER_TWICE);
	ok(etfsc_wait(fs, &t.req));
	fails(ENOTCONN, etfsc_statfs(fs, "/", &st));
	assert_int_equal(t.calls, 1);
	fake_release(&fake, fs);
}

#define LIMIT 500 /* ms, in which a server that is there does answer */

/* The first time the server is asked to hurry, the second time it is given up. */
static void
a_request_has_a_time_limit(void **state)
{
	const struct etfsc_options opt = { .timeout_ms = LIMIT };
	const struct etfsc_options less = { .timeout_ms = 20 };
	struct etfsc_statfs st;
	struct etfsc_attr attr;
	struct etfsc *fs;

	(void)state;
	flush = RFLUSH;
	fs = mount_fake(serve_never, &opt);
	fails(ETIMEDOUT, etfsc_stat(fs, "f", &attr));
	ok(etfsc_statfs(fs, "/", &st));
	fails(ETIMEDOUT, etfsc_stat(fs, "f", &attr));
	fake_release(&fake, fs);

	flush = ANSWER_FIRST;
	fs = mount_fake(serve_never, &opt);
	ok(etfsc_stat(fs, "f", &attr));
	fake_release(&fake, fs);

	flush = NO_ANSWER;
	fs = mount_fake(serve_never, &less);
	fails(ENOTCONN, etfsc_stat(fs, "f", &attr));
	assert_string_equal(
	    etfsc_reason(fs), "lost: the server has not answered for 20 ms");
	fake_release(&fake, fs);
}

/* Also for who polls for himself. */
static void
a_time_limit_is_told_to_who_polls(void **state)
{
	const struct etfsc_options opt = { .timeout_ms = LIMIT };
	struct etfsc_req req = { .done = NULL };
	struct pollfd pfd;
	struct etfsc *fs;
	int ms;

	(void)state;
	flush = RFLUSH;
	fs = mount_fake(serve_never, &opt);
	etfsc_pollfd(fs, &pfd, &ms);
	assert_int_equal(ms, -1);
	etfsc_tgetattr(fs, &req, etfsc_root(fs), 0, NULL);
	while (req.pending) {
		etfsc_pollfd(fs, &pfd, &ms);
		assert_in_range(ms, 0, LIMIT);
		assert_true(poll(&pfd, 1, ms) >= 0);
		assert_true(etfsc_run(fs, 0) >= 0);
	}
	assert_int_equal(req.rc, -ETIMEDOUT);
	fake_release(&fake, fs);
}

/* All of it ends, nothing is sent any more, and then all is as before. */
static void
whoever_waits_can_be_stopped(void **state)
{
	struct etfsc_options opt = { .msize = 0 };
	struct etfsc_attr attr;
	struct etfsc_req req = { .done = NULL };
	struct etfsc *fs;
	int stop[2];

	(void)state;
	flush = RFLUSH;
	assert_int_equal(pipe2(stop, O_CLOEXEC), 0);
	opt.stop_fd = stop[0];
	fs = mount_fake(serve_never, &opt);
	etfsc_tstatfs(fs, &req, etfsc_root(fs), NULL);
	ok(etfsc_wait(fs, &req));
	assert_int_equal(write(stop[1], "", 1), 1);
	etfsc_tgetattr(fs, &req, etfsc_root(fs), 0, NULL);
	fails(ECANCELED, etfsc_stat(fs, "/f", &attr));
	fails(ECANCELED, etfsc_wait(fs, &req));
	etfsc_tstatfs(fs, &req, etfsc_root(fs), NULL);
	fails(ECANCELED, etfsc_wait(fs, &req));
	assert_null(etfsc_reason(fs));
	assert_int_equal(write(stop[1], "", 1), 1);
	etfsc_go_on(fs);
	etfsc_tstatfs(fs, &req, etfsc_root(fs), NULL);
	ok(etfsc_wait(fs, &req));
	fake_release(&fake, fs);
	close(stop[0]);
	close(stop[1]);
}

/* What the server does not even answer to. */
static void
who_is_stopped_twice_loses_the_connection(void **state)
{
	struct etfsc_options opt = { .msize = 0 };
	struct etfsc_req req = { .done = NULL };
	struct etfsc *fs;
	int stop[2];

	(void)state;
	flush = NO_ANSWER;
	assert_int_equal(pipe2(stop, O_CLOEXEC), 0);
	opt.stop_fd = stop[0];
	fs = mount_fake(serve_never, &opt);
	etfsc_tgetattr(fs, &req, etfsc_root(fs), 0, NULL);
	assert_int_equal(write(stop[1], "", 1), 1);
	gives(0, etfsc_run(fs, 1));
	assert_true(req.pending);
	assert_int_equal(write(stop[1], "", 1), 1);
	fails(ENOTCONN, etfsc_wait(fs, &req));
	assert_string_equal(etfsc_reason(fs), "lost: interrupted");
	fake_release(&fake, fs);
	close(stop[0]);
	close(stop[1]);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_request_can_be_given_up),
		cmocka_unit_test(an_answer_before_the_rflush_counts),
		cmocka_unit_test(an_answer_after_the_rflush_is_a_breach),
		cmocka_unit_test(a_request_has_a_time_limit),
		cmocka_unit_test(a_time_limit_is_told_to_who_polls),
		cmocka_unit_test(whoever_waits_can_be_stopped),
		cmocka_unit_test(who_is_stopped_twice_loses_the_connection),
	};

	return cmocka_run_group_tests_name("flush", tests, NULL, NULL);
}
