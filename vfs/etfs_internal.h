/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_internal.h -- what the etfs*.c files share.
 */

#ifndef ETFS_INTERNAL_H
#define ETFS_INTERNAL_H

#include <stdatomic.h>
#include <sys/stat.h>

#include "etfs.h"
#include "vfs_fd.h"
#include "vfs_fs.h"
#include "vfs_namecache.h"

#define ETFS_SHARDS 16

/* Does a host file system have byte-range locks?  The first answer tells. */
enum etfs_locks {
	ETFS_LOCKS_UNKNOWN,
	ETFS_LOCKS_WORK,
	ETFS_LOCKS_NONE
};

/*
 * What is to be expected of one host device.  Found out once, when its first
 * file is met; lives as long as the mount.
 */
struct etfs_dev {
	struct etfs_dev *next;
	uint64_t dev;
	uint64_t mount; /* by which it is reached; 0 if the kernel won't tell */
	unsigned int type; /* statfs(2): f_type */
	bool local; /* attributes and cached names are in memory */
	bool never_waits; /* so is everything else */
	bool in_memory_first; /* where changes are made; the disk follows */
	struct vlane *lane; /* where its operations wait for workers */
	_Atomic bool no_nowait_read; /* RWF_NOWAIT was refused */
	_Atomic bool no_nowait_write;
	_Atomic bool
	    no_cachestat; /* the kernel does not know it, or not here */
	_Atomic(enum etfs_locks) locks;
};

/*
 * A host file.  fd is etfs_fd.c's: an O_PATH descriptor which, while it is open,
 * keeps the inode number from being used again; while it is not, either pin is,
 * or place tells where to find the file.  Constant but for these; next, which
 * belongs to the table; parent, a reference to the directory it was last found
 * in, NULL for the root, which fs->places guards, as it does place; and what
 * shows clients' locks to the host, see etfs_lock.c.
 */
struct etfs_node {
	struct vnode vn;
	struct vfd fd;
	_Atomic int pin; /* of the vfile that made it, see etfs_pin.c; or -1 */
	int lock_fd; /* or -1 */
	struct etfs_dev *dev;
	uint64_t ino;
	struct etfs_node *next;
	struct etfs_node *parent;
	struct etfs_place *place; /* NULL: it was never left */
	_Atomic bool lost; /* it is not in the table any more: its number is
			    * another file's, or nobody is to find it */
	_Atomic bool nameless; /* it has lost its last name, we think */
	_Atomic bool lock_alone; /* no vfile shares its description, perhaps */
};

/* A part of the table of live nodes. */
struct etfs_shard {
	uv_mutex_t mutex; /* guards the rest; of locks, only that of the
			   * vfs's file ids is taken under it */
	struct etfs_node **slots;
	size_t nslots; /* a power of two */
	size_t count;
};

/* Where nodes end whose closing takes long; see etfs_close.c. */
struct etfs_closer {
	uv_mutex_t mutex; /* guards the rest */
	uv_cond_t more, idle;
	struct etfs_node *dead; /* by next */
	uv_thread_t thread;
	bool runs, ends;
	bool busy; /* with some that are not in dead any more */
};

/* A mount.  Constant after etfs_new() but for what has its lock named. */
struct etfs {
	struct vfs_fs fs;
	enum etfs_identity identity;
	bool no_fsync;
	bool no_xdev; /* other host mounts below are not entered */
	bool flat; /* ETFS_DIR: its directories are not there */
	struct vcred *squash; /* ETFS_SQUASH: whom all act as; else NULL */
	struct etfs_mapped *mapped; /* ETFS_MAPPED; else NULL */
	bool privileged; /* the server is root */
	bool can_openat2; /* this kernel has it, and lets us use it */
	bool can_cached; /* ... with RESOLVE_CACHED */
	int proc; /* /proc/self/fd */
	_Atomic(struct etfs_dev *) devs; /* only grows */
	uv_mutex_t devs_mutex; /* held while it does */
	int handle_fd; /* by which file handles are opened, or -1 */
	uv_mutex_t places; /* guards node->parent and ->place; nothing is
			    * locked under it */
	uv_mutex_t pins; /* no node->pin is closed while it is held */
	uv_mutex_t names[ETFS_SHARDS]; /* see etfs_going.c */
	struct etfs_closer closer;
	struct etfs_shard shards[ETFS_SHARDS];
};

