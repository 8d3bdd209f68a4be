/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * step.c -- what a seed says.
 *
 * There are few names, so that they collide; some of them are bad.  Half of the
 * time a name is one that there is at that moment, whatever it is called: see
 * world_fit().
 */

#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/xattr.h>

#include "step.h"

#define COUNT(a) (sizeof(a) / sizeof((a)[0]))

static char longest[256], too_long[257];

static const char *const names[] = { "a", "b", "c", "d", "e", "f", longest,
	too_long, "..", "nowhere" };
enum {
	LONGEST = STEP_GOOD_NAMES,
	TOO_LONG,
	DOTDOT
};

static const char *const targets[] = { "a", "b", "c/a", "d/b", "nowhere",
	"b/nowhere/c" };
static const char *const xattrs[] = { "user.x", "user.y", "user.z" };

struct random {
	uint64_t state;
};

/* splitmix64: every state gives a good number. */
static uint64_t
next(struct random *r)
{
	uint64_t z = (r->state += 0x9e3779b97f4a7c15U);

	z = (z ^ (z >> 30)) * 0xbf58476d1ce4e5b9U;
	z = (z ^ (z >> 27)) * 0x94d049bb133111ebU;
	return z ^ (z >> 31);
}

static unsigned int
below(struct random *r, unsigned int n)
{
	return (unsigned int)((next(r) >> 16) % n);
}

static bool
one_in(struct random *r, unsigned int n)
{
	return below(r, n) == 0;
}

const char *
step_name(unsigned int i)
{
	memset(longest, 'n', sizeof(longest) - 1);
	memset(too_long, 'm', sizeof(too_long) - 1);
	return names[i];
}

int
step_name_number(const char *name)
{
	unsigned int i;

	for (i = 0; i < COUNT(names); i++)
		if (strcmp(step_name(i), name) == 0)
			return (int)i;
	return -1;
}

const char *
step_target(unsigned int i)
{
	return targets[i];
}

const char *
step_xattr(unsigned int i)
{
	return xattrs[i];
}

void
step_fill(uint32_t seed, uint8_t *buf, size_t len)
{
	struct random r = { seed };
	size_t i;

	for (i = 0; i < len; i++)
		buf[i] = (uint8_t)(next(&r) % 255 + 1);
}

static uint8_t
random_name(struct random *r)
{
	if (one_in(r, 60))
		return TOO_LONG;
	return one_in(r, 40) ? LONGEST : (uint8_t)below(r, STEP_GOOD_NAMES);
}

/* ".." only behind a name: it must not lead out of the root. */
static void
random_place(struct random *r, struct place *p, bool may_be_none)
{
	static const unsigned int depths[] = { 1, 1, 1, 1, 2, 2, 2, 3 };
	unsigned int i;

	p->base = one_in(r, 4) ? (int)below(r, STEP_CHECKER) : STEP_ROOT;
	p->n = depths[below(r, COUNT(depths))];
	if (may_be_none && one_in(r, 6))
		p->n = 0;
	for (i = 0; i < p->n; i++)
		p->names[i] = random_name(r);
	if (p->n == 3 && one_in(r, 4))
		p->names[1] = DOTDOT;
}

/* Sizes and places of data: small ones, near pages' ends, and far ones. */
static uint64_t
random_offset(struct random *r)
{
	switch (below(r, 8)) {
	case 0:
		return 0;
	case 1:
		return (uint64_t)4096 * below(r, 8);
	case 2:
		return (uint64_t)4096 * (1 + below(r, 8)) - 1 + below(r, 3);
	case 3:
		return ((uint64_t)1 << below(r, 40)) + below(r, 100);
	default:
		return below(r, 20000);
	}
}

static uint32_t
random_len(struct random *r)
{
	switch (below(r, 8)) {
	case 0:
		return below(r, 2);
	case 1:
		return 4096;
	case 2:
		return below(r, STEP_DATA) + 1;
	default:
		return below(r, 300);
	}
}

static int
random_flags(struct random *r)
{
	static const int access[] = { O_RDONLY, O_WRONLY, O_RDWR, O_RDWR };
	int flags = access[below(r, COUNT(access))];

	if (one_in(r, 5))
		return O_RDONLY | O_DIRECTORY;
	if (!one_in(r, 3))
		flags |= O_CREAT | (one_in(r, 3) ? O_EXCL : 0);
	if (one_in(r, 5))
		flags |= O_TRUNC;
	if (one_in(r, 4))
		flags |= O_APPEND;
	if (one_in(r, 6))
		flags |= O_NOFOLLOW;
	return flags;
}

