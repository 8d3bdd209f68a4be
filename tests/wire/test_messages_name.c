/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_messages_name.c -- names made, moved and removed, when all is well.
 */

#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "wire.h"

static void
link_to(struct t9 *c, const char *name, const char *target)
{
	t9_ok(c, Tsymlink, .dfid = HOME, .name = t9_str(name),
	    .symtgt = t9_str(target), .gid = c->gid);
}

static void
reads_link(struct t9 *c, const char *name, const char *target)
{
	t9_walk(c, HOME, T9_TMPFID, name);
	t9_ok(c, Treadlink, .fid = T9_TMPFID);
	assert_int_equal(c->in.u.Rreadlink.target.len, strlen(target));
	assert_true(t9_str_is(c->in.u.Rreadlink.target, target));
	t9_clunk(c, T9_TMPFID);
}

static void
rename_at(
    struct t9 *c, uint32_t from, const char *old, uint32_t to, const char *new)
{
	t9_ok(c, Trenameat, .olddirfid = from, .oldname = t9_str(old),
	    .newdirfid = to, .newname = t9_str(new));
}

static void
mkdir_makes_a_directory(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a;
	p9_qid qid;

	t9_mkdir(w->c, HOME, "dir", 040751);
	qid = w->c->in.u.Rmkdir.qid;
	a = t9_stat(w->c, HOME, "dir");
	assert_int_equal(qid.type, P9_QTDIR);
	assert_int_equal(a.qid.path, qid.path);
	assert_int_equal(a.mode, P9_S_IFDIR | 0751);
	assert_int_equal(a.uid, geteuid());
	assert_int_equal(a.gid, getegid());
	t9_walk(w->c, HOME, 2, "dir");
	assert_int_equal(t9_count(w->c, 2), 0);

	t9_mkdir(w->c, HOME, "open", 0777); /* whatever the server's umask */
	assert_int_equal(t9_stat(w->c, HOME, "open").mode, P9_S_IFDIR | 0777);
}

static void
a_setgid_directory_hands_on_its_group(void **state)
{
	struct wire *w = *state;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_ok(w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_GID, .gid = 4242);
	t9_ok(
	    w->c, Tsetattr, .fid = 2, .valid = P9_SETATTR_MODE, .mode = 02775);
	/* as Linux sends it for a user who makes something there */
	w->c->gid = 4242;
	t9_mkdir(w->c, 2, "sub", 02755);
	t9_put(w->c, 2, "file", "");
	assert_int_equal(t9_stat(w->c, 2, "sub").gid, 4242);
	assert_int_equal(t9_stat(w->c, 2, "sub").mode, P9_S_IFDIR | 02755);
	assert_int_equal(t9_stat(w->c, 2, "file").gid, 4242);
}

static void
a_symlink_keeps_its_target_as_it_is(void **state)
{
	struct wire *w = *state;
	char longest[4096];
	struct p9_Rgetattr a;

	memset(longest, 't', 4095);
	longest[4095] = '\0';
	link_to(w->c, "plain", "file");
	assert_int_equal(w->c->in.u.Rsymlink.qid.type, P9_QTSYMLINK);
	link_to(w->c, "up", "../../etc/passwd");
	link_to(w->c, "absolute", "/etc/passwd");
	link_to(w->c, "odd", "\xff//./..//\x01 ");
	link_to(w->c, "longest", longest);
	reads_link(w->c, "plain", "file");
	reads_link(w->c, "up", "../../etc/passwd");
	reads_link(w->c, "absolute", "/etc/passwd");
	reads_link(w->c, "odd", "\xff//./..//\x01 ");
	reads_link(w->c, "longest", longest);
	a = t9_stat(w->c, HOME, "up");
	assert_int_equal(a.mode & P9_S_IFMT, P9_S_IFLNK);
	assert_int_equal(a.size, 16);
	assert_int_equal(a.qid.type, P9_QTSYMLINK);
	assert_int_equal(a.uid, geteuid());
	assert_int_equal(t9_walk(w->c, HOME, 2, "up").type, P9_QTSYMLINK);
}

/* The longest target in the smallest message. */
static void
a_target_larger_than_msize_is_not_sent(void **state)
{
	static const int most = 4096 - P9_HDRSZ - 2 - 1;
	struct wire *w = *state;
	char target[4096];

	memset(target, 't', 4095);
	target[4095] = '\0';
	link_to(w->c, "longest", target);
	link_to(w->c, "over", target + 4095 - most - 1);
	link_to(w->c, "fits", target + 4095 - most);
	t9_version(w->c, 4096);
	t9_attach(w->c, ROOT, geteuid(), "");
	t9_walk(w->c, ROOT, HOME, wire_home(w, "") + 1);
	t9_walk(w->c, HOME, 2, "longest");
	t9_fails(w->c, EMSGSIZE, Treadlink, .fid = 2);
	t9_walk(w->c, HOME, 3, "over");
	t9_fails(w->c, EMSGSIZE, Treadlink, .fid = 3);
	reads_link(w->c, "fits", target + 4095 - most);
}

