/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_copy.c -- get, put and cp, as long as nothing interrupts them.
 */

#include <fcntl.h>
#include <sys/inotify.h>
#include <sys/stat.h>
#include <unistd.h>

#include "etfs.h"
#include "local.h"
#include "temp.h"

#define MIB (1U << 20)
#define FILES 2000U

static void
contents_are_the_same_byte_for_byte(void **state)
{
	static const size_t sizes[] = { 0, 1, MIB - 1, MIB, MIB + 1, 10 * MIB };
	struct client *c = *state;
	char *dir = temp_dir();
	char *from = temp_path(dir, "from"), *to = temp_path(dir, "to");
	size_t i;

	for (i = 0; i < sizeof(sizes) / sizeof(sizes[0]); i++) {
		local_plant(from, sizes[i], i);
		prints(c, "", "put", "--verify", from, "@/f");
		prints(c, "", "cp", "--verify", "@/f", "@/g");
		prints(c, "", "get", "--verify", "@/g", to);
		local_is(to, sizes[i], i);
	}
	prints(c, ".\n..\nf\ng\n", "ls", "-a", "@");
	assert_int_equal(local_count(dir), 2);
	free(from);
	free(to);
	temp_remove(dir);
}

static void
trees_go_there_and_back(void **state)
{
	struct client *c = *state;
	unsigned int n = local_files(FILES);
	char *dir = temp_dir();
	char *from = temp_path(dir, "d"), *to = temp_path(dir, "e");

	local_plant_tree(from, n);
	prints(c, "", "put", "-r", from, "@");
	prints(c, "", "get", "-r", "@/d", to);
	local_is_tree(to, n);
	free(from);
	free(to);
	temp_remove(dir);
}

static void
modes_times_and_links_are_kept(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir(), link[16];
	char *from = temp_path(dir, "d"), *to = temp_path(dir, "e");
	const struct timespec old[2] = { { 1000, 1 }, { 2000, 123456789 } };
	struct stat st;

	assert_int_equal(mkdir(from, 0777), 0);
	local_plant(local_path(from, "f"), 5, 0);
	assert_int_equal(symlink("../no", local_path(from, "l")), 0);
	assert_int_equal(chmod(local_path(from, "f"), 0640), 0);
	utimensat(AT_FDCWD, local_path(from, "f"), old, 0);
	assert_int_equal(chmod(from, 0750), 0);
	utimensat(AT_FDCWD, from, old, 0);
	prints(c, "", "put", "-rp", from, "@");
	prints(c, "", "cp", "-rp", "@/d", "@/e");
	prints(c, "", "get", "-rp", "@/e", dir);
	prints(c, "", "get", "-rp", "@/e/.", to);
	assert_int_equal(stat(to, &st), 0);
	assert_int_equal(st.st_mode & 07777, 0750);
	assert_int_equal(st.st_mtim.tv_sec, 2000);
	assert_int_equal(stat(local_path(to, "f"), &st), 0);
	assert_int_equal(st.st_mode & 07777, 0640);
	assert_int_equal(st.st_mtim.tv_nsec, 123456789);
	assert_int_equal(readlink(local_path(to, "l"), link, sizeof(link)), 5);
	assert_memory_equal(link, "../no", 5);
	free(from);
	free(to);
	temp_remove(dir);
}

/* Who is not root cannot give files away, and keeps his own. */
static void
own(const char *path)
{
	if (wire_root())
		assert_int_equal(lchown(path, 1234, 2345), 0);
}

static void
is_kept(const char *path, mode_t mode)
{
	struct stat st;

	assert_int_equal(lstat(path, &st), 0);
	if (!S_ISLNK(st.st_mode))
		assert_int_equal(st.st_mode & 07777, mode);
	assert_int_equal(st.st_mtim.tv_sec, 2000);
	assert_int_equal(st.st_mtim.tv_nsec, 123456789);
	assert_int_equal(st.st_uid, wire_root() ? 1234 : geteuid());
	assert_int_equal(st.st_gid, wire_root() ? 2345 : getegid());
}

