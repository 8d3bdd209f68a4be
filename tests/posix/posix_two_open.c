/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_open.c -- what one party has open while the other renames it.
 *
 * What the first has open it also knows by name; what it learns of names while
 * nothing is open is asked apart.
 */

#include "file.h"
#include "peer.h"

static void
a_file_renamed_here_is_open_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(rename("f", "g"));
	text("text", text_at(theirs, 0, 100));
	gives(4, pwrite(theirs, "TEXT", 4, 0));
	text("TEXT", contents("g"));
	gives(4, lseek(theirs, 4, SEEK_SET));
	gives(1, write(theirs, "!", 1));
	text("TEXT!", contents("g"));
	ok(fsync(theirs));
	yes(!exists("f"));
	ok(close(theirs));
	text("TEXT!", contents("g"));
}

static void
its_attributes_are_those_of_the_new_name(void **state)
{
	const struct timespec t[2] = { { 1000, 0 }, { 2000, 0 } };
	struct stat st;
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(rename("f", "g"));
	gives(look("g").st_ino, fstat_of(theirs).st_ino);
	gives(1, fstat_of(theirs).st_nlink);
	ok(fchmod(theirs, 0640));
	gives(0640, mode_of("g"));
	ok(ftruncate(theirs, 2));
	gives(2, size_of("g"));
	ok(futimens(theirs, t));
	st = look("g");
	gives(1000, st.st_atim.tv_sec);
	gives(2000, st.st_mtim.tv_sec);
	ok(truncate("g", 7));
	gives(7, fstat_of(theirs).st_size);
	ok(close(theirs));
}

static void
the_new_name_is_seen_there(void **state)
{
	(void)state;
	put("f", "text");
	text("text", contents(there("f")));
	ok(rename("f", "g"));
	yes(!exists(there("f")));
	fails(ENOENT, open(there("f"), O_RDWR));
	text("text", contents(there("g")));
	/* And back, from there. */
	ok(rename(there("g"), there("f")));
	yes(!exists("g"));
	text("text", contents("f"));
}

static void
the_old_name_is_gone_while_it_is_open_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(rename("f", "g"));
	text("text", contents(there("g")));
	yes(!exists(there("f")));
	fails(ENOENT, open(there("f"), O_RDONLY));
	ok(close(theirs));
}

static void
the_old_name_is_gone_once_it_is_closed(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(rename("f", "g"));
	ok(close(theirs));
	yes(!exists(there("f")));
	put("f", "another");
	text("another", contents(there("f")));
	text("text", contents(there("g")));
}

static void
the_next_of_that_name_is_found_while_it_is_open_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(rename("f", "g"));
	put("f", "another");
	text("text", text_at(theirs, 0, 100));
	text("another", contents(there("f")));
	ok(close(theirs));
}

static void
a_file_replaced_here_is_open_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "old text");
	put("g", "new text");
	theirs = opens(open(there("f"), O_RDWR));
	ok(rename("g", "f"));
	text("old text", text_at(theirs, 0, 100));
	gives(0, fstat_of(theirs).st_nlink);
	yes(fstat_of(theirs).st_ino != look("f").st_ino);
	gives(3, pwrite(theirs, "OLD", 3, 0));
	ok(ftruncate(theirs, 3));
	ok(fchmod(theirs, 0600));
	text("OLD", text_at(theirs, 0, 100));
	text("new text", contents("f"));
	gives(0644, mode_of("f"));
	ok(close(theirs));
	text("new text", contents(there("f")));
}

static void
a_replaced_name_is_the_new_file_there(void **state)
{
	ino_t old;

	(void)state;
	put("f", "old");
	put("g", "new text");
	old = look(there("f")).st_ino;
	ok(rename("g", "f"));
	yes(look(there("f")).st_ino != old);
	gives(look("f").st_ino, look(there("f")).st_ino);
	text("new text", contents(there("f")));
	yes(!exists(there("g")));
}

static void
what_replaces_may_be_open_there(void **state)
{
	int theirs;

	(void)state;
	put("f", "old");
	put("g", "new text");
	theirs = opens(open(there("g"), O_RDWR));
	ok(rename("g", "f"));
	gives(3, pwrite(theirs, "NEW", 3, 0));
	text("NEW text", contents("f"));
	gives(1, fstat_of(theirs).st_nlink);
	ok(close(theirs));
}

