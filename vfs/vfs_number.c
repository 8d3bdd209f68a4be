/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_number.c -- numbers as people write them.
 */

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "vfs_number.h"

int
vfs_digits(const char **s, unsigned int base, uint64_t *out)
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

int
vfs_size(const char **s, uint64_t *out)
{
	static const char units[] = "KMGT";
	const char *p = *s, *unit;
	uint64_t n;
	int rc;

	if ((rc = vfs_digits(&p, 10, &n)) != 0)
		return rc;
	if (*p != '\0' && (unit = strchr(units, *p)) != NULL) {
		if (__builtin_mul_overflow(
			n, UINT64_C(1024) << (10 * (unit - units)), &n))
			return -ERANGE;
		p++;
	}
	*s = p;
	*out = n;
	return 0;
}
