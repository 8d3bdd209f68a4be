/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_host_errors.c -- a host file system that fails: what has gone wrong
 * reaches the client as what it is, once, and nothing else goes wrong.
 */

#include <sys/stat.h>

#include <fcntl.h>

#include "stage.h"

/* Fids that stay: a directory with a file, a link and a subdirectory in it. */
enum {
	DIR_FID = 2,
	FILE_FID, /* walked */
	OPEN_FID, /* open for reading and writing */
	LINK_FID,
	LIST_FID, /* the directory, open */
	NEW_FID /* used and given back */
};

static const struct {
	const char *name;
	int number;
} errors[] = {
	{ "EIO", EIO },
	{ "ENOSPC", ENOSPC },
	{ "EDQUOT", EDQUOT },
	{ "ENOTCONN", ENOTCONN },
	{ "ETIMEDOUT", ETIMEDOUT },
	{ "EROFS", EROFS },
	{ "ENFILE", ENFILE },
	{ "ENOMEM", ENOMEM },
	{ "EUCLEAN", EUCLEAN },
};

#define STR(s)                                                                 \
	{                                                                      \
		s, sizeof(s) - 1                                               \
	}
#define MSG(T, ...)                                                            \
	{                                                                      \
		.type = P9_##T, .u.T = { __VA_ARGS__ }                         \
	}
#define NAMES(s)                                                               \
	{                                                                      \
		1,                                                             \
		{                                                              \
			STR(s)                                                 \
		}                                                              \
	}

/* What a client says, and what of the host fails then. */
static const struct {
	const char *op;
	struct p9_msg m;
} requests[] = {
	{ "getattr", MSG(Tgetattr, .fid = FILE_FID, .request_mask = 0x7ff) },
	{ "getattr", MSG(Twalk, DIR_FID, NEW_FID, NAMES("dir")) },
	{ "readlink", MSG(Treadlink, LINK_FID) },
	{ "mknod",
	    MSG(Tmknod, DIR_FID, STR("new"), P9_S_IFIFO | 0644, 0, 0, 0) },
	{ "mkdir", MSG(Tmkdir, DIR_FID, STR("new"), 0755, 0) },
	{ "symlink", MSG(Tsymlink, DIR_FID, STR("new"), STR("to"), 0) },
	{ "create", MSG(Tlcreate, NEW_FID, STR("new"), P9_O_RDWR, 0644, 0) },
	{ "link", MSG(Tlink, DIR_FID, FILE_FID, STR("new")) },
	{ "rename", MSG(Trenameat, DIR_FID, STR("file"), DIR_FID, STR("new")) },
	{ "unlink", MSG(Tunlinkat, DIR_FID, STR("file"), 0) },
	{ "rmdir", MSG(Tunlinkat, DIR_FID, STR("dir"), P9_AT_REMOVEDIR) },
	{ "chmod",
	    MSG(Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_MODE,
		.mode = 0600) },
	{ "chown",
	    MSG(Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_UID, .uid = 1) },
	{ "truncate",
	    MSG(Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_SIZE,
		.size = 1) },
	{ "truncate",
	    MSG(Tsetattr, .fid = OPEN_FID, .valid = P9_SETATTR_SIZE,
		.size = 1) },
	{ "open",
	    MSG(Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_SIZE,
		.size = 1) },
	{ "utimens",
	    MSG(Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_MTIME) },
	{ "open", MSG(Tlopen, FILE_FID, P9_O_RDONLY) },
	{ "open", MSG(Tlopen, FILE_FID, P9_O_RDWR) },
	{ "opendir", MSG(Tlopen, DIR_FID, P9_O_RDONLY) },
	{ "readdir", MSG(Treaddir, LIST_FID, 0, 4000) },
	{ "read", MSG(Tread, OPEN_FID, 0, 100) },
	{ "write", MSG(Twrite, OPEN_FID, 0, { (const uint8_t *)"x", 1 }) },
	{ "fsync", MSG(Tfsync, OPEN_FID, 0) },
	{ "fsync", MSG(Tfsync, OPEN_FID, 1) },
	{ "statfs", MSG(Tstatfs, DIR_FID) },
	{ "listxattr", MSG(Txattrwalk, FILE_FID, NEW_FID + 1, STR("")) },
	{ "getxattr", MSG(Txattrwalk, FILE_FID, NEW_FID + 1, STR("user.a")) },
};

