/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * flight.c -- a window of things under way.  On a connection that is lost all
 * messages end at once, and so does this.
 */

#include "flight.h"

#define WINDOW 256U

void
flight_run(struct flight *f)
{
	size_t next = 0;

	while (next < f->n || f->active > 0) {
		while (next < f->n && f->active < WINDOW) {
			f->active++;
			f->start(f, next++);
		}
		etfsc_run(f->c->fs, -1);
	}
}

void
flight_landed(struct flight *f)
{
	f->active--;
}
