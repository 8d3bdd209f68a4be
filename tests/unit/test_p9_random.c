/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_random.c -- bytes at random, and good messages with a few bytes
 * changed, do no harm.
 */

#include <errno.h>

#include "every_message.h"

/* What decodes is canonical: it encodes to itself, or was a short form. */
static void
check_any(struct frame f, enum p9_dialect d)
{
	struct p9_msg m;
	char line[FRAME_MAX];
	uint8_t buf[FRAME_MAX];
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
		struct frame f = { NULL, P9_HDRSZ + next_random(&seed) % 64 };

		f.p = malloc(f.len);
		assert_non_null(f.p);
		for (size_t k = 0; k < f.len; k++)
			f.p[k] = (uint8_t)(next_random(&seed) >> 8) &
			    (k % 2 ? 0x0f : 0x7f);
		frame_set_size(f);
		check_any(f, next_random(&seed) % P9_NDIALECTS);
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
		hurt = frame_copy(f.p, f.len);
		for (uint32_t k = next_random(&seed) % 4; k < 4; k++)
			hurt.p[next_random(&seed) % f.len] =
			    (uint8_t)next_random(&seed);
		if (i % 4 != 0)
			frame_set_size(hurt);
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

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(random_bytes_do_no_harm),
		cmocka_unit_test(damaged_messages_do_no_harm),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
