/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_lock.c -- byte-range locks: ranges, owners, limits, and waiting.
 *
 * One vnode of a file system that does nothing, and three open files of it.
 * What a vnode holds is seen through vfs_getlock() and the table's count.
 */

#include <stdatomic.h>
#include <stdio.h>

#include "fixture.h"
#include "vfs_internal.h"

#define END UINT64_MAX
#define LONG_MS (3600 * 1000) /* no test waits for it */

struct world {
	struct fixture *fx;
	struct vfs_fs fs;
	struct vnode vn;
	struct vfile files[3];
	struct vlock_table *table;
};

/* Owners: they differ in one thing each from the first. */
static const struct vlock_owner alice = { 1, 10, { "earth", 5 }, NULL };
static const struct vlock_owner bob = { 2, 10, { "earth", 5 }, NULL };
static const struct vlock_owner carol = { 1, 11, { "earth", 5 }, NULL };
static const struct vlock_owner dave = { 1, 10, { "mars", 4 }, NULL };

static void
null_reclaim(struct vnode *vn)
{
	(void)vn;
}

static int
null_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	(void)op;
	(void)vn;
	(void)dir;
	(void)name;
	(void)flags;
	(void)file;
	return 0;
}

static const struct vfs_ops null_ops = {
	.reclaim = null_reclaim,
	.open = null_open,
};

static int
setup(void **state)
{
	struct world *w = calloc(1, sizeof(*w));
	void *fx;
	size_t i;

	if (w == NULL || fixture_setup(&fx) != 0)
		return -1;
	w->fx = fx;
	w->table = &w->fx->vfs->locks;
	w->table->wait_ms = LONG_MS;
	w->fs.ops = &null_ops;
	w->fs.vfs = w->fx->vfs;
	vnode_init(&w->vn, &w->fs, S_IFREG, 1);
	for (i = 0; i < 3; i++)
		if (do_open(&w->fx->user, &w->vn, O_RDWR, &w->files[i]) != 0)
			return -1;
	*state = w;
	return 0;
}

/* A test leaks if a lock is left when all files are closed. */
static int
teardown(void **state)
{
	struct world *w = *state;
	void *fx = w->fx;
	size_t i;
	int leaked;

	for (i = 0; i < 3; i++)
		if (w->files[i].vn != NULL)
			do_close(&w->fx->user, &w->files[i]);
	leaked = w->table->count != 0 || w->vn.locks != NULL;
	vnode_put(&w->vn);
	free(w);
	return fixture_teardown(&fx) != 0 || leaked ? -1 : 0;
}

static struct vlock
lock_of(enum vlock_type type, uint64_t start, uint64_t end,
    struct vlock_owner owner)
{
	return (struct vlock){ type, start, end, owner };
}

/* Without waiting. */
static int
take_through(struct world *w, size_t file, struct vlock lk)
{
	struct wait op;

	wait_init(&op, &w->fx->user);
	return vfs_lock(&op.op, &w->files[file], &lk, false);
}

static int
take(struct world *w, struct vlock lk)
{
	return take_through(w, 0, lk);
}

static int
read_lock(
    struct world *w, uint64_t start, uint64_t end, struct vlock_owner owner)
{
	return take(w, lock_of(VLOCK_READ, start, end, owner));
}

static int
write_lock(
    struct world *w, uint64_t start, uint64_t end, struct vlock_owner owner)
{
	return take(w, lock_of(VLOCK_WRITE, start, end, owner));
}

static int
unlock(struct world *w, uint64_t start, uint64_t end, struct vlock_owner owner)
{
	return take(w, lock_of(VLOCK_UNLOCK, start, end, owner));
}

/* The lock in the way of a stranger who wants from start to end. */
static struct vlock
seen(struct world *w, enum vlock_type type, uint64_t start, uint64_t end)
{
	static char host[VLOCK_HOST_MAX];
	const struct vlock_owner stranger = { 99, 99, { "nowhere", 7 }, NULL };
	struct vlock lk = lock_of(type, start, end, stranger);

	assert_int_equal(vfs_getlock(&w->files[2], &lk, host), 0);
	return lk;
}

/* There is such a lock, and it is the first from its start on. */
static void
assert_held(struct world *w, enum vlock_type type, uint64_t start, uint64_t end)
{
	struct vlock lk = seen(w, VLOCK_WRITE, start, END);

	assert_int_equal(lk.type, type);
	assert_int_equal(lk.start, start);
	assert_int_equal(lk.end, end);
}

static void
assert_free(struct world *w, uint64_t start, uint64_t end)
{
	assert_int_equal(seen(w, VLOCK_WRITE, start, end).type, VLOCK_UNLOCK);
}

static void
readers_share(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 0, 9, bob), 0);
	assert_int_equal(read_lock(w, 5, END, carol), 0);
	assert_int_equal(w->table->count, 3);
}

