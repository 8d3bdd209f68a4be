/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire_calls.h -- a step as messages.
 */

#ifndef WIRE_CALLS_H
#define WIRE_CALLS_H

#include "etfsc.h"
#include "party.h"

struct wire_calls {
	struct etfsc *fs;
	uint32_t root; /* the history's directory */
	struct {
		uint32_t walked, open; /* or ETFSC_NOFID */
	} slots[STEP_SLOTS];
};

void wire_calls_run(
    struct wire_calls *c, const struct step *s, struct outcome *out);

/* Those that make, remove, move and open names. */
int wire_name(struct wire_calls *c, const struct step *s, struct outcome *out);
int wire_open(struct wire_calls *c, const struct step *s);

/*
 * A fid for the first n names of a place, to be forgotten.  Returns 0 or
 * -errno; *type may be NULL.
 */
int wire_walk(struct wire_calls *c, const struct step *s, const struct place *p,
    unsigned int n, uint32_t *fid, uint8_t *type);
int wire_clone(struct wire_calls *c, uint32_t from, uint32_t *fid);

#endif
