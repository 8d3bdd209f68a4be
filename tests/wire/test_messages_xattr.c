/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_xattr.c -- extended attributes, when all is well, and the
 * rules of the fids that carry them.
 */

#include "wire.h"

static void
setup_file(struct wire *w)
{
	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
}

static void
has_xattr(struct t9 *c, const char *name, const char *value)
{
	char got[256];
	uint32_t n = t9_getxattr(c, 2, name, got, sizeof(got));

	assert_int_equal(n, strlen(value));
	assert_memory_equal(got, value, n);
}

static void
has_no_xattr(struct t9 *c, const char *name)
{
	t9_fails(c, ENODATA, Txattrwalk, .fid = 2, .newfid = T9_TMPFID,
	    .name = t9_str(name));
	t9_fails(c, EBADF, Tclunk, .fid = T9_TMPFID);
}

static void
a_value_that_is_set_can_be_read(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	has_no_xattr(w->c, "user.comment");
	t9_setxattr(w->c, 2, "user.comment", "hello", 5, 0);
	has_xattr(w->c, "user.comment", "hello");
	t9_setxattr(w->c, 2, "user.comment", "other", 5, P9_XATTR_REPLACE);
	has_xattr(w->c, "user.comment", "other");
	t9_setxattr(w->c, 2, "user.new", "value", 5, P9_XATTR_CREATE);
	has_xattr(w->c, "user.new", "value");
	has_xattr(w->c, "user.comment", "other");
	t9_has(w->c, HOME, "file", "content");
}

static void
names_are_listed(void **state)
{
	struct wire *w = *state;
	char list[1024];
	uint32_t n;

	setup_file(w);
	t9_setxattr(w->c, 2, "user.a", "1", 1, 0);
	t9_setxattr(w->c, 2, "user.bcd", "2", 1, 0);
	n = t9_getxattr(w->c, 2, "", list, sizeof(list));
	assert_true(n >= 16);
	assert_int_equal(list[n - 1], '\0');
	assert_non_null(memmem(list, n, "user.a", 7));
	assert_non_null(memmem(list, n, "user.bcd", 9));
}

static void
a_value_comes_in_pieces_and_goes_in_pieces(void **state)
{
	struct wire *w = *state;
	char value[3000], got[3000];
	uint32_t at;

	setup_file(w);
	for (at = 0; at < sizeof(value); at++)
		value[at] = (char)(at * 7);
	t9_walk(w->c, 2, 3, "");
	t9_ok(w->c, Txattrcreate, .fid = 3, .name = t9_str("user.big"),
	    .attr_size = sizeof(value));
	for (at = 0; at < sizeof(value); at += 500)
		t9_write(w->c, 3, at, value + at, 500);
	has_no_xattr(w->c, "user.big"); /* not before the clunk */
	t9_clunk(w->c, 3);

	t9_ok(w->c, Txattrwalk, .fid = 2, .newfid = 4,
	    .name = t9_str("user.big"));
	assert_int_equal(w->c->in.u.Rxattrwalk.size, sizeof(value));
	for (at = 0; at < sizeof(value); at += 300)
		assert_int_equal(t9_read(w->c, 4, at, got + at, 300), 300);
	assert_memory_equal(got, value, sizeof(value));
	assert_int_equal(t9_read(w->c, 4, at, got, 300), 0);
	assert_int_equal(t9_read(w->c, 4, 2990, got, 300), 10);
	assert_int_equal(t9_read(w->c, 4, 1 << 30, got, 300), 0);
}

static void
a_value_that_is_read_is_a_snapshot(void **state)
{
	struct wire *w = *state;
	char got[64];

	setup_file(w);
	t9_setxattr(w->c, 2, "user.a", "before", 6, 0);
	t9_ok(
	    w->c, Txattrwalk, .fid = 2, .newfid = 3, .name = t9_str("user.a"));
	assert_int_equal(t9_read(w->c, 3, 0, got, 3), 3);
	t9_setxattr(w->c, 2, "user.a", "AFTERWARDS", 10, 0);
	assert_int_equal(t9_read(w->c, 3, 3, got + 3, 60), 3);
	assert_memory_equal(got, "before", 6);
}

