/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_errors_fid.c -- messages that make no sense for their fid, and numbers
 * that make no sense at all.  The session goes on after each.
 */

#include "wire.h"

#define NONE 9999U /* a fid that nobody has made */

static void
still_alive(struct wire *w)
{
	t9_getattr(w->c, HOME);
}

static void
an_unknown_fid_is_ebadf_in_every_message(void **state)
{
	static const struct p9_msg msgs[] = {
		{ .type = P9_Tclunk, .u.Tclunk = { NONE } },
		{ .type = P9_Tremove, .u.Tremove = { NONE } },
		{ .type = P9_Twalk, .u.Twalk = { .fid = NONE, .newfid = 2 } },
		{ .type = P9_Tread, .u.Tread = { NONE, 0, 10 } },
		{ .type = P9_Twrite, .u.Twrite = { NONE, 0, { NULL, 0 } } },
		{ .type = P9_Tstatfs, .u.Tstatfs = { NONE } },
		{ .type = P9_Tlopen, .u.Tlopen = { NONE, 0 } },
		{ .type = P9_Tlcreate,
		    .u.Tlcreate = { NONE, { "a", 1 }, 0, 0644, 0 } },
		{ .type = P9_Tsymlink,
		    .u.Tsymlink = { NONE, { "a", 1 }, { "b", 1 }, 0 } },
		{ .type = P9_Tmknod,
		    .u.Tmknod = { NONE, { "a", 1 }, 0, 0, 0, 0 } },
		{ .type = P9_Trename, .u.Trename = { NONE, HOME, { "a", 1 } } },
		{ .type = P9_Trename, .u.Trename = { HOME, NONE, { "a", 1 } } },
		{ .type = P9_Treadlink, .u.Treadlink = { NONE } },
		{ .type = P9_Tgetattr, .u.Tgetattr = { NONE, 0x7ff } },
		{ .type = P9_Tsetattr, .u.Tsetattr = { .fid = NONE } },
		{ .type = P9_Txattrwalk,
		    .u.Txattrwalk = { NONE, 2, { "a", 1 } } },
		{ .type = P9_Txattrcreate,
		    .u.Txattrcreate = { NONE, { "user.a", 6 }, 1, 0 } },
		{ .type = P9_Treaddir, .u.Treaddir = { NONE, 0, 1000 } },
		{ .type = P9_Tfsync, .u.Tfsync = { NONE, 0 } },
		{ .type = P9_Tlock,
		    .u.Tlock = { NONE, 0, 0, 0, 0, 1, { "a", 1 } } },
		{ .type = P9_Tgetlock,
		    .u.Tgetlock = { NONE, 0, 0, 0, 1, { "a", 1 } } },
		{ .type = P9_Tlink, .u.Tlink = { NONE, HOME, { "a", 1 } } },
		{ .type = P9_Tlink, .u.Tlink = { HOME, NONE, { "a", 1 } } },
		{ .type = P9_Tmkdir,
		    .u.Tmkdir = { NONE, { "a", 1 }, 0755, 0 } },
		{ .type = P9_Trenameat,
		    .u.Trenameat = { NONE, { "a", 1 }, HOME, { "b", 1 } } },
		{ .type = P9_Trenameat,
		    .u.Trenameat = { HOME, { "a", 1 }, NONE, { "b", 1 } } },
		{ .type = P9_Tunlinkat,
		    .u.Tunlinkat = { NONE, { "a", 1 }, 0 } },
	};
	struct wire *w = *state;
	size_t i;

	for (i = 0; i < WIRE_COUNT(msgs); i++)
		t9_expect(w->c, EBADF, &msgs[i]);
	t9_fails(w->c, EBADF, Tclunk, .fid = P9_NOFID);
	t9_fails(w->c, EBADF, Tclunk, .fid = 2); /* none was made */
	still_alive(w);
}

static void
there_is_no_authentication(void **state)
{
	struct wire *w = *state;

	t9_fails(w->c, ENOENT, Tauth, .afid = 2, .uname = t9_str("glenda"),
	    .aname = t9_str(""), .n_uname = 1000);
	t9_fails(w->c, EBADF, Tread, .fid = 2, .count = 10);
	t9_fails(w->c, EBADF, Tattach, .fid = 3, .afid = 2, .uname = t9_str(""),
	    .n_uname = 0);
	t9_fails(w->c, EBADF, Tclunk, .fid = 2);
	t9_fails(w->c, EBADF, Tclunk, .fid = 3);
}