static void
a_writer_shares_with_nobody(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_lock(w, 10, 19, alice), 0);
	assert_int_equal(read_lock(w, 10, 19, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 10, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 19, END, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 9, bob), 0);
	assert_int_equal(write_lock(w, 20, END, bob), 0);
}

static void
a_reader_keeps_writers_out(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 10, 19, alice), 0);
	assert_int_equal(write_lock(w, 0, END, bob), -EAGAIN);
}

static void
an_owner_is_client_pid_and_host(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(write_lock(w, 0, 9, bob), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 9, carol), -EAGAIN);
	assert_int_equal(write_lock(w, 0, 9, dave), -EAGAIN);
}

static void
a_host_may_have_no_name(void **state)
{
	const struct vlock_owner nameless = { 1, 10, { NULL, 0 }, NULL };
	struct world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, nameless), 0);
	assert_int_equal(write_lock(w, 5, 9, nameless), 0);
	assert_int_equal(write_lock(w, 5, 9, alice), -EAGAIN);
	assert_int_equal(seen(w, VLOCK_READ, 0, 9).owner.host.len, 0);
}

/* The names are gone when the request is. */
static void
a_lock_keeps_its_own_copy_of_the_host(void **state)
{
	struct world *w = *state;
	char name[] = "venus";
	struct vlock_owner owner = { 1, 10, { name, 5 }, NULL };
	struct vlock lk;

	assert_int_equal(write_lock(w, 0, 9, owner), 0);
	memset(name, 'x', 5);
	lk = seen(w, VLOCK_READ, 0, 9);
	assert_int_equal(lk.owner.host.len, 5);
	assert_memory_equal(lk.owner.host.s, "venus", 5);
	assert_int_equal(write_lock(w, 0, 9, owner), -EAGAIN);
	memcpy(name, "venus", 5);
	assert_int_equal(write_lock(w, 0, 9, owner), 0);
}

static void
a_lock_over_a_lock_of_another_type_replaces_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 10, 29, alice), 0);
	assert_int_equal(write_lock(w, 15, 19, alice), 0);
	assert_held(w, VLOCK_READ, 10, 14);
	assert_held(w, VLOCK_WRITE, 15, 19);
	assert_held(w, VLOCK_READ, 20, 29);
	assert_int_equal(w->table->count, 3);
	assert_int_equal(write_lock(w, 0, END, alice), 0);
	assert_held(w, VLOCK_WRITE, 0, END);
	assert_int_equal(w->table->count, 1);
}

static void
an_upgrade_needs_the_others_gone(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 5, 9, bob), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_held(w, VLOCK_READ, 0, 9);
	assert_int_equal(unlock(w, 5, 9, bob), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
}

static void
a_downgrade_lets_readers_in(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 0, 4, alice), 0);
	assert_int_equal(read_lock(w, 0, 4, bob), 0);
	assert_int_equal(read_lock(w, 0, 5, bob), -EAGAIN);
}

static void
neighbours_become_one_lock(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 20, 29, alice), 0);
	assert_int_equal(read_lock(w, 31, 39, alice), 0);
	assert_int_equal(w->table->count, 3);
	assert_int_equal(read_lock(w, 10, 19, alice), 0);
	assert_held(w, VLOCK_READ, 0, 29);
	assert_held(w, VLOCK_READ, 31, 39);
	assert_int_equal(w->table->count, 2);
}

static void
neighbours_at_the_ends_of_the_file_do_not_meet(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 0, 0, alice), 0);
	assert_int_equal(read_lock(w, END, END, alice), 0);
	assert_int_equal(w->table->count, 2);
	assert_int_equal(unlock(w, 0, 0, alice), 0);
	assert_int_equal(read_lock(w, 0, 0, alice), 0);
	assert_int_equal(w->table->count, 2);
	assert_int_equal(read_lock(w, 1, END - 1, alice), 0);
	assert_held(w, VLOCK_READ, 0, END);
	assert_int_equal(w->table->count, 1);
}

static void
locks_through_two_files_stay_two(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_READ, 10, 19, alice)), 0);
	assert_int_equal(w->table->count, 2);
}

static void
an_unlock_in_the_middle_leaves_both_ends(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_lock(w, 0, END, alice), 0);
	assert_int_equal(unlock(w, 10, 19, alice), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
	assert_free(w, 10, 19);
	assert_held(w, VLOCK_WRITE, 20, END);
}

static void
an_unlock_of_nothing_succeeds(void **state)
{
	struct world *w = *state;

	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(unlock(w, 10, END, alice), 0);
	assert_int_equal(unlock(w, 0, END, bob), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

static void
a_lock_belongs_to_the_file_not_to_who_opened_it(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_UNLOCK, 0, 4, alice)), 0);
	assert_free(w, 0, 4);
	assert_held(w, VLOCK_WRITE, 5, 9);
}

