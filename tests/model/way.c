/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * way.c -- how a path leads to a file of the model.
 */

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "world.h"

#define LINKS_MAX 40
#define NAME_LEN_MAX 255

static int walk(struct way *y, struct node *dir, const char *path);

static int
follow(struct way *y, struct node *dir, const char *target)
{
	bool last = y->follow_last;
	int rc;

	if (++y->links > LINKS_MAX)
		return -ELOOP;
	y->follow_last = true;
	rc = walk(y, dir, target);
	y->follow_last = last;
	return rc;
}

/* One name; last if none follows. */
static int
step(struct way *y, struct node *dir, const char *name, bool last)
{
	struct node *node;

	y->too_long = strlen(name) > NAME_LEN_MAX;
	if (y->too_long && !y->follows) /* the library says so by itself */
		return last ? 0 : -ENAMETOOLONG;
	if (!S_ISDIR(dir->mode))
		return -ENOTDIR;
	if (strcmp(name, "..") == 0) {
		y->node = dir->parent;
		return y->node == NULL ? -ENOENT : 0;
	}
	if (y->too_long && !last)
		return -ENAMETOOLONG;
	node = node_entry(dir, name);
	if (node != NULL && S_ISLNK(node->mode) && y->follows &&
	    (!last || y->follow_last))
		return follow(y, dir, node->target);
	y->node = node;
	y->dir = dir;
	memcpy(y->name, name, strlen(name) + 1);
	return 0;
}

static int
walk(struct way *y, struct node *dir, const char *path)
{
	char name[257];
	size_t len;
	int rc;

	y->node = dir;
	while (*path != '\0') {
		if (y->node == NULL)
			return -ENOENT;
		len = strcspn(path, "/");
		memcpy(name, path, len);
		name[len] = '\0';
		path += len + (path[len] == '/');
		if ((rc = step(y, y->node, name, *path == '\0')) != 0)
			return rc;
	}
	return 0;
}

/*
 * Returns 0, also if the last name is missing, then with node NULL; or -errno;
 * or RULE_SKIP, as nothing is open where it begins.
 */
int
way_begin(struct world *w, const struct step *s, const struct place *p,
    struct way *y, bool follow_last)
{
	char path[STEP_DEPTH * 257 + 1];
	struct node *from = w->root;

	if (p->base != STEP_ROOT)
		from = w->slots[s->party][p->base].node;
	if (from == NULL)
		return RULE_SKIP;
	*y = (struct way){ .w = w,
		.follows = !w->party[s->party].wire,
		.follow_last = follow_last };
	step_path(p, path, sizeof(path));
	if (p->n > 0)
		return walk(y, from, path);
	y->node = from;
	return y->follows && !S_ISDIR(from->mode) ? -ENOTDIR : 0;
}

int
way_walk(struct world *w, const struct step *s, const struct place *p,
    struct way *y, bool follow_last)
{
	int rc = way_begin(w, s, p, y, follow_last);

	return rc == 0 && y->too_long ? -ENAMETOOLONG : rc;
}
