/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy_tree.c -- operands, and directories with all that is in them.
 */

#include <sys/stat.h>

#include "copy.h"
#include "partial.h"

/* Attributes of a directory, and of its copy: those of new ones, or all. */
static void
set_later(struct copy_dir *d, const struct etfsc_attr *attr, bool made)
{
	struct copy *cp = d->cp;
	mode_t mode = attr->mode & 0777;

	d->source = *attr;
	if (made && (~mode & 0700) != 0) {
		d->attr.valid = ETFSC_SET_MODE;
		mode &= ~cp->umask;
	}
	d->attr.mode = mode;
	d->set = cp->keep || d->attr.valid != 0;
}

static int
stat_dir(struct copy *cp, const struct place *place,
    const struct place_file *dir, struct etfsc_attr *attr)
{
	struct etfsc_req req = { .done = NULL };
	int rc = place->stat(cp->c, &req, dir, attr);

	return rc == PLACE_PENDING ? etfsc_wait(cp->c->fs, &req) : rc;
}

/* What is called name in up becomes the copy of d, whose source is open. */
static int
make_copy(struct copy_dir *d, const struct copy_dir *up, const char *name)
{
	struct copy *cp = d->cp;
	struct etfsc_attr attr;
	int rc, made;

	if ((rc = stat_dir(cp, cp->from, &d->from, &attr)) != 0)
		return rc;
	made = cp->to->mkdir(
	    cp->c, &up->to, name, (attr.mode & 0777 & ~cp->umask) | 0700);
	if (made != 0 && made != -EEXIST)
		return made;
	if ((rc = cp->to->enter(cp->c, &up->to, name, &d->to)) != 0)
		return rc;
	set_later(d, &attr, made == 0);
	return 0;
}

static void copy_all(struct copy_dir *d);

/* Names in the source and in the copy are the same from here on. */
static void
go_down(struct copy_dir *up, const char *name)
{
	struct copy *cp = up->cp;
	char *from = cli_join(up->from_path, name);
	char *to = cli_join(up->to_path, name);
	struct copy_dir *d =
	    from != NULL && to != NULL ? copy_dir_new(cp, from, to, up) : NULL;
	int rc = -ENOMEM;

	free(from);
	free(to);
	if (d != NULL)
		rc = cp->from->enter(cp->c, &up->from, name, &d->from);
	if (rc != 0)
		copy_error(cp, up->from_path, name, rc);
	else if ((rc = make_copy(d, up, name)) != 0)
		copy_error(cp, up->to_path, name, rc);
	else
		copy_all(d);
	if (d != NULL)
		copy_dir_put(d);
}

/* A copy that is made in its own source must not be copied, too. */
static void
copy_top(struct copy_dir *d)
{
	struct copy *cp = d->cp;
	struct etfsc_attr attr;

	cp->self = 0;
	if (cp->from == cp->to && stat_dir(cp, cp->to, &d->to, &attr) == 0)
		cp->self = attr.qid.path;
	copy_all(d);
}

static void
copy_entry(struct copy_dir *d, const struct dir_entry *e)
{
	if ((e->qid.type & ETFSC_QTDIR) == 0)
		copy_file(
		    d, e->name, e->name, (e->qid.type & ETFSC_QTSYMLINK) != 0);
	else if (d->cp->self != 0 && e->qid.path == d->cp->self)
		copy_say(d->cp, d->from_path, e->name,
		    "a copy is not copied into itself");
	else
		go_down(d, e->name);
}

/* What somebody has left behind has the name that another file has until it is
 * whole, and comes when that is. */
static void
copy_all(struct copy_dir *d)
{
	struct copy *cp = d->cp;
	struct dir_list list;
	int rc = cp->from->list(cp->c, &d->from, &list);
	size_t i;

	if (rc != 0) {
		copy_error(cp, NULL, d->from_path, rc);
		list.n = 0;
	}
	for (i = 0; i < list.n && !cli_over(cp->c); i++)
		if (!partial_named(list.e[i].name))
			copy_entry(d, &list.e[i]);
	for (i = list.n; i > 0 && !cli_over(cp->c); i--)
		if (partial_named(list.e[i - 1].name))
			copy_entry(d, &list.e[i - 1]);
	dir_free(&list);
}

static size_t
without(const char *path, size_t len, bool slashes)
{
	while (len > 0 && (path[len - 1] == '/') == slashes)
		len--;
	return len;
}

