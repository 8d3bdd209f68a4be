/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * check.c -- posix-check, the program: runs the cases in a directory.
 *
 * Each case is a group of one test to cmocka, in a process of its own; what
 * cmocka prints there is shown only if nothing better is known of a failure.
 */

#include <sys/mman.h>
#include <sys/wait.h>
#include <dirent.h>
#include <err.h>
#include <fnmatch.h>
#include <getopt.h>
#include <signal.h>

#include "check.h"

/* A case that takes longer hangs. */
#define CASE_SECONDS 120

static struct tally *tally; /* of the case that is run */
static int dir_fd, clock_fd;
static const char *other; /* is the same directory */
static int other_fd;
static const char *conditions = "";
static bool times; /* are told */
static unsigned int part = 1, parts = 1; /* run the part of so many */
static struct {
	unsigned int passed, failed, expected, left_out;
	unsigned long assertions;
} total;

static void
usage(FILE *f)
{
	fputs(
	    "usage: posix-check [OPTION]... DIR [PATTERN]...\n"
	    "       posix-check --list [--other DIR] [PATTERN]...\n"
	    "\n"
	    "Check that the file system at DIR does what POSIX and Linux's\n"
	    "manual pages say: every case, or those whose names match one of\n"
	    "the shell's patterns.  Prints a line for each case and a count.\n"
	    "Needs root.  The exit status is 0 if everything was as expected.\n"
	    "\n"
	    "  -e, --expected FILE   the failures that are known: lines of\n"
	    "                        case, conditions, text and reason; each\n"
	    "                        must then fail so (text \"?\": is left out)\n"
	    "  -a, --as CONDITIONS   what holds here: fs=memfs,cache=none,...\n"
	    "  -o, --other DIR       the same directory by another mount: only\n"
	    "                        what two parties see of each other\n"
	    "  -p, --part K/N        only each Nth case, from the Kth on\n"
	    "  -n, --entries N       in large directories (50 to 5000, which is\n"
	    "                        the default)\n"
	    "  -t, --times           tell how long each case took\n"
	    "  -l, --list            the cases\n"
	    "  -h, --help            this\n",
	    f);
}

static bool
wanted(const char *name, char **patterns)
{
	if (*patterns == NULL)
		return true;
	for (; *patterns != NULL; patterns++)
		if (fnmatch(*patterns, name, 0) == 0)
			return true;
	return false;
}

static void
each_case(char **patterns, void (*f)(const struct CMUnitTest *c))
{
	const struct CMUnitTest *const *table, *c;
	unsigned int n = 0;

	for (table = other != NULL ? posix_two_cases : posix_cases;
	     *table != NULL; table++)
		for (c = *table; c->name != NULL; c++)
			if (wanted(c->name, patterns) &&
			    n++ % parts == part - 1)
				f(c);
}

static void
list_case(const struct CMUnitTest *c)
{
	puts(c->name);
}

/* Remove something, and all below it; a user who is root may be none there. */
static bool
clean(int dir, const char *name)
{
	const int flags = O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC;
	bool good = true;
	struct dirent *e;
	int fd;
	DIR *d;

	if (unlinkat(dir, name, 0) == 0)
		return true;
	fchmodat(dir, name, 0700, 0);
	fd = openat(dir, name, flags);
	if (fd == -1 || (d = fdopendir(fd)) == NULL)
		return false;
	while ((e = readdir(d)) != NULL)
		if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
			good = clean(fd, e->d_name) && good;
	closedir(d);
	return unlinkat(dir, name, AT_REMOVEDIR) == 0 && good;
}

/* The case's process; what it prints goes to log. */
static void
run_here(const struct CMUnitTest *c, int log)
{
	const struct CMUnitTest one[] = { *c };

	setpgid(0, 0);
	alarm(CASE_SECONDS);
	dup2(log, STDOUT_FILENO);
	dup2(log, STDERR_FILENO);
	close(log);
	if (other != NULL) {
		there_fd =
		    openat(other_fd, c->name, O_PATH | O_DIRECTORY | O_CLOEXEC);
		if (there_fd == -1)
			err(2, "%s/%s", other, c->name);
	}
	posix_begin(tally, clock_fd);
	_exit(
	    cmocka_run_group_tests_name(c->name, one, NULL, NULL) == 0 ? 0 : 1);
}

/* What is wrong, if the case itself has said nothing. */
static void
judge(int status, int log)
{
	ssize_t n;

	if (WIFSIGNALED(status) && WTERMSIG(status) == SIGALRM) {
		snprintf(tally->what, sizeof(tally->what),
		    "takes more than %d seconds", CASE_SECONDS);
	} else if (status != 0) {
		n = pread(log, tally->what, sizeof(tally->what) - 1, 0);
		tally->what[n > 0 ? n : 0] = '\0';
	} else if (atomic_load(&tally->assertions) == 0) {
		strcpy(tally->what, "asserts nothing");
	} else {
		return;
	}
	atomic_store(&tally->failed, true);
}

