/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_paths.c -- where a path leads.
 */

#include <fcntl.h>
#include <sys/stat.h>

#include "client.h"

/* The inode that a path leads to, or -errno. */
static int64_t
ino(struct etfsc *fs, const char *path)
{
	struct etfsc_attr attr;
	int rc = etfsc_stat(fs, path, &attr);

	return rc == 0 ? (int64_t)attr.qid.path : rc;
}

#define same(fs, a, b) gives(ino(fs, a), ino(fs, b))

static void
slashes_and_dots_mean_nothing_in_between(void **state)
{
	struct client *c = *state;
	char path[64];

	ok(etfsc_mkdirs(c->fs, "a/b", 0700));
	client_put(c->fs, "a/b/f", "");
	assert_true(ino(c->fs, "a/b/f") > 0);
	same(c->fs, "a/b/f", "a//b/./f");
	same(c->fs, "a/b/f", "./././a/b////f");
	snprintf(path, sizeof(path), "%s/a/b/f", c->home);
	same(c->fs, "a/b/f", path);
	snprintf(path, sizeof(path), "//.%s/./a/b/f", c->home);
	same(c->fs, "a/b/f", path);
	fails(ENOENT, ino(c->fs, ""));
	same(c->fs, "/", "//");
	same(c->fs, "/", "/.");
	same(c->fs, "/", "/../..");
	same(c->fs, "/", "..");
}

static void
a_slash_behind_a_file_is_too_much(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdir(c->fs, "d", 0700));
	client_put(c->fs, "f", "");
	fails(ENOTDIR, ino(c->fs, "f/"));
	fails(ENOTDIR, ino(c->fs, "f/."));
	fails(ENOTDIR, ino(c->fs, "f/.."));
	fails(ENOTDIR, ino(c->fs, "f/x"));
	same(c->fs, "d", "d/");
	same(c->fs, "d", "d/.");
	same(c->fs, ".", "d/..");
	fails(ENOENT, ino(c->fs, "no/.."));
	fails(ENOENT, ino(c->fs, "no/"));
}

static void
a_link_is_followed_from_where_it_is(void **state)
{
	struct client *c = *state;
	char abs[64];

	ok(etfsc_mkdirs(c->fs, "a/b/c", 0700));
	client_put(c->fs, "a/f", "");
	ok(etfsc_symlink(c->fs, "../f", "a/b/up"));
	ok(etfsc_symlink(c->fs, "a/b/", "in"));
	ok(etfsc_symlink(c->fs, "in/up", "both"));
	snprintf(abs, sizeof(abs), "%s/a", c->home);
	ok(etfsc_symlink(c->fs, abs, "a/b/c/abs"));
	same(c->fs, "a/f", "a/b/up");
	same(c->fs, "a/f", "in/up");
	same(c->fs, "a/f", "both");
	same(c->fs, "a/f", "in/c/abs/f");
	same(c->fs, "a/b", "in");
	same(c->fs, "a/b", "in/.");
	fails(ENOTDIR, ino(c->fs, "both/"));
	fails(ENOTDIR, ino(c->fs, "both/x"));
}

/* Not in the text of the path: of the directory that the link has led to. */
static void
dotdot_behind_a_link_is_of_where_it_leads(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdirs(c->fs, "a/b/c", 0700));
	ok(etfsc_symlink(c->fs, "a/b/c", "s"));
	same(c->fs, "a/b", "s/..");
	same(c->fs, "a", "s/../..");
	same(c->fs, ".", "s/../../..");
	same(c->fs, "a/b/c", "s/../../../s/../c");
	ok(etfsc_mkdir(c->fs, "s/../made", 0700));
	same(c->fs, "a/b/made", "s/../made");
}

static void
an_absolute_link_does_not_leave_the_root(void **state)
{
	struct client *c = *state;

	ok(etfsc_symlink(c->fs, "/", "root"));
	ok(etfsc_symlink(c->fs, "/../../..", "above"));
	same(c->fs, "/", "root");
	same(c->fs, "/", "root/");
	same(c->fs, "/", "root/..");
	same(c->fs, "/", "above");
	fails(ENOENT, ino(c->fs, "root/etc/passwd"));
	fails(ENOENT, ino(c->fs, "above/etc/passwd"));
}

static void
the_last_link_is_followed_if_a_slash_is_behind_it(void **state)
{
	struct client *c = *state;
	struct etfsc_attr attr;

	ok(etfsc_mkdir(c->fs, "d", 0700));
	ok(etfsc_symlink(c->fs, "d", "s"));
	ok(etfsc_lstat(c->fs, "s", &attr));
	assert_true(S_ISLNK(attr.mode));
	ok(etfsc_lstat(c->fs, "s/", &attr));
	assert_true(S_ISDIR(attr.mode));
	ok(etfsc_lstat(c->fs, "s/.", &attr));
	assert_true(S_ISDIR(attr.mode));
}

