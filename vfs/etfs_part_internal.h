/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part_internal.h -- what the etfs_part*.c files share.
 *
 * A kind of table is read by one file, which makes a struct etfs_part_table of
 * it and believes no number in it.  Whether a partition may be used is decided
 * in one place for all of them, etfs_part_pick().
 */

#ifndef ETFS_PART_INTERNAL_H
#define ETFS_PART_INTERNAL_H

#include <stdbool.h>

#include "etfs_part.h"

/* A partition, in sectors of its table. */
struct etfs_part_entry {
	unsigned int number; /* from 1; of a disklabel, 1 is a */
	unsigned int inside; /* the extended partition that holds it, or 0 */
	bool whole; /* stands for all of the disk or slice: the others may lie
		     * in it */
	uint64_t first, last; /* both belong to it */
	const char *wrong; /* NULL, or why nobody can use it */
};

struct etfs_part_table {
	const char *name;
	bool letters; /* partitions have letters, not numbers */
	uint32_t sector; /* bytes */
	struct etfs_part_entry *entries; /* those that are in use; free() it */
	size_t n, room;
};

/*
 * etfs_part_table.c -- what is common to all tables.
 */

/* All of len bytes at off.  -ERANGE: the image is not that long. */
int etfs_part_fetch(
    const struct etfs_part_source *src, void *buf, size_t len, uint64_t off);

/* -EINVAL, with the reason in why. */
int etfs_part_fail(struct etfs_why *why, const char *format, ...)
    __attribute__((format(printf, 2, 3)));

/* The reason why what cannot be had if etfs_part_fetch() ended with rc. */
int etfs_part_unread(struct etfs_why *why, const char *what, int rc);

/* 0, or -ENOMEM. */
int etfs_part_add(
    struct etfs_part_table *table, const struct etfs_part_entry *entry);

/*
 * Partition number of table, if it can be used: it lies in the image, and no
 * other lies over it.  0, or -EINVAL.
 */
int etfs_part_pick(const struct etfs_part_source *src,
    const struct etfs_part_table *table, unsigned int number,
    struct etfs_part *out, struct etfs_why *why);

/*
 * etfs_part_mbr.c -- the table in the first sector.
 */
#define ETFS_PART_SLOTS 4

struct etfs_part_slot {
	uint8_t type;
	uint32_t first, count; /* sectors; without a count it is not in use */
};

struct etfs_part_mbr {
	bool is_table; /* what follows means something */
	struct etfs_part_slot slots[ETFS_PART_SLOTS];
};

int etfs_part_mbr_read(const struct etfs_part_source *src,
    struct etfs_part_mbr *mbr, struct etfs_why *why);

/* Logical partitions are wanted only if one of them is. */
int etfs_part_mbr_table(const struct etfs_part_source *src,
    const struct etfs_part_mbr *mbr, bool logical,
    struct etfs_part_table *table, struct etfs_why *why);

/*
 * etfs_part_gpt.c -- what has replaced it.  Does something at the start look
 * like one?  1, 0 or -errno.
 */
int etfs_part_gpt_is_there(
    const struct etfs_part_source *src, struct etfs_why *why);
int etfs_part_gpt_table(const struct etfs_part_source *src,
    struct etfs_part_table *table, struct etfs_why *why);

/* etfs_part_bsd.c -- labels of BSD systems */
#define ETFS_PART_LETTERS 26

int etfs_part_bsd_table(const struct etfs_part_source *src,
    struct etfs_part_table *table, struct etfs_why *why);

/* Numbers on disk, wherever they lie. */
static inline uint16_t
etfs_part_le16(const uint8_t *p)
{
	return (uint16_t)(p[0] | p[1] << 8);
}

static inline uint32_t
etfs_part_le32(const uint8_t *p)
{
	return etfs_part_le16(p) | (uint32_t)etfs_part_le16(p + 2) << 16;
}

static inline uint64_t
etfs_part_le64(const uint8_t *p)
{
	return etfs_part_le32(p) | (uint64_t)etfs_part_le32(p + 4) << 32;
}

#endif
