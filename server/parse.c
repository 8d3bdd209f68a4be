/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * parse.c -- the small pieces a command line is made of.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "parse.h"
#include "vfs_number.h"

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
	int rc = vfs_digits(&s, base, n);

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
	uint64_t n;
	int rc;

	if ((rc = vfs_size(&s, &n)) != 0)
		return rc;
	return *s != '\0' ? -EINVAL : in_range(n, min, max, out);
}

int
parse_ids(const char *s, uid_t *uid, gid_t *gid)
{
	const uint64_t max = UINT32_MAX - 1;
	uint64_t u, g;
	int rc;

	if ((rc = vfs_digits(&s, 10, &u)) != 0)
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
