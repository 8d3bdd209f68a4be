/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock.c -- calls about locks that this process makes, or a peer.
 */

#include "lock.h"

static long
do_lock(int op, long fd, long type, long start, long len)
{
	struct flock fl = { .l_type = (short)type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len };

	return fcntl((int)fd, op, &fl);
}

long
lock_set(long fd, long type, long start, long len)
{
	return do_lock(F_SETLK, fd, type, start, len);
}

long
lock_wait(long fd, long type, long start, long len)
{
	return do_lock(F_SETLKW, fd, type, start, len);
}

long
lock_ofd(long fd, long type, long start, long len)
{
	return do_lock(F_OFD_SETLK, fd, type, start, len);
}

long
lock_ofd_wait(long fd, long type, long start, long len)
{
	return do_lock(F_OFD_SETLKW, fd, type, start, len);
}

struct flock
lock_get(int fd, short type, off_t start, off_t len)
{
	struct flock fl = { .l_type = type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len };

	ok(fcntl(fd, F_GETLK, &fl));
	return fl;
}

long
lock_is(long fd, long type, long start, long len)
{
	struct flock fl = { .l_type = (short)type,
		.l_whence = SEEK_SET,
		.l_start = start,
		.l_len = len };

	return fcntl((int)fd, F_GETLK, &fl) == -1 ? -1 : fl.l_type;
}

long
lock_flock(long fd, long op, long unused, long unused2)
{
	(void)unused;
	(void)unused2;
	return flock((int)fd, (int)op);
}
