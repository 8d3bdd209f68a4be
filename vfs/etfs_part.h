/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part.h -- where in a disk image a partition lies.
 *
 * Nothing is kept and nothing written; any thread may ask.  However bad the
 * image, the calls of read are few (hundreds at the most, each of 1 MiB or
 * less), and all of them, like the answer, lie inside of it.
 */

#ifndef ETFS_PART_H
#define ETFS_PART_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "etfs.h"

/* Up to len bytes at off; as pread(2): bytes, fewer at the end, or -errno. */
typedef ssize_t etfs_part_read(void *ctx, void *buf, size_t len, uint64_t off);

struct etfs_part_source {
	etfs_part_read *read;
	void *ctx; /* for read */
	uint64_t size; /* bytes */
	uint32_t sector; /* bytes: a device's logical block; of a file, 512 */
};

struct etfs_part {
	uint64_t offset, size; /* bytes; size is not 0 */
};

/*
 * Find the partition that spec names:
 *
 *	PART:n		number n of the MBR or GPT, counted as Linux does
 *	DISKLABEL:x	letter x of the BSD disklabel
 *	OFFSET:o,s	s bytes from byte o on; both may end in K, M, G or T
 *
 * Ends: 0; -EINVAL: spec makes no sense, there is no such table or partition,
 * or there is something wrong with it; -ENOMEM; or what read has failed with,
 * -EIO if the image ends before its size.  why tells it in words then, without
 * the image's name, and is "" otherwise.
 */
int etfs_part_find(const struct etfs_part_source *src, const char *spec,
    struct etfs_part *out, struct etfs_why *why);

#endif
