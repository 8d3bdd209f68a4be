/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_table.c -- what must hold for every message, in every dialect.
 *
 * Messages are made from the table itself, by wire type; so a row that is
 * added tomorrow is tested tomorrow.  Frames lie in memory of their exact
 * size, where the sanitizer sees a read past the end.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"
#include "p9_table.h"

#define BUF 8192
#define SEED 0x9b2000u
#define CANARY 0xee

/* How much goes into what can be of any length. */
enum fill {
	EMPTY,
	SOME,
	MOST,
	NFILLS
};

/* A frame alone in its memory. */
struct frame {
	uint8_t *p;
	size_t len;
};

static const char text[] = "0123456789abcdefghijklmnopqrstuvwxyz";

static uint32_t
next(uint32_t *seed)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 17;
	*seed ^= *seed << 5;
	return *seed;
}

static uint64_t
next64(uint32_t *seed)
{
	return (uint64_t)next(seed) << 32 | next(seed);
}

static p9_str
some_str(enum fill fill, uint32_t *seed)
{
	size_t max = fill == EMPTY ? 0 : fill == SOME ? 7 : sizeof(text) - 1;

	return (p9_str){ text, (uint16_t)(max > 0 ? 1 + next(seed) % max : 0) };
}

static p9_qid
some_qid(uint32_t *seed)
{
	p9_qid qid = { next64(seed), next(seed), (uint8_t)next(seed) };

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
		*(p9_u8 *)to = (p9_u8)next(seed);
		break;
	case P9_W_u16:
		*(p9_u16 *)to = (p9_u16)next(seed);
		break;
	case P9_W_u32:
	case P9_W_u32opt:
		*(p9_u32 *)to = next(seed);
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
	m->tag = (p9_u16)next(&seed);
	fill_fields(p9_desc(d, type)->fields, &m->u, fill, &seed);
}

static struct frame
frame_of(const uint8_t *bytes, size_t len)
{
	struct frame f = { malloc(len), len };

	assert_non_null(f.p);
	memcpy(f.p, bytes, len);
	return f;
}

static void
set_size(struct frame f)
{
	for (size_t i = 0; i < 4 && i < f.len; i++)
		f.p[i] = (uint8_t)(f.len >> i * 8);
}

static struct frame
encode(const struct p9_msg *m, enum p9_dialect d)
{
	uint8_t buf[BUF];
	int n = p9_encode(m, d, buf, sizeof(buf));

	assert_in_range(n, P9_HDRSZ, sizeof(buf));
	assert_int_equal(p9_frame_size(buf, (size_t)n, BUF), n);
	return frame_of(buf, (size_t)n);
}

static void
assert_prints_alike(
    const struct p9_msg *a, const struct p9_msg *b, enum p9_dialect d)
{
	char line_a[BUF], line_b[BUF];

	assert_in_range(p9_print(a, d, line_a, BUF), 1, BUF - 1);
	p9_print(b, d, line_b, BUF);
	assert_string_equal(line_a, line_b);
}

/* The form without its last, optional field; true only of a full frame. */
static bool
is_short_form(enum p9_dialect d, unsigned int type, size_t len, size_t full)
{
	const struct p9_field *f = p9_desc(d, type)->fields;

	while (f->wire != P9_W_END)
		if ((f++)->wire == P9_W_u32opt)
			return len + 4 == full;
	return false;
}

typedef void check_fn(struct p9_msg *m, enum p9_dialect d, struct frame f);

/* Call check with every message of every dialect, filled to every degree. */
static void
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
		f = encode(&m, d);
		check(&m, d, f);
		free(f.p);
	}
}

static void
check_round_trip(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	struct p9_msg got;
	struct frame again;

	memset(&got, 0x5a, sizeof(got));
	assert_int_equal(p9_decode(&got, d, f.p, f.len), 0);
	assert_int_equal(got.type, m->type);
	assert_int_equal(got.tag, m->tag);
	assert_prints_alike(m, &got, d);
	again = encode(&got, d);
	assert_int_equal(again.len, f.len);
	assert_memory_equal(again.p, f.p, f.len);
	free(again.p);
}

static void
every_message_survives_a_round_trip(void **state)
{
	(void)state;
	with_every_message(check_round_trip);
}

static void
check_truncation(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	struct p9_msg got;
	struct frame cut;
	int rc;

	for (size_t n = 0; n < f.len; n++) {
		cut = frame_of(f.p, n);
		rc = p9_decode(&got, d, cut.p, n);
		assert_int_equal(rc, -EBADMSG); /* the size says more */
		set_size(cut);
		rc = p9_decode(&got, d, cut.p, n);
		if (is_short_form(d, m->type, n, f.len))
			assert_int_equal(rc, 0);
		else
			assert_int_equal(rc, -EBADMSG);
		free(cut.p);
	}
}