static void
owners_set_id_bits_and_times_of_links_are_kept(void **state)
{
	const struct timespec old[2] = { { 1000, 1 }, { 2000, 123456789 } };
	struct client *c = *state;
	char *dir = temp_dir();
	char *from = temp_path(dir, "d"), *to = temp_path(dir, "e");

	assert_int_equal(mkdir(from, 0777), 0);
	local_plant(local_path(from, "f"), 5, 0);
	assert_int_equal(symlink("no", local_path(from, "l")), 0);
	own(local_path(from, "f"));
	own(local_path(from, "l"));
	own(from);
	assert_int_equal(chmod(local_path(from, "f"), 06751), 0);
	assert_int_equal(chmod(from, 02750), 0);
	utimensat(AT_FDCWD, local_path(from, "f"), old, 0);
	utimensat(AT_FDCWD, local_path(from, "l"), old, AT_SYMLINK_NOFOLLOW);
	utimensat(AT_FDCWD, from, old, 0);
	prints(c, "", "put", "-rp", from, "@");
	prints(c, "", "cp", "-rp", "@/d", "@/e");
	prints(c, "", "get", "-rp", "@/e", to);
	is_kept(local_path(to, "f"), 06751);
	is_kept(local_path(to, "l"), 0);
	is_kept(to, 02750);
	free(from);
	free(to);
	temp_remove(dir);
}

/* And what would be somebody else's set-id bits are gone. */
static void
owners_that_may_not_be_kept_are_not(void **state)
{
	struct client *c = *state;
	const char *user = wire_root() ? "4321" : "0";
	char *dir = temp_dir();
	char *from = temp_path(dir, "d");
	struct etfsc_attr attr;

	ok(etfsc_chmod(c->fs, ".", 0777));
	assert_int_equal(mkdir(from, 0777), 0);
	local_plant(local_path(from, "f"), 5, 0);
	assert_int_equal(chmod(local_path(from, "f"), 06751), 0);
	assert_int_equal(symlink("no", local_path(from, "l")), 0);
	prints(c, "", "-u", user, "put", "-rp", from, "@");
	if (wire_root()) {
		ok(etfsc_stat(c->fs, "d/f", &attr));
		assert_int_equal(attr.mode, S_IFREG | 0751);
		assert_int_equal(attr.uid, 4321);
		ok(etfsc_lstat(c->fs, "d/l", &attr));
		assert_int_equal(attr.uid, 4321);
	}
	free(from);
	temp_remove(dir);
}

static void
operands_that_are_links_are_followed(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir();

	client_put(c->fs, "f", "text\n");
	ok(etfsc_mkdir(c->fs, "d", 0777));
	ok(etfsc_symlink(c->fs, "../f", "d/l"));
	ok(etfsc_symlink(c->fs, "l", "d/m"));
	prints(c, "", "get", "@/d/m", dir);
	prints(c, "", "put", local_path(dir, "m"), "@/back");
	prints(c, "text\n", "cat", "@/back");
	temp_remove(dir);
}

static void
any_name_will_do(void **state)
{
	static const char *const odd[] = { "a\nb", "\xff\xfe", " ", "-x",
		".hidden", "\033[2J", "a'\"\\" };
	struct client *c = *state;
	char *dir = temp_dir(), name[256];
	char *from = temp_path(dir, "d"), *to = temp_path(dir, "e");
	size_t i, n = sizeof(odd) / sizeof(odd[0]);

	assert_int_equal(mkdir(from, 0777), 0);
	for (i = 0; i < n; i++)
		local_plant(local_path(from, odd[i]), 100, i);
	memset(name, 'n', 255);
	name[255] = '\0';
	local_plant(local_path(from, name), 100, 100);
	name[254] = 'm';
	local_plant(local_path(from, name), 100, 101);
	prints(c, "", "put", "-r", from, "@");
	prints(c, "", "get", "-r", "--", "@/d", to);
	for (i = 0; i < n; i++)
		local_is(local_path(to, odd[i]), 100, i);
	local_is(local_path(to, name), 100, 101);
	name[254] = 'n';
	local_is(local_path(to, name), 100, 100);
	assert_int_equal(local_count(to), n + 2);
	free(from);
	free(to);
	temp_remove(dir);
}

/* What was left behind in the source is called as a copy is on its way. */
static void
what_was_left_behind_is_copied_as_it_is(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir();
	char *from = temp_path(dir, "d"), *to = temp_path(dir, "e");

	assert_int_equal(mkdir(from, 0777), 0);
	local_plant(local_path(from, "f"), 3 * MIB, 1);
	local_plant(local_path(from, ".f.etfs-partial"), 5, 2);
	prints(c, "", "put", "-r", from, "@");
	prints(c, "", "cp", "-r", "@/d", "@/e");
	prints(c, "", "get", "-r", "@/e", dir);
	local_is(local_path(to, "f"), 3 * MIB, 1);
	local_is(local_path(to, ".f.etfs-partial"), 5, 2);
	assert_int_equal(local_count(to), 2);
	free(from);
	free(to);
	temp_remove(dir);
}

