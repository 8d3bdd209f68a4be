/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_du.c -- du: how much trees take.  What has several names counts once.
 */

#include <getopt.h>
#include <inttypes.h>
#include <search.h>
#include <sys/stat.h>

#include "attr.h"
#include "dir.h"

static const struct cli_option options[] = {
	{ 's', "summarize", NULL, "only the sums of the operands" },
	{ 'h', "human-readable", NULL, "sizes as 4.0K" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

struct du {
	struct cli *c;
	bool sums, human, json;
	struct json j;
	void *seen; /* inode numbers of what has several names */
};

static int
by_number(const void *a, const void *b)
{
	const uint64_t *x = a, *y = b;

	return (*x > *y) - (*x < *y);
}

/* Without memory it is counted again. */
static bool
is_new(struct du *du, const struct etfsc_attr *a)
{
	uint64_t *number, **found;

	if (a->nlink < 2 || S_ISDIR(a->mode))
		return true;
	if ((number = malloc(sizeof(*number))) == NULL)
		return true;
	*number = a->qid.path;
	found = tsearch(number, &du->seen, by_number);
	if (found != NULL && *found == number)
		return true;
	free(number);
	return found == NULL;
}

static void
print(struct du *du, const char *path, uint64_t blocks)
{
	char size[32];

	if (du->json) {
		json_open(&du->j, NULL, '{');
		json_text(&du->j, "path", path);
		json_number(&du->j, "bytes", blocks * 512);
		json_close(&du->j, '}');
		return;
	}
	if (du->human)
		attr_human(blocks * 512, size);
	else
		snprintf(size, sizeof(size), "%" PRIu64, (blocks + 1) / 2);
	printf("%s\t", size);
	cli_text(stdout, path);
	putchar('\n');
}

static uint64_t sum_dir(struct du *du, const char *path, uint32_t fid);

static uint64_t
sum_entry(
    struct du *du, const char *path, uint32_t fid, const struct dir_entry *e)
{
	char *below = cli_join(path, e->name);
	uint64_t blocks = 0;
	uint32_t sub;
	int rc = below != NULL ? e->rc : -ENOMEM;

	if (rc == 0 && is_new(du, &e->attr))
		blocks = e->attr.blocks;
	if (rc == 0 && dir_below(e) &&
	    (rc = dir_enter(du->c, fid, e->name, &sub)) == 0) {
		blocks += sum_dir(du, below, sub);
		etfsc_forget(du->c->fs, sub);
		if (!du->sums)
			print(du, below, blocks);
	}
	if (rc != 0)
		cli_error(du->c, below, rc);
	free(below);
	return blocks;
}

/* All that is in it. */
static uint64_t
sum_dir(struct du *du, const char *path, uint32_t fid)
{
	struct dir_list list;
	uint64_t blocks = 0;
	size_t i;
	int rc = dir_read(du->c, fid, DIR_FILES, &list);

	if (rc == 0) {
		dir_attrs(du->c, fid, &list, false);
		for (i = 0; i < list.n && !cli_over(du->c); i++)
			blocks += sum_entry(du, path, fid, &list.e[i]);
	} else
		cli_error(du->c, path, rc);
	dir_free(&list);
	return blocks;
}

static void
sum(struct du *du, const char *path)
{
	struct etfsc_attr attr;
	uint64_t blocks;
	uint32_t fid;
	int rc = etfsc_lstat(du->c->fs, path, &attr);

	blocks = rc == 0 && is_new(du, &attr) ? attr.blocks : 0;
	if (rc == 0 && S_ISDIR(attr.mode) &&
	    (rc = dir_fid(du->c, path, &fid)) == 0) {
		blocks += sum_dir(du, path, fid);
		etfsc_forget(du->c->fs, fid);
	}
	if (rc == 0)
		print(du, path, blocks);
	else
		cli_error(du->c, path, rc);
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct du du = { .c = c, .j = { .out = stdout } };
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		du.sums = du.sums || letter == 's';
		du.human = du.human || letter == 'h';
		du.json = du.json || letter == CLI_JSON;
	}
	if (du.json)
		json_open(&du.j, NULL, '[');
	if (optind == argc)
		sum(&du, ".");
	for (; optind < argc; optind++)
		sum(&du, argv[optind]);
	if (du.json)
		json_close(&du.j, ']');
	tdestroy(du.seen, free);
	return c->status;
}

const struct cli_command cmd_du = {
	.name = "du",
	.operands = "[PATH ...]",
	.help = "print how much directories take, in KiB",
	.options = options,
	.run = run,
};
