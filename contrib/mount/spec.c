/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * spec.c -- where the server is, and who connects to it.
 *
 * The kernel knows no names of hosts and no IPv6 in all its versions, no vsock,
 * no commands, and no long paths of sockets: what it cannot do is done here,
 * and it is handed a descriptor.
 */

#include <arpa/inet.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/un.h>

#include "mount.h"

#define UNIX_SCHEME "unix:"
#define EXEC_SCHEME "exec:"

static bool
begins(const char *s, const char *with)
{
	return strncmp(s, with, strlen(with)) == 0;
}

/* "a:/b" becomes "a", and "/b" is returned; "a\:/b" has none. */
static char *
cut_aname(char *s)
{
	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0') {
			s++;
		} else if (s[0] == ':' && s[1] == '/') {
			*s = '\0';
			return s + 1;
		}
	}
	return NULL;
}

static void
unescape(char *s)
{
	char *to = s;

	for (; *s != '\0'; s++) {
		if (*s == '\\' && s[1] != '\0')
			s++;
		*to++ = *s;
	}
	*to = '\0';
}

/*
 * A socket whose path is too long has a shorter one below its directory's
 * descriptor, which stays open for that.
 */
static int
shorten(struct spec *out, char *path)
{
	char *slash = strrchr(path, '/'), *shorter;
	int fd;

	if (slash == NULL)
		return 0; /* its name is: the parser will tell */
	*slash = '\0';
	unescape(path);
	fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return mount_complain(
		    MOUNT_FAILED, "%s: %s", path, strerror(errno));
	if (asprintf(
		&shorter, UNIX_SCHEME "/proc/self/fd/%d/%s", fd, slash + 1) < 0)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	free(out->address);
	out->address = shorter;
	return 0;
}

static void
choose_carrier(struct spec *s, bool shortened)
{
	struct in_addr ip4;

	s->carrier = CARRIER_FD;
	s->source = s->text;
	if (s->at.kind == ETFSC_TCP &&
	    inet_pton(AF_INET, s->at.name, &ip4) == 1)
		s->carrier = CARRIER_TCP;
	else if (s->at.kind == ETFSC_UNIX && !shortened)
		s->carrier = CARRIER_UNIX;
	if (s->carrier != CARRIER_FD)
		s->source = s->at.name;
}

/* The tree's name behind it has been cut off. */
static int
parse_address(struct spec *out)
{
	char reason[ETFSC_REASON], *path = out->address + strlen(UNIX_SCHEME);
	bool is_long = begins(out->address, UNIX_SCHEME) &&
	    strlen(path) >= sizeof(((struct sockaddr_un *)NULL)->sun_path);
	int status;

	if (is_long && (status = shorten(out, path)) != 0)
		return status;
	if (etfsc_address_parse(out->address, &out->at, reason) != 0)
		return mount_complain(MOUNT_USAGE, "%s", reason);
	choose_carrier(out, is_long);
	return 0;
}

int
spec_parse(const char *text, struct spec *out)
{
	char *colon, *aname = NULL;

	out->text = text;
	if ((out->address = strdup(text)) == NULL)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	colon = strchr(out->address, ':');
	if (colon != NULL && !begins(text, EXEC_SCHEME))
		aname = cut_aname(colon + 1);
	if (aname != NULL && (out->aname = strdup(aname)) == NULL)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	return parse_address(out);
}

void
spec_fini(struct spec *spec)
{
	free(spec->address);
	free(spec->aname);
	etfsc_address_fini(&spec->at);
}
