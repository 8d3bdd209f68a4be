/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_fid.c -- fids name files, not paths: through renames, after the
 * last name is gone, and for as long as the client says.
 */

#include "wire.h"

static void
rename_at(struct t9 *c, const char *old, const char *new)
{
	t9_ok(c, Trenameat, .olddirfid = HOME, .oldname = t9_str(old),
	    .newdirfid = HOME, .newname = t9_str(new));
}

static void
a_fid_is_free_after_its_clunk(void **state)
{
	struct wire *w = *state;
	int i;

	t9_put(w->c, HOME, "file", "content");
	for (i = 0; i < 200; i++) {
		t9_open(w->c, HOME, 2, i % 2 == 0 ? "file" : "", P9_O_RDONLY);
		t9_clunk(w->c, 2);
		t9_fails(w->c, EBADF, Tclunk, .fid = 2);
	}
}

static void
fids_are_any_numbers(void **state)
{
	static const uint32_t fids[] = { 2, 255, 65536, 1U << 31,
		P9_NOFID - 1 };
	struct wire *w = *state;
	size_t i;

	t9_put(w->c, HOME, "file", "content");
	for (i = 0; i < WIRE_COUNT(fids); i++)
		t9_open(w->c, HOME, fids[i], "file", P9_O_RDONLY);
	for (i = 0; i < WIRE_COUNT(fids); i++)
		t9_reads(w->c, fids[i], "content");
	for (i = 0; i < WIRE_COUNT(fids); i++)
		t9_clunk(w->c, fids[i]);
}

static void
thousands_of_fids_are_kept_apart(void **state)
{
	struct wire *w = *state;
	p9_qid file, dir;
	uint32_t i;

	t9_put(w->c, HOME, "file", "content");
	file = t9_walk(w->c, HOME, 2, "file");
	dir = t9_getattr(w->c, HOME).qid;
	for (i = 10; i < 3000; i++)
		t9_walk(w->c, HOME, i * 7919, i % 2 == 0 ? "file" : "");
	for (i = 10; i < 3000; i++)
		assert_int_equal(t9_getattr(w->c, i * 7919).qid.path,
		    i % 2 == 0 ? file.path : dir.path);
	for (i = 10; i < 3000; i++)
		t9_clunk(w->c, i * 7919);
	t9_fails(w->c, EBADF, Tclunk, .fid = 10 * 7919);
}

static void
fids_belong_to_their_connection(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
	t9_fails(other, EBADF, Tread, .fid = 2, .count = 10);
	t9_open(other, HOME, 2, "", P9_O_RDONLY);
	t9_clunk(other, 2);
	t9_reads(w->c, 2, "content");
	t9_free(other);
}

/* The reads came first and are answered in full. */
static void
a_clunk_waits_for_reads_under_way(void **state)
{
	struct wire *w = *state;
	static uint8_t data[30000];
	uint16_t clunk;
	int i, reads;

	memset(data, 'r', sizeof(data));
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, data, sizeof(data));
	for (i = 0; i < 20; i++) {
		t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
		t9_cork(w->c);
		for (reads = 0; reads < 10; reads++)
			t9_send(w->c,
			    T9_MSG(Tread, .fid = 3, .count = sizeof(data)));
		clunk = t9_send(w->c, T9_MSG(Tclunk, .fid = 3));
		t9_uncork(w->c);
		for (reads = 0; reads < 10; reads++) {
			assert_true(t9_recv(w->c));
			assert_int_equal(w->c->in.type, P9_Rread);
			assert_int_equal(
			    w->c->in.u.Rread.data.len, sizeof(data));
			assert_memory_equal(
			    w->c->in.u.Rread.data.p, data, sizeof(data));
		}
		t9_recv_tag(w->c, clunk);
		assert_int_equal(w->c->in.type, P9_Rclunk);
	}
}

static void
writes_under_way_are_done_before_the_clunk_is_answered(void **state)
{
	struct wire *w = *state;
	static uint8_t data[1000];
	uint32_t i;

	memset(data, 'w', sizeof(data));
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_cork(w->c);
	for (i = 0; i < 50; i++)
		t9_send(w->c,
		    T9_MSG(Twrite, .fid = 2, .offset = i * sizeof(data),
			.data = { data, sizeof(data) }));
	t9_send(w->c, T9_MSG(Tclunk, .fid = 2));
	t9_uncork(w->c);
	for (i = 0; i < 50; i++) {
		assert_true(t9_recv(w->c));
		assert_int_equal(w->c->in.type, P9_Rwrite);
		assert_int_equal(w->c->in.u.Rwrite.count, sizeof(data));
	}
	assert_true(t9_recv(w->c));
	assert_int_equal(w->c->in.type, P9_Rclunk);
	assert_int_equal(t9_stat(w->c, HOME, "file").size, 50 * sizeof(data));
}

