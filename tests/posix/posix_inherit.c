/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_inherit.c -- what new files get: umask(2), set-group-ID directories;
 * and what sticky directories protect.
 */

#include "posix.h"

/* Make one of each, with all permissions. */
static void
make_each(void)
{
	int fd = opens(open("f", O_WRONLY | O_CREAT, 0777));

	ok(close(fd));
	ok(mkdir("d", 0777));
	ok(mkfifo("p", 0777));
	ok(mknod("s", S_IFSOCK | 0777, 0));
	ok(mknod("n", S_IFREG | 0777, 0));
	ok(symlink("x", "l"));
	fd = opens(creat("c", 0777));
	ok(close(fd));
}

static void
check_umask(mode_t mask)
{
	static const char *const names[] = { "f", "d", "p", "s", "n", "c" };
	size_t i;

	umask(mask);
	make_each();
	for (i = 0; i < nitems(names); i++)
		gives(0777 & ~mask, mode_of(names[i]));
	gives(0777, mode_of("l"));
	for (i = 0; i < nitems(names); i++)
		ok(remove(names[i]));
	ok(unlink("l"));
}

static void
umask_takes_bits_away(void **state)
{
	(void)state;
	check_umask(0);
	check_umask(022);
	check_umask(077);
	check_umask(027);
	check_umask(0707);
	check_umask(0777);
}

static void
umask_is_the_processes_own(void **state)
{
	(void)state;
	gives(022, umask(0));
	gives(0, umask(0137));
	gives(0137, umask(07777));
	gives(0777, umask(022));
	umask(0077);
	put("f", "");
	gives(0600, mode_of("f"));
	ok(chmod("f", 0666)); /* which it does not concern */
	gives(0666, mode_of("f"));
}

static void
a_setgid_directory_gives_its_group(void **state)
{
	static const char *const names[] = { "f", "d", "p", "s", "n", "c",
		"l" };
	size_t i;

	(void)state;
	ok(chown(".", 0, GROUP));
	ok(chmod(".", 02777));
	make_each();
	for (i = 0; i < nitems(names); i++) {
		gives(GROUP, look(names[i]).st_gid);
		gives(0, look(names[i]).st_uid);
	}
	gives(02755, mode_of("d"));
	gives(0755, mode_of("f"));
	ok(mkdir("d/e", 0700));
	gives(02700, mode_of("d/e"));
	gives(GROUP, look("d/e").st_gid);
}

static void
a_setgid_directory_gives_it_to_users(void **state)
{
	static const char *const names[] = { "f", "d", "p", "s", "n", "c",
		"l" };
	size_t i;

	(void)state;
	ok(chown(".", 0, OTHER));
	ok(chmod(".", 02777));
	as(USER);
	make_each();
	for (i = 0; i < nitems(names); i++) {
		gives(OTHER, look(names[i]).st_gid);
		gives(USER, look(names[i]).st_uid);
	}
	gives(02755, mode_of("d"));
}

static void
other_directories_give_the_users_group(void **state)
{
	static const char *const names[] = { "f", "d", "p", "s", "n", "c",
		"l" };
	size_t i;

	(void)state;
	ok(chown(".", 0, GROUP));
	ok(chmod(".", 0777));
	as(USER);
	make_each();
	for (i = 0; i < nitems(names); i++)
		gives(USER, look(names[i]).st_gid);
	gives(0755, mode_of("d"));
}

static void
a_strangers_file_there_gets_no_setgid_bit(void **state)
{
	int fd;

	(void)state;
	ok(chown(".", 0, OTHER));
	ok(chmod(".", 02777));
	as(USER);
	fd = opens(open("f", O_WRONLY | O_CREAT, 02755));
	ok(close(fd));
	gives(0755, mode_of("f"));
	gives(OTHER, look("f").st_gid);
}

