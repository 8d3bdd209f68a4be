/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs.h -- a tree of files, and what can be asked of it.
 *
 * Nothing here knows how a request arrived or how its answer leaves.  Numbers
 * are the host's: errno, O_*, S_IF*, uid_t.  The words: a vnode is one file
 * object, shared by all that use it; a vfile is an open file; a vop is one
 * operation under way; a cred is who asks.  They are in vfs_types.h and vfs_op.h;
 * vfs_fs.h has the other side: what a file system fills in.
 *
 * How a call ends.  Every call that takes a vop comes back at once and returns
 *
 *	0		done: outputs are filled in, the vop is free again
 *	-errno		failed: outputs are as they were, the vop is free
 *	VFS_PENDING	under way: op->done(op, rc) will be called once, later,
 *			on the loop the vop belongs to, with rc 0 or -errno
 *
 * done never runs inside the call that started it.  Until it has run, the vop,
 * the arguments and every buffer and output passed in must stay where they are
 * and belong to the operation, as do the references the caller holds on the
 * vnodes, the cred and the vfile involved.
 *
 * References.  A vnode handed out (in *out, in a vwalk, in a vfile) is a
 * reference for the caller to drop with vnode_put(); one passed in is borrowed
 * for the length of the operation.
 *
 * Threads.  Any loop may call anything here; what loops share is guarded
 * inside.  One vop, one vfile and one vwalk belong to one loop at a time.
 */

#ifndef VFS_H
#define VFS_H

#include <sys/uio.h>

#include "vfs_op.h"
#include "vfs_types.h"

#define VFS_PENDING 1

/*
 * Run a function of the caller's on a worker, as if it were an operation:
 * VFS_PENDING, or -errno.
 */
int vfs_run(struct vfs *vfs, struct vop *op, int (*run)(struct vop *op));

/*
 * The tree.  It begins empty: the first thing to do is to mount something at
 * "/".  vfs_free unmounts everything; no vnode may be referenced any more, and
 * no vfs_unmount() be under way.
 */
int vfs_new(struct vfs **out);
void vfs_free(struct vfs *vfs); /* NULL is fine */
struct vnode *vfs_root(struct vfs *vfs); /* a new reference */

/*
 * Put fs, which was made for this vfs, at key, an absolute path; "/" comes
 * first.  Nothing has to be there, and nothing is hidden: the name may only be
 * that of an empty directory or, if fs is a single file, of an empty file.
 * Directories missing on the way are made in the memfs that key lies in; in
 * other file systems nothing is made, and a directory stands there that is not
 * the file system's, and holds only what keys name.  All belong to the server's
 * user.  Symbolic links on the way are not followed.
 *
 * What stands on the way keeps its name as far as clients are concerned.  If
 * somebody else moves or removes it (on the host), the mount stays where its
 * directory is.
 *
 * May block: to be called on a worker, or before the loops run.  On success fs
 * belongs to the tree.  -EINVAL: key is no absolute path, or has dot names;
 * -EEXIST: key is taken, or something would be hidden; -ENOTDIR: something on
 * the way, or there, is no directory, or a file is to be "/"; -EBUSY: the way
 * changes all the time; -ESTALE: what key lies in is just being unmounted; or
 * an errno of a file system on the way.
 */
int vfs_mount(struct vfs *vfs, const char *key, struct vfs_fs *fs);
void vfs_fs_free(struct vfs_fs *fs); /* one that was not mounted; or NULL */

/*
 * Take away what is mounted at key: no walk comes there any more, the key is
 * free, and what was below the name can be seen again.  From then on the file
 * system is gone: all operations on its vnodes but to close fail with -ESTALE,
 * or come to their end if they have begun.  It is destroyed when nobody has a
 * reference on any of its vnodes.  Directories that only keys needed go, too.
 *
 * Does not block.  VFS_PENDING: done will be called when it has been destroyed,
 * with 0; that cannot be hurried.  -ENOENT: nothing is mounted just there;
 * -EBUSY: something is mounted inside, or key is "/"; -EINVAL, -ENAMETOOLONG:
 * it is no key; -ENOMEM.
 */
