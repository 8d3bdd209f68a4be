/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_part_gpt.c -- partitions of a GPT: found where sfdisk, fdisk and
 * parted find them, with the backup when the first copy is damaged, and not at
 * all when both are.
 */

#include "partimage.h"

#include <stdio.h>

#define SFDISK "sfdisk --dump $F"
#define FDISK_4K "fdisk -b 4096 -o Device,Start,Sectors -l $F"
#define LIST_MAX 200
#define SIZE (64 * MIB)

/* Bytes in a header, and in an entry of its array. */
#define HEADER 92
#define ENTRY 128

/* Partitions 1, 7 and 128. */
static void
make_disk(struct image *im)
{
	image_made_by(im, SIZE,
	    "printf 'label: gpt\n"
	    "%s1 : start=2048,size=2048\n"
	    "%s7 : start=8192,size=4096\n"
	    "%s128 : start=20480,size=1000\n' $F $F $F | sfdisk -q $F 2>&1");
}

/* The same, with sectors of 4096 bytes: partitions 3 and 7. */
static void
make_disk_4k(struct image *im)
{
	image_made_by(im, SIZE,
	    "printf 'g\nn\n3\n512\n+8M\nn\n7\n\n+4M\nw\n' | "
	    "fdisk -b 4096 $F 2>&1");
}

static void
check_disk(struct image *im)
{
	check_found(im, "PART:1", 2048 * 512, 2048 * 512);
	check_found(im, "PART:7", 8192 * 512, 4096 * 512);
	check_found(im, "PART:128", 20480 * 512, 1000 * 512);
	check_refused(im, "PART:2", "there is no partition 2 in the GPT");
	check_refused(im, "PART:129", "there is no partition 129 in the GPT");
}

static uint8_t *
first_header(struct image *im)
{
	return im->bytes + 512;
}

static uint8_t *
backup_header(struct image *im)
{
	return im->bytes + im->len - 512;
}

static uint8_t *
entry(struct image *im, size_t n)
{
	return im->bytes + 1024 + (n - 1) * ENTRY;
}

static void
what_sfdisk_makes_is_where_it_says(void **state)
{
	struct listed list[LIST_MAX];
	struct image im;
	size_t n;

	(void)state;
	make_disk(&im);
	check_disk(&im);
	n = image_list(&im, SFDISK, 512, list, LIST_MAX);
	assert_int_equal(n, 3);
	check_listed(&im, list, n, 0, 130);
	n = image_parted(&im, list, LIST_MAX);
	assert_int_equal(n, 3);
	check_listed(&im, list, n, 0, 130);
	image_free(&im);
}

static void
what_parted_makes_is_where_it_says(void **state)
{
	struct listed list[LIST_MAX];
	struct image im;
	size_t n;

	(void)state;
	image_made_by(&im, SIZE,
	    "parted -s $F mklabel gpt mkpart a 1MiB 2MiB mkpart b 5MiB 64509s "
	    "mkpart c ext4 2MiB 4MiB mkpart d 40MiB 100% rm 2 2>&1");
	n = image_list(&im, SFDISK, 512, list, LIST_MAX);
	assert_int_equal(n, 3);
	check_listed(&im, list, n, 0, 130);
	n = image_parted(&im, list, LIST_MAX);
	assert_int_equal(n, 3);
	check_listed(&im, list, n, 0, 130);
	image_free(&im);
}

static void
all_of_128_partitions_are_found(void **state)
{
	struct listed list[LIST_MAX];
	struct image im;
	size_t n;

	(void)state;
	image_made_by(&im, 160 * MIB,
	    "{ echo 'label: gpt'; for i in $(seq 1 128); "
	    "do echo 'size=1MiB'; done; } | sfdisk -q $F 2>&1");
	n = image_list(&im, SFDISK, 512, list, LIST_MAX);
	assert_int_equal(n, 128);
	check_listed(&im, list, n, 0, 130);
	image_free(&im);
}

