/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_errors_name.c -- names that are none, names that are taken, names that
 * are missing, and what cannot be moved or removed.
 */

#include "wire.h"

/* What each creating message says to a name; returns the error. */
static int
try_lcreate(struct t9 *c, p9_str name)
{
	int err;

	t9_walk(c, HOME, T9_TMPFID, "");
	err = t9_rpc(c,
	    T9_MSG(Tlcreate, .fid = T9_TMPFID, .name = name,
		.flags = P9_O_CREATE | P9_O_RDWR | P9_O_EXCL, .mode = 0644,
		.gid = c->gid));
	/* The fid is still the directory. */
	assert_int_equal(t9_getattr(c, T9_TMPFID).mode & P9_S_IFMT,
	    err != 0 ? P9_S_IFDIR : P9_S_IFREG);
	t9_clunk(c, T9_TMPFID);
	return err;
}

static int
try_mkdir(struct t9 *c, p9_str name)
{
	return t9_rpc(c,
	    T9_MSG(Tmkdir, .dfid = HOME, .name = name, .mode = 0755,
		.gid = c->gid));
}

static int
try_mknod(struct t9 *c, p9_str name)
{
	return t9_rpc(c,
	    T9_MSG(Tmknod, .dfid = HOME, .name = name,
		.mode = P9_S_IFREG | 0644, .gid = c->gid));
}

static int
try_symlink(struct t9 *c, p9_str name)
{
	return t9_rpc(c,
	    T9_MSG(Tsymlink, .dfid = HOME, .name = name,
		.symtgt = t9_str("target"), .gid = c->gid));
}

static int
try_link(struct t9 *c, p9_str name)
{
	int err;

	t9_walk(c, HOME, T9_TMPFID, "file");
	err = t9_rpc(
	    c, T9_MSG(Tlink, .dfid = HOME, .fid = T9_TMPFID, .name = name));
	t9_clunk(c, T9_TMPFID);
	return err;
}

typedef int try_fn(struct t9 *c, p9_str name);
static try_fn *const creators[] = { try_lcreate, try_mkdir, try_mknod,
	try_symlink, try_link };

static void
names_that_are_none_are_not_created(void **state)
{
	struct wire *w = *state;
	char longer[257];
	size_t i;

	memset(longer, 'n', 256);
	longer[256] = '\0';
	t9_put(w->c, HOME, "file", "");
	for (i = 0; i < WIRE_COUNT(creators); i++) {
		assert_int_equal(creators[i](w->c, t9_str("")), ENOENT);
		assert_int_equal(creators[i](w->c, t9_str(".")), EEXIST);
		assert_int_equal(creators[i](w->c, t9_str("..")), EEXIST);
		assert_int_equal(creators[i](w->c, t9_str("a/b")), EINVAL);
		assert_int_equal(creators[i](w->c, t9_str("/")), EINVAL);
		assert_int_equal(creators[i](w->c, t9_str("a/")), EINVAL);
		assert_int_equal(creators[i](w->c, t9_str("../x")), EINVAL);
		assert_int_equal(
		    creators[i](w->c, t9_str(longer)), ENAMETOOLONG);
	}
	assert_int_equal(t9_count(w->c, HOME), 1);
}

static void
names_that_are_taken_are_not_created(void **state)
{
	static const char *const taken[] = { "file", "dir", "link", "dangling",
		"fifo" };
	struct wire *w = *state;
	size_t i, k;

	t9_put(w->c, HOME, "file", "content");
	t9_mkdir(w->c, HOME, "dir", 0755);
	assert_int_equal(try_symlink(w->c, t9_str("link")), 0);
	assert_int_equal(try_symlink(w->c, t9_str("dangling")), 0);
	t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str("fifo"),
	    .mode = P9_S_IFIFO | 0600, .gid = w->c->gid);
	for (i = 0; i < WIRE_COUNT(creators); i++)
		for (k = 0; k < WIRE_COUNT(taken); k++)
			assert_int_equal(
			    creators[i](w->c, t9_str(taken[k])), EEXIST);
	assert_int_equal(t9_count(w->c, HOME), WIRE_COUNT(taken));
	t9_has(w->c, HOME, "file", "content");
}

