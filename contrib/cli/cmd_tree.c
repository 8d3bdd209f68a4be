/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_tree.c -- tree: directories in directories, as a picture.
 */

#include <getopt.h>

#include "dir.h"

static const struct cli_option options[] = {
	{ 'a', "all", NULL, "names that begin with a dot, too" },
	{ 'd', "directories", NULL, "directories only" },
	{ 0, NULL, NULL, NULL },
};

struct tree {
	struct cli *c;
	bool all, dirs;
	size_t ndirs, nfiles;
};

static void draw(
    struct tree *t, const char *path, uint32_t fid, const char *margin);

static void
draw_below(struct tree *t, const char *path, uint32_t fid,
    const struct dir_entry *e, const char *margin, bool last)
{
	char *below = cli_join(path, e->name), *more;
	uint32_t sub;
	int rc;

	if (below == NULL ||
	    asprintf(&more, "%s%s", margin, last ? "    " : "│   ") < 0) {
		cli_error(t->c, e->name, -ENOMEM);
		free(below);
		return;
	}
	if ((rc = dir_enter(t->c, fid, e->name, &sub)) == 0) {
		draw(t, below, sub, more);
		etfsc_forget(t->c->fs, sub);
	} else
		cli_error(t->c, below, rc);
	free(more);
	free(below);
}

static bool
shown(const struct tree *t, const struct dir_entry *e)
{
	return !t->dirs || dir_below(e);
}

static void
draw_entries(struct tree *t, const char *path, uint32_t fid, const char *margin,
    const struct dir_list *list)
{
	const struct dir_entry *e;
	size_t i, n = list->n;
	bool last;

	while (n > 0 && !shown(t, &list->e[n - 1]))
		n--;
	for (i = 0; i < n && !cli_over(t->c); i++) {
		e = &list->e[i];
		last = i + 1 == n;
		if (!shown(t, e))
			continue;
		printf("%s%s", margin, last ? "└── " : "├── ");
		cli_text(stdout, e->name);
		if (e->target != NULL) {
			fputs(" -> ", stdout);
			cli_text(stdout, e->target);
		}
		putchar('\n');
		if (dir_below(e)) {
			t->ndirs++;
			draw_below(t, path, fid, e, margin, last);
		} else
			t->nfiles++;
	}
}

static void
draw(struct tree *t, const char *path, uint32_t fid, const char *margin)
{
	struct dir_list list;
	int rc = dir_read(t->c, fid, t->all ? DIR_FILES : DIR_SHOWN, &list);

	if (rc == 0) {
		if (!t->dirs)
			dir_attrs(t->c, fid, &list, true);
		draw_entries(t, path, fid, margin, &list);
	} else
		cli_error(t->c, path, rc);
	dir_free(&list);
}

static void
draw_path(struct tree *t, const char *path)
{
	uint32_t fid;
	int rc = dir_fid(t->c, path, &fid);

	if (rc != 0) {
		cli_error(t->c, path, rc);
		return;
	}
	cli_text(stdout, path);
	putchar('\n');
	draw(t, path, fid, "");
	etfsc_forget(t->c->fs, fid);
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct tree t = { .c = c };
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		t.all = t.all || letter == 'a';
		t.dirs = t.dirs || letter == 'd';
	}
	if (optind == argc)
		draw_path(&t, ".");
	for (; optind < argc; optind++)
		draw_path(&t, argv[optind]);
	printf("\n%zu director%s", t.ndirs, t.ndirs == 1 ? "y" : "ies");
	if (!t.dirs)
		printf(", %zu file%s", t.nfiles, t.nfiles == 1 ? "" : "s");
	putchar('\n');
	return c->status;
}

const struct cli_command cmd_tree = {
	.name = "tree",
	.operands = "[DIR ...]",
	.help = "draw what is in directories, and below them",
	.options = options,
	.run = run,
};
