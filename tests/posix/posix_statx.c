/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_statx.c -- statx(2) and statvfs(3).
 */

#include <sys/statvfs.h>
#include <sys/sysmacros.h>

#include "posix.h"

static void
statx_tells_what_stat_does(void **state)
{
	struct statx x;
	struct stat st;

	(void)state;
	put("f", "hello");
	ok(link("f", "g"));
	st = look("f");
	ok(statx(AT_FDCWD, "f", 0, STATX_BASIC_STATS, &x));
	gives(STATX_BASIC_STATS, x.stx_mask & STATX_BASIC_STATS);
	gives(st.st_mode, x.stx_mode);
	gives(st.st_nlink, x.stx_nlink);
	gives(st.st_uid, x.stx_uid);
	gives(st.st_gid, x.stx_gid);
	gives(st.st_ino, x.stx_ino);
	gives(st.st_size, x.stx_size);
	gives(st.st_blocks, x.stx_blocks);
	gives(st.st_blksize, x.stx_blksize);
	gives(major(st.st_dev), x.stx_dev_major);
	gives(minor(st.st_dev), x.stx_dev_minor);
	gives(st.st_mtim.tv_sec, x.stx_mtime.tv_sec);
	gives(st.st_mtim.tv_nsec, x.stx_mtime.tv_nsec);
	gives(st.st_ctim.tv_sec, x.stx_ctime.tv_sec);
	gives(st.st_ctim.tv_nsec, x.stx_ctime.tv_nsec);
	gives(st.st_atim.tv_sec, x.stx_atime.tv_sec);
}

static void
statx_takes_flags(void **state)
{
	struct statx x;
	int fd;

	(void)state;
	put("f", "hello");
	ok(symlink("f", "l"));
	ok(statx(AT_FDCWD, "l", 0, STATX_TYPE, &x));
	yes(S_ISREG(x.stx_mode));
	ok(statx(AT_FDCWD, "l", AT_SYMLINK_NOFOLLOW, STATX_TYPE, &x));
	yes(S_ISLNK(x.stx_mode));
	ok(statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC, STATX_SIZE, &x));
	gives(5, x.stx_size);
	ok(statx(AT_FDCWD, "f", AT_STATX_DONT_SYNC, STATX_SIZE, &x));
	gives(5, x.stx_size);
	fd = opens(open("f", O_RDONLY));
	ok(statx(fd, "", AT_EMPTY_PATH, STATX_BASIC_STATS, &x));
	gives(5, x.stx_size);
	fails(ENOENT, statx(fd, "", 0, STATX_BASIC_STATS, &x));
}

static void
statx_refuses(void **state)
{
	struct statx x;
	int fd;

	(void)state;
	put("f", "");
	fd = opens(open("f", O_RDONLY));
	fails(ENOENT, statx(AT_FDCWD, "g", 0, STATX_BASIC_STATS, &x));
	fails(ENOTDIR, statx(AT_FDCWD, "f/g", 0, STATX_BASIC_STATS, &x));
	fails(ENOTDIR, statx(fd, "g", 0, STATX_BASIC_STATS, &x));
	fails(EBADF, statx(-1, "f", 0, STATX_BASIC_STATS, &x));
	fails(EINVAL, statx(AT_FDCWD, "f", 0x40000000, STATX_BASIC_STATS, &x));
	fails(EINVAL,
	    statx(AT_FDCWD, "f", AT_STATX_FORCE_SYNC | AT_STATX_DONT_SYNC,
		STATX_BASIC_STATS, &x));
	fails(EINVAL, statx(AT_FDCWD, "f", 0, STATX__RESERVED, &x));
	fails(
	    EFAULT, statx(AT_FDCWD, (const char *)1, 0, STATX_BASIC_STATS, &x));
}

static void
statvfs_is_sound(void **state)
{
	struct statvfs a, b;
	int fd;

	(void)state;
	ok(statvfs(".", &a));
	gives(255, a.f_namemax);
	yes(a.f_bsize > 0);
	yes(a.f_frsize > 0);
	yes(a.f_blocks > 0);
	yes(a.f_bfree <= a.f_blocks);
	yes(a.f_bavail <= a.f_bfree);
	yes(a.f_ffree <= a.f_files);
	fd = opens(open(".", O_RDONLY));
	ok(fstatvfs(fd, &b));
	gives(a.f_blocks, b.f_blocks);
	gives(a.f_namemax, b.f_namemax);
	gives(a.f_bsize, b.f_bsize);
	fails(ENOENT, statvfs("nothing", &a));
	fails(EBADF, fstatvfs(-1, &a));
}

const struct CMUnitTest posix_statx[] = {
	cmocka_unit_test(statx_tells_what_stat_does),
	cmocka_unit_test(statx_takes_flags),
	cmocka_unit_test(statx_refuses),
	cmocka_unit_test(statvfs_is_sound),
	{ 0 },
};
