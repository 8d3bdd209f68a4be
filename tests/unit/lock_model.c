/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_model.c -- what byte-range locks are to do: an array.
 */

#include "lock_model.h"

uint32_t
lock_model_draw(struct lock_model *m, uint32_t below)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 17;
	m->seed ^= m->seed << 5;
	return m->seed % below;
}

void
lock_model_init(struct lock_model *m, uint64_t base, uint32_t seed)
{
	size_t o, b;

	m->base = base;
	m->seed = seed;
	m->changes = 0;
	m->owners[0] = alice;
	m->owners[1] = bob;
	m->owners[2] = carol;
	m->owners[3] = dave;
	for (o = 0; o < LOCK_OWNERS; o++)
		for (b = 0; b < LOCK_BYTES; b++)
			m->bytes[o][b] = (struct lock_byte){ VLOCK_UNLOCK, 0 };
	memset(m->theirs, VLOCK_UNLOCK, sizeof(m->theirs));
}

static bool
same_byte(struct lock_byte a, struct lock_byte b)
{
	return a.held == b.held && a.file == b.file;
}

static size_t
count(const struct lock_model *m)
{
	size_t o, b, n = 0;

	for (o = 0; o < LOCK_OWNERS; o++)
		for (b = 0; b < LOCK_BYTES; b++)
			n += m->bytes[o][b].held != VLOCK_UNLOCK &&
			    (b == 0 ||
				!same_byte(m->bytes[o][b], m->bytes[o][b - 1]));
	return n;
}

/* Is what is held at a byte in the way of another who wants type? */
static bool
bars(unsigned int held, unsigned int type)
{
	switch (held) {
	case VLOCK_WRITE:
		return type != VLOCK_UNLOCK;
	case VLOCK_READ:
		return type == VLOCK_WRITE;
	default:
		return false;
	}
}

static bool
conflict(const struct lock_model *m, size_t owner, size_t first, size_t last,
    unsigned char type)
{
	size_t o, b;

	for (o = 0; o < LOCK_OWNERS; o++)
		for (b = first; o != owner && b <= last; b++)
			if (bars(m->bytes[o][b].held, type))
				return true;
	return false;
}

static bool
host_conflict(
    const struct lock_model *m, size_t first, size_t last, unsigned char type)
{
	size_t b;

	for (b = first; b <= last; b++)
		if (bars(m->theirs[b], type))
			return true;
	return false;
}

enum vlock_type
lock_model_union(const struct lock_model *m, size_t b)
{
	enum vlock_type type = VLOCK_UNLOCK;
	size_t o;

	for (o = 0; o < LOCK_OWNERS; o++) {
		if (m->bytes[o][b].held == VLOCK_WRITE)
			return VLOCK_WRITE;
		if (m->bytes[o][b].held == VLOCK_READ)
			type = VLOCK_READ;
	}
	return type;
}

bool
lock_model_may(
    const struct lock_model *m, size_t first, size_t last, unsigned char type)
{
	size_t b;

	for (b = first; b <= last; b++)
		if (bars((unsigned char)lock_model_union(m, b), type))
			return false;
	return true;
}

/* How many ranges of the union have become free; all of it is one. */
static int
freed(const struct lock_model *m, const struct lock_model *old)
{
	bool was, before = false;
	int n = 0;
	size_t b;

	for (b = 0; b < LOCK_BYTES; b++) {
		was = lock_model_union(old, b) != VLOCK_UNLOCK &&
		    lock_model_union(m, b) == VLOCK_UNLOCK;
		n += was && !before;
		before = was;
	}
	return n > 1 && count(m) == 0 ? 1 : n;
}

static int
changed(const struct lock_model *m, const struct lock_model *old)
{
	size_t b;

	for (b = 0; b < LOCK_BYTES; b++)
		if (lock_model_union(m, b) != lock_model_union(old, b))
			return 1;
	return 0;
}

static int
lock(struct lock_model *m, size_t owner, size_t first, size_t last,
    struct lock_byte what, size_t limit)
{
	bool wants = what.held != VLOCK_UNLOCK;
	struct lock_model old = *m;
	int rc = 0;
	size_t b;

	m->changes = old.changes = 0;
	if (wants && conflict(m, owner, first, last, what.held))
		return -EAGAIN;
	for (b = first; b <= last; b++)
		m->bytes[owner][b] = what;
	if (count(m) > count(&old) && count(m) > limit) {
		rc = -ENOLCK;
	} else {
		m->changes = wants ? changed(m, &old) : freed(m, &old);
		if (wants && m->changes != 0 &&
		    host_conflict(m, first, last, what.held)) {
			rc = -EAGAIN;
			old.changes = 1; /* in vain */
		}
	}
	if (rc != 0)
		*m = old;
	return rc;
}

