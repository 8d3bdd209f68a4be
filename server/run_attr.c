/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run_attr.c -- Tgetattr, Tsetattr, Tstatfs.
 */

#include <errno.h>

#include "convert.h"
#include "handlers.h"

#define BLKSIZE_UNIT 4096U
#define BLKSIZE_MAX (128U << 10)

int
run_getattr(struct request *r)
{
	return vfs_getattr(&r->op, r->fid->vn, &r->u.attr);
}

/* A stat(2) asks twice: when it finds the name, and for its answer. */
#define FRESH 2

/*
 * A client that does not know that a file has been removed asks through a fid
 * that only names it: ENOENT makes it forget the name.  While anyone has the
 * file open the fid may be that client's way to fstat(2), and must work.
 *
 * And a stat(2) that has found a file must not fail because another file has
 * meanwhile taken its place: the name has been there all the time.  So ENOENT
 * is not for a client that has removed it itself, nor for a fid that is fresh.
 */
static bool
is_to_forget(const struct session *s, const struct fid *fid)
{
	if (fid->kind != FID_WALKED || fid->asked <= FRESH ||
	    vnode_is_open(fid->vn))
		return false;
	return fid->dir == NULL ||
	    !removed_has(s->removed, fid->dir, fid_name(fid));
}

int
end_getattr(struct request *r, int rc)
{
	struct fid *fid = r->fid;

	if (rc == -ESTALE && !vnode_is_gone(fid->vn))
		return -ENOENT;
	if (fid->asked <= FRESH)
		fid->asked++;
	if (rc == 0 && r->u.attr.nlink == 0 && !S_ISDIR(r->u.attr.mode) &&
	    is_to_forget(r->session, fid))
		return -ENOENT;
	return rc;
}

/* st_blksize is how much programs read and write at once: make it large. */
static uint64_t
blksize_of(const struct request *r)
{
	uint32_t most = (r->session->msize - 24) / BLKSIZE_UNIT * BLKSIZE_UNIT;

	if (most > BLKSIZE_MAX)
		most = BLKSIZE_MAX;
	if (most < BLKSIZE_UNIT)
		most = BLKSIZE_UNIT;
	return most > r->u.attr.blksize ? most : r->u.attr.blksize;
}

void
reply_getattr(struct request *r, struct p9_msg *out)
{
	attr_to_wire(&r->u.attr, blksize_of(r), &out->u.Rgetattr);
}

int
run_setattr(struct request *r)
{
	struct fid *fid = r->fid;
	struct vsetattr sa;
	int rc;

	if ((rc = setattr_of(&r->in.u.Tsetattr, &sa)) != 0)
		return rc;
	return vfs_setattr(
	    &r->op, fid->vn, fid->kind == FID_OPEN ? &fid->file : NULL, &sa);
}

int
run_statfs(struct request *r)
{
	return vfs_statfs(&r->op, r->fid->vn, &r->u.statfs);
}

void
reply_statfs(struct request *r, struct p9_msg *out)
{
	statfs_to_wire(&r->u.statfs, &out->u.Rstatfs);
}
