/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * socket.c -- the descriptors that clients come from.
 *
 * Made before the server serves, on the main thread, so that nothing is
 * promised that cannot be had.  A Unix socket has its mode from the moment it
 * has a name: the umask is what bind(2) looks at.
 */

#include <errno.h>
#include <netdb.h>
#include <netinet/in.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>
#include <linux/vm_sockets.h>

#include "inherited.h"
#include "etfs.h"
#include "socket.h"

#define SOCKET_FLAGS (SOCK_STREAM | SOCK_NONBLOCK | SOCK_CLOEXEC)

/* Where to bind. */
struct place {
	const struct sockaddr *sa;
	socklen_t len;
};

static int
cannot_listen(const struct address *addr, int error, struct failure *f)
{
	return failure_set(f, EXIT_START, "cannot listen at %s: %s", addr->text,
	    strerror(error));
}

static int
unusable(const struct address *addr, struct failure *f, const char *why)
{
	return failure_set(
	    f, EXIT_USAGE, "unusable address %s: %s", addr->text, why);
}

static int
add(struct sockets *set, const struct sock *s, struct failure *f)
{
	struct sock *v = reallocarray(set->v, set->n + 1, sizeof(*v));

	if (v == NULL)
		return failure_set(f, EXIT_START, "no memory");
	set->v = v;
	v[set->n++] = *s;
	return 0;
}

static void
close_sock(const struct sock *s)
{
	if (s->out >= 0 && s->out != s->fd)
		close(s->out);
	if (s->fd >= 0)
		close(s->fd);
}

static void
set_option(int fd, int level, int option)
{
	int on = 1;

	setsockopt(fd, level, option, &on, sizeof(on));
}

static int
bind_and_listen(int fd, const struct place *at)
{
	if (bind(fd, at->sa, at->len) != 0 || listen(fd, SOMAXCONN) != 0)
		return -errno;
	return 0;
}

/* *out: a socket that listens.  Or -errno. */
static int
open_listening(const struct place *at, int *out)
{
	int fd = socket(at->sa->sa_family, SOCKET_FLAGS, 0), rc;

	if (fd < 0)
		return -errno;
	if (at->sa->sa_family != AF_UNIX)
		set_option(fd, SOL_SOCKET, SO_REUSEADDR);
	if (at->sa->sa_family == AF_INET6)
		set_option(fd, IPPROTO_IPV6, IPV6_V6ONLY);
	if ((rc = bind_and_listen(fd, at)) != 0) {
		close(fd);
		return rc;
	}
	*out = fd;
	return 0;
}

static int
add_listening(struct sockets *set, const struct address *addr,
    const struct place *at, struct failure *f)
{
	struct sock s = { .addr = addr,
		.listening = true,
		.out = -1,
		.family = at->sa->sa_family };
	int rc;

	if ((rc = open_listening(at, &s.fd)) != 0)
		return cannot_listen(addr, -rc, f);
	if (add(set, &s, f) != 0) {
		close(s.fd);
		return -1;
	}
	return 0;
}

/* Where IPv6 is switched off there are sockets for it, but not even ::1. */
static bool
is_off(int fd, const struct addrinfo *ai)
{
	struct sockaddr_in6 sin6;

	if (ai->ai_family != AF_INET6)
		return false;
	memcpy(&sin6, ai->ai_addr, sizeof(sin6));
	sin6.sin6_port = 0;
	return IN6_IS_ADDR_LOOPBACK(&sin6.sin6_addr) &&
	    bind(fd, (struct sockaddr *)&sin6, sizeof(sin6)) != 0 &&
	    errno == EADDRNOTAVAIL;
}

/* This machine may not have every family that a name has addresses of. */
static bool
family_works(const struct addrinfo *ai)
{
	int fd = socket(ai->ai_family, SOCKET_FLAGS, 0);
	bool works = fd >= 0 && !is_off(fd, ai);

	if (fd >= 0)
		close(fd);
	return works;
}

/* /etc/hosts may have an address twice for a name. */
static bool
is_repeated(const struct addrinfo *list, const struct addrinfo *ai)
{
	for (; list != ai; list = list->ai_next)
		if (list->ai_addrlen == ai->ai_addrlen &&
		    memcmp(list->ai_addr, ai->ai_addr, ai->ai_addrlen) == 0)
			return true;
	return false;
}

static int
look_up(const struct address *addr, struct addrinfo **list)
{
	struct addrinfo hints = { .ai_socktype = SOCK_STREAM,
		.ai_flags = AI_PASSIVE | AI_NUMERICSERV };
	char port[8];

	snprintf(port, sizeof(port), "%u", (unsigned int)addr->port);
	return getaddrinfo(
	    addr->name[0] == '\0' ? NULL : addr->name, port, &hints, list);
}

