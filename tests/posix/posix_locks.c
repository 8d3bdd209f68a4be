/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_locks.c -- fcntl(2): locks of processes on ranges of bytes.
 */

#include "lock.h"

/* A file that both have open, O_RDWR. */
struct both {
	struct peer *peer;
	int fd;
	long theirs;
};

static struct both
both_open(void)
{
	struct both b;

	b.fd = put_open("f", "0123456789");
	b.peer = peer_new();
	b.theirs = opens((int)ON(b.peer, peer_open, STR("f"), O_RDWR));
	return b;
}

static void
both_close(const struct both *b)
{
	peer_free(b->peer);
	ok(close(b->fd));
}

static void
a_write_lock_excludes_all_others(void **state)
{
	struct both b = both_open();

	(void)state;
	ok(lock_set(b.fd, WR, 0, 10));
	fails_either(EAGAIN, EACCES, ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, RD, 0, 10));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, RD, 9, 1));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, 0, 0));
	ok(ON(b.peer, lock_set, b.theirs, WR, 10, 10));
	fails(EAGAIN, lock_set(b.fd, WR, 15, 1));
	ok(lock_set(b.fd, WR, 0, 10));
	ok(lock_set(b.fd, UN, 0, 10));
	ok(ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	fails(EAGAIN, lock_set(b.fd, RD, 0, 1));
	both_close(&b);
}

static void
read_locks_are_shared(void **state)
{
	struct both b = both_open();

	(void)state;
	ok(lock_set(b.fd, RD, 0, 10));
	ok(ON(b.peer, lock_set, b.theirs, RD, 0, 10));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	fails(EAGAIN, lock_set(b.fd, WR, 5, 1));
	ok(ON(b.peer, lock_set, b.theirs, UN, 5, 1));
	ok(lock_set(b.fd, WR, 5, 1));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, RD, 5, 1));
	ok(lock_set(b.fd, RD, 5, 1));
	ok(ON(b.peer, lock_set, b.theirs, RD, 5, 1));
	both_close(&b);
}

static void
one_can_ask_who_is_in_the_way(void **state)
{
	struct both b = both_open();
	struct flock fl;

	(void)state;
	ok(ON(b.peer, lock_set, b.theirs, WR, 10, 20));
	fl = lock_get(b.fd, WR, 0, 0);
	gives(WR, fl.l_type);
	gives(10, fl.l_start);
	gives(20, fl.l_len);
	gives(SEEK_SET, fl.l_whence);
	gives(peer_pid(b.peer), fl.l_pid);
	gives(UN, lock_get(b.fd, WR, 0, 10).l_type);
	gives(WR, lock_get(b.fd, RD, 29, 1).l_type);
	gives(UN, lock_get(b.fd, RD, 30, 1).l_type);
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 0, 0));
	ok(ON(b.peer, lock_set, b.theirs, RD, 10, 0));
	gives(UN, lock_get(b.fd, RD, 15, 1).l_type);
	fl = lock_get(b.fd, WR, 15, 1);
	gives(RD, fl.l_type);
	gives(10, fl.l_start);
	gives(0, fl.l_len);
	both_close(&b);
}

static void
unlocking_a_part_splits_a_lock(void **state)
{
	struct both b = both_open();
	struct flock fl;

	(void)state;
	ok(lock_set(b.fd, WR, 0, 30));
	ok(lock_set(b.fd, UN, 10, 10));
	gives(WR, ON(b.peer, lock_is, b.theirs, WR, 9, 1));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 10, 10));
	gives(WR, ON(b.peer, lock_is, b.theirs, WR, 20, 1));
	ok(ON(b.peer, lock_set, b.theirs, WR, 10, 10));
	fails(EAGAIN, lock_set(b.fd, WR, 5, 20));
	fl = lock_get(b.fd, WR, 0, 0);
	gives(10, fl.l_start);
	gives(10, fl.l_len);
	ok(ON(b.peer, lock_set, b.theirs, UN, 0, 0));
	ok(lock_set(b.fd, RD, 5, 20));
	ok(ON(b.peer, lock_set, b.theirs, RD, 5, 20));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, RD, 4, 1));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, RD, 25, 1));
	both_close(&b);
}

