/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fuzz_p9.c -- the codec against whatever bytes there are.
 *
 * The first byte of an input picks the dialect.  The rest is taken twice: as a
 * stream that is cut into frames, and as one frame whose size has been put
 * right, so that no input is wasted on a wrong size.  What decodes has to
 * print, to encode to the same bytes, and to decode to the same again.
 */

#include <errno.h>
#include <stddef.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "p9.h"

#define MSIZE 65536

#define MUST(cond)                                                             \
	do {                                                                   \
		if (!(cond)) {                                                 \
			fprintf(stderr, "not true: %s\n", #cond);              \
			abort();                                               \
		}                                                              \
	} while (0)

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void
check_print(const struct p9_msg *m, enum p9_dialect d)
{
	static char line[4 * MSIZE + 4096];
	char start[16];
	int n = p9_print(m, d, line, sizeof(line));

	MUST(n > 0 && (size_t)n == strlen(line));
	for (int i = 0; i < n; i++)
		MUST(line[i] >= ' ' && line[i] <= '~');
	MUST(strstr(line, "%00") == NULL);
	MUST(p9_print(m, d, start, sizeof(start)) == n);
	MUST(strncmp(start, line, sizeof(start) - 1) == 0);
}

/* An encoding is longer than what it came from only by an optional field. */
static void
check_encode(
    const struct p9_msg *m, enum p9_dialect d, const uint8_t *buf, size_t len)
{
	static uint8_t first[MSIZE + 4], second[MSIZE + 4];
	struct p9_msg again;
	int n = p9_encode(m, d, first, sizeof(first));

	MUST(n == (int)len || n == (int)len + 4);
	if (n == (int)len)
		MUST(memcmp(first, buf, len) == 0);
	MUST(p9_encode(m, d, second, (size_t)n - 1) == -EMSGSIZE);
	MUST(p9_decode(&again, d, first, (size_t)n) == 0);
	MUST(p9_encode(&again, d, second, sizeof(second)) == n);
	MUST(memcmp(first, second, (size_t)n) == 0);
}

static void
check_entries(p9_data data)
{
	static uint8_t again[MSIZE];
	struct p9_dirent e;
	int n;

	while ((n = p9_dirent_decode(&e, data.p, data.len)) > 0) {
		MUST((uint32_t)n <= data.len);
		MUST(p9_dirent_encode(&e, again, (size_t)n) == (size_t)n);
		MUST(memcmp(again, data.p, (size_t)n) == 0);
		data.p += n;
		data.len -= (uint32_t)n;
	}
	MUST(n == -EBADMSG);
}

static void
check_frame(enum p9_dialect d, const uint8_t *buf, size_t len)
{
	struct p9_msg m, request;
	int rc = p9_decode(&m, d, buf, len);
	int request_rc = p9_decode_request(&request, d, buf, len);

	MUST(rc == 0 || rc == -EBADMSG || rc == -EOPNOTSUPP);
	if (len >= P9_HDRSZ && m.type % 2 == 1 && rc == 0)
		MUST(request_rc == -EOPNOTSUPP);
	else if (len >= P9_HDRSZ && m.type % 2 == 0)
		MUST(request_rc == rc);
	if (rc != 0)
		return;
	check_print(&m, d);
	check_encode(&m, d, buf, len);
	if (d == P9_DIALECT_L && m.type == P9_Rreaddir)
		check_entries(m.u.Rreaddir.data);
}

static void
check_stream(enum p9_dialect d, const uint8_t *buf, size_t len)
{
	int64_t n;

	while ((n = p9_frame_size(buf, len, MSIZE)) > 0 && (size_t)n <= len) {
		check_frame(d, buf, (size_t)n);
		buf += n;
		len -= (size_t)n;
	}
}

int
LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	enum p9_dialect d;
	uint8_t *buf;

	if (size < 2 || size > MSIZE)
		return 0;
	d = data[0] % P9_NDIALECTS;
	if ((buf = malloc(--size)) == NULL)
		return 0;
	memcpy(buf, data + 1, size);

	check_stream(d, buf, size);
	for (size_t i = 0; i < 4 && i < size; i++)
		buf[i] = (uint8_t)(size >> i * 8);
	check_frame(d, buf, size);
	free(buf);
	return 0;
}