static void
closing_drops_what_was_taken_through_that_file(void **state)
{
	struct world *w = *state;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 5, 14, alice)), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_READ, 20, 29, bob)), 0);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_held(w, VLOCK_WRITE, 0, 4);
	assert_free(w, 5, END);
	assert_int_equal(w->table->count, 1);
}

static void
what_was_taken_again_through_another_file_stays(void **state)
{
	struct world *w = *state;

	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 0, 9, alice)), 0);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

/* flock(2) arrives as the same message, whatever the file was opened for. */
static void
how_the_file_was_opened_does_not_matter(void **state)
{
	struct world *w = *state;

	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	assert_int_equal(
	    do_open(&w->fx->user, &w->vn, O_RDONLY, &w->files[1]), 0);
	assert_int_equal(
	    take_through(w, 1, lock_of(VLOCK_WRITE, 0, 9, alice)), 0);
}

static void
a_range_that_ends_before_it_starts_is_refused(void **state)
{
	struct world *w = *state;
	struct vlock lk = lock_of(VLOCK_READ, 10, 9, alice);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(take(w, lk), -EINVAL);
	assert_int_equal(unlock(w, 10, 9, alice), -EINVAL);
	assert_int_equal(vfs_getlock(&w->files[0], &lk, host), -EINVAL);
	assert_int_equal(read_lock(w, 10, 10, alice), 0);
}

/* A longer one would not fit where vfs_getlock() puts it. */
static void
a_host_has_at_most_255_bytes(void **state)
{
	char name[VLOCK_HOST_MAX + 1];
	struct vlock_owner owner = { 1, 1, { name, 255 }, NULL };
	struct world *w = *state;
	struct vlock lk;

	memset(name, 'h', sizeof(name));
	assert_int_equal(read_lock(w, 0, 9, owner), 0);
	lk = seen(w, VLOCK_WRITE, 0, 9);
	assert_int_equal(lk.owner.host.len, 255);
	assert_memory_equal(lk.owner.host.s, name, 255);
	owner.host.len = 256;
	assert_int_equal(read_lock(w, 0, 9, owner), -EINVAL);
}

static void
getlock_tells_the_first_lock_in_the_way(void **state)
{
	struct world *w = *state;
	struct vlock lk;

	assert_int_equal(write_lock(w, 20, 29, bob), 0);
	assert_int_equal(read_lock(w, 10, 14, carol), 0);
	lk = seen(w, VLOCK_WRITE, 0, END);
	assert_int_equal(lk.type, VLOCK_READ);
	assert_int_equal(lk.start, 10);
	assert_int_equal(lk.end, 14);
	assert_int_equal(lk.owner.client, carol.client);
	assert_int_equal(lk.owner.pid, carol.pid);
	assert_memory_equal(lk.owner.host.s, "earth", 5);
	lk = seen(w, VLOCK_READ, 0, END);
	assert_int_equal(lk.start, 20);
	assert_int_equal(lk.owner.client, bob.client);
}

static void
getlock_does_not_see_the_askers_own(void **state)
{
	struct world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 99, alice);
	char host[VLOCK_HOST_MAX];

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(vfs_getlock(&w->files[1], &lk, host), 0);
	assert_int_equal(lk.type, VLOCK_UNLOCK);
	assert_int_equal(lk.start, 0);
	assert_int_equal(lk.end, 99);
	assert_ptr_equal(lk.owner.host.s, alice.host.s);
}

static void
getlock_of_an_unlock_asks_for_a_write_lock(void **state)
{
	struct world *w = *state;

	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(seen(w, VLOCK_READ, 0, 9).type, VLOCK_UNLOCK);
	assert_int_equal(seen(w, VLOCK_UNLOCK, 0, 9).type, VLOCK_READ);
}

static void
the_limit_is_kept(void **state)
{
	struct world *w = *state;

	w->table->limit = 2;
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 0, 9, bob), 0);
	assert_int_equal(read_lock(w, 0, 9, carol), -ENOLCK);
	assert_int_equal(read_lock(w, 10, 19, bob), 0); /* one with the old */
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(read_lock(w, 0, 9, carol), 0);
}

/* One client that takes all it may leaves the others what they may. */
static void
each_client_has_a_limit_of_its_own(void **state)
{
	struct vlock_quota of_alice = { 0, 1 }, of_bob = { 0, 1 };
	struct vlock_owner a = alice, b = bob;
	struct world *w = *state;

	a.quota = &of_alice;
	b.quota = &of_bob;
	assert_int_equal(read_lock(w, 0, 9, a), 0);
	assert_int_equal(read_lock(w, 20, 29, a), -ENOLCK);
	assert_int_equal(of_alice.held, 1);
	assert_int_equal(read_lock(w, 20, 29, b), 0);
	assert_int_equal(unlock(w, 5, 6, a), -ENOLCK); /* two of one */
	assert_int_equal(unlock(w, 0, END, a), 0);
	assert_int_equal(of_alice.held, 0);
	assert_int_equal(read_lock(w, 20, 29, a), 0);
	assert_int_equal(of_bob.held, 1);
	assert_int_equal(unlock(w, 0, END, a), 0);
	assert_int_equal(unlock(w, 0, END, b), 0);
}

