/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part_table.c -- what is common to all tables of partitions: how they
 * are read, and which of their partitions may be used.
 */

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "etfs_part_internal.h"

int
etfs_part_fetch(
    const struct etfs_part_source *src, void *buf, size_t len, uint64_t off)
{
	uint8_t *p = buf;
	size_t got = 0;
	ssize_t n;

	if (off > src->size || len > src->size - off)
		return -ERANGE;
	while (got < len) {
		n = src->read(src->ctx, p + got, len - got, off + got);
		if (n < 0)
			return (int)n;
		if (n == 0 || (size_t)n > len - got)
			return -EIO;
		got += (size_t)n;
	}
	return 0;
}

int
etfs_part_fail(struct etfs_why *why, const char *format, ...)
{
	va_list ap;

	va_start(ap, format);
	(void)vsnprintf(why->text, sizeof(why->text), format, ap);
	va_end(ap);
	return -EINVAL;
}

int
etfs_part_unread(struct etfs_why *why, const char *what, int rc)
{
	if (rc == -ERANGE)
		return etfs_part_fail(
		    why, "%s lies beyond the end of the image", what);
	(void)etfs_part_fail(why, "%s cannot be read: %s", what, strerror(-rc));
	return rc;
}

int
etfs_part_add(
    struct etfs_part_table *table, const struct etfs_part_entry *entry)
{
	size_t room = table->room == 0 ? 16 : table->room * 2;
	struct etfs_part_entry *entries;

	if (table->n == table->room) {
		entries = reallocarray(table->entries, room, sizeof(*entry));
		if (entries == NULL)
			return -ENOMEM;
		table->entries = entries;
		table->room = room;
	}
	table->entries[table->n++] = *entry;
	return 0;
}

struct name {
	char s[16];
};

/* What users call it. */
static const char *
name_of(
    struct name *buf, const struct etfs_part_table *table, unsigned int number)
{
	if (table->letters)
		(void)snprintf(
		    buf->s, sizeof(buf->s), "%c", (char)('a' + number - 1));
	else
		(void)snprintf(buf->s, sizeof(buf->s), "%u", number);
	return buf->s;
}

static const struct etfs_part_entry *
entry_of(const struct etfs_part_table *table, unsigned int number)
{
	size_t i;

	for (i = 0; i < table->n; i++)
		if (table->entries[i].number == number)
			return &table->entries[i];
	return NULL;
}

static bool
overlap(const struct etfs_part_entry *a, const struct etfs_part_entry *b)
{
	return a->first <= b->last && b->first <= a->last;
}

/* Is one of them made to have the other in it? */
static bool
may_share(const struct etfs_part_entry *a, const struct etfs_part_entry *b)
{
	return a->whole || b->whole || a->inside == b->number ||
	    b->inside == a->number;
}

/* A partition of table that e is in the way of, or NULL. */
static const struct etfs_part_entry *
in_the_way(const struct etfs_part_table *table, const struct etfs_part_entry *e)
{
	const struct etfs_part_entry *other;
	size_t i;

	for (i = 0; i < table->n; i++) {
		other = &table->entries[i];
		if (other != e && overlap(e, other) && !may_share(e, other))
			return other;
	}
	return NULL;
}

int
etfs_part_pick(const struct etfs_part_source *src,
    const struct etfs_part_table *table, unsigned int number,
    struct etfs_part *out, struct etfs_why *why)
{
	const struct etfs_part_entry *e = entry_of(table, number), *other;
	uint64_t sectors = src->size / table->sector;
	struct name a, b;

	(void)name_of(&a, table, number);
	if (e == NULL)
		return etfs_part_fail(why, "there is no partition %s in the %s",
		    a.s, table->name);
	if (e->wrong != NULL)
		return etfs_part_fail(why, "partition %s of the %s %s", a.s,
		    table->name, e->wrong);
	if (e->last >= sectors)
		return etfs_part_fail(why,
		    "partition %s of the %s ends with sector %llu, beyond the "
		    "end of the image, which has %llu sectors of %u bytes",
		    a.s, table->name, (unsigned long long)e->last,
		    (unsigned long long)sectors, table->sector);
	if ((other = in_the_way(table, e)) != NULL)
		return etfs_part_fail(why,
		    "partitions %s and %s of the %s overlap", a.s,
		    name_of(&b, table, other->number), table->name);
	out->offset = e->first * table->sector;
	out->size = (e->last - e->first + 1) * table->sector;
	return 0;
}
