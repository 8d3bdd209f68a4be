/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.c -- the command line, as a struct.
 *
 * One row of the table is one option: getopt_long(3), the help text and the
 * checks are all read off it.  What is wrong with a command line is said in
 * one line that names the option and its argument.
 */

#include <ctype.h>
#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "parse.h"

#define NOBODY 65534 /* user and group of those who are nobody */
#define MIB (UINT64_C(1) << 20)

struct option_row {
	const char *name;
	char letter; /* 0: the long name only */
	const char *arg; /* as help calls it; NULL: takes none */
	const char *help;
	int (*set)(struct config *cfg, const struct option_row *row,
	    const char *arg, struct failure *f);
	size_t offset, width; /* in struct config */
	uint64_t min, max; /* of a number */
};

#define FIELD(f) offsetof(struct config, f), sizeof(((struct config *)0)->f)

static int set_flag(struct config *cfg, const struct option_row *row,
    const char *arg, struct failure *f);
static int set_number(struct config *cfg, const struct option_row *row,
    const char *arg, struct failure *f);
static int set_listen(struct config *cfg, const struct option_row *row,
    const char *arg, struct failure *f);
static int set_export(struct config *cfg, const struct option_row *row,
    const char *arg, struct failure *f);
static int set_identity(struct config *cfg, const struct option_row *row,
    const char *arg, struct failure *f);
static int set_log_level(struct config *cfg, const struct option_row *row,
    const char *arg, struct failure *f);

/* clang-format off */
static const struct option_row rows[] = {
	{ "listen", 'l', "ADDR",
	    "take clients at ADDR; may be repeated\n"
	    "[tcp:127.0.0.1:5640]", set_listen, 0, 0, 0, 0 },
	{ "export", 'e', "/KEY=DIR[,ro]",
	    "show the host directory DIR at /KEY; may be\nrepeated",
	    set_export, 0, 0, 0, 0 },
	{ "read-only", 'r', NULL, "refuse every change",
	    set_flag, FIELD(readonly), 0, 0 },
	{ "identity", 0, "WHO",
	    "as whom clients act: client, self, or\n"
	    "squash:UID:GID [client for root, else self]",
	    set_identity, 0, 0, 0, 0 },
	{ "loops", 0, "N", "threads that serve clients [1]",
	    set_number, FIELD(loops), 1, 256 },
	{ "workers", 0, "N", "threads that wait for the host's disks [16]",
	    set_number, FIELD(workers), 1, 1024 },
	{ "msize", 0, "BYTES", "largest message [1M]",
	    set_number, FIELD(limits.msize), 4096, 64 * MIB },
	{ "max-connections", 0, "N", "clients at a time [10000]",
	    set_number, FIELD(limits.connections), 1, 1 << 24 },
	{ "max-fids", 0, "N", "file handles of one client [1M]",
	    set_number, FIELD(limits.fids), 1, UINT32_MAX },
	{ "max-requests", 0, "N", "requests of one client at a time [1024]",
	    set_number, FIELD(limits.requests), 1, UINT16_MAX },
	{ "max-queued", 0, "BYTES", "replies waiting for one client [4M]",
	    set_number, FIELD(limits.queued), 4096, SIZE_MAX / 2 },
	{ "max-xattr", 0, "BYTES",
	    "extended attributes under way for one client\n[4M]",
	    set_number, FIELD(limits.xattr_bytes), 1, SIZE_MAX / 2 },
	{ "max-locks", 0, "N", "byte-range locks of all clients [64K]",
	    set_number, FIELD(limits.locks), 1, SIZE_MAX / 2 },
	{ "mem-bytes", 0, "BYTES",
	    "contents of the tree in memory, 0: no limit\n"
	    "[half of the machine's memory]",
	    set_number, FIELD(mem_bytes), 0, UINT64_MAX },
	{ "mem-nodes", 0, "N",
	    "files in the tree in memory, 0: no limit\n"
	    "[one per 8K of the machine's memory]",
	    set_number, FIELD(mem_nodes), 0, UINT64_MAX },
	{ "log-level", 0, "LEVEL", "error, warn, info or debug [info]",
	    set_log_level, 0, 0, 0, 0 },
	{ "trace", 0, NULL, "log every message",
	    set_flag, FIELD(trace), 0, 0 },
	{ "help", 'h', NULL, "print this", set_flag, FIELD(help), 0, 0 },
	{ "version", 'V', NULL, "print the version",
	    set_flag, FIELD(version), 0, 0 },
};
/* clang-format on */

