/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * every_message.c -- see every_message.h.
 */

#include <string.h>

#include "every_message.h"
#include "p9_table.h"

/* How much goes into what can be of any length. */
enum fill {
	EMPTY,
	SOME,
	MOST,
	NFILLS
};

static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

uint32_t
next_random(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static uint64_t
next64(uint32_t *seed)
{
	return (uint64_t)next_random(seed) << 32 | next_random(seed);
}

static p9_str
some_str(enum fill fill, uint32_t *seed)
{
	size_t max = fill == EMPTY ? 0 : fill == SOME ? 7 : sizeof(text) - 1;

	return (p9_str){ text,
		(uint16_t)(max > 0 ? 1 + next_random(seed) % max : 0) };
}

static p9_qid
some_qid(uint32_t *seed)
{
	p9_qid qid = { next64(seed), next_random(seed),
		(uint8_t)next_random(seed) };

	return qid;
}

static uint16_t
some_count(enum fill fill)
{
	return fill == EMPTY ? 0 : fill == SOME ? 3 : P9_MAXWELEM;
}

static p9_data
some_data(enum fill fill)
{
	static const uint8_t bytes[300] = { 1, 0, 255, 37, [299] = 9 };

	return (p9_data){ bytes, fill == EMPTY ? 0 : fill == SOME ? 5 : 300 };
}

static void fill_fields(
    const struct p9_field *f, void *body, enum fill fill, uint32_t *seed);

static void
fill_names(p9_names *names, enum fill fill, uint32_t *seed)
{
	names->n = some_count(fill);
	for (uint16_t i = 0; i < names->n; i++)
		names->name[i] = some_str(fill, seed);
}

static void
fill_qids(p9_qids *qids, enum fill fill, uint32_t *seed)
{
	qids->n = some_count(fill);
	for (uint16_t i = 0; i < qids->n; i++)
		qids->qid[i] = some_qid(seed);
}

static void
fill_field(enum p9_wire wire, void *to, enum fill fill, uint32_t *seed)
{
	switch (wire) {
	case P9_W_u8:
		*(p9_u8 *)to = (p9_u8)next_random(seed);
		break;
	case P9_W_u16:
		*(p9_u16 *)to = (p9_u16)next_random(seed);
		break;
	case P9_W_u32:
	case P9_W_u32opt:
		*(p9_u32 *)to = next_random(seed);
		break;
	case P9_W_u64:
		*(p9_u64 *)to = next64(seed);
		break;
	case P9_W_str:
		*(p9_str *)to = some_str(fill, seed);
		break;
	case P9_W_data:
		*(p9_data *)to = some_data(fill);
		break;
	case P9_W_qid:
		*(p9_qid *)to = some_qid(seed);
		break;
	case P9_W_names:
		fill_names(to, fill, seed);
		break;
	case P9_W_qids:
		fill_qids(to, fill, seed);
		break;
	case P9_W_stat:
		fill_fields(p9_stat_fields, to, fill, seed);
		break;
	case P9_W_stat2000:
		fill_fields(p9_stat2000_fields, to, fill, seed);
		break;
	case P9_W_END:
		break;
	}
}

static void
fill_fields(
    const struct p9_field *f, void *body, enum fill fill, uint32_t *seed)
{
	for (; f->wire != P9_W_END; f++)
		fill_field(f->wire, (char *)body + f->off, fill, seed);
}

static void
fill_msg(struct p9_msg *m, enum p9_dialect d, unsigned int type, enum fill fill)
{
	uint32_t seed = SEED + type;

	memset(m, 0xa5, sizeof(*m));
	m->type = (p9_u8)type;
	m->tag = (p9_u16)next_random(&seed);
	fill_fields(p9_desc(d, type)->fields, &m->u, fill, &seed);
}

struct frame
frame_copy(const uint8_t *bytes, size_t len)
{
	struct frame f = { malloc(len), len };

	assert_non_null(f.p);
	memcpy(f.p, bytes, len);
	return f;
}

void
frame_set_size(struct frame f)
{
	for (size_t i = 0; i < 4 && i < f.len; i++)
		f.p[i] = (uint8_t)(f.len >> i * 8);
}

struct frame
frame_encode(const struct p9_msg *m, enum p9_dialect d)
{
	uint8_t buf[FRAME_MAX];
	int n = p9_encode(m, d, buf, sizeof(buf));

	assert_in_range(n, P9_HDRSZ, sizeof(buf));
	assert_int_equal(p9_frame_size(buf, (size_t)n, FRAME_MAX), n);
	return frame_copy(buf, (size_t)n);
}

bool
is_short_form(enum p9_dialect d, unsigned int type, size_t len, size_t full)
{
	const struct p9_field *f = p9_desc(d, type)->fields;

	while (f->wire != P9_W_END)
		if ((f++)->wire == P9_W_u32opt)
			return len + 4 == full;
	return false;
}

void
with_every_message(check_fn *check)
{
	struct p9_msg m;
	struct frame f;

	for (unsigned int i = 0; i < P9_NDIALECTS * 256 * NFILLS; i++) {
		enum p9_dialect d = i / NFILLS / 256;
		unsigned int type = i / NFILLS % 256;

		if (p9_desc(d, type) == NULL)
			continue;
		fill_msg(&m, d, type, i % NFILLS);
		f = frame_encode(&m, d);
		check(&m, d, f);
		free(f.p);
	}
}
