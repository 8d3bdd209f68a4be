/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_keep.c -- what clients have walked to is kept for a moment: for how long,
 * and what becomes of it meanwhile.
 */

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "wire.h"

#define FILES 100U

static const char *
file_name(uint32_t i)
{
	static char name[16];

	snprintf(name, sizeof(name), "f%u", i);
	return name;
}

static void
visit_all(struct t9 *c)
{
	uint32_t i;

	for (i = 0; i < FILES; i++)
		assert_int_equal(t9_stat(c, ROOT, file_name(i)).size, 4);
}

/* A server of FILES files for how long, and its descriptors at rest. */
static struct server *
serve(struct wire *w, const char *dir, const char *seconds, size_t *fds)
{
	struct server *s = WIRE_SERVER(w, "--keep", seconds, dir);
	uint32_t i;

	for (i = 0; i < FILES; i++)
		temp_put(dir, file_name(i), "text");
	wire_session_with(s, WIRE_MSIZE);
	*fds = server_fds(s);
	return s;
}

static void
await_fds(struct server *s, size_t most)
{
	struct wire_patience p = wire_patience();

	while (server_fds(s) > most)
		wire_wait(&p, "the server lets go of what it keeps");
}

static void
files_are_kept_and_let_go_of(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir();
	size_t fds;
	struct server *s = serve(w, dir, "1", &fds);
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	int i;

	/* Twice: whoever tidies rests in between. */
	for (i = 0; i < 2; i++) {
		visit_all(c);
		visit_all(c);
		await_fds(s, fds + 1);
	}
	t9_free_all();
	server_stop(s);
	temp_remove(dir);
}

/* Long enough for a test to see it. */
static void
they_are_kept_for_as_long_as_was_said(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir();
	size_t fds;
	struct server *s = serve(w, dir, "3600", &fds);
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	uint32_t i;

	visit_all(c);
	assert_true(server_fds(s) > fds + FILES / 2);
	for (i = 0; i < FILES; i++)
		t9_unlink(c, ROOT, file_name(i));
	await_fds(s, fds + 1);
	t9_free_all();
	server_stop(s);
	temp_remove(dir);
}

static void
nothing_is_kept_for_no_time(void **state)
{
	struct wire *w = *state;
	char *dir = temp_dir();
	size_t fds;
	struct server *s = serve(w, dir, "0", &fds);
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);

	visit_all(c);
	assert_true(server_fds(s) <= fds + 1);
	t9_free_all();
	server_stop(s);
	temp_remove(dir);
}

/* Somebody on the host, who puts one file and another where x is. */
struct replacer {
	const char *dir;
	_Atomic bool ends;
	_Atomic unsigned int times;
};

static void *
replace(void *arg)
{
	static const char *const froms[] = { "one", "two" };
	struct replacer *r = arg;
	int dir = open(r->dir, O_PATH | O_DIRECTORY | O_CLOEXEC);
	bool ok = dir >= 0;

	while (ok && !r->ends) {
		ok = linkat(dir, froms[r->times % 2], dir, "t", 0) == 0 &&
		    renameat(dir, "t", dir, "x") == 0;
		r->times++;
	}
	close(dir);
	return ok ? r : NULL;
}

static void
expect_one_of_two(struct t9 *c)
{
	char text[8] = "";

	t9_ok(c, Tlopen, .fid = 9, .flags = P9_O_RDONLY);
	assert_int_equal(t9_read(c, 9, 0, text, sizeof(text)), 3);
	assert_true(strcmp(text, "one") == 0 || strcmp(text, "two") == 0);
	t9_clunk(c, 9);
}

/* There is a file all the time, and nobody gets anything else. */
static void
what_the_host_replaces_all_the_time_is_always_there(void **state)
{
	struct wire *w = *state;
	struct replacer r = { .dir = temp_dir() };
	struct server *s = WIRE_SERVER(w, "--loops", "2", r.dir);
	struct t9 *c[2];
	pthread_t thread;
	void *result;
	int i, k;

	temp_put(r.dir, "one", "one");
	temp_put(r.dir, "two", "two");
	temp_put(r.dir, "x", "one");
	for (k = 0; k < 2; k++)
		c[k] = wire_session_with(s, WIRE_MSIZE);
	assert_int_equal(pthread_create(&thread, NULL, replace, &r), 0);
	for (i = 0; i < 1000 || r.times < 1000; i++) {
		for (k = 0; k < 2; k++)
			t9_send(c[k],
			    T9_MSG(Twalk, .fid = ROOT, .newfid = 9,
				.wname = t9_names("x")));
		for (k = 0; k < 2; k++) {
			assert_true(t9_recv(c[k]));
			assert_int_equal(c[k]->in.type, P9_Rwalk);
		}
		for (k = 0; k < 2; k++)
			expect_one_of_two(c[k]);
	}
	r.ends = true;
	assert_int_equal(pthread_join(thread, &result), 0);
	assert_ptr_equal(result, &r);
	t9_free_all();
	server_stop(s);
	temp_remove((char *)(uintptr_t)r.dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(files_are_kept_and_let_go_of),
		wire_test(they_are_kept_for_as_long_as_was_said),
		wire_test(nothing_is_kept_for_no_time),
		wire_test(what_the_host_replaces_all_the_time_is_always_there),
	};

	return wire_main("keep", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
