/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_host_names.c -- listening by a name, as the host's database knows it.
 *
 * The database and the network are the tests' own: a mount namespace and one of
 * networks, with nothing in it but the loopback.
 */

#include <sys/ioctl.h>
#include <sys/socket.h>

#include <net/if.h>

#include <sched.h>

#include "mounts.h"
#include "wire.h"

/* What /etc/hosts says, until mounts_undo(). */
static void
hosts_are(struct wire *w, const char *text)
{
	char *path = temp_path(w->tmp, "hosts");

	temp_put(w->tmp, "hosts", text);
	mounts_bind_readonly("/etc/hosts", path);
	free(path);
}

/* It listens at so many addresses of localhost, and serves at each. */
static void
listens_at(size_t n)
{
	struct server_how how = { .args = { "-l", "tcp:localhost:5640" },
		.listeners = n };
	struct server *s = server_start(&how);
	struct t9 *c;
	size_t i;

	assert_int_equal(s->naddrs, n);
	for (i = 0; i < n; i++) {
		c = t9_dial(s->addr[i]);
		t9_version(c, 8192);
		t9_free(c);
	}
	server_stop(s);
	mounts_undo();
}

static void
an_address_that_a_name_has_twice_is_one(void **state)
{
	hosts_are(*state, "127.0.0.1 localhost\n127.0.0.1 here localhost\n");
	listens_at(1);
}

static void
all_addresses_of_a_name_are_listened_at(void **state)
{
	hosts_are(*state, "127.0.0.1 localhost\n127.0.0.2 localhost\n");
	listens_at(2);
}

/* As in many a container, whose /etc/hosts knows nothing of that. */
static void
where_ipv6_is_off_a_name_has_its_other_addresses(void **state)
{
	static const char all[] = "/proc/sys/net/ipv6/conf/all";

	if (access(all, F_OK) == 0) /* else there is none at all */
		temp_put(all, "disable_ipv6", "1");
	hosts_are(*state, "127.0.0.1 localhost\n::1 localhost\n");
	listens_at(1);
}

static void
own_network(void)
{
	struct ifreq lo = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	int fd;

	if (unshare(CLONE_NEWNET) == 0 &&
	    (fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0)) >= 0 &&
	    ioctl(fd, SIOCSIFFLAGS, &lo) == 0 && close(fd) == 0)
		return;
	perror("a network for the tests");
	exit(1);
}

int
main(void)
{
	static const struct CMUnitTest tests[] = {
		wire_test(an_address_that_a_name_has_twice_is_one),
		wire_test(all_addresses_of_a_name_are_listened_at),
		wire_test(where_ipv6_is_off_a_name_has_its_other_addresses),
	};

	mounts_init();
	own_network();
	return wire_main(
	    "a host's names", WIRE_NO_SERVER, tests, WIRE_COUNT(tests));
}
