/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * client.c -- the runs of a test program, and what its tests start from.
 */

#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/wait.h>

#include "client.h"

#define MAX_OWN 16

static struct client run;
static unsigned int run_flags;

/* Servers of one connection each. */
static struct {
	struct etfsc *fs;
	struct server *srv;
} own[MAX_OWN];

void
client_expect(
    const char *file, int line, const char *call, int64_t got, int64_t want)
{
	if (got == want)
		return;
	print_error("%s:%d: %s: %lld (%s), not %lld\n", file, line, call,
	    (long long)got, got < 0 ? strerror((int)-got) : "-",
	    (long long)want);
	fail();
}

static int
count_fds(void)
{
	DIR *d = opendir("/proc/self/fd");
	int n = 0;

	assert_non_null(d);
	while (readdir(d) != NULL)
		n++;
	closedir(d);
	return n;
}

/* Arguments that all servers have. */
static void
common_args(struct client *c, struct server_how *how, size_t n)
{
	const char *loops = getenv("WIRE_LOOPS");

	if (loops != NULL) {
		how->args[n++] = "--loops";
		how->args[n++] = loops;
	}
	if (wire_root()) {
		how->args[n++] = "--identity";
		how->args[n++] = "client";
	}
	if (c->host)
		how->args[n] = c->hostdir;
}

static void
start_server(struct client *c)
{
	struct server_how how = { .args = { "-l" } };
	char listener[256];

	if (strcmp(c->transport, "tcp") == 0)
		snprintf(
		    listener, sizeof(listener), "tcp:127.0.0.1:0,trust=any");
	else if (strcmp(c->transport, "unix") == 0)
		snprintf(listener, sizeof(listener), "unix:%s/sock,trust=any",
		    c->tmp);
	else
		return;
	how.args[1] = listener;
	common_args(c, &how, 2);
	c->srv = server_start(&how);
}

/* A server that has one client, at a socket with which it is started. */
static int
start_for_fd(struct client *c, struct server **srv)
{
	struct server_how how = { .args = { "-l", "fd:3,trust=any" } };
	int fds[2];

	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, fds), 0);
	how.fds[0] = fds[1];
	common_args(c, &how, 2);
	*srv = server_spawn(&how);
	close(fds[1]);
	return fds[0];
}

static void
address(struct client *c, char *buf, size_t cap, struct server **srv)
{
	*srv = NULL;
	if (c->srv != NULL)
		snprintf(buf, cap, "%s", c->srv->addr[0]);
	else if (strcmp(c->transport, "fd") == 0)
		snprintf(buf, cap, "fd:%d", start_for_fd(c, srv));
	else
		snprintf(buf, cap,
		    "exec:exec %s -l stdio,trust=any %s %s 2>>%s/err",
		    server_binary(), wire_root() ? "--identity client" : "",
		    c->host ? c->hostdir : "", c->tmp);
}

struct etfsc *
client_mount(struct client *c, const struct etfsc_options *opt)
{
	struct server *srv;
	struct etfsc *fs;
	char addr[1024];
	size_t i = 0;

	address(c, addr, sizeof(addr), &srv);
	if (etfsc_mount(addr, opt, &fs) != 0)
		fail_msg("%s: %s", addr, etfsc_reason(fs));
	assert_null(etfsc_reason(fs));
	while (own[i].fs != NULL)
		assert_true(++i < MAX_OWN);
	own[i].fs = fs;
	own[i].srv = srv;
	return fs;
}

void
client_release(struct client *c, struct etfsc *fs)
{
	struct server *srv;
	size_t i = 0;
	int rc;

	(void)c;
	while (own[i].fs != fs)
		assert_true(++i < MAX_OWN);
	srv = own[i].srv;
	own[i].fs = NULL;
	own[i].srv = NULL;
	rc = etfsc_release(fs);
	if (srv != NULL)
		server_ends(srv, 0);
	ok(rc);
}

