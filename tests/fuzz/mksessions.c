/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * mksessions.c -- make the seeds of fuzz_session: conversations, one a file.
 *
 *	mksessions DIR COUNT
 */

#include <stdio.h>
#include <stdlib.h>

#include "fuzz_talk.h"

static int
write_session(const char *dir, unsigned int number)
{
	struct talk talk = { number * 0x9e3779b97f4a7c15ULL };
	uint8_t buf[8192];
	char path[4096];
	size_t n;
	FILE *f;
	unsigned int i, frames = 4 + talk_below(&talk, 60);

	n = talk_hello(&talk, buf, sizeof(buf));
	for (i = 0; i < frames; i++)
		n += talk_frame(&talk, buf + n, sizeof(buf) - n);
	snprintf(path, sizeof(path), "%s/%04u", dir, number);
	if ((f = fopen(path, "wb")) == NULL) {
		perror(path);
		return -1;
	}
	fwrite(buf, 1, n, f);
	return fclose(f);
}

int
main(int argc, char **argv)
{
	unsigned int i, n;

	if (argc != 3) {
		fprintf(stderr, "usage: mksessions DIR COUNT\n");
		return 2;
	}
	n = (unsigned int)strtoul(argv[2], NULL, 10);
	for (i = 1; i <= n; i++)
		if (write_session(argv[1], i) != 0)
			return 1;
	return 0;
}
