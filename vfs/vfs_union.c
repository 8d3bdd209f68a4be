/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_union.c -- what all owners of locks on a file hold together.
 *
 * Each function goes through the list once.  It is in the order of starts, so
 * that of what was passed one has to know only how far it reaches.
 */

#include "vfs_union.h"

/* A byte that somebody reads nobody writes, so one type is all to look for. */
bool
union_covers(const struct held *held, const struct vlock *lk)
{
	uint64_t next = lk->start; /* the first byte that is not covered yet */
	const struct held *h;

	for (h = held; h != NULL && h->lk.start <= next; h = h->next) {
		if (h->lk.type != lk->type || h->lk.end < next)
			continue;
		if (h->lk.end >= lk->end)
			return true;
		next = h->lk.end + 1;
	}
	return false;
}

/* Does all of h go?  Then *gone is its range; else the part that goes. */
static bool
goes(const struct held *h, const struct leaving *leaving, struct vlock *gone)
{
	const struct vlock *lk = leaving->lk;

	*gone = h->lk;
	if (lk == NULL)
		return h->file == leaving->file;
	if (!range_same_owner(&h->lk, lk) || !range_overlaps(&h->lk, lk))
		return false;
	if (gone->start < lk->start)
		gone->start = lk->start;
	if (gone->end > lk->end)
		gone->end = lk->end;
	return true;
}

static bool
all_goes(const struct held *held, const struct leaving *leaving)
{
	const struct held *h;
	struct vlock gone;

	for (h = held; h != NULL; h = h->next)
		if (!goes(h, leaving, &gone) || gone.start != h->lk.start ||
		    gone.end != h->lk.end)
			return false;
	return true;
}

/*
 * The range that goes and was met last, as far as it is not known to stay, and
 * how far reaches what stays of what was met.
 */
struct sweep {
	union_tell *tell;
	void *ctx;
	bool open; /* there is such a range */
	uint64_t start, end;
	bool stays;
	uint64_t stays_to;
};

static int
tell_until(struct sweep *s, uint64_t end)
{
	return s->tell(s->ctx, s->start, end);
}

/* lk stays: what comes before it in the open range is free. */
static int
met_staying(struct sweep *s, const struct vlock *lk)
{
	int rc = 0;

	if (!s->stays || s->stays_to < lk->end)
		s->stays_to = lk->end;
	s->stays = true;
	if (!s->open)
		return 0;
	if (s->start < lk->start)
		rc =
		    tell_until(s, lk->start <= s->end ? lk->start - 1 : s->end);
	if (s->stays_to >= s->end)
		s->open = false;
	else if (s->start <= s->stays_to)
		s->start = s->stays_to + 1;
	return rc;
}

/* gone goes, but where something stays; it may lengthen the open range. */
static int
met_leaving(struct sweep *s, const struct vlock *gone)
{
	uint64_t start = gone->start;
	int rc = 0;

	if (s->stays && s->stays_to >= gone->end)
		return 0;
	if (s->stays && s->stays_to >= start)
		start = s->stays_to + 1;
	if (s->open && (start <= s->end || start - s->end == 1)) {
		if (s->end < gone->end)
			s->end = gone->end;
		return 0;
	}
	if (s->open)
		rc = tell_until(s, s->end);
	s->open = true;
	s->start = start;
	s->end = gone->end;
	return rc;
}

int
union_freed(const struct held *held, const struct leaving *leaving,
    union_tell *tell, void *ctx)
{
	struct sweep s = { .tell = tell, .ctx = ctx };
	const struct held *h;
	struct vlock gone;
	int rc = 0;

	if (held == NULL)
		return 0;
	if (all_goes(held, leaving))
		return tell(ctx, 0, UINT64_MAX);
	for (h = held; h != NULL && rc == 0; h = h->next)
		rc = goes(h, leaving, &gone) ? met_leaving(&s, &gone)
					     : met_staying(&s, &h->lk);
	if (rc == 0 && s.open)
		rc = tell_until(&s, s.end);
	return rc;
}
