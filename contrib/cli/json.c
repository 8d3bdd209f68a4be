/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * json.c -- JSON, one line for each value of the outermost array.
 */

#include <inttypes.h>
#include <string.h>

#include "json.h"
#include "utf8.h"

static void
put_text(FILE *out, const char *s, size_t len)
{
	uint32_t code;
	size_t n;

	fputc('"', out);
	for (; len > 0; s += n, len -= n) {
		if ((n = utf8_get(s, len, &code)) == 0) {
			fputs("\\ufffd", out);
			n = 1;
		} else if (code < ' ' || code == 0x7f)
			fprintf(out, "\\u%04" PRIx32, code);
		else if (code == '"' || code == '\\')
			fprintf(out, "\\%c", *s);
		else
			fwrite(s, 1, n, out);
	}
	fputc('"', out);
}

static bool
is_text(const char *s, size_t len)
{
	uint32_t code;
	size_t n;

	for (; len > 0; s += n, len -= n)
		if ((n = utf8_get(s, len, &code)) == 0)
			return false;
	return true;
}

/* What comes before a value. */
static void
next(struct json *j, const char *key, const char *more)
{
	if (j->some)
		fputc(',', j->out);
	if (j->depth == 1 && key == NULL)
		fputc('\n', j->out);
	else if (j->some)
		fputc(' ', j->out);
	if (key != NULL)
		fprintf(j->out, "\"%s%s\": ", key, more);
	j->some = true;
}

void
json_open(struct json *j, const char *key, char bracket)
{
	next(j, key, "");
	fputc(bracket, j->out);
	j->depth++;
	j->some = false;
}

void
json_close(struct json *j, char bracket)
{
	bool lines = j->depth == 1 && bracket == ']' && j->some;

	j->depth--;
	j->some = true;
	fprintf(j->out, "%s%c%s", lines ? "\n" : "", bracket,
	    j->depth == 0 ? "\n" : "");
}

void
json_bytes(struct json *j, const char *key, const void *bytes, size_t len)
{
	const unsigned char *p = bytes;

	next(j, key, "");
	put_text(j->out, bytes, len);
	if (key == NULL || is_text(bytes, len))
		return;
	next(j, key, "_hex");
	fputc('"', j->out);
	for (; len > 0; len--)
		fprintf(j->out, "%02x", *p++);
	fputc('"', j->out);
}

void
json_text(struct json *j, const char *key, const char *text)
{
	json_bytes(j, key, text, strlen(text));
}

void
json_number(struct json *j, const char *key, uint64_t n)
{
	next(j, key, "");
	fprintf(j->out, "%" PRIu64, n);
}

void
json_real(struct json *j, const char *key, double x)
{
	next(j, key, "");
	fprintf(j->out, "%.3f", x);
}
