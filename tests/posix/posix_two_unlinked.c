/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_unlinked.c -- what one party has open while the other removes it.
 */

#include <sys/xattr.h>

#include "file.h"

/* Open there, O_RDWR, and removed here. */
static int
put_gone(const char *contents)
{
	int theirs;

	put("f", contents);
	theirs = opens(open(there("f"), O_RDWR));
	ok(unlink("f"));
	return theirs;
}

static void
a_file_removed_here_can_be_read_and_written_there(void **state)
{
	int theirs = put_gone("0123456789");

	(void)state;
	text("0123456789", text_at(theirs, 0, 100));
	gives(2, pwrite(theirs, "ab", 2, 3));
	gives(3, pwrite(theirs, "end", 3, 10));
	text("012ab56789end", text_at(theirs, 0, 100));
	ok(ftruncate(theirs, 4));
	text("012a", text_at(theirs, 0, 100));
	ok(ftruncate(theirs, 6));
	gives(6, pread(theirs, (char[8]){ 0 }, 8, 0));
	ok(fsync(theirs));
	ok(close(theirs));
	yes(!exists(there("f")));
}

static void
a_file_removed_here_has_no_links_there(void **state)
{
	struct stat before, st;
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	before = fstat_of(theirs);
	gives(1, before.st_nlink);
	ok(unlink("f"));
	st = fstat_of(theirs);
	gives(0, st.st_nlink);
	gives(before.st_ino, st.st_ino);
	gives(before.st_mode, st.st_mode);
	gives(4, st.st_size);
	gives(3, pwrite(theirs, "end", 3, 4));
	gives(7, fstat_of(theirs).st_size);
	ok(close(theirs));
}

static void
its_attributes_can_be_changed_there(void **state)
{
	const struct timespec t[2] = { { 1000, 0 }, { 2000, 0 } };
	int theirs = put_gone("text");
	struct stat st;

	(void)state;
	ok(fchmod(theirs, 0604));
	gives(0604, fstat_of(theirs).st_mode & 07777);
	ok(futimens(theirs, t));
	st = fstat_of(theirs);
	gives(1000, st.st_atim.tv_sec);
	gives(2000, st.st_mtim.tv_sec);
	ok(close(theirs));
}

static void
its_owners_can_be_changed_there(void **state)
{
	int theirs = put_gone("text");
	struct stat st;

	(void)state;
	ok(fchown(theirs, USER, GROUP));
	st = fstat_of(theirs);
	gives(USER, st.st_uid);
	gives(GROUP, st.st_gid);
	ok(close(theirs));
}

static void
its_extended_attributes_can_be_changed_there(void **state)
{
	char buf[16];
	int theirs;

	(void)state;
	put("f", "text");
	ok(setxattr("f", "user.a", "one", 3, 0));
	theirs = opens(open(there("f"), O_RDWR));
	ok(unlink("f"));
	gives(3, fgetxattr(theirs, "user.a", buf, sizeof(buf)));
	ok(fsetxattr(theirs, "user.a", "three", 5, XATTR_REPLACE));
	gives(5, fgetxattr(theirs, "user.a", buf, sizeof(buf)));
	ok(memcmp(buf, "three", 5));
	ok(fremovexattr(theirs, "user.a"));
	fails(ENODATA, fgetxattr(theirs, "user.a", buf, sizeof(buf)));
	ok(close(theirs));
}

