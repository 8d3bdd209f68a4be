/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_bench.c -- etfs bench: that it does what it says, with our server and
 * with its own; and that it sees when a server answers wrongly.  Nothing is said
 * about how fast anything is.
 */

#include <signal.h>
#include <sys/prctl.h>
#include <sys/wait.h>

#include "etfs.h"
#include "figures.h"

#define ARGS(...) ((const char *const[3]){ __VA_ARGS__ })
#define WORKLOADS                                                              \
	"getattr", "walk1", "walk8", "stat", "open", "create", "read4k",       \
	    "write4k", "readseq", "writeseq", "readdir1k", "mix", "connect"
#define NWORKLOADS 13

/*
 * Servers of the benchmark's own.
 */

struct yardstick {
	pid_t pid;
	char address[300];
};

static void
yardstick_start(struct client *c, struct yardstick *y, const char *name,
    const char *const args[3])
{
	const char *build = getenv("BENCH_BUILD");
	struct wire_patience patience = wire_patience();
	struct etfsc_link link;
	char path[300];

	snprintf(path, sizeof(path), "%s/bench-%s",
	    build != NULL ? build : "build", name);
	snprintf(y->address, sizeof(y->address), "unix:%s/%s", c->tmp, name);
	y->pid = fork();
	assert_true(y->pid >= 0);
	if (y->pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL);
		execl(path, name, y->address, args[0], args[1], args[2], NULL);
		_exit(127);
	}
	while (etfsc_dial(y->address, NULL, &link, NULL, 0) != 0)
		wire_wait(&patience, path);
	close(link.fd);
}

static void
yardstick_stop(struct yardstick *y)
{
	int status;

	assert_int_equal(waitpid(y->pid, &status, WNOHANG), 0); /* it lives */
	kill(y->pid, SIGKILL);
	assert_int_equal(waitpid(y->pid, &status, 0), y->pid);
}

/*
 * The tests.
 */

/* The figures of n workloads, all well. */
static void
bench(struct client *c, const char *address, const char *const *args,
    struct figures *f, size_t n)
{
	struct etfs_how how = { .address = address };
	struct etfs_said said;
	size_t i;

	etfs_run(c, &how, args, &said);
	assert_string_equal(said.err, "");
	assert_int_equal(said.status, 0);
	figures_parse(said.out, f, n);
	for (i = 0; i < n; i++)
		assert_true(f[i].errors == 0);
	etfs_free(&said);
}

#define BENCH(c, address, f, n, ...)                                           \
	bench(c, address,                                                      \
	    (const char *const[]){ "bench", "--json", __VA_ARGS__, NULL }, f,  \
	    n)

/* What has to be so, whatever the time it took. */
static void
check(const struct figures *f, double count)
{
	assert_true(f->operations == count);
	assert_true(f->messages >= count);
	assert_true(f->rate > 0);
	assert_true(f->p50_us > 0 && f->p99_us >= f->p50_us);
	if (strncmp(f->workload, "read", 4) == 0 &&
	    strncmp(f->workload, "readdir", 7) != 0)
		assert_true(f->mb_s > 0);
}

static void
every_workload_has_all_its_replies(void **state)
{
	static const char *const names[] = { WORKLOADS };
	struct client *c = *state;
	struct figures f[NWORKLOADS];
	size_t i;

	BENCH(c, NULL, f, NWORKLOADS, "-d", "@", "-n", "60", "-c", "2", "-q",
	    "3", "-s", "256K", "-m", "64K", WORKLOADS);
	for (i = 0; i < NWORKLOADS; i++) {
		assert_string_equal(f[i].workload, names[i]);
		assert_true(f[i].connections == 2 && f[i].depth == 3);
		check(&f[i], 60);
	}
	assert_true(f[10].entries_s > 0);
	prints(c, "", "ls", "@");
}

