/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_open_errors.c -- open(2), openat(2): names that lead nowhere, and what
 * else goes wrong.
 */

#include <sys/mount.h>
#include <sys/resource.h>
#include <limits.h>
#include <sched.h>

#include "file.h"

static void
what_is_not_there_is_not_opened(void **state)
{
	(void)state;
	put("f", "text");
	ok(symlink("none", "void"));
	fails(ENOENT, open("none", O_RDONLY));
	fails(ENOENT, open("none/f", O_RDONLY));
	fails(ENOENT, open("none/f", O_RDWR | O_CREAT, 0644));
	fails(ENOENT, open("", O_RDONLY));
	fails(ENOENT, open("", O_RDWR | O_CREAT, 0644));
	fails(ENOENT, open("void", O_RDONLY));
	fails(ENOENT, open("void/f", O_RDWR | O_CREAT, 0644));
	fails(ENOENT, creat("none/f", 0644));
	fails(ENOTDIR, open("f/", O_RDONLY));
	fails(ENOTDIR, open("f/g", O_RDONLY));
	fails(ENOTDIR, open("f/g", O_RDWR | O_CREAT, 0644));
	fails(ENOTDIR, open("f/.", O_RDONLY));
	fails(ENOTDIR, creat("f/g", 0644));
}

static void
links_in_a_circle_are_refused(void **state)
{
	(void)state;
	ok(symlink("b", "a"));
	ok(symlink("a", "b"));
	ok(symlink("self", "self"));
	fails(ELOOP, open("a", O_RDONLY));
	fails(ELOOP, open("b", O_RDWR | O_CREAT, 0644));
	fails(ELOOP, open("self", O_RDONLY));
	fails(ELOOP, open("self/f", O_RDONLY));
	fails(ELOOP, creat("a", 0644));
	fails(ELOOP, open("a", O_PATH));
	ok(close(opens(open("a", O_PATH | O_NOFOLLOW))));
}

/* Linux follows forty. */
static void
a_chain_of_forty_links_can_be_followed(void **state)
{
	char from[16], to[16];
	int i;

	(void)state;
	put("l0", "text");
	for (i = 1; i <= 41; i++) {
		snprintf(to, sizeof(to), "l%d", i - 1);
		snprintf(from, sizeof(from), "l%d", i);
		if (symlink(to, from) != 0)
			break;
	}
	gives(42, i);
	text("text", contents("l40"));
	fails(ELOOP, open("l41", O_RDONLY));
}

static void
names_may_have_255_bytes(void **state)
{
	char name[257];

	(void)state;
	memset(name, 'n', 256);
	name[256] = '\0';
	fails(ENAMETOOLONG, open(name, O_RDONLY));
	fails(ENAMETOOLONG, open(name, O_RDWR | O_CREAT, 0644));
	fails(ENAMETOOLONG, creat(name, 0644));
	name[255] = '\0';
	fails(ENOENT, open(name, O_RDONLY));
	put(name, "text");
	text("text", contents(name));
	ok(unlink(name));
}

static void
paths_may_have_4095_bytes(void **state)
{
	char path[PATH_MAX + 2];
	size_t i;

	(void)state;
	for (i = 0; i < PATH_MAX; i++)
		path[i] = i % 2 == 0 ? '.' : '/';
	path[PATH_MAX - 2] = 'f';
	path[PATH_MAX - 1] = '\0';
	put(path, "text");
	text("text", contents("f"));
	text("text", contents(path));
	path[PATH_MAX - 1] = 'f';
	path[PATH_MAX] = '\0';
	fails(ENAMETOOLONG, open(path, O_RDONLY));
	fails(ENAMETOOLONG, open(path, O_RDWR | O_CREAT, 0644));
}

static void
arguments_are_checked(void **state)
{
	(void)state;
	fails(EFAULT, open((const char *)1, O_RDONLY));
	fails(EFAULT, creat((const char *)1, 0644));
	fails(EFAULT, openat(AT_FDCWD, (const char *)1, O_RDONLY));
}