static void
a_link_that_leads_nowhere_is_an_error(void **state)
{
	struct client *c = *state;

	ok(etfsc_symlink(c->fs, "no", "s"));
	fails(ENOENT, ino(c->fs, "s"));
	fails(ENOENT, ino(c->fs, "s/x"));
	ok(etfsc_lstat(c->fs, "s", &(struct etfsc_attr){ 0 }));
}

static void
links_are_followed_forty_times(void **state)
{
	struct client *c = *state;
	char from[16], to[16];
	int i;

	client_put(c->fs, "l0", "");
	for (i = 1; i <= 41; i++) {
		snprintf(from, sizeof(from), "l%d", i);
		snprintf(to, sizeof(to), "l%d", i - 1);
		ok(etfsc_symlink(c->fs, to, from));
	}
	same(c->fs, "l0", "l40");
	fails(ELOOP, ino(c->fs, "l41"));
	ok(etfsc_symlink(c->fs, "loop", "loop"));
	fails(ELOOP, ino(c->fs, "loop"));
	fails(ELOOP, ino(c->fs, "loop/x"));
	ok(etfsc_symlink(c->fs, "./grow/x/x/x", "grow"));
	fails(ELOOP, ino(c->fs, "grow"));
}

static void
names_have_255_bytes_at_most(void **state)
{
	struct client *c = *state;
	char name[300], path[600];

	memset(name, 'n', sizeof(name));
	name[255] = '\0';
	ok(etfsc_mkdir(c->fs, name, 0700));
	assert_true(ino(c->fs, name) > 0);
	name[255] = 'n';
	name[256] = '\0';
	fails(ENAMETOOLONG, ino(c->fs, name));
	fails(ENAMETOOLONG, etfsc_mkdir(c->fs, name, 0700));
	fails(ENAMETOOLONG, etfsc_mkdirs(c->fs, name, 0700));
	fails(ENAMETOOLONG, etfsc_rename(c->fs, name, "x"));
	snprintf(path, sizeof(path), "%s/x", name);
	fails(ENAMETOOLONG, ino(c->fs, path));
	/* What comes first is wrong first. */
	snprintf(path, sizeof(path), "no/%s", name);
	fails(ENOENT, ino(c->fs, path));
}

/* 15, 16, 17 and many more names than a walk takes. */
static void
paths_are_of_any_depth(void **state)
{
	struct client *c = *state;
	char path[4000] = "";
	int depth;

	for (depth = 1; depth <= 1200; depth++) {
		strcat(path, depth == 1 ? "d" : "/d");
		if (depth > 40 && depth % 400 != 0)
			continue;
		ok(etfsc_mkdirs(c->fs, path, 0700));
		assert_true(ino(c->fs, path) > 0);
	}
	strcat(path, "/x");
	fails(ENOENT, ino(c->fs, path));
	client_put(c->fs, path, "deep");
	strcat(path, "/x");
	fails(ENOTDIR, ino(c->fs, path));
}

/* The walk that stops in the middle tells nothing, the next one does. */
static void
an_error_in_the_middle_is_that_of_its_name(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdirs(c->fs, "a/b/c/d", 0700));
	client_put(c->fs, "a/b/f", "");
	ok(etfsc_symlink(c->fs, "loop", "a/b/loop"));
	fails(ENOENT, ino(c->fs, "a/b/no/x/y"));
	fails(ENOTDIR, ino(c->fs, "a/b/f/x/y"));
	fails(ELOOP, ino(c->fs, "a/b/loop/x/y"));
	fails(ENOENT, ino(c->fs, "no/b/c"));
	fails(ENOENT, etfsc_mkdir(c->fs, "a/no/c", 0700));
	fails(ENOTDIR, etfsc_mkdir(c->fs, "a/b/f/c", 0700));
	fails(ENOTDIR, etfsc_unlink(c->fs, "a/b/f/c"));
}

static void
links_may_be_anywhere_in_a_long_path(void **state)
{
	struct client *c = *state;
	char path[512] = "", real[256] = "", at[300];
	int i;

	for (i = 0; i < 40; i++) {
		strcat(real, i == 0 ? "r" : "/r");
		ok(etfsc_mkdir(c->fs, real, 0700));
		snprintf(at, sizeof(at), "%.*s", (int)strlen(real) - 1, real);
		strcat(at, "s");
		ok(etfsc_symlink(c->fs, "./r", at));
		strcat(path, i == 0 ? "s" : i % 3 ? "/s" : "/r/.");
	}
	same(c->fs, real, path);
}