/* Every one has its part of both, and its own directory. */
static void
processes_share_connections_and_operations(void **state)
{
	struct client *c = *state;
	struct figures f[3];
	int i;

	BENCH(c, NULL, f, 3, "-d", "@", "-n", "101", "-c", "5", "-j", "3", "-q",
	    "2", "-s", "256K", "stat", "read4k", "write4k");
	for (i = 0; i < 3; i++) {
		assert_true(f[i].connections == 5);
		check(&f[i], 101);
	}
	BENCH(c, NULL, f, 1, "-d", "@", "-t", "0.05", "-c", "2", "-j", "2",
	    "-s", "256K", "mix");
	assert_true(f[0].operations > 0 && f[0].rate > 0);
	prints(c, "", "ls", "@");
}

static void
a_large_directory_is_listed_whole(void **state)
{
	struct client *c = *state;
	struct figures f;

	BENCH(c, NULL, &f, 1, "-d", "@", "-n", "2", "readdir100k");
	check(&f, 2);
	prints(c, "", "ls", "@");
}

static void
a_light_client_is_measured_beside_a_greedy_one(void **state)
{
	struct client *c = *state;
	struct figures f;

	BENCH(c, NULL, &f, 1, "-d", "@", "-n", "20", "-m", "16K", "-s", "1M",
	    "fairness");
	check(&f, 20);
	prints(c, "", "ls", "@");
}

static void
connections_do_nothing(void **state)
{
	struct client *c = *state;
	struct figures f;

	BENCH(c, NULL, &f, 1, "-n", "200", "-c", "200", "idle");
	check(&f, 200);
}

/* It is found at the other end of a Unix socket; bytes and threads are whole. */
static void
memory_is_told_of_a_server_that_is_known(void **state)
{
	struct client *c = *state;
	struct etfs_how how = { 0 };
	struct etfs_said said;
	const char *p;
	char *end;

	etfs_run(c, &how,
	    (const char *const[]){
		"bench", "-n", "5", "-c", "5", "idle", NULL },
	    &said);
	assert_int_equal(said.status, 0);
	p = strstr(said.out, "  threads ");
	assert_int_equal(p != NULL, strcmp(c->transport, "unix") == 0);
	if (p != NULL) {
		assert_true(strtol(p + strlen("  threads "), &end, 10) > 0);
		assert_string_equal(end, "  errors 0\n");
	}
	etfs_free(&said);
}

static void
its_own_servers_answer_it(void **state)
{
	struct client *c = *state;
	struct figures f[NWORKLOADS];
	struct yardstick y;
	size_t i;

	yardstick_start(c, &y, "plain", ARGS(c->hostdir));
	BENCH(c, y.address, f, NWORKLOADS, "-n", "60", "-c", "2", "-q", "3",
	    "-s", "256K", WORKLOADS);
	for (i = 0; i < NWORKLOADS; i++)
		check(&f[i], 60);
	prints_how(
	    c, (&(struct etfs_how){ .address = y.address }), "", "ls", "/");
	yardstick_stop(&y);
	yardstick_start(c, &y, "echo", ARGS(NULL));
	BENCH(c, y.address, f, NWORKLOADS, "--echo", "-n", "60", "-c", "2",
	    "-q", "3", "-s", "256K", WORKLOADS);
	for (i = 0; i < NWORKLOADS; i++)
		check(&f[i], 60);
	yardstick_stop(&y);
}

/* It exits with 1, and says that. */
static void
complains(struct client *c, const char *address, const char *about,
    const char *const *args)
{
	struct etfs_how how = { .address = address };
	struct etfs_said said;
	const char *errors;

	etfs_run(c, &how, args, &said);
	assert_int_equal(said.status, 1);
	if (strstr(said.err, about) == NULL)
		fail_msg("%s: %s", about, said.err);
	errors = strstr(said.out, "errors ");
	assert_non_null(errors);
	assert_true(strtol(errors + 7, NULL, 10) > 0);
	etfs_free(&said);
}

