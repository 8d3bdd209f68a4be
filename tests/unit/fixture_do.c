/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * fixture_do.c -- the vfs calls, waited for.
 *
 * All are of one shape: make an operation for who, start the call, wait.
 */

#include "fixture.h"

/* A new operation of who's. */
static struct vop *
begin(struct wait *w, const struct who *who)
{
	wait_init(w, who);
	return &w->op;
}

/* Cut path at its slashes. */
static size_t
split(const char *path, struct vname *names)
{
	size_t n = 0;

	while (*path != '\0') {
		assert_in_range(n, 0, VFS_WALK_MAX - 1);
		names[n].s = path;
		names[n].len = strcspn(path, "/");
		path += names[n++].len;
		path += strspn(path, "/");
	}
	return n;
}

static int
run_walk(const struct who *who, struct vwalk *walk)
{
	struct wait w;

	return await(&w, vfs_walk(begin(&w, who), walk));
}

int
do_walk(const struct who *who, struct vnode *dir, const char *path,
    struct vnode **out)
{
	struct vname names[VFS_WALK_MAX];
	struct vwalk w = { .root = dir, .from = dir, .names = names };
	int rc;

	w.nnames = split(path, names);
	if ((rc = run_walk(who, &w)) != 0)
		return rc;
	vnode_put(w.dir);
	*out = w.vn;
	return 0;
}

int
do_getattr(const struct who *who, struct vnode *vn, struct vattr *out)
{
	struct wait w;

	return await(&w, vfs_getattr(begin(&w, who), vn, out));
}

int
do_setattr(const struct who *who, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa)
{
	struct wait w;

	return await(&w, vfs_setattr(begin(&w, who), vn, file, sa));
}

int
do_chmod(const struct who *who, struct vnode *vn, mode_t mode)
{
	struct vsetattr sa = { .mask = VSET_MODE, .mode = mode };

	return do_setattr(who, vn, NULL, &sa);
}

int
do_chown(const struct who *who, struct vnode *vn, uid_t uid, gid_t gid)
{
	struct vsetattr sa = { .uid = uid, .gid = gid };

	if (uid != VFS_NOID)
		sa.mask |= VSET_UID;
	if (gid != VFS_NOID)
		sa.mask |= VSET_GID;
	return do_setattr(who, vn, NULL, &sa);
}

int
do_truncate(
    const struct who *who, struct vnode *vn, struct vfile *file, uint64_t size)
{
	struct vsetattr sa = { .mask = VSET_SIZE, .size = size };

	return do_setattr(who, vn, file, &sa);
}

static int
readlink_slice(
    const struct who *who, struct vnode *vn, char *buf, size_t cap, size_t *len)
{
	struct wait w;

	return await(&w, vfs_readlink(begin(&w, who), vn, buf, cap, len));
}

int
do_readlink(const struct who *who, struct vnode *vn, char *buf, size_t cap)
{
	size_t len = 0;
	int rc;

	if ((rc = readlink_slice(who, vn, buf, cap - 1, &len)) == 0)
		buf[len] = '\0';
	return rc;
}

int
do_statfs(const struct who *who, struct vnode *vn, struct vstatfs *out)
{
	struct wait w;

	return await(&w, vfs_statfs(begin(&w, who), vn, out));
}

int
do_open(const struct who *who, struct vnode *vn, int flags, struct vfile *file)
{
	struct wait w;

	memset(file, 0, sizeof(*file));
	return await(
	    &w, vfs_open(begin(&w, who), vn, NULL, vname_of(""), flags, file));
}

int
do_close(const struct who *who, struct vfile *file)
{
	struct wait w;

	return await(&w, vfs_close(begin(&w, who), file));
}

int
do_create(const struct who *who, struct vnode *dir, const char *name, int flags,
    mode_t mode, struct vfile *file)
{
	struct wait w;

	memset(file, 0, sizeof(*file));
	return await(&w,
	    vfs_create(begin(&w, who), dir, vname_of(name), flags, mode,
		VFS_NOID, file));
}

int
do_touch(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, struct vnode **out)
{
	struct vfile file;
	int rc;

	rc = do_create(who, dir, name, O_WRONLY | O_EXCL, mode, &file);
	if (rc != 0)
		return rc;
	if (out != NULL)
		*out = vnode_get(file.vn);
	return do_close(who, &file);
}

/* Give the vnode that was made to out, or back. */
static int
hand_out(int rc, struct vnode **vn, struct vnode **out)
{
	if (rc == 0 && out != NULL)
		*out = *vn;
	else if (rc == 0)
		vnode_put(*vn);
	return rc;
}

static int
mkdir_at(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, struct vnode **out)
{
	struct wait w;

	return await(&w,
	    vfs_mkdir(
		begin(&w, who), dir, vname_of(name), mode, VFS_NOID, out));
}

int
do_mkdir(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, struct vnode **out)
{
	struct vnode *vn = NULL;

	return hand_out(mkdir_at(who, dir, name, mode, &vn), &vn, out);
}

static int
mknod_at(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, dev_t rdev, struct vnode **out)
{
	struct wait w;

	return await(&w,
	    vfs_mknod(begin(&w, who), dir, vname_of(name), mode, rdev, VFS_NOID,
		out));
}

