/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * proc.h -- what a process has used, from /proc.
 */

#ifndef PROC_H
#define PROC_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

/* The process that listens at the other end of a Unix socket; 0: unknown. */
pid_t proc_peer(int fd);

/* CPU time of all its threads that still run, in nanoseconds; false: unknown. */
bool proc_cpu(pid_t pid, uint64_t *ns);

/* Its memory that is resident, in bytes; 0: unknown. */
uint64_t proc_rss(pid_t pid);

/* How many threads it has; 0: unknown. */
unsigned int proc_threads(pid_t pid);

#endif
