/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_host_limits.c -- a host that has no more to give, or takes away what was
 * there: space, descriptors, file sizes, permission to write, directories.
 */

#include <sys/resource.h>
#include <sys/stat.h>

#include <fcntl.h>
#include <pthread.h>
#include <stdatomic.h>

#include "stage.h"

enum {
	DIR_FID = 2,
	FILE_FID,
	OPEN_FID,
	NEW_FID
};

#define BLOCK 4096U
#define SMALL (64 * BLOCK)

static uint8_t block[SMALL];

static void
limit(struct stage *s, __rlimit_resource_t what, rlim_t most)
{
	struct rlimit rl;

	if (prlimit(s->srv->pid, what, NULL, &rl) != 0)
		t9_fail("prlimit: %s", strerror(errno));
	rl.rlim_cur = most < rl.rlim_max ? most : rl.rlim_max;
	if (prlimit(s->srv->pid, what, &rl, NULL) != 0)
		t9_fail("prlimit: %s", strerror(errno));
}

static void
unlimit(struct stage *s, __rlimit_resource_t what)
{
	limit(s, what, RLIM_INFINITY);
}

/* How many bytes of a block a write takes, or the error, negative. */
static int64_t
try_write(struct t9 *c, uint64_t off, uint32_t len)
{
	int err = t9_rpc(c,
	    T9_MSG(Twrite, .fid = OPEN_FID, .offset = off,
		.data = { block, len }));

	return err != 0 ? -err : (int64_t)c->in.u.Rwrite.count;
}

/* Write as much as there is room for. */
static uint64_t
fill(struct t9 *c, int expected)
{
	uint64_t at = 0;
	int64_t n;

	while ((n = try_write(c, at, 3 * BLOCK)) > 0)
		at += (uint64_t)n;
	assert_int_equal(-n, expected);
	return at;
}

static void
put_on_host(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);
	ssize_t len = (ssize_t)strlen(text);

	assert_true(fd >= 0);
	assert_int_equal(write(fd, text, (size_t)len), len);
	close(fd);
}

/* A file in dir: FILE_FID, and OPEN_FID; and DIR_FID. */
static void
open_new(struct stage *s, const char *dir)
{
	t9_walk(s->c, HOME, DIR_FID, dir);
	t9_walk(s->c, DIR_FID, OPEN_FID, "");
	t9_ok(s->c, Tlcreate, .fid = OPEN_FID, .name = t9_str("file"),
	    .flags = P9_O_RDWR, .mode = 0644);
	t9_walk(s->c, DIR_FID, FILE_FID, "file");
}

static void
clunk_new(struct stage *s)
{
	t9_clunk(s->c, DIR_FID);
	t9_clunk(s->c, FILE_FID);
	t9_clunk(s->c, OPEN_FID);
}

/* Room for 64 blocks, which three at a time do not fill evenly. */
static void
a_full_file_system_takes_what_it_can(void **state)
{
	struct stage *s = *state;
	uint64_t size;
	int round;

	mkdir(stage_path(s, "small"), 0777);
	mounts_tmpfs(stage_path(s, "small"), "size=256k,mode=0777");
	open_new(s, "small");
	for (round = 0; round < 2; round++) {
		size = fill(s->c, ENOSPC);
		assert_int_equal(size, SMALL);
		assert_int_equal(t9_getattr(s->c, OPEN_FID).size, size);
		assert_int_equal(t9_statfs(s->c, DIR_FID).bfree, 0);
		assert_int_equal(try_write(s->c, size, 1), -ENOSPC);
		assert_int_equal(try_write(s->c, 0, BLOCK), BLOCK); /* is */
		t9_ok(s->c, Tsetattr, .fid = OPEN_FID, .valid = P9_SETATTR_SIZE,
		    .size = 0);
		assert_int_equal(t9_statfs(s->c, DIR_FID).bfree, 64);
	}
	assert_int_equal(fill(s->c, ENOSPC), SMALL);
	t9_unlink(s->c, DIR_FID, "file");
	t9_clunk(s->c, OPEN_FID); /* and still is of FILE_FID */
	t9_clunk(s->c, FILE_FID);
	t9_put(s->c, DIR_FID, "other", "there is room again");
	t9_has(s->c, DIR_FID, "other", "there is room again");
	stage_over(s);
}

