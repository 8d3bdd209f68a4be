/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_print.c -- the trace line is safe to look at, and ends in time.
 */

#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"

#define LINE 8192
#define CANARY 0x7e

static p9_str
str(const char *s)
{
	return (p9_str){ s, (uint16_t)strlen(s) };
}

static void
assert_line(const struct p9_msg *m, enum p9_dialect d, const char *want)
{
	char line[LINE];

	assert_int_equal(p9_print(m, d, line, sizeof(line)), strlen(want));
	assert_string_equal(line, want);
}

static struct p9_msg
some_walk(void)
{
	struct p9_msg m = { .type = P9_Twalk, .tag = 3 };

	m.u.Twalk.fid = 1;
	m.u.Twalk.newfid = 2;
	m.u.Twalk.wname.n = 2;
	m.u.Twalk.wname.name[0] = str("usr");
	m.u.Twalk.wname.name[1] = str("a/b\033[2J");
	return m;
}

#define SOME_WALK "Twalk tag=3 fid=1 newfid=2 nwname=2 wname=usr/a%2fb%1b[2J"

static void
a_message_is_one_line_of_pairs(void **state)
{
	struct p9_msg walk = some_walk();
	struct p9_msg bare = { .type = P9_Rflush, .tag = P9_NOTAG };
	struct p9_msg attach = { .type = P9_Rattach };

	(void)state;
	attach.u.Rattach.qid.type = P9_QTDIR;
	attach.u.Rattach.qid.path = 0xfedcba9876543210;
	assert_line(&walk, P9_DIALECT_L, SOME_WALK);
	assert_line(&bare, P9_DIALECT_L, "Rflush tag=65535");
	assert_line(&attach, P9_DIALECT_L,
	    "Rattach tag=0 qid=80.00000000.fedcba9876543210");
}

static void
numbers_are_decimal_and_unsigned(void **state)
{
	struct p9_msg m = { .type = P9_Twrite, .tag = 65535 };

	(void)state;
	m.u.Twrite.fid = UINT32_MAX;
	m.u.Twrite.offset = UINT64_MAX;
	assert_line(&m, P9_DIALECT_L,
	    "Twrite tag=65535 fid=4294967295 offset=18446744073709551615 "
	    "data=");
}

static void
a_message_has_one_name_in_all_dialects(void **state)
{
	struct p9_msg m = { .type = P9_Tauth2000 };

	(void)state;
	m.u.Tauth2000.uname = str("glenda");
	assert_line(
	    &m, P9_DIALECT_2000, "Tauth tag=0 afid=0 uname=glenda aname=");
}

/* What a name of this one byte is shown as. */
static const char *
shown(unsigned char c)
{
	static char line[LINE];
	struct p9_msg m = { .type = P9_Rreadlink };

	m.u.Rreadlink.target = (p9_str){ (const char *)&c, 1 };
	p9_print(&m, P9_DIALECT_L, line, sizeof(line));
	assert_memory_equal(line, "Rreadlink tag=0 target=", 23);
	return line + 23;
}

static void
only_printable_bytes_reach_the_terminal(void **state)
{
	char escaped[4];

	(void)state;
	for (int c = 0; c < 256; c++) {
		snprintf(escaped, sizeof(escaped), "%%%02x", (unsigned int)c);
		if (c < ' ' || c > '~' || strchr("%/,", c) != NULL)
			assert_string_equal(shown((unsigned char)c), escaped);
		else {
			assert_int_equal(shown((unsigned char)c)[0], c);
			assert_int_equal(shown((unsigned char)c)[1], '\0');
		}
	}
}

/* Every string of every kind of field goes through the same filter. */
static void
no_string_is_printed_raw(void **state)
{
	static const p9_str evil = { "\033]0;x\a\r\n\x9b", 9 };
	struct p9_msg m = { .type = P9_Twstat };
	p9_stat *st = &m.u.Twstat.stat;
	char line[LINE];
	int n;

	(void)state;
	st->name = st->uid = st->gid = st->muid = st->extension = evil;
	n = p9_print(&m, P9_DIALECT_U, line, sizeof(line));
	for (int i = 0; i < n; i++)
		assert_in_range(line[i], ' ', '~');
	assert_non_null(strstr(line, "extension:%1b]0;x%07%0d%0a%9b,n_uid:0"));
}

