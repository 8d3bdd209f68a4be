/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_lock_kinds.c -- locks of open file descriptions, and flock(2).  Another
 * description is the other party's.
 */

#include "lock.h"

static void
a_description_holds_its_lock(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "0123456789");
	other = opens(open(there("f"), O_RDWR));
	ok(lock_ofd(fd, WR, 0, 10));
	fails(EAGAIN, lock_ofd(other, WR, 5, 10));
	fails(EAGAIN, lock_ofd(other, RD, 5, 1));
	ok(lock_ofd(other, WR, 10, 10));
	fails(EAGAIN, lock_ofd(fd, RD, 19, 1));
	ok(lock_ofd(fd, RD, 0, 10));
	ok(lock_ofd(other, RD, 5, 5));
	fails(EAGAIN, lock_ofd(fd, WR, 0, 10));
	ok(lock_ofd(other, UN, 0, 0));
	ok(lock_ofd(fd, WR, 0, 0));
	ok(close(other));
	ok(close(fd));
}

/* Unlike those of processes. */
static void
closing_another_description_does_not_release(void **state)
{
	int fd, other, third;

	(void)state;
	fd = put_open("f", "0123456789");
	ok(lock_ofd(fd, WR, 0, 0));
	other = opens(open(there("f"), O_RDWR));
	ok(close(other));
	other = opens(open(there("f"), O_RDWR));
	fails(EAGAIN, lock_ofd(other, WR, 0, 1));
	/* A duplicate is the same description. */
	third = opens(dup(fd));
	ok(close(fd));
	fails(EAGAIN, lock_ofd(other, WR, 0, 1));
	ok(close(third));
	ok(lock_ofd(other, WR, 0, 1));
	ok(close(other));
}

static void
descriptions_and_processes_exclude_each_other(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "0123456789");
	other = opens(open(there("f"), O_RDWR));
	ok(lock_ofd(fd, WR, 0, 5));
	fails(EAGAIN, lock_set(other, WR, 0, 1));
	fails(EAGAIN, lock_set(fd, WR, 0, 1));
	ok(lock_set(other, WR, 5, 5));
	fails(EAGAIN, lock_ofd(fd, WR, 5, 1));
	gives(-1, lock_get(other, WR, 0, 1).l_pid);
	ok(close(other));
	ok(close(fd));
}

static void
unlock_description(void *arg)
{
	int fd = *(int *)arg;

	ok(lock_ofd(fd, WR, 0, 10));
	ok(lock_ofd(fd, UN, 5, 5));
}

static void
a_child_shares_the_descriptions_lock(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "0123456789");
	other = opens(open(there("f"), O_RDWR));
	ok(lock_ofd(fd, WR, 0, 10));
	joined(beside(unlock_description, &fd));
	fails(EAGAIN, lock_ofd(other, WR, 0, 5));
	ok(lock_ofd(other, WR, 5, 5));
	ok(close(other));
	ok(close(fd));
}

static void
one_can_wait_for_a_description(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p = peer_new();
	struct flock fl = { .l_type = WR };
	long theirs;

	(void)state;
	theirs = opens((int)ON(p, peer_open, STR("f"), O_RDWR));
	ok(lock_ofd(fd, WR, 0, 10));
	START(p, lock_ofd_wait, theirs, WR, 5, 10);
	yes(peer_sleeps(p));
	ok(lock_ofd(fd, UN, 0, 10));
	ok(peer_end(p));
	ok(fcntl(fd, F_OFD_GETLK, &fl));
	gives(WR, fl.l_type);
	gives(5, fl.l_start);
	gives(10, fl.l_len);
	gives(-1, fl.l_pid);
	fl = (struct flock){ .l_type = WR, .l_pid = 1 };
	fails(EINVAL, fcntl(fd, F_OFD_SETLK, &fl));
	fails(EINVAL, fcntl(fd, F_OFD_GETLK, &fl));
	peer_free(p);
	ok(close(fd));
}

static void
flock_excludes_or_shares(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "text");
	other = opens(open(there("f"), O_RDWR));
	ok(flock(fd, LOCK_EX));
	ok(flock(fd, LOCK_EX));
	fails(EWOULDBLOCK, flock(other, LOCK_SH | LOCK_NB));
	fails(EWOULDBLOCK, flock(other, LOCK_EX | LOCK_NB));
	ok(flock(fd, LOCK_SH));
	ok(flock(other, LOCK_SH | LOCK_NB));
	fails(EWOULDBLOCK, flock(other, LOCK_EX | LOCK_NB));
	ok(flock(fd, LOCK_UN));
	ok(flock(other, LOCK_SH | LOCK_NB));
	ok(flock(other, LOCK_EX | LOCK_NB));
	fails(EWOULDBLOCK, flock(fd, LOCK_SH | LOCK_NB));
	ok(flock(fd, LOCK_UN));
	ok(close(other));
	ok(flock(fd, LOCK_EX | LOCK_NB));
	ok(close(fd));
}

