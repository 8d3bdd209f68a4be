/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fs_alike.h -- one list of expectations, run on each backend: in memory, and
 * on the host.
 *
 * What is said of a file in test_fs_alike_*.c holds wherever it lies; what is
 * peculiar to one of them is tested with that one.  To test a new file system
 * like this, add it to backends in fs_alike.c.
 */

#ifndef FS_ALIKE_H
#define FS_ALIKE_H

#include "fixture.h"

struct expectation {
	const char *name;
	CMUnitTestFunction run;
	bool many_users; /* for backends that have more than one */
};

#define ONE(f)                                                                 \
	{                                                                      \
#f, f, false                                                   \
	}
#define MANY(f)                                                                \
	{                                                                      \
#f, f, true                                                    \
	}

/* What main() returns: how many did not hold, of n on each backend. */
int fs_alike(const struct expectation *list, size_t n);
#define FS_ALIKE(list) fs_alike(list, sizeof(list) / sizeof((list)[0]))

/* By the server itself; these do not fail. */
struct vnode *make_dir(
    const struct fixture *fx, struct vnode *dir, const char *name);
struct vnode *make_file(
    const struct fixture *fx, struct vnode *dir, const char *name);
struct vfile make_open(const struct fixture *fx, const char *name);
struct vattr attr_of(const struct fixture *fx, struct vnode *vn);

bool exists(const struct fixture *fx, const char *path);

#endif
