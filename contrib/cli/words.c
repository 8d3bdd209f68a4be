/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * words.c -- a line, cut into words.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "words.h"

/* A line has no more words than characters, and they are no longer. */
static int
prepare(struct words *w, const char *line)
{
	size_t len = strlen(line);

	memset(w, 0, sizeof(*w));
	w->v = calloc(len + 2, sizeof(*w->v));
	return w->v != NULL ? 0 : -ENOMEM;
}

/* What comes behind a backslash: as it is, but in " most keep it; a newline is
 * gone with it. */
static const char *
escape(struct words *w, const char *s, FILE *out)
{
	if (*s == '\0') {
		w->quote = '\\';
		return s;
	}
	if (*s == '\n')
		return s + 1;
	if (w->quote == '"' && strchr("\"\\$`", *s) == NULL)
		fputc('\\', out);
	fputc(*s, out);
	return s + 1;
}

/* One word from s on; returns where it ends. */
static const char *
word(struct words *w, const char *s, FILE *out)
{
	for (;;) {
		if (*s == '\0') {
			w->open = true;
			return s;
		}
		if (w->quote != '\'' && *s == '\\')
			s = escape(w, s + 1, out);
		else if (w->quote != 0 && *s == w->quote)
			w->quote = 0, s++;
		else if (w->quote == 0 && (*s == '\'' || *s == '"'))
			w->quote = *s++;
		else if (w->quote == 0 && strchr(" \t\n", *s) != NULL)
			return s;
		else
			fputc(*s++, out);
	}
}

/* A newline behind a backslash is no word, either. */
static const char *
skip(const char *s)
{
	for (;;) {
		s += strspn(s, " \t\n");
		if (s[0] != '\\' || s[1] != '\n')
			return s;
		s += 2;
	}
}

static const char *
comment(struct words *w, const char *s)
{
	s += strcspn(s, "\n");
	w->comment = *s == '\0';
	return s;
}

int
words_split(const char *line, struct words *w)
{
	const char *s;
	size_t len;
	FILE *out;
	int rc = prepare(w, line);

	for (s = line; rc == 0 && *(s = skip(s)) != '\0';) {
		if (*s == '#') {
			s = comment(w, s);
			continue;
		}
		out = open_memstream(&w->v[w->n], &len);
		if (out == NULL)
			return -ENOMEM;
		w->n++;
		s = word(w, s, out);
		if (fclose(out) != 0)
			rc = -ENOMEM;
	}
	return rc;
}

void
words_free(struct words *w)
{
	size_t i;

	for (i = 0; i < w->n; i++)
		free(w->v[i]);
	free(w->v);
	memset(w, 0, sizeof(*w));
}

char *
words_quote(const char *text, char quote)
{
	const char *special = quote == '\'' ? ""
	    : quote == '"'                  ? "\"\\$`"
					    : " \t\\'\"#";
	char *s = NULL;
	size_t len;
	FILE *out = open_memstream(&s, &len);

	if (out == NULL)
		return NULL;
	for (; *text != '\0'; text++) {
		if (quote == '\'' && *text == '\'') {
			fputs("'\\''", out);
			continue;
		}
		if (strchr(special, *text) != NULL)
			fputc('\\', out);
		fputc(*text, out);
	}
	if (fclose(out) == 0)
		return s;
	free(s);
	return NULL;
}
