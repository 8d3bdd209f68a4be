/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * allowed.h -- the differences between two transcripts that have a reason.
 */

#ifndef ALLOWED_H
#define ALLOWED_H

#include "gtool.h"

/* A file's lines, without their ends. */
struct text {
	char **line;
	size_t lines;
};

/*
 * Learn from a text what is allowed in a place.  Keeps pointers into the text.
 * Once; ends the process if there is too much.
 */
void allowed_read(const struct text *t, const char *place);

/* The reason for which these lines may differ, its first line; NULL: none. */
const char *allowed_reason(const char *tmpfs, const char *here);

#endif /* ALLOWED_H */
