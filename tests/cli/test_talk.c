/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_talk.c -- lock, watch, ping, version and raw: what goes on for a while,
 * or is about the server.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "etfs.h"
#include "server.h"
#include "temp.h"

#define ARGS(...)                                                              \
	(const char *const[])                                                  \
	{                                                                      \
		__VA_ARGS__, NULL                                              \
	}
#define USUAL                                                                  \
	&(struct etfs_how)                                                     \
	{                                                                      \
		0                                                              \
	}

/* What it prints next is that. */
static void
reads(struct etfs_child *child, const char *want)
{
	char buf[256];
	size_t len = strlen(want), got = 0;
	ssize_t n;

	while (got < len && (n = read(child->out, buf + got, len - got)) > 0)
		got += (size_t)n;
	buf[got] = '\0';
	assert_string_equal(buf, want);
}

static void
a_lock_is_held_until_input_ends(void **state)
{
	struct client *c = *state;
	struct etfs_child holder, waiter;

	client_put(c->fs, "f", "");
	etfs_start(c, USUAL, ARGS("lock", "@/f"), &holder);
	reads(&holder, "locked\n");
	refuses(c, "etfs: lock: @/f: Resource temporarily unavailable\n",
	    "lock", "-n", "@/f", "true");
	etfs_start(c, USUAL, ARGS("lock", "@/f", "true"), &waiter);
	assert_int_equal(waitpid(waiter.pid, NULL, WNOHANG), 0);
	assert_int_equal(etfs_ends(&holder), 0);
	assert_int_equal(etfs_ends(&waiter), 0);
}

static void
locks_are_of_bytes_and_may_be_shared(void **state)
{
	struct client *c = *state;
	struct etfs_child holder;

	client_put(c->fs, "f", "");
	etfs_start(
	    c, USUAL, ARGS("lock", "-s", "-o", "4", "-l", "2", "@/f"), &holder);
	reads(&holder, "locked\n");
	prints(c, "", "lock", "-n", "-l", "4", "@/f", "true");
	prints(c, "", "lock", "-n", "-o", "6", "@/f", "true");
	prints(c, "", "lock", "-n", "-s", "@/f", "true");
	refuses(c, "etfs: lock: @/f: Resource temporarily unavailable\n",
	    "lock", "-n", "-l", "5", "@/f", "true");
	assert_int_equal(etfs_ends(&holder), 0);
}

static void
lock_exits_as_its_command(void **state)
{
	struct client *c = *state;
	struct etfs_said said;

	client_put(c->fs, "f", "");
	prints(c, "", "lock", "@/f", "true");
	refuses(c, "", "lock", "@/f", "false");
	etfs_run(c, USUAL, ARGS("lock", "@/f", "/no/such"), &said);
	assert_int_equal(said.status, 127);
	assert_string_equal(
	    said.err, "etfs: lock: /no/such: No such file or directory\n");
	etfs_free(&said);
	refuses(c, "etfs: lock: @/no: No such file or directory\n", "lock",
	    "@/no", "true");
	misused(
	    c, "etfs: lock: no number of bytes: x\n", "lock", "-o", "x", "@/f");
}

/* While its input goes on. */
static void
a_lock_that_is_lost_is_told_at_once(void **state)
{
	struct client *c = *state;
	struct server_how how = { .args = {
				      "-l", "tcp:127.0.0.1:0,trust=any" } };
	struct server *srv = server_start(&how);
	struct etfs_how there = { .address = srv->addr[0] };
	struct etfs_child holder;
	int status;

	prints_how(c, &there, "", "touch", "/f");
	etfs_start(c, &there, ARGS("lock", "/f"), &holder);
	reads(&holder, "locked\n");
	kill(srv->pid, SIGKILL);
	server_wait(srv);
	assert_int_equal(waitpid(holder.pid, &status, 0), holder.pid);
	assert_true(WIFEXITED(status) && WEXITSTATUS(status) == 1);
	close(holder.in);
	close(holder.out);
	server_free(srv);
}

static void
watch_prints_what_comes(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir(), *fifo = temp_path(dir, "fifo"), show[512];
	struct server_how how = { .args = { "-l", "tcp:127.0.0.1:0,trust=any",
				      "-e", show } };
	struct etfs_child child;
	struct server *srv;
	int fd;

	assert_int_equal(mkfifo(fifo, 0666), 0);
	snprintf(show, sizeof(show), "/fifo=%s", fifo);
	srv = server_start(&how);
	fd = open(fifo, O_RDWR | O_CLOEXEC);
	etfs_start(c, &(struct etfs_how){ .address = srv->addr[0] },
	    ARGS("watch", "/fifo"), &child);
	assert_int_equal(write(fd, "one\n", 4), 4);
	reads(&child, "one\n");
	assert_int_equal(write(fd, "two", 3), 3);
	reads(&child, "two");
	kill(child.pid, SIGINT);
	assert_int_equal(etfs_ends(&child), 128 + SIGINT);
	close(fd);
	server_stop(srv);
	free(fifo);
	temp_remove(dir);
	client_put(c->fs, "f", "text\n");
	prints(c, "text\n", "watch", "@/f");
	refuses(c, "etfs: watch: @/no: No such file or directory\n", "watch",
	    "@/no");
}

