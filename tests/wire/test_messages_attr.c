/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_attr.c -- attributes, told and set, and the file system's.
 */

#include <time.h>

#include "wire.h"

static void
setattr_mode(struct t9 *c, uint32_t fid, uint32_t mode)
{
	t9_ok(c, Tsetattr, .fid = fid, .valid = P9_SETATTR_MODE, .mode = mode);
}

static void
setattr_size(struct t9 *c, uint32_t fid, uint64_t size)
{
	t9_ok(c, Tsetattr, .fid = fid, .valid = P9_SETATTR_SIZE, .size = size);
}

static uint32_t
mode_of(struct t9 *c, uint32_t fid)
{
	return t9_getattr(c, fid).mode;
}

static void
getattr_tells_everything_basic(void **state)
{
	static const uint64_t masks[] = { 0x7ff, 0x17ff, 0x3fff, 0x1, 0 };
	struct wire *w = *state;
	struct p9_Rgetattr a;
	uint64_t now = (uint64_t)time(NULL);
	size_t i;

	t9_put(w->c, HOME, "file", "0123456789");
	t9_walk(w->c, HOME, 2, "file");
	for (i = 0; i < WIRE_COUNT(masks); i++) {
		t9_ok(w->c, Tgetattr, .fid = 2, .request_mask = masks[i]);
		a = w->c->in.u.Rgetattr;
		assert_int_equal(a.valid & 0x7ff, 0x7ff);
		assert_int_equal(a.mode, P9_S_IFREG | 0644);
		assert_int_equal(a.uid, geteuid());
		assert_int_equal(a.gid, getegid());
		assert_int_equal(a.nlink, 1);
		assert_int_equal(a.rdev, 0);
		assert_int_equal(a.size, 10);
		assert_true(a.blksize >= 512);
		assert_true(a.blocks >= 1 && a.blocks <= 1024);
		assert_true(a.atime_nsec < 1000000000);
		assert_true(a.mtime_nsec < 1000000000);
		assert_true(a.ctime_nsec < 1000000000);
		/* by the clock, give or take a slow machine */
		assert_in_range(a.mtime_sec, now - 10, now + 3600);
		assert_in_range(a.ctime_sec, now - 10, now + 3600);
		assert_in_range(a.atime_sec, now - 10, now + 3600);
	}
}

static void
getattr_tells_of_directories(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a, b;

	t9_mkdir(w->c, HOME, "dir", 0751);
	a = t9_stat(w->c, HOME, "dir");
	assert_int_equal(a.mode, P9_S_IFDIR | 0751);
	assert_int_equal(a.qid.type, P9_QTDIR);
	assert_true(a.nlink >= 1);
	t9_walk(w->c, HOME, 2, "dir");
	t9_mkdir(w->c, 2, "sub", 0755);
	b = t9_stat(w->c, HOME, "dir");
	if (!w->host) { /* hosts may count in other ways */
		assert_int_equal(a.nlink, 2);
		assert_int_equal(b.nlink, 3);
	}
}

static void
attributes_are_the_same_through_every_fid(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a, b;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_walk(w->c, HOME, 3, "file");
	t9_write(w->c, 2, 0, "data", 4);
	a = t9_getattr(w->c, 2);
	b = t9_getattr(w->c, 3);
	assert_memory_equal(&a.qid.path, &b.qid.path, 8);
	assert_int_equal(a.qid.version, b.qid.version);
	assert_int_equal(a.size, b.size);
	assert_int_equal(a.mtime_sec, b.mtime_sec);
	assert_int_equal(a.mtime_nsec, b.mtime_nsec);
}

