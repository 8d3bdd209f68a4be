/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_part.c -- partitions that are named by where they are, and those of
 * an MBR: found where sfdisk, fdisk and parted find them.
 */

#include "partimage.h"

#define SFDISK "sfdisk --dump $F"
#define FDISK_4K "fdisk -b 4096 -o Device,Start,Sectors -l $F"
#define LIST_MAX 200

static void
a_partition_has_to_be_named_properly(void **state)
{
	static const char *const specs[] = { "", "part:1", "PART", "PART1", "1",
		"a", " PART:1", "LABEL:a", "PART:", "PART:0", "PART:x",
		"PART:1x", "PART:-1", "PART:+1", "PART: 1", "PART:1 ",
		"PART:0x1", "PART:1K", "DISKLABEL", "DISKLABEL:", "DISKLABEL:A",
		"DISKLABEL:1", "DISKLABEL:ab", "DISKLABEL:`", "DISKLABEL:{" };
	struct image im;
	size_t i;

	(void)state;
	image_make(&im, MIB);
	for (i = 0; i < sizeof(specs) / sizeof(specs[0]); i++)
		check_refused(&im, specs[i], " is no");
	check_refused(&im, "PART:65537", "more than any");
	check_refused(&im, "PART:99999999999999999999999", "more than any");
	assert_int_equal(im.reads, 0);
	image_free(&im);
}

static void
a_range_is_given_in_bytes(void **state)
{
	struct image im;

	(void)state;
	image_make(&im, MIB);
	check_found(&im, "OFFSET:0,1", 0, 1);
	check_found(&im, "OFFSET:513,1000", 513, 1000);
	check_found(&im, "OFFSET:4K,16K", 4096, 16384);
	check_found(&im, "OFFSET:0,1M", 0, MIB);
	check_found(&im, "OFFSET:1048575,1", MIB - 1, 1);
	im.src.size = (UINT64_C(1) << 40) * 3;
	check_found(
	    &im, "OFFSET:1G,2T", UINT64_C(1) << 30, (UINT64_C(1) << 40) * 2);
	assert_int_equal(im.reads, 0);
	image_free(&im);
}

static void
a_range_that_is_none_is_refused(void **state)
{
	static const struct {
		const char *spec, *words;
	} tests[] = {
		{ "OFFSET:", "is not" },
		{ "OFFSET:1", "is not" },
		{ "OFFSET:1,", "is not" },
		{ "OFFSET:,1", "is not" },
		{ "OFFSET:1,2,3", "is not" },
		{ "OFFSET:1 ,2", "is not" },
		{ "OFFSET:-1,2", "is not" },
		{ "OFFSET:1,-2", "is not" },
		{ "OFFSET:0x10,16", "is not" },
		{ "OFFSET:1k,2", "is not" },
		{ "OFFSET:1KB,2", "is not" },
		{ "OFFSET:1,2KK", "is not" },
		{ "OFFSET:0,0", "empty" },
		{ "OFFSET:1M,0K", "empty" },
		{ "OFFSET:18446744073709551616,1", "too large" },
		{ "OFFSET:1,16777216T", "too large" },
		{ "OFFSET:18446744073709551615,1", "beyond the end" },
		{ "OFFSET:1,18446744073709551615", "beyond the end" },
		{ "OFFSET:1M,1", "beyond the end" },
		{ "OFFSET:1,1M", "beyond the end" },
		{ "OFFSET:1048577,1", "which has 1048576 bytes" },
	};
	struct image im;
	size_t i;

	(void)state;
	image_make(&im, MIB);
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++)
		check_refused(&im, tests[i].spec, tests[i].words);
	image_free(&im);
}

/* Against both tools; there are at least want partitions. */
static void
check_both(struct image *im, size_t want, unsigned int extended)
{
	struct listed list[LIST_MAX];
	size_t n;

	n = image_list(im, SFDISK, 512, list, LIST_MAX);
	assert_true(n >= want);
	check_listed(im, list, n, extended, 20);
	n = image_parted(im, list, LIST_MAX);
	assert_true(n >= want);
	check_listed(im, list, n, extended, 20);
}

