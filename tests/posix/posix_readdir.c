/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_readdir.c -- readdir(3), telldir(3), seekdir(3), rewinddir(3), also while
 * entries come and go.
 */

#include "posix.h"

#define MANY 5000 /* at most */
#define SEEKS 200

/* The next name other than . and .., or NULL. */
static const char *
next_name(DIR *d)
{
	struct dirent *e;

	do {
		errno = 0;
		e = readdir(d);
	} while (e != NULL &&
	    (strcmp(e->d_name, ".") == 0 || strcmp(e->d_name, "..") == 0));
	must(e != NULL || errno == 0);
	return e != NULL ? e->d_name : NULL;
}

/* How many names there are, from here on. */
static unsigned int
rest(DIR *d)
{
	unsigned int n = 0;

	while (next_name(d) != NULL)
		n++;
	return n;
}

static unsigned int
count(const char *path)
{
	DIR *d = opens_dir(path);
	unsigned int n = rest(d);

	ok(closedir(d));
	return n;
}

/* Names f0, f1, ... in the current directory. */
static void
fill(unsigned int from, unsigned int to)
{
	char name[32];

	for (; from < to; from++) {
		snprintf(name, sizeof(name), "f%u", from);
		must(symlink("x", name) == 0);
	}
}

static void
clear(unsigned int from, unsigned int to, unsigned int step)
{
	char name[32];

	for (; from < to; from += step) {
		snprintf(name, sizeof(name), "f%u", from);
		must(unlink(name) == 0);
	}
}

/*
 * Read on, and note in seen how often each of f0, f1, ... comes; up to max
 * names.  Returns how many came.
 */
static unsigned int
note_names(DIR *d, unsigned char *seen, unsigned int max)
{
	const char *name;
	unsigned long which;
	unsigned int n;

	for (n = 0; n < max && (name = next_name(d)) != NULL; n++) {
		which = strtoul(name + 1, NULL, 10);
		must(name[0] == 'f' && which < MANY);
		seen[which]++;
	}
	return n;
}

/* How many of seen[from], seen[from + step], ... are something else? */
static unsigned int
others(const unsigned char *seen, unsigned int from, unsigned int to,
    unsigned int step, unsigned int wanted)
{
	unsigned int n = 0;

	for (; from < to; from += step)
		n += seen[from] != wanted;
	return n;
}

static void
an_empty_directory_has_two_entries(void **state)
{
	unsigned int dots = 0, all = 0;
	struct dirent *e;
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	d = opens_dir("d");
	while ((e = readdir(d)) != NULL) {
		all++;
		if (strcmp(e->d_name, ".") == 0) {
			dots++;
			gives(look("d").st_ino, e->d_ino);
			gives(DT_DIR, e->d_type);
		}
		if (strcmp(e->d_name, "..") == 0) {
			dots++;
			gives(look(".").st_ino, e->d_ino);
		}
	}
	gives(2, dots);
	gives(2, all);
	ok(closedir(d));
}

