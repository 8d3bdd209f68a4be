/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_cwd.c -- the current directory, and what it is called.
 *
 * It is a fid; its name is kept beside it, put together from the names that a
 * path was walked by once its links had been followed.
 */

#include <stdlib.h>

#include "etfsc_files.h"

void
etfsc_trail_reset(struct etfsc_trail *trail)
{
	trail->len = 0;
	if (trail->s != NULL)
		trail->s[0] = '\0';
}

static void
drop_name(struct etfsc_trail *trail)
{
	while (trail->len > 0 && trail->s[--trail->len] != '/')
		;
	if (trail->s != NULL)
		trail->s[trail->len] = '\0';
}

static int
add_name(struct etfsc_trail *trail, const p9_str *name)
{
	size_t need = trail->len + name->len + 2;
	char *s;

	if (need > trail->cap) {
		if ((s = realloc(trail->s, 2 * need)) == NULL)
			return -ENOMEM;
		trail->s = s;
		trail->cap = 2 * need;
	}
	trail->s[trail->len++] = '/';
	memcpy(trail->s + trail->len, name->s, name->len);
	trail->len += name->len;
	trail->s[trail->len] = '\0';
	return 0;
}

int
etfsc_trail_add(struct etfsc_trail *trail, const p9_names *names)
{
	const p9_str *name;
	uint16_t i;
	int rc = 0;

	for (i = 0; i < names->n && rc == 0; i++) {
		name = &names->name[i];
		if (name->len == 2 && memcmp(name->s, "..", 2) == 0)
			drop_name(trail);
		else
			rc = add_name(trail, name);
	}
	return rc;
}

/* Where a path begins. */
static int
begin(struct etfsc_trail *trail, const struct etfsc *fs, const char *path)
{
	*trail = (struct etfsc_trail){ NULL, 0, 0 };
	if (path[0] == '/' || fs->cwd_name == NULL)
		return 0;
	if ((trail->s = strdup(fs->cwd_name)) == NULL)
		return -ENOMEM;
	trail->len = strlen(trail->s);
	trail->cap = trail->len + 1;
	return 0;
}

static int
enter(struct etfsc_path *p)
{
	struct etfsc *fs = p->fs;
	uint32_t fid;
	int rc;

	if (!etfsc_is_dir(&p->qid))
		return -ENOTDIR;
	if ((rc = etfsc_path_take(p, &fid)) != 0)
		return rc;
	if (fs->cwd != fs->root)
		etfsc_forget(fs, fs->cwd);
	fs->cwd = fid;
	fs->cwd_qid = p->qid;
	free(fs->cwd_name);
	fs->cwd_name = p->trail->s;
	p->trail->s = NULL;
	return 0;
}

int
etfsc_chdir(struct etfsc *fs, const char *path)
{
	struct etfsc_trail trail;
	struct etfsc_path p;
	int rc;

	if ((rc = begin(&trail, fs, path)) != 0)
		return rc;
	rc = etfsc_path_init(&p, fs, path);
	p.trail = &trail;
	if (rc == 0)
		rc = etfsc_path_resolve(&p, true);
	if (rc == 0)
		rc = enter(&p);
	etfsc_path_fini(&p);
	free(trail.s);
	return rc;
}

ssize_t
etfsc_getcwd(struct etfsc *fs, char *buf, size_t cap)
{
	const char *name = fs->cwd_name;
	size_t len;

	if (name == NULL || name[0] == '\0')
		name = "/";
	len = strlen(name);
	if (len >= cap)
		return -ERANGE;
	memcpy(buf, name, len + 1);
	return (ssize_t)len;
}
