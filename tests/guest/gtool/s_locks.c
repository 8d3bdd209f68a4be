/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_locks.c -- steps: locks from two processes.
 *
 * The second process works through the second mount, where there is one: the
 * answers must be the same whether the two clash in the kernel or on the
 * server.
 */

#include <sys/file.h>
#include <sys/wait.h>

#include "gtool.h"

#define RD F_RDLCK
#define WR F_WRLCK
#define UN F_UNLCK

static long
lock(long fd, long type, long start, long len)
{
	struct flock fl = { (short)type, SEEK_SET, start, len, 0 };

	return fcntl((int)fd, F_SETLK, &fl);
}

static long
wait_lock(long fd, long type, long start, long len)
{
	struct flock fl = { (short)type, SEEK_SET, start, len, 0 };

	return fcntl((int)fd, F_SETLKW, &fl);
}

static long
ofd_lock(long fd, long type, long start, long len)
{
	struct flock fl = { (short)type, SEEK_SET, start, len, 0 };

	return fcntl((int)fd, F_OFD_SETLK, &fl);
}

/* Who is in the way?  The value tells its type, the log the rest. */
static long
test_lock(long fd, long type, long start, long len)
{
	struct flock fl = { (short)type, SEEK_SET, start, len, 0 };

	if (fcntl((int)fd, F_GETLK, &fl) == -1)
		return -1;
	if (fl.l_type != F_UNLCK)
		note("in the way: %s %lld+%lld", fl.l_type == RD ? "RD" : "WR",
		    (long long)fl.l_start, (long long)fl.l_len);
	return fl.l_type;
}

static long
do_flock(long fd, long op, long unused, long unused2)
{
	(void)unused;
	(void)unused2;
	return flock((int)fd, (int)op);
}

static long
do_open(long path, long flags, long unused, long unused2)
{
	(void)unused;
	(void)unused2;
	return open((const char *)path, (int)flags);
}

static long
do_close(long fd, long unused, long unused2, long unused3)
{
	(void)unused;
	(void)unused2;
	(void)unused3;
	return close((int)fd);
}

static long
do_exit(long unused, long unused2, long unused3, long unused4)
{
	(void)unused;
	(void)unused2;
	(void)unused3;
	(void)unused4;
	_exit(0);
}

static void
conflicts(void)
{
	struct other *b = other_new("b");
	int fd;
	long theirs;

	DO(put("f", "0123456789"));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO_OFF(lock(fd, WR, 0, 10));
	ON(b, lock, theirs, WR, 0, 10);
	ON(b, lock, theirs, RD, 9, 1);
	ON(b, lock, theirs, WR, 10, 10);
	ON(b, test_lock, theirs, WR, 0, 5);
	ON(b, test_lock, theirs, RD, 5, 100);
	ON(b, test_lock, theirs, WR, 30, 5);
	DO_OFF(test_lock(fd, WR, 0, 10));
	DO_OFF(lock(fd, WR, 15, 1));
	DO_OFF(lock(fd, RD, 0, 10));
	ON(b, lock, theirs, RD, 0, 10);
	ON(b, lock, theirs, WR, 0, 10);
	DO_OFF(lock(fd, WR, 0, 10));
	ON(b, lock, theirs, UN, 0, 0);
	DO_OFF(lock(fd, WR, 0, 0));
	ON(b, lock, theirs, RD, 1000000, 1);
	DO_OFF(lock(fd, UN, 0, 0));
	ON(b, lock, theirs, WR, 1000000, 0);
	DO_OFF(lock(fd, WR, 999999, 1));
	DO_OFF(lock(fd, WR, 999999, 2));
	DO_OFF(lock(fd, UN, 5, 5));
	DO_OFF(lock(fd, WR, -1, 5));
	DO_OFF(lock(fd, WR, 10, -5));
	ON(b, lock, theirs, WR, 5, 1);
	ON(b, lock, theirs, WR, 4, 1);
	other_free(b);
}