static void
an_attach_needs_a_free_fid_and_a_tree(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "");
	t9_fails(w->c, EINVAL, Tattach, .fid = HOME, .afid = P9_NOFID);
	t9_fails(w->c, EBADF, Tattach, .fid = P9_NOFID, .afid = P9_NOFID);
	t9_fails(w->c, EBADF, Tattach, .fid = 2, .afid = HOME);
	t9_fails(w->c, ENOENT, Tattach, .fid = 2, .afid = P9_NOFID,
	    .aname = t9_str("/no/such/place"), .n_uname = geteuid());
	t9_fails(w->c, ENOTDIR, Tattach, .fid = 2, .afid = P9_NOFID,
	    .aname = t9_str(wire_home(w, "file")), .n_uname = geteuid());
	t9_fails(w->c, EBADF, Tclunk, .fid = 2);
	still_alive(w);
}

/* ".." in an aname leads nowhere but within the tree. */
static void
an_aname_does_not_climb_out(void **state)
{
	struct wire *w = *state;
	uint64_t root = t9_getattr(w->c, ROOT).qid.path;
	int err;

	err = t9_rpc(w->c,
	    T9_MSG(Tattach, .fid = 2, .afid = P9_NOFID,
		.aname = t9_str("../../../etc"), .n_uname = geteuid()));
	assert_true(err == ENOENT || err == EINVAL);
	err = t9_rpc(w->c,
	    T9_MSG(Tattach, .fid = 2, .afid = P9_NOFID, .aname = t9_str("/.."),
		.n_uname = geteuid()));
	if (err == 0)
		assert_int_equal(t9_getattr(w->c, 2).qid.path, root);
}

static void
a_walk_needs_a_free_fid_to_end_on(void **state)
{
	struct wire *w = *state;
	int err;

	t9_walk(w->c, HOME, 2, "");
	t9_fails(w->c, EINVAL, Twalk, .fid = HOME, .newfid = 2);
	t9_fails(w->c, EINVAL, Twalk, .fid = HOME, .newfid = ROOT,
	    .wname = t9_names(".."));
	err = t9_rpc(w->c, T9_MSG(Twalk, .fid = HOME, .newfid = P9_NOFID));
	assert_true(err == EINVAL || err == EBADF);
	still_alive(w);
}

static void
an_open_fid_is_not_moved(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Twalk, .fid = 2, .newfid = 2,
	    .wname = t9_names("file"));
	t9_ok(w->c, Treaddir, .fid = 2, .count = 1000);
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Twalk, .fid = 3, .newfid = 3);
	t9_reads(w->c, 3, "content");
}

static void
a_walk_that_fails_at_once_says_why(void **state)
{
	struct wire *w = *state;
	char name[257];

	memset(name, 'n', 256);
	name[256] = '\0';
	t9_put(w->c, HOME, "file", "");
	t9_ok(w->c, Tsymlink, .dfid = HOME, .name = t9_str("link"),
	    .symtgt = t9_str("."), .gid = w->c->gid);
	t9_walk(w->c, HOME, 2, "file");
	t9_walk(w->c, HOME, 3, "link");
	t9_fails(w->c, ENOENT, Twalk, .fid = HOME, .newfid = 4,
	    .wname = t9_names("none"));
	t9_fails(w->c, ENOTDIR, Twalk, .fid = 2, .newfid = 4,
	    .wname = t9_names("x"));
	t9_fails(w->c, ENOTDIR, Twalk, .fid = 3, .newfid = 4,
	    .wname = t9_names("file"));
	t9_fails(w->c, ENOTDIR, Twalk, .fid = 2, .newfid = 4,
	    .wname = t9_names(".."));
	t9_fails(w->c, ENAMETOOLONG, Twalk, .fid = HOME, .newfid = 4,
	    .wname = t9_names(name));
	t9_fails(w->c, ENOENT, Twalk, .fid = HOME, .newfid = 4,
	    .wname = { 1, { { "", 0 } } });
	t9_fails(w->c, EINVAL, Twalk, .fid = HOME, .newfid = 4,
	    .wname = { 1, { { "file/x", 6 } } });
	t9_fails(w->c, EINVAL, Twalk, .fid = HOME, .newfid = 4,
	    .wname = { 1, { { "/", 1 } } });
	t9_fails(w->c, EBADF, Tclunk, .fid = 4);

	/* Links end a walk, and are not followed in the middle of one. */
	t9_ok(w->c, Twalk, .fid = HOME, .newfid = 4,
	    .wname = t9_names("link/file"));
	assert_int_equal(w->c->in.u.Rwalk.wqid.n, 1);
	t9_fails(w->c, EBADF, Tclunk, .fid = 4);
}

