/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_change.c -- mv, ln, rm, mkdir, rmdir, chmod, chown, touch, truncate and
 * write.
 */

#include <sys/stat.h>

#include "etfs.h"

static mode_t
mode_of(struct client *c, const char *path)
{
	struct etfsc_attr attr;

	ok(etfsc_lstat(c->fs, path, &attr));
	return attr.mode;
}

static void
mv_renames_and_moves(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "a", "a");
	client_put(c->fs, "b", "b");
	ok(etfsc_mkdir(c->fs, "d", 0777));
	prints(c, "", "mv", "@/a", "@/c");
	prints(c, "", "mv", "@/c", "@/b", "@/d/");
	prints(c, "b\nc\n", "ls", "@/d");
	refuses(c, "etfs: mv: @/no to @/x: No such file or directory\n", "mv",
	    "@/no", "@/x");
	refuses(c, "etfs: mv: @/d/b: Not a directory\n", "mv", "@/d/c", "@/d/b",
	    "@/d/b");
	misused(c, "etfs: mv: an operand is missing\n", "mv", "@/d");
}

static void
ln_links(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "text\n");
	ok(etfsc_mkdir(c->fs, "d", 0777));
	prints(c, "", "ln", "@/f", "@/g");
	prints(c, "", "ln", "-s", "f", "@/s");
	prints(c, "", "ln", "-s", "../f", "@/d");
	prints(c, "text\n", "cat", "@/g");
	prints(c, "text\ntext\n", "cat", "@/s", "@/d/f");
	prints(c, "f\n../f\n", "readlink", "@/s", "@/d/f");
	refuses(c, "etfs: ln: @/f to @/g: File exists\n", "ln", "@/f", "@/g");
	refuses(
	    c, "etfs: readlink: @/g: Invalid argument\n", "readlink", "@/g");
}

static void
rm_removes_files_and_trees(void **state)
{
	struct client *c = *state;

	ok(etfsc_mkdirs(c->fs, "d/e/f", 0777));
	client_put(c->fs, "d/e/x", "");
	client_put(c->fs, "keep", "");
	ok(etfsc_symlink(c->fs, "../keep", "d/l"));
	ok(etfsc_symlink(c->fs, "d", "ld"));
	refuses(c, "etfs: rm: @/d: Is a directory\n", "rm", "@/d");
	refuses(c, "etfs: rm: @/no: No such file or directory\n", "rm", "@/no");
	prints(c, "", "rm", "-f", "@/no");
	prints(c, "", "rm", "-r", "@/ld");
	prints(c, "d\nkeep\n", "ls", "@");
	prints(c, "", "rm", "-r", "@/d");
	prints(c, "keep\n", "ls", "@");
	refuses(c, "etfs: rm: @/.: this is not removed\n", "rm", "-r", "@/.");
	refuses(c, "etfs: rm: /: this is not removed\n", "rm", "-rf", "/");
	misused(c, "etfs: rm: an operand is missing\n", "rm");
}

static void
mkdir_makes_what_is_missing(void **state)
{
	struct client *c = *state;

	prints(c, "", "mkdir", "@/a", "@/b");
	refuses(c, "etfs: mkdir: @/a: File exists\n", "mkdir", "@/a");
	refuses(c, "etfs: mkdir: @/x/y: No such file or directory\n", "mkdir",
	    "@/x/y");
	prints(c, "", "mkdir", "-p", "-m", "700", "@/a", "@/x/y/z/");
	assert_int_equal(mode_of(c, "x/y"), S_IFDIR | 0777);
	assert_int_equal(mode_of(c, "x/y/z"), S_IFDIR | 0700);
	prints(c, "", "mkdir", "-m", "go-w", "@/m");
	assert_int_equal(mode_of(c, "m"), S_IFDIR | 0755);
	misused(c, "etfs: mkdir: no mode: u+q\n", "mkdir", "-m", "u+q", "@/q");
	client_put(c->fs, "f", "");
	refuses(c, "etfs: mkdir: @/f: File exists\n", "mkdir", "-p", "@/f");
	prints(c, "", "rmdir", "@/m");
	refuses(c, "etfs: rmdir: @/x: Directory not empty\n", "rmdir", "@/x");
}

static void
chmod_takes_octal_and_symbols(void **state)
{
	static const struct {
		const char *text;
		mode_t before, after;
	} rows[] = {
		{ "640", 0777, 0640 },
		{ "4755", 0, 04755 },
		{ "0", 0777, 0 },
		{ "u+x", 0644, 0744 },
		{ "+x", 0644, 0755 },
		{ "-w", 0666, 0444 },
		{ "a-x,u=rw", 0755, 0644 },
		{ "go=", 0777, 0700 },
		{ "g=u", 0640, 0660 },
		{ "o=g-w", 0660, 0664 },
		{ "u+s,g+s", 0755, 06755 },
		{ "+t", 0755, 01755 },
		{ "a+X", 0644, 0644 },
		{ "a+X", 0744, 0755 },
		{ "u=rwx,g=rx,o=", 0, 0750 },
	};
	struct client *c = *state;
	size_t i;

	client_put(c->fs, "f", "");
	for (i = 0; i < WIRE_COUNT(rows); i++) {
		ok(etfsc_chmod(c->fs, "f", rows[i].before));
		prints(c, "", "chmod", rows[i].text, "@/f");
		assert_int_equal(mode_of(c, "f"), S_IFREG | rows[i].after);
	}
	ok(etfsc_mkdir(c->fs, "d", 0700));
	prints(c, "", "chmod", "go+rX", "@/d");
	assert_int_equal(mode_of(c, "d"), S_IFDIR | 0755);
	misused(c, "etfs: chmod: no mode: 888\n", "chmod", "888", "@/f");
	misused(c, "etfs: chmod: no mode: u~\n", "chmod", "u~", "@/f");
	refuses(c, "etfs: chmod: @/no: No such file or directory\n", "chmod",
	    "600", "@/no");
}

