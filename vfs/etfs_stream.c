/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_stream.c -- a character device, FIFO or terminal of the host, shown as a
 * regular file that is a stream.
 *
 * A client would open a device node as its own device, or not at all: so it is
 * shown a regular file, of size 0 and without a version, which it does not
 * cache.  What it reads and writes there goes to the host's device, whatever
 * the offset (etfs_stream_io.c).
 *
 * Each open of the file opens the device, and each close closes it, as if the
 * client's program ran on the host: the host checks permissions, as whoever the
 * client is; a device that gives each of its users something of his own (an
 * event queue, a pseudo-terminal) does so here, too; who reads a FIFO comes to
 * its end when those that wrote to it have left; and after a hang-up the next
 * open is a new beginning.  One descriptor for all would have none of that.  It
 * would keep a modem's line up between two users; who wants that can keep the
 * file open himself.
 *
 * To open a device is already to use it (a watchdog begins to bark), so nothing
 * is opened before a client asks.  A FIFO is the exception: it is kept open for
 * reading, or nobody could write to it before it is read.  So the server stands
 * in for readers that are yet to come: what is written waits, up to the pipe's
 * capacity, until somebody reads it, or the mount goes.
 *
 * The mount holds an O_PATH descriptor, and opens it through /proc as
 * etfs_host.c tells.  What becomes of the path later does not matter.
 *
 * The node is the host's: its owner and mode are shown, and nobody changes them
 * from here.  A size and times are nothing that a stream has: setting them is
 * what programs do before and after they write, so it does nothing, well.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/statvfs.h>
#include <unistd.h>

#include "etfs_stream.h"

#define OPEN_FLAGS (O_NONBLOCK | O_NOCTTY | O_CLOEXEC)

static int
host_stat(const struct etfs_stream *s, struct statx *sx)
{
	/* The inode is held; what the file system keeps of it will do. */
	if (statx(s->path, "",
		AT_EMPTY_PATH | AT_NO_AUTOMOUNT | AT_STATX_DONT_SYNC,
		STATX_BASIC_STATS | STATX_BTIME, sx) != 0)
		return -errno;
	return 0;
}

static struct timespec
time_of(const struct statx_timestamp *t)
{
	return (struct timespec){ .tv_sec = t->tv_sec, .tv_nsec = t->tv_nsec };
}

static int
stream_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	struct statx sx;
	int rc;

	(void)op;
	if ((rc = host_stat(stream_of(vn), &sx)) != 0)
		return rc;
	*out = (struct vattr){
		.mode = S_IFREG | (sx.stx_mode & 0777),
		.path = vn->path,
		.nlink = 1, /* the key */
		.uid = sx.stx_uid,
		.gid = sx.stx_gid,
		.blksize = sx.stx_blksize,
		.has_btime = sx.stx_mask & STATX_BTIME,
		.atime = time_of(&sx.stx_atime),
		.mtime = time_of(&sx.stx_mtime),
		.ctime = time_of(&sx.stx_ctime),
		.btime = time_of(&sx.stx_btime),
	};
	return 0;
}

static int
stream_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	(void)op;
	(void)vn;
	(void)file;
	return sa->mask & (VSET_MODE | VSET_UID | VSET_GID) ? -EPERM : 0;
}

static int
stream_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out)
{
	struct statvfs st;

	if (!vop_may_block(op))
		return VFS_WOULDBLOCK;
	if (fstatvfs(stream_of(vn)->path, &st) != 0)
		return -errno;
	*out = (struct vstatfs){
		.bsize = (uint32_t)st.f_frsize,
		.blocks = st.f_blocks,
		.bfree = st.f_bfree,
		.bavail = st.f_bavail,
		.files = st.f_files,
		.ffree = st.f_ffree,
		.fsid = st.f_fsid,
		.namelen = (uint32_t)st.f_namemax,
	};
	return 0;
}

static int
open_host(int path, int flags, int *out)
{
	struct etfs_path proc;

	do {
		*out = open(etfs_host_path(&proc, path), OPEN_FLAGS | flags);
	} while (*out < 0 && errno == EINTR);
	return *out >= 0 ? 0 : -errno;
}

