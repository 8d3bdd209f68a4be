/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_ls.c -- ls: what is in directories.
 */

#include <getopt.h>
#include <sys/stat.h>

#include "attr.h"
#include "columns.h"
#include "long.h"

struct ls {
	struct cli *c;
	bool all, longer, recurse, self, one, slash, json;
	struct json j;
	bool titles; /* each directory's name stands above it */
	bool some; /* something has been printed */
};

static const struct cli_option options[] = {
	{ 'a', "all", NULL, "names that begin with a dot, too" },
	{ 'd', "directory", NULL, "directories, not what is in them" },
	{ 'l', NULL, NULL, "modes, owners, sizes and times" },
	{ 'R', "recursive", NULL, "directories in directories, too" },
	{ 'p', NULL, NULL, "a slash behind directories" },
	{ '1', NULL, NULL, "one on each line, on a terminal, too" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

static bool
wants_attrs(const struct ls *ls)
{
	return ls->longer || ls->json;
}

/* dir NULL: their names are whole paths. */
static void
print_json(struct ls *ls, const char *dir, const struct dir_list *list)
{
	const struct dir_entry *e;
	char *path;
	size_t i;

	for (i = 0; i < list->n; i++) {
		e = &list->e[i];
		path = dir != NULL ? cli_join(dir, e->name) : NULL;
		if (e->rc == 0)
			attr_json(&ls->j, path != NULL ? path : e->name,
			    &e->attr, e->target);
		free(path);
	}
}

static void
add_slashes(struct dir_list *list)
{
	struct dir_entry *e;

	for (e = list->e; e < list->e + list->n; e++)
		e->slash = (e->qid.type & ETFSC_QTDIR) != 0;
}

static void
report(struct ls *ls, const char *dir, const struct dir_list *list)
{
	char *path;
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (list->e[i].rc == 0)
			continue;
		path = cli_join(dir, list->e[i].name);
		cli_error(ls->c, path, list->e[i].rc);
		free(path);
	}
}

static void
print(struct ls *ls, const char *dir, struct dir_list *list)
{
	size_t width = ls->one ? 0 : columns_width(), i;

	if (ls->slash)
		add_slashes(list);
	if (ls->json)
		print_json(ls, dir, list);
	else if (ls->longer)
		long_print(list, dir != NULL);
	else if (width > 0)
		columns_print(list, width);
	else
		for (i = 0; i < list->n; i++) {
			dir_print(&list->e[i]);
			putchar('\n');
		}
	if (list->n > 0)
		ls->some = true;
}

static void
title(struct ls *ls, const char *path)
{
	if (!ls->titles || ls->json)
		return;
	if (ls->some)
		putchar('\n');
	cli_text(stdout, path);
	fputs(":\n", stdout);
	ls->some = true;
}

static void list_dir(struct ls *ls, const char *path, uint32_t fid);

static void
go_down(
    struct ls *ls, const char *path, uint32_t fid, const struct dir_list *list)
{
	uint32_t sub;
	char *below;
	size_t i;
	int rc;

	for (i = 0; i < list->n && !cli_over(ls->c); i++) {
		if (!dir_below(&list->e[i]))
			continue;
		below = cli_join(path, list->e[i].name);
		rc = below != NULL
		    ? dir_enter(ls->c, fid, list->e[i].name, &sub)
		    : -ENOMEM;
		if (rc == 0) {
			list_dir(ls, below, sub);
			etfsc_forget(ls->c->fs, sub);
		} else
			cli_error(ls->c, below, rc);
		free(below);
	}
}

static void
list_dir(struct ls *ls, const char *path, uint32_t fid)
{
	struct dir_list list;
	int rc = dir_read(ls->c, fid, ls->all ? DIR_ALL : DIR_SHOWN, &list);

	if (rc == 0) {
		if (wants_attrs(ls))
			dir_attrs(ls->c, fid, &list, true);
		title(ls, path);
		report(ls, path, &list);
		print(ls, path, &list);
		if (ls->recurse)
			go_down(ls, path, fid, &list);
	} else
		cli_error(ls->c, path, rc);
	dir_free(&list);
}

static void
list_path(struct ls *ls, const char *path)
{
	uint32_t fid;
	int rc = dir_fid(ls->c, path, &fid);

	if (rc == 0)
		list_dir(ls, path, fid);
	else
		cli_error(ls->c, path, rc);
	etfsc_forget(ls->c->fs, fid);
}

/* A link that leads nowhere is itself. */
static int
look(struct ls *ls, const char *path, struct etfsc_attr *attr)
{
	if (!ls->self && !ls->longer && etfsc_stat(ls->c->fs, path, attr) == 0)
		return 0;
	return etfsc_lstat(ls->c->fs, path, attr);
}

static void
add_operand(struct ls *ls, const char *path, struct dir_list *files,
    struct dir_list *dirs)
{
	struct etfsc_attr attr;
	struct dir_entry *e;
	int rc = look(ls, path, &attr);
	bool dir = rc == 0 && !ls->self && S_ISDIR(attr.mode);
	char target[4096];
	ssize_t len;

	if (rc != 0) {
		cli_error(ls->c, path, rc);
		return;
	}
	if ((e = dir_add(dir ? dirs : files, path)) == NULL) {
		cli_error(ls->c, path, -ENOMEM);
		return;
	}
	e->attr = attr;
	e->qid = attr.qid;
	if (!S_ISLNK(attr.mode) || !wants_attrs(ls))
		return;
	len = etfsc_readlink(ls->c->fs, path, target, sizeof(target));
	if (len >= 0)
		e->target = strndup(target, (size_t)len);
}

static void
list_all(struct ls *ls, char **paths, int n)
{
	struct dir_list files = { .n = 0 }, dirs = { .n = 0 };
	size_t i;

	while (n-- > 0)
		add_operand(ls, *paths++, &files, &dirs);
	dir_sort(&files);
	dir_sort(&dirs);
	if (files.n > 0)
		print(ls, NULL, &files);
	for (i = 0; i < dirs.n && !cli_over(ls->c); i++)
		list_path(ls, dirs.e[i].name);
	dir_free(&files);
	dir_free(&dirs);
}

static int
set_options(struct ls *ls, int argc, char **argv)
{
	int letter;

	while ((letter = cli_option(ls->c, argc, argv)) != -1) {
		if (letter == '?')
			return -1;
		ls->all = ls->all || letter == 'a';
		ls->self = ls->self || letter == 'd';
		ls->longer = ls->longer || letter == 'l';
		ls->recurse = ls->recurse || letter == 'R';
		ls->slash = ls->slash || letter == 'p';
		ls->one = ls->one || letter == '1';
		ls->json = ls->json || letter == CLI_JSON;
	}
	return 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct ls ls = { .c = c, .j = { .out = stdout } };
	char dot[] = ".", *here[] = { dot };

	if (set_options(&ls, argc, argv) != 0)
		return c->status;
	ls.titles = ls.recurse || argc - optind > 1;
	if (ls.json)
		json_open(&ls.j, NULL, '[');
	if (optind < argc)
		list_all(&ls, argv + optind, argc - optind);
	else
		list_all(&ls, here, 1);
	if (ls.json)
		json_close(&ls.j, ']');
	return c->status;
}

const struct cli_command cmd_ls = {
	.name = "ls",
	.operands = "[PATH ...]",
	.help = "list directories",
	.options = options,
	.run = run,
};
