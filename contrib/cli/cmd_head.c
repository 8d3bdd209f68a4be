/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_head.c -- head: how files begin.
 */

#include <getopt.h>

#include "cli.h"

#define CHUNK 65536U

static const struct cli_option options[] = {
	{ 'n', "lines", "N", "so many lines [10]" },
	{ 'c', "bytes", "N", "so many bytes" },
	{ 0, NULL, NULL, NULL },
};

struct head {
	bool bytes; /* else lines */
	uint64_t n;
};

/* How many of len bytes belong to it; *left is what is still to come. */
static size_t
part(const struct head *h, const char *buf, size_t len, uint64_t *left)
{
	const char *p = buf, *end;

	if (h->bytes) {
		len = len < *left ? len : (size_t)*left;
		*left -= len;
		return len;
	}
	while (*left > 0) {
		end = memchr(p, '\n', len - (size_t)(p - buf));
		if (end == NULL)
			return len;
		p = end + 1;
		(*left)--;
	}
	return (size_t)(p - buf);
}

static int
print(const struct head *h, struct etfsc_file *file)
{
	char buf[CHUNK];
	uint64_t off = 0, left = h->n, want;
	ssize_t n = 1;
	size_t len;

	while (left > 0 && n > 0) {
		want = h->bytes && left < CHUNK ? left : CHUNK;
		if ((n = etfsc_read(file, buf, (size_t)want, off)) <= 0)
			break;
		len = part(h, buf, (size_t)n, &left);
		fwrite(buf, 1, len, stdout);
		off += (uint64_t)n;
	}
	return n < 0 ? (int)n : 0;
}

static void
head(struct cli *c, const struct head *h, const char *path, const char *title)
{
	struct etfsc_file *file;
	int rc = etfsc_open(c->fs, path, O_RDONLY, 0, &file);

	if (rc == 0) {
		if (title != NULL) {
			fputs(title, stdout);
			cli_text(stdout, path);
			fputs(" <==\n", stdout);
		}
		rc = print(h, file);
		etfsc_close(file);
	}
	if (rc != 0)
		cli_error(c, path, rc);
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct head h = { .n = 10 };
	const char *title = "==> ";
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		h.bytes = letter == 'c';
		if (!cli_number(optarg, UINT64_MAX, &h.n))
			return cli_usage(c, "no number: %s", optarg);
	}
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	if (argc - optind == 1)
		title = NULL;
	for (; optind < argc; optind++) {
		head(c, &h, argv[optind], title);
		if (title != NULL)
			title = "\n==> ";
	}
	return c->status;
}

const struct cli_command cmd_head = {
	.name = "head",
	.operands = "FILE ...",
	.help = "print how files begin",
	.options = options,
	.run = run,
};