static void
both_have_it_open(void **state)
{
	int ours, theirs;

	(void)state;
	ours = put_open("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(unlink("f"));
	gives(1, pwrite(ours, "T", 1, 0));
	text("Text", text_at(theirs, 0, 100));
	gives(1, pwrite(theirs, "!", 1, 4));
	text("Text!", text_at(ours, 0, 100));
	ok(fchmod(theirs, 0600));
	gives(0600, fstat_of(ours).st_mode & 07777);
	ok(ftruncate(ours, 2));
	gives(2, fstat_of(theirs).st_size);
	ok(close(ours));
	text("Te", text_at(theirs, 0, 100));
	gives(0, fstat_of(theirs).st_nlink);
	ok(close(theirs));
}

static void
a_file_removed_there_is_open_here(void **state)
{
	int ours = put_open("f", "text");

	(void)state;
	ok(unlink(there("f")));
	text("text", text_at(ours, 0, 100));
	gives(0, fstat_of(ours).st_nlink);
	gives(1, pwrite(ours, "T", 1, 0));
	text("Text", text_at(ours, 0, 100));
	fails(ENOENT, unlink(there("f")));
	ok(close(ours));
	yes(!exists("f"));
}

static void
a_removed_name_is_gone_there(void **state)
{
	(void)state;
	put("f", "text");
	yes(exists(there("f")));
	ok(unlink("f"));
	yes(!exists(there("f")));
	fails(ENOENT, open(there("f"), O_RDWR));
	fails(ENOENT, unlink(there("f")));
	fails(ENOENT, chmod(there("f"), 0600));
}

static void
a_removed_name_is_gone_while_it_is_open_there(void **state)
{
	int theirs = put_gone("text");

	(void)state;
	yes(!exists(there("f")));
	fails(ENOENT, open(there("f"), O_RDONLY));
	ok(close(theirs));
}

static void
a_removed_name_can_be_made_anew_while_it_is_open_there(void **state)
{
	int theirs = put_gone("text"), fd;

	(void)state;
	fd = opens(open(there("f"), O_RDWR | O_CREAT | O_EXCL, 0644));
	gives(3, write(fd, "new", 3));
	text("text", text_at(theirs, 0, 100));
	text("new", contents("f"));
	ok(close(fd));
	ok(close(theirs));
}

static void
the_next_of_that_name_is_another_file_there(void **state)
{
	int theirs = put_gone("old");

	(void)state;
	put("f", "new one");
	yes(fstat_of(theirs).st_ino != look("f").st_ino);
	gives(3, fstat_of(theirs).st_size);
	gives(1, pwrite(theirs, "O", 1, 0));
	ok(ftruncate(theirs, 2));
	ok(fchmod(theirs, 0600));
	text("new one", contents("f"));
	gives(0644, mode_of("f"));
	text("Ol", text_at(theirs, 0, 100));
	ok(close(theirs));
	text("new one", contents(there("f")));
}

static void
another_name_stays_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	ok(link("f", "g"));
	theirs = opens(open(there("f"), O_RDWR));
	gives(2, fstat_of(theirs).st_nlink);
	ok(unlink("f"));
	gives(1, fstat_of(theirs).st_nlink);
	gives(1, pwrite(theirs, "T", 1, 0));
	text("Text", contents("g"));
	text("Text", contents(there("g")));
	ok(unlink("g"));
	gives(0, fstat_of(theirs).st_nlink);
	text("Text", text_at(theirs, 0, 100));
	ok(close(theirs));
}

const struct CMUnitTest posix_two_unlinked[] = {
	cmocka_unit_test(a_file_removed_here_can_be_read_and_written_there),
	cmocka_unit_test(a_file_removed_here_has_no_links_there),
	cmocka_unit_test(its_attributes_can_be_changed_there),
	cmocka_unit_test(its_owners_can_be_changed_there),
	cmocka_unit_test(its_extended_attributes_can_be_changed_there),
	cmocka_unit_test(both_have_it_open),
	cmocka_unit_test(a_file_removed_there_is_open_here),
	cmocka_unit_test(a_removed_name_is_gone_there),
	cmocka_unit_test(a_removed_name_is_gone_while_it_is_open_there),
	cmocka_unit_test(
	    a_removed_name_can_be_made_anew_while_it_is_open_there),
	cmocka_unit_test(the_next_of_that_name_is_another_file_there),
	cmocka_unit_test(another_name_stays_there),
	{ 0 },
};
