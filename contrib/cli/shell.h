/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * shell.h -- etfs shell: commands on one connection, one after the other.
 *
 * Those that make sense only there have a flag that says so; all others are the
 * same as without it.
 */

#ifndef SHELL_H
#define SHELL_H

#include "cli.h"

struct shell {
	bool done; /* it is to end, with status */
	int status; /* of the last command */
	bool asks; /* somebody sits there */
	char *address; /* what c->address points to, if open has set it */
	char *before; /* the directory before the last cd, or NULL */
};

/* 0, or CLI_FAILED, and it has been said that there is no connection. */
int shell_connected(struct cli *c);

/*
 * From now on, be connected to address, NULL for where one was or would be: 0,
 * or CLI_FAILED, and all is as it was.
 */
int shell_open(struct cli *c, const char *address);

#endif
