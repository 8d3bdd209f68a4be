/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * plan.h -- what is to become of the operations of a heldfs, as it is told by
 * the test that started it.
 *
 * A test writes a command in a line, and reads one back: "ok NUMBER".
 *
 *	hold OP			who comes waits
 *	let OP N		N of those that wait, the oldest, may go on
 *	release OP		all may go on, and nobody has to wait
 *	await OP N		answered when N wait
 *	count OP		how many have come so far
 *	fail OP ERRNO FROM N	the FROM-th from now, 1 is the next, and those
 *				after it fail, N in all; 0: all that come
 *	short OP N		they move N bytes at most; 0: as they like
 *	die			end, and leave the mount behind, dead
 *
 * What fails has waited before, if it was to wait.
 */

#ifndef PLAN_H
#define PLAN_H

#include <stddef.h>

/* clang-format off */
#define PLAN_OPS(X)							\
	X(getattr) X(readlink) X(mknod) X(mkdir) X(unlink) X(rmdir)	\
	X(symlink) X(rename) X(link) X(chmod) X(chown) X(truncate)	\
	X(utimens) X(open) X(create) X(read) X(write) X(statfs)		\
	X(flush) X(fsync) X(opendir) X(readdir) X(setxattr) X(getxattr)	\
	X(listxattr) X(removexattr)
/* clang-format on */

enum plan_op {
#define X(op) OP_##op,
	PLAN_OPS(X)
#undef X
	NOPS
};

/* An operation has come: wait if it has to.  0, or -errno to fail with. */
int plan_meet(enum plan_op op);

/* How many of size bytes may be moved. */
size_t plan_size(enum plan_op op, size_t size);

/*
 * Take commands at fd until its other end is closed.  On a thread of its own;
 * the first "ok" says that all is ready.
 */
void plan_serve(int fd);

#endif
