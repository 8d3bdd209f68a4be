/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * server.c -- fork, exec, listen to what it says, and see it off.
 *
 * The child begins with default signals, no descriptors but those named, and
 * dies with the test.  Its stderr, and its stdout unless a test takes it, go to
 * files: nothing that it writes can make it wait for us.
 */

#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <grp.h>
#include <limits.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "wire.h"

#define MAX_FDS 8

static struct server *servers;

const char *
server_binary(void)
{
	const char *env = getenv("ETFSD");

	return env != NULL ? env : "build/etfsd";
}

static void
pause_a_little(void)
{
	struct timespec ts = { .tv_nsec = 2000000 };

	nanosleep(&ts, NULL);
}

static int
open_in(const char *dir, const char *name)
{
	char *path = temp_path(dir, name);
	int fd;

	fd = open(path, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0644);
	free(path);
	return fd;
}

/* Put from[] at 0, 1, 2, ...; they are moved out of the way first. */
static void
place_fds(int *from, int n)
{
	int i;

	for (i = 0; i < n; i++)
		from[i] = fcntl(from[i], F_DUPFD_CLOEXEC, MAX_FDS + 2);
	for (i = 0; i < n; i++)
		if (dup2(from[i], i) < 0)
			_exit(126);
}

static int
gather_fds(const struct server_how *how, const char *dir, int *fds)
{
	int n = 0;

	fds[n++] = how->in != 0 ? how->in : open("/dev/null", O_RDONLY);
	fds[n++] = how->out != 0 ? how->out : open_in(dir, "out");
	fds[n++] = open_in(dir, "err");
	while (n - 3 < 4 && how->fds[n - 3] != 0) {
		fds[n] = how->fds[n - 3];
		n++;
	}
	return n;
}

static void
announce_fds(int n)
{
	char text[32];

	snprintf(text, sizeof(text), "%d", n);
	setenv("LISTEN_FDS", text, 1);
	snprintf(text, sizeof(text), "%d", (int)getpid());
	setenv("LISTEN_PID", text, 1);
}

static void
become(const struct server_how *how, const char *dir)
{
	const char *argv[SERVER_ARGS + 1] = { server_binary() };
	int fds[MAX_FDS], n;
	int self = open(argv[0], O_RDONLY | O_CLOEXEC);

	if (self < 0)
		goto cannot;
	prctl(PR_SET_PDEATHSIG, SIGKILL);
	self = fcntl(self, F_DUPFD_CLOEXEC, 2 * MAX_FDS);
	signal(SIGPIPE, SIG_DFL);
	umask(0077); /* it has to make up its own mind */
	n = gather_fds(how, dir, fds);
	place_fds(fds, n);
	if (how->activated)
		announce_fds(n - 3);
	if (how->descriptors != 0 &&
	    setrlimit(RLIMIT_NOFILE,
		&(struct rlimit){ how->descriptors, how->descriptors }) != 0)
		_exit(126);
	if (how->uid != 0 &&
	    (setgroups(0, NULL) != 0 ||
		setresgid(how->uid, how->uid, how->uid) != 0 ||
		setresuid(how->uid, how->uid, how->uid) != 0))
		_exit(126);
	memcpy(argv + 1, how->args, sizeof(how->args) - sizeof(*argv));
	/* Opened before: another user may not get there. */
	fexecve(self, (char **)(uintptr_t)argv, environ);
cannot:
	dprintf(2, "cannot run %s: %s\n", argv[0], strerror(errno));
	_exit(127);
}

/* A socket file named in the arguments is the server's to remove. */
static void
note_sockets(struct server *s, const struct server_how *how)
{
	const char *path;
	size_t n = 0, i;

	for (i = 0; i < SERVER_ARGS && how->args[i] != NULL; i++) {
		if (strncmp(how->args[i], "unix:", 5) != 0)
			continue;
		path = how->args[i] + 5;
		s->sockets[n] = strndup(path, strcspn(path, ","));
		n++;
	}
}

struct server *
server_spawn(const struct server_how *how)
{
	struct server *s = calloc(1, sizeof(*s));

	assert_non_null(s);
	s->dir = temp_dir();
	note_sockets(s, how);
	fflush(NULL);
	s->pid = fork();
	if (s->pid == 0)
		become(how, s->dir);
	assert_true(s->pid > 0);
	s->next = servers;
	servers = s;
	return s;
}

