/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_moved.c -- what is open, or is somebody's current directory, while it
 * is renamed, replaced or removed.
 */

#include <limits.h>

#include "posix.h"

/* The file behind a descriptor is this text. */
#define reads(fd, string) reads_at(HERE, fd, string)
static void
reads_at(const char *file, int line, int fd, const char *string)
{
	char buf[256];
	ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

	posix_yes(file, line, string, n != -1);
	buf[n] = '\0';
	posix_text(file, line, "what is read", buf, string);
}

static void
an_open_file_is_renamed(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDWR));
	ok(rename("f", "g"));
	reads(fd, "text");
	gives(4, pwrite(fd, "TEXT", 4, 0));
	text("TEXT", contents("g"));
	ok(fchmod(fd, 0600));
	gives(0600, mode_of("g"));
	ok(ftruncate(fd, 2));
	gives(2, look("g").st_size);
	ok(fstat(fd, &st));
	gives(1, st.st_nlink);
	gives(look("g").st_ino, st.st_ino);
	put("f", "other");
	reads(fd, "TE");
	ok(fsync(fd));
}

static void
an_open_file_moves_with_its_directory(void **state)
{
	struct stat st;
	int fd, dir;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("a/d", 0755));
	put("a/d/f", "text");
	fd = opens(open("a/d/f", O_RDWR));
	dir = opens(open("a/d", O_RDONLY));
	ok(rename("a/d", "b/e"));
	gives(4, pwrite(fd, "TEXT", 4, 0));
	text("TEXT", contents("b/e/f"));
	ok(fchmod(fd, 0600));
	gives(0600, mode_of("b/e/f"));
	ok(fstatat(dir, "f", &st, 0));
	gives(look("b/e/f").st_ino, st.st_ino);
	ok(fstatat(dir, "..", &st, 0));
	gives(look("b").st_ino, st.st_ino);
	ok(unlinkat(dir, "f", 0));
	yes(!exists("b/e/f"));
	reads(fd, "TEXT");
	ok(rmdir("a"));
}

static void
an_open_file_is_replaced(void **state)
{
	struct stat st;
	int fd;

	(void)state;
	put("f", "old text");
	put("g", "new text");
	fd = opens(open("f", O_RDWR));
	ok(rename("g", "f"));
	reads(fd, "old text");
	text("new text", contents("f"));
	ok(ftruncate(fd, 3));
	reads(fd, "old");
	gives(8, look("f").st_size);
	gives(3, pwrite(fd, "OLD", 3, 0));
	ok(fchmod(fd, 0600));
	text("new text", contents("f"));
	gives(0644, mode_of("f"));
	ok(fstat(fd, &st));
	gives(0, st.st_nlink);
	gives(3, st.st_size);
	gives(0600, st.st_mode & 07777);
	yes(look("f").st_ino != st.st_ino);
	ok(close(fd));
	text("new text", contents("f"));
}

static void
an_unlinked_file_has_attributes(void **state)
{
	struct timespec times[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	struct stat st;
	int a, b;

	(void)state;
	put("f", "text");
	a = opens(open("f", O_RDWR));
	b = opens(open("f", O_RDONLY));
	ok(unlink("f"));
	ok(fchmod(b, 0600));
	ok(fstat(a, &st));
	gives(0600, st.st_mode & 07777);
	gives(0, st.st_nlink);
	ok(ftruncate(a, 2));
	ok(fstat(b, &st));
	gives(2, st.st_size);
	reads(b, "te");
	ok(futimens(b, times));
	ok(fstat(a, &st));
	gives(1000000000, st.st_atim.tv_sec);
	gives(1100000000, st.st_mtim.tv_sec);
	put("f", "other");
	ok(fchmod(a, 0640));
	gives(0644, mode_of("f"));
	ok(close(a));
	ok(fstat(b, &st));
	gives(0640, st.st_mode & 07777);
	gives(2, st.st_size);
}

static void
an_unlinked_file_has_owners(void **state)
{
	struct stat st;
	int a, b;

	(void)state;
	put("f", "text");
	a = opens(open("f", O_RDWR));
	b = opens(open("f", O_RDONLY));
	ok(unlink("f"));
	ok(fchown(b, USER, GROUP));
	ok(fstat(a, &st));
	gives(USER, st.st_uid);
	gives(GROUP, st.st_gid);
}

static void
an_unlinked_file_can_be_changed_by_its_owner(void **state)
{
	struct stat st;
	int a, b;

	(void)state;
	put("f", "text");
	ok(chown("f", USER, GROUP));
	a = opens(open("f", O_RDWR));
	b = opens(open("f", O_RDONLY));
	ok(unlink("f"));
	as(USER);
	ok(fchmod(a, 0600));
	ok(fstat(b, &st));
	gives(0600, st.st_mode & 07777);
	fails(EPERM, fchown(a, OTHER, GROUP));
}

static void
an_open_directory_is_renamed(void **state)
{
	struct stat st;
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	fd = opens(open("d", O_RDONLY));
	ok(rename("d", "e"));
	file = opens(openat(fd, "f", O_WRONLY | O_CREAT, 0644));
	ok(close(file));
	yes(exists("e/f"));
	ok(mkdir("d", 0755));
	fails(ENOENT, fstatat(AT_FDCWD, "d/f", &st, 0));
	ok(fchmod(fd, 0711));
	gives(0711, mode_of("e"));
	gives(0755, mode_of("d"));
	ok(renameat(fd, "f", AT_FDCWD, "d/g"));
	yes(exists("d/g"));
}

static void
move_it(void *home)
{
	ok(chdir("/"));
	ok(chdir(home));
	ok(rename("a/d", "b/e"));
}

static void
the_current_directory_is_moved(void **state)
{
	char home[PATH_MAX], here[PATH_MAX], there[PATH_MAX + 8];
	struct stat st;

	(void)state;
	yes(getcwd(home, sizeof(home)) == home);
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("a/d", 0755));
	ok(chdir("a/d"));
	put("f", "text");
	joined(beside(move_it, home));
	text("text", contents("f"));
	put("g", "made there");
	ok(stat("..", &st));
	snprintf(there, sizeof(there), "%s/b/e", home);
	text(there, getcwd(here, sizeof(here)));
	ok(chdir(".."));
	gives(look(".").st_ino, st.st_ino);
	text("made there", contents("e/g"));
	gives(2, look("../a").st_nlink);
	ok(chdir(".."));
	ok(rmdir("a"));
}

