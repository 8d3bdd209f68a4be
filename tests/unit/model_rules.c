/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model_rules.c -- what becomes of a request that has its turn; see model.h.
 */

#include "model.h"

static bool
is_file(const struct mfid *fid)
{
	return fid->kind == M_WALKED || fid->kind == M_OPEN;
}

static bool
is_dir(const struct mfid *fid)
{
	return fid->node[0] == '\0' || fid->node[0] == 'd';
}

static int
after_open(const struct mfid *fid, uint32_t flags)
{
	if (fid->kind != M_WALKED)
		return EINVAL;
	if (fid->node[0] == 'l')
		return ELOOP;
	return is_dir(fid) && flags != P9_O_RDONLY ? EISDIR : MODEL_RUNS;
}

static int
after_walk(const struct mrequest *r)
{
	const struct mfid *fid = r->fid;

	if (!is_file(fid) || (r->newfid == NULL && fid->kind == M_OPEN))
		return EINVAL;
	if (r->m.u.Twalk.wname.n == 0)
		return 0;
	return is_dir(fid) ? MODEL_RUNS : ENOTDIR;
}

static int
after_read(const struct mfid *fid)
{
	if (fid->kind == M_READS_XATTR)
		return 0;
	if (fid->kind != M_OPEN)
		return EBADF;
	return is_dir(fid) ? EISDIR : MODEL_RUNS;
}

static int
after_write(const struct mfid *fid)
{
	if (fid->kind == M_SETS_XATTR)
		return 0;
	return fid->kind == M_OPEN && fid->written ? MODEL_RUNS : EBADF;
}

static int
after_clunk(const struct mfid *fid)
{
	if (fid->kind == M_SETS_XATTR)
		return fid->written ? MODEL_RUNS : EINVAL;
	return fid->kind == M_OPEN ? MODEL_RUNS : 0;
}

static int
after_two(const struct mrequest *r)
{
	if (!is_file(r->fid) || !is_file(r->fid2))
		return EINVAL;
	if (r->m.type == P9_Trename)
		return !r->fid->named ? EBUSY
		    : is_dir(r->fid2) ? MODEL_RUNS
				      : ENOTDIR;
	if (!is_dir(r->fid))
		return ENOTDIR;
	if (r->m.type == P9_Tlink)
		return is_dir(r->fid2) ? EPERM : MODEL_RUNS;
	return is_dir(r->fid2) ? MODEL_RUNS : ENOTDIR;
}

int
model_after(const struct mrequest *r)
{
	const struct mfid *fid = r->fid;

	switch (r->m.type) {
	case P9_Twalk:
		return after_walk(r);
	case P9_Tlopen:
		return after_open(fid, r->m.u.Tlopen.flags);
	case P9_Tread:
		return after_read(fid);
	case P9_Twrite:
		return after_write(fid);
	case P9_Tclunk:
		return after_clunk(fid);
	case P9_Tremove:
		return !is_file(fid) ? EINVAL : fid->named ? MODEL_RUNS : EBUSY;
	case P9_Tlcreate:
		return fid->kind != M_WALKED ? EINVAL
		    : is_dir(fid)            ? MODEL_RUNS
					     : ENOTDIR;
	case P9_Txattrcreate:
		return fid->kind == M_WALKED ? 0 : EINVAL;
	case P9_Tlink:
	case P9_Trename:
	case P9_Trenameat:
		return after_two(r);
	case P9_Tmkdir:
		return !is_file(fid) ? EINVAL
		    : is_dir(fid)    ? MODEL_RUNS
				     : ENOTDIR;
	default:
		return is_file(fid) ? MODEL_RUNS : EINVAL;
	}
}

static void
move_to(struct mfid *fid, p9_str name)
{
	fid->node[0] = name.s[0];
	fid->node[1] = name.s[1];
	fid->named = true;
}

static void
walked(const struct mrequest *r)
{
	struct mfid *fid = r->newfid != NULL ? r->newfid : r->fid;

	*fid = *r->fid;
	fid->kind = M_WALKED;
	if (r->m.u.Twalk.wname.n > 0)
		move_to(fid, r->m.u.Twalk.wname.name[0]);
}

void
model_apply(const struct mrequest *r)
{
	switch (r->m.type) {
	case P9_Twalk:
		walked(r);
		break;
	case P9_Tlopen:
		r->fid->kind = M_OPEN;
		r->fid->written = r->m.u.Tlopen.flags == P9_O_RDWR;
		break;
	case P9_Tlcreate:
		r->fid->kind = M_OPEN;
		r->fid->written = true;
		move_to(r->fid, r->m.u.Tlcreate.name);
		break;
	case P9_Txattrcreate:
		r->fid->kind = M_SETS_XATTR;
		r->fid->written = false;
		break;
	case P9_Txattrwalk:
		r->newfid->kind = M_READS_XATTR;
		break;
	case P9_Twrite:
		r->fid->written = true;
		break;
	case P9_Trename:
		r->fid->named = true;
		break;
	}
}