/* A driver may take its time to open and to close, O_NONBLOCK or not. */
static int
stream_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	struct etfs_stream *s = stream_of(vn);
	int rc;

	(void)dir;
	(void)name;
	if (!vop_may_block(op))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_cred_take(op, &s->etfs)) != 0 ||
	    (rc = open_host(s->path, flags & O_ACCMODE, &file->fd)) != 0)
		return rc;
	if ((file->priv = etfs_stream_file_new(file->fd)) == NULL) {
		close(file->fd);
		return -ENOMEM;
	}
	return 0;
}

/* What is the loop's is given back on the loop, the rest on a worker. */
static int
stream_close(struct vop *op, struct vfile *file)
{
	if (file->priv != NULL)
		etfs_stream_file_free(file->priv);
	file->priv = NULL;
	if (!vop_may_block(op))
		return VFS_WOULDBLOCK;
	return close(file->fd) == 0 ? 0 : -errno;
}

static int
stream_fsync(struct vop *op, struct vfile *file, bool data_only)
{
	(void)op;
	(void)file;
	(void)data_only;
	return 0; /* what was written is at the device */
}

/* The one vnode lives in its file system. */
static void
stream_reclaim(struct vnode *vn)
{
	(void)vn;
}

static void
stream_free(struct etfs_stream *s)
{
	if (s->reader >= 0)
		close(s->reader);
	if (s->path >= 0)
		close(s->path);
	etfs_cred_fini(&s->etfs);
	free(s);
}

static void
stream_destroy(struct vfs_fs *fs)
{
	stream_free((struct etfs_stream *)fs);
}

/* What needs a directory, a symbolic link or an attribute never comes here. */
static const struct vfs_ops stream_ops = {
	.reclaim = stream_reclaim,
	.destroy = stream_destroy,
	.getattr = stream_getattr,
	.setattr = stream_setattr,
	.statfs = stream_statfs,
	.open = stream_open,
	.close = stream_close,
	.read = etfs_stream_read,
	.write = etfs_stream_write,
	.poll = etfs_stream_poll,
	.fsync = stream_fsync,
};

/* Take hold of the host's file, which is what it is from now on. */
static int
open_path(struct etfs_stream *s, const struct etfs_config *cfg)
{
	struct statx sx;
	int rc;

	if ((s->path = open(cfg->path, O_PATH | O_CLOEXEC)) < 0)
		return -errno;
	if ((rc = host_stat(s, &sx)) != 0)
		return rc;
	s->is_fifo = S_ISFIFO(sx.stx_mode);
	if (!s->is_fifo && !S_ISCHR(sx.stx_mode))
		return -EINVAL; /* it was, a moment ago */
	vnode_init(&s->vn, &s->etfs.fs, S_IFREG,
	    vfs_file_id(s->etfs.fs.vfs, etfs_dev_number(&sx), sx.stx_ino));
	s->vn.stream = true;
	atomic_store(&s->vn.version, 0); /* not to be cached */
	s->etfs.fs.root = &s->vn;
	return 0;
}

static int
fill(struct etfs_stream *s, struct vfs *vfs, const struct etfs_config *cfg,
    struct etfs_why *why)
{
	int rc;

	s->etfs.fs.ops = &stream_ops;
	s->etfs.fs.vfs = vfs;
	s->etfs.fs.readonly = cfg->readonly;
	s->path = s->reader = -1;
	if ((rc = etfs_cred_init(&s->etfs, cfg, why)) != 0 ||
	    (rc = open_path(s, cfg)) != 0)
		return rc;
	if (s->is_fifo) /* or it has to do without */
		(void)open_host(s->path, O_RDONLY, &s->reader);
	return 0;
}

int
etfs_stream_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why)
{
	struct etfs_stream *s;
	int rc;

	if ((s = calloc(1, sizeof(*s))) == NULL)
		return -ENOMEM;
	if ((rc = fill(s, vfs, cfg, why)) != 0) {
		stream_free(s);
		return rc;
	}
	*out = &s->etfs.fs;
	return 0;
}
