/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_model.h -- what byte-range locks are to do: an array.
 *
 * It says for every byte of a small range and every owner what is held there
 * and through which file.  A lock is a run of equal bytes; the limit is on
 * their number.  Another array says what processes of the host hold.
 */

#ifndef LOCK_MODEL_H
#define LOCK_MODEL_H

#include "lock_fixture.h"

#define LOCK_BYTES 24
#define LOCK_OWNERS 4

struct lock_byte {
	unsigned char held; /* a vlock_type; VLOCK_UNLOCK if not */
	unsigned char file;
};

struct lock_model {
	uint64_t base; /* of the range */
	uint32_t seed;
	struct vlock_owner owners[LOCK_OWNERS];
	struct lock_byte bytes[LOCK_OWNERS][LOCK_BYTES];
	unsigned char theirs[LOCK_BYTES];
	int changes; /* how often the union is to have been changed by what was
		      * done last: each range that became free is one */
};

void lock_model_init(struct lock_model *m, uint64_t base, uint32_t seed);
uint32_t lock_model_draw(struct lock_model *m, uint32_t below);

/* What somebody who is no client sees of byte b. */
enum vlock_type lock_model_union(const struct lock_model *m, size_t b);

/* May a process of the host have a lock of type there? */
bool lock_model_may(
    const struct lock_model *m, size_t first, size_t last, unsigned char type);

/* Do something, and compare what it said. */
void lock_model_step(struct lock_world *w, struct lock_model *m);
void lock_model_reopen(struct lock_world *w, struct lock_model *m, size_t file);

/* Compare what is held, as clients see it. */
void lock_model_compare(struct lock_world *w, struct lock_model *m);

#endif
