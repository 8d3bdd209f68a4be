/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_cd.c -- cd and pwd: the current directory on the server.
 */

#include <getopt.h>

#include "shell.h"

static void
print_here(struct cli *c)
{
	char *here = cli_here(c);

	if (here == NULL)
		cli_error(c, NULL, -ENOMEM);
	else
		cli_text(stdout, here);
	putchar('\n');
	free(here);
}

static void
go(struct cli *c, const char *path)
{
	struct shell *sh = c->shell;
	bool back = strcmp(path, "-") == 0 && sh->before != NULL;
	char *here = cli_here(c);
	int rc = here != NULL ? etfsc_chdir(c->fs, back ? sh->before : path)
			      : -ENOMEM;

	if (rc != 0) {
		cli_error(c, back ? sh->before : path, rc);
		free(here);
		return;
	}
	free(sh->before);
	sh->before = here;
	if (back)
		print_here(c);
}

static int
run_cd(struct cli *c, int argc, char **argv)
{
	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 1))
		return c->status;
	go(c, optind < argc ? argv[optind] : "/");
	return c->status;
}

static int
run_pwd(struct cli *c, int argc, char **argv)
{
	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 0))
		return c->status;
	print_here(c);
	return c->status;
}

const struct cli_command cmd_cd = {
	.name = "cd",
	.operands = "[DIR]",
	.help = "change the directory on the server",
	.flags = CLI_SHELL,
	.run = run_cd,
};

const struct cli_command cmd_pwd = {
	.name = "pwd",
	.operands = "",
	.help = "print the directory on the server",
	.flags = CLI_SHELL,
	.run = run_pwd,
};
