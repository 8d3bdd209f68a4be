/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_version.c -- version: what has been agreed with the server.
 */

#include <getopt.h>

#include "cli.h"
#include "json.h"

static const struct cli_option options[] = {
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

static int
run(struct cli *c, int argc, char **argv)
{
	struct json j = { .out = stdout };
	bool json = false;
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		json = true;
	}
	if (!cli_operands(c, argc - optind, 0, 0))
		return c->status;
	if (json) {
		json_open(&j, NULL, '{');
		json_text(&j, "version", "9P2000.L");
		json_number(&j, "msize", etfsc_msize(c->fs));
		json_number(&j, "iosize", etfsc_iosize(c->fs));
		json_close(&j, '}');
	} else {
		/* The library speaks no other. */
		printf("version 9P2000.L\nmsize   %u\niosize  %u\n",
		    etfsc_msize(c->fs), etfsc_iosize(c->fs));
	}
	return c->status;
}

const struct cli_command cmd_version = {
	.name = "version",
	.operands = "",
	.help = "print what has been agreed with the server",
	.options = options,
	.run = run,
};
