/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * processes.c -- one run by several processes, each with its connections and
 * files: a client for more than one CPU.
 *
 * They begin to load the server together: each tells by a pipe that all is
 * ready, or ends, and waits for another to be closed.  What came of it is in
 * memory that they share, and is added up.
 */

#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_internal.h"

/* What came of a process. */
struct part {
	struct bench_result r;
	struct hist hist;
	int rc;
	bool ended; /* by itself */
};

struct crew {
	const char *workload;
	const struct bench_options *o;
	unsigned int n;
	struct part *parts; /* n of them, shared */
	pid_t *pids;
	int *ready; /* to be read from, one for each */
	int go[2]; /* a pipe that is closed when all are ready */
};

/* In a process: its pipes. */
struct gate {
	int ready, go;
};

static int
wait_at_gate(void *arg)
{
	const struct gate *gate = arg;
	char c;

	if (write(gate->ready, "", 1) != 1)
		return -errno;
	return read(gate->go, &c, 1) == 0 ? 0 : -errno;
}

/* An even part, and of the rest one for each of the first. */
static uint64_t
share(uint64_t all, unsigned int n, unsigned int i)
{
	return all / n + (i < all % n);
}

static _Noreturn void
be_part(struct crew *crew, unsigned int i, int ready)
{
	struct gate gate = { ready, crew->go[0] };
	struct bench_options o = *crew->o;
	struct part *part = &crew->parts[i];

	prctl(PR_SET_PDEATHSIG, SIGTERM);
	close(crew->go[1]);
	o.connections = (unsigned int)share(crew->o->connections, crew->n, i);
	o.count = share(crew->o->count, crew->n, i);
	o.seed += i;
	o.processes = 1;
	o.gate = wait_at_gate;
	o.gate_arg = &gate;
	part->rc = bench_run_alone(crew->workload, &o, &part->r, &part->hist);
	part->ended = true;
	_exit(0);
}

static int
start(struct crew *crew, unsigned int i)
{
	int fds[2], rc = 0;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return -errno;
	if ((crew->pids[i] = fork()) == 0)
		be_part(crew, i, fds[1]);
	if (crew->pids[i] < 0) {
		rc = -errno;
		close(fds[0]);
	}
	close(fds[1]);
	crew->ready[i] = fds[0];
	return rc;
}

/* All that could be started have told, or have ended. */
static void
open_gate(struct crew *crew)
{
	unsigned int i;
	char c;

	for (i = 0; i < crew->n && crew->pids[i] > 0; i++) {
		while (read(crew->ready[i], &c, 1) < 0 && errno == EINTR)
			;
		close(crew->ready[i]);
	}
	close(crew->go[0]);
	close(crew->go[1]);
	while (i-- > 0)
		while (waitpid(crew->pids[i], NULL, 0) < 0 && errno == EINTR)
			;
}

static void
add_hist(struct hist *to, const struct hist *h)
{
	unsigned int i;

	to->n += h->n;
	to->most = h->most > to->most ? h->most : to->most;
	for (i = 0; i < HIST_BUCKETS; i++)
		to->bucket[i] += h->bucket[i];
}

/* Each has seen what the server used for all of them. */
static void
add(struct bench_result *r, const struct bench_result *part, unsigned int n)
{
	if (r->why[0] == '\0')
		memcpy(r->why, part->why, sizeof(r->why));
	r->seconds += part->seconds / n;
	r->ops += part->ops;
	r->messages += part->messages;
	r->bytes += part->bytes;
	r->entries += part->entries;
	r->errors += part->errors;
	r->rss = part->rss > r->rss ? part->rss : r->rss;
	r->msize = part->msize;
	if (part->cpu_us >= 0)
		r->cpu_us += part->cpu_us * (double)part->ops / n;
}

static int
sum_up(struct crew *crew, struct bench_result *r)
{
	struct hist *hist = &crew->parts[0].hist;
	int rc = 0;
	unsigned int i;

	r->cpu_us = 0;
	for (i = 0; i < crew->n; i++) {
		if (!crew->parts[i].ended)
			crew->parts[i].rc = -ECHILD;
		if (rc == 0)
			rc = crew->parts[i].rc;
		add(r, &crew->parts[i].r, crew->n);
		if (i > 0)
			add_hist(hist, &crew->parts[i].hist);
	}
	bench_percentiles(r, hist);
	r->cpu_us =
	    r->cpu_us > 0 && r->ops > 0 ? r->cpu_us / (double)r->ops : -1;
	if (rc != 0 && r->why[0] == '\0')
		snprintf(
		    r->why, sizeof(r->why), "a process: %s", strerror(-rc));
	return rc;
}

static int
run(struct crew *crew, struct bench_result *r)
{
	unsigned int i;
	int rc = 0;

	if (pipe2(crew->go, O_CLOEXEC) != 0)
		return -errno;
	for (i = 0; i < crew->n && rc == 0; i++)
		rc = start(crew, i);
	open_gate(crew);
	return rc == 0 ? sum_up(crew, r) : rc;
}

int
bench_run_processes(
    const char *workload, const struct bench_options *o, struct bench_result *r)
{
	struct crew crew = { .workload = workload, .o = o, .n = o->processes };
	size_t size = crew.n * sizeof(*crew.parts);
	int rc = -ENOMEM;

	crew.pids = calloc(crew.n, sizeof(*crew.pids));
	crew.ready = calloc(crew.n, sizeof(*crew.ready));
	crew.parts = mmap(NULL, size, PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (crew.pids != NULL && crew.ready != NULL && crew.parts != MAP_FAILED)
		rc = run(&crew, r);
	if (rc != 0 && r->why[0] == '\0')
		snprintf(r->why, sizeof(r->why), "%s", strerror(-rc));
	if (crew.parts != MAP_FAILED)
		munmap(crew.parts, size);
	free(crew.ready);
	free(crew.pids);
	return rc;
}
