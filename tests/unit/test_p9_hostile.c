/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_hostile.c -- the museum: frames that some 9P implementation has
 * believed, and should not have.  This is the codec's half.
 *
 * An exhibit is the body of a frame; size, type and tag are put before it.
 * What decodes is handed to the printer and the encoder as well.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"

#define MAXLEN (1 << 20)
#define TAG 0x1234

/* A frame of exactly len bytes, so that a read past it is noticed. */
struct frame {
	uint8_t *p;
	size_t len;
};

static struct frame
make_frame(unsigned int type, const void *body, size_t len)
{
	struct frame f = { malloc(P9_HDRSZ + len), P9_HDRSZ + len };

	assert_non_null(f.p);
	for (size_t i = 0; i < 4; i++)
		f.p[i] = (uint8_t)(f.len >> i * 8);
	f.p[4] = (uint8_t)type;
	f.p[5] = TAG & 0xff;
	f.p[6] = TAG >> 8;
	memcpy(f.p + P9_HDRSZ, body, len);
	return f;
}

/* Decode, and if that works let the others see it too. */
static int
decode_all(struct p9_msg *m, enum p9_dialect d, struct frame f)
{
	static char line[4 * MAXLEN];
	static uint8_t again[MAXLEN];
	int rc = p9_decode(m, d, f.p, f.len);

	assert_int_equal(m->type, f.p[4]);
	assert_int_equal(m->tag, TAG);
	if (rc != 0)
		return rc;
	assert_in_range(p9_print(m, d, line, sizeof(line)), 1, sizeof(line));
	assert_int_equal(p9_encode(m, d, again, sizeof(again)), f.len);
	assert_memory_equal(again, f.p, f.len);
	return 0;
}

static int
try(enum p9_dialect d, unsigned int type, const void *body, size_t len)
{
	struct frame f = make_frame(type, body, len);
	struct p9_msg m;
	int rc = decode_all(&m, d, f);

	free(f.p);
	return rc;
}

/*
 * Bodies are written as bytes in hex and text in quotes, with blanks where one
 * field ends and the next begins: "00200000 0600 '9P2000'".
 */
static size_t
parse_body(uint8_t *out, const char *s)
{
	uint8_t *p = out;
	unsigned int byte;

	while (*s != '\0')
		if (*s == ' ')
			s++;
		else if (*s == '\'') {
			while (*++s != '\'')
				*p++ = (uint8_t)*s;
			s++;
		} else {
			assert_int_equal(sscanf(s, "%2x", &byte), 1);
			*p++ = (uint8_t)byte;
			s += 2;
		}
	return (size_t)(p - out);
}

static int
try_text(enum p9_dialect d, unsigned int type, const char *text)
{
	uint8_t body[512];

	assert_true(strlen(text) < sizeof(body));
	return try(d, type, body, parse_body(body, text));
}

#define TRY(dialect, type, text) try_text(P9_DIALECT_##dialect, P9_##type, text)
#define assert_good(call) assert_int_equal(call, 0)
#define assert_bad(call) assert_int_equal(call, -EBADMSG)

static void
a_size_that_lies_is_not_believed(void **state)
{
	static const uint32_t sizes[] = { 0, 3, 4, 6, 8, 10, 12, 0x7fffffff,
		0x80000000, 0xffffffff };
	struct frame f = make_frame(P9_Tclunk, "\1\0\0\0", 4);
	struct p9_msg m;

	(void)state;
	for (size_t i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		for (size_t k = 0; k < 4; k++)
			f.p[k] = (uint8_t)(sizes[i] >> k * 8);
		assert_bad(p9_decode(&m, P9_DIALECT_L, f.p, f.len));
		assert_int_equal(m.type, P9_Tclunk);
		assert_int_equal(m.tag, TAG);
	}
	free(f.p);
}

static void
less_than_a_header_is_no_frame(void **state)
{
	struct p9_msg m;
	struct frame f;

	(void)state;
	for (uint8_t n = 1; n < P9_HDRSZ; n++) {
		f.p = calloc(1, n);
		assert_non_null(f.p);
		f.p[0] = n;
		assert_bad(p9_decode(&m, P9_DIALECT_L, f.p, n));
		assert_bad(p9_decode_request(&m, P9_DIALECT_L, f.p, n));
		free(f.p);
	}
}

