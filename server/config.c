/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * config.c -- the command line, as a struct.
 *
 * Options are options.c's; here are the defaults, what stands on the command
 * line besides options, and what no option alone can tell.
 */

#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "config.h"
#include "options.h"

#define NOBODY 65534 /* user and group of those who are nobody */
#define MIB (UINT64_C(1) << 20)

static int
no_memory(struct failure *f)
{
	return failure_set(f, EXIT_START, "no memory");
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

static bool
has_key(const struct config *cfg, const char *key)
{
	size_t i;

	for (i = 0; i < cfg->nshares; i++)
		if (strcmp(cfg->shares[i].key, key) == 0)
			return true;
	return false;
}

int
config_share(struct config *cfg, const struct share *sh, struct failure *f)
{
	struct share *v;

	if (has_key(cfg, sh->key))
		return failure_set(f, EXIT_USAGE, "%s is given twice", sh->key);
	v = grow(cfg->shares, cfg->nshares, sizeof(*v));
	if (v == NULL)
		return no_memory(f);
	cfg->shares = v;
	v[cfg->nshares++] = *sh;
	return 0;
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
			.sendfile = 32U << 10,
			.xattr_bytes = 4 * MIB,
			.locks = 65536,
		},
		.identity = {
			.mode = root ? IDENTITY_CLIENT : IDENTITY_SELF,
			.squash_uid = NOBODY,
			.squash_gid = NOBODY,
		},
		.loops = 1,
		.workers = 32,
		.spin = 100,
		.parts = 3,
		.keep = 1,
		.mem_bytes = pages / 2 * (uint64_t)sysconf(_SC_PAGESIZE),
		.mem_nodes = pages / 2,
		.log_level = LOG_INFO,
	};
}

static int
parse_operands(struct config *cfg, int argc, char **argv, struct failure *f)
{
	struct share root;
	int rc;

	if (argc == 0)
		return 0;
	if (argc > 1)
		return failure_set(f, EXIT_USAGE,
		    "one DIR at most, not %s as well: see etfsd --help",
		    argv[1]);
	if (share_root(argv[0], &root, f) != 0)
		return -1;
	if ((rc = config_share(cfg, &root, f)) != 0)
		share_fini(&root);
	return rc;
}

/* Do both want the same descriptor? */
static bool
collide(const struct address *a, const struct address *b)
{
	if (a->kind == ADDRESS_STDIO && b->kind == ADDRESS_FD)
		return b->fd <= STDOUT_FILENO;
	if (a->kind == ADDRESS_FD && b->kind == ADDRESS_STDIO)
		return a->fd <= STDOUT_FILENO;
	return a->kind == b->kind && a->fd == b->fd &&
	    (a->kind == ADDRESS_FD || a->kind == ADDRESS_STDIO);
}

static int
check_addresses(const struct config *cfg, struct failure *f)
{
	size_t i, j;

	for (i = 0; i < cfg->naddresses; i++)
		for (j = 0; j < i; j++)
			if (collide(&cfg->addresses[i], &cfg->addresses[j]))
				return failure_set(f, EXIT_USAGE,
				    "%s is given twice",
				    cfg->addresses[i].text);
	return 0;
}

/*
 * Does somebody act as others on the host?  In a mapped export, and in memory,
 * who clients are is between them and us.
 */
static bool
needs_root(const struct config *cfg)
{
	size_t i;

	if (cfg->identity.mode == IDENTITY_SELF)
		return false;
	for (i = 0; i < cfg->nshares; i++)
		if (!cfg->shares[i].identity_given ||
		    cfg->shares[i].etfs.identity == ETFS_CLIENT)
			return true;
	return false;
}

/* What no option alone can tell. */
static int
check(const struct config *cfg, struct failure *f)
{
	if (needs_root(cfg) && !cfg->root)
		return failure_set(f, EXIT_USAGE,
		    "--identity %s: only root can act as others; self works, "
		    "and exports with identity=mapped do",
		    cfg->identity.mode == IDENTITY_CLIENT ? "client"
							  : "squash");
	return check_addresses(cfg, f);
}

int
config_parse(
    struct config *cfg, int argc, char **argv, bool root, struct failure *f)
{
	set_defaults(cfg, root);
	if (options_parse(cfg, argc, argv, f) == 0 &&
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
	for (i = 0; i < cfg->nshares; i++)
		share_fini(&cfg->shares[i]);
	free(cfg->addresses);
	free(cfg->shares);
	*cfg = (struct config){ 0 };
}
