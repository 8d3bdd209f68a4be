/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * share.c -- a host directory to be shown in the tree.
 *
 * Here it is only taken apart; whether there is such a directory turns out in
 * tree.c.
 */

#include <stdlib.h>
#include <string.h>

#include "parse.h"
#include "share.h"

static int
no_memory(struct failure *f)
{
	return failure_set(f, EXIT_START, "no memory");
}

/* NULL, or what is wrong with it. */
static const char *
take_apart(struct share *sh)
{
	char *rest = sh->buf, *param;

	sh->key = parse_field(&rest, "=");
	if (sh->key == NULL || sh->key[0] != '/' || rest == NULL)
		return "it has to be /KEY=DIR";
	sh->dir = parse_field(&rest, ",");
	if (sh->dir == NULL || sh->dir[0] == '\0')
		return "it has to be /KEY=DIR";
	while (rest != NULL) {
		param = parse_field(&rest, ",");
		if (param == NULL || strcmp(param, "ro") != 0)
			return "the only parameter is ,ro";
		sh->readonly = true;
	}
	return NULL;
}

int
share_parse(const char *text, struct share *out, struct failure *f)
{
	struct share sh = { .buf = strdup(text) };
	const char *wrong;

	if (sh.buf == NULL)
		return no_memory(f);
	if ((wrong = take_apart(&sh)) != NULL) {
		share_fini(&sh);
		return failure_set(
		    f, EXIT_USAGE, "--export %s: %s", text, wrong);
	}
	*out = sh;
	return 0;
}

int
share_root(const char *dir, struct share *out, struct failure *f)
{
	struct share sh = { .buf = strdup(dir), .key = "/" };

	if (sh.buf == NULL)
		return no_memory(f);
	if (dir[0] == '\0') {
		share_fini(&sh);
		return failure_set(f, EXIT_USAGE, "DIR is empty");
	}
	sh.dir = sh.buf;
	*out = sh;
	return 0;
}

void
share_fini(struct share *sh)
{
	free(sh->buf);
}
