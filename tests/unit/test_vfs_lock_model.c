/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock_model.c -- byte-range locks against a model, at random.
 *
 * The model: an array that says for every byte of a small range and every
 * owner what is held there and through which file.  A lock is a run of equal
 * bytes; the limit is on their number.
 */

#include <stdio.h>

#include "lock_fixture.h"

#define BYTES 24
#define OWNERS 4
#define STEPS 3000
#define SEED 0x10c4ed5eu

struct byte {
	unsigned char held; /* a vlock_type; VLOCK_UNLOCK if not */
	unsigned char file;
};

struct model {
	uint64_t base; /* of the range */
	uint32_t seed;
	struct vlock_owner owners[OWNERS];
	struct byte bytes[OWNERS][BYTES];
};

static uint32_t
draw(struct model *m, uint32_t below)
{
	m->seed ^= m->seed << 13;
	m->seed ^= m->seed >> 17;
	m->seed ^= m->seed << 5;
	return m->seed % below;
}

static void
model_init(struct model *m, uint64_t base)
{
	size_t o, b;

	m->base = base;
	m->seed = SEED;
	m->owners[0] = alice;
	m->owners[1] = bob;
	m->owners[2] = carol;
	m->owners[3] = dave;
	for (o = 0; o < OWNERS; o++)
		for (b = 0; b < BYTES; b++)
			m->bytes[o][b] = (struct byte){ VLOCK_UNLOCK, 0 };
}

static bool
same_byte(struct byte a, struct byte b)
{
	return a.held == b.held && a.file == b.file;
}

static size_t
model_count(const struct model *m)
{
	size_t o, b, n = 0;

	for (o = 0; o < OWNERS; o++)
		for (b = 0; b < BYTES; b++)
			n += m->bytes[o][b].held != VLOCK_UNLOCK &&
			    (b == 0 ||
				!same_byte(m->bytes[o][b], m->bytes[o][b - 1]));
	return n;
}

/* Is what owner o holds at byte b in the way of another who wants type? */
static bool
model_bars(const struct model *m, size_t o, size_t b, enum vlock_type type)
{
	switch (m->bytes[o][b].held) {
	case VLOCK_WRITE:
		return true;
	case VLOCK_READ:
		return type == VLOCK_WRITE;
	default:
		return false;
	}
}

static bool
model_conflict(const struct model *m, size_t owner, size_t first, size_t last,
    enum vlock_type type)
{
	size_t o, b;

	for (o = 0; o < OWNERS; o++)
		for (b = first; o != owner && b <= last; b++)
			if (model_bars(m, o, b, type))
				return true;
	return false;
}

static int
model_lock(struct model *m, size_t owner, size_t first, size_t last,
    struct byte what, size_t limit)
{
	struct model old = *m;
	size_t b;

	if (what.held != VLOCK_UNLOCK &&
	    model_conflict(m, owner, first, last, what.held))
		return -EAGAIN;
	for (b = first; b <= last; b++)
		m->bytes[owner][b] = what;
	if (model_count(m) <= model_count(&old) || model_count(m) <= limit)
		return 0;
	*m = old;
	return -ENOLCK;
}

static void
model_close(struct model *m, unsigned char file)
{
	size_t o, b;

	for (o = 0; o < OWNERS; o++)
		for (b = 0; b < BYTES; b++)
			if (m->bytes[o][b].held != VLOCK_UNLOCK &&
			    m->bytes[o][b].file == file)
				m->bytes[o][b] =
				    (struct byte){ VLOCK_UNLOCK, 0 };
}

/*
 * lk, found for owner from first on, is a run of the model, and the first.  The
 * length of the host is enough to know these owners by.
 */
static void
check_found(const struct model *m, size_t owner, size_t first,
    enum vlock_type type, const struct vlock *lk)
{
	size_t o = 0, b = (size_t)(lk->start - m->base);
	size_t e = (size_t)(lk->end - m->base);

