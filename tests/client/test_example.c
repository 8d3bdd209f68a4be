/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_example.c -- the program that README.md shows does what it says there.
 * It is $EXAMPLE, or build/example.
 */

#include <sys/wait.h>

#include "client.h"

/* What it says, to be freed, and its exit status. */
static char *
run(struct client *c, const char *addr, const char *path, int *status)
{
	const char *program = getenv("EXAMPLE");
	char command[1024], *out = temp_path(c->tmp, "said"), *said;

	snprintf(command, sizeof(command), "%s '%s' '%s' >%s 2>&1",
	    program != NULL ? program : "build/example", addr, path, out);
	*status = WEXITSTATUS(system(command));
	said = temp_read(out, NULL);
	free(out);
	return said;
}

static void
it_lists_a_directory(void **state)
{
	struct client *c = *state;
	int status;
	char *said;

	client_put(c->fs, "file", "12345");
	ok(etfsc_symlink(c->fs, "file", "link"));
	said = run(c, c->srv->addr[0], c->home, &status);
	assert_int_equal(status, 0);
	assert_non_null(strstr(said, "100666          5 file\n"));
	assert_non_null(strstr(said, "120777          4 link\n"));
	assert_non_null(strstr(said, " ..\n"));
	free(said);
}

static void
it_says_what_is_wrong(void **state)
{
	struct client *c = *state;
	int status;
	char *said;

	said = run(c, c->srv->addr[0], "/no", &status);
	assert_int_equal(status, 1);
	assert_string_equal(said, "/no: No such file or directory\n");
	free(said);
	said = run(c, "unix:/no/such", "/", &status);
	assert_int_equal(status, 1);
	assert_string_equal(
	    said, "connect: unix:/no/such: No such file or directory\n");
	free(said);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(it_lists_a_directory),
		client_test(it_says_what_is_wrong),
	};

	return client_main("example", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
