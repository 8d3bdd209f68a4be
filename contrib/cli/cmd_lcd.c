/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_lcd.c -- lcd, lpwd and lls: the current directory on this machine.
 */

#include <getopt.h>
#include <sys/wait.h>
#include <unistd.h>

#include "cli.h"

static int
run_lcd(struct cli *c, int argc, char **argv)
{
	const char *dir;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 1))
		return c->status;
	dir = optind < argc ? argv[optind] : getenv("HOME");
	if (dir == NULL)
		dir = "/";
	if (chdir(dir) != 0)
		cli_error(c, dir, -errno);
	return c->status;
}

static int
run_lpwd(struct cli *c, int argc, char **argv)
{
	char *dir;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 0, 0))
		return c->status;
	if ((dir = get_current_dir_name()) == NULL)
		return cli_error(c, ".", -errno);
	cli_text(stdout, dir);
	putchar('\n');
	free(dir);
	return c->status;
}

/* All that ls(1) can do. */
static int
run_lls(struct cli *c, int argc, char **argv)
{
	char ls[] = "ls";
	int status = 0;
	pid_t pid;

	(void)argc;
	fflush(stdout);
	if ((pid = fork()) == 0) {
		argv[0] = ls;
		execvp(ls, argv);
		cli_error(c, ls, -errno);
		_exit(127);
	}
	if (pid < 0)
		return cli_error(c, ls, -errno);
	while (waitpid(pid, &status, 0) < 0 && errno == EINTR)
		;
	return WIFEXITED(status) ? WEXITSTATUS(status) : CLI_FAILED;
}

const struct cli_command cmd_lcd = {
	.name = "lcd",
	.operands = "[DIR]",
	.help = "change the directory on this machine",
	.flags = CLI_ALONE | CLI_SHELL,
	.run = run_lcd,
};

const struct cli_command cmd_lpwd = {
	.name = "lpwd",
	.operands = "",
	.help = "print the directory on this machine",
	.flags = CLI_ALONE | CLI_SHELL,
	.run = run_lpwd,
};

const struct cli_command cmd_lls = {
	.name = "lls",
	.operands = "[ARGUMENT ...]",
	.help = "list files of this machine, as ls(1) does",
	.flags = CLI_ALONE | CLI_SHELL,
	.run = run_lls,
};
