/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * partial.c -- files that are not whole yet.
 */

#include <inttypes.h>
#include <sys/stat.h>

#include "partial.h"

#define SUFFIX ".etfs-partial"

/* FNV-1a: it has to tell names and sources apart, not to keep secrets. */
static uint64_t
mix(uint64_t sum, const void *data, size_t len)
{
	const unsigned char *p = data;

	for (; len > 0; len--)
		sum = (sum ^ *p++) * 0x100000001b3U;
	return sum;
}

#define START 0xcbf29ce484222325U

/* One that is long is cut between characters, and told from its like. */
void
partial_name(const char *name, char out[PARTIAL_NAME])
{
	size_t len = strlen(name), room = ETFSC_NAME_MAX - strlen("." SUFFIX);

	if (len <= room) {
		snprintf(out, PARTIAL_NAME, ".%s" SUFFIX, name);
		return;
	}
	for (room -= 17; room > 0 && (name[room] & 0xc0) == 0x80; room--)
		;
	snprintf(out, PARTIAL_NAME, ".%.*s.%016" PRIx64 SUFFIX, (int)room, name,
	    mix(START, name, len));
}

bool
partial_named(const char *name)
{
	size_t len = strlen(name), end = strlen(SUFFIX);

	return name[0] == '.' && len > end &&
	    strcmp(name + len - end, SUFFIX) == 0;
}

bool
partial_worth(const struct etfsc_attr *source)
{
	return source->size > PARTIAL_WINDOW;
}

struct timespec
partial_stamp(const struct etfsc_attr *source)
{
	uint64_t sum = mix(START, &source->size, sizeof(source->size));

	sum = mix(sum, &source->mtime.tv_nsec, sizeof(source->mtime.tv_nsec));
	return (
	    struct timespec){ source->mtime.tv_sec, (long)(sum % 1000000000U) };
}

uint64_t
partial_offset(
    const struct etfsc_attr *source, const struct etfsc_attr *partial)
{
	struct timespec stamp = partial_stamp(source);

	if (!S_ISREG(partial->mode) || partial->size >= source->size ||
	    partial->size <= PARTIAL_WINDOW ||
	    partial->atime.tv_sec != stamp.tv_sec ||
	    partial->atime.tv_nsec != stamp.tv_nsec)
		return 0;
	return partial->size - PARTIAL_WINDOW;
}
