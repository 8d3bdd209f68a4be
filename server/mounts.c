/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mounts.c -- see mounts.h.
 *
 * To mount is a worker's, for it waits for the host.  To unmount begins in vfs,
 * which destroys a file system when nobody holds anything of it; then all
 * sessions, on all loops, let go of it (stale.h).
 */

#include <errno.h>

#include "mounts.h"
#include "sloop.h"
#include "vfs_fs.h"

static void
job_ended(struct vop *op, int rc)
{
	struct mount_job *job = container_of(op, struct mount_job, op);

	job->loop->jobs--;
	job->done(job, rc);
}

static int
begin(struct mount_job *job)
{
	if (job->loop->obeyed != SLOOP_SERVE)
		return -ESHUTDOWN;
	vop_init(&job->op, &job->loop->vfs, job_ended);
	return 0;
}

/* On a worker, which becomes the server for that. */
static int
run_mount(struct vop *op)
{
	struct mount_job *job = container_of(op, struct mount_job, op);
	struct vfs *vfs = job->loop->server->vfs;
	struct vfs_fs *fs;
	int rc;

	if ((rc = etfs_new(vfs, job->etfs, &fs, &job->why)) != 0)
		return rc;
	if ((rc = vfs_mount(vfs, job->key, fs)) != 0)
		vfs_fs_free(fs);
	return rc;
}

int
server_mount(struct mount_job *job)
{
	int rc;

	if ((rc = begin(job)) != 0)
		return rc;
	job->why.text[0] = '\0';
	rc = vfs_run(job->loop->server->vfs, &job->op, run_mount);
	if (rc == VFS_PENDING)
		job->loop->jobs++;
	return rc;
}

int
server_unmount(struct mount_job *job)
{
	struct server *server = job->loop->server;
	size_t i;
	int rc;

	if ((rc = begin(job)) != 0)
		return rc;
	rc = vfs_unmount(server->vfs, &job->op, job->key);
	if (rc != VFS_PENDING)
		return rc;
	job->loop->jobs++;
	for (i = 0; i < server->nloops; i++)
		sloop_sweep(&server->loops[i]);
	return VFS_PENDING;
}