static void
every_reply_is_refused_as_a_request(void **state)
{
	struct p9_msg m;
	struct frame f;

	(void)state;
	for (unsigned int type = 1; type < 256; type += 2) {
		f = make_frame(type, "\0\0\0\0", 4);
		assert_int_equal(
		    p9_decode_request(&m, P9_DIALECT_L, f.p, f.len),
		    -EOPNOTSUPP);
		assert_int_equal(m.tag, TAG);
		free(f.p);
	}
}

/* A count of n, and n qids behind it. */
static int
try_qids(uint16_t n)
{
	static uint8_t body[2 + UINT16_MAX * 13];

	body[0] = (uint8_t)n;
	body[1] = (uint8_t)(n >> 8);
	return try(P9_DIALECT_L, P9_Rwalk, body, 2 + n * 13U);
}

/* Who believes this count writes past an array. */
static void
a_walk_has_sixteen_qids_at_most(void **state)
{
	(void)state;
	assert_good(try_qids(0));
	assert_good(try_qids(16));
	assert_bad(try_qids(17));
	assert_bad(try_qids(256));
	assert_bad(try_qids(UINT16_MAX));
}

static int
try_names(uint16_t n, uint16_t present)
{
	static uint8_t body[10 + UINT16_MAX * 3];
	uint8_t *p = body + 10;

	body[8] = (uint8_t)n;
	body[9] = (uint8_t)(n >> 8);
	for (uint16_t i = 0; i < present; i++) {
		memcpy(p, "\1\0a", 3);
		p += 3;
	}
	return try(P9_DIALECT_L, P9_Twalk, body, (size_t)(p - body));
}

static void
a_walk_has_sixteen_names_at_most(void **state)
{
	(void)state;
	assert_good(try_names(0, 0));
	assert_good(try_names(16, 16));
	assert_bad(try_names(17, 17));
	assert_bad(try_names(0x100, 0x100));
	assert_bad(try_names(UINT16_MAX, UINT16_MAX));
}

static void
a_walk_has_the_names_that_it_counts(void **state)
{
	(void)state;
	assert_bad(try_names(1, 0));
	assert_bad(try_names(0, 1));
	assert_bad(try_names(3, 2));
	assert_bad(try_names(2, 3));
	assert_bad(try_names(UINT16_MAX, 1));
}

static void
the_last_string_ends_where_the_frame_does(void **state)
{
	(void)state;
	assert_good(TRY(L, Tversion, "00200000 0600 '9P2000'"));
	assert_bad(TRY(L, Tversion, "00200000 0600 '9P200'"));
	assert_bad(TRY(L, Tversion, "00200000 0600 '9P2000L'"));
	assert_bad(TRY(L, Tversion, "00200000 0700 '9P2000'"));
	assert_bad(TRY(L, Tversion, "00200000 0500 '9P2000'"));
	assert_bad(TRY(L, Tversion, "00200000 ffff '9P2000'"));
	assert_bad(TRY(L, Tversion, "00200000 06"));
	assert_bad(TRY(L, Tversion, "00200000"));
}

/* Legal bytes, whatever a session may say of them. */
static void
an_odd_msize_is_the_sessions_affair(void **state)
{
	(void)state;
	assert_good(TRY(L, Tversion, "00000000 0000"));
	assert_good(TRY(L, Tversion, "17000000 0000"));
	assert_good(TRY(L, Tversion, "ffffffff 0000"));
}

#define WRITE "02000000 0000000000000000 "

static void
a_payload_is_as_long_as_it_says(void **state)
{
	(void)state;
	assert_good(TRY(L, Twrite, WRITE "05000000 'hello'"));
	assert_good(TRY(L, Twrite, WRITE "00000000"));
	assert_bad(TRY(L, Twrite, WRITE "04000000 'hello'"));
	assert_bad(TRY(L, Twrite, WRITE "06000000 'hello'"));
	assert_bad(TRY(L, Twrite, WRITE "00000000 'hello'"));
	assert_bad(TRY(L, Twrite, WRITE "00000080 'hello'"));
	assert_bad(TRY(L, Twrite, WRITE "ffffffff 'hello'"));
	/* in 32 bits 23 + count is 5, well inside the frame */
	assert_bad(TRY(L, Twrite, WRITE "eeffffff 'hello'"));
	assert_bad(TRY(L, Twrite, WRITE "050000"));
	assert_bad(TRY(L, Rread, "ffffffff 'abc'"));
	assert_bad(TRY(L, Rreaddir, "04000000 'abc'"));
}

