/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9_encode.c -- struct p9_msg to bytes.
 *
 * The mirror of p9_decode.c.  A message that does not fit is our own mistake
 * or a limit that the caller wants to hear of: it is refused, never cut.
 */

#include <limits.h>

#include "p9_table.h"
#include "p9_wire.h"

static void put_fields(
    struct p9_out *out, const struct p9_field *fields, const void *body);

/* The payload may be in its place already, or on its way there. */
static void
put_data(struct p9_out *out, const p9_data *data)
{
	uint8_t *p;

	put_u32(out, data->len);
	if (out->head) {
		out->rest = data->len;
		return;
	}
	p = room(out, data->len);
	if (p == NULL || data->p == NULL || data->p == p || data->len == 0)
		return;
	memcpy(p, data->p, data->len);
}

/* Returns how many of the array may be read: none if n is a lie. */
static uint16_t
put_count(struct p9_out *out, uint16_t n)
{
	put_u16(out, n);
	if (n <= P9_MAXWELEM)
		return n;
	out->err = -EMSGSIZE;
	return 0;
}

static void
put_names(struct p9_out *out, const p9_names *names)
{
	uint16_t n = put_count(out, names->n);
	uint16_t i;

	for (i = 0; i < n; i++)
		put_str(out, names->name[i]);
}

static void
put_qids(struct p9_out *out, const p9_qids *qids)
{
	uint16_t n = put_count(out, qids->n);
	uint16_t i;

	for (i = 0; i < n; i++)
		put_qid(out, qids->qid[i]);
}

/* The two lengths are filled in when the record is there to be measured. */
static void
put_stat(struct p9_out *out, const struct p9_field *fields, const p9_stat *st)
{
	uint8_t *lens = room(out, 4);
	size_t n;

	put_fields(out, fields, st);
	if (out->err != 0)
		return;
	n = (size_t)(out->pos - lens) - 2;
	if (n > UINT16_MAX) {
		out->err = -EMSGSIZE;
		return;
	}
	le16_store(lens, (uint16_t)n);
	le16_store(lens + 2, (uint16_t)(n - 2));
}

/* Of a stat, whose fields are one thing in one dialect and more in another. */
static void
put_field(struct p9_out *out, enum p9_wire wire, const void *from)
{
	switch (wire) {
	case P9_W_u16:
		put_u16(out, *(const p9_u16 *)from);
		break;
	case P9_W_u32:
		put_u32(out, *(const p9_u32 *)from);
		break;
	case P9_W_u64:
		put_u64(out, *(const p9_u64 *)from);
		break;
	case P9_W_str:
		put_str(out, *(const p9_str *)from);
		break;
	case P9_W_qid:
		put_qid(out, *(const p9_qid *)from);
		break;
	default: /* is not in it */
		out->err = -EMSGSIZE;
		break;
	}
}

static void
put_fields(struct p9_out *out, const struct p9_field *f, const void *body)
{
	for (; f->wire != P9_W_END; f++)
		put_field(out, f->wire, (const char *)body + f->off);
}

#define PUT_u8(field) put_u8(&out, field);
#define PUT_u16(field) put_u16(&out, field);
#define PUT_u32(field) put_u32(&out, field);
#define PUT_u64(field) put_u64(&out, field);
#define PUT_u32opt(field) put_u32(&out, field);
#define PUT_str(field) put_str(&out, field);
#define PUT_data(field) put_data(&out, &(field));
#define PUT_qid(field) put_qid(&out, field);
#define PUT_names(field) put_names(&out, &(field));
#define PUT_qids(field) put_qids(&out, &(field));
#define PUT_stat(field) put_stat(&out, p9_stat_fields, &(field));
#define PUT_stat2000(field) put_stat(&out, p9_stat2000_fields, &(field));

/*
 * Straight code for each row: an Rgetattr has twenty fields, and is what a
 * server sends most.  The cursor is a copy, which can be kept in registers,
 * where the bytes that are written cannot be suspected to change it.
 */
static bool
put_body(struct p9_out *cursor, const struct p9_msg *m, enum p9_dialect dialect)
{
	struct p9_out out = *cursor;

	switch (P9_KEY(dialect, m->type)) {
#define F(wire, field) PUT_##wire(b->field)
#define P9_MSG(dialects, type, name, fields)                                   \
	P9_CASE_##dialects(type)                                               \
	{                                                                      \
		const struct p9_##name *b = &m->u.name;                        \
		fields break;                                                  \
	}
#define P9_BARE(dialects, type, name) P9_CASE_##dialects(type) break;
#include "p9_messages.def"
#undef P9_BARE
#undef P9_MSG
#undef F
	default:
		return false;
	}
	*cursor = out;
	return true;
}

static int
put_msg(struct p9_out *out, const struct p9_msg *m, enum p9_dialect dialect)
{
	uint8_t *buf = out->pos;
	uint32_t len;

	put_u32(out, 0); /* the size, once it is known */
	put_u8(out, m->type);
	put_u16(out, m->tag);
	if (!put_body(out, m, dialect))
		return -EOPNOTSUPP;
	if (out->err != 0)
		return out->err;
	len = (uint32_t)(out->pos - buf);
	if (out->rest > UINT32_MAX - len)
		return -EMSGSIZE;
	le32_store(buf, len + out->rest);
	return (int)len;
}

int
p9_encode(
    const struct p9_msg *m, enum p9_dialect dialect, uint8_t *buf, size_t cap)
{
	struct p9_out out = { .pos = buf };

	out.end = buf + (cap < INT_MAX ? cap : INT_MAX);
	return put_msg(&out, m, dialect);
}

int
p9_encode_head(
    const struct p9_msg *m, enum p9_dialect dialect, uint8_t *buf, size_t cap)
{
	struct p9_out out = { .pos = buf, .head = true };

	out.end = buf + (cap < INT_MAX ? cap : INT_MAX);
	return put_msg(&out, m, dialect);
}
