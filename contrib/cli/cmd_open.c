/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_open.c -- open: another connection for etfs shell, or the same again.
 */

#include <getopt.h>

#include "shell.h"

int
shell_connected(struct cli *c)
{
	if (c->fs != NULL && !c->lost) {
		etfsc_run(c->fs, 0); /* it may have gone meanwhile */
		if (etfsc_reason(c->fs) == NULL)
			return 0;
		return cli_error(c, NULL, -ENOTCONN);
	}
	return cli_fail(c, "not connected; see open");
}

/*
 * An interrupt from the terminal goes to the command of exec:, too, and would
 * end the connection with what runs on it.
 */
static char *
deaf(const struct shell *sh, const char *address)
{
	char *out;

	if (!sh->asks || strncmp(address, "exec:", 5) != 0 ||
	    strncmp(address, "exec:trap ", 10) == 0)
		return strdup(address);
	return asprintf(&out, "exec:trap '' INT; %s", address + 5) < 0 ? NULL
								       : out;
}

/* What has been passed down can be used but once. */
static bool
can_be_opened(const struct cli *c, const char *address)
{
	return strncmp(address, "fd:", 3) != 0 ||
	    (c->fs == NULL && c->shell->address == NULL);
}

/* Where one was, if it is the same server. */
static void
go_back(struct cli *c, const char *dir)
{
	int rc = etfsc_chdir(c->fs, dir);

	if (rc != 0)
		cli_error(c, dir, rc);
}

/* address is ours, and becomes the shell's; NULL: no memory. */
static int
connect_again(struct cli *c, char *address, const char *dir)
{
	const char *old = c->address;
	struct etfsc *before = c->fs;
	bool lost = c->lost;
	int status;

	c->address = address;
	status = address != NULL ? cli_connect(c) : cli_error(c, NULL, -ENOMEM);
	if (status != 0) {
		c->address = old;
		c->lost = lost;
		free(address);
		return status;
	}
	free(c->shell->address);
	c->shell->address = address;
	etfsc_release(before);
	if (dir != NULL)
		go_back(c, dir);
	return 0;
}

int
shell_open(struct cli *c, const char *address)
{
	char *dir = NULL;
	int status;

	if (address == NULL) {
		if ((address = c->address) == NULL)
			return cli_usage(c, "no server: which one?");
		dir = c->fs != NULL ? cli_here(c) : NULL;
	}
	if (!can_be_opened(c, address)) {
		free(dir);
		return cli_fail(c, "%s: cannot be opened here", address);
	}
	c->status = 0;
	status = connect_again(c, deaf(c->shell, address), dir);
	free(dir);
	return status;
}

static int
run(struct cli *c, int argc, char **argv)
{
	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 1))
		return c->status;
	shell_open(c, argv[optind]);
	return c->status;
}

const struct cli_command cmd_open = {
	.name = "open",
	.operands = "[ADDR]",
	.help = "connect to another server, or to the same again",
	.flags = CLI_ALONE | CLI_SHELL,
	.run = run,
};