static void
splits_and_merges(void)
{
	struct other *b = other_new("b");
	int fd;
	long theirs;

	DO(put("f", ""));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO_OFF(lock(fd, WR, 0, 30));
	DO_OFF(lock(fd, UN, 10, 10));
	ON(b, test_lock, theirs, WR, 0, 0);
	ON(b, test_lock, theirs, WR, 10, 0);
	ON(b, lock, theirs, WR, 10, 10);
	DO_OFF(lock(fd, WR, 5, 20));
	ON(b, lock, theirs, UN, 0, 0);
	DO_OFF(lock(fd, RD, 5, 20));
	ON(b, test_lock, theirs, WR, 5, 1);
	ON(b, test_lock, theirs, WR, 4, 1);
	ON(b, lock, theirs, RD, 5, 20);
	ON(b, lock, theirs, RD, 4, 20);
	ON(b, lock, theirs, RD, 6, 20);
	ON(b, lock, theirs, UN, 0, 0);
	DO_OFF(lock(fd, WR, 30, 10));
	DO_OFF(lock(fd, WR, 5, 20));
	ON(b, test_lock, theirs, RD, 0, 0);
	DO_OFF(lock(fd, UN, 0, 39));
	ON(b, test_lock, theirs, RD, 0, 0);
	DO_OFF(lock(fd, WR, 1L << 62, 0));
	ON(b, test_lock, theirs, RD, 100, 0);
	DO_OFF(lock(fd, UN, 0, 0));
	ON(b, test_lock, theirs, WR, 0, 0);
	other_free(b);
}

static void
closing_releases(void)
{
	struct other *b = other_new("b");
	int fd, fd2;
	long theirs, theirs2;

	DO(put("f", ""));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO_OFF(lock(fd, WR, 0, 0));
	ON(b, lock, theirs, WR, 0, 0);
	DO(close(fd));
	ON(b, lock, theirs, WR, 0, 0);

	/* Closing any descriptor drops the process' locks. */
	theirs2 = ON(b, do_open, STR("f"), O_RDONLY);
	fd = DO(open("f", O_RDWR));
	DO_OFF(lock(fd, RD, 0, 0));
	ON(b, do_close, theirs2);
	DO_OFF(lock(fd, WR, 0, 0));
	fd2 = DO(dup(fd));
	DO(close(fd2));
	ON(b, lock, theirs, WR, 0, 0);
	DO_OFF(lock(fd, WR, 0, 0));

	/* So does the end of the process. */
	ON(b, lock, theirs, UN, 0, 0);
	DO_OFF(lock(fd, WR, 0, 0));
	DO_OFF(lock(fd, UN, 0, 0));
	ON(b, lock, theirs, WR, 0, 100);
	DO_OFF(lock(fd, WR, 50, 1));
	other_free(b);
	DO_OFF(lock(fd, WR, 50, 1));
}

static void
a_childs_end_does_not_release(void)
{
	struct other *b;
	int fd;
	long theirs;

	DO(put("f", ""));
	fd = DO(open("f", O_RDWR));
	DO_OFF(lock(fd, WR, 0, 10));
	AS(0, 0, 0)
	{
		/* Inherited the descriptor, not the lock. */
		DO_OFF(lock(fd, WR, 0, 1));
		DO_OFF(lock(fd, WR, 20, 1));
		DO(close(fd));
	}
	b = other_new("b");
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	ON(b, lock, theirs, WR, 0, 1);
	ON(b, lock, theirs, WR, 20, 1);
	DO(close(fd));
	ON(b, lock, theirs, WR, 0, 1);
	other_free(b);
}

static void
waiting(void)
{
	struct other *b = other_new("b");
	int fd;
	long theirs;

	DO(put("f", ""));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO_OFF(lock(fd, WR, 0, 10));
	START(b, wait_lock, theirs, WR, 5, 10);
	nap(200);
	DO_OFF(lock(fd, UN, 0, 5));
	nap(100);
	DO_OFF(lock(fd, UN, 5, 5));
	other_wait(b);
	DO_OFF(lock(fd, WR, 5, 1));
	ON(b, lock, theirs, UN, 0, 0);

	/* A waiter also gets it when the holder closes. */
	DO_OFF(lock(fd, RD, 0, 10));
	START(b, wait_lock, theirs, WR, 0, 0);
	nap(200);
	DO(close(fd));
	other_wait(b);
	other_free(b);
}

