/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_acl.c -- POSIX ACLs: what they are, whom they let in, who inherits.
 */

#include <sys/xattr.h>

#include "acl.h"

/* What USER or OTHER may open f for: "r", "w", "rw" or "". */
static const char *
may(uid_t uid)
{
	static char letters[3];
	char *p = letters;
	int fd;

	as(uid);
	if ((fd = open("f", O_RDONLY)) != -1) {
		*p++ = 'r';
		close(fd);
	}
	if ((fd = open("f", O_WRONLY)) != -1) {
		*p++ = 'w';
		close(fd);
	}
	as(0);
	*p = '\0';
	return letters;
}

/* root's, 0600. */
static void
put_secret(void)
{
	put("f", "text");
	ok(chmod("f", 0600));
}

static void
a_plain_file_has_no_acl(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	text("ENODATA", acl_get("f", ACL_ACCESS));
	text("ENODATA", acl_get("f", ACL_DEFAULT));
	text("ENODATA", acl_get("d", ACL_ACCESS));
	text("ENODATA", acl_get("d", ACL_DEFAULT));
}

static void
a_short_acl_is_the_mode(void **state)
{
	(void)state;
	put("f", "text");
	ok(acl_set("f", ACL_ACCESS, "u6 g4 o0"));
	gives(0640, mode_of("f"));
	text("ENODATA", acl_get("f", ACL_ACCESS));
	ok(acl_set("f", ACL_ACCESS, "u7 g1 o2"));
	gives(0712, mode_of("f"));
	ok(chmod("f", 04755));
	ok(acl_set("f", ACL_ACCESS, "u6 g0 o0"));
	gives(04600, mode_of("f"));
}

static void
a_long_acl_is_kept(void **state)
{
	static const char acl[] = "u6 U4:1000 U6:1001 g4 G2:2000 m6 o0";

	(void)state;
	put("f", "text");
	ok(acl_set("f", ACL_ACCESS, acl));
	text(acl, acl_get("f", ACL_ACCESS));
	gives(0660, mode_of("f"));
	ok(acl_set("f", ACL_ACCESS, "u6 g4 m7 o1"));
	text("u6 g4 m7 o1", acl_get("f", ACL_ACCESS));
	gives(0671, mode_of("f"));
	ok(removexattr("f", ACL_ACCESS));
	text("ENODATA", acl_get("f", ACL_ACCESS));
	text("text", contents("f"));
}

static void
an_acl_lets_a_user_in(void **state)
{
	(void)state;
	put_secret();
	text("", may(USER));
	ok(acl_set("f", ACL_ACCESS, "u6 U4:1000 g0 m4 o0"));
	text("r", may(USER));
	text("", may(OTHER));
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 U2:1001 g0 m6 o0"));
	text("rw", may(USER));
	text("w", may(OTHER));
	ok(removexattr("f", ACL_ACCESS));
	ok(chmod("f", 0600));
	text("", may(USER));
}

static void
an_acl_keeps_a_user_out(void **state)
{
	(void)state;
	put_secret();
	ok(acl_set("f", ACL_ACCESS, "u6 U0:1000 g0 m6 o6"));
	text("", may(USER));
	text("rw", may(OTHER));
	ok(acl_set("f", ACL_ACCESS, "u6 g0 G0:2000 m6 o6"));
	text("", may(USER));
	text("rw", may(OTHER));
}

static void
an_acl_lets_groups_in(void **state)
{
	(void)state;
	put_secret();
	ok(acl_set("f", ACL_ACCESS, "u6 g0 G4:2000 m4 o0"));
	text("r", may(USER));
	text("", may(OTHER));
	ok(acl_set("f", ACL_ACCESS, "u6 g0 G6:1001 m6 o0"));
	text("", may(USER));
	text("rw", may(OTHER));
	/* Any of one's groups will do, but one must do. */
	ok(acl_set("f", ACL_ACCESS, "u6 g0 G4:1000 G2:2000 m6 o0"));
	text("rw", may(USER));
	as(USER);
	fails(EACCES, open("f", O_RDWR));
	as(0);
}

static void
an_acls_first_entry_is_the_owners(void **state)
{
	(void)state;
	put_secret();
	ok(chown("f", USER, USER));
	ok(acl_set("f", ACL_ACCESS, "u4 U6:1000 g6 m6 o6"));
	text("r", may(USER));
	text("rw", may(OTHER));
}

