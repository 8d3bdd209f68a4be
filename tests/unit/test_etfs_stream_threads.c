/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_stream_threads.c -- several loops wait for one device.  Whatever is
 * written to it is read by one of them, once, however many wake up for it and
 * however many give up just then.
 */

#include <pthread.h>
#include <stdatomic.h>
#include <stdio.h>

#include "streams.h"

#define THREADS 4
#define READERS 5 /* of each */
#define FILES 2 /* that they share */
#define WORDS 4000

struct watcher {
	struct fixture *fx;
	pthread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	unsigned int seed;
	struct vfile files[FILES];
	struct reader readers[READERS];
	const char *unexpected; /* cmocka's asserts are for its own thread */
	ssize_t rc;
};

static pthread_barrier_t ready;
static _Atomic unsigned char seen[WORDS];

static void
unexpected(struct watcher *w, const char *what, ssize_t rc)
{
	w->unexpected = what;
	w->rc = rc;
}

static void
start(struct watcher *w, size_t i)
{
	struct who who = { &w->loop, w->fx->self.cred };

	reader_start_size(
	    &w->readers[i], &who, &w->files[i % FILES], sizeof(uint32_t));
}

/* False: there is no more to come. */
static bool
take(struct watcher *w, struct reader *r)
{
	uint32_t word;

	if (r->rc == -ECANCELED)
		return true;
	if (r->rc == 0 && r->len == 0)
		return false;
	memcpy(&word, r->buf, sizeof(word));
	if (r->rc != 0 || r->len != sizeof(word) || word >= WORDS) {
		unexpected(w, "read", r->rc != 0 ? r->rc : (ssize_t)r->len);
		return false;
	}
	atomic_fetch_add(&seen[word], 1);
	return true;
}

/* Take what has ended, and begin again. */
static size_t
go_round(struct watcher *w, bool *over)
{
	size_t i, waiting = 0;

	for (i = 0; i < READERS; i++) {
		if (over[i])
			continue;
		while (w->readers[i].ended) {
			if (!take(w, &w->readers[i])) {
				over[i] = true;
				break;
			}
			start(w, i);
		}
		waiting += !over[i];
	}
	return waiting;
}

static void
watch(struct watcher *w)
{
	bool over[READERS] = { false };
	size_t i;

	for (i = 0; i < READERS; i++)
		start(w, i);
	while (go_round(w, over) > 0) {
		i = (size_t)rand_r(&w->seed) % (4 * READERS);
		if (i < READERS && !over[i])
			vop_hurry(&w->readers[i].op);
		turn(&w->uv);
	}
}

static void *
watcher_main(void *arg)
{
	struct watcher *w = arg;
	struct who who = { &w->loop, w->fx->self.cred };
	struct vnode *vn = NULL;
	size_t i;

	if (do_walk(&who, w->fx->root, "s", &vn) != 0)
		unexpected(w, "walk", -1);
	for (i = 0; i < FILES; i++)
		if (do_open(&who, vn, O_RDONLY, &w->files[i]) != 0)
			unexpected(w, "open", -1);
	pthread_barrier_wait(&ready);
	if (w->unexpected == NULL)
		watch(w);
	for (i = 0; i < FILES; i++)
		do_close(&who, &w->files[i]);
	vnode_put(vn);
	return NULL;
}

/* A loop is made and closed here, where nobody else closes descriptors. */
static void
begin(struct watcher *w, struct fixture *fx, unsigned int seed)
{
	memset(w, 0, sizeof(*w));
	w->fx = fx;
	w->seed = seed;
	assert_int_equal(uv_loop_init(&w->uv), 0);
	assert_int_equal(vloop_init(&w->loop, &w->uv), 0);
	assert_int_equal(pthread_create(&w->thread, NULL, watcher_main, w), 0);
}

static void
end(struct watcher *w)
{
	pthread_join(w->thread, NULL);
	vloop_fini(&w->loop);
	uv_run(&w->uv, UV_RUN_DEFAULT);
	assert_int_equal(uv_loop_close(&w->uv), 0);
	if (w->unexpected != NULL)
		fail_msg("%s: %zd", w->unexpected, w->rc);
}

/* A word at a time: a write of so little is never torn. */
static void
every_word_is_read_once(void **state)
{
	static struct watcher w[THREADS];
	struct fixture *fx = *state;
	uint32_t word;
	unsigned int i;
	int fd;

	fd = open(fifo_path(fx), O_WRONLY);
	assert_true(fd >= 0);
	pthread_barrier_init(&ready, NULL, THREADS + 1);
	for (i = 0; i < THREADS; i++)
		begin(&w[i], fx, i + 1);
	pthread_barrier_wait(&ready);
	for (word = 0; word < WORDS; word++)
		assert_int_equal(write(fd, &word, sizeof(word)), sizeof(word));
	close(fd); /* and that is the end, for all of them */
	for (i = 0; i < THREADS; i++)
		end(&w[i]);
	for (word = 0; word < WORDS; word++)
		assert_int_equal(seen[word], 1);
	pthread_barrier_destroy(&ready);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test_setup_teardown(
		    every_word_is_read_once, fifo_setup, fixture_teardown),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
