/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9dict.c -- print a fuzzing dictionary: the smallest legal frame of every
 * message in every dialect, straight from the table.
 *
 *	p9dict >p9.dict
 */

#include <stdio.h>
#include <string.h>

#include "p9.h"

static void
print_entry(enum p9_dialect d, unsigned int type, const char *suffix)
{
	struct p9_msg m;
	uint8_t buf[256];
	int n;

	memset(&m, 0, sizeof(m));
	m.type = (p9_u8)type;
	n = p9_encode(&m, d, buf, sizeof(buf));
	printf("%s%s=\"", p9_name(d, type), suffix);
	for (int i = 0; i < n; i++)
		printf("\\x%02x", buf[i]);
	printf("\"\n");
}

int
main(void)
{
	static const char *const suffix[P9_NDIALECTS] = {
		[P9_DIALECT_2000] = "_2000",
		[P9_DIALECT_U] = "_u",
		[P9_DIALECT_L] = "",
	};

	for (unsigned int d = 0; d < P9_NDIALECTS; d++)
		for (unsigned int type = 0; type < 256; type++)
			if (p9_name(d, type) != NULL)
				print_entry(d, type, suffix[d]);
	return 0;
}
