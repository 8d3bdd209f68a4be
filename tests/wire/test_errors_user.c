/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_errors_user.c -- what one user may not do to the files of another.
 *
 * The server is root in most of these tests, and believes what is claimed.  In
 * memory the server decides, on the host the kernel; both must come to the same
 * answers.
 */

#include "wire.h"

/* HOME as two users see it, besides the test's own session, which is root's. */
struct users {
	struct t9 *a, *b;
};

static struct users
setup_users(struct wire *w)
{
	struct users u;

	u.a = wire_session_as(w, WIRE_USER);
	u.b = wire_session_as(w, WIRE_OTHER);
	return u;
}

static void
set_mode(struct t9 *c, const char *path, uint32_t mode)
{
	t9_walk(c, HOME, T9_TMPFID, path);
	t9_ok(c, Tsetattr, .fid = T9_TMPFID, .valid = P9_SETATTR_MODE,
	    .mode = mode);
	t9_clunk(c, T9_TMPFID);
}

static int
try_open(struct t9 *c, const char *path, uint32_t flags)
{
	int err;

	t9_walk(c, HOME, T9_TMPFID, path);
	err = t9_rpc(c, T9_MSG(Tlopen, .fid = T9_TMPFID, .flags = flags));
	t9_clunk(c, T9_TMPFID);
	return err;
}

static int
try_setattr(struct t9 *c, const char *path, const struct p9_Tsetattr *set)
{
	struct p9_msg m = { .type = P9_Tsetattr, .u.Tsetattr = *set };
	int err;

	t9_walk(c, HOME, T9_TMPFID, path);
	m.u.Tsetattr.fid = T9_TMPFID;
	err = t9_rpc(c, &m);
	t9_clunk(c, T9_TMPFID);
	return err;
}

static int
try_walk(struct t9 *c, const char *path)
{
	struct p9_msg m = { .type = P9_Twalk };
	int err;

	m.u.Twalk.fid = HOME;
	m.u.Twalk.newfid = T9_TMPFID;
	m.u.Twalk.wname = t9_names(path);
	err = t9_rpc(c, &m);
	if (err == 0)
		t9_clunk(c, T9_TMPFID);
	return err;
}

static void
what_a_user_makes_is_the_users(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);
	struct p9_Rgetattr a;

	t9_put(u.a, HOME, "file", "content");
	t9_mkdir(u.a, HOME, "dir", 0755);
	t9_ok(u.a, Tsymlink, .dfid = HOME, .name = t9_str("link"),
	    .symtgt = t9_str("file"), .gid = UINT32_MAX);
	a = t9_stat(w->c, HOME, "file");
	assert_int_equal(a.uid, WIRE_USER);
	assert_int_equal(a.gid, WIRE_USER);
	a = t9_stat(w->c, HOME, "dir");
	assert_int_equal(a.uid, WIRE_USER);
	assert_int_equal(a.gid, WIRE_USER);
	assert_int_equal(t9_stat(w->c, HOME, "link").uid, WIRE_USER);
	t9_has(u.a, HOME, "file", "content");
}

static void
an_owner_obeys_its_own_modes(void **state)
{
	struct wire *w = *state;
	struct t9 *c = wire_session_as(w, wire_root() ? WIRE_USER : geteuid());

	t9_put(c, HOME, "file", "content");
	set_mode(c, "file", 0200);
	assert_int_equal(try_open(c, "file", P9_O_RDONLY), EACCES);
	assert_int_equal(try_open(c, "file", P9_O_RDWR), EACCES);
	assert_int_equal(try_open(c, "file", P9_O_WRONLY), 0);
	set_mode(c, "file", 0477);
	assert_int_equal(try_open(c, "file", P9_O_WRONLY), EACCES);
	assert_int_equal(try_open(c, "file", P9_O_RDONLY), 0);
	t9_mkdir(c, HOME, "dir", 0300);
	assert_int_equal(try_open(c, "dir", P9_O_RDONLY), EACCES);
	t9_free(c);
}

