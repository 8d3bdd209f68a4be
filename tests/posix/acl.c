/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * acl.c -- POSIX ACLs as text, written and read as the kernel stores them.
 */

#include <sys/xattr.h>
#include <endian.h>

#include "acl.h"

#define ENTRIES 16

struct acl {
	uint32_t version;
	struct {
		uint16_t tag, perm;
		uint32_t id;
	} entry[ENTRIES];
};

static const char tags[] = "uUgGmo"; /* 1, 2, 4, 8, 16, 32 */

int
acl_set(const char *path, const char *name, const char *acl)
{
	struct acl raw = { .version = htole32(2) };
	size_t n;

	for (n = 0; *acl != '\0' && n < ENTRIES; n++) {
		long tag = strchr(tags, *acl) - tags;

		raw.entry[n].tag = htole16((uint16_t)(1U << tag));
		raw.entry[n].perm = htole16((uint16_t)(acl[1] - '0'));
		raw.entry[n].id = htole32(UINT32_MAX);
		if (acl[2] == ':')
			raw.entry[n].id =
			    htole32((uint32_t)strtoul(acl + 3, NULL, 10));
		acl += strcspn(acl, " ");
		acl += strspn(acl, " ");
	}
	return setxattr(path, name, &raw, 4 + n * sizeof(raw.entry[0]), 0);
}

static int
entry_text(char *s, size_t cap, const struct acl *raw, size_t n)
{
	unsigned int tag = le16toh(raw->entry[n].tag), i;
	uint32_t id = le32toh(raw->entry[n].id);
	int len;

	for (i = 0; i < 5 && tag != 1U << i; i++)
		continue;
	len = snprintf(s, cap, "%s%c%u", n != 0 ? " " : "", tags[i],
	    le16toh(raw->entry[n].perm));
	if (tag == 2 || tag == 8)
		len += snprintf(s + len, cap - (size_t)len, ":%u", id);
	return len;
}

const char *
acl_get(const char *path, const char *name)
{
	static char s[512];
	struct acl raw;
	ssize_t size = getxattr(path, name, &raw, sizeof(raw));
	size_t n, len = 0;

	if (size == -1)
		return strerrorname_np(errno);
	if (size < 4 || le32toh(raw.version) != 2)
		return "no version 2";
	s[0] = '\0';
	for (n = 0; n < ((size_t)size - 4) / sizeof(raw.entry[0]); n++)
		len += (size_t)entry_text(s + len, sizeof(s) - len, &raw, n);
	return s;
}
