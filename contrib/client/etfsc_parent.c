/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_parent.c -- from a path to a directory and a name in it, for who makes
 * or removes something there.
 */

#include <stdlib.h>

#include "etfsc_files.h"

/* Where the last name of s begins and ends. */
static const char *
find_last(const char *s, const char **end)
{
	const char *name;

	*end = s + strlen(s);
	while (*end > s && (*end)[-1] == '/')
		(*end)--;
	for (name = *end; name > s && name[-1] != '/'; name--)
		;
	return name;
}

static int
set_last(struct etfsc_last *last, const char *name, const char *end)
{
	size_t len = (size_t)(end - name);

	if (len > ETFSC_NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(last->name, name, len);
	last->name[len] = '\0';
	last->slash = *end != '\0';
	last->kind = len == 0               ? ETFSC_TOP
	    : strcmp(last->name, ".") == 0  ? ETFSC_DOT
	    : strcmp(last->name, "..") == 0 ? ETFSC_DOTS
					    : ETFSC_NAME;
	return 0;
}

/* Cut rest before its last name, and go there. */
int
etfsc_path_parent(struct etfsc_path *p, struct etfsc_last *last)
{
	const char *name, *end;
	char *buf;
	int rc;

	name = find_last(p->rest, &end);
	if ((buf = strndup(p->rest, (size_t)(name - p->rest))) == NULL)
		return -ENOMEM;
	rc = set_last(last, name, end);
	free(p->buf);
	p->buf = buf;
	p->rest = buf;
	if (rc == 0)
		rc = etfsc_path_resolve(p, true);
	if (rc != 0)
		return rc;
	p->rest = last->slash ? "/" : "";
	return etfsc_is_dir(&p->qid) ? 0 : -ENOTDIR;
}

int
etfsc_path_find_parent(struct etfsc_path *p, struct etfsc *fs, const char *path,
    struct etfsc_last *last)
{
	int rc = etfsc_path_init(p, fs, path);

	if (rc == 0)
		rc = etfsc_path_parent(p, last);
	if (rc != 0)
		etfsc_path_fini(p);
	return rc;
}
