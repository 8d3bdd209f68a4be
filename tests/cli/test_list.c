/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_list.c -- ls, tree, find and du.
 */

#include <grp.h>
#include <pwd.h>
#include <sys/stat.h>

#include "etfs.h"

/* d/{a,b/c,.h} and f, l -> f. */
static void
plant(struct client *c)
{
	ok(etfsc_mkdirs(c->fs, "d/b", 0755));
	client_put(c->fs, "d/a", "12345");
	client_put(c->fs, "d/b/c", "");
	client_put(c->fs, "d/.h", "");
	client_put(c->fs, "f", "1");
	ok(etfsc_symlink(c->fs, "f", "l"));
}

static void
ls_lists_sorted_names(void **state)
{
	struct client *c = *state;

	plant(c);
	prints(c, "d\nf\nl\n", "ls", "@");
	prints(c, "a\nb\n", "ls", "@/d");
	prints(c, ".\n..\n.h\na\nb\n", "ls", "-a", "@/d");
	prints(c, "d/\nf\nl\n", "ls", "-p", "@");
	prints(c, "@/d\n", "ls", "-d", "@/d");
	prints(c, "@/f\n@/l\n\n@/d:\na\nb\n", "ls", "@/l", "@/d", "@/f");
	prints(c, "@:\nd\nf\nl\n\n@/d:\na\nb\n\n@/d/b:\nc\n", "ls", "-R", "@");
	ok(etfsc_mkdir(c->fs, "empty", 0777));
	prints(c, "", "ls", "@/empty");
}

static void
ls_follows_a_link_that_it_is_given(void **state)
{
	struct client *c = *state;

	plant(c);
	ok(etfsc_symlink(c->fs, "d", "ld"));
	ok(etfsc_symlink(c->fs, "nowhere", "bad"));
	prints(c, "a\nb\n", "ls", "@/ld");
	prints(c, "@/ld\n", "ls", "-d", "@/ld");
	prints(c, "@/bad\n", "ls", "@/bad");
}

static void
ls_goes_on_after_an_error(void **state)
{
	struct client *c = *state;
	struct etfs_said said;
	char want[128];

	plant(c);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "ls", "@/no", "@/d", NULL }, &said);
	assert_int_equal(said.status, 1);
	snprintf(want, sizeof(want), "%s/d:\na\nb\n", c->home);
	assert_string_equal(said.out, want);
	snprintf(want, sizeof(want),
	    "etfs: ls: %s/no: No such file or directory\n", c->home);
	assert_string_equal(said.err, want);
	etfs_free(&said);
}

static void
ls_l_has_modes_owners_sizes_and_times(void **state)
{
	struct client *c = *state;
	struct timespec old[2] = { { 86400, 0 }, { 86400, 0 } };
	const char *user = getpwuid(geteuid())->pw_name;
	const char *group = getgrgid(getegid())->gr_name;
	char want[512];

	client_put(c->fs, "f", "12345");
	ok(etfsc_chmod(c->fs, "f", 04751));
	ok(etfsc_utimes(c->fs, "f", old));
	ok(etfsc_symlink(c->fs, "to", "l"));
	ok(etfsc_lutimes(c->fs, "l", old));
	snprintf(want, sizeof(want),
	    "total 4\n-rwsr-x--x 1 %s %s 5 Jan  2  1970 f\n"
	    "lrwxrwxrwx 1 %s %s 2 Jan  2  1970 l -> to\n",
	    user, group, user, group);
	prints(c, want, "ls", "-l", "@");
	snprintf(want, sizeof(want), "-rwsr-x--x 1 %s %s 5 Jan  2  1970 @/f\n",
	    user, group);
	prints(c, want, "ls", "-l", "@/f");
}

static void
ls_l_of_something_new_has_an_hour(void **state)
{
	struct client *c = *state;
	struct etfs_said said;
	time_t now = time(NULL);
	struct timespec t[2] = { { now - 3600, 0 }, { now - 3600, 0 } };
	char when[64];
	struct tm tm;

	client_put(c->fs, "f", "");
	ok(etfsc_utimes(c->fs, "f", t));
	gmtime_r(&t[0].tv_sec, &tm);
	strftime(when, sizeof(when), " %b %e %H:%M ", &tm);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "ls", "-l", "@/f", NULL }, &said);
	assert_non_null(strstr(said.out, when));
	etfs_free(&said);
}

static void
a_terminal_gets_columns(void **state)
{
	struct client *c = *state;
	struct etfs_how narrow = { .columns = 20 }, wide = { .columns = 80 };
	const char *const names[] = { "aa", "b", "cccc", "dd", "e", "ffffff" };
	size_t i;

	for (i = 0; i < WIRE_COUNT(names); i++)
		client_put(c->fs, names[i], "");
	prints_how(c, &wide, "aa  b  cccc  dd  e  ffffff\r\n", "ls", "@");
	prints_how(
	    c, &narrow, "aa  cccc  e\r\nb   dd    ffffff\r\n", "ls", "@");
	prints_how(c, &wide, "aa\r\nb\r\ncccc\r\ndd\r\ne\r\nffffff\r\n", "ls",
	    "-1", "@");
}

static void
a_terminal_is_not_given_control_characters(void **state)
{
	struct client *c = *state;
	struct etfs_how wide = { .columns = 80 };

	client_put(c->fs, "a\033[1m\n\\\xff\xc2\x9b\xc3\xa9", "");
	prints_how(
	    c, &wide, "a\\033[1m\\n\\\\\\377\\302\\233\xc3\xa9\r\n", "ls", "@");
	prints(c, "a\033[1m\n\\\xff\xc2\x9b\xc3\xa9\n", "ls", "@");
}