/* Leaves everything in the tally. */
static void
attempt(const struct CMUnitTest *c)
{
	int log = memfd_create("log", 0), status;
	pid_t pid;

	memset(tally, 0, sizeof(*tally));
	if (mkdirat(dir_fd, c->name, 0755) != 0 || fchdir(dir_fd) != 0 ||
	    chdir(c->name) != 0)
		err(2, "%s", c->name);
	fflush(stdout);
	if ((pid = fork()) == -1)
		err(2, "fork");
	if (pid == 0)
		run_here(c, log);
	waitpid(pid, &status, 0);
	kill(-pid, SIGKILL); /* what it has left */
	if (!atomic_load(&tally->failed))
		judge(status, log);
	close(log);
	if ((fchdir(dir_fd) != 0 || !clean(dir_fd, c->name)) &&
	    !atomic_load(&tally->failed)) {
		strcpy(tally->what, "its directory cannot be removed");
		atomic_store(&tally->failed, true);
	}
}

static void
report_failure(const char *name, const struct expected *e)
{
	if (e == NULL) {
		printf("FAIL %s: %s\n", name, tally->what);
	} else if (strstr(tally->what, e->what) == NULL) {
		printf(
		    "FAIL %s: %s (expected: %s)\n", name, tally->what, e->what);
	} else {
		printf("expected %s: %s (%s)\n", name, tally->what, e->why);
		total.expected++;
		return;
	}
	total.failed++;
}

static double
now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_MONOTONIC, &ts);
	return (double)ts.tv_sec + (double)ts.tv_nsec / 1e9;
}

static void
run_case(const struct CMUnitTest *c)
{
	const struct expected *e = expected_of(c->name, conditions);
	const double start = now();

	if (e != NULL && strcmp(e->what, "?") == 0) {
		printf("left out %s (%s)\n", c->name, e->why);
		total.left_out++;
		return;
	}
	attempt(c);
	if (times)
		printf("%.1f s ", now() - start);
	total.assertions += atomic_load(&tally->assertions);
	if (atomic_load(&tally->failed)) {
		report_failure(c->name, e);
	} else if (e != NULL) {
		printf("FAIL %s: unexpected pass (%s)\n", c->name, e->why);
		total.failed++;
	} else {
		printf("ok %s\n", c->name);
		total.passed++;
	}
}

static void
open_directory(const char *dir)
{
	static const char name[] = "posix-check.clock";

	if (geteuid() != 0)
		errx(2, "needs root");
	if ((dir_fd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC)) == -1)
		err(2, "%s", dir);
	if (other != NULL &&
	    (other_fd = open(other, O_PATH | O_DIRECTORY | O_CLOEXEC)) == -1)
		err(2, "%s", other);
	clock_fd = openat(dir_fd, name, O_RDWR | O_CREAT | O_CLOEXEC, 0600);
	if (clock_fd == -1)
		err(2, "%s/%s", dir, name);
	tally = mmap(NULL, sizeof(*tally), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	if (tally == MAP_FAILED)
		err(2, "mmap");
}

static void
read_entries(const char *number)
{
	char *end;
	unsigned long n = strtoul(number, &end, 10);

	if (*number == '\0' || *end != '\0' || n < 50 || n > posix_entries)
		errx(2, "%s: not 50 to %u", number, posix_entries);
	posix_entries = (unsigned int)n;
}

static void
read_part(const char *text)
{
	char end;

	if (sscanf(text, "%u/%u%c", &part, &parts, &end) != 2 || part < 1 ||
	    part > parts)
		errx(2, "%s: not a part, as 1/2 is", text);
}

static int
check(char **args)
{
	open_directory(args[0]);
	umask(0);
	each_case(args + 1, run_case);
	if (fchdir(dir_fd) != 0 || unlink("posix-check.clock") != 0)
		err(2, "posix-check.clock");
	printf("%u passed, %u failed, %u failed as expected, %u left out, "
	       "%lu assertions\n",
	    total.passed, total.failed, total.expected, total.left_out,
	    total.assertions);
	return total.failed != 0 || total.passed == 0;
}

int
main(int argc, char **argv)
{
	static const struct option options[] = {
		{ "expected", required_argument, NULL, 'e' },
		{ "as", required_argument, NULL, 'a' },
		{ "other", required_argument, NULL, 'o' },
		{ "part", required_argument, NULL, 'p' },
		{ "entries", required_argument, NULL, 'n' },
		{ "times", no_argument, NULL, 't' },
		{ "list", no_argument, NULL, 'l' },
		{ "help", no_argument, NULL, 'h' },
		{ 0 },
	};
	bool list = false;
	int c;

	while ((c = getopt_long(argc, argv, "e:a:o:p:n:tlh", options, NULL)) !=
	    -1) {
		switch (c) {
		case 'e':
			expected_read(optarg);
			break;
		case 'a':
			conditions = optarg;
			break;
		case 'o':
			other = optarg;
			break;
		case 'p':
			read_part(optarg);
			break;
		case 'n':
			read_entries(optarg);
			break;
		case 't':
			times = true;
			break;
		case 'l':
			list = true;
			break;
		case 'h':
			usage(stdout);
			return 0;
		default:
			return 2;
		}
	}
	if (list) {
		each_case(argv + optind, list_case);
		return 0;
	}
	if (optind == argc) {
		usage(stderr);
		return 2;
	}
	return check(argv + optind);
}