static void
an_open_file_moves_with_its_directory_there(void **state)
{
	int theirs;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("a/d", 0755));
	put("a/d/f", "text");
	theirs = opens(open(there("a/d/f"), O_RDWR));
	ok(rename("a/d", "b/e"));
	gives(4, pwrite(theirs, "TEXT", 4, 0));
	text("TEXT", contents("b/e/f"));
	ok(fchmod(theirs, 0600));
	gives(0600, mode_of("b/e/f"));
	ok(rmdir("a"));
	text("TEXT", text_at(theirs, 0, 100));
	ok(close(theirs));
	text("TEXT", contents(there("b/e/f")));
}

static void
a_directory_renamed_here_is_open_there(void **state)
{
	struct stat st;
	int theirs;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	theirs = opens(open(there("d"), O_RDONLY | O_DIRECTORY));
	ok(rename("d", "e"));
	ok(fstatat(theirs, "f", &st, 0));
	gives(look("e/f").st_ino, st.st_ino);
	ok(close(opens(openat(theirs, "g", O_WRONLY | O_CREAT, 0644))));
	yes(exists("e/g"));
	ok(mkdirat(theirs, "h", 0755));
	ok(renameat(theirs, "f", theirs, "i"));
	text("text", contents("e/i"));
	ok(unlinkat(theirs, "i", 0));
	yes(!exists("e/i"));
	ok(fchmod(theirs, 0711));
	gives(0711, mode_of("e"));
	/* The name's next bearer is another directory. */
	ok(mkdir("d", 0755));
	fails(ENOENT, fstatat(AT_FDCWD, "d/h", &st, 0));
	ok(fstatat(theirs, "h", &st, 0));
	ok(close(theirs));
}

static void
a_directory_is_moved_from_under_the_other(void **state)
{
	struct peer *p = peer_new();
	long theirs;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("b", 0755));
	ok(mkdir("a/d", 0755));
	put("a/d/f", "text");
	ok(ON(p, peer_chdir, STR("a/d")));
	ok(rename("a/d", "b/e"));
	ok(rmdir("a"));
	theirs = opens((int)ON(p, peer_open, STR("f"), O_RDWR | O_TRUNC));
	gives(0, size_of("b/e/f"));
	ok(ON(p, peer_close, theirs));
	opens((int)ON(p, peer_open, STR("g"), O_RDWR | O_CREAT | O_EXCL));
	yes(exists("b/e/g"));
	ok(unlink("b/e/g"));
	fails(ENOENT, ON(p, peer_open, STR("h"), O_RDONLY));
	peer_free(p);
}

static void
the_parent_of_a_moved_directory_is_the_new_one(void **state)
{
	struct stat st;
	int theirs;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("a/d", 0755));
	ok(mkdir("b", 0755));
	theirs = opens(open(there("a/d"), O_RDONLY | O_DIRECTORY));
	ok(rename("a/d", "b/d"));
	ok(fstatat(theirs, "..", &st, 0));
	gives(look("b").st_ino, st.st_ino);
	ok(close(theirs));
	gives(look("b").st_ino, look(there("b/d/..")).st_ino);
}

static void
a_directory_is_replaced_from_under_the_other(void **state)
{
	struct peer *p = peer_new();

	(void)state;
	ok(mkdir("d", 0755));
	ok(mkdir("e", 0755));
	put("e/f", "text");
	ok(ON(p, peer_chdir, STR("d")));
	ok(rename("e", "d"));
	fails(ENOENT, ON(p, peer_open, STR("f"), O_RDONLY));
	fails(ENOENT, ON(p, peer_open, STR("g"), O_WRONLY | O_CREAT));
	text("text", contents("d/f"));
	yes(!exists("d/g"));
	peer_free(p);
	text("text", contents(there("d/f")));
}

const struct CMUnitTest posix_two_open[] = {
	cmocka_unit_test(a_file_renamed_here_is_open_there),
	cmocka_unit_test(its_attributes_are_those_of_the_new_name),
	cmocka_unit_test(the_new_name_is_seen_there),
	cmocka_unit_test(the_old_name_is_gone_while_it_is_open_there),
	cmocka_unit_test(the_old_name_is_gone_once_it_is_closed),
	cmocka_unit_test(the_next_of_that_name_is_found_while_it_is_open_there),
	cmocka_unit_test(a_file_replaced_here_is_open_there),
	cmocka_unit_test(a_replaced_name_is_the_new_file_there),
	cmocka_unit_test(what_replaces_may_be_open_there),
	cmocka_unit_test(an_open_file_moves_with_its_directory_there),
	cmocka_unit_test(a_directory_renamed_here_is_open_there),
	cmocka_unit_test(a_directory_is_moved_from_under_the_other),
	cmocka_unit_test(the_parent_of_a_moved_directory_is_the_new_one),
	cmocka_unit_test(a_directory_is_replaced_from_under_the_other),
	{ 0 },
};
