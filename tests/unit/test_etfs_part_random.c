/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_part_random.c -- tables with anything in them.
 *
 * Images are spoiled, a few bytes at a time and the same ones in every run, and
 * mended so far that the checksums are right again, or cut off.  Whatever has
 * become of them, no read may reach beyond the end, reads are few, and what is
 * found lies in the image and is one's own.
 */

#include "partimage.h"

#include <stdio.h>

#define SIZE (8 * MIB)
#define ROUNDS 1500
#define READS_MAX 1100 /* four chains, each given up after 256 links */
#define EDITS_MAX 6

/* Where there is something to be spoiled: bytes from at on. */
struct area {
	size_t at, len;
};

struct subject {
	struct image im;
	struct area areas[4];
	size_t nareas;
	const char *const *specs;
	void (*mend)(struct image *im);
};

struct edit {
	size_t at;
	uint8_t was;
};

/* xorshift64 */
static uint64_t
draw(uint64_t *seed, uint64_t below)
{
	*seed ^= *seed << 13;
	*seed ^= *seed >> 7;
	*seed ^= *seed << 17;
	return (*seed >> 11) % below;
}

/* Numbers at the edges are drawn more often than others. */
static uint8_t
draw_byte(uint64_t *seed, uint8_t was)
{
	static const uint8_t edges[] = { 0, 1, 2, 0x05, 0x7f, 0x80, 0xa5, 0xee,
		0xff };

	switch (draw(seed, 3)) {
	case 0:
		return edges[draw(seed, sizeof(edges))];
	case 1:
		return was ^ (uint8_t)(1U << draw(seed, 8));
	default:
		return (uint8_t)draw(seed, 256);
	}
}

static size_t
spoil(struct subject *su, uint64_t *seed, struct edit *edits)
{
	size_t n = 1 + draw(seed, EDITS_MAX), i;
	const struct area *area;
	uint8_t *p;

	for (i = 0; i < n; i++) {
		area = &su->areas[draw(seed, su->nareas)];
		edits[i].at = area->at + draw(seed, area->len);
		p = su->im.bytes + edits[i].at;
		edits[i].was = *p;
		*p = draw_byte(seed, *p);
	}
	return n;
}

static void
restore(struct subject *su, const struct edit *edits, size_t n)
{
	while (n-- > 0)
		su->im.bytes[edits[n].at] = edits[n].was;
	if (su->mend != NULL)
		su->mend(&su->im);
}

/* 1 if it is found. */
static unsigned int
check_sane(struct image *im, const char *spec)
{
	struct etfs_part part = { 0 };
	struct etfs_why why;
	int rc;

	im->reads = 0;
	rc = etfs_part_find(&im->src, spec, &part, &why);
	if (im->reads > READS_MAX)
		fail_msg("%s: %u reads", spec, im->reads);
	if (rc == 0) {
		assert_string_equal(why.text, "");
		assert_true(part.size > 0);
		assert_true(part.offset < im->src.size);
		assert_true(part.size <= im->src.size - part.offset);
		return 1;
	}
	assert_int_equal(rc, -EINVAL);
	assert_true(why.text[0] != '\0');
	return 0;
}

/* Returns how many partitions have been found. */
static unsigned int
round_of(struct subject *su, uint64_t *seed)
{
	struct edit edits[EDITS_MAX];
	size_t n = spoil(su, seed, edits);
	const char *const *spec;
	unsigned int found = 0;

	if (su->mend != NULL && draw(seed, 4) != 0)
		su->mend(&su->im);
	if (draw(seed, 8) == 0)
		su->im.src.size = draw(seed, SIZE + 1);
	for (spec = su->specs; *spec != NULL; spec++)
		found += check_sane(&su->im, *spec);
	su->im.src.size = SIZE;
	restore(su, edits, n);
	return found;
}

/* Both must happen: that something is found, and that it is not. */
static void
check_subject(struct subject *su)
{
	unsigned int i, found = 0, nspecs = 0, all = 0;
	uint64_t seed = 88172645463325252;

	for (; su->specs[nspecs] != NULL; nspecs++)
		all += check_sane(&su->im, su->specs[nspecs]);
	assert_true(all > 1);
	for (i = 0; i < ROUNDS; i++)
		found += round_of(su, &seed);
	assert_true(found > ROUNDS / 10);
	assert_true(found < ROUNDS * all);
	image_free(&su->im);
}

static void
an_mbr_may_be_anything(void **state)
{
	static const char *const specs[] = { "PART:1", "PART:2", "PART:3",
		"PART:5", "PART:6", "PART:7", "PART:8", NULL };
	struct subject su = { .specs = specs };

	(void)state;
	image_made_by(&su.im, SIZE,
	    "printf 'label: dos\nstart=64,size=64,type=83\n"
	    "start=2048,size=12000,type=5\nstart=14500,size=1000\n"
	    "start=4096,size=100\nstart=7000,size=1000\n"
	    "start=11000,size=10\n' | sfdisk -q $F 2>&1");
	su.areas[su.nareas++] = (struct area){ 446, 66 };
	su.areas[su.nareas++] = (struct area){ 2048 * 512 + 446, 66 };
	su.areas[su.nareas++] =
	    (struct area){ (uint64_t)(2048 +
			       get32(su.im.bytes + 2048 * 512 + 446 + 16 + 8)) *
			    512 +
			446,
		    66 };
	check_subject(&su);
}

