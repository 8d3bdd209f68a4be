/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_report.c -- what make bench makes of its figures, and that it makes them.
 */

#include <sys/wait.h>

#include "etfs.h"

/* A program that has to succeed; what it prints is of no interest. */
static void
run(const char *const *argv)
{
	int status;
	pid_t pid = fork();

	assert_true(pid >= 0);
	if (pid == 0) {
		if (freopen("/dev/null", "w", stdout) != NULL)
			execv(argv[0], (char **)(uintptr_t)argv);
		_exit(127);
	}
	assert_int_equal(waitpid(pid, &status, 0), pid);
	assert_int_equal(status, 0);
}

#define RUN(...) run((const char *const[]){ __VA_ARGS__, NULL })

static const char results[] = "round\tcell\tserver\trate\tp50_us\terrors\n"
			      "1\tgetattr-1x32\ttmpfs\t90\t-\t0\n"
			      "1\tgetattr-1x32\tdiod\t20\t-\t0\n"
			      "1\tgetattr-1x32\techo\t300\t-\t0\n"
			      "1\tgetattr-1x1\ttmpfs\t-\t7\t0\n"
			      "1\tgetattr-1x1\tdiod\t-\t10\t0\n"
			      "2\tgetattr-1x32\ttmpfs\t100\t-\t0\n"
			      "2\tgetattr-1x32\tdiod\t20\t-\t0\n"
			      "2\tgetattr-1x32\techo\t250\t-\t0\n"
			      "2\tgetattr-1x1\ttmpfs\t-\t8\t0\n"
			      "2\tgetattr-1x1\tdiod\t-\t10\t0\n"
			      "3\tgetattr-1x32\ttmpfs\t300\t-\t2\n"
			      "3\tgetattr-1x32\tdiod\t30\t-\t0\n"
			      "3\tgetattr-1x32\techo\t600\t-\t0\n"
			      "3\tgetattr-1x1\ttmpfs\t-\t60\t0\n"
			      "3\tgetattr-1x1\tdiod\t-\t100\t0\n"
			      "# machine one of ours\n";

static void
goals_are_held_against_medians_of_ratios(void **state)
{
	struct client *c = *state;
	char *path = temp_path(c->tmp, "results.tsv"), *text;
	FILE *f = fopen(path, "w");

	assert_non_null(f);
	fputs(results, f);
	fclose(f);
	free(path);
	RUN("tests/bench/report", c->tmp);
	path = temp_path(c->tmp, "goals.tsv");
	text = temp_read(path, NULL);
	assert_string_equal(text,
	    "cell\tmetric\tours\ttheirs\trelation\tbound\tmedian\tlow\thigh\t"
	    "verdict\n"
	    "getattr-1x32\trate\ttmpfs\tdiod\t>=\t4.5\t5.0000\t4.5000\t10.0000"
	    "\tmet\n"
	    "getattr-1x32\trate\ttmpfs\techo\t>=\t0.45\t0.4000\t0.3000\t0.5000"
	    "\tnot met\n"
	    "getattr-1x1\tp50\ttmpfs\tdiod\t<=\t0.70\t0.7000\t0.6000\t0.8000"
	    "\tmet\n"
	    "getattr-1x32\trate\ttmpfs\tbestdiod\t>=\t-\t5.0000\t4.5000"
	    "\t10.0000\t-\n");
	free(text);
	free(path);
	path = temp_path(c->tmp, "BENCH.md");
	text = temp_read(path, NULL);
	assert_non_null(strstr(text, "- one of ours\n"));
	assert_non_null(strstr(text, "**2 replies were wrong**"));
	assert_non_null(strstr(text, "2 goals met, 1 not met."));
	free(text);
	free(path);
}

/* Two servers, for a moment. */
static void
figures_are_made(void **state)
{
	const char *build = getenv("BENCH_BUILD");
	struct client *c = *state;
	char *path, *text;

	if (build != NULL)
		setenv("BUILD", build, 1);
	RUN("tests/bench/run", "--output", c->tmp, "-s", "0.01", "-r", "2",
	    "-o", "tmpfs,echo", "getattr-1x32");
	path = temp_path(c->tmp, "goals.tsv");
	text = temp_read(path, NULL);
	assert_non_null(strstr(text, "getattr-1x32\trate\ttmpfs\techo\t"));
	assert_null(strstr(text, "diod"));
	free(text);
	free(path);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(goals_are_held_against_medians_of_ratios),
		client_test(figures_are_made),
	};

	return client_main("report", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
