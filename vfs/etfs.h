/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs.h -- places of the tree that reach the host.
 *
 * The process's umask is to be 0: modes are the clients' to choose.  It is to
 * ignore SIGXFSZ, or a file that grows beyond RLIMIT_FSIZE ends it; SIGPIPE,
 * for FIFOs; and SIGTTIN and SIGTTOU, or its own terminal stops it.  /proc has
 * to be mounted, and etfs_new() to be called after the last fork().
 *
 * With ETFS_CLIENT a thread that ran an operation acts as its user until it
 * runs another: the loops' threads, too.  One that goes on to do the server's
 * own work on the host calls etfs_act_as_server() first.
 */

#ifndef ETFS_H
#define ETFS_H

#include "vfs.h"

/* What is shown of the host. */
enum etfs_type {
	ETFS_AUTO, /* what the host path is; a directory is a tree */
	ETFS_REG, /* a regular file, or a window of it */
	ETFS_BLK, /* a block device or an image, a window or a partition of it,
		   * locked against other users: a file of fixed size */
	ETFS_CHR, /* a character device, FIFO or terminal: a stream */
	ETFS_DIR, /* a directory, without the directories in it */
	ETFS_TREE, /* a directory and everything below it */
};

/* As whom the host is asked. */
enum etfs_identity {
	ETFS_SELF, /* the server's own user, whoever asks */
	ETFS_CLIENT, /* the cred of the operation; needs root */
	ETFS_SQUASH, /* squash_uid and squash_gid, without supplementary
		      * groups, whoever asks; needs root, unless these are the
		      * server's own: then it is ETFS_SELF */
	ETFS_MAPPED, /* the server's own user; who owns what is kept in extended
		      * attributes user.virtfs.*, and checked here */
};

/* Borrowed for the length of etfs_new().  Sizes are bytes. */
struct etfs_config {
	const char *path; /* on the host; links in it are followed once */
	const char *partition; /* NULL, or which one of the image at path:
				* "PART:2", "DISKLABEL:a", "OFFSET:start,size" */
	enum etfs_type type;
	bool readonly;
	bool has_offset, has_size; /* a window; without a size, to the end */
	uint64_t offset, size;
	enum etfs_identity identity;
	uid_t squash_uid;
	gid_t squash_gid;
	bool no_xdev; /* what is mounted below it on the host is -EXDEV */
	bool no_fsync; /* for trees that nobody will miss: fsync does nothing */
};

/* What the number cannot tell of a failure: one line, or "". */
struct etfs_why {
	char text[256];
};

/*
 * Ends: 0, or -errno, and why has more or is "".  -ENOTDIR: a dir or
 * tree of what is none; -EISDIR: a window of one; -EINVAL: a window beyond the end,
 * something that is not what type says, a partition that is not there;
 * -EPERM: identity; -EOPNOTSUPP: mapped, where the host keeps no attributes;
 * -EBUSY: a blk that another process has locked, or bytes of a file that vfs
 * has already, unless both are read-only; or the host's errno.
 */
int etfs_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why);

/* 0, or -EPERM.  Costs nothing on a thread that acts as the server already. */
int etfs_act_as_server(void);

#endif
