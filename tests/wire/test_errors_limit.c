/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_errors_limit.c -- file systems that are read only or full.
 */

#include "wire.h"

/*
 * Everything that changes something, on a tree that has file and dir/below at
 * fid; each must say EROFS.
 */
static void
everything_is_erofs(struct t9 *c, uint32_t fid)
{
	p9_str new = t9_str("new"), file = t9_str("file");
	int err;

	t9_has(c, fid, "file", "read only");
	t9_walk(c, fid, 20, "file");
	t9_walk(c, fid, 21, "");
	t9_fails(c, EROFS, Tlopen, .fid = 20, .flags = P9_O_WRONLY);
	t9_fails(c, EROFS, Tlopen, .fid = 20, .flags = P9_O_RDWR);
	t9_fails(
	    c, EROFS, Tlopen, .fid = 20, .flags = P9_O_RDONLY | P9_O_TRUNC);
	t9_fails(c, EROFS, Tlcreate, .fid = 21, .name = new,
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = c->gid);
	t9_fails(c, EROFS, Tmkdir, .dfid = fid, .name = new, .mode = 0755,
	    .gid = c->gid);
	t9_fails(c, EROFS, Tmknod, .dfid = fid, .name = new, .mode = 0644,
	    .gid = c->gid);
	t9_fails(c, EROFS, Tsymlink, .dfid = fid, .name = new, .symtgt = new,
	    .gid = c->gid);
	t9_fails(c, EROFS, Tlink, .dfid = fid, .fid = 20, .name = new);
	t9_fails(c, EROFS, Trenameat, .olddirfid = fid, .oldname = file,
	    .newdirfid = fid, .newname = new);
	t9_fails(c, EROFS, Trename, .fid = 20, .dfid = fid, .name = new);
	t9_fails(c, EROFS, Tunlinkat, .dirfid = fid, .name = file);
	t9_fails(c, EROFS, Tunlinkat, .dirfid = fid, .name = t9_str("dir"),
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(c, EROFS, Tsetattr, .fid = 20, .valid = P9_SETATTR_MODE,
	    .mode = 0600);
	t9_fails(c, EROFS, Tsetattr, .fid = 20, .valid = P9_SETATTR_SIZE);
	t9_fails(c, EROFS, Tsetattr, .fid = 20, .valid = 0x70);
	t9_fails(c, EROFS, Tsetattr, .fid = 20, .valid = P9_SETATTR_UID,
	    .uid = geteuid());
	err = t9_rpc(c,
	    T9_MSG(Txattrcreate, .fid = 21, .name = t9_str("user.a"),
		.attr_size = 0));
	if (err == 0)
		err = t9_rpc(c, T9_MSG(Tclunk, .fid = 21));
	else
		t9_clunk(c, 21);
	assert_true(err == EROFS || err == EOPNOTSUPP);
	t9_walk(c, fid, 22, "file");
	t9_fails(c, EROFS, Tremove, .fid = 22);
	t9_fails(c, EBADF, Tclunk, .fid = 22);

	/* What does not change anything is served. */
	t9_ok(c, Tlopen, .fid = 20, .flags = P9_O_RDONLY);
	t9_reads(c, 20, "read only");
	t9_has(c, fid, "dir/below", "deeper");
	assert_int_equal(t9_count(c, fid), 2);
	t9_clunk(c, 20);
}

static void
a_read_only_mount_refuses_every_change(void **state)
{
	struct wire *w = *state;

	t9_walk(w->c, ROOT, 2, WIRE_RO_KEY);
	everything_is_erofs(w->c, 2);
	t9_put(w->c, HOME, "file", "written"); /* nothing else is affected */
}

static void
a_read_only_server_refuses_every_change(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--read-only", w->rodir);
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);

	everything_is_erofs(c, ROOT);
	t9_free(c);
	server_stop(s);
}

static void
memory_can_be_read_only_too(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--read-only");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);

	t9_fails(c, EROFS, Tmkdir, .dfid = ROOT, .name = t9_str("a"),
	    .mode = 0755, .gid = c->gid);
	t9_fails(c, EROFS, Tsetattr, .fid = ROOT, .valid = P9_SETATTR_MODE,
	    .mode = 0700);
	assert_int_equal(t9_count(c, ROOT), 0);
	t9_free(c);
	server_stop(s);
}

static void
a_directory_argument_is_the_root(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, w->rodir);
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	char *path = temp_path(w->rodir, "made");

	t9_has(c, ROOT, "dir/below", "deeper");
	t9_put(c, ROOT, "made", "through the server");
	assert_int_equal(access(path, F_OK), 0);
	t9_unlink(c, ROOT, "made");
	assert_int_not_equal(access(path, F_OK), 0);
	free(path);
	t9_free(c);
	server_stop(s);
}

