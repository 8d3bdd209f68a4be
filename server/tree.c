/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * tree.c -- the tree that a server starts with.
 *
 * The root is a memfs, unless a host directory is to be it.  A read-only memfs
 * becomes so when all mount points have been made in it.
 */

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "etfs.h"
#include "memfs.h"
#include "tree.h"
#include "vfs_fs.h"

#define ROOT_MODE 01777 /* as /tmp: everyone may make files */

static const struct export *
root_export(const struct config *cfg)
{
	size_t i;

	for (i = 0; i < cfg->nexports; i++)
		if (strcmp(cfg->exports[i].key, "/") == 0)
			return &cfg->exports[i];
	return NULL;
}

static int
cannot_mount(const struct export *ex, int error, struct failure *f)
{
	switch (error) {
	case EEXIST:
		return fail(f, EXIT_USAGE,
		    "cannot show %s at %s: that is taken, or not in memory",
		    ex->dir, ex->key);
	case EINVAL:
		return fail(f, EXIT_USAGE,
		    "cannot show %s at %s: that is no plain absolute path",
		    ex->dir, ex->key);
	}
	return fail(f, error == ENOMEM ? EXIT_START : EXIT_USAGE,
	    "cannot show %s at %s: %s", ex->dir, ex->key, strerror(error));
}

static int
mount_export(struct vfs *vfs, const struct config *cfg, const struct export *ex,
    struct failure *f)
{
	struct etfs_config ec = {
		.path = ex->dir,
		.readonly = ex->readonly || cfg->readonly,
		.identity = cfg->identity.mode == IDENTITY_SELF ? ETFS_SELF
								: ETFS_CLIENT,
	};
	struct vfs_fs *fs;
	int rc;

	if ((rc = etfs_new(vfs, &ec, &fs)) != 0)
		return fail(f, rc == -ENOMEM ? EXIT_START : EXIT_USAGE,
		    "cannot serve %s: %s", ex->dir, strerror(-rc));
	if ((rc = vfs_mount(vfs, ex->key, fs)) != 0) {
		vfs_fs_free(fs);
		return cannot_mount(ex, -rc, f);
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
		return fail(
		    f, EXIT_START, "no tree in memory: %s", strerror(-rc));
	if ((rc = vfs_mount(vfs, "/", fs)) != 0) {
		vfs_fs_free(fs);
		return fail(f, EXIT_START, "no root: %s", strerror(-rc));
	}
	*out = fs;
	return 0;
}

static int
fill(struct vfs *vfs, const struct config *cfg, struct failure *f)
{
	const struct export *root = root_export(cfg);
	struct vfs_fs *memory = NULL;
	size_t i;
	int rc;

	rc = root != NULL ? mount_export(vfs, cfg, root, f)
			  : mount_memory(vfs, cfg, &memory, f);
	for (i = 0; rc == 0 && i < cfg->nexports; i++)
		if (&cfg->exports[i] != root)
			rc = mount_export(vfs, cfg, &cfg->exports[i], f);
	if (rc == 0 && memory != NULL)
		memory->readonly = cfg->readonly;
	return rc;
}

int
tree_new(const struct config *cfg, struct vfs **out, struct failure *f)
{
	struct vfs *vfs;
	int rc;

	if ((rc = vfs_new(&vfs)) != 0)
		return fail(f, EXIT_START, "no tree: %s", strerror(-rc));
	vfs_limit_locks(vfs, cfg->limits.locks);
	if (fill(vfs, cfg, f) != 0) {
		vfs_free(vfs);
		return -1;
	}
	*out = vfs;
	return 0;
}