static void
an_empty_value_is_none_the_less_a_value(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_setxattr(w->c, 2, "user.empty", "", 0, 0);
	has_xattr(w->c, "user.empty", "");
	t9_setxattr(w->c, 2, "user.empty2", "", 0, P9_XATTR_CREATE);
	has_xattr(w->c, "user.empty2", "");
}

/* removexattr(2) arrives as an empty value that is to replace. */
static void
replacing_by_nothing_removes(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_setxattr(w->c, 2, "user.a", "value", 5, 0);
	t9_setxattr(w->c, 2, "user.a", "", 0, P9_XATTR_REPLACE);
	has_no_xattr(w->c, "user.a");
}

static void
the_longest_values_and_names_are_kept(void **state)
{
	struct wire *w = *state;
	static uint8_t value[65536], got[65536];
	char name[256];

	setup_file(w);
	memset(value, 'v', sizeof(value));
	t9_setxattr(w->c, 2, "user.max", value, sizeof(value), 0);
	assert_int_equal(
	    t9_getxattr(w->c, 2, "user.max", got, sizeof(got)), sizeof(value));
	assert_memory_equal(got, value, sizeof(value));
	memset(name, 'n', 255);
	memcpy(name, "user.", 5);
	name[255] = '\0';
	t9_setxattr(w->c, 2, name, "x", 1, 0);
	has_xattr(w->c, name, "x");
}

static void
attributes_belong_to_the_file_not_to_a_fid(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_open(w->c, HOME, 3, "file", P9_O_RDWR);
	t9_setxattr(w->c, 3, "user.a", "open", 4, 0); /* clones it */
	has_xattr(w->c, "user.a", "open");
	t9_ok(
	    w->c, Txattrwalk, .fid = 3, .newfid = 4, .name = t9_str("user.a"));
	t9_clunk(w->c, 4);
	t9_reads(w->c, 3, "content");
	t9_ok(w->c, Trenameat, .olddirfid = HOME, .oldname = t9_str("file"),
	    .newdirfid = HOME, .newname = t9_str("renamed"));
	has_xattr(w->c, "user.a", "open");
	t9_walk(w->c, HOME, 5, "renamed");
	t9_ok(
	    w->c, Txattrwalk, .fid = 5, .newfid = 6, .name = t9_str("user.a"));
}

static void
directories_have_attributes_too(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_clunk(w->c, 2);
	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_setxattr(w->c, 2, "user.d", "dir", 3, 0);
	has_xattr(w->c, "user.d", "dir");
}

static void
security_and_acl_names_are_stored_for_root(void **state)
{
	/* Version 2, and more than a mode can say: another user may read. */
	static const uint8_t acl[] = { 2, 0, 0, 0, /* version */
		1, 0, 6, 0, 255, 255, 255, 255, /* its owner */
		2, 0, 4, 0, 49, 212, 0, 0, /* user 54321 */
		4, 0, 4, 0, 255, 255, 255, 255, /* its group */
		16, 0, 4, 0, 255, 255, 255, 255, /* mask */
		32, 0, 0, 0, 255, 255, 255, 255 }; /* others */
	struct wire *w = *state;
	uint8_t got[64];

	setup_file(w);
	t9_setxattr(w->c, 2, "trusted.a", "t", 1, 0);
	has_xattr(w->c, "trusted.a", "t");
	t9_setxattr(w->c, 2, "security.a", "s", 1, 0);
	has_xattr(w->c, "security.a", "s");
	t9_setxattr(w->c, 2, "system.posix_acl_access", acl, sizeof(acl), 0);
	assert_int_equal(
	    t9_getxattr(w->c, 2, "system.posix_acl_access", got, sizeof(got)),
	    sizeof(acl));
	assert_memory_equal(got, acl, sizeof(acl));
	/* An empty one removes, whatever the flags. */
	t9_setxattr(w->c, 2, "system.posix_acl_access", "", 0, 0);
	has_no_xattr(w->c, "system.posix_acl_access");
}

