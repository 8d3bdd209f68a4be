/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_acl.c -- ACLs that one party sets and the other goes by.
 */

#include <sys/xattr.h>

#include "acl.h"

static void
an_acl_is_seen_there(void **state)
{
	(void)state;
	put("f", "text");
	text("ENODATA", acl_get(there("f"), ACL_ACCESS));
	moves(there("f"), "c",
	    ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g4 m6 o0")));
	text("u6 U6:1000 g4 m6 o0", acl_get(there("f"), ACL_ACCESS));
	gives(0660, mode_of(there("f")));
	ok(acl_set(there("f"), ACL_ACCESS, "u6 U4:1000 g0 m4 o0"));
	text("u6 U4:1000 g0 m4 o0", acl_get("f", ACL_ACCESS));
	gives(0640, mode_of("f"));
	ok(removexattr("f", ACL_ACCESS));
	text("ENODATA", acl_get(there("f"), ACL_ACCESS));
}

static void
an_acl_counts_there_at_once(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	ok(chmod("f", 0600));
	as(USER);
	fails(EACCES, openat(there_fd, "f", O_RDONLY));
	as(0);
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g0 m6 o0"));
	as(USER);
	theirs = opens(openat(there_fd, "f", O_RDWR));
	ok(close(theirs));
	as(OTHER);
	fails(EACCES, openat(there_fd, "f", O_RDONLY));
	as(0);
	ok(chmod("f", 0600));
	text("u6 U6:1000 g0 m0 o0", acl_get(there("f"), ACL_ACCESS));
	as(USER);
	fails(EACCES, openat(there_fd, "f", O_RDONLY));
}

static void
a_default_acl_is_inherited_there(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(acl_set("d", ACL_DEFAULT, "u7 U7:1000 g5 m7 o0"));
	text("u7 U7:1000 g5 m7 o0", acl_get(there("d"), ACL_DEFAULT));
	put(there("d/f"), "text");
	text("u6 U7:1000 g5 m4 o0", acl_get("d/f", ACL_ACCESS));
	ok(mkdir(there("d/e"), 0777));
	text("u7 U7:1000 g5 m7 o0", acl_get("d/e", ACL_DEFAULT));
	ok(removexattr(there("d"), ACL_DEFAULT));
	put("d/g", "text");
	text("ENODATA", acl_get("d/g", ACL_ACCESS));
}

static void
an_acl_is_seen_there_while_it_is_open(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDONLY));
	text("ENODATA", acl_get(there("f"), ACL_ACCESS));
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g4 m6 o0"));
	gives(0660, fstat_of(theirs).st_mode & 07777);
	text("u6 U6:1000 g4 m6 o0", acl_get(there("f"), ACL_ACCESS));
	ok(close(theirs));
}

const struct CMUnitTest posix_two_acl[] = {
	cmocka_unit_test(an_acl_is_seen_there),
	cmocka_unit_test(an_acl_counts_there_at_once),
	cmocka_unit_test(a_default_acl_is_inherited_there),
	cmocka_unit_test(an_acl_is_seen_there_while_it_is_open),
	{ 0 },
};
