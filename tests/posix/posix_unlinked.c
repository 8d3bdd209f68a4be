/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_unlinked.c -- files that are open and have no name any more.
 */

#include <sys/xattr.h>

#include "file.h"

/* Open, O_RDWR, and gone. */
static int
put_gone(const char *contents)
{
	int fd = put_open("f", contents);

	ok(unlink("f"));
	return fd;
}

static void
an_unlinked_file_can_be_read_and_written(void **state)
{
	int fd = put_gone("0123456789");

	(void)state;
	text("0123456789", text_at(fd, 0, 100));
	gives(2, pwrite(fd, "ab", 2, 3));
	gives(3, pwrite(fd, "end", 3, 10));
	text("012ab56789end", text_at(fd, 0, 100));
	gives(13, lseek(fd, 0, SEEK_END));
	gives(1, write(fd, "!", 1));
	gives(14, fstat_of(fd).st_size);
	fails(ENOENT, open("f", O_RDONLY));
	ok(close(fd));
}

static void
an_unlinked_file_has_no_links(void **state)
{
	int fd = put_open("f", "text");
	struct stat before = fstat_of(fd), st;

	(void)state;
	gives(1, before.st_nlink);
	ok(unlink("f"));
	st = fstat_of(fd);
	gives(0, st.st_nlink);
	gives(before.st_ino, st.st_ino);
	gives(before.st_dev, st.st_dev);
	gives(before.st_mode, st.st_mode);
	gives(4, st.st_size);
	ok(close(fd));
}

static void
an_unlinked_file_is_truncated(void **state)
{
	int fd = put_gone("0123456789");

	(void)state;
	ok(ftruncate(fd, 3));
	gives(3, fstat_of(fd).st_size);
	text("012", text_at(fd, 0, 100));
	ok(ftruncate(fd, 100000));
	gives(100000, fstat_of(fd).st_size);
	yes(is_all(fd, 3, 100000 - 3, '\0'));
	ok(close(fd));
}

static void
an_unlinked_files_attributes_change(void **state)
{
	const struct timespec t[2] = { { 1000, 0 }, { 2000, 0 } };
	int fd = put_gone("text");
	struct stat st;

	(void)state;
	ok(fchmod(fd, 0604));
	gives(0604, fstat_of(fd).st_mode & 07777);
	ok(fchown(fd, USER, GROUP));
	st = fstat_of(fd);
	gives(USER, st.st_uid);
	gives(GROUP, st.st_gid);
	ok(futimens(fd, t));
	st = fstat_of(fd);
	gives(1000, st.st_atim.tv_sec);
	gives(2000, st.st_mtim.tv_sec);
	ok(close(fd));
}

static void
an_unlinked_file_has_extended_attributes(void **state)
{
	int fd = put_gone("text");
	char buf[16];

	(void)state;
	ok(fsetxattr(fd, "user.a", "value", 5, 0));
	gives(5, fgetxattr(fd, "user.a", buf, sizeof(buf)));
	ok(memcmp(buf, "value", 5));
	ok(fremovexattr(fd, "user.a"));
	fails(ENODATA, fgetxattr(fd, "user.a", buf, sizeof(buf)));
	ok(close(fd));
}

static void
an_unlinked_file_is_not_linked_again(void **state)
{
	int fd = put_gone("text");
	char name[40];

	(void)state;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	fails(ENOENT, linkat(AT_FDCWD, name, AT_FDCWD, "g", AT_SYMLINK_FOLLOW));
	fails(ENOENT, linkat(fd, "", AT_FDCWD, "g", AT_EMPTY_PATH));
	yes(!exists("g"));
	ok(close(fd));
}

static void
an_unlinked_file_is_opened_again(void **state)
{
	int fd = put_gone("text"), other;
	char name[40];

	(void)state;
	snprintf(name, sizeof(name), "/proc/self/fd/%d", fd);
	other = opens(open(name, O_RDWR));
	gives(1, pwrite(fd, "T", 1, 0));
	text("Text", text_at(other, 0, 100));
	ok(close(fd));
	text("Text", text_at(other, 0, 100));
	gives(0, fstat_of(other).st_nlink);
	ok(close(other));
}

static void
every_descriptor_of_an_unlinked_file_works(void **state)
{
	int fd, other;

	(void)state;
	fd = put_open("f", "text");
	other = opens(open("f", O_RDONLY));
	ok(unlink("f"));
	ok(close(fd));
	text("text", text_at(other, 0, 100));
	gives(4, fstat_of(other).st_size);
	gives(0, fstat_of(other).st_nlink);
	ok(close(other));
}

static void
another_name_stays(void **state)
{
	int fd = put_open("f", "text");

	(void)state;
	ok(link("f", "g"));
	ok(unlink("f"));
	gives(1, fstat_of(fd).st_nlink);
	gives(1, pwrite(fd, "T", 1, 0));
	text("Text", contents("g"));
	ok(unlink("g"));
	gives(0, fstat_of(fd).st_nlink);
	text("Text", text_at(fd, 0, 100));
	ok(close(fd));
}

static void
the_next_of_that_name_is_another_file(void **state)
{
	int fd = put_gone("old");

	(void)state;
	put("f", "new one");
	yes(fstat_of(fd).st_ino != look("f").st_ino);
	gives(3, fstat_of(fd).st_size);
	gives(1, pwrite(fd, "O", 1, 0));
	ok(ftruncate(fd, 2));
	ok(fchmod(fd, 0600));
	text("new one", contents("f"));
	gives(0644, mode_of("f"));
	text("Ol", text_at(fd, 0, 100));
	ok(close(fd));
}

static void
what_is_renamed_over_stays_open(void **state)
{
	int fd = put_open("f", "old");

	(void)state;
	put("g", "new one");
	ok(rename("g", "f"));
	text("old", text_at(fd, 0, 100));
	gives(0, fstat_of(fd).st_nlink);
	gives(3, pwrite(fd, "mine", 3, 0));
	ok(ftruncate(fd, 1));
	ok(fchmod(fd, 0600));
	text("new one", contents("f"));
	gives(0644, mode_of("f"));
	gives(1, fstat_of(fd).st_size);
	ok(close(fd));
}

static void
unlinking_moves_the_files_ctime(void **state)
{
	(void)state;
	put("f", "text");
	ok(link("f", "g"));
	moves("f", "c", ok(unlink("g")));
}

const struct CMUnitTest posix_unlinked[] = {
	cmocka_unit_test(an_unlinked_file_can_be_read_and_written),
	cmocka_unit_test(an_unlinked_file_has_no_links),
	cmocka_unit_test(an_unlinked_file_is_truncated),
	cmocka_unit_test(an_unlinked_files_attributes_change),
	cmocka_unit_test(an_unlinked_file_has_extended_attributes),
	cmocka_unit_test(an_unlinked_file_is_not_linked_again),
	cmocka_unit_test(an_unlinked_file_is_opened_again),
	cmocka_unit_test(every_descriptor_of_an_unlinked_file_works),
	cmocka_unit_test(another_name_stays),
	cmocka_unit_test(the_next_of_that_name_is_another_file),
	cmocka_unit_test(what_is_renamed_over_stays_open),
	cmocka_unit_test(unlinking_moves_the_files_ctime),
	{ 0 },
};
