/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * copy_say.c -- what is said while files are copied, with the progress line out
 * of the way.
 */

#include "copy.h"

static char *
whole_path(const char *dir, const char *name)
{
	if (dir == NULL)
		return strdup(name);
	return cli_join(strcmp(dir, ".") == 0 ? "" : dir, name);
}

void
copy_error(struct copy *cp, const char *dir, const char *name, int rc)
{
	char *path = whole_path(dir, name);

	progress_clear(&cp->progress);
	cli_error(cp->c, path != NULL ? path : name, rc);
	free(path);
}

void
copy_say(struct copy *cp, const char *dir, const char *name, const char *what)
{
	char *path = whole_path(dir, name);

	progress_clear(&cp->progress);
	cli_fail(cp->c, "%s: %s", path != NULL ? path : name, what);
	free(path);
}
