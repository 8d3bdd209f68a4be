/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_locks.c -- locks of two parties, one of which is killed, or renames
 * or removes the file.  What holds for any two processes is in posix_locks.c,
 * posix_lock_wait.c and posix_lock_kinds.c.
 */

#include <sys/wait.h>
#include <signal.h>

#include "lock.h"

/* The other party, which has "f" open, O_RDWR. */
static struct peer *
peer_with_f(long *fd)
{
	struct peer *p = peer_new();

	*fd = opens((int)ON(p, peer_open, STR("f"), O_RDWR));
	return p;
}

static void
one_learns_what_is_locked_there(void **state)
{
	int fd = put_open("f", "0123456789");
	struct flock fl;
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with_f(&theirs);
	ok(ON(p, lock_set, theirs, WR, 3, 4));
	fl = lock_get(fd, WR, 0, 0);
	gives(WR, fl.l_type);
	gives(3, fl.l_start);
	gives(4, fl.l_len);
	ok(ON(p, lock_set, theirs, RD, 5, 0));
	fl = lock_get(fd, WR, 6, 1);
	gives(RD, fl.l_type);
	gives(5, fl.l_start);
	gives(0, fl.l_len);
	fl = lock_get(fd, WR, 0, 5);
	gives(WR, fl.l_type);
	gives(3, fl.l_start);
	gives(2, fl.l_len);
	ok(ON(p, lock_set, theirs, UN, 0, 0));
	gives(UN, lock_get(fd, WR, 0, 0).l_type);
	peer_free(p);
	ok(close(fd));
}

static void
who_is_killed_there_holds_nothing(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with_f(&theirs);
	ok(ON(p, lock_set, theirs, WR, 0, 5));
	ok(ON(p, lock_set, theirs, RD, 5, 5));
	fails(EAGAIN, lock_set(fd, RD, 4, 1));
	fails(EAGAIN, lock_set(fd, WR, 5, 1));
	ok(kill(peer_pid(p), SIGKILL));
	peer_free(p);
	ok(lock_set(fd, WR, 0, 0));
	ok(close(fd));
}

static void
who_is_killed_there_holds_no_flock(void **state)
{
	struct peer *p = peer_new(); /* without our descriptor */
	int fd = put_open("f", "0123456789");
	long theirs;

	(void)state;
	theirs = opens((int)ON(p, peer_open, STR("f"), O_RDWR));
	ok(ON(p, lock_flock, theirs, LOCK_EX));
	fails(EWOULDBLOCK, flock(fd, LOCK_SH | LOCK_NB));
	ok(kill(peer_pid(p), SIGKILL));
	peer_free(p);
	ok(flock(fd, LOCK_EX | LOCK_NB));
	ok(close(fd));
}

static void
who_is_killed_here_ends_the_waiting_there(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;
	pid_t pid;

	(void)state;
	p = peer_with_f(&theirs);
	pid = fork();
	must(pid != -1);
	if (pid == 0) {
		must(lock_set(fd, WR, 0, 0) == 0);
		raise(SIGSTOP);
		_exit(0);
	}
	gives(pid, waitpid(pid, NULL, WUNTRACED));
	START(p, lock_wait, theirs, WR, 2, 2);
	yes(peer_sleeps(p));
	fails(EAGAIN, lock_set(fd, RD, 2, 1));
	yes(peer_sleeps(p));
	ok(kill(pid, SIGKILL));
	gives(pid, waitpid(pid, NULL, 0));
	ok(peer_end(p));
	fails(EAGAIN, lock_set(fd, RD, 2, 1));
	ok(lock_set(fd, WR, 4, 0));
	peer_free(p);
	ok(close(fd));
}

static void
renaming_there_does_not_unlock(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs, again;

	(void)state;
	p = peer_with_f(&theirs);
	ok(ON(p, lock_set, theirs, WR, 0, 10));
	ok(rename(there("f"), there("g")));
	fails(EAGAIN, lock_set(fd, WR, 0, 1));
	again = opens(open("g", O_RDWR));
	fails(EAGAIN, lock_set((int)again, WR, 9, 1));
	ok(ON(p, lock_set, theirs, UN, 0, 5));
	ok(lock_set(fd, WR, 0, 5));
	fails(EAGAIN, ON(p, lock_set, theirs, RD, 0, 1));
	ok(unlink(there("g")));
	fails(EAGAIN, lock_set(fd, WR, 5, 1));
	ok(ON(p, lock_set, theirs, UN, 0, 0));
	ok(lock_set(fd, WR, 5, 5));
	peer_free(p);
	ok(close((int)again));
	ok(close(fd));
}

static void
locks_do_not_stop_who_does_not_ask(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with_f(&theirs);
	ok(ON(p, lock_set, theirs, WR, 0, 0));
	gives(2, pwrite(fd, "ab", 2, 4));
	text("0123ab6789", text_at(fd, 0, 100));
	ok(ftruncate(fd, 5));
	put("f", "new");
	fails(EAGAIN, lock_set(fd, WR, 0, 1));
	peer_free(p);
	ok(close(fd));
}

static void
descriptions_of_both_exclude_each_other(void **state)
{
	struct peer *p = peer_new(); /* without our descriptor */
	int fd = put_open("f", "0123456789");
	struct flock fl = { .l_type = WR };
	long theirs;

	(void)state;
	theirs = opens((int)ON(p, peer_open, STR("f"), O_RDWR));
	ok(ON(p, lock_ofd, theirs, WR, 0, 5));
	fails(EAGAIN, lock_ofd(fd, RD, 4, 1));
	fails(EAGAIN, lock_set(fd, RD, 4, 1));
	ok(lock_ofd(fd, WR, 5, 5));
	fails(EAGAIN, ON(p, lock_ofd, theirs, RD, 5, 1));
	fails(EAGAIN, ON(p, lock_set, theirs, RD, 5, 1));
	ok(lock_ofd(fd, UN, 0, 0));
	ok(fcntl(fd, F_OFD_GETLK, &fl));
	gives(WR, fl.l_type);
	gives(0, fl.l_start);
	gives(5, fl.l_len);
	ok(ON(p, lock_ofd, theirs, RD, 0, 5));
	ok(lock_ofd(fd, RD, 0, 5));
	fails(EAGAIN, ON(p, lock_ofd, theirs, WR, 0, 5));
	ok(ON(p, peer_close, theirs));
	ok(lock_ofd(fd, WR, 0, 5));
	peer_free(p);
	ok(close(fd));
}

const struct CMUnitTest posix_two_locks[] = {
	cmocka_unit_test(one_learns_what_is_locked_there),
	cmocka_unit_test(who_is_killed_there_holds_nothing),
	cmocka_unit_test(who_is_killed_there_holds_no_flock),
	cmocka_unit_test(who_is_killed_here_ends_the_waiting_there),
	cmocka_unit_test(renaming_there_does_not_unlock),
	cmocka_unit_test(locks_do_not_stop_who_does_not_ask),
	cmocka_unit_test(descriptions_of_both_exclude_each_other),
	{ 0 },
};
