/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_dirs.c -- what one party makes, moves and removes, and what the
 * other finds, or is refused for it.
 */

#include <sys/mman.h>
#include <stdatomic.h>

#include "file.h"
#include "peer.h"

static void
what_is_made_is_seen_there(void **state)
{
	char buf[16] = "";

	(void)state;
	yes(!exists(there("f")));
	put("f", "text");
	text("text", contents(there("f")));
	yes(!exists(there("d")));
	ok(mkdir("d", 0750));
	yes(S_ISDIR(look(there("d")).st_mode));
	gives(0750, mode_of(there("d")));
	yes(!exists(there("l")));
	ok(symlink("target", "l"));
	gives(6, readlink(there("l"), buf, sizeof(buf)));
	ok(memcmp(buf, "target", 6));
	ok(mkfifo("p", 0600));
	yes(S_ISFIFO(look(there("p")).st_mode));
	put("d/g", "deep");
	text("deep", contents(there("d/g")));
	gives(look("d/g").st_ino, look(there("d/g")).st_ino);
}

static void
what_is_made_there_is_in_the_way(void **state)
{
	(void)state;
	yes(!exists("f") && !exists("d"));
	put(there("f"), "text");
	ok(mkdir(there("d"), 0755));
	fails(EEXIST, open("f", O_WRONLY | O_CREAT | O_EXCL, 0644));
	fails(EEXIST, mkdir("d", 0755));
	fails(EEXIST, mkdir("f", 0755));
	fails(EEXIST, symlink("x", "d"));
	fails(EEXIST, mkfifo("f", 0644));
	put("g", "text");
	fails(EEXIST, link("g", "f"));
	fails(EISDIR, rename("g", "d"));
	put(there("d/h"), "text");
	fails_either(ENOTEMPTY, EEXIST, rmdir("d"));
	ok(mkdir("e", 0755));
	fails_either(ENOTEMPTY, EEXIST, rename("e", "d"));
	ok(unlink(there("d/h")));
	ok(rename("e", "d"));
}

static void
what_is_removed_there_is_not_found(void **state)
{
	char buf[16];

	(void)state;
	put("f", "text");
	ok(mkdir("d", 0755));
	put("d/g", "text");
	ok(symlink("target", "l"));
	ok(unlink(there("f")));
	ok(unlink(there("d/g")));
	ok(rmdir(there("d")));
	ok(unlink(there("l")));
	fails(ENOENT, open("f", O_RDONLY));
	fails(ENOENT, unlink("f"));
	fails(ENOENT, rename("f", "h"));
	fails(ENOENT, rmdir("d"));
	fails(ENOENT, open("d/g", O_WRONLY | O_CREAT, 0644));
	fails(ENOENT, readlink("l", buf, sizeof(buf)));
	fails(ENOENT, link("f", "h"));
}

static void
a_name_may_become_another_kind_there(void **state)
{
	char buf[16];

	(void)state;
	put("n", "text");
	yes(S_ISREG(look(there("n")).st_mode));
	ok(unlink("n"));
	ok(mkdir("n", 0755));
	yes(S_ISDIR(look(there("n")).st_mode));
	fails(EISDIR, open(there("n"), O_WRONLY));
	ok(rmdir("n"));
	ok(symlink("target", "n"));
	yes(S_ISLNK(look(there("n")).st_mode));
	ok(unlink("n"));
	ok(symlink("elsewhere", "n"));
	gives(9, readlink(there("n"), buf, sizeof(buf)));
	ok(unlink("n"));
	put("n", "again");
	text("again", contents(there("n")));
}

static void
a_directory_counts_its_links_there(void **state)
{
	int theirs;

	(void)state;
	ok(mkdir("d", 0755));
	theirs = opens(open(there("d"), O_RDONLY | O_DIRECTORY));
	gives(2, look(there("d")).st_nlink);
	ok(mkdir("d/a", 0755));
	ok(mkdir("d/b", 0755));
	put("d/f", "");
	gives(4, look(there("d")).st_nlink);
	gives(4, fstat_of(theirs).st_nlink);
	ok(rmdir(there("d/a")));
	gives(3, look("d").st_nlink);
	ok(rename("d/b", "b"));
	gives(2, look(there("d")).st_nlink);
	ok(rename(there("b"), there("d/c")));
	gives(3, look("d").st_nlink);
	ok(close(theirs));
}

static void
a_directorys_times_move_there(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	moves(there("d"), "mc", put("d/f", "text"));
	moves(there("d"), "mc", ok(mkdir("d/e", 0755)));
	moves(there("d"), "mc", ok(symlink("x", "d/l")));
	moves(there("d"), "mc", ok(rename("d/f", "d/g")));
	moves(there("d"), "mc", ok(unlink("d/g")));
	moves(there("d"), "mc", ok(rmdir("d/e")));
	put("d/f", "");
	moves(there("d"), "", put("d/f", "text"));
}

