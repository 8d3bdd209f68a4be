/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_mkdir.c -- mkdir and rmdir.
 */

#include <getopt.h>
#include <sys/stat.h>

#include "cli.h"
#include "mode.h"

static const struct cli_option options[] = {
	{ 'p', "parents", NULL, "with all that is missing on the way" },
	{ 'm', "mode", "MODE", "permissions, as chmod takes them" },
	{ 0, NULL, NULL, NULL },
};

/* All of path but its last name, to be freed: "a/" of "a/b/". */
static char *
parent_of(const char *path)
{
	size_t len = strlen(path);

	while (len > 0 && path[len - 1] == '/')
		len--;
	while (len > 0 && path[len - 1] != '/')
		len--;
	return len > 0 ? strndup(path, len) : strdup(".");
}

/* The mode is the last one's; those on the way have the usual. */
static int
make_all(struct cli *c, const char *path, mode_t mode)
{
	struct etfsc_attr attr;
	char *parent;
	int rc = etfsc_mkdir(c->fs, path, mode);

	if (rc == -ENOENT) {
		if ((parent = parent_of(path)) == NULL)
			return -ENOMEM;
		rc = etfsc_mkdirs(c->fs, parent, 0777 & ~mode_umask());
		if (rc == 0)
			rc = etfsc_mkdir(c->fs, path, mode);
		free(parent);
	}
	if (rc == -EEXIST && etfsc_stat(c->fs, path, &attr) == 0 &&
	    S_ISDIR(attr.mode))
		rc = 0;
	return rc;
}

static int
run_mkdir(struct cli *c, int argc, char **argv)
{
	mode_t mode = 0777 & ~mode_umask();
	bool parents = false;
	int letter, rc;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		parents = parents || letter == 'p';
		if (letter == 'm' &&
		    !mode_parse(optarg, S_IFDIR | 0777, mode_umask(), &mode))
			return cli_usage(c, "no mode: %s", optarg);
	}
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	for (; optind < argc; optind++) {
		rc = parents ? make_all(c, argv[optind], mode)
			     : etfsc_mkdir(c->fs, argv[optind], mode);
		if (rc != 0)
			cli_error(c, argv[optind], rc);
	}
	return c->status;
}

static int
run_rmdir(struct cli *c, int argc, char **argv)
{
	int rc;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 1, argc))
		return c->status;
	for (; optind < argc; optind++)
		if ((rc = etfsc_rmdir(c->fs, argv[optind])) != 0)
			cli_error(c, argv[optind], rc);
	return c->status;
}

const struct cli_command cmd_mkdir = {
	.name = "mkdir",
	.operands = "DIR ...",
	.help = "make directories",
	.options = options,
	.run = run_mkdir,
};

const struct cli_command cmd_rmdir = {
	.name = "rmdir",
	.operands = "DIR ...",
	.help = "remove empty directories",
	.run = run_rmdir,
};
