/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_session_fids.c -- how fids come to be, and what kind of fid a message
 * wants.
 */

#include "fake.h"

static uint64_t
path_of(struct fake *fx, uint32_t fid)
{
	return call(fx, T(getattr, 9, fid, P9_GETATTR_BASIC))
	    ->u.Rgetattr.qid.path;
}

static void
an_attach_gives_the_root_of_its_tree(void **state)
{
	struct fake *fx = *state;
	uint64_t path = path_of(fx, 0);
	p9_qid qid;

	qid = call(fx, T_ATTACH(1, 1, "/slow"))->u.Rattach.qid;
	assert_int_equal(qid.type, P9_QTDIR);
	assert_int_equal(qid.path, path);
	qid = call(fx, T_ATTACH(1, 2, "//slow/./"))->u.Rattach.qid;
	assert_int_equal(qid.path, path);
	qid = call(fx, T_ATTACH(1, 3, ""))->u.Rattach.qid;
	assert_int_not_equal(qid.path, path);
	qid = call(fx, T_ATTACH(1, 4, "slow/d1"))->u.Rattach.qid;
	assert_int_equal(qid.path, path_of(fx, 4));
}

static void
an_attach_that_fails_makes_no_fid(void **state)
{
	struct fake *fx = *state;

	call_fails(fx, T_ATTACH(1, 1, "/nowhere"), ENOENT);
	call_fails(fx, T_ATTACH(1, 1, "/slow/f0"), ENOTDIR);
	call_fails(fx, T_ATTACH(1, 1, "/slow/f0/f1"), ENOTDIR);
	call_fails(
	    fx, T(attach, 1, 1, 0, STR(""), STR(""), 0), EBADF); /* afid */
	call_fails(fx, T_ATTACH(1, 0, "/slow"), EINVAL); /* in use */
	call_fails(fx, T_ATTACH(1, P9_NOFID, "/slow"), EBADF);
	call_fails(fx, T(getattr, 1, 1, P9_GETATTR_BASIC), EBADF);
	call(fx, T_ATTACH(1, 1, "/slow"));
}

/* As many steps of a walk as an aname has room for. */
static void
a_long_aname_is_walked_to_its_end(void **state)
{
	struct fake *fx = *state;
	char aname[65535];
	p9_str s = { aname, sizeof(aname) };
	size_t i;

	for (i = 0; i < sizeof(aname); i++)
		aname[i] = i % 2 != 0 ? '/' : '.';
	call(fx, T(attach, 1, 1, P9_NOFID, STR(""), s, 0));
	memcpy(aname + sizeof(aname) - 5, "/slow", 5);
	call(fx, T(attach, 1, 2, P9_NOFID, STR(""), s, 0));
	assert_int_equal(path_of(fx, 2), path_of(fx, 0));
}

/* They come from what the worker made, and go with the last fid. */
static void
fids_of_one_attach_share_its_cred(void **state)
{
	struct fake *fx = *state;
	struct fid *root, *child;

	fx->server.identity.mode = IDENTITY_CLIENT;
	call(fx, T(attach, 1, 1, P9_NOFID, STR(""), STR("/slow"), 4321));
	call(fx, T_WALK(1, 1, 2, "f0"));
	root = idmap_find(&fx->session.fids, 1);
	child = idmap_find(&fx->session.fids, 2);
	assert_int_equal(root->attach->cred->uid, 4321);
	assert_ptr_equal(child->attach, root->attach);
	assert_int_equal(root->attach->refs, 2);
	assert_int_equal(root->attach->cred->refs, 1);
	call(fx, T(clunk, 1, 1));
	assert_int_equal(child->attach->refs, 1);
	call(fx, T(getattr, 1, 2, P9_GETATTR_BASIC));
}

static void
an_identity_that_is_refused_makes_no_fid(void **state)
{
	struct fake *fx = *state;

	fx->server.identity.mode = IDENTITY_CLIENT;
	fx->session.from = (struct origin){ .trust = TRUST_PEER,
		.has_peer = true,
		.peer_uid = 1000,
		.peer_gid = 1000 };
	call_fails(
	    fx, T(attach, 1, 1, P9_NOFID, STR(""), STR("/slow"), 1), EPERM);
	call_fails(fx, T(clunk, 1, 1), EBADF);
}

