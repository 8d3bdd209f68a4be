/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_slow_host.c -- a host file system that does not answer: who waits for
 * it, and who does not.
 *
 * Nothing here sleeps.  Operations are held until the test lets them go, and
 * whoever is not to be delayed is answered before that, or never.
 */

#include <sys/socket.h>
#include <sys/wait.h>

#include <poll.h>
#include <signal.h>

#include "stage.h"

#define FILES 100U /* their fids */
#define CLIENTS 6

/* One client alone comes to half of the 32 workers. */
#define ALONE 16U

/* c has its requests taken: the server has answered a later one. */
static void
have_taken(struct t9 *c)
{
	t9_getattr(c, ROOT);
}

/* A client whose reads all wait, some of them on workers. */
static void
hold_reads(struct stage *s, struct t9 *c, uint16_t tags[STAGE_FILES])
{
	stage_open_all(c, "a", FILES);
	held_say(s->a, "hold read");
	stage_read_all(c, FILES, tags);
	held_say(s->a, "await read %u", ALONE);
	have_taken(c);
}

static void
expect_content(struct t9 *c)
{
	assert_int_equal(c->in.type, P9_Rread);
	assert_int_equal(c->in.u.Rread.data.len, 7);
	assert_memory_equal(c->in.u.Rread.data.p, "content", 7);
}

/* Replies to all of tags, in whatever order. */
static void
expect_all_read(struct t9 *c, const uint16_t tags[STAGE_FILES])
{
	bool came[STAGE_FILES] = { false };
	int i, n;

	for (n = 0; n < STAGE_FILES; n++) {
		assert_true(t9_recv(c));
		for (i = 0; c->in.tag != tags[i]; i++)
			assert_true(i < STAGE_FILES - 1);
		assert_false(came[i]);
		came[i] = true;
		expect_content(c);
	}
}

/* Work of all kinds in a directory below HOME. */
static void
work_in(struct t9 *c, const char *dir)
{
	struct t9_list list;

	t9_walk(c, HOME, 2, dir);
	t9_mkdir(c, 2, "d", 0777);
	t9_walk(c, 2, 3, "d");
	t9_put(c, 3, "file", "text");
	t9_has(c, 2, "d/file", "text");
	t9_has(c, 2, "d/file", "text"); /* it is in the page cache */
	assert_int_equal(t9_stat(c, 2, "d/file").size, 4);
	t9_statfs(c, 2);
	t9_open(c, 2, 4, "d", P9_O_RDONLY);
	list = t9_readdir(c, 4, 0, 4096);
	assert_int_equal(list.n, 3);
	t9_list_free(&list);
	t9_unlink(c, 3, "file");
	t9_clunk(c, 4);
	t9_clunk(c, 3);
	t9_rmdir(c, 2, "d");
	t9_clunk(c, 2);
}

static void
work_in_memory(struct t9 *c)
{
	t9_put(c, ROOT, "file", "text");
	t9_has(c, ROOT, "file", "text");
	t9_unlink(c, ROOT, "file");
	t9_getattr(c, ROOT);
}

/* The same file system, but not the operation that waits. */
static void
look_into(struct t9 *c, const char *dir)
{
	char path[32];

	t9_walk(c, HOME, 2, dir);
	t9_getattr(c, 2);
	snprintf(path, sizeof(path), "%s/f7", dir);
	assert_int_equal(t9_stat(c, HOME, path).size, 7);
	t9_open(c, HOME, 3, path, P9_O_WRONLY);
	t9_write(c, 3, 0, "content", 7);
	t9_clunk(c, 3);
	t9_clunk(c, 2);
}

static void
fifty_held_reads_delay_no_other_client(void **state)
{
	struct stage *s = *state;
	struct t9 *other = stage_client(s);
	uint16_t tags[STAGE_FILES];

	hold_reads(s, s->c, tags);
	work_in_memory(other);
	work_in(other, "mem");
	work_in(other, "disk");
	look_into(other, "a");
	look_into(other, "b");
	held_say(s->a, "release read");
	expect_all_read(s->c, tags);
	stage_over(s);
}

