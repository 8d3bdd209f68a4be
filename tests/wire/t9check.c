/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * t9check.c -- what is to be doubted about a reply.
 */

#include "t9check.h"
#include "wire.h"

/* The room that Linux keeps for a reply, and what it asked for. */
static void
set_limits(struct t9_wait *w, const struct p9_msg *m)
{
	w->count = 0;
	w->most = 4096;
	switch (m->type) {
	case P9_Tread:
		w->count = m->u.Tread.count;
		break;
	case P9_Treaddir:
		w->count = m->u.Treaddir.count;
		break;
	case P9_Twrite:
		w->count = m->u.Twrite.data.len;
		return;
	case P9_Twalk:
		w->count = m->u.Twalk.wname.n;
		w->most = 9 + 13 * w->count;
		return;
	case P9_Treadlink:
		w->most = 8192;
		return;
	case P9_Tflush:
		w->oldtag = m->u.Tflush.oldtag;
		return;
	default:
		return;
	}
	w->most = w->count < UINT32_MAX - 11 ? 11 + w->count : UINT32_MAX;
}

void
t9check_expect(struct t9_wait *w, const struct p9_msg *m, bool malformed)
{
	w->malformed = malformed;
	w->type = m->type;
	if (!malformed)
		set_limits(w, m);
	else
		w->most = 11; /* Rlerror */
}

const char *
t9check_describe(const struct p9_msg *m)
{
	static char text[2][512];
	static int turn;

	turn = !turn;
	p9_print(m, P9_DIALECT_L, text[turn], sizeof(text[turn]));
	return text[turn];
}

static void
check_entries(const struct p9_data *data)
{
	struct p9_dirent e;
	uint32_t at;
	int n;

	for (at = 0; at < data->len; at += (uint32_t)n) {
		n = p9_dirent_decode(&e, data->p + at, data->len - at);
		if (n <= 0)
			t9_fail("a directory entry that is not whole");
		if (e.offset == 0 || e.offset > INT64_MAX)
			t9_fail("an unusable cookie: %llu",
			    (unsigned long long)e.offset);
		if (e.name.len == 0 || e.name.len > P9_NAME_MAX)
			t9_fail("a name of %u bytes", e.name.len);
	}
}

static void
check_qid(const struct p9_qid *qid)
{
	if (qid->type != P9_QTDIR && qid->type != P9_QTSYMLINK &&
	    qid->type != P9_QTFILE)
		t9_fail("a qid of type 0x%02x", qid->type);
}

static void
check_qids(const struct p9_qids *qids, const struct t9_wait *w)
{
	uint16_t i;

	if (qids->n > w->count || (w->count > 0 && qids->n == 0))
		t9_fail("Rwalk: %u qids for %u names", qids->n, w->count);
	for (i = 0; i < qids->n; i++)
		check_qid(&qids->qid[i]);
}

/* What fits a request of this type but not this very request? */
static void
check_body(const struct p9_msg *in, const struct t9_wait *w)
{
	switch (in->type) {
	case P9_Rlerror:
		if (p9_errno_name(in->u.Rlerror.ecode) == NULL)
			t9_fail("error %u is none of the protocol's",
			    in->u.Rlerror.ecode);
		break;
	case P9_Rwalk:
		check_qids(&in->u.Rwalk.wqid, w);
		break;
	case P9_Rwrite:
		if (in->u.Rwrite.count > w->count ||
		    (w->count > 0 && in->u.Rwrite.count == 0))
			t9_fail("Rwrite: %u of %u bytes", in->u.Rwrite.count,
			    w->count);
		break;
	case P9_Rreaddir:
		check_entries(&in->u.Rreaddir.data);
		break;
	case P9_Rattach:
		check_qid(&in->u.Rattach.qid);
		break;
	case P9_Rlopen:
		check_qid(&in->u.Rlopen.qid);
		break;
	case P9_Rgetattr:
		check_qid(&in->u.Rgetattr.qid);
		break;
	default:
		break;
	}
}

void
t9check_reply(const struct p9_msg *in, size_t size, const struct t9_wait *w)
{
	if (!w->live)
		t9_fail(
		    "a reply that nobody waits for: %s", t9check_describe(in));
	if (in->type != P9_Rlerror && w->malformed)
		t9_fail(
		    "a malformed request was served: %s", t9check_describe(in));
	if (in->type != P9_Rlerror && in->type != w->type + 1)
		t9_fail("a wrong reply to type %u: %s", w->type,
		    t9check_describe(in));
	if (in->type != P9_Rlerror && size > w->most)
		t9_fail("a reply of %zu bytes, room for %u: %s", size, w->most,
		    t9check_describe(in));
	check_body(in, w);
}
