/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * cmd_bench.c -- bench: how fast the server is.  What the workloads do is in
 * contrib/bench; here are its options, and how its figures are printed.
 */

#include <errno.h>
#include <getopt.h>
#include <inttypes.h>

#include "bench.h"
#include "cli.h"
#include "json.h"

enum {
	ECHO_SERVER = CLI_LONG + 1,
	SEED
};

static const struct cli_option options[] = {
	{ 'c', "connections", "N", "so many [1]" },
	{ 'q', "depth", "N", "operations under way on each [1]" },
	{ 'j', "processes", "N", "which share the connections [1]" },
	{ 'm', "msize", "BYTES", "the largest message [1M]" },
	{ 't', "seconds", "SECONDS", "measure for so long [1]" },
	{ 'n', "count", "N", "so many operations, in place of -t" },
	{ 's', "size", "BYTES", "of the file for reads and writes [16M]" },
	{ 'd', "dir", "DIR", "where to work [/]" },
	{ 'p', "pid", "PID", "the server, for its CPU time and memory" },
	{ 'l', "list", NULL, "print the workloads" },
	{ SEED, "seed", "N", "of what is random [1]" },
	{ ECHO_SERVER, "echo", NULL, "the server keeps nothing: bench-echo" },
	{ CLI_JSON, "json", NULL, "print JSON" },
	{ 0, NULL, NULL, NULL },
};

static volatile sig_atomic_t interrupted;

static void
interrupt(int sig)
{
	(void)sig;
	interrupted = 1;
}

static const char *
option_name(int letter)
{
	static char name[3] = "-?";

	name[1] = (char)letter;
	return letter == SEED ? "--seed" : name;
}

/* 0, or the option is misused. */
static int
set_number(
    struct cli *c, int letter, uint64_t least, uint64_t most, uint64_t *out)
{
	if (cli_number(optarg, most, out) && *out >= least)
		return 0;
	return cli_usage(c, "%s: not from %" PRIu64 " to %" PRIu64 ": %s",
	    option_name(letter), least, most, optarg);
}

static int
set_unsigned(
    struct cli *c, int letter, uint64_t least, uint64_t most, unsigned int *out)
{
	uint64_t n = 0;
	int rc = set_number(c, letter, least, most, &n);

	*out = (unsigned int)n;
	return rc;
}

static int
set_seconds(struct cli *c, double *out)
{
	char *end;

	*out = strtod(optarg, &end);
	if (end != optarg && *end == '\0' && *out >= 0.001 && *out <= 1e6)
		return 0;
	return cli_usage(c, "no number of seconds: %s", optarg);
}

/* Whole blocks. */
static int
set_size(struct cli *c, uint64_t *out)
{
	int rc = set_number(c, 's', 1 << 16, UINT64_C(1) << 40, out);

	*out &= ~UINT64_C(4095);
	return rc;
}

/* What is not there would be told nothing of. */
static int
set_pid(struct cli *c, pid_t *out)
{
	unsigned int pid;
	int rc = set_unsigned(c, 'p', 1, INT32_MAX, &pid);

	*out = (pid_t)pid;
	if (rc == 0 && kill(*out, 0) != 0 && errno == ESRCH)
		return cli_usage(c, "no such process: %s", optarg);
	return rc;
}

static int
set(struct cli *c, struct bench_options *o, bool *json, int letter)
{
	switch (letter) {
	case 'c':
		return set_unsigned(c, letter, 1, 1000000, &o->connections);
	case 'q':
		return set_unsigned(c, letter, 1, 60000, &o->depth);
	case 'j':
		return set_unsigned(c, letter, 1, 1000, &o->processes);
	case 'm':
		return set_unsigned(c, letter, 4096, 1 << 30, &o->opt.msize);
	case 't':
		o->count = 0;
		return set_seconds(c, &o->seconds);
	case 'n':
		o->seconds = 0;
		return set_number(c, letter, 1, UINT64_MAX, &o->count);
	case 's':
		return set_size(c, &o->size);
	case 'd':
		o->dir = optarg;
		return 0;
	case 'p':
		return set_pid(c, &o->pid);
	case SEED:
		return set_number(c, letter, 0, UINT64_MAX, &o->seed);
	case ECHO_SERVER:
		o->forgetful = true;
		return 0;
	default:
		*json = true;
		return 0;
	}
}

static double
rate(uint64_t n, const struct bench_result *r)
{
	return r->seconds > 0 ? (double)n / r->seconds : 0;
}

static void
print_json(
    struct json *j, const struct bench_options *o, const struct bench_result *r)
{
	const struct bench_figure *f;