static void
what_sfdisk_makes_is_where_it_says(void **state)
{
	struct image im;

	(void)state;
	image_made_by(&im, 64 * MIB,
	    "printf 'label: dos\n"
	    "start=2048,size=2048,type=83\n"
	    "start=8192,size=65536,type=5\n"
	    "start=80000,size=2048,type=a5\n"
	    "start=100000,type=0c,bootable\n"
	    "start=10240,size=2048,type=83\n"
	    "start=14336,size=1000\n' | sfdisk -q $F 2>&1");
	check_both(&im, 6, 2);
	image_free(&im);
}

/* The chain of logical partitions goes back and forth. */
static void
what_parted_makes_is_where_it_says(void **state)
{
	struct image im;

	(void)state;
	image_made_by(&im, 64 * MIB,
	    "parted -s $F mklabel msdos mkpart primary 1MiB 3MiB "
	    "mkpart extended 4MiB 40MiB mkpart logical 5MiB 6MiB "
	    "mkpart logical 20MiB 30MiB mkpart logical 8MiB 9MiB "
	    "mkpart primary 50MiB 60MiB 2>&1");
	check_both(&im, 6, 2);
	image_free(&im);
}

static void
many_logical_partitions_are_where_they_are_said_to_be(void **state)
{
	struct listed list[LIST_MAX];
	struct image im;
	size_t n;

	(void)state;
	image_made_by(&im, 128 * MIB,
	    "{ echo 'label: dos'; echo 'start=2048,size=256000,type=85'; "
	    "for i in $(seq 1 50); "
	    "do echo \"start=$((i * 4096)),size=1000\"; done; } | "
	    "sfdisk -q $F 2>&1");
	n = image_list(&im, SFDISK, 512, list, LIST_MAX);
	assert_int_equal(n, 51);
	check_listed(&im, list, n, 1, 60);
	image_free(&im);
}

static void
sectors_of_4096_bytes_are_those_of_fdisk(void **state)
{
	struct listed list[LIST_MAX];
	struct image im;
	size_t n;

	(void)state;
	image_made_by(&im, 64 * MIB,
	    "printf 'o\nn\np\n1\n256\n+4M\nn\ne\n2\n2048\n+32M\nn\nl\n\n+4M\n"
	    "n\nl\n\n+2M\nw\n' | fdisk -b 4096 $F 2>&1");
	im.src.sector = 4096;
	n = image_list(&im, FDISK_4K, 4096, list, LIST_MAX);
	assert_int_equal(n, 4);
	check_listed(&im, list, n, 2, 8);
	image_free(&im);
}

static void
an_extended_partition_may_be_empty(void **state)
{
	struct image im;

	(void)state;
	image_made_by(&im, 64 * MIB,
	    "printf 'label: dos\nstart=8192,size=65536,type=5\n' | "
	    "sfdisk -q $F 2>&1");
	check_both(&im, 1, 1);
	memset(im.bytes + 8192 * 512, 0, 512); /* not even a table in it */
	check_refused(&im, "PART:5", "there is no partition 5");
	image_free(&im);
}

static void
an_image_without_a_table_is_refused(void **state)
{
	struct image im;

	(void)state;
	image_make(&im, MIB);
	check_refused(&im, "PART:1", "no MBR and no GPT");
	memset(im.bytes, 0xe9, 512); /* a boot sector of something else */
	im.bytes[510] = 0x55;
	im.bytes[511] = 0xaa;
	check_refused(&im, "PART:1", "no MBR and no GPT");
	mbr_make(im.bytes);
	check_refused(&im, "PART:1", "there is no partition 1 in the MBR");
	im.src.size = 511;
	check_refused(&im, "PART:1", "beyond the end");
	im.src.size = 0;
	check_refused(&im, "PART:1", "beyond the end");
	image_free(&im);
}

/*
 * An image of 2048 sectors that no tool would make:
 *	1	100 to 199
 *	2	1000 to 1999, extended: at 1000 leads to 5 and on to 1200
 *	3	nothing, of a type
 *	4	2000 to 2047, without a type
 *	5	1001 to 1100
 *	6	1201 to 1300
 */