static void
an_acls_mask_limits_all_but_owner_and_others(void **state)
{
	(void)state;
	put_secret();
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g0 G6:1001 m4 o0"));
	text("r", may(USER));
	text("r", may(OTHER));
	gives(0640, mode_of("f"));
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g6 m1 o6"));
	text("", may(USER));
	text("rw", may(OTHER));
}

static void
chmod_changes_an_acls_mask(void **state)
{
	(void)state;
	put_secret();
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g4 m6 o0"));
	ok(chmod("f", 0640));
	text("u6 U6:1000 g4 m4 o0", acl_get("f", ACL_ACCESS));
	text("r", may(USER));
	ok(chmod("f", 0616));
	text("u6 U6:1000 g4 m1 o6", acl_get("f", ACL_ACCESS));
	text("", may(USER));
	ok(chmod("f", 0760));
	text("u7 U6:1000 g4 m6 o0", acl_get("f", ACL_ACCESS));
	text("rw", may(USER));
	gives(0760, mode_of("f"));
}

static void
directories_have_acls(void **state)
{
	(void)state;
	ok(mkdir("d", 0700));
	put("d/f", "text");
	ok(acl_set("d", ACL_ACCESS, "u7 U1:1000 g0 m7 o0"));
	as(USER);
	ok(close(opens(open("d/f", O_RDONLY))));
	fails(EACCES, open("d", O_RDONLY));
	fails(EACCES, open("d/new", O_RDWR | O_CREAT, 0644));
	as(OTHER);
	fails(EACCES, open("d/f", O_RDONLY));
	as(0);
	ok(acl_set("d", ACL_ACCESS, "u7 U7:1000 g0 m7 o0"));
	as(USER);
	ok(close(opens(open("d/new", O_RDWR | O_CREAT, 0644))));
	as(0);
	gives(USER, look("d/new").st_uid);
}

static void
only_owners_set_acls(void **state)
{
	(void)state;
	put("f", "text");
	ok(acl_set("f", ACL_ACCESS, "u6 U6:1000 g4 m6 o4"));
	as(USER);
	fails(EPERM, acl_set("f", ACL_ACCESS, "u6 U7:1000 g4 m7 o4"));
	fails(EPERM, removexattr("f", ACL_ACCESS));
	text("u6 U6:1000 g4 m6 o4", acl_get("f", ACL_ACCESS));
	as(0);
	ok(chown("f", USER, USER));
	as(USER);
	ok(acl_set("f", ACL_ACCESS, "u6 U4:1001 g4 m4 o0"));
	as(0);
	text("u6 U4:1001 g4 m4 o0", acl_get("f", ACL_ACCESS));
}

static void
acls_that_are_none_are_refused(void **state)
{
	static const char *const bad[] = { "u6", "u6 g4", "g4 o4", "u6 o4",
		"u6 U4:1000 g4 o4", "u6 g4 m4", "u6 u6 g4 o4", "u8 g4 o4",
		"o4 g4 u6", "u6 g4 G4:2000 o4", "u6 g4 m4 m4 o4",
		"u6 g4 o4 o4" };
	size_t i;

	(void)state;
	put("f", "text");
	for (i = 0; i < nitems(bad); i++)
		fails(EINVAL, acl_set("f", ACL_ACCESS, bad[i]));
	fails(EINVAL, setxattr("f", ACL_ACCESS, "\2\0\0\0\1", 5, 0));
	fails(EINVAL, setxattr("f", ACL_ACCESS, "\2\0", 2, 0));
	fails_either(
	    EOPNOTSUPP, EINVAL, setxattr("f", ACL_ACCESS, "\1\0\0\0", 4, 0));
	text("ENODATA", acl_get("f", ACL_ACCESS));
	gives(0644, mode_of("f"));
}

static void
only_directories_have_default_acls(void **state)
{
	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	fails(EACCES, acl_set("f", ACL_DEFAULT, "u6 g4 o4"));
	ok(acl_set("d", ACL_DEFAULT, "u6 U4:1000 g4 m4 o4"));
	text("u6 U4:1000 g4 m4 o4", acl_get("d", ACL_DEFAULT));
	/* Which is not what counts for the directory itself. */
	gives(0755, mode_of("d"));
	text("ENODATA", acl_get("d", ACL_ACCESS));
	ok(removexattr("d", ACL_DEFAULT));
	text("ENODATA", acl_get("d", ACL_DEFAULT));
}

