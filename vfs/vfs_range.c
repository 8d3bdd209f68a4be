/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_range.c -- the locks that are held on one file.
 *
 * A list by where they start.  Always true, between calls:
 *	- no byte has locks of two owners, unless both only read
 *	- a byte has at most one lock of an owner, and what could be one lock
 *	  (one owner, type and vfile, nothing between) is one
 *
 * All of it under the mutex of the table; see vfs_lock.c.
 */

#include <assert.h>
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "vfs_range.h"

/* What becomes of a held lock when its owner puts another over it. */
enum fate {
	STAYS,
	JOINS,
	GOES,
	LOSES_START,
	LOSES_END,
	SPLITS
};

/*
 * Ranges and owners.
 */

bool
range_same_owner(const struct vlock *a, const struct vlock *b)
{
	struct vname ah = a->owner.host, bh = b->owner.host;

	return a->owner.client == b->owner.client &&
	    a->owner.pid == b->owner.pid && ah.len == bh.len &&
	    (ah.len == 0 || memcmp(ah.s, bh.s, ah.len) == 0);
}

bool
range_overlaps(const struct vlock *a, const struct vlock *b)
{
	return a->start <= b->end && b->start <= a->end;
}

/* Nothing lies between them.  Mind that end + 1 may be 0. */
static bool
touches(const struct vlock *a, const struct vlock *b)
{
	return range_overlaps(a, b) ||
	    (a->end < b->start && b->start - a->end == 1) ||
	    (b->end < a->start && a->start - b->end == 1);
}

static bool
conflicts(const struct vlock *a, const struct vlock *b)
{
	return range_overlaps(a, b) && !range_same_owner(a, b) &&
	    (a->type == VLOCK_WRITE || b->type == VLOCK_WRITE);
}

static enum fate
fate_of(const struct held *h, const struct vlock *lk, const struct vfile *file)
{
	const struct vlock *old = &h->lk;

	if (!range_same_owner(old, lk))
		return STAYS;
	if (old->type == lk->type && h->file == file && touches(old, lk))
		return JOINS;
	if (!range_overlaps(old, lk))
		return STAYS;
	if (old->start < lk->start)
		return old->end > lk->end ? SPLITS : LOSES_END;
	return old->end > lk->end ? LOSES_START : GOES;
}

/*
 * The locks that are held.
 */

static struct held *
held_new(const struct vlock *lk, const struct vfile *file)
{
	const struct vname *host = &lk->owner.host;
	struct held *h;

	if ((h = malloc(sizeof(*h) + host->len)) == NULL)
		return NULL;
	h->lk = *lk;
	h->lk.owner.host.s = h->host;
	if (host->len != 0)
		memcpy(h->host, host->s, host->len);
	h->file = file;
	return h;
}

/* More locks, or fewer, in the tree and of the client with quota. */
static void
count(struct vlock_table *table, struct vlock_quota *quota, size_t n)
{
	table->count += n;
	if (quota != NULL)
		quota->held += n;
}

static void
uncount(struct vlock_table *table, struct vlock_quota *quota, size_t n)
{
	table->count -= n;
	if (quota != NULL)
		quota->held -= n;
}

static bool
is_beyond(
    const struct vlock_table *table, const struct vlock_quota *quota, size_t n)
{
	return table->count + n > table->limit ||
	    (quota != NULL && quota->held + n > quota->limit);
}

static void
held_insert(struct held **list, struct held *h)
{
	struct held **hp = list;

	while (*hp != NULL && (*hp)->lk.start <= h->lk.start)
		hp = &(*hp)->next;
	h->next = *hp;
	*hp = h;
}

static void
held_drop(struct vlock_table *table, struct held **hp)
{
	struct held *h = *hp;

	*hp = h->next;
	uncount(table, h->lk.owner.quota, 1);
	free(h);
}

const struct held *
range_conflict(const struct held *held, const struct vlock *lk)
{
	const struct held *h;

	for (h = held; h != NULL && h->lk.start <= lk->end; h = h->next)
		if (conflicts(&h->lk, lk))
			return h;
	return NULL;
}