static inline struct etfs_node *
etfs_node_of(struct vnode *vn)
{
	return (struct etfs_node *)vn; /* vn is its first member */
}

static inline struct etfs *
etfs_of(const struct vnode *vn)
{
	return (struct etfs *)vn->fs; /* fs is its first member */
}

/* May op not do what node's device might keep it waiting for? */
static inline bool
etfs_must_wait(const struct vop *op, const struct etfs_node *node)
{
	return !vop_may_block(op) && !node->dev->never_waits;
}

/* The same of what a file system on a disk mostly does in memory. */
static inline bool
etfs_might_wait(struct vop *op, const struct etfs_node *node)
{
	if (!etfs_must_wait(op, node))
		return false;
	if (node->dev->in_memory_first)
		vop_seldom(op);
	return true;
}

/* To cut a file takes as long as that is large; no loop is to do it on a disk. */
static inline bool
etfs_must_not_cut(const struct vop *op, const struct etfs_node *node)
{
	return vop_is_on_loop(op) && !node->dev->never_waits;
}

/* Of those that may be held while the host is asked: 0 or VFS_WOULDBLOCK. */
static inline int
etfs_lock_mutex(const struct vop *op, uv_mutex_t *mutex)
{
	if (vop_is_on_loop(op))
		return uv_mutex_trylock(mutex) == 0 ? 0 : VFS_WOULDBLOCK;
	uv_mutex_lock(mutex);
	return 0;
}

/*
 * The kinds of mount, one constructor each, called by etfs_new() as the server
 * and with a type that is settled; they end as it does.  why->text is "".
 */
int etfs_tree_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why);
int etfs_image_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why);

/*
 * Make a mount of fs, which is zero but for fs->fs.ops and fs->fs.vfs.  Its root
 * is what the O_PATH descriptor fd is open on; fd belongs to it, whatever the
 * result.
 */
int etfs_mount_init(struct etfs *fs, const struct etfs_config *cfg, int fd,
    struct etfs_why *why);
void etfs_mount_fini(struct etfs *fs);

/* Say why; always rc. */
int etfs_because(struct etfs_why *why, int rc, const char *fmt, ...)
    __attribute__((format(printf, 3, 4)));

/*
 * etfs_cred.c -- as whom a thread acts.
 *
 * etfs_cred_init sets what fs has of identities; -EPERM if the server has no
 * right to what cfg asks for.
 *
 * etfs_cred_take makes the calling thread act for op in fs, until the next
 * call.  0, or -EPERM: then the thread must not go on.
 *
 * etfs_cred_take_making is for what makes a name in the directory of dir_fd:
 * files that this thread makes get group gid, if it is not VFS_NOID.  -EPERM if
 * cred may not give them that group.  *chgrp becomes the group that the caller
 * has to try to give the new file, or VFS_NOID.  It does not if the directory
 * gives its own, as one with a set-group-ID bit does: etfs_cred_dir_gives.
 */
int etfs_cred_init(
    struct etfs *fs, const struct etfs_config *cfg, struct etfs_why *why);
void etfs_cred_fini(struct etfs *fs);
int etfs_cred_take(const struct vop *op, const struct etfs *fs);
int etfs_cred_take_making(const struct vop *op, const struct etfs *fs,
    int dir_fd, gid_t gid, gid_t *chgrp);
bool etfs_cred_dir_gives(int dir_fd);
uid_t etfs_cred_uid(const struct vop *op, const struct etfs *fs);
bool etfs_cred_in_group(const struct vop *op, const struct etfs *fs, gid_t gid);