int
do_mknod(const struct who *who, struct vnode *dir, const char *name,
    mode_t mode, dev_t rdev, struct vnode **out)
{
	struct vnode *vn = NULL;

	return hand_out(mknod_at(who, dir, name, mode, rdev, &vn), &vn, out);
}

static int
symlink_at(const struct who *who, struct vnode *dir, const char *name,
    const char *target, struct vnode **out)
{
	struct wait w;

	return await(&w,
	    vfs_symlink(begin(&w, who), dir, vname_of(name), vname_of(target),
		VFS_NOID, out));
}

int
do_symlink(const struct who *who, struct vnode *dir, const char *name,
    const char *target, struct vnode **out)
{
	struct vnode *vn = NULL;

	return hand_out(symlink_at(who, dir, name, target, &vn), &vn, out);
}

int
do_link(const struct who *who, struct vnode *dir, struct vnode *vn,
    const char *name)
{
	struct wait w;

	return await(&w, vfs_link(begin(&w, who), dir, vn, vname_of(name)));
}

int
do_rename(const struct who *who, struct vnode *dir, const char *name,
    struct vnode *newdir, const char *newname)
{
	struct wait w;

	return await(&w,
	    vfs_rename(begin(&w, who), dir, vname_of(name), newdir,
		vname_of(newname), NULL));
}

int
do_unlink(const struct who *who, struct vnode *dir, const char *name)
{
	struct wait w;

	return await(
	    &w, vfs_unlink(begin(&w, who), dir, vname_of(name), false, NULL));
}

int
do_rmdir(const struct who *who, struct vnode *dir, const char *name)
{
	struct wait w;

	return await(
	    &w, vfs_unlink(begin(&w, who), dir, vname_of(name), true, NULL));
}

static int
read_iov(const struct who *who, struct vfile *file, uint64_t off,
    const struct iovec *iov, size_t *len)
{
	struct wait w;

	return await(&w, vfs_read(begin(&w, who), file, off, iov, 1, len));
}

ssize_t
do_read(const struct who *who, struct vfile *file, uint64_t off, void *buf,
    size_t len)
{
	struct iovec iov = { buf, len };
	size_t n = 0;
	int rc;

	rc = read_iov(who, file, off, &iov, &n);
	return rc == 0 ? (ssize_t)n : rc;
}

static int
write_iov(const struct who *who, struct vfile *file, uint64_t off,
    const struct iovec *iov, size_t *len)
{
	struct wait w;

	return await(&w, vfs_write(begin(&w, who), file, off, iov, 1, len));
}

ssize_t
do_write(const struct who *who, struct vfile *file, uint64_t off,
    const void *buf, size_t len)
{
	struct iovec iov = { (void *)(uintptr_t)buf, len };
	size_t n = 0;
	int rc;

	rc = write_iov(who, file, off, &iov, &n);
	return rc == 0 ? (ssize_t)n : rc;
}

size_t
do_compare(const struct who *who, struct vnode *vn, uint64_t off,
    const void *buf, size_t len)
{
	unsigned char *got = malloc(len);
	const unsigned char *want = buf;
	struct vfile file;
	size_t n = 0;

	assert_non_null(got);
	assert_int_equal(do_open(who, vn, O_RDONLY, &file), 0);
	assert_int_equal(do_read(who, &file, off, got, len), len);
	assert_int_equal(do_close(who, &file), 0);
	while (n < len && got[n] == want[n])
		n++;
	free(got);
	return n;
}

int
do_fsync(const struct who *who, struct vfile *file)
{
	struct wait w;

	return await(&w, vfs_fsync(begin(&w, who), file, false));
}

int
do_readdir(const struct who *who, struct vfile *file, uint64_t cookie,
    struct vnode *root, vfs_emit *emit, void *ctx)
{
	struct wait w;

	return await(
	    &w, vfs_readdir(begin(&w, who), file, cookie, root, emit, ctx));
}

static bool
count_entry(void *ctx, const struct vdirent *entry)
{
	int *n = ctx;

	*n += !vname_is_dots(entry->name);
	return true;
}

int
do_count(const struct who *who, struct vnode *dir)
{
	struct vfile file;
	int n = 0, rc;

	if ((rc = do_open(who, dir, O_RDONLY, &file)) != 0)
		return rc;
	rc = do_readdir(who, &file, 0, dir, count_entry, &n);
	do_close(who, &file);
	return rc == 0 ? n : rc;
}

int
do_getxattr(const struct who *who, struct vnode *vn, const char *name,
    struct vblob *out)
{
	struct wait w;

	return await(&w, vfs_getxattr(begin(&w, who), vn, vname_of(name), out));
}

int
do_listxattr(const struct who *who, struct vnode *vn, struct vblob *out)
{
	struct wait w;

	return await(&w, vfs_listxattr(begin(&w, who), vn, out));
}

int
do_setxattr(const struct who *who, struct vnode *vn, const char *name,
    const void *data, size_t len, int flags)
{
	struct wait w;

	return await(&w,
	    vfs_setxattr(begin(&w, who), vn, vname_of(name), data, len, flags));
}

int
do_removexattr(const struct who *who, struct vnode *vn, const char *name)
{
	struct wait w;

	return await(&w, vfs_removexattr(begin(&w, who), vn, vname_of(name)));
}

int
do_unmount(const struct who *who, struct vfs *vfs, const char *key)
{
	struct wait w;

	return await(&w, vfs_unmount(vfs, begin(&w, who), key));
}