static void
at_the_limit_nothing_is_split(void **state)
{
	struct world *w = *state;

	w->table->limit = 1;
	assert_int_equal(read_lock(w, 0, 29, alice), 0);
	assert_int_equal(unlock(w, 10, 19, alice), -ENOLCK);
	assert_int_equal(write_lock(w, 10, 19, alice), -ENOLCK);
	assert_int_equal(write_lock(w, 0, 9, alice), -ENOLCK);
	assert_held(w, VLOCK_READ, 0, 29);
	assert_int_equal(w->table->count, 1);
}

static void
at_the_limit_locks_can_be_changed_and_dropped(void **state)
{
	struct world *w = *state;

	w->table->limit = 1;
	assert_int_equal(read_lock(w, 0, 29, alice), 0);
	assert_int_equal(write_lock(w, 0, 29, alice), 0);
	assert_int_equal(read_lock(w, 0, 39, alice), 0);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(unlock(w, 30, 39, alice), 0);
	assert_held(w, VLOCK_READ, 10, 29);
	assert_int_equal(unlock(w, 0, END, alice), 0);
}

/* A limit of nothing at all must not leave the vnode changed. */
static void
a_first_lock_that_fails_leaves_nothing(void **state)
{
	struct world *w = *state;

	w->table->limit = 0;
	assert_int_equal(read_lock(w, 0, 9, alice), -ENOLCK);
	assert_null(w->vn.locks);
}

/* Somebody who forgot to close a file, and dropped the vnode. */
static void
locks_do_not_outlive_their_vnode(void **state)
{
	struct world *w = *state;
	struct vfile forgotten = { .vn = NULL };
	struct vlock lk = lock_of(VLOCK_READ, 0, 9, alice);
	struct vnode vn;
	struct wait op;

	vnode_init(&vn, &w->fs, S_IFREG, 2);
	forgotten.vn = &vn;
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &forgotten, &lk, false), 0);
	assert_int_equal(w->table->count, 1);
	vnode_put(&vn);
	assert_int_equal(w->table->count, 0);
}

/*
 * The model: an array that says for every byte of a small range and every
 * owner what is held there and through which file.  A lock is a run of equal
 * bytes; the limit is on their number.
 */

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
probe(struct world *w, const struct model *m, size_t owner, size_t first,
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
compare(struct world *w, struct model *m)
{
	size_t o, b;

	assert_int_equal(w->table->count, model_count(m));
	assert_int_equal(w->vn.locks == NULL, w->table->count == 0);
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
step(struct world *w, struct model *m)
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
run_model(struct world *w, uint64_t base)
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

/*
 * Waiting.
 */

/* A wait for lk through a file, which has to wait. */
static void
wait_through(struct world *w, size_t file, struct wait *op, struct vlock lk)
{
	wait_init(op, &w->fx->user);
	assert_int_equal(
	    vfs_lock(&op->op, &w->files[file], &lk, true), VFS_PENDING);
	assert_int_equal(op->calls, 0);
}

static void
wait_for(struct world *w, struct wait *op, enum vlock_type type, uint64_t start,
    uint64_t end, struct vlock_owner owner)
{
	wait_through(w, 1, op, lock_of(type, start, end, owner));
}

/* Let everything happen that can happen now. */
static void
settle(struct world *w)
{
	int i;

	for (i = 0; i < 3; i++)
		uv_run(&w->fx->uv, UV_RUN_NOWAIT);
}

static void
assert_ended(struct world *w, const struct wait *op, int rc)
{
	assert_int_equal(op->calls, 0); /* never inside another call */
	settle(w);
	assert_int_equal(op->calls, 1);
	assert_int_equal(op->rc, rc);
}

static void
assert_waiting(struct world *w, const struct wait *op)
{
	settle(w);
	assert_int_equal(op->calls, 0);
}

static void
a_wait_is_granted_when_the_lock_goes(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 5, 14, bob);
	assert_waiting(w, &op);
	assert_int_equal(w->table->count, 1);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_held(w, VLOCK_WRITE, 5, 14); /* already, not when it is told */
	assert_ended(w, &op, 0);
}

static void
a_lock_that_is_free_is_not_waited_for(void **state)
{
	struct world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct wait op;

	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, true), 0);
	lk.type = VLOCK_UNLOCK;
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, true), 0);
	settle(w);
	assert_int_equal(op.calls, 0);
}

