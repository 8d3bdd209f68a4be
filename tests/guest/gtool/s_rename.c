/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_rename.c -- steps: rename(2) with every rule, also below open files.
 */

#include <limits.h>

#include "gtool.h"

static void
renaming_files(void)
{
	DO(put("a", "a"));
	DO(put("b", "b"));
	DO(rename("a", "c"));
	DO(rename("a", "d"));
	dump();
	DO(rename("b", "c"));
	dump();
	DO(rename("c", "c"));
	DO(link("c", "d"));
	DO(rename("c", "d"));
	dump();
	DO(mkdir("e", 0755));
	DO(rename("c", "e/c"));
	DO(rename("e/c", "e/x"));
	DO(rename("e/x", "../renaming_files/y"));
	dump();
	DO(rename("d", "no/where"));
	DO(rename("no/where", "d"));
	DO(rename("d", "d/below"));
	DO(rename("", "x"));
	DO(rename("d", ""));
	DO(rename("d", "/dev/x"));
}

static void
renaming_directories(void)
{
	DO(mkdir("a", 0755));
	DO(mkdir("a/b", 0755));
	DO(put("a/b/f", "f"));
	DO(mkdir("empty", 0700));
	DO(mkdir("full", 0755));
	DO(put("full/x", "x"));
	DO(put("file", "file"));

	DO(rename("a", "full"));
	DO(rename("a", "file"));
	DO(rename("file", "a"));
	DO(rename("file", "empty"));
	DO(rename("a", "a"));
	DO(rename("a", "a/b"));
	DO(rename("a", "a/b/c"));
	DO(rename("a/b", "a"));
	DO(rename("a/b/f", "a"));
	DO(rename("a/b/f", "a/b"));
	dump();
	DO(rename("a", "empty"));
	dump();
	DO(rename("empty", "full/moved"));
	DO(rename("full/moved/b", "b"));
	dump();
	DO(open("b/../file", O_RDONLY));
	DO(symlink("b", "l"));
	DO(rename("full", "l"));
	DO(rename("l", "full"));
	DO(rename("l", "b"));
	DO(rename("l", "file"));
	dump();
}

static void
renaming_with_flags(void)
{
	DO(put("a", "a"));
	DO(put("b", "b"));
	DO(renameat2(AT_FDCWD, "a", AT_FDCWD, "b", RENAME_NOREPLACE));
	DO(renameat2(AT_FDCWD, "a", AT_FDCWD, "c", RENAME_NOREPLACE));
	DO(renameat2(AT_FDCWD, "c", AT_FDCWD, "b", RENAME_EXCHANGE));
	DO(renameat2(AT_FDCWD, "b", AT_FDCWD, "c", 1 << 20));
}

static void
renaming_an_open_file(void)
{
	struct stat st, st2;
	int fd;

	DO(mkdir("d", 0755));
	fd = DO(open("a", O_RDWR | O_CREAT, 0644));
	DO(write(fd, "one", 3));
	DO(rename("a", "d/b"));
	DO(write(fd, "two", 3));
	DO(fchmod(fd, 0600));
	DO(put("a", "another"));
	DO(fstat(fd, &st));
	DO(stat("d/b", &st2));
	note("same file: %d", st.st_ino == st2.st_ino);
	DO(ftruncate(fd, 4));
	show_text(fd, 0, 16);
	DO(rename("d", "e"));
	DO(pwrite(fd, "three", 5, 4));
	DO(fchown(fd, 1, 2));
	dump();
	DO(close(fd));
	dump();
}

static void
replacing_an_open_file(void)
{
	struct stat st;
	int old, new;

	DO(put("a", "old"));
	old = DO(open("a", O_RDWR));
	new = DO(open("b", O_RDWR | O_CREAT, 0600));
	DO(write(new, "new", 3));
	DO(rename("b", "a"));
	show_text(old, 0, 8);
	show_text(new, 0, 8);
	DO(pwrite(old, "OLD!", 4, 0));
	DO(fchmod(old, 0644));
	DO(fstat(old, &st));
	note("links %lu size %lld mode %o", (unsigned long)st.st_nlink,
	    (long long)st.st_size, st.st_mode);
	DO(ftruncate(old, 1));
	DO(fsync(old));
	DO(pwrite(new, "NEW!", 4, 0));
	dump();
	DO(close(old));
	DO(close(new));
	dump();
}