/* Never 0 for a regular file: Linux would not cache it. */
static void
a_version_follows_the_content(void **state)
{
	struct wire *w = *state;
	p9_qid a, b;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "data", 4);
	a = t9_getattr(w->c, 2).qid;
	assert_int_not_equal(a.version, 0);
	b = t9_getattr(w->c, 2).qid;
	assert_int_equal(a.version, b.version);
	b = t9_walk(w->c, HOME, 3, "file");
	assert_int_equal(a.version, b.version);

	/* A change that no clock can miss. */
	t9_ok(w->c, Tsetattr, .fid = 2,
	    .valid = P9_SETATTR_MTIME | P9_SETATTR_MTIME_SET,
	    .mtime_sec = 1000);
	t9_write(w->c, 2, 4, "more", 4);
	b = t9_getattr(w->c, 2).qid;
	assert_int_equal(a.path, b.path);
	assert_int_not_equal(a.version, b.version);
	assert_int_not_equal(b.version, 0);
}

static void
chmod_takes_permissions_and_leaves_the_type(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "");
	t9_walk(w->c, HOME, 2, "file");
	setattr_mode(w->c, 2, 0100600);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 0600);
	setattr_mode(w->c, 2, 0);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG);
	setattr_mode(w->c, 2, P9_S_IFDIR | 01777);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 01777);
	setattr_mode(w->c, 2, 06755);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 06755);

	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x41, .mode = 0100640);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 0640);

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 3, "dir");
	setattr_mode(w->c, 3, 03770);
	assert_int_equal(mode_of(w->c, 3), P9_S_IFDIR | 03770);
}

static void
chmod_through_an_open_fid(void **state)
{
	struct wire *w = *state;

	t9_create(w->c, HOME, 2, "file", P9_O_WRONLY, 0644);
	setattr_mode(w->c, 2, 0400);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 0400);
	assert_int_equal(t9_stat(w->c, HOME, "file").mode, P9_S_IFREG | 0400);
}

static void
chown_sets_what_it_is_told(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;

	t9_put(w->c, HOME, "file", "");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(
	    w->c, Tsetattr, .fid = 2, .valid = 0x46, .uid = 1234, .gid = 5678);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.uid, 1234);
	assert_int_equal(a.gid, 5678);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x44, .uid = UINT32_MAX,
	    .gid = 99);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.uid, 1234);
	assert_int_equal(a.gid, 99);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x42, .uid = 1,
	    .gid = UINT32_MAX);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.uid, 1);
	assert_int_equal(a.gid, 99);

	/* Of a link itself, not of what it names. */
	t9_ok(w->c, Tsymlink, .dfid = HOME, .name = t9_str("link"),
	    .symtgt = t9_str("file"));
	t9_walk(w->c, HOME, 3, "link");
	t9_ok(w->c, Tsetattr, .fid = 3, .valid = P9_SETATTR_UID, .uid = 7);
	assert_int_equal(t9_getattr(w->c, 3).uid, 7);
	assert_int_equal(t9_getattr(w->c, 2).uid, 1);
}

static void
chown_clears_suid_unless_the_mode_comes_along(void **state)
{
	struct wire *w = *state;

	t9_create(w->c, HOME, 2, "file", P9_O_WRONLY, 0755);
	setattr_mode(w->c, 2, 06755);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_UID, .uid = 1234);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 0755);
	t9_ok(w->c, Tsetattr, .fid = 2,
	    .valid = P9_SETATTR_UID | P9_SETATTR_MODE, .uid = 4321,
	    .mode = 04755);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 04755);
	assert_int_equal(t9_getattr(w->c, 2).uid, 4321);
}

static void
truncating_cuts_and_extends_with_zeros(void **state)
{
	struct wire *w = *state;
	char got[64];

	t9_put(w->c, HOME, "file", "0123456789");
	t9_walk(w->c, HOME, 2, "file");
	setattr_size(w->c, 2, 4);
	t9_has(w->c, HOME, "file", "0123");
	setattr_size(w->c, 2, 8);
	t9_open(w->c, HOME, 3, "file", P9_O_RDWR);
	assert_int_equal(t9_read(w->c, 3, 0, got, 64), 8);
	assert_memory_equal(got, "0123\0\0\0\0", 8);
	setattr_size(w->c, 3, 1); /* through the open fid, as ftruncate */
	t9_has(w->c, HOME, "file", "0");
	setattr_size(w->c, 2, 1ULL << 40);
	assert_int_equal(t9_getattr(w->c, 2).size, 1ULL << 40);
	assert_true(t9_getattr(w->c, 2).blocks < 2048);
	setattr_size(w->c, 2, 0);
	assert_int_equal(t9_getattr(w->c, 2).size, 0);
}

