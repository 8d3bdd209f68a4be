/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_decode.c -- bytes to struct p9_msg.
 *
 * Straight code for each row.  Strict: what
 * is short, left over, longer than its array or unlike its own lengths is
 * refused, so that a handler has nothing left to doubt about the form of its
 * message.  What is *in* a string, but for NUL, is not judged here.
 *
 * The struct is not cleared first: a row's fields are all written, the rest of
 * the union is nobody's business.
 */

#include "p9_table.h"
#include "p9_wire.h"

static void get_fields(
    struct p9_in *in, const struct p9_field *fields, void *body);

/* Older clients leave the field out; what is half there is still wrong. */
static uint32_t
get_u32opt(struct p9_in *in)
{
	return in->pos == in->end ? 0 : get_u32(in);
}

static p9_data
get_data(struct p9_in *in)
{
	p9_data data;

	data.len = get_u32(in);
	data.p = NULL;
	if (in->head)
		in->rest = data.len;
	else
		data.p = take(in, data.len);
	return data;
}

/* A count of what has to fit in an array of P9_MAXWELEM. */
static uint16_t
get_count(struct p9_in *in)
{
	uint16_t n = get_u16(in);

	if (n <= P9_MAXWELEM)
		return n;
	in->err = -EBADMSG;
	return 0;
}

static void
get_names(struct p9_in *in, p9_names *names)
{
	uint16_t i;

	names->n = get_count(in);
	for (i = 0; i < names->n; i++)
		names->name[i] = get_str(in);
}

static void
get_qids(struct p9_in *in, p9_qids *qids)
{
	uint16_t i;

	qids->n = get_count(in);
	for (i = 0; i < qids->n; i++)
		qids->qid[i] = get_qid(in);
}

/*
 * A stat comes with two lengths: its own, and before that one that counts the
 * first as well.  Both must be right, and the fields fill them exactly.  What
 * a plain 9P2000 record has no place for reads as "not given".
 */
static void
get_stat(struct p9_in *in, const struct p9_field *fields, p9_stat *st)
{
	struct p9_in rec = { 0 };
	uint16_t n = get_u16(in);

	if ((rec.pos = take(in, n)) == NULL)
		return;
	rec.end = rec.pos + n;
	if (get_u16(&rec) + 2U != n)
		rec.err = -EBADMSG;

	st->extension = (p9_str){ "", 0 };
	st->n_uid = st->n_gid = st->n_muid = P9_NONUNAME;
	get_fields(&rec, fields, st);
	if (rec.err != 0 || rec.pos != rec.end)
		in->err = -EBADMSG;
}

/* Of a stat, or of what comes before a payload. */
static void
get_field(struct p9_in *in, enum p9_wire wire, void *to)
{
	switch (wire) {
	case P9_W_u16:
		*(p9_u16 *)to = get_u16(in);
		break;
	case P9_W_u32:
		*(p9_u32 *)to = get_u32(in);
		break;
	case P9_W_u64:
		*(p9_u64 *)to = get_u64(in);
		break;
	case P9_W_str:
		*(p9_str *)to = get_str(in);
		break;
	case P9_W_data:
		*(p9_data *)to = get_data(in);
		break;
	case P9_W_qid:
		*(p9_qid *)to = get_qid(in);
		break;
	default: /* is in neither */
		in->err = -EBADMSG;
		break;
	}
}

static void
get_fields(struct p9_in *in, const struct p9_field *f, void *body)
{
	for (; f->wire != P9_W_END; f++)
		get_field(in, f->wire, (char *)body + f->off);
}

/* The type and tag are wanted even if the size lies: for the answer. */
static int
get_header(struct p9_in *in, struct p9_msg *m, size_t len)
{
	uint32_t size;

	if (len < P9_HDRSZ)
		return -EBADMSG;
	size = get_u32(in);
	m->type = get_u8(in);
	m->tag = get_u16(in);
	return size == len ? 0 : -EBADMSG;
}

#define GET_u8(field) field = get_u8(&in);
#define GET_u16(field) field = get_u16(&in);
#define GET_u32(field) field = get_u32(&in);
#define GET_u64(field) field = get_u64(&in);
#define GET_u32opt(field) field = get_u32opt(&in);
#define GET_str(field) field = get_str(&in);
#define GET_data(field) field = get_data(&in);
#define GET_qid(field) field = get_qid(&in);
#define GET_names(field) get_names(&in, &(field));
#define GET_qids(field) get_qids(&in, &(field));
#define GET_stat(field) get_stat(&in, p9_stat_fields, &(field));
#define GET_stat2000(field) get_stat(&in, p9_stat2000_fields, &(field));

/* As p9_encode.c's put_body(). */
static int
get_body(struct p9_in *cursor, struct p9_msg *m, enum p9_dialect dialect)
{
	struct p9_in in = *cursor;

	switch (P9_KEY(dialect, m->type)) {
#define F(wire, field) GET_##wire(b->field)
#define P9_MSG(dialects, type, name, fields)                                   \
	P9_CASE_##dialects(type)                                               \
	{                                                                      \
		struct p9_##name *b = &m->u.name;                              \
		fields break;                                                  \
	}
#define P9_BARE(dialects, type, name) P9_CASE_##dialects(type) break;
#include "p9_messages.def"
#undef P9_BARE
#undef P9_MSG
#undef F
	default:
		return -EOPNOTSUPP;
	}
	if (in.err != 0 || in.pos != in.end) /* short, or left over */
		return -EBADMSG;
	return 0;
}

int
p9_decode(
    struct p9_msg *m, enum p9_dialect dialect, const uint8_t *buf, size_t len)
{
	struct p9_in in = { .pos = buf, .end = buf + len };
	int rc;

	if ((rc = get_header(&in, m, len)) != 0)
		return rc;
	return get_body(&in, m, dialect);
}

int
p9_decode_request(
    struct p9_msg *m, enum p9_dialect dialect, const uint8_t *buf, size_t len)
{
	struct p9_in in = { .pos = buf, .end = buf + len };
	int rc;

	if ((rc = get_header(&in, m, len)) != 0)
		return rc;
	if (m->type & 1)
		return -EOPNOTSUPP;
	return get_body(&in, m, dialect);
}

int
p9_decode_head(
    struct p9_msg *m, enum p9_dialect dialect, const uint8_t *buf, size_t len)
{
	struct p9_in in = { .pos = buf, .end = buf, .head = true };
	size_t head = 0;

	if (len >= P9_HDRSZ)
		head = p9_payload_offset(dialect, buf[4]);
	if (head == 0 || len < head)
		return 0;
	in.end += head;
	in.pos += P9_HDRSZ;
	m->type = buf[4];
	m->tag = le16(buf + 5);
	get_fields(&in, p9_desc(dialect, m->type)->fields, &m->u);
	if (in.err != 0 || in.pos != in.end ||
	    le32(buf) != (uint64_t)head + in.rest)
		return -EBADMSG;
	return (int)head;
}
