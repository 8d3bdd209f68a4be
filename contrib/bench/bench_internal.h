/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * bench_internal.h -- what the files of the benchmark share.
 *
 *	run		a run from its set-up to its figures
 *	processes	the same by several processes
 *	files		the run's own directory: made, looked at again, removed
 *	loop		all connections, driven by one thread
 *	op		an operation's life
 *	work_*		the workloads
 *	hist, pattern, proc	durations, contents, what the server uses
 *
 * bench-echo, bench-plain, bench-relay and bench-dents are programs of their
 * own: echo, plain, serve, relay, dents.
 */

#ifndef BENCH_INTERNAL_H
#define BENCH_INTERNAL_H

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "bench.h"
#include "hist.h"
#include "pattern.h"

#define BENCH_DEEP 8U /* names on the way to the deep file */
#define BENCH_BLOCK 4096U /* of random reads and writes */
#define BENCH_SMALL 1024U /* of files that come and go */

/* An operation that is under way, or is to be next. */
struct slot {
	struct etfsc_req req; /* its first member */
	struct conn *conn;
	void (*then)(struct slot *s, int rc); /* when req has ended */
	uint64_t start;
	uint64_t bytes, entries; /* that it has moved so far */
	uint32_t fid; /* to be clunked if it fails, or ETFSC_NOFID */
	uint32_t held; /* the slot's own, for all its operations */
	uint64_t off; /* where in the file, or the directory */
	uint32_t len;
	uint64_t sum;
	struct etfsc_attr attr;
	struct etfsc_qid qid[BENCH_DEEP];
	char name[32]; /* that nobody else uses */
};

struct conn {
	struct bench *b;
	struct etfsc *fs;
	struct slot *slots; /* depth of them */
	bool entered;
	uint32_t dir; /* the run's directory */
	uint32_t file; /* the file, not open */
	uint32_t io; /* the same, open */
	uint32_t iosize;
	uint8_t *buf; /* what is read, for all slots: replies come one by one */
	uint64_t random;
	uint64_t cursor; /* of sequential reads and writes */
	uint32_t events; /* that are waited for */
};

/* Bits of needs. */
enum {
	NEEDS_FILE = 1 << 0,
	NEEDS_DEEP = 1 << 1,
	NEEDS_READBACK = 1 << 2, /* what was written is looked at again */
};

struct workload {
	const char *name, *help;
	unsigned int needs;
	unsigned int entries; /* of the directory that is listed */
	/* Before it all, for each slot: 0 or -errno.  May be NULL. */
	int (*ready)(struct slot *s);
	void (*begin)(struct slot *s);
	/* In place of the load, or of all of it: 0 or -errno.  May be NULL. */
	int (*run)(struct bench *b);
	int (*alone)(struct bench *b);
};

struct bench {
	const struct bench_options *o;
	const struct workload *w;
	struct bench_result *r;
	struct conn *conns; /* o->connections of them */
	unsigned int nconns; /* that stand */
	char dir[512]; /* the run's directory, from the root */
	bool dir_made;
	bool old; /* the server has no Tunlinkat */
	bool closing; /* nothing is begun any more */
	bool warm; /* what is done counts */
	uint64_t now, begun; /* time; operations */
	uint64_t mark; /* when to begin to count, or to stop */
	uint64_t start; /* when to count was begun */
	uint64_t cpu; /* the server's, then */
	pid_t pid;
	unsigned int active; /* slots with an operation */
	uint8_t *written; /* a byte for each block of the file */
	struct hist hist;
	struct pattern pattern;
};

extern const struct workload bench_getattr, bench_walk1, bench_walk8,
    bench_stat, bench_open, bench_create, bench_read4k, bench_write4k,
    bench_readseq, bench_writeseq, bench_readdir1k, bench_readdir100k,
    bench_connect, bench_idle, bench_mix, bench_fairness;

uint64_t bench_clock(void);
uint64_t bench_random(uint64_t *state);
/* rc, and why. */
int bench_fail(struct bench *b, int rc, const char *format, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * Operations.  send: then is called when the message that follows has ended.
 * want: has it ended as it should? If not the operation is over, badly.  ends:
 * it is over, well.  Whichever, the next one of the slot begins.
 */
#define op_send(s, step, message, ...)                                         \
	((s)->then = (step), message((s)->conn->fs, &(s)->req, __VA_ARGS__))
void op_start(struct slot *s); /* the first */
bool op_want(struct slot *s, const char *what, int rc, int want);
void op_wrong(struct slot *s, const char *what);
void op_ends(struct slot *s);
/* What is counted begins, or has ended. */
void op_count_from(struct bench *b);
void op_count_to(struct bench *b);
/* A place of the file: len bytes in it, in the order of the file or not. */
void op_random_place(struct slot *s, uint32_t len);
void op_next_place(struct slot *s, uint32_t len);

/*
 * Connections: to the server; with the run's directory; with all that their
 * operations need.  0 or -errno, and bench_fail() has been called.
 */
int conn_connect(struct bench *b, struct conn *c);
int conn_enter(struct conn *c);
int conn_ready(struct conn *c);
void conn_close(struct conn *c);
/* A new fid for a path of plain names, seen from dir.  0 or -errno. */
int conn_find(struct conn *c, uint32_t dir, const char *path, uint32_t *fid);

/* All of them, ready. */
int bench_connect_all(struct bench *b);

/* Until all operations have ended.  0 or -errno. */
int loop_run(struct bench *b);

/* The figures of what has been counted. */
void bench_sum_up(struct bench *b);
void bench_percentiles(struct bench_result *r, const struct hist *hist);

/* As bench_run(): in this process, which wants to see hist unless it is NULL;
 * and in several. */
int bench_run_alone(const char *workload, const struct bench_options *o,
    struct bench_result *r, struct hist *hist);
int bench_run_processes(const char *workload, const struct bench_options *o,
    struct bench_result *r);

/*
 * Files, by the first connection.  check: what the file has in it.  0 or
 * -errno, and bench_fail() has been called.
 */
int files_make(struct bench *b);
void files_check(struct bench *b);
void files_remove(struct bench *b);

/* The steps of the mix are those of others. */
void work_stat(struct slot *s);
void work_create(struct slot *s);
void work_read4k(struct slot *s);

#endif
