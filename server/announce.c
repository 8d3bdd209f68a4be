/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * announce.c -- what a server says when it starts.
 *
 * A mount command says what has turned out, not what was asked for: the port
 * that was picked, the path from the root.  It goes to a shell as it stands,
 * for which reason remarks are behind a "#".
 */

#include <netdb.h>
#include <netinet/in.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <linux/vm_sockets.h>

#include "announce.h"
#include "origin.h"

#define LINUX_MSIZE_MAX (1U << 20) /* what a Linux client can use at most */

/* One mount command in the making. */
struct offer {
	FILE *to;
	const struct config *cfg;
	const struct sock *sock;
	enum trust trust;
};

/* A claim changes nothing: one attach for all users of the mount will do. */
static bool
claims_count(const struct offer *o)
{
	return o->cfg->identity.mode == IDENTITY_CLIENT &&
	    o->trust != TRUST_NONE;
}

static void
print_command(const struct offer *o, const char *transport)
{
	uint32_t msize = o->cfg->limits.msize;

	fprintf(o->to, "mount -t 9p -o %s", transport);
	if (claims_count(o) && o->trust == TRUST_PRIVPORT &&
	    o->sock->family != AF_VSOCK)
		fprintf(o->to, ",privport");
	fprintf(o->to, ",version=9p2000.L,access=%s,msize=%u ",
	    claims_count(o) ? "client" : "any",
	    msize < LINUX_MSIZE_MAX ? msize : LINUX_MSIZE_MAX);
}

/* As a shell takes it for one word. */
static void
print_word(FILE *to, const char *s)
{
	static const char plain[] = "abcdefghijklmnopqrstuvwxyz"
				    "ABCDEFGHIJKLMNOPQRSTUVWXYZ"
				    "0123456789/._-+:,%@";

	if (s[0] != '\0' && s[strspn(s, plain)] == '\0') {
		fputs(s, to);
		return;
	}
	fputc('\'', to);
	for (; *s != '\0'; s++) {
		if (*s == '\'')
			fputs("'\\''", to);
		else
			fputc(*s, to);
	}
	fputc('\'', to);
}

static bool
is_wildcard(const struct sockaddr_storage *ss)
{
	const struct sockaddr_in6 *in6 = (const struct sockaddr_in6 *)ss;
	const struct sockaddr_in *in = (const struct sockaddr_in *)ss;

	if (ss->ss_family == AF_INET)
		return in->sin_addr.s_addr == htonl(INADDR_ANY);
	return IN6_IS_ADDR_UNSPECIFIED(&in6->sin6_addr);
}

/* Not every kernel that mounts 9p knows IPv6; mount.etfs(8) connects for it. */
static void
offer_inet(
    const struct offer *o, const struct sockaddr_storage *ss, socklen_t len)
{
	char host[NI_MAXHOST] = "", port[NI_MAXSERV] = "", transport[64];

	getnameinfo((const struct sockaddr *)ss, len, host, sizeof(host), port,
	    sizeof(port), NI_NUMERICHOST | NI_NUMERICSERV);
	if (is_wildcard(ss))
		snprintf(host, sizeof(host), "%s",
		    ss->ss_family == AF_INET ? "127.0.0.1" : "::1");
	snprintf(transport, sizeof(transport), "trans=tcp,port=%s", port);
	print_command(o, transport);
	fprintf(o->to, "%s /mnt", host);
	if (ss->ss_family == AF_INET6) {
		fprintf(o->to, " # older kernels: mount -t etfs ");
		fprintf(o->to, "'tcp:[%s]:%s' /mnt", host, port);
	}
	fprintf(o->to, "\n");
}

static void
offer_unix(const struct offer *o, const struct sockaddr_storage *ss)
{
	const struct sockaddr_un *sun = (const struct sockaddr_un *)ss;
	char *path = realpath(sun->sun_path, NULL);

	print_command(o, "trans=unix");
	print_word(o->to, path != NULL ? path : sun->sun_path);
	fprintf(o->to, " /mnt\n");
	free(path);
}

/* Linux has no mount option for these: connect first, then mount. */
static void
offer_vsock(const struct offer *o, const struct sockaddr_storage *ss)
{
	const struct sockaddr_vm *svm = (const struct sockaddr_vm *)ss;
	uint32_t cid = svm->svm_cid;

	if (cid == VMADDR_CID_ANY)
		cid = VMADDR_CID_HOST;
	print_command(o, "trans=fd,rfdno=3,wfdno=3");
	fprintf(o->to, "nodev /mnt # 3: a socket connected to vsock %u:%u\n",
	    cid, svm->svm_port);
}

