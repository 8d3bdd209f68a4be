/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_names.c -- what may be a name, how long it may be, and a path.
 */

#include <dirent.h>
#include <limits.h>

#include "posix.h"

#define DEPTH 20 /* more than a walk has names */

/* A name of that many bytes; good until the next but one. */
static const char *
name_of(size_t len)
{
	static char names[2][PATH_MAX + 8];
	static int which;
	char *name = names[which ^= 1];

	memset(name, 'n', len);
	name[len] = '\0';
	return name;
}

static void
a_name_may_have_255_bytes(void **state)
{
	const char *name = name_of(255);
	char other[256];
	int fd;

	(void)state;
	memset(other, 'o', 255);
	other[255] = '\0';
	fd = opens(open(name, O_WRONLY | O_CREAT, 0644));
	ok(close(fd));
	yes(exists(name));
	ok(chmod(name, 0600));
	gives(0600, mode_of(name));
	ok(truncate(name, 5));
	ok(rename(name, other));
	ok(link(other, name));
	ok(unlink(name));
	ok(symlink(other, name));
	gives(255, look(name).st_size);
	ok(unlink(name));
	ok(mkdir(name, 0755));
	ok(rename(other, name_of(254)));
	ok(rmdir(name));
	ok(mkfifo(other, 0644));
	ok(unlink(other));
}

static void
a_name_may_not_have_256(void **state)
{
	const char *name = name_of(256);
	struct stat st;

	(void)state;
	put("f", "");
	fails(ENAMETOOLONG, open(name, O_WRONLY | O_CREAT, 0644));
	fails(ENAMETOOLONG, open(name, O_RDONLY));
	fails(ENAMETOOLONG, stat(name, &st));
	fails(ENAMETOOLONG, lstat(name, &st));
	fails(ENAMETOOLONG, access(name, F_OK));
	fails(ENAMETOOLONG, chmod(name, 0644));
	fails(ENAMETOOLONG, chown(name, 0, 0));
	fails(ENAMETOOLONG, truncate(name, 0));
	fails(ENAMETOOLONG, mkdir(name, 0755));
	fails(ENAMETOOLONG, rmdir(name));
	fails(ENAMETOOLONG, mkfifo(name, 0644));
	fails(ENAMETOOLONG, symlink("f", name));
	fails(ENAMETOOLONG, link("f", name));
	fails(ENAMETOOLONG, link(name, "g"));
	fails(ENAMETOOLONG, rename("f", name));
	fails(ENAMETOOLONG, rename(name, "f"));
	fails(ENAMETOOLONG, unlink(name));
	fails(ENAMETOOLONG, chdir(name));
	fails(ENAMETOOLONG, utimensat(AT_FDCWD, name, NULL, 0));
	yes(exists("f"));
}

/* "././.../f", of that many bytes. */
static const char *
path_of(size_t len)
{
	static char paths[2][PATH_MAX + 8];
	static int which;
	char *path = paths[which ^= 1];
	size_t i;

	memset(path, '/', len);
	for (i = 0; i + 2 < len; i += 2)
		path[i] = '.';
	path[len - 1] = 'f';
	path[len] = '\0';
	return path;
}

static void
a_path_may_have_4095_bytes(void **state)
{
	const char *path = path_of(4095);
	struct stat st;

	(void)state;
	gives(4095, strlen(path));
	put(path, "text");
	text("text", contents("f"));
	text("text", contents(path_of(4094)));
	ok(stat(path, &st));
	ok(chmod(path, 0600));
	ok(rename(path, "g"));
	ok(link("g", path));
	ok(unlink(path));
	ok(mkdir(path, 0755));
	ok(rmdir(path));
	ok(symlink("g", path));
	text("text", contents(path));
}

static void
a_path_may_not_have_4096(void **state)
{
	const char *path = path_of(4096);
	struct stat st;

	(void)state;
	gives(4096, strlen(path));
	put("f", "text");
	fails(ENAMETOOLONG, stat(path, &st));
	fails(ENAMETOOLONG, open(path, O_RDONLY));
	fails(ENAMETOOLONG, chmod(path, 0600));
	fails(ENAMETOOLONG, rename(path, "g"));
	fails(ENAMETOOLONG, rename("f", path));
	fails(ENAMETOOLONG, link("f", path));
	fails(ENAMETOOLONG, unlink(path));
	fails(ENAMETOOLONG, mkdir(path, 0755));
	fails(ENAMETOOLONG, symlink("x", path));
	fails(ENAMETOOLONG, symlink(path, "l"));
	text("text", contents("f"));
}