static void
a_walk_that_comes_part_of_the_way_makes_no_fid(void **state)
{
	struct fake *fx = *state;
	const struct p9_msg *m;

	m = call(
	    fx, T(walk, 1, 0, 1, { 3, { STR("d0"), STR("d1"), STR("nix") } }));
	assert_int_equal(m->u.Rwalk.wqid.n, 2);
	call_fails(fx, T(getattr, 1, 1, P9_GETATTR_BASIC), EBADF);
	call_fails(fx, T_WALK(1, 0, 1, "nix"), ENOENT);
	m = call(fx, T(walk, 1, 0, 1, { 2, { STR("f0"), STR("f1") } }));
	assert_int_equal(m->u.Rwalk.wqid.n, 1);
	call_fails(fx, T(getattr, 1, 1, P9_GETATTR_BASIC), EBADF);
}

static void
a_walk_in_place_that_fails_leaves_its_fid(void **state)
{
	struct fake *fx = *state;
	uint64_t path;

	make_fid(fx, 1, "d0");
	path = path_of(fx, 1);
	call(fx, T(walk, 1, 1, 1, { 2, { STR("d1"), STR("nix") } }));
	assert_int_equal(path_of(fx, 1), path);
	call_fails(fx, T_WALK(1, 1, 1, "nix"), ENOENT);
	assert_int_equal(path_of(fx, 1), path);
	call(fx, T_CLONE(1, 1, 1));
	assert_int_equal(path_of(fx, 1), path);
}

static void
a_fid_that_is_being_made_is_taken_but_unknown(void **state)
{
	struct fake *fx = *state;

	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, 0);
	send_ok(fx, T_WALK(1, 0, 1, "f0"));
	call_fails(fx, T_CLONE(2, 0, 1), EINVAL);
	call_fails(fx, T_ATTACH(2, 1, "/slow"), EINVAL);
	call_fails(fx, T(xattrwalk, 2, 0, 1, STR("")), EINVAL);
	call_fails(fx, T(getattr, 2, 1, P9_GETATTR_BASIC), EBADF);
	call_fails(fx, T(clunk, 2, 1), EBADF);
	call_fails(fx, T(link, 2, 0, 1, STR("x")), EBADF);
	call_fails(fx, T_CLONE(2, 1, 2), EBADF);
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rwalk, 1);
	call(fx, T(getattr, 2, 1, P9_GETATTR_BASIC));
}

static void
an_xattr_needs_a_fid_of_its_own(void **state)
{
	struct fake *fx = *state;

	call_fails(fx, T(xattrwalk, 1, 0, 0, STR("")), EINVAL);
	call_fails(fx, T(xattrwalk, 1, 0, P9_NOFID, STR("")), EBADF);
	call_fails(fx, T_CLONE(1, 0, P9_NOFID), EBADF);
	call(fx, T(xattrwalk, 1, 0, 1, STR("")));
	call_fails(fx, T(xattrwalk, 1, 0, 1, STR("")), EINVAL);
}

/*
 * A lock leaves the client's numbers where a walk would have put its own: the
 * request that is refused must not look at them.
 */
static void
a_walk_from_an_xattr_is_refused_whatever_was_before(void **state)
{
	struct fake *fx = *state;
	uint32_t pid;

	open_fid(fx, 1, "f0");
	make_fid(fx, 2, "f0");
	call(fx, T_XATTRCREATE(1, 2, 0));
	for (pid = 1; pid != 0; pid *= 2) {
		call(fx, T_LOCK(1, 1, pid));
		call_fails(fx, T_WALK(1, 2, 3, "f0"), EINVAL);
		call(fx, T(lock, 1, 1, P9_LOCK_UNLCK, 0, 0, 0, pid, STR("me")));
	}
	call(fx, T_LOCK(1, 1, UINT32_MAX));
	call_fails(fx, T_CLONE(1, 2, 2), EINVAL);
	call_fails(fx, T(getattr, 1, 3, P9_GETATTR_BASIC), EBADF);
}

