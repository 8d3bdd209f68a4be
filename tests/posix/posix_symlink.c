/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_symlink.c -- symlink(2), readlink(2), and links to links.
 */

#include <limits.h>

#include "posix.h"

/* A link's target; good until the next. */
#define target(path) target_of(HERE, path)
static const char *
target_of(const char *file, int line, const char *path)
{
	static char buf[PATH_MAX + 1];
	ssize_t n = readlink(path, buf, sizeof(buf) - 1);

	posix_yes(file, line, path, n != -1);
	buf[n] = '\0';
	return buf;
}

static void
a_link_holds_any_text(void **state)
{
	static const char *const texts[] = { "x", "/", "..", "a/b/c", "/a//b/",
		" ", "\n", "nothing", "l", "\xc3\xa4", "\xff\xfe", "-" };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(texts); i++) {
		ok(symlink(texts[i], "l"));
		text(texts[i], target("l"));
		gives(strlen(texts[i]), look("l").st_size);
		ok(unlink("l"));
	}
}

static void
a_link_is_a_file_of_its_own(void **state)
{
	(void)state;
	ok(symlink("f", "l"));
	yes(S_ISLNK(look("l").st_mode));
	gives(0777, mode_of("l"));
	gives(1, look("l").st_nlink);
	yes(!exists("f"));
	put("l", "text"); /* makes f */
	text("text", contents("f"));
	ok(rename("l", "m"));
	text("f", target("m"));
	text("text", contents("m"));
	ok(unlink("m"));
	text("text", contents("f"));
}

static void
a_target_may_be_4095_bytes_long(void **state)
{
	static char long_text[PATH_MAX + 1];

	(void)state;
	memset(long_text, 'x', PATH_MAX - 1);
	ok(symlink(long_text, "l"));
	gives(PATH_MAX - 1, look("l").st_size);
	text(long_text, target("l"));
	long_text[PATH_MAX - 1] = 'x';
	fails(ENAMETOOLONG, symlink(long_text, "m"));
	fails(ENAMETOOLONG, open("l", O_RDONLY));
	memset(long_text, '/', PATH_MAX - 1);
	long_text[PATH_MAX - 1] = '\0';
	ok(symlink(long_text, "m"));
	ok(access("m", F_OK));
}

static void
symlink_never_replaces(void **state)
{
	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("nothing", "l"));
	fails(EEXIST, symlink("x", "f"));
	fails(EEXIST, symlink("x", "d"));
	fails(EEXIST, symlink("x", "l"));
	fails(EEXIST, symlink("x", "."));
	text("nothing", target("l"));
}

static void
symlink_refuses(void **state)
{
	(void)state;
	put("f", "");
	fails(ENOENT, symlink("", "l"));
	fails(ENOENT, symlink("x", ""));
	fails(ENOENT, symlink("x", "nothing/l"));
	fails(ENOENT, symlink("x", "l/"));
	fails(ENOTDIR, symlink("x", "f/l"));
	fails(EFAULT, symlink((const char *)1, "l"));
	fails(EFAULT, symlink("x", (const char *)1));
	yes(!exists("l"));
}

static void
symlink_needs_a_directory_that_may_be_written(void **state)
{
	(void)state;
	ok(mkdir("d", 0777));
	ok(chmod("d", 0777));
	as(USER);
	fails(EACCES, symlink("x", "l"));
	ok(symlink("x", "d/l"));
	gives(USER, look("d/l").st_uid);
	text("x", target("d/l"));
}

static void
symlinkat_and_readlinkat_begin_at_a_directory(void **state)
{
	char buf[16];
	int fd, file, l;

	(void)state;
	ok(mkdir("d", 0755));
	put("f", "");
	fd = opens(open("d", O_RDONLY));
	file = opens(open("f", O_RDONLY));
	ok(symlinkat("abc", fd, "l"));
	text("abc", target("d/l"));
	gives(3, readlinkat(fd, "l", buf, sizeof(buf)));
	fails(ENOENT, readlinkat(fd, "m", buf, sizeof(buf)));
	fails(EINVAL, readlinkat(fd, ".", buf, sizeof(buf)));
	fails(ENOTDIR, symlinkat("abc", file, "l"));
	fails(ENOTDIR, readlinkat(file, "l", buf, sizeof(buf)));
	fails(EBADF, symlinkat("abc", -1, "l"));
	fails(EBADF, readlinkat(-1, "l", buf, sizeof(buf)));
	l = opens(openat(fd, "l", O_PATH | O_NOFOLLOW));
	gives(3, readlinkat(l, "", buf, sizeof(buf)));
	gives(0, memcmp(buf, "abc", 3));
}

static void
readlink_cuts_what_does_not_fit(void **state)
{
	char buf[8] = "~~~~~~~";

	(void)state;
	ok(symlink("abcdef", "l"));
	gives(3, readlink("l", buf, 3));
	text("abc~~~~", buf);
	gives(6, readlink("l", buf, 6));
	text("abcdef~", buf);
	gives(6, readlink("l", buf, 7));
	text("abcdef~", buf);
	gives(1, readlink("l", buf, 1));
}

