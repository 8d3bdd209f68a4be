/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mkcorpus.c -- make the seeds of fuzz_p9 from the test vectors: one file per
 * row, the dialect as first byte and then the row's bytes.
 *
 *	mkcorpus DIR <tests/unit/vectors/9p2000L.tsv
 */

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "p9.h"

static int
dialect_of(const char *name)
{
	if (strcmp(name, P9_VERSION_L) == 0)
		return P9_DIALECT_L;
	return strcmp(name, P9_VERSION_U) == 0 ? P9_DIALECT_U : P9_DIALECT_2000;
}

static int
write_seed(const char *dir, unsigned int row, int dialect, const char *hex)
{
	char path[4096];
	unsigned int byte;
	FILE *f;

	snprintf(path, sizeof(path), "%s/%03u", dir, row);
	if ((f = fopen(path, "wb")) == NULL) {
		perror(path);
		return -1;
	}
	fputc(dialect, f);
	for (; sscanf(hex, "%2x", &byte) == 1; hex += 2)
		fputc((int)byte, f);
	return fclose(f);
}

int
main(int argc, char **argv)
{
	char *line = NULL, *s;
	const char *dialect, *hex;
	unsigned int row = 0;
	size_t cap = 0;

	if (argc != 2) {
		fprintf(stderr, "usage: mkcorpus DIR <vectors.tsv\n");
		return 2;
	}
	while (getline(&line, &cap, stdin) > 0) {
		s = line;
		dialect = strsep(&s, "\t");
		strsep(&s, "\t"); /* type */
		strsep(&s, "\t"); /* description */
		hex = strsep(&s, "\t");
		if (dialect[0] == '#' || hex == NULL)
			continue;
		if (write_seed(argv[1], row++, dialect_of(dialect), hex) != 0)
			return 1;
	}
	free(line);
	return row > 0 ? 0 : 1;
}