static void
modes_are_obeyed_on_open(void **state)
{
	static const struct {
		uint32_t mode;
		bool owner_reads, owner_writes, other_reads, other_writes;
	} cases[] = {
		{ 0644, true, true, true, false },
		{ 0600, true, true, false, false },
		{ 0666, true, true, true, true },
		{ 0062, false, false, false, true },
		{ 0004, false, false, true, false },
		{ 0200, false, true, false, false },
		{ 0477, true, false, true, true },
		{ 0000, false, false, false, false },
	};
	struct wire *w = *state;
	struct users u = setup_users(w);
	size_t i;

	t9_put(u.a, HOME, "file", "content");
	for (i = 0; i < WIRE_COUNT(cases); i++) {
		set_mode(u.a, "file", cases[i].mode);
		assert_int_equal(try_open(u.a, "file", P9_O_RDONLY),
		    cases[i].owner_reads ? 0 : EACCES);
		assert_int_equal(try_open(u.a, "file", P9_O_WRONLY),
		    cases[i].owner_writes ? 0 : EACCES);
		assert_int_equal(try_open(u.a, "file", P9_O_RDWR),
		    cases[i].owner_reads && cases[i].owner_writes ? 0 : EACCES);
		assert_int_equal(try_open(u.b, "file", P9_O_RDONLY),
		    cases[i].other_reads ? 0 : EACCES);
		assert_int_equal(try_open(u.b, "file", P9_O_WRONLY),
		    cases[i].other_writes ? 0 : EACCES);
		/* Root may, whatever it says. */
		assert_int_equal(try_open(w->c, "file", P9_O_RDWR), 0);
	}
}

static void
a_file_that_may_not_be_written_is_not_truncated(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_put(u.a, HOME, "file", "content");
	assert_int_equal(
	    try_open(u.b, "file", P9_O_RDONLY | P9_O_TRUNC), EACCES);
	assert_int_equal(
	    try_open(u.b, "file", P9_O_WRONLY | P9_O_TRUNC), EACCES);
	assert_int_equal(try_setattr(u.b, "file",
			     &(struct p9_Tsetattr){ .valid = P9_SETATTR_SIZE }),
	    EACCES);
	/* The kernel's way of O_RDONLY|O_TRUNC does not get around it. */
	t9_open(u.b, HOME, 2, "file", P9_O_RDONLY);
	t9_fails(u.b, EACCES, Tsetattr, .fid = 2, .valid = 0x68);
	t9_has(u.a, HOME, "file", "content");
}

static void
a_group_has_its_own_bits(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_put(w->c, HOME, "file", "content"); /* root's */
	assert_int_equal(try_setattr(w->c, "file",
			     &(struct p9_Tsetattr){
				 .valid = P9_SETATTR_GID, .gid = WIRE_USER }),
	    0);
	set_mode(w->c, "file", 0640);
	assert_int_equal(try_open(u.a, "file", P9_O_RDONLY), 0);
	assert_int_equal(try_open(u.a, "file", P9_O_RDWR), EACCES);
	assert_int_equal(try_open(u.b, "file", P9_O_RDONLY), EACCES);
	set_mode(w->c, "file", 0604); /* less for the group than for all */
	assert_int_equal(try_open(u.a, "file", P9_O_RDONLY), EACCES);
	assert_int_equal(try_open(u.b, "file", P9_O_RDONLY), 0);
}