static void
half_of_what_is_in_the_way_is_not_enough(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(read_lock(w, 10, 19, carol), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 19, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_waiting(w, &op);
	assert_int_equal(unlock(w, 10, 19, carol), 0);
	assert_ended(w, &op, 0);
}

static void
waits_are_granted_in_their_order(void **state)
{
	struct world *w = *state;
	struct wait first, second;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_WRITE, 0, 9, bob);
	wait_for(w, &second, VLOCK_WRITE, 0, 9, carol);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &first, 0);
	assert_waiting(w, &second);
	assert_int_equal(unlock(w, 0, 9, bob), 0);
	assert_ended(w, &second, 0);
}

static void
readers_are_granted_together(void **state)
{
	struct world *w = *state;
	struct wait first, writer, second;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_READ, 0, 9, bob);
	wait_for(w, &writer, VLOCK_WRITE, 0, 9, carol);
	wait_for(w, &second, VLOCK_READ, 0, 9, dave);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	settle(w);
	assert_int_equal(first.calls, 1);
	assert_int_equal(second.calls, 1);
	assert_waiting(w, &writer);
	assert_int_equal(unlock(w, 0, 9, bob), 0);
	assert_waiting(w, &writer);
	assert_int_equal(unlock(w, 0, 9, dave), 0);
	assert_ended(w, &writer, 0);
}

static void
a_younger_wait_need_not_stay_behind_an_older_one(void **state)
{
	struct world *w = *state;
	struct wait all, part;

	assert_int_equal(write_lock(w, 0, 29, alice), 0);
	wait_for(w, &all, VLOCK_WRITE, 0, 29, bob);
	wait_for(w, &part, VLOCK_WRITE, 0, 9, carol);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &part, 0);
	assert_waiting(w, &all);
	assert_int_equal(unlock(w, 10, 29, alice), 0);
	assert_int_equal(unlock(w, 0, 9, carol), 0);
	assert_ended(w, &all, 0);
}

static void
a_downgrade_grants_waiting_readers(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_READ, 0, 9, bob);
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	assert_ended(w, &op, 0);
}

/*
 * Bob writes 0 to 9 and waits to read 0 to 19: when that is granted, Carol can
 * read what Bob no longer writes, although she asked before him.
 */
static void
a_grant_that_gives_something_up_helps_older_waits(void **state)
{
	struct world *w = *state;
	struct wait older, younger;

	assert_int_equal(write_lock(w, 0, 9, bob), 0);
	assert_int_equal(write_lock(w, 10, 19, alice), 0);
	wait_for(w, &older, VLOCK_READ, 0, 9, carol);
	wait_for(w, &younger, VLOCK_READ, 0, 19, bob);
	assert_int_equal(unlock(w, 10, 19, alice), 0);
	settle(w);
	assert_int_equal(younger.calls, 1);
	assert_int_equal(older.calls, 1);
}

static void
closing_a_file_grants_what_waits_for_its_locks(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(do_close(&w->fx->user, &w->files[0]), 0);
	settle(w);
	assert_int_equal(op.calls, 1);
	assert_int_equal(op.rc, 0);
}

static void
closing_a_file_ends_the_waits_through_it(void **state)
{
	struct world *w = *state;
	struct wait through, beside;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_through(w, 1, &through, lock_of(VLOCK_WRITE, 0, 9, bob));
	wait_through(w, 2, &beside, lock_of(VLOCK_WRITE, 0, 9, carol));
	assert_int_equal(do_close(&w->fx->user, &w->files[1]), 0);
	vop_hurry(&through.op);
	settle(w);
	assert_int_equal(through.calls, 1);
	assert_int_equal(through.rc, -EBADF);
	assert_waiting(w, &beside);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
	assert_ended(w, &beside, 0);
}

static void
free_reclaim(struct vnode *vn)
{
	free(vn);
}

static const struct vfs_ops free_ops = {
	.reclaim = free_reclaim,
	.open = null_open,
};

/* Closed, and told of it only when the vnode is gone as well. */
static void
a_wait_ended_by_a_close_does_not_need_the_vnode(void **state)
{
	struct world *w = *state;
	struct vfs_fs fs = { .ops = &free_ops, .vfs = w->fx->vfs };
	struct vnode *vn = malloc(sizeof(*vn));
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct vfile holder, waiter;
	struct wait op;

	vnode_init(vn, &fs, S_IFREG, 2);
	assert_int_equal(do_open(&w->fx->user, vn, O_RDWR, &holder), 0);
	assert_int_equal(do_open(&w->fx->user, vn, O_RDWR, &waiter), 0);
	vnode_put(vn);
	wait_init(&op, &w->fx->user);
	assert_int_equal(vfs_lock(&op.op, &holder, &lk, true), 0);
	lk.owner = bob;
	assert_int_equal(vfs_lock(&op.op, &waiter, &lk, true), VFS_PENDING);
	assert_int_equal(do_close(&w->fx->user, &waiter), 0);
	assert_int_equal(do_close(&w->fx->user, &holder), 0);
	vop_hurry(&op.op);
	assert_ended(w, &op, -EBADF);
}

