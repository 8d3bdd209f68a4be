/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * options.c -- what is behind -o: flags of mount(2), words that mean something
 * to mount(8) only, and the rest, which is for 9p in the kernel.
 */

#include <stdio.h>
#include <stdlib.h>
#include <sys/mount.h>

#include "mount.h"

#define VERSION "9p2000.L"
#define MSIZE_MAX 1048576 /* what the kernel's stream transports can do */

static const struct flag {
	const char *name;
	unsigned long set, clear;
} flags[] = {
	{ "defaults", 0, 0 },
	{ "ro", MS_RDONLY, 0 },
	{ "rw", 0, MS_RDONLY },
	{ "nosuid", MS_NOSUID, 0 },
	{ "suid", 0, MS_NOSUID },
	{ "nodev", MS_NODEV, 0 },
	{ "dev", 0, MS_NODEV },
	{ "noexec", MS_NOEXEC, 0 },
	{ "exec", 0, MS_NOEXEC },
	{ "sync", MS_SYNCHRONOUS, 0 },
	{ "async", 0, MS_SYNCHRONOUS },
	{ "dirsync", MS_DIRSYNC, 0 },
	{ "remount", MS_REMOUNT, 0 },
	{ "noatime", MS_NOATIME, 0 },
	{ "atime", 0, MS_NOATIME },
	{ "nodiratime", MS_NODIRATIME, 0 },
	{ "diratime", 0, MS_NODIRATIME },
	{ "relatime", MS_RELATIME, 0 },
	{ "norelatime", 0, MS_RELATIME },
	{ "strictatime", MS_STRICTATIME, 0 },
	{ "nostrictatime", 0, MS_STRICTATIME },
	{ "lazytime", MS_LAZYTIME, 0 },
	{ "nolazytime", 0, MS_LAZYTIME },
	{ "silent", MS_SILENT, 0 },
	{ "loud", 0, MS_SILENT },
};

/* mount(8) has seen to these. */
static const char *const others[] = { "auto", "noauto", "user", "nouser",
	"users", "nousers", "owner", "noowner", "group", "nogroup", "_netdev",
	"nofail" };

/* The address tells. */
static const char *const ours[] = { "trans", "port", "rfdno", "wfdno" };

static bool
is_named(const char *option, const char *name)
{
	size_t len = strlen(name);

	return strncmp(option, name, len) == 0 &&
	    (option[len] == '\0' || option[len] == '=');
}

static bool
is_one_of(const char *option, const char *const *names, size_t n)
{
	while (n-- > 0)
		if (is_named(option, names[n]))
			return true;
	return false;
}
#define is_in(option, names)                                                   \
	is_one_of(option, names, sizeof(names) / sizeof((names)[0]))

static bool
take_flag(struct options *o, const char *option)
{
	const struct flag *f;

	for (f = flags; f < flags + sizeof(flags) / sizeof(*f); f++) {
		if (strcmp(option, f->name) != 0)
			continue;
		o->flags = (o->flags & ~f->clear) | f->set;
		return true;
	}
	return false;
}

static int
keep(struct options *o, const char *option)
{
	char *rest;

	if (asprintf(&rest, "%s,%s", o->rest != NULL ? o->rest : "", option) <
	    0)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	free(o->rest);
	o->rest = rest;
	return 0;
}

static int
take(struct options *o, const char *option)
{
	if (option[0] == '\0' || take_flag(o, option) ||
	    is_in(option, others) || strncasecmp(option, "x-", 2) == 0 ||
	    is_named(option, "comment"))
		return 0;
	if (is_named(option, "privport") || is_named(option, "noprivport")) {
		o->privport = option[0] == 'p';
		return 0;
	}
	if (is_in(option, ours))
		return mount_complain(
		    MOUNT_USAGE, "option %s: the address tells that", option);
	if (is_named(option, "version") &&
	    strcasecmp(option, "version=" VERSION) != 0)
		return mount_complain(
		    MOUNT_USAGE, "option %s: it is always " VERSION, option);
	return keep(o, option);
}

int
options_add(struct options *o, const char *text)
{
	char *copy = strdup(text), *at = copy, *option;
	int status = 0;

	if (copy == NULL)
		return mount_complain(MOUNT_SYSTEM, "no memory");
	while (status == 0 && (option = strsep(&at, ",")) != NULL)
		status = take(o, option);
	free(copy);
	return status;
}

/* The last one counts, as it does in the kernel. */
static const char *
find(const struct options *o, const char *name)
{
	const char *found = NULL, *s = o->rest;
	size_t len = strlen(name);

	for (; s != NULL && *s != '\0'; s = strchr(s + 1, ','))
		if (strncmp(s + 1, name, len) == 0 &&
		    (s[1 + len] == '=' || s[1 + len] == ',' ||
			s[1 + len] == '\0'))
			found = s + 1;
	return found;
}

char *
options_value(const struct options *o, const char *name)
{
	const char *s = find(o, name);

	if (s == NULL || s[strlen(name)] != '=')
		return NULL;
	s += strlen(name) + 1;
	return strndup(s, strcspn(s, ","));
}

void
options_print_flags(const struct options *o, FILE *to)
{
	const struct flag *f;

	for (f = flags; f < flags + sizeof(flags) / sizeof(*f); f++)
		if (o->flags & f->set)
			fprintf(to, "%s,", f->name);
}

static void
print_transport(
    FILE *to, const struct options *o, const struct spec *spec, const char *fd)
{
	switch (spec->carrier) {
	case CARRIER_TCP:
		fprintf(to, "trans=tcp,port=%u%s", spec->at.port,
		    o->privport ? ",privport" : "");
		break;
	case CARRIER_UNIX:
		fprintf(to, "trans=unix");
		break;
	case CARRIER_FD:
		fprintf(to, "trans=fd,rfdno=%s,wfdno=%s", fd, fd);
		break;
	}
}

char *
options_data(const struct options *o, const struct spec *spec, const char *fd)
{
	char *data = NULL;
	size_t len;
	FILE *to = open_memstream(&data, &len);

	if (to == NULL)
		return NULL;
	print_transport(to, o, spec, fd);
	if (find(o, "version") == NULL)
		fprintf(to, ",version=" VERSION);
	if (find(o, "access") == NULL)
		fprintf(to, ",access=client");
	if (find(o, "msize") == NULL)
		fprintf(to, ",msize=%d", MSIZE_MAX);
	if (find(o, "cache") == NULL)
		fprintf(to, ",cache=none");
	if (spec->aname != NULL)
		fprintf(to, ",aname=%s", spec->aname);
	fprintf(to, "%s", o->rest != NULL ? o->rest : "");
	return fclose(to) == 0 ? data : NULL;
}
