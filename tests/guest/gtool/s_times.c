/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_times.c -- steps: which times change when.
 *
 * Clocks differ (the server stamps, not the guest), so what is logged is
 * whether a time has moved, and what was set explicitly.
 */

#include <sys/time.h>
#include <sys/xattr.h>
#include <time.h>

#include "gtool.h"

static void
show_times(const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1) {
		note("%s: %s", path, err_name(errno));
		return;
	}
	note("%s: atime %ld mtime %ld", path, (long)st.st_atime,
	    (long)st.st_mtime);
	note("%s: nanoseconds %ld %ld", path, st.st_atim.tv_nsec,
	    st.st_mtim.tv_nsec);
}

static struct stat before;

static void
watch(const char *path)
{
	if (lstat(path, &before) == -1)
		note("lstat: %s", err_name(errno));
	nap(20);
}

static bool
differ(const struct timespec *a, const struct timespec *b)
{
	return a->tv_sec != b->tv_sec || a->tv_nsec != b->tv_nsec;
}

static void
show_moved(const char *what, const char *path)
{
	struct stat st;

	if (lstat(path, &st) == -1)
		note("lstat: %s", err_name(errno));
	else
		note("%s moves:%s%s", what,
		    differ(&st.st_mtim, &before.st_mtim) ? " mtime" : "",
		    differ(&st.st_ctim, &before.st_ctim) ? " ctime" : "");
}

/* Which times of path does a call move? */
#define MOVES(path, call)                                                      \
	do {                                                                   \
		watch(path);                                                   \
		DO(call);                                                      \
		show_moved(#call, path);                                       \
	} while (0)

static void
times_are_kept_as_set(void)
{
	struct timespec ts[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	int fd;

	DO(put("f", "x"));
	DO(mkdir("d", 0755));
	DO(symlink("f", "l"));
	DO(utimensat(AT_FDCWD, "f", ts, 0));
	DO(utimensat(AT_FDCWD, "d", ts, 0));
	show_times("f");
	show_times("d");
	ts[0].tv_nsec = 123456789;
	ts[1].tv_nsec = 999999999;
	DO(utimensat(AT_FDCWD, "f", ts, 0));
	show_times("f");
	ts[0] = (struct timespec){ 1200000000, UTIME_OMIT };
	ts[1] = (struct timespec){ 1300000000, 0 };
	DO(utimensat(AT_FDCWD, "d", ts, 0));
	show_times("d");
	ts[0] = (struct timespec){ 1400000000, 0 };
	ts[1] = (struct timespec){ 0, UTIME_OMIT };
	DO(utimensat(AT_FDCWD, "d", ts, 0));
	show_times("d");
	ts[0] = (struct timespec){ -86400, 0 };
	ts[1] = (struct timespec){ -1, 0 };
	DO(utimensat(AT_FDCWD, "f", ts, 0));
	show_times("f");
	ts[0] = (struct timespec){ 1L << 31, 0 };
	ts[1] = (struct timespec){ 1L << 33, 0 };
	DO(utimensat(AT_FDCWD, "f", ts, 0));
	show_times("f");
	ts[0] = (struct timespec){ 0, 0 };
	ts[1] = (struct timespec){ 0, 0 };
	DO(utimensat(AT_FDCWD, "l", ts, AT_SYMLINK_NOFOLLOW));
	show_times("l");
	fd = DO(open("f", O_RDONLY));
	ts[0] = (struct timespec){ 1500000000, 0 };
	ts[1] = (struct timespec){ 1600000000, 0 };
	DO(futimens(fd, ts));
	show_times("f");
	ts[0].tv_nsec = 1000000000;
	DO(futimens(fd, ts));
	DO(utimensat(AT_FDCWD, "missing", ts, 0));
}

static void
now_is_now(void)
{
	struct timespec old[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	struct timespec half[2] = { { 0, UTIME_NOW }, { 0, UTIME_OMIT } };
	struct timespec now;
	struct stat st;

	DO(put("f", "x"));
	DO(utimensat(AT_FDCWD, "f", old, 0));
	DO(utimensat(AT_FDCWD, "f", half, 0));
	DO(stat("f", &st));
	clock_gettime(CLOCK_REALTIME, &now);
	note("atime is near: %d, mtime %ld",
	    labs(st.st_atime - now.tv_sec) < 600, (long)st.st_mtime);
	DO(utimensat(AT_FDCWD, "f", NULL, 0));
	DO(stat("f", &st));
	note("atime is near: %d, mtime is near: %d",
	    labs(st.st_atime - now.tv_sec) < 600,
	    labs(st.st_mtime - now.tv_sec) < 600);
}

static int
read_it(const char *path)
{
	char c;
	int fd = open(path, O_RDONLY), n = (int)read(fd, &c, 1);

	return close(fd) == -1 ? -1 : n;
}

static int
write_nothing(const char *path)
{
	int fd = open(path, O_WRONLY), n = (int)write(fd, "", 0);

	return close(fd) == -1 ? -1 : n;
}

static void
what_moves_a_files_times(void)
{
	char name[64];

	snprintf(name, sizeof(name), "%sname", xattr_namespace);
	DO(put("f", "x"));
	MOVES("f", put_more("f", "y"));
	MOVES("f", chmod("f", 0600));
	MOVES("f", chown("f", 1, 1));
	MOVES("f", link("f", "g"));
	MOVES("f", unlink("g"));
	DO(link("f", "g"));
	MOVES("g", rename("f", "h"));
	MOVES("h", truncate("h", 1));
	MOVES("h", truncate("h", 1 + 0)); /* no change of size */
	MOVES("h", truncate("h", 3));
	MOVES("h", setxattr("h", name, "x", 1, 0));
	MOVES("h", removexattr("h", name));
	MOVES("h", read_it("h"));
	MOVES("h", write_nothing("h"));
	MOVES("h", put("h", ""));
	MOVES("h", put("h", "")); /* empty before */
}

static void
what_moves_a_directorys_times(void)
{
	DO(mkdir("d", 0755));
	MOVES("d", put("d/f", "x"));
	MOVES("d", put_more("d/f", "y"));
	MOVES("d", chmod("d/f", 0600));
	MOVES("d", mkdir("d/e", 0755));
	MOVES("d", link("d/f", "d/g"));
	MOVES("d", rename("d/g", "d/h"));
	MOVES("d", rename("d/h", "x"));
	MOVES("d", symlink("x", "d/l"));
	MOVES("d", unlink("d/l"));
	MOVES("d", mkfifo("d/p", 0600));
	MOVES("d", rename("d/p", "d/f"));
	MOVES("d", rmdir("d/e"));
	MOVES("d", rmdir("d/missing"));
	MOVES("d", mkdir("d/f", 0755));
	MOVES("d", chmod("d", 0700));
}

static void
a_closed_file_keeps_its_time(void)
{
	struct timespec ts[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	int fd;

	/* As tar and cp -p do: write, set the time, close. */
	fd = DO(open("f", O_WRONLY | O_CREAT, 0644));
	DO(write(fd, "x", 1));
	DO(futimens(fd, ts));
	DO(close(fd));
	show_times("f");
	fd = DO(open("f", O_RDONLY));
	DO(close(fd));
	show_times("f");
	DO(rename("f", "g"));
	DO(chmod("g", 0600));
	show_times("g");
}

const struct topic times_group[] = {
	TOPIC(times_are_kept_as_set),
	TOPIC(now_is_now),
	TOPIC(what_moves_a_files_times),
	TOPIC(what_moves_a_directorys_times),
	TOPIC(a_closed_file_keeps_its_time),
	TOPIC_END,
};
