/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * main.c -- etfsd: from the command line to a running server.
 *
 * Here the process is made fit to serve, whatever it was started from; what it
 * serves is server.c's.
 */

#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <unistd.h>

#include "config.h"
#include "failure.h"
#include "log.h"
#include "options.h"
#include "parse.h"
#include "server.h"

#define DEFAULT_ADDRESS "tcp:127.0.0.1:5640"
#define FIRST_PASSED_FD 3 /* of socket activation, sd_listen_fds(3) */
#define MAX_PASSED_FDS 1024

/* A descriptor of ours must never be one that something prints to. */
static void
fill_standard_streams(void)
{
	int fd;

	do
		fd = open("/dev/null", O_RDWR);
	while (fd >= 0 && fd <= STDERR_FILENO);
	if (fd >= 0)
		close(fd);
}

/*
 * Errors, not signals, when a client is gone, a file gets too large, or what is
 * served is the terminal that we were started from, in the background.
 */
static void
ignore_signals(void)
{
	signal(SIGPIPE, SIG_IGN);
	signal(SIGXFSZ, SIG_IGN);
	signal(SIGTTIN, SIG_IGN);
	signal(SIGTTOU, SIG_IGN);
}

static void
raise_descriptor_limit(void)
{
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return;
	rl.rlim_cur = rl.rlim_max;
	setrlimit(RLIMIT_NOFILE, &rl);
}

/* libuv makes its pool when it first needs it, and looks here. */
static void
size_worker_pool(size_t workers)
{
	char n[24];

	snprintf(n, sizeof(n), "%zu", workers);
	setenv("UV_THREADPOOL_SIZE", n, 1);
}

/* How many sockets the service manager has opened for us. */
static unsigned int
passed_sockets(void)
{
	const char *pid = getenv("LISTEN_PID"), *fds = getenv("LISTEN_FDS");
	uint64_t p, n = 0;

	if (pid == NULL || fds == NULL ||
	    parse_number(pid, (uint64_t)getpid(), (uint64_t)getpid(), &p) !=
		0 ||
	    parse_number(fds, 0, MAX_PASSED_FDS, &n) != 0)
		n = 0;
	unsetenv("LISTEN_PID");
	unsetenv("LISTEN_FDS");
	unsetenv("LISTEN_FDNAMES");
	return (unsigned int)n;
}

/* Where to listen if the command line does not say. */
static int
add_default_addresses(struct config *cfg, struct failure *f)
{
	unsigned int i, n = passed_sockets();
	char text[16];

	if (cfg->naddresses != 0)
		return 0;
	if (n == 0)
		return config_listen(cfg, DEFAULT_ADDRESS, f);
	for (i = 0; i < n; i++) {
		snprintf(text, sizeof(text), "fd:%u", FIRST_PASSED_FD + i);
		if (config_listen(cfg, text, f) != 0)
			return -1;
	}
	return 0;
}

static int
serve(struct config *cfg, struct failure *f)
{
	log_init(cfg->log_level);
	umask(0); /* clients have theirs */
	ignore_signals();
	raise_descriptor_limit();
	size_worker_pool(cfg->workers);
	if (add_default_addresses(cfg, f) != 0)
		return -1;
	return server_run(cfg, f);
}

/* 0, or -1 if standard output does not take it. */
static int
tell(const struct config *cfg, struct failure *f)
{
	if (cfg->help)
		options_help(stdout);
	else
		printf("etfsd %s\n", ETFSD_VERSION);
	if (fflush(stdout) != 0)
		return failure_set(
		    f, EXIT_START, "standard output: %s", strerror(errno));
	return EXIT_OK;
}

int
main(int argc, char **argv)
{
	struct config cfg;
	struct failure f;
	int status;

	fill_standard_streams();
	if (config_parse(&cfg, argc, argv, geteuid() == 0, &f) != 0) {
		fprintf(stderr, "etfsd: %s\n", f.text);
		return f.status;
	}
	if (cfg.help || cfg.version)
		status = tell(&cfg, &f);
	else
		status = serve(&cfg, &f);
	if (status < 0) {
		fprintf(stderr, "etfsd: %s\n", f.text);
		status = f.status;
	}
	config_fini(&cfg);
	return status;
}