static mode_t
random_mode(const struct step_how *how, struct random *r)
{
	mode_t mode = (mode_t)below(r, 01000);

	if (one_in(r, 3))
		mode |= (mode_t)(below(r, 8) << 9);
	/* Linux protects what lies in such directories, also from root. */
	if (mode & S_ISVTX)
		mode &= ~(mode_t)(S_IWGRP | S_IWOTH);
	/* Of others Linux takes set-id bits away when they write. */
	return how->root ? mode : (mode & ~(mode_t)06000) | S_IRWXU;
}

/* The time of a file is some day, or now, or as it was. */
static struct timespec
random_time(const struct step_how *how, struct random *r)
{
	struct timespec ts = { 0, UTIME_NOW };

	if (one_in(r, 4))
		ts.tv_nsec = one_in(r, 2) ? UTIME_NOW : UTIME_OMIT;
	else
		ts = (struct timespec){ 1000000000 + below(r, 400000000),
			how->seconds ? 0 : below(r, 1000000000) };
	return ts;
}

static enum op
random_op(const struct step_how *how, struct random *r)
{
	static const uint8_t weights[OP_COUNT] = { [OP_OPEN] = 12,
		[OP_CLOSE] = 8,
		[OP_READ] = 10,
		[OP_WRITE] = 16,
		[OP_READDIR] = 4,
		[OP_FSYNC] = 2,
		[OP_STAT] = 5,
		[OP_CHMOD] = 4,
		[OP_CHOWN] = 4,
		[OP_UTIMES] = 4,
		[OP_TRUNCATE] = 5,
		[OP_GETXATTR] = 3,
		[OP_SETXATTR] = 4,
		[OP_REMOVEXATTR] = 2,
		[OP_LISTXATTR] = 2,
		[OP_READLINK] = 2,
		[OP_MKDIR] = 4,
		[OP_MKFIFO] = 2,
		[OP_SYMLINK] = 4,
		[OP_LINK] = 6,
		[OP_RENAME] = 10,
		[OP_UNLINK] = 8,
		[OP_RMDIR] = 4,
		[OP_STATFS] = 1,
		[OP_LOCK] = 6 };
	unsigned int i, sum = 0, pick;

	for (i = 0; i < OP_COUNT; i++)
		sum += weights[i];
	pick = below(r, sum);
	for (i = 0; pick >= weights[i]; i++)
		pick -= weights[i];
	if (i >= OP_GETXATTR && i <= OP_LISTXATTR && !how->xattrs)
		return OP_STAT;
	if (i == OP_CHOWN && !how->root)
		return OP_CHMOD;
	return (enum op)i;
}

/* Operations on what is open, on a name, or on either. */
static int
random_slot(struct random *r, enum op op)
{
	switch (op) {
	case OP_OPEN:
	case OP_CLOSE:
	case OP_READ:
	case OP_WRITE:
	case OP_READDIR:
	case OP_FSYNC:
	case OP_LOCK:
		break;
	case OP_LINK:
		if (!one_in(r, 6))
			return STEP_ROOT;
		break;
	case OP_READLINK:
	case OP_MKDIR:
	case OP_MKFIFO:
	case OP_SYMLINK:
	case OP_RENAME:
	case OP_UNLINK:
	case OP_RMDIR:
		return STEP_ROOT;
	default:
		if (!one_in(r, 3))
			return STEP_ROOT;
	}
	return (int)below(r, STEP_CHECKER);
}

void
step_make(const struct step_how *how, uint64_t i, struct step *step)
{
	struct random r = { how->seed * 0x100000001b3U + i * 0x1f123bb5U };
	static const uint32_t ids[] = { 0, 1, 1000, 70000, (uint32_t)-1 };
	enum op op;

	next(&r);
	op = random_op(how, &r);
	*step = (struct step){ .op = op,
		.party = below(&r, how->nparties),
		.way = below(&r, 8),
		.fit = (uint32_t)next(&r),
		.slot = random_slot(&r, op) };
	random_place(&r, &step->at,
	    op == OP_OPEN || (op >= OP_READDIR && op <= OP_LISTXATTR));
	if (step->at.n == 0 && op >= OP_READLINK)
		step->at = (struct place){ STEP_ROOT, 1, { random_name(&r) } };
	random_place(&r, &step->to, false);
	step->flags = op == OP_OPEN ? random_flags(&r) : (int)below(&r, 3);
	step->mode = random_mode(how, &r);
	if (op == OP_MKDIR)
		step->mode &= 01777; /* the rest is not mkdir's */
	step->uid = ids[below(&r, COUNT(ids))];
	step->gid = ids[below(&r, COUNT(ids))];
	step->off = random_offset(&r);
	step->len = random_len(&r);
	step->seed = (uint32_t)next(&r);
	step->which =
	    below(&r, op == OP_SYMLINK ? COUNT(targets) : COUNT(xattrs));
	step->times[0] = random_time(how, &r);
	step->times[1] = random_time(how, &r);
}
