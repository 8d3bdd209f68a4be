/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_lock.c -- byte-range locks: whose they are, how they split and
 * merge, who waits and who is told.
 *
 * Owners are the processes of a client; two connections are two clients, even
 * if they call themselves the same.
 */

#include "wire.h"

#define RD P9_LOCK_RDLCK
#define WR P9_LOCK_WRLCK
#define UN P9_LOCK_UNLCK

#define RANGE(start, length) ((struct t9_range){ start, length })

/* Fids 2 and 3 open on one file. */
static void
setup_file(struct wire *w)
{
	t9_put(w->c, HOME, "file", "0123456789");
	t9_open(w->c, HOME, 2, "file", P9_O_RDWR);
	t9_open(w->c, HOME, 3, "file", P9_O_RDWR);
}

static void
granted(struct t9 *c, uint32_t fid, uint8_t type, uint32_t proc,
    struct t9_range range)
{
	assert_int_equal(t9_lock(c, fid, type, proc, range), P9_LOCK_SUCCESS);
}

static void
blocked(struct t9 *c, uint32_t fid, uint8_t type, uint32_t proc,
    struct t9_range range)
{
	assert_int_equal(t9_lock(c, fid, type, proc, range), P9_LOCK_BLOCKED);
}

static void
a_write_lock_excludes_others(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, T9_ALL);
	blocked(w->c, 3, WR, 2, T9_ALL);
	blocked(w->c, 3, RD, 2, RANGE(5, 1));
	granted(w->c, 2, UN, 1, T9_ALL);
	granted(w->c, 3, WR, 2, T9_ALL);
	blocked(w->c, 2, RD, 1, T9_ALL);
}

static void
read_locks_are_shared(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, RD, 1, T9_ALL);
	granted(w->c, 3, RD, 2, T9_ALL);
	blocked(w->c, 2, WR, 1, T9_ALL);
	granted(w->c, 3, UN, 2, T9_ALL);
	granted(w->c, 2, WR, 1, T9_ALL); /* upgraded */
	blocked(w->c, 3, RD, 2, T9_ALL);
	granted(w->c, 2, RD, 1, T9_ALL); /* and down again */
	granted(w->c, 3, RD, 2, T9_ALL);
}

static void
ranges_that_do_not_meet_do_not_conflict(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, RANGE(0, 10));
	granted(w->c, 3, WR, 2, RANGE(10, 10));
	blocked(w->c, 3, WR, 2, RANGE(9, 1));
	blocked(w->c, 2, WR, 1, RANGE(10, 1));
	granted(w->c, 3, WR, 2, RANGE(20, 0)); /* however long it grows */
	blocked(w->c, 2, RD, 1, RANGE(1ULL << 62, 1));
	granted(w->c, 2, RD, 1, RANGE(0, 10));
	granted(w->c, 3, UN, 2, RANGE(100, 0));
	granted(w->c, 2, RD, 1, RANGE(1ULL << 62, 1));
	blocked(w->c, 2, RD, 1, RANGE(99, 1));
	granted(w->c, 2, RD, 1, RANGE(100, 1));
}

static void
an_unlock_in_the_middle_splits(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, RANGE(0, 100));
	granted(w->c, 2, UN, 1, RANGE(40, 20));
	granted(w->c, 3, WR, 2, RANGE(40, 20));
	blocked(w->c, 3, WR, 2, RANGE(39, 1));
	blocked(w->c, 3, WR, 2, RANGE(60, 1));
	granted(w->c, 3, UN, 2, T9_ALL);
	granted(w->c, 2, RD, 1, RANGE(10, 10)); /* a part is downgraded */
	granted(w->c, 3, RD, 2, RANGE(10, 10));
	blocked(w->c, 3, RD, 2, RANGE(9, 2));
	blocked(w->c, 3, RD, 2, RANGE(19, 2));
}

