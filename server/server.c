/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.c -- the process: made, run, and brought to an end.
 *
 * The end has three stages.  A first signal, or the last client where no other
 * can come, makes it polite: nobody is let in, requests under way are answered,
 * replies are sent.  Who has not taken them when the grace is over is cut off.
 * If even that does not end the loops, because the host does not answer a call
 * of ours, or if a second signal comes, the process leaves as it is.
 *
 * Threads: all of this runs on the main thread, which runs the first loop.
 */

#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <unistd.h>

#include "announce.h"
#include "config.h"
#include "listen.h"
#include "log.h"
#include "sloop.h"
#include "tidy.h"
#include "tree.h"

#define GRACE_MS 5000 /* to send what has been answered */
#define LAST_GRACE_MS 2000 /* to end what has been cut off */

static const int deadly[] = { SIGTERM, SIGINT, SIGHUP };
#define NDEADLY (sizeof(deadly) / sizeof(deadly[0]))

struct daemon {
	struct server sv;
	struct listeners listeners;
	uv_signal_t signals[NDEADLY];
	size_t nsignals;
	uv_timer_t grace;
	struct tidy tidy;
	enum sloop_order stage; /* what the loops have been told */
	size_t nthreads; /* loops that run on threads of their own */
	bool cut; /* somebody was cut off */
};

static void
command_all(struct daemon *d, enum sloop_order order)
{
	size_t i;

	d->stage = order;
	for (i = 0; i < d->sv.nloops; i++)
		sloop_command(&d->sv.loops[i], order);
}

/* Without a look back: the loops may hang. */
static _Noreturn void
leave_at_once(struct daemon *d, const char *why)
{
	log_msg(LOG_ERROR, "leaving at once: %s", why);
	sockets_remove_files(&d->listeners.socks);
	_exit(EXIT_CUT);
}

static void
last_grace_over(uv_timer_t *timer)
{
	leave_at_once(container_of(timer, struct daemon, grace),
	    "the host does not answer");
}

static void
grace_over(uv_timer_t *timer)
{
	struct daemon *d = container_of(timer, struct daemon, grace);
	size_t n = atomic_load(&d->sv.nconns);

	if (n != 0) {
		log_msg(LOG_WARN, "clients cut off: %zu", n);
		d->cut = true;
	}
	command_all(d, SLOOP_CUT);
	uv_timer_start(&d->grace, last_grace_over, LAST_GRACE_MS, 0);
}

static void
begin_to_end(struct daemon *d)
{
	listeners_stop(&d->listeners);
	command_all(d, SLOOP_FINISH);
	uv_timer_start(&d->grace, grace_over, GRACE_MS, 0);
}

static void
signalled(uv_signal_t *signal, int signum)
{
	struct daemon *d = signal->data;

	if (d->stage != SLOOP_SERVE)
		leave_at_once(d, "a second signal");
	log_msg(LOG_INFO, "%s: finishing", strsignal(signum));
	begin_to_end(d);
}

/* nohup(1) has SIGHUP ignored, and means it. */
static bool
is_ignored(int signum)
{
	struct sigaction sa;

	return sigaction(signum, NULL, &sa) == 0 && sa.sa_handler == SIG_IGN;
}

static void
watch_signals(struct daemon *d)
{
	uv_loop_t *uv = &d->sv.loops[0].uv;
	uv_signal_t *s;
	size_t i;

	for (i = 0; i < NDEADLY; i++) {
		if (deadly[i] == SIGHUP && is_ignored(SIGHUP))
			continue;
		s = &d->signals[d->nsignals++];
		uv_signal_init(uv, s);
		s->data = d;
		uv_signal_start(s, signalled, deadly[i]);
	}
}

static void
close_handles(struct daemon *d)
{
	size_t i;

	for (i = 0; i < d->nsignals; i++)
		uv_close((uv_handle_t *)&d->signals[i], NULL);
	uv_close((uv_handle_t *)&d->grace, NULL);
	tidy_fini(&d->tidy);
}

static void
free_loops(struct daemon *d, size_t n)
{
	while (n-- > 0)
		sloop_fini(&d->sv.loops[n]);
	free(d->sv.loops);
}

static int
make_loops(struct daemon *d, struct failure *f)
{
	size_t i;
	int rc;

	d->sv.loops = calloc(d->sv.nloops, sizeof(*d->sv.loops));
	if (d->sv.loops == NULL)
		return failure_set(f, EXIT_START, "no memory");
	for (i = 0; i < d->sv.nloops; i++) {
		if ((rc = sloop_init(&d->sv.loops[i], &d->sv)) != 0) {
			free_loops(d, i);
			return failure_set(f, EXIT_START,
			    "cannot make a loop: %s", strerror(-rc));
		}
	}
	if ((rc = tidy_init(&d->tidy, &d->sv)) != 0) {
		free_loops(d, d->sv.nloops);
		return failure_set(
		    f, EXIT_START, "cannot make a timer: %s", strerror(-rc));
	}
	uv_timer_init(&d->sv.loops[0].uv, &d->grace);
	watch_signals(d);
	return 0;
}