static void
directories_are_searched_and_listed_by_permission(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_mkdir(u.a, HOME, "dir", 0777);
	t9_walk(u.a, HOME, 2, "dir");
	t9_mkdir(u.a, 2, "sub", 0777);

	set_mode(u.a, "dir", 0711); /* found, but not listed */
	assert_int_equal(try_walk(u.b, "dir/sub"), 0);
	assert_int_equal(try_open(u.b, "dir", P9_O_RDONLY), EACCES);

	set_mode(u.a, "dir", 0744); /* listed, but nothing found */
	assert_int_equal(try_open(u.b, "dir", P9_O_RDONLY), 0);
	t9_walk(u.b, HOME, 2, "dir");
	t9_fails(u.b, EACCES, Twalk, .fid = 2, .newfid = 3,
	    .wname = t9_names("sub"));
	t9_fails(u.b, EACCES, Twalk, .fid = 2, .newfid = 3,
	    .wname = t9_names("no such name"));
	t9_ok(
	    u.b, Twalk, .fid = HOME, .newfid = 3, .wname = t9_names("dir/sub"));
	assert_int_equal(u.b->in.u.Rwalk.wqid.n, 1);
	t9_fails(u.b, EBADF, Tclunk, .fid = 3);

	/* A fid that is below already stays of use. */
	t9_ok(u.a, Twalk, .fid = 2, .newfid = 3, .wname = t9_names("sub"));
	set_mode(u.a, "dir", 0);
	assert_int_equal(try_open(u.b, "dir", P9_O_RDONLY), EACCES);
	t9_fails(u.a, EACCES, Twalk, .fid = 2, .newfid = 4,
	    .wname = t9_names("sub"));
	t9_put(u.a, 3, "file", "below");
	assert_true(t9_exists(w->c, HOME, "dir/sub/file"));
}

static void
attaching_below_needs_search_permission(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_mkdir(u.a, HOME, "dir", 0777);
	t9_walk(u.a, HOME, 2, "dir");
	t9_mkdir(u.a, 2, "sub", 0777);
	set_mode(u.a, "dir", 0700);
	t9_ok(u.a, Tattach, .fid = 3, .afid = P9_NOFID,
	    .aname = t9_str(wire_home(w, "dir/sub")), .n_uname = WIRE_USER);
	t9_fails(u.a, EACCES, Tattach, .fid = 4, .afid = P9_NOFID,
	    .aname = t9_str(wire_home(w, "dir/sub")), .n_uname = WIRE_OTHER);
	t9_fails(u.a, EBADF, Tclunk, .fid = 4);
}

static void
nothing_changes_in_a_directory_that_may_not_be_written(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);
	p9_str name = t9_str("new"), file = t9_str("file");

	t9_mkdir(u.a, HOME, "dir", 0755);
	t9_walk(u.a, HOME, 2, "dir");
	t9_put(u.a, 2, "file", "content");
	t9_mkdir(u.a, 2, "sub", 0755);
	t9_put(u.b, HOME, "mine", "");

	t9_walk(u.b, HOME, 2, "dir");
	t9_walk(u.b, HOME, 3, "mine");
	t9_fails(u.b, EACCES, Tlcreate, .fid = 2, .name = name,
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = UINT32_MAX);
	t9_fails(u.b, EACCES, Tmkdir, .dfid = 2, .name = name, .mode = 0755,
	    .gid = UINT32_MAX);
	t9_fails(u.b, EACCES, Tmknod, .dfid = 2, .name = name, .mode = 0644,
	    .gid = UINT32_MAX);
	t9_fails(u.b, EACCES, Tsymlink, .dfid = 2, .name = name, .symtgt = name,
	    .gid = UINT32_MAX);
	t9_fails(u.b, EACCES, Tlink, .dfid = 2, .fid = 3, .name = name);
	t9_fails(u.b, EACCES, Tunlinkat, .dirfid = 2, .name = file);
	t9_fails(u.b, EACCES, Tunlinkat, .dirfid = 2, .name = t9_str("sub"),
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(u.b, EACCES, Trenameat, .olddirfid = 2, .oldname = file,
	    .newdirfid = HOME, .newname = name);
	t9_fails(u.b, EACCES, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("mine"), .newdirfid = 2, .newname = name);
	t9_fails(u.b, EACCES, Trename, .fid = 3, .dfid = 2, .name = name);
	t9_walk(u.b, HOME, 4, "dir/file");
	t9_fails(u.b, EACCES, Tremove, .fid = 4);
	t9_fails(u.b, EBADF, Tclunk, .fid = 4); /* gone all the same */
	assert_int_equal(t9_count(u.a, 2), 2);
}

