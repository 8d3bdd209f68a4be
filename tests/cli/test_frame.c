/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_frame.c -- what all commands have in common: options, help, errors.
 */

#include "etfs.h"

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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(what_is_wrong_is_said_in_one_line),
		client_test(a_wrong_use_exits_with_2),
		client_test(every_command_has_help),
		client_test(a_server_that_is_not_there_is_told),
		client_test(the_address_is_an_option_or_a_variable),
	};

	return client_main("frame", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
