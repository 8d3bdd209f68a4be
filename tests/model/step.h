/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.h -- one step of a history, and what came of it.
 *
 * A history is a seed: step i is a function of the seed and i, and of which
 * files there are by then.  So any part of a history is one, too, which is what
 * makes a long one that fails easy to shorten.
 *
 * Steps and outcomes are plain data, so that they can be handed to another
 * process.
 */

#ifndef STEP_H
#define STEP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <sys/types.h>
#include <time.h>

#define STEP_PARTIES 8
#define STEP_SLOTS                                                             \
	5 /* files that a party has open; the last is the checker's */
#define STEP_CHECKER (STEP_SLOTS - 1)
#define STEP_DEPTH 24 /* names in a path */
#define STEP_DATA 12288 /* bytes that are read or written */
#define STEP_ROOT (-1) /* in place of a slot: the directory of the history */

enum op {
	OP_OPEN,
	OP_CLOSE,
	OP_READ,
	OP_WRITE,
	OP_READDIR,
	OP_FSYNC,
	OP_STAT,
	OP_CHMOD,
	OP_CHOWN,
	OP_UTIMES,
	OP_TRUNCATE,
	OP_GETXATTR,
	OP_SETXATTR,
	OP_REMOVEXATTR,
	OP_LISTXATTR,
	OP_READLINK,
	OP_MKDIR,
	OP_MKFIFO,
	OP_SYMLINK,
	OP_LINK,
	OP_RENAME,
	OP_UNLINK,
	OP_RMDIR,
	OP_STATFS,
	OP_LOCK,
	OP_COUNT
};

/* Bits of a step's way; all but the first are for clients. */
#define WAY_OTHER 1 /* by the open fid, not the walked one; fdatasync */
#define WAY_SINGLY 2 /* a name at a time */
#define WAY_OLD 4 /* Trename and Tremove */

/* Names below what a slot holds, or below the root; none: that itself. */
struct place {
	int base; /* slot, or STEP_ROOT */
	unsigned int n;
	uint8_t names[STEP_DEPTH]; /* for step_name() */
};

struct step {
	enum op op;
	unsigned int party;
	unsigned int way; /* WAY_*: which of several ways to do it */
	uint32_t fit; /* for world_fit() */
	int slot; /* the open file; STEP_ROOT: at, not an open file */
	struct place at, to;
	int flags; /* of open(2), setxattr(2); type of a lock */
	mode_t mode;
	uid_t uid; /* (uid_t)-1: leave it */
	gid_t gid;
	uint64_t off;
	uint32_t len;
	uint32_t seed; /* of data, and of an xattr's value */
	unsigned int which; /* xattr, or target of a symbolic link */
	struct timespec times[2];
};

struct outcome_attr {
	mode_t mode;
	uid_t uid;
	gid_t gid;
	uint64_t ino, nlink, size;
	struct timespec atime, mtime, ctime;
};

struct outcome {
	int rc; /* a count, or -errno */
	struct outcome_attr attr; /* of OP_STAT */
	uint32_t len; /* of data: what was read; names; a target */
	uint8_t data[STEP_DATA];
};

/* Names, each with a newline: what readdir and listxattr bring. */
void outcome_add(struct outcome *out, const char *name);
void outcome_sort(struct outcome *out);

/* Step i of a history, for so many parties. */
struct step_how {
	uint64_t seed;
	unsigned int nparties;
	bool root; /* may give files away */
	bool xattrs; /* there are user.* ones */
	bool seconds; /* times are whole ones */
};
void step_make(const struct step_how *how, uint64_t i, struct step *step);

/* A line that tells what it does. */
void step_print(const struct step *step, char *buf, size_t cap);

const char *step_op_name(enum op op);
#define STEP_GOOD_NAMES 6 /* the first ones */
const char *step_name(unsigned int i);
const char *step_target(unsigned int i); /* of a symbolic link */
const char *step_xattr(unsigned int i);
/* "a/b", or "." if there are no names. */
void step_path(const struct place *p, char *buf, size_t cap);
/* What is written by seed: never a 0. */
void step_fill(uint32_t seed, uint8_t *buf, size_t len);

/* The number of a name among step_name()'s, or -1. */
int step_name_number(const char *name);

#endif
