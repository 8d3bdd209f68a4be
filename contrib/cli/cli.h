/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cli.h -- what the commands of etfs are made of.
 *
 * A command is one struct cli_command in a file of its own, named in the list
 * in commands.c.  Its options, its help and its place in "etfs help" are read
 * off that struct.  Its run function gets a connection that stands, unless it
 * said that it makes its own, and returns what etfs exits with:
 *
 *	0	all is well
 *	1	something failed, and stderr says what
 *	2	it was called in a wrong way
 *
 * Commands never exit, and free what they allocate: several may run on one
 * connection.  Lengths are in bytes.  There is one thread.
 */

#ifndef CLI_H
#define CLI_H

#include <errno.h>
#include <fcntl.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etfsc.h"

struct cli;
struct shell;

enum {
	CLI_FAILED = 1,
	CLI_USAGE = 2
};

/* An option that has no letter has a number from here on. */
enum {
	CLI_LONG = 256,
	CLI_JSON = 256
};

struct cli_option {
	int letter; /* what cli_option() returns; 0 ends a list */
	const char *name; /* --name; NULL: there is only the letter */
	const char *arg; /* as help calls it; NULL: it takes none */
	const char *help; /* a few words */
};

/* Bits of flags. */
enum {
	CLI_ALONE = 1 << 0, /* it wants no connection */
	CLI_ORDERED = 1 << 1, /* options end at the first operand */
	CLI_ONE_DASH = 1 << 2, /* -name is --name, as find(1) has it */
	CLI_SHELL = 1 << 3, /* it makes sense in etfs shell only */
};

struct cli_command {
	const char *name;
	const char *operands; /* "[PATH ...]", "" */
	const char *help; /* one line, without a stop */
	const struct cli_option *options; /* NULL: none but --help */
	unsigned int flags;
	/* argv[0] is the command's name. */
	int (*run)(struct cli *c, int argc, char **argv);
};

struct cli {
	const char *address; /* NULL: nobody has said where */
	struct etfsc_options opt;
	struct etfsc *fs; /* NULL: there is none, or not yet */
	const struct cli_command *command; /* the one that runs */
	int status; /* what it will exit with, by now */
	bool lost; /* that the connection is, has been said */
	struct shell *shell; /* that it is run in; NULL: in none */
};

/*
 * Commands
 */

/* All of them by name, ended by NULL; that one, or NULL. */
extern const struct cli_command *const cli_commands[];
const struct cli_command *cli_find(const char *name);

/*
 * Run argv[0], connecting first if it needs that and nobody has; returns its
 * exit status.  The connection stays.
 */
int cli_run(struct cli *c, int argc, char **argv);

/*
 * The next option's letter, its argument in optarg; -1: no more, and operands
 * begin at optind; '?': return c->status at once, all has been said.
 */
int cli_option(struct cli *c, int argc, char **argv);

/* "etfs ls [-al] [--json] [PATH ...]", and with all that help says. */
void cli_print_synopsis(const struct cli_command *cmd, FILE *out);
void cli_print_help(const struct cli_command *cmd, FILE *out);

/*
 * What went wrong: one line on stderr, and c->status.
 */

/* Is there no sense in asking the server for more? */
bool cli_over(const struct cli *c);

/* "etfs: ls: what: No such file"; rc is -errno.  what NULL: left out.  If the
 * connection is lost, why, and only once; if it was interrupted, nothing.
 * Returns CLI_FAILED. */
int cli_error(struct cli *c, const char *what, int rc);
/* "etfs: ls: " and that.  Returns CLI_FAILED. */
int cli_fail(struct cli *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* The same, and the synopsis.  Returns CLI_USAGE. */
int cli_usage(struct cli *c, const char *format, ...)
    __attribute__((format(printf, 2, 3)));
/* No more than max operands, and at least min? Else cli_usage(), and false. */
bool cli_operands(struct cli *c, int n, int min, int max);

/*
 * Output
 */

/*
 * A name, or any text of the server's, as it is; but on a terminal control
 * characters, what is no UTF-8, and backslashes are written as C would.
 */
void cli_text(FILE *out, const char *text);
/* That, to be freed; NULL: no memory. */
char *cli_shown(const char *text);
/* Columns that it takes on a terminal, written so. */
size_t cli_width(const char *text);

/*
 * Numbers of the command line: the whole of text, decimal, at most max, with a
 * letter of K, M, G, T (1024) behind it.  false: it is none.
 */
bool cli_number(const char *text, uint64_t max, uint64_t *out);

/*
 * "dir/name", to be freed; NULL: no memory.  The last name in path, for "a/b/"
 * too, to be freed: "/" for the root.
 */
char *cli_join(const char *dir, const char *name);
char *cli_basename(const char *path);

/* The current directory on the server, to be freed; NULL: no memory. */
char *cli_here(struct cli *c);

/* Connect to c->address: 0, and c->fs is that; or CLI_FAILED, which is said. */
int cli_connect(struct cli *c);

#endif
