/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_help.c -- help: which commands there are, and what one of them does.
 */

#include <getopt.h>

#include "cli.h"

static int
run(struct cli *c, int argc, char **argv)
{
	const struct cli_command *const *all;
	const struct cli_command *cmd;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 1))
		return c->status;
	if (optind < argc) {
		if ((cmd = cli_find(argv[optind])) == NULL)
			return cli_usage(
			    c, "no such command: %s", argv[optind]);
		cli_print_help(cmd, stdout);
		return 0;
	}
	for (all = cli_commands; *all != NULL; all++)
		if (((*all)->flags & CLI_SHELL) == 0 || c->shell != NULL)
			printf("%-10s %s\n", (*all)->name, (*all)->help);
	return 0;
}

const struct cli_command cmd_help = {
	.name = "help",
	.operands = "[COMMAND]",
	.help = "tell what there is, or what COMMAND takes",
	.flags = CLI_ALONE,
	.run = run,
};
