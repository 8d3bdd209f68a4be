/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_diod_clients.c -- the clients of diod, another project's server, with
 * ours: what somebody else makes of the protocol.
 *
 * They ask whether to authenticate before they attach, they number fids and
 * tags their own way, and walk to ".." from a root.
 */

#include <sys/wait.h>

#include "client.h"

/*
 * Run a client against the shared server: its exit status, and in *said what it
 * said, to be freed.
 */
static int
run(struct client *c, const char *program, const char *args, char **said)
{
	const char *addr = c->srv->addr[0];
	char command[2048], *out = temp_path(c->tmp, "said");
	int status;

	addr +=
	    strcmp(c->transport, "tcp") == 0 ? strlen("tcp:") : strlen("unix:");
	snprintf(command, sizeof(command), "TZ=UTC %s -s %s %s >%s 2>&1",
	    program, addr, args, out);
	status = system(command);
	*said = temp_read(out, NULL);
	free(out);
	return WEXITSTATUS(status);
}

/* Of the test's directory, it has to say exactly that. */
static void
expect(int line, struct client *c, const char *program, const char *args,
    int status, const char *want)
{
	char all[1024], *said;
	int got;

	snprintf(all, sizeof(all), "-a %s %s", c->home, args);
	got = run(c, program, all, &said);
	if (got != status || strcmp(said, want) != 0)
		fail_msg("line %d: %s %s: exit status %d, and it says: %s",
		    line, program, args, got, said);
	free(said);
}
#define says(program, args, status, want)                                      \
	expect(__LINE__, *state, program, args, status, want)

static void
diodcat_shows_what_is_in_files(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdir(c->fs, "dir", 0755));
	client_put(c->fs, "a", "one\n");
	client_put(c->fs, "dir/b", "two\n");
	client_put(c->fs, "empty", "");
	says("diodcat", "a dir/b empty a", 0, "one\ntwo\none\n");
	says("diodcat", "-m 4096 dir/b", 0, "two\n");
}

/* More than a message of any size holds. */
static void
diodcat_shows_all_of_a_long_file(void **state)
{
	enum {
		LEN = 1300000
	};
	struct client *c = *state;
	char args[256], *said, *want = malloc(LEN + 1);
	struct etfsc_file *file;
	size_t i;

	for (i = 0; i < LEN; i++)
		want[i] = (char)('!' + (i / 7 + i) % 90);
	want[LEN] = '\0';
	ok(etfsc_create(c->fs, "long", 0644, &file));
	gives(LEN, etfsc_write(file, want, LEN, 0));
	ok(etfsc_close(file));
	for (i = 0; i < 2; i++) {
		snprintf(args, sizeof(args), "-m %d -a %s long",
		    i == 0 ? 4096 : 65536, c->home);
		assert_int_equal(run(c, "diodcat", args, &said), 0);
		assert_string_equal(said, want);
		free(said);
	}
	free(want);
}

static void
diodls_lists_every_name_once(void **state)
{
	enum {
		N = 700
	};
	struct client *c = *state;
	char args[256], name[32], *said, *line, *next;
	unsigned int seen[N] = { 0 }, i;

	for (i = 0; i < N; i++) {
		snprintf(name, sizeof(name), "file%u", i);
		client_put(c->fs, name, "");
	}
	snprintf(args, sizeof(args), "-m 4096 -a %s", c->home);
	assert_int_equal(run(c, "diodls", args, &said), 0);
	for (next = said; (line = strsep(&next, "\n")) != NULL;)
		if (sscanf(line, "file%u", &i) == 1 && i < N)
			seen[i]++;
	free(said);
	for (i = 0; i < N; i++)
		assert_int_equal(seen[i], 1);
}

static void
diodls_shows_attributes(void **state)
{
	const struct timespec times[2] = { { 0 }, { .tv_sec = 951782400 } };
	struct client *c = *state;
	char args[256], *said;

	client_put(c->fs, "file", "12345");
	ok(etfsc_chmod(c->fs, "file", 0640));
	ok(etfsc_utimes(c->fs, "file", times));
	ok(etfsc_mkdir(c->fs, "dir", 0700));
	snprintf(args, sizeof(args), "-l -a %s", c->home);
	assert_int_equal(run(c, "diodls", args, &said), 0);
	if (strstr(said, "-rw-r-----") == NULL ||
	    strstr(said, " 5 Feb 29 ") == NULL ||
	    strstr(said, " file\n") == NULL ||
	    strstr(said, "drwx------") == NULL || strstr(said, " .\n") == NULL)
		fail_msg("%s", said);
	free(said);
}

static void
what_is_refused_reaches_them(void **state)
{
	struct client *c = *state;
	char *said;

	ok(etfsc_mkdir(c->fs, "dir", 0700));
	says("diodcat", "no", 1,
	    "diodcat: open no: No such file or directory\n");
	assert_int_not_equal(run(c, "diodls", "-a /no/such", &said), 0);
	assert_non_null(strstr(said,
	    "error attaching to aname='/no/such': No such file or directory"));
	free(said);
}

/*
 * What diod shows in a tree "ctl" is here made of files; then its other
 * clients can be run.
 */
static void
make_ctl(struct client *c)
{
	ok(etfsc_mkdirs(c->fs, "/ctl", 0755));
	client_put(c->fs, "/ctl/zero", "");
	ok(etfsc_truncate(c->fs, "/ctl/zero", 1 << 20));
	client_put(c->fs, "/ctl/null", "");
	client_put(c->fs, "/ctl/date", "951782400.5 0.0\n");
}

static void
diodload_keeps_many_requests_going(void **state)
{
	static const char *const loads[] = { "-r 1 -n 8", "-g -r 1 -n 8" };
	struct client *c = *state;
	struct etfsc_attr attr;
	unsigned int ops;
	char *said;
	size_t i;

	make_ctl(c);
	for (i = 0; i < WIRE_COUNT(loads); i++) {
		assert_int_equal(run(c, "diodload", loads[i], &said), 0);
		if (sscanf(said, "diodload: %u ops/s", &ops) != 1 || ops == 0)
			fail_msg("%s", said);
		free(said);
	}
	ok(etfsc_stat(c->fs, "/ctl/null", &attr));
	assert_true(attr.size > 0);
}

static void
dioddate_shows_the_time(void **state)
{
	struct client *c = *state;
	char *said;

	make_ctl(c);
	assert_int_equal(run(c, "dioddate", "", &said), 0);
	assert_string_equal(said, "Tue Feb 29 00:00:00 2000\n");
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(diodcat_shows_what_is_in_files),
		client_test(diodcat_shows_all_of_a_long_file),
		client_test(diodls_lists_every_name_once),
		client_test(diodls_shows_attributes),
		client_test(what_is_refused_reaches_them),
		client_test(diodload_keeps_many_requests_going),
		client_test(dioddate_shows_the_time),
	};

	return client_main(
	    "diod's clients", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
