/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_walk.c -- attaching, walking, opening and creating, when all is
 * well.
 */

#include "wire.h"

/* The same file, that is; its version may have changed. */
static void
same_qid(p9_qid a, p9_qid b)
{
	assert_int_equal(a.path, b.path);
	assert_int_equal(a.type, b.type);
}

static void
every_attach_gives_the_same_root(void **state)
{
	struct wire *w = *state;
	p9_qid a = t9_attach(w->c, 2, geteuid(), "");
	p9_qid b = t9_attach(w->c, 3, geteuid(), "/");

	same_qid(a, b);
	same_qid(a, t9_getattr(w->c, ROOT).qid);
}

static void
an_aname_is_a_path_below_the_root(void **state)
{
	struct wire *w = *state;
	p9_qid below, root;

	t9_mkdir(w->c, HOME, "sub", 0755);
	t9_walk(w->c, HOME, 2, "sub");
	t9_mkdir(w->c, 2, "deep", 0755);
	below = t9_walk(w->c, 2, 2, "deep");
	t9_put(w->c, 2, "file", "down here");

	root = t9_attach(w->c, 3, geteuid(), wire_home(w, "sub/deep"));
	same_qid(root, below);
	t9_has(w->c, 3, "file", "down here");

	/* Nothing above it can be reached. */
	same_qid(t9_walk(w->c, 3, 4, "../../.."), root);
}

static void
the_first_attach_of_linux_is_served(void **state)
{
	struct wire *w = *state;

	t9_ok(w->c, Tattach, .fid = 2, .afid = P9_NOFID,
	    .uname = t9_str("nobody"), .n_uname = P9_NONUNAME);
	t9_getattr(w->c, 2);
	t9_ok(w->c, Tattach, .fid = 3, .afid = P9_NOFID,
	    .uname = t9_str("no such user"), .n_uname = P9_NONUNAME);
	t9_getattr(w->c, 3);
	t9_ok(w->c, Tattach, .fid = 4, .afid = P9_NOFID, .uname = t9_str(""),
	    .n_uname = P9_NONUNAME);
	t9_getattr(w->c, 4);
}

static void
a_walk_of_no_names_clones(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 2, "file");
	t9_walk(w->c, 2, 3, "");
	same_qid(t9_getattr(w->c, 2).qid, t9_getattr(w->c, 3).qid);
	t9_clunk(w->c, 2);
	t9_ok(w->c, Tlopen, .fid = 3, .flags = P9_O_RDONLY);
	t9_reads(w->c, 3, "content");

	t9_walk(w->c, HOME, HOME, ""); /* onto itself */
	t9_has(w->c, HOME, "file", "content");
}

static void
a_walk_tells_the_qid_of_every_step(void **state)
{
	struct wire *w = *state;
	struct p9_Rwalk *r = &w->c->in.u.Rwalk;
	p9_qid qids[3];

	t9_mkdir(w->c, HOME, "a", 0755);
	t9_walk(w->c, HOME, 2, "a");
	t9_mkdir(w->c, 2, "b", 0755);
	t9_walk(w->c, 2, 3, "b");
	t9_put(w->c, 3, "c", "");

	t9_ok(
	    w->c, Twalk, .fid = HOME, .newfid = 4, .wname = t9_names("a/b/c"));
	assert_int_equal(r->wqid.n, 3);
	memcpy(qids, r->wqid.qid, sizeof(qids));
	same_qid(qids[0], t9_stat(w->c, HOME, "a").qid);
	same_qid(qids[1], t9_stat(w->c, HOME, "a/b").qid);
	same_qid(qids[2], t9_stat(w->c, HOME, "a/b/c").qid);
	assert_int_equal(qids[1].type, P9_QTDIR);
	assert_int_equal(qids[2].type, P9_QTFILE);
	assert_int_not_equal(qids[0].path, qids[1].path);
}

static void
sixteen_names_are_walked_at_once(void **state)
{
	struct wire *w = *state;
	const char *deep = "d/d/d/d/d/d/d/d/d/d/d/d/d/d/d/d";
	p9_qid qid;
	int i;

	t9_walk(w->c, HOME, 2, "");
	for (i = 0; i < 16; i++) {
		t9_mkdir(w->c, 2, "d", 0755);
		t9_walk(w->c, 2, 2, "d");
	}
	t9_ok(w->c, Twalk, .fid = HOME, .newfid = 3, .wname = t9_names(deep));
	assert_int_equal(w->c->in.u.Rwalk.wqid.n, 16);
	qid = w->c->in.u.Rwalk.wqid.qid[15];
	same_qid(qid, t9_getattr(w->c, 2).qid);
	same_qid(qid, t9_getattr(w->c, 3).qid);
}