/* A directory in a, and the fids above. */
static void
make_fids(struct stage *s)
{
	struct t9 *c = s->c;

	t9_walk(c, HOME, DIR_FID, "a");
	t9_mkdir(c, DIR_FID, "home", 0777);
	t9_walk(c, DIR_FID, DIR_FID, "home");
	t9_put(c, DIR_FID, "file", "content");
	t9_mkdir(c, DIR_FID, "dir", 0777);
	t9_ok(c, Tsymlink, .dfid = DIR_FID, .name = t9_str("link"),
	    .symtgt = t9_str("file"));
	t9_walk(c, DIR_FID, FILE_FID, "file");
	t9_setxattr(c, FILE_FID, "user.a", "value", 5, 0);
	t9_open(c, DIR_FID, OPEN_FID, "file", P9_O_RDWR);
	t9_walk(c, DIR_FID, LINK_FID, "link");
	t9_open(c, DIR_FID, LIST_FID, "", P9_O_RDONLY);
}

/* As it was made. */
static void
nothing_has_changed(struct stage *s)
{
	struct t9_list list;
	char value[8];

	list = t9_readdir(s->c, LIST_FID, 0, 4000);
	assert_int_equal(list.n, 5);
	t9_list_free(&list);
	t9_has(s->c, DIR_FID, "file", "content");
	assert_int_equal(t9_getattr(s->c, FILE_FID).mode, P9_S_IFREG | 0644);
	assert_int_equal(t9_getattr(s->c, FILE_FID).uid, 0);
	assert_int_equal(
	    t9_getxattr(s->c, FILE_FID, "user.a", value, sizeof(value)), 5);
}

static void
every_error_of_every_operation_is_told(void **state)
{
	struct stage *s = *state;
	size_t i, e;

	make_fids(s);
	for (i = 0; i < WIRE_COUNT(requests); i++) {
		for (e = 0; e < WIRE_COUNT(errors); e++) {
			t9_context(requests[i].op);
			t9_walk(s->c, DIR_FID, NEW_FID, "");
			held_say(s->a, "fail %s %s 1 1", requests[i].op,
			    errors[e].name);
			if (requests[i].m.type == P9_Twalk)
				t9_clunk(s->c, NEW_FID);
			t9_expect(s->c, errors[e].number, &requests[i].m);
			if (requests[i].m.type != P9_Twalk)
				t9_clunk(s->c, NEW_FID);
		}
		nothing_has_changed(s);
	}
	t9_context(NULL);
	stage_over(s);
}

/* Kept with the clunk of its fid. */
static void
an_xattr_that_cannot_be_kept_is_told(void **state)
{
	struct stage *s = *state;

	make_fids(s);
	t9_walk(s->c, FILE_FID, NEW_FID, "");
	t9_ok(s->c, Txattrcreate, .fid = NEW_FID, .name = t9_str("user.b"),
	    .attr_size = 1);
	t9_write(s->c, NEW_FID, 0, "x", 1);
	held_say(s->a, "fail setxattr EDQUOT 1 1");
	t9_fails(s->c, EDQUOT, Tclunk, .fid = NEW_FID);
	t9_fails(s->c, ENODATA, Txattrwalk, .fid = FILE_FID, .newfid = NEW_FID,
	    .name = t9_str("user.b"));
	nothing_has_changed(s);
	stage_over(s);
}

/* Some of it is written before all is full. */
static void
a_short_write_is_told_as_short(void **state)
{
	struct stage *s = *state;

	make_fids(s);
	held_say(s->a, "short write 3");
	t9_ok(s->c, Twrite, .fid = OPEN_FID,
	    .data = { (const uint8_t *)"1234567", 7 });
	assert_int_equal(s->c->in.u.Rwrite.count, 3);
	held_say(s->a, "fail write ENOSPC 1 0");
	t9_fails(s->c, ENOSPC, Twrite, .fid = OPEN_FID, .offset = 3,
	    .data = { (const uint8_t *)"4567", 4 });
	t9_has(s->c, DIR_FID, "file", "123tent");
	stage_over(s);
}