/* What truncation cuts off must not come back. */
static void
truncated_data_is_gone(void **state)
{
	struct wire *w = *state;
	uint8_t got[10000], zeros[10000] = { 0 };

	memset(got, 'x', sizeof(got));
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, got, sizeof(got));
	setattr_size(w->c, 2, 100);
	setattr_size(w->c, 2, 10000);
	assert_int_equal(t9_read(w->c, 2, 100, got, 10000), 9900);
	assert_memory_equal(got, zeros, 9900);
}

/* open(2) with O_RDONLY|O_TRUNC arrives in this way. */
static void
truncating_through_a_fid_open_for_reading(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "0123456789");
	t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x68);
	assert_int_equal(t9_getattr(w->c, 2).size, 0);
}

static void
times_are_set_to_the_nanosecond(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;

	t9_put(w->c, HOME, "file", "");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x1f0, .atime_sec = 1000000,
	    .atime_nsec = 123456789, .mtime_sec = 2000000,
	    .mtime_nsec = 987654321);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.atime_sec, 1000000);
	assert_int_equal(a.atime_nsec, 123456789);
	assert_int_equal(a.mtime_sec, 2000000);
	assert_int_equal(a.mtime_nsec, 987654321);

	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0xd0, .atime_sec = 5,
	    .mtime_sec = 77); /* atime alone */
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.atime_sec, 5);
	assert_int_equal(a.mtime_sec, 2000000);
	assert_int_equal(a.mtime_nsec, 987654321);

	/* long ago, and after 2106 */
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x1f0,
	    .atime_sec = (uint64_t)-1000, .mtime_sec = 5000000000);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.atime_sec, (uint64_t)-1000);
	assert_int_equal(a.mtime_sec, 5000000000);
}

static void
times_are_set_to_now(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;
	uint64_t now = (uint64_t)time(NULL);

	t9_put(w->c, HOME, "file", "");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x1f0);
	assert_int_equal(t9_getattr(w->c, 2).mtime_sec, 0);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x70); /* utimes(NULL) */
	a = t9_getattr(w->c, 2);
	assert_in_range(a.atime_sec, now - 10, now + 3600);
	assert_in_range(a.mtime_sec, now - 10, now + 3600);
}

static void
truncating_and_setting_times_keeps_the_times(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;

	t9_put(w->c, HOME, "file", "0123456789");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x1f0 | P9_SETATTR_SIZE,
	    .size = 3, .atime_sec = 11, .mtime_sec = 22);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.size, 3);
	assert_int_equal(a.atime_sec, 11);
	assert_int_equal(a.mtime_sec, 22);
}

static void
ctime_alone_and_unknown_bits_are_fine(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_CTIME);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x80000000U);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0xfffffe00U | P9_SETATTR_MODE,
	    .mode = 0600);
	assert_int_equal(mode_of(w->c, 2), P9_S_IFREG | 0600);
	t9_has(w->c, HOME, "file", "content");
}

/* Old kernels leave there what lay on the stack. */
static void
fields_without_their_bit_are_ignored(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_MODE, .mode = 0640,
	    .uid = 0xdeadbeef, .gid = 0xdeadbeef, .size = UINT64_MAX,
	    .atime_sec = UINT64_MAX, .atime_nsec = UINT64_MAX,
	    .mtime_sec = UINT64_MAX, .mtime_nsec = UINT64_MAX);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.mode, P9_S_IFREG | 0640);
	assert_int_equal(a.uid, geteuid());
	assert_int_equal(a.size, 7);
}

