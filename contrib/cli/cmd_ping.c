/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_ping.c -- ping: how long the server takes to tell its root's attributes.
 */

#include <getopt.h>
#include <inttypes.h>
#include <time.h>

#include "interrupt.h"

#define SECOND 1000000000L

static const struct cli_option options[] = {
	{ 'c', "count", "N", "stop after so many" },
	{ 'i', "interval", "SECONDS", "from one to the next [1]" },
	{ 0, NULL, NULL, NULL },
};

struct ping {
	struct cli *c;
	uint64_t count; /* 0: until it is interrupted */
	int interval; /* ms */
	uint64_t sent, answered;
	int64_t least, most, sum; /* ns */
};

static int64_t
now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (int64_t)t.tv_sec * SECOND + t.tv_nsec;
}

static int
ask(struct ping *p, int64_t *took)
{
	struct etfsc *fs = p->c->fs;
	struct etfsc_req req = { .done = NULL };
	struct etfsc_attr attr;
	int64_t start = now();

	etfsc_tgetattr(fs, &req, etfsc_root(fs), ETFSC_ATTR_BASIC, &attr);
	etfsc_wait(fs, &req);
	*took = now() - start;
	return req.rc;
}

static void
count(struct ping *p, int64_t took)
{
	p->answered++;
	p->sum += took;
	if (p->answered == 1 || took < p->least)
		p->least = took;
	if (took > p->most)
		p->most = took;
	printf("seq=%" PRIu64 " time=%.3f ms\n", p->sent, (double)took / 1e6);
	fflush(stdout);
}

static void
sum_up(const struct ping *p)
{
	printf(
	    "%" PRIu64 " sent, %" PRIu64 " answered\n", p->sent, p->answered);
	if (p->answered > 0)
		printf("min/avg/max = %.3f/%.3f/%.3f ms\n",
		    (double)p->least / 1e6,
		    (double)p->sum / (double)p->answered / 1e6,
		    (double)p->most / 1e6);
}

static int
ping(struct ping *p)
{
	int64_t took;
	int rc;

	while (p->count == 0 || p->sent < p->count) {
		if (p->sent > 0 && !interrupt_sleep(p->interval))
			break;
		p->sent++;
		if ((rc = ask(p, &took)) == 0)
			count(p, took);
		else if (rc != -ECANCELED)
			cli_error(p->c, "/", rc);
		if (rc != 0 && rc != -ETIMEDOUT)
			break;
	}
	sum_up(p);
	return p->c->status;
}

static int
set_options(struct ping *p, int argc, char **argv)
{
	double seconds;
	int letter;
	char *end;

	while ((letter = cli_option(p->c, argc, argv)) != -1) {
		if (letter == '?')
			return -1;
		if (letter == 'c') {
			if (cli_number(optarg, UINT64_MAX, &p->count) &&
			    p->count > 0)
				continue;
			cli_usage(p->c, "no number: %s", optarg);
			return -1;
		}
		seconds = strtod(optarg, &end);
		if (end == optarg || *end != '\0' ||
		    !(seconds >= 0 && seconds <= 1e6)) {
			cli_usage(p->c, "no number of seconds: %s", optarg);
			return -1;
		}
		p->interval = (int)(seconds * 1000 + 0.5);
	}
	return cli_operands(p->c, argc - optind, 0, 0) ? 0 : -1;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct ping p = { .c = c, .interval = 1000 };
	struct interrupt i;
	int status;

	if (set_options(&p, argc, argv) != 0)
		return c->status;
	interrupt_catch(&i, 0);
	status = ping(&p);
	interrupt_release(c, &i);
	return status;
}

const struct cli_command cmd_ping = {
	.name = "ping",
	.operands = "",
	.help = "tell how long the server takes to answer",
	.options = options,
	.run = run,
};
