/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part_mbr.c -- the partition table of PCs, in the first sector.
 *
 * It has four slots.  An extended partition in one of them begins a chain of
 * sectors of the same layout, somewhere inside of it, each with a slot for a
 * logical partition, which counts sectors from there, and a slot that leads to
 * the next, which counts from the start of the extended partition.
 *
 * What is not written down anywhere is as in Linux, because logical partitions
 * have no number but their place in the chain: a slot is in use if it has a
 * length, whatever its type; all four slots of a chained sector may hold
 * logical partitions, but the last two, which have been seen with garbage in
 * them, only if they make sense.
 */

#include "etfs_part_internal.h"

#define SECTOR 512
#define TABLE 446 /* bytes from the start of the sector */
#define SLOT 16 /* bytes */

/* More than anyone has, and how we get out of a chain that is a circle. */
#define LINKS_MAX 256

struct chain {
	const struct etfs_part_source *src;
	struct etfs_part_table *table;
	struct etfs_why *why;
	unsigned int inside; /* number of the extended partition */
	uint64_t start, end; /* its sectors; end is the first behind it */
	uint64_t at, len; /* the link we are at, as it was announced */
	unsigned int next; /* number for the next logical partition */
};

static bool
is_extended(uint8_t type)
{
	return type == 0x05 || type == 0x0f || type == 0x85;
}

static void
slots_parse(struct etfs_part_mbr *mbr, const uint8_t *sector)
{
	const uint8_t *p = sector + TABLE;
	size_t i;

	mbr->is_table = sector[510] == 0x55 && sector[511] == 0xaa;
	for (i = 0; i < ETFS_PART_SLOTS; i++, p += SLOT) {
		mbr->slots[i] = (struct etfs_part_slot){
			.type = p[4],
			.first = etfs_part_le32(p + 8),
			.count = etfs_part_le32(p + 12),
		};
	}
}

/* A boot sector without a table has code or text where the boot flags are. */
static bool
has_boot_flags(const uint8_t *sector)
{
	const uint8_t *p = sector + TABLE;
	size_t i;

	for (i = 0; i < ETFS_PART_SLOTS; i++, p += SLOT)
		if (p[0] != 0 && p[0] != 0x80)
			return false;
	return true;
}

int
etfs_part_mbr_read(const struct etfs_part_source *src,
    struct etfs_part_mbr *mbr, struct etfs_why *why)
{
	uint8_t sector[SECTOR];
	int rc;

	if ((rc = etfs_part_fetch(src, sector, sizeof(sector), 0)) != 0)
		return etfs_part_unread(why, "the first sector", rc);
	slots_parse(mbr, sector);
	mbr->is_table = mbr->is_table && has_boot_flags(sector);
	return 0;
}

/* Slot i of the link that c is at, in use, holds a logical partition. */
static int
add_logical(struct chain *c, size_t i, const struct etfs_part_slot *slot)
{
	uint64_t first = c->at + slot->first, end = first + slot->count;
	bool within = first >= c->start && end <= c->end;
	struct etfs_part_entry e = {
		.number = c->next,
		.inside = c->inside,
		.first = first,
		.last = end - 1,
	};

	if (i >= 2 && (!within || (uint64_t)slot->first + slot->count > c->len))
		return 0;
	if (!within)
		e.wrong = "reaches out of the extended partition";
	else if (slot->first == 0)
		e.wrong = "begins where it is described";
	c->next++;
	return etfs_part_add(c->table, &e);
}

/* What is in the link that c is at; *next, the way to the next, or NULL. */
static int
add_link(struct chain *c, const struct etfs_part_mbr *mbr,
    const struct etfs_part_slot **next)
{
	const struct etfs_part_slot *slot;
	size_t i;
	int rc;

	*next = NULL;
	for (i = 0; i < ETFS_PART_SLOTS; i++) {
		slot = &mbr->slots[i];
		if (slot->count == 0)
			continue;
		if (!is_extended(slot->type)) {
			if ((rc = add_logical(c, i, slot)) != 0)
				return rc;
		} else if (*next == NULL) {
			*next = slot;
		}
	}
	return 0;
}

static int
read_link(const struct chain *c, struct etfs_part_mbr *mbr)
{
	uint8_t sector[SECTOR];
	int rc;

	rc = etfs_part_fetch(
	    c->src, sector, sizeof(sector), c->at * c->src->sector);
	if (rc != 0)
		return etfs_part_unread(
		    c->why, "the chain of logical partitions", rc);
	slots_parse(mbr, sector);
	return 0;
}

static int
broken(const struct chain *c, const char *how)
{
	return etfs_part_fail(c->why,
	    "the chain of logical partitions in partition %u %s at sector %llu",
	    c->inside, how, (unsigned long long)c->at);
}

/* An extended partition need not have anything in it, not even a table. */
static int
follow(struct chain *c)
{
	const struct etfs_part_slot *next;
	struct etfs_part_mbr mbr = { 0 };
	unsigned int links;
	int rc;

	for (links = 0; links < LINKS_MAX; links++) {
		if ((rc = read_link(c, &mbr)) != 0)
			return rc;
		if (!mbr.is_table)
			return links == 0 ? 0 : broken(c, "breaks off");
		if ((rc = add_link(c, &mbr, &next)) != 0 || next == NULL)
			return rc;
		c->at = c->start + next->first;
		c->len = next->count;
		if (c->at >= c->end)
			return broken(c, "leads out of it");
	}
	return broken(c, "has no end");
}

static int
add_primary(
    struct etfs_part_table *table, size_t i, const struct etfs_part_slot *slot)
{
	struct etfs_part_entry e = {
		.number = (unsigned int)i + 1,
		.first = slot->first,
		.last = (uint64_t)slot->first + slot->count - 1,
	};

	if (is_extended(slot->type))
		e.wrong = "is an extended one, there only to hold others";
	return etfs_part_add(table, &e);
}

static int
add_logicals(const struct etfs_part_source *src,
    const struct etfs_part_mbr *mbr, struct etfs_part_table *table,
    struct etfs_why *why)
{
	struct chain c = { src, table, why, .next = ETFS_PART_SLOTS + 1 };
	const struct etfs_part_slot *slot;
	size_t i;
	int rc;

	for (i = 0; i < ETFS_PART_SLOTS; i++) {
		slot = &mbr->slots[i];
		if (slot->count == 0 || !is_extended(slot->type))
			continue;
		c.inside = (unsigned int)i + 1;
		c.at = c.start = slot->first;
		c.len = slot->count;
		c.end = c.start + c.len;
		if ((rc = follow(&c)) != 0)
			return rc;
	}
	return 0;
}

int
etfs_part_mbr_table(const struct etfs_part_source *src,
    const struct etfs_part_mbr *mbr, bool logical,
    struct etfs_part_table *table, struct etfs_why *why)
{
	size_t i;
	int rc;

	table->name = "MBR";
	table->sector = src->sector;
	for (i = 0; i < ETFS_PART_SLOTS; i++) {
		if (mbr->slots[i].count == 0)
			continue;
		if ((rc = add_primary(table, i, &mbr->slots[i])) != 0)
			return rc;
	}
	return logical ? add_logicals(src, mbr, table, why) : 0;
}