/* Write until it does not fit; returns how much did. */
static uint64_t
fill_up(struct t9 *c, uint32_t fid, uint64_t limit)
{
	static uint8_t data[16384];
	uint64_t at;
	int err;

	memset(data, 'x', sizeof(data));
	for (at = 0; at <= limit; at += c->in.u.Rwrite.count) {
		err = t9_rpc(c,
		    T9_MSG(Twrite, .fid = fid, .offset = at,
			.data = { data, sizeof(data) }));
		if (err != 0) {
			assert_int_equal(err, ENOSPC);
			return at;
		}
	}
	t9_fail("more than the limit was written");
}

static void
memory_that_is_full_is_enospc(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--mem-bytes", "1048576");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	struct p9_Rstatfs before, full, after;
	uint64_t first, again;

	before = t9_statfs(c, ROOT);
	assert_true(before.blocks * before.bsize <= 1048576);
	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	first = fill_up(c, 2, 1048576);
	assert_true(first > 500000);
	/* Refused as a whole: what came before is there, and nothing more. */
	assert_int_equal(t9_getattr(c, 2).size, first);
	full = t9_statfs(c, ROOT);
	assert_true(full.bfree * full.bsize < 65536);

	/* Overwriting needs no room; reading and removing go on. */
	t9_write(c, 2, 0, "abcdef", 6);
	t9_ok(c, Tread, .fid = 2, .count = 6);
	assert_memory_equal(c->in.u.Rread.data.p, "abcdef", 6);
	t9_ok(c, Tsetattr, .fid = 2, .valid = P9_SETATTR_SIZE, .size = 0);
	again = fill_up(c, 2, 1048576);
	assert_int_equal(again, first);
	t9_unlink(c, ROOT, "file");
	t9_clunk(c, 2);
	after = t9_statfs(c, ROOT);
	assert_int_equal(after.bfree, before.bfree);
	t9_free(c);
	server_stop(s);
}

static void
holes_take_no_room(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--mem-bytes", "1048576");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);

	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	t9_write(c, 2, 1ULL << 40, "end", 3);
	t9_ok(c, Tsetattr, .fid = 2, .valid = P9_SETATTR_SIZE,
	    .size = 1ULL << 41);
	assert_int_equal(t9_getattr(c, 2).size, 1ULL << 41);
	t9_free(c);
	server_stop(s);
}

static void
too_many_nodes_are_enospc(void **state)
{
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--mem-nodes", "50");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	char name[32];
	int made = 0, i, err;

	for (i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		err = t9_rpc(c,
		    T9_MSG(Tmknod, .dfid = ROOT, .name = t9_str(name),
			.mode = 0644, .gid = c->gid));
		if (err == 0)
			made++;
		else
			assert_int_equal(err, ENOSPC);
	}
	assert_in_range(made, 40, 50);
	assert_int_equal(t9_statfs(c, ROOT).ffree, 0);
	t9_fails(c, ENOSPC, Tmkdir, .dfid = ROOT, .name = t9_str("dir"),
	    .mode = 0755, .gid = c->gid);
	t9_fails(c, ENOSPC, Tsymlink, .dfid = ROOT, .name = t9_str("link"),
	    .symtgt = t9_str("x"), .gid = c->gid);
	t9_walk(c, ROOT, 2, "");
	t9_fails(c, ENOSPC, Tlcreate, .fid = 2, .name = t9_str("file"),
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = c->gid);
	/* A name more for a file that is there is no file more. */
	t9_walk(c, ROOT, 3, "f0");
	t9_ok(c, Tlink, .dfid = ROOT, .fid = 3, .name = t9_str("hard"));
	t9_unlink(c, ROOT, "f1");
	t9_mkdir(c, ROOT, "dir", 0755);
	t9_free(c);
	server_stop(s);
}

static void
attributes_count_as_memory(void **state)
{
	static const uint8_t value[60000] = { 'x' };
	struct wire *w = *state;
	struct server *s = WIRE_SERVER(w, "--mem-bytes", "1048576");
	struct t9 *c = wire_session_with(s, WIRE_MSIZE);
	char name[32];
	int i, err = 0;

	t9_put(c, ROOT, "file", "");
	for (i = 0; i < 40 && err == 0; i++) {
		snprintf(name, sizeof(name), "user.%d", i);
		t9_walk(c, ROOT, 2, "file");
		err = t9_rpc(c,
		    T9_MSG(Txattrcreate, .fid = 2, .name = t9_str(name),
			.attr_size = sizeof(value)));
		if (err == 0) {
			t9_write(c, 2, 0, value, sizeof(value));
			err = t9_rpc(c, T9_MSG(Tclunk, .fid = 2));
		} else {
			t9_clunk(c, 2);
		}
	}
	assert_int_equal(err, ENOSPC);
	assert_in_range(i, 2, 20);
	t9_free(c);
	server_stop(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_read_only_mount_refuses_every_change),
		wire_test(a_read_only_server_refuses_every_change),
		wire_test(memory_can_be_read_only_too),
		wire_test(a_directory_argument_is_the_root),
		wire_test(memory_that_is_full_is_enospc),
		wire_test(holes_take_no_room),
		wire_test(too_many_nodes_are_enospc),
		wire_test(attributes_count_as_memory),
	};

	return wire_main("read only and full", 0, tests, WIRE_COUNT(tests));
}
