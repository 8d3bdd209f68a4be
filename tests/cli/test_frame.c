/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_frame.c -- what all commands have in common: options, help, errors.
 */

#include <fcntl.h>

#include "etfs.h"
#include "fake.h"

#define ADDRESS(a)                                                             \
	&(struct etfs_how)                                                     \
	{                                                                      \
		.address = a                                                   \
	}

static void
what_is_wrong_is_said_in_one_line(void **state)
{
	struct client *c = *state;

	refuses(
	    c, "etfs: cat: @/no: No such file or directory\n", "cat", "@/no");
	refuses(c, "etfs: cat: @: Is a directory\n", "cat", "@");
}

static void
a_wrong_use_exits_with_2(void **state)
{
	struct client *c = *state;

	misused(c, "etfs: no command; see etfs help\n", "-t", "1");
	misused(c, "etfs: no such command: nonsense\n", "nonsense");
	misused(c, "etfs: -x: no such option\n", "-x");
	misused(c, "etfs: -a: an argument is missing\n", "-a");
	misused(c, "etfs: no number of seconds: 1s\n", "-t", "1s", "cat");
	misused(c, "etfs: no number of bytes: x\n", "-m", "x", "cat");
	misused(c, "etfs: cat: an operand is missing\n", "cat");
	misused(c, "etfs: cat: --no: no such option\n", "cat", "--no");
	misused(c, "etfs: help: too many operands\n", "help", "a", "b");
}

static void
every_command_has_help(void **state)
{
	struct client *c = *state;
	struct etfs_said all, one, same;
	char *line, *rest, name[32];

	etfs_run(c, ADDRESS(""), (const char *const[]){ "help", NULL }, &all);
	assert_int_equal(all.status, 0);
	for (line = strtok_r(all.out, "\n", &rest); line != NULL;
	     line = strtok_r(NULL, "\n", &rest)) {
		assert_int_equal(sscanf(line, "%31s", name), 1);
		etfs_run(c, ADDRESS(""),
		    (const char *const[]){ "help", name, NULL }, &one);
		etfs_run(c, ADDRESS(""),
		    (const char *const[]){ name, "--help", NULL }, &same);
		assert_int_equal(one.status, 0);
		assert_int_equal(same.status, 0);
		assert_string_equal(one.out, same.out);
		assert_memory_equal(one.out, "usage: etfs ", 12);
		etfs_free(&one);
		etfs_free(&same);
	}
	etfs_free(&all);
}

static void
a_server_that_is_not_there_is_told(void **state)
{
	struct client *c = *state;
	const char *const args[] = { "cat", "/x", NULL };

	etfs_expect(c, ADDRESS(""), __FILE__, __LINE__, 2, "",
	    "etfs: cat: no server: use -a, or set ETFS_ADDR\n", args);
	etfs_expect(c, ADDRESS("unix:/no/such"), __FILE__, __LINE__, 1, "",
	    "etfs: cat: connect: unix:/no/such: No such file or directory\n",
	    args);
}

static void
the_address_is_an_option_or_a_variable(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "text\n");
	prints(c, "text\n", "cat", "@/f");
	prints_how(c, ADDRESS("unix:/no/such"), "text\n", "-a", c->srv->addr[0],
	    "cat", "@/f");
}

static void
a_tree_and_a_user_can_be_chosen(void **state)
{
	struct client *c = *state;
	struct etfsc_attr a;

	client_put(c->fs, "f", "text\n");
	prints(c, "f\n", "-n", c->home, "ls");
	ok(etfsc_chmod(c->fs, ".", 0777));
	prints(c, "", "-u", wire_root() ? "4321" : "0", "touch", "@/mine");
	ok(etfsc_stat(c->fs, "mine", &a));
	if (wire_root())
		assert_int_equal(a.uid, 4321);
}

/* It reads, and says nothing. */
static void
be_silent(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m))
		;
}

static void
a_server_that_is_silent_is_given_up(void **state)
{
	struct client *c = *state;
	struct fake *f = calloc(1, sizeof(*f));
	struct etfs_said said;
	int fd;

	f->serve = be_silent;
	fake_start(f);
	assert_int_equal(sscanf(f->addr, "fd:%d", &fd), 1);
	fcntl(fd, F_SETFD, 0);
	etfs_run(c, &(struct etfs_how){ .address = f->addr },
	    (const char *const[]){ "-t", "0.05", "ls", NULL }, &said);
	close(fd);
	fake_stop(f);
	assert_int_equal(said.status, 1);
	assert_memory_equal(said.err, "etfs: ls: version: ", 19);
	etfs_free(&said);
	free(f);
}

static void
what_cannot_be_printed_is_told(void **state)
{
	struct client *c = *state;
	int full = open("/dev/full", O_WRONLY | O_CLOEXEC);
	struct etfs_said said;

	client_put(c->fs, "f", "text\n");
	assert_true(full >= 0);
	etfs_run(c, &(struct etfs_how){ .out = full },
	    (const char *const[]){ "cat", "@/f", NULL }, &said);
	close(full);
	assert_int_equal(said.status, 1);
	assert_string_equal(
	    said.err, "etfs: standard output: No space left on device\n");
	etfs_free(&said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(what_is_wrong_is_said_in_one_line),
		client_test(a_wrong_use_exits_with_2),
		client_test(every_command_has_help),
		client_test(a_server_that_is_not_there_is_told),
		client_test(the_address_is_an_option_or_a_variable),
		client_test(a_tree_and_a_user_can_be_chosen),
		client_test(a_server_that_is_silent_is_given_up),
		client_test(what_cannot_be_printed_is_told),
	};

	return client_main("frame", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