static void
set_id_bits_may_be_made(void **state)
{
	int fd;

	(void)state;
	fd = opens(open("f", O_WRONLY | O_CREAT, 06755));
	ok(close(fd));
	gives(06755, mode_of("f"));
	ok(chmod(".", 0777));
	as(USER);
	fd = opens(open("g", O_WRONLY | O_CREAT, 06711));
	ok(close(fd));
	gives(06711, mode_of("g"));
}

static void
what_moves_there_keeps_its_group(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("a", 0755));
	ok(mkdir("d", 0755));
	ok(chown("d", 0, GROUP));
	ok(chmod("d", 02755));
	ok(link("f", "d/g"));
	gives(0, look("d/g").st_gid);
	ok(rename("f", "d/f"));
	gives(0, look("d/f").st_gid);
	ok(rename("a", "d/a"));
	gives(0, look("d/a").st_gid);
	gives(0755, mode_of("d/a"));
}

/* A directory for all, where OTHER and USER each have some things. */
static void
make_sticky(uid_t owner)
{
	ok(mkdir("t", 0777));
	ok(chown("t", owner, owner));
	ok(chmod("t", 01777));
	as(OTHER);
	put("t/theirs", "");
	ok(mkdir("t/theirdir", 0777));
	ok(symlink("x", "t/theirlink"));
	as(USER);
	put("t/mine", "");
	put("t/spare", "");
	ok(mkdir("t/mydir", 0777));
}

static void
a_sticky_directory_protects_others_names(void **state)
{
	(void)state;
	make_sticky(0);
	fails_either(EPERM, EACCES, unlink("t/theirs"));
	fails_either(EPERM, EACCES, unlink("t/theirlink"));
	fails_either(EPERM, EACCES, rmdir("t/theirdir"));
	fails_either(EPERM, EACCES, rename("t/theirs", "t/new"));
	fails_either(EPERM, EACCES, rename("t/theirs", "new"));
	fails_either(EPERM, EACCES, rename("t/theirdir", "t/new"));
	fails_either(EPERM, EACCES, rename("t/mine", "t/theirs"));
	fails_either(EPERM, EACCES, rename("t/mydir", "t/theirdir"));
	fails_either(EPERM, EACCES, rename("t/mine", "t/theirlink"));
	yes(exists("t/theirs"));
	yes(exists("t/theirdir"));
	yes(exists("t/theirlink"));
}

static void
a_sticky_directory_does_not_protect_ones_own(void **state)
{
	(void)state;
	make_sticky(0);
	ok(rename("t/mine", "t/new"));
	ok(rename("t/new", "t/spare"));
	ok(unlink("t/spare"));
	ok(rename("t/mydir", "t/newdir"));
	ok(rmdir("t/newdir"));
}

static void
its_owner_may_remove_everything(void **state)
{
	(void)state;
	make_sticky(USER);
	ok(rename("t/theirs", "t/new"));
	ok(unlink("t/new"));
	ok(rename("t/mine", "t/theirlink"));
	ok(rmdir("t/theirdir"));
	as(OTHER);
	fails_either(EPERM, EACCES, unlink("t/spare"));
	fails_either(EPERM, EACCES, rmdir("t/mydir"));
	as(0);
	ok(unlink("t/spare"));
	ok(rmdir("t/mydir"));
}

const struct CMUnitTest posix_inherit[] = {
	cmocka_unit_test(umask_takes_bits_away),
	cmocka_unit_test(umask_is_the_processes_own),
	cmocka_unit_test(a_setgid_directory_gives_its_group),
	cmocka_unit_test(a_setgid_directory_gives_it_to_users),
	cmocka_unit_test(other_directories_give_the_users_group),
	cmocka_unit_test(a_strangers_file_there_gets_no_setgid_bit),
	cmocka_unit_test(set_id_bits_may_be_made),
	cmocka_unit_test(what_moves_there_keeps_its_group),
	cmocka_unit_test(a_sticky_directory_protects_others_names),
	cmocka_unit_test(a_sticky_directory_does_not_protect_ones_own),
	cmocka_unit_test(its_owner_may_remove_everything),
	{ 0 },
};