static void
make_odd(struct image *im)
{
	image_make(im, MIB);
	mbr_make(im->bytes);
	mbr_slot(im->bytes, 1, 0x83, 100, 100);
	mbr_slot(im->bytes, 2, 0x0f, 1000, 1000);
	mbr_slot(im->bytes, 3, 0x83, 500, 0);
	mbr_slot(im->bytes, 4, 0, 2000, 48);
	mbr_make(im->bytes + 1000 * 512);
	mbr_slot(im->bytes + 1000 * 512, 1, 0x83, 1, 100);
	mbr_slot(im->bytes + 1000 * 512, 2, 0x05, 200, 101);
	mbr_make(im->bytes + 1200 * 512);
	mbr_slot(im->bytes + 1200 * 512, 1, 0x83, 1, 100);
}

static void
a_partition_has_a_length_and_need_not_have_a_type(void **state)
{
	struct image im;

	(void)state;
	make_odd(&im);
	check_found(&im, "PART:1", 100 * 512, 100 * 512);
	check_refused(&im, "PART:3", "there is no partition 3 in the MBR");
	check_found(&im, "PART:4", 2000 * 512, 48 * 512);
	check_found(&im, "PART:5", 1001 * 512, 100 * 512);
	check_found(&im, "PART:6", 1201 * 512, 100 * 512);
	check_refused(&im, "PART:7", "there is no partition 7 in the MBR");
	image_free(&im);
}

/* What Linux takes for logical partitions, it takes from all four slots. */
static void
a_link_may_have_four_logical_partitions(void **state)
{
	uint8_t *link;
	struct image im;

	(void)state;
	make_odd(&im);
	link = im.bytes + 1200 * 512;
	mbr_slot(link, 2, 0x83, 150, 10);
	mbr_slot(link, 3, 0x83, 90000, 10); /* garbage there */
	mbr_slot(link, 4, 0x83, 50, 10);
	check_found(&im, "PART:5", 1001 * 512, 100 * 512);
	check_found(&im, "PART:7", 1350 * 512, 10 * 512);
	check_refused(&im, "PART:8", "partitions 8 and 6 of the MBR overlap");
	check_refused(&im, "PART:9", "there is no partition 9");
	mbr_slot(link, 1, 0x83, 1, 10);
	check_found(&im, "PART:8", 1250 * 512, 10 * 512);
	image_free(&im);
}

static void
a_partition_beyond_the_end_is_refused(void **state)
{
	struct image im;

	(void)state;
	make_odd(&im);
	im.src.size = MIB - 1;
	check_refused(&im, "PART:4",
	    "partition 4 of the MBR ends with sector 2047, beyond the end of "
	    "the image, which has 2047 sectors of 512 bytes");
	check_found(&im, "PART:6", 1201 * 512, 100 * 512);
	im.src.size = 1301 * 512;
	check_found(&im, "PART:6", 1201 * 512, 100 * 512);
	im.src.size--;
	check_refused(&im, "PART:6", "beyond the end");
	im.src.size = 1200 * 512;
	check_refused(&im, "PART:6", "beyond the end");
	check_refused(&im, "PART:5", "beyond the end");
	im.src.size = 512 * 1000;
	check_refused(&im, "PART:5", "beyond the end");
	check_found(&im, "PART:1", 100 * 512, 100 * 512);
	im.src.size = MIB;
	mbr_slot(im.bytes, 1, 0x83, UINT32_MAX, UINT32_MAX);
	check_refused(&im, "PART:1", "beyond the end");
	image_free(&im);
}

static void
partitions_that_overlap_are_refused(void **state)
{
	struct image im;

	(void)state;
	make_odd(&im);
	mbr_slot(im.bytes, 3, 0x07, 199, 2);
	check_refused(&im, "PART:1", "partitions 1 and 3 of the MBR overlap");
	check_refused(&im, "PART:3", "partitions 3 and 1 of the MBR overlap");
	check_found(&im, "PART:5", 1001 * 512, 100 * 512);
	mbr_slot(im.bytes, 3, 0x07, 1099, 2); /* that of 5, and of 2 */
	check_refused(&im, "PART:3", "partitions 3 and 2 of the MBR overlap");
	check_refused(&im, "PART:5", "partitions 5 and 3 of the MBR overlap");
	check_found(&im, "PART:6", 1201 * 512, 100 * 512);
	mbr_slot(im.bytes, 3, 0x07, 200, 1);
	mbr_slot(im.bytes + 1000 * 512, 1, 0x83, 1, 201);
	check_refused(&im, "PART:5", "partitions 5 and 6 of the MBR overlap");
	check_found(&im, "PART:1", 100 * 512, 100 * 512);
	image_free(&im);
}

