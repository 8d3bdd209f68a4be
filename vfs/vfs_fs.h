/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_fs.h -- what a file system fills in.
 *
 * A file system is one constant struct vfs_ops.  Its functions are ordinary
 * straight-line code, called in one of two ways:
 *
 *	now		on the event loop (vop_may_block() is false): must not
 *			sleep.  A function that cannot be sure returns
 *			VFS_WOULDBLOCK, having done nothing
 *	on a worker	after VFS_WOULDBLOCK, with the same arguments, free to
 *			block; or on the loop as if on one, see vop_seldom()
 *
 * and return 0 or -errno.  In either way several threads may be inside one
 * file system, and on one vnode, at a time.
 *
 * Third, a function called now may return VFS_PENDING, if it will end the
 * operation itself: it sets op->hurry (and op->fs for its own use) if the wait
 * can be given up, and later calls vop_finish() on the operation's loop or
 * vop_post() from anywhere.
 *
 * Before a function is called vfs.c has checked: names are legal and not dot
 * names, the file system is not read-only for what changes something, dir is a
 * directory, both directories and the linked file belong to this file system,
 * a vfile was opened for what it is used for.  Permissions are the file
 * system's to check, against op->cred.
 */

#ifndef VFS_FS_H
#define VFS_FS_H

#include <stdatomic.h>

#include "vfs.h"

#define VFS_WOULDBLOCK 2
#define VFS_MOUNT_COOKIE (INT64_MAX - INT32_MAX)

struct vlane;
struct vlocks;
struct vmount;

/*
 * The part of a file object that vfs knows; a file system embeds it in its
 * own.  fs, type, stream and path never change.
 */
struct vnode {
	_Atomic uint32_t refs;
	_Atomic uint32_t version; /* see struct vqid; the fs keeps it */
	struct vfs_fs *fs;
	uint64_t path;
	mode_t type; /* S_IFMT part */
	bool stream; /* see vnode_is_stream(); set once, after vnode_init() */
	_Atomic uint32_t pinned; /* on the way to a mount: the name of a pinned
				  * vnode may not go (-EBUSY) */
	_Atomic uint32_t opens; /* vfiles */
	_Atomic bool made; /* for a key, by vfs_way.c */
	_Atomic(struct vmount *) attached; /* in it; vfs_mount.c's */
	_Atomic(struct vlocks *) locks; /* vfs_lock.c's */
};

/* One mounted file system; a file system embeds it in its own. */
struct vfs_fs {
	const struct vfs_ops *ops;
	struct vfs *vfs; /* the tree it was made for */
	struct vnode *root; /* a reference */
	_Atomic bool gone; /* unmounted: nothing new is asked of it */
	bool readonly;
	bool volatile_tree; /* what keys need may be made in it (memfs) */

	/* vfs's own. */
	struct vmount *mount; /* where it is, or NULL; vfs_mount.c's */
	_Atomic size_t vnodes; /* that have not been reclaimed */
	struct vop *leaving; /* vfs_unmount(), if it waits for the last */
};

struct vfs_ops {
	/* The last reference is gone, perhaps on a worker: free the vnode. */
	void (*reclaim)(struct vnode *vn);

	/*
	 * The descriptor in vn's vfd, which is borrowed, is to be closed: note
	 * how to come by the file again.  False: that cannot be, it stays open.
	 * Must not sleep nor change as whom the thread acts.  NULL: there are
	 * no vfds; see vfs_fd.h.
	 */
	bool (*leave)(struct vnode *vn);

	/*
	 * Unmounted: drop all references that the file system itself has on its
	 * vnodes, but for the one on the root, and take no new ones; others may
	 * have some yet, and be inside.  May block.  NULL: it has none but
	 * those that a vnode has on others.
	 */
	void (*retire)(struct vfs_fs *fs);

	/* The last vnode has been reclaimed, and was the root: free all.  May
	 * block, but for a memfs, which may be destroyed on a loop. */
	void (*destroy)(struct vfs_fs *fs);

