/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_hist.c -- what the benchmark reckons with: durations, and contents.
 */

#include "hist.h"
#include "pattern.h"
#include "wire.h"

static struct hist *
hist_new(void)
{
	struct hist *h = calloc(1, sizeof(*h));

	assert_non_null(h);
	return h;
}

static void
nothing_has_no_percentiles(void **state)
{
	struct hist *h = hist_new();

	(void)state;
	assert_int_equal(hist_at(h, 0.5), 0);
	assert_int_equal(hist_at(h, 1), 0);
	free(h);
}

static void
small_values_are_exact(void **state)
{
	struct hist *h = hist_new();
	uint64_t i;

	(void)state;
	for (i = 1; i <= 60; i++)
		hist_add(h, i);
	assert_int_equal(h->n, 60);
	assert_int_equal(h->most, 60);
	assert_int_equal(hist_at(h, 0), 1);
	assert_int_equal(hist_at(h, 0.5), 30);
	assert_int_equal(hist_at(h, 0.9), 54);
	assert_int_equal(hist_at(h, 1), 60);
	free(h);
}

/* Not below the true value, and by a 64th above it at most. */
static void
near(uint64_t got, uint64_t want)
{
	if (got < want || got > want + want / 64)
		fail_msg("%llu, not %llu", (unsigned long long)got,
		    (unsigned long long)want);
}

static void
large_values_are_off_by_a_64th_at_most(void **state)
{
	struct hist *h = hist_new();
	uint64_t i;

	(void)state;
	for (i = 1; i <= 100000; i++)
		hist_add(h, i * 1000);
	near(hist_at(h, 0.5), 50000000);
	near(hist_at(h, 0.99), 99000000);
	near(hist_at(h, 0.999), 99900000);
	assert_int_equal(hist_at(h, 1), 100000000);
	free(h);
}

static void
a_rare_value_is_seen_where_it_is(void **state)
{
	struct hist *h = hist_new();
	int i;

	(void)state;
	for (i = 0; i < 990; i++)
		hist_add(h, 10);
	for (i = 0; i < 10; i++)
		hist_add(h, 1000000);
	assert_int_equal(hist_at(h, 0.5), 10);
	assert_int_equal(hist_at(h, 0.99), 10);
	near(hist_at(h, 0.991), 1000000);
	assert_int_equal(hist_at(h, 0.999), 1000000);
	free(h);
}

static void
any_value_has_its_place(void **state)
{
	struct hist *h;
	unsigned int shift;
	uint64_t v;
	int d;

	(void)state;
	for (shift = 1; shift < 64; shift++) {
		for (d = -1; d <= 1; d++) {
			v = ((uint64_t)1 << shift) + (uint64_t)(int64_t)d;
			h = hist_new();
			hist_add(h, v);
			assert_int_equal(hist_at(h, 0.5), v);
			hist_add(h, UINT64_MAX);
			near(hist_at(h, 0.5), v);
			assert_int_equal(hist_at(h, 1), UINT64_MAX);
			free(h);
		}
	}
}

/* From any place on, it is what a byte more tells. */
static void
contents_tell_their_place(void **state)
{
	struct pattern *p = malloc(sizeof(*p));
	uint64_t off;

	(void)state;
	assert_non_null(p);
	pattern_init(p);
	for (off = 0; off < 300000; off += 4096) {
		assert_true(pattern_is(
		    p, 0, off, pattern_at(p, 0, off), PATTERN_RUN, off));
		assert_memory_equal(
		    pattern_at(p, 0, off) + 1, pattern_at(p, 0, off + 1), 4096);
		assert_false(pattern_is(
		    p, 0, off, pattern_at(p, 0, off + 4096), 4096, 0));
		assert_false(
		    pattern_is(p, 1, off, pattern_at(p, 0, off), 65536, off));
	}
	free(p);
}

/* Of many bytes not all are compared at a time, but all in 64. */
static void
one_wrong_byte_is_found(void **state)
{
	struct pattern *p = malloc(sizeof(*p));
	uint8_t *buf = malloc(65536);
	size_t at, len;
	int turn, found;

	(void)state;
	assert_non_null(p);
	assert_non_null(buf);
	pattern_init(p);
	for (len = 4096; len <= 65536; len *= 16) {
		memcpy(buf, pattern_at(p, 0, 77), len);
		for (at = 0; at < len; at += 997) {
			buf[at] ^= 1;
			found = 0;
			for (turn = 0; turn < 64; turn++)
				found += !pattern_is(
				    p, 0, 77, buf, len, (uint64_t)turn);
			assert_true(found > 0);
			buf[at] ^= 1;
		}
	}
	free(buf);
	free(p);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(nothing_has_no_percentiles),
		cmocka_unit_test(small_values_are_exact),
		cmocka_unit_test(large_values_are_off_by_a_64th_at_most),
		cmocka_unit_test(a_rare_value_is_seen_where_it_is),
		cmocka_unit_test(any_value_has_its_place),
		cmocka_unit_test(contents_tell_their_place),
		cmocka_unit_test(one_wrong_byte_is_found),
	};

	return cmocka_run_group_tests_name("hist", tests, NULL, NULL);
}
