/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * progress.h -- a line that tells how far it is, on a terminal.
 */

#ifndef PROGRESS_H
#define PROGRESS_H

#include "cli.h"

struct progress {
	bool on;
	bool shown; /* the line stands there */
	bool all; /* no more files will be known */
	uint64_t files, bytes; /* that have been copied */
	uint64_t total; /* bytes of files that are known */
	int64_t began, last; /* ms */
};

void progress_begin(struct progress *p, bool on);
/* Show it, if that is due. */
void progress_show(struct progress *p);
/* Before something else is printed, and at the end. */
void progress_clear(struct progress *p);

#endif
