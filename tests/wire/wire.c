/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * wire.c -- the runs of a test program, and what its tests start from.
 */

#include <sys/stat.h>
#include <sys/xattr.h>

#include <fcntl.h>
#include <signal.h>
#include <time.h>

#include "wire.h"

/* cmocka hands a group no argument; there is one run at a time. */
static struct wire run;
static unsigned int run_flags;

bool
wire_root(void)
{
	return geteuid() == 0;
}

static void
add_arg(struct server_how *how, const char *arg)
{
	size_t n = 0;

	while (how->args[n] != NULL)
		n++;
	assert_true(n < SERVER_ARGS - 1);
	how->args[n] = arg;
}

struct server *
wire_server(struct wire *w, const char *const *args)
{
	struct server_how how = { 0 };
	char loops[16], listener[256];
	static unsigned int sockets;

	if (w->tcp)
		snprintf(
		    listener, sizeof(listener), "tcp:127.0.0.1:0,trust=any");
	else
		snprintf(listener, sizeof(listener), "unix:%s/sock%u,trust=any",
		    w->tmp, sockets++);
	snprintf(loops, sizeof(loops), "%d", w->loops);
	add_arg(&how, "-l");
	add_arg(&how, listener);
	add_arg(&how, "--loops");
	add_arg(&how, loops);
	if (w->tcp) {
		add_arg(&how, "--careful");
		add_arg(&how, "--spin");
		add_arg(&how, "0");
		add_arg(&how, "--parts");
		add_arg(&how, "1");
	}
	if (wire_root()) {
		add_arg(&how, "--identity");
		add_arg(&how, "client");
	}
	for (; *args != NULL; args++)
		add_arg(&how, *args);
	return server_start(&how);
}

static void
fill_rodir(const char *dir)
{
	char *sub = temp_path(dir, "dir");

	temp_put(dir, "file", "read only");
	assert_int_equal(mkdir(sub, 0777), 0);
	temp_put(sub, "below", "deeper");
	free(sub);
}

static int
run_setup(void **state)
{
	char host[512], ro[512];

	run.bad = true;
	run.hostdir = temp_dir();
	run.tmp = temp_dir();
	run.rodir = temp_dir();
	fill_rodir(run.rodir);
	if (!(run_flags & WIRE_NO_SERVER)) {
		snprintf(
		    host, sizeof(host), "/%s=%s", WIRE_HOST_KEY, run.hostdir);
		snprintf(ro, sizeof(ro), "/%s=%s,ro", WIRE_RO_KEY, run.rodir);
		run.srv = WIRE_SERVER(&run, "-e", host, "-e", ro);
	}
	*state = &run;
	return 0;
}

static int
run_teardown(void **state)
{
	struct server *s = run.srv;

	(void)state;
	run.srv = NULL;
	if (s != NULL)
		server_stop(s);
	temp_remove(run.hostdir);
	temp_remove(run.rodir);
	temp_remove(run.tmp);
	run.bad = false;
	return 0;
}

struct t9 *
wire_dial(struct wire *w)
{
	return t9_dial(w->srv->addr[0]);
}

struct t9 *
wire_session_with(struct server *s, uint32_t msize)
{
	struct t9 *c = t9_dial(s->addr[0]);

	t9_version(c, msize);
	t9_attach(c, ROOT, geteuid(), "");
	return c;
}

struct t9 *
wire_session(struct wire *w)
{
	return wire_session_with(w->srv, WIRE_MSIZE);
}

const char *
wire_home(struct wire *w, const char *path)
{
	static char home[512];

	snprintf(home, sizeof(home), "%s/t%u%s%s",
	    w->host ? "/" WIRE_HOST_KEY : "", w->n, *path != '\0' ? "/" : "",
	    path);
	return home;
}

struct t9 *
wire_session_as(struct wire *w, uint32_t uid)
{
	struct t9 *c = wire_dial(w);

	t9_version(c, WIRE_MSIZE);
	t9_attach(c, ROOT, uid, "");
	t9_walk(c, ROOT, HOME, wire_home(w, "") + 1);
	c->gid = UINT32_MAX; /* whatever the server thinks right */
	return c;
}