/* Their own client waits for them only where they are. */
static void
nor_their_own_client_elsewhere(void **state)
{
	struct stage *s = *state;
	uint16_t tags[STAGE_FILES];

	hold_reads(s, s->c, tags);
	work_in_memory(s->c);
	work_in(s->c, "mem");
	work_in(s->c, "disk");
	look_into(s->c, "b");
	held_say(s->a, "release read");
	expect_all_read(s->c, tags);
	stage_over(s);
}

/* Whatever comes for it, a file system that is stuck leaves workers over. */
static void
many_clients_of_a_stuck_file_system_do_not_stop_others(void **state)
{
	struct stage *s = *state;
	struct t9 *other = stage_client(s), *c[CLIENTS];
	uint16_t a[CLIENTS][STAGE_FILES], b[CLIENTS][STAGE_FILES];
	int i;

	for (i = 0; i < CLIENTS; i++) {
		c[i] = stage_client(s);
		stage_open_all(c[i], "a", FILES);
		stage_open_all(c[i], "b", 2 * FILES);
	}
	held_say(s->a, "hold read");
	held_say(s->b, "hold read");
	for (i = 0; i < CLIENTS; i++) {
		stage_read_all(c[i], FILES, a[i]);
		have_taken(c[i]);
	}
	work_in(other, "disk");
	look_into(other, "b");
	for (i = 0; i < CLIENTS; i++) { /* and a second one */
		stage_read_all(c[i], 2 * FILES, b[i]);
		have_taken(c[i]);
	}
	work_in(other, "disk");
	held_say(s->b, "release read");
	for (i = 0; i < CLIENTS; i++)
		expect_all_read(c[i], b[i]);
	held_say(s->a, "release read");
	for (i = 0; i < CLIENTS; i++)
		expect_all_read(c[i], a[i]);
	stage_over(s);
}

/*
 * The server has not met the device: to find out what it is, it has to ask it.
 * That must not count for the file system that the walk comes from.
 */
static void
walks_into_a_stuck_file_system_do_not_stop_others(void **state)
{
	struct stage *s = *state;
	struct t9 *other = stage_client(s), *c[CLIENTS];
	int i, k;

	held_say(s->a, "hold statfs");
	held_say(s->a, "hold getattr");
	for (i = 0; i < CLIENTS; i++) {
		c[i] = stage_client(s);
		t9_cork(c[i]);
		for (k = 0; k < 30; k++)
			t9_send(c[i],
			    T9_MSG(Twalk, .fid = HOME,
				.newfid = FILES + (uint32_t)k,
				.wname = t9_names("a/f1")));
		t9_uncork(c[i]);
		have_taken(c[i]);
	}
	held_say(s->a, "await statfs %u", ALONE);
	work_in(other, "disk");
	work_in(other, "mem");
	look_into(other, "b");
	held_say(s->a, "release statfs");
	held_say(s->a, "release getattr");
	for (i = 0; i < CLIENTS; i++) {
		for (k = 0; k < 30; k++) {
			assert_true(t9_recv(c[i]));
			assert_int_equal(c[i]->in.type, P9_Rwalk);
			assert_int_equal(c[i]->in.u.Rwalk.wqid.n, 2);
		}
	}
	stage_over(s);
}

/* What a worker has begun is waited for, and answered first. */
static void
a_flush_waits_for_what_has_begun(void **state)
{
	struct stage *s = *state;
	uint16_t read, flush;

	t9_open(s->c, HOME, 2, "a/f0", P9_O_RDONLY);
	held_say(s->a, "hold read");
	read = t9_send(s->c, T9_MSG(Tread, .fid = 2, .count = 7));
	held_say(s->a, "await read 1");
	flush = t9_send(s->c, T9_MSG(Tflush, .oldtag = read));
	have_taken(s->c); /* and the Rflush has not come before */
	held_say(s->a, "release read");
	t9_recv_tag(s->c, read);
	expect_content(s->c);
	t9_recv_tag(s->c, flush);
	stage_over(s);
}

