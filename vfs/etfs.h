/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs.h -- places of the tree that reach the host.
 *
 * The process's umask is to be 0: modes are the clients' to choose.  It is to
 * ignore SIGXFSZ, or a file that grows beyond RLIMIT_FSIZE ends it.  /proc has
 * to be mounted, and etfs_new() to be called after the last fork().
 *
 * With ETFS_CLIENT a thread that ran an operation acts as its user until it
 * runs another: the loops' threads, too.  One that goes on to do the server's
 * own work on the host calls etfs_act_as_server() first.
 */

#ifndef ETFS_H
#define ETFS_H

#include "vfs.h"

/* As whom the host is asked. */
enum etfs_identity {
	ETFS_SELF, /* the server's own user, whoever asks */
	ETFS_CLIENT, /* the cred of the operation; needs root */
};

struct etfs_config {
	const char *path; /* a host directory; links in it are followed once */
	bool readonly;
	enum etfs_identity identity;
};

/* Ends: 0, -ENOTDIR, -EPERM (identity), or the host's errno. */
int etfs_new(
    struct vfs *vfs, const struct etfs_config *cfg, struct vfs_fs **out);

/* 0, or -EPERM.  Costs nothing on a thread that acts as the server already. */
int etfs_act_as_server(void);

#endif
