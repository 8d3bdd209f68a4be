/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_config_options.c -- the command line's options: what each sets, and what
 * holds without it; who may claim which identity; and help.
 */

#include "cmdline.h"
#include "options.h"
#include "parse.h"

static void
an_empty_command_line_has_defaults(void **state)
{
	struct config cfg;

	(void)state;
	parse("", &cfg);
	assert_int_equal(cfg.naddresses, 0);
	assert_int_equal(cfg.nshares, 0);
	assert_int_equal(cfg.loops, 1);
	assert_int_equal(cfg.workers, 32);
	assert_int_equal(cfg.limits.msize, 1 << 20);
	assert_int_equal(cfg.limits.connections, 10000);
	assert_int_equal(cfg.limits.fids, 1 << 20);
	assert_int_equal(cfg.limits.requests, 1024);
	assert_int_equal(cfg.limits.queued, 4 << 20);
	assert_int_equal(cfg.limits.xattr_bytes, 4 << 20);
	assert_int_equal(cfg.limits.locks, 65536);
	assert_true(cfg.mem_bytes > 0);
	assert_true(cfg.mem_nodes > 0);
	assert_int_equal(cfg.identity.squash_uid, 65534);
	assert_int_equal(cfg.identity.squash_gid, 65534);
	assert_int_equal(cfg.log_level, LOG_INFO);
	assert_int_equal(cfg.spin, 100);
	assert_int_equal(cfg.parts, 3);
	assert_false(cfg.readonly || cfg.trace || cfg.careful || cfg.help ||
	    cfg.version);
	config_fini(&cfg);
}

/* Options of which the last one counts, and where they go. */
static void
numbers_go_where_they_belong(void **state)
{
	struct config cfg;

	(void)state;
	parse(
	    "--loops 2 --workers 3 --msize 4096 --max-connections 5 "
	    "--max-fids 6 --max-requests 7 --max-queued 8K --max-xattr 9 "
	    "--max-locks 10 --max-open 14 --sendfile 13 --mem-bytes 11M --mem-nodes 0 --loops 12",
	    &cfg);
	assert_int_equal(cfg.loops, 12);
	assert_int_equal(cfg.workers, 3);
	assert_int_equal(cfg.limits.msize, 4096);
	assert_int_equal(cfg.limits.connections, 5);
	assert_int_equal(cfg.limits.fids, 6);
	assert_int_equal(cfg.limits.requests, 7);
	assert_int_equal(cfg.limits.queued, 8192);
	assert_int_equal(cfg.limits.xattr_bytes, 9);
	assert_int_equal(cfg.limits.locks, 10);
	assert_int_equal(cfg.limits.opens, 14);
	assert_int_equal(cfg.limits.sendfile, 13);
	assert_int_equal(cfg.mem_bytes, 11 << 20);
	assert_int_equal(cfg.mem_nodes, 0);
	config_fini(&cfg);
}

static void
flags_are_set(void **state)
{
	struct config cfg;

	(void)state;
	parse("--spin 0 --parts 1", &cfg);
	assert_int_equal(cfg.spin, 0);
	assert_int_equal(cfg.parts, 1);
	config_fini(&cfg);
	parse("-r --trace --careful --log-level error", &cfg);
	assert_true(cfg.readonly && cfg.trace && cfg.careful);
	assert_int_equal(cfg.log_level, LOG_ERROR);
	config_fini(&cfg);
	parse("--read-only --log-level warn", &cfg);
	assert_true(cfg.readonly);
	assert_int_equal(cfg.log_level, LOG_WARN);
	config_fini(&cfg);
	parse("--log-level debug --trace", &cfg);
	assert_int_equal(cfg.log_level, LOG_DEBUG);
	config_fini(&cfg);
	parse("-h", &cfg);
	assert_true(cfg.help);
	config_fini(&cfg);
	parse("-V", &cfg);
	assert_true(cfg.version);
	config_fini(&cfg);
}

