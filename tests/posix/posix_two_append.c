/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_append.c -- where a file ends, when the other party has moved its
 * end.  Of two writers at once is posix_append.c.
 */

#include "file.h"

static void
appending_is_after_what_was_appended_there(void **state)
{
	int ours, theirs;

	(void)state;
	put("f", "");
	ours = opens(open("f", O_WRONLY | O_APPEND));
	theirs = opens(open(there("f"), O_WRONLY | O_APPEND));
	gives(1, write(ours, "a", 1));
	gives(2, write(theirs, "bb", 2));
	gives(3, write(ours, "ccc", 3));
	gives(1, write(theirs, "d", 1));
	gives(7, size_of("f"));
	gives(7, size_of(there("f")));
	text("abbcccd", contents("f"));
	text("abbcccd", contents(there("f")));
	ok(close(theirs));
	ok(close(ours));
}

static void
appending_moves_the_position_to_the_end(void **state)
{
	int ours, theirs;

	(void)state;
	put("f", "");
	ours = opens(open("f", O_WRONLY | O_APPEND));
	theirs = opens(open(there("f"), O_WRONLY | O_APPEND));
	gives(2, write(theirs, "bb", 2));
	gives(3, write(ours, "ccc", 3));
	gives(5, lseek(ours, 0, SEEK_CUR));
	ok(close(theirs));
	ok(close(ours));
}

static void
appending_is_after_what_was_written_there(void **state)
{
	int ours, theirs;

	(void)state;
	put("f", "0123");
	ours = opens(open("f", O_RDWR | O_APPEND));
	theirs = opens(open(there("f"), O_WRONLY));
	gives(4, pwrite(theirs, "long", 4, 6));
	gives(3, write(ours, "end", 3));
	gives(13, size_of("f"));
	text("longend", text_at(ours, 6, 100));
	yes(is_all(ours, 4, 2, '\0'));
	ok(close(theirs));
	ok(close(ours));
}

static void
appending_is_at_the_end_that_was_truncated_there(void **state)
{
	int ours;

	(void)state;
	put("f", "0123456789");
	ours = opens(open("f", O_WRONLY | O_APPEND));
	gives(1, write(ours, "a", 1));
	ok(truncate(there("f"), 4));
	gives(1, write(ours, "b", 1));
	text("0123b", contents(there("f")));
	ok(truncate(there("f"), 0));
	gives(1, write(ours, "c", 1));
	text("c", contents(there("f")));
	put(there("f"), "another");
	gives(1, write(ours, "d", 1));
	text("anotherd", contents(there("f")));
	ok(close(ours));
}

static void
appending_is_at_the_end_that_was_lengthened_there(void **state)
{
	int ours;

	(void)state;
	put("f", "text");
	ours = opens(open("f", O_RDWR | O_APPEND));
	ok(truncate(there("f"), 10000));
	gives(3, write(ours, "end", 3));
	gives(10003, size_of(there("f")));
	yes(is_all(ours, 4, 10000 - 4, '\0'));
	text("end", text_at(ours, 10000, 100));
	ok(close(ours));
}

static void
appending_goes_to_the_file_that_was_renamed_there(void **state)
{
	int ours;

	(void)state;
	put("f", "one ");
	ours = opens(open("f", O_WRONLY | O_APPEND));
	ok(rename(there("f"), there("g")));
	put(there("f"), "other");
	gives(4, write(ours, "two ", 4));
	ok(close(opens(open(there("g"), O_WRONLY | O_APPEND))));
	text("one two ", contents(there("g")));
	text("other", contents(there("f")));
	ok(close(ours));
}

static void
the_reader_at_the_end_reads_what_is_appended_there(void **state)
{
	char buf[16] = "";
	int ours, theirs;

	(void)state;
	ours = put_open("f", "one");
	gives(3, read(ours, buf, sizeof(buf)));
	gives(0, read(ours, buf, sizeof(buf)));
	theirs = opens(open(there("f"), O_WRONLY | O_APPEND));
	gives(4, write(theirs, "two!", 4));
	gives(4, read(ours, buf, sizeof(buf)));
	ok(memcmp(buf, "two!", 4));
	gives(0, read(ours, buf, sizeof(buf)));
	ok(close(theirs));
	ok(close(ours));
}

static void
what_was_cut_off_there_is_not_read(void **state)
{
	char buf[16] = "";
	int ours = put_open("f", "0123456789");

	(void)state;
	ok(truncate(there("f"), 4));
	gives(4, read(ours, buf, sizeof(buf)));
	ok(memcmp(buf, "0123", 4));
	gives(0, read(ours, buf, sizeof(buf)));
	gives(0, pread(ours, buf, sizeof(buf), 8));
	ok(close(ours));
}

static void
the_end_is_where_it_was_moved_to_there(void **state)
{
	int ours = put_open("f", "text"), theirs;

	(void)state;
	theirs = opens(open(there("f"), O_WRONLY | O_APPEND));
	gives(4, write(theirs, "more", 4));
	gives(8, fstat_of(ours).st_size);
	gives(8, lseek(ours, 0, SEEK_END));
	ok(ftruncate(theirs, 2));
	gives(2, fstat_of(ours).st_size);
	gives(2, lseek(ours, 0, SEEK_END));
	ok(close(theirs));
	ok(close(ours));
}

static void
seeking_the_end_alone_finds_it(void **state)
{
	int ours = put_open("f", "text"), theirs;

	(void)state;
	gives(4, lseek(ours, 0, SEEK_END));
	theirs = opens(open(there("f"), O_WRONLY | O_APPEND));
	gives(4, write(theirs, "more", 4));
	gives(8, lseek(ours, 0, SEEK_END));
	ok(close(theirs));
	ok(close(ours));
}

const struct CMUnitTest posix_two_append[] = {
	cmocka_unit_test(appending_is_after_what_was_appended_there),
	cmocka_unit_test(appending_moves_the_position_to_the_end),
	cmocka_unit_test(appending_is_after_what_was_written_there),
	cmocka_unit_test(appending_is_at_the_end_that_was_truncated_there),
	cmocka_unit_test(appending_is_at_the_end_that_was_lengthened_there),
	cmocka_unit_test(appending_goes_to_the_file_that_was_renamed_there),
	cmocka_unit_test(the_reader_at_the_end_reads_what_is_appended_there),
	cmocka_unit_test(what_was_cut_off_there_is_not_read),
	cmocka_unit_test(the_end_is_where_it_was_moved_to_there),
	cmocka_unit_test(seeking_the_end_alone_finds_it),
	{ 0 },
};