/* Returns the error, whether it comes at once or at the end; fid is gone. */
static int
try_setxattr(struct t9 *c, uint32_t fid, const char *name, const char *value,
    uint32_t len, uint32_t flags)
{
	int err, end;

	err = t9_rpc(c,
	    T9_MSG(Txattrcreate, .fid = fid, .name = t9_str(name),
		.attr_size = len, .flags = flags));
	if (err == 0)
		t9_write(c, fid, 0, value, len);
	end = t9_rpc(c, T9_MSG(Tclunk, .fid = fid));
	return err != 0 ? err : end;
}

static void
create_and_replace_look_first(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_setxattr(w->c, 2, "user.a", "value", 5, 0);
	t9_walk(w->c, 2, 3, "");
	assert_int_equal(
	    try_setxattr(w->c, 3, "user.a", "new", 3, P9_XATTR_CREATE), EEXIST);
	has_xattr(w->c, "user.a", "value");
	t9_walk(w->c, 2, 3, "");
	assert_int_equal(
	    try_setxattr(w->c, 3, "user.none", "new", 3, P9_XATTR_REPLACE),
	    ENODATA);
	has_no_xattr(w->c, "user.none");
}

/* Both flags at once can never be satisfied, whoever finds that out. */
static void
create_and_replace_exclude_each_other(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_walk(w->c, 2, 3, "");
	assert_int_not_equal(try_setxattr(w->c, 3, "user.a", "new", 3,
				 P9_XATTR_CREATE | P9_XATTR_REPLACE),
	    0);
	has_no_xattr(w->c, "user.a");
	t9_setxattr(w->c, 2, "user.a", "value", 5, 0);
	t9_walk(w->c, 2, 3, "");
	assert_int_not_equal(try_setxattr(w->c, 3, "user.a", "new", 3,
				 P9_XATTR_CREATE | P9_XATTR_REPLACE),
	    0);
	has_xattr(w->c, "user.a", "value");
}

static void
a_value_that_is_not_complete_is_not_stored(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_setxattr(w->c, 2, "user.a", "value", 5, 0);
	t9_walk(w->c, 2, 3, "");
	t9_ok(w->c, Txattrcreate, .fid = 3, .name = t9_str("user.a"),
	    .attr_size = 10);
	t9_write(w->c, 3, 0, "short", 5);
	t9_fails(w->c, EINVAL, Tclunk, .fid = 3);
	has_xattr(w->c, "user.a", "value");
	t9_walk(w->c, 2, 3, ""); /* the fid is free all the same */
	t9_ok(w->c, Txattrcreate, .fid = 3, .name = t9_str("user.b"),
	    .attr_size = 10);
	t9_fails(w->c, EINVAL, Tclunk, .fid = 3);
	has_no_xattr(w->c, "user.b");
}

static void
writing_beyond_the_size_is_refused(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_walk(w->c, 2, 3, "");
	t9_ok(w->c, Txattrcreate, .fid = 3, .name = t9_str("user.a"),
	    .attr_size = 4);
	t9_fails(w->c, ENOSPC, Twrite, .fid = 3, .offset = 2,
	    .data = { (const uint8_t *)"abc", 3 });
	t9_fails(w->c, ENOSPC, Twrite, .fid = 3, .offset = UINT64_MAX,
	    .data = { (const uint8_t *)"abc", 3 });
	t9_write(w->c, 3, 0, "good", 4);
	t9_clunk(w->c, 3);
	has_xattr(w->c, "user.a", "good");
}

