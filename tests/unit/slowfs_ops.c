/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * slowfs_ops.c -- what each operation of a slowfs answers; see slowfs.h.  Those
 * with names are in slowfs_names.c.
 */

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "slowfs_internal.h"

int
slow_plain(struct vop *op, enum slow_kind kind)
{
	return slow_op(slowfs_of(op->vn), op, kind, &(struct answer){ 0 });
}

static int
slow_getattr(struct vop *op, struct vnode *vn, struct vattr *out)
{
	*out = (struct vattr){
		.mode = vn->type | 0777,
		.path = vn->path,
		.nlink = 1,
		.blksize = 4096,
	};
	return slow_plain(op, SLOW_GETATTR);
}

static int
slow_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	(void)vn;
	(void)file;
	(void)sa;
	return slow_plain(op, SLOW_SETATTR);
}

static int
slow_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	struct answer a = { .len_out = len, .len = 2 };

	(void)cap;
	memcpy(buf, "f0", 2);
	return slow_op(slowfs_of(vn), op, SLOW_READLINK, &a);
}

static int
slow_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out)
{
	(void)vn;
	*out = (struct vstatfs){ .bsize = 4096, .namelen = 255 };
	return slow_plain(op, SLOW_STATFS);
}

static int
slow_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	(void)vn;
	(void)dir;
	(void)name;
	(void)flags;
	(void)file;
	return slow_plain(op, SLOW_OPEN);
}

static int
slow_close(struct vop *op, struct vfile *file)
{
	(void)file;
	return slow_plain(op, SLOW_CLOSE);
}

static int
slow_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct slowfs *fs = slowfs_of(file->vn);
	struct answer a = { .len_out = len, .len = iov[0].iov_len };

	(void)off;
	(void)iovcnt;
	memset(iov[0].iov_base, (int)(file->vn - fs->nodes) - FIRST_FILE,
	    iov[0].iov_len);
	return slow_op(fs, op, SLOW_READ, &a);
}

static int
slow_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len)
{
	struct answer a = { .len_out = len, .len = iov[0].iov_len };

	(void)off;
	(void)iovcnt;
	return slow_op(slowfs_of(file->vn), op, SLOW_WRITE, &a);
}

static int
slow_fsync(struct vop *op, struct vfile *file, bool data_only)
{
	(void)file;
	(void)data_only;
	return slow_plain(op, SLOW_FSYNC);
}

/* Only the dot names: nobody reads a listing of this. */
static int
slow_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx)
{
	struct vdirent e = { .path = file->vn->path, .type = S_IFDIR };
	uint64_t i;

	for (i = cookie; i < 2; i++) {
		e.cookie = i + 1;
		e.name = (struct vname){ "..", (size_t)i + 1 };
		if (!emit(ctx, &e))
			break;
	}
	return slow_plain(op, SLOW_READDIR);
}

static int
slow_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out)
{
	struct answer a = { .blob_out = out };

	(void)name;
	return slow_op(slowfs_of(vn), op, SLOW_GETXATTR, &a);
}

static int
slow_listxattr(struct vop *op, struct vnode *vn, struct vblob *out)
{
	struct answer a = { .blob_out = out };

	return slow_op(slowfs_of(vn), op, SLOW_LISTXATTR, &a);
}

static int
slow_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags)
{
	(void)vn;
	(void)name;
	(void)data;
	(void)len;
	(void)flags;
	return slow_plain(op, SLOW_SETXATTR);
}

static int
slow_removexattr(struct vop *op, struct vnode *vn, struct vname name)
{
	(void)vn;
	(void)name;
	return slow_plain(op, SLOW_REMOVEXATTR);
}

/* The file system has a reference on each while it is not to go. */
static void
slow_reclaim(struct vnode *vn)
{
	if (slowfs_of(vn)->retired)
		return;
	fprintf(stderr, "slowfs: a vnode has been put once too often\n");
	abort();
}

static void
slow_retire(struct vfs_fs *vfs_fs)
{
	struct slowfs *fs = (struct slowfs *)(void *)vfs_fs;
	size_t i;

	fs->retired = true;
	for (i = 1; i < SLOW_NODES; i++)
		vnode_put(&fs->nodes[i]);
}

static void
slow_destroy(struct vfs_fs *vfs_fs)
{
	struct slowfs *fs = (struct slowfs *)(void *)vfs_fs;

	uv_cond_destroy(&fs->cond);
	uv_mutex_destroy(&fs->mutex);
	free(fs);
}

static struct vlane *slow_lane(struct vnode *vn);

static const struct vfs_ops slow_ops = {
	.reclaim = slow_reclaim,
	.retire = slow_retire,
	.destroy = slow_destroy,
	.lane = slow_lane,
	.lookup = slow_lookup,
	.parent = slow_parent,
	.getattr = slow_getattr,
	.setattr = slow_setattr,
	.readlink = slow_readlink,
	.statfs = slow_statfs,
	.open = slow_open,
	.close = slow_close,
	.create = slow_create,
	.mkdir = slow_mkdir,
	.mknod = slow_mknod,
	.symlink = slow_symlink,
	.link = slow_link,
	.rename = slow_rename,
	.unlink = slow_unlink,
	.read = slow_read,
	.write = slow_write,
	.fsync = slow_fsync,
	.readdir = slow_readdir,
	.getxattr = slow_getxattr,
	.listxattr = slow_listxattr,
	.setxattr = slow_setxattr,
	.removexattr = slow_removexattr,
};

static struct vlane *
slow_lane(struct vnode *vn)
{
	struct slowfs *fs = slowfs_of(vn);

	return vfs_lane(fs->fs.vfs, fs->lanes[vn - fs->nodes]);
}

void
slow_set_lane(struct vnode *vn, uint64_t dev)
{
	struct slowfs *fs = slowfs_of(vn);

	fs->lanes[vn - fs->nodes] = dev;
}

static mode_t
type_of(size_t node)
{
	if (node == THE_LINK)
		return S_IFLNK;
	return node < FIRST_FILE ? S_IFDIR : S_IFREG;
}

int
slowfs_new(struct vfs *vfs, struct slowfs **out)
{
	struct slowfs *fs = calloc(1, sizeof(*fs));
	uint64_t dev;
	size_t i;

	if (fs == NULL || uv_mutex_init(&fs->mutex) != 0 ||
	    uv_cond_init(&fs->cond) != 0)
		return -ENOMEM;
	dev = vfs_new_dev(vfs);
	fs->fs.ops = &slow_ops;
	fs->fs.vfs = vfs;
	for (i = 0; i < SLOW_NODES; i++)
		vnode_init(&fs->nodes[i], &fs->fs, type_of(i),
		    vfs_file_id(vfs, dev, i + 1));
	fs->fs.root = &fs->nodes[0];
	*out = fs;
	return 0;
}

struct vfs_fs *
slow_fs(struct slowfs *fs)
{
	return &fs->fs;
}