int vfs_unmount(struct vfs *vfs, struct vop *op, const char *key);

/* How many byte-range locks the tree may hold; before the first is taken. */
void vfs_limit_locks(struct vfs *vfs, size_t limit);

/*
 * How many workers there are: libuv's, as in UV_THREADPOOL_SIZE, 4 unless told
 * otherwise.  Before the first operation.
 */
void vfs_limit_workers(struct vfs *vfs, unsigned int limit);

/*
 * Have loops never do what might wait for a disk, however seldom it does.
 * Before anything runs.
 */
void vfs_be_careful(struct vfs *vfs);

/*
 * How many descriptors file systems may hold for files that are not open: at
 * least 1, 4096 unless told otherwise.  What is known of more files than that
 * takes longer to get at.  Before the first operation.
 */
void vfs_limit_descriptors(struct vfs *vfs, size_t limit);

/*
 * Have file systems keep what is found by a name for a while, if to find it
 * again would take longer than to see whether it is the same: until it has not
 * been asked for between two calls of vfs_tidy(), or three.  While nothing runs;
 * without this nothing is kept.
 *
 * wake is called when there is something to be tidied, on any thread, for the
 * first time and whenever vfs_tidy() has said false since; it must not sleep,
 * nor call anything here.
 *
 * vfs_tidy: is there more?  On a loop.
 */
void vfs_keep_names(struct vfs *vfs, void (*wake)(void *arg), void *arg);
bool vfs_tidy(struct vfs *vfs);

struct vnode *vnode_get(struct vnode *vn);
void vnode_put(struct vnode *vn); /* NULL is fine */
struct vqid vnode_qid(struct vnode *vn);
bool vnode_is_dir(const struct vnode *vn);
bool vnode_is_open(struct vnode *vn); /* by anyone, through any vfile */
bool vnode_is_gone(const struct vnode *vn); /* its fs has been unmounted */

/*
 * A file with another end, such as a terminal: offsets mean nothing, and what
 * is read is gone.  Reading and writing never wait for the other end, and are
 * -EAGAIN where they would have to; vfs_poll() waits.
 */
bool vnode_is_stream(const struct vnode *vn);

/*
 * Find names one after the other.  Each needs search permission where it is
 * looked up.  Symbolic links are ends, not followed; ".." stops at w->root and
 * "." stays.  Fails with the errno of the first name that was not found,
 * -ENOTDIR, -EACCES, -ESTALE where it has come to what is unmounted, or what
 * vname_check() says; w->found and w->qids tell how far it came, and no
 * reference is given.
 */
int vfs_walk(struct vop *op, struct vwalk *w);

/* A symbolic link is reported, not followed.  Works on removed files. */
int vfs_getattr(struct vop *op, struct vnode *vn, struct vattr *out);

/*
 * All of sa or, where it can be known beforehand, nothing.  file is NULL or an
 * open file of vn: one that is open for writing may be truncated whatever the
 * mode says now.
 */
int vfs_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa);

/* -EINVAL if vn is no symbolic link.  *len bytes, not terminated. */
int vfs_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len);
int vfs_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out);

/*
 * Open vn, a regular file or a directory (else -ENXIO, or -ELOOP for a
 * symbolic link), with O_ACCMODE and any of O_APPEND, O_TRUNC, O_NONBLOCK,
 * O_SYNC, O_DSYNC, O_NOATIME.  dir and name, or NULL and an empty name, say
 * where it was found: only a hint.  file->vn is NULL before, and after a
 * failure.
 */
int vfs_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file);

/*
 * Gives back what vfs_open() or vfs_create() took, and every lock taken
 * through file.  file is closed whatever the result, which tells of writes
 * that could not be kept (close(2)).
 */
int vfs_close(struct vop *op, struct vfile *file);

/*
 * Make names.  mode is final (the client has applied its umask); gid is the
 * group the new file is to have, or VFS_NOID.  The owner is the cred's.
 * flags of vfs_create are those of vfs_open() and O_EXCL; without O_EXCL an
 * existing regular file is opened, be it one that is mounted there.  file->vn is
 * the new file.
 */