static void
locks_of_one_owner_merge(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, RANGE(0, 10));
	granted(w->c, 2, WR, 1, RANGE(20, 10));
	granted(w->c, 2, WR, 1, RANGE(5, 20));
	t9_ok(w->c, Tgetlock, .fid = 3, .type = WR, .start = 0, .length = 100,
	    .proc_id = 2, .client_id = t9_str("test"));
	assert_int_equal(w->c->in.u.Rgetlock.type, WR);
	assert_int_equal(w->c->in.u.Rgetlock.start, 0);
	assert_int_equal(w->c->in.u.Rgetlock.length, 30);
	granted(w->c, 2, UN, 1, RANGE(0, 30));
	granted(w->c, 3, WR, 2, T9_ALL);
}

static void
unlocking_what_is_not_locked_succeeds(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, UN, 1, T9_ALL);
	granted(w->c, 3, WR, 2, T9_ALL);
	granted(w->c, 2, UN, 1, T9_ALL); /* and takes nothing from others */
	blocked(w->c, 2, WR, 1, T9_ALL);
}

/* The kernel sends UNLCK with BLOCK set for flock(2). */
static void
an_unlock_may_say_block(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, T9_ALL);
	t9_ok(w->c, Tlock, .fid = 2, .type = UN, .flags = P9_LOCK_FLAG_BLOCK,
	    .proc_id = 1, .client_id = t9_str("test"));
	assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
	granted(w->c, 3, WR, 2, T9_ALL);
}

/* A child that exits unlocks everything, under its own number. */
static void
an_owner_is_a_process_not_a_fid(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, T9_ALL);
	granted(w->c, 2, UN, 2, T9_ALL);
	blocked(w->c, 3, WR, 2, T9_ALL);
	blocked(w->c, 2, WR, 2, T9_ALL);
	granted(w->c, 3, WR, 1, T9_ALL); /* its own, through another fid */
	granted(w->c, 3, UN, 1, T9_ALL);
	granted(w->c, 2, WR, 2, T9_ALL);
}

static void
clients_of_one_name_are_two(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	setup_file(w);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	granted(w->c, 2, WR, 1, T9_ALL);
	blocked(other, 2, WR, 1, T9_ALL);
	granted(other, 2, UN, 1, T9_ALL);
	blocked(other, 2, RD, 1, T9_ALL);
	assert_true(t9_locked(other, 2, 1, T9_ALL));
	granted(w->c, 2, UN, 1, T9_ALL);
	granted(other, 2, WR, 1, T9_ALL);
	t9_free(other);
}

static void
a_clunk_drops_the_locks_taken_through_it(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_open(w->c, HOME, 4, "file", P9_O_RDWR);
	granted(w->c, 2, WR, 1, RANGE(0, 10));
	granted(w->c, 4, WR, 1, RANGE(10, 10));
	t9_clunk(w->c, 2);
	granted(w->c, 3, WR, 2, RANGE(0, 10));
	blocked(w->c, 3, WR, 2, RANGE(10, 10));
	t9_ok(w->c, Tremove, .fid = 4);
	granted(w->c, 3, WR, 2, RANGE(10, 10));
}

static void
a_session_that_ends_drops_its_locks(void **state)
{
	struct wire *w = *state;
	struct wire_patience p = wire_patience();
	struct t9 *other = wire_session_as(w, geteuid());

	setup_file(w);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	granted(other, 2, WR, 1, T9_ALL);
	blocked(w->c, 2, WR, 1, T9_ALL);
	t9_free(other);
	while (t9_lock(w->c, 2, WR, 1, T9_ALL) != P9_LOCK_SUCCESS)
		wire_wait(&p, "the lock of a dead client");
}