/*
 * etfs_dev.c -- devices: a file system of the host, as one of its mounts shows
 * it.  The one of fd, of which sx tells, is likely near, or
 * NULL.  VFS_WOULDBLOCK if it is not known yet and op must not wait.
 */
int etfs_dev_find(struct vop *op, struct etfs *fs, int fd,
    const struct statx *sx, struct etfs_dev *near, struct etfs_dev **out);
void etfs_dev_free_all(struct etfs *fs);
uint64_t etfs_dev_number(const struct statx *sx);
bool etfs_dev_is(const struct etfs_dev *dev, const struct statx *sx);

/*
 * etfs_fd.c -- descriptors of nodes, which are borrowed.
 *
 * etfs_fd_take gives node's O_PATH descriptor, to be used until etfs_fd_drop.
 * An operation takes all that it needs before it changes anything, and before
 * it takes an identity: the thread may act as the server afterwards.  Ends: 0,
 * VFS_WOULDBLOCK, -ESTALE if the file cannot be found any more, or -errno.
 */
int etfs_fd_take(struct vop *op, struct etfs_node *node, int *fd);
void etfs_fd_drop(struct etfs_node *node);

/*
 * etfs_place.c -- where a file is found whose descriptor is closed.
 *
 * etfs_place_open opens it, as the server: dir is the directory that node was
 * last found in, and dir_fd its descriptor; not needed if it has a handle.
 * -ESTALE: it is not there any more.  etfs_place_is: is fd, which has node's
 * number, open on what was left, or on a younger file?  etfs_place_rename: node
 * is called name now.  etfs_place_probe gives a mount's handle_fd.
 */
int etfs_place_probe(const struct etfs_node *root, int root_fd);
bool etfs_leave(struct vnode *vn);
bool etfs_place_leave(struct etfs_node *node, int fd); /* that is open on it */
bool etfs_place_has_handle(struct etfs_node *node);
bool etfs_place_is(struct etfs_node *node, int fd, const struct statx *sx);
void etfs_place_rename(struct etfs_node *node, const char *name);
int etfs_place_open(struct vop *op, struct etfs_node *node,
    const struct etfs_node *dir, int dir_fd, int *fd);

/*
 * etfs_pin.c -- nodes whose file is open as it was made, and leads to it.
 *
 * etfs_pin_open: another descriptor for node; -ENOENT: nothing pins it.
 * etfs_pin_end comes before the vfile that has fd is closed, whether it pins
 * node or not: 0 or VFS_WOULDBLOCK.
 */
int etfs_pin_open(const struct vop *op, struct etfs_node *node, int *fd);
int etfs_pin_end(struct vop *op, struct etfs_node *node, int fd);

/*
 * etfs_going.c -- names that are about to go, while names are what leads to
 * files.
 *
 * etfs_going_begin comes before a change of names in from, and in to, which may
 * be the same: it keeps others from changing names there.  The file that name
 * in to stands for loses it; its descriptor is held until etfs_going_end, which
 * is told whether the name has gone.  Called as op's user.  0, or
 * VFS_WOULDBLOCK: then there is nothing to end.
 *
 * etfs_going_wait: whoever changes names in dir now has done so when it
 * returns.  0, or VFS_WOULDBLOCK.
 */
struct etfs_going {
	struct etfs_node *from, *to; /* NULL: nobody is kept from anything */
	struct etfs_node *node; /* that loses its name; NULL: none we know */
	bool last; /* it has no other */
};

int etfs_going_init(struct etfs *fs);
void etfs_going_fini(struct etfs *fs);
int etfs_going_begin(struct vop *op, struct etfs_going *g,
    struct etfs_node *from, struct etfs_node *to, int to_fd, const char *name);
void etfs_going_end(struct etfs_going *g, bool gone);
int etfs_going_wait(const struct vop *op, struct etfs_node *dir);

/* What name in dir stands for, with a reference, or NULL: we do not know it. */
struct etfs_node *etfs_going_known(
    struct etfs_node *dir, int dir_fd, const char *name, struct stat *st);