static void
the_parent_of_the_current_directory_is_moved(void **state)
{
	char home[PATH_MAX], here[PATH_MAX], there[PATH_MAX + 8];

	(void)state;
	yes(getcwd(home, sizeof(home)) == home);
	ok(mkdir("a", 0755));
	ok(mkdir("a/d", 0755));
	ok(chdir("a/d"));
	ok(rename("../../a", "../../b"));
	put("f", "text");
	ok(mkdir("e", 0755));
	snprintf(there, sizeof(there), "%s/b/d", home);
	text(there, getcwd(here, sizeof(here)));
	ok(chdir("../.."));
	text("text", contents("b/d/f"));
	yes(exists("b/d/e"));
	yes(!exists("a"));
}

static void
the_current_directory_is_removed(void **state)
{
	char here[PATH_MAX];

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("a/d", 0755));
	ok(chdir("a/d"));
	ok(rmdir("../d"));
	yes(getcwd(here, sizeof(here)) == NULL);
	fails(ENOENT, open("f", O_WRONLY | O_CREAT, 0644));
	fails(ENOENT, mkdir("e", 0755));
	fails(ENOENT, symlink("x", "l"));
	fails(ENOENT, mkfifo("p", 0644));
	fails(ENOENT, open("nothing", O_RDONLY));
	ok(mkdir("../d", 0755));
	fails(ENOENT, open("f", O_WRONLY | O_CREAT, 0644));
	ok(chdir(".."));
	put("d/f", "");
	ok(chdir(".."));
	yes(exists("a/d/f"));
}

static void
a_current_directory_that_is_removed_has_attributes(void **state)
{
	struct stat st;

	(void)state;
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	ok(rmdir("../d"));
	ok(stat(".", &st));
	yes(S_ISDIR(st.st_mode));
}

static void
chdir_and_fchdir(void **state)
{
	struct stat st;
	int fd, file;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	ok(symlink("d", "l"));
	fd = opens(open("d", O_RDONLY));
	file = opens(open("d/f", O_RDONLY));
	ok(chdir("l"));
	ok(stat("f", &st));
	ok(chdir(".."));
	ok(fchdir(fd));
	ok(stat("f", &st));
	fails(ENOTDIR, chdir("f"));
	fails(ENOTDIR, fchdir(file));
	fails(ENOENT, chdir("nothing"));
	fails(ENOENT, chdir(""));
	fails(EBADF, fchdir(-1));
	ok(chdir(".."));
	ok(chmod("d", 0600));
	as(USER);
	fails(EACCES, chdir("d"));
	fails(EACCES, fchdir(fd));
}

const struct CMUnitTest posix_moved[] = {
	cmocka_unit_test(an_open_file_is_renamed),
	cmocka_unit_test(an_open_file_moves_with_its_directory),
	cmocka_unit_test(an_open_file_is_replaced),
	cmocka_unit_test(an_unlinked_file_has_attributes),
	cmocka_unit_test(an_unlinked_file_has_owners),
	cmocka_unit_test(an_unlinked_file_can_be_changed_by_its_owner),
	cmocka_unit_test(an_open_directory_is_renamed),
	cmocka_unit_test(the_current_directory_is_moved),
	cmocka_unit_test(the_parent_of_the_current_directory_is_moved),
	cmocka_unit_test(the_current_directory_is_removed),
	cmocka_unit_test(a_current_directory_that_is_removed_has_attributes),
	cmocka_unit_test(chdir_and_fchdir),
	{ 0 },
};
