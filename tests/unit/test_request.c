/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_request.c -- every way in which a request can end: at once, after a
 * worker, pending; well or badly; each message that asks the file system for
 * something, in each of them.
 */

#include "fake.h"

/* What each round begins with; see prepare(). */
enum {
	DIR_FID = 1,
	FILE_FID,
	OPEN_FID,
	OPEN_DIR_FID,
	LINK_FID,
	XATTR_FID,
	NEW_FID = 10,
};

enum fate {
	MAKES_FID_10 = 1,
	ENDS_ITS_FID
};

#define M(name, ...)                                                           \
	{                                                                      \
		.type = P9_T##name, .tag = 7, .u.T##name = { __VA_ARGS__ }     \
	}

static const struct {
	enum slow_kind kind; /* the one operation that it leads to */
	struct p9_msg m;
	enum fate fate;
} every[] = {
	{ SLOW_GETATTR, M(getattr, FILE_FID, P9_GETATTR_BASIC), 0 },
	{ SLOW_SETATTR, M(setattr, .fid = FILE_FID, .valid = P9_SETATTR_MODE),
	    0 },
	{ SLOW_READLINK, M(readlink, LINK_FID), 0 },
	{ SLOW_STATFS, M(statfs, FILE_FID), 0 },
	{ SLOW_LOOKUP, M(walk, DIR_FID, NEW_FID, { 1, { STR("f3") } }),
	    MAKES_FID_10 },
	{ SLOW_LOOKUP, M(walk, DIR_FID, DIR_FID, { 1, { STR("d3") } }), 0 },
	{ SLOW_OPEN, M(lopen, FILE_FID, P9_O_RDWR), 0 },
	{ SLOW_CREATE, M(lcreate, DIR_FID, STR("f4"), P9_O_RDWR, 0600, 0), 0 },
	{ SLOW_SYMLINK, M(symlink, DIR_FID, STR("s"), STR("target"), 0), 0 },
	{ SLOW_MKNOD, M(mknod, DIR_FID, STR("n"), P9_S_IFIFO, 0, 0, 0), 0 },
	{ SLOW_MKDIR, M(mkdir, DIR_FID, STR("d"), 0700, 0), 0 },
	{ SLOW_LINK, M(link, DIR_FID, FILE_FID, STR("n")), 0 },
	{ SLOW_RENAME, M(rename, FILE_FID, DIR_FID, STR("n")), 0 },
	{ SLOW_RENAME, M(renameat, DIR_FID, STR("f0"), DIR_FID, STR("n")), 0 },
	{ SLOW_UNLINK, M(unlinkat, DIR_FID, STR("f0"), 0), 0 },
	{ SLOW_READ, M(read, OPEN_FID, 0, 100), 0 },
	{ SLOW_WRITE, M(write, OPEN_FID, 0, { (const uint8_t *)"data", 4 }),
	    0 },
	{ SLOW_READDIR, M(readdir, OPEN_DIR_FID, 0, 1000), 0 },
	{ SLOW_FSYNC, M(fsync, OPEN_FID, 0), 0 },
	{ SLOW_GETXATTR, M(xattrwalk, FILE_FID, NEW_FID, STR("user.a")),
	    MAKES_FID_10 },
	{ SLOW_LISTXATTR, M(xattrwalk, FILE_FID, NEW_FID, STR("")),
	    MAKES_FID_10 },
	{ SLOW_CLOSE, M(clunk, OPEN_FID), ENDS_ITS_FID },
	{ SLOW_SETXATTR, M(clunk, XATTR_FID), ENDS_ITS_FID },
	{ SLOW_UNLINK, M(remove, FILE_FID), ENDS_ITS_FID },
	{ SLOW_CLOSE, M(remove, OPEN_FID), ENDS_ITS_FID },
};

#define NEVERY (sizeof(every) / sizeof(every[0]))

/* A session as it was at its beginning, and a fid of each kind. */
static void
prepare(struct fake *fx)
{
	slow_plan_all(fx->slow, SLOW_NOW, 0);
	call(fx, T_VERSION);
	call(fx, T_ATTACH(1, 0, "/slow"));
	make_fid(fx, DIR_FID, "d0");
	make_fid(fx, FILE_FID, "f0");
	open_fid(fx, OPEN_FID, "f1");
	open_fid(fx, OPEN_DIR_FID, "d1");
	make_fid(fx, LINK_FID, "l");
	make_fid(fx, XATTR_FID, "f2");
	call(fx, T_XATTRCREATE(1, XATTR_FID, 5));
	call(fx, T_WRITE(1, XATTR_FID));
}

static bool
is_fid(struct fake *fx, uint32_t num)
{
	const struct p9_msg *m;

	send_ok(fx, T(getattr, 1, num, P9_GETATTR_BASIC));
	m = fake_next(fx);
	return m->type != P9_Rlerror || m->u.Rlerror.ecode != EBADF;
}

static void
check_fate(struct fake *fx, enum fate fate, uint32_t fid, bool well)
{
	slow_plan_all(fx->slow, SLOW_NOW, 0);
	assert_int_equal(is_fid(fx, NEW_FID), fate == MAKES_FID_10 && well);
	assert_int_equal(is_fid(fx, fid), fate != ENDS_ITS_FID);
}

enum how {
	AT_ONCE,
	AFTER_A_WORKER,
	BY_FINISH,
	BY_POST
};