static void
openat_begins_at_a_directory(void **state)
{
	char path[PATH_MAX];
	int dir, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	file = opens(open("d/f", O_RDONLY));
	dir = opens(open("d", O_RDONLY | O_DIRECTORY));
	ok(close(opens(openat(dir, "f", O_RDWR))));
	ok(close(opens(openat(dir, "../d/f", O_RDWR))));
	ok(close(opens(openat(dir, "new", O_RDWR | O_CREAT | O_EXCL, 0604))));
	gives(0604, mode_of("d/new"));
	fails(ENOENT, openat(dir, "d", O_RDONLY));
	fails(ENOENT, openat(AT_FDCWD, "f", O_RDONLY));
	fails(ENOTDIR, openat(file, "f", O_RDONLY));
	fails(EBADF, openat(1000, "f", O_RDONLY));
	fails(EBADF, openat(-1, "f", O_RDONLY));
	yes(getcwd(path, sizeof(path)) != NULL);
	ok(close(opens(openat(1000, path, O_RDONLY))));
	ok(close(opens(openat(file, path, O_RDONLY))));
	ok(rename("d", "e"));
	ok(close(opens(openat(dir, "f", O_RDONLY))));
	ok(unlinkat(dir, "f", 0));
	ok(unlinkat(dir, "new", 0));
	ok(rmdir("e"));
	fails(ENOENT, openat(dir, "f", O_RDONLY));
	fails(ENOENT, openat(dir, "f", O_RDWR | O_CREAT, 0644));
	ok(close(file));
	ok(close(dir));
}

static void
descriptors_have_a_limit(void **state)
{
	struct rlimit limit;
	int fd, last;

	(void)state;
	put("f", "text");
	ok(getrlimit(RLIMIT_NOFILE, &limit));
	last = opens(open("f", O_RDONLY));
	limit.rlim_cur = (rlim_t)last + 3;
	ok(setrlimit(RLIMIT_NOFILE, &limit));
	while ((fd = open("f", O_RDONLY)) != -1)
		last = fd;
	gives(EMFILE, errno);
	gives(limit.rlim_cur, last + 1);
	fails(EMFILE, open("f", O_RDONLY));
	fails(EMFILE, open("new", O_RDWR | O_CREAT, 0644));
	ok(close(last));
	gives(last, open("f", O_RDONLY));
}

/* Only where it is mounted read-only, which root can do for this process. */
static void
nothing_is_written_where_all_is_read_only(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	ok(unshare(CLONE_NEWNS));
	ok(mount(NULL, "/", NULL, MS_REC | MS_PRIVATE, NULL));
	ok(mount(".", "d", NULL, MS_BIND, NULL));
	ok(mount(NULL, "d", NULL, MS_REMOUNT | MS_BIND | MS_RDONLY, NULL));
	fails(EROFS, open("d/f", O_WRONLY));
	fails(EROFS, open("d/f", O_RDWR));
	fails(EROFS, open("d/f", O_RDONLY | O_TRUNC));
	fails(EROFS, open("d/f", O_RDWR | O_CREAT, 0644));
	fails(EROFS, open("d/new", O_RDWR | O_CREAT, 0644));
	fails(EEXIST, open("d/f", O_RDWR | O_CREAT | O_EXCL, 0644));
	fails(EROFS, creat("d/new", 0644));
	fails(EROFS, truncate("d/f", 0));
	ok(close(opens(open("d/f", O_RDONLY))));
	ok(close(opens(open("d/f", O_RDONLY | O_CREAT, 0644))));
	text("text", contents("d/f"));
	ok(umount("d"));
}

static void
removed_directories_take_nothing_in(void **state)
{
	int dir;

	(void)state;
	ok(mkdir("d", 0755));
	dir = opens(open("d", O_RDONLY));
	ok(rmdir("d"));
	ok(fchdir(dir));
	fails(ENOENT, open("f", O_RDWR | O_CREAT, 0644));
	fails(ENOENT, open("f", O_RDONLY));
	fails(ENOENT, creat("f", 0644));
	ok(close(dir));
}

const struct CMUnitTest posix_open_errors[] = {
	cmocka_unit_test(what_is_not_there_is_not_opened),
	cmocka_unit_test(links_in_a_circle_are_refused),
	cmocka_unit_test(a_chain_of_forty_links_can_be_followed),
	cmocka_unit_test(names_may_have_255_bytes),
	cmocka_unit_test(paths_may_have_4095_bytes),
	cmocka_unit_test(arguments_are_checked),
	cmocka_unit_test(openat_begins_at_a_directory),
	cmocka_unit_test(descriptors_have_a_limit),
	cmocka_unit_test(nothing_is_written_where_all_is_read_only),
	cmocka_unit_test(removed_directories_take_nothing_in),
	{ 0 },
};