/* Whatever sectors we think it has. */
static void
a_disk_of_4096_byte_sectors_is_recognized(void **state)
{
	struct listed list[LIST_MAX];
	struct image im;
	size_t n, i;

	(void)state;
	make_disk_4k(&im);
	n = image_list(&im, FDISK_4K, 4096, list, LIST_MAX);
	assert_int_equal(n, 2);
	for (i = 0; i < 3; i++) {
		im.src.sector = (uint32_t)(512 << i * 3 / 2);
		check_listed(&im, list, n, 0, 130);
	}
	im.bytes[4096] = 0;
	check_listed(&im, list, n, 0, 130);
	image_free(&im);
	make_disk(&im);
	im.src.sector = 4096;
	check_disk(&im);
	image_free(&im);
}

static void
each_byte_of_the_first_header_can_be_damaged(void **state)
{
	struct image im;
	size_t i;

	(void)state;
	make_disk(&im);
	for (i = 0; i < HEADER; i++) {
		first_header(&im)[i] ^= 0x10;
		check_found(&im, "PART:7", 8192 * 512, 4096 * 512);
		check_refused(&im, "PART:2", "there is no partition 2");
		first_header(&im)[i] ^= 0x10;
	}
	memset(first_header(&im), 0, 512);
	check_disk(&im);
	image_free(&im);
}

static void
each_byte_of_the_backup_can_be_damaged(void **state)
{
	struct image im;
	size_t i;

	(void)state;
	make_disk(&im);
	for (i = 0; i < HEADER; i++) {
		backup_header(&im)[i] ^= 0x10;
		check_found(&im, "PART:7", 8192 * 512, 4096 * 512);
		backup_header(&im)[i] ^= 0x10;
	}
	memset(backup_header(&im) - 32 * 512, 0, 33 * 512);
	check_disk(&im);
	image_free(&im);
}

/* Each byte that is not 0 of three partitions, and some that are. */
static void
entries_can_be_damaged(void **state)
{
	struct image im;
	size_t i;

	(void)state;
	make_disk(&im);
	for (i = 0; i < 128 * ENTRY; i += 1 + i % 3 * 7) {
		entry(&im, 1)[i] ^= 0x01;
		check_found(&im, "PART:7", 8192 * 512, 4096 * 512);
		entry(&im, 1)[i] ^= 0x01;
	}
	memset(entry(&im, 1), 0, 128 * ENTRY);
	check_disk(&im);
	image_free(&im);
}

static void
two_damaged_copies_are_an_error(void **state)
{
	static const struct {
		size_t at;
		const char *words;
	} tests[] = {
		{ 3, "is missing" },
		{ 14, "has a header of a strange size" },
		{ 17, "has a header with a wrong checksum" },
		{ 24, "has a header with a wrong checksum" },
		{ 88, "has a header with a wrong checksum" },
	};
	struct image im;
	char words[256];
	size_t i;

	(void)state;
	make_disk(&im);
	entry(&im, 1)[50] ^= 1;
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		backup_header(&im)[tests[i].at] ^= 1;
		(void)snprintf(words, sizeof(words),
		    "the GPT at the start has entries with a wrong checksum, "
		    "and its backup at the end %s",
		    tests[i].words);
		check_refused(&im, "PART:1", words);
		backup_header(&im)[tests[i].at] ^= 1;
		check_disk(&im);
	}
	memset(backup_header(&im), 0, 512);
	memset(first_header(&im), 0, 512);
	check_refused(&im, "PART:1",
	    "the GPT at the start is missing, and its backup at the end is "
	    "missing");
	image_free(&im);
}