static void
an_xattr_is_no_file(void **state)
{
	struct fake *fx = *state;
	uint32_t fid;

	call(fx, T(xattrwalk, 1, 0, 1, STR("")));
	make_fid(fx, 2, "f0");
	call(fx, T_XATTRCREATE(1, 2, 5));
	for (fid = 1; fid <= 2; fid++) {
		call_fails(fx, T(getattr, 1, fid, 0), EINVAL);
		call_fails(fx, T(statfs, 1, fid), EINVAL);
		call_fails(fx, T(lopen, 1, fid, 0), EINVAL);
		call_fails(fx, T(readlink, 1, fid), EINVAL);
		call_fails(fx, T_XATTRCREATE(1, fid, 5), EINVAL);
		call_fails(fx, T(link, 1, 0, fid, STR("x")), EINVAL);
		call_fails(fx, T(link, 1, fid, 0, STR("x")), EINVAL);
		call_fails(fx, T(rename, 1, fid, 0, STR("x")), EINVAL);
		call_fails(fx, T(mkdir, 1, fid, STR("x"), 0, 0), EINVAL);
		call_fails(fx, T(fsync, 1, fid, 0), EBADF);
		call_fails(fx, T_LOCK(1, fid, 1), EBADF);
	}
	call_fails(fx, T_WRITE(1, 1), EBADF);
	call_fails(fx, T_READ(1, 2), EBADF);
	call_fails(fx, T(remove, 1, 2), EINVAL);
	call_fails(fx, T(clunk, 1, 2), EBADF);
}

/* Each refusal once looked like the end of a wait that had never begun. */
static void
locks_that_are_refused_are_no_waits(void **state)
{
	struct fake *fx = *state;
	uint32_t fid;

	open_fid(fx, 1, "f0");
	open_fid(fx, 2, "f0");
	make_fid(fx, 3, "f0");
	call(fx, T_LOCK(1, 1, 1));
	for (fid = 0; fid < 10; fid++) {
		send_ok(fx, T_LOCK(2, 2, 2));
		assert_int_equal(fx->session.nwaits, 1);
		call(fx, T(flush, 3, 2));
		call_fails(fx, T_LOCK(2, 3, 2), EBADF);
		assert_int_equal(fx->session.nwaits, 0);
	}
	slow_plan(fx->slow, SLOW_OPEN, SLOW_DEAF, 0);
	send_ok(fx, T(lopen, 1, 3, 0));
	send_ok(fx, T_LOCK(2, 3, 2));
	call(fx, T(flush, 3, 2));
	slow_finish(fx->slow, 0);
	expect(fx, P9_Rlopen, 1);
	assert_int_equal(fx->session.nwaits, 0);
}

/* Nobody is left to want it. */
static void
a_clunk_ends_the_wait_for_a_lock(void **state)
{
	struct fake *fx = *state;

	open_fid(fx, 1, "f0");
	open_fid(fx, 2, "f0");
	call(fx, T_LOCK(1, 1, 1));
	send_ok(fx, T_LOCK(2, 2, 2));
	send_ok(fx, T(clunk, 3, 2));
	assert_int_equal(
	    expect(fx, P9_Rlock, 2)->u.Rlock.status, P9_LOCK_BLOCKED);
	expect(fx, P9_Rclunk, 3);
	assert_int_equal(slow_locked(fx->slow), 1);
}

#define TEST(f)                                                                \
	cmocka_unit_test_setup_teardown(f, fake_setup_attached, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(an_attach_gives_the_root_of_its_tree),
		TEST(an_attach_that_fails_makes_no_fid),
		TEST(a_long_aname_is_walked_to_its_end),
		TEST(fids_of_one_attach_share_its_cred),
		TEST(an_identity_that_is_refused_makes_no_fid),
		TEST(a_walk_that_comes_part_of_the_way_makes_no_fid),
		TEST(a_walk_in_place_that_fails_leaves_its_fid),
		TEST(a_fid_that_is_being_made_is_taken_but_unknown),
		TEST(an_xattr_needs_a_fid_of_its_own),
		TEST(a_walk_from_an_xattr_is_refused_whatever_was_before),
		TEST(an_xattr_is_no_file),
		TEST(locks_that_are_refused_are_no_waits),
		TEST(a_clunk_ends_the_wait_for_a_lock),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
