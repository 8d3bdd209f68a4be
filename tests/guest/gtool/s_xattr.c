/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_xattr.c -- steps: extended attributes, in one namespace at a time.
 *
 * An old tmpfs has trusted.* only, so names are built from xattr_namespace:
 * user.* on our mount behaves like trusted.* on a tmpfs.  Where trusted.* is
 * refused, the second group shows it.
 */

#include <sys/xattr.h>

#include "gtool.h"

static char big[65537];

static const char *
full(const char *name)
{
	static char text[512];

	snprintf(text, sizeof(text), "%s%s", xattr_namespace, name);
	return text;
}

static int
set(const char *path, const char *name, const char *value, int flags)
{
	return lsetxattr(path, full(name), value, strlen(value), flags);
}

static int
del(const char *path, const char *name)
{
	return lremovexattr(path, full(name));
}

static int
size(const char *path, const char *name)
{
	return (int)lgetxattr(path, full(name), NULL, 0);
}

/* Log the value. */
static void
get(const char *path, const char *name)
{
	static char value[65536];
	ssize_t n = lgetxattr(path, full(name), value, sizeof(value));

	if (strlen(name) > 100)
		name = "the long name";
	if (n == -1)
		note("%s of %s: %s", name, path, err_name(errno));
	else if (n < 50)
		note("%s of %s: %.*s", name, path, (int)n, value);
	else
		note("%s of %s: %zd bytes, %016llx", name, path, n,
		    (unsigned long long)hash_bytes(
			HASH_INIT, value, (size_t)n));
}

static int
by_text(const void *a, const void *b)
{
	return strcmp(*(char *const *)a, *(char *const *)b);
}

/* Log the names in our namespace, sorted. */
static void
list(const char *path)
{
	static char names[65536], text[8192];
	char *sorted[256], *p;
	size_t count = 0, i, skip = strlen(xattr_namespace);
	ssize_t n = llistxattr(path, names, sizeof(names));

	if (n == -1) {
		note("list of %s: %s", path, err_name(errno));
		return;
	}
	for (p = names; p < names + n; p += strlen(p) + 1)
		if (strncmp(p, xattr_namespace, skip) == 0 &&
		    count < nitems(sorted))
			sorted[count++] = p + skip;
	qsort(sorted, count, sizeof(sorted[0]), by_text);
	text[0] = '\0';
	for (i = 0; i < count && i < 8; i++) {
		strcat(text, " ");
		strcat(text,
		    strlen(sorted[i]) > 100 ? "the long name" : sorted[i]);
	}
	note("list of %s: %zu:%s", path, count, text);
}

static void
setting_and_getting(void)
{
	char buf[8];

	DO(put("f", "x"));
	list("f");
	get("f", "one");
	DO(set("f", "one", "1", 0));
	DO(set("f", "two", "22", XATTR_CREATE));
	DO(set("f", "one", "eins", XATTR_CREATE));
	DO(set("f", "one", "uno", XATTR_REPLACE));
	DO(set("f", "three", "3", XATTR_REPLACE));
	get("f", "one");
	get("f", "two");
	list("f");
	DO(set("f", "one", "a much longer value than before", 0));
	get("f", "one");
	DO(set("f", "one", "s", 0));
	get("f", "one");
	DO(size("f", "one"));
	DO(size("f", "three"));
	DO(lgetxattr("f", full("two"), buf, 1));
	DO(lgetxattr("f", full("two"), buf, 2));
	DO(llistxattr("f", buf, 1));
	DO(lgetxattr("missing", full("two"), buf, 2));
	DO(set("missing", "one", "1", 0));
	DO(del("f", "three"));
	DO(del("f", "one"));
	DO(del("f", "one"));
	get("f", "one");
	list("f");
	DO(set("f", "three", "3", 3));
	show("f");
}

