/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_directories.c -- reading directories.
 */

#include <sys/stat.h>

#include "client.h"

#define MANY 20000 /* in memory */
#define HOST_MANY 2000

static void
an_entry_says_what_lstat_says(void **state)
{
	struct client *c = *state;
	struct etfsc_dirent e;
	struct etfsc_attr attr;
	struct etfsc_dir *dir;
	int n = 0, rc;

	ok(etfsc_mkdir(c->fs, "d", 0700));
	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "no", "s"));
	ok(etfsc_mkfifo(c->fs, "p", 0600));
	ok(etfsc_opendir(c->fs, ".", &dir));
	while ((rc = etfsc_readdir(dir, &e)) == 1) {
		n++;
		if (strcmp(e.name, "..") == 0)
			continue;
		ok(etfsc_lstat(c->fs, e.name, &attr));
		assert_int_equal(e.qid.path, attr.qid.path);
		assert_int_equal(e.type, (attr.mode & S_IFMT) >> 12);
	}
	ok(rc);
	assert_int_equal(n, 6);
	ok(etfsc_readdir(dir, &e));
	ok(etfsc_closedir(dir));
	fails(ENOTDIR, etfsc_opendir(c->fs, "f", &dir));
	fails(ENOTDIR, etfsc_opendir(c->fs, "p", &dir));
	fails(ENOENT, etfsc_opendir(c->fs, "s", &dir));
	ok(etfsc_closedir(NULL));
}

/* Many at once, or it would take a while.  Returns how many there are. */
static int
make_many(struct client *c, const char *where)
{
	static struct etfsc_req reqs[64];
	struct etfsc_req walk = { .done = NULL };
	uint32_t fid = ETFSC_NOFID;
	char name[16];
	const char *names[2] = { c->home + 1, where };
	int i, many = c->host ? HOST_MANY : MANY;

	ok(etfsc_mkdir(c->fs, where, 0700));
	etfsc_twalk(c->fs, &walk, etfsc_root(c->fs), &fid, names, 2, NULL);
	gives(2, etfsc_wait(c->fs, &walk));
	for (i = 0; i < many; i++) {
		if (reqs[i % 64].pending)
			ok(etfsc_wait(c->fs, &reqs[i % 64]));
		snprintf(name, sizeof(name), "%d", i);
		etfsc_tmknod(c->fs, &reqs[i % 64], fid, name, S_IFREG | 0600, 0,
		    ETFSC_NOID, NULL);
	}
	for (i = 0; i < 64; i++)
		ok(etfsc_wait(c->fs, &reqs[i]));
	etfsc_forget(c->fs, fid);
	return many;
}

static void
every_entry_of_a_big_directory_comes_once(void **state)
{
	struct client *c = *state;
	static uint8_t seen[MANY];
	struct etfsc_dirent e;
	struct etfsc_dir *dir;
	int i, rc, n = 0, many = make_many(c, "big");

	memset(seen, 0, sizeof(seen));
	ok(etfsc_opendir(c->fs, "big", &dir));
	while ((rc = etfsc_readdir(dir, &e)) == 1) {
		if (e.name[0] == '.')
			continue;
		i = atoi(e.name);
		assert_in_range(i, 0, many - 1);
		assert_int_equal(seen[i], 0);
		seen[i] = 1;
		n++;
	}
	ok(rc);
	assert_int_equal(n, many);
	ok(etfsc_closedir(dir));
}

/* Where a cookie is taken, what comes after it is what came after it. */
static void
a_directory_goes_on_behind_a_cookie(void **state)
{
	enum {
		STEP = 997
	};
	static char names[MANY / STEP + 1][16];
	static uint64_t cookies[MANY / STEP + 1];
	struct client *c = *state;
	struct etfsc_dirent e;
	struct etfsc_dir *dir;
	int i, n = 0, many = make_many(c, "big");

	ok(etfsc_opendir(c->fs, "big", &dir));
	assert_int_equal(etfsc_telldir(dir), 0);
	for (i = 0; i < many; i++) {
		if (i % STEP == 0)
			cookies[n] = etfsc_telldir(dir);
		gives(1, etfsc_readdir(dir, &e));
		assert_int_equal(etfsc_telldir(dir), e.cookie);
		if (i % STEP == 0)
			strcpy(names[n++], e.name);
	}
	while (--n >= 0) {
		etfsc_seekdir(dir, cookies[n]);
		assert_int_equal(etfsc_telldir(dir), cookies[n]);
		gives(1, etfsc_readdir(dir, &e));
		assert_string_equal(e.name, names[n]);
	}
	ok(etfsc_closedir(dir));
}

static void
seeking_to_the_start_shows_what_is_new(void **state)
{
	struct client *c = *state;
	struct etfsc_dirent e;
	struct etfsc_dir *dir;
	int found = 0;

	ok(etfsc_opendir(c->fs, ".", &dir));
	while (etfsc_readdir(dir, &e) == 1)
		assert_int_equal(e.name[0], '.');
	client_put(c->fs, "new", "");
	etfsc_seekdir(dir, 0);
	while (etfsc_readdir(dir, &e) == 1)
		found += strcmp(e.name, "new") == 0;
	assert_int_equal(found, 1);
	ok(etfsc_closedir(dir));
}

/* The cookie may be of an entry that is gone. */
static void
a_tree_can_be_removed_while_it_is_read(void **state)
{
	struct client *c = *state;
	struct etfsc_dirent e;
	struct etfsc_dir *dir;
	char path[300];
	int rc;

	ok(etfsc_mkdir(c->fs, "d", 0700));
	for (rc = 0; rc < 700; rc++) {
		snprintf(path, sizeof(path), "d/%0100d", rc);
		ok(etfsc_mkdir(c->fs, path, 0700));
	}
	ok(etfsc_opendir(c->fs, "d", &dir));
	while ((rc = etfsc_readdir(dir, &e)) == 1) {
		snprintf(path, sizeof(path), "d/%s", e.name);
		if (e.name[0] != '.')
			ok(etfsc_rmdir(c->fs, path));
	}
	ok(rc);
	ok(etfsc_closedir(dir));
	ok(etfsc_rmdir(c->fs, "d"));
}

static void
the_longest_names_come_through_the_smallest_messages(void **state)
{
	const struct etfsc_options small = { .msize = 4096 };
	struct client *c = *state;
	struct etfsc *fs = client_mount(c, &small);
	struct etfsc_dirent e;
	struct etfsc_dir *dir;
	char name[300];
	int i, n = 0;

	ok(etfsc_mkdirs(fs, "/small", 0700));
	ok(etfsc_chdir(fs, "/small"));
	for (i = 0; i < 100; i++) {
		snprintf(name, sizeof(name), "%0255d", i);
		ok(etfsc_mkdir(fs, name, 0700));
	}
	ok(etfsc_opendir(fs, ".", &dir));
	while (etfsc_readdir(dir, &e) == 1)
		n += strlen(e.name) == 255;
	assert_int_equal(n, 100);
	ok(etfsc_closedir(dir));
	client_release(c, fs);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(an_entry_says_what_lstat_says),
		client_test(every_entry_of_a_big_directory_comes_once),
		client_test(a_directory_goes_on_behind_a_cookie),
		client_test(seeking_to_the_start_shows_what_is_new),
		client_test(a_tree_can_be_removed_while_it_is_read),
		client_test(
		    the_longest_names_come_through_the_smallest_messages),
	};

	return client_main("directories", 0, tests, WIRE_COUNT(tests));
}
