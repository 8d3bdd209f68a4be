/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part_gpt.c -- the partition table of UEFI.
 *
 * A header in sector 1 tells where its array of partitions is; there is a copy
 * of both at the end of the disk, with its header in the last sector.  Both
 * parts have checksums, and one is used only if everything about it is right.
 *
 * An image does not tell how large the sectors of its disk were: it has a
 * header where it would be with one of the usual sizes.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "etfs_part_internal.h"

#define SIGNATURE "EFI PART"
#define SIGNATURE_LEN 8
#define HEADER_MIN 92 /* bytes: what it has in it */
#define HEADER_MAX 512 /* bytes: the smallest sector */
#define ENTRY_MIN 128 /* bytes */
#define ARRAY_MAX 1048576 /* bytes; it is 16 KiB on nearly all disks */

/* Bytes in a sector, by likelihood. */
#define SIZES 3

struct sizes {
	uint32_t of[SIZES];
};

/* One of the two. */
struct copy {
	const struct etfs_part_source *src;
	uint32_t sector; /* bytes */
	uint64_t lba; /* of the header */
	uint64_t first, last; /* sectors that partitions may use */
	uint64_t array; /* sector where it begins */
	uint32_t count, each; /* of its entries; bytes */
	uint32_t crc; /* of all of it */
	const char *wrong; /* with it, if it is of no use */
};

/* How far from a GPT it is that is not one; the nearest is worth telling. */
static const char no_header[] = "is missing";
static const char unreadable[] = "cannot be read";

static struct sizes
sizes_for(const struct etfs_part_source *src)
{
	return (struct sizes){ { src->sector, 512, 4096 } };
}

static uint32_t
crc32(const uint8_t *p, size_t len)
{
	uint32_t crc = UINT32_MAX;
	int bit;

	for (; len > 0; len--, p++) {
		crc ^= *p;
		for (bit = 0; bit < 8; bit++)
			crc = crc >> 1 ^ (0xedb88320 & (0 - (crc & 1)));
	}
	return ~crc;
}

static int
is_wrong(struct copy *c, const char *how)
{
	c->wrong = how;
	return -EINVAL;
}

/* len bytes from the start of sector lba. */
static int
fetch(struct copy *c, void *buf, size_t len, uint64_t lba, const char *beyond)
{
	uint64_t off;
	int rc;

	if (__builtin_mul_overflow(lba, c->sector, &off))
		return is_wrong(c, beyond);
	rc = etfs_part_fetch(c->src, buf, len, off);
	if (rc == -ERANGE)
		return is_wrong(c, beyond);
	if (rc != 0)
		c->wrong = unreadable;
	return rc;
}

/* The checksum has been made with itself as 0. */
static bool
header_sums_up(uint8_t *p, uint32_t len)
{
	uint32_t crc = etfs_part_le32(p + 16);

	memset(p + 16, 0, 4);
	return crc32(p, len) == crc;
}

static int
parse_header(struct copy *c, uint8_t *p)
{
	uint64_t sectors = c->src->size / c->sector;
	uint32_t len = etfs_part_le32(p + 12);

	if (memcmp(p, SIGNATURE, SIGNATURE_LEN) != 0)
		return is_wrong(c, no_header);
	if (len < HEADER_MIN || len > HEADER_MAX)
		return is_wrong(c, "has a header of a strange size");
	if (!header_sums_up(p, len))
		return is_wrong(c, "has a header with a wrong checksum");
	if (etfs_part_le64(p + 24) != c->lba)
		return is_wrong(c, "has a header that belongs elsewhere");
	c->first = etfs_part_le64(p + 40);
	c->last = etfs_part_le64(p + 48);
	c->array = etfs_part_le64(p + 72);
	c->count = etfs_part_le32(p + 80);
	c->each = etfs_part_le32(p + 84);
	c->crc = etfs_part_le32(p + 88);
	if (c->last >= sectors)
		return is_wrong(c, "is of a larger disk");
	if (c->first > c->last)
		return is_wrong(c, "leaves no room for partitions");
	return 0;
}

static int
load_header(struct copy *c)
{
	uint8_t buf[HEADER_MAX];
	int rc;

	rc = fetch(c, buf, sizeof(buf), c->lba, no_header);
	return rc != 0 ? rc : parse_header(c, buf);
}