/* Both the lock and a wait for it came through the file that is closed. */
static void
closing_a_file_does_not_grant_its_own_waits(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_through(w, 0, &op, lock_of(VLOCK_WRITE, 0, 9, bob));
	assert_int_equal(do_close(&w->fx->user, &w->files[0]), 0);
	settle(w);
	assert_int_equal(op.rc, -EBADF);
	assert_free(w, 0, END);
}

static void
a_hurried_wait_is_canceled(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	vop_hurry(&op.op);
	vop_hurry(&op.op);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &op, -ECANCELED);
	assert_free(w, 0, END);
	vop_hurry(&op.op);
	settle(w);
	assert_int_equal(op.calls, 1);
}

static void
a_wait_in_the_middle_can_be_hurried(void **state)
{
	struct world *w = *state;
	struct wait ops[3];

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &ops[0], VLOCK_READ, 0, 9, bob);
	wait_for(w, &ops[1], VLOCK_READ, 0, 9, carol);
	wait_for(w, &ops[2], VLOCK_READ, 0, 9, dave);
	vop_hurry(&ops[1].op);
	assert_ended(w, &ops[1], -ECANCELED);
	vop_hurry(&ops[2].op);
	assert_ended(w, &ops[2], -ECANCELED);
	wait_for(w, &ops[2], VLOCK_READ, 0, 9, dave);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	settle(w);
	assert_int_equal(ops[0].rc, 0);
	assert_int_equal(ops[2].rc, 0);
	assert_int_equal(w->table->count, 2);
	assert_null(w->fx->loop.waiting);
	assert_ptr_equal(w->fx->loop.waiting_tail, &w->fx->loop.waiting);
}

static void
a_granted_wait_is_too_late_to_hurry(void **state)
{
	struct world *w = *state;
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	vop_hurry(&op.op);
	assert_ended(w, &op, 0);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

static void
an_operation_can_wait_again(void **state)
{
	struct world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, bob);
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	op.calls = 0;
	assert_int_equal(
	    vfs_lock(&op.op, &w->files[1], &lk, true), VFS_PENDING);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_ended(w, &op, 0);
}

static void
without_a_loop_nothing_waits(void **state)
{
	struct world *w = *state;
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, bob);
	struct who nobody = { NULL, NULL };
	struct wait op;

	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_init(&op, &nobody);
	assert_int_equal(vfs_lock(&op.op, &w->files[1], &lk, true), -EAGAIN);
}

static void
a_wait_counts_against_the_limit_when_it_is_granted(void **state)
{
	struct world *w = *state;
	struct wait op;

	w->table->limit = 1;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 4, bob);
	assert_int_equal(unlock(w, 0, 4, alice), 0);
	assert_ended(w, &op, -ENOLCK);
	assert_free(w, 0, 4);
}

static void
a_wait_ends_at_its_deadline(void **state)
{
	struct world *w = *state;
	uint64_t begun;
	struct wait op;

	assert_int_equal(VLOCK_WAIT_MS, 5000);
	w->table->wait_ms = 20;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	begun = uv_now(&w->fx->uv);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(await(&op, VFS_PENDING), -EAGAIN);
	assert_true(uv_now(&w->fx->uv) >= begun + 20);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_free(w, 0, END);
}

static void
all_waits_end_at_their_deadlines_in_order(void **state)
{
	struct world *w = *state;
	struct wait first, second;

	w->table->wait_ms = 20;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &first, VLOCK_WRITE, 0, 9, bob);
	uv_sleep(2);
	uv_update_time(&w->fx->uv);
	wait_for(w, &second, VLOCK_WRITE, 0, 9, carol);
	while (second.calls == 0) {
		turn(&w->fx->uv);
		assert_true(first.calls >= second.calls);
	}
	assert_int_equal(first.rc, -EAGAIN);
	assert_int_equal(second.rc, -EAGAIN);
}

/* The timer still runs for the first wait when the second begins. */
static void
the_deadline_of_one_wait_is_not_that_of_the_next(void **state)
{
	struct world *w = *state;
	uint64_t begun;
	struct wait op;

	w->table->wait_ms = 20;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	vop_hurry(&op.op);
	assert_ended(w, &op, -ECANCELED);
	uv_sleep(5);
	uv_update_time(&w->fx->uv);
	begun = uv_now(&w->fx->uv);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(await(&op, VFS_PENDING), -EAGAIN);
	assert_true(uv_now(&w->fx->uv) >= begun + 20);
}

static void
a_wait_that_was_granted_has_no_deadline(void **state)
{
	struct world *w = *state;
	struct wait op;

	w->table->wait_ms = 1;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	wait_for(w, &op, VLOCK_WRITE, 0, 9, bob);
	assert_int_equal(unlock(w, 0, 9, alice), 0);
	assert_int_equal(await(&op, VFS_PENDING), 0);
	while (uv_is_active((uv_handle_t *)&w->fx->loop.timer))
		turn(&w->fx->uv);
	assert_int_equal(op.calls, 1);
	assert_held(w, VLOCK_WRITE, 0, 9);
}

