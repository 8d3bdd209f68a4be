/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_at.c -- moving and removing what has a name in a directory.
 *
 * Servers of the first 9P2000.L have neither Trenameat nor Tunlinkat, and refuse
 * what they do not know.  Then it is said by Trename and Tremove, which take the
 * thing itself; so its name is walked to, and somebody may put another thing
 * there in between.
 */

#include <fcntl.h>

#include "etfsc_files.h"

/* Is that how a server says that it does not know a message? */
static bool
is_unknown(int rc)
{
	return rc == -EOPNOTSUPP || rc == -ENOSYS;
}

static int
walk(struct etfsc *fs, uint32_t dfid, const char *name, uint32_t *fid,
    struct etfsc_qid *qid)
{
	struct etfsc_path p = { .fs = fs, .at = dfid };

	return etfsc_path_child(&p, name, fid, qid);
}

static int
rename_old(struct etfsc *fs, uint32_t olddfid, const char *oldname,
    uint32_t newdfid, const char *newname)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_qid qid;
	uint32_t fid;
	int rc;

	if ((rc = walk(fs, olddfid, oldname, &fid, &qid)) != 0)
		return rc;
	etfsc_trename(fs, &req, fid, newdfid, newname);
	rc = etfsc_wait(fs, &req);
	etfsc_forget(fs, fid);
	return rc;
}

/* Tremove does not mind what it is. */
static int
unlink_old(struct etfsc *fs, uint32_t dfid, const char *name, bool dir)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_qid qid;
	uint32_t fid;
	int rc;

	if ((rc = walk(fs, dfid, name, &fid, &qid)) != 0)
		return rc;
	if (etfsc_is_dir(&qid) != dir) {
		etfsc_forget(fs, fid);
		return dir ? -ENOTDIR : -EISDIR;
	}
	etfsc_tremove(fs, &req, fid);
	return etfsc_wait(fs, &req);
}

int
etfsc_renameat(struct etfsc *fs, uint32_t olddfid, const char *oldname,
    uint32_t newdfid, const char *newname)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	if (!fs->no_renameat) {
		etfsc_trenameat(fs, &req, olddfid, oldname, newdfid, newname);
		if (!is_unknown(rc = etfsc_wait(fs, &req)))
			return rc;
		fs->no_renameat = true;
	}
	return rename_old(fs, olddfid, oldname, newdfid, newname);
}

int
etfsc_unlinkat(struct etfsc *fs, uint32_t dfid, const char *name, int flags)
{
	struct etfsc_req req = { .done = NULL };
	int rc;

	if (!fs->no_unlinkat) {
		etfsc_tunlinkat(fs, &req, dfid, name, flags);
		if (!is_unknown(rc = etfsc_wait(fs, &req)))
			return rc;
		fs->no_unlinkat = true;
	}
	return unlink_old(fs, dfid, name, (flags & AT_REMOVEDIR) != 0);
}