static void
a_fid_is_opened_once(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Tlopen, .fid = 2, .flags = P9_O_RDWR);
	t9_fails(
	    w->c, EBADF, Twrite, .fid = 2, .data = { (const uint8_t *)"x", 1 });
	t9_reads(w->c, 2, "content");
	t9_open(w->c, HOME, 3, "", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Tlcreate, .fid = 3, .name = t9_str("new"),
	    .flags = P9_O_RDWR, .mode = 0644, .gid = w->c->gid);
	assert_false(t9_exists(w->c, HOME, "new"));
}

static void
only_files_and_directories_are_opened(void **state)
{
	static const uint32_t special[] = { P9_S_IFIFO, P9_S_IFSOCK, P9_S_IFCHR,
		P9_S_IFBLK };
	struct wire *w = *state;
	char name[32];
	size_t i;
	int err;

	for (i = 0; i < WIRE_COUNT(special); i++) {
		snprintf(name, sizeof(name), "special%zu", i);
		err = t9_rpc(w->c,
		    T9_MSG(Tmknod, .dfid = HOME, .name = t9_str(name),
			.mode = special[i] | 0666, .major = 1, .minor = 3,
			.gid = w->c->gid));
		if (err == EPERM && i >= 2)
			continue; /* not for this user, or not on this host */
		assert_int_equal(err, 0);
		t9_walk(w->c, HOME, 2, name);
		t9_fails(w->c, ENXIO, Tlopen, .fid = 2, .flags = P9_O_RDONLY);
		t9_fails(w->c, ENXIO, Tlopen, .fid = 2, .flags = P9_O_RDWR);
		t9_fails(w->c, ENXIO, Tlopen, .fid = 2, .flags = 0x8801);
		t9_clunk(w->c, 2);
	}
	t9_ok(w->c, Tsymlink, .dfid = HOME, .name = t9_str("link"),
	    .symtgt = t9_str("/etc/passwd"), .gid = w->c->gid);
	t9_walk(w->c, HOME, 2, "link");
	t9_fails(w->c, ELOOP, Tlopen, .fid = 2, .flags = P9_O_RDONLY);
	t9_fails(w->c, ELOOP, Tlopen, .fid = 2, .flags = P9_O_RDWR);
}

static void
a_directory_is_opened_for_reading_only(void **state)
{
	struct wire *w = *state;

	t9_walk(w->c, HOME, 2, "");
	t9_fails(w->c, EISDIR, Tlopen, .fid = 2, .flags = P9_O_WRONLY);
	t9_fails(w->c, EISDIR, Tlopen, .fid = 2, .flags = P9_O_RDWR);
	t9_fails(
	    w->c, EISDIR, Tlopen, .fid = 2, .flags = P9_O_RDWR | P9_O_TRUNC);
	t9_ok(w->c, Tlopen, .fid = 2, .flags = P9_O_RDONLY);
}

/* Linux asks for more at first, and then for less on the same fid. */
static void
a_failed_open_leaves_the_fid_as_it_was(void **state)
{
	struct wire *w = *state;

	t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str("fifo"),
	    .mode = P9_S_IFIFO | 0644, .gid = w->c->gid);
	t9_walk(w->c, HOME, 2, "fifo");
	t9_fails(w->c, ENXIO, Tlopen, .fid = 2, .flags = P9_O_RDWR);
	assert_int_equal(t9_getattr(w->c, 2).mode, P9_S_IFIFO | 0644);
	t9_walk(w->c, 2, 3, "");
	t9_ok(w->c, Tremove, .fid = 2);
}