static void
let_it_end(struct fake *fx, enum how how)
{
	if (how == AT_ONCE)
		return;
	expect_silence(fx);
	assert_int_equal(fx->session.npending, 1);
	assert_non_null(idmap_find(&fx->session.tags, 7));
	if (how == AFTER_A_WORKER)
		slow_ticket(fx->slow);
	else if (how == BY_FINISH)
		slow_finish(fx->slow, 0);
	else
		slow_post_from_afar(fx->slow, 0);
}

static void
one_round(struct fake *fx, size_t i, enum how how, int rc)
{
	static const enum slow_way ways[] = { SLOW_NOW, SLOW_WORKER,
		SLOW_PENDING, SLOW_PENDING };
	const struct p9_msg *m = &every[i].m;
	unsigned int calls;

	prepare(fx);
	calls = slow_calls(fx->slow, every[i].kind);
	slow_plan(fx->slow, every[i].kind, ways[how], rc);
	send_ok(fx, m);
	let_it_end(fx, how);
	if (rc == 0)
		expect(fx, m->type + 1U, 7);
	else
		expect_error(fx, 7, (uint32_t)-rc);
	expect_silence(fx);
	assert_int_equal(fx->session.npending, 0);
	assert_int_equal(slow_calls(fx->slow, every[i].kind), calls + 1);
	check_fate(fx, every[i].fate, m->u.Tclunk.fid, rc == 0);
}

static void
every_message(struct fake *fx, enum how how)
{
	size_t i;

	for (i = 0; i < NEVERY; i++) {
		one_round(fx, i, how, 0);
		one_round(fx, i, how, -EIO);
	}
	assert_int_equal(slow_hurried(fx->slow), 0);
}

static void
every_message_is_answered_at_once(void **state)
{
	every_message(*state, AT_ONCE);
}

static void
every_message_is_answered_after_a_worker(void **state)
{
	every_message(*state, AFTER_A_WORKER);
}

static void
every_message_is_answered_after_it_was_pending(void **state)
{
	every_message(*state, BY_FINISH);
}

static void
every_message_is_answered_when_another_thread_ends_it(void **state)
{
	every_message(*state, BY_POST);
}

/* A remove of an open file unlinks, and closes: two operations, one reply. */
static void
a_request_of_two_operations_goes_on_after_the_first(void **state)
{
	struct fake *fx = *state;

	prepare(fx);
	slow_plan(fx->slow, SLOW_UNLINK, SLOW_PENDING, -EACCES);
	slow_plan(fx->slow, SLOW_CLOSE, SLOW_PENDING, 0);
	send_ok(fx, T(remove, 7, OPEN_FID));
	assert_int_equal(slow_calls(fx->slow, SLOW_UNLINK), 0);
	slow_finish(fx->slow, 0);
	expect_silence(fx);
	assert_int_equal(slow_calls(fx->slow, SLOW_UNLINK), 1);
	slow_post_from_afar(fx->slow, 0);
	expect_error(fx, 7, EACCES);
	assert_int_equal(slow_calls(fx->slow, SLOW_CLOSE), 1);
	assert_false(is_fid(fx, OPEN_FID));
}

/* Each step may end in a way of its own. */
static void
a_walk_goes_on_from_where_it_had_to_wait(void **state)
{
	struct fake *fx = *state;
	const struct p9_msg *m;

	prepare(fx);
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_PENDING, 0);
	send_ok(fx,
	    T(walk, 7, 0, NEW_FID,
		{ 4, { STR("d0"), STR("d1"), STR("."), STR("f5") } }));
	slow_finish(fx->slow, 0);
	slow_plan(fx->slow, SLOW_LOOKUP, SLOW_WORKER, 0);
	slow_post_from_afar(fx->slow, 0);
	expect_silence(fx);
	slow_ticket(fx->slow);
	m = expect(fx, P9_Rwalk, 7);
	assert_int_equal(m->u.Rwalk.wqid.n, 4);
	assert_int_equal(m->u.Rwalk.wqid.qid[3].type, P9_QTFILE);
}

static void
a_read_without_room_for_its_reply_fails(void **state)
{
	struct fake *fx = *state;

	prepare(fx);
	fx->no_memory = 1;
	call_fails(fx, T_READ(7, OPEN_FID), ENOMEM);
	assert_int_equal(slow_calls(fx->slow, SLOW_READ), 0);
	call(fx, T_READ(7, OPEN_FID));
}

/* The transport is told: a client that waits for ever is worse. */
static void
a_reply_without_room_ends_the_connection(void **state)
{
	struct fake *fx = *state;

	prepare(fx);
	fx->no_memory = 1;
	send_ok(fx, T(getattr, 7, FILE_FID, P9_GETATTR_BASIC));
	expect_silence(fx);
	assert_int_equal(fx->fails, 1);
	fx->fails = 0;
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, fake_setup, fake_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(every_message_is_answered_at_once),
		TEST(every_message_is_answered_after_a_worker),
		TEST(every_message_is_answered_after_it_was_pending),
		TEST(every_message_is_answered_when_another_thread_ends_it),
		TEST(a_request_of_two_operations_goes_on_after_the_first),
		TEST(a_walk_goes_on_from_where_it_had_to_wait),
		TEST(a_read_without_room_for_its_reply_fails),
		TEST(a_reply_without_room_ends_the_connection),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
