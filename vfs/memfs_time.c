/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_time.c -- the times of a file, and its version.
 *
 * atime and mtime can be set to anything, ctime and btime are our own clock's,
 * for which a number of nanoseconds will do until 2262.  So will it for a time
 * at which we were read; as a single atomic number readers can set it while
 * they share the lock: read_at, if set, is the atime.  It is set as relatime
 * does (mount(8)): if the file has changed since, or once a day.
 */

#include "memfs_internal.h"

#define NSEC 1000000000LL
#define DAY (86400 * NSEC)

static struct timespec
clock_now(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_REALTIME, &ts);
	return ts;
}

/* Times too far away for the number are as far as it goes. */
static int64_t
ts_to_ns(struct timespec ts)
{
	int64_t ns;

	if (__builtin_mul_overflow(ts.tv_sec, NSEC, &ns) ||
	    __builtin_add_overflow(ns, ts.tv_nsec, &ns))
		return ts.tv_sec < 0 ? INT64_MIN : INT64_MAX;
	return ns;
}

static struct timespec
ns_to_ts(int64_t ns)
{
	struct timespec ts = { ns / NSEC, ns % NSEC };

	if (ts.tv_nsec < 0) {
		ts.tv_sec--;
		ts.tv_nsec += NSEC;
	}
	return ts;
}

static struct timespec
get_atime(const struct memfs_node *node)
{
	int64_t read_at =
	    atomic_load_explicit(&node->read_at, memory_order_relaxed);

	return read_at != 0 ? ns_to_ts(read_at) : node->atime;
}

static void
set_atime(struct memfs_node *node, struct timespec ts)
{
	node->atime = ts;
	atomic_store_explicit(&node->read_at, 0, memory_order_relaxed);
}

void
memfs_time_born(struct memfs_node *node)
{
	node->atime = node->mtime = clock_now();
	node->ctime = node->btime = ts_to_ns(node->mtime);
}

void
memfs_time_changed(struct memfs_node *node)
{
	node->ctime = ts_to_ns(clock_now());
}

void
memfs_time_modified(struct memfs_node *node)
{
	uint32_t version =
	    atomic_load_explicit(&node->vn.version, memory_order_relaxed) + 1;

	atomic_store_explicit(&node->vn.version, version != 0 ? version : 1,
	    memory_order_relaxed);
	node->mtime = clock_now();
	node->ctime = ts_to_ns(node->mtime);
}

void
memfs_time_was_read(struct memfs_node *node)
{
	int64_t now = ts_to_ns(clock_now());
	int64_t atime = ts_to_ns(get_atime(node));

	if (node->vn.fs->readonly)
		return;
	if (atime <= ts_to_ns(node->mtime) || atime <= node->ctime ||
	    atime < now - DAY)
		atomic_store_explicit(
		    &node->read_at, now, memory_order_relaxed);
}

void
memfs_time_get(const struct memfs_node *node, struct vattr *out)
{
	out->atime = get_atime(node);
	out->mtime = node->mtime;
	out->ctime = ns_to_ts(node->ctime);
	out->btime = ns_to_ts(node->btime);
	out->has_btime = true;
}

void
memfs_time_set(struct memfs_node *node, const struct vsetattr *sa)
{
	struct timespec now = clock_now();

	if (sa->mask & VSET_ATIME)
		set_atime(node, sa->mask & VSET_ATIME_NOW ? now : sa->atime);
	if (sa->mask & VSET_MTIME)
		node->mtime = sa->mask & VSET_MTIME_NOW ? now : sa->mtime;
	node->ctime = ts_to_ns(now);
}
