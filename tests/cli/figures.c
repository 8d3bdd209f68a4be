/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * figures.c -- JSON, as far as it is used: an array of objects of numbers and
 * strings.
 */

#include <ctype.h>

#include "figures.h"
#include "wire.h"

static const char *
blanks(const char *p)
{
	while (isspace((unsigned char)*p))
		p++;
	return p;
}

static const char *
expect(const char *p, char c)
{
	p = blanks(p);
	if (*p != c)
		fail_msg("'%c' is missing before: %.40s", c, p);
	return blanks(p + 1);
}

static const char *
string(const char *p, char *out, size_t cap)
{
	size_t n = 0;

	p = expect(p, '"');
	while (*p != '"') {
		assert_true((unsigned char)*p >= 32 && *p != '\\');
		assert_true(n + 1 < cap);
		out[n++] = *p++;
	}
	out[n] = '\0';
	return p + 1;
}

static void
store(struct figures *f, const char *key, double x)
{
#define FIGURE(name)                                                           \
	if (strcmp(key, #name) == 0)                                           \
	f->name = x
	FIGURE(connections);
	FIGURE(depth);
	FIGURE(operations);
	FIGURE(messages);
	FIGURE(errors);
	FIGURE(rate);
	FIGURE(p50_us);
	FIGURE(p99_us);
	FIGURE(mb_s);
	FIGURE(entries_s);
#undef FIGURE
}

static const char *
object(const char *p, struct figures *f)
{
	char key[32], *end;
	double x;

	memset(f, 0, sizeof(*f));
	p = expect(p, '{');
	for (;;) {
		p = expect(string(p, key, sizeof(key)), ':');
		if (*p == '"') {
			p = string(p, f->workload, sizeof(f->workload));
		} else {
			x = strtod(p, &end);
			assert_ptr_not_equal(end, p);
			store(f, key, x);
			p = end;
		}
		p = blanks(p);
		if (*p == '}')
			return p + 1;
		p = expect(p, ',');
	}
}

void
figures_parse(const char *text, struct figures *f, size_t n)
{
	const char *p = expect(text, '[');
	size_t i;

	for (i = 0; i < n; i++) {
		p = object(p, &f[i]);
		if (i + 1 < n)
			p = expect(p, ',');
	}
	p = expect(p, ']');
	assert_int_equal(*p, '\0');
}
