/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * expected.c -- the failures that are known, and where.
 *
 * A file of lines with four columns, which tabs separate: case, conditions, a
 * part of the failure's text, reason.  Conditions are comma-separated; each is
 * a name, "=" and the values that it may have, with "|" between them, and all
 * must hold.  "-" is no condition.  The text "?" is for what cannot be told:
 * there the case is left out.  Lines that begin with "#" are comments.
 */

#include <err.h>

#include "check.h"

#define MAX 512

static struct expected lines[MAX];
static size_t count;

static void
read_line(char *line, const char *path, int number)
{
	struct expected *e = &lines[count];
	char *rest = line;

	line[strcspn(line, "\n")] = '\0';
	e->name = strsep(&rest, "\t");
	e->when = strsep(&rest, "\t");
	e->what = strsep(&rest, "\t");
	e->why = strsep(&rest, "\t");
	if (e->why == NULL || *e->what == '\0' || *e->why == '\0' ||
	    rest != NULL)
		errx(2, "%s:%d: not four columns", path, number);
	if (!posix_is_case(e->name))
		errx(2, "%s:%d: no case %s", path, number, e->name);
	if (++count == MAX)
		errx(2, "%s: too many lines", path);
}

/* The lines are kept for good. */
void
expected_read(const char *path)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	int number;

	if (f == NULL)
		err(2, "%s", path);
	for (number = 1; getline(&line, &cap, f) != -1; number++) {
		if (*line == '#' || *line == '\n')
			continue;
		read_line(line, path, number);
		line = NULL;
		cap = 0;
	}
	free(line);
	if (ferror(f))
		err(2, "%s", path);
	fclose(f);
}

/* Is this one of the words, which sep separates? */
static bool
among(const char *words, char sep, const char *word, size_t len)
{
	const char *end;

	for (;; words = end + 1) {
		end = strchrnul(words, sep);
		if ((size_t)(end - words) == len &&
		    strncmp(words, word, len) == 0)
			return true;
		if (*end == '\0')
			return false;
	}
}

/* One condition, "cache=none|mmap", where a value is one of the conditions. */
static bool
holds(const char *when, size_t len, const char *conditions)
{
	const char *value = memchr(when, '=', len);
	const char *end = when + len, *next;
	char one[128];
	size_t name;

	if (value == NULL)
		return false;
	name = (size_t)(++value - when);
	for (; value < end; value = next + 1) {
		next = memchr(value, '|', (size_t)(end - value));
		if (next == NULL)
			next = end;
		snprintf(one, sizeof(one), "%.*s%.*s", (int)name, when,
		    (int)(next - value), value);
		if (among(conditions, ',', one, strlen(one)))
			return true;
	}
	return false;
}

static bool
applies(const char *when, const char *conditions)
{
	size_t len;

	if (strcmp(when, "-") == 0)
		return true;
	for (;; when += len + 1) {
		len = strcspn(when, ",");
		if (!holds(when, len, conditions))
			return false;
		if (when[len] == '\0')
			return true;
	}
}

const struct expected *
expected_of(const char *name, const char *conditions)
{
	size_t i;

	for (i = 0; i < count; i++)
		if (strcmp(lines[i].name, name) == 0 &&
		    applies(lines[i].when, conditions))
			return &lines[i];
	return NULL;
}