/*
 * Two loops in two threads, some clients on each, all after one lock.  Who has
 * it is alone with a number that nothing else guards, and keeps it until its
 * loop comes around.
 */

#define LOOPS 2
#define CLIENTS 3 /* of each loop */
#define ROUNDS 400

struct shared {
	struct vnode *vn;
	uint64_t granted; /* guarded by the lock, and nothing else */
	bool inside;
	uint32_t hurry_one_in;
};

struct client {
	struct shared *shared;
	struct side *side;
	struct vlock_owner owner;
	struct vfile file;
	struct vop op;
	uv_timer_t timer; /* gives the lock back */
	uint32_t rounds;
	uint64_t granted, canceled, late; /* of its rounds */
	bool failed;
};

struct side {
	uv_thread_t thread;
	uv_loop_t uv;
	struct vloop loop;
	struct client clients[CLIENTS];
	size_t busy; /* clients that are not done */
};

static void client_run(struct client *c);

static int
client_lock(struct client *c, enum vlock_type type)
{
	struct vlock lk = lock_of(type, 0, END, c->owner);

	return vfs_lock(&c->op, &c->file, &lk, true);
}

static void
client_release(uv_timer_t *timer)
{
	struct client *c = timer->data;

	c->failed |= !c->shared->inside;
	c->shared->inside = false;
	c->failed |= client_lock(c, VLOCK_UNLOCK) != 0;
	client_run(c);
}

/* A round has ended; true if the next may begin at once. */
static bool
client_ended(struct client *c, int rc)
{
	c->rounds--;
	switch (rc) {
	case 0:
		c->granted++;
		c->shared->granted++;
		c->failed |= c->shared->inside;
		c->shared->inside = true;
		uv_timer_start(&c->timer, client_release, 0, 0);
		return false;
	case -ECANCELED:
		c->canceled++;
		return true;
	case -EAGAIN:
		c->late++;
		return true;
	default:
		c->failed = true;
		return true;
	}
}

static void
client_done(struct vop *op, int rc)
{
	struct client *c = container_of_test(op, struct client, op);

	if (client_ended(c, rc))
		client_run(c);
}

static void
client_stop(struct client *c)
{
	uv_close((uv_handle_t *)&c->timer, NULL);
	if (--c->side->busy == 0)
		vloop_fini(&c->side->loop);
}

static void
client_run(struct client *c)
{
	uint32_t one_in = c->shared->hurry_one_in;
	int rc;

	while (c->rounds > 0) {
		rc = client_lock(c, VLOCK_WRITE);
		if (rc == VFS_PENDING) {
			if (one_in != 0 && c->rounds % one_in == 0)
				vop_hurry(&c->op);
			return;
		}
		if (!client_ended(c, rc))
			return;
	}
	client_stop(c);
}

static void
client_start(
    struct client *c, struct side *side, struct shared *shared, uint32_t pid)
{
	c->shared = shared;
	c->side = side;
	c->owner = (struct vlock_owner){ 1, pid, { "earth", 5 }, NULL };
	c->file.vn = shared->vn;
	c->rounds = ROUNDS;
	vop_init(&c->op, &side->loop, client_done);
	uv_timer_init(&side->uv, &c->timer);
	c->timer.data = c;
}

static void
side_run(void *arg)
{
	struct side *side = arg;
	size_t i;

	for (i = 0; i < CLIENTS; i++)
		client_run(&side->clients[i]);
	uv_run(&side->uv, UV_RUN_DEFAULT);
}

static void
sides_run(struct side *sides, struct shared *shared)
{
	size_t i, k;

	for (i = 0; i < LOOPS; i++) {
		assert_int_equal(uv_loop_init(&sides[i].uv), 0);
		assert_int_equal(vloop_init(&sides[i].loop, &sides[i].uv), 0);
		sides[i].busy = CLIENTS;
		for (k = 0; k < CLIENTS; k++)
			client_start(&sides[i].clients[k], &sides[i], shared,
			    (uint32_t)(i * CLIENTS + k));
	}
	for (i = 0; i < LOOPS; i++)
		assert_int_equal(
		    uv_thread_create(&sides[i].thread, side_run, &sides[i]), 0);
	for (i = 0; i < LOOPS; i++) {
		uv_thread_join(&sides[i].thread);
		assert_int_equal(uv_loop_close(&sides[i].uv), 0);
	}
}

/* All rounds ended, each once; what they ended in goes to sum. */
static void
sides_check(
    const struct side *sides, const struct shared *shared, struct client *sum)
{
	size_t i;

	memset(sum, 0, sizeof(*sum));
	for (i = 0; i < LOOPS * CLIENTS; i++) {
		const struct client *c =
		    &sides[i / CLIENTS].clients[i % CLIENTS];

		assert_false(c->failed);
		assert_int_equal(c->granted + c->canceled + c->late, ROUNDS);
		sum->granted += c->granted;
		sum->canceled += c->canceled;
		sum->late += c->late;
	}
	assert_int_equal(sum->granted, shared->granted);
	assert_false(shared->inside);
}