/* Without O_EXCL, too, only a regular file is opened. */
static void
lcreate_opens_nothing_but_files(void **state)
{
	struct wire *w = *state;
	int err;

	t9_mkdir(w->c, HOME, "dir", 0755);
	assert_int_equal(try_symlink(w->c, t9_str("link")), 0);
	t9_ok(w->c, Tmknod, .dfid = HOME, .name = t9_str("fifo"),
	    .mode = P9_S_IFIFO | 0600, .gid = w->c->gid);
	t9_walk(w->c, HOME, 2, "");
	t9_fails(w->c, EISDIR, Tlcreate, .fid = 2, .name = t9_str("dir"),
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = w->c->gid);
	t9_fails(w->c, ENXIO, Tlcreate, .fid = 2, .name = t9_str("fifo"),
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = w->c->gid);
	err = t9_rpc(w->c,
	    T9_MSG(Tlcreate, .fid = 2, .name = t9_str("link"),
		.flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644,
		.gid = w->c->gid));
	assert_true(err == ELOOP || err == EEXIST);
	assert_false(t9_exists(w->c, HOME, "target"));
	t9_ok(w->c, Tlcreate, .fid = 2, .name = t9_str("new"),
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = w->c->gid);
}

static void
symlinks_have_a_target_of_a_length(void **state)
{
	struct wire *w = *state;
	char longer[4097];

	memset(longer, 't', 4096);
	longer[4096] = '\0';
	t9_fails(w->c, ENOENT, Tsymlink, .dfid = HOME, .name = t9_str("a"),
	    .symtgt = t9_str(""), .gid = w->c->gid);
	t9_fails(w->c, ENAMETOOLONG, Tsymlink, .dfid = HOME,
	    .name = t9_str("a"), .symtgt = t9_str(longer), .gid = w->c->gid);
	assert_int_equal(t9_count(w->c, HOME), 0);
}

static void
mknod_makes_no_directories(void **state)
{
	struct wire *w = *state;

	t9_fails(w->c, EPERM, Tmknod, .dfid = HOME, .name = t9_str("d"),
	    .mode = P9_S_IFDIR | 0755, .gid = w->c->gid);
	assert_int_equal(t9_count(w->c, HOME), 0);
}

static void
directories_have_one_name(void **state)
{
	struct wire *w = *state;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_fails(w->c, EPERM, Tlink, .dfid = HOME, .fid = 2,
	    .name = t9_str("again"));
	t9_fails(
	    w->c, EPERM, Tlink, .dfid = 2, .fid = HOME, .name = t9_str("loop"));
}

