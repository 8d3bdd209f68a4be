/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.c -- which commands there are, and how one is run.
 */

#include <getopt.h>

#include "interrupt.h"
#include "shell.h"

/* In the order of the alphabet, as help shows them. */
/* clang-format off */
#define COMMANDS(X) \
	X(bench) \
	X(cat) \
	X(cd) \
	X(chmod) \
	X(chown) \
	X(cp) \
	X(df) \
	X(du) \
	X(exit) \
	X(find) \
	X(get) \
	X(head) \
	X(help) \
	X(lcd) \
	X(lls) \
	X(ln) \
	X(lock) \
	X(lpwd) \
	X(ls) \
	X(mkdir) \
	X(mv) \
	X(open) \
	X(ping) \
	X(put) \
	X(pwd) \
	X(quit) \
	X(raw) \
	X(readlink) \
	X(rm) \
	X(rmdir) \
	X(shell) \
	X(stat) \
	X(touch) \
	X(tree) \
	X(truncate) \
	X(version) \
	X(watch) \
	X(write) \
	X(xattr)
/* clang-format on */

#define X(name) extern const struct cli_command cmd_##name;
COMMANDS(X)
#undef X

const struct cli_command *const cli_commands[] = {
#define X(name) &cmd_##name,
	COMMANDS(X)
#undef X
	    NULL,
};

const struct cli_command *
cli_find(const char *name)
{
	const struct cli_command *const *cmd;

	for (cmd = cli_commands; *cmd != NULL; cmd++)
		if (strcmp((*cmd)->name, name) == 0)
			return *cmd;
	return NULL;
}

int
cli_connect(struct cli *c)
{
	struct etfsc *fs;
	int rc;

	c->opt.stop_fd = interrupt_fd();
	if ((rc = etfsc_mount(c->address, &c->opt, &fs)) == 0) {
		c->fs = fs;
		c->lost = false;
		return 0;
	}
	cli_fail(c, "%s", fs != NULL ? etfsc_reason(fs) : strerror(-rc));
	etfsc_release(fs);
	return c->status;
}

/* Before a command that wants a connection: is there one? */
static int
connect_to(struct cli *c)
{
	if (c->shell != NULL)
		return shell_connected(c);
	if (c->fs != NULL)
		return 0;
	if (c->address == NULL)
		return cli_usage(c, "no server: use -a, or set ETFS_ADDR");
	return cli_connect(c);
}

/* Help needs no server. */
static bool
asks_for_help(const struct cli_command *cmd, int argc, char **argv)
{
	const struct cli_option *o = cmd->options;
	bool letter = true;

	for (; o != NULL && o->letter != 0; o++)
		if (o->letter == 'h')
			letter = false;
	return argc == 2 &&
	    (strcmp(argv[1], "--help") == 0 ||
		(letter && strcmp(argv[1], "-h") == 0));
}

int
cli_run(struct cli *c, int argc, char **argv)
{
	const struct cli_command *outer = c->command;
	const struct cli_command *cmd = cli_find(argv[0]);
	int status;

	if (cmd == NULL)
		return cli_usage(c, "no such command: %s", argv[0]);
	c->command = cmd;
	c->status = 0;
	optind = 0; /* getopt(3) begins anew */
	if (asks_for_help(cmd, argc, argv)) {
		cli_print_help(cmd, stdout);
		status = 0;
	} else if ((cmd->flags & CLI_SHELL) != 0 && c->shell == NULL) {
		status = cli_fail(c, "only in etfs shell");
	} else if ((cmd->flags & CLI_ALONE) == 0 &&
	    (status = connect_to(c)) != 0) {
		/* said already */
	} else {
		status = cmd->run(c, argc, argv);
	}
	c->command = outer;
	return status;
}
