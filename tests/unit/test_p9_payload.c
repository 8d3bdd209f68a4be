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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_payload_begins_where_the_table_says),
		cmocka_unit_test(a_payload_elsewhere_is_copied),
		cmocka_unit_test(a_payload_in_place_is_not_touched),
		cmocka_unit_test(a_payload_to_come_has_its_place),
		cmocka_unit_test(a_payload_beyond_all_bounds_does_not_fit),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