/* A short read would tell of the end of the file. */
static void
a_short_read_is_gone_on_with(void **state)
{
	struct stage *s = *state;
	uint8_t buf[8];

	make_fids(s);
	held_say(s->a, "short read 2");
	assert_int_equal(t9_read(s->c, OPEN_FID, 0, buf, 8), 7);
	assert_memory_equal(buf, "content", 7);
	stage_over(s);
}

/* What has been read is given, and what is next fails. */
static void
an_error_in_the_middle_of_a_read_is_not_its_end(void **state)
{
	struct stage *s = *state;
	uint8_t buf[8];

	make_fids(s);
	held_say(s->a, "short read 2");
	held_say(s->a, "fail read EIO 2 0");
	assert_int_equal(t9_read(s->c, OPEN_FID, 0, buf, 8), 2);
	t9_fails(s->c, EIO, Tread, .fid = OPEN_FID, .offset = 2, .count = 6);
	stage_over(s);
}

static void
in_log(struct stage *s, const char *text)
{
	struct wire_patience p = wire_patience();
	bool there;
	char *log;

	do {
		wire_wait(&p, text);
		log = server_log(s->srv);
		there = strstr(log, text) != NULL;
		free(log);
	} while (!there);
}

/* Some hosts tell only then that what was written cannot be kept. */
static void
an_error_of_close_is_told_to_who_clunks(void **state)
{
	struct stage *s = *state;

	make_fids(s);
	t9_write(s->c, OPEN_FID, 0, "content", 7);
	held_say(s->a, "fail flush EDQUOT 1 1");
	t9_fails(s->c, EDQUOT, Tclunk, .fid = OPEN_FID);
	in_log(s, "clunk of fid 4: Disk quota exceeded");
	t9_fails(s->c, EBADF, Tclunk, .fid = OPEN_FID); /* it is closed */
	t9_open(s->c, DIR_FID, OPEN_FID, "file", P9_O_RDWR);
	held_say(s->a, "fail flush EIO 1 1");
	t9_fails(s->c, EIO, Tremove, .fid = OPEN_FID);
	assert_false(t9_exists(s->c, DIR_FID, "file"));
	stage_over(s);
}

/* Nobody is there to be told. */
static void
an_error_of_close_after_the_end_of_a_client_is_logged(void **state)
{
	struct stage *s = *state;
	struct t9 *other = stage_client(s);

	t9_open(other, HOME, 7, "a/f0", P9_O_RDWR);
	t9_write(other, 7, 0, "content", 7);
	held_say(s->a, "fail flush EIO 1 1");
	t9_free(other);
	in_log(s, "clunk of fid 7: Input/output error");
	other = stage_client(s);
	t9_open(other, HOME, 8, "a/f0", P9_O_RDWR);
	t9_write(other, 8, 0, "content", 7);
	held_say(s->a, "fail flush EDQUOT 1 1");
	t9_version(other, 8192);
	in_log(s, "clunk of fid 8: Disk quota exceeded");
	stage_over(s);
}

/* A file that is cut is opened and closed for that. */
static void
an_error_of_close_after_cutting_is_told(void **state)
{
	struct stage *s = *state;

	make_fids(s);
	held_say(s->a, "fail flush EIO 1 1");
	t9_fails(s->c, EIO, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_SIZE,
	    .size = 7);
	nothing_has_changed(s);
	stage_over(s);
}

/* As often as it fails, and no longer. */
static void
an_error_of_fsync_is_told_each_time(void **state)
{
	struct stage *s = *state;

	make_fids(s);
	t9_write(s->c, OPEN_FID, 0, "content", 7);
	held_say(s->a, "fail fsync EIO 1 2");
	t9_fails(s->c, EIO, Tfsync, .fid = OPEN_FID);
	t9_fails(s->c, EIO, Tfsync, .fid = OPEN_FID, .datasync = 1);
	t9_ok(s->c, Tfsync, .fid = OPEN_FID);
	stage_over(s);
}