void
lock_model_reopen(struct lock_world *w, struct lock_model *m, size_t file)
{
	struct lock_model old = *m;
	size_t o, b;

	for (o = 0; o < LOCK_OWNERS; o++)
		for (b = 0; b < LOCK_BYTES; b++)
			if (m->bytes[o][b].file == file)
				m->bytes[o][b] =
				    (struct lock_byte){ VLOCK_UNLOCK, 0 };
	m->changes = freed(m, &old);
	reopen(w, file);
}

/*
 * lk, found for owner from first on, is a run of the model, and the first.  The
 * length of the host is enough to know these owners by.
 */
static void
check_found(const struct lock_model *m, size_t owner, size_t first,
    enum vlock_type type, const struct vlock *lk)
{
	size_t o = 0, b = (size_t)(lk->start - m->base);
	size_t e = (size_t)(lk->end - m->base);

	while (lk->owner.client != m->owners[o].client ||
	    lk->owner.pid != m->owners[o].pid ||
	    lk->owner.host.len != m->owners[o].host.len)
		assert_in_range(++o, 0, LOCK_OWNERS - 1);
	assert_int_not_equal(o, owner);
	assert_in_range(b, 0, LOCK_BYTES - 1);
	assert_in_range(e, b, LOCK_BYTES - 1);
	assert_true(bars(m->bytes[o][b].held, (unsigned char)type));
	assert_int_equal(m->bytes[o][b].held, lk->type);
	assert_true(b == 0 || !same_byte(m->bytes[o][b], m->bytes[o][b - 1]));
	assert_true(e == LOCK_BYTES - 1 ||
	    !same_byte(m->bytes[o][e], m->bytes[o][e + 1]));
	for (; b < e; b++)
		assert_true(same_byte(m->bytes[o][b], m->bytes[o][e]));
	if (lk->start > m->base + first) /* nothing is before it */
		assert_false(conflict(m, owner, first,
		    (size_t)(lk->start - m->base) - 1, (unsigned char)type));
}

static void
probe(struct lock_world *w, const struct lock_model *m, size_t owner,
    size_t first, size_t last, enum vlock_type type)
{
	struct vlock lk =
	    lock_of(type, m->base + first, m->base + last, m->owners[owner]);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(ask_through(w, 0, &lk, host), 0);
	if (conflict(m, owner, first, last, (unsigned char)type)) {
		check_found(m, owner, first, type, &lk);
	} else if (host_conflict(m, first, last, (unsigned char)type)) {
		assert_int_not_equal(lk.type, VLOCK_UNLOCK);
		assert_int_equal(lk.owner.client, 0);
	} else {
		assert_int_equal(lk.type, VLOCK_UNLOCK);
	}
}

void
lock_model_compare(struct lock_world *w, struct lock_model *m)
{
	size_t o, b;

	assert_int_equal(w->table->count, count(m));
	assert_int_equal(w->vn->locks == NULL, w->table->count == 0);
	for (o = 0; o < LOCK_OWNERS; o++) {
		for (b = 0; b < LOCK_BYTES; b++) {
			probe(w, m, o, b, b, VLOCK_READ);
			probe(w, m, o, b, b, VLOCK_WRITE);
		}
		b = lock_model_draw(m, LOCK_BYTES);
		probe(w, m, o, b,
		    b + lock_model_draw(m, LOCK_BYTES - (uint32_t)b),
		    lock_model_draw(m, 2) ? VLOCK_READ : VLOCK_WRITE);
	}
}

void
lock_model_step(struct lock_world *w, struct lock_model *m)
{
	size_t owner = lock_model_draw(m, LOCK_OWNERS);
	size_t first = lock_model_draw(m, LOCK_BYTES);
	size_t last = first + lock_model_draw(m, LOCK_BYTES - (uint32_t)first);
	struct lock_byte what = { (unsigned char)lock_model_draw(m, 3), 0 };
	struct vlock lk = lock_of((enum vlock_type)what.held, m->base + first,
	    m->base + last, m->owners[owner]);
	size_t file = lock_model_draw(m, 3);

	w->table->limit = lock_model_draw(m, 8) == 0 ? count(m) : VLOCK_LIMIT;
	if (what.held != VLOCK_UNLOCK)
		what.file = (unsigned char)file;
	assert_int_equal(take_through(w, file, lk),
	    lock(m, owner, first, last, what, w->table->limit));
}