/* Directories whose absolute path is longer than any call takes. */
static void
directories_may_be_deeper_than_paths_are_long(void **state)
{
	const char *name = name_of(250);
	char here[PATH_MAX];
	bool good = true;
	int i;

	(void)state;
	for (i = 0; i < DEPTH; i++)
		good = good && mkdir(name, 0755) == 0 && chdir(name) == 0;
	yes(good);
	put("f", "deep");
	text("deep", contents("f"));
	ok(rename("f", "g"));
	gives(4, look("g").st_size);
	yes(getcwd(here, sizeof(here)) == NULL);
	gives(ERANGE, errno);
	ok(unlink("g"));
	for (i = 0; i < DEPTH; i++)
		good = good && chdir("..") == 0 && rmdir(name) == 0;
	yes(good);
	yes(!exists(name));
}

static void
a_deep_path_is_walked_at_once(void **state)
{
	char path[2 * DEPTH + 2];
	bool good = true;
	int home, i;

	(void)state;
	home = opens(open(".", O_RDONLY));
	for (i = 0; i < 2 * DEPTH; i += 2) {
		path[i] = 'd';
		path[i + 1] = '/';
		good = good && mkdir("d", 0755) == 0 && chdir("d") == 0;
	}
	yes(good);
	ok(fchdir(home));
	path[i] = 'f';
	path[i + 1] = '\0';
	put(path, "deep");
	text("deep", contents(path));
	gives(4, look(path).st_size);
	ok(unlink(path));
}

static void
every_byte_may_be_in_a_name(void **state)
{
	char name[4] = "x?x";
	bool seen[256] = { false };
	unsigned int c, n = 0, wrong = 0;
	struct dirent *e;
	DIR *d;

	(void)state;
	for (c = 1; c < 256; c++) {
		name[1] = (char)c;
		if (c != '/' && symlink("x", name) != 0)
			wrong++;
	}
	gives(0, wrong);
	d = opendir(".");
	must(d != NULL);
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == 'x' && strlen(e->d_name) == 3) {
			n++;
			seen[(unsigned char)e->d_name[1]] = true;
		}
	}
	ok(closedir(d));
	gives(254, n);
	for (c = 1; c < 256; c++) {
		name[1] = (char)c;
		if (c != '/' && (!seen[c] || unlink(name) != 0))
			wrong++;
	}
	gives(0, wrong);
}

static void
odd_names_are_names(void **state)
{
	static const char *const names[] = { "...", "..a", ".a", "a.", "-",
		"-rf", " ", "  ", "a b", "\n", "\t", "*", "?", "\\", "\"", "'",
		"~", "#", "%", "con", "a:b", "\x7f", "\xff", "\xc3\xa4",
		"a\xcc\x88", "\xed\xa0\x80" };
	size_t i;

	(void)state;
	for (i = 0; i < nitems(names); i++) {
		put(names[i], names[i]);
		text(names[i], contents(names[i]));
		ok(unlink(names[i]));
	}
}

static void
names_differ_in_case_and_form(void **state)
{
	(void)state;
	put("name", "small");
	put("NAME", "large");
	put("\xc3\xa4", "one");
	put("a\xcc\x88", "two");
	text("small", contents("name"));
	text("large", contents("NAME"));
	text("one", contents("\xc3\xa4"));
	text("two", contents("a\xcc\x88"));
	yes(!exists("Name"));
	yes(look("name").st_ino != look("NAME").st_ino);
}

static void
slashes_and_dots_lead_nowhere(void **state)
{
	struct stat st;

	(void)state;
	ok(mkdir("d", 0755));
	put("d/f", "text");
	text("text", contents("d//f"));
	text("text", contents("./d/./f"));
	text("text", contents("d/../d/f"));
	text("text", contents(".//.//d///f"));
	ok(stat("d/", &st));
	ok(stat("d//", &st));
	ok(stat("d/.", &st));
	gives(look(".").st_ino, look("d/..").st_ino);
	fails(ENOTDIR, stat("d/f/", &st));
	fails(ENOTDIR, stat("d/f/.", &st));
	fails(ENOTDIR, stat("d/f/..", &st));
	fails(ENOENT, stat("nothing/..", &st));
	fails(EISDIR, open("new/", O_WRONLY | O_CREAT, 0644));
	gives(look("/").st_ino, look("/..").st_ino);
}

const struct CMUnitTest posix_names[] = {
	cmocka_unit_test(a_name_may_have_255_bytes),
	cmocka_unit_test(a_name_may_not_have_256),
	cmocka_unit_test(a_path_may_have_4095_bytes),
	cmocka_unit_test(a_path_may_not_have_4096),
	cmocka_unit_test(directories_may_be_deeper_than_paths_are_long),
	cmocka_unit_test(a_deep_path_is_walked_at_once),
	cmocka_unit_test(every_byte_may_be_in_a_name),
	cmocka_unit_test(odd_names_are_names),
	cmocka_unit_test(names_differ_in_case_and_form),
	cmocka_unit_test(slashes_and_dots_lead_nowhere),
	{ 0 },
};