static void
getlock_tells_what_is_in_the_way(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetlock r;

	setup_file(w);
	t9_ok(w->c, Tlock, .fid = 2, .type = RD, .start = 5, .length = 7,
	    .proc_id = 77, .client_id = t9_str("holder"));
	t9_ok(w->c, Tgetlock, .fid = 3, .type = WR, .start = 0, .length = 0,
	    .proc_id = 2, .client_id = t9_str("asker"));
	r = w->c->in.u.Rgetlock;
	assert_int_equal(r.type, RD);
	assert_int_equal(r.start, 5);
	assert_int_equal(r.length, 7);
	assert_int_equal(r.proc_id, 77);
	assert_true(t9_str_is(r.client_id, "holder"));

	/* Free: the question comes back. */
	t9_ok(w->c, Tgetlock, .fid = 3, .type = RD, .start = 1, .length = 20,
	    .proc_id = 2, .client_id = t9_str("asker"));
	r = w->c->in.u.Rgetlock;
	assert_int_equal(r.type, UN);
	assert_int_equal(r.start, 1);
	assert_int_equal(r.length, 20);
	assert_int_equal(r.proc_id, 2);
	assert_true(t9_str_is(r.client_id, "asker"));

	/* Its own lock is in nobody's way. */
	t9_ok(w->c, Tgetlock, .fid = 2, .type = WR, .start = 0, .length = 0,
	    .proc_id = 77, .client_id = t9_str("holder"));
	assert_int_equal(w->c->in.u.Rgetlock.type, UN);
}

/* Linux always asks with type 2; a write lock is meant. */
static void
getlock_of_linux_asks_for_a_write_lock(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, RD, 1, RANGE(0, 5));
	t9_ok(w->c, Tgetlock, .fid = 3, .type = UN, .proc_id = 2,
	    .client_id = t9_str("test"));
	assert_int_equal(w->c->in.u.Rgetlock.type, RD);
	granted(w->c, 2, UN, 1, T9_ALL);
	t9_ok(w->c, Tgetlock, .fid = 3, .type = UN, .start = 3, .length = 4,
	    .proc_id = 2, .client_id = t9_str("test"));
	assert_int_equal(w->c->in.u.Rgetlock.type, UN);
	assert_int_equal(w->c->in.u.Rgetlock.start, 3);
	assert_int_equal(w->c->in.u.Rgetlock.length, 4);
	assert_int_equal(w->c->in.u.Rgetlock.proc_id, 2);
}

static void
a_lock_to_the_end_is_told_as_such(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	granted(w->c, 2, WR, 1, RANGE(100, 0));
	t9_ok(w->c, Tgetlock, .fid = 3, .type = WR, .proc_id = 2,
	    .client_id = t9_str("test"));
	assert_int_equal(w->c->in.u.Rgetlock.start, 100);
	assert_int_equal(w->c->in.u.Rgetlock.length, 0);
}

static void
client_names_are_up_to_255_bytes(void **state)
{
	struct wire *w = *state;
	char name[256];

	setup_file(w);
	memset(name, 'h', 255);
	name[255] = '\0';
	t9_ok(w->c, Tlock, .fid = 2, .type = WR, .proc_id = 1,
	    .client_id = t9_str(name));
	assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
	t9_ok(w->c, Tgetlock, .fid = 3, .type = WR, .proc_id = 1,
	    .client_id = t9_str("(none)"));
	assert_int_equal(w->c->in.u.Rgetlock.type, WR);
	assert_true(t9_str_is(w->c->in.u.Rgetlock.client_id, name));
}

static void
a_waiting_lock_is_granted_on_release(void **state)
{
	struct wire *w = *state;
	int i;

	setup_file(w);
	granted(w->c, 2, WR, 1, T9_ALL);
	t9_lock_wait(w->c, 3, 2);
	/* Others are served meanwhile. */
	t9_getattr(w->c, 2);
	/* Its answer comes on the heels of the release, or before. */
	t9_send(w->c,
	    T9_MSG(Tlock, .fid = 2, .type = UN, .proc_id = 1,
		.client_id = t9_str("test")));
	for (i = 0; i < 2; i++) {
		assert_true(t9_recv(w->c));
		assert_int_equal(w->c->in.type, P9_Rlock);
		assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
	}
	blocked(w->c, 2, RD, 1, T9_ALL);
}

