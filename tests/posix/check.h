/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.h -- what the parts of the program share, and cases need not see.
 */

#ifndef CHECK_H
#define CHECK_H

#include <stdatomic.h>

#include "posix.h"

/* Of one case, in memory that all its processes share. */
struct tally {
	atomic_ulong assertions;
	atomic_bool failed;
	char what[1024]; /* of the first failure */
};

/*
 * In a case's process, first: where to count, and a file of root's on the file
 * system that nobody else touches.
 */
void posix_begin(struct tally *t, int clock_fd);

/*
 * All tables of cases; each ends with an empty one, and so does the list.  The
 * second list is of those that ask what two parties see of each other; some are
 * in both.
 */
extern const struct CMUnitTest *const posix_cases[], *const posix_two_cases[];

/* Is there a case of that name? */
bool posix_is_case(const char *name);

/* A line of expected.tsv. */
struct expected {
	char *name; /* of the case */
	char *when; /* "cache=none|mmap,access=client", or "-" */
	char
	    *what; /* is a part of what is told of the failure; "?": left out */
	char *why;
};

/* Once.  Ends the program if it cannot be read, or names what there is not. */
void expected_read(const char *path);

/*
 * What is expected of a case where conditions are "cache=none,access=client";
 * NULL: that it passes.
 */
const struct expected *expected_of(const char *name, const char *conditions);

#endif