	/*
	 * Where operations on vn wait for a worker: see vfs_lane().  NULL: with
	 * all that have no lane of their own.
	 */
	struct vlane *(*lane)(struct vnode *vn);

	/*
	 * Find name in dir.  Two lookups of one file give one vnode.
	 * (*out)->version is up to date.  Needs search permission in dir.
	 * Ends: 0, -ENOENT, -EACCES, ...
	 */
	int (*lookup)(struct vop *op, struct vnode *dir, struct vname name,
	    struct vnode **out);

	/*
	 * The directory that dir was found in; the root's is the root.  Needs
	 * search permission in dir, and vfs asks when that is all that it wants
	 * to know.  -ENOENT if dir has been removed.
	 */
	int (*parent)(struct vop *op, struct vnode *dir, struct vnode **out);

	int (*getattr)(struct vop *op, struct vnode *vn, struct vattr *out);
	int (*setattr)(struct vop *op, struct vnode *vn, struct vfile *file,
	    const struct vsetattr *sa);
	int (*readlink)(struct vop *op, struct vnode *vn, char *buf, size_t cap,
	    size_t *len);
	int (*statfs)(struct vop *op, struct vnode *vn, struct vstatfs *out);

	/*
	 * vn is a regular file or a directory (then never for writing).  May
	 * set file->fd and file->priv; vfs sets the rest.
	 */
	int (*open)(struct vop *op, struct vnode *vn, struct vnode *dir,
	    struct vname name, int flags, struct vfile *file);
	/* The reference that file has ends when it has been closed. */
	int (*close)(struct vop *op, struct vfile *file); /* may be NULL */

	/*
	 * *out gets a reference to the new file, or to the existing one that
	 * was opened instead; file as in open.
	 */
	int (*create)(struct vop *op, struct vnode *dir, struct vname name,
	    int flags, mode_t mode, gid_t gid, struct vnode **out,
	    struct vfile *file);
	int (*mkdir)(struct vop *op, struct vnode *dir, struct vname name,
	    mode_t mode, gid_t gid, struct vnode **out);
	int (*mknod)(struct vop *op, struct vnode *dir, struct vname name,
	    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out);
	int (*symlink)(struct vop *op, struct vnode *dir, struct vname name,
	    struct vname target, gid_t gid, struct vnode **out);
	int (*link)(struct vop *op, struct vnode *dir, struct vnode *vn,
	    struct vname name);
	int (*rename)(struct vop *op, struct vnode *dir, struct vname name,
	    struct vnode *newdir, struct vname newname, struct vnode *expect);
	int (*unlink)(struct vop *op, struct vnode *dir, struct vname name,
	    bool rmdir, struct vnode *expect);

	/*
	 * file is a regular file; off + size does not pass INT64_MAX.  On a
	 * stream they end with -EAGAIN rather than to wait for the other end.
	 */
	int (*read)(struct vop *op, struct vfile *file, uint64_t off,
	    const struct iovec *iov, int iovcnt, size_t *len);
	int (*write)(struct vop *op, struct vfile *file, uint64_t off,
	    const struct iovec *iov, int iovcnt, size_t *len);

	/* As vfs_extent(), of a file that may be read.  NULL: false. */
	bool (*extent)(const struct vfile *file, uint64_t off, size_t len,
	    struct vextent *ext);

	/*
	 * After a stream's read or write was -EAGAIN: VFS_PENDING until it may
	 * not be any more, or -errno.  NULL: there are no streams.
	 */
	int (*poll)(struct vop *op, struct vfile *file, int events);
	int (*fsync)(struct vop *op, struct vfile *file, bool data_only);

	/*
	 * As vfs_readdir(), "." and ".." first; vfs mends their identity.  emit
	 * calls nothing of the file system, which may hold its locks then.
	 * Cookies from VFS_MOUNT_COOKIE on, but INT64_MAX, are vfs's.
	 */
	int (*readdir)(struct vop *op, struct vfile *file, uint64_t cookie,
	    vfs_emit *emit, void *ctx);