/* Are some descriptors away, so that names are what leads to files? */
static inline bool
etfs_names_matter(const struct etfs_node *node)
{
	return vfds_are_scarce(vfs_fds(node->vn.fs->vfs));
}

/*
 * etfs_close.c -- nodes whose last descriptor may take long to close.  False:
 * the caller has to do it.  drain waits for those that it has by now; fini for
 * the last.
 */
int etfs_closer_init(struct etfs_closer *c);
bool etfs_closer_take(struct etfs_closer *c, struct etfs_node *node);
void etfs_closer_drain(struct etfs_closer *c);
void etfs_closer_fini(struct etfs_closer *c);

/*
 * etfs_host.c -- calls of the host that may be made now, or need care.  All
 * return 0, -errno or VFS_WOULDBLOCK; descriptors they give are close-on-exec.
 */
struct etfs_path {
	char s[32];
};

struct etfs_name {
	char s[VFS_NAME_MAX + 1];
};

void etfs_host_probe(struct etfs *fs, int root_fd);

/* name with a terminator */
const char *etfs_host_name(struct etfs_name *buf, struct vname name);

/* A path that leads to what fd is open on, for this process, now. */
const char *etfs_host_path(struct etfs_path *buf, int fd);

/*
 * O_PATH on name in dir, whose descriptor is dir_fd, whatever it is; a symbolic
 * link is not followed.
 */
int etfs_host_walk(struct vop *op, const struct etfs_node *dir, int dir_fd,
    const char *name, int *out);

/*
 * Open what fd, a regular file or a directory, is open on once more.  That may
 * wait for somebody who has a lease on it, and so does not on a loop.
 */
int etfs_host_reopen(
    const struct vop *op, const struct etfs *fs, int fd, int flags, int *out);

/* fd, which lies on dev; or "." or a name in it, which needs search permission:
 * then that of a symbolic link is the link. */
int etfs_host_stat(const struct vop *op, const struct etfs_dev *dev, int fd,
    const char *name, struct statx *sx);

/*
 * A call failed with error: is it worth another try?  It is when it was only
 * interrupted, or when it was for want of descriptors and some have been closed.
 */
bool etfs_host_is_worth_another(const struct etfs *fs, int error);

/* Does name in dir stand for expect?  -ENOENT if not; NULL: anything does. */
int etfs_host_expect(int dir_fd, const char *name, const struct vnode *expect);

/*
 * etfs_io.c -- data of open files.
 *
 * io->size bytes of iov, from its start, at off of fd.  A read ends early at
 * the end of the file only; a write may be short.  As op's thread is, now or
 * on a worker: 0, -errno or VFS_WOULDBLOCK.
 */
struct etfs_io {
	struct etfs_dev *dev;
	int fd;
	int flags; /* that the file was opened with: O_APPEND, O_SYNC, ... */
	uint64_t off;
	const struct iovec *iov;
	int iovcnt;
	size_t size; /* at most all of iov */
};

size_t etfs_io_size(const struct iovec *iov, int iovcnt);
int etfs_io_read(const struct vop *op, const struct etfs_io *io, size_t *len);

/* As vfs_extent(). */
bool etfs_io_extent(struct etfs_dev *dev, int fd, uint64_t off, size_t len,
    struct vextent *ext);
int etfs_io_write(struct vop *op, const struct etfs_io *io, size_t *len);

/*
 * etfs_node.c -- the table of live nodes; etfs_parent.c -- their parents.
 *
 * etfs_node_take gives the node that the O_PATH descriptor fd stands for, an
 * old one or a new one, found in dir (NULL: the root).  fd belongs to it,
 * whatever the result.
 *
 * etfs_node_take_made gives the node of what the caller has just made in dir,
 * which fd is open on; fd stays the caller's, and pins the node: etfs_pin.c.
 * -EEXIST: it cannot, for somebody else has found the file already, or it is
 * not that kind.
 *
 * etfs_node_forget: if nobody but the caller has node, it is true, and nobody
 * ever will.  etfs_node_lose: there is no way back to it.
 */
