/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_stream.c -- devices of the host: clients that wait for them, give up,
 * die, and are in nobody's way.
 *
 * Each test has a server of its own that shows a terminal at /tty and a FIFO at
 * /fifo; the test is at their other ends.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <termios.h>

#include <dirent.h>

#include "wire.h"

#define MANY 100
#define TTY 2U /* a fid for it */
#define FIFO 3U

struct world {
	struct server *s;
	struct t9 *c; /* attached on ROOT */
	char *dir;
	int tty; /* the master */
	int fifo; /* both ways */
};

static void
make_terminal(struct world *w, char *name, size_t cap)
{
	struct termios raw;

	w->tty = posix_openpt(O_RDWR | O_NOCTTY | O_CLOEXEC);
	assert_true(w->tty >= 0);
	assert_int_equal(unlockpt(w->tty), 0);
	assert_int_equal(ptsname_r(w->tty, name, cap), 0);
	assert_int_equal(tcgetattr(w->tty, &raw), 0);
	cfmakeraw(&raw);
	assert_int_equal(tcsetattr(w->tty, TCSANOW, &raw), 0);
}

static void
make_fifo(struct world *w, char *path, size_t cap)
{
	w->dir = temp_dir();
	snprintf(path, cap, "%s/fifo", w->dir);
	assert_int_equal(mkfifo(path, 0666), 0);
}

/* While the server starts nobody is at the other end of the FIFO. */
static void
begin(struct world *world, struct wire *w)
{
	char tty[64], fifo[256], show_tty[128], show_fifo[300];

	make_terminal(world, tty, sizeof(tty));
	make_fifo(world, fifo, sizeof(fifo));
	snprintf(show_tty, sizeof(show_tty), "/tty=%s,chr", tty);
	snprintf(show_fifo, sizeof(show_fifo), "/fifo=%s", fifo);
	world->s = WIRE_SERVER(w, "-e", show_tty, "-e", show_fifo);
	world->fifo = open(fifo, O_RDWR | O_NONBLOCK | O_CLOEXEC);
	assert_true(world->fifo >= 0);
	world->c = wire_session_with(world->s, WIRE_MSIZE);
	t9_open(world->c, ROOT, TTY, "tty", P9_O_RDWR);
	t9_open(world->c, ROOT, FIFO, "fifo", P9_O_RDWR);
}

/* With whatever is pending. */
static void
end(struct world *w)
{
	server_stop(w->s);
	if (w->tty >= 0)
		close(w->tty);
	close(w->fifo);
	temp_remove(w->dir);
}

static void
put(int fd, const char *text)
{
	ssize_t len = (ssize_t)strlen(text);

	assert_int_equal(write(fd, text, (size_t)len), len);
}

static uint16_t
ask(struct t9 *c, uint32_t fid)
{
	return t9_send(c, T9_MSG(Tread, .fid = fid, .count = 4096));
}

static void
expect_data(struct t9 *c, uint16_t tag, const char *text)
{
	t9_recv_tag(c, tag);
	assert_int_equal(c->in.type, P9_Rread);
	assert_int_equal(c->in.u.Rread.data.len, strlen(text));
	assert_memory_equal(c->in.u.Rread.data.p, text, strlen(text));
}

static size_t
threads(struct server *s)
{
	char path[64];
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/task", (int)s->pid);
	assert_non_null(d = opendir(path));
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* A client that is served while others wait, and says so by coming back. */
static void
others_are_served(struct world *w)
{
	struct t9 *c = wire_session_with(w->s, WIRE_MSIZE);
	char name[32];
	int i;

	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "file%d", i);
		t9_put(c, ROOT, name, "content");
		t9_has(c, ROOT, name, "content");
		t9_unlink(c, ROOT, name);
	}
	t9_free(c);
}