/* The others; the first loop is the main thread's. */
static int
start_threads(struct daemon *d, struct failure *f)
{
	int rc;

	while (d->nthreads + 1 < d->sv.nloops) {
		rc = sloop_start(&d->sv.loops[d->nthreads + 1]);
		if (rc != 0)
			return failure_set(f, EXIT_START,
			    "cannot start a thread: %s", strerror(-rc));
		d->nthreads++;
	}
	return 0;
}

static int
start(struct daemon *d, struct failure *f)
{
	if (listeners_start(&d->listeners, &d->sv, f) != 0)
		return -1;
	return start_threads(d, f);
}

static bool
is_over(const struct daemon *d)
{
	return sloop_is_done(&d->sv.loops[0]) &&
	    atomic_load(&d->sv.running) == 0;
}

/* With no door to come in by, the last client takes the light with it. */
static bool
is_deserted(const struct daemon *d)
{
	return d->stage == SLOOP_SERVE && listeners_is_idle(&d->listeners) &&
	    list_empty(&d->sv.loops[0].conns);
}

static void
run(struct daemon *d)
{
	while (!is_over(d)) {
		if (is_deserted(d))
			begin_to_end(d);
		uv_run(&d->sv.loops[0].uv, UV_RUN_ONCE);
	}
}

static void
tear_down(struct daemon *d)
{
	size_t i;

	for (i = 1; i <= d->nthreads; i++)
		sloop_join(&d->sv.loops[i]);
	close_handles(d);
	free_loops(d, d->sv.nloops);
	listeners_fini(&d->listeners);
}

/*
 * What is at standard output may be a client.  If nobody else can come, who has
 * started us is its program and knows: what it says itself is not to be mixed
 * up with this.
 */
static void
tell(const struct daemon *d, const struct config *cfg)
{
	bool stdio = false;
	size_t i;

	for (i = 0; i < cfg->naddresses; i++)
		stdio = stdio || cfg->addresses[i].kind == ADDRESS_STDIO;
	if (!stdio || cfg->naddresses > 1)
		announce(stdio ? stderr : stdout, cfg, &d->listeners.socks);
}

/* With the tree and the sockets there: serve until the end. */
static int
serve(struct daemon *d, const struct config *cfg, struct failure *f)
{
	bool started;

	if (make_loops(d, f) != 0) {
		listeners_fini(&d->listeners);
		return -1;
	}
	started = start(d, f) == 0;
	if (started)
		tell(d, cfg);
	else
		begin_to_end(d);
	run(d);
	tear_down(d);
	if (!started)
		return -1;
	return d->cut ? EXIT_CUT : EXIT_OK;
}

/* Loops that leave clients and workers no CPU do not stay awake. */
static uint64_t
spin_time(const struct config *cfg)
{
	long cpus = sysconf(_SC_NPROCESSORS_ONLN);

	return cpus > 0 && cfg->loops < (size_t)cpus ? cfg->spin * 1000 : 0;
}

/*
 * One client alone must not have all descriptors: others, and those who are yet
 * to come, need some.
 */
static size_t
most_open(const struct config *cfg)
{
	struct rlimit rl;

	if (cfg->limits.opens != 0)
		return cfg->limits.opens;
	if (getrlimit(RLIMIT_NOFILE, &rl) != 0 || rl.rlim_cur == RLIM_INFINITY)
		return SIZE_MAX;
	return (size_t)(rl.rlim_cur / 2 + rl.rlim_cur / 8);
}

int
server_run(const struct config *cfg, struct failure *f)
{
	struct daemon *d;
	int rc = -1;

	if (listeners_check(cfg, f) != 0)
		return -1;
	if ((d = calloc(1, sizeof(*d))) == NULL)
		return failure_set(f, EXIT_START, "no memory");
	d->sv.limits = cfg->limits;
	d->sv.limits.opens = most_open(cfg);
	d->sv.identity = cfg->identity;
	d->sv.identity.known = known_new();
	d->sv.trace = cfg->trace;
	d->sv.nloops = cfg->loops;
	d->sv.spin = spin_time(cfg);
	d->sv.parts = cfg->parts;
	d->sv.keep = cfg->keep * 1000;
	if (tree_new(cfg, &d->sv.vfs, f) == 0) {
		if (listeners_open(&d->listeners, cfg, f) == 0)
			rc = serve(d, cfg, f);
		vfs_free(d->sv.vfs);
	}
	known_free(d->sv.identity.known);
	free(d);
	return rc;
}
