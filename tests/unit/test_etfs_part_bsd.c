/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_part_bsd.c -- partitions of BSD disklabels: of both byte orders, at
 * all their places, and counted from where each system counts.
 */

#include "partimage.h"

#include <stdio.h>

#define SIZE (4 * MIB)
#define SECTORS 8192
#define SLICE 2048 /* sector where the slices of these tests begin */
#define FREEBSD 0xa5
#define OPENBSD 0xa6
#define NETBSD 0xa9
#define FFS 7 /* a type of partitions */

/*
 * What label_fill() makes, with o added to all offsets: a from 16 to 115, b
 * from 116 to 215, c from 0 to 2999, h from 216 to 315.  The others are empty.
 */
static void
label_fill(const struct label_at *l, uint32_t o)
{
	label_make(l, 512, 8);
	label_part(l, 'a', FFS, o + 16, 100);
	label_part(l, 'b', 1, o + 116, 100);
	label_part(l, 'c', 0, o, 3000);
	label_part(l, 'h', FFS, o + 216, 100);
	label_sum(l);
}

/* From is what all offsets are to be moved by. */
static void
check_label(struct image *im, uint64_t from)
{
	check_found(im, "DISKLABEL:a", (from + 16) * 512, 100 * 512);
	check_found(im, "DISKLABEL:b", (from + 116) * 512, 100 * 512);
	check_found(im, "DISKLABEL:c", from * 512, 3000 * 512);
	check_refused(
	    im, "DISKLABEL:d", "there is no partition d in the disklabel");
	check_found(im, "DISKLABEL:h", (from + 216) * 512, 100 * 512);
	check_refused(im, "DISKLABEL:i", "there is no partition i");
	check_refused(im, "DISKLABEL:z", "there is no partition z");
}

/* A disk with a little-endian label on it. */
static struct label_at
make_disk(struct image *im)
{
	struct label_at l;

	image_make(im, SIZE);
	l = (struct label_at){ im->bytes + 512, false };
	label_fill(&l, 0);
	return l;
}

/* A disk with a slice of 4096 sectors; its label is to be made. */
static struct label_at
make_slice(struct image *im, uint8_t type)
{
	image_make(im, SIZE);
	mbr_make(im->bytes);
	mbr_slot(im->bytes, 1, 0x83, 1000, 100);
	mbr_slot(im->bytes, 3, type, SLICE, 4096);
	return (struct label_at){ im->bytes + (SLICE + 1) * 512, false };
}

static void
a_label_is_of_any_byte_order_and_at_any_usual_place(void **state)
{
	static const size_t places[] = { 0, 64, 128, 512, 1024, 2048, 4096 };
	struct image im;
	size_t i;

	(void)state;
	for (i = 0; i < 2 * sizeof(places) / sizeof(places[0]); i++) {
		image_make(&im, SIZE);
		label_fill(
		    &(struct label_at){ im.bytes + places[i / 2], i % 2 == 1 },
		    0);
		check_label(&im, 0);
		image_free(&im);
	}
}

static void
sectors_are_those_of_the_label(void **state)
{
	static const uint32_t good[] = { 512, 1024, 2048, 4096, 65536 };
	static const uint32_t bad[] = { 0, 1, 256, 511, 513, 1536, 131072,
		UINT32_MAX };
	struct label_at l;
	struct image im;
	size_t i;

	(void)state;
	l = make_disk(&im);
	im.src.size = 3000 * UINT64_C(65536);
	for (i = 0; i < sizeof(good) / sizeof(good[0]); i++) {
		label_put32(&l, 40, good[i]);
		label_sum(&l);
		check_found(&im, "DISKLABEL:b", UINT64_C(116) * good[i],
		    UINT64_C(100) * good[i]);
	}
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		label_put32(&l, 40, bad[i]);
		label_sum(&l);
		check_refused(&im, "DISKLABEL:b",
		    "the BSD disklabel has sectors of a strange size");
	}
	image_free(&im);
}

static void
without_a_label_there_is_nothing(void **state)
{
	struct label_at l;
	struct image im;
	size_t i;

	(void)state;
	l = make_disk(&im);
	for (i = 0; i < 4; i++) {
		l.p[i] ^= 1;
		check_refused(&im, "DISKLABEL:a", "there is no BSD disklabel");
		l.p[i] ^= 1;
		l.p[132 + i] ^= 1;
		check_refused(&im, "DISKLABEL:a", "there is no BSD disklabel");
		l.p[132 + i] ^= 1;
	}
	check_label(&im, 0);
	im.src.size = 512 + 147;
	check_refused(&im, "DISKLABEL:a", "there is no BSD disklabel");
	im.src.size = 512 + 148 + 8 * 16 - 1;
	check_refused(&im, "DISKLABEL:a", "strange number of partitions");
	im.src.size = 100;
	check_refused(&im, "DISKLABEL:a", "the first sector lies beyond");
	image_free(&im);
}