/* What has a right checksum can be nonsense still; then the backup counts. */
static void
a_header_of_nonsense_is_not_used(void **state)
{
	static const struct {
		size_t at; /* in the header */
		uint64_t value;
		bool is64;
		const char *words;
	} tests[] = {
		{ 12, 0, false, "has a header of a strange size" },
		{ 12, 91, false, "has a header of a strange size" },
		{ 12, 513, false, "has a header of a strange size" },
		{ 12, UINT32_MAX, false, "has a header of a strange size" },
		{ 24, 2, true, "has a header that belongs elsewhere" },
		{ 24, 0, true, "has a header that belongs elsewhere" },
		{ 40, 131039, true, "leaves no room for partitions" },
		{ 40, UINT64_MAX, true, "leaves no room for partitions" },
		{ 48, 131072, true, "is of a larger disk" },
		{ 48, UINT64_MAX, true, "is of a larger disk" },
		{ 72, 131041, true, "has entries beyond the end" },
		{ 72, UINT64_MAX / 512, true, "has entries beyond the end" },
		{ 72, UINT64_MAX, true, "has entries beyond the end" },
		{ 72, (UINT64_C(1) << 55) + 2, true,
		    "has entries beyond the end" },
		{ 80, 0, false, "has a strange number of entries" },
		{ 80, 8193, false, "has a strange number of entries" },
		{ 80, UINT32_MAX, false, "has a strange number of entries" },
		{ 84, 0, false, "has entries of a strange size" },
		{ 84, 120, false, "has entries of a strange size" },
		{ 84, 132, false, "has entries of a strange size" },
		{ 84, 0xfffffff8, false, "has a strange number of entries" },
	};
	struct image im;
	uint8_t saved[512];
	size_t i;

	(void)state;
	make_disk(&im);
	memcpy(saved, first_header(&im), sizeof(saved));
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		if (tests[i].is64)
			put64(first_header(&im) + tests[i].at, tests[i].value);
		else
			put32(first_header(&im) + tests[i].at,
			    (uint32_t)tests[i].value);
		gpt_sum(&im, first_header(&im), 512);
		check_disk(&im);
		backup_header(&im)[0] ^= 1;
		check_refused(&im, "PART:1", tests[i].words);
		backup_header(&im)[0] ^= 1;
		memcpy(first_header(&im), saved, sizeof(saved));
	}
	image_free(&im);
}

static void
entries_may_be_large_and_many(void **state)
{
	struct image im;

	(void)state;
	make_disk(&im);
	memmove(entry(&im, 1) + 6 * 256, entry(&im, 7), ENTRY);
	memset(entry(&im, 7), 0, ENTRY);
	memset(entry(&im, 128), 0, ENTRY);
	put64(first_header(&im) + 40, 4000);
	put32(first_header(&im) + 80, 4096); /* 1 MiB of them */
	put32(first_header(&im) + 84, 256);
	put64(entry(&im, 1) + 32, 4000);
	gpt_sum(&im, first_header(&im), 512);
	im.reads = 0;
	check_found(&im, "PART:1", 4000 * 512, 96 * 512);
	assert_true(im.reads < 10);
	check_found(&im, "PART:7", 8192 * 512, 4096 * 512);
	check_refused(&im, "PART:128", "there is no partition 128");
	image_free(&im);
}

/* Put partition 2 from first to last. */
static void
put_entry(struct image *im, uint64_t first, uint64_t last)
{
	memset(entry(im, 2), 0x5a, ENTRY);
	put64(entry(im, 2) + 32, first);
	put64(entry(im, 2) + 40, last);
	gpt_sum(im, first_header(im), 512);
}

static void
a_partition_has_to_lie_where_it_may(void **state)
{
	struct image im;

	(void)state;
	make_disk(&im);
	put_entry(&im, 30000, 30000);
	check_found(&im, "PART:2", 30000 * 512, 512);
	put_entry(&im, 30000, 131038);
	check_found(&im, "PART:2", 30000 * 512, 101039 * 512);
	put_entry(&im, 30000, 131039);
	check_refused(&im, "PART:2", "lies where partitions may not be");
	put_entry(&im, 30000, UINT64_MAX);
	check_refused(&im, "PART:2", "lies where partitions may not be");
	put_entry(&im, 2, 2047);
	check_refused(&im, "PART:2", "lies where partitions may not be");
	put_entry(&im, 0, UINT64_MAX);
	check_refused(&im, "PART:2", "lies where partitions may not be");
	put_entry(&im, 30000, 29998);
	check_refused(&im, "PART:2", "ends before it begins");
	put_entry(&im, UINT64_MAX, 0);
	check_refused(&im, "PART:2", "ends before it begins");
	put_entry(&im, 30000, 29999);
	check_refused(&im, "PART:2", "there is no partition 2");
	put_entry(&im, 30000, 30000);
	memset(entry(&im, 2), 0, 16);
	gpt_sum(&im, first_header(&im), 512);
	check_refused(&im, "PART:2", "there is no partition 2");
	image_free(&im);
}

