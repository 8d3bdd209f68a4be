/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_df.c -- df: how much room there is.
 */

#include <getopt.h>
#include <inttypes.h>

#include "attr.h"

static const struct cli_option options[] = {
	{ 'h', "human-readable", NULL, "sizes as 4.0K" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

struct df {
	struct cli *c;
	bool human, json;
	bool titled; /* what is in the columns has been said */
	struct json j;
};

static void
print_size(const struct df *df, const struct etfsc_statfs *s, uint64_t blocks)
{
	char buf[16];

	if (df->human)
		attr_human(blocks * s->bsize, buf);
	if (df->human)
		printf("%7s ", buf);
	else
		printf("%12" PRIu64 " ", blocks * s->bsize / 1024);
}

static void
title(struct df *df)
{
	if (!df->titled && df->human)
		printf(
		    "%7s %7s %7s %4s Path\n", "Size", "Used", "Avail", "Use%");
	else if (!df->titled)
		printf("%12s %12s %12s %4s Path\n", "1K-blocks", "Used",
		    "Available", "Use%");
	df->titled = true;
}

/* As df(1): of what others than root may have, rounded up. */
static void
print(struct df *df, const char *path, const struct etfsc_statfs *s)
{
	uint64_t used = s->blocks - s->bfree, all = used + s->bavail;
	uint64_t percent =
	    all > 0 ? used / all * 100 + (used % all * 100 + all - 1) / all : 0;

	title(df);
	print_size(df, s, s->blocks);
	print_size(df, s, used);
	print_size(df, s, s->bavail);
	printf("%3" PRIu64 "%% ", percent);
	cli_text(stdout, path);
	putchar('\n');
}

static void
print_json(struct df *df, const char *path, const struct etfsc_statfs *s)
{
	json_open(&df->j, NULL, '{');
	json_text(&df->j, "path", path);
	json_number(&df->j, "type", s->type);
	json_number(&df->j, "block_size", s->bsize);
	json_number(&df->j, "blocks", s->blocks);
	json_number(&df->j, "blocks_free", s->bfree);
	json_number(&df->j, "blocks_available", s->bavail);
	json_number(&df->j, "files", s->files);
	json_number(&df->j, "files_free", s->ffree);
	json_number(&df->j, "name_max", s->namelen);
	json_close(&df->j, '}');
}

static void
show(struct df *df, const char *path)
{
	struct etfsc_statfs s;
	int rc = etfsc_statfs(df->c->fs, path, &s);

	if (rc != 0)
		cli_error(df->c, path, rc);
	else if (df->json)
		print_json(df, path, &s);
	else
		print(df, path, &s);
}

static void
show_all(struct df *df, char **paths, int n)
{
	if (df->json)
		json_open(&df->j, NULL, '[');
	for (; n > 0; n--)
		show(df, *paths++);
	if (df->json)
		json_close(&df->j, ']');
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct df df = { .c = c, .j = { .out = stdout } };
	char dot[] = ".", *here[] = { dot };
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		df.human = df.human || letter == 'h';
		df.json = df.json || letter == CLI_JSON;
	}
	if (optind < argc)
		show_all(&df, argv + optind, argc - optind);
	else
		show_all(&df, here, 1);
	return c->status;
}

const struct cli_command cmd_df = {
	.name = "df",
	.operands = "[PATH ...]",
	.help = "print how much room there is",
	.options = options,
	.run = run,
};
