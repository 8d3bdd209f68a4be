/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cpu.h -- whether a loop has its CPU for itself.
 *
 * Where a client runs on the same one, the kernel lets it in as soon as it is
 * sent something, in place of us.
 */

#ifndef CPU_H
#define CPU_H

#include <sys/resource.h>

/* How often has the kernel had others run in place of this thread? */
static inline long
cpu_switches(void)
{
	struct rusage usage;

	return getrusage(RUSAGE_THREAD, &usage) == 0 ? usage.ru_nivcsw : 0;
}

#endif
