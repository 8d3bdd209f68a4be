/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * history.h -- steps done by parties, and by the model beside them.
 */

#ifndef HISTORY_H
#define HISTORY_H

#include "party.h"
#include "world.h"

struct history {
	struct step_how how;
	struct party *party[STEP_PARTIES];
	struct world world;
	unsigned int every; /* steps between two looks at everything */
	unsigned int runs; /* so far: each has a directory of its own */
	bool show; /* print what is done */
	bool mixed; /* some share the server with a kernel that mounted it */

	/* Of the last run. */
	uint64_t done[OP_COUNT], well[OP_COUNT]; /* without an errno */
	uint64_t looks; /* operations only to see what had come of others */
	char why[1024]; /* what was wrong */
	struct history_line *lines; /* those that were done */
	size_t nlines;
	bool lost; /* the server, or a process, is gone */
};

/* Room for steps of one run. */
struct history_line {
	uint64_t number;
	struct step step; /* as it was done */
};
void history_room(struct history *h, size_t most);

/*
 * Do the steps of these numbers.  Returns how many were done when something
 * was wrong, or n + 1 if nothing was.
 */
size_t history_run(struct history *h, const uint64_t *steps, size_t n);

/*
 * Look at everything: contents, attributes, names, by all parties in turn.
 * False: something is wrong.
 */
bool history_look(struct history *h);

/* One step, by the model and by a party; false if they disagree. */
bool history_step(struct history *h, const struct step *s);

/* What is wrong with the attributes that OP_STAT brought; and learn them. */
bool history_attr(
    struct history *h, const struct step *s, const struct outcome_attr *got);

bool __attribute__((format(printf, 2, 3)))
history_wrong(struct history *h, const char *format, ...);

/* Make a history that fails short; returns how many steps it has then. */
size_t shrink(struct history *h, uint64_t *steps, size_t n);

/* Print the last steps of the last run, n at most. */
void history_print(const struct history *h, size_t n);

#endif