static char *
read_said(struct server *s, const char *name)
{
	char *path = temp_path(s->dir, name);
	char *text = temp_read(path, NULL);

	free(path);
	return text;
}

char *
server_log(struct server *s)
{
	return read_said(s, "err");
}

char *
server_said(struct server *s)
{
	char *out = read_said(s, "out");
	char *err = read_said(s, "err");
	char *both;

	if (asprintf(&both, "%s%s", out, err) < 0)
		fail_msg("no memory");
	free(out);
	free(err);
	return both;
}

size_t
server_log_lines(struct server *s)
{
	char *text = server_log(s);
	size_t n = 0;
	char *p;

	for (p = text; (p = strchr(p, '\n')) != NULL; p++)
		n++;
	free(text);
	return n;
}

/* "... mount -t 9p -o trans=tcp,port=5640,... 127.0.0.1 /mnt" */
static bool
parse_mount(const char *line, char *addr, size_t cap)
{
	char opts[1024], source[200];
	const char *port, *colon;

	line = strstr(line, "mount -t 9p -o ");
	if (line == NULL ||
	    sscanf(line, "mount -t 9p -o %1023s %199s /mnt", opts, source) != 2)
		return false;
	if (strstr(opts, "trans=unix") != NULL) {
		snprintf(addr, cap, "unix:%s", source);
		return true;
	}
	port = strstr(opts, "port=");
	if (strstr(opts, "trans=tcp") == NULL || port == NULL)
		return false;
	colon = source[0] != '[' ? strchr(source, ':') : NULL;
	snprintf(addr, cap, colon != NULL ? "tcp:[%s]:%d" : "tcp:%s:%d", source,
	    atoi(port + 5));
	return true;
}

static void
read_addrs(struct server *s)
{
	char *text = server_said(s);
	char *line, *rest = text;

	s->naddrs = 0;
	while ((line = strsep(&rest, "\n")) != NULL && rest != NULL &&
	    s->naddrs < SERVER_ADDRS)
		if (parse_mount(
			line, s->addr[s->naddrs], sizeof(s->addr[s->naddrs])))
			s->naddrs++;
	free(text);
}

/* All of it, but for the middle of what is very long. */
static void
show_what_it_said(struct server *s)
{
	char *text = server_said(s);
	size_t len = strlen(text), most = 16384;

	fflush(stdout);
	fprintf(stderr, "--- the server said:\n%.*s", (int)most, text);
	if (len > 2 * most)
		fprintf(stderr, "\n[...]\n");
	if (len > most)
		fputs(len > 2 * most ? text + len - most : text + most, stderr);
	fprintf(stderr, "---\n");
	free(text);
}

/* Has it ended?  Then pid is 0 and *status tells how. */
static bool
reap(struct server *s, int *status)
{
	if (waitpid(s->pid, status, WNOHANG) != s->pid)
		return false;
	s->pid = 0;
	return true;
}

void
server_await_listeners(struct server *s, size_t n)
{
	int64_t deadline = t9_now() + t9_timeout();
	int status;

	for (;;) {
		read_addrs(s);
		if (s->naddrs >= n)
			return;
		if (reap(s, &status) || t9_now() > deadline) {
			show_what_it_said(s);
			t9_fail("the server did not start");
		}
		pause_a_little();
	}
}

struct server *
server_start(const struct server_how *how)
{
	struct server *s = server_spawn(how);

	server_await_listeners(s, how->listeners != 0 ? how->listeners : 1);
	return s;
}

int
server_wait(struct server *s)
{
	int64_t deadline = t9_now() + t9_timeout();
	int status;

	while (!reap(s, &status)) {
		if (t9_now() > deadline) {
			show_what_it_said(s);
			t9_fail("the server does not end");
		}
		pause_a_little();
	}
	return status;
}

