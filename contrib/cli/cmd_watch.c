/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_watch.c -- watch: a stream, as it comes, until it ends.
 */

#include <getopt.h>

#include "cli.h"

#define CHUNK 65536U

/* One message at a time: what there is is printed, however little. */
static int
follow(struct cli *c, struct etfsc_file *file)
{
	struct etfsc_req req = { .done = NULL };
	char buf[CHUNK];
	uint64_t off = 0;
	int rc;

	do {
		etfsc_tread(c->fs, &req, etfsc_file_fid(file), off, CHUNK, buf);
		rc = etfsc_wait(c->fs, &req);
		if (rc > 0) {
			fwrite(buf, 1, (size_t)rc, stdout);
			off += (uint64_t)rc;
		}
	} while ((rc > 0 && fflush(stdout) == 0) || rc == -ETIMEDOUT);
	return rc < 0 ? rc : 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct etfsc_file *file;
	int rc;

	if (cli_option(c, argc, argv) != -1 ||
	    !cli_operands(c, argc - optind, 1, 1))
		return c->status;
	rc = etfsc_open(c->fs, argv[optind], O_RDONLY, 0, &file);
	if (rc == 0) {
		rc = follow(c, file);
		etfsc_close(file);
	}
	if (rc != 0)
		cli_error(c, argv[optind], rc);
	return c->status;
}

const struct cli_command cmd_watch = {
	.name = "watch",
	.operands = "FILE",
	.help = "print a stream as it comes, until it ends",
	.run = run,
};
