/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_lock_wait.c -- fcntl(2) with F_SETLKW, and what ends the waiting.
 */

#include <signal.h>

#include "lock.h"

static void
take_note(int number)
{
	(void)number;
}

/* Not with SA_RESTART: calls end with EINTR. */
static long
open_and_listen(long path, long flags, long number, long unused)
{
	const struct sigaction act = { .sa_handler = take_note };

	(void)unused;
	if (sigaction((int)number, &act, NULL) != 0)
		return -1;
	return open((const char *)path, (int)flags);
}

static struct peer *
peer_with(const char *path, long *fd)
{
	struct peer *p = peer_new();

	*fd = opens((int)ON(p, open_and_listen, STR(path), O_RDWR, SIGUSR1));
	return p;
}

static void
unlocking_ends_the_waiting(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with("f", &theirs);
	ok(lock_set(fd, WR, 0, 10));
	START(p, lock_wait, theirs, WR, 5, 10);
	yes(peer_sleeps(p));
	/* Not all that it waits for. */
	ok(lock_set(fd, UN, 0, 7));
	yes(peer_sleeps(p));
	ok(lock_set(fd, UN, 7, 3));
	ok(peer_end(p));
	fails(EAGAIN, lock_set(fd, WR, 5, 1));
	fails(EAGAIN, lock_set(fd, WR, 14, 1));
	ok(lock_set(fd, WR, 15, 1));
	peer_free(p);
	ok(close(fd));
}

static void
changing_to_a_read_lock_ends_the_waiting(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with("f", &theirs);
	ok(lock_set(fd, WR, 0, 10));
	START(p, lock_wait, theirs, RD, 0, 10);
	yes(peer_sleeps(p));
	ok(lock_set(fd, RD, 0, 10));
	ok(peer_end(p));
	fails(EAGAIN, lock_set(fd, WR, 0, 10));
	peer_free(p);
	ok(lock_set(fd, WR, 0, 10));
	ok(close(fd));
}

static void
closing_ends_the_waiting(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with("f", &theirs);
	ok(lock_set(fd, RD, 0, 10));
	START(p, lock_wait, theirs, WR, 0, 0);
	yes(peer_sleeps(p));
	ok(close(fd));
	ok(peer_end(p));
	peer_free(p);
}

static void
the_end_of_the_owner_ends_the_waiting(void **state)
{
	struct peer *p, *owner;
	long theirs, owners;

	(void)state;
	put("f", "0123456789");
	owner = peer_with("f", &owners);
	p = peer_with("f", &theirs);
	ok(ON(owner, lock_set, owners, WR, 0, 0));
	START(p, lock_wait, theirs, WR, 0, 0);
	yes(peer_sleeps(p));
	peer_free(owner);
	ok(peer_end(p));
	peer_free(p);
}

static void
a_signal_ends_the_waiting(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with("f", &theirs);
	ok(lock_set(fd, WR, 0, 10));
	START(p, lock_wait, theirs, WR, 0, 10);
	yes(peer_sleeps(p));
	ok(kill(peer_pid(p), SIGUSR1));
	fails(EINTR, peer_end(p));
	/* It does not get it later. */
	ok(lock_set(fd, UN, 0, 0));
	ok(lock_set(fd, WR, 0, 10));
	ok(lock_set(fd, UN, 0, 0));
	ok(ON(p, lock_wait, theirs, WR, 0, 10));
	peer_free(p);
	ok(close(fd));
}

static void
who_is_killed_waiting_leaves_nothing(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p, *other;
	long theirs, others;

	(void)state;
	p = peer_with("f", &theirs);
	other = peer_with("f", &others);
	ok(lock_set(fd, WR, 0, 10));
	START(p, lock_wait, theirs, WR, 0, 10);
	yes(peer_sleeps(p));
	ok(kill(peer_pid(p), SIGKILL));
	peer_free(p);
	ok(lock_set(fd, UN, 0, 0));
	ok(ON(other, lock_set, others, WR, 0, 10));
	peer_free(other);
	ok(close(fd));
}

static void
a_circle_of_waiters_is_refused(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *p;
	long theirs;

	(void)state;
	p = peer_with("f", &theirs);
	ok(lock_set(fd, WR, 0, 1));
	ok(ON(p, lock_set, theirs, WR, 1, 1));
	START(p, lock_wait, theirs, WR, 0, 1);
	yes(peer_sleeps(p));
	fails(EDEADLK, lock_wait(fd, WR, 1, 1));
	yes(peer_sleeps(p));
	ok(lock_set(fd, UN, 0, 1));
	ok(peer_end(p));
	peer_free(p);
	ok(lock_wait(fd, WR, 0, 10));
	ok(close(fd));
}

static void
all_waiting_readers_get_it(void **state)
{
	int fd = put_open("f", "0123456789");
	struct peer *a, *b;
	long one, two;

	(void)state;
	a = peer_with("f", &one);
	b = peer_with("f", &two);
	ok(lock_set(fd, WR, 0, 10));
	START(a, lock_wait, one, RD, 0, 10);
	START(b, lock_wait, two, RD, 5, 10);
	yes(peer_sleeps(a));
	yes(peer_sleeps(b));
	ok(lock_set(fd, UN, 0, 0));
	ok(peer_end(a));
	ok(peer_end(b));
	fails(EAGAIN, lock_set(fd, WR, 5, 1));
	peer_free(a);
	peer_free(b);
	ok(close(fd));
}

const struct CMUnitTest posix_lock_wait[] = {
	cmocka_unit_test(unlocking_ends_the_waiting),
	cmocka_unit_test(changing_to_a_read_lock_ends_the_waiting),
	cmocka_unit_test(closing_ends_the_waiting),
	cmocka_unit_test(the_end_of_the_owner_ends_the_waiting),
	cmocka_unit_test(a_signal_ends_the_waiting),
	cmocka_unit_test(who_is_killed_waiting_leaves_nothing),
	cmocka_unit_test(a_circle_of_waiters_is_refused),
	cmocka_unit_test(all_waiting_readers_get_it),
	{ 0 },
};
