/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * text.c -- names and numbers, as people write and see them.
 */

#include <unistd.h>

#include "cli.h"
#include "utf8.h"

/* How a character is shown on a terminal; len is what it takes of text. */
static const char *
shown(const char *text, size_t *len, char buf[8])
{
	static const char letters[] = "\a\b\t\n\v\f\r\\";
	static const char names[] = "abtnvfr\\";
	uint32_t code;
	const char *l;

	*len = utf8_get(text, strlen(text), &code);
	if (*len == 1 && (l = strchr(letters, *text)) != NULL)
		snprintf(buf, 8, "\\%c", names[l - letters]);
	else if (*len == 0 || code < ' ' || (code >= 0x7f && code < 0xa0))
		snprintf(buf, 8, "\\%03o", (unsigned char)*text);
	else
		snprintf(buf, 8, "%.*s", (int)*len, text);
	/* Byte by byte, if it is no character or not one to be shown. */
	if (*len == 0 || buf[0] == '\\')
		*len = 1;
	return buf;
}

void
cli_text(FILE *out, const char *text)
{
	char buf[8];
	size_t len;

	if (!isatty(fileno(out))) {
		fputs(text, out);
		return;
	}
	for (; *text != '\0'; text += len)
		fputs(shown(text, &len, buf), out);
}

char *
cli_shown(const char *text)
{
	char buf[8], *s = NULL;
	size_t len, all;
	FILE *out = open_memstream(&s, &all);

	if (out == NULL)
		return NULL;
	for (; *text != '\0'; text += len)
		fputs(shown(text, &len, buf), out);
	if (fclose(out) == 0)
		return s;
	free(s);
	return NULL;
}

size_t
cli_width(const char *text)
{
	size_t width = 0, len;
	char buf[8];

	for (; *text != '\0'; text += len) {
		shown(text, &len, buf);
		width += buf[0] == '\\' ? strlen(buf) : 1;
	}
	return width;
}

bool
cli_number(const char *text, uint64_t max, uint64_t *out)
{
	static const char units[] = "KMGT";
	uint64_t n = 0, unit = 1;
	const char *u;

	if (*text < '0' || *text > '9')
		return false;
	for (; *text >= '0' && *text <= '9'; text++)
		if (__builtin_mul_overflow(n, (uint64_t)10, &n) ||
		    __builtin_add_overflow(n, (uint64_t)(*text - '0'), &n))
			return false;
	/* A blank without that bit would be the end of units. */
	if (*text > ' ' && (u = strchr(units, *text & ~0x20)) != NULL) {
		unit <<= 10 * (u - units + 1);
		text++;
	}
	if (*text != '\0' || __builtin_mul_overflow(n, unit, &n) || n > max)
		return false;
	*out = n;
	return true;
}

char *
cli_join(const char *dir, const char *name)
{
	size_t len = strlen(dir);
	char *path;

	if (asprintf(&path, "%s%s%s", dir,
		len > 0 && dir[len - 1] != '/' ? "/" : "", name) < 0)
		return NULL;
	return path;
}

char *
cli_basename(const char *path)
{
	size_t end = strlen(path), start;

	while (end > 1 && path[end - 1] == '/')
		end--;
	for (start = end; start > 0 && path[start - 1] != '/'; start--)
		;
	return start == end && end > 0 ? strdup("/")
				       : strndup(path + start, end - start);
}

char *
cli_here(struct cli *c)
{
	char *buf = NULL, *more;
	size_t cap = 256;

	for (;; cap *= 4) {
		if ((more = realloc(buf, cap)) == NULL)
			break;
		buf = more;
		if (etfsc_getcwd(c->fs, buf, cap) != -ERANGE)
			return buf;
	}
	free(buf);
	return NULL;
}