static void
reading_and_writing_needs_a_fid_open_for_it(void **state)
{
	static const uint8_t x[] = "x";
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_fails(w->c, EBADF, Tread, .fid = 2, .count = 10);
	t9_fails(w->c, EBADF, Twrite, .fid = 2, .data = { x, 1 });
	t9_fails(w->c, EBADF, Tfsync, .fid = 2);
	t9_fails(w->c, EBADF, Tlock, .fid = 2, .type = P9_LOCK_RDLCK,
	    .proc_id = 1, .client_id = t9_str("test"));
	t9_fails(w->c, EBADF, Tgetlock, .fid = 2, .type = P9_LOCK_RDLCK,
	    .proc_id = 1, .client_id = t9_str("test"));
	t9_open(w->c, HOME, 3, "file", P9_O_WRONLY);
	t9_fails(w->c, EBADF, Tread, .fid = 3, .count = 10);
	t9_write(w->c, 3, 0, "C", 1);
	t9_open(w->c, HOME, 4, "file", P9_O_RDONLY);
	t9_fails(w->c, EBADF, Twrite, .fid = 4, .data = { x, 1 });
	t9_reads(w->c, 4, "Content");
}

static void
directories_are_listed_and_files_are_read(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_fails(w->c, EBADF, Treaddir, .fid = HOME, .count = 1000);
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	t9_fails(w->c, EISDIR, Tread, .fid = 2, .count = 100);
	t9_fails(
	    w->c, EBADF, Twrite, .fid = 2, .data = { (const uint8_t *)"x", 1 });
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	t9_fails(w->c, ENOTDIR, Treaddir, .fid = 3, .count = 1000);
	t9_walk(w->c, HOME, 4, "file");
	t9_fails(w->c, EBADF, Treaddir, .fid = 4, .count = 1000);
}

/* Nothing would look like the end. */
static void
a_count_too_small_for_an_entry_is_einval(void **state)
{
	struct wire *w = *state;

	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Treaddir, .fid = 2, .count = 0);
	t9_fails(w->c, EINVAL, Treaddir, .fid = 2, .count = 1);
	t9_fails(w->c, EINVAL, Treaddir, .fid = 2, .count = 24);
	t9_ok(w->c, Treaddir, .fid = 2, .count = 27);
	assert_in_range(w->c->in.u.Rreaddir.data.len, 25, 26);
}

static void
offsets_beyond_the_largest_file_are_refused(void **state)
{
	static const uint64_t beyond[] = { 1ULL << 63, UINT64_MAX,
		UINT64_MAX - 9 };
	static const uint8_t x[] = "xxxxxxxxxx";
	struct wire *w = *state;
	size_t i;
	int err;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "content", 7);
	for (i = 0; i < WIRE_COUNT(beyond); i++) {
		err = t9_rpc(w->c,
		    T9_MSG(Tread, .fid = 2, .offset = beyond[i], .count = 10));
		assert_true(err == EINVAL ||
		    (err == 0 && w->c->in.u.Rread.data.len == 0));
		t9_fails(w->c, EFBIG, Twrite, .fid = 2, .offset = beyond[i],
		    .data = { x, 10 });
		t9_fails(w->c, EINVAL, Tsetattr, .fid = 2,
		    .valid = P9_SETATTR_SIZE, .size = beyond[i]);
	}
	t9_fails(w->c, EFBIG, Twrite, .fid = 2, .offset = INT64_MAX,
	    .data = { x, 10 });
	t9_fails(w->c, EFBIG, Twrite, .fid = 2, .offset = INT64_MAX - 5,
	    .data = { x, 10 });
	assert_int_equal(
	    t9_read(w->c, 2, INT64_MAX, (uint8_t[10]){ 0 }, 10), 0);
	t9_reads(w->c, 2, "content");
}

static void
times_out_of_range_change_nothing(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_fails(w->c, EINVAL, Tsetattr, .fid = 2,
	    .valid = P9_SETATTR_ATIME | P9_SETATTR_ATIME_SET,
	    .atime_nsec = 1000000000);
	t9_fails(w->c, EINVAL, Tsetattr, .fid = 2,
	    .valid = P9_SETATTR_MTIME | P9_SETATTR_MTIME_SET | P9_SETATTR_MODE |
		P9_SETATTR_SIZE,
	    .mode = 0, .mtime_nsec = UINT64_MAX);
	assert_int_equal(t9_getattr(w->c, 2).mode, P9_S_IFREG | 0644);
	t9_has(w->c, HOME, "file", "content");
}

static void
a_directory_has_no_size_to_set(void **state)
{
	struct wire *w = *state;

	t9_fails(w->c, EISDIR, Tsetattr, .fid = HOME, .valid = P9_SETATTR_SIZE,
	    .size = 0);
	t9_fails(w->c, EISDIR, Tsetattr, .fid = HOME,
	    .valid = P9_SETATTR_SIZE | P9_SETATTR_MODE, .size = 0, .mode = 0);
	assert_int_equal(t9_getattr(w->c, HOME).mode, P9_S_IFDIR | 0777);
}

