/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c -- etfs: look at and change a file system that is not mounted.
 *
 * What stands before the command: where the server is, and as whom to come.
 */

#include <getopt.h>
#include <limits.h>
#include <locale.h>
#include <unistd.h>

#include "cli.h"

static const struct cli_option options[] = {
	{ 'a', "address", "ADDR", "the server [$ETFS_ADDR]" },
	{ 'n', "aname", "NAME", "the tree to attach" },
	{ 'u', "user", "USER", "come as USER, a number or a name" },
	{ 'p', "privport", NULL, "by TCP, from a port below 1024: for root" },
	{ 'm', "msize", "BYTES", "the largest message [1M]" },
	{ 't', "timeout", "SECONDS", "give up what takes longer" },
	{ 'V', "version", NULL, "print the version of etfs" },
	{ 0, NULL, NULL, NULL },
};

/* What stands before the command, as if it was one. */
static const struct cli_command etfs = {
	.name = "",
	.operands = "COMMAND [ARGUMENT ...]",
	.help =
	    "use a 9P2000.L file system without mounting it; etfs help tells "
	    "the commands",
	.options = options,
	.flags = CLI_ORDERED,
};

static void
set_user(struct cli *c, const char *user)
{
	uint64_t uid;

	c->opt.set_uid = true;
	if (cli_number(user, ETFSC_NOID - 1, &uid)) {
		c->opt.uid = (uint32_t)uid;
		c->opt.uname = NULL;
	} else {
		c->opt.uid = ETFSC_NOID;
		c->opt.uname = user;
	}
}

static int
set_timeout(struct cli *c, const char *text)
{
	char *end;
	double seconds = strtod(text, &end);

	if (end == text || *end != '\0' || !(seconds >= 0.001) ||
	    seconds > INT_MAX / 1000)
		return cli_usage(c, "no number of seconds: %s", text);
	c->opt.timeout_ms = c->opt.connect_ms = (int)(seconds * 1000);
	return 0;
}

static int
set_msize(struct cli *c, const char *text)
{
	uint64_t n;

	if (!cli_number(text, UINT32_MAX, &n) || n == 0)
		return cli_usage(c, "no number of bytes: %s", text);
	c->opt.msize = (uint32_t)n;
	return 0;
}

static int
set(struct cli *c, int letter)
{
	switch (letter) {
	case 'a':
		c->address = optarg;
		return 0;
	case 'n':
		c->opt.aname = optarg;
		return 0;
	case 'u':
		set_user(c, optarg);
		return 0;
	case 'p':
		c->opt.privport = true;
		return 0;
	case 'm':
		return set_msize(c, optarg);
	default:
		return set_timeout(c, optarg);
	}
}

/* What was written to stdout must have gone somewhere. */
static int
finish(struct cli *c, int status)
{
	if ((fflush(stdout) != 0 || ferror(stdout)) && status == 0)
		status = cli_fail(c, "standard output: %s", strerror(errno));
	return status;
}

static int
run(struct cli *c, int argc, char **argv)
{
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		if (letter == 'V') {
			printf("etfs %s\n", ETFSD_VERSION);
			return 0;
		}
		if (set(c, letter) != 0)
			return c->status;
	}
	if (optind == argc)
		return cli_usage(c, "no command; see etfs help");
	return cli_run(c, argc - optind, argv + optind);
}

/*
 * What is opened later must not become standard input or output: what is said
 * would go to the server.  Reading or writing them fails as if they were closed.
 */
static void
fill_gaps(void)
{
	int fd = 0;

	while (fd >= 0 && fd <= STDERR_FILENO)
		fd = open("/", O_PATH | O_CLOEXEC);
	if (fd > STDERR_FILENO)
		close(fd);
}

int
main(int argc, char **argv)
{
	struct cli c = {
		.address = getenv("ETFS_ADDR"),
		.command = &etfs,
	};
	int status, rc;

	fill_gaps();
	setlocale(LC_TIME, "");
	status = run(&c, argc, argv);
	rc = etfsc_release(c.fs);
	if (rc != 0 && status == 0)
		status = cli_error(&c, NULL, rc);
	return finish(&c, status);
}