static void
expect_dead(struct stage *s)
{
	struct t9 *c = s->c;

	t9_fails(c, ENOTCONN, Tread, .fid = OPEN_FID, .count = 7);
	t9_fails(c, ENOTCONN, Twrite, .fid = OPEN_FID,
	    .data = { (const uint8_t *)"x", 1 });
	t9_fails(c, ENOTCONN, Tgetattr, .fid = FILE_FID, .request_mask = 0x7ff);
	t9_fails(c, ENOTCONN, Twalk, .fid = DIR_FID, .newfid = NEW_FID,
	    .wname = t9_names("file"));
	t9_fails(c, ENOTCONN, Tmkdir, .dfid = DIR_FID, .name = t9_str("new"));
	t9_fails(c, ENOTCONN, Tstatfs, .fid = DIR_FID);
	t9_fails(c, ENOTCONN, Treaddir, .fid = LIST_FID, .count = 4000);
	t9_fails(c, ENOTCONN, Tlopen, .fid = FILE_FID);
	t9_fails(c, ENOTCONN, Tfsync, .fid = OPEN_FID);
}

/* Its process has died, its mount is still there. */
static void
a_file_system_may_die(void **state)
{
	struct stage *s = *state;
	uint16_t read;

	make_fids(s);
	held_say(s->a, "hold read");
	read = t9_send(s->c, T9_MSG(Tread, .fid = OPEN_FID, .count = 7));
	held_say(s->a, "await read 1");
	held_die(s->a);
	t9_recv_tag(s->c, read);
	assert_int_equal(s->c->in.type, P9_Rlerror);
	assert_int_equal(
	    p9_errno_from_wire(s->c->in.u.Rlerror.ecode), ECONNABORTED);
	expect_dead(s);
	t9_has(s->c, HOME, "b/f0", "content"); /* the other one lives */
	t9_rpc(s->c, T9_MSG(Tclunk, .fid = OPEN_FID));
	t9_fails(s->c, EBADF, Tclunk, .fid = OPEN_FID);
	stage_over(s);
}

/* And come back: who walks there again finds it. */
static void
a_file_system_that_died_is_replaced(void **state)
{
	struct stage *s = *state;
	struct held *again;

	make_fids(s);
	held_die(s->a);
	expect_dead(s);
	mounts_detach(s->a->dir);
	again = mounts_held(s->a->dir);
	t9_walk(s->c, HOME, NEW_FID, "a");
	t9_put(s->c, NEW_FID, "file", "new");
	t9_has(s->c, HOME, "a/file", "new");
	t9_clunk(s->c, NEW_FID);
	assert_int_equal(held_say(again, "count create"), 1);
	expect_dead(s);
	stage_over(s);
}

/* Unmounted by the host while it is in use: it goes on for who is in it. */
static void
a_file_system_that_is_unmounted_lives_on_for_its_fids(void **state)
{
	struct stage *s = *state;

	make_fids(s);
	mounts_detach(s->a->dir);
	nothing_has_changed(s);
	t9_put(s->c, DIR_FID, "more", "text");
	t9_has(s->c, DIR_FID, "more", "text");
	assert_false(t9_exists(s->c, HOME, "a/home"));
	stage_over(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		stage_test(every_error_of_every_operation_is_told),
		stage_test(an_xattr_that_cannot_be_kept_is_told),
		stage_test(a_short_write_is_told_as_short),
		stage_test(a_short_read_is_gone_on_with),
		stage_test(an_error_in_the_middle_of_a_read_is_not_its_end),
		stage_test(an_error_of_close_is_told_to_who_clunks),
		stage_test(
		    an_error_of_close_after_the_end_of_a_client_is_logged),
		stage_test(an_error_of_close_after_cutting_is_told),
		stage_test(an_error_of_fsync_is_told_each_time),
		stage_test(a_file_system_may_die),
		stage_test(a_file_system_that_died_is_replaced),
		stage_test(
		    a_file_system_that_is_unmounted_lives_on_for_its_fids),
	};

	mounts_init();
	return wire_main(
	    "a failing host", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