static void
flock_needs_no_permission_to_write(void **state)
{
	int fd, dir;

	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	as(USER);
	fd = opens(open("f", O_RDONLY));
	ok(flock(fd, LOCK_EX | LOCK_NB));
	ok(flock(fd, LOCK_SH | LOCK_NB));
	dir = opens(open("d", O_RDONLY));
	ok(flock(dir, LOCK_EX | LOCK_NB));
	ok(close(dir));
	ok(close(fd));
	as(0);
	dir = opens(open("d", O_RDONLY));
	ok(flock(dir, LOCK_EX | LOCK_NB));
	ok(close(dir));
}

static void
the_last_close_releases_a_flock(void **state)
{
	int fd, other, third;

	(void)state;
	fd = put_open("f", "text");
	other = opens(open(there("f"), O_RDONLY));
	ok(flock(fd, LOCK_EX));
	third = opens(dup(fd));
	ok(close(fd));
	fails(EWOULDBLOCK, flock(other, LOCK_SH | LOCK_NB));
	ok(close(opens(open("f", O_RDWR))));
	fails(EWOULDBLOCK, flock(other, LOCK_SH | LOCK_NB));
	ok(close(third));
	ok(flock(other, LOCK_EX | LOCK_NB));
	/* Unlocking a duplicate unlocks all. */
	third = opens(dup(other));
	ok(flock(third, LOCK_UN));
	fd = opens(open("f", O_RDWR));
	ok(flock(fd, LOCK_EX | LOCK_NB));
	ok(close(fd));
	ok(close(third));
	ok(close(other));
}

static void
flock_waits(void **state)
{
	struct peer *p = peer_new(); /* without our descriptor */
	int fd = put_open("f", "text");
	long theirs;

	(void)state;
	theirs = opens((int)ON(p, peer_open, STR("f"), O_RDONLY));
	ok(flock(fd, LOCK_EX));
	START(p, lock_flock, theirs, LOCK_EX);
	yes(peer_sleeps(p));
	ok(flock(fd, LOCK_UN));
	ok(peer_end(p));
	fails(EWOULDBLOCK, flock(fd, LOCK_SH | LOCK_NB));
	ok(ON(p, lock_flock, theirs, LOCK_SH));
	ok(flock(fd, LOCK_SH));
	START(p, lock_flock, theirs, LOCK_EX);
	yes(peer_sleeps(p));
	ok(close(fd));
	ok(peer_end(p));
	peer_free(p);
}

static void
flock_checks_its_arguments(void **state)
{
	int fd = put_open("f", "text"), path;

	(void)state;
	fails(EINVAL, flock(fd, 0));
	fails(EINVAL, flock(fd, LOCK_NB));
	fails(EINVAL, flock(fd, LOCK_SH | LOCK_EX));
	fails(EBADF, flock(-1, LOCK_SH));
	fails(EBADF, flock(1000, LOCK_SH));
	path = opens(open("f", O_PATH));
	fails(EBADF, flock(path, LOCK_SH));
	ok(close(path));
	ok(close(fd));
}

/* Linux keeps them apart on local file systems. */
static void
flock_and_fcntl_do_not_meet(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "text");
	other = opens(open(there("f"), O_RDWR));
	ok(flock(fd, LOCK_EX));
	ok(lock_set(other, WR, 0, 0));
	ok(lock_set(other, UN, 0, 0));
	ok(lock_ofd(other, WR, 0, 0));
	ok(close(other));
	ok(close(fd));
}

const struct CMUnitTest posix_lock_kinds[] = {
	cmocka_unit_test(a_description_holds_its_lock),
	cmocka_unit_test(closing_another_description_does_not_release),
	cmocka_unit_test(descriptions_and_processes_exclude_each_other),
	cmocka_unit_test(a_child_shares_the_descriptions_lock),
	cmocka_unit_test(one_can_wait_for_a_description),
	cmocka_unit_test(flock_excludes_or_shares),
	cmocka_unit_test(flock_needs_no_permission_to_write),
	cmocka_unit_test(the_last_close_releases_a_flock),
	cmocka_unit_test(flock_waits),
	cmocka_unit_test(flock_checks_its_arguments),
	cmocka_unit_test(flock_and_fcntl_do_not_meet),
	{ 0 },
};
