/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * memfs_node.c -- a file of any kind, and its attributes.
 *
 * Times.  atime and mtime can be set to anything, ctime and btime are our own
 * clock's, for which a number of nanoseconds will do until 2262.  So will it
 * for a time at which we were read; as a single atomic number readers can set
 * it while they share the lock: read_at, if set, is the atime.  It is set as
 * relatime does (mount(8)): if the file has changed since, or once a day.
 */

#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "memfs_internal.h"

#define NSEC 1000000000LL
#define DAY (86400 * NSEC)
#define IO_SIZE (128 * 1024) /* programs size their buffers by it */

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
node_atime(const struct memfs_node *node)
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

static void
init_kind(struct memfs_node *node, const struct memfs_new_node *what)
{
	switch (node->vn.type) {
	case S_IFDIR:
		node->nlink = 2;
		memfs_order_init(&node->u.dir.order);
		break;
	case S_IFLNK:
		node->u.link.len = what->target.len;
		memcpy(node->u.link.target, what->target.s, what->target.len);
		break;
	case S_IFBLK:
	case S_IFCHR:
		node->u.rdev = what->rdev;
		break;
	}
}

static void
init_node(struct memfs *fs, struct memfs_node *node,
    const struct memfs_new_node *what)
{
	struct timespec now = clock_now();

	vnode_init(&node->vn, &fs->fs, what->mode,
	    vfs_file_id(fs->fs.vfs, fs->dev, ++fs->last_ino));
	node->mode = what->mode & 07777;
	node->nlink = 1; /* the name it is made for */
	node->uid = what->uid;
	node->gid = what->gid;
	node->atime = node->mtime = now;
	node->ctime = node->btime = ts_to_ns(now);
	init_kind(node, what);
}

int
memfs_node_new(struct memfs *fs, const struct memfs_new_node *what,
    struct memfs_node **out)
{
	struct memfs_node *node;
	int rc;

	if ((rc = memfs_charge_node(fs)) != 0)
		return rc;
	if ((node = calloc(1, sizeof(*node))) == NULL) {
		rc = -ENOMEM;
		goto uncharge;
	}
	if (S_ISLNK(what->mode)) {
		node->u.link.target = memfs_alloc(fs, what->target.len, 0, &rc);
		if (node->u.link.target == NULL)
			goto free_node;
	}
	init_node(fs, node, what);
	*out = node;
	return 0;

free_node:
	free(node);
uncharge:
	memfs_uncharge_node(fs);
	return rc;
}

void
memfs_node_reclaim(struct vnode *vn)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);

	if (S_ISREG(vn->type))
		memfs_map_cut(fs, &node->u.file.map, 0);
	else if (S_ISLNK(vn->type))
		memfs_release(fs, node->u.link.target, node->u.link.len);
	memfs_xattr_free_all(node);
	free(node);
	memfs_uncharge_node(fs);
}

struct vattr
memfs_node_owner(const struct memfs_node *node)
{
	struct vattr attr = { .mode = node->vn.type | node->mode,
		.uid = node->uid,
		.gid = node->gid };

	return attr;
}

int
memfs_node_access(const struct vop *op, const struct memfs_node *node, int want)
{
	struct vattr attr = memfs_node_owner(node);
	struct vname acl = memfs_xattr_value(node, MEMFS_ACL_ACCESS);

	/* What an ACL grants or denies, it does so for everybody but root. */
	if (acl.s != NULL) {
		attr.mode &= S_IFMT;
		if (memfs_acl_permits(acl, op->cred, &attr, want))
			attr.mode |= 0777;
	}
	return vaccess(op->cred, &attr, want);
}

void
memfs_node_changed(struct memfs_node *node)
{
	node->ctime = ts_to_ns(clock_now());
}

void
memfs_node_modified(struct memfs_node *node)
{
	uint32_t version =
	    atomic_load_explicit(&node->vn.version, memory_order_relaxed) + 1;

	atomic_store_explicit(&node->vn.version, version != 0 ? version : 1,
	    memory_order_relaxed);
	node->mtime = clock_now();
	node->ctime = ts_to_ns(node->mtime);
}

