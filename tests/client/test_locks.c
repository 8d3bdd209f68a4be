/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_locks.c -- byte-range locks between two connections.
 *
 * Who is somebody else is told by proc_id: both are in this process.
 */

#include <fcntl.h>
#include <pthread.h>

#include "client.h"

struct pair {
	struct etfsc *other;
	struct etfsc_file *a, *b;
	char path[64];
};

static void
pair_open(struct client *c, struct pair *p)
{
	client_put(c->fs, "f", "0123456789");
	snprintf(p->path, sizeof(p->path), "%s/f", c->home);
	p->other = client_mount(c, NULL);
	ok(etfsc_open(c->fs, "f", O_RDWR, 0, &p->a));
	ok(etfsc_open(p->other, p->path, O_RDWR, 0, &p->b));
}

static void
pair_close(struct client *c, struct pair *p)
{
	ok(etfsc_close(p->a));
	ok(etfsc_close(p->b));
	client_release(c, p->other);
}

static const struct etfsc_lock all = { .type = F_WRLCK };
static const struct etfsc_lock front = { .type = F_WRLCK, .length = 5 };
static const struct etfsc_lock back = { .type = F_WRLCK, .start = 5 };
static const struct etfsc_lock shared = { .type = F_RDLCK, .length = 5 };

static void
a_lock_keeps_others_out(void **state)
{
	struct client *c = *state;
	struct pair p;

	pair_open(c, &p);
	ok(etfsc_lock(p.a, &front, false));
	ok(etfsc_lock(p.a, &front, false));
	fails(EAGAIN, etfsc_lock(p.b, &front, false));
	fails(EAGAIN, etfsc_lock(p.b, &shared, false));
	fails(EAGAIN, etfsc_lock(p.b, &all, false));
	ok(etfsc_lock(p.b, &back, false));
	ok(etfsc_unlock(p.a, &all));
	ok(etfsc_lock(p.b, &all, false));
	fails(EAGAIN, etfsc_lock(p.a, &all, true == false));
	pair_close(c, &p);
}

static void
readers_share(void **state)
{
	struct client *c = *state;
	struct pair p;

	pair_open(c, &p);
	ok(etfsc_lock(p.a, &shared, false));
	ok(etfsc_lock(p.b, &shared, true));
	fails(EAGAIN, etfsc_lock(p.b, &front, false));
	ok(etfsc_unlock(p.a, &shared));
	ok(etfsc_lock(p.b, &front, false));
	pair_close(c, &p);
}

static void
getlock_tells_who_is_in_the_way(void **state)
{
	struct etfsc_lock mine = { .type = F_WRLCK,
		.start = 3,
		.length = 4,
		.proc_id = 4711,
		.client_id = "somebody" };
	struct client *c = *state;
	struct etfsc_lock lk = all;
	struct pair p;

	pair_open(c, &p);
	ok(etfsc_getlock(p.b, &lk));
	assert_int_equal(lk.type, F_UNLCK);
	ok(etfsc_lock(p.a, &mine, false));
	lk = all;
	ok(etfsc_getlock(p.b, &lk));
	assert_int_equal(lk.type, F_WRLCK);
	assert_int_equal(lk.start, 3);
	assert_int_equal(lk.length, 4);
	assert_int_equal(lk.proc_id, 4711);
	assert_string_equal(lk.client_id, "somebody");
	ok(etfsc_unlock(p.a, &mine));
	pair_close(c, &p);
}

/* Without a name of its own an owner is this process of this machine. */
static void
the_usual_owner_is_this_process(void **state)
{
	struct client *c = *state;
	struct etfsc_lock lk = all;
	char host[256];
	struct pair p;

	pair_open(c, &p);
	ok(etfsc_lock(p.a, &all, false));
	ok(etfsc_getlock(p.b, &lk));
	assert_int_equal(lk.type, F_WRLCK);
	assert_int_equal(lk.proc_id, getpid());
	assert_int_equal(gethostname(host, sizeof(host)), 0);
	assert_string_equal(lk.client_id, host);
	pair_close(c, &p);
}

static void
a_lock_goes_with_its_file_and_its_connection(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	struct etfsc *fs;
	struct pair p;

	pair_open(c, &p);
	ok(etfsc_open(c->fs, "f", O_RDWR, 0, &file));
	ok(etfsc_lock(file, &all, false));
	fails(EAGAIN, etfsc_lock(p.b, &all, false));
	ok(etfsc_close(file));
	ok(etfsc_lock(p.b, &all, false));
	ok(etfsc_unlock(p.b, &all));

	fs = client_mount(c, NULL);
	ok(etfsc_open(fs, p.path, O_RDWR, 0, &file));
	ok(etfsc_lock(file, &all, false));
	fails(EAGAIN, etfsc_lock(p.b, &all, false));
	client_release(c, fs);
	ok(etfsc_lock(p.b, &all, true));
	pair_close(c, &p);
}

static void *
wait_for_it(void *arg)
{
	struct pair *p = arg;

	return (void *)(intptr_t)etfsc_lock(p->b, &all, true);
}

static void
who_waits_gets_it(void **state)
{
	struct client *c = *state;
	pthread_t thread;
	struct pair p;
	void *rc;

	pair_open(c, &p);
	ok(etfsc_lock(p.a, &all, false));
	assert_int_equal(pthread_create(&thread, NULL, wait_for_it, &p), 0);
	ok(etfsc_unlock(p.a, &all));
	assert_int_equal(pthread_join(thread, &rc), 0);
	ok((intptr_t)rc);
	fails(EAGAIN, etfsc_lock(p.a, &all, false));
	pair_close(c, &p);
}

/* On a fid a waiting lock is a request as any, and can be given up. */
static void
who_waits_can_give_up(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct pair p;

	pair_open(c, &p);
	ok(etfsc_lock(p.a, &all, false));
	etfsc_tlock(p.other, &req, etfsc_file_fid(p.b), &all, true);
	gives(0, etfsc_run(p.other, 20));
	etfsc_flush(p.other, &req);
	fails(ECANCELED, etfsc_wait(p.other, &req));
	ok(etfsc_unlock(p.a, &all));
	ok(etfsc_lock(p.a, &all, false));
	pair_close(c, &p);
}

static void
what_is_no_range_is_refused(void **state)
{
	const struct etfsc_lock beyond = {
		.type = F_WRLCK, .start = INT64_MAX, .length = 2
	};
	struct client *c = *state;
	struct etfsc_lock lk = all;
	struct pair p;

	pair_open(c, &p);
	fails(EINVAL, etfsc_lock(p.a, &beyond, false));
	memset(lk.client_id, 'x', sizeof(lk.client_id) - 1);
	ok(etfsc_lock(p.a, &lk, false));
	pair_close(c, &p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_lock_keeps_others_out),
		client_test(readers_share),
		client_test(getlock_tells_who_is_in_the_way),
		client_test(the_usual_owner_is_this_process),
		client_test(a_lock_goes_with_its_file_and_its_connection),
		client_test(who_waits_gets_it),
		client_test(who_waits_can_give_up),
		client_test(what_is_no_range_is_refused),
	};

	return client_main("locks", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
