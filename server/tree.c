/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tree.c -- the tree that a server starts with.
 *
 * The root is a memfs, unless a host directory is to be it.  A read-only memfs
 * becomes so when all that keys need has been made in it.
 */

#include <errno.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "etfs.h"
#include "memfs.h"
#include "tree.h"
#include "vfs_fs.h"

#define ROOT_MODE 01777 /* as /tmp: everyone may make files */
#define IDLE_DESCRIPTORS 8192
#define GREEDY_CLIENTS 16 /* that may hold as many locks as they can */

/* How many names a key has: "/" none. */
static size_t
depth(const char *key)
{
	size_t n = 0;

	for (; *key != '\0'; key++)
		n += key[0] == '/' && key[1] != '/' && key[1] != '\0';
	return n;
}

static int
cannot_mount(const struct share *sh, int error, struct failure *f)
{
	switch (error) {
	case EEXIST:
		return failure_set(f, EXIT_USAGE,
		    "cannot show %s at %s: that is taken, or would hide what "
		    "is there",
		    sh->etfs.path, sh->key);
	case EINVAL:
		return failure_set(f, EXIT_USAGE,
		    "cannot show %s at %s: that is no plain absolute path",
		    sh->etfs.path, sh->key);
	}
	return failure_set(f, error == ENOMEM ? EXIT_START : EXIT_USAGE,
	    "cannot show %s at %s: %s", sh->etfs.path, sh->key,
	    strerror(error));
}

/* As whom the host is asked where the share does not say. */
static void
set_identity(struct etfs_config *ec, const struct config *cfg)
{
	/* With squash, creds are the squash user's already. */
	ec->identity =
	    cfg->identity.mode == IDENTITY_SELF ? ETFS_SELF : ETFS_CLIENT;
}

static int
cannot_serve(const struct share *sh, int error, const struct etfs_why *why,
    struct failure *f)
{
	return failure_set(f, error == ENOMEM ? EXIT_START : EXIT_USAGE,
	    "cannot serve %s: %s", sh->etfs.path,
	    why->text[0] != '\0' ? why->text : strerror(error));
}

static int
mount_share(struct vfs *vfs, const struct config *cfg, const struct share *sh,
    struct failure *f)
{
	struct etfs_config ec = sh->etfs;
	struct etfs_why why;
	struct vfs_fs *fs;
	int rc;

	ec.readonly = ec.readonly || cfg->readonly;
	if (!sh->identity_given)
		set_identity(&ec, cfg);
	if ((rc = etfs_new(vfs, &ec, &fs, &why)) != 0)
		return cannot_serve(sh, -rc, &why, f);
	if ((rc = vfs_mount(vfs, sh->key, fs)) != 0) {
		vfs_fs_free(fs);
		return cannot_mount(sh, -rc, f);
	}
	return 0;
}

static int
mount_memory(struct vfs *vfs, const struct config *cfg, struct vfs_fs **out,
    struct failure *f)
{
	struct memfs_config mc = {
		.max_bytes = cfg->mem_bytes,
		.max_nodes = cfg->mem_nodes,
		.mode = ROOT_MODE,
		.uid = geteuid(),
		.gid = getegid(),
	};
	struct vfs_fs *fs;
	int rc;

	if ((rc = memfs_new(vfs, &mc, &fs)) != 0)
		return failure_set(
		    f, EXIT_START, "no tree in memory: %s", strerror(-rc));
	if ((rc = vfs_mount(vfs, "/", fs)) != 0) {
		vfs_fs_free(fs);
		return failure_set(f, EXIT_START, "no root: %s", strerror(-rc));
	}
	*out = fs;
	return 0;
}

/* The shares at keys of so many names. */
static int
mount_level(
    struct vfs *vfs, const struct config *cfg, size_t level, struct failure *f)
{
	size_t i;

	for (i = 0; i < cfg->nshares; i++)
		if (depth(cfg->shares[i].key) == level &&
		    mount_share(vfs, cfg, &cfg->shares[i], f) != 0)
			return -1;
	return 0;
}

/* Keys that lie inside others come after these, whatever was said first. */
static int
fill(struct vfs *vfs, const struct config *cfg, struct failure *f)
{
	struct vfs_fs *memory = NULL;
	size_t i, level, deepest = 0;
	bool rooted = false;
	int rc = 0;

	for (i = 0; i < cfg->nshares; i++) {
		level = depth(cfg->shares[i].key);
		rooted = rooted || level == 0;
		deepest = level > deepest ? level : deepest;
	}
	if (!rooted)
		rc = mount_memory(vfs, cfg, &memory, f);
	for (level = 0; rc == 0 && level <= deepest; level++)
		rc = mount_level(vfs, cfg, level, f);
	if (rc == 0 && memory != NULL)
		memory->readonly = cfg->readonly;
	return rc;
}

/*
 * What files that are not open may have of the process's descriptors: enough to
 * be fast, and most of them left for connections and for open files.
 */
static size_t
idle_descriptors(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0 ||
	    rl.rlim_cur == RLIM_INFINITY || rl.rlim_cur / 4 > IDLE_DESCRIPTORS)
		return IDLE_DESCRIPTORS;
	return rl.rlim_cur >= 4 ? (size_t)rl.rlim_cur / 4 : 1;
}

/* Where keys lie inside others, those were looked at as their users. */
static int
be_server(struct failure *f)
{
	int rc = etfs_act_as_server();

	return rc == 0
	    ? 0
	    : failure_set(f, EXIT_START, "cannot act as the server again: %s",
		  strerror(-rc));
}

int
tree_new(const struct config *cfg, struct vfs **out, struct failure *f)
{
	struct vfs *vfs;
	int rc;

	if ((rc = vfs_new(&vfs)) != 0)
		return failure_set(f, EXIT_START, "no tree: %s", strerror(-rc));
	vfs_limit_locks(vfs, cfg->limits.locks * GREEDY_CLIENTS);
	vfs_limit_workers(vfs, (unsigned int)cfg->workers);
	if (cfg->careful)
		vfs_be_careful(vfs);
	vfs_limit_descriptors(vfs, idle_descriptors());
	if (fill(vfs, cfg, f) != 0 || be_server(f) != 0) {
		vfs_free(vfs);
		return -1;
	}
	*out = vfs;
	return 0;
}
