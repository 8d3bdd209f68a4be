/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * crash.c -- rounds of work that end with the death of the server.
 *
 *	crash [ROUNDS [SEED]]
 *
 * As many rounds with each identity that there may be: client and mapped, if
 * we are root, and self.  Environment: ETFSD, the server (build/etfsd), and
 * TMPDIR.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#include "crash.h"

#define WORKERS 9
#define CLIENTS 3
#define MOST 600 /* operations in a round */

static struct {
	const char *identity;
	uint64_t seed;
	unsigned int round;
	char dir[64], host[80], address[96], listen[96];
	pid_t server;
	struct etfsc *fs[CLIENTS];
	struct worker workers[WORKERS];
	struct tally tally;
	uint64_t random;
} test;

void
crash_seed(uint64_t seed)
{
	test.random = seed * 0x9e3779b97f4a7c15U + 1;
}

uint32_t
crash_random(uint32_t n)
{
	test.random ^= test.random << 13;
	test.random ^= test.random >> 7;
	test.random ^= test.random << 17;
	return (uint32_t)(test.random >> 16) % n;
}

void
crash_fail(const char *format, ...)
{
	va_list ap;

	printf("FAILED  crash %s, seed %llu, round %u: ", test.identity,
	    (unsigned long long)test.seed, test.round);
	va_start(ap, format);
	vprintf(format, ap);
	va_end(ap);
	printf("\nleft as it is: %s\n", test.dir);
	if (test.server > 0)
		kill(test.server, SIGKILL);
	exit(1);
}

static void
become_server(const char *log)
{
	const char *etfsd = getenv("ETFSD");
	int fd = open(log, O_WRONLY | O_CREAT | O_APPEND, 0644);
	char root[128];

	if (etfsd == NULL)
		etfsd = "build/etfsd";
	dup2(fd, 1);
	dup2(fd, 2);
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	snprintf(root, sizeof(root), "/=%s%s", test.host,
	    strcmp(test.identity, "mapped") == 0 ? ",identity=mapped" : "");
	if (strcmp(test.identity, "mapped") == 0)
		execl(etfsd, etfsd, "--loops", "2", "-l", test.listen, "-e",
		    root, (char *)NULL);
	else
		execl(etfsd, etfsd, "--loops", "2", "-l", test.listen,
		    "--identity", test.identity, test.host, (char *)NULL);
	perror(etfsd);
	_exit(127);
}

/* It listens when a client can mount it. */
static void
start_server(void)
{
	struct timespec pause = { .tv_nsec = 5000000 };
	char log[96];
	int i, rc = -1;

	snprintf(log, sizeof(log), "%s/server", test.dir);
	fflush(stdout);
	if ((test.server = fork()) == 0)
		become_server(log);
	for (i = 0; i < 4000 && rc != 0; i++) {
		nanosleep(&pause, NULL);
		if (waitpid(test.server, NULL, WNOHANG) != 0)
			crash_fail("the server does not start: see %s", log);
		rc = etfsc_mount(test.address, NULL, &test.fs[0]);
		if (rc != 0)
			etfsc_release(test.fs[0]);
	}
	for (i = 1; i < CLIENTS && rc == 0; i++)
		rc = etfsc_mount(test.address, NULL, &test.fs[i]);
	if (rc != 0)
		crash_fail("cannot mount: %s", strerror(-rc));
}

/* Take what has come; give who is idle something to do. */
static unsigned int
turn(bool as_root)
{
	unsigned int i, n = 0;
	struct worker *w;

	for (i = 0; i < CLIENTS; i++)
		etfsc_run(test.fs[i], i == 0 && n == 0 ? 1 : 0);
	for (i = 0; i < WORKERS; i++) {
		w = &test.workers[i];
		if (w->req.pending || w->walk.pending)
			continue;
		worker_acknowledge(w, &test.tally);
		worker_go(w, as_root);
		n++;
	}
	return n;
}

/* Until the moment has come, with the last operations on their way. */
static void
work(bool as_root)
{
	unsigned int most = 1 + crash_random(MOST), done = 0, i, spin;

	for (i = 0; i < WORKERS; i++)
		worker_go(&test.workers[i], as_root);
	while (done < most)
		done += turn(as_root);
	for (i = 0; i < CLIENTS; i++)
		etfsc_run(test.fs[i], 0);
	/* Not always before the first of them has been looked at. */
	for (spin = crash_random(3) * crash_random(60000); spin > 0; spin--)
		__asm__ volatile("");
	kill(test.server, SIGKILL);
	waitpid(test.server, NULL, 0);
	test.server = 0;
}