static void
fids_below_a_directory_that_moves_stay(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_mkdir(w->c, 2, "a", 0755);
	t9_walk(w->c, 2, 3, "a");
	t9_put(w->c, 3, "file", "content");
	t9_walk(w->c, 3, 4, "file");
	t9_open(w->c, 3, 5, "file", P9_O_RDWR);
	t9_walk(other, HOME, 3, "dir/a");

	rename_at(w->c, "dir", "moved");
	t9_put(w->c, HOME, "dir", "no directory any more");
	t9_reads(w->c, 5, "content");
	t9_write(w->c, 5, 0, "CON", 3);
	t9_has(w->c, 3, "file", "CONtent");
	t9_has(other, 3, "file", "CONtent");
	t9_has(w->c, 4, "", "CONtent");
	t9_ok(w->c, Tsetattr, .fid = 4, .valid = P9_SETATTR_MODE, .mode = 0600);
	t9_put(w->c, 3, "new", "made below");
	t9_has(w->c, HOME, "moved/a/new", "made below");

	/* ".." leads to where it is now, for others as well. */
	rename_at(other, "moved", "again");
	assert_int_equal(t9_walk(w->c, 3, 6, "..").path,
	    t9_stat(w->c, HOME, "again").qid.path);
	assert_int_equal(
	    t9_walk(w->c, 3, 7, "../..").path, t9_getattr(w->c, HOME).qid.path);

	/* And the old names still lead to the files. */
	t9_ok(w->c, Trename, .fid = 4, .dfid = HOME, .name = t9_str("out"));
	t9_has(w->c, HOME, "out", "CONtent");
	t9_walk(w->c, 3, 8, "new");
	t9_ok(w->c, Tremove, .fid = 8);
	assert_int_equal(t9_count(w->c, 3), 0);
	t9_free(other);
}

static void
a_directory_below_another_keeps_its_way_up(void **state)
{
	struct wire *w = *state;
	uint64_t to;

	t9_mkdir(w->c, HOME, "from", 0755);
	t9_mkdir(w->c, HOME, "to", 0755);
	t9_walk(w->c, HOME, 2, "from");
	t9_walk(w->c, HOME, 3, "to");
	to = t9_getattr(w->c, 3).qid.path;
	t9_mkdir(w->c, 2, "sub", 0755);
	t9_walk(w->c, 2, 4, "sub");
	t9_ok(w->c, Trenameat, .olddirfid = 2, .oldname = t9_str("sub"),
	    .newdirfid = 3, .newname = t9_str("sub"));
	assert_int_equal(t9_walk(w->c, 4, 5, "..").path, to);
	t9_rmdir(w->c, HOME, "from");
	assert_int_equal(t9_walk(w->c, 4, 6, "../sub/..").path, to);
}

static void
a_replaced_file_lives_on_in_its_fids(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "old", "old content");
	t9_put(w->c, HOME, "new", "new content");
	t9_open(w->c, HOME, 2, "old", P9_O_RDWR);
	t9_walk(w->c, HOME, 3, "old");
	rename_at(w->c, "new", "old");
	t9_reads(w->c, 2, "old content");
	t9_write(w->c, 2, 0, "OLD", 3);
	t9_has(w->c, HOME, "old", "new content");
	assert_int_equal(t9_getattr(w->c, 2).nlink, 0);
	assert_int_equal(t9_getattr(w->c, 3).size, 11);
	t9_fails(w->c, ENOENT, Tremove, .fid = 3);
	t9_has(w->c, HOME, "old", "new content");
}

/* open, unlink, and then everything else. */
static void
an_open_file_without_a_name_can_do_all_it_could(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "content", 7);
	t9_unlink(w->c, HOME, "file");
	t9_put(w->c, HOME, "file", "another");

	t9_reads(w->c, 2, "content");
	t9_write(w->c, 2, 7, " and more", 9);
	t9_reads(w->c, 2, "content and more");
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.nlink, 0);
	assert_int_equal(a.size, 16);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_MODE, .mode = 0600);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = 0x1f0, .atime_sec = 1,
	    .mtime_sec = 2);
	a = t9_getattr(w->c, 2);
	assert_int_equal(a.mode, P9_S_IFREG | 0600);
	assert_int_equal(a.mtime_sec, 2);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_SIZE, .size = 4);
	t9_reads(w->c, 2, "cont");
	if (wire_root()) {
		t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_UID,
		    .uid = 1234);
		assert_int_equal(t9_getattr(w->c, 2).uid, 1234);
	}
	t9_ok(w->c, Tfsync, .fid = 2);
	t9_statfs(w->c, 2);
	t9_has(w->c, HOME, "file", "another");
	assert_int_equal(t9_stat(w->c, HOME, "file").mode, P9_S_IFREG | 0644);
}