static void
files_inherit_acls_and_the_umask_is_void(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(acl_set("d", ACL_DEFAULT, "u7 U6:1000 g5 m7 o1"));
	umask(077);
	ok(close(opens(open("d/f", O_RDWR | O_CREAT, 0666))));
	gives(0660, mode_of("d/f"));
	text("u6 U6:1000 g5 m6 o0", acl_get("d/f", ACL_ACCESS));
	text("ENODATA", acl_get("d/f", ACL_DEFAULT));
	ok(close(opens(open("d/g", O_RDWR | O_CREAT, 0640))));
	gives(0640, mode_of("d/g"));
	text("u6 U6:1000 g5 m4 o0", acl_get("d/g", ACL_ACCESS));
	ok(mkfifo("d/p", 0777));
	gives(0771, mode_of("d/p"));
	/* What is moved in has its own. */
	ok(close(opens(open("h", O_RDWR | O_CREAT, 0666))));
	ok(rename("h", "d/h"));
	text("ENODATA", acl_get("d/h", ACL_ACCESS));
	gives(0600, mode_of("d/h"));
}

static void
directories_inherit_both_acls(void **state)
{
	static const char acl[] = "u7 U6:1000 g5 m7 o1";

	(void)state;
	ok(mkdir("d", 0755));
	ok(acl_set("d", ACL_DEFAULT, acl));
	umask(077);
	ok(mkdir("d/e", 0770));
	gives(0770, mode_of("d/e"));
	text(acl, acl_get("d/e", ACL_DEFAULT));
	text("u7 U6:1000 g5 m7 o0", acl_get("d/e", ACL_ACCESS));
	ok(mkdir("d/e/e", 0777));
	gives(0771, mode_of("d/e/e"));
	text(acl, acl_get("d/e/e", ACL_DEFAULT));
	text(acl, acl_get("d/e/e", ACL_ACCESS));
}

static void
a_short_default_acl_is_a_mode(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(acl_set("d", ACL_DEFAULT, "u6 g6 o4"));
	umask(077);
	ok(close(opens(open("d/f", O_RDWR | O_CREAT, 0666))));
	gives(0664, mode_of("d/f"));
	text("ENODATA", acl_get("d/f", ACL_ACCESS));
	ok(close(opens(open("d/g", O_RDWR | O_CREAT, 0606))));
	gives(0604, mode_of("d/g"));
}

static void
setting_an_acl_moves_the_ctime(void **state)
{
	(void)state;
	put("f", "text");
	moves("f", "c", ok(acl_set("f", ACL_ACCESS, "u6 U4:1000 g4 m4 o0")));
	moves("f", "c", ok(acl_set("f", ACL_ACCESS, "u6 g4 o0")));
	moves("f", "", text("ENODATA", acl_get("f", ACL_ACCESS)));
}

/* As chmod(2) does for who is not in the group. */
static void
setting_an_acl_clears_setgid(void **state)
{
	(void)state;
	put("f", "text");
	ok(chown("f", USER, OTHER));
	ok(chmod("f", 02775));
	as(USER);
	ok(acl_set("f", ACL_ACCESS, "u7 U4:1001 g5 m5 o5"));
	as(0);
	gives(0755, mode_of("f"));
}

const struct CMUnitTest posix_acl[] = {
	cmocka_unit_test(a_plain_file_has_no_acl),
	cmocka_unit_test(a_short_acl_is_the_mode),
	cmocka_unit_test(a_long_acl_is_kept),
	cmocka_unit_test(an_acl_lets_a_user_in),
	cmocka_unit_test(an_acl_keeps_a_user_out),
	cmocka_unit_test(an_acl_lets_groups_in),
	cmocka_unit_test(an_acls_first_entry_is_the_owners),
	cmocka_unit_test(an_acls_mask_limits_all_but_owner_and_others),
	cmocka_unit_test(chmod_changes_an_acls_mask),
	cmocka_unit_test(directories_have_acls),
	cmocka_unit_test(only_owners_set_acls),
	cmocka_unit_test(acls_that_are_none_are_refused),
	cmocka_unit_test(only_directories_have_default_acls),
	cmocka_unit_test(files_inherit_acls_and_the_umask_is_void),
	cmocka_unit_test(directories_inherit_both_acls),
	cmocka_unit_test(a_short_default_acl_is_a_mode),
	cmocka_unit_test(setting_an_acl_moves_the_ctime),
	cmocka_unit_test(setting_an_acl_clears_setgid),
	{ 0 },
};
