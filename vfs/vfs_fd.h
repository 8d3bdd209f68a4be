/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_fd.h -- descriptors that vnodes hold, of which only so many are open.
 *
 * A file system that works on its files by descriptor has one for each vnode,
 * and there may be more vnodes than a process may have descriptors.  It keeps
 * each in a vfd.  While more are open than the vfs is to have, some that have
 * not been used for a while are sent away: ops->leave notes how to come by the
 * file again, and the descriptor is closed.  Who finds one away opens another
 * and brings it back.
 *
 * A descriptor is borrowed while it is used, and stays open meanwhile.
 *
 * Threads: any may call anything here.  To borrow and to give back what is open
 * takes no lock.
 */

#ifndef VFS_FD_H
#define VFS_FD_H

#include "vfs_fs.h"

#define VFDS_LIMIT 4096 /* unless told otherwise */
#define VFD_AWAY UINT32_MAX
#define VFD_LEAVING (UINT32_C(1) << 30) /* and nobody has borrowed it since */

/* Embedded in what has the vnode; zero but for vn is one that is new. */
struct vfd {
	struct vnode *vn;
	_Atomic int fd;
	_Atomic uint32_t users; /* who have borrowed it, perhaps with
				 * VFD_LEAVING; or VFD_AWAY */
	_Atomic bool used; /* since the hand passed by; see vfs_fd.c */
	struct vfd *next, *prev; /* in the ring of those that may be sent away,
				  * or NULL */
};

/* All of a vfs. */
struct vfds {
	uv_mutex_t mutex; /* guards hand, the ring, and that one comes back */
	struct vfd *hand; /* in the ring; NULL: that is empty */
	size_t limit;
	_Atomic size_t open;
	_Atomic bool scarce; /* some are away, or may soon be */
};

struct vfds *vfs_fds(struct vfs *vfs);

int vfds_init(struct vfds *fds);
void vfds_fini(struct vfds *fds);

/* d, new, has none yet: it is away, and not counted. */
static inline void
vfd_begin_away(struct vfd *d)
{
	atomic_init(&d->fd, -1);
	atomic_init(&d->users, VFD_AWAY);
}

/* d, new and with its fd, is counted; it may be sent away, unless it stays. */
void vfd_add(struct vfds *fds, struct vfd *d, bool stays);

/* Its vnode is being reclaimed: its descriptor, for the caller to close, or -1
 * if it is away. */
int vfd_remove(struct vfds *fds, struct vfd *d);

/*
 * d was found away, and fd is a descriptor for it, which now belongs to it;
 * unless somebody was faster: then fd is closed.  Borrowed.
 */
int vfd_return(struct vfds *fds, struct vfd *d, int fd);

/* Send some away, as the process has too many.  False: there was none. */
bool vfds_relieve(struct vfds *fds);

/* -1 if it is away. */
static inline int
vfd_borrow(struct vfd *d)
{
	uint32_t n = atomic_load_explicit(&d->users, memory_order_relaxed);

	do {
		if (n == VFD_AWAY)
			return -1;
	} while (!atomic_compare_exchange_weak_explicit(&d->users, &n,
	    (n & ~VFD_LEAVING) + 1, memory_order_acquire,
	    memory_order_relaxed));
	if (!atomic_load_explicit(&d->used, memory_order_relaxed))
		atomic_store_explicit(&d->used, true, memory_order_relaxed);
	return atomic_load_explicit(&d->fd, memory_order_relaxed);
}

static inline void
vfd_give_back(struct vfd *d)
{
	atomic_fetch_sub_explicit(&d->users, 1, memory_order_release);
}

/* The descriptor of one that the caller has borrowed. */
static inline int
vfd_borrowed(const struct vfd *d)
{
	return atomic_load_explicit(&d->fd, memory_order_relaxed);
}

static inline bool
vfds_are_scarce(const struct vfds *fds)
{
	return atomic_load_explicit(&fds->scarce, memory_order_relaxed);
}

#endif