static void
neighbours_of_a_kind_become_one(void **state)
{
	struct both b = both_open();
	struct flock fl;

	(void)state;
	ok(ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	ok(ON(b.peer, lock_set, b.theirs, WR, 20, 10));
	ok(ON(b.peer, lock_set, b.theirs, WR, 10, 10));
	fl = lock_get(b.fd, RD, 0, 0);
	gives(0, fl.l_start);
	gives(30, fl.l_len);
	ok(ON(b.peer, lock_set, b.theirs, RD, 10, 10));
	fl = lock_get(b.fd, WR, 10, 10);
	gives(RD, fl.l_type);
	gives(10, fl.l_start);
	gives(10, fl.l_len);
	ok(ON(b.peer, lock_set, b.theirs, WR, 5, 100));
	fl = lock_get(b.fd, WR, 0, 0);
	gives(WR, fl.l_type);
	gives(105, fl.l_len);
	both_close(&b);
}

static void
ranges_begin_where_one_says(void **state)
{
	struct flock fl = {
		.l_type = WR, .l_whence = SEEK_END, .l_start = -4, .l_len = 2
	};
	struct both b = both_open();

	(void)state;
	ok(fcntl(b.fd, F_SETLK, &fl));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 0, 6));
	gives(WR, ON(b.peer, lock_is, b.theirs, WR, 6, 1));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 8, 0));
	gives(3, lseek(b.fd, 3, SEEK_SET));
	fl = (struct flock){
		.l_type = WR, .l_whence = SEEK_CUR, .l_start = -2, .l_len = 1
	};
	ok(fcntl(b.fd, F_SETLK, &fl));
	gives(WR, ON(b.peer, lock_is, b.theirs, WR, 1, 1));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 2, 1));
	ok(lock_set(b.fd, UN, 0, 0));
	/* A negative length is what lies before. */
	ok(lock_set(b.fd, WR, 10, -5));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 0, 5));
	gives(WR, ON(b.peer, lock_is, b.theirs, WR, 5, 1));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 10, 0));
	both_close(&b);
}

static void
ranges_may_lie_beyond_the_end(void **state)
{
	struct both b = both_open();

	(void)state;
	ok(lock_set(b.fd, WR, (off_t)1 << 40, 10));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, (off_t)1 << 40, 1));
	ok(ON(b.peer, lock_set, b.theirs, WR, ((off_t)1 << 40) + 10, 0));
	fails(EAGAIN, lock_set(b.fd, RD, INT64_MAX, 1));
	ok(lock_set(b.fd, WR, 0, (off_t)1 << 40));
	gives(10, size_of("f"));
	both_close(&b);
}

static void
bad_ranges_are_refused(void **state)
{
	struct both b = both_open();
	struct flock fl = { .l_type = WR, .l_whence = 9 };

	(void)state;
	fails(EINVAL, lock_set(b.fd, WR, -1, 5));
	fails(EINVAL, lock_set(b.fd, WR, 4, -5));
	fails(EINVAL, lock_set(b.fd, 77, 0, 1));
	fails(EOVERFLOW, lock_set(b.fd, WR, INT64_MAX, 2));
	fails(EINVAL, fcntl(b.fd, F_SETLK, &fl));
	fails(EINVAL, lock_is(b.fd, UN, 0, 1));
	fails(EFAULT, fcntl(b.fd, F_SETLK, (void *)1));
	fails(EFAULT, fcntl(b.fd, F_GETLK, (void *)1));
	fails(EBADF, lock_set(1000, WR, 0, 1));
	fails(EBADF, lock_is(1000, WR, 0, 1));
	gives(UN, ON(b.peer, lock_is, b.theirs, WR, 0, 0));
	both_close(&b);
}

