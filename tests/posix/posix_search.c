/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_search.c -- path_resolution(7): what every call that takes a path says
 * of one that cannot be followed.
 */

#include <dirent.h>
#include <limits.h>
#include <sys/statvfs.h>
#include <sys/xattr.h>

#include "posix.h"

/*
 * A call with a path, the rest of it such that it would succeed.  Most act on
 * what is there; some make what is not.
 */
struct call {
	const char *name;
	long (*with)(const char *path);
	bool makes; /* the path's last name */
};

/* The other path of calls with two. */
#define SPARE "spare"

#define CALL(name, expression)                                                 \
	static long with_##name(const char *path)                              \
	{                                                                      \
		return (expression);                                           \
	}

static struct stat st;
static struct statx stx;
static struct statvfs sfs;
static char buf[64];

static long
with_opendir(const char *path)
{
	DIR *d = opendir(path);

	return d != NULL ? closedir(d) : -1;
}

/* clang-format off */
CALL(stat, stat(path, &st))
CALL(lstat, lstat(path, &st))
CALL(fstatat, fstatat(AT_FDCWD, path, &st, 0))
CALL(statx, statx(AT_FDCWD, path, 0, STATX_BASIC_STATS, &stx))
CALL(statvfs, statvfs(path, &sfs))
CALL(access, access(path, F_OK))
CALL(faccessat, faccessat(AT_FDCWD, path, F_OK, AT_EACCESS))
CALL(chmod, chmod(path, 0644))
CALL(fchmodat, fchmodat(AT_FDCWD, path, 0644, 0))
CALL(chown, chown(path, 0, 0))
CALL(lchown, lchown(path, 0, 0))
CALL(fchownat, fchownat(AT_FDCWD, path, 0, 0, 0))
CALL(utimensat, utimensat(AT_FDCWD, path, NULL, 0))
CALL(truncate, truncate(path, 0))
CALL(open, open(path, O_RDONLY))
CALL(open_path, open(path, O_PATH))
CALL(open_creat, open(path, O_WRONLY | O_CREAT, 0644))
CALL(creat, creat(path, 0644))
CALL(chdir, chdir(path))
CALL(readlink, readlink(path, buf, sizeof(buf)))
CALL(getxattr, getxattr(path, "user.x", buf, sizeof(buf)))
CALL(lgetxattr, lgetxattr(path, "user.x", buf, sizeof(buf)))
CALL(setxattr, setxattr(path, "user.x", "x", 1, 0))
CALL(listxattr, listxattr(path, buf, sizeof(buf)))
CALL(removexattr, removexattr(path, "user.x"))
CALL(unlink, unlink(path))
CALL(unlinkat, unlinkat(AT_FDCWD, path, 0))
CALL(rmdir, rmdir(path))
CALL(rename_from, rename(path, "renamed"))
CALL(link_from, link(path, "linked"))
CALL(rename_to, rename(SPARE, path))
CALL(link_to, link(SPARE, path))
CALL(mkdir, mkdir(path, 0755))
CALL(mknod, mknod(path, S_IFREG | 0644, 0))
CALL(mkfifo, mkfifo(path, 0644))
CALL(symlink, symlink("x", path))

#define SEES(name) { #name, with_##name, false }
#define MAKES(name) { #name, with_##name, true }
/* clang-format on */

static const struct call calls[] = { SEES(stat), SEES(lstat), SEES(fstatat),
	SEES(statx), SEES(statvfs), SEES(access), SEES(faccessat), SEES(chmod),
	SEES(fchmodat), SEES(chown), SEES(lchown), SEES(fchownat),
	SEES(utimensat), SEES(truncate), SEES(open), SEES(open_path),
	SEES(chdir), SEES(opendir), SEES(readlink), SEES(getxattr),
	SEES(lgetxattr), SEES(setxattr), SEES(listxattr), SEES(removexattr),
	SEES(unlink), SEES(unlinkat), SEES(rmdir), SEES(rename_from),
	SEES(link_from), MAKES(open_creat), MAKES(creat), MAKES(rename_to),
	MAKES(link_to), MAKES(mkdir), MAKES(mknod), MAKES(mkfifo),
	MAKES(symlink) };

/* Every call, or those that see or that make something, fails so. */
enum {
	SEE = 1,
	MAKE = 2,
	ALL = SEE | MAKE
};
#define all_fail(err, which, path) all_fail_at(__LINE__, err, which, path)
static void
all_fail_at(int line, int err, int which, const char *path)
{
	const struct call *c;
	char what[128];

	for (c = calls; c < calls + nitems(calls); c++) {
		if ((which & (c->makes ? MAKE : SEE)) == 0)
			continue;
		snprintf(what, sizeof(what), "%s(\"%.64s\")", c->name, path);
		posix_fails(__FILE__, line, what, c->with(path), err, err);
	}
}

static void
a_directory_on_the_way_must_exist(void **state)
{
	(void)state;
	put(SPARE, "");
	all_fail(ENOENT, ALL, "nothing/x");
	ok(symlink("nothing", "l"));
	all_fail(ENOENT, ALL, "l/x");
}