static int
add_entry(const struct copy *c, const uint8_t *p, uint32_t i,
    struct etfs_part_table *table)
{
	static const uint8_t unused[16];
	struct etfs_part_entry e = {
		.number = i + 1,
		.first = etfs_part_le64(p + 32),
		.last = etfs_part_le64(p + 40),
	};

	if (memcmp(p, unused, sizeof(unused)) == 0 ||
	    (e.last < e.first && e.first - e.last == 1))
		return 0;
	if (e.last < e.first)
		e.wrong = "ends before it begins";
	else if (e.first < c->first || e.last > c->last)
		e.wrong = "lies where partitions may not be";
	return etfs_part_add(table, &e);
}

static int
parse_array(struct copy *c, const uint8_t *buf, size_t len,
    struct etfs_part_table *table)
{
	uint32_t i;
	int rc;

	if (crc32(buf, len) != c->crc)
		return is_wrong(c, "has entries with a wrong checksum");
	for (i = 0; i < c->count; i++)
		if ((rc = add_entry(c, buf + (size_t)i * c->each, i, table)) !=
		    0)
			return rc;
	return 0;
}

static int
load_array(struct copy *c, struct etfs_part_table *table)
{
	uint8_t *buf;
	size_t len;
	int rc;

	if (c->each < ENTRY_MIN || c->each % 8 != 0)
		return is_wrong(c, "has entries of a strange size");
	if (__builtin_mul_overflow((size_t)c->count, c->each, &len) ||
	    len == 0 || len > ARRAY_MAX)
		return is_wrong(c, "has a strange number of entries");
	if ((buf = malloc(len)) == NULL)
		return -ENOMEM;
	rc = fetch(c, buf, len, c->array, "has entries beyond the end");
	if (rc == 0)
		rc = parse_array(c, buf, len, table);
	free(buf);
	return rc;
}

/* Table is empty, and filled only by one that is sound. */
static int
load(struct copy *c, struct etfs_part_table *table)
{
	int rc = load_header(c);

	if (rc == 0)
		rc = load_array(c, table);
	if (rc == 0)
		table->sector = c->sector;
	return rc;
}

/*
 * The copy with its header at the start or the end, for any size of sectors.
 * If none is sound, *nearest is what is wrong with the most likely one.
 */
static int
load_any(const struct etfs_part_source *src, bool at_end,
    struct etfs_part_table *table, const char **nearest)
{
	struct sizes sizes = sizes_for(src);
	int rc, result = -EINVAL;
	size_t i;

	*nearest = no_header;
	for (i = 0; i < SIZES; i++) {
		struct copy c = { .src = src, .sector = sizes.of[i] };

		if (i > 0 && c.sector == src->sector)
			continue;
		c.lba = at_end ? src->size / c.sector - 1 : 1;
		rc = load(&c, table);
		if (rc == 0 || rc == -ENOMEM)
			return rc;
		if (*nearest == no_header) {
			*nearest = c.wrong;
			result = rc;
		}
	}
	return result;
}

int
etfs_part_gpt_is_there(const struct etfs_part_source *src, struct etfs_why *why)
{
	struct sizes sizes = sizes_for(src);
	uint8_t buf[SIGNATURE_LEN];
	size_t i;
	int rc;

	for (i = 0; i < SIZES; i++) {
		rc = etfs_part_fetch(src, buf, sizeof(buf), sizes.of[i]);
		if (rc == -ERANGE)
			continue;
		if (rc != 0)
			return etfs_part_unread(why, "where a GPT may be", rc);
		if (memcmp(buf, SIGNATURE, sizeof(buf)) == 0)
			return 1;
	}
	return 0;
}

int
etfs_part_gpt_table(const struct etfs_part_source *src,
    struct etfs_part_table *table, struct etfs_why *why)
{
	const char *first, *backup;
	int rc;

	table->name = "GPT";
	rc = load_any(src, false, table, &first);
	if (rc != -ENOMEM && rc != 0)
		rc = load_any(src, true, table, &backup);
	if (rc == 0)
		return 0;
	if (rc == -ENOMEM)
		return rc;
	(void)etfs_part_fail(why,
	    "the GPT at the start %s, and its backup at the end %s", first,
	    backup);
	return rc;
}
