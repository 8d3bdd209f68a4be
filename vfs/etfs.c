/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs.c -- what kind of mount a host path is to be.
 *
 * Here is settled which type it is, and whether it can be that; the rest is up
 * to the type's constructor.  Between the look at the path here and its opening
 * there it may become another file: a constructor makes sure of what it needs.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>

#include "etfs_internal.h"

int
etfs_because(struct etfs_why *why, int rc, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	(void)vsnprintf(why->text, sizeof(why->text), fmt, ap);
	va_end(ap);
	return rc;
}

static const char *
kind(mode_t mode)
{
	switch (mode & S_IFMT) {
	case S_IFREG:
		return "a regular file";
	case S_IFDIR:
		return "a directory";
	case S_IFBLK:
		return "a block device";
	case S_IFCHR:
		return "a character device";
	case S_IFIFO:
		return "a FIFO";
	case S_IFSOCK:
		return "a socket";
	default:
		return "no file";
	}
}

static enum etfs_type
type_of(mode_t mode, const struct etfs_config *cfg)
{
	switch (mode & S_IFMT) {
	case S_IFDIR:
		return ETFS_TREE;
	case S_IFREG:
		return cfg->partition != NULL ? ETFS_BLK : ETFS_REG;
	case S_IFBLK:
		return ETFS_BLK;
	case S_IFCHR:
	case S_IFIFO:
		return ETFS_CHR;
	default:
		return ETFS_AUTO;
	}
}

/* Can a file of that mode be what cfg says? */
static int
check_type(const struct etfs_config *cfg, mode_t mode, struct etfs_why *why)
{
	switch (cfg->type) {
	case ETFS_REG:
		if (S_ISREG(mode))
			return 0;
		return etfs_because(
		    why, -EINVAL, "reg is a regular file, not %s", kind(mode));
	case ETFS_BLK:
		if (S_ISREG(mode) || S_ISBLK(mode))
			return 0;
		return etfs_because(why, -EINVAL,
		    "blk is a block device or an image, not %s", kind(mode));
	case ETFS_CHR:
		if (S_ISCHR(mode) || S_ISFIFO(mode))
			return 0;
		return etfs_because(why, -EINVAL,
		    "chr is a character device or a FIFO, not %s", kind(mode));
	case ETFS_DIR:
	case ETFS_TREE:
		return S_ISDIR(mode) ? 0 : -ENOTDIR;
	default:
		return etfs_because(
		    why, -EINVAL, "%s cannot be shown", kind(mode));
	}
}

static bool
is_of_directory(const struct etfs_config *cfg)
{
	return cfg->type == ETFS_TREE || cfg->type == ETFS_DIR;
}

static int
check_part(const struct etfs_config *cfg, struct etfs_why *why)
{
	bool window = cfg->has_offset || cfg->has_size;

	if (!window && cfg->partition == NULL)
		return 0;
	if (is_of_directory(cfg))
		return etfs_because(
		    why, -EISDIR, "only a part of a file can be shown");
	if (cfg->type == ETFS_CHR)
		return etfs_because(why, -EINVAL, "a stream has no parts");
	if (cfg->partition == NULL)
		return 0;
	if (window)
		return etfs_because(
		    why, -EINVAL, "a partition has its own offset and size");
	if (cfg->type == ETFS_REG)
		return etfs_because(why, -EINVAL, "a partition is a blk");
	return 0;
}

/* Nobody looks for user.virtfs.* on a single file, nor is below it a mount. */
static int
check_options(const struct etfs_config *cfg, struct etfs_why *why)
{
	if (is_of_directory(cfg))
		return 0;
	if (cfg->identity == ETFS_MAPPED)
		return etfs_because(
		    why, -EINVAL, "identity=mapped is for directories");
	if (cfg->no_xdev)
		return etfs_because(
		    why, -EINVAL, "xdev=off is for directories");
	return 0;
}

static int
settle(struct etfs_config *cfg, struct etfs_why *why)
{
	struct stat st;
	int rc;

	if (stat(cfg->path, &st) != 0)
		return -errno;
	if (cfg->type == ETFS_AUTO)
		cfg->type = type_of(st.st_mode, cfg);
	if ((rc = check_type(cfg, st.st_mode, why)) != 0 ||
	    (rc = check_part(cfg, why)) != 0)
		return rc;
	return check_options(cfg, why);
}

int
etfs_new(struct vfs *vfs, const struct etfs_config *cfg, struct vfs_fs **out,
    struct etfs_why *why)
{
	struct etfs_config settled = *cfg;
	int rc;

	why->text[0] = '\0';
	if ((rc = etfs_act_as_server()) != 0 ||
	    (rc = settle(&settled, why)) != 0)
		return rc;
	switch (settled.type) {
	case ETFS_DIR:
	case ETFS_TREE:
		return etfs_tree_new(vfs, &settled, out, why);
	case ETFS_REG:
	case ETFS_BLK:
		return etfs_image_new(vfs, &settled, out, why);
	default:
		return etfs_stream_new(vfs, &settled, out, why);
	}
}