static void
ping_counts(void **state)
{
	struct client *c = *state;
	struct etfs_said said;
	const char *p;

	etfs_run(c, USUAL, ARGS("ping", "-c", "3", "-i", "0"), &said);
	assert_int_equal(said.status, 0);
	assert_memory_equal(said.out, "seq=1 time=", 11);
	p = strstr(said.out, " ms\nseq=3 time=");
	assert_non_null(p);
	p = strstr(p, "\n3 sent, 3 answered\nmin/avg/max = ");
	assert_non_null(p);
	etfs_free(&said);
	misused(c, "etfs: ping: no number: 0\n", "ping", "-c", "0");
	misused(c, "etfs: ping: no number of seconds: x\n", "ping", "-i", "x");
}

static void
ping_sums_up_when_interrupted(void **state)
{
	struct client *c = *state;
	struct etfs_child child;
	char buf[512] = "";
	size_t got = 0;
	ssize_t n;

	etfs_start(c, USUAL, ARGS("ping", "-i", "1000"), &child);
	while (strchr(buf, '\n') == NULL &&
	    (n = read(child.out, buf + got, sizeof(buf) - 1 - got)) > 0)
		got += (size_t)n;
	kill(child.pid, SIGINT);
	while ((n = read(child.out, buf + got, sizeof(buf) - 1 - got)) > 0)
		got += (size_t)n;
	assert_int_equal(etfs_ends(&child), 0);
	assert_non_null(strstr(buf, "\n1 sent, 1 answered\nmin/avg/max = "));
}

static void
version_tells_what_was_agreed(void **state)
{
	struct client *c = *state;

	prints(c, "version 9P2000.L\nmsize   65536\niosize  65512\n", "-m",
	    "64K", "version");
	prints(c,
	    "{\"version\": \"9P2000.L\", \"msize\": 4096, \"iosize\": 4072}\n",
	    "-m", "4096", "version", "--json");
}

#define TVERSION "15000000 64 ffff 00200000 0800 395032303030 2e4c"

static void
raw_prints_replies(void **state)
{
	struct client *c = *state;
	struct etfs_said said;

	prints(c,
	    "Rversion tag=65535 msize=8192 version=9P2000.L\n"
	    "Rlerror tag=1 ecode=9\n",
	    "raw", TVERSION, "0b00000078010007000000");
	etfs_run(c, USUAL, ARGS("raw", "0b00000078010007000000"), &said);
	assert_int_equal(said.status, 1);
	assert_string_equal(said.err, "etfs: raw: the server has hung up\n");
	etfs_free(&said);
	misused(c, "etfs: raw: not hex: 0g\n", "raw", "0g");
	misused(c, "etfs: raw: not hex: 123\n", "raw", "123");
}

/* Whose file is it that etfs makes there, with that option or without? */
static void
makes_a_file_of(struct client *c, const struct etfs_how *there,
    const char *option, const char *uid)
{
	struct etfs_said said;

	prints_how(c, there, "", option, "touch", "/f");
	etfs_run(c, there, ARGS("stat", "--json", "/f"), &said);
	if (strstr(said.out, uid) == NULL)
		fail_msg("%s: not %s: %s", option, uid, said.out);
	etfs_free(&said);
	prints_how(c, there, "", option, "rm", "/f");
}

/* For a server of root's, to which all others are nobody. */
static void
root_can_show_that_it_is_root(void **state)
{
	struct client *c = *state;
	struct server_how how = {
		.args = { "-l", "tcp:127.0.0.1:0,trust=privport", "--identity",
		    "client:1234:1234" },
	};
	struct server *srv = server_start(&how);
	struct etfs_how there = { .address = srv->addr[0] };

	makes_a_file_of(c, &there, "-u0", "\"uid\": 1234,");
	makes_a_file_of(c, &there, "-p", "\"uid\": 0,");
	makes_a_file_of(c, &there, "--privport", "\"uid\": 0,");
	server_stop(srv);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_lock_is_held_until_input_ends),
		client_test(locks_are_of_bytes_and_may_be_shared),
		client_test(lock_exits_as_its_command),
		client_test(a_lock_that_is_lost_is_told_at_once),
		client_test(watch_prints_what_comes),
		client_test(ping_counts),
		client_test(ping_sums_up_when_interrupted),
		client_test(version_tells_what_was_agreed),
		client_test(raw_prints_replies),
		client_test(root_can_show_that_it_is_root),
	};

	return client_main("talk", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