static void
what_is_acted_on_must_exist(void **state)
{
	(void)state;
	all_fail(ENOENT, SEE, "nothing");
	yes(!exists("nothing"));
}

static void
an_empty_path_leads_nowhere(void **state)
{
	(void)state;
	put(SPARE, "");
	all_fail(ENOENT, ALL, "");
}

static void
what_is_on_the_way_must_be_a_directory(void **state)
{
	(void)state;
	put(SPARE, "");
	put("f", "");
	ok(mkfifo("p", 0644));
	ok(symlink("f", "l"));
	all_fail(ENOTDIR, ALL, "f/x");
	all_fail(ENOTDIR, ALL, "p/x");
	all_fail(ENOTDIR, ALL, "l/x");
}

static void
a_loop_on_the_way_is_found(void **state)
{
	(void)state;
	put(SPARE, "");
	ok(symlink("b", "a"));
	ok(symlink("a", "b"));
	/* Each follows forty links, which takes its time over a network. */
	fails(ELOOP, with_stat("a/x"));
	fails(ELOOP, with_lstat("a/x"));
	fails(ELOOP, with_open("a/x"));
	fails(ELOOP, with_open_creat("a/x"));
	fails(ELOOP, with_chmod("a/x"));
	fails(ELOOP, with_lchown("a/x"));
	fails(ELOOP, with_truncate("a/x"));
	fails(ELOOP, with_unlink("a/x"));
	fails(ELOOP, with_rename_from("a/x"));
	fails(ELOOP, with_rename_to("a/x"));
	fails(ELOOP, with_mkdir("a/x"));
	fails(ELOOP, with_symlink("a/x"));
}

static void
a_name_on_the_way_may_be_too_long(void **state)
{
	char path[259];

	(void)state;
	put(SPARE, "");
	memset(path, 'n', 256);
	memcpy(path + 256, "/x", sizeof("/x"));
	all_fail(ENAMETOOLONG, ALL, path);
}

static void
a_last_name_may_be_too_long(void **state)
{
	char name[300] = "";

	(void)state;
	put(SPARE, "");
	memset(name, 'n', 256);
	all_fail(ENAMETOOLONG, ALL, name);
}

static void
a_path_may_be_too_long(void **state)
{
	static char path[PATH_MAX + 1];

	(void)state;
	put(SPARE, "");
	memset(path, '/', PATH_MAX);
	all_fail(ENAMETOOLONG, ALL, path);
}

static void
a_path_must_be_readable(void **state)
{
	const struct call *c;

	(void)state;
	put(SPARE, "");
	for (c = calls; c < calls + nitems(calls); c++)
		if (strcmp(c->name, "opendir") != 0)
			posix_fails(HERE, c->name, c->with((const char *)1),
			    EFAULT, EFAULT);
}

/* As USER, in a directory of his own, so that nothing else is in the way. */
static void
make_closed(mode_t mode)
{
	ok(chmod(".", 0777));
	ok(mkdir("closed", 0755));
	put("closed/f", "");
	ok(mkdir("closed/d", 0755));
	ok(chown("closed/f", USER, USER));
	ok(chown("closed/d", USER, USER));
	ok(chmod("closed", mode));
	as(USER);
	put(SPARE, "");
}

static void
directories_on_the_way_need_search_permission(void **state)
{
	(void)state;
	make_closed(0766);
	all_fail(EACCES, ALL, "closed/f");
	all_fail(EACCES, ALL, "closed/d/x");
	as(0);
	yes(exists("closed/f"));
}

static void
what_is_not_there_is_not_told_without_it(void **state)
{
	(void)state;
	make_closed(0766);
	all_fail(EACCES, ALL, "closed/nothing");
	ok(symlink("closed/nothing", "l"));
	all_fail(EACCES, ALL, "l/x");
}

static void
making_needs_write_permission(void **state)
{
	(void)state;
	make_closed(0755);
	all_fail(EACCES, MAKE, "closed/new");
	as(0);
	yes(!exists("closed/new"));
}

const struct CMUnitTest posix_search[] = {
	cmocka_unit_test(a_directory_on_the_way_must_exist),
	cmocka_unit_test(what_is_acted_on_must_exist),
	cmocka_unit_test(an_empty_path_leads_nowhere),
	cmocka_unit_test(what_is_on_the_way_must_be_a_directory),
	cmocka_unit_test(a_loop_on_the_way_is_found),
	cmocka_unit_test(a_name_on_the_way_may_be_too_long),
	cmocka_unit_test(a_last_name_may_be_too_long),
	cmocka_unit_test(a_path_may_be_too_long),
	cmocka_unit_test(a_path_must_be_readable),
	cmocka_unit_test(directories_on_the_way_need_search_permission),
	cmocka_unit_test(what_is_not_there_is_not_told_without_it),
	cmocka_unit_test(making_needs_write_permission),
	{ 0 },
};