static void
whole_files(void)
{
	struct other *b = other_new("b");
	int fd, fd2;
	long theirs;

	DO(put("f", ""));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO(flock(fd, LOCK_EX));
	DO(flock(fd, LOCK_EX));
	ON(b, do_flock, theirs, LOCK_SH | LOCK_NB);
	ON(b, do_flock, theirs, LOCK_EX | LOCK_NB);
	DO(flock(fd, LOCK_SH));
	ON(b, do_flock, theirs, LOCK_SH | LOCK_NB);
	ON(b, do_flock, theirs, LOCK_EX | LOCK_NB);
	DO(flock(fd, LOCK_UN));
	ON(b, do_flock, theirs, LOCK_EX | LOCK_NB);
	DO(flock(fd, LOCK_SH | LOCK_NB));
	ON(b, do_flock, theirs, LOCK_UN);
	DO(flock(fd, LOCK_UN));

	/* A duplicate is the same lock; only the last close releases. */
	DO(flock(fd, LOCK_EX | LOCK_NB));
	fd2 = DO(dup(fd));
	DO(close(fd));
	ON(b, do_flock, theirs, LOCK_EX | LOCK_NB);
	START(b, do_flock, theirs, LOCK_EX);
	nap(200);
	DO(close(fd2));
	other_wait(b);
	ON(b, do_close, theirs);
	other_free(b);
}

static void
open_file_descriptions(void)
{
	struct other *b = other_new("b");
	int fd;
	long theirs;

	DO(put("f", ""));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO_OFF(ofd_lock(fd, WR, 0, 10));
	ON(b, ofd_lock, theirs, WR, 5, 10);
	ON(b, lock, theirs, WR, 5, 10);
	ON(b, ofd_lock, theirs, WR, 10, 10);
	DO_OFF(ofd_lock(fd, RD, 0, 10));
	ON(b, ofd_lock, theirs, RD, 5, 10);
	DO_OFF(ofd_lock(fd, UN, 0, 10));
	ON(b, ofd_lock, theirs, WR, 0, 10);
	ON(b, do_close, theirs);
	DO_OFF(ofd_lock(fd, WR, 0, 0));
	other_free(b);
}

static void
rights_and_kinds(void)
{
	int fd;

	DO(put("f", ""));
	DO(mkdir("d", 0755));
	fd = DO(open("f", O_RDONLY));
	DO_OFF(lock(fd, WR, 0, 1));
	DO_OFF(lock(fd, RD, 0, 1));
	DO_OFF(lock(fd, UN, 0, 1));
	/* The two kinds would clash on our mount: they are one there. */
	DO(flock(fd, LOCK_EX));
	DO(close(fd));
	fd = DO(open("f", O_WRONLY));
	DO_OFF(lock(fd, RD, 0, 1));
	DO_OFF(lock(fd, WR, 0, 1));
	DO(close(fd));
	DO_OFF(lock(fd, WR, 0, 1));
	fd = DO(open("d", O_RDONLY));
	DO_OFF(lock(fd, RD, 0, 1));
	DO_OFF(lock(fd, UN, 0, 1));
	DO(flock(fd, LOCK_SH));
	DO(close(fd));
}

static void
a_locked_file_can_go(void)
{
	struct other *b = other_new("b");
	int fd;
	long theirs;

	DO(put("f", "x"));
	fd = DO(open("f", O_RDWR));
	theirs = ON(b, do_open, STR("f"), O_RDWR);
	DO_OFF(lock(fd, WR, 0, 10));
	DO(rename("f", "g"));
	ON(b, lock, theirs, WR, 0, 10);
	DO(unlink("g"));
	ON(b, lock, theirs, WR, 0, 10);
	DO_OFF(lock(fd, UN, 0, 0));
	ON(b, lock, theirs, WR, 0, 10);
	/* The name's next bearer is another file. */
	DO(put("f", "y"));
	DO(close(fd));
	fd = DO(open("f", O_RDWR));
	DO_OFF(lock(fd, WR, 0, 10));
	START(b, do_exit, 0);
	nap(100);
	other_free(b);
	DO_OFF(lock(fd, UN, 0, 10));
}

const struct topic locks_group[] = {
	TOPIC(conflicts),
	TOPIC(splits_and_merges),
	TOPIC(closing_releases),
	TOPIC(a_childs_end_does_not_release),
	TOPIC(waiting),
	TOPIC(whole_files),
	TOPIC(open_file_descriptions),
	TOPIC(rights_and_kinds),
	TOPIC(a_locked_file_can_go),
	TOPIC_END,
};
