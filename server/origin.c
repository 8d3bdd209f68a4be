/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * origin.c -- where a client comes from, as the host tells it.
 */

#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <linux/vm_sockets.h>

#include "origin.h"

#define PRIVPORT_END 1024 /* below it: ports that only root may use */

enum trust
origin_default_trust(int family, bool root)
{
	switch (family) {
	case AF_UNIX:
		return TRUST_PEER;
	case AF_INET:
	case AF_INET6:
	case AF_VSOCK:
		return root ? TRUST_PRIVPORT : TRUST_ANY;
	}
	return TRUST_ANY; /* a pipe: whoever started us holds the other end */
}

static void
ask_unix(int fd, struct origin *from, char *name, size_t cap)
{
	struct ucred cred;
	socklen_t len = sizeof(cred);

	if (getsockopt(fd, SOL_SOCKET, SO_PEERCRED, &cred, &len) != 0) {
		snprintf(name, cap, "unix");
		return;
	}
	from->has_peer = true;
	from->peer_uid = cred.uid;
	from->peer_gid = cred.gid;
	snprintf(name, cap, "unix uid %u pid %d", cred.uid, (int)cred.pid);
}

static void
ask_inet(const struct sockaddr_storage *ss, socklen_t len, struct origin *from,
    char *name, size_t cap)
{
	char host[INET6_ADDRSTRLEN + 16], port[8];
	bool v6 = ss->ss_family == AF_INET6;
	in_port_t number = v6 ? ((const struct sockaddr_in6 *)ss)->sin6_port
			      : ((const struct sockaddr_in *)ss)->sin_port;

	from->privport = ntohs(number) < PRIVPORT_END;
	if (getnameinfo((const struct sockaddr *)ss, len, host, sizeof(host),
		port, sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV) != 0)
		snprintf(name, cap, "tcp");
	else
		snprintf(
		    name, cap, v6 ? "tcp [%s]:%s" : "tcp %s:%s", host, port);
}

static void
ask_vsock(const struct sockaddr_storage *ss, struct origin *from, char *name,
    size_t cap)
{
	const struct sockaddr_vm *svm = (const struct sockaddr_vm *)ss;

	from->privport = svm->svm_port < PRIVPORT_END;
	snprintf(name, cap, "vsock %u:%u", svm->svm_cid, svm->svm_port);
}

void
origin_ask(int fd, int family, struct origin *from, char *name, size_t cap)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	if (family == AF_UNIX) {
		ask_unix(fd, from, name, cap);
		return;
	}
	snprintf(name, cap, "fd %d", fd);
	if (family == AF_UNSPEC ||
	    getpeername(fd, (struct sockaddr *)&ss, &len) != 0)
		return;
	if (ss.ss_family == AF_INET || ss.ss_family == AF_INET6)
		ask_inet(&ss, len, from, name, cap);
	else if (ss.ss_family == AF_VSOCK)
		ask_vsock(&ss, from, name, cap);
}
