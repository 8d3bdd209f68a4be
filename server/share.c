/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * share.c -- a place of the host to be shown in the tree.
 *
 * Here it is only taken apart; whether there is such a thing turns out in
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

/* Each takes the text behind "NAME=", or NULL, and tells what is wrong. */

static const char *
set_type(struct share *sh, enum etfs_type type)
{
	if (sh->etfs.type != ETFS_AUTO && sh->etfs.type != type)
		return "it is of one type only";
	sh->etfs.type = type;
	return NULL;
}

static const char *
set_offset(struct share *sh, char *arg)
{
	if (parse_size(arg, 0, INT64_MAX, &sh->etfs.offset) != 0)
		return "offset= takes a number of bytes";
	sh->etfs.has_offset = true;
	return NULL;
}

static const char *
set_size(struct share *sh, char *arg)
{
	if (parse_size(arg, 1, INT64_MAX, &sh->etfs.size) != 0)
		return "size= takes a number of bytes, at least 1";
	sh->etfs.has_size = true;
	return NULL;
}

static const char *
set_identity(struct share *sh, char *arg)
{
	static const struct {
		const char *name;
		enum etfs_identity identity;
	} names[] = {
		{ "self", ETFS_SELF },
		{ "client", ETFS_CLIENT },
		{ "mapped", ETFS_MAPPED },
	};
	size_t i;

	sh->identity_given = true;
	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(arg, names[i].name) == 0) {
			sh->etfs.identity = names[i].identity;
			return NULL;
		}
	}
	sh->etfs.identity = ETFS_SQUASH;
	if (strncmp(arg, "squash:", 7) == 0 &&
	    parse_ids(arg + 7, &sh->etfs.squash_uid, &sh->etfs.squash_gid) == 0)
		return NULL;
	return "identity= is self, client, mapped or squash:UID:GID";
}

static const char *
set_fsync(struct share *sh, char *arg)
{
	sh->etfs.no_fsync = strcmp(arg, "off") == 0;
	return sh->etfs.no_fsync ? NULL : "fsync= is off, or not given";
}

static const char *
set_xdev(struct share *sh, char *arg)
{
	sh->etfs.no_xdev = strcmp(arg, "off") == 0;
	return sh->etfs.no_xdev ? NULL : "xdev= is off, or not given";
}

static const char *
set_param(struct share *sh, char *param)
{
	static const struct {
		const char *name;
		enum etfs_type type;
	} types[] = {
		{ "reg", ETFS_REG },
		{ "blk", ETFS_BLK },
		{ "chr", ETFS_CHR },
		{ "dir", ETFS_DIR },
		{ "tree", ETFS_TREE },
	};
	static const struct {
		const char *name;
		const char *(*set)(struct share *sh, char *arg);
	} params[] = {
		{ "offset=", set_offset },
		{ "size=", set_size },
		{ "identity=", set_identity },
		{ "fsync=", set_fsync },
		{ "xdev=", set_xdev },
	};
	size_t i, len;

	if (strcmp(param, "ro") == 0) {
		sh->etfs.readonly = true;
		return NULL;
	}
	for (i = 0; i < sizeof(types) / sizeof(types[0]); i++)
		if (strcmp(param, types[i].name) == 0)
			return set_type(sh, types[i].type);
	for (i = 0; i < sizeof(params) / sizeof(params[0]); i++) {
		len = strlen(params[i].name);
		if (strncmp(param, params[i].name, len) == 0)
			return params[i].set(sh, param + len);
	}
	return "parameters are reg, blk, chr, dir, tree, ro, offset=, size=, "
	       "identity=, fsync=off and xdev=off";
}

/* The path, and what stands between two percent signs behind it. */
static const char *
take_path(struct share *sh, char **rest)
{
	static const char wrong[] = "it has to be /KEY=PATH";
	static const char unended[] = "a partition is named as in PATH%PART:2%";
	char *end;

	end = *rest + parse_span(*rest, "%,");
	if (*end != '%') {
		sh->etfs.path = parse_field(rest, ",");
		return sh->etfs.path == NULL || sh->etfs.path[0] == '\0' ? wrong
									 : NULL;
	}
	sh->etfs.path = parse_field(rest, "%");
	if (sh->etfs.path == NULL || sh->etfs.path[0] == '\0')
		return wrong;
	sh->etfs.partition = parse_field(rest, "%");
	if (sh->etfs.partition == NULL || *rest == NULL)
		return unended;
	if (**rest == '\0')
		*rest = NULL;
	else if (*(*rest)++ != ',')
		return unended;
	return NULL;
}

/* NULL, or what is wrong with it. */
static const char *
take_apart(struct share *sh)
{
	char *rest = sh->buf, *param;
	const char *wrong;

	sh->key = parse_field(&rest, "=");
	if (sh->key == NULL || sh->key[0] != '/' || rest == NULL)
		return "it has to be /KEY=PATH";
	if (sh->key[strspn(sh->key, "/")] == '\0')
		sh->key = "/"; /* however often it was said */
	wrong = take_path(sh, &rest);
	while (wrong == NULL && rest != NULL) {
		if ((param = parse_field(&rest, ",")) == NULL)
			return "a backslash ends it";
		wrong = set_param(sh, param);
	}
	if (wrong == NULL && sh->etfs.partition != NULL &&
	    (sh->etfs.has_offset || sh->etfs.has_size))
		return "a partition has its own offset and size";
	return wrong;
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
	sh.etfs.path = sh.buf;
	sh.etfs.type = ETFS_TREE;
	*out = sh;
	return 0;
}

void
share_fini(struct share *sh)
{
	free(sh->buf);
}