static void
mknod_makes_every_type(void **state)
{
	static const uint32_t types[] = { P9_S_IFIFO, P9_S_IFSOCK, P9_S_IFREG };
	struct wire *w = *state;
	struct p9_Rgetattr a;
	char name[32];
	size_t i;

	for (i = 0; i < WIRE_COUNT(types); i++) {
		snprintf(name, sizeof(name), "node%zu", i);
		t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str(name),
		    .mode = types[i] | 0644, .gid = w->c->gid);
		assert_int_equal(w->c->in.u.Rmknod.qid.type, P9_QTFILE);
		a = t9_stat(w->c, HOME, name);
		assert_int_equal(a.mode, types[i] | 0644);
		assert_int_equal(a.nlink, 1);
		assert_int_equal(a.size, 0);
		assert_int_equal(a.uid, geteuid());
	}
	t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str("typeless"),
	    .mode = 0600, .gid = w->c->gid);
	assert_int_equal(
	    t9_stat(w->c, HOME, "typeless").mode, P9_S_IFREG | 0600);
	t9_has(w->c, HOME, "typeless", "");
}

/* Root in a container may not make device nodes. */
static bool
host_makes_devices(struct wire *w)
{
	char *path = temp_path(w->tmp, "device");
	bool can = mknod(path, S_IFCHR | 0600, makedev(1, 3)) == 0;

	unlink(path);
	free(path);
	return can;
}

static void
mknod_makes_devices_for_root(void **state)
{
	struct wire *w = *state;

	if (w->host && !host_makes_devices(w)) {
		t9_fails(w->c, EPERM, Tmknod, .dfid = HOME,
		    .name = t9_str("null"), .mode = P9_S_IFCHR | 0666,
		    .major = 1, .minor = 3);
		return;
	}
	t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str("null"),
	    .mode = P9_S_IFCHR | 0666, .major = 1, .minor = 3);
	assert_int_equal(t9_stat(w->c, HOME, "null").mode, P9_S_IFCHR | 0666);
	assert_int_equal(t9_stat(w->c, HOME, "null").rdev, 0x103);
	t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str("disk"),
	    .mode = P9_S_IFBLK | 0600, .major = 259, .minor = 0x12345);
	assert_int_equal(t9_stat(w->c, HOME, "disk").mode, P9_S_IFBLK | 0600);
	assert_int_equal(t9_stat(w->c, HOME, "disk").rdev,
	    0x45 | 259U << 8 | 0x12300U << 12);
}

static void
link_gives_a_file_another_name(void **state)
{
	struct wire *w = *state;
	struct p9_Rgetattr a, b;

	t9_put(w->c, HOME, "one", "content");
	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "one");
	t9_walk(w->c, HOME, 3, "dir");
	t9_ok(w->c, Tlink, .dfid = 3, .fid = 2, .name = t9_str("two"));
	a = t9_stat(w->c, HOME, "one");
	b = t9_stat(w->c, HOME, "dir/two");
	assert_int_equal(a.qid.path, b.qid.path);
	assert_int_equal(a.nlink, 2);
	assert_int_equal(b.nlink, 2);
	t9_open(w->c, HOME, 4, "dir/two", P9_O_WRONLY);
	t9_write(w->c, 4, 0, "CON", 3);
	t9_has(w->c, HOME, "one", "CONtent");
	t9_unlink(w->c, HOME, "one");
	assert_int_equal(t9_stat(w->c, HOME, "dir/two").nlink, 1);
	t9_has(w->c, HOME, "dir/two", "CONtent");
}

static void
link_of_a_symlink_is_a_symlink(void **state)
{
	struct wire *w = *state;

	link_to(w->c, "link", "nowhere");
	t9_walk(w->c, HOME, 2, "link");
	t9_ok(w->c, Tlink, .dfid = HOME, .fid = 2, .name = t9_str("again"));
	reads_link(w->c, "again", "nowhere");
	assert_int_equal(t9_stat(w->c, HOME, "link").nlink, 2);
	assert_int_equal(t9_stat(w->c, HOME, "again").qid.path,
	    t9_stat(w->c, HOME, "link").qid.path);
}

