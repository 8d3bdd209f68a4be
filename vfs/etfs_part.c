/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part.c -- where in a disk image a partition lies, by its name.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "etfs_part_internal.h"
#include "vfs_number.h"

#define NUMBER_MAX 65536 /* no table has so many */

/* "start,size" */
static int
parse_range(const char *s, struct etfs_part *range)
{
	int rc;

	if ((rc = vfs_size(&s, &range->offset)) != 0)
		return rc;
	if (*s++ != ',')
		return -EINVAL;
	if ((rc = vfs_size(&s, &range->size)) != 0)
		return rc;
	return *s == '\0' ? 0 : -EINVAL;
}

static int
find_range(const struct etfs_part_source *src, const char *arg,
    struct etfs_part *out, struct etfs_why *why)
{
	struct etfs_part range;
	int rc = parse_range(arg, &range);

	if (rc == -ERANGE)
		return etfs_part_fail(
		    why, "OFFSET:%.64s has a number that is too large", arg);
	if (rc != 0)
		return etfs_part_fail(why,
		    "OFFSET:%.64s is not OFFSET:START,SIZE, in bytes", arg);
	if (range.size == 0)
		return etfs_part_fail(why, "OFFSET:%.64s is empty", arg);
	if (range.offset > src->size || range.size > src->size - range.offset)
		return etfs_part_fail(why,
		    "OFFSET:%.64s ends beyond the end of the image, which has "
		    "%llu bytes",
		    arg, (unsigned long long)src->size);
	*out = range;
	return 0;
}

static int
find_letter(const struct etfs_part_source *src, const char *arg,
    struct etfs_part *out, struct etfs_why *why)
{
	struct etfs_part_table table = { 0 };
	int rc;

	if (arg[0] < 'a' || arg[0] >= 'a' + ETFS_PART_LETTERS || arg[1] != '\0')
		return etfs_part_fail(
		    why, "DISKLABEL:%.64s is not DISKLABEL:LETTER", arg);
	rc = etfs_part_bsd_table(src, &table, why);
	if (rc == 0)
		rc = etfs_part_pick(
		    src, &table, (unsigned int)(arg[0] - 'a' + 1), out, why);
	free(table.entries);
	return rc;
}

/* A table of the old kind that has something in it. */
static bool
is_in_use(const struct etfs_part_mbr *mbr)
{
	size_t i;

	for (i = 0; mbr->is_table && i < ETFS_PART_SLOTS; i++)
		if (mbr->slots[i].count != 0)
			return true;
	return false;
}

/* The mark that a disk with a GPT wears against old software. */
static bool
is_protective(const struct etfs_part_mbr *mbr)
{
	size_t i;

	for (i = 0; mbr->is_table && i < ETFS_PART_SLOTS; i++)
		if (mbr->slots[i].type == 0xee)
			return true;
	return false;
}

/*
 * A GPT counts before an MBR that says there is one, even if it lists some of
 * its partitions, and before one that is empty or missing.  Before any other it
 * does not: then it is what is left of the disk's former life.
 */
static int
read_table(const struct etfs_part_source *src, bool logical,
    struct etfs_part_table *table, struct etfs_why *why)
{
	struct etfs_part_mbr mbr;
	int rc;

	if ((rc = etfs_part_mbr_read(src, &mbr, why)) != 0)
		return rc;
	if (is_protective(&mbr))
		return etfs_part_gpt_table(src, table, why);
	if (!is_in_use(&mbr)) {
		if ((rc = etfs_part_gpt_is_there(src, why)) < 0)
			return rc;
		if (rc == 1)
			return etfs_part_gpt_table(src, table, why);
	}
	if (!mbr.is_table)
		return etfs_part_fail(why, "there is no MBR and no GPT");
	return etfs_part_mbr_table(src, &mbr, logical, table, why);
}

static int
find_number(const struct etfs_part_source *src, const char *arg,
    struct etfs_part *out, struct etfs_why *why)
{
	struct etfs_part_table table = { 0 };
	const char *end = arg;
	uint64_t number;
	int rc;

	rc = vfs_digits(&end, 10, &number);
	if (rc == -ERANGE || (rc == 0 && number > NUMBER_MAX))
		return etfs_part_fail(
		    why, "PART:%.64s is more than any table has", arg);
	if (rc != 0 || *end != '\0' || number == 0)
		return etfs_part_fail(
		    why, "PART:%.64s is not PART:NUMBER, from 1", arg);
	rc = read_table(src, number > ETFS_PART_SLOTS, &table, why);
	if (rc == 0)
		rc =
		    etfs_part_pick(src, &table, (unsigned int)number, out, why);
	free(table.entries);
	return rc;
}

int
etfs_part_find(const struct etfs_part_source *src, const char *spec,
    struct etfs_part *out, struct etfs_why *why)
{
	static const struct {
		const char *name;
		int (*find)(const struct etfs_part_source *src, const char *arg,
		    struct etfs_part *out, struct etfs_why *why);
	} kinds[] = {
		{ "PART:", find_number },
		{ "DISKLABEL:", find_letter },
		{ "OFFSET:", find_range },
	};
	size_t i, len;
	int rc;

	why->text[0] = '\0';
	for (i = 0; i < sizeof(kinds) / sizeof(kinds[0]); i++) {
		len = strlen(kinds[i].name);
		if (strncmp(spec, kinds[i].name, len) != 0)
			continue;
		rc = kinds[i].find(src, spec + len, out, why);
		if (rc == -ENOMEM)
			(void)etfs_part_fail(why, "no memory");
		return rc;
	}
	return etfs_part_fail(why,
	    "\"%.64s\" is no partition: one is PART:NUMBER, DISKLABEL:LETTER "
	    "or OFFSET:START,SIZE",
	    spec);
}
