/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * dir_calls.h -- a step as system calls.
 */

#ifndef DIR_CALLS_H
#define DIR_CALLS_H

#include "step.h"

struct dir_calls {
	const char *top; /* where histories have their directories */
	int root; /* the history's */
	int slots[STEP_SLOTS]; /* descriptors, or -1 */
};

void dir_calls_run(
    struct dir_calls *c, const struct step *s, struct outcome *out);

#endif