static void
renaming_above_open_files(void)
{
	char cwd[PATH_MAX];
	struct stat st, st2;
	int file, dir;

	DO(mkdir("a", 0755));
	DO(mkdir("a/b", 0755));
	DO(mkdir("a/b/c", 0755));
	DO(put("a/b/c/f", "text"));
	file = DO(open("a/b/c/f", O_RDWR));
	dir = DO(open("a/b", O_RDONLY | O_DIRECTORY));
	DO(chdir("a/b/c"));
	DO(rename("../../../a", "../../../A"));
	DO(pwrite(file, "T", 1, 0));
	show("f");
	DO(put("g", "new"));
	DO(openat(dir, "c/g", O_RDONLY));
	DO(mkdirat(dir, "d", 0755));
	DO(renameat(dir, "d", AT_FDCWD, "e"));
	DO(unlinkat(dir, "c/g", 0));
	DO(symlinkat("x", dir, "l"));
	DO(linkat(AT_FDCWD, "f", dir, "hard", 0));
	note("cwd: %s",
	    getcwd(cwd, sizeof(cwd)) != NULL ? strrchr(cwd, 'A')
					     : err_name(errno));
	DO(rename("../../b", "../../B"));
	DO(stat("..", &st));
	DO(fstat(dir, &st2));
	note("same directory: %d", st.st_ino == st2.st_ino);
	DO(openat(dir, "../B/c/f", O_RDONLY));
	DO(openat(dir, "../b/c/f", O_RDONLY));
	DO(chdir("../../.."));
	dump();
	/* Another one takes the old name. */
	DO(mkdir("a", 0755));
	DO(mkdir("a/b", 0755));
	DO(put("a/b/trap", "wrong place"));
	DO(faccessat(dir, "trap", F_OK, 0));
	DO(faccessat(dir, "hard", F_OK, 0));
	DO(rename("A/B", "moved"));
	DO(stat(".", &st));
	DO(fstatat(dir, "..", &st2, 0));
	note("same directory: %d", st.st_ino == st2.st_ino);
	DO(ftruncate(file, 2));
	dump();
}

static void
renaming_minds_the_sticky_bit(void)
{
	DO(mkdir("tmp", 0777));
	DO(chmod("tmp", 01777));
	DO(mkdir("mine", 0777));
	DO(chmod("mine", 0777));
	DO(put("tmp/roots", "r"));
	DO(put("mine/roots", "r"));
	AS(1000, 1000, 0)
	{
		DO(put("tmp/users", "u"));
		DO(rename("tmp/roots", "tmp/x"));
		DO(rename("tmp/users", "tmp/roots"));
		DO(rename("tmp/users", "mine/users"));
		DO(rename("mine/roots", "mine/x"));
		DO(rename("mine/users", "mine/x"));
		DO(rename("mine/x", "x"));
		DO(rename("mine/x", "tmp/y"));
	}
	AS(1001, 1001, 0)
	{
		DO(rename("tmp/y", "tmp/z"));
		DO(rename("tmp/y", "mine/y"));
	}
	DO(chmod("mine", 0755));
	AS(1000, 1000, 0)
	{
		DO(rename("tmp/y", "mine/y"));
	}
	dump();
}

static void
moving_a_directory_of_another_user(void)
{
	DO(chmod(".", 0777));
	DO(mkdir("roots", 0755));
	DO(mkdir("to", 0777));
	DO(chmod("to", 0777));
	AS(1000, 1000, 0)
	{
		DO(rename("roots", "same"));
		DO(rename("same", "to/roots"));
	}
	dump();
}

const struct topic rename_group[] = {
	TOPIC(renaming_files),
	TOPIC(renaming_directories),
	TOPIC(renaming_with_flags),
	TOPIC(renaming_an_open_file),
	TOPIC(replacing_an_open_file),
	TOPIC(renaming_above_open_files),
	TOPIC(renaming_minds_the_sticky_bit),
	TOPIC(moving_a_directory_of_another_user),
	TOPIC_END,
};