static void
names_run_out(void **state)
{
	struct stage *s = *state;
	struct t9 *c = s->c;
	char name[16];
	int i;

	mkdir(stage_path(s, "small"), 0777);
	mounts_tmpfs(stage_path(s, "small"), "nr_inodes=11,mode=0777");
	t9_walk(c, HOME, DIR_FID, "small");
	for (i = 0; i < 10; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		t9_put(c, DIR_FID, name, "");
	}
	t9_walk(c, DIR_FID, NEW_FID, "");
	t9_fails(c, ENOSPC, Tlcreate, .fid = NEW_FID, .name = t9_str("new"),
	    .flags = P9_O_RDWR, .mode = 0644);
	t9_fails(c, ENOSPC, Tmkdir, .dfid = DIR_FID, .name = t9_str("new"));
	t9_fails(c, ENOSPC, Tsymlink, .dfid = DIR_FID, .name = t9_str("new"),
	    .symtgt = t9_str("to"));
	t9_fails(c, ENOSPC, Tmknod, .dfid = DIR_FID, .name = t9_str("new"),
	    .mode = P9_S_IFIFO | 0644);
	t9_unlink(c, DIR_FID, "f3");
	t9_put(c, DIR_FID, "new", "text");
	t9_has(c, DIR_FID, "new", "text");
	stage_over(s);
}

/* SIGXFSZ would end the server. */
static void
files_may_not_grow_beyond_a_limit(void **state)
{
	static const char *const dirs[] = { "disk", "mem" };
	struct stage *s = *state;
	size_t i;

	for (i = 0; i < WIRE_COUNT(dirs); i++) {
		open_new(s, dirs[i]);
		limit(s, RLIMIT_FSIZE, 5 * BLOCK);
		assert_int_equal(try_write(s->c, 4 * BLOCK, 3 * BLOCK), BLOCK);
		assert_int_equal(try_write(s->c, 5 * BLOCK, 1), -EFBIG);
		t9_fails(s->c, EFBIG, Tsetattr, .fid = OPEN_FID,
		    .valid = P9_SETATTR_SIZE, .size = 6 * BLOCK);
		t9_fails(s->c, EFBIG, Tsetattr, .fid = FILE_FID,
		    .valid = P9_SETATTR_SIZE, .size = 6 * BLOCK);
		assert_int_equal(t9_getattr(s->c, FILE_FID).size, 5 * BLOCK);
		assert_int_equal(try_write(s->c, 0, BLOCK), BLOCK);
		unlimit(s, RLIMIT_FSIZE);
		assert_int_equal(try_write(s->c, 5 * BLOCK, BLOCK), BLOCK);
		clunk_new(s);
	}
	stage_over(s);
}

static bool
is_there(struct stage *s, const char *path)
{
	struct stat st;

	return lstat(stage_path(s, path), &st) == 0;
}

/*
 * Without a descriptor some things cannot be done, and others can: what is
 * said to have failed has not happened.
 */
static void
try_without_descriptors(struct stage *s, const char *dir)
{
	struct t9 *c = s->c;
	char path[32];
	int err, n;
	struct p9_msg make[] = {
		{ .type = P9_Tmkdir,
		    .u.Tmkdir = { DIR_FID, t9_str("new"), 0755, 0 } },
		{ .type = P9_Tsymlink,
		    .u.Tsymlink = { DIR_FID, t9_str("new"), t9_str("to"), 0 } },
		{ .type = P9_Tmknod,
		    .u.Tmknod = { DIR_FID, t9_str("new"), P9_S_IFIFO | 0644, 0,
			0, 0 } },
		{ .type = P9_Tmknod,
		    .u.Tmknod = { DIR_FID, t9_str("new"), P9_S_IFREG | 0644, 0,
			0, 0 } },
		{ .type = P9_Tlcreate,
		    .u.Tlcreate = { NEW_FID, t9_str("new"), P9_O_RDWR, 0644,
			0 } },
	};

	snprintf(path, sizeof(path), "%s/new", dir);
	for (n = 0; n < (int)WIRE_COUNT(make); n++) {
		err = t9_rpc(c, &make[n]);
		if (err != EMFILE && err != 0)
			t9_fail("without descriptors: %s", strerror(err));
		assert_int_equal(is_there(s, path), err == 0);
		if (err == 0)
			t9_ok(c, Tunlinkat, .dirfid = DIR_FID,
			    .name = t9_str("new"),
			    .flags = n == 0 ? P9_AT_REMOVEDIR : 0);
	}
}