static void
of_two_with_one_name_the_last_one_stays(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir();

	ok(etfsc_mkdir(c->fs, "a", 0777));
	ok(etfsc_mkdir(c->fs, "b", 0777));
	client_put(c->fs, "a/f", "long");
	ok(etfsc_truncate(c->fs, "a/f", 256 * MIB));
	client_put(c->fs, "b/f", "short");
	prints(c, "", "get", "@/a/f", "@/b/f", dir);
	prints(c, "", "put", local_path(dir, "f"), "@/g");
	prints(c, "short", "cat", "@/g");
	assert_int_equal(local_count(dir), 1);
	temp_remove(dir);
}

/* As of /proc: there is something in it, and its size is 0. */
static void
what_has_no_size_is_copied_to_its_end(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir(), address[1024];
	struct etfs_how how = { .address = address };
	struct etfs_said said;

	snprintf(address, sizeof(address), "exec:exec %s -l stdio /proc/sys",
	    getenv("ETFSD") != NULL ? getenv("ETFSD") : "build/etfsd");
	etfs_run(c, &how,
	    (const char *const[]){ "cat", "/kernel/ostype", NULL }, &said);
	assert_true(said.outlen > 0);
	prints(c, "", "put", "/proc/sys/kernel/ostype", "@/v");
	prints(c, said.out, "cat", "@/v");
	prints_how(c, &how, "", "get", "/kernel/ostype", dir);
	prints(c, "", "put", local_path(dir, "ostype"), "@/w");
	prints(c, said.out, "cat", "@/w");
	etfs_free(&said);
	temp_remove(dir);
}

/* Who writes into it would be told that it is read, and that nobody does. */
static void
a_fifo_is_not_opened(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir(), *d = temp_path(dir, "d"), want[256];
	struct inotify_event e;
	int fd = inotify_init1(IN_NONBLOCK | IN_CLOEXEC);

	assert_int_equal(mkdir(d, 0777), 0);
	assert_int_equal(mkfifo(local_path(d, "p"), 0666), 0);
	assert_true(inotify_add_watch(fd, local_path(d, "p"), IN_OPEN) >= 0);
	snprintf(
	    want, sizeof(want), "etfs: put: %s/p: not a regular file\n", d);
	refuses(c, want, "put", "-r", d, "@");
	assert_int_equal(read(fd, &e, sizeof(e)), -1);
	close(fd);
	free(d);
	temp_remove(dir);
}

static void
what_is_refused_is_told_and_the_rest_goes_on(void **state)
{
	struct client *c = *state;
	const char *user = wire_root() ? "4321" : "0";
	char *dir = temp_dir();

	ok(etfsc_chmod(c->fs, ".", 0755));
	client_put(c->fs, "a", "a");
	client_put(c->fs, "b", "b");
	ok(etfsc_chmod(c->fs, "a", 0));
	refuses(c,
	    "etfs: get: @/a: Permission denied\n"
	    "etfs: get: @/no: No such file or directory\n",
	    "-u", user, "get", "@/a", "@/no", "@/b", dir);
	assert_int_equal(local_count(dir), 1);
	local_plant(local_path(dir, "x"), 1, 0);
	ok(etfsc_chmod(c->fs, ".", 0555));
	refuses(c, "etfs: put: @/x: Permission denied\n", "-u", user, "put",
	    local_path(dir, "x"), "@");
	ok(etfsc_chmod(c->fs, ".", 0777));
	temp_remove(dir);
}

