/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs.h -- a file system in memory.
 *
 * Every operation is answered now: a memfs never waits, and needs no loop.
 */

#ifndef MEMFS_H
#define MEMFS_H

#include "vfs.h"

struct memfs_config {
	uint64_t max_bytes; /* of file data, names, targets, xattrs; 0: none */
	uint64_t max_nodes; /* files of all kinds; 0: no limit */
	mode_t mode; /* of the root directory, 07777 */
	uid_t uid;
	gid_t gid;
	bool few; /* it will hold a handful of files, and may not last */
};

int memfs_new(
    struct vfs *vfs, const struct memfs_config *cfg, struct vfs_fs **out);

#endif
