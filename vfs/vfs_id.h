/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_id.h -- numbers that identify files in the whole server.
 *
 * A file is (device, inode) on its host.  Its number is a small index of the
 * device above 48 bits of inode number.  Inode numbers that need more (some
 * network and stacked file systems) get the next free number of a range of
 * their own, remembered for good: the number of a file may never change.
 */

#ifndef VFS_ID_H
#define VFS_ID_H

#include <stdatomic.h>
#include <stdint.h>
#include <uv.h>

#define VID_MAX_DEVS 1024

struct vid_entry;

struct vid_table {
	uv_mutex_t mutex; /* guards all but reading devs below ndevs */
	_Atomic size_t ndevs;
	uint64_t devs[VID_MAX_DEVS];
	uint64_t next_dev; /* vfs_new_dev() */
	uint64_t next_odd; /* files that do not fit the scheme */
	struct vid_entry *odd;
};

int vid_init(struct vid_table *t);
void vid_fini(struct vid_table *t);

/* The number of (dev, ino); 0 if there is no memory to remember it. */
uint64_t vid_of(struct vid_table *t, uint64_t dev, uint64_t ino);

#endif
