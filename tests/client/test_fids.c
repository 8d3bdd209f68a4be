/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_fids.c -- single messages, and the numbers of fids.
 */

#include <fcntl.h>

#include "client.h"

static int
walk(struct client *c, uint32_t from, uint32_t *fid, const char *name)
{
	struct etfsc_req req = { .done = NULL };

	etfsc_twalk(c->fs, &req, from, fid, &name, 1, NULL);
	return etfsc_wait(c->fs, &req);
}

static uint32_t
home(struct client *c)
{
	uint32_t fid = ETFSC_NOFID;

	gives(1, walk(c, etfsc_root(c->fs), &fid, c->home + 1));
	return fid;
}

static void
numbers_of_fids_come_back(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	const char *names[17] = { "a", "no", "x" };
	struct etfsc_qid qid[16];
	uint32_t dir = home(c), fid = ETFSC_NOFID;
	int i;

	ok(etfsc_mkdir(c->fs, "a", 0700));
	gives(1, walk(c, dir, &fid, "a"));
	etfsc_tclunk(c->fs, &req, fid);
	ok(etfsc_wait(c->fs, &req));
	for (i = 0; i < 1000; i++) {
		fid = ETFSC_NOFID;
		fails(ENOENT, walk(c, dir, &fid, "no"));
		assert_int_equal(fid, ETFSC_NOFID);
		etfsc_twalk(c->fs, &req, dir, &fid, names, 3, qid);
		gives(1, etfsc_wait(c->fs, &req));
		assert_int_equal(qid[0].type, ETFSC_QTDIR);
		assert_int_equal(fid, ETFSC_NOFID);
		etfsc_twalk(c->fs, &req, dir, &fid, names, 17, NULL);
		fails(EINVAL, etfsc_wait(c->fs, &req));
		assert_int_equal(fid, ETFSC_NOFID);
		gives(1, walk(c, dir, &fid, "a"));
		assert_true(fid < 16);
		etfsc_forget(c->fs, fid);
	}
	etfsc_forget(c->fs, dir);
	etfsc_forget(c->fs, ETFSC_NOFID);
}

static void
a_fid_moves(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct etfsc_attr here, there;
	uint32_t fid = home(c), same = fid;

	ok(etfsc_mkdir(c->fs, "a", 0700));
	gives(1, walk(c, fid, &same, "a"));
	assert_int_equal(same, fid);
	fails(ENOENT, walk(c, fid, &same, "no"));
	assert_int_equal(same, fid);
	etfsc_tgetattr(c->fs, &req, fid, ETFSC_ATTR_ALL, &here);
	ok(etfsc_wait(c->fs, &req));
	ok(etfsc_stat(c->fs, "a", &there));
	assert_int_equal(here.qid.path, there.qid.path);
	etfsc_forget(c->fs, fid);
}

/* What the fid of a path is, as a stat of its own says. */
static void
is_at(struct client *c, uint32_t fid, const struct etfsc_qid *qid,
    const char *path)
{
	struct etfsc_req req = { .done = NULL };
	struct etfsc_attr here, there;

	etfsc_tgetattr(c->fs, &req, fid, ETFSC_ATTR_ALL, &here);
	ok(etfsc_wait(c->fs, &req));
	ok(etfsc_lstat(c->fs, path, &there));
	assert_int_equal(here.qid.path, there.qid.path);
	assert_int_equal(qid->path, there.qid.path);
	assert_int_equal(qid->type, there.qid.type);
	etfsc_forget(c->fs, fid);
}

static void
a_path_leads_to_a_fid_of_its_own(void **state)
{
	static const char *const paths[] = { "/", ".", "a", "a/..", "a/l/f" };
	static const char *const leads[] = { "/", ".", "a", ".", "f" };
	struct client *c = *state;
	struct etfsc_qid qid;
	uint32_t fid;
	size_t i;

	ok(etfsc_mkdir(c->fs, "a", 0700));
	ok(etfsc_symlink(c->fs, "..", "a/l"));
	client_put(c->fs, "f", "");
	for (i = 0; i < WIRE_COUNT(paths); i++) {
		ok(etfsc_walk_path(c->fs, paths[i], &fid, &qid));
		is_at(c, fid, &qid, leads[i]);
	}
	ok(etfsc_lwalk_path(c->fs, "a/l", &fid, &qid));
	is_at(c, fid, &qid, "a/l");
	fid = 1;
	fails(ENOENT, etfsc_walk_path(c->fs, "a/no", &fid, NULL));
	assert_int_equal(fid, ETFSC_NOFID);
	fails(ENOTDIR, etfsc_walk_path(c->fs, "f/x", &fid, NULL));
}

