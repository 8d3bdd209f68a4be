/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_tcp.c -- connecting by TCP: all addresses of a name, one after the
 * other, until one answers.
 */

#include <netdb.h>
#include <netinet/in.h>
#include <netinet/tcp.h>
#include <stdio.h>
#include <sys/socket.h>
#include <unistd.h>

#include "etfsc_internal.h"

/* Where the kernel's own clients of such servers come from. */
#define PRIVPORT_FIRST 1023
#define PRIVPORT_LAST 665

static void
set_port(struct sockaddr_storage *ss, int port)
{
	if (ss->ss_family == AF_INET6)
		((struct sockaddr_in6 *)ss)->sin6_port = htons((uint16_t)port);
	else
		((struct sockaddr_in *)ss)->sin_port = htons((uint16_t)port);
}

static int
bind_port(int fd, int family, int port)
{
	struct sockaddr_storage ss = { .ss_family = (sa_family_t)family };
	socklen_t len = family == AF_INET6 ? sizeof(struct sockaddr_in6)
					   : sizeof(struct sockaddr_in);

	set_port(&ss, port);
	return bind(fd, (struct sockaddr *)&ss, len) != 0 ? -errno : 0;
}

/* A socket, not yet connected, at port if that is not 0; or -errno. */
static int
new_socket(const struct addrinfo *ai, int port)
{
	int fd = socket(ai->ai_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int one = 1, rc = 0;

	if (fd < 0)
		return -errno;
	(void)setsockopt(fd, IPPROTO_TCP, TCP_NODELAY, &one, sizeof(one));
	(void)setsockopt(fd, SOL_SOCKET, SO_KEEPALIVE, &one, sizeof(one));
	if (port != 0)
		rc = bind_port(fd, ai->ai_family, port);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

static int
connect_from(const struct addrinfo *ai, int port, int64_t deadline)
{
	int fd = new_socket(ai, port);
	int rc;

	if (fd < 0)
		return fd;
	rc = etfsc_connect_socket(fd, ai->ai_addr, ai->ai_addrlen, deadline);
	if (rc == 0)
		return fd;
	close(fd);
	return rc;
}

/* A port may be taken, or have been used for the same server just before. */
static int
connect_one(const struct addrinfo *ai, bool privport, int64_t deadline)
{
	int port = PRIVPORT_FIRST, fd;

	if (!privport)
		return connect_from(ai, 0, deadline);
	do {
		fd = connect_from(ai, port--, deadline);
	} while ((fd == -EADDRINUSE || fd == -EADDRNOTAVAIL) &&
	    port >= PRIVPORT_LAST);
	return fd;
}

/* What is left until deadline is shared by all addresses not yet tried. */
static int64_t
share(int64_t deadline, const struct addrinfo *ai)
{
	int n = 0;

	if (deadline == ETFSC_NEVER)
		return deadline;
	for (; ai != NULL; ai = ai->ai_next)
		n++;
	return etfsc_deadline(etfsc_left(deadline) / n);
}

static int
unresolved(const struct etfsc_address *addr, int err, char *reason)
{
	if (err == EAI_SYSTEM)
		return etfsc_explain(reason, -errno, "resolve: %.160s: %s",
		    addr->name, strerror(errno));
	return etfsc_explain(reason,
	    err == EAI_MEMORY ? -ENOMEM : -EHOSTUNREACH, "resolve: %.160s: %s",
	    addr->name, gai_strerror(err));
}

static int
unconnected(const struct etfsc_address *addr, int rc, char *reason)
{
	const char *host = addr->name[0] != '\0' ? addr->name : "this machine";

	return etfsc_explain(reason, rc, "connect: %.160s, port %u: %s", host,
	    addr->port, strerror(-rc));
}

int
etfsc_connect_tcp(const struct etfsc_address *addr, bool privport,
    int64_t deadline, char *reason)
{
	const struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_NUMERICSERV };
	const char *host = addr->name[0] != '\0' ? addr->name : NULL;
	struct addrinfo *list, *ai;
	char port[8];
	int err, fd = -EHOSTUNREACH;

	snprintf(port, sizeof(port), "%u", addr->port);
	if ((err = getaddrinfo(host, port, &hints, &list)) != 0)
		return unresolved(addr, err, reason);
	for (ai = list; ai != NULL && fd < 0; ai = ai->ai_next)
		fd = connect_one(ai, privport, share(deadline, ai));
	freeaddrinfo(list);
	return fd >= 0 ? fd : unconnected(addr, fd, reason);
}
