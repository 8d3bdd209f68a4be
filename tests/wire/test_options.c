/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_options.c -- what the command line is told, and what it tells.
 */

#include "wire.h"

static void
an_unusable_command_line_is_one_line_and_status_2(void **state)
{
	static const char *const lines[][4] = {
		{ "-l" },
		{ "-l", "" },
		{ "-l", "tcp" },
		{ "-l", "tcp:127.0.0.1" },
		{ "-l", "tcp:127.0.0.1:" },
		{ "-l", "tcp:127.0.0.1:99999" },
		{ "-l", "tcp:127.0.0.1:-1" },
		{ "-l", "tcp:127.0.0.1:http2" },
		{ "-l", "tcp:[::1:0" },
		{ "-l", "tcp:127.0.0.1:0,trust=maybe" },
		{ "-l", "tcp:127.0.0.1:0,bogus" },
		{ "-l", "tcp:127.0.0.1:0,mode=0666" },
		{ "-l", "unix:" },
		{ "-l", "unix:/tmp/x,mode=abc" },
		{ "-l", "unix:/tmp/x,mode=99999" },
		{ "-l",
		    "unix:/aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa"
		    "aaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaaa" },
		{ "-l", "vsock:1" },
		{ "-l", "vsock:x:1" },
		{ "-l", "vsock:any:99999999999" },
		{ "-l", "fd:" },
		{ "-l", "fd:abc" },
		{ "-l", "fd:-1" },
		{ "-l", "stdio:1" },
		{ "-l", "pigeon:home" },
		{ "--loops", "0" },
		{ "--loops", "x" },
		{ "--msize", "100" },
		{ "--msize", "0x" },
		{ "--msize", "999999999999999999999" },
		{ "--max-fids", "-1" },
		{ "--max-connections", "0" },
		{ "--max-requests", "many" },
		{ "--mem-bytes", "1Z" },
		{ "--identity", "somebody" },
		{ "--identity", "squash:1" },
		{ "--identity", "squash:x:y" },
		{ "--log-level", "loud" },
		{ "-e" },
		{ "-e", "nothing" },
		{ "-e", "/key" },
		{ "-e", "key=/tmp" },
		{ "-e", "/key=/tmp,bogus" },
		{ "--bogus" },
		{ "-~" },
		{ "/tmp", "/tmp" },
	};
	char *said;
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < WIRE_COUNT(lines); i++) {
		status = server_run(lines[i], &said);
		if (status != 2 || !server_one_line(said))
			t9_fail("%s %s: status %d, and:\n%s", lines[i][0],
			    lines[i][1] != NULL ? lines[i][1] : "", status,
			    said);
		free(said);
	}
}

/* The line is right, but the host does not play along. */
static void
a_server_that_cannot_start_says_why(void **state)
{
	static const char *const lines[][3] = {
		{ "-l", "unix:/no/such/directory/socket" },
		{ "-l", "unix:/etc/passwd" },
		{ "-l", "tcp:192.0.2.1:0" },
		{ "-l", "vsock:4242:1" },
		{ "-l", "fd:99" },
		{ "-l", "fd:0" }, /* /dev/null */
		{ "/no/such/directory" },
		{ "/etc/passwd" },
		{ "-e", "/key=/no/such/directory" },
	};
	char *said;
	size_t i;
	int status;

	(void)state;
	for (i = 0; i < WIRE_COUNT(lines); i++) {
		status = server_run(lines[i], &said);
		if ((status != 1 && status != 2) || !server_one_line(said))
			t9_fail("%s %s: status %d, and:\n%s", lines[i][0],
			    lines[i][1] != NULL ? lines[i][1] : "", status,
			    said);
		free(said);
	}
	assert_int_equal(access("/etc/passwd", F_OK), 0);
}

