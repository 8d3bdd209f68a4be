/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_chmod.c -- chmod: permissions.
 */

#include <getopt.h>

#include "cli.h"
#include "mode.h"

static void
change(struct cli *c, const char *text, const char *path)
{
	struct etfsc_attr attr;
	mode_t mode;
	int rc = etfsc_stat(c->fs, path, &attr);

	if (rc == 0) {
		mode_parse(text, attr.mode, mode_umask(), &mode);
		rc = etfsc_chmod(c->fs, path, mode);
	}
	if (rc != 0)
		cli_error(c, path, rc);
}

/* "-w" is a mode, and no option. */
static bool
is_mode(const char *text)
{
	mode_t mode;

	return text[0] == '-' && mode_parse(text, 0, 0, &mode);
}

static int
run(struct cli *c, int argc, char **argv)
{
	mode_t mode;
	int i = 1;

	if (argc < 2 || !is_mode(argv[1])) {
		if (cli_option(c, argc, argv) != -1)
			return c->status;
		i = optind;
	}
	if (!cli_operands(c, argc - i, 2, argc))
		return c->status;
	if (!mode_parse(argv[i], 0, 0, &mode))
		return cli_usage(c, "no mode: %s", argv[i]);
	for (optind = i + 1; optind < argc; optind++)
		change(c, argv[i], argv[optind]);
	return c->status;
}

const struct cli_command cmd_chmod = {
	.name = "chmod",
	.operands = "MODE FILE ...",
	.help = "change permissions, as 644 or u+x,go=r",
	.flags = CLI_ORDERED,
	.run = run,
};
