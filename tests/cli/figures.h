/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures.h -- what etfs bench --json says.
 */

#ifndef FIGURES_H
#define FIGURES_H

#include <stddef.h>

struct figures {
	char workload[32];
	double connections, depth, operations, messages, errors, rate, p50_us,
	    p99_us, mb_s, entries_s;
};

/* n of them, as many as there have to be, and nothing else. */
void figures_parse(const char *text, struct figures *f, size_t n);

#endif