static void
the_current_directory_can_be_another(void **state)
{
	struct client *c = *state;
	char want[64], buf[256];

	ok(etfsc_mkdirs(c->fs, "a/b/c", 0700));
	client_put(c->fs, "a/f", "");
	ok(etfsc_symlink(c->fs, "a/b/c", "s"));
	gives(strlen(c->home), etfsc_getcwd(c->fs, buf, sizeof(buf)));
	assert_string_equal(buf, c->home);

	ok(etfsc_chdir(c->fs, "s/.."));
	snprintf(want, sizeof(want), "%s/a/b", c->home);
	gives(strlen(want), etfsc_getcwd(c->fs, buf, sizeof(buf)));
	assert_string_equal(buf, want);
	assert_true(ino(c->fs, "../f") > 0);
	fails(ENOENT, etfsc_chdir(c->fs, "no"));
	fails(ENOTDIR, etfsc_chdir(c->fs, "../f"));
	fails(ENOENT, etfsc_chdir(c->fs, ""));
	same(c->fs, "../f", "./../f");
	gives(strlen(want), etfsc_getcwd(c->fs, buf, strlen(want) + 1));
	fails(ERANGE, etfsc_getcwd(c->fs, buf, strlen(want)));
	fails(ERANGE, etfsc_getcwd(c->fs, buf, 0));

	ok(etfsc_chdir(c->fs, "c/./../../.."));
	gives(strlen(c->home), etfsc_getcwd(c->fs, buf, sizeof(buf)));
	ok(etfsc_chdir(c->fs, "../../.."));
	gives(1, etfsc_getcwd(c->fs, buf, sizeof(buf)));
	assert_string_equal(buf, "/");
	ok(etfsc_chdir(c->fs, "."));
	gives(1, etfsc_getcwd(c->fs, buf, sizeof(buf)));
	ok(etfsc_chdir(c->fs, c->home));
	ok(etfsc_chdir(c->fs, "/"));
	gives(1, etfsc_getcwd(c->fs, buf, sizeof(buf)));
}

/* It is the directory, not its name. */
static void
the_current_directory_moves_with_its_directory(void **state)
{
	struct client *c = *state;
	char path[64];

	ok(etfsc_mkdir(c->fs, "a", 0700));
	client_put(c->fs, "a/f", "");
	ok(etfsc_chdir(c->fs, "a"));
	ok(etfsc_rename(c->fs, "../a", "../b"));
	assert_true(ino(c->fs, "f") > 0);
	snprintf(path, sizeof(path), "%s/b/f", c->home);
	same(c->fs, "f", path);
}

static void
open_creates_through_a_link(void **state)
{
	struct client *c = *state;
	struct etfsc_file *file;

	ok(etfsc_mkdir(c->fs, "d", 0700));
	ok(etfsc_symlink(c->fs, "d/new", "s"));
	ok(etfsc_symlink(c->fs, "s", "t"));
	fails(EEXIST,
	    etfsc_open(c->fs, "t", O_RDWR | O_CREAT | O_EXCL, 0600, &file));
	fails(ELOOP,
	    etfsc_open(c->fs, "t", O_RDWR | O_CREAT | O_NOFOLLOW, 0600, &file));
	fails(ENOENT, etfsc_open(c->fs, "t", O_RDWR, 0600, &file));
	ok(etfsc_open(c->fs, "t", O_RDWR | O_CREAT, 0600, &file));
	ok(etfsc_close(file));
	same(c->fs, "d/new", "t");
	fails(ELOOP, etfsc_open(c->fs, "t", O_RDWR | O_NOFOLLOW, 0, &file));
	ok(etfsc_symlink(c->fs, "loop", "loop"));
	fails(ELOOP, etfsc_open(c->fs, "loop", O_RDWR | O_CREAT, 0, &file));
	ok(etfsc_symlink(c->fs, "no/new", "u"));
	fails(ENOENT, etfsc_open(c->fs, "u", O_RDWR | O_CREAT, 0, &file));
	ok(etfsc_symlink(c->fs, "d/", "v"));
	fails(EISDIR, etfsc_open(c->fs, "v", O_RDWR | O_CREAT, 0, &file));
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(slashes_and_dots_mean_nothing_in_between),
		client_test(a_slash_behind_a_file_is_too_much),
		client_test(a_link_is_followed_from_where_it_is),
		client_test(dotdot_behind_a_link_is_of_where_it_leads),
		client_test(an_absolute_link_does_not_leave_the_root),
		client_test(the_last_link_is_followed_if_a_slash_is_behind_it),
		client_test(a_link_that_leads_nowhere_is_an_error),
		client_test(links_are_followed_forty_times),
		client_test(names_have_255_bytes_at_most),
		client_test(paths_are_of_any_depth),
		client_test(an_error_in_the_middle_is_that_of_its_name),
		client_test(links_may_be_anywhere_in_a_long_path),
		client_test(the_current_directory_can_be_another),
		client_test(the_current_directory_moves_with_its_directory),
		client_test(open_creates_through_a_link),
	};

	return client_main("paths", 0, tests, WIRE_COUNT(tests));
}
