/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.h -- lines that were typed, in a file: one on each line, to which
 * several shells may add at a time.
 */

#ifndef HISTORY_H
#define HISTORY_H

#include <stddef.h>

struct history {
	int fd; /* -1: none */
};

/*
 * Hand out the last max lines, the oldest first.  A file that has many more is
 * cut down to these.
 */
void history_open(struct history *h, size_t max,
    void (*each)(void *arg, const char *line), void *arg);
void history_close(struct history *h);

/* One with a newline in it is not kept. */
void history_add(struct history *h, const char *line);

#endif