#define COMPLAINS(c, address, about, ...)                                      \
	complains(c, address, about,                                           \
	    (const char *const[]){ "bench", __VA_ARGS__, NULL })

static void
wrong_replies_are_errors(void **state)
{
	struct client *c = *state;
	struct yardstick y;

	yardstick_start(c, &y, "echo", ARGS("data"));
	COMPLAINS(
	    c, y.address, "Tread: wrong data", "--echo", "-n", "500", "read4k");
	COMPLAINS(c, y.address, "Tread: wrong data", "--echo", "-n", "5000",
	    "readseq");
	COMPLAINS(
	    c, y.address, "Tread: wrong data", "--echo", "-n", "2000", "mix");
	yardstick_stop(&y);
	yardstick_start(c, &y, "echo", ARGS("short"));
	COMPLAINS(c, y.address, "Tread: 2048, not 4096", "--echo", "-n", "500",
	    "read4k");
	yardstick_stop(&y);
	yardstick_start(c, &y, "echo", ARGS("error"));
	COMPLAINS(c, y.address, "Tgetattr: Input/output error", "--echo", "-n",
	    "500", "getattr");
	yardstick_stop(&y);
}

/* A server that keeps nothing, and is not excused. */
static void
what_was_not_kept_is_an_error(void **state)
{
	struct client *c = *state;
	struct yardstick y;

	yardstick_start(c, &y, "echo", ARGS(NULL));
	COMPLAINS(c, y.address, "Twrite: it is not in the file", "-n", "100",
	    "-s", "256K", "write4k");
	COMPLAINS(
	    c, y.address, "Tgetattr: a wrong size", "-n", "100", "getattr");
	COMPLAINS(c, y.address, "Treaddir: entries are missing", "-n", "10",
	    "readdir1k");
	yardstick_stop(&y);
}

static double
messages_of(struct client *c, const char *seed)
{
	struct figures f;

	BENCH(c, NULL, &f, 1, "-d", "@", "-n", "200", "-s", "256K", "--seed",
	    seed, "mix");
	return f.messages;
}

static void
what_is_random_is_the_same_for_the_same_seed(void **state)
{
	struct client *c = *state;
	double one = messages_of(c, "1");

	assert_true(messages_of(c, "1") == one);
	assert_true(messages_of(c, "2") != one);
}

static void
an_interrupted_run_tidies_up(void **state)
{
	struct client *c = *state;
	struct wire_patience patience = wire_patience();
	struct etfs_child child;
	struct etfs_said said;
	bool runs = false;
	char line[256];

	etfs_start(c, &(struct etfs_how){ 0 },
	    (const char *const[]){
		"bench", "-d", "@", "-t", "100000", "-s", "64K", "stat", NULL },
	    &child);
	while (!runs) {
		wire_wait(&patience, "the file is not there");
		etfs_run(c, &(struct etfs_how){ 0 },
		    (const char *const[]){ "find", "@", "-name", "file", NULL },
		    &said);
		runs = said.out[0] != '\0';
		etfs_free(&said);
	}
	kill(child.pid, SIGINT);
	while (read(child.out, line, sizeof(line)) > 0)
		;
	assert_int_equal(etfs_ends(&child), 0);
	prints(c, "", "ls", "@");
}

/* Through a relay, and one message at a time: contents are what they were. */
static void
a_long_line_changes_nothing(void **state)
{
	static const char *const modes[] = { NULL, "one" };
	struct client *c = *state;
	struct etfs_how how = { 0 };
	struct yardstick y;
	uint8_t data[200000], got[200000];
	size_t i;

	client_pattern(data, sizeof(data), 0);
	for (i = 0; i < WIRE_COUNT(modes); i++) {
		yardstick_start(
		    c, &y, "relay", ARGS(c->srv->addr[0], "1", modes[i]));
		client_put(c->fs, "f", "");
		how = (struct etfs_how){ .address = y.address,
			.in = (const char *)data,
			.inlen = sizeof(data) };
		prints_how(c, &how, "", "write", "@/f");
		gives(sizeof(got),
		    etfsc_read_path(c->fs, "f", got, sizeof(got), 0));
		assert_memory_equal(got, data, sizeof(data));
		how.in = NULL;
		prints_how(c, &how, "f\n", "ls", "@");
		prints_how(c, &how, "", "rm", "@/f");
		yardstick_stop(&y);
	}
}

