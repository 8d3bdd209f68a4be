/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part_bsd.c -- BSD disklabels, see disklabel(5).
 *
 * A label is in the byte order of the machine that wrote it, at a place that
 * depends on the machine: near the start of the disk or, on PCs, of the slice
 * (partition of the MBR) that belongs to the BSD.  The first sound one is used,
 * slices before the disk, as the systems themselves look for it.
 *
 * Offsets count sectors from the start of the disk.  FreeBSD's count from the
 * start of the slice, or from wherever c, which is the slice, claims to begin;
 * so we do in FreeBSD's slices what it does: take the offset of c off, and put
 * the start of the slice on.  That is right for labels that count from the
 * start of the disk, too.
 *
 * c is the whole of the slice or disk and has all others in it; where it is the
 * slice, an unused d is the disk.
 */

#include <string.h>

#include "etfs_part_internal.h"

#define AREA 8192 /* bytes that a label is looked for in */
#define HEAD 148 /* bytes of a label before its partitions */
#define ENTRY 16 /* bytes */
#define ENTRIES_MAX 52 /* OpenBSD's; others have 8 to 22 */
#define SECTOR_MAX 65536 /* bytes */

#define C 2
#define D 3

#define TYPE_FREEBSD 0xa5
#define TYPE_OPENBSD 0xa6
#define TYPE_NETBSD 0xa9

/* Where a label may be, and what its offsets count from. */
struct place {
	uint64_t start, size; /* bytes */
	bool relative; /* to start, in the way of FreeBSD */
};

struct label {
	const uint8_t *p;
	bool big; /* endian */
	bool wide; /* 48 bits for sectors: OpenBSD's second version */
	uint32_t sector; /* bytes */
	unsigned int n; /* partitions, used or not */
};

static uint16_t
get16(const struct label *l, size_t off)
{
	const uint8_t *p = l->p + off;

	if (l->big)
		return (uint16_t)(p[0] << 8 | p[1]);
	return etfs_part_le16(p);
}

static uint32_t
get32(const struct label *l, size_t off)
{
	uint32_t first = get16(l, off), second = get16(l, off + 2);

	return l->big ? first << 16 | second : second << 16 | first;
}

/* Both magic numbers are at p, in one byte order. */
static bool
is_label(struct label *l, const uint8_t *p)
{
	static const uint8_t little[4] = { 0x57, 0x45, 0x56, 0x82 };
	static const uint8_t big[4] = { 0x82, 0x56, 0x45, 0x57 };

	l->p = p;
	l->big = memcmp(p, big, sizeof(big)) == 0;
	return (l->big || memcmp(p, little, sizeof(little)) == 0) &&
	    memcmp(p, p + 132, sizeof(big)) == 0;
}

/* With the sum among the words, they sum up to 0 in either byte order. */
static bool
sums_up(const uint8_t *p, size_t len)
{
	uint16_t sum = 0;
	size_t i;

	for (i = 0; i < len; i += 2)
		sum ^= etfs_part_le16(p + i);
	return sum == 0;
}

/* NULL, or what is wrong with l, for which there are room bytes. */
static const char *
parse_label(struct label *l, size_t room)
{
	l->n = get16(l, 138);
	l->sector = get32(l, 40);
	l->wide = get16(l, 114) == 1;
	if (l->n == 0 || l->n > ENTRIES_MAX || HEAD + l->n * ENTRY > room)
		return "has a strange number of partitions";
	if (!sums_up(l->p, HEAD + l->n * ENTRY))
		return "has a wrong checksum";
	if (l->sector < 512 || l->sector > SECTOR_MAX ||
	    (l->sector & (l->sector - 1)) != 0)
		return "has sectors of a strange size";
	return NULL;
}

static uint64_t
entry_offset(const struct label *l, unsigned int i)
{
	size_t off = HEAD + i * ENTRY;
	uint64_t high = l->wide ? get16(l, off + 8) : 0;

	return high << 32 | get32(l, off + 4);
}

static uint64_t
entry_size(const struct label *l, unsigned int i)
{
	size_t off = HEAD + i * ENTRY;
	uint64_t high = l->wide ? get16(l, off + 10) : 0;

	return high << 32 | get32(l, off);
}

static bool
entry_is_whole(const struct label *l, unsigned int i)
{
	bool unused = l->p[HEAD + i * ENTRY + 12] == 0;

	return i == C || (i == D && unused);
}