static void
json_tells_names_of_any_bytes(void **state)
{
	struct client *c = *state;
	struct etfs_said said;
	char want[128];

	client_put(c->fs, "q\"\\\n\xff\xc3\xa9", "12345");
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "ls", "--json", "@", NULL }, &said);
	assert_int_equal(said.status, 0);
	snprintf(want, sizeof(want),
	    "[\n{\"path\": \"%s/q\\\"\\\\\\u000a\\ufffd\xc3\xa9\", "
	    "\"path_hex\": \"",
	    c->home);
	assert_memory_equal(said.out, want, strlen(want));
	assert_non_null(strstr(said.out,
	    "71225c0affc3a9\", \"type\": \"regular file\", \"mode\": "
	    "\"0666\", \"nlink\": 1, "));
	assert_non_null(strstr(said.out, "\"size\": 5, "));
	assert_string_equal(said.out + said.outlen - 5, "\"}\n]\n");
	etfs_free(&said);
	ok(etfsc_mkdir(c->fs, "empty", 0777));
	prints(c, "[]\n", "ls", "--json", "@/empty");
}

static void
tree_draws(void **state)
{
	struct client *c = *state;

	plant(c);
	prints(c,
	    "@\n├── d\n│   ├── a\n│   └── b\n│       └── c\n├── f\n"
	    "└── l -> f\n\n2 directories, 4 files\n",
	    "tree", "@");
	prints(c, "@\n└── d\n    └── b\n\n2 directories\n", "tree", "-d", "@");
	prints(c,
	    "@/d\n├── .h\n├── a\n└── b\n    └── c\n\n1 directory, 3 files\n",
	    "tree", "-a", "@/d");
}

static void
tree_tells_what_is_no_directory(void **state)
{
	struct client *c = *state;
	struct etfs_said said;

	plant(c);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "tree", "@/f", NULL }, &said);
	assert_int_equal(said.status, 1);
	assert_non_null(strstr(said.err, "/f: Not a directory\n"));
	etfs_free(&said);
}

static void
find_finds_by_name_type_and_size(void **state)
{
	struct client *c = *state;

	plant(c);
	prints(c, "@/d\n@/d/.h\n@/d/a\n@/d/b\n@/d/b/c\n", "find", "@/d");
	prints(c, "@/d\n@/d/b\n", "find", "@", "-type", "d", "-name", "[bd]");
	prints(c, "@/l\n", "find", "@", "-type", "l");
	prints(c, "@/d/a\n", "find", "@", "-size", "5c", "-type", "f");
	prints(c, "@/d/a\n", "find", "@", "-size", "+1c", "-type", "f");
	prints(
	    c, "@/d/.h\n@/d/b/c\n", "find", "@", "-size", "-1k", "-type", "f");
	prints(c, "", "find", "@", "-name", "no*");
	refuses(
	    c, "etfs: find: @/no: No such file or directory\n", "find", "@/no");
	misused(c, "etfs: find: no type: q\n", "find", "-type", "q");
	misused(c, "etfs: find: no size: 1x\n", "find", "-size", "1x");
}

static void
du_counts_what_has_two_names_once(void **state)
{
	struct client *c = *state;
	struct etfsc_attr dir, file;
	char want[256];
	int sum;

	ok(etfsc_mkdirs(c->fs, "d/e", 0777));
	client_put(c->fs, "d/f", "12345");
	ok(etfsc_link(c->fs, "d/f", "d/e/g"));
	ok(etfsc_stat(c->fs, "d/f", &file));
	ok(etfsc_stat(c->fs, "d/e", &dir));
	assert_true(file.blocks > 0);
	sum = (int)(2 * dir.blocks + file.blocks + 1) / 2;
	snprintf(want, sizeof(want), "%d\t@/d\n", sum);
	prints(c, want, "du", "-s", "@/d");
	/* e comes first, and what is in it is counted there. */
	snprintf(want, sizeof(want), "%d\t@/d/e\n%d\t@/d\n",
	    (int)(dir.blocks + file.blocks + 1) / 2, sum);
	prints(c, want, "du", "@/d");
	snprintf(want, sizeof(want),
	    "[\n{\"path\": \"@/d\", \"bytes\": %d}\n]\n",
	    (int)(2 * dir.blocks + file.blocks) * 512);
	prints(c, want, "du", "-s", "--json", "@/d");
	prints(c, "4.0K\t@/d/f\n", "du", "-h", "@/d/f");
	refuses(c, "etfs: du: @/no: No such file or directory\n", "du", "@/no");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(ls_lists_sorted_names),
		client_test(ls_follows_a_link_that_it_is_given),
		client_test(ls_goes_on_after_an_error),
		client_test(ls_l_has_modes_owners_sizes_and_times),
		client_test(ls_l_of_something_new_has_an_hour),
		client_test(a_terminal_gets_columns),
		client_test(a_terminal_is_not_given_control_characters),
		client_test(json_tells_names_of_any_bytes),
		client_test(tree_draws),
		client_test(tree_tells_what_is_no_directory),
		client_test(find_finds_by_name_type_and_size),
		client_test(du_counts_what_has_two_names_once),
	};

	return client_main("list", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
