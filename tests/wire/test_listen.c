/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_listen.c -- where a server can be reached.
 *
 * AF_VSOCK has no loopback on many hosts: its addresses are tried in
 * test_options.c, for what the server says about them.
 */

#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <sys/wait.h>

#include <fcntl.h>
#include <netinet/in.h>

#include "wire.h"

/* A server with these arguments, and nothing else. */
static struct server *
plain_server(size_t listeners, const char *const *args)
{
	struct server_how how = { .listeners = listeners };
	size_t i;

	for (i = 0; args[i] != NULL; i++)
		how.args[i] = args[i];
	return server_start(&how);
}

#define PLAIN(listeners, ...)                                                  \
	plain_server(listeners, (const char *const[]){ __VA_ARGS__, NULL })

/* Write and read something at an address of the server. */
static void
works_at(const char *addr, const char *name)
{
	struct t9 *c = t9_dial(addr);

	t9_version(c, 8192);
	t9_attach(c, ROOT, geteuid(), "");
	t9_put(c, ROOT, name, "content");
	t9_has(c, ROOT, name, "content");
	t9_free(c);
}

static void
an_address_in_use_is_status_1(void **state)
{
	struct wire *w = *state;
	struct server *s = PLAIN(1, "-l", "tcp:127.0.0.1:0,trust=any");
	char text[256], *sock, *said;

	assert_int_equal(
	    server_run((const char *[]){ "-l", s->addr[0], NULL }, &said), 1);
	assert_true(server_one_line(said));
	free(said);
	works_at(s->addr[0], "still");
	server_stop(s);

	sock = temp_path(w->tmp, "taken");
	snprintf(text, sizeof(text), "unix:%s", sock);
	s = PLAIN(1, "-l", text);
	assert_int_equal(
	    server_run((const char *[]){ "-l", text, NULL }, &said), 1);
	assert_true(server_one_line(said));
	free(said);
	works_at(text, "still");
	server_stop(s);
	free(sock);
}

/* Only a socket, and only if nobody listens there any more. */
static void
a_socket_left_behind_is_taken_over(void **state)
{
	struct wire *w = *state;
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct server *s;
	char text[256];
	int fd;

	snprintf(
	    sun.sun_path, sizeof(sun.sun_path), "%s/left%d", w->tmp, w->tcp);
	fd = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	assert_int_equal(bind(fd, (struct sockaddr *)&sun, sizeof(sun)), 0);
	assert_int_equal(listen(fd, 1), 0);
	close(fd);
	snprintf(text, sizeof(text), "unix:%s", sun.sun_path);
	s = PLAIN(1, "-l", text);
	works_at(text, "file");
	server_stop(s);
}

static void
a_unix_socket_is_private_unless_told(void **state)
{
	struct wire *w = *state;
	char a[256], b[256], *path;
	struct server *s;
	struct stat st;

	snprintf(a, sizeof(a), "unix:%s/private", w->tmp);
	snprintf(b, sizeof(b), "unix:%s/public,mode=0666", w->tmp);
	s = PLAIN(2, "-l", a, "-l", b);
	path = temp_path(w->tmp, "private");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0600);
	free(path);
	path = temp_path(w->tmp, "public");
	assert_int_equal(stat(path, &st), 0);
	assert_int_equal(st.st_mode, S_IFSOCK | 0666);
	free(path);
	works_at(s->addr[0], "one");
	works_at(s->addr[1], "two");
	server_stop(s);
}

static bool
host_has_ipv6(void)
{
	struct sockaddr_in6 in6 = { .sin6_family = AF_INET6,
		.sin6_addr = IN6ADDR_LOOPBACK_INIT };
	int fd = socket(AF_INET6, SOCK_STREAM | SOCK_CLOEXEC, 0);
	bool has;

	has = fd >= 0 && bind(fd, (struct sockaddr *)&in6, sizeof(in6)) == 0;
	close(fd);
	return has;
}

