/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_refused.c -- addresses at which there is no server for us, and why.
 */

#include <fcntl.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/wait.h>

#include "client.h"
#include "fake.h"

/* Fails, and tells why; no descriptor is left, nor a child. */
static void
expect_mount(int line, const char *addr, const struct etfsc_options *opt,
    int rc, const char *reason)
{
	struct etfsc_attr attr;
	struct etfsc *fs;
	int got = etfsc_mount(addr, opt, &fs);
	const char *why = etfsc_reason(fs);

	if (got != rc || why == NULL ||
	    strncmp(why, reason, strlen(reason)) != 0)
		fail_msg("line %d: %s: %d, %s", line, addr, got,
		    why != NULL ? why : "no reason");
	fails(ENOTCONN, etfsc_stat(fs, "/", &attr));
	etfsc_release(fs);
	assert_int_equal(waitpid(-1, NULL, WNOHANG), -1);
}
#define no_mount(...) expect_mount(__LINE__, __VA_ARGS__)

static void
an_address_that_is_none_is_told(void **state)
{
	static const char *const bad[][2] = {
		{ "", "it has to begin with" },
		{ "host", "it has to begin with" },
		{ "udp:host:1", "it has to begin with" },
		{ "tcp:", "it has to be tcp:HOST:PORT" },
		{ "tcp:host", "it has to be tcp:HOST:PORT" },
		{ "tcp:[::1]", "it has to be tcp:HOST:PORT" },
		{ "tcp:host:", "no such port" },
		{ "tcp:host:0", "no such port" },
		{ "tcp:host:65536", "no such port" },
		{ "tcp:host:+1", "no such port" },
		{ "tcp:host:1x", "no such port" },
		{ "tcp::::1", "an IPv6 address goes in brackets" },
		{ "tcp:[::1:1", "brackets do not match" },
		{ "tcp:[]:1", "brackets do not match" },
		{ "tcp:host:1,trust=any", "a comma or a backslash" },
		{ "unix:", "it has to be unix:PATH" },
		{ "unix:/a,b", "a comma or a backslash" },
		{ "unix:/a\\", "a comma or a backslash" },
		{ "vsock:1", "it has to be vsock:CID:PORT" },
		{ "vsock:any:1", "no such context id" },
		{ "vsock:x:1", "no such context id" },
		{ "vsock:4294967296:1", "no such context id" },
		{ "vsock:1:x", "no such port" },
		{ "vsock:1:4294967295", "no such port" },
		{ "fd:", "no such descriptor" },
		{ "fd:-1", "no such descriptor" },
		{ "fd:x", "no such descriptor" },
		{ "exec:", "it has to be exec:COMMAND" },
		{ "exec:  ", "it has to be exec:COMMAND" },
	};
	char want[256], longest[300] = "unix:/";
	size_t i;

	(void)state;
	for (i = 0; i < WIRE_COUNT(bad); i++) {
		snprintf(want, sizeof(want), "address: %s: %s", bad[i][0],
		    bad[i][1]);
		no_mount(bad[i][0], NULL, -EINVAL, want);
	}
	memset(longest + 6, 'x', 200);
	no_mount(longest, NULL, -EINVAL, "address: unix:/xxx");
	no_mount("\033[2J\n", NULL, -EINVAL, "address: ?[2J?: ");
}

static void
who_is_not_there_is_told(void **state)
{
	char addr[256], want[300];
	int fd;

	(void)state;
	no_mount("unix:/no/such/file", NULL, -ENOENT,
	    "connect: unix:/no/such/file: No such file");
	no_mount("tcp:127.0.0.1:1", NULL, -ECONNREFUSED,
	    "connect: 127.0.0.1, port 1: Connection refused");
	no_mount("tcp::1", NULL, -ECONNREFUSED, "connect: this machine, port");
	no_mount("tcp:*:1", NULL, -ECONNREFUSED, "connect: this machine, port");
	no_mount("tcp:no.such.host.invalid:1", NULL, -EHOSTUNREACH,
	    "resolve: no.such.host.invalid: ");
	no_mount("fd:1000", NULL, -EINVAL, "connect: fd:1000: Bad file");
	fd = open("/dev/null", O_RDONLY);
	snprintf(addr, sizeof(addr), "fd:%d", fd);
	snprintf(want, sizeof(want), "connect: %s: it is not open both", addr);
	no_mount(addr, NULL, -EINVAL, want);
	assert_int_equal(fcntl(fd, F_GETFD), -1);
	fd = socket(AF_UNIX, SOCK_DGRAM, 0);
	snprintf(addr, sizeof(addr), "fd:%d", fd);
	snprintf(want, sizeof(want), "connect: %s: it is no stream", addr);
	no_mount(addr, NULL, -EINVAL, want);
}

/* There need not be any support for it in the kernel. */
static void
a_guest_that_is_not_there_is_told(void **state)
{
	const struct etfsc_options opt = { .connect_ms = 2000 };
	struct etfsc *fs;
	int rc = etfsc_mount("vsock:4711:5640", &opt, &fs);

	(void)state;
	assert_true(rc < 0);
	if (strncmp(etfsc_reason(fs), "connect: vsock:4711:5640: ", 26) != 0)
		fail_msg("%s", etfsc_reason(fs));
	etfsc_release(fs);
}

