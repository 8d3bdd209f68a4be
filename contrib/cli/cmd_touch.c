/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_touch.c -- touch and truncate: files that are there afterwards.
 */

#include <getopt.h>

#include "cli.h"
#include "mode.h"

static const struct cli_option touch_options[] = {
	{ 'c', "no-create", NULL, "make no file" },
	{ 0, NULL, NULL, NULL },
};

static const struct cli_option truncate_options[] = {
	{ 'c', "no-create", NULL, "make no file" },
	{ 's', "size", "BYTES", "the size; K, M, G and T are 1024 and on" },
	{ 0, NULL, NULL, NULL },
};

static int
make(struct cli *c, const char *path)
{
	struct etfsc_file *file;
	int rc = etfsc_open(
	    c->fs, path, O_WRONLY | O_CREAT, 0666 & ~mode_umask(), &file);

	return rc == 0 ? etfsc_close(file) : rc;
}

static void
touch(struct cli *c, const char *path, bool create)
{
	int rc = etfsc_utimes(c->fs, path, NULL);

	if (rc == -ENOENT)
		rc = create ? make(c, path) : 0;
	if (rc != 0)
		cli_error(c, path, rc);
}

static void
resize(struct cli *c, const char *path, bool create, uint64_t size)
{
	int rc = etfsc_truncate(c->fs, path, size);

	if (rc == -ENOENT && create && (rc = make(c, path)) == 0)
		rc = etfsc_truncate(c->fs, path, size);
	else if (rc == -ENOENT && !create)
		rc = 0;
	if (rc != 0)
		cli_error(c, path, rc);
}

static int
run_touch(struct cli *c, int argc, char **argv)
{
	bool create = true;
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		create = false;
	}
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	for (; optind < argc; optind++)
		touch(c, argv[optind], create);
	return c->status;
}

static int
run_truncate(struct cli *c, int argc, char **argv)
{
	bool create = true, sized = false;
	uint64_t size = 0;
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		create = create && letter != 'c';
		if (letter != 's')
			continue;
		if (!cli_number(optarg, INT64_MAX, &size))
			return cli_usage(c, "no size: %s", optarg);
		sized = true;
	}
	if (!sized)
		return cli_usage(c, "-s is missing");
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	for (; optind < argc; optind++)
		resize(c, argv[optind], create, size);
	return c->status;
}

const struct cli_command cmd_touch = {
	.name = "touch",
	.operands = "FILE ...",
	.help = "set times to now, and make what is not there",
	.options = touch_options,
	.run = run_touch,
};

const struct cli_command cmd_truncate = {
	.name = "truncate",
	.operands = "FILE ...",
	.help = "set the size of files",
	.options = truncate_options,
	.run = run_truncate,
};