static void
every_truncated_message_is_refused(void **state)
{
	(void)state;
	with_every_message(check_truncation);
}

static void
check_padding(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	uint8_t buf[BUF + 9] = { 0 };
	struct p9_msg got;
	struct frame padded;

	(void)m;
	memcpy(buf, f.p, f.len);
	for (size_t n = 1; n <= 9; n++) {
		padded = frame_of(buf, f.len + n);
		assert_int_equal(
		    p9_decode(&got, d, padded.p, padded.len), -EBADMSG);
		set_size(padded);
		assert_int_equal(
		    p9_decode(&got, d, padded.p, padded.len), -EBADMSG);
		free(padded.p);
	}
}

static void
every_padded_message_is_refused(void **state)
{
	(void)state;
	with_every_message(check_padding);
}

static void
check_direction(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	bool request = m->type % 2 == 0;
	struct p9_msg got = { 0 };
	int rc = p9_decode_request(&got, d, f.p, f.len);

	assert_int_equal(rc, request ? 0 : -EOPNOTSUPP);
	assert_int_equal(p9_name(d, m->type)[0], request ? 'T' : 'R');
	assert_int_equal(got.type, m->type);
	assert_int_equal(got.tag, m->tag);
}

static void
a_reply_is_not_a_request(void **state)
{
	(void)state;
	with_every_message(check_direction);
}

/* Everything before cap may be scratch, nothing after it is touched. */
static void
check_small_cap(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	uint8_t buf[BUF];

	for (size_t cap = 0; cap < f.len; cap++) {
		memset(buf, CANARY, sizeof(buf));
		assert_int_equal(p9_encode(m, d, buf, cap), -EMSGSIZE);
		for (size_t i = cap; i < f.len + 16; i++)
			assert_int_equal(buf[i], CANARY);
	}
	assert_int_equal(p9_encode(m, d, buf, f.len), f.len);
}

static void
a_message_is_never_cut_to_fit(void **state)
{
	(void)state;
	with_every_message(check_small_cap);
}

/* The rows, counted by dialect without the help of p9_table.c. */
enum {
#define P_ALL +1
#define U_ALL +1
#define L_ALL +1
#define P_P +1
#define U_P
#define L_P
#define P_U
#define U_U +1
#define L_U
#define P_L
#define U_L
#define L_L +1
#define P_PU +1
#define U_PU +1
#define L_PU
#define P_UL
#define U_UL +1
#define L_UL +1
#define P9_BARE(dialects, type, name) P9_MSG(dialects, type, name, )
#define P9_MSG(dialects, type, name, fields) P_##dialects
	ROWS_P = 0
#include "p9_messages.def"
#undef P9_MSG
	    ,
#define P9_MSG(dialects, type, name, fields) U_##dialects
	ROWS_U = 0
#include "p9_messages.def"
#undef P9_MSG
	    ,
#define P9_MSG(dialects, type, name, fields) L_##dialects
	ROWS_L = 0
#include "p9_messages.def"
#undef P9_MSG
#undef P9_BARE
};

static unsigned int
count_names(enum p9_dialect d)
{
	unsigned int type, n = 0;

	for (type = 0; type < 1024; type++)
		n += p9_name(d, type) != NULL;
	return n;
}

static void
every_row_has_its_place(void **state)
{
	(void)state;
	assert_int_equal(count_names(P9_DIALECT_2000), ROWS_P);
	assert_int_equal(count_names(P9_DIALECT_U), ROWS_U);
	assert_int_equal(count_names(P9_DIALECT_L), ROWS_L);
	assert_string_equal(p9_name(P9_DIALECT_2000, 104), "Tattach");
	assert_string_equal(p9_name(P9_DIALECT_L, 104), "Tattach");
	assert_string_equal(p9_name(P9_DIALECT_L, 7), "Rlerror");
}

static void
check_unknown(enum p9_dialect d, unsigned int type)
{
	uint8_t bare[P9_HDRSZ] = { P9_HDRSZ, 0, 0, 0, (uint8_t)type, 0x34,
		0x12 };
	struct p9_msg m = { 0 };

	assert_int_equal(p9_decode(&m, d, bare, sizeof(bare)), -EOPNOTSUPP);
	assert_int_equal(m.type, type);
	assert_int_equal(m.tag, 0x1234);
	assert_int_equal(p9_encode(&m, d, bare, sizeof(bare)), -EOPNOTSUPP);
	assert_int_equal(p9_payload_offset(d, type), 0);
}

