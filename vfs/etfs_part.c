/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_part.c -- stands in for the one that finds partitions.
 */

#include <errno.h>

#include "etfs_internal.h"
#include "etfs_part.h"

int
etfs_part_find(const struct etfs_part_source *src, const char *spec,
    struct etfs_part *out, struct etfs_why *why)
{
	(void)src;
	(void)out;
	return etfs_because(why, -EOPNOTSUPP, "no partition %s", spec);
}