static void
unusable_options_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "-x", "unknown option -x" },
		{ "-rx", "unknown option -x" },
		{ "--bogus", "unknown option --bogus" },
		{ "--bogus=1", "unknown option --bogus=1" },
		{ "--max 1", "unknown option --max" },
		{ "--bad\nline", "unknown option --bad?line" },
		{ "-l", "--listen needs ADDR" },
		{ "--msize", "--msize needs BYTES" },
		{ "--help=yes", "--help takes no argument" },
		{ "--log-level loud", "it has to be error, warn, info" },
	};

	(void)state;
	REFUSED(lines);
}

static void
unusable_numbers_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "--loops 0", "it has to be from 1 to 256" },
		{ "--parts 65", "it has to be from 1 to 64" },
		{ "--spin 1000001", "it has to be from 0 to 1000000" },
		{ "--loops 257", "it has to be from 1 to 256" },
		{ "--workers 1025", "it has to be from 1 to 1024" },
		{ "--workers -1", "not a number" },
		{ "--msize 4095", "it has to be from 4096 to" },
		{ "--msize 65M", "it has to be from 4096 to" },
		{ "--msize 1m", "not a number" },
		{ "--msize 1KB", "not a number" },
		{ "--msize K", "not a number" },
		{ "--msize %", "not a number" },
		{ "--msize 0x2000", "not a number" },
		{ "--msize _8192", "not a number" },
		{ "--msize +8192", "not a number" },
		{ "--msize 8192.5", "not a number" },
		{ "--max-connections 0", "it has to be from 1" },
		{ "--max-fids 4294967296", "it has to be from 1" },
		{ "--max-requests 65536", "it has to be from 1 to 65535" },
		{ "--max-queued 4095", "it has to be from 4096" },
		{ "--max-xattr 0", "it has to be from 1" },
		{ "--max-locks 0", "it has to be from 1" },
		{ "--max-open 0", "it has to be from 1" },
		{ "--max-locks 18446744073709551615", "it has to be from 1" },
		{ "--mem-bytes 18446744073709551616", "it has to be from 0" },
		{ "--mem-bytes 16777216T", "it has to be from 0" },
		{ "--mem-nodes " LONG120, "it has to be from 0" },
	};

	(void)state;
	REFUSED(lines);
}