static void
dot_stays_and_dotdot_goes_up(void **state)
{
	struct wire *w = *state;
	p9_qid home = t9_getattr(w->c, HOME).qid;
	p9_qid root = t9_getattr(w->c, ROOT).qid;
	p9_qid a;

	t9_mkdir(w->c, HOME, "a", 0755);
	a = t9_walk(w->c, HOME, 2, "a");
	same_qid(t9_walk(w->c, 2, 3, "."), a);
	same_qid(t9_walk(w->c, 2, 4, ".."), home);
	same_qid(t9_walk(w->c, 2, 5, "../a/./../a"), a);
	same_qid(t9_walk(w->c, ROOT, 6, ".."), root);
	same_qid(t9_walk(w->c, 2, 7, "../../../../../.."), root);
}

static void
a_walk_that_fails_later_tells_how_far_it_came(void **state)
{
	struct wire *w = *state;

	t9_mkdir(w->c, HOME, "a", 0755);
	t9_ok(w->c, Twalk, .fid = HOME, .newfid = 2,
	    .wname = t9_names("a/nothing/more"));
	assert_int_equal(w->c->in.u.Rwalk.wqid.n, 1);
	same_qid(w->c->in.u.Rwalk.wqid.qid[0], t9_stat(w->c, HOME, "a").qid);
	/* and has made no fid, as the client learns by a clunk */
	t9_fails(w->c, EBADF, Tclunk, .fid = 2);

	/* A fid that was to move stays. */
	t9_walk(w->c, HOME, 3, "");
	t9_ok(w->c, Twalk, .fid = 3, .newfid = 3, .wname = t9_names("a/no"));
	assert_int_equal(w->c->in.u.Rwalk.wqid.n, 1);
	same_qid(t9_getattr(w->c, 3).qid, t9_getattr(w->c, HOME).qid);
}

static void
an_open_fid_can_be_cloned(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDONLY);
	t9_walk(w->c, 2, 3, "");
	t9_fails(w->c, EBADF, Tread, .fid = 3, .count = 1);
	t9_ok(w->c, Tlopen, .fid = 3, .flags = P9_O_RDWR);
	t9_reads(w->c, 3, "content");
	t9_reads(w->c, 2, "content");
}

static void
lopen_tells_qid_and_iounit(void **state)
{
	struct wire *w = *state;
	static const uint32_t modes[] = { P9_O_RDONLY, P9_O_WRONLY, P9_O_RDWR };
	struct p9_Rlopen r;
	size_t i;

	t9_put(w->c, HOME, "file", "content");
	for (i = 0; i < WIRE_COUNT(modes); i++) {
		t9_open(w->c, HOME, 2, "file", modes[i]);
		r = w->c->in.u.Rlopen;
		assert_true(r.iounit <= w->c->msize - 24);
		same_qid(r.qid, t9_getattr(w->c, 2).qid);
		t9_clunk(w->c, 2);
	}
	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	r = w->c->in.u.Rlopen;
	same_qid(r.qid, t9_getattr(w->c, HOME).qid);
}

/* As the kernel sends them for open(2) and opendir(3). */
static void
flags_of_linux_are_understood(void **state)
{
	struct wire *w = *state;
	static const uint32_t file_flags[] = { 0x8000, 0x8001, 0x8401, 0xc000,
		0x109002, 0x1002, 0x8042, 0x28002, 0x88002, 0x8100, 0x8800 };
	static const uint32_t dir_flags[] = { 0x18000, 0x18800, 0x800, 0 };
	size_t i;

	t9_put(w->c, HOME, "file", "content");
	for (i = 0; i < WIRE_COUNT(file_flags); i++) {
		t9_open(w->c, HOME, 2, "file", file_flags[i]);
		t9_clunk(w->c, 2);
	}
	t9_has(w->c, HOME, "file", "content");
	for (i = 0; i < WIRE_COUNT(dir_flags); i++) {
		t9_open(w->c, HOME, 2, "", dir_flags[i]);
		t9_clunk(w->c, 2);
	}
}