int vfs_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vfile *file);
int vfs_mkdir(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    gid_t gid, struct vnode **out);
int vfs_mknod(struct vop *op, struct vnode *dir, struct vname name, mode_t mode,
    dev_t rdev, gid_t gid, struct vnode **out);
int vfs_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out);
int vfs_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name);

/*
 * expect, if not NULL: fail with -ENOENT if name no longer names it.  rename
 * follows rename(2); unlink removes a directory if rmdir, and only then.
 */
int vfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect);
int vfs_unlink(struct vop *op, struct vnode *dir, struct vname name, bool rmdir,
    struct vnode *expect);

/*
 * Read up to the size of iov; *len is how much, 0 at the end of the file.
 * -EBADF if file is not open for reading, -EISDIR; -EAGAIN on a stream.
 */
int vfs_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);

/* Where on the host some bytes of an open file lie. */
struct vextent {
	int fd; /* of the file system, which closes it with the file */
	off_t off;
	size_t len;
};

/*
 * The at most len bytes of file from off on, for who would rather have them
 * sent from where they lie, by sendfile(2), than read.  False: they have to be
 * read, for whatever reason.  True: they can be had without waiting, or, if
 * memory has just become scarce, almost; and as long as nobody truncates the
 * file.  At the end of the file ext->len is 0.
 */
bool vfs_extent(
    const struct vfile *file, uint64_t off, size_t len, struct vextent *ext);

/*
 * Write iov; *len is how much, never 0 unless iov is empty.  With O_APPEND
 * off does not count.  -EBADF, -EFBIG, -ENOSPC, ...  Where it is known
 * beforehand that not all fits, nothing is written; but what lies inside a file
 * that cannot grow is.  A stream takes what it can just now, and if that is
 * nothing, it is -EAGAIN.
 */
int vfs_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);

/*
 * After -EAGAIN: wait, perhaps for ever, until it is worth while to read
 * (events is POLLIN) or to write (POLLOUT) again.  Somebody else may be faster,
 * so that it is -EAGAIN once more.  Only waits: it takes nothing that could be
 * lost, and hurrying it ends it with -ECANCELED and no harm.  -EAGAIN if it
 * cannot be waited for.  What is no stream is always ready.
 */
int vfs_poll(struct vop *op, struct vfile *file, int events);

int vfs_fsync(struct vop *op, struct vfile *file, bool data_only);

/*
 * Entries after cookie (0: from the start, afresh), "." and ".." among them,
 * until emit has no room or there are no more.  root is where ".." stays.
 * An entry that is there all the time is given once, whatever comes and goes.
 * What is mounted in it comes last.
 */
int vfs_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    struct vnode *root, vfs_emit *emit, void *ctx);

/*
 * Extended attributes, xattr(7).  get and list allocate what they give; list
 * gives names, each with its NUL.  -ENODATA, -EOPNOTSUPP; set: -EEXIST or
 * -ENODATA as flags (XATTR_CREATE, XATTR_REPLACE) say, -E2BIG, -ERANGE,
 * -ENOSPC.
 */
int vfs_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out);
int vfs_listxattr(struct vop *op, struct vnode *vn, struct vblob *out);
int vfs_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags);
int vfs_removexattr(struct vop *op, struct vnode *vn, struct vname name);

/*
 * Take, change or drop a lock.  -EAGAIN if another owner's, or a lock of the
 * host's, is in the way; if wait is set it is waited for, for VLOCK_WAIT_MS at
 * most, and then -EAGAIN.  Hurrying a wait ends it with -ECANCELED; to drop a
 * lock cannot be hurried.  -ENOLCK beyond a limit.
 */
#define VLOCK_WAIT_MS 5000
int vfs_lock(
    struct vop *op, struct vfile *file, const struct vlock *lk, bool wait);

/*
 * Would lk be granted?  Then lk->type becomes VLOCK_UNLOCK.  Else *lk becomes
 * the first lock in the way; its host is copied to hostbuf, 255 bytes.  A lock
 * of the host's has no client (0), and no pid (0) where that is not known.
 */
int vfs_getlock(
    struct vop *op, struct vfile *file, struct vlock *lk, char *hostbuf);

#endif
