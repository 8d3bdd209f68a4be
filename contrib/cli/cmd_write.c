/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_write.c -- write: standard input to somewhere in a file.
 */

#include <getopt.h>
#include <unistd.h>

#include "interrupt.h"
#include "mode.h"

#define CHUNK (4U << 20)

static const struct cli_option options[] = {
	{ 'o', "offset", "BYTES", "where in the file to begin [0]" },
	{ 0, NULL, NULL, NULL },
};

/* All of buf, or -errno. */
static int
write_all(struct etfsc_file *file, const char *buf, size_t len, uint64_t off)
{
	ssize_t n = 0;

	for (; len > 0; buf += n, off += (uint64_t)n, len -= (size_t)n)
		if ((n = etfsc_write(file, buf, len, off)) <= 0)
			return n < 0 ? (int)n : -EIO;
	return 0;
}

static int
copy_in(struct cli *c, struct etfsc_file *file, uint64_t off)
{
	char *buf = malloc(CHUNK);
	ssize_t n;
	int rc = buf != NULL ? 0 : -ENOMEM;

	while (rc == 0 && (n = interrupt_read(STDIN_FILENO, buf, CHUNK)) != 0) {
		if (n < 0) {
			cli_error(c, "standard input", (int)n);
			break;
		}
		rc = write_all(file, buf, (size_t)n, off);
		off += (uint64_t)n;
	}
	free(buf);
	return rc;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct etfsc_file *file;
	uint64_t off = 0;
	int letter, rc, end;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		if (!cli_number(optarg, INT64_MAX, &off))
			return cli_usage(c, "no offset: %s", optarg);
	}
	if (!cli_operands(c, argc - optind, 1, 1))
		return c->status;
	rc = etfsc_open(c->fs, argv[optind], O_WRONLY | O_CREAT,
	    0666 & ~mode_umask(), &file);
	if (rc == 0) {
		rc = copy_in(c, file, off);
		end = etfsc_close(file);
		if (rc == 0)
			rc = end;
	}
	if (rc != 0)
		cli_error(c, argv[optind], rc);
	return c->status;
}

const struct cli_command cmd_write = {
	.name = "write",
	.operands = "FILE",
	.help = "write standard input into a file, which keeps the rest",
	.options = options,
	.run = run,
};