static void
a_command_that_ends_is_told(void **state)
{
	(void)state;
	no_mount("exec:exit 7", NULL, -ENOTCONN,
	    "lost: the command ended with exit status 7");
	no_mount("exec:/no/such/command 2>/dev/null", NULL, -ENOTCONN,
	    "lost: the command ended with exit status 127");
	no_mount("exec:kill -9 $$", NULL, -ENOTCONN,
	    "lost: the command was ended by signal 9");
	no_mount("exec:cat", NULL, -EPROTO,
	    "protocol: the server sent Tversion to Tversion");
	no_mount("exec:echo Welcome to this host; cat >/dev/null", NULL,
	    -EPROTO, "protocol: the server sent a message whose size");
}

/* Whatever this program does about signals. */
static void
a_command_can_be_ended_by_signals(void **state)
{
	sigset_t all;

	(void)state;
	signal(SIGPIPE, SIG_IGN);
	sigfillset(&all);
	pthread_sigmask(SIG_BLOCK, &all, NULL);
	no_mount("exec:kill -PIPE $$; exit 3", NULL, -ENOTCONN,
	    "lost: the command was ended by signal 13");
	no_mount("exec:kill -TERM $$; exit 3", NULL, -ENOTCONN,
	    "lost: the command was ended by signal 15");
	pthread_sigmask(SIG_UNBLOCK, &all, NULL);
	signal(SIGPIPE, SIG_DFL);
}

static void
a_command_that_does_not_end_is_killed(void **state)
{
	const struct etfsc_options opt = { .connect_ms = 50 };

	(void)state;
	no_mount("exec:exec sleep 1000", &opt, -ETIMEDOUT,
	    "version: the server does not answer");
}

/* Servers of other kinds. */
static struct p9_msg odd_version;

static void
serve_version(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m)) {
		odd_version.tag = m.tag;
		if (m.type == P9_Tversion)
			fake_put(f, &odd_version);
		else
			fake_answer(f, &m);
	}
}

static void
expect_version(
    int line, const char *version, uint32_t msize, int rc, const char *reason)
{
	static struct fake fake;
	const struct etfsc_options opt = { .msize = 8192 };

	fake = (struct fake){ .serve = serve_version };
	odd_version = (struct p9_msg){ .type = P9_Rversion };
	odd_version.u.Rversion.msize = msize;
	odd_version.u.Rversion.version =
	    (p9_str){ version, (uint16_t)strlen(version) };
	fake_start(&fake);
	expect_mount(line, fake.addr, &opt, rc, reason);
	fake_stop(&fake);
}
#define no_version(...) expect_version(__LINE__, __VA_ARGS__)

static void
a_server_that_speaks_something_else_is_refused(void **state)
{
	(void)state;
	no_version("unknown", 8192, -EPROTONOSUPPORT,
	    "version: the server does not speak 9P2000.L");
	no_version("9P2000.u", 8192, -EPROTONOSUPPORT,
	    "version: the server speaks 9P2000.u, not 9P2000.L");
	no_version("9P2000", 8192, -EPROTONOSUPPORT,
	    "version: the server speaks 9P2000, not 9P2000.L");
	no_version("9P2000.L.more", 8192, -EPROTONOSUPPORT,
	    "version: the server speaks 9P2000.L.more, not 9P2000.L");
	no_version("", 8192, -EPROTONOSUPPORT, "version: the server speaks ,");
	no_version("\033\n", 8192, -EPROTONOSUPPORT,
	    "version: the server speaks ??, not");
	no_version("9P2000.L", 4095, -EPROTONOSUPPORT,
	    "version: the server takes messages of 4095 bytes only");
	no_version("9P2000.L", 0, -EPROTONOSUPPORT,
	    "version: the server takes messages of 0 bytes only");
	no_version("9P2000.L", 8193, -EPROTO,
	    "protocol: the server sent an msize above ours");
}

static void
serve_errors(struct fake *f)
{
	struct p9_msg m, r = { .type = P9_Rlerror };

	while (fake_get(f, &m)) {
		r.tag = m.tag;
		r.u.Rlerror.ecode = 90;
		fake_put(f, &r);
	}
}

static void
serve_nobody(struct fake *f)
{
	struct p9_msg m;

	while (fake_get(f, &m))
		;
}

static void
an_error_on_the_way_in_is_told(void **state)
{
	const struct etfsc_options small = { .msize = 4095 };
	const struct etfsc_options soon = { .connect_ms = 30 };
	static struct fake fake;

	(void)state;
	fake = (struct fake){ .serve = serve_errors };
	fake_start(&fake);
	no_mount(fake.addr, NULL, -EMSGSIZE, "version: Message too long");
	fake_stop(&fake);
	fake_start(&fake);
	no_mount(fake.addr, &small, -EINVAL,
	    "version: messages of 4095 bytes are too small; they have at least "
	    "4096");
	fake_stop(&fake);
	fake = (struct fake){ .serve = serve_nobody };
	fake_start(&fake);
	no_mount(fake.addr, &soon, -ETIMEDOUT, "version: the server does not");
	fake_stop(&fake);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		cmocka_unit_test(an_address_that_is_none_is_told),
		cmocka_unit_test(who_is_not_there_is_told),
		cmocka_unit_test(a_guest_that_is_not_there_is_told),
		cmocka_unit_test(a_command_that_ends_is_told),
		cmocka_unit_test(a_command_can_be_ended_by_signals),
		cmocka_unit_test(a_command_that_does_not_end_is_killed),
		cmocka_unit_test(
		    a_server_that_speaks_something_else_is_refused),
		cmocka_unit_test(an_error_on_the_way_in_is_told),
	};

	return cmocka_run_group_tests_name("refused", tests, NULL, NULL);
}
