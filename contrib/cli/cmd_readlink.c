/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_readlink.c -- readlink: where symbolic links lead.
 */

#include <getopt.h>

#include "cli.h"

static int
run(struct cli *c, int argc, char **argv)
{
	char target[65536];
	ssize_t len;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 1, argc))
		return c->status;
	for (; optind < argc; optind++) {
		len = etfsc_readlink(
		    c->fs, argv[optind], target, sizeof(target) - 1);
		if (len < 0) {
			cli_error(c, argv[optind], (int)len);
			continue;
		}
		target[len] = '\0';
		cli_text(stdout, target);
		putchar('\n');
	}
	return c->status;
}

const struct cli_command cmd_readlink = {
	.name = "readlink",
	.operands = "LINK ...",
	.help = "print where symbolic links lead",
	.run = run,
};