/* Each byte of what the checksum is for. */
static void
a_damaged_label_is_an_error(void **state)
{
	struct label_at l;
	struct image im;
	size_t i;

	(void)state;
	l = make_disk(&im);
	for (i = 4; i < 148 + 8 * 16; i++) {
		if (i >= 132 && i < 140)
			continue;
		l.p[i] ^= 0x40;
		check_refused(&im, "DISKLABEL:a",
		    "the BSD disklabel has a wrong checksum");
		l.p[i] ^= 0x40;
	}
	l.p[137] ^= 1;
	check_refused(&im, "DISKLABEL:a", "has a wrong checksum");
	l.p[137] ^= 1;
	l.p[148 + 8 * 16] ^= 1; /* not one of the partitions */
	check_label(&im, 0);
	image_free(&im);
}

static void
a_label_has_1_to_52_partitions(void **state)
{
	static const uint16_t bad[] = { 0, 53, 256, UINT16_MAX };
	struct label_at l;
	struct image im;
	size_t i;

	(void)state;
	l = make_disk(&im);
	label_make(&l, 512, 52);
	label_part(&l, 'z', FFS, 5000, 10);
	label_sum(&l);
	check_found(&im, "DISKLABEL:z", 5000 * 512, 10 * 512);
	check_refused(&im, "DISKLABEL:a", "there is no partition a");
	label_make(&l, 512, 1);
	label_part(&l, 'a', FFS, 5000, 10);
	label_part(&l, 'b', FFS, 5000, 10); /* not one of the label's */
	label_sum(&l);
	check_found(&im, "DISKLABEL:a", 5000 * 512, 10 * 512);
	check_refused(&im, "DISKLABEL:b", "there is no partition b");
	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++) {
		label_put16(&l, 138, bad[i]);
		check_refused(&im, "DISKLABEL:a",
		    "the BSD disklabel has a strange number of partitions");
	}
	image_free(&im);
}

static void
partitions_have_to_lie_in_the_image(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_disk(&im);
	label_part(&l, 'e', FFS, SECTORS - 1, 1);
	label_sum(&l);
	check_found(&im, "DISKLABEL:e", (SECTORS - 1) * 512, 512);
	label_part(&l, 'e', FFS, SECTORS - 1, 2);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:e",
	    "partition e of the disklabel ends with sector 8192, beyond");
	label_part(&l, 'e', FFS, UINT32_MAX, UINT32_MAX);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:e", "beyond the end");
	label_part(&l, 'e', FFS, 5000, 0);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:e", "there is no partition e");
	check_label(&im, 0);
	image_free(&im);
}

static void
partitions_that_overlap_are_refused(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_disk(&im);
	label_part(&l, 'e', FFS, 115, 2);
	label_sum(&l);
	check_refused(
	    &im, "DISKLABEL:a", "partitions a and e of the disklabel overlap");
	check_refused(&im, "DISKLABEL:e", "partitions e and a of the");
	check_found(&im, "DISKLABEL:h", 216 * 512, 100 * 512);
	check_found(&im, "DISKLABEL:c", 0, 3000 * 512);
	image_free(&im);
}

/* c always does; d only if it has no type; any other never. */
static void
only_c_and_d_may_have_others_in_them(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_disk(&im);
	label_part(&l, 'c', FFS, 0, 3000);
	label_part(&l, 'd', 0, 0, SECTORS);
	label_sum(&l);
	check_found(&im, "DISKLABEL:a", 16 * 512, 100 * 512);
	check_found(&im, "DISKLABEL:c", 0, 3000 * 512);
	check_found(&im, "DISKLABEL:d", 0, SIZE);
	label_part(&l, 'd', FFS, 0, SECTORS);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:a", "partitions a and d of");
	check_refused(&im, "DISKLABEL:d", "partitions d and a of");
	label_part(&l, 'd', 0, 0, 0);
	label_part(&l, 'e', 0, 0, SECTORS);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:a", "partitions a and e of");
	image_free(&im);
}