static void
renameat_moves(void **state)
{
	struct wire *w = *state;
	uint64_t path;

	t9_mkdir(w->c, HOME, "from", 0755);
	t9_mkdir(w->c, HOME, "to", 0755);
	t9_walk(w->c, HOME, 2, "from");
	t9_walk(w->c, HOME, 3, "to");
	t9_put(w->c, 2, "file", "content");
	path = t9_stat(w->c, 2, "file").qid.path;

	rename_at(w->c, 2, "file", 2, "renamed");
	assert_false(t9_exists(w->c, 2, "file"));
	t9_has(w->c, 2, "renamed", "content");
	rename_at(w->c, 2, "renamed", 3, "moved");
	assert_false(t9_exists(w->c, 2, "renamed"));
	t9_has(w->c, HOME, "to/moved", "content");
	assert_int_equal(t9_stat(w->c, 3, "moved").qid.path, path);
	assert_int_equal(t9_stat(w->c, 3, "moved").nlink, 1);

	rename_at(w->c, HOME, "from", 3, "below");
	assert_true(t9_exists(w->c, HOME, "to/below"));
	assert_int_equal(
	    t9_walk(w->c, 2, 4, "..").path, t9_getattr(w->c, 3).qid.path);
}

static void
renameat_replaces(void **state)
{
	struct wire *w = *state;
	uint64_t path;

	t9_put(w->c, HOME, "old", "old content");
	t9_put(w->c, HOME, "new", "new content");
	path = t9_stat(w->c, HOME, "new").qid.path;
	rename_at(w->c, HOME, "new", HOME, "old");
	t9_has(w->c, HOME, "old", "new content");
	assert_false(t9_exists(w->c, HOME, "new"));
	assert_int_equal(t9_stat(w->c, HOME, "old").qid.path, path);
	assert_int_equal(t9_count(w->c, HOME), 1);

	t9_mkdir(w->c, HOME, "empty", 0755);
	t9_mkdir(w->c, HOME, "full", 0755);
	t9_walk(w->c, HOME, 2, "full");
	t9_put(w->c, 2, "file", "inside");
	rename_at(w->c, HOME, "full", HOME, "empty");
	t9_has(w->c, HOME, "empty/file", "inside");
	assert_false(t9_exists(w->c, HOME, "full"));

	link_to(w->c, "link", "old");
	rename_at(w->c, HOME, "link", HOME, "old");
	reads_link(w->c, "old", "old");
}

static void
renaming_to_the_same_file_does_nothing(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "a", "content");
	rename_at(w->c, HOME, "a", HOME, "a");
	t9_walk(w->c, HOME, 2, "a");
	t9_ok(w->c, Tlink, .dfid = HOME, .fid = 2, .name = t9_str("b"));
	rename_at(w->c, HOME, "a", HOME, "b");
	t9_has(w->c, HOME, "a", "content");
	t9_has(w->c, HOME, "b", "content");
}

static void
rename_takes_the_fid_along(void **state)
{
	struct wire *w = *state;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 3, "file");
	t9_ok(w->c, Trename, .fid = 3, .dfid = 2, .name = t9_str("moved"));
	assert_false(t9_exists(w->c, HOME, "file"));
	t9_has(w->c, HOME, "dir/moved", "content");
	assert_int_equal(
	    t9_getattr(w->c, 3).qid.path, t9_stat(w->c, 2, "moved").qid.path);
	/* It knows its new place. */
	t9_ok(w->c, Trename, .fid = 3, .dfid = HOME, .name = t9_str("back"));
	t9_has(w->c, HOME, "back", "content");
	assert_int_equal(t9_count(w->c, 2), 0);
	t9_ok(w->c, Tremove, .fid = 3);
	assert_false(t9_exists(w->c, HOME, "back"));
}

static void
unlinkat_removes_files_and_directories(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "");
	t9_mkdir(w->c, HOME, "dir", 0755);
	link_to(w->c, "link", "file");
	t9_unlink(w->c, HOME, "link");
	assert_true(t9_exists(w->c, HOME, "file"));
	t9_unlink(w->c, HOME, "file");
	t9_rmdir(w->c, HOME, "dir");
	assert_int_equal(t9_count(w->c, HOME), 0);
}

static void
remove_removes_and_clunks(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "");
	t9_mkdir(w->c, HOME, "dir", 0755);
	link_to(w->c, "link", "dir");
	t9_walk(w->c, HOME, 2, "file");
	t9_walk(w->c, HOME, 3, "dir");
	t9_walk(w->c, HOME, 4, "link");
	t9_ok(w->c, Tremove, .fid = 4);
	t9_ok(w->c, Tremove, .fid = 3);
	t9_ok(w->c, Tremove, .fid = 2);
	assert_int_equal(t9_count(w->c, HOME), 0);
	t9_walk(w->c, HOME, 2, ""); /* all three are free again */
	t9_walk(w->c, HOME, 3, "");
	t9_walk(w->c, HOME, 4, "");
}