static void
a_sticky_directory_protects_names(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_mkdir(w->c, HOME, "tmp", 01777);
	t9_walk(w->c, HOME, 2, "tmp");
	t9_walk(u.a, HOME, 2, "tmp");
	t9_walk(u.b, HOME, 2, "tmp");
	t9_put(u.a, 2, "file", "content");
	t9_mkdir(u.a, 2, "dir", 0777);
	t9_put(u.b, 2, "mine", "");
	t9_fails(u.b, EPERM, Tunlinkat, .dirfid = 2, .name = t9_str("file"));
	t9_fails(u.b, EPERM, Tunlinkat, .dirfid = 2, .name = t9_str("dir"),
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(u.b, EPERM, Trenameat, .olddirfid = 2,
	    .oldname = t9_str("file"), .newdirfid = 2,
	    .newname = t9_str("stolen"));
	t9_fails(u.b, EPERM, Trenameat, .olddirfid = 2,
	    .oldname = t9_str("mine"), .newdirfid = 2,
	    .newname = t9_str("file"));
	t9_has(u.b, 2, "file", "content");
	t9_unlink(u.a, 2, "file"); /* its owner may */
	t9_rmdir(w->c, 2, "dir"); /* and root */
	t9_unlink(u.b, 2, "mine");
}

static void
only_owners_change_attributes(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);
	struct p9_Tsetattr mode = { .valid = P9_SETATTR_MODE, .mode = 0777 };
	struct p9_Tsetattr owner = { .valid = P9_SETATTR_UID,
		.uid = WIRE_OTHER };
	struct p9_Tsetattr group = { .valid = P9_SETATTR_GID,
		.gid = WIRE_OTHER };
	struct p9_Tsetattr times = { .valid = 0x1f0 };
	struct p9_Tsetattr now = { .valid = 0x70 };

	t9_put(u.a, HOME, "file", "content");
	assert_int_equal(try_setattr(u.b, "file", &mode), EPERM);
	assert_int_equal(try_setattr(u.b, "file", &owner), EPERM);
	assert_int_equal(try_setattr(u.b, "file", &group), EPERM);
	assert_int_equal(try_setattr(u.b, "file", &times), EPERM);
	assert_int_equal(try_setattr(u.b, "file", &now), EACCES);

	/* Nor may an owner give files away, or to a strange group. */
	assert_int_equal(try_setattr(u.a, "file", &owner), EPERM);
	assert_int_equal(try_setattr(u.a, "file", &group), EPERM);
	group.gid = WIRE_USER;
	assert_int_equal(try_setattr(u.a, "file", &group), 0);
	assert_int_equal(try_setattr(u.a, "file", &times), 0);
	assert_int_equal(try_setattr(u.a, "file", &mode), 0);
	/* Whoever may write may touch. */
	assert_int_equal(try_setattr(u.b, "file", &now), 0);
	assert_int_equal(try_setattr(u.b, "file", &times), EPERM);
	assert_int_equal(t9_stat(w->c, HOME, "file").uid, WIRE_USER);
}

/* All or nothing: the mode would have been allowed. */
static void
a_change_that_is_refused_changes_nothing(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);
	struct p9_Rgetattr a;

	t9_put(u.a, HOME, "file", "content");
	assert_int_equal(try_setattr(u.a, "file",
			     &(struct p9_Tsetattr){ .valid = P9_SETATTR_MODE |
				     P9_SETATTR_UID | P9_SETATTR_SIZE,
				 .mode = 0600,
				 .uid = WIRE_OTHER }),
	    EPERM);
	a = t9_stat(w->c, HOME, "file");
	assert_int_equal(a.mode, P9_S_IFREG | 0644);
	assert_int_equal(a.size, 7);
}

