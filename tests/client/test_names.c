/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_names.c -- making, moving and removing names.
 */

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "client.h"

static mode_t
mode_of(struct etfsc *fs, const char *path)
{
	struct etfsc_attr attr;

	ok(etfsc_lstat(fs, path, &attr));
	return attr.mode;
}

static void
a_directory_is_made_and_removed(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdir(c->fs, "d", 0751));
	assert_int_equal(mode_of(c->fs, "d"), S_IFDIR | 0751);
	ok(etfsc_mkdir(c->fs, "d/e///", 0700));
	fails(EEXIST, etfsc_mkdir(c->fs, "d", 0700));
	fails(ENOENT, etfsc_mkdir(c->fs, "no/d", 0700));
	fails(ENOTEMPTY, etfsc_rmdir(c->fs, "d"));
	ok(etfsc_rmdir(c->fs, "d/e/"));
	ok(etfsc_rmdir(c->fs, "d"));
	fails(ENOENT, etfsc_rmdir(c->fs, "d"));
	fails(ENOENT, etfsc_lstat(c->fs, "d", &(struct etfsc_attr){ 0 }));
}

static void
names_that_are_none_are_told_apart(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdir(c->fs, "d", 0700));
	fails(EEXIST, etfsc_mkdir(c->fs, "/", 0700));
	fails(EEXIST, etfsc_mkdir(c->fs, ".", 0700));
	fails(EEXIST, etfsc_mkdir(c->fs, "d/..", 0700));
	fails(ENOENT, etfsc_mkdir(c->fs, "", 0700));
	fails(EINVAL, etfsc_rmdir(c->fs, "d/."));
	fails(ENOTEMPTY, etfsc_rmdir(c->fs, "d/.."));
	fails(EBUSY, etfsc_rmdir(c->fs, "/"));
	fails(ENOENT, etfsc_rmdir(c->fs, ""));
	fails(EISDIR, etfsc_unlink(c->fs, "d/."));
	fails(EISDIR, etfsc_unlink(c->fs, "/"));
	fails(EBUSY, etfsc_rename(c->fs, "d/.", "e"));
	fails(EBUSY, etfsc_rename(c->fs, "d", "."));
	fails(EEXIST, etfsc_symlink(c->fs, "x", "d/.."));
}

static void
unlink_is_for_files_and_rmdir_for_directories(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "");
	ok(etfsc_mkdir(c->fs, "d", 0700));
	fails(EISDIR, etfsc_unlink(c->fs, "d"));
	fails(EISDIR, etfsc_unlink(c->fs, "d/"));
	fails(ENOTDIR, etfsc_rmdir(c->fs, "f"));
	fails(ENOTDIR, etfsc_rmdir(c->fs, "f/"));
	fails(ENOTDIR, etfsc_unlink(c->fs, "f/"));
	ok(etfsc_unlink(c->fs, "f"));
	fails(ENOENT, etfsc_unlink(c->fs, "f"));
	fails(ENOENT, etfsc_unlink(c->fs, "f/"));
}

static void
rename_moves_and_replaces(void **state)
{
	struct client *c = *state;
	char buf[8];

	client_put(c->fs, "a", "one");
	client_put(c->fs, "b", "two");
	ok(etfsc_mkdirs(c->fs, "d/e", 0700));
	ok(etfsc_rename(c->fs, "a", "d/e/a"));
	ok(etfsc_rename(c->fs, "d/e/a", "b"));
	gives(3, etfsc_read_path(c->fs, "b", buf, sizeof(buf), 0));
	assert_memory_equal(buf, "one", 3);
	fails(ENOENT, etfsc_rename(c->fs, "a", "c"));
	fails(EINVAL, etfsc_rename(c->fs, "d", "d/e/d"));
	fails(ENOTEMPTY, etfsc_rename(c->fs, "d/e", "d"));
	fails(EISDIR, etfsc_rename(c->fs, "b", "d"));
	fails(ENOTDIR, etfsc_rename(c->fs, "d", "b"));
	fails(ENOTDIR, etfsc_rename(c->fs, "b", "c/"));
	fails(ENOTDIR, etfsc_rename(c->fs, "b/", "c"));
	ok(etfsc_rename(c->fs, "d/", "x/"));
	ok(etfsc_lstat(c->fs, "x/e", &(struct etfsc_attr){ 0 }));
}

static void
a_link_is_another_name(void **state)
{
	struct client *c = *state;
	struct etfsc_attr a, b;

	client_put(c->fs, "f", "text");
	ok(etfsc_link(c->fs, "f", "g"));
	ok(etfsc_lstat(c->fs, "f", &a));
	ok(etfsc_lstat(c->fs, "g", &b));
	assert_int_equal(a.qid.path, b.qid.path);
	assert_int_equal(b.nlink, 2);
	fails(EEXIST, etfsc_link(c->fs, "f", "g"));
	fails(ENOENT, etfsc_link(c->fs, "no", "h"));
	fails(ENOENT, etfsc_link(c->fs, "f", "h/"));
	fails(EPERM, etfsc_link(c->fs, ".", "h"));

	ok(etfsc_symlink(c->fs, "f", "s"));
	ok(etfsc_link(c->fs, "s", "t"));
	assert_true(S_ISLNK(mode_of(c->fs, "t")));
}

