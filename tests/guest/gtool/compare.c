/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * compare.c -- are two transcripts equal, but for what is allowed to differ?
 */

#include "allowed.h"

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
compare_line(const char *tmpfs, const char *here)
{
	const char *reason;

	if (strcmp(tmpfs, here) == 0) {
		alike++;
	} else if ((reason = allowed_reason(tmpfs, here)) != NULL) {
		excused++;
		printf("allowed: %s\n    here:  %s\n", reason, here);
	} else {
		wrong++;
		printf("DIFFERS\n    tmpfs: %s\n    here:  %s\n", tmpfs, here);
	}
}

/* How long is the step in a line, without its result? */
static size_t
step_len(const char *line)
{
	const char *text = strchr(line, ':'), *end;

	if (text == NULL)
		return strlen(line);
	if ((end = strstr(text, " = ")) == NULL)
		end = strchr(text + 1, ':');
	return end != NULL ? (size_t)(end - line) : strlen(line);
}

/* 2 for two equal lines, 1 for those of one step that may differ, else 0. */
static unsigned short
match(const char *tmpfs, const char *here)
{
	size_t len = step_len(tmpfs);

	if (strcmp(tmpfs, here) == 0)
		return 2;
	return step_len(here) == len && strncmp(tmpfs, here, len) == 0 &&
	    allowed_reason(tmpfs, here) != NULL;
}

/*
 * The best that can be had of lines of a from i and lines of b from j on, and
 * what these two are to each other.
 */
static unsigned short best[1000][1000], pair[1000][1000];

static void
find_best(const struct text *a, const struct text *b, size_t i, size_t n,
    size_t j, size_t m)
{
	size_t k, l;

	memset(best, 0, sizeof(best));
	for (k = n; k-- > 0;)
		for (l = m; l-- > 0;) {
			unsigned short *c = &best[k][l];

			pair[k][l] = match(a->line[i + k], b->line[j + l]);
			*c = best[k + 1][l] > best[k][l + 1] ? best[k + 1][l]
							     : best[k][l + 1];
			if (pair[k][l] != 0 &&
			    best[k + 1][l + 1] + pair[k][l] > *c)
				*c = (unsigned short)(best[k + 1][l + 1] +
				    pair[k][l]);
		}
}

/* Are these two lines a pair where the most pairs are had? */
static bool
paired(size_t k, size_t l)
{
	return pair[k][l] != 0 && best[k][l] == best[k + 1][l + 1] + pair[k][l];
}

/*
 * Compare the n lines of a and m lines of b that belong to one topic: as many
 * as can be are paired with their like, and what is between two such pairs
 * with what is left.
 */
static void
compare_topic(const struct text *a, const struct text *b, size_t i, size_t n,
    size_t j, size_t m)
{
	size_t k = 0, l = 0, k_end, l_end;

	if (n >= nitems(best))
		n = nitems(best) - 1;
	if (m >= nitems(best))
		m = nitems(best) - 1;
	find_best(a, b, i, n, j, m);
	while (k < n || l < m) {
		/* Up to the next pair. */
		for (k_end = k, l_end = l;
		     k_end < n && l_end < m && !paired(k_end, l_end);) {
			if (best[k_end + 1][l_end] > best[k_end][l_end + 1])
				k_end++;
			else
				l_end++;
		}
		if (k_end == n || l_end == m) {
			k_end = n;
			l_end = m;
		}
		while (k < k_end || l < l_end)
			compare_line(k < k_end ? a->line[i + k++] : "(nothing)",
			    l < l_end ? b->line[j + l++] : "(nothing)");
		if (k < n)
			compare_line(a->line[i + k++], b->line[j + l++]);
	}
}

int
cmd_compare(int argc, char **argv)
{
	struct text rules, a, b;
	size_t i = 0, j = 0;

	if (argc != 5 || read_text(argv[1], &rules) == -1 ||
	    read_text(argv[3], &a) == -1 || read_text(argv[4], &b) == -1)
		return 2;
	allowed_read(&rules, argv[2]);

	/* A topic with lines too many or too few must not shift the rest. */
	while (i < a.lines || j < b.lines) {
		size_t i_end = i < a.lines ? topic_end(&a, i) : i;
		size_t j_end = j < b.lines ? topic_end(&b, j) : j;

		compare_topic(&a, &b, i, i_end - i, j, j_end - j);
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