	json_open(j, NULL, '{');
	json_text(j, "workload", r->workload);
	json_number(j, "connections", o->connections);
	json_number(j, "depth", o->depth);
	json_number(j, "msize", r->msize);
	json_real(j, "seconds", r->seconds);
	json_number(j, "operations", r->ops);
	json_number(j, "messages", r->messages);
	json_number(j, "errors", r->errors);
	json_real(j, "rate", rate(r->ops, r));
	json_real(j, "mb_s", rate(r->bytes, r) / 1e6);
	json_real(j, "entries_s", rate(r->entries, r));
	json_real(j, "p50_us", (double)r->p50 / 1e3);
	json_real(j, "p99_us", (double)r->p99 / 1e3);
	json_real(j, "p999_us", (double)r->p999 / 1e3);
	json_real(j, "max_us", (double)r->most / 1e3);
	if (r->cpu_us >= 0)
		json_real(j, "server_cpu_us", r->cpu_us);
	if (r->rss > 0)
		json_number(j, "server_rss", r->rss);
	for (f = r->more; f->name != NULL; f++)
		json_real(j, f->name, f->value);
	json_close(j, '}');
}

static void
print_text(const struct bench_options *o, const struct bench_result *r)
{
	const struct bench_figure *f;

	printf("%-11s %ux%u  %.0f/s", r->workload, o->connections, o->depth,
	    rate(r->ops, r));
	if (r->bytes > 0)
		printf("  %.1f MB/s", rate(r->bytes, r) / 1e6);
	if (r->entries > 0)
		printf("  %.0f entries/s", rate(r->entries, r));
	printf("  p50 %.1f  p99 %.1f  p99.9 %.1f us", (double)r->p50 / 1e3,
	    (double)r->p99 / 1e3, (double)r->p999 / 1e3);
	if (r->cpu_us >= 0)
		printf("  cpu %.2f us", r->cpu_us);
	if (r->rss > 0)
		printf("  rss %.1f MiB", (double)r->rss / 1048576);
	for (f = r->more; f->name != NULL; f++)
		printf("  %s %.*f", f->name,
		    f->value == (double)(int64_t)f->value ? 0 : 1, f->value);
	printf("  errors %" PRIu64 "\n", r->errors);
	fflush(stdout);
}

/* Once one has failed, the others are still tried, unless it was stopped. */
static void
measure(struct cli *c, const struct bench_options *o, const char *workload,
    struct json *j)
{
	struct bench_result r;
	int rc = bench_run(workload, o, &r);

	if (rc != 0) {
		cli_fail(c, "%s: %s", workload, r.why);
		return;
	}
	if (j != NULL)
		print_json(j, o, &r);
	else
		print_text(o, &r);
	if (r.errors > 0)
		cli_fail(c, "%s: %s", workload, r.why);
}

static int
run_all(struct cli *c, const struct bench_options *o, int n, char **names,
    bool json)
{
	struct sigaction act = { .sa_handler = interrupt }, old;
	struct json j = { .out = stdout };

	interrupted = 0;
	sigaction(SIGINT, &act, &old);
	if (json)
		json_open(&j, NULL, '[');
	while (n-- > 0 && !interrupted)
		measure(c, o, *names++, json ? &j : NULL);
	if (json)
		json_close(&j, ']');
	sigaction(SIGINT, &old, NULL);
	return c->status;
}

static bool
known(const char *name)
{
	unsigned int i;

	for (i = 0; bench_name(i) != NULL; i++)
		if (strcmp(bench_name(i), name) == 0)
			return true;
	return false;
}

static int
list(void)
{
	unsigned int i;

	for (i = 0; bench_name(i) != NULL; i++)
		printf("%-12s %s\n", bench_name(i), bench_help(i));
	return 0;
}

static int
run(struct cli *c, int argc, char **argv)
{
	struct bench_options o = {
		.address = c->address,
		.opt = c->opt,
		.dir = "/",
		.connections = 1,
		.processes = 1,
		.depth = 1,
		.seconds = 1,
		.size = 16 << 20,
		.seed = 1,
		.interrupted = &interrupted,
	};
	bool json = false;
	int letter, i;

	while ((letter = cli_option(c, argc, argv)) != -1) {
		if (letter == 'l')
			return list();
		if (letter == '?' || set(c, &o, &json, letter) != 0)
			return c->status;
	}
	if (!cli_operands(c, argc - optind, 1, argc))
		return c->status;
	for (i = optind; i < argc; i++)
		if (!known(argv[i]))
			return cli_usage(c, "no such workload: %s", argv[i]);
	if (o.processes > o.connections)
		return cli_usage(c, "more processes than connections");
	if (c->address == NULL)
		return cli_usage(c, "no server: use -a, or set ETFS_ADDR");
	return run_all(c, &o, argc - optind, argv + optind, json);
}

const struct cli_command cmd_bench = {
	.name = "bench",
	.operands = "WORKLOAD ...",
	.help = "measure how fast the server is",
	.options = options,
	.flags = CLI_ALONE,
	.run = run,
};