/*
 * The groups of a client's users are known there only: a client that is
 * believed about its users is believed about the group of a new file, too, but
 * not when it gives away a file that is there.
 */
static void
a_believed_client_names_the_group_of_new_files(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	u.a->gid = WIRE_OTHER;
	t9_put(u.a, HOME, "file", "content");
	t9_mkdir(u.a, HOME, "dir", 0755);
	assert_int_equal(t9_stat(w->c, HOME, "file").uid, WIRE_USER);
	assert_int_equal(t9_stat(w->c, HOME, "file").gid, WIRE_OTHER);
	assert_int_equal(t9_stat(w->c, HOME, "dir").uid, WIRE_USER);
	assert_int_equal(t9_stat(w->c, HOME, "dir").gid, WIRE_OTHER);
	u.a->gid = WIRE_USER;
	t9_put(u.a, HOME, "mine", "content");
	assert_int_equal(try_setattr(u.a, "mine",
			     &(struct p9_Tsetattr){
				 .valid = P9_SETATTR_GID, .gid = WIRE_OTHER }),
	    EPERM);
}

static void
users_make_no_device_nodes(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_fails(u.a, EPERM, Tmknod, .dfid = HOME, .name = t9_str("null"),
	    .mode = P9_S_IFCHR | 0666, .major = 1, .minor = 3,
	    .gid = UINT32_MAX);
	t9_fails(u.a, EPERM, Tmknod, .dfid = HOME, .name = t9_str("disk"),
	    .mode = P9_S_IFBLK | 0666, .major = 8, .minor = 0,
	    .gid = UINT32_MAX);
	assert_int_equal(t9_count(u.a, HOME), 0);
}

static void
a_write_by_another_clears_suid(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);

	t9_put(u.a, HOME, "program", "content");
	set_mode(u.a, "program", 06777);
	assert_int_equal(
	    t9_stat(w->c, HOME, "program").mode, P9_S_IFREG | 06777);
	t9_open(u.b, HOME, 2, "program", P9_O_WRONLY);
	t9_write(u.b, 2, 0, "C", 1);
	assert_int_equal(
	    t9_stat(w->c, HOME, "program").mode, P9_S_IFREG | 0777);

	set_mode(u.a, "program", 04777);
	assert_int_equal(
	    try_setattr(u.b, "program",
		&(struct p9_Tsetattr){ .valid = P9_SETATTR_SIZE, .size = 3 }),
	    0);
	assert_int_equal(
	    t9_stat(w->c, HOME, "program").mode, P9_S_IFREG | 0777);
}

/* Each with what it attached as, whoever else is on the line. */
static void
one_connection_carries_many_users(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);
	const char *home = wire_home(w, "");

	t9_put(u.a, HOME, "file", "content");
	set_mode(u.a, "file", 0600);
	t9_attach(w->c, 2, WIRE_USER, home);
	t9_attach(w->c, 3, WIRE_OTHER, home);
	t9_open(w->c, 2, 4, "file", P9_O_RDWR);
	t9_walk(w->c, 3, 5, "file");
	t9_fails(w->c, EACCES, Tlopen, .fid = 5, .flags = P9_O_RDONLY);
	/* What is open stays open, and clones keep their user. */
	t9_reads(w->c, 4, "content");
	t9_walk(w->c, 4, 6, "");
	t9_ok(w->c, Tlopen, .fid = 6, .flags = P9_O_RDONLY);
	t9_walk(w->c, 5, 7, "");
	t9_fails(w->c, EACCES, Tlopen, .fid = 7, .flags = P9_O_RDONLY);
	w->c->gid = UINT32_MAX;
	t9_mkdir(w->c, 3, "theirs", 0755);
	t9_mkdir(w->c, 2, "mine", 0755);
	assert_int_equal(t9_stat(w->c, HOME, "theirs").uid, WIRE_OTHER);
	assert_int_equal(t9_stat(w->c, HOME, "mine").uid, WIRE_USER);
}