/* Make e, which counts from where c claims to begin, count from the disk's. */
static void
make_absolute(
    const struct label *l, const struct place *at, struct etfs_part_entry *e)
{
	uint64_t c = l->n > C ? entry_offset(l, C) : 0;
	uint64_t start = at->start / l->sector;
	uint64_t end = start + at->size / l->sector;

	e->first = e->first - c + start;
	e->last = e->last - c + start;
	if (at->start % l->sector != 0)
		e->wrong = "is in a slice that is not made of its sectors";
	else if (e->first < start || e->last >= end || e->last < e->first)
		e->wrong = "reaches out of its slice";
}

static int
add_entries(const struct label *l, const struct place *at,
    struct etfs_part_table *table)
{
	unsigned int i;
	int rc;

	table->sector = l->sector;
	for (i = 0; i < l->n; i++) {
		struct etfs_part_entry e = {
			.number = i + 1,
			.whole = entry_is_whole(l, i),
			.first = entry_offset(l, i),
			.last = entry_offset(l, i) + entry_size(l, i) - 1,
		};

		if (entry_size(l, i) == 0)
			continue;
		if (at->relative)
			make_absolute(l, at, &e);
		if ((rc = etfs_part_add(table, &e)) != 0)
			return rc;
	}
	return 0;
}

/*
 * Look for a label at one place.  1: it was there; 0: not, or damaged, and
 * then *damage is how, unless another has been damaged before; or -errno.
 */
static int
look_at(const struct etfs_part_source *src, const struct place *at,
    struct etfs_part_table *table, const char **damage, struct etfs_why *why)
{
	/* Sector 1 of all sizes; the others are parts of sector 0, and 2. */
	static const size_t where[] = { 512, 64, 128, 0, 1024, 2048, 4096 };
	uint8_t buf[AREA];
	uint64_t rest = at->start < src->size ? src->size - at->start : 0;
	size_t len = rest < AREA ? (size_t)rest : AREA, i;
	const char *wrong;
	struct label l;
	int rc;

	if (len == 0)
		return 0;
	if ((rc = etfs_part_fetch(src, buf, len, at->start)) != 0)
		return etfs_part_unread(why, "where a disklabel may be", rc);
	for (i = 0; i < sizeof(where) / sizeof(where[0]); i++) {
		if (where[i] + HEAD > len || !is_label(&l, buf + where[i]))
			continue;
		if ((wrong = parse_label(&l, len - where[i])) == NULL) {
			rc = add_entries(&l, at, table);
			return rc == 0 ? 1 : rc;
		}
		if (*damage == NULL)
			*damage = wrong;
	}
	return 0;
}

/* Is there something of a BSD's in slot?  One at 0 is a sham for boot code. */
static bool
is_slice(const struct etfs_part_slot *slot)
{
	return slot->count != 0 && slot->first != 0 &&
	    (slot->type == TYPE_FREEBSD || slot->type == TYPE_OPENBSD ||
		slot->type == TYPE_NETBSD);
}

/* Where to look, in this order; returns how many places. */
static size_t
list_places(const struct etfs_part_source *src, const struct etfs_part_mbr *mbr,
    struct place *places)
{
	const struct etfs_part_slot *slot;
	size_t i, n = 0;

	for (i = 0; mbr->is_table && i < ETFS_PART_SLOTS; i++) {
		slot = &mbr->slots[i];
		if (!is_slice(slot))
			continue;
		places[n++] = (struct place){
			.start = (uint64_t)slot->first * src->sector,
			.size = (uint64_t)slot->count * src->sector,
			.relative = slot->type == TYPE_FREEBSD,
		};
	}
	places[n++] = (struct place){ .size = src->size };
	return n;
}

int
etfs_part_bsd_table(const struct etfs_part_source *src,
    struct etfs_part_table *table, struct etfs_why *why)
{
	struct place places[ETFS_PART_SLOTS + 1];
	const char *damage = NULL;
	struct etfs_part_mbr mbr;
	size_t i, n;
	int rc;

	table->name = "disklabel";
	table->letters = true;
	if ((rc = etfs_part_mbr_read(src, &mbr, why)) != 0)
		return rc;
	n = list_places(src, &mbr, places);
	for (i = 0; i < n; i++) {
		rc = look_at(src, &places[i], table, &damage, why);
		if (rc != 0)
			return rc < 0 ? rc : 0;
	}
	if (damage != NULL)
		return etfs_part_fail(why, "the BSD disklabel %s", damage);
	return etfs_part_fail(why, "there is no BSD disklabel");
}
