/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_mount.c -- how a connection can be made.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <netinet/in.h>
#include <signal.h>
#include <sys/wait.h>

#include "client.h"

static void
the_tree_to_attach_can_be_chosen(void **state)
{
	struct etfsc_options opt = { .aname = "/no" };
	struct client *c = *state;
	struct etfsc *fs;

	fails(ENOENT, etfsc_mount(c->srv->addr[0], &opt, &fs));
	assert_string_equal(
	    etfsc_reason(fs), "attach: /no: No such file or directory");
	ok(etfsc_release(fs));
	opt.aname = c->home;
	client_put(c->fs, "f", "");
	fs = client_mount(c, &opt);
	ok(etfsc_stat(fs, "/f", &(struct etfsc_attr){ 0 }));
	ok(etfsc_stat(fs, "/../../f", &(struct etfsc_attr){ 0 }));
	client_release(c, fs);
}

/* Who is it?  A file that he makes tells. */
static uint32_t
who(struct client *c, const struct etfsc_options *opt)
{
	struct etfsc *fs = client_mount(c, opt);
	struct etfsc_attr attr;

	client_put(fs, "/who", "");
	ok(etfsc_stat(fs, "/who", &attr));
	ok(etfsc_unlink(fs, "/who"));
	client_release(c, fs);
	return attr.uid;
}

static void
the_user_can_be_chosen(void **state)
{
	const struct etfsc_options user = { .set_uid = true, .uid = 54321 };
	const struct etfsc_options name = {
		.set_uid = true, .uid = ETFSC_NOID, .uname = "daemon"
	};
	struct client *c = *state;

	assert_int_equal(who(c, NULL), geteuid());
	if (!wire_root())
		return;
	assert_int_equal(who(c, &user), 54321);
	assert_int_equal(who(c, &name), 1);
}

static void
every_address_of_a_name_is_tried(void **state)
{
	struct server_how how = { .args = { "-l", "tcp:127.0.0.1:0" } };
	struct server *s = server_start(&how);
	struct etfsc *fs;
	char addr[300];

	(void)state;
	/* ::1 comes first where there is one, and nobody is there. */
	snprintf(
	    addr, sizeof(addr), "tcp:localhost%s", strrchr(s->addr[0], ':'));
	ok(etfsc_mount(addr, NULL, &fs));
	ok(etfsc_release(fs));
	snprintf(addr, sizeof(addr), "tcp:%s", strrchr(s->addr[0], ':'));
	ok(etfsc_mount(addr, NULL, &fs));
	ok(etfsc_release(fs));
	server_stop(s);
}

static void
an_ipv6_address_goes_in_brackets(void **state)
{
	struct server_how how = { .args = { "-l", "tcp:[::1]:0" } };
	struct server *s;
	struct etfsc *fs;

	(void)state;
	if (access("/proc/net/if_inet6", F_OK) != 0)
		return; /* this machine has none */
	s = server_start(&how);
	assert_non_null(strchr(s->addr[0], '['));
	ok(etfsc_mount(s->addr[0], NULL, &fs));
	ok(etfsc_release(fs));
	server_stop(s);
}

static void
dialing_only_connects(void **state)
{
	const struct etfsc_options opt = { .privport = true };
	struct server_how how = { .args = { "-l", "tcp:127.0.0.1:0" } };
	struct server *s = server_start(&how);
	struct sockaddr_in sin = { 0 };
	socklen_t len = sizeof(sin);
	struct etfsc_link link;
	struct etfsc *fs;
	char text[32];

	(void)state;
	ok(etfsc_dial(s->addr[0], wire_root() ? &opt : NULL, &link, NULL, 0));
	assert_int_equal(link.pid, 0);
	assert_int_equal(fcntl(link.fd, F_GETFL) & O_NONBLOCK, 0);
	assert_int_equal(fcntl(link.fd, F_GETFD), FD_CLOEXEC);
	assert_int_equal(
	    getsockname(link.fd, (struct sockaddr *)&sin, &len), 0);
	if (wire_root())
		assert_in_range(ntohs(sin.sin_port), 665, 1023);
	snprintf(text, sizeof(text), "fd:%d", link.fd);
	ok(etfsc_mount(text, NULL, &fs));
	ok(etfsc_release(fs));
	server_stop(s);

	fails(EINVAL, etfsc_dial("x", NULL, &link, text, sizeof(text)));
	assert_string_equal(text, "address: x: it has to begin wit");
	fails(EINVAL, etfsc_dial("x", NULL, &link, NULL, 0));
	ok(etfsc_dial("exec:exit 5", NULL, &link, text, sizeof(text)));
	assert_true(link.pid > 0);
	assert_int_equal(fcntl(link.fd, F_GETFD), FD_CLOEXEC);
	close(link.fd);
	assert_int_equal(waitpid(link.pid, NULL, 0), link.pid);
}

static void
a_path_may_have_commas(void **state)
{
	struct client *c = *state;
	struct server_how how = { .args = { "-l" } };
	char addr[300];
	struct server *s;
	struct etfsc *fs;

	snprintf(addr, sizeof(addr), "unix:%s/a\\,b\\\\c", c->tmp);
	how.args[1] = addr;
	s = server_start(&how);
	ok(etfsc_mount(addr, NULL, &fs));
	ok(etfsc_release(fs));
	kill(s->pid, SIGTERM);
	server_wait(s);
	server_free(s);
}

static void
a_connection_that_never_was_is_nothing(void **state)
{
	(void)state;
	ok(etfsc_release(NULL));
	etfsc_drop(NULL);
	assert_string_equal(etfsc_reason(NULL), "connect: no memory");
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		client_test(the_tree_to_attach_can_be_chosen),
		client_test(the_user_can_be_chosen),
		client_test(every_address_of_a_name_is_tried),
		client_test(an_ipv6_address_goes_in_brackets),
		client_test(dialing_only_connects),
		client_test(a_path_may_have_commas),
		client_test(a_connection_that_never_was_is_nothing),
	};

	return client_main("mount", CLIENT_ONCE, tests, WIRE_COUNT(tests));
}