static void
chown_takes_numbers_and_names(void **state)
{
	struct client *c = *state;
	struct etfsc_attr a;
	char me[64];

	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "nowhere", "l"));
	snprintf(me, sizeof(me), "%u:%u", geteuid(), getegid());
	prints(c, "", "chown", me, "@/f");
	prints(c, "", "chown", "-h", me, "@/l");
	refuses(c, "etfs: chown: @/l: No such file or directory\n", "chown", me,
	    "@/l");
	misused(c, "etfs: chown: no such user: no-body\n", "chown", "no-body",
	    "@/f");
	misused(c, "etfs: chown: no such group: no-body\n", "chown", ":no-body",
	    "@/f");
	if (!wire_root())
		return;
	prints(c, "", "chown", "7:8", "@/f");
	prints(c, "", "chown", ":9", "@/f");
	ok(etfsc_stat(c->fs, "f", &a));
	assert_int_equal(a.uid, 7);
	assert_int_equal(a.gid, 9);
	prints(c, "", "chown", "0:", "@/f");
	ok(etfsc_stat(c->fs, "f", &a));
	assert_int_equal(a.uid, 0);
	assert_int_equal(a.gid, 0);
	prints(c, "", "chown", ":", "@/f");
	misused(c, "etfs: chown: no group is known of user 3999999\n", "chown",
	    "3999999:", "@/f");
	prints(c, "", "chown", "7:9", "@/f");
	prints(c, "", "chown", "root:root", "@/f");
	ok(etfsc_stat(c->fs, "f", &a));
	assert_int_equal(a.uid, 0);
	assert_int_equal(a.gid, 0);
}

static void
touch_makes_a_file_or_sets_its_times(void **state)
{
	struct client *c = *state;
	struct timespec old[2] = { { 1, 0 }, { 1, 0 } };
	struct etfsc_attr a;

	prints(c, "", "touch", "-c", "@/f");
	prints(c, "", "ls", "@");
	prints(c, "", "touch", "@/f");
	ok(etfsc_utimes(c->fs, "f", old));
	prints(c, "", "touch", "@/f");
	ok(etfsc_stat(c->fs, "f", &a));
	assert_true(a.mtime.tv_sec > 1 && a.atime.tv_sec > 1);
	refuses(c, "etfs: touch: @/no/f: No such file or directory\n", "touch",
	    "@/no/f");
}

static void
truncate_sets_the_size(void **state)
{
	struct client *c = *state;
	struct etfsc_attr a;

	client_put(c->fs, "f", "12345");
	prints(c, "", "truncate", "-s", "2", "@/f");
	prints(c, "12", "cat", "@/f");
	prints(c, "", "truncate", "-s", "3K", "@/f", "@/new");
	ok(etfsc_stat(c->fs, "new", &a));
	assert_int_equal(a.size, 3072);
	prints(c, "", "truncate", "-c", "-s", "3K", "@/no");
	misused(c, "etfs: truncate: -s is missing\n", "truncate", "@/f");
	misused(
	    c, "etfs: truncate: no size: 1Q\n", "truncate", "-s", "1Q", "@/f");
	misused(
	    c, "etfs: truncate: no size: 1 \n", "truncate", "-s", "1 ", "@/f");
}

static void
write_leaves_the_rest(void **state)
{
	struct client *c = *state;
	struct etfs_how two = { .in = "ab" };

	client_put(c->fs, "f", "12345");
	prints_how(c, &two, "", "write", "-o", "2", "@/f");
	prints(c, "12ab5", "cat", "@/f");
	prints_how(c, &two, "", "write", "@/new");
	prints(c, "ab", "cat", "@/new");
	refuses(c, "etfs: write: @: Is a directory\n", "write", "@");
	misused(c, "etfs: write: no offset: -1\n", "write", "-o", "-1", "@/f");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(mv_renames_and_moves),
		client_test(ln_links),
		client_test(rm_removes_files_and_trees),
		client_test(mkdir_makes_what_is_missing),
		client_test(chmod_takes_octal_and_symbols),
		client_test(chown_takes_numbers_and_names),
		client_test(touch_makes_a_file_or_sets_its_times),
		client_test(truncate_sets_the_size),
		client_test(write_leaves_the_rest),
	};

	return client_main("change", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
