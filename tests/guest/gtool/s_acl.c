/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_acl.c -- steps: POSIX ACLs, written as the kernel stores them.
 *
 * Needs a mount with posixacl.
 */

#include <sys/xattr.h>
#include <endian.h>

#include "gtool.h"

#define ACCESS "system.posix_acl_access"
#define DEFAULT "system.posix_acl_default"

struct acl {
	uint32_t version;
	struct {
		uint16_t tag, perm;
		uint32_t id;
	} entry[16];
};

static const char tags[] = "uUgGmo"; /* 1 2 4 8 16 32 */

/*
 * Set an ACL from text like "u6 U6:1000 g4 m6 o0": owner, a user, the group,
 * the mask, others; a G is another group.
 */
static int
set(const char *path, const char *name, const char *text)
{
	struct acl acl;
	size_t n;

	acl.version = htole32(2);
	for (n = 0; *text != '\0'; n++) {
		size_t bit = (size_t)(strchr(tags, *text) - tags);

		acl.entry[n].tag = htole16((uint16_t)(1U << bit));
		acl.entry[n].perm = htole16((uint16_t)(text[1] - '0'));
		acl.entry[n].id = htole32(text[2] == ':'
			? (uint32_t)strtoul(text + 3, NULL, 10)
			: UINT32_MAX);
		text += strcspn(text, " ");
		text += strspn(text, " ");
	}
	return lsetxattr(path, name, &acl, 4 + n * 8, 0);
}

static void
acl_show(const char *path, const char *name)
{
	char text[256] = "", one[32];
	struct acl acl;
	ssize_t n = lgetxattr(path, name, &acl, sizeof(acl)), i;
	unsigned int bit;

	if (n == -1) {
		note("%s of %s: %s", name, path, err_name(errno));
		return;
	}
	for (i = 0; i < (n - 4) / 8; i++) {
		for (bit = 0; bit < 5 && le16toh(acl.entry[i].tag) != 1U << bit;
		     bit++)
			;
		snprintf(one, sizeof(one), " %c:%d:%o", tags[bit],
		    (int)le32toh(acl.entry[i].id), le16toh(acl.entry[i].perm));
		strcat(text, one);
	}
	note("%s of %s: version %u%s", name, path, le32toh(acl.version), text);
}

static void
an_acl_grants_and_denies(void)
{
	DO(put("f", "text"));
	DO(chmod("f", 0600));
	acl_show("f", ACCESS);
	DO(set("f", ACCESS, "u6 U6:1000 g0 m6 o0"));
	show("f");
	acl_show("f", ACCESS);
	AS(1000, 1000, 0)
	{
		DO(put_more("f", " user"));
	}
	AS(1001, 1001, 0)
	{
		DO(open("f", O_RDONLY));
	}
	/* The server knows 1000 as a member of 2000. */
	DO(set("f", ACCESS, "u6 U0:1001 g4 G6:2000 m6 o4"));
	AS(1001, 1001, 0)
	{
		DO(open("f", O_RDONLY));
	}
	AS(1002, 1002, 0)
	{
		DO(close(DO(open("f", O_RDONLY))));
		DO(open("f", O_WRONLY));
	}
	AS(1000, 1000, 2000)
	{
		DO(put_more("f", " group"));
	}
	show("f");
}

static void
the_mask_follows_the_mode(void)
{
	DO(put("f", "x"));
	DO(set("f", ACCESS, "u6 U7:1000 g5 m7 o1"));
	show("f");
	DO(chmod("f", 0640));
	acl_show("f", ACCESS);
	AS(1000, 1000, 0)
	{
		DO(open("f", O_WRONLY));
	}
	DO(chmod("f", 0660));
	AS(1000, 1000, 0)
	{
		DO(close(DO(open("f", O_WRONLY))));
	}
	/* One that says no more than the mode is not kept. */
	DO(set("f", ACCESS, "u7 g5 o0"));
	show("f");
	acl_show("f", ACCESS);
	DO(set("f", ACCESS, "u6 U7:1000 g5 m7 o1"));
	DO(removexattr("f", ACCESS));
	acl_show("f", ACCESS);
	show("f");
}

static void
defaults_are_inherited(void)
{
	DO(mkdir("d", 0755));
	DO(set("d", DEFAULT, "u7 U7:1000 g5 m7 o0"));
	show("d");
	acl_show("d", DEFAULT);
	acl_show("d", ACCESS);
	umask(077);
	DO(put("d/f", "x"));
	DO(mkdir("d/e", 0777));
	DO(mkfifo("d/p", 0600));
	DO(symlink("f", "d/l"));
	acl_show("d/f", ACCESS);
	acl_show("d/e", ACCESS);
	acl_show("d/e", DEFAULT);
	acl_show("d/p", ACCESS);
	dump();
	DO(put("d/e/g", "x"));
	acl_show("d/e/g", ACCESS);
	AS(1000, 1000, 0)
	{
		DO(put_more("d/f", " user"));
	}
	DO(removexattr("d", DEFAULT));
	acl_show("d", DEFAULT);
	DO(put("d/plain", "x"));
	acl_show("d/plain", ACCESS);
	dump();
}

static void
not_every_acl_is_one(void)
{
	DO(put("f", "x"));
	DO(mkdir("d", 0755));
	DO(set("f", ACCESS, "u6 U6:1000 g4 o4"));
	DO(set("f", ACCESS, "u6 g4"));
	DO(set("f", ACCESS, "g6 u4 o4"));
	DO(set("f", ACCESS, "u8 g4 o4"));
	DO(lsetxattr("f", ACCESS, "\001\0\0\0", 4, 0));
	DO(lsetxattr("f", ACCESS, "xyz", 3, 0));
	DO(set("f", DEFAULT, "u6 g4 o4"));
	DO(removexattr("f", ACCESS));
	DO(removexattr("d", DEFAULT));
	DO(symlink("f", "l"));
	DO(set("l", ACCESS, "u6 g4 o4"));
	AS(1000, 1000, 0)
	{
		DO(set("f", ACCESS, "u6 g4 o4"));
		DO(removexattr("f", ACCESS));
		acl_show("f", ACCESS);
	}
	dump();
}

const struct topic acl_group[] = {
	TOPIC(an_acl_grants_and_denies),
	TOPIC(the_mask_follows_the_mode),
	TOPIC(defaults_are_inherited),
	TOPIC(not_every_acl_is_one),
	TOPIC_END,
};
