/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cases.c -- the tables of cases, in the order in which they are run.
 */

#include "check.h"

/* clang-format off */
#define TABLES(T)							\
	T(stat) T(statx) T(access) T(chmod) T(chown) T(mkdir) T(mknod)	\
	T(link) T(symlink) T(rename) T(rename_types) T(moved) T(race)	\
	T(utimens) T(readdir) T(opendir) T(inherit) T(names) T(search)	\
	T(times)							\
	T(open) T(open_rights) T(open_kinds) T(open_errors)		\
	T(rw) T(limits) T(lseek) T(truncate) T(sync) T(space) T(copy)	\
	T(locks) T(lock_wait) T(lock_kinds) T(mmap) T(mmap_write)	\
	T(xattr) T(xattr_rights) T(acl) T(suid) T(append) T(io_times)	\
	T(unlinked) T(exec)
/* clang-format on */

#define T(topic) extern const struct CMUnitTest posix_##topic[];
TABLES(T)
#undef T

#define T(topic) posix_##topic,
const struct CMUnitTest *const posix_cases[] = { TABLES(T) NULL };
#undef T