/* A host call would see only what stands before the NUL. */
static void
no_string_holds_a_nul(void **state)
{
	(void)state;
	assert_good(TRY(L, Tmkdir, "01000000 0300 'abc' 00000000 00000000"));
	assert_bad(TRY(L, Tmkdir, "01000000 0100 00 00000000 00000000"));
	assert_bad(TRY(L, Tmkdir, "01000000 0300 'a'00'b' 00000000 00000000"));
	assert_bad(TRY(L, Tmkdir, "01000000 0300 'ab'00 00000000 00000000"));
	assert_bad(TRY(L, Tsymlink, "01000000 0100 'l' 0200 't'00 00000000"));
	assert_bad(TRY(L, Twalk, "00000000 01000000 0200 0100 'a' 0200 'b'00"));
	assert_bad(TRY(L, Txattrwalk, "00000000 01000000 0300 'x'00'y'"));
	assert_bad(TRY(L, Rreadlink, "0400 '/a'00'b'"));
	assert_bad(TRY(U, Rerror, "0200 'x'00 05000000"));
}

/* Which names are legal is for those to say who use them. */
static void
odd_names_are_the_sessions_affair(void **state)
{
	uint8_t body[10 + 2 + 256];

	(void)state;
	assert_good(TRY(L, Twalk, "00000000 01000000 0100 0000"));
	assert_good(TRY(L, Twalk, "00000000 01000000 0100 0100 '.'"));
	assert_good(TRY(L, Twalk, "00000000 01000000 0100 0200 '..'"));
	assert_good(TRY(L, Twalk, "00000000 01000000 0100 0300 'a/b'"));
	assert_good(TRY(L, Twalk, "00000000 01000000 0100 0200 ff1b"));

	memset(body, 'n', sizeof(body));
	parse_body(body, "00000000 01000000 0100 ff00");
	assert_good(try(P9_DIALECT_L, P9_Twalk, body, 12 + 255));
	parse_body(body, "00000000 01000000 0100 0001");
	assert_good(try(P9_DIALECT_L, P9_Twalk, body, 12 + 256));
}

static void
half_an_optional_field_is_refused(void **state)
{
	(void)state;
	assert_good(TRY(L, Tfsync, "02000000 01000000"));
	assert_bad(TRY(L, Tfsync, "02000000 01"));
	assert_bad(TRY(L, Tfsync, "02000000 010000"));
	assert_bad(TRY(L, Tfsync, "02000000 01000000 00"));
	assert_bad(TRY(L, Tfsync, "020000"));
}

static void
an_absent_optional_field_is_zero(void **state)
{
	struct frame f = make_frame(P9_Tfsync, "\2\0\0\0", 4);
	struct p9_msg m;

	(void)state;
	memset(&m, 0xff, sizeof(m));
	assert_good(p9_decode(&m, P9_DIALECT_L, f.p, f.len));
	assert_int_equal(m.u.Tfsync.fid, 2);
	assert_int_equal(m.u.Tfsync.datasync, 0);
	free(f.p);
}

/* type dev qid mode atime mtime length: 39 bytes, then the strings. */
#define STAT39 "'ttddddqvvvvppppppppmmmmaaaammmmllllllll' "
#define STRINGS "0100 'n' 0100 'u' 0100 'g' 0100 'm' "
#define STRINGS_U "0000 'uuuuggggmmmm'"

static void
both_lengths_of_a_stat_are_true(void **state)
{
	(void)state;
	assert_good(TRY(2000, Rstat, "3500 3300" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "0000 3300" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3400 3300" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3600 3300" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3500 3200" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3500 3400" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3500 0000" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3500 ffff" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "0000"));
	assert_bad(TRY(2000, Rstat, "0100 00"));
	assert_bad(TRY(2000, Rstat, "0200 0000"));
	/* in 16 bits the inner length and 2 are the outer one */
	assert_bad(TRY(2000, Rstat, "0000 feff" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "0100 ffff" STAT39 STRINGS));
}

