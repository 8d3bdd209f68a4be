/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * utf8.c -- one character of UTF-8, strictly: no surrogates, nothing longer
 * than it has to be, nothing beyond U+10FFFF.
 */

#include "utf8.h"

size_t
utf8_get(const char *s, size_t len, uint32_t *code)
{
	static const uint32_t least[] = { 0, 0, 0x80, 0x800, 0x10000 };
	const unsigned char *p = (const unsigned char *)s;
	size_t n, i;

	if (len == 0)
		return 0;
	n = p[0] < 0x80 ? 1 : p[0] >= 0xf0 ? 4 : p[0] >= 0xe0 ? 3 : 2;
	if (p[0] >= 0xf8 || (p[0] & 0xc0) == 0x80 || n > len)
		return 0;
	*code = n == 1 ? p[0] : p[0] & (0x7fU >> n);
	for (i = 1; i < n; i++) {
		if ((p[i] & 0xc0) != 0x80)
			return 0;
		*code = *code << 6 | (p[i] & 0x3f);
	}
	if (*code < least[n] || *code > 0x10ffff ||
	    (*code >= 0xd800 && *code <= 0xdfff))
		return 0;
	return n;
}