static void
a_waiting_lock_is_granted_across_connections(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());
	uint16_t tag;
	int i;

	setup_file(w);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	for (i = 0; i < 20; i++) {
		granted(w->c, 2, WR, 1, T9_ALL);
		tag = t9_lock_wait(other, 2, 1);
		if (i % 2 == 0)
			blocked(w->c, 3, WR, 2, T9_ALL);
		granted(w->c, 2, UN, 1, T9_ALL);
		t9_recv_tag(other, tag);
		assert_int_equal(other->in.u.Rlock.status, P9_LOCK_SUCCESS);
		granted(other, 2, UN, 1, T9_ALL);
	}
	t9_free(other);
}

static void
a_waiting_lock_is_granted_when_the_holder_dies(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());
	uint16_t tag;

	setup_file(w);
	t9_open(other, HOME, 2, "file", P9_O_RDWR);
	granted(other, 2, WR, 1, T9_ALL);
	tag = t9_lock_wait(w->c, 2, 1);
	t9_reset(other);
	t9_recv_tag(w->c, tag);
	assert_int_equal(w->c->in.u.Rlock.status, P9_LOCK_SUCCESS);
}

static void
a_file_without_a_name_can_be_locked(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_unlink(w->c, HOME, "file");
	granted(w->c, 2, WR, 1, T9_ALL);
	blocked(w->c, 3, WR, 2, T9_ALL);
	t9_clunk(w->c, 2);
	granted(w->c, 3, WR, 2, T9_ALL);
}

static void
names_of_one_file_share_its_locks(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_ok(w->c, Tlink, .dfid = HOME, .fid = 2, .name = t9_str("hard"));
	t9_open(w->c, HOME, 4, "hard", P9_O_RDWR);
	granted(w->c, 2, WR, 1, T9_ALL);
	blocked(w->c, 4, WR, 2, T9_ALL);
}

static void
many_small_locks_are_kept_apart(void **state)
{
	struct wire *w = *state;
	uint64_t i;

	setup_file(w);
	for (i = 0; i < 200; i++)
		granted(w->c, 2, WR, 1, RANGE(2 * i, 1));
	for (i = 0; i < 200; i++) {
		granted(w->c, 3, WR, 2, RANGE(2 * i + 1, 1));
		blocked(w->c, 3, WR, 2, RANGE(2 * i, 1));
	}
	granted(w->c, 2, UN, 1, T9_ALL);
	granted(w->c, 3, WR, 2, T9_ALL);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_write_lock_excludes_others),
		wire_test(read_locks_are_shared),
		wire_test(ranges_that_do_not_meet_do_not_conflict),
		wire_test(an_unlock_in_the_middle_splits),
		wire_test(locks_of_one_owner_merge),
		wire_test(unlocking_what_is_not_locked_succeeds),
		wire_test(an_unlock_may_say_block),
		wire_test(an_owner_is_a_process_not_a_fid),
		wire_test(clients_of_one_name_are_two),
		wire_test(a_clunk_drops_the_locks_taken_through_it),
		wire_test(a_session_that_ends_drops_its_locks),
		wire_test(getlock_tells_what_is_in_the_way),
		wire_test(getlock_of_linux_asks_for_a_write_lock),
		wire_test(a_lock_to_the_end_is_told_as_such),
		wire_test(client_names_are_up_to_255_bytes),
		wire_test(a_waiting_lock_is_granted_on_release),
		wire_test(a_waiting_lock_is_granted_across_connections),
		wire_test(a_waiting_lock_is_granted_when_the_holder_dies),
		wire_test(a_file_without_a_name_can_be_locked),
		wire_test(names_of_one_file_share_its_locks),
		wire_test(many_small_locks_are_kept_apart),
	};

	return wire_main(
	    "locks", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