#define NROWS (sizeof(rows) / sizeof(rows[0]))
#define LONG_ONLY 256 /* getopt's value of a row without a letter: + index */

static const char usage_head[] =
    "usage: etfsd [OPTIONS] [DIR]\n"
    "\n"
    "Serve a tree of files over 9P2000.L: the host directory DIR or, without\n"
    "one, an empty tree in memory.\n"
    "\n";

static const char usage_tail[] =
    "\n"
    "ADDR is one of\n"
    "  tcp:HOST:PORT    tcp:[::1]:5640 for IPv6, tcp::5640 for all addresses\n"
    "  unix:PATH        parameter ,mode=0666 for others than the server's user\n"
    "  vsock:CID:PORT   CID may be \"any\"\n"
    "  fd:N             an inherited socket, listening or connected\n"
    "  stdio            one client at standard input and output\n"
    "and parameter ,trust=peer, ,trust=privport, ,trust=any or ,trust=none\n"
    "tells how far the identity that a client claims is believed.  PORT 0\n"
    "picks a free one.\n"
    "\n"
    "Numbers may end in K, M, G or T.  Defaults are in brackets.  A backslash\n"
    "takes a comma or an equals sign in ADDR, /KEY or DIR literally.\n"
    "\n"
    "Exit status: 0 after SIGTERM or SIGINT, 1 if the server cannot start, 2\n"
    "if the command line is unusable, 3 if clients were cut off.  More in\n"
    "etfsd(8).\n";

/* Help on one option: its name in the left column, the text in the right. */
static void
help_row(FILE *to, const struct option_row *row)
{
	const char *p;
	int n;

	n = row->letter != 0 ? fprintf(to, "  -%c, ", row->letter)
			     : fprintf(to, "      ");
	n += fprintf(to, "--%s", row->name);
	if (row->arg != NULL)
		n += fprintf(to, " %s", row->arg);
	fprintf(to, "%*s", n < 30 ? 31 - n : 2, "");
	for (p = row->help; *p != '\0'; p++) {
		fputc(*p, to);
		if (*p == '\n')
			fprintf(to, "%31s", "");
	}
	fputc('\n', to);
}

void
config_help(FILE *to)
{
	size_t i;

	fputs(usage_head, to);
	for (i = 0; i < NROWS; i++)
		help_row(to, &rows[i]);
	fputs(usage_tail, to);
}

/* --name or --name ARG, as far as it says what is meant. */
static int
bad_value(const struct option_row *row, const char *arg, struct failure *f,
    const char *why)
{
	return fail(f, EXIT_USAGE, "--%s %s: %s", row->name, arg, why);
}

static int
no_memory(struct failure *f)
{
	return fail(f, EXIT_START, "no memory");
}

static int
set_flag(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	(void)arg;
	(void)f;
	*(bool *)(void *)((char *)cfg + row->offset) = true;
	return 0;
}

/* A field is of one of the widths that numbers here have. */
static void
store(void *field, size_t width, uint64_t n)
{
	uint32_t narrow = (uint32_t)n;

	if (width == sizeof(narrow))
		memcpy(field, &narrow, width);
	else
		memcpy(field, &n, sizeof(n));
}

static int
set_number(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	uint64_t n;
	int rc;

	if ((rc = parse_size(arg, row->min, row->max, &n)) == 0)
		store((char *)cfg + row->offset, row->width, n);
	else if (rc == -EINVAL)
		return bad_value(row, arg, f, "not a number");
	else
		return fail(f, EXIT_USAGE,
		    "--%s %s: it has to be from %ju to %ju", row->name, arg,
		    (uintmax_t)row->min, (uintmax_t)row->max);
	return 0;
}

/* Room for one more: a new array, or NULL and the old one stays. */
static void *
grow(void *array, size_t n, size_t size)
{
	return reallocarray(array, n + 1, size);
}

int
config_listen(struct config *cfg, const char *text, struct failure *f)
{
	struct address *v;

	v = grow(cfg->addresses, cfg->naddresses, sizeof(*v));
	if (v == NULL)
		return no_memory(f);
	cfg->addresses = v;
	if (address_parse(text, &v[cfg->naddresses], f) != 0)
		return -1;
	cfg->naddresses++;
	return 0;
}

static int
set_listen(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	(void)row;
	return config_listen(cfg, arg, f);
}

static bool
has_key(const struct config *cfg, const char *key)
{
	size_t i;

	for (i = 0; i < cfg->nshares; i++)
		if (strcmp(cfg->shares[i].key, key) == 0)
			return true;
	return false;
}