/* A name that nobody knows must not become root by accident. */
static void
an_unknown_name_has_no_rights(void **state)
{
	struct wire *w = *state;
	const char *home = wire_home(w, "");
	static const char *const names[] = { "", "nobody", "no such user",
		"4294967295", "-1" };
	uint32_t fid = 10;
	size_t i;

	t9_put(w->c, HOME, "file", "content");
	set_mode(w->c, "file", 0600);
	for (i = 0; i < WIRE_COUNT(names); i++) {
		t9_ok(w->c, Tattach, .fid = fid, .afid = P9_NOFID,
		    .uname = t9_str(names[i]), .aname = t9_str(home),
		    .n_uname = P9_NONUNAME);
		t9_walk(w->c, fid, fid + 1, "file");
		t9_fails(w->c, EACCES, Tlopen, .fid = fid + 1);
		fid += 2;
	}
}

static void
attributes_of_others_are_theirs(void **state)
{
	struct wire *w = *state;
	struct users u = setup_users(w);
	char value[16];
	int err;

	t9_put(u.a, HOME, "file", "content");
	t9_walk(u.a, HOME, 2, "file");
	t9_walk(u.b, HOME, 2, "file");
	assert_int_equal(
	    t9_rpc(u.a,
		T9_MSG(Txattrwalk, .fid = 2, .newfid = 3, .name = t9_str(""))),
	    0);
	t9_setxattr(u.a, 2, "user.a", "value", 5, 0);
	assert_int_equal(t9_getxattr(u.b, 2, "user.a", value, 16), 5);

	/* Refused when it begins or when it is to be stored. */
	t9_walk(u.b, 2, 3, "");
	err = t9_rpc(u.b,
	    T9_MSG(Txattrcreate, .fid = 3, .name = t9_str("user.a"),
		.attr_size = 1));
	if (err == 0) {
		t9_write(u.b, 3, 0, "x", 1);
		err = t9_rpc(u.b, T9_MSG(Tclunk, .fid = 3));
	}
	assert_int_equal(err, EACCES);

	set_mode(u.a, "file", 0600);
	t9_fails(u.b, EACCES, Txattrwalk, .fid = 2, .newfid = 4,
	    .name = t9_str("user.a"));
	assert_int_equal(t9_getxattr(u.a, 2, "user.a", value, 16), 5);
	assert_memory_equal(value, "value", 5);
}

#define user_test(f) wire_test_if(f, WIRE_NEEDS_ROOT)

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		user_test(what_a_user_makes_is_the_users),
		wire_test(an_owner_obeys_its_own_modes),
		user_test(modes_are_obeyed_on_open),
		user_test(a_file_that_may_not_be_written_is_not_truncated),
		user_test(a_group_has_its_own_bits),
		user_test(directories_are_searched_and_listed_by_permission),
		user_test(attaching_below_needs_search_permission),
		user_test(
		    nothing_changes_in_a_directory_that_may_not_be_written),
		user_test(a_sticky_directory_protects_names),
		user_test(only_owners_change_attributes),
		user_test(a_change_that_is_refused_changes_nothing),
		user_test(a_believed_client_names_the_group_of_new_files),
		user_test(users_make_no_device_nodes),
		user_test(a_write_by_another_clears_suid),
		user_test(one_connection_carries_many_users),
		user_test(an_unknown_name_has_no_rights),
		wire_test_if(attributes_of_others_are_theirs,
		    WIRE_NEEDS_XATTR | WIRE_NEEDS_ROOT),
	};

	return wire_main(
	    "users", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
