/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_print.c -- cat, head, stat, df and xattr.
 */

#include <grp.h>
#include <pwd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "etfs.h"

static void
cat_prints_any_bytes(void **state)
{
	struct client *c = *state;
	size_t len = (9U << 20) + 17;
	uint8_t *want = malloc(len);
	struct etfsc_file *file;
	struct etfs_said said;

	client_pattern(want, len, 0);
	ok(etfsc_create(c->fs, "big", 0666, &file));
	gives(len, etfsc_write(file, want, len, 0));
	ok(etfsc_close(file));
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "cat", "@/big", NULL }, &said);
	assert_int_equal(said.status, 0);
	assert_int_equal(said.outlen, len);
	assert_memory_equal(said.out, want, len);
	etfs_free(&said);
	free(want);
}

static void
cat_goes_on_after_an_error(void **state)
{
	struct client *c = *state;
	struct etfs_said said;

	client_put(c->fs, "a", "A");
	client_put(c->fs, "b", "B");
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "cat", "@/a", "@/no", "@/b", NULL }, &said);
	assert_int_equal(said.status, 1);
	assert_string_equal(said.out, "AB");
	assert_non_null(strstr(said.err, "/no: No such file or directory\n"));
	etfs_free(&said);
}

static void
head_prints_the_beginning(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n11\n12");
	client_put(c->fs, "g", "no newline");
	prints(c, "1\n2\n3\n4\n5\n6\n7\n8\n9\n10\n", "head", "@/f");
	prints(c, "1\n2\n", "head", "-n", "2", "@/f");
	prints(c, "1\n2", "head", "-c", "3", "@/f");
	prints(c, "", "head", "-n", "0", "@/f");
	prints(c, "no newline", "head", "@/g");
	prints(c, "==> @/f <==\n1\n\n==> @/g <==\nno newline", "head", "-n1",
	    "@/f", "@/g");
	refuses(
	    c, "etfs: head: @/no: No such file or directory\n", "head", "@/no");
	misused(c, "etfs: head: no number: x\n", "head", "-n", "x", "@/f");
}

static void
stat_prints_as_stat_does(void **state)
{
	struct client *c = *state;
	struct timespec t[2] = { { 1000000000, 5 }, { 1000000001, 6 } };
	struct etfsc_attr a;
	struct etfs_said said;
	char want[512];

	client_put(c->fs, "f", "12345");
	ok(etfsc_chmod(c->fs, "f", 0640));
	ok(etfsc_utimes(c->fs, "f", t));
	ok(etfsc_stat(c->fs, "f", &a));
	etfs_run(c, &(struct etfs_how){ .zone = "XYZ-2" },
	    (const char *const[]){ "stat", "@/f", NULL }, &said);
	snprintf(want, sizeof(want),
	    "  File: %s/f\n  Size: 5              \tBlocks: %-10d IO Block: "
	    "%-6d regular file\nInode: %-15llu\tLinks: 1\nAccess: "
	    "(0640/-rw-r-----)  Uid: (%5u/%8s)   Gid: (%5u/%8s)\n"
	    "Access: 2001-09-09 03:46:40.000000005 +0200\n"
	    "Modify: 2001-09-09 03:46:41.000000006 +0200\nChange: ",
	    c->home, (int)a.blocks, (int)a.blksize,
	    (unsigned long long)a.qid.path, a.uid, getpwuid(a.uid)->pw_name,
	    a.gid, getgrgid(a.gid)->gr_name);
	said.out[strlen(want)] = '\0';
	assert_string_equal(said.out, want);
	etfs_free(&said);
	refuses(
	    c, "etfs: stat: @/no: No such file or directory\n", "stat", "@/no");
}

static void
stat_is_of_a_link_or_what_it_leads_to(void **state)
{
	struct client *c = *state;
	struct etfs_said said;

	client_put(c->fs, "f", "");
	ok(etfsc_symlink(c->fs, "f", "l"));
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "stat", "@/l", NULL }, &said);
	assert_non_null(strstr(said.out, "/l -> f\n"));
	assert_non_null(strstr(said.out, " symbolic link\n"));
	etfs_free(&said);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "stat", "-L", "@/l", NULL }, &said);
	assert_non_null(strstr(said.out, " regular empty file\n"));
	etfs_free(&said);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "stat", "--json", "@/l", NULL }, &said);
	assert_non_null(strstr(said.out, "\"type\": \"symbolic link\""));
	assert_non_null(strstr(said.out, "\"target\": \"f\"}\n]\n"));
	etfs_free(&said);
}

