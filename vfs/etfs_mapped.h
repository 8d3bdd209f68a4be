/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped.h -- what the etfs_mapped*.c files share.
 *
 * How a file is kept on the host, which is how QEMU's security model
 * mapped-xattr keeps it:
 *
 *	the clients' file	on the host, the server's own
 *	regular file		regular file, 0600
 *	directory		directory, 0700
 *	symbolic link		regular file, 0600: the target, unterminated
 *	device, FIFO, socket	regular file, 0600, empty
 *
 *	user.virtfs.uid		4 bytes
 *	user.virtfs.gid		4 bytes
 *	user.virtfs.mode	4 bytes: S_IFMT and permission bits
 *	user.virtfs.rdev	8 bytes: of what mknod(2) made, as in dev_t
 *	user.virtfs.NAME	an ACL, where NAME is system.posix_acl_access or
 *				system.posix_acl_default
 *
 * All numbers are little-endian.  Each attribute stands alone: what is not
 * there, is not of its size, or is not the server's to read, is as the host
 * says.  The host is also believed about what is no regular file: a directory
 * is one whatever is written on it, and nothing else becomes one.
 */

#ifndef ETFS_MAPPED_H
#define ETFS_MAPPED_H

#include <pthread.h>

#include "etfs_internal.h"

#define ETFS_MAPPED_PREFIX "user.virtfs."
#define ETFS_MAPPED_LOCKS 64
#define ETFS_MAPPED_SET_ID (S_ISUID | S_ISGID)

struct etfs_mapped {
	struct vfs_ops ops; /* etfs's, and ours in place of some */
	pthread_rwlock_t locks[ETFS_MAPPED_LOCKS];
};

/*
 * etfs_mapped.c -- a lock guards a node's attributes and, of a directory, its
 * names: who looks at them holds it for reading, who changes them for writing.
 * It is shared by many nodes, so a thread takes one at a time; or two at once,
 * for writing.
 *
 * What begins an operation: it must not have to wait, the descriptor, the lock,
 * the server's own identity.  0, VFS_WOULDBLOCK or -errno; if 0 it has to be
 * ended.  In between the descriptor is vfd_borrowed(&node->fd); so it is in what
 * says below that node is locked, or has begun.
 */
int etfs_mapped_begin(struct vop *op, struct etfs_node *node, bool writes);
void etfs_mapped_end(struct etfs_node *node);
int etfs_mapped_begin_two(
    struct vop *op, struct etfs_node *a, struct etfs_node *b);
void etfs_mapped_end_two(struct etfs_node *a, struct etfs_node *b);

/*
 * etfs_mapped_store.c -- what the host keeps; etfs_mapped_load_mode() is in
 * etfs_internal.h.
 *
 * load puts what is kept for the file behind fd in the place of what the host
 * says, which attr has.  save keeps what mask (VSET_MODE, _UID, _GID) names;
 * mode is then whole.  0, or the host's errno; save may have done a part.
 */
int etfs_mapped_load(int fd, struct vattr *attr);
int etfs_mapped_save(int fd, const struct vattr *attr, unsigned int mask);
int etfs_mapped_save_rdev(int fd, dev_t rdev);

/* An ACL, to be freed; data is NULL if there is none.  -EIO: it is garbage. */
int etfs_mapped_load_acl(int fd, const char *name, struct vblob *out);
int etfs_mapped_save_acl(int fd, const char *name, const struct vblob *acl);

/*
 * etfs_mapped_access.c -- who may.  attr is what clients see; access is vaccess
 * and ACLs, of a file that has been looked at or not.  Nodes need not have begun.
 */
int etfs_mapped_attr(
    struct vop *op, struct etfs_node *node, struct vattr *attr);
int etfs_mapped_may(
    struct vop *op, struct etfs_node *node, const struct vattr *attr, int want);
int etfs_mapped_access(struct vop *op, struct etfs_node *node, int want);

/* May op make a name in dir?  -EEXIST if it is there, whoever asks. */
int etfs_mapped_may_make(
    struct vop *op, struct etfs_node *dir, struct vname name);

/* Before op writes to node, which is locked for writing: set-id bits go. */
int etfs_mapped_written(struct vop *op, struct etfs_node *node);

/* The operations; see struct vfs_ops. */

/* etfs_mapped_attr.c */
int etfs_mapped_getattr(struct vop *op, struct vnode *vn, struct vattr *out);
int etfs_mapped_setattr(struct vop *op, struct vnode *vn, struct vfile *file,
    const struct vsetattr *sa);

/* etfs_mapped_file.c */
int etfs_mapped_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file);
int etfs_mapped_write(struct vop *op, struct vfile *file, uint64_t off,
    const struct iovec *iov, int iovcnt, size_t *len);
int etfs_mapped_readlink(
    struct vop *op, struct vnode *vn, char *buf, size_t cap, size_t *len);
int etfs_mapped_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx);

/* etfs_mapped_name.c */
int etfs_mapped_lookup(
    struct vop *op, struct vnode *dir, struct vname name, struct vnode **out);
int etfs_mapped_parent(struct vop *op, struct vnode *dir, struct vnode **out);
int etfs_mapped_link(
    struct vop *op, struct vnode *dir, struct vnode *vn, struct vname name);
int etfs_mapped_rename(struct vop *op, struct vnode *dir, struct vname name,
    struct vnode *newdir, struct vname newname, struct vnode *expect);
int etfs_mapped_unlink(struct vop *op, struct vnode *dir, struct vname name,
    bool rmdir, struct vnode *expect);

/* etfs_mapped_make.c */
int etfs_mapped_create(struct vop *op, struct vnode *dir, struct vname name,
    int flags, mode_t mode, gid_t gid, struct vnode **out, struct vfile *file);
int etfs_mapped_mkdir(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, gid_t gid, struct vnode **out);
int etfs_mapped_mknod(struct vop *op, struct vnode *dir, struct vname name,
    mode_t mode, dev_t rdev, gid_t gid, struct vnode **out);
int etfs_mapped_symlink(struct vop *op, struct vnode *dir, struct vname name,
    struct vname target, gid_t gid, struct vnode **out);

/* etfs_mapped_xattr.c */
int etfs_mapped_getxattr(
    struct vop *op, struct vnode *vn, struct vname name, struct vblob *out);
int etfs_mapped_listxattr(struct vop *op, struct vnode *vn, struct vblob *out);
int etfs_mapped_setxattr(struct vop *op, struct vnode *vn, struct vname name,
    const void *data, size_t len, int flags);
int etfs_mapped_removexattr(
    struct vop *op, struct vnode *vn, struct vname name);

#endif
