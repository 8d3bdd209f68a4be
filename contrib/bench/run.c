/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * run.c -- a run: connections, files, the load, and what came of it.
 */

#include <sys/resource.h>

#include "bench_internal.h"
#include "proc.h"

static const struct workload *const workloads[] = { &bench_getattr,
	&bench_walk1, &bench_walk8, &bench_stat, &bench_open, &bench_create,
	&bench_read4k, &bench_write4k, &bench_readseq, &bench_writeseq,
	&bench_readdir1k, &bench_readdir100k, &bench_mix, &bench_fairness,
	&bench_connect, &bench_idle };

#define NWORKLOADS (sizeof(workloads) / sizeof(workloads[0]))

const char *
bench_name(unsigned int i)
{
	return i < NWORKLOADS ? workloads[i]->name : NULL;
}

const char *
bench_help(unsigned int i)
{
	return i < NWORKLOADS ? workloads[i]->help : NULL;
}

static const struct workload *
find(const char *name)
{
	unsigned int i;

	for (i = 0; i < NWORKLOADS; i++)
		if (strcmp(workloads[i]->name, name) == 0)
			return workloads[i];
	return NULL;
}

static void
find_server(struct bench *b)
{
	struct pollfd pfd;
	int ms;

	b->pid = b->o->pid;
	if (b->pid != 0)
		return;
	etfsc_pollfd(b->conns[0].fs, &pfd, &ms);
	b->pid = proc_peer(pfd.fd);
}

int
bench_connect_all(struct bench *b)
{
	struct conn *c;
	int rc;

	for (; b->nconns < b->o->connections; b->nconns++) {
		c = &b->conns[b->nconns];
		if (c->fs == NULL && (rc = conn_connect(b, c)) != 0)
			return rc;
		if ((!c->entered && (rc = conn_enter(c)) != 0) ||
		    (rc = conn_ready(c)) != 0)
			return rc;
	}
	return 0;
}

void
bench_percentiles(struct bench_result *r, const struct hist *hist)
{
	r->p50 = hist_at(hist, 0.5);
	r->p99 = hist_at(hist, 0.99);
	r->p999 = hist_at(hist, 0.999);
	r->most = hist->most;
}

void
bench_sum_up(struct bench *b)
{
	bench_percentiles(b->r, &b->hist);
	b->r->rss = proc_rss(b->pid);
}

static int
pass_gate(struct bench *b)
{
	int rc = b->o->gate != NULL ? b->o->gate(b->o->gate_arg) : 0;

	return rc == 0 ? 0 : bench_fail(b, rc, "the start");
}

static int
usual(struct bench *b)
{
	int rc;

	if ((rc = conn_connect(b, &b->conns[0])) != 0)
		return rc;
	find_server(b);
	if ((rc = files_make(b)) != 0 || (rc = bench_connect_all(b)) != 0 ||
	    (rc = pass_gate(b)) != 0)
		return rc;
	rc = b->w->run != NULL ? b->w->run(b) : loop_run(b);
	bench_sum_up(b);
	if (b->written != NULL)
		files_check(b);
	return rc;
}

/* A descriptor for each connection, and some. */
static void
want_descriptors(unsigned int n)
{
	struct rlimit lim;

	if (getrlimit(RLIMIT_NOFILE, &lim) != 0 || lim.rlim_cur >= n + 64)
		return;
	lim.rlim_cur = n + 64;
	if (lim.rlim_max < lim.rlim_cur)
		lim.rlim_max = lim.rlim_cur;
	setrlimit(RLIMIT_NOFILE, &lim);
}

static void
finish(struct bench *b, struct hist *hist)
{
	unsigned int i;

	if (hist != NULL)
		*hist = b->hist;
	for (i = b->o->connections; i-- > 0;) {
		if (b->conns[i].fs == NULL)
			continue;
		if (i == 0)
			files_remove(b);
		conn_close(&b->conns[i]);
	}
	free(b->conns);
	free(b->written);
	free(b);
}

int
bench_run_alone(const char *workload, const struct bench_options *o,
    struct bench_result *r, struct hist *hist)
{
	struct bench *b = calloc(1, sizeof(*b));
	int rc = -ENOMEM;

	memset(r, 0, sizeof(*r));
	r->workload = workload;
	r->cpu_us = -1;
	if (b == NULL)
		return rc;
	b->o = o;
	b->r = r;
	b->w = find(workload);
	b->conns = calloc(o->connections, sizeof(*b->conns));
	pattern_init(&b->pattern);
	want_descriptors(o->connections);
	if (b->conns == NULL)
		rc = bench_fail(b, -ENOMEM, "no memory");
	else if (b->w == NULL)
		rc = bench_fail(b, -EINVAL, "no such workload");
	else if (b->w->alone != NULL)
		rc = b->w->alone(b);
	else
		rc = usual(b);
	finish(b, hist);
	return rc;
}

static bool
is_for_several(const char *workload)
{
	const struct workload *w = find(workload);

	return w == NULL || (w->run == NULL && w->alone == NULL);
}

int
bench_run(
    const char *workload, const struct bench_options *o, struct bench_result *r)
{
	if (o->processes <= 1)
		return bench_run_alone(workload, o, r, NULL);
	memset(r, 0, sizeof(*r));
	r->workload = workload;
	r->cpu_us = -1;
	if (is_for_several(workload))
		return bench_run_processes(workload, o, r);
	snprintf(r->why, sizeof(r->why), "it is for a single process");
	return -EINVAL;
}
