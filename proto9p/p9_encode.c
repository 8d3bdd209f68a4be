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

static void
put_field(struct p9_out *out, enum p9_wire wire, const void *from)
{
	switch (wire) {
	case P9_W_u8:
		put_u8(out, *(const p9_u8 *)from);
		break;
	case P9_W_u16:
		put_u16(out, *(const p9_u16 *)from);
		break;
	case P9_W_u32:
		put_u32(out, *(const p9_u32 *)from);
		break;
	case P9_W_u64:
		put_u64(out, *(const p9_u64 *)from);
		break;
	case P9_W_u32opt:
		put_u32(out, *(const p9_u32opt *)from);
		break;
	case P9_W_str:
		put_str(out, *(const p9_str *)from);
		break;
	case P9_W_data:
		put_data(out, from);
		break;
	case P9_W_qid:
		put_qid(out, *(const p9_qid *)from);
		break;
	case P9_W_names:
		put_names(out, from);
		break;
	case P9_W_qids:
		put_qids(out, from);
		break;
	case P9_W_stat:
		put_stat(out, p9_stat_fields, from);
		break;
	case P9_W_stat2000:
		put_stat(out, p9_stat2000_fields, from);
		break;
	case P9_W_END:
		break;
	}
}

static void
put_fields(struct p9_out *out, const struct p9_field *f, const void *body)
{
	for (; f->wire != P9_W_END; f++)
		put_field(out, f->wire, (const char *)body + f->off);
}

static int
put_msg(struct p9_out *out, const struct p9_msg *m, enum p9_dialect dialect)
{
	const struct p9_desc *d = p9_desc(dialect, m->type);
	uint8_t *buf = out->pos;
	uint32_t len;

	if (d == NULL)
		return -EOPNOTSUPP;
	put_u32(out, 0); /* the size, once it is known */
	put_u8(out, m->type);
	put_u16(out, m->tag);
	put_fields(out, d->fields, &m->u);
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
