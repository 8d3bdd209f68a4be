/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * commands.c -- which commands there are, and how one is run.
 */

#include <getopt.h>

#include "cli.h"

/* In the order of the alphabet, as help shows them. */
/* clang-format off */
#define COMMANDS(X) \
	X(bench) \
	X(cat) \
	X(chmod) \
	X(chown) \
	X(cp) \
	X(df) \
	X(du) \
	X(find) \
	X(get) \
	X(head) \
	X(help) \
	X(ln) \
	X(lock) \
	X(ls) \
	X(mkdir) \
	X(mv) \
	X(ping) \
	X(put) \
	X(raw) \
	X(readlink) \
	X(rm) \
	X(rmdir) \
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

static int
connect_to(struct cli *c)
{
	int rc;

	if (c->address == NULL)
		return cli_usage(c, "no server: use -a, or set ETFS_ADDR");
	if ((rc = etfsc_mount(c->address, &c->opt, &c->fs)) == 0)
		return 0;
	cli_fail(c, "%s", c->fs != NULL ? etfsc_reason(c->fs) : strerror(-rc));
	etfsc_release(c->fs);
	c->fs = NULL;
	return c->status;
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
	} else if ((cmd->flags & CLI_ALONE) == 0 && c->fs == NULL &&
	    (status = connect_to(c)) != 0) {
		/* said already */
	} else {
		status = cmd->run(c, argc, argv);
	}
	c->command = outer;
	return status;
}