static void
changes_move_the_times_they_should(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x1f0, .atime_sec = 10,
	    .mtime_sec = 10);
	t9_write(w->c, 2, 0, "data", 4);
	a = t9_getattr(w->c, 2);
	assert_int_not_equal(a.mtime_sec, 10);
	t9_ok(w->c, Tsetattr, .fid = HOME, .valid = 0x1f0, .atime_sec = 10,
	    .mtime_sec = 10);
	t9_put(w->c, HOME, "another", "");
	assert_int_not_equal(t9_getattr(w->c, HOME).mtime_sec, 10);
	t9_ok(w->c, Tsetattr, .fid = HOME, .valid = 0x1f0, .atime_sec = 10,
	    .mtime_sec = 10);
	t9_unlink(w->c, HOME, "another");
	assert_int_not_equal(t9_getattr(w->c, HOME).mtime_sec, 10);
}

static void
statfs_works_on_every_kind_of_fid(void **state)
{
	struct wire *w = *state;
	struct p9_Rstatfs s;
	uint32_t fid;

	t9_put(w->c, HOME, "file", "");
	t9_ok(w->c, Tsymlink, .dfid = HOME, .name = t9_str("link"),
	    .symtgt = t9_str("nowhere"), .gid = w->c->gid);
	t9_walk(w->c, HOME, 2, "file");
	t9_walk(w->c, HOME, 3, "link");
	t9_open(w->c, HOME, 4, "file", P9_O_RDONLY);
	t9_open(w->c, HOME, 5, "", P9_O_RDONLY);
	for (fid = HOME; fid <= 5; fid++) {
		s = t9_statfs(w->c, fid);
		assert_int_equal(s.type, P9_STATFS_MAGIC);
		assert_int_equal(s.namelen, 255);
		assert_true(s.bsize >= 512);
		assert_true(s.bfree <= s.blocks);
		assert_true(s.bavail <= s.bfree);
		assert_true(s.ffree <= s.files);
	}
}

/* On a server of its own: what others leave behind goes when it likes. */
static void
statfs_of_memory_counts_what_is_used(void **state)
{
	struct server *srv = WIRE_SERVER(*state, "--mem-nodes", "1000");
	struct t9 *c = wire_session_with(srv, WIRE_MSIZE);
	static uint8_t data[60000];
	struct p9_Rstatfs before, after;
	uint32_t i;

	before = t9_statfs(c, ROOT);
	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	memset(data, 'x', sizeof(data));
	for (i = 0; i < 20; i++)
		t9_write(c, 2, i * sizeof(data), data, sizeof(data));
	after = t9_statfs(c, ROOT);
	assert_int_equal(after.blocks, before.blocks);
	assert_true((before.bfree - after.bfree) * after.bsize >= 1200000);
	assert_int_equal(before.ffree - after.ffree, 1);
	t9_unlink(c, ROOT, "file");
	t9_clunk(c, 2);
	after = t9_statfs(c, ROOT);
	assert_int_equal(after.bfree, before.bfree);
	assert_int_equal(after.ffree, before.ffree);
	t9_free(c);
	server_stop(srv);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(getattr_tells_everything_basic),
		wire_test(getattr_tells_of_directories),
		wire_test(attributes_are_the_same_through_every_fid),
		wire_test(a_version_follows_the_content),
		wire_test(chmod_takes_permissions_and_leaves_the_type),
		wire_test(chmod_through_an_open_fid),
		wire_test_if(chown_sets_what_it_is_told, WIRE_NEEDS_ROOT),
		wire_test_if(chown_clears_suid_unless_the_mode_comes_along,
		    WIRE_NEEDS_ROOT),
		wire_test(truncating_cuts_and_extends_with_zeros),
		wire_test(truncated_data_is_gone),
		wire_test(truncating_through_a_fid_open_for_reading),
		wire_test(times_are_set_to_the_nanosecond),
		wire_test(times_are_set_to_now),
		wire_test(truncating_and_setting_times_keeps_the_times),
		wire_test(ctime_alone_and_unknown_bits_are_fine),
		wire_test(fields_without_their_bit_are_ignored),
		wire_test(changes_move_the_times_they_should),
		wire_test(statfs_works_on_every_kind_of_fid),
		wire_test_if(
		    statfs_of_memory_counts_what_is_used, WIRE_NEEDS_MEMORY),
	};

	return wire_main("attributes", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests,
	    WIRE_COUNT(tests));
}
