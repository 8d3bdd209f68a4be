/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_dirent.c -- directory entries go in whole and come out whole.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"

#define CANARY 0xee
#define ENTRY_FIXED 24 /* qid[13] offset[8] type[1] and the name's length */

static const struct p9_dirent file = {
	.qid = { .path = 0x1122334455667788,
	    .version = 0x99aabbcc,
	    .type = P9_QTSYMLINK },
	.offset = 0x7fffffffffffffff,
	.type = 10,
	.name = { "lnk", 3 },
};

static const uint8_t file_bytes[] = { 0x02, 0xcc, 0xbb, 0xaa, 0x99, 0x88, 0x77,
	0x66, 0x55, 0x44, 0x33, 0x22, 0x11, 0xff, 0xff, 0xff, 0xff, 0xff, 0xff,
	0xff, 0x7f, 0x0a, 0x03, 0x00, 'l', 'n', 'k' };

static void
assert_same_entry(const struct p9_dirent *a, const struct p9_dirent *b)
{
	assert_int_equal(a->qid.type, b->qid.type);
	assert_int_equal(a->qid.version, b->qid.version);
	assert_int_equal(a->qid.path, b->qid.path);
	assert_int_equal(a->offset, b->offset);
	assert_int_equal(a->type, b->type);
	assert_int_equal(a->name.len, b->name.len);
	assert_memory_equal(a->name.s, b->name.s, b->name.len);
}

static void
an_entry_has_the_layout_of_the_protocol(void **state)
{
	uint8_t buf[64];

	(void)state;
	assert_int_equal(
	    p9_dirent_encode(&file, buf, sizeof(buf)), sizeof(file_bytes));
	assert_memory_equal(buf, file_bytes, sizeof(file_bytes));
}

static void
an_entry_survives_a_round_trip(void **state)
{
	struct p9_dirent e;

	(void)state;
	memset(&e, 0xa5, sizeof(e));
	assert_int_equal(p9_dirent_decode(&e, file_bytes, sizeof(file_bytes)),
	    sizeof(file_bytes));
	assert_same_entry(&e, &file);
}

static void
an_entry_is_never_cut_to_fit(void **state)
{
	uint8_t buf[64];

	(void)state;
	for (size_t cap = 0; cap < sizeof(file_bytes); cap++) {
		memset(buf, CANARY, sizeof(buf));
		assert_int_equal(p9_dirent_encode(&file, buf, cap), 0);
		for (size_t i = cap; i < sizeof(buf); i++)
			assert_int_equal(buf[i], CANARY);
	}
	assert_int_equal(p9_dirent_encode(&file, buf, sizeof(file_bytes)),
	    sizeof(file_bytes));
}

static void
half_an_entry_is_refused(void **state)
{
	struct p9_dirent e;
	uint8_t *p;

	(void)state;
	for (size_t n = 0; n < sizeof(file_bytes); n++) {
		p = malloc(n);
		assert_non_null(p);
		memcpy(p, file_bytes, n);
		assert_int_equal(p9_dirent_decode(&e, p, n), -EBADMSG);
		free(p);
	}
}

static void
a_name_with_a_nul_is_refused(void **state)
{
	uint8_t bytes[sizeof(file_bytes)];
	struct p9_dirent e;

	(void)state;
	for (size_t i = ENTRY_FIXED; i < sizeof(bytes); i++) {
		memcpy(bytes, file_bytes, sizeof(bytes));
		bytes[i] = '\0';
		assert_int_equal(
		    p9_dirent_decode(&e, bytes, sizeof(bytes)), -EBADMSG);
	}
}

static void
a_name_may_have_any_length(void **state)
{
	static char name[UINT16_MAX];
	static uint8_t buf[ENTRY_FIXED + UINT16_MAX];
	struct p9_dirent in = file, out;

	(void)state;
	memset(name, 'n', sizeof(name));
	for (size_t len = 0; len <= UINT16_MAX; len += 255) {
		in.name = (p9_str){ name, (uint16_t)len };
		assert_int_equal(
		    p9_dirent_encode(&in, buf, sizeof(buf)), ENTRY_FIXED + len);
		assert_int_equal(p9_dirent_decode(&out, buf, sizeof(buf)),
		    ENTRY_FIXED + len);
		assert_same_entry(&out, &in);
	}
}

static struct p9_dirent
entry_number(uint64_t i)
{
	struct p9_dirent e = file;

	e.qid.path = i;
	e.offset = i + 1;
	e.name = (p9_str){ "0123456789", (uint16_t)(i % 11) };
	return e;
}

/* As Treaddir does: entries until one does not fit, then all of them back. */
static void
a_full_buffer_gives_back_what_went_in(void **state)
{
	uint8_t buf[1000];
	struct p9_dirent e, want;
	size_t n, len = 0;
	uint64_t i = 0, k;
	int used;

	(void)state;
	do {
		e = entry_number(i);
		n = p9_dirent_encode(&e, buf + len, sizeof(buf) - len);
		len += n;
		i += n > 0;
	} while (n > 0);
	assert_in_range(len, sizeof(buf) - ENTRY_FIXED - 11, sizeof(buf));

	for (k = 0, n = 0; n < len; k++, n += (size_t)used) {
		want = entry_number(k);
		used = p9_dirent_decode(&e, buf + n, len - n);
		assert_true(used > 0);
		assert_same_entry(&e, &want);
	}
	assert_int_equal(k, i);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_entry_has_the_layout_of_the_protocol),
		cmocka_unit_test(an_entry_survives_a_round_trip),
		cmocka_unit_test(an_entry_is_never_cut_to_fit),
		cmocka_unit_test(half_an_entry_is_refused),
		cmocka_unit_test(a_name_with_a_nul_is_refused),
		cmocka_unit_test(a_name_may_have_any_length),
		cmocka_unit_test(a_full_buffer_gives_back_what_went_in),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