void
memfs_node_was_read(struct memfs_node *node)
{
	int64_t now = ts_to_ns(clock_now());
	int64_t atime = ts_to_ns(node_atime(node));

	if (node->vn.fs->readonly)
		return;
	if (atime <= ts_to_ns(node->mtime) || atime <= node->ctime ||
	    atime < now - DAY)
		atomic_store_explicit(
		    &node->read_at, now, memory_order_relaxed);
}

static void
get_kind(const struct memfs_node *node, struct vattr *out)
{
	switch (node->vn.type) {
	case S_IFREG:
		out->size = node->u.file.size;
		out->blocks = node->u.file.map.pages * (MEMFS_PAGE / 512);
		break;
	case S_IFDIR:
		out->size = node->u.dir.count * sizeof(struct memfs_entry);
		break;
	case S_IFLNK:
		out->size = node->u.link.len;
		break;
	case S_IFBLK:
	case S_IFCHR:
		out->rdev = node->u.rdev;
		break;
	}
}

int
memfs_node_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	const struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);

	(void)op;
	pthread_rwlock_rdlock(&fs->lock);
	*out = memfs_node_owner(node);
	out->version = atomic_load_explicit(&vn->version, memory_order_relaxed);
	out->path = vn->path;
	out->nlink = node->nlink;
	out->blksize = IO_SIZE;
	out->atime = node_atime(node);
	out->mtime = node->mtime;
	out->ctime = ns_to_ts(node->ctime);
	out->btime = ns_to_ts(node->btime);
	out->has_btime = true;
	get_kind(node, out);
	pthread_rwlock_unlock(&fs->lock);
	return 0;
}

static void
set_mode(struct memfs_node *node, mode_t mode)
{
	struct vname acl = memfs_xattr_value(node, MEMFS_ACL_ACCESS);

	node->mode = mode;
	if (acl.s != NULL)
		memfs_acl_from_mode(acl, mode);
}

/* Size, owner, mode, times: later ones undo what earlier ones bring along. */
static void
set_attributes(struct memfs_node *node, const struct vsetattr *sa)
{
	struct timespec now;

	if (sa->mask & VSET_SIZE)
		memfs_data_truncate(node, sa->size);
	now = clock_now();
	if (sa->mask & VSET_UID)
		node->uid = sa->uid;
	if (sa->mask & VSET_GID)
		node->gid = sa->gid;
	if (sa->mask & (VSET_UID | VSET_GID))
		memfs_xattr_drop_capability(node);
	if (sa->mask & VSET_MODE)
		set_mode(node, sa->mode & 07777);
	if (sa->mask & VSET_ATIME)
		set_atime(node, sa->mask & VSET_ATIME_NOW ? now : sa->atime);
	if (sa->mask & VSET_MTIME)
		node->mtime = sa->mask & VSET_MTIME_NOW ? now : sa->mtime;
	node->ctime = ts_to_ns(now);
}

int
memfs_node_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);
	struct vsetattr full = *sa;
	struct vattr attr;
	bool writes;
	int rc;

	writes = file != NULL && (file->flags & O_ACCMODE) != O_RDONLY;
	pthread_rwlock_wrlock(&fs->lock);
	attr = memfs_node_owner(node);
	rc = vaccess_setattr(op->cred, &attr, writes, &full);
	if (rc == 0)
		set_attributes(node, &full);
	pthread_rwlock_unlock(&fs->lock);
	return rc;
}

int
memfs_node_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	struct memfs_node *node = memfs_node_of(vn);
	struct memfs *fs = memfs_of(vn);
	const struct memfs_link *link = &node->u.link;

	(void)op;
	*len = link->len < cap ? link->len : cap;
	memcpy(buf, link->target, *len);
	pthread_rwlock_rdlock(&fs->lock);
	memfs_node_was_read(node);
	pthread_rwlock_unlock(&fs->lock);
	return 0;
}
