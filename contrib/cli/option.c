/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * option.c -- a command's table of options, as getopt(3) wants it, and as help
 * shows it.
 */

#include <getopt.h>
#include <limits.h>

#include "cli.h"

#define MAX_OPTIONS 24
#define HELP (INT_MAX)

struct getopt_args {
	char letters[3 * MAX_OPTIONS + 4];
	struct option names[MAX_OPTIONS + 2];
};

/* From o on, but there may be none at all. */
static const struct cli_option *
row(const struct cli_option *o)
{
	return o != NULL && o->letter != 0 ? o : NULL;
}

static void
make_args(const struct cli_command *cmd, struct getopt_args *args)
{
	const struct cli_option *o;
	char *p = args->letters;
	size_t n = 0;
	bool h = false;

	memset(args, 0, sizeof(*args));
	if ((cmd->flags & CLI_ORDERED) != 0)
		*p++ = '+';
	*p++ = ':';
	for (o = cmd->options; row(o) != NULL; o++) {
		h = h || o->letter == 'h';
		if (o->letter < CLI_LONG) {
			*p++ = (char)o->letter;
			if (o->arg != NULL)
				*p++ = ':';
		}
		if (o->name != NULL)
			args->names[n++] = (struct option){ o->name,
				o->arg != NULL, NULL, o->letter };
	}
	if (!h)
		*p++ = 'h';
	args->names[n] = (struct option){ "help", 0, NULL, HELP };
}

static bool
has_letter(const struct cli_command *cmd, int letter)
{
	const struct cli_option *o;

	for (o = cmd->options; row(o) != NULL; o++)
		if (o->letter == letter)
			return true;
	return false;
}

/* What getopt(3) did not like; optopt is 0 if that was a long one. */
static void
refuse(struct cli *c, char **argv, int got)
{
	const char *word = argv[optind - 1];
	bool letter =
	    optopt != 0 && optopt < CLI_LONG && strncmp(word, "--", 2) != 0;
	char name[3] = { '-', (char)optopt, '\0' };

	cli_usage(c, "%s: %s",
	    letter && (c->command->flags & CLI_ONE_DASH) == 0 ? name : word,
	    got == ':' ? "an argument is missing" : "no such option");
}

int
cli_option(struct cli *c, int argc, char **argv)
{
	const struct cli_command *cmd = c->command;
	struct getopt_args args;
	int got;

	make_args(cmd, &args);
	opterr = 0;
	if ((cmd->flags & CLI_ONE_DASH) != 0)
		got = getopt_long_only(
		    argc, argv, args.letters, args.names, NULL);
	else
		got = getopt_long(argc, argv, args.letters, args.names, NULL);
	if (got == HELP || (got == 'h' && !has_letter(cmd, 'h'))) {
		cli_print_help(cmd, stdout);
		return '?';
	}
	if (got == '?' || got == ':') {
		refuse(c, argv, got);
		return '?';
	}
	return got;
}

/* What stands before a long name: find(1) has its tests with one dash. */
static const char *
dashes(const struct cli_command *cmd, const struct cli_option *o)
{
	return (cmd->flags & CLI_ONE_DASH) != 0 && o->arg != NULL ? "-" : "--";
}

/* "--json", "-n N". */
static void
print_option(
    const struct cli_command *cmd, const struct cli_option *o, FILE *out)
{
	if (o->letter < CLI_LONG)
		fprintf(out, "-%c", o->letter);
	else
		fprintf(out, "%s%s", dashes(cmd, o), o->name);
	if (o->arg != NULL)
		fprintf(out, " %s", o->arg);
}

void
cli_print_synopsis(const struct cli_command *cmd, FILE *out)
{
	const struct cli_option *o;
	const char *before = " [-";

	if ((cmd->flags & CLI_SHELL) != 0)
		fputs(cmd->name, out);
	else
		fprintf(out, "etfs%s%s", cmd->name[0] != '\0' ? " " : "",
		    cmd->name);
	for (o = cmd->options; row(o) != NULL; o++) {
		if (o->arg != NULL || o->letter >= CLI_LONG)
			continue;
		fprintf(out, "%s%c", before, o->letter);
		before = "";
	}
	if (before[0] == '\0')
		fputc(']', out);
	for (o = cmd->options; row(o) != NULL; o++) {
		if (o->arg == NULL && o->letter < CLI_LONG)
			continue;
		fputs(" [", out);
		print_option(cmd, o, out);
		fputc(']', out);
	}
	fprintf(
	    out, "%s%s\n", cmd->operands[0] != '\0' ? " " : "", cmd->operands);
}

void
cli_print_help(const struct cli_command *cmd, FILE *out)
{
	const struct cli_option *o;
	char text[64];

	fputs("usage: ", out);
	cli_print_synopsis(cmd, out);
	fprintf(out, "%s.\n\n", cmd->help);
	for (o = cmd->options; row(o) != NULL; o++) {
		if (o->letter >= CLI_LONG)
			snprintf(text, sizeof(text), "    %s%s%s%s",
			    dashes(cmd, o), o->name, o->arg != NULL ? " " : "",
			    o->arg != NULL ? o->arg : "");
		else
			snprintf(text, sizeof(text), "-%c%s%s%s%s", o->letter,
			    o->name != NULL ? ", --" : "",
			    o->name != NULL ? o->name : "",
			    o->arg != NULL ? " " : "",
			    o->arg != NULL ? o->arg : "");
		fprintf(out, "  %-24s %s\n", text, o->help);
	}
	fprintf(out, "  %-24s %s\n",
	    has_letter(cmd, 'h') ? "    --help" : "-h, --help", "this");
}
