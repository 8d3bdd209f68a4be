/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_going.c -- names that are about to go.
 *
 * A file whose descriptor is away may be found by nothing but its name, and if
 * that is its last one, its data goes with it: so before we take a name away,
 * the descriptor is opened, if we know the file.  It is not sent away any more
 * when there is no name (etfs_place.c).
 *
 * That has to be about the file that really loses the name.  So while some are
 * away, one change of names in a directory goes on after the other, as it does
 * in the kernel; and who does not find a file where it was waits for the change
 * that may be under way, and looks again.  Somebody else on the host may always
 * come in between: then it is as if that had removed the file.
 *
 * Directories share a few locks.  Two are taken in the order of their
 * addresses, and nobody waits for one who holds another but so.
 */

#include <errno.h>
#include <fcntl.h>
#include <unistd.h>

#include "etfs_internal.h"

int
etfs_going_init(struct etfs *fs)
{
	int i, rc;

	for (i = 0; i < ETFS_SHARDS; i++)
		if ((rc = uv_mutex_init(&fs->names[i])) != 0)
			break;
	if (i == ETFS_SHARDS)
		return 0;
	while (i-- > 0)
		uv_mutex_destroy(&fs->names[i]);
	return rc;
}

void
etfs_going_fini(struct etfs *fs)
{
	int i;

	for (i = 0; i < ETFS_SHARDS; i++)
		uv_mutex_destroy(&fs->names[i]);
}

static uv_mutex_t *
lock_of(const struct etfs_node *dir)
{
	return &etfs_of(&dir->vn)->names[dir->ino % ETFS_SHARDS];
}

static int
lock_both(const struct vop *op, struct etfs_going *g)
{
	uv_mutex_t *a = lock_of(g->from), *b = lock_of(g->to);
	uv_mutex_t *first = a < b ? a : b, *second = a < b ? b : a;
	int rc;

	if ((rc = etfs_lock_mutex(op, first)) != 0)
		return rc;
	if (first != second && (rc = etfs_lock_mutex(op, second)) != 0)
		uv_mutex_unlock(first);
	return rc;
}

static void
unlock_both(struct etfs_going *g)
{
	uv_mutex_t *a = lock_of(g->from), *b = lock_of(g->to);

	uv_mutex_unlock(a);
	if (a != b)
		uv_mutex_unlock(b);
}

struct etfs_node *
etfs_going_known(
    struct etfs_node *dir, int dir_fd, const char *name, struct stat *st)
{
	if (fstatat(dir_fd, name, st, AT_SYMLINK_NOFOLLOW) != 0 ||
	    st->st_dev != dir->dev->dev)
		return NULL;
	return etfs_node_find(etfs_of(&dir->vn), dir->dev, st->st_ino);
}

/* Borrow node's descriptor, which is away: it is called name.  Else false. */
static bool
bring_back(struct vop *op, struct etfs_node *node, struct etfs_node *dir,
    int dir_fd, const char *name)
{
	struct statx sx;
	int fd;

	if (etfs_host_walk(op, dir, dir_fd, name, &fd) != 0)
		return false;
	if (etfs_host_stat(op, node->dev, fd, "", &sx) != 0 ||
	    sx.stx_ino != node->ino || !etfs_place_is(node, fd, &sx)) {
		close(fd);
		return false;
	}
	(void)vfd_return(vfs_fds(node->vn.fs->vfs), &node->fd, fd);
	return true;
}

/* Does what st tells of, which nobody has, end with its name, and its data? */
static bool
is_cut(const struct stat *st)
{
	return S_ISREG(st->st_mode) && st->st_nlink == 1 && st->st_size > 0;
}

int
etfs_going_begin(struct vop *op, struct etfs_going *g, struct etfs_node *from,
    struct etfs_node *to, int to_fd, const char *name)
{
	struct stat st = { 0 };
	int rc;

	*g = (struct etfs_going){ 0 };
	if (etfs_names_matter(to)) {
		g->from = from;
		g->to = to;
		if ((rc = lock_both(op, g)) != 0)
			return rc;
	} else if (to->dev->never_waits) {
		return 0; /* nor does the end of a file */
	}
	g->node = etfs_going_known(to, to_fd, name, &st);
	if (g->node == NULL) {
		if (!is_cut(&st) || !etfs_must_not_cut(op, to))
			return 0;
		if (g->to != NULL)
			unlock_both(g);
		return VFS_WOULDBLOCK;
	}
	g->last = S_ISDIR(st.st_mode) || st.st_nlink == 1;
	if (vfd_borrow(&g->node->fd) < 0 &&
	    !bring_back(op, g->node, to, to_fd, name)) {
		vnode_put(&g->node->vn);
		g->node = NULL;
	}
	return 0;
}

void
etfs_going_end(struct etfs_going *g, bool gone)
{
	if (g->to != NULL)
		unlock_both(g);
	if (g->node == NULL)
		return;
	if (gone && g->last)
		atomic_store(&g->node->nameless, true);
	vfd_give_back(&g->node->fd);
	vnode_put(&g->node->vn);
}

int
etfs_going_wait(const struct vop *op, struct etfs_node *dir)
{
	int rc = etfs_lock_mutex(op, lock_of(dir));

	if (rc == 0)
		uv_mutex_unlock(lock_of(dir));
	return rc;
}
