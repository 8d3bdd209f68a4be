/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_reply.c -- what a reply means to its request.
 *
 * The codec has seen to its form.  Here it is held against what was asked: a
 * reply of another kind, or with more than there is room for, breaks the rules,
 * and then nothing else of the connection can be believed either.
 */

#include "etfsc_convert.h"

#define ERRNO_MAX 4095U

static bool
breach(struct etfsc *fs, const struct p9_msg *m, const struct etfsc_req *req)
{
	const char *got = p9_name(P9_DIALECT_L, m->type);
	const char *asked = p9_name(P9_DIALECT_L, req->type);

	etfsc_breach(fs, "%s to %s, which makes no sense",
	    got != NULL ? got : "a message", asked != NULL ? asked : "that");
	return false;
}

bool
etfsc_reply_fits(
    struct etfsc *fs, const struct etfsc_req *req, const struct p9_msg *m)
{
	if (m->type != req->type + 1)
		return breach(fs, m, req);
	if ((m->type == P9_Rread && m->u.Rread.data.len > req->count) ||
	    (m->type == P9_Rreaddir && m->u.Rreaddir.data.len > req->count))
		return breach(fs, m, req);
	return true;
}

static int
take_data(struct etfsc_req *req, const p9_data *data)
{
	if (data->len > 0)
		memcpy(req->out, data->p, data->len);
	return (int)data->len;
}

static int
take_qid(struct etfsc_req *req, const p9_qid *qid)
{
	if (req->out != NULL)
		*(struct etfsc_qid *)req->out = etfsc_qid_of(qid);
	return 0;
}

static int
take_open(struct etfsc_req *req, const p9_qid *qid, uint32_t iounit)
{
	if (req->out2 != NULL)
		*(uint32_t *)req->out2 = iounit;
	return take_qid(req, qid);
}

static int
take_walk(struct etfsc_req *req, const p9_qids *wqid)
{
	struct etfsc_qid *out = req->out;
	uint16_t i;

	if (wqid->n > req->count)
		return -EPROTO;
	for (i = 0; out != NULL && i < wqid->n; i++)
		out[i] = etfsc_qid_of(&wqid->qid[i]);
	return wqid->n;
}

static int
take_target(struct etfsc_req *req, const p9_str *target)
{
	size_t len = target->len < req->count ? target->len : req->count;

	if (len > 0)
		memcpy(req->out, target->s, len);
	return target->len;
}

static int
take_version(struct etfsc_req *req, const struct p9_Rversion *in)
{
	struct etfsc_version *out = req->out;
	size_t len = in->version.len;

	if (len >= sizeof(out->text))
		len = sizeof(out->text) - 1;
	memcpy(out->text, in->version.s, len);
	out->text[len] = '\0';
	out->msize = in->msize;
	return 0;
}

static int
take_lock(uint8_t status)
{
	switch (status) {
	case P9_LOCK_SUCCESS:
		return 0;
	case P9_LOCK_BLOCKED:
		return -EAGAIN;
	case P9_LOCK_ERROR:
	case P9_LOCK_GRACE:
		return -ENOLCK;
	default:
		return -EPROTO;
	}
}

/* 0 or more, what a lock comes to, or -EPROTO. */
static int
take(struct etfsc_req *req, const struct p9_msg *m)
{
	switch (m->type) {
	case P9_Rversion:
		return take_version(req, &m->u.Rversion);
	case P9_Rattach:
		return take_qid(req, &m->u.Rattach.qid);
	case P9_Rwalk:
		return take_walk(req, &m->u.Rwalk.wqid);
	case P9_Rlopen:
		return take_open(req, &m->u.Rlopen.qid, m->u.Rlopen.iounit);
	case P9_Rlcreate:
		return take_open(req, &m->u.Rlcreate.qid, m->u.Rlcreate.iounit);
	case P9_Rread:
		return take_data(req, &m->u.Rread.data);
	case P9_Rreaddir:
		return take_data(req, &m->u.Rreaddir.data);
	case P9_Rwrite:
		if (m->u.Rwrite.count > req->count)
			return -EPROTO;
		return (int)m->u.Rwrite.count;
	case P9_Rgetattr:
		if (req->out != NULL)
			etfsc_attr_of(&m->u.Rgetattr, req->out);
		return 0;
	case P9_Rstatfs:
		if (req->out != NULL)
			etfsc_statfs_of(&m->u.Rstatfs, req->out);
		return 0;
	case P9_Rsymlink:
		return take_qid(req, &m->u.Rsymlink.qid);
	case P9_Rmknod:
		return take_qid(req, &m->u.Rmknod.qid);
	case P9_Rmkdir:
		return take_qid(req, &m->u.Rmkdir.qid);
	case P9_Rreadlink:
		return take_target(req, &m->u.Rreadlink.target);
	case P9_Rxattrwalk:
		if (req->out != NULL)
			*(uint64_t *)req->out = m->u.Rxattrwalk.size;
		return 0;
	case P9_Rlock:
		return take_lock(m->u.Rlock.status);
	case P9_Rgetlock:
		return etfsc_lock_of(&m->u.Rgetlock, req->out) ? 0 : -EPROTO;
	default: /* those that carry nothing */
		return 0;
	}
}

static void
answer_error(struct etfsc *fs, struct etfsc_req *req, uint32_t ecode)
{
	if (ecode == 0 || ecode > ERRNO_MAX)
		etfsc_breach(fs, "error number %u", ecode);
	else
		etfsc_req_end(fs, req, -p9_errno_from_wire(ecode));
}

void
etfsc_reply_answer(
    struct etfsc *fs, struct etfsc_req *req, const struct p9_msg *m)
{
	int rc;

	if (m->type == P9_Rlerror) {
		answer_error(fs, req, m->u.Rlerror.ecode);
		return;
	}
	if (!etfsc_reply_fits(fs, req, m))
		return;
	if ((rc = take(req, m)) == -EPROTO)
		breach(fs, m, req);
	else
		etfsc_req_end(fs, req, rc);
}
