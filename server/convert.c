/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * convert.c -- see convert.h.
 */

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/sysmacros.h>

#include "convert.h"

struct vname
name_of(p9_str s)
{
	return (struct vname){ s.s, s.len };
}

static uint8_t
qid_type(mode_t type)
{
	if (S_ISDIR(type))
		return P9_QTDIR;
	return S_ISLNK(type) ? P9_QTSYMLINK : P9_QTFILE;
}

p9_qid
qid_of(struct vqid qid)
{
	return (p9_qid){ qid.path, qid.version, qid_type(qid.type) };
}

p9_qid
qid_of_vnode(struct vnode *vn)
{
	return qid_of(vnode_qid(vn));
}

int
open_flags_of(uint32_t flags)
{
	static const struct {
		uint32_t wire;
		int host;
	} map[] = {
		{ P9_O_WRONLY, O_WRONLY },
		{ P9_O_RDWR, O_RDWR },
		{ P9_O_EXCL, O_EXCL },
		{ P9_O_TRUNC, O_TRUNC },
		{ P9_O_APPEND, O_APPEND },
		{ P9_O_NONBLOCK, O_NONBLOCK },
		{ P9_O_DSYNC, O_DSYNC },
		{ P9_O_SYNC, O_SYNC },
		{ P9_O_NOATIME, O_NOATIME },
	};
	int host = 0;
	size_t i;

	for (i = 0; i < sizeof(map) / sizeof(map[0]); i++)
		if (flags & map[i].wire)
			host |= map[i].host;
	return host;
}

static const struct {
	uint32_t wire;
	mode_t host;
	uint8_t dirent;
} types[] = {
	{ P9_S_IFIFO, S_IFIFO, 1 },
	{ P9_S_IFCHR, S_IFCHR, 2 },
	{ P9_S_IFDIR, S_IFDIR, 4 },
	{ P9_S_IFBLK, S_IFBLK, 6 },
	{ P9_S_IFREG, S_IFREG, 8 },
	{ P9_S_IFLNK, S_IFLNK, 10 },
	{ P9_S_IFSOCK, S_IFSOCK, 12 },
};

#define NTYPES (sizeof(types) / sizeof(types[0]))

/* A type that is none stays an unknown number: mknod refuses it. */
mode_t
mode_of(uint32_t wire)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if ((wire & P9_S_IFMT) == types[i].wire)
			return types[i].host | (wire & 07777);
	return wire & (P9_S_IFMT | 07777);
}

uint32_t
mode_to_wire(mode_t mode)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if ((mode & S_IFMT) == types[i].host)
			return types[i].wire | (mode & 07777);
	return mode & 07777;
}

uint8_t
dirent_type_of(mode_t type)
{
	size_t i;

	for (i = 0; i < NTYPES; i++)
		if ((type & S_IFMT) == types[i].host)
			return types[i].dirent;
	return 0;
}

static int
time_of(uint64_t sec, uint64_t nsec, struct timespec *ts)
{
	if (nsec >= 1000000000)
		return -EINVAL;
	ts->tv_sec = (time_t)sec; /* signed on the wire as well */
	ts->tv_nsec = (long)nsec;
	return 0;
}

int
setattr_of(const struct p9_Tsetattr *in, struct vsetattr *sa)
{
	memset(sa, 0, sizeof(*sa));
	if (in->valid & P9_SETATTR_MODE)
		sa->mask |= VSET_MODE;
	if (in->valid & P9_SETATTR_UID)
		sa->mask |= VSET_UID;
	if (in->valid & P9_SETATTR_GID)
		sa->mask |= VSET_GID;
	if (in->valid & P9_SETATTR_SIZE)
		sa->mask |= VSET_SIZE;
	if (in->valid & P9_SETATTR_ATIME)
		sa->mask |= VSET_ATIME |
		    (in->valid & P9_SETATTR_ATIME_SET ? 0 : VSET_ATIME_NOW);
	if (in->valid & P9_SETATTR_MTIME)
		sa->mask |= VSET_MTIME |
		    (in->valid & P9_SETATTR_MTIME_SET ? 0 : VSET_MTIME_NOW);
	sa->mode = in->mode & 07777;
	sa->uid = in->uid;
	sa->gid = in->gid;
	sa->size = in->size;
	if ((sa->mask & VSET_SIZE) && in->size > INT64_MAX)
		return -EINVAL;
	if ((sa->mask & VSET_ATIME) && !(sa->mask & VSET_ATIME_NOW) &&
	    time_of(in->atime_sec, in->atime_nsec, &sa->atime) != 0)
		return -EINVAL;
	if ((sa->mask & VSET_MTIME) && !(sa->mask & VSET_MTIME_NOW) &&
	    time_of(in->mtime_sec, in->mtime_nsec, &sa->mtime) != 0)
		return -EINVAL;
	return 0;
}

/* Linux decodes rdev as its own 32-bit number. */
static uint64_t
rdev_to_wire(dev_t rdev)
{
	uint32_t maj = major(rdev), min = minor(rdev);

	return (min & 0xffU) | (uint64_t)maj << 8 |
	    (uint64_t)(min & ~0xffU) << 12;
}

void
attr_to_wire(
    const struct vattr *attr, uint64_t blksize, struct p9_Rgetattr *out)
{
	*out = (struct p9_Rgetattr){
		.valid = P9_GETATTR_BASIC,
		.qid = { attr->path, attr->version, qid_type(attr->mode) },
		.mode = mode_to_wire(attr->mode),
		.uid = attr->uid,
		.gid = attr->gid,
		.nlink = attr->nlink,
		.rdev = rdev_to_wire(attr->rdev),
		.size = attr->size,
		.blksize = blksize,
		.blocks = attr->blocks,
		.atime_sec = (uint64_t)attr->atime.tv_sec,
		.atime_nsec = (uint64_t)attr->atime.tv_nsec,
		.mtime_sec = (uint64_t)attr->mtime.tv_sec,
		.mtime_nsec = (uint64_t)attr->mtime.tv_nsec,
		.ctime_sec = (uint64_t)attr->ctime.tv_sec,
		.ctime_nsec = (uint64_t)attr->ctime.tv_nsec,
	};
	if (attr->has_btime) {
		out->valid |= P9_GETATTR_BTIME;
		out->btime_sec = (uint64_t)attr->btime.tv_sec;
		out->btime_nsec = (uint64_t)attr->btime.tv_nsec;
	}
}

void
statfs_to_wire(const struct vstatfs *st, struct p9_Rstatfs *out)
{
	*out = (struct p9_Rstatfs){
		.type = P9_STATFS_MAGIC,
		.bsize = st->bsize,
		.blocks = st->blocks,
		.bfree = st->bfree,
		.bavail = st->bavail,
		.files = st->files,
		.ffree = st->ffree,
		.fsid = st->fsid,
		.namelen = st->namelen,
	};
}
