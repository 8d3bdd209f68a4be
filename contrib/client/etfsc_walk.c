/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_walk.c -- from a path to a fid of the caller's own.
 */

#include "etfsc_files.h"

static int
walk_path(struct etfsc *fs, const char *path, bool follow, uint32_t *fid,
    struct etfsc_qid *qid)
{
	struct etfsc_path p;
	int rc;

	*fid = ETFSC_NOFID;
	if ((rc = etfsc_path_find(&p, fs, path, follow)) != 0)
		return rc;
	if (qid != NULL)
		*qid = p.qid;
	rc = etfsc_path_take(&p, fid);
	etfsc_path_fini(&p);
	return rc;
}

int
etfsc_walk_path(
    struct etfsc *fs, const char *path, uint32_t *fid, struct etfsc_qid *qid)
{
	return walk_path(fs, path, true, fid, qid);
}

int
etfsc_lwalk_path(
    struct etfsc *fs, const char *path, uint32_t *fid, struct etfsc_qid *qid)
{
	return walk_path(fs, path, false, fid, qid);
}
