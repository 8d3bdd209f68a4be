/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_xattr.c -- setxattr(2), getxattr(2), listxattr(2), removexattr(2), and
 * the same for links and for descriptors.
 */

#include <sys/xattr.h>

#include "file.h"

/* The value as text; or the errno's name.  Good until the next. */
static const char *
value(const char *path, const char *name)
{
	static char buf[256];
	ssize_t n = lgetxattr(path, name, buf, sizeof(buf) - 1);

	if (n == -1)
		return strerrorname_np(errno);
	buf[n] = '\0';
	return buf;
}

/* How often is name in a list of names? */
static int
times_in(const char *list, ssize_t len, const char *name)
{
	const char *p;
	int n = 0;

	for (p = list; p < list + len; p += strlen(p) + 1)
		n += strcmp(p, name) == 0;
	return n;
}

static int
times_listed(const char *path, const char *name)
{
	char list[4096];
	ssize_t n = llistxattr(path, list, sizeof(list));

	return n == -1 ? -1 : times_in(list, n, name);
}

static void
values_are_kept(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	fails(ENODATA, getxattr("f", "user.a", buf, sizeof(buf)));
	ok(setxattr("f", "user.a", "value", 5, 0));
	gives(5, getxattr("f", "user.a", buf, sizeof(buf)));
	ok(memcmp(buf, "value", 5));
	ok(setxattr("f", "user.a", "longer value", 12, 0));
	text("longer value", value("f", "user.a"));
	ok(setxattr("f", "user.a", "x", 1, 0));
	text("x", value("f", "user.a"));
	ok(setxattr("f", "user.b", "\0\1\0\377", 4, 0));
	gives(4, getxattr("f", "user.b", buf, sizeof(buf)));
	ok(memcmp(buf, "\0\1\0\377", 4));
	text("x", value("f", "user.a"));
	ok(removexattr("f", "user.a"));
	text("ENODATA", value("f", "user.a"));
	fails(ENODATA, removexattr("f", "user.a"));
	gives(4, getxattr("f", "user.b", buf, sizeof(buf)));
	text("text", contents("f"));
}

static void
create_and_replace_are_strict(void **state)
{
	(void)state;
	put("f", "text");
	fails(ENODATA, setxattr("f", "user.a", "x", 1, XATTR_REPLACE));
	text("ENODATA", value("f", "user.a"));
	ok(setxattr("f", "user.a", "first", 5, XATTR_CREATE));
	fails(EEXIST, setxattr("f", "user.a", "x", 1, XATTR_CREATE));
	text("first", value("f", "user.a"));
	ok(setxattr("f", "user.a", "second", 6, XATTR_REPLACE));
	text("second", value("f", "user.a"));
	ok(removexattr("f", "user.a"));
	fails(ENODATA, setxattr("f", "user.a", "x", 1, XATTR_REPLACE));
	ok(setxattr("f", "user.a", "third", 5, XATTR_CREATE));
	fails(EINVAL, setxattr("f", "user.a", "x", 1, 8));
}

static void
an_empty_value_is_a_value(void **state)
{
	char c;

	(void)state;
	put("f", "text");
	ok(setxattr("f", "user.a", "", 0, 0));
	gives(0, getxattr("f", "user.a", &c, 1));
	gives(0, getxattr("f", "user.a", NULL, 0));
	gives(1, times_listed("f", "user.a"));
	fails(EEXIST, setxattr("f", "user.a", "", 0, XATTR_CREATE));
	ok(setxattr("f", "user.a", "text", 4, 0));
	ok(setxattr("f", "user.a", "", 0, 0));
	text("", value("f", "user.a"));
	ok(removexattr("f", "user.a"));
	text("ENODATA", value("f", "user.a"));
	gives(0, times_listed("f", "user.a"));
	ok(setxattr("f", "user.b", NULL, 0, XATTR_CREATE));
	text("", value("f", "user.b"));
}

static void
an_empty_value_may_replace_one(void **state)
{
	(void)state;
	put("f", "text");
	ok(setxattr("f", "user.a", "text", 4, 0));
	ok(setxattr("f", "user.a", "", 0, XATTR_REPLACE));
	text("", value("f", "user.a"));
	gives(1, times_listed("f", "user.a"));
	ok(setxattr("f", "user.a", "", 0, XATTR_REPLACE));
	fails(ENODATA, setxattr("f", "user.b", "", 0, XATTR_REPLACE));
	ok(removexattr("f", "user.a"));
	text("ENODATA", value("f", "user.a"));
}

static void
sizes_can_be_asked_for(void **state)
{
	char buf[16];
	ssize_t n;

	(void)state;
	put("f", "text");
	ok(setxattr("f", "user.a", "0123456789", 10, 0));
	gives(10, getxattr("f", "user.a", NULL, 0));
	gives(10, getxattr("f", "user.a", buf, 10));
	fails(ERANGE, getxattr("f", "user.a", buf, 9));
	fails(ERANGE, getxattr("f", "user.a", buf, 1));
	n = listxattr("f", NULL, 0);
	yes(n >= 7);
	fails(ERANGE, listxattr("f", buf, 1));
	fails(ERANGE, listxattr("f", buf, 6));
}