/* How many locks more there will be with lk in place; perhaps fewer. */
static int
growth(const struct held *held, const struct vlock *lk,
    const struct vfile *file, bool *splits)
{
	int n = lk->type == VLOCK_UNLOCK ? 0 : 1;
	const struct held *h;

	*splits = false;
	for (h = held; h != NULL; h = h->next) {
		switch (fate_of(h, lk, file)) {
		case JOINS:
		case GOES:
			n--;
			break;
		case SPLITS:
			n++;
			*splits = true;
			break;
		default:
			break;
		}
	}
	return n;
}

static int
allocate(struct range_plan *plan, const struct vlock *lk,
    const struct vfile *file, bool splits)
{
	if (lk->type != VLOCK_UNLOCK &&
	    (plan->fresh = held_new(lk, file)) == NULL)
		return -ENOMEM;
	if (splits && (plan->spare = held_new(lk, file)) == NULL) {
		free(plan->fresh);
		return -ENOMEM;
	}
	return 0;
}

int
range_prepare(const struct held *held, struct vlock_table *table,
    const struct vlock *lk, const struct vfile *file, struct range_plan *plan)
{
	struct vlock_quota *quota = lk->owner.quota;
	bool splits;
	int rc, n = growth(held, lk, file, &splits);

	*plan = (struct range_plan){ .reserved = n > 0 ? (size_t)n : 0 };
	if (n > 0 && is_beyond(table, quota, plan->reserved))
		return -ENOLCK;
	if ((rc = allocate(plan, lk, file, splits)) == 0)
		count(table, quota, plan->reserved);
	return rc;
}

void
range_abort(struct vlock_table *table, const struct vlock *lk,
    const struct range_plan *plan)
{
	uncount(table, lk->owner.quota, plan->reserved);
	free(plan->fresh);
	free(plan->spare);
}

static void
widen(struct vlock *lk, const struct vlock *by)
{
	if (lk->start > by->start)
		lk->start = by->start;
	if (lk->end < by->end)
		lk->end = by->end;
}

/* Cut h off before lk; what it has behind lk is spare's now. */
static void
split(struct held *h, const struct vlock *lk, struct held *spare)
{
	spare->lk.type = h->lk.type;
	spare->lk.start = lk->end + 1;
	spare->lk.end = h->lk.end;
	spare->file = h->file;
	h->lk.end = lk->start - 1;
}

/*
 * Clear the way for lk: take its range out of what its owner holds, and make
 * what joins it part of fresh.  At most one lock reaches beyond the end of lk;
 * returned is what remains of it there, out of the list, for it may have to
 * move.
 */
static struct held *
clear_range(struct vlock_table *table, struct held **list,
    const struct vlock *lk, const struct vfile *file, struct held *fresh,
    struct held *spare)
{
	struct held **hp = list, *h, *rest = NULL;

	while ((h = *hp) != NULL) {
		switch (fate_of(h, lk, file)) {
		case JOINS:
			assert(fresh != NULL); /* an unlock joins nothing */
			widen(&fresh->lk, &h->lk);
			held_drop(table, hp);
			continue;
		case GOES:
			held_drop(table, hp);
			continue;
		case LOSES_START:
			*hp = h->next;
			h->lk.start = lk->end + 1;
			rest = h;
			continue;
		case SPLITS:
			assert(spare != NULL);
			split(h, lk, spare);
			count(table, lk->owner.quota, 1);
			rest = spare;
			break;
		case LOSES_END:
			h->lk.end = lk->start - 1;
			break;
		case STAYS:
			break;
		}
		hp = &h->next;
	}
	return rest;
}

void
range_commit(struct held **list, struct vlock_table *table,
    const struct vlock *lk, const struct vfile *file,
    const struct range_plan *plan)
{
	struct held *fresh = plan->fresh, *rest;

	uncount(table, lk->owner.quota, plan->reserved);
	rest = clear_range(table, list, lk, file, fresh, plan->spare);
	if (rest != NULL)
		held_insert(list, rest);
	if (fresh != NULL) {
		held_insert(list, fresh);
		count(table, lk->owner.quota, 1);
	}
}

void
range_drop(
    struct held **list, struct vlock_table *table, const struct vfile *file)
{
	struct held **hp = list;

	while (*hp != NULL) {
		if (file == NULL || (*hp)->file == file)
			held_drop(table, hp);
		else
			hp = &(*hp)->next;
	}
}
