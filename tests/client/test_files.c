/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_files.c -- open files.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "client.h"

static void
open_does_what_its_flags_say(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	struct etfsc_attr attr;

	fails(ENOENT, etfsc_open(c->fs, "f", O_RDWR, 0, &file));
	ok(etfsc_open(c->fs, "f", O_RDWR | O_CREAT | O_EXCL, 0640, &file));
	gives(4, etfsc_write(file, "text", 4, 0));
	ok(etfsc_fstat(file, &attr));
	assert_int_equal(attr.mode, S_IFREG | 0640);
	assert_int_equal(attr.size, 4);
	ok(etfsc_close(file));
	fails(EEXIST,
	    etfsc_open(c->fs, "f", O_RDWR | O_CREAT | O_EXCL, 0640, &file));
	ok(etfsc_open(c->fs, "f", O_RDWR | O_CREAT, 0600, &file));
	ok(etfsc_fstat(file, &attr));
	assert_int_equal(attr.mode, S_IFREG | 0640);
	assert_int_equal(attr.size, 4);
	ok(etfsc_close(file));
	ok(etfsc_open(c->fs, "f", O_WRONLY | O_TRUNC, 0, &file));
	ok(etfsc_fstat(file, &attr));
	assert_int_equal(attr.size, 0);
	ok(etfsc_close(file));
}

static void
directories_are_opened_to_be_read(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	char buf[4];

	client_put(c->fs, "f", "");
	fails(ENOTDIR, etfsc_open(c->fs, "f", O_DIRECTORY, 0, &file));
	ok(etfsc_open(c->fs, ".", O_RDONLY | O_DIRECTORY, 0, &file));
	fails(EISDIR, etfsc_read(file, buf, sizeof(buf), 0));
	ok(etfsc_fsync(file));
	ok(etfsc_close(file));
	fails(EISDIR, etfsc_open(c->fs, ".", O_RDWR, 0, &file));
	fails(EISDIR, etfsc_open(c->fs, ".", O_RDWR | O_CREAT, 0, &file));
	fails(EISDIR, etfsc_open(c->fs, "/", O_RDWR | O_CREAT, 0, &file));
	fails(EISDIR, etfsc_open(c->fs, "g/", O_RDWR | O_CREAT, 0, &file));
	fails(EINVAL,
	    etfsc_open(c->fs, "g", O_RDWR | O_CREAT | O_DIRECTORY, 0, &file));
}

static void
a_file_is_open_for_what_was_asked(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	char buf[4];

	client_put(c->fs, "f", "text");
	ok(etfsc_open(c->fs, "f", O_RDONLY, 0, &file));
	fails(EBADF, etfsc_write(file, "x", 1, 0));
	gives(4, etfsc_read(file, buf, 4, 0));
	ok(etfsc_close(file));
	ok(etfsc_open(c->fs, "f", O_WRONLY, 0, &file));
	fails(EBADF, etfsc_read(file, buf, 4, 0));
	gives(1, etfsc_write(file, "x", 1, 0));
	ok(etfsc_close(file));
}

static void
what_is_written_is_read(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	char buf[64];

	ok(etfsc_create(c->fs, "f", 0600, &file));
	gives(5, etfsc_write(file, "hello", 5, 0));
	gives(5, etfsc_write(file, "world", 5, 6));
	gives(0, etfsc_write(file, "", 0, 100));
	ok(etfsc_close(file));
	ok(etfsc_open(c->fs, "f", O_RDONLY, 0, &file));
	gives(11, etfsc_read(file, buf, sizeof(buf), 0));
	assert_memory_equal(buf, "hello\0world", 11);
	gives(3, etfsc_read(file, buf, 3, 7));
	assert_memory_equal(buf, "orl", 3);
	gives(0, etfsc_read(file, buf, sizeof(buf), 11));
	gives(0, etfsc_read(file, buf, sizeof(buf), 1000));
	gives(0, etfsc_read(file, buf, 0, 0));
	fails(EINVAL, etfsc_read(file, buf, 1, UINT64_MAX));
	ok(etfsc_close(file));
}

static void
appending_ignores_the_offset(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	char buf[16];

	client_put(c->fs, "f", "one");
	ok(etfsc_open(c->fs, "f", O_WRONLY | O_APPEND, 0, &file));
	gives(3, etfsc_write(file, "two", 3, 0));
	ok(etfsc_close(file));
	gives(6, etfsc_read_path(c->fs, "f", buf, sizeof(buf), 0));
	assert_memory_equal(buf, "onetwo", 6);
}