static void
run_loops(struct world *w, uint64_t wait_ms, uint32_t hurry_one_in,
    struct client *sum)
{
	struct shared shared = { .vn = &w->vn, .hurry_one_in = hurry_one_in };
	struct side *sides = calloc(LOOPS, sizeof(*sides));

	assert_non_null(sides);
	w->table->wait_ms = wait_ms;
	sides_run(sides, &shared);
	sides_check(sides, &shared, sum);
	assert_null(w->vn.locks);
	free(sides);
}

static void
a_lock_keeps_loops_apart(void **state)
{
	struct client sum;

	run_loops(*state, LONG_MS, 0, &sum);
	assert_int_equal(sum.granted, LOOPS * CLIENTS * ROUNDS);
}

static void
a_hurry_and_a_grant_from_another_loop_end_a_wait_once(void **state)
{
	struct client sum;

	run_loops(*state, LONG_MS, 2, &sum);
	assert_int_equal(sum.late, 0);
}

static void
a_deadline_and_a_grant_from_another_loop_end_a_wait_once(void **state)
{
	struct client sum;

	run_loops(*state, 0, 3, &sum);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(readers_share),
		TEST(a_writer_shares_with_nobody),
		TEST(a_reader_keeps_writers_out),
		TEST(an_owner_is_client_pid_and_host),
		TEST(a_host_may_have_no_name),
		TEST(a_lock_keeps_its_own_copy_of_the_host),
		TEST(a_lock_over_a_lock_of_another_type_replaces_it),
		TEST(an_upgrade_needs_the_others_gone),
		TEST(a_downgrade_lets_readers_in),
		TEST(neighbours_become_one_lock),
		TEST(neighbours_at_the_ends_of_the_file_do_not_meet),
		TEST(locks_through_two_files_stay_two),
		TEST(an_unlock_in_the_middle_leaves_both_ends),
		TEST(an_unlock_of_nothing_succeeds),
		TEST(a_lock_belongs_to_the_file_not_to_who_opened_it),
		TEST(closing_drops_what_was_taken_through_that_file),
		TEST(what_was_taken_again_through_another_file_stays),
		TEST(how_the_file_was_opened_does_not_matter),
		TEST(a_range_that_ends_before_it_starts_is_refused),
		TEST(a_host_has_at_most_255_bytes),
		TEST(getlock_tells_the_first_lock_in_the_way),
		TEST(getlock_does_not_see_the_askers_own),
		TEST(getlock_of_an_unlock_asks_for_a_write_lock),
		TEST(the_limit_is_kept),
		TEST(each_client_has_a_limit_of_its_own),
		TEST(at_the_limit_nothing_is_split),
		TEST(at_the_limit_locks_can_be_changed_and_dropped),
		TEST(a_first_lock_that_fails_leaves_nothing),
		TEST(locks_do_not_outlive_their_vnode),
		TEST(locks_do_what_an_array_of_bytes_does),
		TEST(locks_do_what_an_array_does_at_the_end_of_the_file),
		TEST(a_wait_is_granted_when_the_lock_goes),
		TEST(a_lock_that_is_free_is_not_waited_for),
		TEST(half_of_what_is_in_the_way_is_not_enough),
		TEST(waits_are_granted_in_their_order),
		TEST(readers_are_granted_together),
		TEST(a_younger_wait_need_not_stay_behind_an_older_one),
		TEST(a_downgrade_grants_waiting_readers),
		TEST(a_grant_that_gives_something_up_helps_older_waits),
		TEST(closing_a_file_grants_what_waits_for_its_locks),
		TEST(closing_a_file_ends_the_waits_through_it),
		TEST(a_wait_ended_by_a_close_does_not_need_the_vnode),
		TEST(closing_a_file_does_not_grant_its_own_waits),
		TEST(a_hurried_wait_is_canceled),
		TEST(a_wait_in_the_middle_can_be_hurried),
		TEST(a_granted_wait_is_too_late_to_hurry),
		TEST(an_operation_can_wait_again),
		TEST(without_a_loop_nothing_waits),
		TEST(a_wait_counts_against_the_limit_when_it_is_granted),
		TEST(a_wait_ends_at_its_deadline),
		TEST(all_waits_end_at_their_deadlines_in_order),
		TEST(the_deadline_of_one_wait_is_not_that_of_the_next),
		TEST(a_wait_that_was_granted_has_no_deadline),
		TEST(a_lock_keeps_loops_apart),
		TEST(a_hurry_and_a_grant_from_another_loop_end_a_wait_once),
		TEST(a_deadline_and_a_grant_from_another_loop_end_a_wait_once),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