static void
df_tells_how_much_room_there_is(void **state)
{
	struct client *c = *state;
	struct etfsc_statfs s;
	struct etfs_said said;
	char want[128];

	ok(etfsc_statfs(c->fs, ".", &s));
	snprintf(want, sizeof(want), "%12llu ",
	    (unsigned long long)s.blocks * s.bsize / 1024);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "df", "@", NULL }, &said);
	assert_int_equal(said.status, 0);
	assert_memory_equal(
	    said.out, "   1K-blocks         Used    Available Use% Path\n", 49);
	assert_memory_equal(said.out + 49, want, strlen(want));
	etfs_free(&said);
	snprintf(want, sizeof(want), "\"block_size\": %u, \"blocks\": %llu, ",
	    s.bsize, (unsigned long long)s.blocks);
	etfs_run(c, &(struct etfs_how){ 0 },
	    (const char *const[]){ "df", "--json", "@", NULL }, &said);
	assert_non_null(strstr(said.out, want));
	etfs_free(&said);
	refuses(c, "etfs: df: @/no: No such file or directory\n", "df", "@/no");
}

static void
xattrs_are_set_got_listed_and_removed(void **state)
{
	struct client *c = *state;

	client_put(c->fs, "f", "");
	prints(c, "", "xattr", "list", "@/f");
	prints(c, "", "xattr", "set", "@/f", "user.a", "value");
	prints(c, "value", "xattr", "get", "@/f", "user.a");
	prints(c, "user.a\n", "xattr", "list", "@/f");
	prints(c, "[\n\"user.a\"\n]\n", "xattr", "--json", "list", "@/f");
	ok(etfsc_setxattr(c->fs, "f", "user.a", "\xff\n", 2, 0));
	prints(c,
	    "{\"name\": \"user.a\", \"value\": \"\\ufffd\\u000a\", "
	    "\"value_hex\": \"ff0a\"}\n",
	    "xattr", "--json", "get", "@/f", "user.a");
	prints(c, "", "xattr", "remove", "@/f", "user.a");
	refuses(c, "etfs: xattr: @/f: user.a: No data available\n", "xattr",
	    "get", "@/f", "user.a");
	misused(c, "etfs: xattr: not list, get, set or remove: x\n", "xattr",
	    "x", "@/f");
	misused(c, "etfs: xattr: an operand is missing\n", "xattr", "set",
	    "@/f", "user.a");
}

/* With standard input, output and error closed; the status. */
static int
without_any(struct client *c, const char *const *args)
{
	int status, fd;
	pid_t pid = fork();

	if (pid == 0) {
		alarm(60); /* it reads its own pipes */
		for (fd = 0; fd <= 2; fd++)
			close(fd);
		etfs_exec(c, &(struct etfs_how){ 0 }, args);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128 + WTERMSIG(status);
}

static void
what_is_closed_stays_so(void **state)
{
	struct client *c = *state;
	const char *ls[] = { "ls", "@", NULL }, *cat[] = { "cat", "@/f", NULL };
	const char *write[] = { "write", "@/f", NULL };
	const char *both[] = { "cp", "@/no", "@/f", "@/d", NULL };

	client_put(c->fs, "f", "f");
	ok(etfsc_mkdir(c->fs, "d", 0777));
	assert_int_equal(without_any(c, ls), 1);
	assert_int_equal(without_any(c, cat), 1);
	assert_int_equal(without_any(c, write), 1);
	assert_int_equal(without_any(c, both), 1);
	prints(c, "f", "cat", "@/d/f");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(cat_prints_any_bytes),
		client_test(cat_goes_on_after_an_error),
		client_test(head_prints_the_beginning),
		client_test(stat_prints_as_stat_does),
		client_test(stat_is_of_a_link_or_what_it_leads_to),
		client_test(df_tells_how_much_room_there_is),
		client_test(what_is_closed_stays_so),
		client_test(xattrs_are_set_got_listed_and_removed),
	};

	return client_main("print", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
