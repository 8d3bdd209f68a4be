/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_xattr_rights.c -- extended attributes: who may, and those of root.
 */

#include <sys/xattr.h>

#include "file.h"

static bool
is_listed(const char *path, const char *name)
{
	char list[4096], *p;
	ssize_t n = llistxattr(path, list, sizeof(list));

	for (p = list; n > 0 && p < list + n; p += strlen(p) + 1)
		if (strcmp(p, name) == 0)
			return true;
	return false;
}

static void
writing_them_is_writing(void **state)
{
	char buf[16];
	int fd;

	(void)state;
	put("f", "text");
	ok(setxattr("f", "user.a", "value", 5, 0));
	as(USER);
	fails(EACCES, setxattr("f", "user.a", "x", 1, 0));
	fails(EACCES, setxattr("f", "user.b", "x", 1, 0));
	fails(EACCES, removexattr("f", "user.a"));
	gives(5, getxattr("f", "user.a", buf, sizeof(buf)));
	fd = opens(open("f", O_RDONLY));
	fails(EACCES, fsetxattr(fd, "user.a", "x", 1, 0));
	ok(close(fd));
	as(0);
	ok(chmod("f", 0622));
	as(USER);
	ok(setxattr("f", "user.a", "new", 3, 0));
	fails(EACCES, getxattr("f", "user.a", buf, sizeof(buf)));
	yes(is_listed("f", "user.a"));
	ok(removexattr("f", "user.a"));
	as(0);
	yes(!is_listed("f", "user.a"));
}

static void
they_are_behind_directories_as_files_are(void **state)
{
	char buf[16];

	(void)state;
	ok(mkdir("d", 0700));
	put("d/f", "text");
	ok(chmod("d/f", 0666));
	ok(setxattr("d/f", "user.a", "value", 5, 0));
	as(USER);
	fails(EACCES, getxattr("d/f", "user.a", buf, sizeof(buf)));
	fails(EACCES, setxattr("d/f", "user.a", "x", 1, 0));
	fails(EACCES, listxattr("d/f", buf, sizeof(buf)));
	fails(EACCES, removexattr("d/f", "user.a"));
	as(0);
}

static void
owners_have_them_without_root(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	ok(chown("f", USER, USER));
	as(USER);
	ok(setxattr("f", "user.a", "value", 5, XATTR_CREATE));
	gives(5, getxattr("f", "user.a", buf, sizeof(buf)));
	ok(chmod("f", 0));
	fails(EACCES, getxattr("f", "user.a", buf, sizeof(buf)));
	fails(EACCES, setxattr("f", "user.a", "x", 1, 0));
	as(0);
	gives(5, getxattr("f", "user.a", buf, sizeof(buf)));
}

/* Else everybody could fill a directory that everybody may write. */
static void
sticky_directories_are_their_owners(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(chmod("d", 01777));
	as(USER);
	fails(EPERM, setxattr("d", "user.a", "x", 1, 0));
	as(0);
	ok(setxattr("d", "user.a", "x", 1, 0));
	ok(chmod("d", 0777));
	as(USER);
	ok(setxattr("d", "user.a", "y", 1, 0));
	as(0);
}

static void
root_has_attributes_of_its_own(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	ok(setxattr("f", "trusted.a", "value", 5, XATTR_CREATE));
	gives(5, getxattr("f", "trusted.a", buf, sizeof(buf)));
	ok(memcmp(buf, "value", 5));
	yes(is_listed("f", "trusted.a"));
	fails(EEXIST, setxattr("f", "trusted.a", "x", 1, XATTR_CREATE));
	fails(ENODATA, getxattr("f", "user.a", buf, sizeof(buf)));
	ok(setxattr("f", "trusted.a", "", 0, 0));
	gives(0, getxattr("f", "trusted.a", buf, sizeof(buf)));
	ok(removexattr("f", "trusted.a"));
	fails(ENODATA, getxattr("f", "trusted.a", buf, sizeof(buf)));
	yes(!is_listed("f", "trusted.a"));
}

static void
links_have_attributes_of_root(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	ok(symlink("f", "l"));
	ok(lsetxattr("l", "trusted.a", "link", 4, 0));
	gives(4, lgetxattr("l", "trusted.a", buf, sizeof(buf)));
	fails(ENODATA, getxattr("l", "trusted.a", buf, sizeof(buf)));
	yes(is_listed("l", "trusted.a"));
	yes(!is_listed("f", "trusted.a"));
	ok(lremovexattr("l", "trusted.a"));
	fails(ENODATA, lgetxattr("l", "trusted.a", buf, sizeof(buf)));
}

static void
users_do_not_see_roots_attributes(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	ok(chown("f", USER, USER));
	ok(setxattr("f", "trusted.a", "value", 5, 0));
	as(USER);
	fails(ENODATA, getxattr("f", "trusted.a", buf, sizeof(buf)));
	fails(EPERM, setxattr("f", "trusted.a", "x", 1, 0));
	fails(EPERM, setxattr("f", "trusted.b", "x", 1, 0));
	fails(EPERM, removexattr("f", "trusted.a"));
	as(0);
	gives(5, getxattr("f", "trusted.a", buf, sizeof(buf)));
}

static void
users_are_not_told_of_roots_attributes(void **state)
{
	(void)state;
	put("f", "text");
	ok(chown("f", USER, USER));
	ok(setxattr("f", "trusted.a", "value", 5, 0));
	as(USER);
	yes(!is_listed("f", "trusted.a"));
	as(0);
	yes(is_listed("f", "trusted.a"));
}

const struct CMUnitTest posix_xattr_rights[] = {
	cmocka_unit_test(writing_them_is_writing),
	cmocka_unit_test(they_are_behind_directories_as_files_are),
	cmocka_unit_test(owners_have_them_without_root),
	cmocka_unit_test(sticky_directories_are_their_owners),
	cmocka_unit_test(root_has_attributes_of_its_own),
	cmocka_unit_test(links_have_attributes_of_root),
	cmocka_unit_test(users_do_not_see_roots_attributes),
	cmocka_unit_test(users_are_not_told_of_roots_attributes),
	{ 0 },
};
