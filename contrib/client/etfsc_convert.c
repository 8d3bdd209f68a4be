/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfsc_convert.c -- see etfsc_convert.h.
 *
 * The wire has Linux's numbers of x86.  Types of files and permissions are the
 * same on every Linux; flags and locks are not.
 */

#include <fcntl.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>

#include "etfsc_convert.h"

struct etfsc_qid
etfsc_qid_of(const p9_qid *qid)
{
	return (struct etfsc_qid){ qid->path, qid->version, qid->type };
}

/* 32 bits, as the kernel keeps them: 12 of major amid 20 of minor. */
static dev_t
dev_of(uint64_t rdev)
{
	return makedev(
	    (rdev >> 8) & 0xfff, (rdev & 0xff) | ((rdev >> 12) & 0xfff00));
}

static struct timespec
time_of(uint64_t sec, uint64_t nsec)
{
	return (
	    struct timespec){ (time_t)sec, nsec < 1000000000 ? (long)nsec : 0 };
}

void
etfsc_attr_of(const struct p9_Rgetattr *in, struct etfsc_attr *out)
{
	*out = (struct etfsc_attr){
		.valid = in->valid,
		.qid = etfsc_qid_of(&in->qid),
		.mode = in->mode,
		.uid = in->uid,
		.gid = in->gid,
		.nlink = in->nlink,
		.rdev = dev_of(in->rdev),
		.size = in->size,
		.blksize = in->blksize,
		.blocks = in->blocks,
		.atime = time_of(in->atime_sec, in->atime_nsec),
		.mtime = time_of(in->mtime_sec, in->mtime_nsec),
		.ctime = time_of(in->ctime_sec, in->ctime_nsec),
		.btime = time_of(in->btime_sec, in->btime_nsec),
		.gen = in->gen,
		.data_version = in->data_version,
	};
}

void
etfsc_statfs_of(const struct p9_Rstatfs *in, struct etfsc_statfs *out)
{
	*out =
	    (struct etfsc_statfs){ in->type, in->bsize, in->blocks, in->bfree,
		    in->bavail, in->files, in->ffree, in->fsid, in->namelen };
}

uint8_t
etfsc_wire_lock(int type)
{
	return type == F_RDLCK ? P9_LOCK_RDLCK
	    : type == F_WRLCK  ? P9_LOCK_WRLCK
			       : P9_LOCK_UNLCK;
}

bool
etfsc_lock_of(const struct p9_Rgetlock *in, struct etfsc_lock *out)
{
	static const int types[] = { [P9_LOCK_RDLCK] = F_RDLCK,
		[P9_LOCK_WRLCK] = F_WRLCK,
		[P9_LOCK_UNLCK] = F_UNLCK };
	size_t len = in->client_id.len;

	if (in->type > P9_LOCK_UNLCK)
		return false;
	if (len >= sizeof(out->client_id))
		len = sizeof(out->client_id) - 1;
	out->type = types[in->type];
	out->start = in->start;
	out->length = in->length;
	out->proc_id = in->proc_id;
	memcpy(out->client_id, in->client_id.s, len);
	out->client_id[len] = '\0';
	return true;
}

uint32_t
etfsc_wire_flags(int flags)
{
	static const struct {
		int host;
		uint32_t wire;
	} bits[] = {
		{ O_CREAT, P9_O_CREATE },
		{ O_EXCL, P9_O_EXCL },
		{ O_TRUNC, P9_O_TRUNC },
		{ O_APPEND, P9_O_APPEND },
		{ O_NONBLOCK, P9_O_NONBLOCK },
		{ O_DIRECTORY, P9_O_DIRECTORY },
		{ O_NOFOLLOW, P9_O_NOFOLLOW },
		{ O_DSYNC, P9_O_DSYNC },
		{ O_SYNC & ~O_DSYNC, P9_O_SYNC },
	};
	uint32_t wire = P9_O_RDONLY;
	size_t i;

	if ((flags & O_ACCMODE) != O_RDONLY)
		wire =
		    (flags & O_ACCMODE) == O_WRONLY ? P9_O_WRONLY : P9_O_RDWR;
	for (i = 0; i < sizeof(bits) / sizeof(bits[0]); i++)
		if (flags & bits[i].host)
			wire |= bits[i].wire;
	return wire;
}

/* Returns the bits that say what is to be done about a time. */
static uint32_t
wire_time(const struct timespec *in, uint32_t touch, uint32_t set,
    uint64_t *sec, uint64_t *nsec)
{
	if (in->tv_nsec == UTIME_OMIT)
		return 0;
	if (in->tv_nsec == UTIME_NOW)
		return touch;
	*sec = (uint64_t)in->tv_sec;
	*nsec = (uint64_t)in->tv_nsec;
	return touch | set;
}

void
etfsc_wire_setattr(const struct etfsc_setattr *in, struct p9_Tsetattr *out)
{
	*out = (struct p9_Tsetattr){
		.valid = in->valid &
		    (P9_SETATTR_MODE | P9_SETATTR_UID | P9_SETATTR_GID |
			P9_SETATTR_SIZE),
		.mode = in->mode & 07777,
		.uid = in->uid,
		.gid = in->gid,
		.size = in->size,
	};
	if (in->valid & ETFSC_SET_ATIME)
		out->valid |= wire_time(&in->atime, P9_SETATTR_ATIME,
		    P9_SETATTR_ATIME_SET, &out->atime_sec, &out->atime_nsec);
	if (in->valid & ETFSC_SET_MTIME)
		out->valid |= wire_time(&in->mtime, P9_SETATTR_MTIME,
		    P9_SETATTR_MTIME_SET, &out->mtime_sec, &out->mtime_nsec);
}
