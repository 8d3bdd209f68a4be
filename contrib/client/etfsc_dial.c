/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_dial.c -- from an address to a connected descriptor.
 */

#include <fcntl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include <linux/vm_sockets.h>

#include "etfsc_internal.h"

/* A socket of a family that has one address for a name; or -errno. */
static int
connect_to(const struct sockaddr *sa, unsigned int len, int64_t deadline)
{
	int fd = socket(sa->sa_family, SOCK_STREAM | SOCK_CLOEXEC, 0);
	int rc;

	if (fd < 0)
		return -errno;
	if ((rc = etfsc_connect_socket(fd, sa, len, deadline)) == 0)
		return fd;
	close(fd);
	return rc;
}

static int
connect_unix(const struct etfsc_address *addr, int64_t deadline, char *reason)
{
	struct sockaddr_un sun = { .sun_family = AF_UNIX };
	int fd;

	/* Its length has been seen to. */
	memcpy(sun.sun_path, addr->name, strlen(addr->name) + 1);
	fd = connect_to((struct sockaddr *)&sun, sizeof(sun), deadline);
	if (fd >= 0)
		return fd;
	return etfsc_explain(
	    reason, fd, "connect: unix:%s: %s", addr->name, strerror(-fd));
}

static int
connect_vsock(const struct etfsc_address *addr, int64_t deadline, char *reason)
{
	struct sockaddr_vm svm = { .svm_family = AF_VSOCK,
		.svm_cid = addr->cid,
		.svm_port = addr->port };
	int fd = connect_to((struct sockaddr *)&svm, sizeof(svm), deadline);

	if (fd >= 0)
		return fd;
	return etfsc_explain(reason, fd, "connect: vsock:%u:%u: %s", addr->cid,
	    addr->port, strerror(-fd));
}

/* What is not a stream both ways would lose what is sent. */
static const char *
unfit(int fd)
{
	socklen_t len = sizeof(int);
	int type = 0, mode = fcntl(fd, F_GETFL);

	if (mode < 0)
		return strerror(errno);
	if (getsockopt(fd, SOL_SOCKET, SO_TYPE, &type, &len) == 0)
		return type == SOCK_STREAM ? NULL : "it is no stream socket";
	return (mode & O_ACCMODE) == O_RDWR ? NULL : "it is not open both ways";
}

static int
take_fd(const struct etfsc_address *addr, char *reason)
{
	const char *why = unfit(addr->fd);

	if (why != NULL) {
		close(addr->fd);
		return etfsc_explain(
		    reason, -EINVAL, "connect: fd:%d: %s", addr->fd, why);
	}
	(void)fcntl(addr->fd, F_SETFD, FD_CLOEXEC);
	return addr->fd;
}

static int
run_command(
    const struct etfsc_address *addr, struct etfsc_link *out, char *reason)
{
	int rc = etfsc_exec_spawn(addr->name, out);

	if (rc == 0)
		return out->fd;
	return etfsc_explain(reason, rc, "connect: exec: %s", strerror(-rc));
}

int64_t
etfsc_connect_deadline(enum etfsc_kind kind, const struct etfsc_options *opt)
{
	if (opt != NULL && opt->connect_ms != 0)
		return etfsc_deadline(opt->connect_ms);
	return etfsc_deadline(kind == ETFSC_EXEC ? -1 : ETFSC_CONNECT_MS);
}

int
etfsc_connect(const struct etfsc_address *addr, bool privport, int64_t deadline,
    struct etfsc_link *out, char *reason)
{
	int fd = -EINVAL;

	*out = (struct etfsc_link){ .fd = -1 };
	switch (addr->kind) {
	case ETFSC_TCP:
		fd = etfsc_connect_tcp(addr, privport, deadline, reason);
		break;
	case ETFSC_UNIX:
		fd = connect_unix(addr, deadline, reason);
		break;
	case ETFSC_VSOCK:
		fd = connect_vsock(addr, deadline, reason);
		break;
	case ETFSC_FD:
		fd = take_fd(addr, reason);
		break;
	case ETFSC_EXEC:
		fd = run_command(addr, out, reason);
		break;
	}
	if (fd < 0)
		return fd;
	out->fd = fd;
	return 0;
}

int
etfsc_dial(const char *address, const struct etfsc_options *opt,
    struct etfsc_link *out, char *reason, size_t cap)
{
	struct etfsc_address addr;
	char why[ETFSC_REASON];
	int rc;

	if ((rc = etfsc_address_parse(address, &addr, why)) == 0) {
		rc = etfsc_connect(&addr, opt != NULL && opt->privport,
		    etfsc_connect_deadline(addr.kind, opt), out, why);
		etfsc_address_fini(&addr);
	}
	if (rc != 0 && cap > 0) {
		cap = cap < ETFSC_REASON ? cap : ETFSC_REASON;
		memcpy(reason, why, cap);
		reason[cap - 1] = '\0';
	}
	return rc;
}
