/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_msg_fid.c -- messages that make fids and end them.
 */

#include <limits.h>

#include "etfsc_internal.h"

void
etfsc_tversion(struct etfsc *fs, struct etfsc_req *req, uint32_t msize,
    struct etfsc_version *out)
{
	static const char version[] = P9_VERSION_L;
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tversion);
	req->out = out;
	m.u.Tversion.msize = msize;
	m.u.Tversion.version = (p9_str){ version, sizeof(version) - 1 };
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tattach(struct etfsc *fs, struct etfsc_req *req, uint32_t *newfid,
    const char *uname, const char *aname, uint32_t uid, struct etfsc_qid *qid)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Tattach);
	req->out = qid;
	if (!etfsc_req_newfid(fs, req, newfid))
		return;
	m.u.Tattach.fid = *newfid;
	m.u.Tattach.afid = P9_NOFID;
	m.u.Tattach.n_uname = uid;
	if (etfsc_req_str(fs, req, uname, UINT16_MAX, &m.u.Tattach.uname) &&
	    etfsc_req_str(fs, req, aname, UINT16_MAX, &m.u.Tattach.aname))
		etfsc_req_submit(fs, req, &m, NULL);
}

static void
walk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid, uint32_t *newfid,
    struct p9_msg *m)
{
	req->count = m->u.Twalk.wname.n;
	if (*newfid == ETFSC_NOFID && !etfsc_req_newfid(fs, req, newfid))
		return;
	m->u.Twalk.fid = fid;
	m->u.Twalk.newfid = *newfid;
	etfsc_req_submit(fs, req, m, NULL);
}

void
etfsc_walk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t *newfid, const p9_names *names, struct etfsc_qid *qid)
{
	struct p9_msg m;
	uint16_t i;

	etfsc_req_prepare(fs, req, P9_Twalk);
	req->out = qid;
	m.u.Twalk.wname.n = names->n;
	for (i = 0; i < names->n; i++)
		m.u.Twalk.wname.name[i] = names->name[i];
	walk(fs, req, fid, newfid, &m);
}

void
etfsc_twalk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t *newfid, const char *const *names, unsigned int n,
    struct etfsc_qid *qid)
{
	p9_names *wname;
	struct p9_msg m;
	unsigned int i;

	etfsc_req_prepare(fs, req, P9_Twalk);
	req->out = qid;
	if (n > P9_MAXWELEM) {
		etfsc_req_refuse(fs, req, -EINVAL);
		return;
	}
	wname = &m.u.Twalk.wname;
	wname->n = (uint16_t)n;
	for (i = 0; i < n; i++)
		if (!etfsc_req_str(
			fs, req, names[i], P9_NAME_MAX, &wname->name[i]))
			return;
	walk(fs, req, fid, newfid, &m);
}

/* Tclunk or Tremove. */
static void
end_fid(struct etfsc *fs, struct etfsc_req *req, uint32_t fid)
{
	struct p9_msg m;

	req->flags |= ETFSC_OLDFID;
	req->fid = fid;
	if (req->type == P9_Tclunk)
		m.u.Tclunk.fid = fid;
	else
		m.u.Tremove.fid = fid;
	etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_tclunk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid)
{
	etfsc_req_prepare(fs, req, P9_Tclunk);
	end_fid(fs, req, fid);
}

void
etfsc_tremove(struct etfsc *fs, struct etfsc_req *req, uint32_t fid)
{
	etfsc_req_prepare(fs, req, P9_Tremove);
	end_fid(fs, req, fid);
}

void
etfsc_forget(struct etfsc *fs, uint32_t fid)
{
	struct etfsc_req *req;

	if (fid == ETFSC_NOFID || fs->lost)
		return;
	if ((req = etfsc_req_own(fs, P9_Tclunk)) != NULL)
		end_fid(fs, req, fid);
}

void
etfsc_txattrwalk(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    uint32_t *newfid, const char *name, uint64_t *size)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Txattrwalk);
	req->out = size;
	if (!etfsc_req_newfid(fs, req, newfid))
		return;
	m.u.Txattrwalk.fid = fid;
	m.u.Txattrwalk.newfid = *newfid;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Txattrwalk.name))
		etfsc_req_submit(fs, req, &m, NULL);
}

void
etfsc_txattrcreate(struct etfsc *fs, struct etfsc_req *req, uint32_t fid,
    const char *name, uint64_t size, int flags)
{
	struct p9_msg m;

	etfsc_req_prepare(fs, req, P9_Txattrcreate);
	m.u.Txattrcreate.fid = fid;
	m.u.Txattrcreate.attr_size = size;
	m.u.Txattrcreate.flags = (uint32_t)flags;
	if (etfsc_req_str(fs, req, name, P9_NAME_MAX, &m.u.Txattrcreate.name))
		etfsc_req_submit(fs, req, &m, NULL);
}
