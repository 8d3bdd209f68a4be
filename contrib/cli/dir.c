/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dir.c -- a directory's fid, and its entries.
 */

#include <dirent.h>

#include "dir.h"

#define CHUNK (256U << 10)

int
dir_fid(struct cli *c, const char *path, uint32_t *fid)
{
	struct etfsc_qid qid;
	int rc = etfsc_walk_path(c->fs, path, fid, &qid);

	if (rc != 0 || (qid.type & ETFSC_QTDIR) != 0)
		return rc;
	etfsc_forget(c->fs, *fid);
	*fid = ETFSC_NOFID;
	return -ENOTDIR;
}

int
dir_enter(struct cli *c, uint32_t dir, const char *name, uint32_t *fid)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_qid qid;
	int rc;

	*fid = ETFSC_NOFID;
	etfsc_twalk(c->fs, &req, dir, fid, &name, 1, &qid);
	if ((rc = etfsc_wait(c->fs, &req)) < 0)
		return rc;
	if (rc == 1 && (qid.type & ETFSC_QTDIR) != 0)
		return 0;
	etfsc_forget(c->fs, *fid);
	*fid = ETFSC_NOFID;
	return rc == 1 ? -ENOTDIR : -ENOENT;
}

struct dir_entry *
dir_add(struct dir_list *list, const char *name)
{
	size_t cap = list->cap == 0 ? 32 : 2 * list->cap;
	struct dir_entry *e;

	if (list->n == list->cap) {
		if ((e = realloc(list->e, cap * sizeof(*e))) == NULL)
			return NULL;
		list->e = e;
		list->cap = cap;
	}
	e = &list->e[list->n];
	memset(e, 0, sizeof(*e));
	if ((e->name = strdup(name)) == NULL)
		return NULL;
	list->n++;
	return e;
}

static int
by_name(const void *a, const void *b)
{
	const struct dir_entry *x = a, *y = b;

	return strcmp(x->name, y->name);
}

void
dir_sort(struct dir_list *list)
{
	if (list->n > 0)
		qsort(list->e, list->n, sizeof(*list->e), by_name);
}

void
dir_print(const struct dir_entry *e)
{
	cli_text(stdout, e->name);
	if (e->slash)
		putchar('/');
}

bool
dir_below(const struct dir_entry *e)
{
	return (e->qid.type & ETFSC_QTDIR) != 0 && strcmp(e->name, ".") != 0 &&
	    strcmp(e->name, "..") != 0;
}

static bool
wanted(const char *name, enum dir_dots dots)
{
	if (dots == DIR_ALL || name[0] != '.')
		return true;
	return dots == DIR_FILES && strcmp(name, ".") != 0 &&
	    strcmp(name, "..") != 0;
}

/* What one message brought; *cookie is where to go on. */
static int
take(const uint8_t *buf, size_t len, enum dir_dots dots, uint64_t *cookie,
    struct dir_list *out)
{
	struct etfsc_dirent d;
	struct dir_entry *e;
	int used;

	while ((used = etfsc_dirent_get(buf, len, &d)) > 0) {
		buf += used;
		len -= (size_t)used;
		*cookie = d.cookie;
		if (!wanted(d.name, dots))
			continue;
		if ((e = dir_add(out, d.name)) == NULL)
			return -ENOMEM;
		e->qid = d.qid;
		e->type = d.type;
	}
	return used;
}

static int
read_all(struct cli *c, uint32_t fid, enum dir_dots dots, struct dir_list *out)
{
	struct etfsc_req req = { .done = NULL };
	uint8_t *buf = malloc(CHUNK);
	uint64_t cookie = 0, before;
	int rc = buf != NULL ? 1 : -ENOMEM;

	while (rc > 0) {
		etfsc_treaddir(c->fs, &req, fid, cookie, CHUNK, buf);
		if ((rc = etfsc_wait(c->fs, &req)) <= 0)
			break;
		before = cookie;
		if ((rc = take(buf, (size_t)rc, dots, &cookie, out)) == 0)
			rc = cookie != before ? 1 : -EIO; /* for ever */
	}
	free(buf);
	return rc;
}

int
dir_read(struct cli *c, uint32_t dir, enum dir_dots dots, struct dir_list *out)
{
	struct etfsc_req req = { .done = NULL };
	uint32_t fid = ETFSC_NOFID;
	int rc;

	memset(out, 0, sizeof(*out));
	etfsc_twalk(c->fs, &req, dir, &fid, NULL, 0, NULL);
	if ((rc = etfsc_wait(c->fs, &req)) < 0)
		return rc;
	etfsc_tlopen(c->fs, &req, fid, O_RDONLY | O_DIRECTORY, NULL, NULL);
	if ((rc = etfsc_wait(c->fs, &req)) == 0)
		rc = read_all(c, fid, dots, out);
	etfsc_forget(c->fs, fid);
	dir_sort(out);
	return rc;
}

void
dir_free(struct dir_list *list)
{
	size_t i;

	for (i = 0; i < list->n; i++) {
		free(list->e[i].name);
		free(list->e[i].target);
	}
	free(list->e);
	memset(list, 0, sizeof(*list));
}