int
copy_split(const char *path, char **dir, char **name)
{
	size_t len = without(path, strlen(path), true);

	len = without(path, len, false);
	if (len > 0 && (len = without(path, len, true)) == 0)
		*dir = strdup("/");
	else
		*dir = len > 0 ? strndup(path, len) : strdup(".");
	*name = cli_basename(path);
	return *dir != NULL && *name != NULL ? 0 : -ENOMEM;
}

/* Both sides of what is above; what is wrong has been said if it is NULL. */
static struct copy_dir *
open_both(struct copy *cp, const char *from_dir, const char *to_dir)
{
	struct copy_dir *d = copy_dir_new(cp, from_dir, to_dir, NULL);
	const char *what = from_dir;
	int rc = d != NULL ? cp->from->at(cp->c, from_dir, &d->from) : -ENOMEM;

	if (rc == 0) {
		what = to_dir;
		rc = cp->to->at(cp->c, to_dir, &d->to);
	}
	if (rc == 0)
		return d;
	copy_error(cp, NULL, what, rc);
	if (d != NULL)
		copy_dir_put(d);
	return NULL;
}

static void
copy_operand(struct copy *cp, const char *path, bool link, const char *to_dir,
    const char *to)
{
	char *dir, *name;
	struct copy_dir *d = NULL;

	if (copy_split(path, &dir, &name) != 0)
		copy_error(cp, NULL, path, -ENOMEM);
	else
		d = open_both(cp, dir, to_dir);
	if (d != NULL) {
		copy_file(d, name, to, link);
		copy_dir_put(d);
	}
	free(dir);
	free(name);
}

/* d has the source, and what the copy will be in. */
static void
copy_named(
    struct copy *cp, struct copy_dir *above, const char *path, const char *to)
{
	char *to_path = cli_join(above->to_path, to);
	struct copy_dir *d =
	    to_path != NULL ? copy_dir_new(cp, path, to_path, above) : NULL;
	int rc = d != NULL ? cp->from->at(cp->c, path, &d->from) : -ENOMEM;

	if (rc == 0)
		rc = make_copy(d, above, to);
	if (rc == 0)
		copy_top(d);
	else
		copy_error(cp, NULL, to_path != NULL ? to_path : to, rc);
	if (d != NULL)
		copy_dir_put(d);
	free(to_path);
}

static void
copy_whole(struct copy *cp, const char *path, const struct etfsc_attr *attr,
    const char *to_dir, const char *to)
{
	struct copy_dir *d = open_both(cp, path, to_dir);

	if (d == NULL)
		return;
	if (to == NULL) {
		set_later(d, attr, false);
		copy_top(d);
	} else
		copy_named(cp, d, path, to);
	copy_dir_put(d);
}

/* Is what would be copied there already, as itself?  Some servers give one
 * number to files of different disks. */
static bool
is_same(struct copy *cp, const struct etfsc_attr *attr, const char *to_dir,
    const char *to)
{
	char *path = to != NULL ? cli_join(to_dir, to) : strdup(to_dir);
	struct etfsc_attr old;
	bool same = path != NULL && cp->from == cp->to &&
	    cp->to->look(cp->c, path, false, &old) == 0 &&
	    old.qid.path == attr->qid.path && old.size == attr->size &&
	    old.ctime.tv_sec == attr->ctime.tv_sec &&
	    old.ctime.tv_nsec == attr->ctime.tv_nsec;

	free(path);
	return same;
}

void
copy_tree(struct copy *cp, const char *path, const char *to_dir, const char *to)
{
	struct etfsc_attr attr;
	char *real = NULL;
	int rc = cp->from->look(cp->c, path, !cp->recurse, &attr);

	if (rc == 0 && !cp->recurse)
		rc = cp->from->follow(cp->c, path, &real);
	if (rc != 0)
		copy_error(cp, NULL, path, rc);
	else if (is_same(cp, &attr, to_dir, to))
		copy_say(cp, NULL, path, "that is the same file");
	else if (S_ISDIR(attr.mode) && cp->recurse)
		copy_whole(cp, path, &attr, to_dir, to);
	else if (S_ISDIR(attr.mode))
		copy_error(cp, NULL, path, -EISDIR);
	else if (to == NULL)
		copy_error(cp, NULL, path, -EINVAL);
	else
		copy_operand(cp, real != NULL ? real : path, S_ISLNK(attr.mode),
		    to_dir, to);
	free(real);
}
