/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_table.c -- what must hold for every message, in every dialect; for
 * those that every_message.c makes, and for the rows themselves.
 */

#include <errno.h>
#include <string.h>

#include "every_message.h"

#define CANARY 0xee

static void
assert_prints_alike(
    const struct p9_msg *a, const struct p9_msg *b, enum p9_dialect d)
{
	char line_a[FRAME_MAX], line_b[FRAME_MAX];

	assert_in_range(p9_print(a, d, line_a, FRAME_MAX), 1, FRAME_MAX - 1);
	p9_print(b, d, line_b, FRAME_MAX);
	assert_string_equal(line_a, line_b);
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
	again = frame_encode(&got, d);
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
		cut = frame_copy(f.p, n);
		rc = p9_decode(&got, d, cut.p, n);
		assert_int_equal(rc, -EBADMSG); /* the size says more */
		frame_set_size(cut);
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
	uint8_t buf[FRAME_MAX + 9] = { 0 };
	struct p9_msg got;
	struct frame padded;

	(void)m;
	memcpy(buf, f.p, f.len);
	for (size_t n = 1; n <= 9; n++) {
		padded = frame_copy(buf, f.len + n);
		assert_int_equal(
		    p9_decode(&got, d, padded.p, padded.len), -EBADMSG);
		frame_set_size(padded);
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
	uint8_t buf[FRAME_MAX];

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

static void
a_count_beyond_its_array_is_not_encoded(void **state)
{
	struct p9_msg walk = { .type = P9_Twalk };
	struct p9_msg reply = { .type = P9_Rwalk };
	uint8_t buf[FRAME_MAX];

	(void)state;
	walk.u.Twalk.wname.n = P9_MAXWELEM + 1;
	reply.u.Rwalk.wqid.n = UINT16_MAX;
	assert_int_equal(
	    p9_encode(&walk, P9_DIALECT_L, buf, FRAME_MAX), -EMSGSIZE);
	assert_int_equal(
	    p9_encode(&reply, P9_DIALECT_L, buf, FRAME_MAX), -EMSGSIZE);
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
		cmocka_unit_test(a_message_is_never_cut_to_fit),
		cmocka_unit_test(a_count_beyond_its_array_is_not_encoded),
		cmocka_unit_test(a_stat_beyond_its_length_is_not_encoded),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