static void
names_are_listed(void **state)
{
	char list[4096], name[32];
	int fd = put_open("f", "text"), i;
	ssize_t before, n;

	(void)state;
	before = listxattr("f", list, sizeof(list));
	yes(before >= 0);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "user.name%d", i);
		if (setxattr("f", name, "v", 1, XATTR_CREATE) != 0)
			break;
	}
	gives(40, i);
	n = listxattr("f", list, sizeof(list));
	gives(before + (ssize_t)(10 * 11 + 30 * 12), n);
	for (i = 0; i < 40; i++) {
		snprintf(name, sizeof(name), "user.name%d", i);
		if (times_in(list, n, name) != 1)
			break;
	}
	gives(40, i);
	gives(n, flistxattr(fd, list, sizeof(list)));
	gives(n, llistxattr("f", list, sizeof(list)));
	ok(removexattr("f", "user.name7"));
	gives(n - 11, listxattr("f", list, sizeof(list)));
	gives(0, times_in(list, n - 11, "user.name7"));
	ok(close(fd));
}

static void
descriptors_have_them_too(void **state)
{
	char buf[16];
	int fd, other;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	ok(fsetxattr(fd, "user.a", "value", 5, XATTR_CREATE));
	gives(5, fgetxattr(fd, "user.a", buf, sizeof(buf)));
	text("value", value("f", "user.a"));
	fails(EEXIST, fsetxattr(fd, "user.a", "x", 1, XATTR_CREATE));
	other = opens(open("f", O_WRONLY));
	gives(5, fgetxattr(other, "user.a", buf, sizeof(buf)));
	ok(fremovexattr(other, "user.a"));
	fails(ENODATA, fgetxattr(fd, "user.a", buf, sizeof(buf)));
	fails(ENODATA, fremovexattr(fd, "user.a"));
	ok(close(other));
	ok(close(fd));
	fails(EBADF, fsetxattr(fd, "user.a", "x", 1, 0));
	fails(EBADF, fgetxattr(fd, "user.a", buf, sizeof(buf)));
	fails(EBADF, flistxattr(fd, buf, sizeof(buf)));
	fails(EBADF, fremovexattr(fd, "user.a"));
}

static void
directories_have_them_too(void **state)
{
	int fd;

	(void)state;
	ok(mkdir("d", 0755));
	ok(setxattr("d", "user.a", "value", 5, 0));
	text("value", value("d", "user.a"));
	put("d/f", "text");
	text("ENODATA", value("d/f", "user.a"));
	ok(rename("d", "e"));
	text("value", value("e", "user.a"));
	fd = opens(open("e", O_RDONLY));
	ok(fremovexattr(fd, "user.a"));
	ok(close(fd));
	text("ENODATA", value("e", "user.a"));
}

static void
they_belong_to_the_file_not_the_name(void **state)
{
	(void)state;
	put("f", "text");
	ok(setxattr("f", "user.a", "value", 5, 0));
	ok(link("f", "g"));
	text("value", value("g", "user.a"));
	ok(setxattr("g", "user.a", "other", 5, 0));
	text("other", value("f", "user.a"));
	ok(rename("f", "h"));
	text("other", value("h", "user.a"));
	ok(symlink("h", "l"));
	ok(setxattr("l", "user.b", "through", 7, 0));
	text("through", value("h", "user.b"));
	ok(removexattr("l", "user.b"));
	text("ENODATA", value("h", "user.b"));
	/* Neither contents nor mode have anything to do with it. */
	ok(truncate("h", 0));
	ok(chmod("h", 0600));
	text("other", value("h", "user.a"));
	ok(unlink("g"));
	ok(unlink("h"));
	put("h", "new");
	text("ENODATA", value("h", "user.a"));
}

static void
only_files_and_directories_have_users_attributes(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	ok(symlink("f", "l"));
	ok(mkfifo("p", 0666));
	fails(EPERM, lsetxattr("l", "user.a", "x", 1, 0));
	fails(ENODATA, lgetxattr("l", "user.a", buf, sizeof(buf)));
	fails(EPERM, lremovexattr("l", "user.a"));
	fails(EPERM, setxattr("p", "user.a", "x", 1, 0));
	fails(ENODATA, getxattr("p", "user.a", buf, sizeof(buf)));
	text("ENODATA", value("f", "user.a"));
}