static void
without_descriptors_what_fails_has_not_happened(void **state)
{
	static const char *const dirs[] = { "disk", "mem", "a" };
	struct stage *s = *state;
	uint8_t buf[8];
	size_t i;

	for (i = 0; i < WIRE_COUNT(dirs); i++) {
		open_new(s, dirs[i]);
		t9_walk(s->c, DIR_FID, NEW_FID, "");
		limit(s, RLIMIT_NOFILE, 3);
		try_without_descriptors(s, dirs[i]);
		assert_int_equal(try_write(s->c, 0, 7), 7);
		assert_int_equal(t9_read(s->c, OPEN_FID, 0, buf, 8), 7);
		t9_getattr(s->c, FILE_FID);
		unlimit(s, RLIMIT_NOFILE);
		t9_put(s->c, DIR_FID, "again", "text");
		t9_has(s->c, DIR_FID, "again", "text");
		t9_clunk(s->c, NEW_FID);
		clunk_new(s);
	}
	stage_over(s);
}

/* They wait in the kernel's queue. */
static void
clients_are_let_in_when_there_are_descriptors_again(void **state)
{
	struct stage *s = *state;
	struct wire_patience p = wire_patience();
	struct t9 *c[3];
	bool said;
	char *log;
	int i;

	limit(s, RLIMIT_NOFILE, 3);
	for (i = 0; i < 3; i++) {
		c[i] = t9_dial(s->srv->addr[0]);
		t9_send(c[i],
		    T9_MSG(Tversion, .msize = 8192,
			.version = t9_str("9P2000.L")));
	}
	do {
		wire_wait(&p, "a word about descriptors");
		log = server_log(s->srv);
		said = strstr(log, "new clients have to wait") != NULL;
		free(log);
	} while (!said);
	t9_getattr(s->c, HOME);
	unlimit(s, RLIMIT_NOFILE);
	for (i = 0; i < 3; i++) {
		assert_true(t9_recv(c[i]));
		t9_attach(c[i], ROOT, 0, "");
	}
	stage_over(s);
}

static void
a_read_only_host_is_one(void **state)
{
	struct stage *s = *state;
	struct t9 *c = s->c;

	put_on_host(stage_path(s, "disk/file"), "content");
	mkdir(stage_path(s, "ro"), 0777);
	mounts_bind_readonly(stage_path(s, "ro"), s->disk);
	t9_walk(c, HOME, DIR_FID, "ro");
	t9_walk(c, DIR_FID, FILE_FID, "file");
	assert_int_equal(t9_getattr(c, FILE_FID).size, 7);
	t9_walk(c, FILE_FID, NEW_FID, "");
	t9_fails(c, EROFS, Tlopen, .fid = NEW_FID, .flags = P9_O_RDWR);
	t9_fails(c, EROFS, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_MODE,
	    .mode = 0600);
	t9_fails(c, EROFS, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_UID,
	    .uid = 1);
	t9_fails(c, EROFS, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_SIZE);
	t9_fails(
	    c, EROFS, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_MTIME);
	t9_fails(c, EROFS, Tmkdir, .dfid = DIR_FID, .name = t9_str("new"));
	t9_fails(c, EROFS, Tlink, .dfid = DIR_FID, .fid = FILE_FID,
	    .name = t9_str("new"));
	t9_fails(
	    c, EROFS, Tunlinkat, .dirfid = DIR_FID, .name = t9_str("file"));
	t9_fails(c, EROFS, Trenameat, .olddirfid = DIR_FID,
	    .oldname = t9_str("file"), .newdirfid = DIR_FID,
	    .newname = t9_str("new"));
	t9_clunk(c, NEW_FID);
	t9_walk(c, DIR_FID, NEW_FID, "");
	t9_fails(c, EROFS, Tlcreate, .fid = NEW_FID, .name = t9_str("new"),
	    .flags = P9_O_RDWR, .mode = 0644);
	t9_has(c, DIR_FID, "file", "content");
	stage_over(s);
}

