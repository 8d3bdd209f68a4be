/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_payload.c -- a payload can be where it belongs before its message
 * is encoded, or come later, and is then not copied.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stddef.h>
#include <stdint.h>
#include <string.h>
#include <sys/mman.h>
#include <unistd.h>

#include <cmocka.h>

#include "p9.h"

#define CANARY 0xee

static void
a_payload_begins_where_the_table_says(void **state)
{
	(void)state;
	for (unsigned int d = 0; d < P9_NDIALECTS; d++) {
		assert_int_equal(p9_payload_offset(d, P9_Rread), 11);
		assert_int_equal(p9_payload_offset(d, P9_Twrite), 23);
		assert_int_equal(p9_payload_offset(d, P9_Tread), 0);
		assert_int_equal(p9_payload_offset(d, P9_Rflush), 0);
		assert_int_equal(p9_payload_offset(d, P9_Twalk), 0);
		assert_int_equal(p9_payload_offset(d, 1000), 0);
	}
	assert_int_equal(p9_payload_offset(P9_DIALECT_L, P9_Rreaddir), 11);
	assert_int_equal(p9_payload_offset(P9_DIALECT_U, P9_Rreaddir), 0);
}

/* Encode an Rread of four bytes at p into buf, of which cap may be used. */
static int
encode_read(const uint8_t *p, uint8_t *buf, size_t cap)
{
	struct p9_msg m = { .type = P9_Rread, .tag = 1 };

	m.u.Rread.data = (p9_data){ p, 4 };
	return p9_encode(&m, P9_DIALECT_L, buf, cap);
}

#define READ_HEADER                                                            \
	"\17\0\0\0"                                                            \
	"\165"                                                                 \
	"\1\0"                                                                 \
	"\4\0\0\0"

static void
a_payload_elsewhere_is_copied(void **state)
{
	uint8_t buf[16];

	(void)state;
	assert_int_equal(
	    encode_read((const uint8_t *)"data", buf, sizeof(buf)), 15);
	assert_memory_equal(buf, READ_HEADER "data", 15);
}

/* The payload is at the start of a page that nobody may touch. */
static void
a_payload_in_place_is_not_touched(void **state)
{
	size_t page = (size_t)sysconf(_SC_PAGESIZE);
	uint8_t *p, *buf;

	(void)state;
	p = mmap(NULL, 2 * page, PROT_READ | PROT_WRITE,
	    MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);
	assert_ptr_not_equal(p, MAP_FAILED);
	assert_int_equal(mprotect(p + page, page, PROT_NONE), 0);
	buf = p + page - 11;
	assert_int_equal(encode_read(p + page, buf, page), 15);
	assert_memory_equal(buf, READ_HEADER, 11);
	munmap(p, 2 * page);
}

static void
a_payload_to_come_has_its_place(void **state)
{
	uint8_t buf[16];

	(void)state;
	memset(buf, CANARY, sizeof(buf));
	assert_int_equal(encode_read(NULL, buf, sizeof(buf)), 15);
	assert_memory_equal(buf, READ_HEADER "\356\356\356\356\356", 16);
	assert_int_equal(encode_read(NULL, buf, 15), 15);
	assert_int_equal(encode_read(NULL, buf, 14), -EMSGSIZE);
}

/* The longest count there is does not wrap into one that fits. */
static void
a_payload_beyond_all_bounds_does_not_fit(void **state)
{
	struct p9_msg m = { .type = P9_Rread };
	uint8_t buf[64];

	(void)state;
	m.u.Rread.data = (p9_data){ NULL, UINT32_MAX };
	assert_int_equal(p9_encode(&m, P9_DIALECT_L, buf, 64), -EMSGSIZE);
	m.u.Rread.data.len = UINT32_MAX - 10;
	assert_int_equal(p9_encode(&m, P9_DIALECT_L, buf, 64), -EMSGSIZE);
}