static void
readlink_is_for_symlinks(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_fails(w->c, EINVAL, Treadlink, .fid = 2);
	t9_fails(w->c, EINVAL, Treadlink, .fid = HOME);
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	t9_fails(w->c, EINVAL, Treadlink, .fid = 3);
}

static void
locks_of_no_sense_are_einval(void **state)
{
	struct wire *w = *state;
	p9_str id = t9_str("test");

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_fails(w->c, EINVAL, Tlock, .fid = 2, .type = 3, .client_id = id);
	t9_fails(w->c, EINVAL, Tlock, .fid = 2, .type = 9, .client_id = id);
	t9_fails(w->c, EINVAL, Tlock, .fid = 2, .type = P9_LOCK_WRLCK,
	    .flags = 4, .client_id = id);
	t9_fails(w->c, EINVAL, Tlock, .fid = 2, .type = P9_LOCK_WRLCK,
	    .flags = 0x10, .client_id = id);
	t9_fails(w->c, EINVAL, Tlock, .fid = 2, .type = P9_LOCK_WRLCK,
	    .start = UINT64_MAX - 15, .length = 0x20, .client_id = id);
	t9_fails(w->c, EINVAL, Tgetlock, .fid = 2, .type = 3, .client_id = id);
	t9_fails(w->c, EINVAL, Tgetlock, .fid = 2, .type = P9_LOCK_WRLCK,
	    .start = UINT64_MAX, .length = 2, .client_id = id);
	assert_false(t9_locked(w->c, 2, 99, T9_ALL));
}

static void
creating_needs_a_directory(void **state)
{
	struct wire *w = *state;
	p9_str name = t9_str("new");

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_fails(w->c, ENOTDIR, Tlcreate, .fid = 2, .name = name,
	    .flags = P9_O_RDWR, .mode = 0644, .gid = w->c->gid);
	t9_fails(w->c, ENOTDIR, Tmkdir, .dfid = 2, .name = name, .mode = 0755,
	    .gid = w->c->gid);
	t9_fails(w->c, ENOTDIR, Tmknod, .dfid = 2, .name = name, .mode = 0644,
	    .gid = w->c->gid);
	t9_fails(w->c, ENOTDIR, Tsymlink, .dfid = 2, .name = name,
	    .symtgt = name, .gid = w->c->gid);
	t9_fails(w->c, ENOTDIR, Tlink, .dfid = 2, .fid = 2, .name = name);
	t9_fails(w->c, ENOTDIR, Tunlinkat, .dirfid = 2, .name = name);
	t9_fails(w->c, ENOTDIR, Trenameat, .olddirfid = 2, .oldname = name,
	    .newdirfid = HOME, .newname = name);
	t9_fails(w->c, ENOTDIR, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("file"), .newdirfid = 2, .newname = name);
	t9_fails(w->c, ENOTDIR, Trename, .fid = 2, .dfid = 2, .name = name);
	t9_has(w->c, HOME, "file", "content");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(an_unknown_fid_is_ebadf_in_every_message),
		wire_test(there_is_no_authentication),
		wire_test(an_attach_needs_a_free_fid_and_a_tree),
		wire_test(an_aname_does_not_climb_out),
		wire_test(a_walk_needs_a_free_fid_to_end_on),
		wire_test(an_open_fid_is_not_moved),
		wire_test(a_walk_that_fails_at_once_says_why),
		wire_test(a_fid_is_opened_once),
		wire_test(only_files_and_directories_are_opened),
		wire_test(a_directory_is_opened_for_reading_only),
		wire_test(a_failed_open_leaves_the_fid_as_it_was),
		wire_test(reading_and_writing_needs_a_fid_open_for_it),
		wire_test(directories_are_listed_and_files_are_read),
		wire_test(a_count_too_small_for_an_entry_is_einval),
		wire_test(offsets_beyond_the_largest_file_are_refused),
		wire_test(times_out_of_range_change_nothing),
		wire_test(a_directory_has_no_size_to_set),
		wire_test(readlink_is_for_symlinks),
		wire_test(locks_of_no_sense_are_einval),
		wire_test(creating_needs_a_directory),
	};

	return wire_main("misused fids", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests,
	    WIRE_COUNT(tests));
}
