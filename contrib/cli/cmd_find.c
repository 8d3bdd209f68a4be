/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_find.c -- find: what has a name, type or size.
 */

#include <dirent.h>
#include <fnmatch.h>
#include <getopt.h>
#include <sys/stat.h>

#include "attr.h"
#include "dir.h"

enum {
	NAME = CLI_LONG + 1,
	TYPE,
	SIZE
};

static const struct cli_option options[] = {
	{ NAME, "name", "PATTERN", "called so, as the shell matches" },
	{ TYPE, "type", "LETTER", "one of f, d, l, b, c, p, s" },
	{ SIZE, "size", "[+-]N[bckMG]", "more, less than, or N blocks" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

struct find {
	struct cli *c;
	const char *name; /* NULL: any */
	mode_t type; /* 0: any */
	char than; /* '+', '-', '=', or 0: any */
	uint64_t size, unit;
	bool json;
	struct json j;
};

static int
set_type(struct find *f, const char *text)
{
	static const char letters[] = "fdlbcps";
	static const mode_t types[] = { S_IFREG, S_IFDIR, S_IFLNK, S_IFBLK,
		S_IFCHR, S_IFIFO, S_IFSOCK };
	const char *l = strchr(letters, text[0]);

	if (text[0] == '\0' || text[1] != '\0' || l == NULL) {
		cli_usage(f->c, "no type: %s", text);
		return -1;
	}
	f->type = types[l - letters];
	return 0;
}

static int
set_size(struct find *f, const char *text)
{
	const char *p = text + (*text == '+' || *text == '-');
	char digits[24];
	size_t n = strspn(p, "0123456789");
	const char *unit = p[n] != '\0' ? strchr("bckMG", p[n]) : "b";

	f->than = p > text ? *text : '=';
	snprintf(digits, sizeof(digits), "%.*s", (int)n, p);
	if (unit == NULL || (p[n] != '\0' && p[n + 1] != '\0') ||
	    n >= sizeof(digits) || !cli_number(digits, UINT64_MAX, &f->size)) {
		cli_usage(f->c, "no size: %s", text);
		return -1;
	}
	f->unit = *unit == 'b' ? 512
	    : *unit == 'c'     ? 1
	    : *unit == 'k'     ? 1 << 10
	    : *unit == 'M'     ? 1 << 20
			       : 1 << 30;
	return 0;
}

/* Sizes are counted in units, rounded up. */
static bool
has_size(const struct find *f, uint64_t bytes)
{
	uint64_t n = bytes / f->unit + (bytes % f->unit != 0);

	switch (f->than) {
	case '+':
		return n > f->size;
	case '-':
		return n < f->size;
	default:
		return n == f->size;
	}
}

/* Readdir tells the type, often, and nothing else. */
static bool
wants_attrs(const struct find *f, const struct dir_list *list)
{
	size_t i;

	if (f->than != 0 || f->json)
		return true;
	for (i = 0; i < list->n && f->type != 0; i++)
		if (list->e[i].type == DT_UNKNOWN)
			return true;
	return false;
}

static void
look(struct find *f, const char *path, const struct dir_entry *e)
{
	mode_t type =
	    e->attr.mode != 0 ? e->attr.mode & S_IFMT : (mode_t)DTTOIF(e->type);
	char *base = f->name != NULL ? cli_basename(path) : NULL;
	bool named =
	    f->name == NULL || (base != NULL && fnmatch(f->name, base, 0) == 0);

	free(base);
	if (!named || (f->type != 0 && type != f->type) ||
	    (f->than != 0 && !has_size(f, e->attr.size)))
		return;
	if (f->json) {
		attr_json(&f->j, path, &e->attr, e->target);
		return;
	}
	cli_text(stdout, path);
	putchar('\n');
}

static void find_in(struct find *f, const char *path, uint32_t fid);

static void
find_entry(
    struct find *f, const char *path, uint32_t fid, const struct dir_entry *e)
{
	char *below = cli_join(path, e->name);
	uint32_t sub;
	int rc = below != NULL ? e->rc : -ENOMEM;

	if (rc == 0)
		look(f, below, e);
	if (rc == 0 && dir_below(e) &&
	    (rc = dir_enter(f->c, fid, e->name, &sub)) == 0) {
		find_in(f, below, sub);
		etfsc_forget(f->c->fs, sub);
	}
	if (rc != 0)
		cli_error(f->c, below, rc);
	free(below);
}

static void
find_in(struct find *f, const char *path, uint32_t fid)
{
	struct dir_list list;
	size_t i;
	int rc = dir_read(f->c, fid, DIR_FILES, &list);

	if (rc == 0) {
		if (wants_attrs(f, &list))
			dir_attrs(f->c, fid, &list, f->json);
		for (i = 0; i < list.n && !cli_over(f->c); i++)
			find_entry(f, path, fid, &list.e[i]);
	} else
		cli_error(f->c, path, rc);
	dir_free(&list);
}

static void
find_path(struct find *f, const char *path)
{
	struct dir_entry e = { .rc = 0 };
	uint32_t fid;
	int rc = etfsc_lstat(f->c->fs, path, &e.attr);

	if (rc == 0)
		look(f, path, &e);
	if (rc == 0 && S_ISDIR(e.attr.mode) &&
	    (rc = dir_fid(f->c, path, &fid)) == 0) {
		find_in(f, path, fid);
		etfsc_forget(f->c->fs, fid);
	}
	if (rc != 0)
		cli_error(f->c, path, rc);
}

static int
set_options(struct find *f, int argc, char **argv)
{
	int letter, rc = 0;

	while (rc == 0 && (letter = cli_option(f->c, argc, argv)) != -1) {
		if (letter == '?')
			return -1;
		if (letter == NAME)
			f->name = optarg;
		else if (letter == TYPE)
			rc = set_type(f, optarg);
		else if (letter == SIZE)
			rc = set_size(f, optarg);
		else
			f->json = true;
	}
	return rc;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct find f = { .c = c, .j = { .out = stdout } };

	if (set_options(&f, argc, argv) != 0)
		return c->status;
	if (f.json)
		json_open(&f.j, NULL, '[');
	if (optind == argc)
		find_path(&f, ".");
	for (; optind < argc; optind++)
		find_path(&f, argv[optind]);
	if (f.json)
		json_close(&f.j, ']');
	return c->status;
}

const struct cli_command cmd_find = {
	.name = "find",
	.operands = "[PATH ...]",
	.help = "print what has a name, a type, a size",
	.options = options,
	.flags = CLI_ONE_DASH,
	.run = run,
};