static void
partitions_that_overlap_are_refused(void **state)
{
	struct image im;

	(void)state;
	make_disk(&im);
	put_entry(&im, 4095, 5000);
	check_refused(&im, "PART:1", "partitions 1 and 2 of the GPT overlap");
	check_refused(&im, "PART:2", "partitions 2 and 1 of the GPT overlap");
	check_found(&im, "PART:7", 8192 * 512, 4096 * 512);
	put_entry(&im, 4096, 30000);
	check_found(&im, "PART:1", 2048 * 512, 2048 * 512);
	check_refused(&im, "PART:128", "partitions 128 and 2 of the GPT");
	image_free(&im);
}

static void
an_image_may_have_grown_but_not_shrunk(void **state)
{
	struct image im;

	(void)state;
	make_disk(&im);
	im.src.size *= 2;
	check_disk(&im);
	im.src.size = im.len - 512;
	check_disk(&im); /* partitions could use no more */
	im.src.size = im.len / 2;
	check_refused(&im, "PART:1",
	    "the GPT at the start is of a larger disk, and its backup at the "
	    "end is missing");
	im.src.size = 1024;
	check_refused(&im, "PART:1", "is of a larger disk");
	im.src.size = 1023;
	check_refused(&im, "PART:1", "is missing");
	im.src.size = 512;
	check_refused(&im, "PART:1", "is missing");
	image_free(&im);
}

static void
a_gpt_needs_no_mbr_but_does_not_replace_one(void **state)
{
	struct image im;

	(void)state;
	make_disk(&im);
	memset(im.bytes, 0, 512);
	check_disk(&im);
	first_header(&im)[40] ^= 1; /* still one to be seen */
	check_disk(&im);
	first_header(&im)[40] ^= 1;
	mbr_make(im.bytes);
	check_disk(&im);
	mbr_slot(im.bytes, 2, 0x83, 2048, 100);
	check_found(&im, "PART:2", 2048 * 512, 100 * 512);
	check_refused(&im, "PART:1", "there is no partition 1 in the MBR");
	mbr_slot(im.bytes, 1, 0xee, 1, 2047); /* a hybrid */
	check_disk(&im);
	memset(first_header(&im), 0, 512);
	check_disk(&im);
	memset(im.bytes, 0, 512);
	check_refused(&im, "PART:1", "there is no MBR and no GPT");
	image_free(&im);
}

static void
what_cannot_be_read_is_damaged(void **state)
{
	struct image im;

	(void)state;
	make_disk(&im);
	im.bad = 512 + 10;
	check_disk(&im);
	im.bad = 1024 + 10000;
	check_disk(&im);
	memset(first_header(&im), 0, 512);
	im.bad = im.len - 1;
	check_error(&im, "PART:1", -EIO,
	    "the GPT at the start is missing, and its backup at the end "
	    "cannot be read");
	memset(im.bytes, 0, 512);
	im.bad = 512;
	check_error(
	    &im, "PART:1", -EIO, "where a GPT may be cannot be read: Input");
	image_free(&im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(what_sfdisk_makes_is_where_it_says),
		cmocka_unit_test(what_parted_makes_is_where_it_says),
		cmocka_unit_test(all_of_128_partitions_are_found),
		cmocka_unit_test(a_disk_of_4096_byte_sectors_is_recognized),
		cmocka_unit_test(each_byte_of_the_first_header_can_be_damaged),
		cmocka_unit_test(each_byte_of_the_backup_can_be_damaged),
		cmocka_unit_test(entries_can_be_damaged),
		cmocka_unit_test(two_damaged_copies_are_an_error),
		cmocka_unit_test(a_header_of_nonsense_is_not_used),
		cmocka_unit_test(entries_may_be_large_and_many),
		cmocka_unit_test(a_partition_has_to_lie_where_it_may),
		cmocka_unit_test(partitions_that_overlap_are_refused),
		cmocka_unit_test(an_image_may_have_grown_but_not_shrunk),
		cmocka_unit_test(a_gpt_needs_no_mbr_but_does_not_replace_one),
		cmocka_unit_test(what_cannot_be_read_is_damaged),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
