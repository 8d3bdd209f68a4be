/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_times.c -- which times of a file and of its directory a call moves:
 * exactly those that POSIX says.
 *
 * Before each call the clock has moved on (tick), so that a time that is
 * updated is later than it was, and one that is not is the same.
 */

#include <dirent.h>
#include <limits.h>

#include "posix.h"

/*
 * moves("mc", path, call): the call succeeds, and of path's times it moves
 * those: a access, m modification, c change.
 * moves2(...): and of another path.
 */
#define moves(which, path, call)                                               \
	do {                                                                   \
		struct stat moves_st = look(path);                             \
		tick();                                                        \
		ok(call);                                                      \
		posix_moved(HERE, #call, path, &moves_st, which);              \
	} while (0)
#define moves2(which, path, which2, path2, call)                               \
	do {                                                                   \
		struct stat moves_st2 = look(path2);                           \
		moves(which, path, call);                                      \
		posix_moved(HERE, #call, path2, &moves_st2, which2);           \
	} while (0)

static bool
later(struct timespec a, struct timespec b)
{
	return a.tv_sec > b.tv_sec ||
	    (a.tv_sec == b.tv_sec && a.tv_nsec > b.tv_nsec);
}

static bool
same(struct timespec a, struct timespec b)
{
	return a.tv_sec == b.tv_sec && a.tv_nsec == b.tv_nsec;
}

/* One letter for a time: itself if it is later, "-" if it is the same. */
static char
motion(char letter, struct timespec now, struct timespec then)
{
	if (same(now, then))
		return '-';
	return later(now, then) ? letter : '!';
}

static void
posix_moved(const char *file, int line, const char *call, const char *path,
    const struct stat *then, const char *which)
{
	struct stat now = look(path);
	char got[4] = "", want[4] = "---", what[256];

	got[0] = motion('a', now.st_atim, then->st_atim);
	got[1] = motion('m', now.st_mtim, then->st_mtim);
	got[2] = motion('c', now.st_ctim, then->st_ctim);
	for (; *which != '\0'; which++)
		want[strchr("amc", *which) - "amc"] = *which;
	snprintf(what, sizeof(what), "%s moves of %s", call, path);
	posix_text(file, line, what, got, want);
}

/* A call that opens, and closes again. */
static int
touch(const char *path, int flags)
{
	int fd = open(path, flags, 0644);

	return fd == -1 ? -1 : close(fd);
}

static void
making_a_file_moves_its_directory(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	moves("mc", "d", touch("d/f", O_WRONLY | O_CREAT));
	moves("mc", "d", mkdir("d/d", 0755));
	moves("mc", "d", mkfifo("d/p", 0644));
	moves("mc", "d", mknod("d/s", S_IFSOCK | 0644, 0));
	moves("mc", "d", symlink("x", "d/l"));
	moves(
	    "mc", "d", mkdir("d/d/e", 0755) == 0 ? rename("d/d/e", "d/e") : -1);
}

static void
a_new_file_has_the_times_of_now(void **state)
{
	struct stat f;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	f = look("d/f");
	yes(same(f.st_mtim, f.st_ctim));
	yes(!later(f.st_atim, f.st_mtim));
	tick();
	ok(mkdir("d/e", 0755));
	yes(later(look("d/e").st_mtim, f.st_mtim));
	yes(later(look("d/e").st_ctim, f.st_ctim));
	yes(later(look("d/e").st_atim, f.st_atim));
}

static void
removing_moves_the_directory(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	ok(mkdir("d/e", 0755));
	ok(symlink("x", "d/l"));
	moves("mc", "d", unlink("d/f"));
	moves("mc", "d", rmdir("d/e"));
	moves("mc", "d", unlink("d/l"));
}

static void
links_move_the_file_and_the_directory(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	moves2("c", "f", "mc", "d", link("f", "d/g"));
	moves2("c", "f", "mc", "d", unlink("d/g"));
	moves("mc", ".", link("f", "h"));
	moves("c", "h", unlink("f"));
}

static void
rename_moves_both_directories(void **state)
{
	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	put("a/f", "");
	ok(mkdir("a/d", 0755));
	moves("mc", "a", rename("a/f", "a/g"));
	moves2("mc", "a", "mc", "b", rename("a/g", "b/g"));
	moves2("mc", "a", "mc", "b", rename("a/d", "b/d"));
	put("b/h", "");
	moves("mc", "b", rename("b/h", "b/g"));
}

static void
rename_over_a_link_moves_the_file(void **state)
{
	(void)state;
	put("f", "");
	put("g", "");
	ok(link("g", "h"));
	moves("c", "h", rename("f", "g"));
}

static void
what_does_nothing_moves_nothing(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	ok(link("f", "g"));
	moves2("", "f", "", ".", rename("f", "g"));
	moves2("", "f", "", ".", touch("f", O_RDWR));
	moves2("", "f", "", ".", touch("f", O_WRONLY | O_CREAT));
	moves2("", "f", "", ".", access("f", R_OK));
	moves("", "d", touch("d", O_RDONLY));
	moves("", "d", chdir("d") == 0 ? chdir("..") : -1);
}

static void
failures_move_nothing(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	put("d/f", "");
	moves("", ".", mkdir("f", 0755) == -1 ? 0 : -1);
	moves("", ".", link("f", "d") == -1 ? 0 : -1);
	moves2("", ".", "", "d", rmdir("d") == -1 ? 0 : -1);
	moves2("", ".", "", "d", rename("f", "d") == -1 ? 0 : -1);
	moves2("", ".", "", "f", rename("nothing", "f") == -1 ? 0 : -1);
	moves("", "f", chmod("f/x", 0600) == -1 ? 0 : -1);
	moves("", ".", unlink("d") == -1 ? 0 : -1);
	moves("", ".", symlink("x", "f") == -1 ? 0 : -1);
}

static void
attributes_move_the_change_time(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	moves2("c", "f", "", ".", chmod("f", 0600));
	moves2("c", "f", "", ".", chmod("f", 0600)); /* the same again */
	moves2("c", "d", "", ".", chmod("d", 0700));
	fd = opens(open("f", O_RDONLY));
	moves("c", "f", fchmod(fd, 0640));
}

static void
owners_move_the_change_time(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	ok(symlink("f", "l"));
	moves2("c", "f", "", ".", chown("f", USER, USER));
	moves2("c", "d", "", ".", chown("d", USER, USER));
	moves2("c", "l", "", "f", lchown("l", USER, USER));
	fd = opens(open("f", O_RDONLY));
	moves("c", "f", fchown(fd, 0, 0));
}

static void
times_that_are_set_move_the_change_time(void **state)
{
	struct timespec past[2] = { { 100, 0 }, { 200, 0 } };
	struct timespec now_and_omit[2] = { { 0, UTIME_NOW },
		{ 0, UTIME_OMIT } };
	struct timespec omit[2] = { { 0, UTIME_OMIT }, { 0, UTIME_OMIT } };
	struct timespec before;

	(void)state;
	put("f", "text");
	before = look("f").st_ctim;
	tick();
	ok(utimensat(AT_FDCWD, "f", past, 0));
	yes(later(look("f").st_ctim, before));
	moves("amc", "f", utimensat(AT_FDCWD, "f", NULL, 0));
	moves("ac", "f", utimensat(AT_FDCWD, "f", now_and_omit, 0));
	moves2("", "f", "", ".", utimensat(AT_FDCWD, "f", omit, 0));
}

static void
a_size_that_is_set_moves_modification_and_change(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	moves2("mc", "f", "", ".", truncate("f", 2));
	moves("mc", "f", truncate("f", 100));
	fd = opens(open("f", O_RDWR));
	moves("mc", "f", ftruncate(fd, 3));
	moves("mc", "f", touch("f", O_WRONLY | O_TRUNC));
}

/* Linux moves an access time if it is not after the others (relatime). */
static void
reading_a_directory_moves_its_access_time(void **state)
{
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "");
	d = opendir("d");
	must(d != NULL);
	moves("a", "d", readdir(d) != NULL ? 0 : -1);
	ok(closedir(d));
}

static void
reading_a_link_moves_its_access_time(void **state)
{
	char buf[8];

	(void)state;
	ok(symlink("x", "l"));
	moves("a", "l", readlink("l", buf, sizeof(buf)) == 1 ? 0 : -1);
}

const struct CMUnitTest posix_times[] = {
	cmocka_unit_test(making_a_file_moves_its_directory),
	cmocka_unit_test(a_new_file_has_the_times_of_now),
	cmocka_unit_test(removing_moves_the_directory),
	cmocka_unit_test(links_move_the_file_and_the_directory),
	cmocka_unit_test(rename_moves_both_directories),
	cmocka_unit_test(rename_over_a_link_moves_the_file),
	cmocka_unit_test(what_does_nothing_moves_nothing),
	cmocka_unit_test(failures_move_nothing),
	cmocka_unit_test(attributes_move_the_change_time),
	cmocka_unit_test(owners_move_the_change_time),
	cmocka_unit_test(times_that_are_set_move_the_change_time),
	cmocka_unit_test(a_size_that_is_set_moves_modification_and_change),
	cmocka_unit_test(reading_a_directory_moves_its_access_time),
	cmocka_unit_test(reading_a_link_moves_its_access_time),
	{ 0 },
};