static void
values_of_any_bytes(void)
{
	char buf[16] = "";
	int i;

	DO(put("f", "x"));
	DO(lsetxattr("f", full("nul"), "a\0b\0", 4, 0));
	DO(lgetxattr("f", full("nul"), buf, sizeof(buf)));
	note("%d %d %d %d", buf[0], buf[1], buf[2], buf[3]);
	DO(set("f", "empty", "", 0));
	DO(size("f", "empty"));
	get("f", "empty");
	list("f");
	DO(set("f", "empty", "", XATTR_CREATE));
	DO(set("f", "full", "x", 0));
	DO(set("f", "full", "", 0));
	get("f", "full");
	list("f");
	DO(del("f", "empty"));
	list("f");

	for (i = 0; i < (int)sizeof(big); i++)
		big[i] = (char)(i * 7 >> 3);
	DO(lsetxattr("f", full("medium"), big, 1000, 0));
	get("f", "medium");
	DO(del("f", "medium"));
	DO(lsetxattr("f", full("more"), big, 3000, 0));
	get("f", "more");
}

static void
large_values(void)
{
	DO(put("f", "x"));
	DO(lsetxattr("f", full("big"), big, 65536, 0));
	get("f", "big");
	DO(lsetxattr("f", full("big"), big + 1, 20000, XATTR_REPLACE));
	get("f", "big");
	DO(del("f", "big"));
	list("f");
	DO(lsetxattr("f", full("big"), big, 65537, 0));
	get("f", "big");
}

static void
names(void)
{
	char name[300];

	DO(put("f", "x"));
	memset(name, 'n', sizeof(name));
	name[255 - strlen(xattr_namespace)] = '\0';
	DO(set("f", name, "longest", 0));
	get("f", name);
	list("f");
	DO(del("f", name));
	name[strlen(name)] = 'n';
	DO(set("f", name, "too long", 0));
	name[256 - strlen(xattr_namespace)] = '\0';
	DO(set("f", name, "too long", 0));
	get("f", name);
	DO(set("f", "", "no name", 0));
	DO(set("f", "with space", "x", 0));
	DO(set("f", "caf\xc3\xa9", "x", 0));
	DO(set("f", "a.b.c/d", "x", 0));
	list("f");
	DO(lsetxattr("f", "unknown.name", "x", 1, 0));
	DO(lsetxattr("f", "noprefix", "x", 1, 0));
}

static void
everything_has_them(void)
{
	int fd;

	DO(mkdir("d", 0755));
	DO(set("d", "dir", "d", 0));
	get("d", "dir");
	DO(put("d/f", "x"));
	list("d/f");
	DO(set("d/f", "file", "f", 0));
	DO(link("d/f", "g"));
	get("g", "file");
	DO(set("g", "file", "changed", 0));
	get("d/f", "file");
	DO(rename("d/f", "h"));
	get("h", "file");
	DO(chmod("h", 0600));
	DO(put("h", "rewritten"));
	get("h", "file");
	DO(unlink("h"));
	DO(unlink("g"));
	DO(put("h", "new"));
	list("h");
	fd = DO(open("h", O_RDONLY));
	DO(fsetxattr(fd, full("fd"), "x", 1, 0));
	get("h", "fd");
	DO(close(fd));
	DO(rename("d", "e"));
	get("e", "dir");
}

static void
many_attributes(void)
{
	char name[16];
	int i;

	DO(put("f", "x"));
	for (i = 0; i < 60; i++) {
		snprintf(name, sizeof(name), "a%02d", i);
		if (set("f", name, name, XATTR_CREATE) == -1)
			note("%s: %s", name, err_name(errno));
	}
	list("f");
	get("f", "a42");
	for (i = 0; i < 60; i += 2) {
		snprintf(name, sizeof(name), "a%02d", i);
		if (del("f", name) == -1)
			note("%s: %s", name, err_name(errno));
	}
	list("f");
	get("f", "a41");
	get("f", "a42");
}

/* Those that are root's, where nobody is. */
static void
only_root_has_them(void)
{
	DO(put("f", "x"));
	DO(set("f", "one", "1", 0));
	get("f", "one");
	DO(set("f", "one", "2", XATTR_CREATE));
	DO(set("f", "one", "3", XATTR_REPLACE));
	DO(size("f", "one"));
	list("f");
	DO(del("f", "one"));
	list("f");
}

const struct topic xattr_group[] = {
	TOPIC(setting_and_getting),
	TOPIC(values_of_any_bytes),
	TOPIC(large_values),
	TOPIC(names),
	TOPIC(everything_has_them),
	TOPIC(many_attributes),
	TOPIC_END,
};

const struct topic roots_group[] = {
	TOPIC(only_root_has_them),
	TOPIC_END,
};