static void
entries_tell_types_and_numbers(void **state)
{
	static const unsigned char types[] = { ['f'] = DT_REG,
		['d'] = DT_DIR,
		['l'] = DT_LNK,
		['p'] = DT_FIFO,
		['s'] = DT_SOCK };
	struct dirent *e;
	unsigned int n = 0;
	DIR *d;

	(void)state;
	put("f", "");
	ok(mkdir("d", 0755));
	ok(symlink("f", "l"));
	ok(mkfifo("p", 0644));
	ok(mknod("s", S_IFSOCK | 0644, 0));
	d = opens_dir(".");
	while ((e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n++;
		gives(look(e->d_name).st_ino, e->d_ino);
		yes(e->d_type == types[(unsigned char)e->d_name[0]] ||
		    e->d_type == DT_UNKNOWN);
	}
	gives(5, n);
	ok(closedir(d));
}

static void
what_is_made_and_removed_comes_and_goes(void **state)
{
	(void)state;
	gives(0, count("."));
	put("f", "");
	gives(1, count("."));
	ok(rename("f", "g"));
	gives(1, count("."));
	ok(link("g", "h"));
	ok(mkdir("d", 0755));
	gives(3, count("."));
	ok(rename("h", "d/h"));
	gives(2, count("."));
	gives(1, count("d"));
	ok(unlink("g"));
	gives(1, count("."));
}

static void
rewinddir_begins_again(void **state)
{
	DIR *d;

	(void)state;
	put("a", "");
	d = opens_dir(".");
	gives(1, rest(d));
	yes(readdir(d) == NULL);
	put("b", "");
	rewinddir(d);
	gives(2, rest(d));
	ok(unlink("a"));
	rewinddir(d);
	text("b", next_name(d));
	yes(next_name(d) == NULL);
	ok(closedir(d));
}

static void
two_streams_are_independent(void **state)
{
	char name[256];
	DIR *a, *b;

	(void)state;
	put("a", "");
	put("b", "");
	put("c", "");
	a = opens_dir(".");
	b = opens_dir(".");
	yes(a != b);
	snprintf(name, sizeof(name), "%s", next_name(a));
	text(name, next_name(b));
	gives(2, rest(a));
	gives(2, rest(b));
	ok(closedir(a));
	rewinddir(b);
	gives(3, rest(b));
	ok(closedir(b));
}

static void
seekdir_goes_where_telldir_was(void **state)
{
	static char names[SEEKS][32];
	static long places[SEEKS];
	unsigned int i, wrong = 0;
	const char *name;
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	fill(0, SEEKS);
	d = opens_dir(".");
	for (i = 0; i < SEEKS; i++) {
		places[i] = telldir(d);
		must((name = next_name(d)) != NULL);
		snprintf(names[i], sizeof(names[i]), "%s", name);
	}
	yes(next_name(d) == NULL);
	for (i = SEEKS; i >= 20;) {
		i -= 20;
		seekdir(d, places[i]);
		name = next_name(d);
		if (name == NULL || strcmp(name, names[i]) != 0)
			wrong++;
	}
	gives(0, wrong);
	seekdir(d, places[SEEKS / 2]);
	gives(SEEKS - SEEKS / 2, rest(d));
	yes(telldir(d) != places[0]);
	seekdir(d, places[0]);
	gives(SEEKS, rest(d));
	ok(closedir(d));
}

static void
many_entries_come_once_each(void **state)
{
	const unsigned int n = posix_entries;
	static unsigned char seen[MANY];
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	fill(0, n);
	d = opens_dir(".");
	gives(n, note_names(d, seen, n + 1));
	gives(0, others(seen, 0, n, 1, 1));
	rewinddir(d);
	gives(n, note_names(d, seen, n + 1));
	gives(0, others(seen, 0, n, 1, 2));
	ok(closedir(d));
	clear(0, n, 1);
	gives(0, count("."));
	ok(chdir(".."));
	ok(rmdir("d"));
}

/* readdir(3): what is neither made nor removed meanwhile comes once. */
static void
entries_that_stay_come_once_while_others_go(void **state)
{
	const unsigned int entries = posix_entries / 5;
	static unsigned char seen[MANY];
	unsigned int n;
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	fill(0, entries);
	d = opens_dir(".");
	n = note_names(d, seen, entries / 10);
	gives(entries / 10, n);
	clear(1, entries, 2);
	note_names(d, seen, MANY);
	gives(0, others(seen, 0, entries, 2, 1));
	yes(others(seen, 1, entries, 2, 0) + others(seen, 1, entries, 2, 1) ==
	    entries / 2);
	ok(closedir(d));
	gives(entries / 2, count("."));
}

static void
entries_that_stay_come_once_while_others_come(void **state)
{
	const unsigned int entries = posix_entries / 5;
	static unsigned char seen[MANY];
	unsigned int n;
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	fill(0, entries);
	d = opens_dir(".");
	n = note_names(d, seen, entries / 10);
	gives(entries / 10, n);
	fill(entries, 2 * entries);
	note_names(d, seen, MANY);
	gives(0, others(seen, 0, entries, 1, 1));
	yes(others(seen, entries, 2 * entries, 1, 0) +
		others(seen, entries, 2 * entries, 1, 1) ==
	    entries);
	ok(closedir(d));
	gives(2 * entries, count("."));
}

/* As rm -r does it. */
static void
entries_can_be_removed_while_they_are_read(void **state)
{
	const unsigned int entries = posix_entries / 5;
	const char *name;
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	ok(chdir("d"));
	fill(0, entries);
	d = opens_dir(".");
	while ((name = next_name(d)) != NULL)
		must(unlink(name) == 0);
	ok(closedir(d));
	gives(0, count("."));
	ok(rmdir("../d"));
}

static void
fdopendir_reads_a_descriptor(void **state)
{
	DIR *d;
	int fd;

	(void)state;
	put("a", "");
	put("b", "");
	fd = opens(open(".", O_RDONLY | O_DIRECTORY));
	d = fdopendir(fd);
	must(d != NULL);
	gives(fd, dirfd(d));
	gives(2, rest(d));
	ok(lseek(fd, 0, SEEK_SET));
	rewinddir(d);
	gives(2, rest(d));
	ok(closedir(d));
	fails(EBADF, close(fd));
	yes(fdopendir(-1) == NULL);
	gives(EBADF, errno);
	fd = opens(open("a", O_RDONLY));
	yes(fdopendir(fd) == NULL);
	gives(ENOTDIR, errno);
}

static void
listing_needs_read_permission(void **state)
{
	DIR *d;

	(void)state;
	ok(mkdir("d", 0744));
	put("d/f", "");
	as(USER);
	gives(1, count("d"));
	as(0);
	ok(chmod("d", 0711));
	as(USER);
	yes(opendir("d") == NULL);
	gives(EACCES, errno);
	as(0);
	d = opens_dir("d");
	as(USER);
	gives(1, rest(d));
	ok(closedir(d));
}

const struct CMUnitTest posix_readdir[] = {
	cmocka_unit_test(an_empty_directory_has_two_entries),
	cmocka_unit_test(entries_tell_types_and_numbers),
	cmocka_unit_test(what_is_made_and_removed_comes_and_goes),
	cmocka_unit_test(rewinddir_begins_again),
	cmocka_unit_test(two_streams_are_independent),
	cmocka_unit_test(seekdir_goes_where_telldir_was),
	cmocka_unit_test(many_entries_come_once_each),
	cmocka_unit_test(entries_that_stay_come_once_while_others_go),
	cmocka_unit_test(entries_that_stay_come_once_while_others_come),
	cmocka_unit_test(entries_can_be_removed_while_they_are_read),
	cmocka_unit_test(fdopendir_reads_a_descriptor),
	cmocka_unit_test(listing_needs_read_permission),
	{ 0 },
};