static void
help_and_version_are_told(void **state)
{
	static const char *const words[] = { "--listen", "--loops", "--msize",
		"--max-connections", "--max-fids", "--max-open",
		"--max-requests", "--max-queued", "--careful", "--spin",
		"--parts", "--keep", "--sendfile", "--max-locks", "--mem-bytes",
		"--mem-nodes", "--read-only", "--identity", "--log-level",
		"--trace", "--help", "--version", "-l", "-e",
		"tcp:", "unix:", "vsock:", "fd:", "stdio" };
	char *said;
	size_t i;

	(void)state;
	assert_int_equal(
	    server_run((const char *[]){ "--help", NULL }, &said), 0);
	for (i = 0; i < WIRE_COUNT(words); i++)
		if (strstr(said, words[i]) == NULL)
			t9_fail("%s is not helped with", words[i]);
	free(said);
	assert_int_equal(
	    server_run((const char *[]){ "--version", NULL }, &said), 0);
	assert_true(server_one_line(said));
	assert_int_equal(strncmp(said, "etfsd ", 6), 0);
	free(said);
}

static void
the_start_tells_what_is_served(void **state)
{
	struct wire *w = *state;
	struct server *s =
	    WIRE_SERVER(w, "-e", "/some/key=/tmp", "-e", "/usr=/usr,ro");
	char *said = server_said(s);

	assert_non_null(strstr(said, "/some/key"));
	assert_non_null(strstr(said, "/tmp"));
	assert_non_null(strstr(said, "/usr"));
	assert_non_null(strstr(said, "version=9p2000.L"));
	free(said);
	server_stop(s);
}

/* What is not as the first line says, or as one would expect. */
static void
the_start_tells_what_is_special_about_an_export(void **state)
{
	static const char *const params[][2] = {
		{ "/k=/var/tmp,identity=self",
		    "/k is /var/tmp, as the server's own" },
		{ "/k=/var/tmp,identity=client",
		    "/k is /var/tmp, as the clients'" },
		{ "/k=/var/tmp,identity=squash:1:2",
		    "/k is /var/tmp, as user 1 in group 2\n" },
		{ "/k=/var/tmp,identity=mapped",
		    "/k is /var/tmp, with owners in" },
		{ "/k=/var/tmp,fsync=off", "/k is /var/tmp, never synced\n" },
		{ "/k=/var/tmp,xdev=off",
		    "/k is /var/tmp, without what is mounted" },
		{ "/k=/var/tmp,ro", "/k is /var/tmp, read-only\n" },
		{ "/k=/var/tmp", "/k is /var/tmp\n" },
	};
	struct wire *w = *state;
	struct server *s;
	char *said;
	size_t i;

	for (i = 0; i < WIRE_COUNT(params); i++) {
		s = WIRE_SERVER(w, "-e", params[i][0]);
		said = server_said(s);
		if (strstr(said, params[i][1]) == NULL)
			t9_fail("not '%s' but:\n%s", params[i][1], said);
		free(said);
		server_stop(s);
	}
}

static void
the_start_tells_how_much_fits_in_memory(void **state)
{
	static const char *const sizes[][2] = { { "1000", "up to 1000 bytes" },
		{ "1023K", "up to 1023 KiB" }, { "1500M", "up to 1.46 GiB" },
		{ "2000T", "up to 2000 TiB" } };
	struct wire *w = *state;
	struct server *s;
	char *said;
	size_t i;

	for (i = 0; i < WIRE_COUNT(sizes); i++) {
		s = WIRE_SERVER(w, "--mem-bytes", sizes[i][0]);
		said = server_said(s);
		if (strstr(said, sizes[i][1]) == NULL)
			t9_fail("not '%s' but:\n%s", sizes[i][1], said);
		free(said);
		server_stop(s);
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(an_unusable_command_line_is_one_line_and_status_2),
		wire_test(a_server_that_cannot_start_says_why),
		wire_test(help_and_version_are_told),
		wire_test(the_start_tells_what_is_served),
		wire_test(the_start_tells_what_is_special_about_an_export),
		wire_test(the_start_tells_how_much_fits_in_memory),
	};

	return wire_main("options", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
