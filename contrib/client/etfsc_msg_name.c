/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_msg_name.c -- messages about attributes, and about names in
 * directories.
 */

#include <fcntl.h>
#include <sys/sysmacros.h>

#include "etfsc_convert.h"

void
etfsc_tgetattr(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint64_t mask, struct etfsc_attr *out)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tgetattr);
	req->out = out;
	m.u.Tgetattr = (struct p9_Tgetattr){ fid, mask };
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tsetattr(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const struct etfsc_setattr *set)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tsetattr);
	etfsc_wire_setattr(set, &m.u.Tsetattr);
	m.u.Tsetattr.fid = fid;
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tstatfs(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    struct etfsc_statfs *out)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tstatfs);
	req->out = out;
	m.u.Tstatfs.fid = fid;
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tmkdir(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, mode_t mode, gid_t gid, struct etfsc_qid *qid)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tmkdir);
	req->out = qid;
	m.u.Tmkdir.dfid = dfid;
	m.u.Tmkdir.mode = mode;
	m.u.Tmkdir.gid = gid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Tmkdir.name))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tmknod(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, mode_t mode, dev_t dev, gid_t gid, struct etfsc_qid *qid)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tmknod);
	req->out = qid;
	m.u.Tmknod.dfid = dfid;
	m.u.Tmknod.mode = mode;
	m.u.Tmknod.major = major(dev);
	m.u.Tmknod.minor = minor(dev);
	m.u.Tmknod.gid = gid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Tmknod.name))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tsymlink(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, const char *target, gid_t gid, struct etfsc_qid *qid)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tsymlink);
	req->out = qid;
	m.u.Tsymlink.dfid = dfid;
	m.u.Tsymlink.gid = gid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Tsymlink.name) &&
	    etfsc_req_str(fs, req, target, UINT16_MAX, &m.u.Tsymlink.symtgt))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_treadlink(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    char *buf, size_t cap)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Treadlink);
	req->out = buf;
	req->count = cap < UINT16_MAX ? (uint32_t)cap : UINT16_MAX;
	m.u.Treadlink.fid = fid;
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tlink(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    uint32_t fid, const char *name)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tlink);
	m.u.Tlink.dfid = dfid;
	m.u.Tlink.fid = fid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Tlink.name))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_trename(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t dfid, const char *name)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Trename);
	m.u.Trename.fid = fid;
	m.u.Trename.dfid = dfid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Trename.name))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_trenameat(struct etfsc *fs, struct etfsc_req *req, uint32_t olddfid,
    const char *oldname, uint32_t newdfid, const char *newname)
{
	struct p9_Trenameat *t;
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Trenameat);
	t = &m.u.Trenameat;
	t->olddirfid = olddfid;
	t->newdirfid = newdfid;
	if (etfsc_req_str(fs, req, oldname, P9_NAME_MAX, &t->oldname) &&
	    etfsc_req_str(fs, req, newname, P9_NAME_MAX, &t->newname))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tunlinkat(struct etfsc *fs, struct etfsc_req *req, uint32_t dfid,
    const char *name, int flags)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tunlinkat);
	m.u.Tunlinkat.dirfid = dfid;
	m.u.Tunlinkat.flags = flags & AT_REMOVEDIR ? P9_AT_REMOVEDIR : 0;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Tunlinkat.name))
		etfsc_req_submit(fs, req, &m, NULL);
}