static void
offer_socket(const struct offer *o)
{
	struct sockaddr_storage ss = { 0 };
	socklen_t len = sizeof(ss);

	getsockname(o->sock->fd, (struct sockaddr *)&ss, &len);
	switch (ss.ss_family) {
	case AF_INET:
	case AF_INET6:
		offer_inet(o, &ss, len);
		break;
	case AF_UNIX:
		offer_unix(o, &ss);
		break;
	case AF_VSOCK:
		offer_vsock(o, &ss);
		break;
	}
}

static void
offer(FILE *to, const struct config *cfg, const struct sock *s)
{
	struct offer o = { to, cfg, s, s->addr->trust };

	if (!s->addr->trust_given)
		o.trust = origin_default_trust(s->family, cfg->root);
	if (s->listening) {
		offer_socket(&o);
		return;
	}
	print_command(&o, "trans=fd,rfdno=3,wfdno=3");
	fprintf(to, "nodev /mnt # 3: the other end of %s\n", s->addr->text);
}

static void
print_size(FILE *to, uint64_t bytes)
{
	static const char *const units[] = { "KiB", "MiB", "GiB", "TiB" };
	size_t i = 0, last = sizeof(units) / sizeof(units[0]) - 1;
	double n = (double)bytes / 1024;

	if (bytes < 1024) {
		fprintf(to, "%ju bytes", (uintmax_t)bytes);
		return;
	}
	for (; n >= 1024 && i < last; i++)
		n /= 1024;
	fprintf(to, n < 999.5 ? "%.3g %s" : "%.0f %s", n, units[i]);
}

static void
describe_memory(FILE *to, const struct config *cfg)
{
	fprintf(to, "  / is in memory");
	if (cfg->mem_bytes != 0) {
		fprintf(to, ", up to ");
		print_size(to, cfg->mem_bytes);
	}
	fprintf(to, cfg->readonly ? ", read-only\n" : "\n");
}

/* As whom we ask the host there, if that is not what the first line says. */
static void
describe_identity(FILE *to, const struct etfs_config *ec)
{
	switch (ec->identity) {
	case ETFS_SELF:
		fprintf(to, ", as the server's own user");
		break;
	case ETFS_CLIENT:
		fprintf(to, ", as the clients' users");
		break;
	case ETFS_SQUASH:
		fprintf(to, ", as user %u in group %u", ec->squash_uid,
		    ec->squash_gid);
		break;
	case ETFS_MAPPED:
		fprintf(to, ", with owners in attributes");
		break;
	}
}

static void
describe_share(FILE *to, const struct config *cfg, const struct share *sh)
{
	const struct etfs_config *ec = &sh->etfs;
	char *path = realpath(ec->path, NULL);

	fprintf(to, "  %s is %s", sh->key, path != NULL ? path : ec->path);
	if (ec->partition != NULL)
		fprintf(to, ", %s", ec->partition);
	if (ec->has_size)
		fprintf(to, ", %ju bytes", (uintmax_t)ec->size);
	if (ec->has_offset || ec->has_size)
		fprintf(to, ", from byte %ju on", (uintmax_t)ec->offset);
	if (ec->readonly || cfg->readonly)
		fprintf(to, ", read-only");
	if (ec->no_fsync)
		fprintf(to, ", never synced");
	if (ec->no_xdev)
		fprintf(to, ", without what is mounted there");
	if (sh->identity_given)
		describe_identity(to, ec);
	fprintf(to, "\n");
	free(path);
}

static void
describe_tree(FILE *to, const struct config *cfg)
{
	bool root = false;
	size_t i;

	for (i = 0; i < cfg->nshares; i++)
		root = root || strcmp(cfg->shares[i].key, "/") == 0;
	if (!root)
		describe_memory(to, cfg);
	for (i = 0; i < cfg->nshares; i++)
		describe_share(to, cfg, &cfg->shares[i]);
}

void
announce(FILE *to, const struct config *cfg, const struct sockets *socks)
{
	static const char *const who[] = {
		[IDENTITY_SELF] = "the server's own user",
		[IDENTITY_CLIENT] = "the users that clients attach as",
		[IDENTITY_SQUASH] = "one user",
	};
	size_t i;

	fprintf(to, "etfsd %s serves, acting as %s:\n", ETFSD_VERSION,
	    who[cfg->identity.mode]);
	describe_tree(to, cfg);
	fprintf(to, "To mount it:\n");
	for (i = 0; i < socks->n; i++)
		offer(to, cfg, &socks->v[i]);
	fflush(to);
}