static void
what_a_dialect_does_not_have_is_refused(void **state)
{
	unsigned int d, type;

	(void)state;
	for (d = 0; d < P9_NDIALECTS; d++)
		for (type = 0; type < 256; type++)
			if (p9_name(d, type) == NULL)
				check_unknown(d, type);
}

/* What decodes is canonical: it encodes to itself, or was a short form. */
static void
check_any(struct frame f, enum p9_dialect d)
{
	struct p9_msg m;
	char line[BUF];
	uint8_t buf[BUF];
	int rc = p9_decode(&m, d, f.p, f.len);

	assert_true(rc == 0 || rc == -EBADMSG || rc == -EOPNOTSUPP);
	if (rc != 0)
		return;
	assert_true(p9_print(&m, d, line, sizeof(line)) > 0);
	rc = p9_encode(&m, d, buf, sizeof(buf));
	if (is_short_form(d, m.type, f.len, (size_t)rc))
		return;
	assert_int_equal(rc, f.len);
	assert_memory_equal(buf, f.p, f.len);
}

static void
random_bytes_do_no_harm(void **state)
{
	uint32_t seed = SEED;

	(void)state;
	print_message("seed %#x\n", seed);
	for (int i = 0; i < 300000; i++) {
		struct frame f = { NULL, P9_HDRSZ + next(&seed) % 64 };

		f.p = malloc(f.len);
		assert_non_null(f.p);
		for (size_t k = 0; k < f.len; k++)
			f.p[k] =
			    (uint8_t)(next(&seed) >> 8) & (k % 2 ? 0x0f : 0x7f);
		set_size(f);
		check_any(f, next(&seed) % P9_NDIALECTS);
		free(f.p);
	}
}

/* Good frames with a few bytes changed get further than noise does. */
static void
check_damage(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	uint32_t seed = SEED + m->type;
	struct frame hurt;

	for (int i = 0; i < 200; i++) {
		hurt = frame_of(f.p, f.len);
		for (uint32_t k = next(&seed) % 4; k < 4; k++)
			hurt.p[next(&seed) % f.len] = (uint8_t)next(&seed);
		if (i % 4 != 0)
			set_size(hurt);
		check_any(hurt, d);
		free(hurt.p);
	}
}

static void
damaged_messages_do_no_harm(void **state)
{
	(void)state;
	print_message("seed %#x\n", SEED);
	with_every_message(check_damage);
}

static void
a_count_beyond_its_array_is_not_encoded(void **state)
{
	struct p9_msg walk = { .type = P9_Twalk };
	struct p9_msg reply = { .type = P9_Rwalk };
	uint8_t buf[BUF];

	(void)state;
	walk.u.Twalk.wname.n = P9_MAXWELEM + 1;
	reply.u.Rwalk.wqid.n = UINT16_MAX;
	assert_int_equal(p9_encode(&walk, P9_DIALECT_L, buf, BUF), -EMSGSIZE);
	assert_int_equal(p9_encode(&reply, P9_DIALECT_L, buf, BUF), -EMSGSIZE);
}

/* Four strings of 16 KiB do not fit behind a length of two bytes. */
static void
a_stat_beyond_its_length_is_not_encoded(void **state)
{
	static char name[16384];
	static uint8_t buf[5 * sizeof(name)];
	struct p9_msg m = { .type = P9_Rstat };
	p9_stat *st = &m.u.Rstat.stat;
	uint16_t fits = (uint16_t)(UINT16_MAX - 63 - 3 * sizeof(name));

	(void)state;
	memset(name, 'x', sizeof(name));
	st->name = st->uid = st->gid = (p9_str){ name, sizeof(name) };
	st->muid = (p9_str){ name, fits };
	assert_int_equal(
	    p9_encode(&m, P9_DIALECT_U, buf, sizeof(buf)), 9 + UINT16_MAX);
	st->muid.len++;
	assert_int_equal(
	    p9_encode(&m, P9_DIALECT_U, buf, sizeof(buf)), -EMSGSIZE);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(every_row_has_its_place),
		cmocka_unit_test(every_message_survives_a_round_trip),
		cmocka_unit_test(every_truncated_message_is_refused),
		cmocka_unit_test(every_padded_message_is_refused),
		cmocka_unit_test(a_reply_is_not_a_request),
		cmocka_unit_test(what_a_dialect_does_not_have_is_refused),
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(damaged_messages_do_no_harm),
		cmocka_unit_test(a_message_is_never_cut_to_fit),
		cmocka_unit_test(a_count_beyond_its_array_is_not_encoded),
		cmocka_unit_test(a_stat_beyond_its_length_is_not_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