static void
lopen_truncates_if_asked(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDWR | P9_O_TRUNC);
	assert_int_equal(t9_getattr(w->c, 2).size, 0);
	t9_write(w->c, 2, 0, "new", 3);
	t9_has(w->c, HOME, "file", "new");
}

static void
an_open_file_has_one_mode_for_life(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_open(w->c, HOME, 2, "file", P9_O_RDWR);
	t9_open(w->c, HOME, 3, "file", P9_O_RDONLY);
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_MODE, .mode = 0);
	t9_write(w->c, 2, 0, "CONTENT", 7);
	t9_reads(w->c, 3, "CONTENT");
}

static void
lcreate_turns_the_fid_into_the_file(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr attr;
	p9_qid qid;

	t9_create(w->c, HOME, 2, "new", P9_O_RDWR, 0640);
	qid = w->c->in.u.Rlcreate.qid;
	assert_true(w->c->in.u.Rlcreate.iounit <= w->c->msize - 24);
	assert_int_equal(qid.type, P9_QTFILE);
	attr = t9_getattr(w->c, 2);
	same_qid(attr.qid, qid);
	assert_int_equal(attr.mode, P9_S_IFREG | 0640);
	assert_int_equal(attr.uid, geteuid());
	assert_int_equal(attr.gid, getegid());
	assert_int_equal(attr.nlink, 1);
	assert_int_equal(attr.size, 0);
	t9_write(w->c, 2, 0, "written", 7);
	t9_reads(w->c, 2, "written");
	same_qid(t9_walk(w->c, HOME, 3, "new"), t9_getattr(w->c, 2).qid);
	t9_fails(w->c, ENOTDIR, Treaddir, .fid = 2, .count = 4000);
}

static void
lcreate_takes_modes_with_and_without_a_type(void **state)
{
	struct wire *w = *state;

	t9_create(w->c, HOME, 2, "a", P9_O_WRONLY, 0100666);
	t9_create(w->c, HOME, 3, "b", P9_O_WRONLY, 0666);
	t9_create(w->c, HOME, 4, "c", P9_O_WRONLY, 0);
	assert_int_equal(t9_getattr(w->c, 2).mode, P9_S_IFREG | 0666);
	assert_int_equal(t9_getattr(w->c, 3).mode, P9_S_IFREG | 0666);
	assert_int_equal(t9_getattr(w->c, 4).mode, P9_S_IFREG);
	t9_write(w->c, 4, 0, "x", 1); /* permission was a matter of opening */
}

static void
lcreate_opens_what_is_there_unless_exclusive(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0600);
	t9_reads(w->c, 2, "content");
	assert_int_equal(t9_getattr(w->c, 2).mode, P9_S_IFREG | 0644);

	t9_create(w->c, HOME, 3, "file", P9_O_RDWR | P9_O_TRUNC, 0600);
	assert_int_equal(t9_getattr(w->c, 2).size, 0);

	t9_create(w->c, HOME, 4, "lock", P9_O_WRONLY | P9_O_EXCL, 0600);
	t9_walk(w->c, HOME, 5, "");
	t9_fails(w->c, EEXIST, Tlcreate, .fid = 5, .name = t9_str("lock"),
	    .flags = P9_O_CREATE | P9_O_EXCL | P9_O_WRONLY, .mode = 0600);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(every_attach_gives_the_same_root),
		wire_test(an_aname_is_a_path_below_the_root),
		wire_test(the_first_attach_of_linux_is_served),
		wire_test(a_walk_of_no_names_clones),
		wire_test(a_walk_tells_the_qid_of_every_step),
		wire_test(sixteen_names_are_walked_at_once),
		wire_test(dot_stays_and_dotdot_goes_up),
		wire_test(a_walk_that_fails_later_tells_how_far_it_came),
		wire_test(an_open_fid_can_be_cloned),
		wire_test(lopen_tells_qid_and_iounit),
		wire_test(flags_of_linux_are_understood),
		wire_test(lopen_truncates_if_asked),
		wire_test(an_open_file_has_one_mode_for_life),
		wire_test(lcreate_turns_the_fid_into_the_file),
		wire_test(lcreate_takes_modes_with_and_without_a_type),
		wire_test(lcreate_opens_what_is_there_unless_exclusive),
	};

	return wire_main(
	    "walks", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
