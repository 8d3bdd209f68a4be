/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare.c -- are two transcripts equal, but for what is allowed to differ?
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
 * star stands for anything.  There may be several pairs of tmpfs and here.
 */

#include "gtool.h"

struct text {
	char **line;
	size_t lines;
};

struct allowed {
	char *reason;
	char *where;
	char *tmpfs;
	char *here;
};

struct rules {
	struct allowed rule[256];
	size_t count;
};

static int
read_text(const char *path, struct text *t)
{
	FILE *f = fopen(path, "r");
	char *line = NULL;
	size_t cap = 0;
	ssize_t n;

	memset(t, 0, sizeof(*t));
	if (f == NULL) {
		fprintf(stderr, "%s: %s\n", path, err_name(errno));
		return -1;
	}
	while ((n = getline(&line, &cap, f)) > 0) {
		if (line[n - 1] == '\n')
			line[n - 1] = '\0';
		t->line = realloc(t->line, (t->lines + 1) * sizeof(char *));
		if (t->line == NULL)
			exit(2);
		t->line[t->lines++] = line;
		line = NULL;
		cap = 0;
	}
	fclose(f);
	return 0;
}

static bool
like(const char *pattern, const char *s)
{
	for (; *pattern != '\0'; pattern++, s++) {
		if (*pattern == '*') {
			do {
				if (like(pattern + 1, s))
					return true;
			} while (*s++ != '\0');
			return false;
		}
		if (*pattern != *s)
			return false;
	}
	return *s == '\0';
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

static void
parse_rules(struct text *t, struct rules *r)
{
	char *reason = NULL, *where = NULL, *tmpfs = NULL;
	bool fresh = true;
	size_t i;

	r->count = 0;
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
			if (r->count < nitems(r->rule))
				r->rule[r->count++] = (struct allowed){ reason,
					where, tmpfs, line + 6 };
		} else if (line[0] != '\t' && fresh) {
			reason = line;
			where = NULL;
			fresh = false;
		}
	}
}

static const char *
reason_for(const struct rules *r, const char *place, const char *tmpfs,
    const char *here)
{
	size_t i;

	for (i = 0; i < r->count; i++)
		if (applies(r->rule[i].where, place) &&
		    like(r->rule[i].tmpfs, tmpfs) &&
		    like(r->rule[i].here, here))
			return r->rule[i].reason;
	return NULL;
}

/* The end of the lines that belong to the topic of line i. */
static size_t
topic_end(const struct text *t, size_t i)
{
	size_t len = strcspn(t->line[i], ":") + 1, first = i;

	while (i < t->lines && strncmp(t->line[i], t->line[first], len) == 0)
		i++;
	return i;
}

static size_t alike, excused, wrong;

static void
compare_line(const struct rules *r, const char *place, const char *tmpfs,
    const char *here)
{
	const char *reason;

	if (strcmp(tmpfs, here) == 0) {
		alike++;
	} else if ((reason = reason_for(r, place, tmpfs, here)) != NULL) {
		excused++;
		printf("allowed: %s\n    here:  %s\n", reason, here);
	} else {
		wrong++;
		printf("DIFFERS\n    tmpfs: %s\n    here:  %s\n", tmpfs, here);
	}
}

/* How many lines of a from i and of b from j can be matched, at most? */
static unsigned short common[1000][1000];

static void
count_common(const struct text *a, const struct text *b, size_t i, size_t n,
    size_t j, size_t m)
{
	size_t k, l;

	memset(common, 0, sizeof(common));
	for (k = n; k-- > 0;)
		for (l = m; l-- > 0;) {
			unsigned short *c = &common[k][l];

			if (strcmp(a->line[i + k], b->line[j + l]) == 0)
				*c = (unsigned short)(common[k + 1][l + 1] + 1);
			else if (common[k + 1][l] > common[k][l + 1])
				*c = common[k + 1][l];
			else
				*c = common[k][l + 1];
		}
}

/*
 * Compare the n lines of a and m lines of b that belong to one topic: as many
 * equal ones as can be are matched; what is between two matches is paired.
 */
static void
compare_topic(const struct rules *r, const char *place, const struct text *a,
    const struct text *b, size_t i, size_t n, size_t j, size_t m)
{
	size_t k = 0, l = 0, k_end, l_end;

	if (n >= nitems(common))
		n = nitems(common) - 1;
	if (m >= nitems(common))
		m = nitems(common) - 1;
	count_common(a, b, i, n, j, m);
	while (k < n || l < m) {
		/* Up to the next match. */
		for (k_end = k, l_end = l; k_end < n && l_end < m &&
		     strcmp(a->line[i + k_end], b->line[j + l_end]) != 0;) {
			if (common[k_end + 1][l_end] > common[k_end][l_end + 1])
				k_end++;
			else
				l_end++;
		}
		if (k_end == n || l_end == m) {
			k_end = n;
			l_end = m;
		}
		while (k < k_end || l < l_end)
			compare_line(r, place,
			    k < k_end ? a->line[i + k++] : "(nothing)",
			    l < l_end ? b->line[j + l++] : "(nothing)");
		if (k < n)
			compare_line(
			    r, place, a->line[i + k++], b->line[j + l++]);
	}
}

int
cmd_compare(int argc, char **argv)
{
	struct text rules_text, a, b;
	static struct rules rules;
	size_t i = 0, j = 0;

	if (argc != 5 || read_text(argv[1], &rules_text) == -1 ||
	    read_text(argv[3], &a) == -1 || read_text(argv[4], &b) == -1)
		return 2;
	parse_rules(&rules_text, &rules);

	/* A topic with lines too many or too few must not shift the rest. */
	while (i < a.lines || j < b.lines) {
		size_t i_end = i < a.lines ? topic_end(&a, i) : i;
		size_t j_end = j < b.lines ? topic_end(&b, j) : j;

		compare_topic(
		    &rules, argv[2], &a, &b, i, i_end - i, j, j_end - j);
		i = i_end;
		j = j_end;
	}
	if (b.lines == 0 || strncmp(b.line[b.lines - 1], "end of ", 7) != 0) {
		printf("DIFFERS: the steps did not come to their end\n");
		wrong++;
	}
	printf("%zu steps alike, %zu differ and may, %zu differ\n", alike,
	    excused, wrong);
	return wrong != 0;
}
