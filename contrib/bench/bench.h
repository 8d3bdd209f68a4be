/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench.h -- how fast a server is: load of one kind, and what came of it.
 *
 * A workload is an operation that is done again and again, by a number of
 * connections with a number of operations under way on each.  An operation is
 * one message or several, one after the other.  Every reply is checked: what is
 * read against what had been written, counts against what was asked for, sizes
 * against what they have to be.
 *
 * Files are made in a directory of the run's own, which is removed afterwards.
 * There is one thread, or several processes.  Times are in nanoseconds unless
 * they say otherwise.
 */

#ifndef BENCH_H
#define BENCH_H

#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "etfsc.h"

struct bench_options {
	const char *address;
	struct etfsc_options opt; /* for each connection */
	const char *dir; /* where the run's own is made */
	unsigned int connections;
	unsigned int processes; /* which share them; 0 or 1: this one */
	unsigned int depth; /* operations under way on each */
	double seconds; /* how long; 0: by count */
	uint64_t count; /* how many operations */
	uint64_t size; /* of the file for reads and writes, in bytes */
	uint64_t seed; /* what is random is the same for the same */
	pid_t pid; /* the server; 0: to be found, if it can be */

	/* The server keeps nothing: neither sizes nor what was written are
	 * looked at again.  It gives the pattern for what is read. */
	bool forgetful;

	const volatile sig_atomic_t *interrupted; /* stop early */

	/* Called when all is ready, before the load: 0 or -errno.  NULL: no. */
	int (*gate)(void *arg);
	void *gate_arg;
};

/* A figure that only some workloads have. */
struct bench_figure {
	const char *name; /* NULL: no more */
	double value;
};

struct bench_result {
	const char *workload;
	double seconds; /* that were measured */
	uint64_t ops, messages; /* that ended in them */
	uint64_t bytes; /* of files, read and written */
	uint64_t entries; /* of directories */
	uint64_t errors; /* in all */
	uint64_t p50, p99, p999, most; /* of an operation */
	double cpu_us; /* of the server for an operation; below 0: unknown */
	uint64_t rss; /* of the server, in bytes; 0: unknown */
	uint32_t msize;
	struct bench_figure more[8];
	char why[200]; /* the first error; "": there was none */
};

/* Their names in order, ended by NULL, and what they do. */
const char *bench_name(unsigned int i);
const char *bench_help(unsigned int i);

/*
 * Run that workload.  Returns 0, also if there were errors, or -errno if it
 * could not be run, and then why says so: -EINVAL: there is none of that name,
 * or it is one for a single process.
 */
int bench_run(const char *workload, const struct bench_options *o,
    struct bench_result *r);

#endif