	/* NULL: no extended attributes (-EOPNOTSUPP). */
	int (*getxattr)(struct vop *op, struct vnode *vn, struct vname name,
	    struct vblob *out);
	int (*listxattr)(struct vop *op, struct vnode *vn, struct vblob *out);
	int (*setxattr)(struct vop *op, struct vnode *vn, struct vname name,
	    const void *data, size_t len, int flags);
	int (*removexattr)(struct vop *op, struct vnode *vn, struct vname name);

	/*
	 * Byte-range locks, where others than clients are to see them; or both
	 * are NULL.  What is seen is the union of what all clients hold on vn,
	 * never two calls of these two on one vnode at a time.
	 *
	 * lock is called before a client gets a lock that changes the union,
	 * which will be type from start to end (UINT64_MAX: however it grows).
	 * -EAGAIN: somebody else's is in the way.  Any failure: what was seen
	 * before is still seen, and the client gets nothing.
	 *
	 * With VLOCK_UNLOCK: no client holds that range any more.  From 0 to
	 * UINT64_MAX: none holds anything.  That cannot fail.
	 */
	int (*lock)(struct vop *op, struct vnode *vn, struct vfile *file,
	    enum vlock_type type, uint64_t start, uint64_t end);

	/* As vfs_getlock(), of what others than clients hold. */
	int (*getlock)(struct vop *op, struct vnode *vn, struct vfile *file,
	    struct vlock *lk, char *hostbuf);
};

static inline bool
vop_may_block(const struct vop *op)
{
	return op->may_block;
}

/*
 * Said before VFS_WOULDBLOCK: it is not certain that op would not have to wait,
 * but hardly ever would it, as when something is changed in memory that goes to
 * a disk later.  A hop to a worker and back costs more than most of that does.
 * So it is called again on the loop, as on a worker, unless something of the
 * kind has just taken long in that lane.
 */
static inline void
vop_seldom(struct vop *op)
{
	op->seldom = true;
}

/* For locks that somebody may hold who waits: to try, and VFS_WOULDBLOCK. */
static inline bool
vop_is_on_loop(const struct vop *op)
{
	return !op->may_block || op->on_loop;
}

/*
 * From inside lock: tell of every range that a client holds on vn by now, in
 * any order and some perhaps twice, until tell returns something else than 0,
 * which is then returned.
 */
int vlock_each(struct vnode *vn,
    int (*tell)(void *ctx, uint64_t start, uint64_t end), void *ctx);

/* End a pending operation; see above for which from where. */
void vop_finish(struct vop *op, int rc);
void vop_post(struct vop *op, int rc);

/*
 * The lane of what gets stuck as a whole when one part of it does: a device, by
 * its number.  A lane never comes to have all workers.  The same for the same
 * number, whichever file system asks; lives as long as vfs does.  From any
 * thread.
 */
struct vlane *vfs_lane(struct vfs *vfs, uint64_t dev);

/*
 * A lookup on a worker has come to something that has lane.  True: op was in
 * another one, and the lookup is to say VFS_WOULDBLOCK, having done nothing; it
 * will be called again, on a worker and in lane.  Always false outside of
 * lookups, and for one that is in lane or in none.
 */
bool vop_change_lane(struct vop *op, struct vlane *lane);

/*
 * A new vnode has one reference, for its maker; vnode_discard is for one that
 * nobody else has seen, before it is freed without being put.  vnode_tryget is for a table
 * of live vnodes, under the table's lock: false if the last reference is
 * already gone, and reclaim (which takes that lock) about to run.
 */
void vnode_init(
    struct vnode *vn, struct vfs_fs *fs, mode_t type, uint64_t path);
void vnode_discard(struct vnode *vn);
bool vnode_tryget(struct vnode *vn);

/*
 * The identity of inode ino on device dev, the same at every call and
 * different for every other pair.  Made from a small number per device and the
 * inode number where that fits.  A file system without a device gets one from
 * vfs_new_dev(), which no host has.  vfs_new_id() gives an identity that no file
 * has, to what is none.  From any thread.
 */