static void
mend_gpt(struct image *im)
{
	gpt_sum(im, im->bytes + 512, 512);
	gpt_sum(im, im->bytes + im->len - 512, 512);
}

static void
a_gpt_may_be_anything(void **state)
{
	static const char *const specs[] = { "PART:1", "PART:2", "PART:3",
		NULL };
	struct subject su = { .specs = specs, .mend = mend_gpt };

	(void)state;
	image_made_by(&su.im, SIZE,
	    "printf 'label: gpt\nstart=2048,size=2048\nstart=8192,size=4096\n'"
	    " | sfdisk -q $F 2>&1");
	su.areas[su.nareas++] = (struct area){ 446, 66 };
	su.areas[su.nareas++] = (struct area){ 512, 92 };
	su.areas[su.nareas++] = (struct area){ 1024 + 32, 3 * 128 };
	su.areas[su.nareas++] = (struct area){ SIZE - 512, 92 };
	check_subject(&su);
}

static void
mend_slice(struct image *im)
{
	label_sum(&(struct label_at){ im->bytes + 2049 * 512, false });
}

static void
mend_disk(struct image *im)
{
	label_sum(&(struct label_at){ im->bytes + 128, true });
}

static const char *const letters[] = { "DISKLABEL:a", "DISKLABEL:b",
	"DISKLABEL:c", "DISKLABEL:d", "DISKLABEL:e", "DISKLABEL:h",
	"DISKLABEL:z", NULL };

static void
fill_label(const struct label_at *l)
{
	label_make(l, 512, 8);
	label_part(l, 'a', 7, 16, 100);
	label_part(l, 'b', 1, 116, 2000);
	label_part(l, 'c', 0, 0, 10000);
	label_part(l, 'd', 0, 0, 16384);
	label_part(l, 'e', 7, 3000, 3000);
	label_part(l, 'h', 7, 9999, 1);
	label_sum(l);
}

static void
a_slices_label_may_be_anything(void **state)
{
	struct subject su = { .specs = letters, .mend = mend_slice };

	(void)state;
	image_make(&su.im, SIZE);
	mbr_make(su.im.bytes);
	mbr_slot(su.im.bytes, 2, 0xa5, 2048, 12000);
	fill_label(&(struct label_at){ su.im.bytes + 2049 * 512, false });
	su.areas[su.nareas++] = (struct area){ 446, 66 };
	su.areas[su.nareas++] = (struct area){ 2049 * 512, 148 + 8 * 16 };
	su.areas[su.nareas++] = (struct area){ 2049 * 512 + 148, 8 * 16 };
	check_subject(&su);
}

static void
a_disks_label_may_be_anything(void **state)
{
	struct subject su = { .specs = letters, .mend = mend_disk };

	(void)state;
	image_make(&su.im, SIZE);
	fill_label(&(struct label_at){ su.im.bytes + 128, true });
	su.areas[su.nareas++] = (struct area){ 128, 148 + 8 * 16 };
	su.areas[su.nareas++] = (struct area){ 128 + 148, 8 * 16 };
	check_subject(&su);
}

/* Nothing but noise, and something that looks like a table here and there. */
static void
noise_is_no_table(void **state)
{
	static const char *const specs[] = { "PART:1", "PART:5", "PART:128",
		"DISKLABEL:a", "DISKLABEL:c", NULL };
	uint64_t seed = 2463534242;
	unsigned int round;
	struct image im;
	size_t i;

	(void)state;
	image_make(&im, 64 * KIB);
	for (round = 0; round < 50; round++) {
		for (i = 0; i < im.len; i++)
			im.bytes[i] = (uint8_t)draw(&seed, 256);
		for (i = 0; i < im.len; i += 512) {
			im.bytes[i + 446] = im.bytes[i + 462] = 0;
			im.bytes[i + 478] = im.bytes[i + 494] = 0;
			im.bytes[i + 510] = 0x55;
			im.bytes[i + 511] = 0xaa;
			im.bytes[i + 462 + 4] = 5;
			put32(im.bytes + i + 462 + 8, 0);
			if (draw(&seed, 2) == 0)
				memcpy(im.bytes + i, "EFI PART", 8);
		}
		im.bytes[450] = (uint8_t)(round % 2 == 0 ? 0xee : 0x05);
		for (i = 0; specs[i] != NULL; i++)
			(void)check_sane(&im, specs[i]);
	}
	image_free(&im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_mbr_may_be_anything),
		cmocka_unit_test(a_gpt_may_be_anything),
		cmocka_unit_test(a_slices_label_may_be_anything),
		cmocka_unit_test(a_disks_label_may_be_anything),
		cmocka_unit_test(noise_is_no_table),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
