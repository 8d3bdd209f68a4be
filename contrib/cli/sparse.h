/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * sparse.h -- what of a buffer has to be written, if the rest may be holes.
 */

#ifndef SPARSE_H
#define SPARSE_H

#include <stddef.h>

/*
 * The first run of blocks from *at on that are not all zeros: *at is where it
 * begins, and the result how long it is; 0: there is none, and *at is len.
 * Blocks are counted from buf on.
 */
size_t sparse_run(const char *buf, size_t len, size_t *at);

#endif
