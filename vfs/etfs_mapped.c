/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_mapped.c -- a host directory whose files belong to the clients' users.
 *
 * The host knows none of them: all files are the server's own, and who owns
 * what, and what it is, is kept beside it, as etfs_mapped.h tells.  So the
 * server needs no privileges, and a client's root has all of them, here.
 *
 * The operations are etfs's, behind functions that do three things: they check
 * what the host cannot (etfs_mapped_access.c), they put what is kept in the
 * place of what the host says, and they keep what is to be kept.
 *
 *	etfs_mapped_store.c	what is kept, and how
 *	etfs_mapped_access.c	who may
 *	etfs_mapped_attr.c	attributes
 *	etfs_mapped_file.c	open files, targets of links, listings
 *	etfs_mapped_name.c	names found, linked, renamed, removed
 *	etfs_mapped_make.c	new files
 *	etfs_mapped_xattr.c	the clients' own extended attributes
 *
 * The kernel has no call that asks for an extended attribute only if that is
 * in memory.  So all that looks at one, which is nearly everything but to read
 * and to list what is open, is a worker's unless the file system never waits.
 *
 * Nothing is remembered but a vnode's type, which never changes: who rewrites
 * user.virtfs.mode on the host gives a file another type when nobody has it
 * any more.  Until then it is what it was, and nothing is done to it that its
 * host file could not bear: that is a regular file all the time.
 */

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/xattr.h>

#include "etfs_mapped.h"

static pthread_rwlock_t *
lock_of(const struct etfs_node *node)
{
	struct etfs_mapped *m = etfs_of(&node->vn)->mapped;
	uint64_t h = node->vn.path * 0x9e3779b97f4a7c15;

	return &m->locks[(h >> 32) % ETFS_MAPPED_LOCKS];
}

static int
take(const struct vop *op, pthread_rwlock_t *lock, bool writes)
{
	int rc;

	if (!vop_is_on_loop(op))
		rc = writes ? pthread_rwlock_wrlock(lock)
			    : pthread_rwlock_rdlock(lock);
	else
		rc = writes ? pthread_rwlock_trywrlock(lock)
			    : pthread_rwlock_tryrdlock(lock);
	return rc == EBUSY ? VFS_WOULDBLOCK : -rc;
}

int
etfs_mapped_begin(struct vop *op, struct etfs_node *node, bool writes)
{
	int rc, fd;

	if (etfs_might_wait(op, node))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, node, &fd)) != 0)
		return rc;
	if ((rc = take(op, lock_of(node), writes)) != 0) {
		etfs_fd_drop(node);
		return rc;
	}
	if ((rc = etfs_cred_take(op, etfs_of(&node->vn))) != 0)
		etfs_mapped_end(node);
	return rc;
}

void
etfs_mapped_end(struct etfs_node *node)
{
	pthread_rwlock_unlock(lock_of(node));
	etfs_fd_drop(node);
}

/* In the order of their addresses; they may be one. */
int
etfs_mapped_begin_two(struct vop *op, struct etfs_node *a, struct etfs_node *b)
{
	struct etfs_node *first = lock_of(a) < lock_of(b) ? a : b;
	struct etfs_node *second = first == a ? b : a;
	int rc, fd;

	if (etfs_might_wait(op, second))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_fd_take(op, second, &fd)) != 0)
		return rc;
	if ((rc = etfs_mapped_begin(op, first, true)) == 0 &&
	    lock_of(first) != lock_of(second) &&
	    (rc = take(op, lock_of(second), true)) != 0)
		etfs_mapped_end(first);
	if (rc != 0)
		etfs_fd_drop(second);
	return rc;
}

void
etfs_mapped_end_two(struct etfs_node *a, struct etfs_node *b)
{
	if (lock_of(a) != lock_of(b))
		pthread_rwlock_unlock(lock_of(b));
	pthread_rwlock_unlock(lock_of(a));
	etfs_fd_drop(b);
	etfs_fd_drop(a);
}

static void
set_ops(struct vfs_ops *ops)
{
	ops->lookup = etfs_mapped_lookup;
	ops->parent = etfs_mapped_parent;
	ops->getattr = etfs_mapped_getattr;
	ops->setattr = etfs_mapped_setattr;
	ops->readlink = etfs_mapped_readlink;
	ops->open = etfs_mapped_open;
	ops->create = etfs_mapped_create;
	ops->mkdir = etfs_mapped_mkdir;
	ops->mknod = etfs_mapped_mknod;
	ops->symlink = etfs_mapped_symlink;
	ops->link = etfs_mapped_link;
	ops->rename = etfs_mapped_rename;
	ops->unlink = etfs_mapped_unlink;
	ops->write = etfs_mapped_write;
	ops->readdir = etfs_mapped_readdir;
	ops->getxattr = etfs_mapped_getxattr;
	ops->listxattr = etfs_mapped_listxattr;
	ops->setxattr = etfs_mapped_setxattr;
	ops->removexattr = etfs_mapped_removexattr;
}

/* Readers come all the time: let a writer in before more of them. */
static int
init_locks(struct etfs_mapped *m)
{
	pthread_rwlockattr_t attr;
	size_t i;
	int rc;

	if ((rc = pthread_rwlockattr_init(&attr)) != 0)
		return -rc;
	pthread_rwlockattr_setkind_np(
	    &attr, PTHREAD_RWLOCK_PREFER_WRITER_NONRECURSIVE_NP);
	for (i = 0; rc == 0 && i < ETFS_MAPPED_LOCKS; i++)
		rc = pthread_rwlock_init(&m->locks[i], &attr);
	pthread_rwlockattr_destroy(&attr);
	if (rc == 0)
		return 0;
	for (i--; i-- > 0;)
		pthread_rwlock_destroy(&m->locks[i]);
	return -rc;
}

/* Does the host keep such attributes there? */
static int
probe(const struct etfs_node *root, struct etfs_why *why)
{
	struct etfs_path path;
	char c;

	if (getxattr(etfs_host_path(&path, vfd_borrowed(&root->fd)),
		ETFS_MAPPED_PREFIX "mode", &c, 0) >= 0 ||
	    errno != EOPNOTSUPP)
		return 0;
	return etfs_because(why, -EOPNOTSUPP,
	    "its file system has no user.* extended attributes, in which "
	    "identity mapped keeps owners");
}

int
etfs_mapped_init(struct etfs *fs, struct etfs_why *why)
{
	struct etfs_mapped *m;
	int rc;

	if ((rc = probe(etfs_node_of(fs->fs.root), why)) != 0)
		return rc;
	if ((m = calloc(1, sizeof(*m))) == NULL)
		return -ENOMEM;
	if ((rc = init_locks(m)) != 0) {
		free(m);
		return rc;
	}
	m->ops = *fs->fs.ops;
	set_ops(&m->ops);
	fs->fs.ops = &m->ops;
	fs->mapped = m;
	return 0;
}

void
etfs_mapped_fini(struct etfs *fs)
{
	size_t i;

	if (fs->mapped == NULL)
		return;
	for (i = 0; i < ETFS_MAPPED_LOCKS; i++)
		pthread_rwlock_destroy(&fs->mapped->locks[i]);
	free(fs->mapped);
}