uint64_t vfs_file_id(struct vfs *vfs, uint64_t dev, uint64_t ino);
uint64_t vfs_new_dev(struct vfs *vfs);
uint64_t vfs_new_id(struct vfs *vfs);

/*
 * Bytes of a host file, or of a block device, that a file system serves for
 * itself: no two serve the same ones if either of them writes.  The claim is
 * the file system's, and constant while it is taken.
 *
 * vclaim_take: 0, or -EBUSY, and other has the name of the one in the way, cut
 * short to fit.  From any thread.
 */
struct vclaim {
	bool device; /* dev is the device itself, ino is 0 */
	uint64_t dev, ino;
	uint64_t start, end; /* end: behind the last byte, or UINT64_MAX */
	bool writable;
	const char *name; /* for others to be told */
	struct vclaim *next; /* vfs's own */
};

int vclaim_take(struct vfs *vfs, struct vclaim *claim, char *other, size_t cap);
void vclaim_drop(struct vfs *vfs, struct vclaim *claim);

/*
 * Access checks, for file systems that make their own (path_resolution(7),
 * capabilities(7)).  want is R_OK | W_OK | X_OK, and not to be asked for bit by
 * bit: an ACL may grant each, but not all of them.  0, or -EACCES / -EPERM.
 */
int vaccess(const struct vcred *cred, const struct vattr *attr, int want);

/* May cred take a name out of dir that stands for a file of attr?  Sticky. */
int vaccess_sticky(const struct vcred *cred, const struct vattr *dir,
    const struct vattr *attr);

/*
 * May cred make the change sa?  file is NULL or the file, opened by cred;
 * refused is how a check has ended whether cred may write to it now, by its mode
 * or its ACL.  Completes sa: bits that must be cleared, as chown(2), chmod(2)
 * say.
 */
int vaccess_setattr(const struct vcred *cred, const struct vattr *attr,
    const struct vfile *file, int refused, struct vsetattr *sa);

/*
 * Mode and owner of a new file in dir: setgid directories, gid as asked.  *mode
 * has its S_IFMT part.
 */
int vaccess_create(const struct vcred *cred, const struct vattr *dir,
    gid_t want_gid, mode_t *mode, uid_t *uid, gid_t *gid);

/* The mode a file of group gid has after cred wrote to it: set-id bits go. */
mode_t vaccess_written(const struct vcred *cred, mode_t mode, gid_t gid);

/*
 * Does sa do to mode, a regular file's, what a write does: take set-id bits away?
 * Clients ask for that on behalf of whoever writes, who need not be the owner.
 */
bool vaccess_drops_set_id(mode_t mode, const struct vsetattr *sa);

/*
 * POSIX ACLs, as these two extended attributes have them (acl(5)): the access
 * ACL and the mode are two views of one thing, which the file system keeps
 * alike.
 */
#define VACL_ACCESS "system.posix_acl_access"
#define VACL_DEFAULT "system.posix_acl_default"

/* -EINVAL if it is none, -EOPNOTSUPP if it is of another version. */
int vacl_check(struct vname acl);

/* Make mode what acl says; false if that is all that it says. */
bool vacl_to_mode(struct vname acl, mode_t *mode);

/* Make acl, which is our own and has been checked, what mode says. */
void vacl_from_mode(struct vname acl, mode_t mode);

/*
 * A file is made with mode where acl is the default ACL; acl is a copy of that.
 * Makes mode what the file gets, and acl its access ACL; false if that says no
 * more than mode.  Clients that know ACLs have done it and send what comes out,
 * which this leaves as it is.
 */
bool vacl_inherit(struct vname acl, mode_t *mode);

/* vaccess() to a file that has an access ACL, which has been checked. */
int vacl_access(const struct vcred *cred, const struct vattr *attr,
    struct vname acl, int want);

/*
 * May cred read, or write, the extended attribute of that name (xattr(7))?  0,
 * if it has access *want to the file as well; or the errno that refuses it.
 */
int vxattr_access(const struct vcred *cred, const struct vattr *attr,
    struct vname name, bool writes, int *want);
bool vxattr_is_listed(const struct vcred *cred, struct vname name);

#endif