static void
a_hundred_readers_wait_and_are_flushed(void **state)
{
	struct world w;
	uint16_t tags[MANY], flush[MANY];
	size_t nfds, nthreads, i;

	begin(&w, *state);
	nfds = server_fds(w.s);
	nthreads = threads(w.s);
	for (i = 0; i < MANY; i++)
		tags[i] = ask(w.c, TTY);
	t9_getattr(w.c, TTY); /* so it has got all of them */
	assert_int_equal(server_fds(w.s), nfds);
	assert_int_equal(threads(w.s), nthreads);
	others_are_served(&w);
	for (i = 0; i < MANY; i++)
		flush[i] = t9_send(w.c, T9_MSG(Tflush, .oldtag = tags[i]));
	for (i = 0; i < MANY; i++)
		t9_recv_tag(w.c, flush[i]); /* and nothing else */
	put(w.tty, "for the next");
	expect_data(w.c, ask(w.c, TTY), "for the next");
	assert_int_equal(threads(w.s), nthreads);
	t9_free(w.c);
	end(&w);
}

/* However much they ask for, it costs nothing, and the session goes on. */
static void
large_reads_wait_like_small_ones(void **state)
{
	struct world w;
	uint16_t tags[MANY];
	struct t9 *c;
	size_t i;

	begin(&w, *state);
	c = wire_session_with(w.s, 1 << 20);
	t9_open(c, ROOT, TTY, "tty", P9_O_RDONLY);
	for (i = 0; i < MANY; i++)
		tags[i] =
		    t9_send(c, T9_MSG(Tread, .fid = TTY, .count = 1 << 20));
	t9_getattr(c, TTY);
	put(w.tty, "x");
	expect_data(c, tags[0], "x");
	t9_send(c, T9_MSG(Tflush, .oldtag = tags[MANY - 1]));
	assert_true(t9_recv(c));
	assert_int_equal(c->in.type, P9_Rflush);
	t9_free(c);
	end(&w);
}

/* Which of the clients has something to read? */
static size_t
who_has_it(struct t9 **c, size_t n)
{
	struct wire_patience p = wire_patience();
	size_t i;

	for (;;) {
		for (i = 0; i < n; i++)
			if (c[i] != NULL && t9_readable(c[i], 0))
				return i;
		wire_wait(&p, "one of the readers");
	}
}

/* On all loops, each with the device open for itself. */
static void
one_of_a_hundred_clients_gets_it(void **state)
{
	struct world w;
	struct t9 *c[MANY];
	uint16_t tags[MANY];
	size_t i, n, who;

	begin(&w, *state);
	for (i = 0; i < MANY; i++) {
		c[i] = wire_session_with(w.s, 8192);
		t9_open(c[i], ROOT, TTY, "tty", P9_O_RDONLY);
		tags[i] = ask(c[i], TTY);
	}
	for (i = 0; i < MANY; i++)
		t9_getattr(c[i], TTY); /* so they all wait */
	for (n = 0; n < MANY; n++) {
		put(w.tty, "x");
		who = who_has_it(c, MANY);
		expect_data(c[who], tags[who], "x");
		t9_free(c[who]); /* it is not asked again */
		c[who] = NULL;
	}
	end(&w);
}

/* What they had open is closed, and what comes is not read for the dead. */
static void
clients_die_with_reads_pending(void **state)
{
	struct world w;
	struct wire_patience p = wire_patience();
	struct t9 *c;
	size_t nfds, i, k;

	begin(&w, *state);
	nfds = server_fds(w.s);
	for (i = 0; i < 20; i++) {
		c = wire_session_with(w.s, 8192);
		t9_open(c, ROOT, TTY, "tty", P9_O_RDONLY);
		t9_open(c, ROOT, FIFO, "fifo", P9_O_RDONLY);
		for (k = 0; k < MANY; k++)
			ask(c, k % 2 == 0 ? TTY : FIFO);
		if (i % 2 == 0)
			t9_getattr(c, TTY);
		if (i % 4 < 2)
			t9_reset(c);
		else
			t9_free(c);
	}
	while (server_fds(w.s) > nfds)
		wire_wait(&p, "what dead clients had open");
	put(w.fifo, "for the living");
	expect_data(w.c, ask(w.c, FIFO), "for the living");
	t9_free(w.c);
	end(&w);
}

