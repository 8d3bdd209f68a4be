/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * p9dump.c -- proto9p in another program: what is said on a connection.
 *
 *	p9dump <BYTES
 *
 * takes what one side of a connection of 9P2000.L has sent, and prints a line
 * for each message.  There is nothing to set up: p9_frame_size() finds the
 * frames in a stream, p9_decode() checks one and says what is in it.
 */

#include <errno.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "p9.h"

#define MSIZE (1U << 20) /* the longest message that is believed */

/* The message that begins at buf. */
static int
show(const uint8_t *buf, size_t len)
{
	char line[2048];
	struct p9_msg m;
	int rc;

	rc = p9_decode(&m, P9_DIALECT_L, buf, len);
	if (rc != 0)
		return rc;
	p9_print(&m, P9_DIALECT_L, line, sizeof(line));
	puts(line);
	return 0;
}

/* All that are whole; *used is how many bytes those are. */
static int
show_all(const uint8_t *buf, size_t len, size_t *used)
{
	int64_t size;
	int rc;

	for (*used = 0;; *used += (size_t)size) {
		size = p9_frame_size(buf + *used, len - *used, MSIZE);
		if (size < 0)
			return (int)size;
		if (size == 0 || (size_t)size > len - *used)
			return 0;
		if ((rc = show(buf + *used, (size_t)size)) != 0)
			return rc;
	}
}

int
main(void)
{
	static uint8_t buf[MSIZE];
	size_t len = 0, n, used;
	uint64_t where = 0;
	int rc;

	while ((n = fread(buf + len, 1, sizeof(buf) - len, stdin)) > 0) {
		len += n;
		rc = show_all(buf, len, &used);
		where += used;
		len -= used;
		memmove(buf, buf + used, len);
		if (rc != 0) {
			fprintf(stderr, "p9dump: at byte %llu: %s\n",
			    (unsigned long long)where, strerror(-rc));
			return 1;
		}
	}
	if (ferror(stdin) || len > 0) {
		fprintf(stderr, "p9dump: %s\n",
		    ferror(stdin) ? strerror(errno) : "the last is not whole");
		return 1;
	}
	return 0;
}
