/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_p9_frame.c -- a stream gives the same frames however it is split.
 */

#include <errno.h>
#include <setjmp.h>
#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include <cmocka.h>

#include "p9.h"

#define MSIZE 4096
#define NFRAMES 6
#define SEED 0x9b2000u

/* Frames of the smallest size, of odd ones, and of msize itself. */
static const size_t sizes[NFRAMES] = { 7, 11, 7, 300, MSIZE, 9 };

struct stream {
	uint8_t bytes[7 + 11 + 7 + 300 + MSIZE + 9];
};

static void
make_stream(struct stream *s)
{
	uint8_t *p = s->bytes;

	for (size_t i = 0; i < NFRAMES; i++) {
		memset(p, (int)('a' + i), sizes[i]);
		for (size_t k = 0; k < 4; k++)
			p[k] = (uint8_t)(sizes[i] >> k * 8);
		p += sizes[i];
	}
}

/* What a connection does: bytes in, whole frames out of the front. */
struct cutter {
	uint8_t buf[sizeof(struct stream)];
	size_t len;
	size_t frames;
};

static bool
cut_one(struct cutter *c)
{
	int64_t size = p9_frame_size(c->buf, c->len, MSIZE);

	assert_true(size >= 0);
	assert_true((size == 0) == (c->len < 4));
	if (size == 0 || (size_t)size > c->len)
		return false;

	assert_true(c->frames < NFRAMES);
	assert_int_equal(size, sizes[c->frames]);
	assert_int_equal(c->buf[4], 'a' + c->frames);
	c->frames++;
	c->len -= (size_t)size;
	memmove(c->buf, c->buf + size, c->len);
	return true;
}

static void
push(struct cutter *c, const uint8_t *bytes, size_t len)
{
	memcpy(c->buf + c->len, bytes, len);
	c->len += len;
	while (cut_one(c))
		continue;
}

static void
assert_all_cut(const struct cutter *c)
{
	assert_int_equal(c->frames, NFRAMES);
	assert_int_equal(c->len, 0);
}

static void
two_pieces_give_the_same_frames(void **state)
{
	struct stream s;
	size_t at;

	(void)state;
	make_stream(&s);
	for (at = 0; at <= sizeof(s.bytes); at++) {
		struct cutter c = { .len = 0 };

		push(&c, s.bytes, at);
		push(&c, s.bytes + at, sizeof(s.bytes) - at);
		assert_all_cut(&c);
	}
}

static void
equal_pieces_give_the_same_frames(void **state)
{
	struct stream s;
	size_t piece, at, left;

	(void)state;
	make_stream(&s);
	for (piece = 1; piece < 64; piece++) {
		struct cutter c = { .len = 0 };

		for (at = 0; at < sizeof(s.bytes); at += piece) {
			left = sizeof(s.bytes) - at;
			push(&c, s.bytes + at, left < piece ? left : piece);
		}
		assert_all_cut(&c);
	}
}

static void
random_pieces_give_the_same_frames(void **state)
{
	struct stream s;
	size_t at, n;

	(void)state;
	make_stream(&s);
	print_message("seed %#x\n", SEED);
	srandom(SEED);
	for (int i = 0; i < 500; i++) {
		struct cutter c = { .len = 0 };

		for (at = 0; at < sizeof(s.bytes); at += n) {
			n = (size_t)random() % 700;
			if (n > sizeof(s.bytes) - at)
				n = sizeof(s.bytes) - at;
			push(&c, s.bytes + at, n);
		}
		assert_all_cut(&c);
	}
}

static int64_t
size_of(uint32_t size, uint32_t msize)
{
	uint8_t buf[4] = { (uint8_t)size, (uint8_t)(size >> 8),
		(uint8_t)(size >> 16), (uint8_t)(size >> 24) };

	return p9_frame_size(buf, sizeof(buf), msize);
}

static void
a_size_below_the_header_is_not_trusted(void **state)
{
	(void)state;
	for (uint32_t size = 0; size < P9_HDRSZ; size++)
		assert_int_equal(size_of(size, MSIZE), -EPROTO);
	assert_int_equal(size_of(P9_HDRSZ, MSIZE), P9_HDRSZ);
}

static void
a_size_above_msize_is_not_trusted(void **state)
{
	(void)state;
	assert_int_equal(size_of(MSIZE, MSIZE), MSIZE);
	assert_int_equal(size_of(MSIZE + 1, MSIZE), -EPROTO);
	assert_int_equal(size_of(0x80000000, MSIZE), -EPROTO);
	assert_int_equal(size_of(UINT32_MAX, MSIZE), -EPROTO);
	assert_true(size_of(UINT32_MAX, UINT32_MAX) == UINT32_MAX);
}

/* Read from memory of the exact size: no byte more is looked at. */
static void
four_bytes_tell_the_size(void **state)
{
	uint8_t *p;

	(void)state;
	for (size_t n = 1; n < 4; n++) {
		p = calloc(1, n);
		assert_non_null(p);
		assert_int_equal(p9_frame_size(p, n, MSIZE), 0);
		free(p);
	}
	assert_int_equal(p9_frame_size(NULL, 0, MSIZE), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(two_pieces_give_the_same_frames),
		cmocka_unit_test(equal_pieces_give_the_same_frames),
		cmocka_unit_test(random_pieces_give_the_same_frames),
		cmocka_unit_test(a_size_below_the_header_is_not_trusted),
		cmocka_unit_test(a_size_above_msize_is_not_trusted),
		cmocka_unit_test(four_bytes_tell_the_size),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