/* The record's own end counts, not the frame's. */
static void
a_stat_fills_its_record_exactly(void **state)
{
	(void)state;
	assert_bad(TRY(2000, Rstat, "3600 3400" STAT39 STRINGS "00"));
	assert_bad(TRY(2000, Rstat, "3400 3200" STAT39 STRINGS));
	assert_bad(TRY(2000, Rstat, "3500 3300" STAT39 STRINGS "00"));
	assert_bad(TRY(2000, Rstat,
	    "3500 3300" STAT39 "0100 'n' 0100 'u' 0100 'g' 0200 'mm'"));
	assert_bad(TRY(2000, Rstat,
	    "3500 3300" STAT39 "0100 'n' 0100 'u' 0100 'g' 0100 00"));
}

static void
a_stat_belongs_to_its_dialect(void **state)
{
	(void)state;
	assert_good(TRY(U, Rstat, "4300 4100" STAT39 STRINGS STRINGS_U));
	assert_bad(TRY(2000, Rstat, "4300 4100" STAT39 STRINGS STRINGS_U));
	assert_bad(TRY(U, Rstat, "3500 3300" STAT39 STRINGS));
	assert_int_equal(
	    TRY(L, Rstat, "3500 3300" STAT39 STRINGS), -EOPNOTSUPP);
}

static void
what_a_plain_stat_lacks_reads_as_not_given(void **state)
{
	uint8_t body[256];
	size_t len = parse_body(body, "3500 3300" STAT39 STRINGS);
	struct frame f = make_frame(P9_Rstat2000, body, len);
	struct p9_msg m;
	const p9_stat *st = &m.u.Rstat2000.stat;

	(void)state;
	memset(&m, 0xa5, sizeof(m));
	assert_good(p9_decode(&m, P9_DIALECT_2000, f.p, f.len));
	assert_int_equal(st->extension.len, 0);
	assert_int_equal(st->n_uid, P9_NONUNAME);
	assert_int_equal(st->n_gid, P9_NONUNAME);
	assert_int_equal(st->n_muid, P9_NONUNAME);
	free(f.p);
}

static void
a_type_that_is_not_there_is_refused(void **state)
{
	(void)state;
	assert_int_equal(try_text(P9_DIALECT_L, 0, ""), -EOPNOTSUPP);
	assert_int_equal(try_text(P9_DIALECT_L, 255, ""), -EOPNOTSUPP);
	/* numbers that errors would have if anybody could ask for one */
	assert_int_equal(try_text(P9_DIALECT_L, 6, "02000000"), -EOPNOTSUPP);
	assert_int_equal(try_text(P9_DIALECT_U, 106, "0100 'x'"), -EOPNOTSUPP);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_size_that_lies_is_not_believed),
		cmocka_unit_test(less_than_a_header_is_no_frame),
		cmocka_unit_test(every_reply_is_refused_as_a_request),
		cmocka_unit_test(a_walk_has_sixteen_qids_at_most),
		cmocka_unit_test(a_walk_has_sixteen_names_at_most),
		cmocka_unit_test(a_walk_has_the_names_that_it_counts),
		cmocka_unit_test(the_last_string_ends_where_the_frame_does),
		cmocka_unit_test(an_odd_msize_is_the_sessions_affair),
		cmocka_unit_test(a_payload_is_as_long_as_it_says),
		cmocka_unit_test(no_string_holds_a_nul),
		cmocka_unit_test(odd_names_are_the_sessions_affair),
		cmocka_unit_test(half_an_optional_field_is_refused),
		cmocka_unit_test(an_absent_optional_field_is_zero),
		cmocka_unit_test(both_lengths_of_a_stat_are_true),
		cmocka_unit_test(a_stat_fills_its_record_exactly),
		cmocka_unit_test(a_stat_belongs_to_its_dialect),
		cmocka_unit_test(what_a_plain_stat_lacks_reads_as_not_given),
		cmocka_unit_test(a_type_that_is_not_there_is_refused),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
