/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_xattr.c -- xattr: extended attributes.
 */

#include <getopt.h>

#include "cli.h"
#include "json.h"

static const struct cli_option options[] = {
	{ 'h', "no-dereference", NULL, "of a link itself" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

struct xattr {
	struct cli *c;
	bool link, json;
	const char *path, *name, *value; /* as far as given */
};

/* What get or, without a name, list gives, to be freed; it may grow meanwhile. */
static ssize_t
fetch(const struct xattr *x, char **out)
{
	ssize_t len;
	char *buf = NULL;
	size_t cap = 0;

	do {
		if (x->name != NULL)
			len = (x->link ? etfsc_lgetxattr : etfsc_getxattr)(
			    x->c->fs, x->path, x->name, buf, cap);
		else
			len = (x->link ? etfsc_llistxattr : etfsc_listxattr)(
			    x->c->fs, x->path, buf, cap);
		if (len >= 0 && (cap > 0 || len == 0))
			break;
		if (len < 0 && len != -ERANGE)
			break;
		cap = len > 0 ? (size_t)len : cap * 2 + 64;
		free(buf);
		if ((buf = malloc(cap)) == NULL)
			len = -ENOMEM;
	} while (buf != NULL);
	if (len < 0) {
		free(buf);
		buf = NULL;
	}
	*out = buf;
	return len;
}

static int
list(const struct xattr *x)
{
	struct json j = { .out = stdout };
	char *names;
	ssize_t len = fetch(x, &names), i;

	if (len < 0)
		return (int)len;
	if (x->json)
		json_open(&j, NULL, '[');
	for (i = 0; i < len; i += (ssize_t)strlen(names + i) + 1) {
		if (x->json)
			json_text(&j, NULL, names + i);
		else {
			cli_text(stdout, names + i);
			putchar('\n');
		}
	}
	if (x->json)
		json_close(&j, ']');
	free(names);
	return 0;
}

/* All its bytes, and nothing else. */
static int
get(const struct xattr *x)
{
	struct json j = { .out = stdout };
	char *value;
	ssize_t len = fetch(x, &value);

	if (len < 0)
		return (int)len;
	if (x->json) {
		json_open(&j, NULL, '{');
		json_text(&j, "name", x->name);
		json_bytes(&j, "value", value, (size_t)len);
		json_close(&j, '}');
	} else
		fwrite(value, 1, (size_t)len, stdout);
	free(value);
	return 0;
}

static int
set(const struct xattr *x)
{
	return (x->link ? etfsc_lsetxattr : etfsc_setxattr)(
	    x->c->fs, x->path, x->name, x->value, strlen(x->value), 0);
}

static int
drop(const struct xattr *x)
{
	return (x->link ? etfsc_lremovexattr : etfsc_removexattr)(
	    x->c->fs, x->path, x->name);
}

static const struct {
	const char *name;
	int operands;
	int (*run)(const struct xattr *x);
} verbs[] = {
	{ "list", 1, list },
	{ "get", 2, get },
	{ "set", 3, set },
	{ "remove", 2, drop },
};

static int
run_verb(struct xattr *x, int n, char **args)
{
	size_t i = 0;
	char *what;
	int rc;

	while (strcmp(verbs[i].name, args[0]) != 0)
		if (++i == sizeof(verbs) / sizeof(verbs[0]))
			return cli_usage(x->c,
			    "not list, get, set or remove: "
			    "%s",
			    args[0]);
	if (!cli_operands(x->c, n - 1, verbs[i].operands, verbs[i].operands))
		return x->c->status;
	x->path = args[1];
	x->name = n > 2 ? args[2] : NULL;
	x->value = n > 3 ? args[3] : NULL;
	if ((rc = verbs[i].run(x)) == 0)
		return 0;
	if (x->name == NULL || asprintf(&what, "%s: %s", x->path, x->name) < 0)
		what = NULL;
	cli_error(x->c, what != NULL ? what : x->path, rc);
	free(what);
	return x->c->status;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct xattr x = { .c = c };
	int letter;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == '?')
			return c->status;
		x.link = x.link || letter == 'h';
		x.json = x.json || letter == CLI_JSON;
	}
	if (!cli_operands(c, argc - optind, 2, 4))
		return c->status;
	return run_verb(&x, argc - optind, argv + optind);
}

const struct cli_command cmd_xattr = {
	.name = "xattr",
	.operands = "list FILE | get FILE NAME | set FILE NAME VALUE | "
		    "remove FILE NAME",
	.help = "extended attributes",
	.options = options,
	.run = run,
};