static void
readlink_refuses(void **state)
{
	char buf[16];

	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(mkfifo("p", 0644));
	ok(symlink("f", "l"));
	fails(EINVAL, readlink("f", buf, sizeof(buf)));
	fails(EINVAL, readlink("d", buf, sizeof(buf)));
	fails(EINVAL, readlink("p", buf, sizeof(buf)));
	fails(EINVAL, readlink("l", buf, (size_t)buf[0] & 0));
	fails(ENOENT, readlink("nothing", buf, sizeof(buf)));
	fails(ENOENT, readlink("", buf, sizeof(buf)));
	fails(ENOTDIR, readlink("f/l", buf, sizeof(buf)));
	fails(ENOTDIR, readlink("l/", buf, sizeof(buf)));
	fails(EFAULT, readlink((const char *)1, buf, sizeof(buf)));
}

static void
links_to_directories_lead_there(void **state)
{
	struct stat st;

	(void)state;
	ok(mkdir("a", 0755));
	ok(mkdir("a/b", 0755));
	put("a/b/f", "text");
	put("f", "outside");
	ok(symlink("a/b", "l"));
	text("text", contents("l/f"));
	ok(stat("l/", &st));
	yes(S_ISDIR(st.st_mode));
	yes(S_ISDIR(look("l/.").st_mode));
	/* Dot-dot is the parent of where it leads. */
	gives(look("a").st_ino, look("l/..").st_ino);
	ok(symlink("../../f", "a/b/up"));
	text("outside", contents("l/up"));
	ok(mkdir("l/new", 0755));
	yes(exists("a/b/new"));
	ok(rmdir("l/new"));
	put("l/g", "made");
	text("made", contents("a/b/g"));
	ok(unlink("l/g"));
}

static void
an_absolute_link_begins_at_the_root(void **state)
{
	struct stat st;

	(void)state;
	ok(symlink("/", "l"));
	ok(stat("l", &st));
	gives(look("/").st_ino, st.st_ino);
	gives(look("/").st_dev, st.st_dev);
	ok(symlink("/dev/null", "null"));
	ok(stat("null", &st));
	yes(S_ISCHR(st.st_mode));
}

static void
open_through_a_link(void **state)
{
	int fd;

	(void)state;
	put("f", "text");
	ok(symlink("f", "l"));
	ok(symlink("new", "m"));
	text("text", contents("l"));
	fails(ELOOP, open("l", O_RDONLY | O_NOFOLLOW));
	fails(EEXIST, open("l", O_RDWR | O_CREAT | O_EXCL, 0644));
	fails(EEXIST, open("m", O_RDWR | O_CREAT | O_EXCL, 0644));
	fails(ENOENT, open("m", O_RDWR));
	yes(!exists("new"));
	fd = opens(open("m", O_RDWR | O_CREAT, 0600));
	gives(0600, mode_of("new"));
	ok(close(fd));
	fd = opens(open("l", O_RDWR | O_TRUNC));
	gives(0, look("f").st_size);
	ok(close(fd));
}

static void
loops_are_found(void **state)
{
	struct stat st;
	char buf[8];

	(void)state;
	ok(symlink("self", "self"));
	ok(symlink("b", "a"));
	ok(symlink("a", "b"));
	ok(symlink("deep/x", "deep"));
	fails(ELOOP, stat("self", &st));
	fails(ELOOP, open("self", O_RDONLY));
	fails(ELOOP, open("self", O_RDWR | O_CREAT, 0644));
	fails(ELOOP, stat("a/x", &st));
	fails(ELOOP, stat("deep", &st));
	fails(ELOOP, chdir("a"));
	fails(ELOOP, truncate("self", 0));
	ok(lstat("self", &st));
	gives(4, readlink("self", buf, sizeof(buf)));
	ok(rename("a", "c"));
	fails(ENOENT, stat("c", &st));
	ok(unlink("self"));
}

/* path_resolution(7): at most 40 links on the way. */
static void
forty_links_may_follow_each_other(void **state)
{
	char name[16], next[16];
	struct stat st;
	bool good = true;
	int i;

	(void)state;
	put("l0", "text");
	for (i = 1; i <= 41; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		snprintf(next, sizeof(next), "l%d", i - 1);
		good = good && symlink(next, name) == 0;
	}
	yes(good);
	ok(stat("l40", &st));
	gives(4, st.st_size);
	fails(ELOOP, open("l41", O_RDONLY));
}

const struct CMUnitTest posix_symlink[] = {
	cmocka_unit_test(a_link_holds_any_text),
	cmocka_unit_test(a_link_is_a_file_of_its_own),
	cmocka_unit_test(a_target_may_be_4095_bytes_long),
	cmocka_unit_test(symlink_never_replaces),
	cmocka_unit_test(symlink_refuses),
	cmocka_unit_test(symlink_needs_a_directory_that_may_be_written),
	cmocka_unit_test(symlinkat_and_readlinkat_begin_at_a_directory),
	cmocka_unit_test(readlink_cuts_what_does_not_fit),
	cmocka_unit_test(readlink_refuses),
	cmocka_unit_test(links_to_directories_lead_there),
	cmocka_unit_test(an_absolute_link_begins_at_the_root),
	cmocka_unit_test(open_through_a_link),
	cmocka_unit_test(loops_are_found),
	cmocka_unit_test(forty_links_may_follow_each_other),
	{ 0 },
};