/* A message printed into cap bytes: the start of the line, and no more. */
static void
check_cap(const struct p9_msg *m, const char *whole, size_t cap)
{
	char buf[LINE];
	size_t i, len = strlen(whole);

	memset(buf, CANARY, sizeof(buf));
	assert_int_equal(p9_print(m, P9_DIALECT_U, buf, cap), len);
	if (cap > 0) {
		assert_int_equal(strlen(buf), len < cap ? len : cap - 1);
		assert_memory_equal(buf, whole, strlen(buf));
	}
	for (i = cap; i < sizeof(buf); i++)
		assert_int_equal(buf[i], CANARY);
}

static void
check_caps(const struct p9_msg *m)
{
	char whole[LINE];
	int n = p9_print(m, P9_DIALECT_U, whole, sizeof(whole));

	assert_int_equal(p9_print(m, P9_DIALECT_U, NULL, 0), n);
	for (size_t cap = 0; cap < (size_t)n + 3; cap++)
		check_cap(m, whole, cap);
}

static void
a_line_ends_where_its_buffer_does(void **state)
{
	static const uint8_t bytes[P9_PRINT_DATA + 1];
	struct p9_msg walk = some_walk();
	struct p9_msg reply = { .type = P9_Rwalk };
	struct p9_msg stat = { .type = P9_Rstat };
	struct p9_msg data = { .type = P9_Rread };
	struct p9_msg unknown = { .type = 200 };

	(void)state;
	reply.u.Rwalk.wqid.n = 3;
	stat.u.Rstat.stat.name = str("a%b");
	data.u.Rread.data = (p9_data){ bytes, sizeof(bytes) };
	check_caps(&walk);
	check_caps(&reply);
	check_caps(&stat);
	check_caps(&data);
	check_caps(&unknown);
}

static void
an_unknown_type_is_shown_by_number(void **state)
{
	struct p9_msg m = { .type = 200, .tag = 9 };

	(void)state;
	assert_line(&m, P9_DIALECT_L, "T200 tag=9");
	m.type = 255;
	assert_line(&m, P9_DIALECT_U, "R255 tag=9");
	m.type = P9_Tgetattr; /* .L has it, 9P2000 has not */
	assert_line(&m, P9_DIALECT_2000, "T24 tag=9");
}

static void
a_long_payload_is_cut(void **state)
{
	static uint8_t bytes[P9_PRINT_DATA + 1000];
	char want[LINE] = "Rread tag=0 data=";
	struct p9_msg m = { .type = P9_Rread };

	(void)state;
	memset(bytes, 0xab, sizeof(bytes));
	for (int i = 0; i < P9_PRINT_DATA; i++)
		strcat(want, "ab");
	m.u.Rread.data = (p9_data){ bytes, P9_PRINT_DATA };
	assert_line(&m, P9_DIALECT_L, want);
	m.u.Rread.data.len = sizeof(bytes);
	strcat(want, "..+1000");
	assert_line(&m, P9_DIALECT_L, want);
}

static void
a_payload_elsewhere_shows_its_length(void **state)
{
	struct p9_msg m = { .type = P9_Rread };

	(void)state;
	m.u.Rread.data.len = UINT32_MAX;
	assert_line(&m, P9_DIALECT_L, "Rread tag=0 data=..+4294967295");
}

/* Such a count never comes from the decoder; it is shown, not believed. */
static void
a_count_beyond_its_array_is_harmless(void **state)
{
	struct p9_msg *m = calloc(1, sizeof(*m));
	char line[LINE];

	(void)state;
	assert_non_null(m);
	m->type = P9_Rwalk;
	m->u.Rwalk.wqid.n = UINT16_MAX;
	p9_print(m, P9_DIALECT_L, line, sizeof(line));
	assert_non_null(strstr(line, "nwqid=65535 wqid=00.00000000."));
	m->type = P9_Twalk;
	m->u.Twalk.wname = (p9_names){ .n = UINT16_MAX };
	p9_print(m, P9_DIALECT_L, line, sizeof(line));
	assert_non_null(strstr(line, "nwname=65535 wname=///////////////"));
	free(m);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_message_is_one_line_of_pairs),
		cmocka_unit_test(numbers_are_decimal_and_unsigned),
		cmocka_unit_test(a_message_has_one_name_in_all_dialects),
		cmocka_unit_test(only_printable_bytes_reach_the_terminal),
		cmocka_unit_test(no_string_is_printed_raw),
		cmocka_unit_test(a_line_ends_where_its_buffer_does),
		cmocka_unit_test(an_unknown_type_is_shown_by_number),
		cmocka_unit_test(a_long_payload_is_cut),
		cmocka_unit_test(a_payload_elsewhere_shows_its_length),
		cmocka_unit_test(a_count_beyond_its_array_is_harmless),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