static void
numbers_do_not_wrap(void **state)
{
	uint64_t n = 7;

	(void)state;
	assert_int_equal(parse_size("16777215T", 0, UINT64_MAX, &n), 0);
	assert_true(n == UINT64_C(16777215) << 40);
	n = 7;
	assert_int_equal(parse_size("16777216T", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(
	    parse_number("18446744073709551616", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(
	    parse_number("99999999999999999999", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(
	    parse_octal("2000000000000000000000", 0, UINT64_MAX, &n), -ERANGE);
	assert_int_equal(parse_number("4", 5, 6, &n), -ERANGE);
	assert_int_equal(parse_number("7", 5, 6, &n), -ERANGE);
	assert_int_equal(parse_number("5K", 0, UINT64_MAX, &n), -EINVAL);
	assert_int_equal(n, 7);
	assert_int_equal(
	    parse_number("18446744073709551615", 0, UINT64_MAX, &n), 0);
	assert_true(n == UINT64_MAX);
}

static void
identities_are_read(void **state)
{
	struct config cfg;

	(void)state;
	parse("--identity self", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_SELF);
	config_fini(&cfg);
	parse("--identity squash:1000:100", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_SQUASH);
	assert_int_equal(cfg.identity.squash_uid, 1000);
	assert_int_equal(cfg.identity.squash_gid, 100);
	config_fini(&cfg);
	parse("--identity squash", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_SQUASH);
	assert_int_equal(cfg.identity.squash_uid, 65534);
	config_fini(&cfg);
	parse("--identity client:99:98", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_CLIENT);
	assert_int_equal(cfg.identity.squash_uid, 99);
	assert_int_equal(cfg.identity.squash_gid, 98);
	config_fini(&cfg);
}

static void
unusable_identities_are_refused(void **state)
{
	static const char *const lines[][2] = {
		{ "--identity %", "it has to be client, self or" },
		{ "--identity root", "it has to be client, self or" },
		{ "--identity self:1:1", "it has to be client, self or" },
		{ "--identity squash:", "UID and GID are two numbers" },
		{ "--identity squash:1", "UID and GID are two numbers" },
		{ "--identity squash:1:", "UID and GID are two numbers" },
		{ "--identity squash:1:2:3", "UID and GID are two numbers" },
		{ "--identity squash:a:1", "UID and GID are two numbers" },
		{ "--identity squash:4294967295:1",
		    "UID and GID are two numbers" },
		{ "--identity squash:1:4294967295",
		    "UID and GID are two numbers" },
	};

	(void)state;
	REFUSED(lines);
}

static void
identity_depends_on_who_starts_the_server(void **state)
{
	struct config cfg;
	struct failure f;

	(void)state;
	parse("", &cfg);
	assert_int_equal(cfg.identity.mode, IDENTITY_CLIENT);
	config_fini(&cfg);
	assert_int_equal(parse_as(false, "", &cfg, &f), 0);
	assert_int_equal(cfg.identity.mode, IDENTITY_SELF);
	config_fini(&cfg);
	assert_int_equal(parse_as(false, "--identity self", &cfg, &f), 0);
	config_fini(&cfg);
	check_refusal(
	    false, "--identity client x", "only root can act as others");
	check_refusal(
	    false, "--identity squash:1:1 x", "only root can act as others");
}

/* In memory, and where owners are kept beside files, nobody has to be root. */
static void
claims_need_no_root_where_the_host_does_not_hear_of_them(void **state)
{
	static const char *const good[] = {
		"-e /m=x,identity=mapped",
		"--identity client",
		"--identity squash:1:1",
		"--identity client -e /m=x,identity=mapped",
		"--identity squash:0:0 -e /m=x,identity=mapped",
		"--identity client -e /m=x,identity=self",
	};
	static const char *const bad[] = {
		"--identity client -e /m=x,identity=mapped -e /o=y",
		"--identity client -e /m=x,identity=client",
	};
	struct config cfg;
	struct failure f;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		assert_int_equal(parse_as(false, good[i], &cfg, &f), 0);
		config_fini(&cfg);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		check_refusal(false, bad[i], "only root can act as others");
}

/* A command line that asks for help gets it, whatever else is in it. */
static void
help_needs_no_sense(void **state)
{
	struct config cfg;
	struct failure f;

	(void)state;
	assert_int_equal(parse_as(false, "--identity client -h", &cfg, &f), 0);
	assert_true(cfg.help);
	config_fini(&cfg);
}

static void
help_names_every_option(void **state)
{
	static const char *const names[] = { "-l, --listen", "-e, --export",
		"--careful", "--spin", "--parts", "-r, --read-only",
		"--identity", "--loops", "--workers", "--msize",
		"--max-connections", "--max-fids", "--max-open",
		"--max-requests", "--max-queued", "--max-xattr", "--max-locks",
		"--mem-bytes", "--mem-nodes", "--sendfile", "--log-level",
		"--trace", "-h, --help", "-V, --version" };
	char *text = NULL, *line, *save;
	size_t size, i;
	FILE *to = open_memstream(&text, &size);

	(void)state;
	assert_non_null(to);
	options_help(to);
	fclose(to);
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		assert_non_null(strstr(text, names[i]));
	for (line = strtok_r(text, "\n", &save); line != NULL;
	     line = strtok_r(NULL, "\n", &save))
		assert_true(strlen(line) <= 80);
	free(text);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_empty_command_line_has_defaults),
		cmocka_unit_test(numbers_go_where_they_belong),
		cmocka_unit_test(flags_are_set),
		cmocka_unit_test(unusable_options_are_refused),
		cmocka_unit_test(unusable_numbers_are_refused),
		cmocka_unit_test(numbers_do_not_wrap),
		cmocka_unit_test(identities_are_read),
		cmocka_unit_test(unusable_identities_are_refused),
		cmocka_unit_test(identity_depends_on_who_starts_the_server),
		cmocka_unit_test(
		    claims_need_no_root_where_the_host_does_not_hear_of_them),
		cmocka_unit_test(help_needs_no_sense),
		cmocka_unit_test(help_names_every_option),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