static void
files_are_read_and_written_by_name(void **state)
{
	struct client *c = *state;
	char buf[16];

	fails(ENOENT, etfsc_write_path(c->fs, "f", "x", 1, 0));
	client_put(c->fs, "f", "0123456789");
	gives(2, etfsc_write_path(c->fs, "f", "ab", 2, 3));
	gives(7, etfsc_read_path(c->fs, "f", buf, sizeof(buf), 3));
	assert_memory_equal(buf, "ab56789", 7);
	fails(EISDIR, etfsc_read_path(c->fs, ".", buf, 1, 0));
	fails(EISDIR, etfsc_write_path(c->fs, ".", "x", 1, 0));
}

static void
an_open_file_outlives_its_name(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;
	struct etfsc_attr attr;
	char buf[8];

	client_put(c->fs, "f", "text");
	ok(etfsc_open(c->fs, "f", O_RDWR, 0, &file));
	ok(etfsc_unlink(c->fs, "f"));
	gives(4, etfsc_write(file, "more", 4, 4));
	gives(8, etfsc_read(file, buf, 8, 0));
	ok(etfsc_ftruncate(file, 6));
	ok(etfsc_fsetattr(file,
	    &(struct etfsc_setattr){ .valid = ETFSC_SET_MODE, .mode = 0604 }));
	ok(etfsc_fstat(file, &attr));
	assert_int_equal(attr.size, 6);
	assert_int_equal(attr.nlink, 0);
	assert_int_equal(attr.mode, S_IFREG | 0604);
	ok(etfsc_fsync(file));
	ok(etfsc_fdatasync(file));
	ok(etfsc_close(file));
}

/* Fids are counted by the server: nothing may be left of what failed. */
static void
what_fails_leaves_no_fid_behind(void **state)
{
	struct client *c = *state;
	struct etfsc_req req = { .done = NULL };
	struct etfsc_file *file;
	struct etfsc_dir *dir;
	uint32_t before = ETFSC_NOFID, after = ETFSC_NOFID;
	int i;

	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "f", "s"));
	etfsc_twalk(c->fs, &req, etfsc_root(c->fs), &before, NULL, 0, NULL);
	ok(etfsc_wait(c->fs, &req));
	for (i = 0; i < 200; i++) {
		fails(ENOTDIR, etfsc_opendir(c->fs, "f", &dir));
		fails(ENOENT, etfsc_opendir(c->fs, "no/x/y", &dir));
		fails(EISDIR, etfsc_open(c->fs, ".", O_RDWR, 0, &file));
		fails(EEXIST, etfsc_mkdir(c->fs, "f", 0700));
		fails(ENOTDIR, etfsc_mkdirs(c->fs, "s/x", 0700));
		fails(ENODATA, etfsc_getxattr(c->fs, "f", "user.x", NULL, 0));
		fails(ENODATA, etfsc_removexattr(c->fs, "f", "user.x"));
		fails(ENOENT, etfsc_chdir(c->fs, "no"));
		ok(etfsc_chdir(c->fs, "."));
		ok(etfsc_open(c->fs, "s", O_RDWR, 0, &file));
		ok(etfsc_close(file));
	}
	etfsc_twalk(c->fs, &req, etfsc_root(c->fs), &after, NULL, 0, NULL);
	ok(etfsc_wait(c->fs, &req));
	assert_true(after < 32);
	etfsc_forget(c->fs, before);
	etfsc_forget(c->fs, after);
}

static void
what_is_open_is_closed_with_the_connection(void **state)
{
	struct client *c = *state;
	struct etfsc *fs = client_mount(c, NULL);
	struct etfsc_file *file;
	struct etfsc_dir *dir;
	char name[24];
	int i;

	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "/open%d", i);
		ok(etfsc_create(fs, name, 0600, &file));
		gives(1, etfsc_write(file, "x", 1, 0));
		ok(etfsc_opendir(fs, "/", &dir));
	}
	client_release(c, fs);
	if (c->srv == NULL && !c->host)
		return; /* gone with its server */
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "/open%d", i);
		ok(etfsc_unlink(c->fs, name));
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(open_does_what_its_flags_say),
		client_test(directories_are_opened_to_be_read),
		client_test(a_file_is_open_for_what_was_asked),
		client_test(what_is_written_is_read),
		client_test(appending_ignores_the_offset),
		client_test(files_are_read_and_written_by_name),
		client_test(an_open_file_outlives_its_name),
		client_test(what_fails_leaves_no_fid_behind),
		client_test(what_is_open_is_closed_with_the_connection),
	};

	return client_main("files", 0, tests, WIRE_COUNT(tests));
}