int etfs_node_init(struct etfs *fs);
void etfs_node_fini(struct etfs *fs);
int etfs_node_take(struct vop *op, struct etfs *fs, struct etfs_node *dir,
    int fd, struct etfs_node **out);
int etfs_node_take_made(struct vop *op, struct etfs *fs, struct etfs_node *dir,
    int fd, struct etfs_node **out);
bool etfs_node_forget(struct etfs_node *node);
void etfs_node_lose(struct etfs_node *node);
struct etfs_node *etfs_node_find(
    struct etfs *fs, const struct etfs_dev *dev, uint64_t ino);
void etfs_node_free(struct etfs_node *node); /* etfs_close.c's to call */
void etfs_node_saw(struct etfs_node *node, const struct statx *sx);
void etfs_node_set_parent(struct etfs_node *node, struct etfs_node *dir);
struct etfs_node *etfs_node_parent(struct etfs_node *node); /* a reference */
void etfs_reclaim(struct vnode *vn);

/* etfs_stream.c -- as etfs_new(), for what is or has to be a stream. */
int etfs_stream_new(struct vfs *vfs, const struct etfs_config *cfg,
    struct vfs_fs **out, struct etfs_why *why);

/* The operations; see struct vfs_ops. */

/* etfs_dev.c */
struct vlane *etfs_lane(struct vnode *vn);

/* etfs_name.c */
int etfs_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out);
int etfs_parent(struct vop *op, struct vnode *dir, struct vnode **out);
int etfs_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name);
int etfs_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect);
int etfs_unlink(struct vop *op, struct vnode *dir, struct vname name,
    bool rmdir, struct vnode *expect);

/* etfs_make.c */
int etfs_create(struct vop *op, struct vnode *dir, struct vname name, int flags,
    mode_t mode, gid_t gid, struct vnode **out, struct vfile *file);
int etfs_mkdir(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, gid_t gid, struct vnode **out);
int etfs_mknod(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out);
int etfs_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out);

/* etfs_file.c */
int etfs_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file);
int etfs_close(struct vop *op, struct vfile *file);
bool etfs_extent(
    const struct vfile *file, uint64_t off, size_t len, struct vextent *ext);
int etfs_read(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int etfs_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int etfs_fsync(struct vop *op, struct vfile *file, bool data_only);

/* etfs_lock.c; a file whose description was lent has the node in priv. */
int etfs_lock(struct vop *op, struct vnode *vn, struct vfile *file,
    enum vlock_type type, uint64_t start, uint64_t end);
int etfs_getlock(struct vop *op, struct vnode *vn, struct vfile *file,
    struct vlock *lk, char *hostbuf);

/* etfs_attr.c */
int etfs_getattr(struct vop *op, struct vnode *vn, struct vattr *out);
int etfs_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa);
int etfs_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len);
int etfs_statfs(struct vop *op, struct vnode *vn, struct vstatfs *out);

/* etfs_dir.c; a directory's vfile has its state in priv. */
struct etfs_dir;
struct etfs_dir *etfs_dir_new(void);
void etfs_dir_free(struct etfs_dir *d); /* NULL is fine */
int etfs_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx);

/*
 * etfs_mapped.c -- who owns what is kept in attributes of the host's files.
 * etfs_mapped_init() exchanges the operations of a mount that has its root.
 * -EOPNOTSUPP: there are no such attributes.
 */
int etfs_mapped_init(struct etfs *fs, struct etfs_why *why);
void etfs_mapped_fini(struct etfs *fs);

/* *mode is what the host says of fd's file, and becomes what clients see. */
int etfs_mapped_load_mode(int fd, mode_t *mode);

/* etfs_xattr.c */
int etfs_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out);
int etfs_listxattr(struct vop *op, struct vnode *vn, struct vblob *out);
int etfs_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags);
int etfs_removexattr(struct vop *op, struct vnode *vn, struct vname name);

#endif