/* Labels of the second version, which only OpenBSD has. */
static void
offsets_of_48_bits_are_understood(void **state)
{
	const uint64_t high = UINT64_C(1) << 32;
	struct label_at l;
	struct image im;

	(void)state;
	image_make(&im, SIZE);
	l = (struct label_at){ im.bytes + 64, true };
	label_fill(&l, 0);
	im.src.size = (high * 5 + 1000) * 512;
	label_put16(&l, 148 + 8, 2); /* a: its fragments are large */
	label_sum(&l);
	check_label(&im, 0);
	label_put16(&l, 148 + 8, 0);
	label_put16(&l, 114, 1);
	label_sum(&l);
	check_label(&im, 0);
	label_put16(&l, 148 + 8, 2);
	label_put16(&l, 148 + 10, 3);
	label_sum(&l);
	check_found(
	    &im, "DISKLABEL:a", (high * 2 + 16) * 512, (high * 3 + 100) * 512);
	check_found(&im, "DISKLABEL:b", 116 * 512, 100 * 512);
	label_put16(&l, 148 + 10, 4);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:a", "beyond the end");
	label_put16(&l, 148 + 8, UINT16_MAX);
	label_put16(&l, 148 + 10, UINT16_MAX);
	label_put32(&l, 148, UINT32_MAX);
	label_put32(&l, 148 + 4, UINT32_MAX);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:a", "beyond the end");
	image_free(&im);
}

/*
 * Slices.
 */

static void
netbsd_and_openbsd_count_from_the_start_of_the_disk(void **state)
{
	static const uint8_t types[] = { OPENBSD, NETBSD };
	struct label_at l;
	struct image im;
	size_t i;

	(void)state;
	for (i = 0; i < sizeof(types); i++) {
		l = make_slice(&im, types[i]);
		label_fill(&l, SLICE);
		check_label(&im, SLICE);
		label_part(&l, 'c', 0, 0, SECTORS); /* as OpenBSD has it */
		label_part(&l, 'e', FFS, 1000, 100); /* the MBR's first */
		label_sum(&l);
		check_found(&im, "DISKLABEL:c", 0, SIZE);
		check_found(&im, "DISKLABEL:e", 1000 * 512, 100 * 512);
		check_found(&im, "DISKLABEL:a", (SLICE + 16) * 512, 100 * 512);
		image_free(&im);
	}
}

static void
freebsd_counts_from_where_c_begins(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_slice(&im, FREEBSD);
	label_fill(&l, 0);
	check_label(&im, SLICE);
	label_fill(&l, SLICE);
	check_label(&im, SLICE);
	label_fill(&l, 63); /* c has not moved with its slice */
	check_label(&im, SLICE);
	label_fill(&l, UINT32_MAX - 3000);
	check_label(&im, SLICE);
	label_make(&l, 512, 2);
	label_part(&l, 'b', FFS, 500, 10);
	label_part(&l, 'c', FFS, 400, 10); /* not one of the label's */
	label_sum(&l);
	check_found(&im, "DISKLABEL:b", (SLICE + 500) * 512, 10 * 512);
	image_free(&im);
}

static void
what_leaves_freebsds_slice_is_refused(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_slice(&im, FREEBSD);
	label_fill(&l, SLICE);
	label_part(&l, 'd', 0, 0, SECTORS);
	label_part(&l, 'e', FFS, SLICE - 1, 10);
	label_part(&l, 'f', FFS, SLICE + 4000, 97);
	label_part(&l, 'g', FFS, SLICE + 3500, 100);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:d",
	    "partition d of the disklabel reaches out of its slice");
	check_refused(&im, "DISKLABEL:e", "reaches out of its slice");
	check_refused(&im, "DISKLABEL:f", "reaches out of its slice");
	check_found(
	    &im, "DISKLABEL:g", (SLICE + SLICE + 1452) * 512, 100 * 512);
	check_found(&im, "DISKLABEL:a", (SLICE + 16) * 512, 100 * 512);
	label_part(&l, 'e', FFS, UINT32_MAX, UINT32_MAX);
	label_sum(&l);
	check_refused(&im, "DISKLABEL:e", "reaches out of its slice");
	image_free(&im);
}

static void
a_slice_may_have_larger_sectors_if_it_is_made_of_them(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_slice(&im, FREEBSD);
	label_fill(&l, 0);
	label_put32(&l, 40, 2048);
	label_sum(&l);
	check_found(&im, "DISKLABEL:a", SLICE * 512 + 16 * 2048, 100 * 2048);
	memmove(im.bytes + (SLICE + 2) * 512, l.p, 1024);
	mbr_slot(im.bytes, 3, FREEBSD, SLICE + 1, 4096);
	check_refused(&im, "DISKLABEL:a", "not made of its sectors");
	image_free(&im);
}