static int
open_tcp(struct sockets *set, const struct address *addr, struct failure *f)
{
	struct addrinfo *list, *ai;
	size_t before = set->n;
	struct place at;
	int rc;

	if ((rc = look_up(addr, &list)) != 0)
		return unusable(addr, f, gai_strerror(rc));
	for (ai = list; ai != NULL && rc == 0; ai = ai->ai_next) {
		if (!family_works(ai) || is_repeated(list, ai))
			continue;
		at = (struct place){ ai->ai_addr, ai->ai_addrlen };
		rc = add_listening(set, addr, &at, f);
	}
	freeaddrinfo(list);
	if (rc == 0 && set->n == before)
		return cannot_listen(addr, EAFNOSUPPORT, f);
	return rc;
}

/*
 * Is nobody behind the socket file?  Then it is what a server left that could
 * not clean up.
 */
static bool
is_stale(const struct sockaddr_un *sun)
{
	int fd = socket(AF_UNIX, SOCKET_FLAGS, 0);
	bool stale;

	if (fd < 0)
		return false;
	stale = connect(fd, (const struct sockaddr *)sun, sizeof(*sun)) != 0 &&
	    errno == ECONNREFUSED;
	close(fd);
	return stale;
}

static int
make_way(const struct address *addr, const struct sockaddr_un *sun,
    struct failure *f)
{
	struct stat st;

	if (lstat(addr->name, &st) != 0)
		return errno == ENOENT ? 0 : cannot_listen(addr, errno, f);
	if (!S_ISSOCK(st.st_mode))
		return failure_set(f, EXIT_START,
		    "cannot listen at %s: there is a file that is no socket",
		    addr->text);
	if (!is_stale(sun))
		return cannot_listen(addr, EADDRINUSE, f);
	if (unlink(addr->name) != 0)
		return cannot_listen(addr, errno, f);
	return 0;
}

static int
open_unix(struct sockets *set, const struct address *addr, struct failure *f)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	struct place at = { (struct sockaddr *)&sun, sizeof(sun) };
	struct sock *s;
	struct stat st;
	mode_t mask;
	int rc;

	/* address.c has measured it. */
	memcpy(sun.sun_path, addr->name, strlen(addr->name));
	if (make_way(addr, &sun, f) != 0)
		return -1;
	mask = umask(0777 & ~addr->mode);
	rc = add_listening(set, addr, &at, f);
	umask(mask);
	if (rc != 0)
		return rc;
	s = &set->v[set->n - 1];
	if (lstat(addr->name, &st) == 0) {
		s->dev = st.st_dev;
		s->ino = st.st_ino;
	}
	return 0;
}

static int
open_vsock(struct sockets *set, const struct address *addr, struct failure *f)
{
	struct sockaddr_vm svm = {
		.svm_family = AF_VSOCK,
		.svm_cid = addr->cid,
		.svm_port = addr->port == 0 ? VMADDR_PORT_ANY : addr->port,
	};
	struct place at = { (struct sockaddr *)&svm, sizeof(svm) };

	return add_listening(set, addr, &at, f);
}

static int
open_inherited(
    struct sockets *set, const struct address *addr, struct failure *f)
{
	struct sock s;

	if (inherited_open(addr, &s, f) != 0)
		return -1;
	if (add(set, &s, f) != 0) {
		close_sock(&s);
		return -1;
	}
	return 0;
}

int
sockets_open(struct sockets *set, const struct address *addr, struct failure *f)
{
	switch (addr->kind) {
	case ADDRESS_TCP:
		return open_tcp(set, addr, f);
	case ADDRESS_UNIX:
		return open_unix(set, addr, f);
	case ADDRESS_VSOCK:
		return open_vsock(set, addr, f);
	case ADDRESS_FD:
	case ADDRESS_STDIO:
		break;
	}
	return open_inherited(set, addr, f);
}

void
sockets_remove_files(struct sockets *set)
{
	struct sock *s;
	struct stat st;
	size_t i;

	(void)etfs_act_as_server(); /* this thread may have served clients */
	for (i = 0; i < set->n; i++) {
		s = &set->v[i];
		if (s->ino == 0)
			continue;
		if (lstat(s->addr->name, &st) == 0 && st.st_dev == s->dev &&
		    st.st_ino == s->ino)
			unlink(s->addr->name);
		s->ino = 0;
	}
}

void
sockets_close(struct sockets *set)
{
	size_t i;

	sockets_remove_files(set);
	for (i = 0; i < set->n; i++)
		close_sock(&set->v[i]);
	free(set->v);
	*set = (struct sockets){ 0 };
}
