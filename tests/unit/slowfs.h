/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slowfs.h -- a file system whose operations end when and how a test says.
 *
 * Its tree never changes: in every directory there are the directories d0,
 * d1, ..., the files f0, f1, ... and a symbolic link l, and they are the same
 * everywhere.  Whatever would change something ends well and changes nothing.
 * A file's number, as a byte, is all that can be read in it.
 *
 * How an operation ends is its kind's plan at the time at which it is called;
 * each begins as { SLOW_NOW, 0 }.
 */

#ifndef SLOWFS_H
#define SLOWFS_H

#include "vfs.h"

enum slow_kind {
	SLOW_LOOKUP,
	SLOW_GETATTR,
	SLOW_SETATTR,
	SLOW_READLINK,
	SLOW_STATFS,
	SLOW_OPEN,
	SLOW_CLOSE,
	SLOW_CREATE,
	SLOW_MKDIR,
	SLOW_MKNOD,
	SLOW_SYMLINK,
	SLOW_LINK,
	SLOW_RENAME,
	SLOW_UNLINK,
	SLOW_READ,
	SLOW_WRITE,
	SLOW_FSYNC,
	SLOW_READDIR,
	SLOW_GETXATTR,
	SLOW_LISTXATTR,
	SLOW_SETXATTR,
	SLOW_REMOVEXATTR,
	SLOW_NKINDS
};

enum slow_way {
	SLOW_NOW, /* where it is called */
	SLOW_WORKER, /* on a worker, where it takes a ticket first */
	SLOW_SELDOM, /* the same, unless the loop plays the worker */
	SLOW_BUSY, /* ... which takes it a while */
	SLOW_ASLEEP, /* ... and it sleeps meanwhile */
	SLOW_PENDING, /* by slow_finish() or slow_post(); or hurried */
	SLOW_DEAF, /* the same, but being hurried is only counted */
};

struct slow_plan {
	enum slow_way way;
	int rc; /* 0 or -errno */
};

#define SLOW_DIRS 4
#define SLOW_FILES 8
#define SLOW_XATTR 100 /* bytes of every attribute */

struct slowfs;

int slowfs_new(struct vfs *vfs, struct slowfs **out);
struct vfs_fs *slow_fs(struct slowfs *fs); /* what to mount */

void slow_plan(
    struct slowfs *fs, enum slow_kind kind, enum slow_way way, int rc);
void slow_plan_all(struct slowfs *fs, enum slow_way way, int rc);

/* Operations on vn stand in the lane of dev; before that, in that of 0. */
void slow_set_lane(struct vnode *vn, uint64_t dev);

/* Wait until n calls, counted from the beginning, have come to a worker. */
void slow_await_workers(struct slowfs *fs, unsigned int n);

/* One call that is on a worker, now or later, may end; or all of them. */
void slow_ticket(struct slowfs *fs);
void slow_open_gate(struct slowfs *fs);

/* How many calls are pending; which of them, in order of age, is to end. */
size_t slow_npending(struct slowfs *fs);
void slow_finish(struct slowfs *fs, size_t which); /* here and now */
void slow_post(struct slowfs *fs, size_t which); /* in the loop's next turn */
void slow_post_from_afar(struct slowfs *fs, size_t which); /* on a thread */

/* How often this was done, well or badly; not what was canceled. */
unsigned int slow_calls(struct slowfs *fs, enum slow_kind kind);
unsigned int slow_hurried(struct slowfs *fs);
unsigned int slow_played(struct slowfs *fs); /* by the loop */

/* What others hold: references, vfiles, and vnodes with locks. */
unsigned int slow_refs(struct slowfs *fs);
unsigned int slow_opens(struct slowfs *fs);
unsigned int slow_locked(struct slowfs *fs);

#endif