static void
a_logical_partition_that_leaves_the_extended_one_is_refused(void **state)
{
	struct image im;

	(void)state;
	make_odd(&im);
	mbr_slot(im.bytes + 1200 * 512, 1, 0x83, 1, 800);
	check_refused(
	    &im, "PART:6", "partition 6 of the MBR reaches out of the ext");
	check_found(&im, "PART:5", 1001 * 512, 100 * 512);
	mbr_slot(im.bytes + 1200 * 512, 1, 0x83, 1, UINT32_MAX);
	check_refused(&im, "PART:6", "reaches out of the extended");
	mbr_slot(im.bytes + 1200 * 512, 1, 0x83, UINT32_MAX, 1);
	check_refused(&im, "PART:6", "reaches out of the extended");
	mbr_slot(im.bytes + 1200 * 512, 1, 0x83, 0, 10);
	check_refused(&im, "PART:6", "begins where it is described");
	image_free(&im);
}

/* Who wants a primary partition need not care. */
static void
a_broken_chain_is_an_error(void **state)
{
	static const struct {
		uint32_t next;
		const char *words;
	} tests[] = {
		{ 0, "has no end at sector 1000" },
		{ 500, "breaks off at sector 1500" },
		{ 1000, "leads out of it at sector 2000" },
		{ UINT32_MAX, "leads out of it" },
	};
	struct image im;
	size_t i;

	(void)state;
	make_odd(&im);
	for (i = 0; i < sizeof(tests) / sizeof(tests[0]); i++) {
		mbr_slot(im.bytes + 1000 * 512, 2, 0x05, tests[i].next, 101);
		check_refused(&im, "PART:5",
		    "the chain of logical partitions in partition 2");
		check_refused(&im, "PART:5", tests[i].words);
		check_refused(&im, "PART:6", tests[i].words);
		check_found(&im, "PART:1", 100 * 512, 100 * 512);
	}
	image_free(&im);
}

static void
a_chain_that_is_a_circle_ends(void **state)
{
	struct image im;

	(void)state;
	make_odd(&im);
	mbr_slot(im.bytes + 1200 * 512, 2, 0x05, 0, 200);
	check_refused(&im, "PART:5", "has no end");
	assert_true(im.reads < 300);
	image_free(&im);
}

static void
what_cannot_be_read_is_an_error(void **state)
{
	struct image im;

	(void)state;
	make_odd(&im);
	im.bad = 5;
	check_error(&im, "PART:1", -EIO,
	    "the first sector cannot be read: Input/output error");
	check_error(&im, "DISKLABEL:a", -EIO, "the first sector");
	im.bad = 1200 * 512;
	check_error(&im, "PART:5", -EIO, "the chain of logical partitions");
	check_found(&im, "PART:1", 100 * 512, 100 * 512);
	im.bad = NOWHERE;
	im.most = 100; /* slowly, but it can */
	check_found(&im, "PART:6", 1201 * 512, 100 * 512);
	im.most = 0;
	check_error(&im, "PART:6", -EIO, "the first sector");
	image_free(&im);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(a_partition_has_to_be_named_properly),
		cmocka_unit_test(a_range_is_given_in_bytes),
		cmocka_unit_test(a_range_that_is_none_is_refused),
		cmocka_unit_test(what_sfdisk_makes_is_where_it_says),
		cmocka_unit_test(what_parted_makes_is_where_it_says),
		cmocka_unit_test(
		    many_logical_partitions_are_where_they_are_said_to_be),
		cmocka_unit_test(sectors_of_4096_bytes_are_those_of_fdisk),
		cmocka_unit_test(an_extended_partition_may_be_empty),
		cmocka_unit_test(an_image_without_a_table_is_refused),
		cmocka_unit_test(
		    a_partition_has_a_length_and_need_not_have_a_type),
		cmocka_unit_test(a_link_may_have_four_logical_partitions),
		cmocka_unit_test(a_partition_beyond_the_end_is_refused),
		cmocka_unit_test(partitions_that_overlap_are_refused),
		cmocka_unit_test(
		    a_logical_partition_that_leaves_the_extended_one_is_refused),
		cmocka_unit_test(a_broken_chain_is_an_error),
		cmocka_unit_test(a_chain_that_is_a_circle_ends),
		cmocka_unit_test(what_cannot_be_read_is_an_error),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