/* What waits for a worker is not done at all. */
static void
a_flush_takes_back_what_has_not_begun(void **state)
{
	struct stage *s = *state;
	uint16_t tags[STAGE_FILES], flush;
	unsigned long before = held_say(s->a, "count read");
	unsigned int i;

	hold_reads(s, s->c, tags);
	for (i = ALONE; i < STAGE_FILES; i++) {
		flush = t9_send(s->c, T9_MSG(Tflush, .oldtag = tags[i]));
		t9_recv_tag(s->c, flush);
	}
	held_say(s->a, "release read");
	for (i = 0; i < ALONE; i++) {
		assert_true(t9_recv(s->c));
		assert_in_range(s->c->in.tag, tags[0], tags[ALONE - 1]);
		expect_content(s->c);
	}
	have_taken(s->c);
	assert_int_equal(held_say(s->a, "count read"), before + ALONE);
	stage_over(s);
}

static void
a_clunk_waits_for_reads_on_its_fid(void **state)
{
	struct stage *s = *state;
	uint16_t read, clunk;

	t9_open(s->c, HOME, 2, "a/f0", P9_O_RDONLY);
	held_say(s->a, "hold read");
	read = t9_send(s->c, T9_MSG(Tread, .fid = 2, .count = 7));
	held_say(s->a, "await read 1");
	clunk = t9_send(s->c, T9_MSG(Tclunk, .fid = 2));
	have_taken(s->c);
	held_say(s->a, "release read");
	t9_recv_tag(s->c, read);
	expect_content(s->c);
	t9_recv_tag(s->c, clunk);
	stage_over(s);
}

/* A new session begins when nothing of the old one is left. */
static void
a_new_version_waits_for_what_has_begun(void **state)
{
	struct stage *s = *state;
	struct t9 *other = stage_client(s);
	uint16_t tags[STAGE_FILES], version;

	hold_reads(s, s->c, tags);
	version = t9_send(s->c,
	    T9_MSG(Tversion, .msize = 8192, .version = t9_str("9P2000.L")));
	work_in(other, "disk");
	assert_false(t9_readable(s->c, 0));
	held_say(s->a, "release read");
	t9_recv_tag(s->c, version);
	t9_attach(s->c, ROOT, 0, "");
	t9_fails(s->c, EBADF, Tread, .fid = FILES, .count = 1);
	stage_over(s);
}

static void
expect_fds(struct stage *s, size_t n)
{
	struct wire_patience p = wire_patience();

	while (server_fds(s->srv) > n)
		wire_wait(&p, "descriptors of a dead client");
}

/* What it had goes when its reads have ended; nobody waits for that. */
static void
a_client_may_die_with_reads_under_way(void **state)
{
	struct stage *s = *state;
	struct t9 *other = stage_client(s);
	struct t9 *dying;
	uint16_t tags[STAGE_FILES];
	size_t fds;
	int i;

	fds = server_fds(s->srv);
	look_into(other, "a");
	work_in(other, "disk");
	for (i = 0; i < 2; i++) {
		dying = stage_client(s);
		hold_reads(s, dying, tags);
		if (i == 0)
			t9_free(dying);
		else
			t9_reset(dying);
		work_in(other, "disk");
		look_into(other, "a");
		held_say(s->a, "release read");
		expect_fds(s, fds);
	}
	stage_over(s);
}

/* The end of the server waits for the host, as long as there is hope. */
static void
what_ends_in_the_grace_is_answered(void **state)
{
	struct stage *s = *state;
	uint16_t tags[STAGE_FILES];

	hold_reads(s, s->c, tags);
	kill(s->srv->pid, SIGTERM);
	held_say(s->a, "release read");
	expect_all_read(s->c, tags);
	t9_recv_closed(s->c);
	server_ends(s->srv, 0);
}

static void
await_in_log(struct server *srv, const char *text)
{
	struct wire_patience p = wire_patience();
	bool there;
	char *log;

	do {
		wire_wait(&p, text);
		log = server_log(srv);
		there = strstr(log, text) != NULL;
		free(log);
	} while (!there);
}

/* It has called exit(2), but has threads that the kernel cannot end yet. */
static void
await_exit(struct server *srv)
{
	struct wire_patience p = wire_patience();
	char path[64], state;
	char *stat, *after;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)srv->pid);
	do {
		wire_wait(&p, "the end of a server's main thread");
		stat = temp_read(path, NULL);
		after = strrchr(stat, ')');
		assert_non_null(after);
		state = after[2];
		free(stat);
	} while (state != 'Z');
}

