/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_fd.c -- see vfs_fd.h.
 *
 * Which one is to go?  All that may are in a ring, and a hand goes round it: one
 * that was used since the hand last passed is passed once more, the first other
 * one goes.  (It is the clock by which kernels choose pages.)  So to use one
 * costs a flag, and not a place in a list that everybody shares.
 *
 * One that goes is taken out of the ring and borrowed first, with a reference
 * on its vnode, so that neither can vanish meanwhile.  What ops->leave notes
 * holds only while nobody does anything with the file; so that is asked only
 * while nobody else has borrowed it, and it goes in the end only if nobody has
 * since, which would have taken VFD_LEAVING away.
 */

#include <limits.h>
#include <sys/resource.h>
#include <unistd.h>

#include "vfs_internal.h"

#define TRIES 8 /* that may refuse, each time that there are too many */
#define RELIEF 32 /* how many go when the process has too many */

struct vfds *
vfs_fds(struct vfs *vfs)
{
	return &vfs->fds;
}

int
vfds_init(struct vfds *fds)
{
	fds->hand = NULL;
	fds->limit = VFDS_LIMIT;
	atomic_init(&fds->open, 0);
	atomic_init(&fds->scarce, false);
	return uv_mutex_init(&fds->mutex);
}

void
vfds_fini(struct vfds *fds)
{
	uv_mutex_destroy(&fds->mutex);
}

/* Behind the hand, where it comes last.  The ring is locked. */
static void
enter(struct vfds *fds, struct vfd *d)
{
	struct vfd *hand = fds->hand;

	if (hand == NULL) {
		d->next = d->prev = d;
		fds->hand = d;
		return;
	}
	d->next = hand;
	d->prev = hand->prev;
	hand->prev->next = d;
	hand->prev = d;
}

/* Harmless on one that is not in.  The ring is locked. */
static void
leave(struct vfds *fds, struct vfd *d)
{
	if (d->next == NULL)
		return;
	if (fds->hand == d)
		fds->hand = d->next != d ? d->next : NULL;
	d->next->prev = d->prev;
	d->prev->next = d->next;
	d->next = d->prev = NULL;
}

/*
 * Is d to go?  Then it is borrowed, and its vnode referenced.  One whose last
 * reference has gone is about to be removed.
 */
static bool
may_go(struct vfd *d, int below)
{
	if (atomic_exchange_explicit(&d->used, false, memory_order_relaxed) ||
	    vfd_borrowed(d) >= below || atomic_load(&d->users) != 0 ||
	    !vnode_tryget(d->vn))
		return false;
	(void)vfd_borrow(d);
	return true;
}

/*
 * The next one that is to go, out of the ring, of those whose number is below
 * that; NULL: all are in use.
 */
static struct vfd *
pick(struct vfds *fds, int below)
{
	struct vfd *d;
	size_t n;

	uv_mutex_lock(&fds->mutex);
	for (n = 2 * atomic_load(&fds->open); n > 0; n--) {
		if ((d = fds->hand) == NULL)
			break;
		fds->hand = d->next;
		if (may_go(d, below)) {
			leave(fds, d);
			uv_mutex_unlock(&fds->mutex);
			return d;
		}
	}
	uv_mutex_unlock(&fds->mutex);
	return NULL;
}

static void
put_back(struct vfds *fds, struct vfd *d)
{
	uv_mutex_lock(&fds->mutex);
	enter(fds, d);
	uv_mutex_unlock(&fds->mutex);
	vfd_give_back(d);
}

/* d has been picked.  False: it is still there. */
static bool
send_away(struct vfds *fds, struct vfd *d)
{
	struct vnode *vn = d->vn;
	int fd = vfd_borrowed(d);
	uint32_t alone = 1, us = VFD_LEAVING | 1;
	bool stays = false, gone = false;

	if (atomic_compare_exchange_strong(&d->users, &alone, us)) {
		stays = !vn->fs->ops->leave(vn);
		gone = !stays &&
		    atomic_compare_exchange_strong(&d->users, &us, VFD_AWAY);
	}
	if (gone) {
		close(fd);
		atomic_fetch_sub(&fds->open, 1);
	} else if (stays) {
		atomic_fetch_and(&d->users, ~VFD_LEAVING);
		vfd_give_back(d); /* and nobody asks again */
	} else {
		put_back(fds, d);
	}
	vnode_put(vn);
	return gone;
}

/* Until no more than limit are open, or too many have refused. */
static bool
shed(struct vfds *fds, size_t limit, int below)
{
	struct vfd *d;
	bool some = false;
	int tries = TRIES;

	while (atomic_load(&fds->open) > limit && tries > 0) {
		if ((d = pick(fds, below)) == NULL)
			break;
		if (send_away(fds, d))
			some = true;
		else
			tries--;
	}
	return some;
}

/* Before the first goes everybody is to know that some may. */
static void
trim(struct vfds *fds)
{
	if (!vfds_are_scarce(fds) &&
	    atomic_load(&fds->open) >= fds->limit - fds->limit / 4)
		atomic_store(&fds->scarce, true);
	(void)shed(fds, fds->limit, INT_MAX);
}

/* A number that the process may not have any more is none that is missing. */
bool
vfds_relieve(struct vfds *fds)
{
	size_t open = atomic_load(&fds->open);
	struct rlimit rl;

	if (getrlimit(RLIMIT_NOFILE, &rl) != 0)
		return false;
	atomic_store(&fds->scarce, true);
	return shed(fds, open > RELIEF ? open - RELIEF : 0,
	    rl.rlim_cur < INT_MAX ? (int)rl.rlim_cur : INT_MAX);
}

void
vfd_add(struct vfds *fds, struct vfd *d, bool stays)
{
	atomic_fetch_add(&fds->open, 1);
	if (stays)
		return;
	uv_mutex_lock(&fds->mutex);
	enter(fds, d);
	uv_mutex_unlock(&fds->mutex);
	trim(fds);
}

int
vfd_remove(struct vfds *fds, struct vfd *d)
{
	uv_mutex_lock(&fds->mutex);
	leave(fds, d);
	uv_mutex_unlock(&fds->mutex);
	if (atomic_load(&d->users) == VFD_AWAY)
		return -1;
	atomic_fetch_sub(&fds->open, 1);
	return vfd_borrowed(d);
}

int
vfd_return(struct vfds *fds, struct vfd *d, int fd)
{
	int mine;

	uv_mutex_lock(&fds->mutex);
	if ((mine = vfd_borrow(d)) < 0) {
		atomic_store_explicit(&d->fd, fd, memory_order_relaxed);
		atomic_store_explicit(&d->used, true, memory_order_relaxed);
		atomic_store_explicit(&d->users, 1, memory_order_release);
		enter(fds, d);
		atomic_fetch_add(&fds->open, 1);
	}
	uv_mutex_unlock(&fds->mutex);
	if (mine >= 0) {
		close(fd);
		return mine;
	}
	trim(fds);
	return fd;
}
