/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_exit.c -- exit and quit: the end of etfs shell.
 */

#include <getopt.h>

#include "shell.h"

static int
run(struct cli *c, int argc, char **argv)
{
	uint64_t status = (uint64_t)c->shell->status;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 1))
		return c->status;
	if (optind < argc && !cli_number(argv[optind], 255, &status))
		return cli_usage(c, "no exit status: %s", argv[optind]);
	c->shell->done = true;
	return (int)status;
}

const struct cli_command cmd_exit = {
	.name = "exit",
	.operands = "[STATUS]",
	.help = "end the shell",
	.flags = CLI_ALONE | CLI_SHELL,
	.run = run,
};

const struct cli_command cmd_quit = {
	.name = "quit",
	.operands = "[STATUS]",
	.help = "end the shell",
	.flags = CLI_ALONE | CLI_SHELL,
	.run = run,
};