static void
all_listeners_serve_one_tree(void **state)
{
	struct wire *w = *state;
	bool ipv6 = host_has_ipv6();
	struct server *s;
	struct t9 *c;
	char a[256], b[256], name[32], *said;
	size_t i;

	snprintf(a, sizeof(a), "unix:%s/many-a", w->tmp);
	snprintf(b, sizeof(b), "unix:%s/many-b,trust=any", w->tmp);
	s = PLAIN(ipv6 ? 5 : 4, "--loops", "2", "-l",
	    "tcp:127.0.0.1:0,trust=any", "-l", a, "-l", b, "-l",
	    "tcp:localhost:0,trust=any", ipv6 ? "-l" : "--loops",
	    ipv6 ? "tcp:[::1]:0,trust=any" : "2");
	for (i = 0; i < s->naddrs; i++) {
		snprintf(name, sizeof(name), "file%zu", i);
		works_at(s->addr[i], name);
	}
	c = wire_session_with(s, 8192);
	assert_int_equal(t9_count(c, ROOT), s->naddrs);
	t9_free(c);
	said = server_said(s);
	assert_int_equal(
	    strstr(said, " # older kernels: mount -t etfs 'tcp:[::1]:") != NULL,
	    ipv6);
	free(said);
	server_stop(s);
}

static void
the_default_is_a_port_on_loopback(void **state)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_port = htons(5640),
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1;
	struct server *s;
	bool free_port;

	(void)state;
	setsockopt(fd, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	free_port = bind(fd, (struct sockaddr *)&in, sizeof(in)) == 0;
	close(fd);
	if (!free_port)
		return; /* somebody on this machine has it */
	s = PLAIN(1, "--log-level", "info");
	assert_string_equal(s->addr[0], "tcp:127.0.0.1:5640");
	t9_free(t9_dial(s->addr[0]));
	server_stop(s);
}

/* A socket that listens on a port of its own; *port is filled in. */
static int
listening_socket(void)
{
	struct sockaddr_in in = { .sin_family = AF_INET,
		.sin_addr.s_addr = htonl(INADDR_LOOPBACK) };
	int fd = socket(AF_INET, SOCK_STREAM | SOCK_CLOEXEC, 0);

	assert_int_equal(bind(fd, (struct sockaddr *)&in, sizeof(in)), 0);
	assert_int_equal(listen(fd, 10), 0);
	return fd;
}

static void
an_inherited_socket_that_listens_is_served(void **state)
{
	struct server_how how = {
		.args = { "-l", "fd:3,trust=any" },
		.fds = { listening_socket() },
	};
	struct server *s = server_start(&how);

	(void)state;
	close(how.fds[0]);
	works_at(s->addr[0], "one");
	works_at(s->addr[0], "two");
	server_stop(s);
}

static void
sockets_of_the_service_manager_are_served(void **state)
{
	struct server_how how = {
		.fds = { listening_socket(), listening_socket() },
		.activated = true,
		.listeners = 2,
	};
	struct server *s = server_start(&how);
	struct t9 *c;

	(void)state;
	close(how.fds[0]);
	close(how.fds[1]);
	c = t9_dial(s->addr[0]);
	t9_version(c, 8192);
	t9_free(c);
	c = t9_dial(s->addr[1]);
	t9_version(c, 8192);
	t9_free(c);
	server_stop(s);
}

static void
talk(struct t9 *c)
{
	t9_version(c, 8192);
	t9_attach(c, ROOT, geteuid(), "");
	c->gid = UINT32_MAX;
	t9_mkdir(c, ROOT, "dir", 0755);
	assert_true(t9_exists(c, ROOT, "dir"));
}

/* One client, and when it leaves nobody else can come. */
static void
an_inherited_connection_is_served_until_it_ends(void **state)
{
	struct server_how how = { .args = { "-l", "fd:3,trust=any" } };
	struct server *s;
	struct t9 *c;
	int pair[2];

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	how.fds[0] = pair[1];
	s = server_spawn(&how);
	close(pair[1]);
	c = t9_new(pair[0], pair[0]);
	talk(c);
	t9_free(c);
	server_ends(s, 0);
}

