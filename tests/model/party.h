/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * party.h -- who does the steps: a client of the server, or a process.
 *
 * They are told one step at a time, so that what one does is over when the
 * next begins.  Each keeps STEP_SLOTS files open, on its own.
 */

#ifndef PARTY_H
#define PARTY_H

#include "step.h"

struct party {
	bool wire;
	/* In a history's own directory, to be made first if make is true. */
	int (*begin)(struct party *p, const char *dir, bool make);
	void (*run)(struct party *p, const struct step *s, struct outcome *out);
	void (*end)(struct party *p); /* close all */
	int (*remove)(struct party *p, const char *dir); /* with all in it */
	void (*free)(struct party *p);
};

/* A connection of its own to the server at an address, as etfsc_mount(). */
struct party *party_wire(const char *address);

/* A process of its own with system calls below a directory. */
struct party *party_dir(const char *path);

#endif
