/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_table.c -- all names of a memfs, found by directory and name.
 *
 * One hash table serves all directories, so that an empty one costs nothing.
 * It is a linear hash table: with each entry too many it grows by one bucket,
 * which takes its entries from one other, and it shrinks the same way once
 * there are four for each entry.  No operation ever pays for a million, and
 * adding cannot fail: where there is no memory for more buckets, chains get
 * longer.
 *
 * With 2^k <= size < 2^(k+1) buckets, an entry lies in the bucket that the low
 * k+1 bits of its hash name, or the low k bits if that one is not there yet.
 * Buckets come in segments that never move: 64, and from then on as many as
 * there are.
 *
 * The hash is SipHash-1-3 with a secret key: names come from strangers.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/random.h>

#include "memfs_internal.h"

#define FIRST_BITS 6
#define FIRST ((size_t)1 << FIRST_BITS)
#define SEGMENTS (sizeof(((struct memfs_table *)0)->seg) / sizeof(void *))

/* The bits of a hash are used up by then. */
#define MOST ((size_t)1 << 32)

static uint64_t
rotate(uint64_t v, int bits)
{
	return v << bits | v >> (64 - bits);
}

static void
sip_round(uint64_t v[4])
{
	v[0] += v[1];
	v[2] += v[3];
	v[1] = rotate(v[1], 13) ^ v[0];
	v[3] = rotate(v[3], 16) ^ v[2];
	v[0] = rotate(v[0], 32);
	v[2] += v[1];
	v[0] += v[3];
	v[1] = rotate(v[1], 17) ^ v[2];
	v[3] = rotate(v[3], 21) ^ v[0];
	v[2] = rotate(v[2], 32);
}

static void
sip_word(uint64_t v[4], uint64_t word)
{
	v[3] ^= word;
	sip_round(v);
	v[0] ^= word;
}

static uint64_t
hash_name(const uint64_t key[2], uint64_t dir, struct vname name)
{
	uint64_t v[4] = { key[0] ^ 0x736f6d6570736575,
		key[1] ^ 0x646f72616e646f6d, key[0] ^ 0x6c7967656e657261,
		key[1] ^ 0x7465646279746573 };
	uint64_t word;
	size_t pos;

	sip_word(v, dir);
	for (pos = 0; name.len - pos >= 8; pos += 8) {
		memcpy(&word, name.s + pos, 8);
		sip_word(v, word);
	}
	word = 0;
	memcpy(&word, name.s + pos, name.len - pos);
	sip_word(v, word ^ (uint64_t)(name.len + 8) << 56);
	v[2] ^= 0xff;
	sip_round(v);
	sip_round(v);
	sip_round(v);
	return v[0] ^ v[1] ^ v[2] ^ v[3];
}

/* The highest power of two that is not above n. */
static size_t
floor_power(size_t n)
{
	return (size_t)1 << (63 - __builtin_clzll(n));
}

static size_t
segment_of(size_t bucket)
{
	if (bucket < FIRST)
		return 0;
	return (size_t)(64 - __builtin_clzll(bucket) - FIRST_BITS);
}

static struct memfs_entry **
bucket_at(const struct memfs_table *t, size_t bucket)
{
	size_t base = bucket < FIRST ? 0 : floor_power(bucket);

	return &t->seg[segment_of(bucket)][bucket - base].first;
}

static struct memfs_entry **
bucket_for(const struct memfs_table *t, uint32_t hash)
{
	size_t low = floor_power(t->size);
	size_t bucket = hash & (2 * low - 1);

	return bucket_at(t, bucket < t->size ? bucket : bucket - low);
}

int
memfs_table_init(struct memfs_table *t)
{
	memset(t, 0, sizeof(*t));
	if (getrandom(t->key, sizeof(t->key), 0) != sizeof(t->key))
		return -EIO;
	t->seg[0] = calloc(FIRST, sizeof(struct memfs_bucket));
	if (t->seg[0] == NULL)
		return -ENOMEM;
	t->size = FIRST;
	return 0;
}

void
memfs_table_fini(struct memfs_table *t)
{
	size_t i;

	for (i = 0; i < SEGMENTS; i++)
		free(t->seg[i]);
}

static bool
entry_is(const struct memfs_entry *e, const struct memfs_node *dir,
    struct vname name)
{
	return e->dir == dir && e->len == name.len &&
	    memcmp(e->name, name.s, name.len) == 0;
}

struct memfs_entry *
memfs_table_find(const struct memfs_table *t, const struct memfs_node *dir,
    struct vname name)
{
	uint32_t hash = (uint32_t)hash_name(t->key, dir->vn.path, name);
	struct memfs_entry *e;

	for (e = *bucket_for(t, hash); e != NULL; e = e->chain)
		if (e->hash == hash && entry_is(e, dir, name))
			return e;
	return NULL;
}

/* One bucket more: it takes its entries from the one they were kept in. */
static void
grow(struct memfs_table *t)
{
	size_t last = t->size, low = floor_power(last), seg = segment_of(last);
	struct memfs_entry *e, **from, **to;

	if (last == MOST)
		return;
	if (last == low) /* the first of a segment */
		t->seg[seg] = calloc(last, sizeof(struct memfs_bucket));
	if (t->seg[seg] == NULL)
		return;
	t->size++;
	from = bucket_at(t, last - low);
	to = bucket_at(t, last);
	while ((e = *from) != NULL) {
		if ((e->hash & (2 * low - 1)) != last) {
			from = &e->chain;
			continue;
		}
		*from = e->chain;
		e->chain = *to;
		*to = e;
	}
}

/* And one less: the inverse. */
static void
shrink(struct memfs_table *t)
{
	size_t last = t->size - 1, low = floor_power(last);
	size_t seg = segment_of(last);
	struct memfs_entry **to = bucket_at(t, last - low);

	while (*to != NULL)
		to = &(*to)->chain;
	*to = *bucket_at(t, last);
	*bucket_at(t, last) = NULL;
	t->size--;
	if (last == low) {
		free(t->seg[seg]);
		t->seg[seg] = NULL;
	}
}

void
memfs_table_add(struct memfs_table *t, struct memfs_entry *e)
{
	struct vname name = { e->name, e->len };
	uint64_t hash = hash_name(t->key, e->dir->vn.path, name);
	struct memfs_entry **head;

	e->hash = (uint32_t)hash;
	e->rank = (uint32_t)(hash >> 32);
	head = bucket_for(t, e->hash);
	e->chain = *head;
	*head = e;
	if (++t->count > t->size)
		grow(t);
}

void
memfs_table_remove(struct memfs_table *t, struct memfs_entry *e)
{
	struct memfs_entry **from = bucket_for(t, e->hash);

	while (*from != e)
		from = &(*from)->chain;
	*from = e->chain;
	t->count--;
	while (t->count < t->size / 4 && t->size > FIRST)
		shrink(t); /* four times at most */
}