static void
attaching_gives_another_root(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct etfsc_attr attr;
	struct etfsc_qid qid;
	uint32_t fid;

	etfsc_tattach(
	    c->fs, &req, &fid, NULL, c->home, (uint32_t)geteuid(), &qid);
	ok(etfsc_wait(c->fs, &req));
	ok(etfsc_stat(c->fs, ".", &attr));
	assert_int_equal(qid.path, attr.qid.path);
	etfsc_forget(c->fs, fid);
	etfsc_tattach(c->fs, &req, &fid, "", "/no", (uint32_t)geteuid(), &qid);
	fails(ENOENT, etfsc_wait(c->fs, &req));
	assert_int_equal(fid, ETFSC_NOFID);
}

/* All that the calls by path do not use, or not in this way. */
static void
every_message_can_be_sent(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct etfsc_qid qid;
	uint32_t dir = home(c), fid = ETFSC_NOFID, iounit;
	uint64_t size;
	char buf[300];

#define wait etfsc_wait(c->fs, &req)
	etfsc_twalk(c->fs, &req, dir, &fid, NULL, 0, NULL);
	ok(wait);
	etfsc_tlcreate(
	    c->fs, &req, fid, "f", O_RDWR, 0600, ETFSC_NOID, &qid, &iounit);
	ok(wait);
	etfsc_twrite(c->fs, &req, fid, 0, 4, "text");
	gives(4, wait);
	etfsc_tread(c->fs, &req, fid, 1, 100, buf);
	gives(3, wait);
	assert_memory_equal(buf, "ext", 3);
	etfsc_tfsync(c->fs, &req, fid, true);
	ok(wait);
	etfsc_tclunk(c->fs, &req, fid);
	ok(wait);

	fid = ETFSC_NOFID;
	gives(1, walk(c, dir, &fid, "f"));
	etfsc_trename(c->fs, &req, fid, dir, "g");
	ok(wait);
	etfsc_txattrwalk(c->fs, &req, fid, &iounit, "", &size);
	ok(wait);
	assert_int_equal(size, 0);
	etfsc_forget(c->fs, iounit);
	etfsc_txattrwalk(c->fs, &req, fid, &iounit, "user.no", NULL);
	fails(ENODATA, wait);
	assert_int_equal(iounit, ETFSC_NOFID);
	etfsc_tremove(c->fs, &req, fid);
	ok(wait);
	fails(ENOENT, etfsc_unlink(c->fs, "g"));

	etfsc_tmkdir(c->fs, &req, dir, "d", 0700, ETFSC_NOID, &qid);
	ok(wait);
	assert_int_equal(qid.type, ETFSC_QTDIR);
	etfsc_tsymlink(c->fs, &req, dir, "s", "target", ETFSC_NOID, &qid);
	ok(wait);
	assert_int_equal(qid.type, ETFSC_QTSYMLINK);
	fid = ETFSC_NOFID;
	gives(1, walk(c, dir, &fid, "s"));
	etfsc_treadlink(c->fs, &req, fid, buf, 3);
	gives(6, wait);
	assert_memory_equal(buf, "tar", 3);
	etfsc_forget(c->fs, fid);
	etfsc_trenameat(c->fs, &req, dir, "s", dir, "t");
	ok(wait);
	etfsc_tunlinkat(c->fs, &req, dir, "t", 0);
	ok(wait);
	etfsc_tunlinkat(c->fs, &req, dir, "d", AT_REMOVEDIR);
	ok(wait);
	etfsc_tgetattr(c->fs, &req, dir, 0, NULL);
	ok(wait);
	etfsc_tstatfs(c->fs, &req, dir, NULL);
	ok(wait);
	etfsc_tgetattr(c->fs, &req, 12345, 0, NULL);
	fails(EBADF, wait);
	memset(buf, 'x', 299);
	buf[299] = '\0';
	etfsc_tmkdir(c->fs, &req, dir, buf, 0700, ETFSC_NOID, NULL);
	fails(ENAMETOOLONG, wait);
#undef wait
	etfsc_forget(c->fs, dir);
}

static void
what_does_not_fit_a_message_is_not_sent(void **state)
{
	const struct etfsc_options small = { .msize = 4096 };
	struct client *c = *state;
	struct etfsc *fs = client_mount(c, &small);
	static char target[70000];

	memset(target, 'x', 4094);
	target[4094] = '\0';
	fails(EMSGSIZE, etfsc_symlink(fs, target, "/s"));
	memset(target, 'x', sizeof(target) - 1);
	fails(ENAMETOOLONG, etfsc_symlink(fs, target, "/s"));
	ok(etfsc_symlink(fs, "x", "/s"));
	ok(etfsc_unlink(fs, "/s"));
	client_release(c, fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(numbers_of_fids_come_back),
		client_test(a_fid_moves),
		client_test(a_path_leads_to_a_fid_of_its_own),
		client_test(attaching_gives_another_root),
		client_test(every_message_can_be_sent),
		client_test(what_does_not_fit_a_message_is_not_sent),
	};

	return client_main("fids", 0, tests, WIRE_COUNT(tests));
}