static void
where_it_goes_is_as_cp_has_it(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir();

	client_put(c->fs, "f", "f");
	client_put(c->fs, "g", "g");
	ok(etfsc_mkdirs(c->fs, "d/f", 0777));
	prints(c, "", "cp", "@/f", "@/g");
	prints(c, "f", "cat", "@/g");
	refuses(c, "etfs: cp: @/d: Is a directory\n", "cp", "@/d", "@/x");
	refuses(c, "etfs: cp: @/d/f: Is a directory\n", "cp", "@/f", "@/d");
	refuses(
	    c, "etfs: cp: @/g: Not a directory\n", "cp", "@/f", "@/f", "@/g");
	refuses(c, "etfs: cp: @/no: No such file or directory\n", "cp", "@/f",
	    "@/no/x");
	refuses(c, "etfs: cp: @/d/c: a copy is not copied into itself\n", "cp",
	    "-r", "@/d", "@/d/c");
	ok(etfsc_mkfifo(c->fs, "p", 0666));
	refuses(c, "etfs: get: @/p: not a regular file\n", "get", "@/p", dir);
	assert_int_equal(local_count(dir), 0);
	refuses(c, "etfs: cp: @/p: not a regular file\n", "cp", "@/f", "@/p");
	refuses(c, "etfs: cp: @/new/: Not a directory\n", "cp", "-r", "@/f",
	    "@/new/");
	prints(c, "", "cp", "-r", "@/d/f", "@/dir/");
	prints(c, "", "rmdir", "@/dir");
	ok(etfsc_link(c->fs, "f", "h"));
	refuses(c,
	    "etfs: cp: @/f: that is the same file\n"
	    "etfs: cp: @/h: that is the same file\n",
	    "cp", "@/f", "@/h", "@");
	refuses(c, "etfs: cp: @/d: that is the same file\n", "cp", "-r", "@/d",
	    "@");
	prints(c, "f", "cat", "@/h");
	misused(c, "etfs: get: an operand is missing\n", "get", "@/f");
	prints(c, ".\n..\nc\nf\n", "ls", "-a", "@/d");
	temp_remove(dir);
}

static void
progress_is_told_on_a_terminal(void **state)
{
	struct client *c = *state;
	struct etfs_how wide = { .columns = 80 };
	const char *args[] = { "cp", "@/f", "@/g", NULL };
	struct etfs_said said;

	client_put(c->fs, "f", "f");
	etfs_run(c, &wide, args, &said);
	assert_int_equal(said.status, 0);
	assert_non_null(strstr(said.out, " files, "));
	assert_non_null(strstr(said.out, "/s"));
	etfs_free(&said);
	prints_how(c, &wide, "", "cp", "-q", "@/f", "@/g");
}

/* Another project's, which knows neither Trenameat nor Tunlinkat. */
static void
old_servers_will_do(void **state)
{
	struct client *c = *state;
	char *dir = temp_dir(), address[1024];
	char *from = temp_path(dir, "d"), *to = temp_path(dir, "e");
	char *tree = temp_path(dir, "tree");
	struct etfs_how how = { .address = address };

	assert_int_equal(mkdir(tree, 0777), 0);
	snprintf(address, sizeof(address),
	    "exec:cd %s; exec diod -f -n -N -c /dev/null -r 0 -w 0 -e %s "
	    "-L %s/diod.log",
	    dir, tree, dir);
	local_plant_tree(from, 200);
	prints_how(c, &how, "", "-n", tree, "put", "-r", from, "/");
	prints_how(c, &how, "", "-n", tree, "put", "-r", from, "/");
	prints_how(c, &how, "", "-n", tree, "cp", "-r", "/d", "/g");
	prints_how(c, &how, "", "-n", tree, "get", "-r", "/g", to);
	local_is_tree(to, 200);
	prints_how(c, &how, "", "-n", tree, "mv", "/g", "/h");
	prints_how(c, &how, "", "-n", tree, "rm", "-r", "/h", "/d/0/1");
	assert_int_equal(local_count(tree), 1);
	assert_int_equal(local_count(local_path(tree, "d/0")), 49);
	free(from);
	free(to);
	free(tree);
	temp_remove(dir);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(contents_are_the_same_byte_for_byte),
		client_test(trees_go_there_and_back),
		client_test(modes_times_and_links_are_kept),
		client_test(owners_set_id_bits_and_times_of_links_are_kept),
		client_test(owners_that_may_not_be_kept_are_not),
		client_test(operands_that_are_links_are_followed),
		client_test(any_name_will_do),
		client_test(what_was_left_behind_is_copied_as_it_is),
		client_test(of_two_with_one_name_the_last_one_stays),
		client_test(what_has_no_size_is_copied_to_its_end),
		client_test(a_fifo_is_not_opened),
		client_test(what_is_refused_is_told_and_the_rest_goes_on),
		client_test(where_it_goes_is_as_cp_has_it),
		client_test(progress_is_told_on_a_terminal),
		client_test(old_servers_will_do),
	};

	return client_main("copy", CLIENT_SHARED, tests, WIRE_COUNT(tests));
}