static void
names_have_namespaces(void **state)
{
	char name[300], buf[16];

	(void)state;
	put("f", "text");
	fails(EOPNOTSUPP, setxattr("f", "bogus.a", "x", 1, 0));
	fails(EOPNOTSUPP, getxattr("f", "bogus.a", buf, sizeof(buf)));
	fails(EOPNOTSUPP, setxattr("f", "a", "x", 1, 0));
	fails(EINVAL, setxattr("f", "user.", "x", 1, 0));
	fails(ERANGE, setxattr("f", "", "x", 1, 0));
	memset(name, 'n', sizeof(name));
	memcpy(name, "user.", 5);
	name[256] = '\0';
	fails(ERANGE, setxattr("f", name, "x", 1, 0));
	fails(ERANGE, getxattr("f", name, buf, sizeof(buf)));
	fails(ERANGE, removexattr("f", name));
	name[255] = '\0';
	ok(setxattr("f", name, "long", 4, 0));
	text("long", value("f", name));
	gives(1, times_listed("f", name));
	ok(removexattr("f", name));
	text("ENODATA", value("f", name));
	/* Dots and blanks are bytes like others. */
	ok(setxattr("f", "user.a.b c/d", "x", 1, 0));
	text("x", value("f", "user.a.b c/d"));
	text("ENODATA", value("f", "user.a"));
}

static void
values_have_a_largest_size(void **state)
{
	char *big = malloc(65537), *got = malloc(65537);

	(void)state;
	put("f", "text");
	yes(big != NULL && got != NULL);
	fill(big, 65537, 0);
	fails(E2BIG, setxattr("f", "user.a", big, 65537, 0));
	text("ENODATA", value("f", "user.a"));
	ok(setxattr("f", "user.a", big, 3000, 0));
	gives(3000, getxattr("f", "user.a", got, 65536));
	yes(is_filled(got, 3000, 0));
	/* As much as that needs room that not every file system has. */
	if (setxattr("f", "user.a", big + 1, 65536, 0) == 0) {
		gives(65536, getxattr("f", "user.a", NULL, 0));
		gives(65536, getxattr("f", "user.a", got, 65536));
		yes(is_filled(got, 65536, 1));
	} else {
		fails_either(
		    ENOSPC, E2BIG, setxattr("f", "user.a", big + 1, 65536, 0));
		gives(3000, getxattr("f", "user.a", got, 65536));
		yes(is_filled(got, 3000, 0));
	}
	free(got);
	free(big);
}

static void
files_that_are_not_there_have_none(void **state)
{
	char *volatile nowhere = (char *)1; /* no compiler knows */
	char buf[16];

	(void)state;
	put("f", "text");
	ok(symlink("self", "self"));
	fails(ENOENT, setxattr("none", "user.a", "x", 1, 0));
	fails(ENOENT, getxattr("none", "user.a", buf, sizeof(buf)));
	fails(ENOENT, listxattr("none", buf, sizeof(buf)));
	fails(ENOENT, removexattr("none", "user.a"));
	fails(ENOTDIR, setxattr("f/g", "user.a", "x", 1, 0));
	fails(ENOTDIR, getxattr("f/g", "user.a", buf, sizeof(buf)));
	fails(ELOOP, getxattr("self", "user.a", buf, sizeof(buf)));
	fails(ELOOP, setxattr("self", "user.a", "x", 1, 0));
	fails(EFAULT, setxattr(nowhere, "user.a", "x", 1, 0));
	fails(EFAULT, setxattr("f", nowhere, "x", 1, 0));
	fails(EFAULT, setxattr("f", "user.a", nowhere, 4, 0));
	ok(setxattr("f", "user.a", "text", 4, 0));
	fails(EFAULT, getxattr("f", "user.a", nowhere, 4));
	fails(EFAULT, listxattr("f", nowhere, 4000));
	text("text", value("f", "user.a"));
}

static void
setting_and_removing_moves_the_ctime(void **state)
{
	(void)state;
	put("f", "text");
	moves("f", "c", ok(setxattr("f", "user.a", "x", 1, 0)));
	moves("f", "c", ok(setxattr("f", "user.a", "y", 1, 0)));
	moves("f", "", text("y", value("f", "user.a")));
	moves("f", "", gives(1, times_listed("f", "user.a")));
	moves("f", "c", ok(removexattr("f", "user.a")));
	moves("f", "", fails(ENODATA, removexattr("f", "user.a")));
}

const struct CMUnitTest posix_xattr[] = {
	cmocka_unit_test(values_are_kept),
	cmocka_unit_test(create_and_replace_are_strict),
	cmocka_unit_test(an_empty_value_is_a_value),
	cmocka_unit_test(an_empty_value_may_replace_one),
	cmocka_unit_test(sizes_can_be_asked_for),
	cmocka_unit_test(names_are_listed),
	cmocka_unit_test(descriptors_have_them_too),
	cmocka_unit_test(directories_have_them_too),
	cmocka_unit_test(they_belong_to_the_file_not_the_name),
	cmocka_unit_test(only_files_and_directories_have_users_attributes),
	cmocka_unit_test(names_have_namespaces),
	cmocka_unit_test(values_have_a_largest_size),
	cmocka_unit_test(files_that_are_not_there_have_none),
	cmocka_unit_test(setting_and_removing_moves_the_ctime),
	{ 0 },
};
