/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * job.h -- one file that is being copied, from its attributes to its final
 * name.
 *
 * It is a list of steps, each of one message at most.  A step returns as the
 * calls of a place do; less than 0, or more than 0 from DATA or VERIFY, is a
 * failure.  What comes after each is in the table in copy_file.c.
 */

#ifndef JOB_H
#define JOB_H

#include "copy.h"
#include "flow.h"
#include "partial.h"

/* clang-format off */
#define JOB_STEPS(X) \
	/* The source. */ \
	X(FIND, find) X(STAT, stat) X(KIND, kind) \
	/* Is it there already? */ \
	X(HAVE, have) X(HAVE_STAT, have_stat) X(HAVE_SAME, have_same) \
	X(OPEN, open) \
	/* Has it been begun? */ \
	X(PART, part) X(PART_STAT, part_stat) X(PART_FITS, part_fits) \
	X(PART_OPEN, part_open) X(TRIM, trim) \
	/* It begins. */ \
	X(TWIN, twin) X(CREATE, create) X(CLEAR, clear) X(STAMP, stamp) \
	X(DATA, data) X(SIZE, size) X(VERIFY, verify) X(SET, set) \
	X(SET_LESS, set_less) X(SET_LEAST, set_less) \
	X(CLOSE, close) X(RENAME, rename) \
	/* Symbolic links, up to RENAME. */ \
	X(LINK_FIND, find) X(LINK_STAT, stat) X(LINK_READ, link_read) \
	X(LINK_MAKE, link_make) X(LINK_CLEAR, clear) \
	X(LINK_OPEN, link_open) X(LINK_SET, link_set) \
	X(LINK_LESS, set_less) X(LINK_LEAST, set_less)
/* clang-format on */

enum job_step {
#define X(step, name) JOB_##step,
	JOB_STEPS(X)
#undef X
	JOB_REMOVE, /* it has failed, and what it made is removed */
	JOB_END
};

struct job {
	struct etfsc_req req; /* its first member */
	struct flow flow;
	struct copy *cp;
	struct job *next, **prev; /* of cp's jobs */
	struct copy_dir *dir;
	enum job_step step;
	int rc; /* of the step before */
	int why; /* it failed; 0: it has not */
	char *name, *to;
	char part[PARTIAL_NAME];
	char target[PLACE_TARGET + 1]; /* of a link */
	struct place_file src, dst, have;
	struct etfsc_attr attr, old;
	bool cleared; /* what was called part has been removed */
	bool created; /* part is ours */
	enum copy_keep keep; /* if anything is */
	unsigned int chunks;
};

#define X(step, name) int job_##name(struct job *j);
JOB_STEPS(X)
#undef X

/* The step that was pending has ended so. */
void job_advance(struct job *j, int rc);

#endif