	while (lk->owner.client != m->owners[o].client ||
	    lk->owner.pid != m->owners[o].pid ||
	    lk->owner.host.len != m->owners[o].host.len)
		assert_in_range(++o, 0, OWNERS - 1);
	assert_int_not_equal(o, owner);
	assert_in_range(b, 0, BYTES - 1);
	assert_in_range(e, b, BYTES - 1);
	assert_true(model_bars(m, o, b, type));
	assert_int_equal(m->bytes[o][b].held, lk->type);
	assert_true(b == 0 || !same_byte(m->bytes[o][b], m->bytes[o][b - 1]));
	assert_true(
	    e == BYTES - 1 || !same_byte(m->bytes[o][e], m->bytes[o][e + 1]));
	for (; b < e; b++)
		assert_true(same_byte(m->bytes[o][b], m->bytes[o][e]));
	if (lk->start > m->base + first) /* nothing is before it */
		assert_false(model_conflict(
		    m, owner, first, (size_t)(lk->start - m->base) - 1, type));
}

static void
probe(struct lock_world *w, const struct model *m, size_t owner, size_t first,
    size_t last, enum vlock_type type)
{
	struct vlock lk =
	    lock_of(type, m->base + first, m->base + last, m->owners[owner]);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(vfs_getlock(&w->files[0], &lk, host), 0);
	if (!model_conflict(m, owner, first, last, type))
		assert_int_equal(lk.type, VLOCK_UNLOCK);
	else
		check_found(m, owner, first, type, &lk);
}

static void
compare(struct lock_world *w, struct model *m)
{
	size_t o, b;

	assert_int_equal(w->table->count, model_count(m));
	assert_int_equal(w->vn->locks == NULL, w->table->count == 0);
	for (o = 0; o < OWNERS; o++) {
		for (b = 0; b < BYTES; b++) {
			probe(w, m, o, b, b, VLOCK_READ);
			probe(w, m, o, b, b, VLOCK_WRITE);
		}
		b = draw(m, BYTES);
		probe(w, m, o, b, b + draw(m, BYTES - (uint32_t)b),
		    draw(m, 2) ? VLOCK_READ : VLOCK_WRITE);
	}
}

static void
step(struct lock_world *w, struct model *m)
{
	size_t owner = draw(m, OWNERS);
	size_t first = draw(m, BYTES);
	size_t last = first + draw(m, BYTES - (uint32_t)first);
	struct byte what = { (unsigned char)draw(m, 3), 0 };
	struct vlock lk = lock_of(
	    what.held, m->base + first, m->base + last, m->owners[owner]);
	size_t file = draw(m, 3);

	w->table->limit = draw(m, 8) == 0 ? model_count(m) : VLOCK_LIMIT;
	if (what.held != VLOCK_UNLOCK)
		what.file = (unsigned char)file;
	assert_int_equal(take_through(w, file, lk),
	    model_lock(m, owner, first, last, what, w->table->limit));
}

static void
run_model(struct lock_world *w, uint64_t base)
{
	struct model m;
	int i;

	model_init(&m, base);
	printf(
	    "locks from %llu on, seed %#x\n", (unsigned long long)base, SEED);
	for (i = 0; i < STEPS; i++) {
		step(w, &m);
		if (draw(&m, 64) == 0) {
			size_t file = draw(&m, 3);

			vlocks_release_file(&w->files[file]);
			model_close(&m, (unsigned char)file);
		}
		compare(w, &m);
	}
}

static void
locks_do_what_an_array_of_bytes_does(void **state)
{
	run_model(*state, 0);
}

static void
locks_do_what_an_array_does_at_the_end_of_the_file(void **state)
{
	run_model(*state, END - BYTES + 1);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, lock_setup, lock_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(locks_do_what_an_array_of_bytes_does),
		TEST(locks_do_what_an_array_does_at_the_end_of_the_file),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