static void
the_first_slice_with_a_sound_label_counts(void **state)
{
	struct label_at l, disk;
	struct image im;

	(void)state;
	l = make_slice(&im, NETBSD);
	disk = (struct label_at){ im.bytes + 512, true };
	label_fill(&l, SLICE);
	label_fill(&disk, 1000);
	mbr_slot(im.bytes, 2, OPENBSD, 6500, 100); /* without a label */
	check_label(&im, SLICE);
	mbr_slot(im.bytes, 1, NETBSD, 9000, 100); /* not even there */
	check_label(&im, SLICE);
	l.p[50] ^= 1;
	check_label(&im, 1000);
	disk.p[138] ^= 0x80;
	check_refused(&im, "DISKLABEL:a", "has a wrong checksum");
	image_free(&im);
}

/* A disk all of FreeBSD's has a table for the sake of old BIOSes. */
static void
a_sham_slice_is_not_a_slice(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_disk(&im);
	mbr_make(im.bytes);
	mbr_slot(im.bytes, 4, FREEBSD, 0, 50);
	check_label(&im, 0);
	mbr_slot(im.bytes, 4, FREEBSD, 1, 0);
	check_label(&im, 0);
	image_free(&im);
	l = make_slice(&im, FREEBSD);
	label_fill(&l, 0);
	im.bytes[510] = 0; /* no table, no slice */
	check_refused(&im, "DISKLABEL:a", "there is no BSD disklabel");
	image_free(&im);
}

static void
what_cannot_be_read_is_an_error(void **state)
{
	struct label_at l;
	struct image im;

	(void)state;
	l = make_slice(&im, NETBSD);
	label_fill(&l, SLICE);
	im.bad = (SLICE + 1) * 512 + 3;
	check_error(&im, "DISKLABEL:a", -EIO,
	    "where a disklabel may be cannot be read: Input");
	im.bad = NOWHERE;
	im.most = 1;
	check_label(&im, SLICE);
	image_free(&im);
}

/* What fdisk lists, with numbers for letters. */
#define FDISK_BSD                                                              \
	"printf 'b\np\nq\nq\n' | fdisk $F 2>/dev/null | awk -v f=$F "          \
	"'$1 ~ /^[a-p]$/ { print f index(\"abcdefghijklmnop\", $1), $2, $4 }'"

static size_t
make_by_fdisk(struct image *im, const char *type, struct listed *list)
{
	char command[512];

	(void)snprintf(command, sizeof(command),
	    "printf 'label: dos\nstart=2048,size=2048,type=83\n"
	    "start=8192,size=65536,type=%s\n' | sfdisk -q $F && "
	    "printf 'b\ny\nn\na\n8192\n+8M\nn\ne\n40000\n+4M\nn\nb\n30000\n"
	    "30000\nw\n' | fdisk $F 2>&1",
	    type);
	image_made_by(im, 64 * MIB, command);
	return image_list(im, FDISK_BSD, 512, list, 16);
}

static void
what_fdisk_makes_is_where_it_says(void **state)
{
	static const char *const types[] = { "a5", "a6", "a9" };
	char spec[] = "DISKLABEL:a";
	struct listed list[16];
	struct image im;
	size_t i, k, n;

	(void)state;
	for (i = 0; i < 3; i++) {
		n = make_by_fdisk(&im, types[i], list);
		assert_int_equal(n, 5);
		for (k = 0; k < n; k++) {
			spec[10] = (char)('a' + list[k].number - 1);
			if (i == 0 && spec[10] == 'd') /* all of the disk */
				check_refused(&im, spec, "out of its slice");
			else
				check_found(
				    &im, spec, list[k].offset, list[k].size);
		}
		image_free(&im);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(
		    a_label_is_of_any_byte_order_and_at_any_usual_place),
		cmocka_unit_test(sectors_are_those_of_the_label),
		cmocka_unit_test(without_a_label_there_is_nothing),
		cmocka_unit_test(a_damaged_label_is_an_error),
		cmocka_unit_test(a_label_has_1_to_52_partitions),
		cmocka_unit_test(partitions_have_to_lie_in_the_image),
		cmocka_unit_test(partitions_that_overlap_are_refused),
		cmocka_unit_test(only_c_and_d_may_have_others_in_them),
		cmocka_unit_test(offsets_of_48_bits_are_understood),
		cmocka_unit_test(
		    netbsd_and_openbsd_count_from_the_start_of_the_disk),
		cmocka_unit_test(freebsd_counts_from_where_c_begins),
		cmocka_unit_test(what_leaves_freebsds_slice_is_refused),
		cmocka_unit_test(
		    a_slice_may_have_larger_sectors_if_it_is_made_of_them),
		cmocka_unit_test(the_first_slice_with_a_sound_label_counts),
		cmocka_unit_test(a_sham_slice_is_not_a_slice),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
		cmocka_unit_test(what_fdisk_makes_is_where_it_says),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
