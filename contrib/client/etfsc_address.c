/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_address.c -- where a server is, as its own command line would say it.
 *
 * Here an address is only taken apart; whether there is such a host turns out
 * in etfsc_dial.c.
 */

#include <ctype.h>
#include <limits.h>
#include <stdlib.h>
#include <sys/socket.h>
#include <sys/un.h>

#include "etfsc_internal.h"

static int
bad(const char *text, char *reason, const char *why)
{
	return etfsc_explain(reason, -EINVAL, "address: %.120s: %s", text, why);
}

/* Digits, and nothing but digits, up to max. */
static bool
number(const char *s, uint64_t max, uint64_t *out)
{
	char *end;

	errno = 0;
	*out = strtoull(s, &end, 10);
	return isdigit((unsigned char)s[0]) && *end == '\0' && errno == 0 &&
	    *out <= max;
}

/* Take backslashes off; false if one is the last, or for a bare comma. */
static bool
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (*s == ',' || (*s == '\\' && *++s == '\0'))
			return false;
		*to++ = *s;
	}
	*to = '\0';
	return true;
}

/* "a:b", cut at its last colon. */
static char *
cut_last(char *s)
{
	char *colon = strrchr(s, ':');

	if (colon == NULL)
		return NULL;
	*colon = '\0';
	return colon + 1;
}

static const char *
parse_tcp(struct etfsc_address *a, char *host)
{
	char *port = cut_last(host);
	size_t len = strlen(host);
	uint64_t n;

	if (port == NULL || strchr(port, ']') != NULL)
		return "it has to be tcp:HOST:PORT";
	if (!number(port, UINT16_MAX, &n) || n == 0)
		return "no such port";
	if (host[0] == '[') {
		if (len < 3 || host[len - 1] != ']')
			return "brackets do not match";
		host[len - 1] = '\0';
		host++;
	} else if (strchr(host, ':') != NULL) {
		return "an IPv6 address goes in brackets";
	}
	a->port = (uint32_t)n;
	a->name = strcmp(host, "*") == 0 ? "" : host;
	return NULL;
}

static const char *
parse_unix(struct etfsc_address *a, char *path)
{
	struct sockaddr_un sun;

	if (path[0] == '\0')
		return "it has to be unix:PATH";
	if (strlen(path) >= sizeof(sun.sun_path))
		return "the path is too long for a socket";
	a->name = path;
	return NULL;
}

static const char *
parse_vsock(struct etfsc_address *a, char *cid)
{
	char *port = cut_last(cid);
	uint64_t n;

	if (port == NULL)
		return "it has to be vsock:CID:PORT";
	if (!number(port, UINT32_MAX - 1, &n))
		return "no such port";
	a->port = (uint32_t)n;
	if (!number(cid, UINT32_MAX - 1, &n))
		return "no such context id";
	a->cid = (uint32_t)n;
	return NULL;
}

static const char *
parse_fd(struct etfsc_address *a, char *rest)
{
	uint64_t n;

	if (!number(rest, INT_MAX, &n))
		return "no such descriptor";
	a->fd = (int)n;
	return NULL;
}

static const char *
parse_exec(struct etfsc_address *a, char *command)
{
	if (command[strspn(command, " \t")] == '\0')
		return "it has to be exec:COMMAND";
	a->name = command;
	return NULL;
}

static const struct scheme {
	const char *name;
	enum etfsc_kind kind;
	const char *(*parse)(struct etfsc_address *a, char *rest);
} schemes[] = {
	{ "tcp:", ETFSC_TCP, parse_tcp },
	{ "unix:", ETFSC_UNIX, parse_unix },
	{ "vsock:", ETFSC_VSOCK, parse_vsock },
	{ "fd:", ETFSC_FD, parse_fd },
	{ "exec:", ETFSC_EXEC, parse_exec },
};

static const char *
parse(struct etfsc_address *a)
{
	const struct scheme *s;
	char *rest;

	for (s = schemes; s < schemes + sizeof(schemes) / sizeof(*s); s++) {
		if (strncmp(a->buf, s->name, strlen(s->name)) != 0)
			continue;
		rest = a->buf + strlen(s->name);
		a->kind = s->kind;
		if (a->kind != ETFSC_EXEC && !unescape(rest))
			return "a comma or a backslash goes behind a backslash";
		return s->parse(a, rest);
	}
	return "it has to begin with tcp:, unix:, vsock:, fd: or exec:";
}

int
etfsc_address_parse(const char *text, struct etfsc_address *out, char *reason)
{
	struct etfsc_address a = { .fd = -1 };
	const char *why;

	if ((a.buf = strdup(text)) == NULL)
		return etfsc_explain(reason, -ENOMEM, "address: no memory");
	if ((why = parse(&a)) != NULL) {
		etfsc_address_fini(&a);
		return bad(text, reason, why);
	}
	*out = a;
	return 0;
}

void
etfsc_address_fini(struct etfsc_address *addr)
{
	free(addr->buf);
}
