/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * partial.h -- files that are not whole yet: what they are called, and how one
 * is known again.
 *
 * Its access time says what it was begun from, as it is neither read nor does
 * writing change it; who reads it has it begun anew, which is safe.
 */

#ifndef PARTIAL_H
#define PARTIAL_H

#include "cli.h"

#define PARTIAL_NAME (ETFSC_NAME_MAX + 1)

/*
 * Bytes from the lowest that is not written to the highest that may be: so much
 * of what is there is not to be believed.  Smaller files are not worth it.
 */
#define PARTIAL_WINDOW (8U << 20)

/* Of what will be called name. */
void partial_name(const char *name, char out[PARTIAL_NAME]);

/* Could it be such a name? */
bool partial_named(const char *name);

bool partial_worth(const struct etfsc_attr *source);

/* The access time of what is begun from source. */
struct timespec partial_stamp(const struct etfsc_attr *source);

/* Where to go on in partial; 0: it is of no use. */
uint64_t partial_offset(
    const struct etfsc_attr *source, const struct etfsc_attr *partial);

#endif
