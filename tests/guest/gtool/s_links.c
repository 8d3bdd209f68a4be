/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * s_links.c -- steps: hard links and symbolic links.
 */

#include <limits.h>

#include "gtool.h"

static void
a_hard_link_is_the_same_file(void)
{
	int fd;

	DO(put("a", "one"));
	DO(link("a", "b"));
	DO(mkdir("d", 0755));
	DO(link("b", "d/c"));
	dump();
	DO(put("d/c", "three"));
	DO(chmod("b", 0600));
	DO(chown("a", 11, 22));
	dump();
	fd = DO(open("a", O_RDWR));
	DO(unlink("a"));
	DO(pwrite(fd, "T", 1, 0));
	DO(close(fd));
	dump();
	DO(unlink("b"));
	DO(unlink("b"));
	dump();
	DO(link("d/c", "a"));
	dump();
}

static void
what_cannot_be_linked(void)
{
	DO(put("f", "x"));
	DO(mkdir("d", 0755));
	DO(link("d", "e"));
	DO(link("d", "d/e"));
	DO(link("missing", "x"));
	DO(link("f", "f"));
	DO(link("f", "d"));
	DO(link("f", "no/where"));
	DO(link("f", "f/x"));
	DO(link("f/x", "g"));
	DO(link("f", "/dev/g"));
	DO(link("/proc/self/stat", "g"));
	DO(link("", "g"));
	DO(link("f", ""));
	dump();
}

static void
linking_links_and_special_files(void)
{
	char path[64];
	int fd;

	DO(put("f", "x"));
	DO(symlink("f", "l"));
	DO(link("l", "l2"));
	DO(linkat(AT_FDCWD, "l", AT_FDCWD, "f2", AT_SYMLINK_FOLLOW));
	DO(mkfifo("p", 0644));
	DO(link("p", "p2"));
	fd = DO(open("f", O_RDONLY));
	snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
	DO(linkat(AT_FDCWD, path, AT_FDCWD, "f3", AT_SYMLINK_FOLLOW));
	DO(linkat(fd, "", AT_FDCWD, "f4", AT_EMPTY_PATH));
	dump();
	DO(unlink("f"));
	DO(unlink("f2"));
	DO(unlink("f3"));
	DO(unlink("f4"));
	DO(linkat(AT_FDCWD, path, AT_FDCWD, "f5", AT_SYMLINK_FOLLOW));
	dump();
}

static void
symlinks_keep_their_text(void)
{
	char target[4097], buf[8];
	int i;

	DO(symlink("nowhere", "dangling"));
	DO(symlink("", "empty"));
	DO(symlink("/absolute/../and//odd/", "absolute"));
	DO(symlink(" \xff\n", "strange"));
	for (i = 0; i < 4096; i++)
		target[i] = (char)('a' + i % 26);
	target[4096] = '\0';
	DO(symlink(target, "long4096"));
	target[4095] = '\0';
	DO(symlink(target, "long4095"));
	target[256] = '\0';
	DO(symlink(target, "long256"));
	DO(symlink("x", "dangling"));
	dump();
	DO(readlink("dangling", buf, 3));
	DO(readlink("dangling", buf, 0));
	DO(readlink("missing", buf, 8));
	DO(readlink(".", buf, 8));
	DO(put("f", "x"));
	DO(readlink("f", buf, 8));
	DO(readlink("f/x", buf, 8));
}

static void
symlinks_lead_somewhere(void)
{
	int fd;

	DO(mkdir("d", 0755));
	DO(put("d/f", "found"));
	DO(symlink("d", "to_d"));
	DO(symlink("to_d/f", "to_f"));
	DO(symlink("../to_f", "d/back"));
	fd = DO(open("d/back", O_RDONLY));
	show_text(fd, 0, 10);
	DO(close(fd));
	DO(open("to_f", O_RDONLY | O_NOFOLLOW));
	DO(open("to_d", O_RDONLY | O_NOFOLLOW | O_DIRECTORY));
	DO(open("to_d", O_RDONLY | O_DIRECTORY));
	DO(put("to_d/g", "new"));
	DO(mkdir("to_d", 0755));
	DO(mkdir("to_d/e", 0755));
	DO(rmdir("to_d"));
	DO(chmod("to_f", 0600));
	DO(chown("to_f", 1, 2));
	DO(lchown("to_f", 3, 4));
	DO(fchmodat(AT_FDCWD, "to_f", 0640, AT_SYMLINK_NOFOLLOW));
	DO(unlink("to_f"));
	dump();
}

static void
symlinks_that_lead_nowhere(void)
{
	char name[8], next[8];
	int i;

	DO(symlink("b", "a"));
	DO(symlink("a", "b"));
	DO(symlink("self", "self"));
	DO(open("a", O_RDONLY));
	DO(open("self/x", O_RDONLY));
	DO(put("self", "x"));
	DO(open("a", O_PATH | O_NOFOLLOW));
	DO(symlink("created", "dangling"));
	DO(open("dangling", O_RDONLY));
	DO(open("dangling", O_WRONLY | O_CREAT | O_EXCL, 0644));
	DO(link("dangling", "l"));
	DO(mkdir("dangling", 0755));
	DO(put("dangling", "through"));
	dump();
	for (i = 0; i < 42; i++) {
		snprintf(name, sizeof(name), "s%d", i);
		snprintf(next, sizeof(next), "s%d", i + 1);
		if (symlink(next, name) == -1)
			note("symlink: %s", err_name(errno));
	}
	DO(put("s42", "end"));
	DO(access("s0", F_OK));
	DO(access("s1", F_OK));
	DO(access("s2", F_OK));
	DO(access("s3", F_OK));
}

static void
symlinks_are_files_too(void)
{
	struct timespec when[2] = { { 1000000000, 0 }, { 1100000000, 0 } };
	struct stat st;

	DO(put("f", "x"));
	DO(symlink("f", "l"));
	DO(link("l", "m"));
	DO(rename("l", "n"));
	DO(rename("n", "f"));
	dump();
	DO(utimensat(AT_FDCWD, "f", when, AT_SYMLINK_NOFOLLOW));
	DO(lstat("f", &st));
	note("mtime %ld", (long)st.st_mtime);
	DO(utimensat(AT_FDCWD, "f", when, 0));
	DO(unlink("f"));
	AS(1000, 1000, 0)
	{
		DO(symlink("x", "mine"));
	}
	DO(chmod(".", 0777));
	AS(1000, 1001, 0)
	{
		DO(symlink("x", "mine"));
		show("mine");
		DO(unlink("m"));
	}
	dump();
}

const struct topic links_group[] = {
	TOPIC(a_hard_link_is_the_same_file),
	TOPIC(what_cannot_be_linked),
	TOPIC(linking_links_and_special_files),
	TOPIC(symlinks_keep_their_text),
	TOPIC(symlinks_lead_somewhere),
	TOPIC(symlinks_that_lead_nowhere),
	TOPIC(symlinks_are_files_too),
	TOPIC_END,
};