static void
locks_need_a_descriptor_that_can_do_it(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	fails(EBADF, lock_set(fd, WR, 0, 1));
	ok(lock_set(fd, RD, 0, 1));
	ok(lock_set(fd, UN, 0, 1));
	ok(close(fd));
	fd = opens(open("f", O_WRONLY));
	fails(EBADF, lock_set(fd, RD, 0, 1));
	ok(lock_set(fd, WR, 0, 1));
	ok(lock_set(fd, UN, 0, 1));
	ok(close(fd));
	fd = opens(open("f", O_PATH));
	fails(EBADF, lock_set(fd, RD, 0, 1));
	ok(close(fd));
}

/* Those of the process, whichever descriptor it has locked with. */
static void
closing_any_descriptor_releases(void **state)
{
	struct both b = both_open();
	int fd;

	(void)state;
	ok(lock_set(b.fd, WR, 0, 10));
	fd = opens(open("f", O_RDONLY));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	ok(close(fd));
	ok(ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	ok(ON(b.peer, lock_set, b.theirs, UN, 0, 10));
	ok(lock_set(b.fd, WR, 0, 10));
	fd = opens(dup(b.fd));
	ok(close(fd));
	ok(ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	both_close(&b);
}

static void
the_end_of_a_process_releases(void **state)
{
	struct both b = both_open();

	(void)state;
	ok(ON(b.peer, lock_set, b.theirs, WR, 0, 0));
	fails(EAGAIN, lock_set(b.fd, WR, 0, 1));
	peer_free(b.peer);
	ok(lock_set(b.fd, WR, 0, 1));
	ok(close(b.fd));
}

static void
lock_as_child(void *arg)
{
	int fd = *(int *)arg;

	/* The descriptor is inherited, the lock is not. */
	fails(EAGAIN, lock_set(fd, WR, 0, 1));
	ok(lock_set(fd, WR, 20, 1));
	gives(getppid(), lock_get(fd, WR, 0, 1).l_pid);
	ok(close(fd));
}

static void
a_childs_locks_are_its_own(void **state)
{
	struct both b = both_open();

	(void)state;
	ok(lock_set(b.fd, WR, 0, 10));
	joined(beside(lock_as_child, &b.fd));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, 0, 1));
	ok(ON(b.peer, lock_set, b.theirs, WR, 20, 1));
	both_close(&b);
}

static void
locks_belong_to_the_file_not_the_name(void **state)
{
	struct both b = both_open();
	long linked;

	(void)state;
	ok(lock_set(b.fd, WR, 0, 10));
	ok(link("f", "g"));
	linked = opens((int)ON(b.peer, peer_open, STR("g"), O_RDWR));
	fails(EAGAIN, ON(b.peer, lock_set, linked, WR, 0, 10));
	ok(rename("f", "h"));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	ok(unlink("g"));
	ok(unlink("h"));
	fails(EAGAIN, ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	/* The name's next bearer is another file. */
	put("f", "other");
	linked = opens((int)ON(b.peer, peer_open, STR("f"), O_RDWR));
	ok(ON(b.peer, lock_set, linked, WR, 0, 10));
	ok(lock_set(b.fd, UN, 0, 0));
	ok(ON(b.peer, lock_set, b.theirs, WR, 0, 10));
	both_close(&b);
}

const struct CMUnitTest posix_locks[] = {
	cmocka_unit_test(a_write_lock_excludes_all_others),
	cmocka_unit_test(read_locks_are_shared),
	cmocka_unit_test(one_can_ask_who_is_in_the_way),
	cmocka_unit_test(unlocking_a_part_splits_a_lock),
	cmocka_unit_test(neighbours_of_a_kind_become_one),
	cmocka_unit_test(ranges_begin_where_one_says),
	cmocka_unit_test(ranges_may_lie_beyond_the_end),
	cmocka_unit_test(bad_ranges_are_refused),
	cmocka_unit_test(locks_need_a_descriptor_that_can_do_it),
	cmocka_unit_test(closing_any_descriptor_releases),
	cmocka_unit_test(the_end_of_a_process_releases),
	cmocka_unit_test(a_childs_locks_are_its_own),
	cmocka_unit_test(locks_belong_to_the_file_not_the_name),
	{ 0 },
};