/* Replies that were sent before it died count. */
static void
last_words(void)
{
	struct worker *w;
	unsigned int i;

	for (i = 0; i < CLIENTS; i++)
		while (etfsc_pending(test.fs[i]) > 0)
			etfsc_run(test.fs[i], -1);
	for (i = 0; i < WORKERS; i++) {
		w = &test.workers[i];
		if (w->req.rc != -ENOTCONN)
			worker_acknowledge(w, &test.tally);
	}
}

static void
round_of_work(bool as_root)
{
	unsigned int i;

	start_server();
	for (i = 0; i < WORKERS; i++) {
		after_attributes(&test.workers[i], test.fs[0]);
		worker_begin(&test.workers[i], test.fs[i % CLIENTS]);
	}
	work(as_root);
	last_words();
	for (i = 0; i < WORKERS; i++) {
		after_worker(&test.workers[i], test.host,
		    strcmp(test.identity, "mapped") == 0, &test.tally);
		worker_forget(&test.workers[i]);
	}
	still_check(test.host, WORKERS);
	for (i = 0; i < CLIENTS; i++)
		etfsc_drop(test.fs[i]);
}

/* The last one ends as a server should. */
static void
end_well(void)
{
	unsigned int i;
	int status;

	start_server();
	for (i = 0; i < WORKERS; i++)
		after_attributes(&test.workers[i], test.fs[0]);
	for (i = 0; i < CLIENTS; i++)
		etfsc_release(test.fs[i]);
	kill(test.server, SIGTERM);
	waitpid(test.server, &status, 0);
	if (status != 0)
		crash_fail("the last server's wait status is %x", status);
	test.server = 0;
}

static void
prepare(const char *identity)
{
	const char *tmp = getenv("TMPDIR");
	struct etfsc *fs;
	unsigned int i;
	char name[16];

	memset(&test.tally, 0, sizeof(test.tally));
	memset(test.workers, 0, sizeof(test.workers));
	test.identity = identity;
	snprintf(test.dir, sizeof(test.dir), "%s/crash.XXXXXX",
	    tmp != NULL ? tmp : "/tmp");
	if (mkdtemp(test.dir) == NULL)
		crash_fail("%s: %s", test.dir, strerror(errno));
	snprintf(test.host, sizeof(test.host), "%s/host", test.dir);
	snprintf(test.address, sizeof(test.address), "unix:%s/s", test.dir);
	snprintf(test.listen, sizeof(test.listen), "unix:%s/s", test.dir);
	mkdir(test.host, 0777);
	start_server();
	fs = test.fs[0];
	for (i = 0; i < WORKERS; i++) {
		test.workers[i].number = i;
		snprintf(name, sizeof(name), "/w%u", i);
		if (etfsc_mkdir(fs, name, 0777) != 0)
			crash_fail("cannot make %s", name);
	}
	for (i = 0; i < CLIENTS; i++)
		etfsc_release(test.fs[i]);
	kill(test.server, SIGKILL);
	waitpid(test.server, NULL, 0);
	still_make(test.host);
}

static void
clean_up(void)
{
	struct worker *w;
	char command[96];
	unsigned int i, k;

	for (i = 0; i < WORKERS; i++)
		for (k = 0, w = &test.workers[i]; k < NAMES; k++)
			if (w->names[k] != NULL) {
				free(w->names[k]->bytes);
				free(w->names[k]);
			}
	snprintf(command, sizeof(command), "rm -rf '%s'", test.dir);
	if (system(command) != 0)
		crash_fail("cannot remove it");
}

static void
run(const char *identity, unsigned int rounds, bool as_root)
{
	const struct tally *t = &test.tally;

	prepare(identity);
	for (test.round = 1; test.round <= rounds; test.round++) {
		crash_seed(test.seed * 1000 + test.round);
		round_of_work(as_root);
	}
	end_well();
	printf(
	    "ok      crash %-6s %u rounds: %u operations acknowledged, %u of "
	    "them fsync;\n        of %u under way at the end %u had "
	    "changed something, %u in part\n",
	    identity, rounds, t->acknowledged, t->fsyncs, t->under_way,
	    t->happened, t->partly);
	clean_up();
	if (t->acknowledged < rounds || t->fsyncs == 0 || t->under_way == 0)
		crash_fail("there was nothing to see");
}

static uint64_t
number(const char *text)
{
	char *end;
	unsigned long long n = strtoull(text, &end, 10);

	if (end == text || *end != '\0' || n == 0) {
		fprintf(stderr, "usage: crash [ROUNDS [SEED]]\n");
		exit(2);
	}
	return n;
}

int
main(int argc, char **argv)
{
	unsigned int rounds = (unsigned int)(argc > 1 ? number(argv[1]) : 5);
	bool root = geteuid() == 0;

	test.seed = argc > 2 ? number(argv[2]) : 1;
	umask(0);
	if (root) {
		run("client", rounds, true);
		run("mapped", rounds, true);
	}
	run("self", rounds, false);
	return 0;
}