/* Takes copies. */
static int
add_share(struct config *cfg, const struct share *sh, struct failure *f)
{
	struct share *v, *new;

	if (has_key(cfg, sh->key))
		return fail(f, EXIT_USAGE, "%s is given twice", sh->key);
	v = grow(cfg->shares, cfg->nshares, sizeof(*v));
	if (v == NULL)
		return no_memory(f);
	cfg->shares = v;
	new = &v[cfg->nshares++];
	*new = *sh;
	new->key = strdup(sh->key);
	new->dir = strdup(sh->dir);
	return new->key == NULL || new->dir == NULL ? no_memory(f) : 0;
}

/* "/key=dir" and parameters, in buf, which is torn up. */
static int
parse_share(char *buf, struct share *sh, const char **why)
{
	char *rest = buf, *param;

	*why = "it has to be /KEY=DIR";
	if ((sh->key = parse_field(&rest, "=")) == NULL || rest == NULL)
		return -1;
	if ((sh->dir = parse_field(&rest, ",")) == NULL)
		return -1;
	if (sh->key[0] != '/' || sh->dir[0] == '\0')
		return -1;
	*why = "the only parameter is ,ro";
	while (rest != NULL) {
		param = parse_field(&rest, ",");
		if (param == NULL || strcmp(param, "ro") != 0)
			return -1;
		sh->readonly = true;
	}
	return 0;
}

static int
set_export(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	struct share sh = { 0 };
	char *buf = strdup(arg);
	const char *why;
	int rc;

	if (buf == NULL)
		return no_memory(f);
	if (parse_share(buf, &sh, &why) != 0)
		rc = bad_value(row, arg, f, why);
	else
		rc = add_share(cfg, &sh, f);
	free(buf);
	return rc;
}

/* "UID:GID"; neither may be the number that stands for no id. */
static int
parse_ids(const char *s, struct identity *id)
{
	char *buf = strdup(s), *rest = buf, *uid;
	uint64_t u = 0, g = 0;
	int rc = -1;

	if (buf == NULL)
		return -1;
	uid = parse_field(&rest, ":");
	if (uid != NULL && rest != NULL &&
	    parse_number(uid, 0, UINT32_MAX - 1, &u) == 0 &&
	    parse_number(rest, 0, UINT32_MAX - 1, &g) == 0)
		rc = 0;
	free(buf);
	if (rc == 0) {
		id->squash_uid = (uid_t)u;
		id->squash_gid = (gid_t)g;
	}
	return rc;
}

/* The word before a colon, or all of it. */
static bool
is_word(const char *s, const char *word)
{
	size_t len = strlen(word);

	return strncmp(s, word, len) == 0 && (s[len] == '\0' || s[len] == ':');
}

static int
set_identity(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	const char *ids = strchr(arg, ':');

	if (is_word(arg, "client"))
		cfg->identity.mode = IDENTITY_CLIENT;
	else if (is_word(arg, "squash"))
		cfg->identity.mode = IDENTITY_SQUASH;
	else if (strcmp(arg, "self") == 0)
		cfg->identity.mode = IDENTITY_SELF;
	else
		return bad_value(
		    row, arg, f, "it has to be client, self or squash:UID:GID");
	if (ids != NULL && parse_ids(ids + 1, &cfg->identity) != 0)
		return bad_value(row, arg, f, "no such user and group");
	cfg->identity_given = true;
	return 0;
}

static int
set_log_level(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error",
		[LOG_WARN] = "warn",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++) {
		if (strcmp(arg, names[i]) == 0) {
			cfg->log_level = (enum log_level)i;
			return 0;
		}
	}
	return bad_value(
	    row, arg, f, "it has to be error, warn, info or debug");
}

/* Pages of memory that the machine has; some number if it does not say. */
static uint64_t
memory_pages(void)
{
	long pages = sysconf(_SC_PHYS_PAGES);

	return pages > 0 ? (uint64_t)pages : 1 << 18;
}

static void
set_defaults(struct config *cfg, bool root)
{
	uint64_t pages = memory_pages();

	*cfg = (struct config){
		.root = root,
		.limits = {
			.msize = 1 * MIB,
			.connections = 10000,
			.fids = 1 * MIB,
			.requests = 1024,
			.queued = 4 * MIB,
			.xattr_bytes = 4 * MIB,
			.locks = 65536,
		},
		.identity = {
			.mode = root ? IDENTITY_CLIENT : IDENTITY_SELF,
			.squash_uid = NOBODY,
			.squash_gid = NOBODY,
		},
		.loops = 1,
		.workers = 16,
		.mem_bytes = pages / 2 * (uint64_t)sysconf(_SC_PAGESIZE),
		.mem_nodes = pages / 2,
		.log_level = LOG_INFO,
	};
}