static void
a_payload_can_follow_its_message(void **state)
{
	struct p9_msg m = { .type = P9_Rread, .tag = 1 };
	uint8_t buf[16];

	(void)state;
	memset(buf, CANARY, sizeof(buf));
	m.u.Rread.data = (p9_data){ NULL, 4 };
	assert_int_equal(p9_encode_head(&m, P9_DIALECT_L, buf, 11), 11);
	assert_memory_equal(buf, READ_HEADER "\356\356\356\356\356", 16);
	assert_int_equal(p9_encode_head(&m, P9_DIALECT_L, buf, 10), -EMSGSIZE);
	m.u.Rread.data.len = UINT32_MAX - 11;
	assert_int_equal(p9_encode_head(&m, P9_DIALECT_L, buf, 16), 11);
	assert_memory_equal(buf, "\377\377\377\377", 4);
	m.u.Rread.data.len = UINT32_MAX - 10;
	assert_int_equal(p9_encode_head(&m, P9_DIALECT_L, buf, 16), -EMSGSIZE);
}

static void
a_message_without_payload_has_no_other_head(void **state)
{
	struct p9_msg m = { .type = P9_Rwrite, .u.Rwrite.count = 4 };
	uint8_t head[16], all[16];
	int n;

	(void)state;
	n = p9_encode(&m, P9_DIALECT_L, all, sizeof(all));
	assert_int_equal(n, 11);
	assert_int_equal(
	    p9_encode_head(&m, P9_DIALECT_L, head, sizeof(head)), n);
	assert_memory_equal(head, all, (size_t)n);
	assert_int_equal(p9_decode_head(&m, P9_DIALECT_L, all, (size_t)n), 0);
}

static int
decode_read(struct p9_msg *m, const char *frame, size_t len)
{
	memset(m, CANARY, sizeof(*m));
	return p9_decode_head(m, P9_DIALECT_L, (const uint8_t *)frame, len);
}

static void
a_payload_can_come_after_its_message(void **state)
{
	struct p9_msg m;
	size_t len;

	(void)state;
	for (len = 0; len < 11; len++)
		assert_int_equal(decode_read(&m, READ_HEADER, len), 0);
	for (; len <= 15; len++) {
		assert_int_equal(decode_read(&m, READ_HEADER "data", len), 11);
		assert_int_equal(m.type, P9_Rread);
		assert_int_equal(m.tag, 1);
		assert_int_equal(m.u.Rread.data.len, 4);
		assert_null(m.u.Rread.data.p);
	}
}

/* A frame of 15 bytes whose payload says three, five, or a bit more. */
static void
a_payload_is_the_rest_of_its_frame(void **state)
{
	struct p9_msg m;

	(void)state;
	assert_int_equal(
	    decode_read(&m, "\17\0\0\0\165\1\0\3\0\0\0", 11), -EBADMSG);
	assert_int_equal(
	    decode_read(&m, "\17\0\0\0\165\1\0\5\0\0\0", 11), -EBADMSG);
	assert_int_equal(
	    decode_read(&m, "\17\0\0\0\165\1\0\377\377\377\377", 11), -EBADMSG);
	/* And one that is said to end before its payload begins. */
	assert_int_equal(
	    decode_read(&m, "\7\0\0\0\165\1\0\3\0\0\0", 11), -EBADMSG);
	assert_int_equal(
	    decode_read(&m, "\7\0\0\0\165\1\0\374\377\377\377", 11), -EBADMSG);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_begins_where_the_table_says),
		cmocka_unit_test(a_payload_elsewhere_is_copied),
		cmocka_unit_test(a_payload_in_place_is_not_touched),
		cmocka_unit_test(a_payload_to_come_has_its_place),
		cmocka_unit_test(a_payload_beyond_all_bounds_does_not_fit),
		cmocka_unit_test(a_payload_can_follow_its_message),
		cmocka_unit_test(a_message_without_payload_has_no_other_head),
		cmocka_unit_test(a_payload_can_come_after_its_message),
		cmocka_unit_test(a_payload_is_the_rest_of_its_frame),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