/*
 * The kernel does not let go of a process with a thread in it that waits for
 * the host, but clients do not wait any longer, on whichever loop they are.
 */
static void
a_host_that_does_not_answer_is_left(void **state)
{
	struct stage *s = *state;
	struct t9 *second = stage_client(s), *idle = stage_client(s);
	uint16_t tags[STAGE_FILES];

	hold_reads(s, s->c, tags);
	hold_reads(s, second, tags);
	kill(s->srv->pid, SIGTERM);
	t9_recv_closed(idle);
	t9_recv_closed(s->c);
	t9_recv_closed(second);
	await_in_log(s->srv, "the host does not answer");
	await_exit(s->srv);
	held_say(s->a, "release read");
	server_ends(s->srv, 3);
}

/* What c has corked, from *at on, as much as the server takes. */
static bool
send_what_goes(struct t9 *c, size_t *at)
{
	struct pollfd pfd = { .fd = c->wfd, .events = POLLOUT };
	ssize_t n;

	while (*at < c->out_len && poll(&pfd, 1, 1000) > 0) {
		n = send(c->wfd, c->out + *at, c->out_len - *at,
		    MSG_DONTWAIT | MSG_NOSIGNAL);
		if (n > 0)
			*at += (size_t)n;
		else
			assert_int_equal(errno, EAGAIN);
	}
	return *at == c->out_len;
}

/*
 * Write a large file and read a byte of one that is held, until the server takes
 * no more, or times; *rest: what it has yet to take is corked, from there on.
 */
static int
send_large_and_small(struct t9 *c, uint32_t large, int times, size_t *rest)
{
	static const uint8_t data[1000000];
	bool gone = true;
	int i;

	for (i = 0; i < times && gone; i++) {
		c->out_len = *rest = 0;
		t9_cork(c);
		t9_send(c, T9_MSG(Tread, .fid = FILES, .count = 1));
		t9_send(c,
		    T9_MSG(
			Twrite, .fid = large, .data = { data, sizeof(data) }));
		gone = send_what_goes(c, rest);
	}
	return 2 * i;
}

/*
 * What is under way is small, but comes amid what is large: of that not much is
 * kept.  The bound is generous, for 500 megabytes.
 */
static void
held_requests_take_little_memory(void **state)
{
	struct stage *s = *state;
	struct t9 *c = wire_session_with(s->srv, 1 << 20);
	size_t before, after, rest;
	int n;

	t9_create(c, ROOT, 2, "large", P9_O_RDWR, 0644);
	t9_open(c, ROOT, FILES, "t/a/f0", P9_O_RDONLY);
	held_say(s->a, "hold read");
	before = server_rss(s->srv);
	n = send_large_and_small(c, 2, 500, &rest);
	after = server_rss(s->srv);
	if (!server_sanitized(s->srv) && after > before + (128 << 20))
		t9_fail("the server grew from %zu to %zu bytes", before, after);
	work_in_memory(s->c);
	held_say(s->a, "release read");
	c->out_len -= rest;
	memmove(c->out, c->out + rest, c->out_len);
	t9_uncork(c);
	while (n-- > 0)
		assert_true(t9_recv(c));
	stage_over(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		stage_test(fifty_held_reads_delay_no_other_client),
		stage_test(nor_their_own_client_elsewhere),
		stage_test(
		    many_clients_of_a_stuck_file_system_do_not_stop_others),
		stage_test(walks_into_a_stuck_file_system_do_not_stop_others),
		stage_test(a_flush_waits_for_what_has_begun),
		stage_test(a_flush_takes_back_what_has_not_begun),
		stage_test(a_clunk_waits_for_reads_on_its_fid),
		stage_test(a_new_version_waits_for_what_has_begun),
		stage_test(a_client_may_die_with_reads_under_way),
		stage_test(held_requests_take_little_memory),
		stage_test(what_ends_in_the_grace_is_answered),
		stage_test(a_host_that_does_not_answer_is_left),
	};

	mounts_init();
	return wire_main(
	    "a slow host", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
