/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_extent.c -- bytes of a host file that may be sent from where they lie.
 *
 * Those are the ones in memory: sendfile(2) knows no RWF_NOWAIT, and must not
 * have the loop wait for a disk.  Of a file system on a disk cachestat(2) tells
 * what is there, since Linux 6.5, to whoever may write the file.
 */

#include <errno.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "etfs_internal.h"

#ifndef SYS_cachestat
#define SYS_cachestat 451 /* on every architecture */
#endif

struct range {
	uint64_t off, len;
};

/* Numbers of pages. */
struct residence {
	uint64_t cached, dirty, writeback, evicted, recently_evicted;
};

/* No answer of the kernel is a reason to ask it again. */
static bool
is_cached(struct etfs_dev *dev, int fd, const struct range *range)
{
	uint64_t page = (uint64_t)sysconf(_SC_PAGESIZE);
	uint64_t first = range->off / page;
	uint64_t end = (range->off + range->len + page - 1) / page;
	struct residence r;

	if (atomic_load_explicit(&dev->no_cachestat, memory_order_relaxed))
		return false;
	if (syscall(SYS_cachestat, fd, range, &r, 0) == 0)
		return r.cached == end - first;
	if (errno == ENOSYS || errno == EOPNOTSUPP)
		atomic_store_explicit(
		    &dev->no_cachestat, true, memory_order_relaxed);
	return false;
}

bool
etfs_io_extent(
    struct etfs_dev *dev, int fd, uint64_t off, size_t len, struct vextent *ext)
{
	struct range range = { off, len };
	struct stat st;

	if (!dev->local || fstat(fd, &st) != 0 || !S_ISREG(st.st_mode))
		return false;
	if (off >= (uint64_t)st.st_size)
		range.len = 0;
	else if (range.len > (uint64_t)st.st_size - off)
		range.len = (uint64_t)st.st_size - off;
	*ext = (struct vextent){ fd, (off_t)off, (size_t)range.len };
	return range.len == 0 || dev->never_waits || is_cached(dev, fd, &range);
}
