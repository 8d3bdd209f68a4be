/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_cat.c -- cat: what is in files.
 */

#include <getopt.h>

#include "cli.h"

#define CHUNK (4U << 20) /* several messages, which are in flight together */

static int
copy_out(struct etfsc_file *file, char *buf)
{
	uint64_t off = 0;
	ssize_t n;

	while ((n = etfsc_read(file, buf, CHUNK, off)) > 0) {
		if (fwrite(buf, 1, (size_t)n, stdout) != (size_t)n)
			return 0; /* said at the end */
		off += (uint64_t)n;
	}
	return (int)n;
}

static void
cat(struct cli *c, const char *path, char *buf)
{
	struct etfsc_file *file;
	int rc = etfsc_open(c->fs, path, O_RDONLY, 0, &file);

	if (rc == 0) {
		rc = copy_out(file, buf);
		etfsc_close(file);
	}
	if (rc != 0)
		cli_error(c, path, rc);
}

static int
run(struct cli *c, int argc, char **argv)
{
	char *buf;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 1, argc))
		return c->status;
	if ((buf = malloc(CHUNK)) == NULL)
		return cli_error(c, NULL, -ENOMEM);
	for (; optind < argc; optind++)
		cat(c, argv[optind], buf);
	free(buf);
	return c->status;
}

const struct cli_command cmd_cat = {
	.name = "cat",
	.operands = "FILE ...",
	.help = "print files",
	.run = run,
};
