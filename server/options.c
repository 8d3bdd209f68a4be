/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.c -- what each option is called, and what it sets.
 *
 * One row of the table is one option: getopt_long(3), the help text and the
 * checks are all read off it.  What is wrong with an option is said in one
 * line that names it and its argument.
 */

#include <errno.h>
#include <getopt.h>
#include <stdlib.h>
#include <string.h>

#include "options.h"
#include "parse.h"

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

#define MIB (UINT64_C(1) << 20)
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
	{ "export", 'e', "/KEY=PATH[,..]",
	    "show the host's PATH at /KEY; may be repeated",
	    set_export, 0, 0, 0, 0 },
	{ "read-only", 'r', NULL, "refuse every change",
	    set_flag, FIELD(readonly), 0, 0 },
	{ "identity", 0, "WHO",
	    "as whom clients act: client, self, or\n"
	    "squash:UID:GID [client for root, else self]",
	    set_identity, 0, 0, 0, 0 },
	{ "loops", 0, "N", "threads that serve clients [1]",
	    set_number, FIELD(loops), 1, 256 },
	{ "workers", 0, "N", "threads that wait for the host's disks [32]",
	    set_number, FIELD(workers), 1, 1024 },
	{ "careful", 0, NULL,
	    "leave to these all that might wait for a disk,\n"
	    "and not only what does",
	    set_flag, FIELD(careful), 0, 0 },
	{ "spin", 0, "MICROSECONDS",
	    "stay awake for so long after a request, 0: do\n"
	    "not [100]",
	    set_number, FIELD(spin), 0, 1000000 },
	{ "parts", 0, "N",
	    "answer what has come at once in so many parts\n"
	    "[3]",
	    set_number, FIELD(parts), 1, 64 },
	{ "keep", 0, "SECONDS",
	    "keep for so long what has been walked to, 0: do\n"
	    "not [1]",
	    set_number, FIELD(keep), 0, 3600 },
	{ "msize", 0, "BYTES", "largest message [1M]",
	    set_number, FIELD(limits.msize), 4096, 64 * MIB },
	{ "max-connections", 0, "N", "clients at a time [10000]",
	    set_number, FIELD(limits.connections), 1, 1 << 24 },
	{ "max-fids", 0, "N", "file handles of one client [1M]",
	    set_number, FIELD(limits.fids), 1, UINT32_MAX },
	{ "max-open", 0, "N",
	    "open files of one client [5/8 of the descriptors\n"
	    "that etfsd may have]",
	    set_number, FIELD(limits.opens), 1, UINT32_MAX },
	{ "max-requests", 0, "N", "requests of one client at a time [1024]",
	    set_number, FIELD(limits.requests), 1, UINT16_MAX },
	{ "max-queued", 0, "BYTES", "replies waiting for one client [4M]",
	    set_number, FIELD(limits.queued), 4096, SIZE_MAX / 2 },
	{ "sendfile", 0, "BYTES",
	    "smallest read that is left to sendfile(2),\n"
	    "0: none is [32K]",
	    set_number, FIELD(limits.sendfile), 0, SIZE_MAX / 2 },
	{ "max-xattr", 0, "BYTES",
	    "extended attributes under way for one client\n[4M]",
	    set_number, FIELD(limits.xattr_bytes), 1, SIZE_MAX / 2 },
	{ "max-locks", 0, "N", "byte-range locks of one client [64K]",
	    set_number, FIELD(limits.locks), 1, UINT32_MAX },
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
    "PATH is a directory, a file, a device, or one partition of an image:\n"
    "  disk.img%PART:2%           of an MBR or a GPT\n"
    "  disk.img%DISKLABEL:a%      of a BSD disklabel\n"
    "  disk.img%OFFSET:1M,64M%    from a byte on, so many\n"
    "and parameters tell how to show it: ,reg ,blk ,chr ,dir or ,tree; ,ro;\n"
    ",offset=N ,size=N; ,identity=self, client, mapped or squash:UID:GID;\n"
    ",fsync=off; ,xdev=off.\n"
    "\n"
    "Numbers may end in K, M, G or T.  Defaults are in brackets.  A backslash\n"
    "in ADDR, /KEY or PATH takes a comma, an equals sign or a percent sign\n"
    "literally.\n"
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
options_help(FILE *to)
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
	return failure_set(f, EXIT_USAGE, "--%s %s: %s", row->name, arg, why);
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
		return failure_set(f, EXIT_USAGE,
		    "--%s %s: it has to be from %ju to %ju", row->name, arg,
		    (uintmax_t)row->min, (uintmax_t)row->max);
	return 0;
}

static int
set_listen(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	(void)row;
	return config_listen(cfg, arg, f);
}

static int
set_export(struct config *cfg, const struct option_row *row, const char *arg,
    struct failure *f)
{
	struct share sh;
	int rc;

	(void)row;
	if (share_parse(arg, &sh, f) != 0)
		return -1;
	if ((rc = config_share(cfg, &sh, f)) != 0)
		share_fini(&sh);
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
	if (ids != NULL &&
	    parse_ids(ids + 1, &cfg->identity.squash_uid,
		&cfg->identity.squash_gid) != 0)
		return bad_value(row, arg, f,
		    "UID and GID are two numbers below 4294967295");
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
		return failure_set(f, EXIT_USAGE,
		    "--%s needs %s: see etfsd --help", row->name, row->arg);
	if (row != NULL)
		return failure_set(f, EXIT_USAGE,
		    "--%s takes no argument: see etfsd --help", row->name);
	if (optopt != 0)
		return failure_set(f, EXIT_USAGE,
		    "unknown option -%c: see etfsd --help", optopt);
	return failure_set(f, EXIT_USAGE, "unknown option %s: see etfsd --help",
	    argv[optind - 1]);
}

int
options_parse(struct config *cfg, int argc, char **argv, struct failure *f)
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
