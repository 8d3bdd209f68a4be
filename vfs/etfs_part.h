/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part.h -- partitions of a disk or of the image of one.
 */

#ifndef ETFS_PART_H
#define ETFS_PART_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "etfs.h"

/* Read up to len bytes at off; as pread(2): bytes or -errno. */
typedef ssize_t etfs_part_read(void *ctx, void *buf, size_t len, uint64_t off);

struct etfs_part_source {
	etfs_part_read *read;
	void *ctx;
	uint64_t size; /* bytes */
	uint32_t sector; /* bytes: 512, or the device's logical block size */
};

struct etfs_part {
	uint64_t offset, size; /* bytes */
};

/*
 * spec: "PART:2", "DISKLABEL:a", "OFFSET:start,size".  0, -EINVAL (why->text
 * says what is wrong), -EIO...
 */
int etfs_part_find(const struct etfs_part_source *src, const char *spec,
    struct etfs_part *out, struct etfs_why *why);

#endif