static void
a_hang_up_ends_all_reads(void **state)
{
	struct world w;
	size_t i;

	begin(&w, *state);
	for (i = 0; i < MANY; i++)
		ask(w.c, TTY);
	t9_getattr(w.c, TTY);
	close(w.tty);
	w.tty = -1;
	for (i = 0; i < MANY; i++) { /* as read(2) has it */
		assert_true(t9_recv(w.c));
		if (w.c->in.type == P9_Rread)
			assert_int_equal(w.c->in.u.Rread.data.len, 0);
		else
			assert_int_equal(w.c->in.u.Rlerror.ecode, EIO);
	}
	t9_fails(
	    w.c, EIO, Twrite, .fid = TTY, .data = { (const uint8_t *)"x", 1 });
	t9_clunk(w.c, TTY);
	others_are_served(&w);
	t9_free(w.c);
	end(&w);
}

static void
the_writers_of_a_fifo_come_and_go(void **state)
{
	struct world w;
	char path[256];
	uint16_t tag;
	int fd;

	begin(&w, *state);
	close(w.fifo);
	t9_clunk(w.c, FIFO); /* that was a writer, too */
	t9_open(w.c, ROOT, 4, "fifo", P9_O_RDONLY);
	tag = ask(w.c, 4);
	t9_getattr(w.c, 4);
	snprintf(path, sizeof(path), "%s/fifo", w.dir);
	fd = open(path, O_WRONLY);
	put(fd, "text");
	expect_data(w.c, tag, "text");
	tag = ask(w.c, 4);
	t9_getattr(w.c, 4);
	close(fd);
	expect_data(w.c, tag, "");
	t9_clunk(w.c, 4);
	t9_open(w.c, ROOT, 4, "fifo", P9_O_RDONLY);
	tag = ask(w.c, 4);
	t9_getattr(w.c, 4); /* it waits for the next one */
	fd = open(path, O_WRONLY);
	put(fd, "more");
	expect_data(w.c, tag, "more");
	w.fifo = fd;
	t9_free(w.c);
	end(&w);
}

static void
drain(int fd, size_t len)
{
	static char buf[65536];
	ssize_t n;

	for (; len > 0; len -= (size_t)n) {
		n = read(fd, buf, len < sizeof(buf) ? len : sizeof(buf));
		assert_true(n > 0);
	}
}

static void
a_writer_fills_a_fifo_and_goes_on_when_it_is_drained(void **state)
{
	static uint8_t block[4096];
	struct world w;
	size_t size, i;
	uint16_t tag;

	begin(&w, *state);
	size = (size_t)fcntl(w.fifo, F_GETPIPE_SZ);
	for (i = 0; i < size / sizeof(block); i++)
		t9_write(w.c, FIFO, 0, block, sizeof(block));
	for (i = 0; i < 3; i++) {
		tag = t9_send(w.c,
		    T9_MSG(
			Twrite, .fid = FIFO, .data = { block, sizeof(block) }));
		t9_getattr(w.c, FIFO); /* is answered, and the write is not */
		others_are_served(&w);
		drain(w.fifo, sizeof(block));
		t9_recv_tag(w.c, tag);
		assert_int_equal(w.c->in.u.Rwrite.count, sizeof(block));
	}
	tag = t9_send(
	    w.c, T9_MSG(Twrite, .fid = FIFO, .data = { block, sizeof(block) }));
	t9_ok(w.c, Tflush, .oldtag = tag);
	drain(w.fifo, size); /* without the one that was given up */
	assert_int_equal(read(w.fifo, block, 1), -1);
	t9_free(w.c);
	end(&w);
}

/* "echo x >/tty", as a Linux client does it. */
static void
a_shell_writes_a_line(void **state)
{
	struct world w;
	char buf[2];

	begin(&w, *state);
	t9_walk(w.c, ROOT, 4, "tty");
	assert_int_equal(t9_getattr(w.c, 4).size, 0);
	t9_ok(w.c, Tlopen, .fid = 4, .flags = 0x8001);
	assert_int_equal(w.c->in.u.Rlopen.qid.version, 0);
	assert_int_equal(w.c->in.u.Rlopen.qid.type, P9_QTFILE);
	t9_ok(w.c, Tsetattr, .fid = 4,
	    .valid = P9_SETATTR_SIZE | P9_SETATTR_MTIME);
	t9_write(w.c, 4, 0, "x\n", 2);
	t9_ok(w.c, Tfsync, .fid = 4);
	t9_clunk(w.c, 4);
	assert_int_equal(read(w.tty, buf, 1), 1);
	assert_int_equal(read(w.tty, buf + 1, 1), 1);
	assert_memory_equal(buf, "x\n", 2);
	t9_free(w.c);
	end(&w);
}

