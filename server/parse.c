/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.c -- the small pieces a command line is made of.
 *
 * Stricter than strtoul(3): no sign, no blank, no prefix, no wrap-around.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "parse.h"

/* Moves *s behind the digits; at least one is needed. */
static int
digits(const char **s, unsigned int base, uint64_t *out)
{
	const char *p = *s;
	uint64_t n = 0;
	unsigned int d;

	for (; *p >= '0' && (d = (unsigned int)(*p - '0')) < base; p++) {
		if (__builtin_mul_overflow(n, base, &n) ||
		    __builtin_add_overflow(n, d, &n))
			return -ERANGE;
	}
	if (p == *s)
		return -EINVAL;
	*s = p;
	*out = n;
	return 0;
}

static int
in_range(uint64_t n, uint64_t min, uint64_t max, uint64_t *out)
{
	if (n < min || n > max)
		return -ERANGE;
	*out = n;
	return 0;
}

static int
whole_number(const char *s, unsigned int base, uint64_t *n)
{
	int rc = digits(&s, base, n);

	return rc == 0 && *s != '\0' ? -EINVAL : rc;
}

int
parse_number(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n;
	int rc = whole_number(s, 10, &n);

	return rc != 0 ? rc : in_range(n, min, max, out);
}

int
parse_octal(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	uint64_t n;
	int rc = whole_number(s, 8, &n);

	return rc != 0 ? rc : in_range(n, min, max, out);
}

int
parse_size(const char *s, uint64_t min, uint64_t max, uint64_t *out)
{
	static const char units[] = "KMGT";
	const char *unit;
	uint64_t n;
	int rc;

	if ((rc = digits(&s, 10, &n)) != 0)
		return rc;
	if (*s != '\0') {
		if ((unit = strchr(units, *s)) == NULL || s[1] != '\0')
			return -EINVAL;
		if (__builtin_mul_overflow(
			n, UINT64_C(1024) << (10 * (unit - units)), &n))
			return -ERANGE;
	}
	return in_range(n, min, max, out);
}

int
parse_ids(const char *s, uid_t *uid, gid_t *gid)
{
	const uint64_t max = UINT32_MAX - 1;
	uint64_t u, g;
	int rc;

	if ((rc = digits(&s, 10, &u)) != 0)
		return rc;
	if (*s++ != ':')
		return -EINVAL;
	if ((rc = in_range(u, 0, max, &u)) != 0 ||
	    (rc = parse_number(s, 0, max, &g)) != 0)
		return rc;
	*uid = (uid_t)u;
	*gid = (gid_t)g;
	return 0;
}

size_t
parse_span(const char *s, const char *ends)
{
	size_t n = 0;

	while (s[n] != '\0' && strchr(ends, s[n]) == NULL)
		n += s[n] == '\\' && s[n + 1] != '\0' ? 2 : 1;
	return n;
}

char *
parse_field(char **rest, const char *ends)
{
	char *start = *rest, *in = start, *out = start;

	while (*in != '\0' && strchr(ends, *in) == NULL) {
		if (*in == '\\' && *++in == '\0')
			return NULL;
		*out++ = *in++;
	}
	*rest = *in == '\0' ? NULL : in + 1;
	*out = '\0';
	return start;
}