static void
a_symbolic_link_says_what_it_was_told(void **state)
{
	struct client *c = *state;
	char buf[5000], target[4096];

	ok(etfsc_symlink(c->fs, "../no/where", "s"));
	assert_true(S_ISLNK(mode_of(c->fs, "s")));
	gives(11, etfsc_readlink(c->fs, "s", buf, sizeof(buf)));
	assert_memory_equal(buf, "../no/where", 11);
	memset(buf, 'x', 8);
	gives(4, etfsc_readlink(c->fs, "s", buf, 4));
	assert_memory_equal(buf, "../nxxxx", 8);
	gives(0, etfsc_readlink(c->fs, "s", buf, 0));
	fails(EINVAL, etfsc_readlink(c->fs, ".", buf, sizeof(buf)));
	fails(EEXIST, etfsc_symlink(c->fs, "x", "s"));
	fails(ENOENT, etfsc_symlink(c->fs, "x", "t/"));
	fails(ENOENT, etfsc_symlink(c->fs, "", "t"));

	memset(target, 'y', 4095);
	target[4095] = '\0';
	ok(etfsc_symlink(c->fs, target, "long"));
	gives(4095, etfsc_readlink(c->fs, "long", buf, sizeof(buf)));
	assert_memory_equal(buf, target, 4095);
}

static void
special_files_are_made(void **state)
{
	struct client *c = *state;
	struct etfsc_attr attr;

	ok(etfsc_mkfifo(c->fs, "p", 0640));
	assert_int_equal(mode_of(c->fs, "p"), S_IFIFO | 0640);
	ok(etfsc_mknod(c->fs, "s", S_IFSOCK | 0600, 0));
	assert_int_equal(mode_of(c->fs, "s"), S_IFSOCK | 0600);
	ok(etfsc_mknod(c->fs, "f", S_IFREG | 0604, 0));
	assert_int_equal(mode_of(c->fs, "f"), S_IFREG | 0604);
	fails(EEXIST, etfsc_mkfifo(c->fs, "p", 0600));
	fails(ENOENT, etfsc_mkfifo(c->fs, "q/", 0600));
	if (!wire_root())
		return;
	ok(etfsc_mknod(c->fs, "c", S_IFCHR | 0600, makedev(259, 70000)));
	ok(etfsc_lstat(c->fs, "c", &attr));
	assert_int_equal(attr.mode, S_IFCHR | 0600);
	assert_int_equal(major(attr.rdev), 259);
	assert_int_equal(minor(attr.rdev), 70000);
}

static void
mkdirs_makes_what_is_missing(void **state)
{
	struct client *c = *state;
	char path[700] = "x";
	int i;

	ok(etfsc_mkdirs(c->fs, "a/b//c/./d/", 0750));
	assert_int_equal(mode_of(c->fs, "a/b"), S_IFDIR | 0750);
	assert_int_equal(mode_of(c->fs, "a/b/c/d"), S_IFDIR | 0750);
	ok(etfsc_mkdirs(c->fs, "a/b/c/d", 0700));
	ok(etfsc_mkdirs(c->fs, "a/../b/../c", 0700));
	assert_int_equal(mode_of(c->fs, "b"), S_IFDIR | 0700);
	ok(etfsc_mkdirs(c->fs, "/", 0700));
	ok(etfsc_mkdirs(c->fs, ".", 0700));
	fails(ENOENT, etfsc_mkdirs(c->fs, "", 0700));
	for (i = 0; i < 100; i++)
		strcat(path, "/deep");
	ok(etfsc_mkdirs(c->fs, path, 0700));
	assert_true(S_ISDIR(mode_of(c->fs, path)));
}

static void
mkdirs_goes_through_links_but_makes_none_good(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "");
	ok(etfsc_mkdir(c->fs, "d", 0700));
	ok(etfsc_symlink(c->fs, "d", "to"));
	ok(etfsc_symlink(c->fs, "nowhere", "dangling"));
	ok(etfsc_mkdirs(c->fs, "to/x/y", 0700));
	assert_true(S_ISDIR(mode_of(c->fs, "d/x/y")));
	fails(ENOTDIR, etfsc_mkdirs(c->fs, "f", 0700));
	fails(ENOTDIR, etfsc_mkdirs(c->fs, "f/x", 0700));
	fails(ENOENT, etfsc_mkdirs(c->fs, "dangling/x", 0700));
	fails(ENOENT, etfsc_lstat(c->fs, "nowhere", &(struct etfsc_attr){ 0 }));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(a_directory_is_made_and_removed),
		client_test(names_that_are_none_are_told_apart),
		client_test(unlink_is_for_files_and_rmdir_for_directories),
		client_test(rename_moves_and_replaces),
		client_test(a_link_is_another_name),
		client_test(a_symbolic_link_says_what_it_was_told),
		client_test(special_files_are_made),
		client_test(mkdirs_makes_what_is_missing),
		client_test(mkdirs_goes_through_links_but_makes_none_good),
	};

	return client_main("names", 0, tests, WIRE_COUNT(tests));
}