static void
expect_nothing_there(struct t9 *c)
{
	t9_fails(c, ENOENT, Twalk, .fid = DIR_FID, .newfid = NEW_FID,
	    .wname = t9_names("file"));
	t9_fails(c, ENOENT, Tmkdir, .dfid = DIR_FID, .name = t9_str("new"));
	t9_walk(c, DIR_FID, NEW_FID, "");
	t9_fails(c, ENOENT, Tlcreate, .fid = NEW_FID, .name = t9_str("new"),
	    .flags = P9_O_RDWR, .mode = 0644);
	t9_clunk(c, NEW_FID);
	t9_getattr(c, DIR_FID);
	t9_statfs(c, DIR_FID);
}

static void
a_directory_may_vanish(void **state)
{
	static const char *const dirs[] = { "disk/gone", "mem/gone" };
	struct stage *s = *state;
	size_t i;

	for (i = 0; i < WIRE_COUNT(dirs); i++) {
		assert_int_equal(mkdir(stage_path(s, dirs[i]), 0777), 0);
		t9_walk(s->c, HOME, DIR_FID, dirs[i]);
		assert_int_equal(rmdir(stage_path(s, dirs[i])), 0);
		expect_nothing_there(s->c);
		assert_false(t9_exists(s->c, HOME, dirs[i]));
		t9_clunk(s->c, DIR_FID);
	}
	stage_over(s);
}

/* What is served itself goes, and something else comes in its place. */
static void
the_root_of_what_is_served_may_vanish(void **state)
{
	struct stage *s = *state;
	char shown[600];
	struct t9 *c;

	mkdir(stage_path(s, "root"), 0777);
	snprintf(shown, sizeof(shown), "/r=%s", stage_path(s, "root"));
	stage_over(s);
	s->srv = WIRE_SERVER(s->w, "-e", shown);
	c = wire_session_with(s->srv, WIRE_MSIZE);
	t9_walk(c, ROOT, DIR_FID, "r");
	assert_int_equal(rmdir(stage_path(s, "root")), 0);
	expect_nothing_there(c);
	mkdir(stage_path(s, "root"), 0777);
	expect_nothing_there(c);
	t9_clunk(c, DIR_FID);
	t9_walk(c, ROOT, DIR_FID, "r");
	expect_nothing_there(c);
	t9_put(c, ROOT, "file", "memory is still there");
	stage_over(s);
}

static void
a_tree_that_is_unmounted_lives_on_for_its_fids(void **state)
{
	struct stage *s = *state;
	uint8_t buf[8];

	open_new(s, "mem");
	assert_int_equal(try_write(s->c, 0, 7), 7);
	mounts_detach(s->mem);
	assert_int_equal(t9_read(s->c, OPEN_FID, 0, buf, 8), 7);
	t9_put(s->c, DIR_FID, "more", "text");
	t9_has(s->c, DIR_FID, "more", "text");
	assert_false(t9_exists(s->c, HOME, "mem/file"));
	stage_over(s);
}

static void
a_file_may_be_cut_behind_our_back(void **state)
{
	static const char *const files[] = { "disk/file", "mem/file" };
	struct stage *s = *state;
	struct t9 *c = s->c;
	char buf[8];
	size_t i;

	for (i = 0; i < WIRE_COUNT(files); i++) {
		put_on_host(stage_path(s, files[i]), "content");
		t9_open(c, HOME, OPEN_FID, files[i], P9_O_RDWR);
		t9_reads(c, OPEN_FID, "content");
		truncate(stage_path(s, files[i]), 3);
		t9_reads(c, OPEN_FID, "con");
		assert_int_equal(t9_read(c, OPEN_FID, 3, buf, 8), 0);
		assert_int_equal(t9_read(c, OPEN_FID, 7, buf, 8), 0);
		assert_int_equal(t9_getattr(c, OPEN_FID).size, 3);
		t9_write(c, OPEN_FID, 5, "end", 3);
		assert_int_equal(t9_read(c, OPEN_FID, 0, buf, 8), 8);
		assert_memory_equal(buf, "con\0\0end", 8);
		t9_clunk(c, OPEN_FID);
	}
	stage_over(s);
}

