/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_attributes.c -- what is known about files, and changing it.
 */

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "client.h"

static struct etfsc_attr
stat_of(struct etfsc *fs, const char *path)
{
	struct etfsc_attr attr;

	ok(etfsc_stat(fs, path, &attr));
	return attr;
}

static void
a_file_says_what_it_is(void **state)
{
	struct client *c = *state;
	struct etfsc_attr attr;

	client_put(c->fs, "f", "five!");
	attr = stat_of(c->fs, "f");
	assert_int_equal(attr.valid & ETFSC_ATTR_BASIC, ETFSC_ATTR_BASIC);
	assert_int_equal(attr.mode, S_IFREG | 0666);
	assert_int_equal(attr.size, 5);
	assert_int_equal(attr.nlink, 1);
	assert_int_equal(attr.uid, geteuid());
	assert_int_equal(attr.qid.type, 0);
	assert_true(attr.blksize > 0);
	assert_true(attr.mtime.tv_sec > 1000000000);
	assert_int_equal(stat_of(c->fs, ".").qid.type, ETFSC_QTDIR);
}

/* What the host knows comes through, number by number. */
static void
the_host_says_the_same(void **state)
{
	struct client *c = *state;
	struct etfsc_attr attr;
	struct stat st;

	if (!c->host)
		return;
	client_put(c->fs, "f", "0123456789");
	attr = stat_of(c->fs, "f");
	assert_int_equal(stat(client_host(c, "f"), &st), 0);
	assert_int_equal(attr.mode, st.st_mode);
	assert_int_equal(attr.uid, st.st_uid);
	assert_int_equal(attr.gid, st.st_gid);
	assert_int_equal(attr.size, st.st_size);
	assert_int_equal(attr.blocks, st.st_blocks);
	assert_int_equal(attr.mtime.tv_sec, st.st_mtim.tv_sec);
	assert_int_equal(attr.mtime.tv_nsec, st.st_mtim.tv_nsec);
}

static void
links_are_followed_but_for_the_l_calls(void **state)
{
	struct client *c = *state;
	struct etfsc_attr attr;

	client_put(c->fs, "f", "five!");
	ok(etfsc_symlink(c->fs, "f", "s"));
	assert_int_equal(stat_of(c->fs, "s").size, 5);
	ok(etfsc_lstat(c->fs, "s", &attr));
	assert_true(S_ISLNK(attr.mode));
	assert_int_equal(attr.qid.type, ETFSC_QTSYMLINK);
	assert_int_equal(attr.size, 1);

	ok(etfsc_chmod(c->fs, "s", 0604));
	assert_int_equal(stat_of(c->fs, "f").mode, S_IFREG | 0604);
	fails(EOPNOTSUPP, etfsc_lchmod(c->fs, "s", 0600));
	assert_int_equal(stat_of(c->fs, "f").mode, S_IFREG | 0604);
	ok(etfsc_lchmod(c->fs, "f", 0640));
	assert_int_equal(stat_of(c->fs, "f").mode, S_IFREG | 0640);
}

static void
an_owner_can_be_changed(void **state)
{
	struct client *c = *state;
	struct etfsc_attr attr;

	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "f", "s"));
	ok(etfsc_chown(c->fs, "f", geteuid(), getegid()));
	ok(etfsc_chown(c->fs, "f", ETFSC_NOID, ETFSC_NOID));
	if (!wire_root())
		return;
	ok(etfsc_chown(c->fs, "s", 1234, ETFSC_NOID));
	ok(etfsc_lchown(c->fs, "s", ETFSC_NOID, 4321));
	attr = stat_of(c->fs, "f");
	assert_int_equal(attr.uid, 1234);
	assert_int_equal(attr.gid, 0);
	ok(etfsc_lstat(c->fs, "s", &attr));
	assert_int_equal(attr.uid, 0);
	assert_int_equal(attr.gid, 4321);
}