static void
what_xattrcreate_refuses_leaves_the_fid(void **state)
{
	struct wire *w = *state;
	char name[257];

	setup_file(w);
	memset(name, 'n', 256);
	memcpy(name, "user.", 5);
	name[256] = '\0';
	t9_fails(w->c, E2BIG, Txattrcreate, .fid = 2, .name = t9_str("user.a"),
	    .attr_size = 65537);
	t9_fails(w->c, E2BIG, Txattrcreate, .fid = 2, .name = t9_str("user.a"),
	    .attr_size = UINT64_MAX);
	t9_fails(w->c, EINVAL, Txattrcreate, .fid = 2, .name = t9_str("user.a"),
	    .attr_size = 1, .flags = 4);
	t9_fails(w->c, EINVAL, Txattrcreate, .fid = 2, .name = t9_str(""),
	    .attr_size = 1);
	t9_fails(w->c, ERANGE, Txattrcreate, .fid = 2, .name = t9_str(name),
	    .attr_size = 1);
	t9_ok(w->c, Tlopen, .fid = 2, .flags = P9_O_RDONLY);
	t9_reads(w->c, 2, "content");
}

static void
an_xattr_fid_is_no_file(void **state)
{
	struct wire *w = *state;
	uint32_t fid;

	setup_file(w);
	t9_setxattr(w->c, 2, "user.a", "value", 5, 0);
	t9_ok(
	    w->c, Txattrwalk, .fid = 2, .newfid = 3, .name = t9_str("user.a"));
	t9_walk(w->c, 2, 4, "");
	t9_ok(w->c, Txattrcreate, .fid = 4, .name = t9_str("user.b"),
	    .attr_size = 5);
	for (fid = 3; fid <= 4; fid++) {
		t9_fails(w->c, EINVAL, Tgetattr, .fid = fid,
		    .request_mask = P9_GETATTR_BASIC);
		t9_fails(w->c, EINVAL, Twalk, .fid = fid, .newfid = 5);
		t9_fails(w->c, EINVAL, Twalk, .fid = fid, .newfid = 5,
		    .wname = t9_names("a"));
		t9_fails(w->c, EINVAL, Tlopen, .fid = fid);
	}
	/* One is read, the other written. */
	t9_fails(
	    w->c, EBADF, Twrite, .fid = 3, .data = { (const uint8_t *)"x", 1 });
	t9_fails(w->c, EBADF, Tread, .fid = 4, .count = 1);
	t9_write(w->c, 4, 0, "added", 5);
	t9_clunk(w->c, 4);
	has_xattr(w->c, "user.b", "added");
	t9_clunk(w->c, 3);
}

static void
a_new_xattr_fid_must_be_free(void **state)
{
	struct wire *w = *state;

	setup_file(w);
	t9_fails(w->c, EINVAL, Txattrwalk, .fid = 2, .newfid = HOME,
	    .name = t9_str(""));
	t9_fails(w->c, EINVAL, Txattrwalk, .fid = 2, .newfid = 2,
	    .name = t9_str(""));
	t9_getattr(w->c, HOME);
	t9_getattr(w->c, 2);
}

#define xattr_test(f) wire_test_if(f, WIRE_NEEDS_XATTR)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		xattr_test(a_value_that_is_set_can_be_read),
		xattr_test(names_are_listed),
		xattr_test(a_value_comes_in_pieces_and_goes_in_pieces),
		xattr_test(a_value_that_is_read_is_a_snapshot),
		xattr_test(an_empty_value_is_none_the_less_a_value),
		xattr_test(replacing_by_nothing_removes),
		wire_test_if(
		    the_longest_values_and_names_are_kept, WIRE_NEEDS_MEMORY),
		xattr_test(attributes_belong_to_the_file_not_to_a_fid),
		xattr_test(directories_have_attributes_too),
		wire_test_if(security_and_acl_names_are_stored_for_root,
		    WIRE_NEEDS_MEMORY | WIRE_NEEDS_ROOT),
		xattr_test(create_and_replace_look_first),
		xattr_test(create_and_replace_exclude_each_other),
		xattr_test(a_value_that_is_not_complete_is_not_stored),
		xattr_test(writing_beyond_the_size_is_refused),
		xattr_test(what_xattrcreate_refuses_leaves_the_fid),
		xattr_test(an_xattr_fid_is_no_file),
		xattr_test(a_new_xattr_fid_must_be_free),
	};

	return wire_main(
	    "xattrs", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
