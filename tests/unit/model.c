/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * model.c -- see model.h.
 */

#include "model.h"

static struct mfid *
new_fid(struct model *model, enum mkind kind)
{
	struct mfid *fid = &model->all[model->nall++];

	assert_true(model->nall <= model->cap);
	fid->kind = kind;
	return fid;
}

void
model_init(struct model *model, size_t cap)
{
	*model = (struct model){ .cap = cap };
	model->all = calloc(cap, sizeof(*model->all));
	assert_non_null(model->all);
	model->fids[0] = new_fid(model, M_WALKED);
}

void
model_fini(struct model *model)
{
	free(model->all);
}

static bool
is_clunk(const struct mrequest *r)
{
	return r->m.type == P9_Tclunk || r->m.type == P9_Tremove;
}

/* Does it have its first fid to itself? */
static bool
is_alone(const struct mrequest *r)
{
	switch (r->m.type) {
	case P9_Tclunk:
	case P9_Tremove:
	case P9_Tlopen:
	case P9_Tlcreate:
	case P9_Txattrcreate:
	case P9_Trename:
		return true;
	case P9_Twalk:
		return r->newfid == NULL;
	default:
		return false;
	}
}

static uint32_t
first_field(const struct p9_msg *m, size_t at)
{
	uint32_t num;

	memcpy(&num, (const char *)&m->u + at, sizeof(num));
	return num;
}

/* The fid of this number, that can be used. */
static struct mfid *
usable(struct model *model, const struct p9_msg *m, size_t at)
{
	struct mfid *fid = model->fids[first_field(m, at)];

	return fid == NULL || fid->kind == M_NEW ? NULL : fid;
}

/* Where in the message its second fid is, or its new one; 0 if nowhere. */
static size_t
at_fid2(const struct p9_msg *m)
{
	switch (m->type) {
	case P9_Tlink:
		return offsetof(struct p9_Tlink, fid);
	case P9_Trename:
		return offsetof(struct p9_Trename, dfid);
	case P9_Trenameat:
		return offsetof(struct p9_Trenameat, newdirfid);
	default:
		return 0;
	}
}

static size_t
at_newfid(const struct p9_msg *m)
{
	switch (m->type) {
	case P9_Twalk:
		return offsetof(struct p9_Twalk, newfid);
	case P9_Txattrwalk:
		return offsetof(struct p9_Txattrwalk, newfid);
	default:
		return 0;
	}
}

static int
claim(struct model *model, struct mrequest *r)
{
	uint32_t num = first_field(&r->m, at_newfid(&r->m));

	if (num == first_field(&r->m, 0))
		return r->m.type == P9_Twalk ? 0 : EINVAL;
	if (model->fids[num] != NULL)
		return EINVAL;
	model->fids[num] = r->newfid = new_fid(model, M_NEW);
	return 0;
}

static int
find_fids(struct model *model, struct mrequest *r)
{
	size_t at;

	if ((r->fid = usable(model, &r->m, 0)) == NULL)
		return EBADF;
	if ((at = at_fid2(&r->m)) != 0 &&
	    (r->fid2 = usable(model, &r->m, at)) == NULL)
		return EBADF;
	return at_newfid(&r->m) != 0 ? claim(model, r) : 0;
}

/* The request behind tag, or what that, as a Tflush, waits for. */
static unsigned int
flushed_by(const struct model *model, const struct mrequest *r)
{
	uint16_t oldtag = r->m.u.Tflush.oldtag;
	const struct mrequest *old = &model->tags[oldtag];

	if (old == r || !old->live)
		return 0;
	return old->m.type == P9_Tflush ? old->flushes : old->seq;
}

void
model_sent(struct model *model, const struct p9_msg *m)
{
	struct mrequest *r = &model->tags[m->tag];

	assert_false(r->live);
	*r = (struct mrequest){ .seq = ++model->seq, .m = *m };
	if (m->type == P9_Tflush)
		r->flushes = flushed_by(model, r);
	else if ((r->refused = find_fids(model, r)) == 0 && is_clunk(r))
		model->fids[first_field(m, 0)] = NULL;
	if (r->refused != 0) /* it uses nothing, and waits for nobody */
		r->fid = r->fid2 = NULL;
	r->live = true;
	model->nlive++;
}

static bool
alone_on(const struct mrequest *r, const struct mfid *fid)
{
	return r->fid == fid && is_alone(r);
}

static void
check_turn_on(const struct mrequest *r, const struct mrequest *before,
    const struct mfid *fid)
{
	if (fid == NULL || (before->fid != fid && before->fid2 != fid))
		return;
	assert_false(alone_on(r, fid));
	assert_false(alone_on(before, fid));
}

/* Whoever came before, and is not over, may run beside it. */
static void
check_turn(const struct model *model, const struct mrequest *r)
{
	const struct mrequest *before;
	size_t i;

	for (i = 0; i < MODEL_TAGS; i++) {
		before = &model->tags[i];
		if (!before->live || before->seq >= r->seq)
			continue;
		check_turn_on(r, before, r->fid);
		check_turn_on(r, before, r->fid2);
	}
}

static void
end(struct model *model, struct mrequest *r)
{
	size_t i;

	r->live = false;
	model->nlive--;
	for (i = 0; i < MODEL_FIDS; i++)
		if (model->fids[i] != NULL && model->fids[i] == r->newfid &&
		    r->newfid->kind == M_NEW)
			model->fids[i] = NULL;
}

/* Whatever it waited for is over, if not well then without a trace. */
static void
flush_answered(struct model *model, const struct mrequest *flush)
{
	struct mrequest *old;
	size_t i;

	for (i = 0; i < MODEL_TAGS; i++) {
		old = &model->tags[i];
		if (!old->live || old->seq > flush->seq)
			continue;
		if (old->m.type == P9_Tflush)
			assert_true(flush->flushes == 0 ||
			    old->flushes != flush->flushes);
		else if (old->seq == flush->flushes) {
			assert_false(is_clunk(old));
			end(model, old);
		}
	}
}

/* Whatever became of the name, the file is closed, and that may fail too. */
static bool
closes(const struct mrequest *r, uint32_t ecode)
{
	return r->m.type == P9_Tremove && r->fid != NULL &&
	    r->fid->kind == M_OPEN && ecode == MODEL_ERRNO;
}

void
model_answered(struct model *model, const struct p9_msg *reply)
{
	struct mrequest *r = &model->tags[reply->tag];
	bool well = reply->type != P9_Rlerror;
	int want;

	assert_in_range(reply->tag, 0, MODEL_TAGS - 1);
	assert_true(r->live);
	if (well)
		assert_int_equal(reply->type, r->m.type + 1);
	if (r->m.type == P9_Tflush) {
		assert_true(well);
		end(model, r);
		flush_answered(model, r);
		return;
	}
	want = r->refused;
	if (want == 0) {
		check_turn(model, r);
		want = model_after(r);
	}
	if (!well && (want == MODEL_RUNS || closes(r, reply->u.Rlerror.ecode)))
		want = MODEL_ERRNO;
	if (want != MODEL_RUNS)
		assert_int_equal(well ? 0 : reply->u.Rlerror.ecode, want);
	if (well)
		model_apply(r);
	end(model, r);
}