void
server_free(struct server *s)
{
	struct server **p;
	size_t i;

	for (p = &servers; *p != s; p = &(*p)->next)
		;
	*p = s->next;
	if (s->pid != 0) {
		kill(s->pid, SIGKILL);
		waitpid(s->pid, NULL, 0);
	}
	for (i = 0; i < SERVER_ADDRS; i++)
		free(s->sockets[i]);
	temp_remove(s->dir);
	free(s);
}

void
server_kill_all_but(struct server *keep)
{
	struct server *s, *next;

	for (s = servers; s != NULL; s = next) {
		next = s->next;
		if (s == keep)
			continue;
		show_what_it_said(s);
		server_free(s);
	}
}

static bool
log_is_clean(struct server *s)
{
	static const char *const bad[] = { "Sanitizer",
		"runtime error:", "ssertion", "panic" };
	char *text = server_log(s);
	bool clean = true;
	size_t i;

	for (i = 0; i < sizeof(bad) / sizeof(bad[0]); i++)
		clean = clean && strstr(text, bad[i]) == NULL;
	free(text);
	return clean;
}

static bool
sockets_are_gone(struct server *s)
{
	struct stat st;
	size_t i;

	for (i = 0; i < SERVER_ADDRS && s->sockets[i] != NULL; i++)
		if (lstat(s->sockets[i], &st) == 0)
			return false;
	return true;
}

void
server_ends(struct server *s, int status)
{
	int got = server_wait(s);
	bool clean = log_is_clean(s);
	bool gone = sockets_are_gone(s);

	if (!WIFEXITED(got) || WEXITSTATUS(got) != status || !clean || !gone)
		show_what_it_said(s);
	server_free(s);
	if (WIFSIGNALED(got))
		t9_fail("the server was killed by signal %d", WTERMSIG(got));
	if (WEXITSTATUS(got) != status)
		t9_fail("the server's exit status is %d, not %d",
		    WEXITSTATUS(got), status);
	if (!clean)
		t9_fail("the server's log tells of a mistake of its own");
	if (!gone)
		t9_fail("the server left its socket behind");
}

void
server_stop(struct server *s)
{
	int status;

	if (reap(s, &status)) {
		show_what_it_said(s);
		t9_fail("the server ended by itself, wait status 0x%x",
		    (unsigned int)status);
	}
	kill(s->pid, SIGTERM);
	server_ends(s, 0);
}

int
server_run(const char *const *args, char **said)
{
	struct server_how how = { 0 };
	struct server *s;
	size_t i;
	int status;

	for (i = 0; args[i] != NULL; i++)
		how.args[i] = args[i];
	s = server_spawn(&how);
	status = server_wait(s);
	*said = server_said(s);
	server_free(s);
	if (!WIFEXITED(status))
		t9_fail("ended by a signal: %s", *said);
	return WEXITSTATUS(status);
}

bool
server_one_line(const char *said)
{
	const char *end = strchr(said, '\n');

	return end != NULL && end > said && end[1] == '\0';
}

size_t
server_fds(struct server *s)
{
	char path[64];
	size_t n = 0;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%d/fd", (int)s->pid);
	d = opendir(path);
	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n - 2;
}

/* A line of /proc/PID/status, in bytes. */
static size_t
status_kb(struct server *s, const char *key)
{
	unsigned long kb = 0;
	char path[64];
	char *text, *line;

	snprintf(path, sizeof(path), "/proc/%d/status", (int)s->pid);
	text = temp_read(path, NULL);
	line = strstr(text, key);
	assert_non_null(line);
	sscanf(line + strlen(key), ": %lu", &kb);
	free(text);
	return (size_t)kb * 1024;
}

size_t
server_rss(struct server *s)
{
	return status_kb(s, "VmRSS");
}

/* They reserve terabytes of addresses. */
bool
server_sanitized(struct server *s)
{
	return status_kb(s, "VmSize") > (size_t)1 << 40;
}

long
server_ticks(struct server *s)
{
	unsigned long user = 0, sys = 0;
	char path[64];
	char *text, *p;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)s->pid);
	text = temp_read(path, NULL);
	p = strrchr(text, ')');
	assert_non_null(p);
	sscanf(p, ") %*c %*d %*d %*d %*d %*d %*u %*u %*u %*u %*u %lu %lu",
	    &user, &sys);
	free(text);
	return (long)(user + sys);
}