static void
a_renamed_directory_is_found_there(void **state)
{
	(void)state;
	ok(mkdir("d", 0755));
	ok(mkdir("d/e", 0755));
	put("d/e/f", "text");
	text("text", contents(there("d/e/f")));
	ok(rename("d", "c"));
	text("text", contents(there("c/e/f")));
	fails(ENOENT, open(there("d/e/f"), O_RDONLY));
	ok(mkdir("d", 0755));
	fails(ENOENT, open(there("d/e/f"), O_RDONLY));
	ok(rename(there("c/e"), there("d/e")));
	text("text", contents("d/e/f"));
	yes(!exists("c/e"));
}

static void
a_directory_is_removed_from_under_the_other(void **state)
{
	struct peer *p = peer_new();

	(void)state;
	ok(mkdir("d", 0755));
	ok(ON(p, peer_chdir, STR("d")));
	ok(rmdir("d"));
	fails(ENOENT, ON(p, peer_open, STR("f"), O_WRONLY | O_CREAT));
	fails(ENOENT, ON(p, peer_open, STR("f"), O_RDONLY));
	/* The name's next bearer is another directory. */
	ok(mkdir("d", 0755));
	put("d/g", "text");
	fails(ENOENT, ON(p, peer_open, STR("g"), O_RDONLY));
	fails(ENOENT, ON(p, peer_open, STR("f"), O_WRONLY | O_CREAT));
	yes(!exists("d/f"));
	peer_free(p);
	text("text", contents(there("d/g")));
}

static void
a_directory_removed_here_is_open_there(void **state)
{
	ino_t ino;
	int theirs;

	(void)state;
	ok(mkdir("d", 0755));
	theirs = opens(open(there("d"), O_RDONLY | O_DIRECTORY));
	ino = fstat_of(theirs).st_ino;
	ok(rmdir("d"));
	gives(ino, fstat_of(theirs).st_ino);
	yes(S_ISDIR(fstat_of(theirs).st_mode));
	fails(ENOENT, openat(theirs, "f", O_WRONLY | O_CREAT, 0644));
	fails(ENOENT, mkdirat(theirs, "e", 0755));
	fails(ENOENT, symlinkat("x", theirs, "l"));
	put("g", "text");
	fails(ENOENT, linkat(there_fd, "g", theirs, "g", 0));
	fails(ENOENT, renameat(there_fd, "g", theirs, "g"));
	text("text", contents("g"));
	ok(close(theirs));
	yes(!exists(there("d")));
}

/* Of so many names each party tries to make all. */
#define RACE_NAMES 20

struct race {
	atomic_int made;
	atomic_int in_the_way;
};

static void
make_all(struct race *race, int dir)
{
	char name[8];
	int i;

	for (i = 0; i < RACE_NAMES; i++) {
		snprintf(name, sizeof(name), "%d", i);
		if (mkdirat(dir, name, 0755) == 0)
			atomic_fetch_add(&race->made, 1);
		else if (errno == EEXIST)
			atomic_fetch_add(&race->in_the_way, 1);
	}
}

static void
make_all_there(void *race)
{
	make_all(race, there_fd);
}

static void
one_of_both_makes_a_directory(void **state)
{
	struct race *race = mmap(NULL, sizeof(*race), PROT_READ | PROT_WRITE,
	    MAP_SHARED | MAP_ANONYMOUS, -1, 0);
	pid_t pid;

	(void)state;
	yes(race != MAP_FAILED);
	pid = beside(make_all_there, race);
	make_all(race, AT_FDCWD);
	joined(pid);
	gives(RACE_NAMES, race->made);
	gives(RACE_NAMES, race->in_the_way);
	gives(RACE_NAMES + 2, look(".").st_nlink);
	gives(RACE_NAMES + 2, look(there(".")).st_nlink);
}

const struct CMUnitTest posix_two_dirs[] = {
	cmocka_unit_test(what_is_made_is_seen_there),
	cmocka_unit_test(what_is_made_there_is_in_the_way),
	cmocka_unit_test(what_is_removed_there_is_not_found),
	cmocka_unit_test(a_name_may_become_another_kind_there),
	cmocka_unit_test(a_directory_counts_its_links_there),
	cmocka_unit_test(a_directorys_times_move_there),
	cmocka_unit_test(a_renamed_directory_is_found_there),
	cmocka_unit_test(a_directory_is_removed_from_under_the_other),
	cmocka_unit_test(a_directory_removed_here_is_open_there),
	cmocka_unit_test(one_of_both_makes_a_directory),
	{ 0 },
};