static void
remove_works_on_an_open_fid(void **state)
{
	struct wire *w = *state;

	t9_create(w->c, HOME, 2, "file", P9_O_RDWR, 0644);
	t9_write(w->c, 2, 0, "x", 1);
	t9_ok(w->c, Tremove, .fid = 2);
	assert_false(t9_exists(w->c, HOME, "file"));
	t9_fails(w->c, EBADF, Tclunk, .fid = 2);
}

static void
directories_serve_open_or_not(void **state)
{
	struct wire *w = *state;

	t9_open(w->c, HOME, 2, "", P9_O_RDONLY);
	t9_mkdir(w->c, 2, "dir", 0755);
	t9_ok(w->c, Tmknod, .dfid = 2, .name = t9_str("file"), .mode = 0600,
	    .gid = w->c->gid);
	t9_ok(w->c, Tsymlink, .dfid = 2, .name = t9_str("link"),
	    .symtgt = t9_str("x"), .gid = w->c->gid);
	rename_at(w->c, 2, "link", 2, "link2");
	t9_walk(w->c, HOME, 3, "file");
	t9_ok(w->c, Tlink, .dfid = 2, .fid = 3, .name = t9_str("hard"));
	t9_unlink(w->c, 2, "hard");
	t9_rmdir(w->c, 2, "dir");
	assert_int_equal(t9_count(w->c, HOME), 2);
}

static void
a_new_name_is_found_at_once(void **state)
{
	struct wire *w = *state;
	char name[32];
	int i;

	/* as the kernel does open(2) with O_CREAT */
	for (i = 0; i < 50; i++) {
		snprintf(name, sizeof(name), "f%d", i);
		t9_fails(w->c, ENOENT, Twalk, .fid = HOME, .newfid = 2,
		    .wname = t9_names(name));
		t9_create(w->c, HOME, 2, name, P9_O_WRONLY, 0100644);
		t9_walk(w->c, HOME, 3, name);
		assert_int_equal(
		    t9_getattr(w->c, 2).qid.path, t9_getattr(w->c, 3).qid.path);
		t9_clunk(w->c, 2);
		t9_clunk(w->c, 3);
	}
}

/* Names of the tree and of the host in one number space. */
static void
no_two_files_share_a_path(void **state)
{
	struct wire *w = *state;
	struct t9_list list;
	uint64_t paths[64];
	size_t n = 0, i, k;
	char name[32];

	for (i = 0; i < 20; i++) {
		snprintf(name, sizeof(name), "f%zu", i);
		t9_put(w->c, HOME, name, "");
		paths[n++] = t9_stat(w->c, HOME, name).qid.path;
	}
	t9_open(w->c, ROOT, 2, "", P9_O_RDONLY);
	list = t9_readdir(w->c, 2, 0, 4000);
	for (i = 0; i < list.n && n < WIRE_COUNT(paths); i++)
		if (list.e[i].name[0] != '.')
			paths[n++] = list.e[i].qid.path;
	t9_list_free(&list);
	for (i = 0; i < n; i++)
		for (k = 0; k < i; k++)
			assert_int_not_equal(paths[i], paths[k]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(mkdir_makes_a_directory),
		wire_test_if(
		    a_setgid_directory_hands_on_its_group, WIRE_NEEDS_ROOT),
		wire_test(a_symlink_keeps_its_target_as_it_is),
		wire_test(a_target_larger_than_msize_is_not_sent),
		wire_test(mknod_makes_every_type),
		wire_test_if(mknod_makes_devices_for_root, WIRE_NEEDS_ROOT),
		wire_test(link_gives_a_file_another_name),
		wire_test(link_of_a_symlink_is_a_symlink),
		wire_test(renameat_moves),
		wire_test(renameat_replaces),
		wire_test(renaming_to_the_same_file_does_nothing),
		wire_test(rename_takes_the_fid_along),
		wire_test(unlinkat_removes_files_and_directories),
		wire_test(remove_removes_and_clunks),
		wire_test(remove_works_on_an_open_fid),
		wire_test(directories_serve_open_or_not),
		wire_test(a_new_name_is_found_at_once),
		wire_test(no_two_files_share_a_path),
	};

	return wire_main(
	    "names", WIRE_EACH_FS | WIRE_EACH_LOOPS, tests, WIRE_COUNT(tests));
}
