/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_copy.c -- get, put and cp: the same, from and to different places.
 */

#include <getopt.h>
#include <sys/stat.h>

#include "copy.h"
#include "interrupt.h"
#include "mode.h"

enum {
	CONTINUE = CLI_LONG,
	VERIFY
};

static const struct cli_option options[] = {
	{ 'r', "recursive", NULL, "directories and all that is in them" },
	{ 'p', "preserve", NULL,
	    "keep permissions, times, and owners if possible" },
	{ 'q', "quiet", NULL, "tell no progress, on a terminal, either" },
	{ CONTINUE, "continue", NULL, "go on with what was interrupted" },
	{ VERIFY, "verify", NULL, "read both again, and compare every byte" },
	{ 0, NULL, NULL, NULL },
};

static bool
has_name(const char *name)
{
	return strcmp(name, ".") != 0 && strcmp(name, "..") != 0 &&
	    strcmp(name, "/") != 0;
}

/* Into the directory to: under its own name, if it has one. */
static void
copy_into(struct copy *cp, const char *path, const char *to)
{
	char *name = cli_basename(path);

	if (name == NULL)
		copy_error(cp, NULL, path, -ENOMEM);
	else
		copy_tree(cp, path, to, has_name(name) ? name : NULL);
	free(name);
}

static bool
is_dir(struct copy *cp, const char *path)
{
	struct etfsc_attr attr;

	return cp->from->look(cp->c, path, !cp->recurse, &attr) == 0 &&
	    S_ISDIR(attr.mode);
}

/* As what is called to, which is no directory yet. */
static void
copy_as(struct copy *cp, const char *path, const char *to)
{
	char *dir, *name;

	if (copy_split(to, &dir, &name) != 0)
		copy_error(cp, NULL, to, -ENOMEM);
	else if (!has_name(name) || name[0] == '\0')
		copy_error(cp, NULL, to, -ENOENT);
	else if (to[strlen(to) - 1] == '/' && !is_dir(cp, path))
		copy_error(cp, NULL, to, -ENOTDIR);
	else
		copy_tree(cp, path, dir, name);
	free(dir);
	free(name);
}

static void
copy_operands(struct copy *cp, char **paths, int n)
{
	const char *to = paths[n - 1];
	struct etfsc_attr attr;
	bool there = cp->to->look(cp->c, to, true, &attr) == 0;
	bool into = there && S_ISDIR(attr.mode);

	if (!into && n > 2) {
		cli_error(cp->c, to, -ENOTDIR);
		return;
	}
	if (there && !into && !S_ISREG(attr.mode)) { /* /dev/null, say */
		copy_say(cp, NULL, to, "not a regular file");
		return;
	}
	for (; n > 1 && !cli_over(cp->c); n--, paths++) {
		if (into)
			copy_into(cp, paths[0], to);
		else
			copy_as(cp, paths[0], to);
	}
}

static void
finish(struct copy *cp)
{
	cp->progress.all = true;
	progress_show(&cp->progress);
	while (etfsc_pending(cp->c->fs) > 0) {
		etfsc_run(cp->c->fs, 200);
		progress_show(&cp->progress);
	}
	progress_clear(&cp->progress);
	if (interrupt_count > 0)
		cli_fail(cp->c, "interrupted");
}

static int
copy(struct cli *c, int argc, char **argv, const struct place *from,
    const struct place *to)
{
	struct copy cp = { .c = c, .from = from, .to = to };
	struct interrupt i;
	bool quiet = false;
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		cp.recurse = cp.recurse || letter == 'r';
		cp.keep = cp.keep || letter == 'p';
		cp.resume = cp.resume || letter == CONTINUE;
		cp.verify = cp.verify || letter == VERIFY;
		quiet = quiet || letter == 'q';
	}
	if (!cli_operands(c, argc - optind, 2, argc))
		return c->status;
	cp.umask = mode_umask();
	interrupt_catch(&i, 1);
	progress_begin(&cp.progress, !quiet);
	copy_operands(&cp, argv + optind, argc - optind);
	finish(&cp);
	interrupt_release(c, &i);
	return c->status;
}

static int
run_get(struct cli *c, int argc, char **argv)
{
	return copy(c, argc, argv, &place_remote, &place_local);
}

static int
run_put(struct cli *c, int argc, char **argv)
{
	return copy(c, argc, argv, &place_local, &place_remote);
}

static int
run_cp(struct cli *c, int argc, char **argv)
{
	return copy(c, argc, argv, &place_remote, &place_remote);
}

const struct cli_command cmd_get = {
	.name = "get",
	.operands = "REMOTE ... LOCAL",
	.help = "copy from the server to this machine",
	.options = options,
	.run = run_get,
};

const struct cli_command cmd_put = {
	.name = "put",
	.operands = "LOCAL ... REMOTE",
	.help = "copy from this machine to the server",
	.options = options,
	.run = run_put,
};

const struct cli_command cmd_cp = {
	.name = "cp",
	.operands = "FROM ... TO",
	.help = "copy on the server",
	.options = options,
	.run = run_cp,
};