static void
fill_options(struct option *longs, char *shorts)
{
	const struct option_row *row;
	size_t i;

	*shorts++ = ':'; /* tell a missing argument from an unknown option */
	for (i = 0; i < NROWS; i++) {
		row = &rows[i];
		longs[i] = (struct option){ .name = row->name,
			.has_arg = row->arg != NULL,
			.val = LONG_ONLY + (int)i };
		if (row->letter == 0)
			continue;
		*shorts++ = row->letter;
		if (row->arg != NULL)
			*shorts++ = ':';
	}
	*shorts = '\0';
}

static const struct option_row *
find_row(int val)
{
	size_t i;

	if (val >= LONG_ONLY)
		return &rows[val - LONG_ONLY];
	for (i = 0; i < NROWS; i++)
		if (rows[i].letter == val)
			return &rows[i];
	return NULL;
}

/* What getopt_long(3) did not like about the command line. */
static int
bad_option(int val, char **argv, struct failure *f)
{
	const struct option_row *row = optopt != 0 ? find_row(optopt) : NULL;

	if (row != NULL && val == ':')
		return fail(f, EXIT_USAGE, "--%s needs %s: see etfsd --help",
		    row->name, row->arg);
	if (row != NULL)
		return fail(f, EXIT_USAGE,
		    "--%s takes no argument: see etfsd --help", row->name);
	if (optopt != 0)
		return fail(f, EXIT_USAGE,
		    "unknown option -%c: see etfsd --help", optopt);
	return fail(f, EXIT_USAGE, "unknown option %s: see etfsd --help",
	    argv[optind - 1]);
}

static int
parse_options(struct config *cfg, int argc, char **argv, struct failure *f)
{
	struct option longs[NROWS + 1] = { 0 };
	char shorts[2 * NROWS + 2];
	const struct option_row *row;
	int val;

	fill_options(longs, shorts);
	opterr = 0;
	optind = 0; /* start afresh, also for the second caller */
	while ((val = getopt_long(argc, argv, shorts, longs, NULL)) != -1) {
		if (val == '?' || val == ':')
			return bad_option(val, argv, f);
		row = find_row(val);
		if (row->set(cfg, row, optarg, f) != 0)
			return -1;
	}
	return 0;
}

static int
parse_operands(struct config *cfg, int argc, char **argv, struct failure *f)
{
	char root[] = "/";
	struct share sh = { .key = root };

	if (argc == 0)
		return 0;
	if (argc > 1)
		return fail(f, EXIT_USAGE,
		    "one DIR at most, not %s as well: see etfsd --help",
		    argv[1]);
	if (argv[0][0] == '\0')
		return fail(f, EXIT_USAGE, "DIR is empty");
	sh.dir = argv[0];
	return add_share(cfg, &sh, f);
}

/* What no option alone can tell. */
static int
check(struct config *cfg, struct failure *f)
{
	size_t i, stdios = 0;

	if (cfg->identity.mode != IDENTITY_SELF && !cfg->root)
		return fail(f, EXIT_USAGE,
		    "--identity %s: only root can act as others; self works",
		    cfg->identity.mode == IDENTITY_CLIENT ? "client"
							  : "squash");
	for (i = 0; i < cfg->naddresses; i++)
		stdios += cfg->addresses[i].kind == ADDRESS_STDIO;
	if (stdios > 1)
		return fail(f, EXIT_USAGE, "stdio is given twice");
	if (cfg->trace && cfg->log_level < LOG_INFO)
		cfg->log_level = LOG_INFO;
	return 0;
}

int
config_parse(
    struct config *cfg, int argc, char **argv, bool root, struct failure *f)
{
	set_defaults(cfg, root);
	if (parse_options(cfg, argc, argv, f) == 0 &&
	    parse_operands(cfg, argc - optind, argv + optind, f) == 0 &&
	    (cfg->help || cfg->version || check(cfg, f) == 0))
		return 0;
	config_fini(cfg);
	return -1;
}

void
config_fini(struct config *cfg)
{
	size_t i;

	for (i = 0; i < cfg->naddresses; i++)
		address_fini(&cfg->addresses[i]);
	for (i = 0; i < cfg->nshares; i++) {
		free(cfg->shares[i].key);
		free(cfg->shares[i].dir);
	}
	free(cfg->addresses);
	free(cfg->shares);
	*cfg = (struct config){ 0 };
}