/* What /proc/self/fd does in the guest. */
static void
a_file_without_a_name_can_be_opened_again(void **state)
{
	struct wire *w = *state;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "content", 7);
	t9_unlink(w->c, HOME, "file");
	t9_walk(w->c, 2, 3, "");
	t9_ok(w->c, Tlopen, .fid = 3, .flags = P9_O_RDWR);
	t9_reads(w->c, 3, "content");
	t9_write(w->c, 3, 0, "CON", 3);
	t9_clunk(w->c, 2);
	t9_reads(w->c, 3, "CONtent");
	t9_walk(w->c, 3, 4, "");
	t9_clunk(w->c, 3);
	t9_ok(w->c, Tlopen, .fid = 4, .flags = P9_O_RDONLY);
	t9_reads(w->c, 4, "CONtent");
}

static void
a_file_without_a_name_keeps_its_xattrs(void **state)
{
	struct wire *w = *state;
	char value[16];

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_setxattr(w->c, 2, "user.a", "before", 6, 0);
	t9_unlink(w->c, HOME, "file");
	assert_int_equal(t9_getxattr(w->c, 2, "user.a", value, 16), 6);
	t9_setxattr(w->c, 2, "user.a", "after", 5, 0);
	assert_int_equal(t9_getxattr(w->c, 2, "user.a", value, 16), 5);
	assert_memory_equal(value, "after", 5);
}

/* Linux asks the walked fid for fstat(2) when another has removed it. */
static void
a_walked_fid_serves_a_file_that_is_open_elsewhere(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	t9_unlink(other, HOME, "file");
	assert_int_equal(t9_getattr(w->c, 2).nlink, 0);
	assert_int_equal(t9_getattr(w->c, 2).size, 7);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_MODE, .mode = 0600);
	assert_int_equal(t9_getattr(w->c, 3).mode, P9_S_IFREG | 0600);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_SIZE, .size = 3);
	t9_reads(w->c, 3, "con");
	t9_free(other);
}

/* A client that has a name in its cache is to forget it. */
static void
a_walked_fid_of_a_file_that_another_removed_says_so(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_getattr(w->c, 2);
	t9_getattr(w->c, 2);
	t9_unlink(other, HOME, "file");
	t9_fails(
	    w->c, ENOENT, Tgetattr, .fid = 2, .request_mask = P9_GETATTR_ALL);
	t9_clunk(w->c, 2);
	t9_free(other);
}

/* A stat(2) whose file is replaced meanwhile must not say ENOENT. */
static void
a_walked_fid_of_a_file_that_its_client_replaced_has_attributes(void **state)
{
	struct wire *w = *state;
	int i;

	t9_put(w->c, HOME, "new", "newer");
	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	rename_at(w->c, "new", "file");
	for (i = 0; i < 4; i++) {
		assert_int_equal(t9_getattr(w->c, 2).nlink, 0);
		assert_int_equal(t9_getattr(w->c, 2).size, 7);
	}
	t9_walk(w->c, HOME, 3, "file");
	t9_unlink(w->c, HOME, "file");
	for (i = 0; i < 4; i++)
		assert_int_equal(t9_getattr(w->c, 3).size, 5);
}

static void
a_walked_fid_of_a_file_that_another_replaced_has_them_at_first(void **state)
{
	struct wire *w = *state;
	struct t9 *other = wire_session_as(w, geteuid());

	t9_put(w->c, HOME, "new", "newer");
	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	rename_at(other, "new", "file");
	assert_int_equal(t9_getattr(w->c, 2).size, 7);
	assert_int_equal(t9_getattr(w->c, 2).nlink, 0);
	t9_fails(
	    w->c, ENOENT, Tgetattr, .fid = 2, .request_mask = P9_GETATTR_ALL);
	t9_free(other);
}

static void
a_directory_that_is_gone_is_empty(void **state)
{
	struct wire *w = *state;
	int err;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_open(w->c, HOME, 3, "dir", P9_O_RDONLY);
	t9_rmdir(w->c, HOME, "dir");
	t9_ok(w->c, Treaddir, .fid = 3, .count = 1000);
	assert_int_equal(w->c->in.u.Rreaddir.data.len, 0);
	err = t9_rpc(
	    w->c, T9_MSG(Tgetattr, .fid = 2, .request_mask = P9_GETATTR_ALL));
	if (err == 0)
		assert_int_equal(w->c->in.u.Rgetattr.nlink, 0);
	else
		assert_int_equal(err, ENOENT);
	t9_fails(
	    w->c, ENOENT, Twalk, .fid = 2, .newfid = 4, .wname = t9_names("x"));
	t9_mkdir(w->c, HOME, "dir", 0755); /* another */
	t9_fails(w->c, ENOENT, Tremove, .fid = 2);
	assert_true(t9_exists(w->c, HOME, "dir"));
}