static void
workloads_are_listed(void **state)
{
	struct client *c = *state;

	prints(c,
	    "getattr      attributes of a file that has a fid\n"
	    "walk1        walk one name, clunk\n"
	    "walk8        walk eight names, clunk\n"
	    "stat         walk, getattr, clunk\n"
	    "open         walk, open, clunk\n"
	    "create       create a file, write 1 KiB, clunk, unlink\n"
	    "read4k       read 4 KiB, anywhere in the file\n"
	    "write4k      write 4 KiB, anywhere in the file\n"
	    "readseq      read as much as a message takes, in order\n"
	    "writeseq     write as much as a message takes, in order\n"
	    "readdir1k    list a directory of 1,000 files\n"
	    "readdir100k  list a directory of 100,000 files\n"
	    "mix          60% stat, 25% read4k, 10% write4k, 5% create\n"
	    "fairness     getattr, alone and beside a client with 1,024 large "
	    "reads\n"
	    "connect      connect, version, attach, close\n"
	    "idle         connections that do nothing, and what they take\n",
	    "bench", "--list");
}

static void
what_makes_no_sense_is_refused(void **state)
{
	struct client *c = *state;
	struct etfs_how nobody = { .address = "unix:/nonexistent" };
	struct etfs_said said;

	misused(c, "etfs: bench: an operand is missing\n", "bench");
	misused(c, "etfs: bench: no such workload: what\n", "bench", "what");
	misused(c, "etfs: bench: -q: not from 1 to 60000: 0\n", "bench", "-q",
	    "0", "stat");
	misused(c, "etfs: bench: no number of seconds: x\n", "bench", "-t", "x",
	    "stat");
	misused(c, "etfs: bench: no such process: 2147483647\n", "bench", "-p",
	    "2147483647", "stat");
	misused(c, "etfs: bench: more processes than connections\n", "bench",
	    "-j", "2", "stat");
	refuses(c, "etfs: bench: stat: /none: No such file or directory\n",
	    "bench", "-d", "/none", "stat");
	refuses(c, "etfs: bench: stat: /none: No such file or directory\n",
	    "bench", "-c", "2", "-j", "2", "-d", "/none", "stat");
	refuses(c, "etfs: bench: fairness: it is for a single process\n",
	    "bench", "-c", "2", "-j", "2", "fairness");
	etfs_run(
	    c, &nobody, (const char *const[]){ "bench", "stat", NULL }, &said);
	assert_int_equal(said.status, 1);
	assert_non_null(strstr(said.err, "/nonexistent"));
	etfs_free(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(every_workload_has_all_its_replies),
		client_test(processes_share_connections_and_operations),
		client_test(a_light_client_is_measured_beside_a_greedy_one),
		client_test(connections_do_nothing),
		client_test(memory_is_told_of_a_server_that_is_known),
		client_test(what_is_random_is_the_same_for_the_same_seed),
		client_test(an_interrupted_run_tidies_up),
	};
	const struct CMUnitTest once[] = {
		client_test(a_large_directory_is_listed_whole),
		client_test(its_own_servers_answer_it),
		client_test(wrong_replies_are_errors),
		client_test(what_was_not_kept_is_an_error),
		client_test(a_long_line_changes_nothing),
		client_test(workloads_are_listed),
		client_test(what_makes_no_sense_is_refused),
	};
	int failed;

	failed = client_main("bench", CLIENT_SHARED, tests, WIRE_COUNT(tests));
	return client_main("bench, once", CLIENT_ONCE, once, WIRE_COUNT(once)) +
	    failed;
}
