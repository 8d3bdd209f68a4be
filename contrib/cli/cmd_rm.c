/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_rm.c -- rm: files, and whole trees.
 *
 * A tree goes by fid: what is renamed meanwhile, or becomes a link, leads
 * nowhere else.  Of a directory, all files are removed at once, in flight.
 */

#include <getopt.h>

#include "dir.h"

struct rm {
	struct cli *c;
	bool recurse, force;
};

static const struct cli_option options[] = {
	{ 'r', "recursive", NULL, "directories and all that is in them" },
	{ 'f', "force", NULL, "do not mind what is not there" },
	{ 0, NULL, NULL, NULL },
};

/* Has it gone, and should it have? */
static bool
is_gone(const struct rm *rm, int rc)
{
	return rc == 0 || (rm->force && rc == -ENOENT);
}

static void
say(struct rm *rm, const char *path, int rc)
{
	if (!is_gone(rm, rc))
		cli_error(rm->c, path, rc);
}

static void
unlinked(struct etfsc_req *req, int rc)
{
	struct dir_entry *e = (struct dir_entry *)req;

	if (rc == -EOPNOTSUPP || rc == -ENOSYS) /* an old server */
		rc = etfsc_unlinkat(e->list->flight.c->fs, e->list->dir,
		    e->name, dir_below(e) ? AT_REMOVEDIR : 0);
	e->rc = rc;
	flight_landed(&e->list->flight);
}

static void
unlink_one(struct dir_list *list, struct dir_entry *e, int flags)
{
	e->list = list;
	e->req.done = unlinked;
	etfsc_tunlinkat(list->flight.c->fs, &e->req, list->dir, e->name, flags);
}

static struct dir_list *
list_of(struct flight *f)
{
	return (
	    struct dir_list *)((char *)f - offsetof(struct dir_list, flight));
}

static void
start_file(struct flight *f, size_t i)
{
	struct dir_list *list = list_of(f);

	if (dir_below(&list->e[i]))
		flight_landed(f);
	else
		unlink_one(list, &list->e[i], 0);
}

/* Those that could not be emptied are left, and have been told of. */
static void
start_dir(struct flight *f, size_t i)
{
	struct dir_list *list = list_of(f);

	if (!dir_below(&list->e[i]) || list->e[i].rc != 0)
		flight_landed(f);
	else
		unlink_one(list, &list->e[i], AT_REMOVEDIR);
}

static void
sweep(struct rm *rm, struct dir_list *list,
    void (*start)(struct flight *f, size_t i))
{
	list->flight = (struct flight){ rm->c, list->n, start, 0 };
	flight_run(&list->flight);
}

static bool remove_in(struct rm *rm, const char *path, uint32_t fid);

static void
empty_dir(struct rm *rm, const char *path, uint32_t fid, struct dir_entry *e)
{
	char *below = cli_join(path, e->name);
	uint32_t sub;
	int rc;

	rc = below != NULL ? dir_enter(rm->c, fid, e->name, &sub) : -ENOMEM;
	if (rc == 0) {
		e->rc = remove_in(rm, below, sub) ? 0 : 1;
		etfsc_forget(rm->c->fs, sub);
	} else {
		say(rm, below != NULL ? below : e->name, rc);
		e->rc = is_gone(rm, rc) ? 0 : 1;
	}
	free(below);
}

/* What could not be removed; rc 1: that has been said. */
static bool
report(struct rm *rm, const char *path, const struct dir_list *list)
{
	bool all = true;
	char *name;
	size_t i;

	for (i = 0; i < list->n; i++) {
		if (is_gone(rm, list->e[i].rc))
			continue;
		all = false;
		if (list->e[i].rc == 1)
			continue;
		name = cli_join(path, list->e[i].name);
		say(rm, name, list->e[i].rc);
		free(name);
	}
	return all;
}

/* All that is in fid; is it empty? */
static bool
remove_in(struct rm *rm, const char *path, uint32_t fid)
{
	struct dir_list list;
	size_t i;
	int rc = dir_read(rm->c, fid, DIR_FILES, &list);
	bool all = is_gone(rm, rc);

	say(rm, path, rc);
	if (rc == 0) {
		list.dir = fid;
		sweep(rm, &list, start_file);
		for (i = 0; i < list.n && !cli_over(rm->c); i++)
			if (dir_below(&list.e[i]))
				empty_dir(rm, path, fid, &list.e[i]);
		sweep(rm, &list, start_dir);
		all = report(rm, path, &list);
	}
	dir_free(&list);
	return all;
}

static void
remove_tree(struct rm *rm, const char *path)
{
	uint32_t fid;
	int rc = dir_fid(rm->c, path, &fid);

	if (rc != 0)
		say(rm, path, rc);
	else if (remove_in(rm, path, fid))
		say(rm, path, etfsc_rmdir(rm->c->fs, path));
	etfsc_forget(rm->c->fs, fid);
}

static void
remove_path(struct rm *rm, const char *path)
{
	char *name = cli_basename(path);
	int rc;

	if (name != NULL &&
	    (strcmp(name, ".") == 0 || strcmp(name, "..") == 0 ||
		strcmp(name, "/") == 0))
		cli_fail(rm->c, "%s: this is not removed", path);
	else {
		rc = etfsc_unlink(rm->c->fs, path);
		if (rc == -EISDIR && rm->recurse)
			remove_tree(rm, path);
		else
			say(rm, path, rc);
	}
	free(name);
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct rm rm = { .c = c };
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		rm.recurse = rm.recurse || letter == 'r';
		rm.force = rm.force || letter == 'f';
	}
	if (!cli_operands(c, argc - optind, rm.force ? 0 : 1, argc))
		return c->status;
	for (; optind < argc; optind++)
		remove_path(&rm, argv[optind]);
	return c->status;
}

const struct cli_command cmd_rm = {
	.name = "rm",
	.operands = "PATH ...",
	.help = "remove files, or trees",
	.options = options,
	.run = run,
};
