/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * address.c -- where clients may come from, as written on the command line.
 *
 * Here an address is only taken apart; whether there is such a host or such a
 * descriptor turns out in socket.c.
 */

#include <errno.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "address.h"
#include "parse.h"

#define UNIX_MODE 0600 /* unless mode= says else */

/* Cut "a:b" at its last colon: *tail is b.  false if there is none. */
static bool
cut_last(char *s, char **tail)
{
	char *colon = strrchr(s, ':');

	if (colon == NULL)
		return false;
	*colon = '\0';
	*tail = colon + 1;
	return true;
}

static int
bad(const struct address *addr, struct failure *f, const char *why)
{
	return failure_set(
	    f, EXIT_USAGE, "unusable address %s: %s", addr->text, why);
}

static int
parse_port(struct address *addr, const char *s, uint64_t max, struct failure *f)
{
	uint64_t port;

	if (parse_number(s, 0, max, &port) != 0)
		return bad(addr, f, "no such port");
	addr->port = (uint32_t)port;
	return 0;
}

/* The host, out of its brackets if it is an IPv6 address. */
static int
parse_host(struct address *addr, char *host, struct failure *f)
{
	size_t len = strlen(host);

	if (host[0] == '[') {
		if (len < 3 || host[len - 1] != ']')
			return bad(addr, f, "brackets do not match");
		host[len - 1] = '\0';
		host++;
	} else if (strchr(host, ':') != NULL) {
		return bad(addr, f, "an IPv6 address goes in brackets");
	}
	addr->name = strcmp(host, "*") == 0 ? "" : host;
	return 0;
}

static int
parse_tcp(struct address *addr, char *rest, struct failure *f)
{
	char *port;

	if (!cut_last(rest, &port) || strchr(port, ']') != NULL)
		return bad(addr, f, "it has to be tcp:HOST:PORT");
	if (parse_host(addr, rest, f) != 0)
		return -1;
	return parse_port(addr, port, UINT16_MAX, f);
}

static int
parse_unix(struct address *addr, char *rest, struct failure *f)
{
	struct sockaddr_un sun;

	if (rest[0] == '\0')
		return bad(addr, f, "it has to be unix:PATH");
	if (strlen(rest) >= sizeof(sun.sun_path))
		return bad(addr, f, "the path is too long for a socket");
	addr->name = rest;
	addr->mode = UNIX_MODE;
	return 0;
}

static int
parse_vsock(struct address *addr, char *rest, struct failure *f)
{
	uint64_t cid = UINT32_MAX; /* VMADDR_CID_ANY */
	char *port;

	if (!cut_last(rest, &port))
		return bad(addr, f, "it has to be vsock:CID:PORT");
	if (strcmp(rest, "any") != 0 &&
	    parse_number(rest, 0, UINT32_MAX, &cid) != 0)
		return bad(addr, f, "no such context id");
	addr->cid = (uint32_t)cid;
	return parse_port(addr, port, UINT32_MAX - 1, f);
}

static int
parse_fd(struct address *addr, char *rest, struct failure *f)
{
	uint64_t fd;

	if (parse_number(rest, 0, INT_MAX, &fd) != 0)
		return bad(addr, f, "no such descriptor");
	addr->fd = (int)fd;
	return 0;
}

static const struct scheme {
	const char *name;
	enum address_kind kind;
	int (*parse)(struct address *addr, char *rest, struct failure *f);
} schemes[] = {
	{ "tcp", ADDRESS_TCP, parse_tcp },
	{ "unix", ADDRESS_UNIX, parse_unix },
	{ "vsock", ADDRESS_VSOCK, parse_vsock },
	{ "fd", ADDRESS_FD, parse_fd },
};

static int
parse_place(struct address *addr, char *place, struct failure *f)
{
	const struct scheme *s;
	size_t len;

	if (strcmp(place, "stdio") == 0) {
		addr->kind = ADDRESS_STDIO;
		return 0;
	}
	for (s = schemes; s < schemes + sizeof(schemes) / sizeof(*s); s++) {
		len = strlen(s->name);
		if (strncmp(place, s->name, len) != 0 || place[len] != ':')
			continue;
		addr->kind = s->kind;
		return s->parse(addr, place + len + 1, f);
	}
	return bad(addr, f,
	    "it has to begin with tcp:, unix:, vsock: or fd:, or be stdio");
}

/* What nothing could ever satisfy is a mistake. */
static bool
trust_fits(enum address_kind kind, enum trust trust)
{
	switch (trust) {
	case TRUST_PEER:
		return kind != ADDRESS_TCP && kind != ADDRESS_VSOCK;
	case TRUST_PRIVPORT:
		return kind != ADDRESS_UNIX;
	case TRUST_ANY:
	case TRUST_NONE:
		break;
	}
	return true;
}

static int
parse_trust(struct address *addr, const char *value, struct failure *f)
{
	static const char *const names[] = {
		[TRUST_PEER] = "peer",
		[TRUST_PRIVPORT] = "privport",
		[TRUST_ANY] = "any",
		[TRUST_NONE] = "none",
	};
	unsigned int i;

	for (i = 0; i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(value, names[i]) == 0)
			break;
	if (i == sizeof(names) / sizeof(names[0]))
		return bad(addr, f, "trust is peer, privport, any or none");
	addr->trust = (enum trust)i;
	addr->trust_given = true;
	if (!trust_fits(addr->kind, addr->trust))
		return bad(addr, f, "this kind of address cannot tell that");
	return 0;
}

static int
parse_mode(struct address *addr, const char *value, struct failure *f)
{
	uint64_t mode;

	if (addr->kind != ADDRESS_UNIX)
		return bad(addr, f, "mode is for unix:PATH only");
	if (parse_octal(value, 0, 0777, &mode) != 0)
		return bad(addr, f, "mode is an octal number up to 0777");
	addr->mode = (mode_t)mode;
	return 0;
}

static int
parse_parameter(struct address *addr, char *param, struct failure *f)
{
	if (strncmp(param, "trust=", 6) == 0)
		return parse_trust(addr, param + 6, f);
	if (strncmp(param, "mode=", 5) == 0)
		return parse_mode(addr, param + 5, f);
	return bad(addr, f, "parameters are trust=... and mode=...");
}

static int
parse_all(struct address *addr, struct failure *f)
{
	char *rest = addr->buf, *field;
	int rc;

	if ((field = parse_field(&rest, ",")) == NULL)
		return bad(addr, f, "it ends in a backslash");
	rc = parse_place(addr, field, f);
	while (rc == 0 && rest != NULL) {
		if ((field = parse_field(&rest, ",")) == NULL)
			return bad(addr, f, "it ends in a backslash");
		rc = parse_parameter(addr, field, f);
	}
	return rc;
}

int
address_parse(const char *text, struct address *out, struct failure *f)
{
	struct address addr = { .fd = -1 };
	int rc;

	addr.text = strdup(text);
	addr.buf = strdup(text);
	if (addr.text == NULL || addr.buf == NULL)
		rc = failure_set(f, EXIT_START, "no memory");
	else
		rc = parse_all(&addr, f);
	if (rc == 0)
		*out = addr;
	else
		address_fini(&addr);
	return rc;
}

void
address_fini(struct address *addr)
{
	free(addr->text);
	free(addr->buf);
}