static void
unlinkat_is_told_what_it_removes(void **state)
{
	struct wire *w = *state;
	char longer[257];

	memset(longer, 'n', 256);
	longer[256] = '\0';
	t9_put(w->c, HOME, "file", "");
	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_put(w->c, 2, "inside", "");
	t9_fails(
	    w->c, EISDIR, Tunlinkat, .dirfid = HOME, .name = t9_str("dir"));
	t9_fails(w->c, ENOTDIR, Tunlinkat, .dirfid = HOME,
	    .name = t9_str("file"), .flags = P9_AT_REMOVEDIR);
	t9_fails(w->c, ENOTEMPTY, Tunlinkat, .dirfid = HOME,
	    .name = t9_str("dir"), .flags = P9_AT_REMOVEDIR);
	t9_fails(
	    w->c, ENOENT, Tunlinkat, .dirfid = HOME, .name = t9_str("none"));
	t9_fails(w->c, ENOENT, Tunlinkat, .dirfid = HOME,
	    .name = t9_str("none"), .flags = P9_AT_REMOVEDIR);
	t9_fails(w->c, EINVAL, Tunlinkat, .dirfid = HOME,
	    .name = t9_str("file"), .flags = 1);
	t9_fails(w->c, EINVAL, Tunlinkat, .dirfid = HOME, .name = t9_str("dir"),
	    .flags = P9_AT_REMOVEDIR | 1);
	t9_fails(w->c, EINVAL, Tunlinkat, .dirfid = HOME, .name = t9_str("."),
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(w->c, ENOTEMPTY, Tunlinkat, .dirfid = 2, .name = t9_str(".."),
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(w->c, ENOENT, Tunlinkat, .dirfid = HOME, .name = t9_str(""));
	t9_fails(w->c, EINVAL, Tunlinkat, .dirfid = HOME,
	    .name = t9_str("dir/inside"));
	t9_fails(w->c, ENAMETOOLONG, Tunlinkat, .dirfid = HOME,
	    .name = t9_str(longer));
	assert_true(t9_exists(w->c, HOME, "dir/inside"));
	assert_true(t9_exists(w->c, HOME, "file"));
}

/* The name decides; what kind of error "." and ".." give without the flag
 * is left open, but they stay. */
static void
dot_names_are_not_unlinked(void **state)
{
	static const char *const dots[] = { ".", ".." };
	struct wire *w = *state;
	size_t i;
	int err;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	for (i = 0; i < 2; i++) {
		err = t9_rpc(w->c,
		    T9_MSG(Tunlinkat, .dirfid = 2, .name = t9_str(dots[i])));
		assert_true(err == EINVAL || err == ENOTEMPTY || err == EISDIR);
	}
	assert_true(t9_exists(w->c, HOME, "dir"));
}

static void
remove_clunks_whatever_comes_of_it(void **state)
{
	struct wire *w = *state;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "dir");
	t9_put(w->c, 2, "inside", "");
	t9_fails(w->c, ENOTEMPTY, Tremove, .fid = 2);
	t9_fails(w->c, EBADF, Tgetattr, .fid = 2);

	/* The name is gone, or means another file. */
	t9_put(w->c, HOME, "file", "first");
	t9_walk(w->c, HOME, 2, "file");
	t9_walk(w->c, HOME, 3, "file");
	t9_unlink(w->c, HOME, "file");
	t9_fails(w->c, ENOENT, Tremove, .fid = 2);
	t9_put(w->c, HOME, "file", "second");
	t9_fails(w->c, ENOENT, Tremove, .fid = 3);
	t9_has(w->c, HOME, "file", "second");
	t9_fails(w->c, EBADF, Tclunk, .fid = 2);
	t9_fails(w->c, EBADF, Tclunk, .fid = 3);
}

static void
the_root_is_not_removed(void **state)
{
	struct wire *w = *state;

	t9_walk(w->c, ROOT, 2, "");
	assert_int_not_equal(t9_rpc(w->c, T9_MSG(Tremove, .fid = 2)), 0);
	t9_fails(w->c, EBADF, Tclunk, .fid = 2);
	t9_getattr(w->c, ROOT);
}

static int
try_renameat(struct t9 *c, const char *old, const char *new)
{
	return t9_rpc(c,
	    T9_MSG(Trenameat, .olddirfid = HOME, .oldname = t9_str(old),
		.newdirfid = HOME, .newname = t9_str(new)));
}

static void
renameat_follows_the_rules_of_rename(void **state)
{
	struct wire *w = *state;
	char longer[257];

	memset(longer, 'n', 256);
	longer[256] = '\0';
	t9_put(w->c, HOME, "file", "content");
	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_mkdir(w->c, HOME, "full", 0755);
	t9_walk(w->c, HOME, 2, "full");
	t9_put(w->c, 2, "inside", "");
	t9_mkdir(w->c, 2, "sub", 0755);
	t9_walk(w->c, 2, 3, "sub");

	assert_int_equal(try_renameat(w->c, "none", "new"), ENOENT);
	assert_int_equal(try_renameat(w->c, "dir", "full"), ENOTEMPTY);
	assert_int_equal(try_renameat(w->c, "file", "dir"), EISDIR);
	assert_int_equal(try_renameat(w->c, "dir", "file"), ENOTDIR);
	t9_fails(w->c, EINVAL, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("full"), .newdirfid = 2,
	    .newname = t9_str("self"));
	t9_fails(w->c, EINVAL, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("full"), .newdirfid = 3,
	    .newname = t9_str("deep"));
	/* onto one of its own ancestors */
	t9_fails(w->c, ENOTEMPTY, Trenameat, .olddirfid = 2,
	    .oldname = t9_str("sub"), .newdirfid = HOME,
	    .newname = t9_str("full"));

	assert_int_equal(try_renameat(w->c, ".", "new"), EBUSY);
	assert_int_equal(try_renameat(w->c, "..", "new"), EBUSY);
	assert_int_equal(try_renameat(w->c, "dir", "."), EBUSY);
	assert_int_equal(try_renameat(w->c, "dir", ".."), EBUSY);
	assert_int_equal(try_renameat(w->c, "file", ""), ENOENT);
	assert_int_equal(try_renameat(w->c, "", "new"), ENOENT);
	assert_int_equal(try_renameat(w->c, "file", "a/b"), EINVAL);
	assert_int_equal(try_renameat(w->c, "full/inside", "new"), EINVAL);
	assert_int_equal(try_renameat(w->c, "file", longer), ENAMETOOLONG);
	assert_int_equal(try_renameat(w->c, longer, "new"), ENAMETOOLONG);

	t9_has(w->c, HOME, "file", "content");
	assert_int_equal(t9_count(w->c, HOME), 3);
	assert_int_equal(t9_count(w->c, 2), 2);
}

static void
rename_follows_the_same_rules(void **state)
{
	struct wire *w = *state;

	t9_put(w->c, HOME, "file", "content");
	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_walk(w->c, HOME, 2, "file");
	t9_walk(w->c, HOME, 3, "dir");
	t9_fails(w->c, EISDIR, Trename, .fid = 2, .dfid = HOME,
	    .name = t9_str("dir"));
	t9_fails(w->c, ENOTDIR, Trename, .fid = 3, .dfid = HOME,
	    .name = t9_str("file"));
	t9_fails(
	    w->c, EINVAL, Trename, .fid = 3, .dfid = 3, .name = t9_str("self"));
	t9_fails(
	    w->c, EBUSY, Trename, .fid = 2, .dfid = HOME, .name = t9_str(".."));
	t9_fails(
	    w->c, EBUSY, Trename, .fid = 2, .dfid = HOME, .name = t9_str("."));
	t9_fails(
	    w->c, ENOENT, Trename, .fid = 2, .dfid = HOME, .name = t9_str(""));
	t9_fails(w->c, EINVAL, Trename, .fid = 2, .dfid = HOME,
	    .name = t9_str("a/b"));
	t9_unlink(w->c, HOME, "file");
	t9_put(w->c, HOME, "file", "another");
	t9_fails(w->c, ENOENT, Trename, .fid = 2, .dfid = 3,
	    .name = t9_str("moved"));
	t9_has(w->c, HOME, "file", "another");
}

static void
nothing_is_made_in_a_directory_that_is_gone(void **state)
{
	struct wire *w = *state;

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_open(w->c, HOME, 2, "dir", P9_O_RDONLY);
	t9_walk(w->c, HOME, 3, "dir");
	t9_put(w->c, HOME, "file", "");
	t9_walk(w->c, HOME, 4, "file");
	t9_rmdir(w->c, HOME, "dir");
	t9_fails(w->c, ENOENT, Tlcreate, .fid = 3, .name = t9_str("a"),
	    .flags = P9_O_CREATE | P9_O_RDWR, .mode = 0644, .gid = w->c->gid);
	t9_fails(w->c, ENOENT, Tmkdir, .dfid = 3, .name = t9_str("a"),
	    .mode = 0755, .gid = w->c->gid);
	t9_fails(w->c, ENOENT, Tsymlink, .dfid = 3, .name = t9_str("a"),
	    .symtgt = t9_str("b"), .gid = w->c->gid);
	t9_fails(w->c, ENOENT, Tmknod, .dfid = 3, .name = t9_str("a"),
	    .mode = 0644, .gid = w->c->gid);
	t9_fails(w->c, ENOENT, Tlink, .dfid = 3, .fid = 4, .name = t9_str("a"));
	t9_fails(w->c, ENOENT, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("file"), .newdirfid = 3, .newname = t9_str("a"));
	t9_fails(
	    w->c, ENOENT, Twalk, .fid = 3, .newfid = 5, .wname = t9_names("a"));
	t9_ok(w->c, Treaddir, .fid = 2, .count = 1000);
	assert_int_equal(w->c->in.u.Rreaddir.data.len, 0);
	assert_true(t9_exists(w->c, HOME, "file"));
}

static void
mounts_stay_where_they_are(void **state)
{
	struct wire *w = *state;
	p9_str key = t9_str(WIRE_HOST_KEY);

	t9_mkdir(w->c, HOME, "dir", 0755);
	t9_fails(w->c, EBUSY, Tunlinkat, .dirfid = ROOT, .name = key,
	    .flags = P9_AT_REMOVEDIR);
	t9_fails(w->c, EBUSY, Trenameat, .olddirfid = ROOT, .oldname = key,
	    .newdirfid = ROOT, .newname = t9_str("elsewhere"));
	if (!w->host)
		t9_fails(w->c, EBUSY, Trenameat, .olddirfid = HOME,
		    .oldname = t9_str("dir"), .newdirfid = ROOT,
		    .newname = key);
	t9_walk(w->c, ROOT, 2, WIRE_HOST_KEY);
	t9_fails(w->c, EBUSY, Tremove, .fid = 2);
	assert_true(t9_exists(w->c, ROOT, WIRE_HOST_KEY));
}

static void
names_do_not_cross_mounts(void **state)
{
	struct wire *w = *state;

	t9_walk(w->c, ROOT, 2, w->host ? "" : WIRE_HOST_KEY);
	t9_put(w->c, HOME, "file", "content");
	t9_walk(w->c, HOME, 3, "file");
	t9_fails(w->c, EXDEV, Trenameat, .olddirfid = HOME,
	    .oldname = t9_str("file"), .newdirfid = 2,
	    .newname = t9_str("moved"));
	t9_fails(
	    w->c, EXDEV, Trename, .fid = 3, .dfid = 2, .name = t9_str("moved"));
	t9_fails(
	    w->c, EXDEV, Tlink, .dfid = 2, .fid = 3, .name = t9_str("linked"));
	t9_has(w->c, HOME, "file", "content");
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(names_that_are_none_are_not_created),
		wire_test(names_that_are_taken_are_not_created),
		wire_test(lcreate_opens_nothing_but_files),
		wire_test(symlinks_have_a_target_of_a_length),
		wire_test(mknod_makes_no_directories),
		wire_test(directories_have_one_name),
		wire_test(unlinkat_is_told_what_it_removes),
		wire_test(dot_names_are_not_unlinked),
		wire_test(remove_clunks_whatever_comes_of_it),
		wire_test(the_root_is_not_removed),
		wire_test(renameat_follows_the_rules_of_rename),
		wire_test(rename_follows_the_same_rules),
		wire_test(nothing_is_made_in_a_directory_that_is_gone),
		wire_test(mounts_stay_where_they_are),
		wire_test(names_do_not_cross_mounts),
	};

	return wire_main("names that fail", WIRE_EACH_FS | WIRE_EACH_LOOPS,
	    tests, WIRE_COUNT(tests));
}