/* Whoever has it open has the old one. */
static void
a_file_may_be_replaced_behind_our_back(void **state)
{
	static const char *const files[] = { "disk/file", "mem/file" };
	struct stage *s = *state;
	struct t9 *c = s->c;
	size_t i;

	for (i = 0; i < WIRE_COUNT(files); i++) {
		put_on_host(stage_path(s, files[i]), "old");
		t9_walk(c, HOME, FILE_FID, files[i]);
		t9_open(c, HOME, OPEN_FID, files[i], P9_O_RDWR);
		put_on_host(stage_path(s, "disk/new"), "replaced");
		if (i > 0)
			put_on_host(stage_path(s, "mem/new"), "replaced");
		rename(stage_path(s, i > 0 ? "mem/new" : "disk/new"),
		    stage_path(s, files[i]));
		t9_reads(c, OPEN_FID, "old");
		t9_write(c, OPEN_FID, 0, "OLD", 3);
		t9_ok(c, Tsetattr, .fid = FILE_FID, .valid = P9_SETATTR_MODE,
		    .mode = 0600);
		assert_int_equal(t9_getattr(c, FILE_FID).size, 3);
		assert_int_equal(t9_getattr(c, FILE_FID).nlink, 0);
		t9_has(c, FILE_FID, "", "OLD");
		t9_has(c, HOME, files[i], "replaced");
		assert_int_equal(t9_stat(c, HOME, files[i]).mode & 0777, 0644);
		t9_clunk(c, OPEN_FID);
		t9_clunk(c, FILE_FID);
	}
	stage_over(s);
}

struct cutter {
	pthread_t thread;
	const char *path;
	_Atomic bool stop;
	_Atomic unsigned int cuts;
};

static void *
cut_and_grow(void *arg)
{
	struct cutter *cutter = arg;

	while (!cutter->stop) {
		truncate(cutter->path, 0);
		truncate(cutter->path, SMALL);
		cutter->cuts++;
	}
	return NULL;
}

#define CUTS 500

/* While it is read and written: it is as short as it is, and no more happens. */
static void
a_file_may_be_cut_all_the_time(void **state)
{
	static const char *const files[] = { "disk/file", "mem/file" };
	struct stage *s = *state;
	static uint8_t buf[SMALL / 8];
	struct cutter cutter = { 0 };
	uint32_t n;
	size_t i;

	for (i = 0; i < WIRE_COUNT(files); i++) {
		put_on_host(stage_path(s, files[i]), "");
		t9_open(s->c, HOME, OPEN_FID, files[i], P9_O_RDWR);
		cutter = (struct cutter){ .path = stage_path(s, files[i]) };
		assert_int_equal(
		    pthread_create(&cutter.thread, NULL, cut_and_grow, &cutter),
		    0);
		while (cutter.cuts < CUTS) {
			n = t9_read(s->c, OPEN_FID, 0, buf, sizeof(buf));
			assert_in_range(n, 0, sizeof(buf));
			t9_write(s->c, OPEN_FID, 3 * BLOCK, block, BLOCK + 1);
		}
		cutter.stop = true;
		pthread_join(cutter.thread, NULL);
		t9_clunk(s->c, OPEN_FID);
	}
	stage_over(s);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		stage_test(a_full_file_system_takes_what_it_can),
		stage_test(names_run_out),
		stage_test(files_may_not_grow_beyond_a_limit),
		stage_test(without_descriptors_what_fails_has_not_happened),
		stage_test(clients_are_let_in_when_there_are_descriptors_again),
		stage_test(a_read_only_host_is_one),
		stage_test(a_directory_may_vanish),
		stage_test(the_root_of_what_is_served_may_vanish),
		stage_test(a_tree_that_is_unmounted_lives_on_for_its_fids),
		stage_test(a_file_may_be_cut_behind_our_back),
		stage_test(a_file_may_be_replaced_behind_our_back),
		stage_test(a_file_may_be_cut_all_the_time),
	};

	mounts_init();
	return wire_main(
	    "a host's limits", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