/* The client asks for the rest of a program's buffer, which is not to wait. */
static void
a_program_gets_each_line_at_once(void **state)
{
	struct world w;
	uint64_t at = 0;
	uint16_t tag;
	int i;

	begin(&w, *state);
	for (i = 0; i < 5; i++) {
		tag = t9_send(w.c,
		    T9_MSG(Tread, .fid = TTY, .offset = at, .count = 4096));
		t9_getattr(w.c, TTY);
		put(w.tty, "line\n");
		expect_data(w.c, tag, "line\n");
		at += 5;
		tag = t9_send(w.c,
		    T9_MSG(Tread, .fid = TTY, .offset = at, .count = 4091));
		expect_data(w.c, tag, "");
	}
	t9_free(w.c);
	end(&w);
}

static void
a_clunk_ends_the_reads_on_its_fid(void **state)
{
	struct world w;
	uint16_t tag, other, clunk;

	begin(&w, *state);
	tag = ask(w.c, TTY);
	other = ask(w.c, FIFO);
	clunk = t9_send(w.c, T9_MSG(Tclunk, .fid = TTY));
	t9_recv_tag(w.c, tag);
	assert_int_equal(w.c->in.u.Rlerror.ecode, ECANCELED);
	t9_recv_tag(w.c, clunk);
	put(w.fifo, "goes on");
	expect_data(w.c, other, "goes on");
	t9_free(w.c);
	end(&w);
}

static void
who_will_not_wait_does_not(void **state)
{
	struct world w;

	begin(&w, *state);
	t9_open(w.c, ROOT, 4, "tty", P9_O_RDWR | P9_O_NONBLOCK);
	t9_fails(w.c, EAGAIN, Tread, .fid = 4, .count = 100);
	t9_free(w.c);
	end(&w);
}

/* Told what becomes of them; or the end would take its time, and status 3. */
static void
the_server_leaves_at_once_with_reads_pending(void **state)
{
	static uint8_t block[4096];
	struct world w;
	size_t i, size;

	begin(&w, *state);
	size = (size_t)fcntl(w.fifo, F_GETPIPE_SZ);
	for (i = 0; i < size / sizeof(block); i++)
		t9_write(w.c, FIFO, 0, block, sizeof(block));
	for (i = 0; i < MANY; i++)
		ask(w.c, TTY);
	t9_send(
	    w.c, T9_MSG(Twrite, .fid = FIFO, .data = { block, sizeof(block) }));
	t9_getattr(w.c, TTY);
	kill(w.s->pid, SIGTERM);
	for (i = 0; i < MANY + 1; i++) {
		assert_true(t9_recv(w.c));
		assert_int_equal(w.c->in.type, P9_Rlerror);
		assert_int_equal(w.c->in.u.Rlerror.ecode, ECANCELED);
	}
	t9_recv_closed(w.c);
	server_ends(w.s, 0);
	close(w.tty);
	close(w.fifo);
	temp_remove(w.dir);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_hundred_readers_wait_and_are_flushed),
		wire_test(large_reads_wait_like_small_ones),
		wire_test(one_of_a_hundred_clients_gets_it),
		wire_test(clients_die_with_reads_pending),
		wire_test(a_hang_up_ends_all_reads),
		wire_test(the_writers_of_a_fifo_come_and_go),
		wire_test(a_writer_fills_a_fifo_and_goes_on_when_it_is_drained),
		wire_test(a_shell_writes_a_line),
		wire_test(a_program_gets_each_line_at_once),
		wire_test(a_clunk_ends_the_reads_on_its_fid),
		wire_test(who_will_not_wait_does_not),
		wire_test(the_server_leaves_at_once_with_reads_pending),
	};

	return wire_main("streams", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