static void
times_are_set_to_the_nanosecond(void **state)
{
	struct timespec times[2] = { { 1234567890, 123456789 },
		{ 987654321, 987654321 } };
	struct client *c = *state;
	struct etfsc_attr attr;

	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "f", "s"));
	ok(etfsc_utimes(c->fs, "s", times));
	attr = stat_of(c->fs, "f");
	assert_int_equal(attr.atime.tv_sec, 1234567890);
	assert_int_equal(attr.atime.tv_nsec, 123456789);
	assert_int_equal(attr.mtime.tv_sec, 987654321);
	assert_int_equal(attr.mtime.tv_nsec, 987654321);

	times[0].tv_nsec = UTIME_OMIT;
	times[1].tv_nsec = UTIME_NOW;
	ok(etfsc_utimes(c->fs, "f", times));
	attr = stat_of(c->fs, "f");
	assert_int_equal(attr.atime.tv_sec, 1234567890);
	assert_true(attr.mtime.tv_sec > 1234567890);

	ok(etfsc_utimes(c->fs, "f", NULL));
	assert_true(stat_of(c->fs, "f").atime.tv_sec > 1234567890);

	times[0] = times[1] = (struct timespec){ 77, 7 };
	ok(etfsc_lutimes(c->fs, "s", times));
	ok(etfsc_lstat(c->fs, "s", &attr));
	assert_int_equal(attr.mtime.tv_sec, 77);
	assert_true(stat_of(c->fs, "f").mtime.tv_sec > 77);
}

static void
times_before_the_epoch_are_times(void **state)
{
	const struct timespec times[2] = { { -2, 500000000 }, { -1, 0 } };
	struct client *c = *state;
	struct etfsc_attr attr;

	client_put(c->fs, "f", "");
	ok(etfsc_utimes(c->fs, "f", times));
	attr = stat_of(c->fs, "f");
	assert_int_equal(attr.atime.tv_sec, -2);
	assert_int_equal(attr.mtime.tv_sec, -1);
}

static void
several_things_are_changed_at_once(void **state)
{
	const struct etfsc_setattr set = {
		.valid = ETFSC_SET_MODE | ETFSC_SET_SIZE | ETFSC_SET_MTIME,
		.mode = 0600,
		.size = 2,
		.mtime = { 1000, 0 },
	};
	struct client *c = *state;
	struct etfsc_attr attr;

	client_put(c->fs, "f", "five!");
	ok(etfsc_setattr(c->fs, "f", &set));
	attr = stat_of(c->fs, "f");
	assert_int_equal(attr.mode, S_IFREG | 0600);
	assert_int_equal(attr.size, 2);
	assert_int_equal(attr.mtime.tv_sec, 1000);
	ok(etfsc_symlink(c->fs, "f", "s"));
	fails(EINVAL,
	    etfsc_lsetattr(c->fs, "s",
		&(struct etfsc_setattr){ .valid = ETFSC_SET_SIZE }));
}

static void
a_file_is_cut_and_grown(void **state)
{
	struct client *c = *state;
	char buf[8];

	client_put(c->fs, "f", "five!");
	ok(etfsc_truncate(c->fs, "f", 2));
	ok(etfsc_truncate(c->fs, "f", 6));
	gives(6, etfsc_read_path(c->fs, "f", buf, sizeof(buf), 0));
	assert_memory_equal(buf, "fi\0\0\0\0", 6);
	fails(EISDIR, etfsc_truncate(c->fs, ".", 0));
	fails(ENOENT, etfsc_truncate(c->fs, "no", 0));
}

static void
the_file_system_tells_its_size(void **state)
{
	struct client *c = *state;
	struct etfsc_statfs st;

	ok(etfsc_statfs(c->fs, ".", &st));
	assert_int_equal(st.type, 0x01021997);
	assert_true(st.bsize > 0);
	assert_true(st.blocks >= st.bfree);
	assert_int_equal(st.namelen, 255);
	fails(ENOENT, etfsc_statfs(c->fs, "no", &st));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_file_says_what_it_is),
		client_test(the_host_says_the_same),
		client_test(links_are_followed_but_for_the_l_calls),
		client_test(an_owner_can_be_changed),
		client_test(times_are_set_to_the_nanosecond),
		client_test(times_before_the_epoch_are_times),
		client_test(several_things_are_changed_at_once),
		client_test(a_file_is_cut_and_grown),
		client_test(the_file_system_tells_its_size),
	};

	return client_main("attributes", 0, tests, WIRE_COUNT(tests));
}
