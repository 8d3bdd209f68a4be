/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cases.c -- the tables of cases, in the order in which they are run: what one
 * directory is asked, and what is asked of two mounts.
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
#define TWO(T)								\
	T(two_open) T(two_unlinked) T(two_append) T(two_attr) T(two_acl)	\
	T(two_dirs) T(two_readdir) T(two_locks)
/* What is in the first list and has a second party, too. */
#define ALSO_TWO(T)							\
	T(race) T(locks) T(lock_wait) T(lock_kinds) T(append)
/* clang-format on */

#define T(topic) extern const struct CMUnitTest posix_##topic[];
TABLES(T)
TWO(T)
#undef T

#define T(topic) posix_##topic,
const struct CMUnitTest *const posix_cases[] = { TABLES(T) NULL };
const struct CMUnitTest *const posix_two_cases[] = { TWO(T) ALSO_TWO(T) NULL };
#undef T

static bool
has(const struct CMUnitTest *const *table, const char *name)
{
	const struct CMUnitTest *c;

	for (; *table != NULL; table++)
		for (c = *table; c->name != NULL; c++)
			if (strcmp(c->name, name) == 0)
				return true;
	return false;
}

bool
posix_is_case(const char *name)
{
	return has(posix_cases, name) || has(posix_two_cases, name);
}
