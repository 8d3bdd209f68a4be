/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * posix_two_readdir.c -- what one party lists while the other changes it.
 */

#include "posix.h"

/* Names that no buffer on the way has room for at once. */
#define NAMES 160
#define NAME_LENGTH 240

static const char *
name_of(unsigned int n)
{
	static char name[NAME_LENGTH + 1];

	memset(name, '-', NAME_LENGTH);
	snprintf(name, sizeof(name), "%03u", n);
	name[3] = '-';
	return name;
}

static void
make_names(int dir, unsigned int from, unsigned int to)
{
	for (; from < to; from++)
		must(symlinkat("x", dir, name_of(from)) == 0);
}

static void
remove_names(int dir, unsigned int from, unsigned int to, unsigned int step)
{
	for (; from < to; from += step)
		must(unlinkat(dir, name_of(from), 0) == 0);
}

/* Read on, up to max names, and count in seen how often each comes. */
static void
note_names(DIR *d, unsigned int *seen, unsigned int max)
{
	struct dirent *e;
	unsigned long n;

	while (max > 0 && (errno = 0, e = readdir(d)) != NULL) {
		if (e->d_name[0] == '.')
			continue;
		n = strtoul(e->d_name, NULL, 10);
		must(n < NAMES);
		seen[n]++;
		max--;
	}
	must(max == 0 || errno == 0);
}

/* How many of seen[from], ... are at least, or more than, that? */
static unsigned int
seen_often(const unsigned int *seen, unsigned int from, unsigned int to,
    unsigned int step, unsigned int often)
{
	unsigned int n = 0;

	for (; from < to; from += step)
		n += seen[from] >= often;
	return n;
}

static void
a_listing_has_what_was_made_there(void **state)
{
	unsigned int seen[NAMES] = { 0 };
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	d = opens_dir("d");
	note_names(d, seen, NAMES);
	gives(0, seen_often(seen, 0, NAMES, 1, 1));
	ok(chdir(there("d")));
	make_names(AT_FDCWD, 0, 10);
	/* Again, by the same descriptor. */
	rewinddir(d);
	note_names(d, seen, NAMES);
	gives(10, seen_often(seen, 0, 10, 1, 1));
	remove_names(AT_FDCWD, 0, 10, 2);
	rewinddir(d);
	note_names(d, seen, NAMES);
	gives(0, seen_often(seen, 0, 10, 2, 2));
	gives(5, seen_often(seen, 1, 10, 2, 2));
	gives(0, seen_often(seen, 0, NAMES, 1, 3));
	ok(closedir(d));
}

static void
removing_there_loses_no_other_name(void **state)
{
	unsigned int seen[NAMES] = { 0 };
	DIR *d;

	(void)state;
	make_names(AT_FDCWD, 0, NAMES);
	d = opens_dir(".");
	note_names(d, seen, 20);
	remove_names(there_fd, 0, NAMES, 2);
	note_names(d, seen, NAMES);
	gives(NAMES / 2, seen_often(seen, 1, NAMES, 2, 1));
	gives(0, seen_often(seen, 0, NAMES, 1, 2));
	ok(closedir(d));
	memset(seen, 0, sizeof(seen));
	d = opens_dir(".");
	note_names(d, seen, NAMES);
	gives(NAMES / 2, seen_often(seen, 1, NAMES, 2, 1));
	gives(0, seen_often(seen, 0, NAMES, 2, 1));
	ok(closedir(d));
}

static void
making_there_gives_no_name_twice(void **state)
{
	unsigned int seen[NAMES] = { 0 };
	DIR *d;

	(void)state;
	make_names(AT_FDCWD, 0, NAMES / 2);
	d = opens_dir(".");
	note_names(d, seen, 20);
	make_names(there_fd, NAMES / 2, NAMES);
	note_names(d, seen, NAMES);
	gives(NAMES / 2, seen_often(seen, 0, NAMES / 2, 1, 1));
	gives(0, seen_often(seen, 0, NAMES, 1, 2));
	ok(closedir(d));
}

static void
what_is_removed_there_while_it_is_listed_is_empty(void **state)
{
	DIR *d;

	(void)state;
	ok(mkdir("d", 0755));
	d = opens_dir(there("d"));
	yes(readdir(d) != NULL);
	ok(rmdir("d"));
	rewinddir(d);
	yes(readdir(d) == NULL);
	ok(closedir(d));
}

const struct CMUnitTest posix_two_readdir[] = {
	cmocka_unit_test(a_listing_has_what_was_made_there),
	cmocka_unit_test(removing_there_loses_no_other_name),
	cmocka_unit_test(making_there_gives_no_name_twice),
	cmocka_unit_test(what_is_removed_there_while_it_is_listed_is_empty),
	{ 0 },
};
