/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * allowed.c -- what may differ, and why.
 *
 * The allowed differences are paragraphs of a file:
 *
 *	# a comment
 *	The reason, in a line or several.
 *		where	none,loose 6.1
 *		tmpfs	topic: step = 0
 *		here	topic: step = -1 E*
 *
 * "where" may be missing (then it is everywhere); else the place, a list of
 * words that the rig chooses, must have one of each term's alternatives.  A
 * star stands for anything, and a percent sign for anything that is the same
 * in both lines.  There may be several pairs of tmpfs and here.
 */

#include "allowed.h"

struct allowed {
	char *reason;
	char *tmpfs;
	char *here;
};

static struct allowed rules[256];
static size_t rules_count;

#define SAME_MAX 8

/* What the percent signs of the one line stand for. */
struct same {
	const char *s[SAME_MAX];
	size_t len[SAME_MAX];
	size_t count;
};

/* Is s like pattern, from its percent sign number n on? */
static bool
like(const char *pattern, const char *s, const struct same *same, size_t n)
{
	for (; *pattern != '\0'; pattern++) {
		if (*pattern == '*') {
			do {
				if (like(pattern + 1, s, same, n))
					return true;
			} while (*s++ != '\0');
			return false;
		}
		if (*pattern == '%' && n < same->count) {
			if (strncmp(s, same->s[n], same->len[n]) != 0)
				return false;
			s += same->len[n++];
		} else if (*pattern != *s++) {
			return false;
		}
	}
	return *s == '\0';
}

/* Is tmpfs like the rest of its pattern, and here then like its own? */
static bool
both_like(const struct allowed *a, const char *pattern, const char *tmpfs,
    const char *here, struct same *same)
{
	size_t n = same->count;
	const char *end;

	for (; *pattern != '\0'; pattern++, tmpfs++) {
		bool again = *pattern == '%' && n < SAME_MAX;

		if (*pattern == '*' || again) {
			end = tmpfs;
			do {
				same->count = n + again;
				if (again) {
					same->s[n] = tmpfs;
					same->len[n] = (size_t)(end - tmpfs);
				}
				if (both_like(a, pattern + 1, end, here, same))
					return true;
			} while (*end++ != '\0');
			return false;
		}
		if (*pattern != *tmpfs)
			return false;
	}
	return *tmpfs == '\0' && like(a->here, here, same, 0);
}

/* Is word, up to a separator, one of the words of list? */
static bool
listed(const char *word, const char *list)
{
	size_t len = strcspn(word, ", ");

	for (; *list != '\0'; list += strspn(list, " ")) {
		size_t n = strcspn(list, " ");

		if (n == len && strncmp(word, list, n) == 0)
			return true;
		list += n;
	}
	return false;
}

/* Does every term of where have an alternative that is listed in place? */
static bool
applies(const char *where, const char *place)
{
	bool found = false;

	if (where == NULL)
		return true;
	for (;;) {
		found = found || listed(where, place);
		where += strcspn(where, ", ");
		if (*where == ',') {
			where++;
			continue;
		}
		if (!found || *where == '\0')
			return found;
		where += strspn(where, " ");
		found = false;
	}
}

void
allowed_read(const struct text *t, const char *place)
{
	char *reason = NULL, *where = NULL, *tmpfs = NULL;
	bool fresh = true;
	size_t i;

	for (i = 0; i < t->lines; i++) {
		char *line = t->line[i];

		if (line[0] == '#')
			continue;
		if (line[0] == '\0') {
			fresh = true;
		} else if (strncmp(line, "\twhere\t", 7) == 0) {
			where = line + 7;
		} else if (strncmp(line, "\ttmpfs\t", 7) == 0) {
			tmpfs = line + 7;
		} else if (strncmp(line, "\there\t", 6) == 0) {
			if (!applies(where, place))
				continue;
			if (rules_count == nitems(rules)) {
				fprintf(stderr, "too many differences\n");
				exit(2);
			}
			rules[rules_count++] =
			    (struct allowed){ reason, tmpfs, line + 6 };
		} else if (line[0] != '\t' && fresh) {
			reason = line;
			where = NULL;
			fresh = false;
		}
	}
}

const char *
allowed_reason(const char *tmpfs, const char *here)
{
	size_t i;

	for (i = 0; i < rules_count; i++) {
		struct same same = { .count = 0 };

		if (both_like(&rules[i], rules[i].tmpfs, tmpfs, here, &same))
			return rules[i].reason;
	}
	return NULL;
}
