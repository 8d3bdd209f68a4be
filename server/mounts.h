/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mounts.h -- places of the host are shown, or no longer shown, while the server
 * runs.
 *
 * Each is a job: it is begun on a loop's thread, and ends there.  The loop does
 * not end before its jobs have.
 */

#ifndef MOUNTS_H
#define MOUNTS_H

#include "etfs.h"
#include "server.h"

/* In memory that the caller has; both it and what it points to stay until done. */
struct mount_job {
	/* Set by the caller. */
	struct sloop *loop; /* whose thread this is */
	void (*done)(struct mount_job *job, int rc);
	const char *key;
	const struct etfs_config *etfs; /* server_mount: what to show */

	/* Set by server_mount: what rc cannot tell, as in etfs_new(). */
	struct etfs_why why;

	/* mounts.c's. */
	struct vop op;
};

/*
 * Show something of the host at key.  VFS_PENDING: done will be called, with 0
 * or as etfs_new() and vfs_mount() end.  -errno: it will not; -ESHUTDOWN: the
 * server stops.
 */
int server_mount(struct mount_job *job);

/*
 * No longer show what is at key.  VFS_PENDING: from now on nobody finds it, and
 * who uses it is told ESTALE; done will be called, with 0, when the server has
 * nothing of it open any more.  That may take as long as a call of the host's
 * that does not come back.  Else as vfs_unmount(), or -ESHUTDOWN.
 */
int server_unmount(struct mount_job *job);

#endif
