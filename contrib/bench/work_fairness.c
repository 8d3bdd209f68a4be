/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * work_fairness.c -- fairness: a light client, which asks for attributes one at
 * a time, first alone and then beside a greedy one, which has many large reads
 * in flight.
 *
 * The greedy one is a process of its own, and one that gives way: what it has
 * to do with its replies must not keep the light one from seeing its own, or it
 * would be the client's kernel that is measured.
 */

#include <poll.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/wait.h>
#include <unistd.h>

#include "bench_internal.h"

#define GREED 1024U /* reads in flight */
#define BITE (64U << 10) /* that it receives by one call */

static volatile sig_atomic_t told_to_end;
static int under_way = -1; /* where the greedy one tells so, once */

static void
end(int sig)
{
	(void)sig;
	told_to_end = 1;
}

/* It is under way when it has had a reply, not before: it may get no CPU. */
static void
begin_greedily(struct slot *s)
{
	if (under_way >= 0 && s->conn->b->r->ops > 0) {
		if (write(under_way, "", 1) != 1)
			s->conn->b->r->errors++;
		under_way = -1;
	}
	bench_readseq.begin(s);
}

/* Its one connection is made anew: others are the parent's. */
static double
be_greedy(const struct bench *parent)
{
	struct bench_options o = *parent->o;
	struct bench_result r = { .workload = "readseq" };
	struct workload reads = bench_readseq;
	struct bench *b = calloc(1, sizeof(*b));
	struct conn c = { .fs = NULL };

	if (b == NULL)
		return -1;
	memcpy(b, parent, sizeof(*b));
	o.connections = 1;
	o.depth = GREED;
	o.opt.recv_bytes = BITE;
	o.count = UINT64_MAX;
	o.seconds = 0;
	o.interrupted = &told_to_end;
	b->o = &o;
	b->r = &r;
	reads.begin = begin_greedily;
	b->w = &reads;
	b->conns = &c;
	b->nconns = 0;
	b->pid = 0;
	if (bench_connect_all(b) != 0)
		return -1;
	b->closing = false;
	loop_run(b);
	return r.errors == 0 ? (double)r.bytes / 1e6 / r.seconds : -1;
}

static pid_t
fork_greedy(const struct bench *b, int *from)
{
	struct sigaction act = { .sa_handler = end };
	int fds[2];
	double rate;
	pid_t pid;

	if (pipe2(fds, O_CLOEXEC) != 0)
		return -1;
	*from = fds[0];
	if ((pid = fork()) != 0) {
		close(fds[1]);
		return pid;
	}
	prctl(PR_SET_PDEATHSIG, SIGTERM);
	(void)setpriority(PRIO_PROCESS, 0, 19);
	sigaction(SIGTERM, &act, NULL);
	signal(SIGINT, SIG_IGN);
	under_way = fds[1];
	rate = be_greedy(b);
	_exit(write(fds[1], &rate, sizeof(rate)) == sizeof(rate) ? 0 : 1);
}

/* It is under way; some time for what it has sent to arrive. */
static bool
await_ready(int from)
{
	char c;

	if (read(from, &c, 1) != 1)
		return false;
	usleep(100000);
	return true;
}

static double
stop_greedy(pid_t pid, int from)
{
	double rate;

	kill(pid, SIGTERM);
	if (read(from, &rate, sizeof(rate)) != sizeof(rate))
		rate = -1;
	waitpid(pid, NULL, 0);
	close(from);
	return rate;
}

static double
light(struct bench *b)
{
	loop_run(b);
	return b->r->seconds > 0 ? (double)b->r->ops / b->r->seconds : 0;
}

static int
run(struct bench *b)
{
	double alone, beside, greedy = -1;
	pid_t pid;
	int from;

	alone = light(b);
	bench_sum_up(b);
	b->r->more[0] =
	    (struct bench_figure){ "p99_alone", (double)b->r->p99 / 1e3 };
	if ((pid = fork_greedy(b, &from)) < 0)
		return bench_fail(b, -errno, "fork");
	if (await_ready(from)) {
		beside = light(b);
		greedy = stop_greedy(pid, from);
	} else {
		beside = 0;
		stop_greedy(pid, from);
	}
	if (greedy <= 0) {
		bench_fail(b, 0, "the greedy client has failed");
		b->r->errors++;
	}
	b->r->more[1] = (struct bench_figure){ "rate_alone", alone };
	b->r->more[2] = (struct bench_figure){ "rate_beside", beside };
	b->r->more[3] = (struct bench_figure){ "greedy_mb_s", greedy };
	b->r->more[4] =
	    (struct bench_figure){ "share", alone > 0 ? beside / alone : 0 };
	return 0;
}

/* Only its step is wanted: the light client's. */
static void
begin(struct slot *s)
{
	bench_getattr.begin(s);
}

const struct workload bench_fairness = {
	.name = "fairness",
	.help = "getattr, alone and beside a client with 1,024 large reads",
	.needs = NEEDS_FILE,
	.begin = begin,
	.run = run,
};
