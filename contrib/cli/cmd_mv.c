/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_mv.c -- mv and ln: names for what is there.
 */

#include <getopt.h>
#include <sys/stat.h>

#include "cli.h"

static const struct cli_option ln_options[] = {
	{ 's', "symbolic", NULL, "symbolic links" },
	{ 0, NULL, NULL, NULL },
};

typedef int (*namer)(struct etfsc *fs, const char *from, const char *to);

static bool
is_dir(struct cli *c, const char *path)
{
	struct etfsc_attr attr;

	return etfsc_stat(c->fs, path, &attr) == 0 && S_ISDIR(attr.mode);
}

/* Either can be what is wrong. */
static void
both_error(struct cli *c, const char *from, const char *to, int rc)
{
	char *both;

	if (to == NULL || asprintf(&both, "%s to %s", from, to) < 0)
		both = NULL;
	cli_error(c, both != NULL ? both : from, rc);
	free(both);
}

/* from becomes to, or to/from if that is a directory. */
static void
give_name(
    struct cli *c, namer name, const char *from, const char *to, bool into)
{
	char *base = cli_basename(from);
	char *path = base != NULL && into ? cli_join(to, base) : strdup(to);
	int rc =
	    base != NULL && path != NULL ? name(c->fs, from, path) : -ENOMEM;

	if (rc != 0)
		both_error(c, from, path, rc);
	free(path);
	free(base);
}

static int
give_names(struct cli *c, namer name, int argc, char **argv)
{
	const char *to = argv[argc - 1];
	bool into;

	if (!cli_operands(c, argc - optind, 2, argc))
		return c->status;
	into = is_dir(c, to);
	if (!into && argc - optind > 2)
		return cli_error(c, to, -ENOTDIR);
	for (; optind < argc - 1; optind++)
		give_name(c, name, argv[optind], to, into);
	return c->status;
}

static int
run_mv(struct cli *c, int argc, char **argv)
{
	if (cli_option(c, argc, argv) != -1)
		return c->status;
	return give_names(c, etfsc_rename, argc, argv);
}

static int
run_ln(struct cli *c, int argc, char **argv)
{
	namer name = etfsc_link;
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		name = etfsc_symlink;
	}
	return give_names(c, name, argc, argv);
}

const struct cli_command cmd_mv = {
	.name = "mv",
	.operands = "FROM ... TO",
	.help = "rename, or move into the directory TO",
	.run = run_mv,
};

const struct cli_command cmd_ln = {
	.name = "ln",
	.operands = "FILE ... LINK",
	.help = "make links, or some in the directory LINK",
	.options = ln_options,
	.run = run_ln,
};