static void
stdio_on_a_socket_is_served_until_it_ends(void **state)
{
	struct server_how how = { .args = { "-l", "stdio,trust=any" } };
	struct server *s;
	struct t9 *c;
	char *said;
	int pair[2];

	(void)state;
	assert_int_equal(
	    socketpair(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0, pair), 0);
	how.in = how.out = pair[1];
	s = server_spawn(&how);
	close(pair[1]);
	c = t9_new(pair[0], pair[0]);
	talk(c);
	said = server_log(s);
	assert_string_equal(said, ""); /* its program is what talks */
	free(said);
	t9_free(c);
	server_ends(s, 0);
}

static void
stdio_on_two_pipes_is_served_until_it_ends(void **state)
{
	struct server_how how = { .args = { "-l", "stdio,trust=any" } };
	static uint8_t data[200000];
	struct server *s;
	struct t9 *c;
	int in[2], out[2];
	uint32_t at;

	(void)state;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	how.in = in[0];
	how.out = out[1];
	s = server_spawn(&how);
	close(in[0]);
	close(out[1]);
	c = t9_new(out[0], in[1]);
	talk(c);
	/* More than a pipe holds, both ways. */
	t9_version(c, 1 << 20);
	t9_attach(c, ROOT, geteuid(), "");
	t9_create(c, ROOT, 2, "file", P9_O_RDWR, 0644);
	for (at = 0; at < sizeof(data); at++)
		data[at] = (uint8_t)(at / 7);
	t9_write(c, 2, 0, data, sizeof(data));
	t9_ok(c, Tread, .fid = 2, .count = sizeof(data));
	assert_int_equal(c->in.u.Rread.data.len, sizeof(data));
	assert_memory_equal(c->in.u.Rread.data.p, data, sizeof(data));
	t9_shutdown(c);
	t9_recv_closed(c);
	t9_free(c);
	server_ends(s, 0);
}

/* As the rest of a pipeline has them. */
static void
pipes_that_others_have_too_still_block(void **state)
{
	struct server_how how = { .args = { "-l", "stdio,trust=any" } };
	struct server *s;
	struct t9 *c;
	int in[2], out[2];

	(void)state;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	assert_int_equal(pipe2(out, O_CLOEXEC), 0);
	how.in = in[0];
	how.out = out[1];
	s = server_spawn(&how);
	c = t9_new(out[0], in[1]);
	talk(c);
	assert_int_equal(fcntl(in[0], F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(fcntl(out[1], F_GETFL) & O_NONBLOCK, 0);
	close(in[0]);
	close(out[1]);
	t9_shutdown(c);
	t9_recv_closed(c);
	t9_free(c);
	server_ends(s, 0);
}

/* As a shell makes it of "etfsd -l stdio > log". */
static void
a_plain_file_is_nobody_to_talk_to(void **state)
{
	struct server_how how = { .args = { "-l", "stdio" } };
	struct server *s;
	char *said;
	int in[2];

	(void)state;
	assert_int_equal(pipe2(in, O_CLOEXEC), 0);
	how.in = in[0];
	s = server_spawn(&how);
	assert_int_equal(server_wait(s), W_EXITCODE(2, 0));
	said = server_said(s);
	assert_non_null(strstr(said, "a plain file is nobody to talk to"));
	assert_true(server_one_line(said));
	free(said);
	server_free(s);
	close(in[0]);
	close(in[1]);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(an_address_in_use_is_status_1),
		wire_test(a_socket_left_behind_is_taken_over),
		wire_test(a_unix_socket_is_private_unless_told),
		wire_test(all_listeners_serve_one_tree),
		wire_test(the_default_is_a_port_on_loopback),
		wire_test(an_inherited_socket_that_listens_is_served),
		wire_test(sockets_of_the_service_manager_are_served),
		wire_test(an_inherited_connection_is_served_until_it_ends),
		wire_test(stdio_on_a_socket_is_served_until_it_ends),
		wire_test(stdio_on_two_pipes_is_served_until_it_ends),
		wire_test(pipes_that_others_have_too_still_block),
		wire_test(a_plain_file_is_nobody_to_talk_to),
	};

	return wire_main("listeners", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