int
wire_setup(void **state)
{
	struct wire *w = *state;
	char name[32];

	w->n++;
	if (run_flags & WIRE_NO_SERVER)
		return 0;
	snprintf(name, sizeof(name), "t%u", w->n);
	w->c = wire_session(w);
	t9_walk(w->c, ROOT, HOME, w->host ? WIRE_HOST_KEY : "");
	t9_mkdir(w->c, HOME, name, 0777);
	t9_walk(w->c, HOME, HOME, name);
	return 0;
}

/* What a failed test has left is taken away; servers of its own, too. */
int
wire_teardown(void **state)
{
	struct wire *w = *state;

	t9_context(NULL);
	t9_free_all();
	w->c = NULL;
	server_kill_all_but(w->srv);
	return 0;
}

struct wire_patience
wire_patience(void)
{
	return (struct wire_patience){ t9_now() + t9_timeout() };
}

void
wire_wait(struct wire_patience *p, const char *what)
{
	struct timespec ts = { .tv_nsec = 5000000 };

	if (t9_now() > p->deadline)
		t9_fail("waited in vain: %s", what);
	nanosleep(&ts, NULL);
}

static bool
wanted(const char *env, const char *value)
{
	const char *want = getenv(env);

	return want == NULL || strcmp(want, value) == 0;
}

static bool
host_has_xattrs(void)
{
	char *dir = temp_dir();
	bool has = setxattr(dir, "user.etfsd", "x", 1, 0) == 0;

	temp_remove(dir);
	return has;
}

/* The tests of this run, to be freed; *n is how many are left. */
static struct CMUnitTest *
possible_tests(const struct CMUnitTest *tests, size_t *n)
{
	struct CMUnitTest *some = calloc(*n, sizeof(*some));
	unsigned int lacking = 0;
	size_t i, kept = 0;

	assert_non_null(some);
	if (!wire_root())
		lacking |= WIRE_NEEDS_ROOT;
	if (run.host && !host_has_xattrs())
		lacking |= WIRE_NEEDS_XATTR;
	lacking |= run.host ? WIRE_NEEDS_MEMORY : WIRE_NEEDS_HOST;
	for (i = 0; i < *n; i++) {
		if (((uintptr_t)tests[i].initial_state & lacking) != 0)
			continue;
		some[kept] = tests[i];
		some[kept++].initial_state = NULL;
	}
	*n = kept;
	return some;
}

static int
run_once(const char *name, const struct CMUnitTest *tests, size_t n)
{
	struct CMUnitTest *some;
	char title[128];
	int failed;

	if (!wanted("WIRE_TRANSPORT", run.tcp ? "tcp" : "unix") ||
	    !wanted("WIRE_FS", run.host ? "host" : "memfs"))
		return 0;
	snprintf(title, sizeof(title), "%s, %s, %d loop%s, %s", name,
	    run.tcp ? "tcp" : "unix", run.loops, run.loops > 1 ? "s" : "",
	    run.host ? "host" : "memfs");
	some = possible_tests(tests, &n);
	failed =
	    _cmocka_run_group_tests(title, some, n, run_setup, run_teardown);
	free(some);
	server_kill_all_but(NULL);
	return failed + run.bad;
}

int
wire_main(const char *name, unsigned int flags, const struct CMUnitTest *tests,
    size_t n)
{
	const char *loops = getenv("WIRE_LOOPS");
	int failed = 0;
	int fs, more, transport;

	signal(SIGPIPE, SIG_IGN);
	umask(0);
	run_flags = flags;
	if (loops != NULL)
		flags &= ~(unsigned int)WIRE_EACH_LOOPS;
	for (fs = 0; fs <= ((flags & WIRE_EACH_FS) != 0); fs++) {
		for (more = 0; more <= ((flags & WIRE_EACH_LOOPS) != 0);
		     more++) {
			for (transport = 0; transport < 2; transport++) {
				run.host = fs != 0;
				run.tcp = transport == 0;
				run.loops = 1 + (transport ^ more);
				if (loops != NULL)
					run.loops = atoi(loops);
				failed += run_once(name, tests, n);
			}
		}
	}
	return failed != 0;
}