int
client_setup(void **state)
{
	struct client *c = *state;

	c->nfds = count_fds();
	c->fs = client_mount(c, NULL);
	snprintf(c->home, sizeof(c->home), "/t%u", ++c->n);
	ok(etfsc_mkdir(c->fs, c->home, 0777));
	ok(etfsc_chdir(c->fs, c->home));
	return 0;
}

/* Also after a failure. */
int
client_teardown(void **state)
{
	struct client *c = *state;
	struct server *keep = c->srv;
	size_t i;
	int left;

	if (c->fs != NULL && own[0].fs == c->fs)
		client_release(c, c->fs);
	c->fs = NULL;
	for (i = 0; i < MAX_OWN; i++)
		etfsc_drop(own[i].fs);
	memset(own, 0, sizeof(own));
	server_kill_all_but(keep);
	left = count_fds() - c->nfds;
	if (left != 0)
		print_error("%d descriptors are left\n", left);
	while (keep == NULL && waitpid(-1, NULL, WNOHANG) > 0)
		left++;
	return left == 0 ? 0 : -1;
}

const char *
client_host(struct client *c, const char *name)
{
	static char path[512];

	snprintf(path, sizeof(path), "%s%s/%s", c->hostdir, c->home, name);
	return path;
}

void
client_pattern(void *buf, size_t len, uint64_t off)
{
	uint8_t *p = buf;
	uint64_t word;
	size_t skip, n;

	for (; len > 0; len -= n, off += n, p += n) {
		word = off / 8 * 0x9e3779b97f4a7c15U;
		skip = off % 8;
		n = len < 8 - skip ? len : 8 - skip;
		memcpy(p, (uint8_t *)&word + skip, n);
	}
}

void
client_put(struct etfsc *fs, const char *path, const char *text)
{
	struct etfsc_file *file;

	ok(etfsc_create(fs, path, 0666, &file));
	gives(strlen(text), etfsc_write(file, text, strlen(text), 0));
	ok(etfsc_close(file));
}

static int
run_setup(void **state)
{
	run.bad = true;
	run.n = 0;
	run.hostdir = temp_dir();
	run.tmp = temp_dir();
	start_server(&run);
	*state = &run;
	return 0;
}

/* What servers that were commands had to say. */
static bool
err_is_clean(struct client *c)
{
	char *path = temp_path(c->tmp, "err");
	char *text = temp_read(path, NULL);
	bool clean = strstr(text, "Sanitizer") == NULL &&
	    strstr(text, "runtime error:") == NULL;

	if (!clean)
		print_error("%s", text);
	free(text);
	free(path);
	return clean;
}

static int
run_teardown(void **state)
{
	struct server *s = run.srv;
	bool clean = err_is_clean(&run);

	(void)state;
	run.srv = NULL;
	if (s != NULL)
		server_stop(s);
	temp_remove(run.hostdir);
	temp_remove(run.tmp);
	run.bad = !clean;
	return 0;
}

static int
run_once(const char *name, const struct CMUnitTest *tests, size_t n)
{
	char title[128];
	int failed;

	snprintf(title, sizeof(title), "%s, %s, %s", name, run.transport,
	    run.host ? "host" : "memfs");
	failed =
	    _cmocka_run_group_tests(title, tests, n, run_setup, run_teardown);
	server_kill_all_but(NULL);
	return failed + run.bad;
}

int
client_main(const char *name, unsigned int flags,
    const struct CMUnitTest *tests, size_t n)
{
	static const char *const transports[] = { "unix", "tcp", "fd", "exec" };
	size_t ntransports = flags & CLIENT_SHARED ? 2 : 4, i;
	int failed = 0;
	int fs;

	umask(0);
	run_flags = flags;
	if (flags & CLIENT_ONCE)
		ntransports = 1;
	for (i = 0; i < ntransports; i++) {
		for (fs = 0; fs <= ((flags & CLIENT_ONCE) == 0); fs++) {
			run.transport = transports[i];
			run.host = fs != 0;
			failed += run_once(name, tests, n);
		}
	}
	return failed != 0;
}
