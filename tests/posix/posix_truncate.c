/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_truncate.c -- truncate(2), ftruncate(2).
 */

#include <limits.h>

#include "file.h"

static void
files_grow_with_zeros(void **state)
{
	static const off_t sizes[] = { 5, 4095, 4096, 4097, 1 << 20,
		(off_t)5 << 30 };
	int fd = put_open("f", "text");
	size_t i;

	(void)state;
	for (i = 0; i < nitems(sizes); i++) {
		ok(ftruncate(fd, sizes[i]));
		gives(sizes[i], size_of("f"));
		text("text", text_at(fd, 0, 4));
		yes(is_all(fd, sizes[i] - 1, 1, '\0'));
		ok(truncate("f", 4));
		text("text", contents("f"));
		ok(truncate("f", sizes[i]));
		gives(sizes[i], fstat_of(fd).st_size);
		yes(is_all(fd, sizes[i] - 1, 1, '\0'));
	}
	gives(0, lseek(fd, 0, SEEK_CUR));
	ok(close(fd));
}

/* What was cut off does not come back, not even within a page. */
static void
files_shrink_for_good(void **state)
{
	static const off_t sizes[] = { 20000, 8192, 8191, 5000, 4096, 1, 0 };
	char buf[20000];
	int fd = put_open("f", "");
	size_t i;

	(void)state;
	fill(buf, sizeof(buf), 0);
	gives(20000, write(fd, buf, sizeof(buf)));
	for (i = 0; i < nitems(sizes); i++) {
		ok(ftruncate(fd, sizes[i]));
		gives(sizes[i], size_of("f"));
		yes(has_filled(fd, 0, (size_t)sizes[i]));
		gives(0, pread(fd, buf, 1, sizes[i]));
		ok(truncate("f", 20000));
		yes(is_all(fd, sizes[i], 20000 - (size_t)sizes[i], '\0'));
		ok(truncate("f", sizes[i]));
	}
	gives(20000, lseek(fd, 0, SEEK_CUR));
	gives(1, write(fd, "x", 1));
	gives(20001, size_of("f"));
	yes(is_all(fd, 0, 20000, '\0'));
	ok(close(fd));
}

static void
truncating_reaches_through_links(void **state)
{
	(void)state;
	put("f", "0123456789");
	ok(symlink("f", "l"));
	ok(link("f", "g"));
	ok(truncate("l", 8));
	text("01234567", contents("f"));
	ok(truncate("g", 6));
	text("012345", contents("f"));
	gives(6, size_of("g"));
	yes(S_ISLNK(look("l").st_mode));
}

static void
truncating_needs_write_permission(void **state)
{
	(void)state;
	put("f", "0123456789");
	as(USER);
	fails(EACCES, truncate("f", 5));
	fails(EACCES, truncate("f", 10));
	as(0);
	ok(chmod("f", 0222));
	as(USER);
	ok(truncate("f", 5));
	as(0);
	ok(mkdir("d", 0700));
	put("d/f", "text");
	ok(chmod("d/f", 0666));
	as(USER);
	fails(EACCES, truncate("d/f", 1));
	as(0);
	text("01234", contents("f"));
	text("text", contents("d/f"));
	ok(chmod("f", 0));
	ok(truncate("f", 1));
	gives(1, size_of("f"));
}

static void
ftruncate_needs_a_writable_descriptor(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	fd = opens(open("f", O_RDONLY));
	fails_either(EINVAL, EBADF, ftruncate(fd, 0));
	ok(close(fd));
	fails(EBADF, ftruncate(fd, 0));
	fails(EBADF, ftruncate(-1, 0));
	fd = opens(open("f", O_WRONLY));
	fails(EINVAL, ftruncate(fd, -1));
	fails(EINVAL, ftruncate(fd, INT64_MIN));
	ok(chmod("f", 0));
	ok(ftruncate(fd, 2));
	gives(2, size_of("f"));
	ok(close(fd));
	fd = opens(open(".", O_RDONLY));
	fails_either(EINVAL, EBADF, ftruncate(fd, 0));
	ok(close(fd));
}

static void
only_files_are_truncated(void **state)
{
	(void)state;
	ok(mkdir("d", 0777));
	ok(mkfifo("p", 0666));
	fails(EISDIR, truncate("d", 0));
	fails(EISDIR, truncate(".", 10));
	fails(EINVAL, truncate("p", 0));
	put("f", "text");
	fails(EINVAL, truncate("f", -1));
	fails(EINVAL, truncate("f", INT64_MIN));
	text("text", contents("f"));
}

static void
truncating_what_is_not_there_fails(void **state)
{
	char name[PATH_MAX + 1];

	(void)state;
	put("f", "text");
	ok(symlink("none", "void"));
	ok(symlink("self", "self"));
	fails(ENOENT, truncate("none", 0));
	fails(ENOENT, truncate("none/f", 0));
	fails(ENOENT, truncate("void", 0));
	fails(ENOENT, truncate("", 0));
	fails(ENOTDIR, truncate("f/g", 0));
	fails(ENOTDIR, truncate("f/", 0));
	fails(ELOOP, truncate("self", 0));
	fails(EFAULT, truncate((const char *)1, 0));
	memset(name, 'n', sizeof(name));
	name[PATH_MAX] = '\0';
	fails(ENAMETOOLONG, truncate(name, 0));
	name[256] = '\0';
	fails(ENAMETOOLONG, truncate(name, 0));
	text("text", contents("f"));
}

/* POSIX: on success, even if the size is the same; ftruncate(2) as well. */
static void
truncating_moves_times(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	moves("f", "mc", ok(ftruncate(fd, 5)));
	moves("f", "mc", ok(ftruncate(fd, 20)));
	moves("f", "mc", ok(truncate("f", 7)));
	moves("f", "mc", ok(truncate("f", 1000)));
	moves("f", "", fails(EINVAL, truncate("f", -1)));
	ok(close(fd));
}

static void
truncating_to_the_same_size_moves_times(void **state)
{
	int fd = put_open("f", "0123456789");

	(void)state;
	moves("f", "mc", ok(ftruncate(fd, 10)));
	moves("f", "mc", ok(truncate("f", 10)));
	text("0123456789", contents("f"));
	ok(ftruncate(fd, 0));
	moves("f", "mc", ok(ftruncate(fd, 0)));
	ok(close(fd));
}

const struct CMUnitTest posix_truncate[] = {
	cmocka_unit_test(files_grow_with_zeros),
	cmocka_unit_test(files_shrink_for_good),
	cmocka_unit_test(truncating_reaches_through_links),
	cmocka_unit_test(truncating_needs_write_permission),
	cmocka_unit_test(ftruncate_needs_a_writable_descriptor),
	cmocka_unit_test(only_files_are_truncated),
	cmocka_unit_test(truncating_what_is_not_there_fails),
	cmocka_unit_test(truncating_moves_times),
	cmocka_unit_test(truncating_to_the_same_size_moves_times),
	{ 0 },
};