/* On a server of its own: what others leave behind goes when it likes. */
static void
space_comes_back_with_the_last_fid(void **state)
{
	struct server *srv = WIRE_SERVER(*state, "--mem-nodes", "1000");
	struct t9 *c = wire_session_with(srv, WIRE_MSIZE);
	static uint8_t data[60000];
	struct p9_Rstatfs before, s;

	memset(data, 'x', sizeof(data));
	before = t9_statfs(c, ROOT);
	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	t9_write(c, 2, 0, data, sizeof(data));
	t9_walk(c, 2, 3, "");
	t9_unlink(c, ROOT, "file");
	s = t9_statfs(c, ROOT);
	assert_true(s.bfree < before.bfree);
	assert_int_equal(s.ffree, before.ffree - 1);
	t9_clunk(c, 2);
	t9_clunk(c, 3);
	s = t9_statfs(c, ROOT);
	assert_int_equal(s.bfree, before.bfree);
	assert_int_equal(s.ffree, before.ffree);
	t9_free(c);
	server_stop(srv);
}

/* A name that leads elsewhere now does not lead a fid astray. */
static void
a_fid_is_not_fooled_by_a_new_file_of_the_old_name(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "first");
	t9_walk(w->c, HOME, 2, "file");
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	t9_unlink(w->c, HOME, "file");
	t9_ok(w->c, Tsymlink, .dfid = HOME, .name = t9_str("file"),
	    .symtgt = t9_str("/etc/passwd"), .gid = w->c->gid);
	assert_int_equal(t9_getattr(w->c, 2).size, 5);
	t9_walk(w->c, 2, 4, "");
	t9_ok(w->c, Tlopen, .fid = 4, .flags = P9_O_RDONLY);
	t9_reads(w->c, 4, "first");
	t9_fails(w->c, ENOENT, Trename, .fid = 2, .dfid = HOME,
	    .name = t9_str("new"));
	assert_int_equal(t9_walk(w->c, HOME, 5, "file").type, P9_QTSYMLINK);
}

static void
numbers_of_files_are_not_used_again_while_fids_remember(void **state)
{
	struct wire *w = *state;
	uint64_t path;
	int i;

	t9_put(w->c, HOME, "file", "");
	path = t9_walk(w->c, HOME, 2, "file").path;
	t9_unlink(w->c, HOME, "file");
	for (i = 0; i < 50; i++) {
		t9_put(w->c, HOME, "file", "");
		assert_int_not_equal(t9_walk(w->c, HOME, 3, "file").path, path);
		t9_clunk(w->c, 3);
		t9_unlink(w->c, HOME, "file");
	}
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(a_fid_is_free_after_its_clunk),
		wire_test(fids_are_any_numbers),
		wire_test(thousands_of_fids_are_kept_apart),
		wire_test(fids_belong_to_their_connection),
		wire_test(a_clunk_waits_for_reads_under_way),
		wire_test(
		    writes_under_way_are_done_before_the_clunk_is_answered),
		wire_test(fids_below_a_directory_that_moves_stay),
		wire_test(a_directory_below_another_keeps_its_way_up),
		wire_test(a_replaced_file_lives_on_in_its_fids),
		wire_test(an_open_file_without_a_name_can_do_all_it_could),
		wire_test(a_file_without_a_name_can_be_opened_again),
		wire_test_if(
		    a_file_without_a_name_keeps_its_xattrs, WIRE_NEEDS_XATTR),
		wire_test(a_walked_fid_serves_a_file_that_is_open_elsewhere),
		wire_test(a_walked_fid_of_a_file_that_another_removed_says_so),
		wire_test(
		    a_walked_fid_of_a_file_that_its_client_replaced_has_attributes),
		wire_test(
		    a_walked_fid_of_a_file_that_another_replaced_has_them_at_first),
		wire_test(a_directory_that_is_gone_is_empty),
		wire_test_if(
		    space_comes_back_with_the_last_fid, WIRE_NEEDS_MEMORY),
		wire_test(a_fid_is_not_fooled_by_a_new_file_of_the_old_name),
		wire_test(
		    numbers_of_files_are_not_used_again_while_fids_remember),
	};

	return wire_main(
	    "fids", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
