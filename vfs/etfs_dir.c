/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_dir.c -- listing a directory.
 *
 * A cookie is the host's own: where its directory goes on after an entry.  To
 * seek to one is right on most file systems, but some (tmpfs before Linux 6.6,
 * for one) count entries, so that a seek misses some when others have been
 * removed.  So what has been read and not been given is kept, and a listing
 * that goes on where it stopped, as nearly all do, never seeks.
 *
 * Several requests may be under way on one open directory: one goes on after
 * the other.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etfs_internal.h"

#define BUF_SIZE ((size_t)32 << 10)

struct etfs_dir {
	uv_mutex_t mutex; /* guards the rest, and where the host's file is */
	uint64_t at; /* the cookie after which buf, then the file, go on */
	char *buf; /* NULL while nothing is left in it */
	size_t start, end;
};

struct etfs_dir *
etfs_dir_new(void)
{
	struct etfs_dir *d = calloc(1, sizeof(*d));

	if (d != NULL && uv_mutex_init(&d->mutex) != 0) {
		free(d);
		return NULL;
	}
	return d;
}

static void
forget_buf(struct etfs_dir *d)
{
	free(d->buf);
	d->buf = NULL;
	d->start = d->end = 0;
}

void
etfs_dir_free(struct etfs_dir *d)
{
	if (d == NULL)
		return;
	forget_buf(d);
	uv_mutex_destroy(&d->mutex);
	free(d);
}

/*
 * A cookie has to be positive.  A host's that is not can only be gone on from,
 * not be sought: what matters is that it is a cookie, and itself again.
 */
static uint64_t
cookie_of(int64_t off)
{
	uint64_t cookie = (uint64_t)off & INT64_MAX;

	return cookie != 0 ? cookie : INT64_MAX;
}

/* 0 is the start, as it is now. */
static int
go_to(struct etfs_dir *d, int fd, uint64_t cookie)
{
	if (cookie != 0 && cookie == d->at)
		return 0;
	forget_buf(d);
	if (lseek(fd, (off_t)cookie, SEEK_SET) < 0)
		return -errno;
	d->at = cookie;
	return 0;
}

/* d->end is 0 at the end.  A directory that has been removed has no entries. */
static int
fill_buf(struct etfs_dir *d, int fd)
{
	ssize_t n;

	if (d->buf == NULL && (d->buf = malloc(BUF_SIZE)) == NULL)
		return -ENOMEM;
	d->start = d->end = 0;
	do {
		n = getdents64(fd, d->buf, BUF_SIZE);
	} while (n < 0 && errno == EINTR);
	if (n < 0)
		return errno == ENOENT ? 0 : -errno;
	d->end = (size_t)n;
	return 0;
}

/* "." and ".." are what we know them to be, which the host need not. */
static uint64_t
path_of(struct etfs_node *dir, const struct vdirent *entry, uint64_t ino)
{
	struct etfs_node *up;
	uint64_t path;

	if (!vname_is_dots(entry->name))
		return vfs_file_id(dir->vn.fs->vfs, dir->dev->dev, ino);
	if (entry->name.len == 1)
		return dir->vn.path;
	up = etfs_node_parent(dir);
	path = up->vn.path;
	vnode_put(&up->vn);
	return path;
}

/* Is it a directory in one that shows none?  Not every host tells the type. */
static bool
is_hidden(const struct vfile *file, const struct vdirent *entry)
{
	struct stat st;

	if (!etfs_of(file->vn)->flat || vname_is_dots(entry->name))
		return false;
	if (entry->type != 0)
		return S_ISDIR(entry->type);
	return fstatat(file->fd, entry->name.s, &st, AT_SYMLINK_NOFOLLOW) ==
	    0 &&
	    S_ISDIR(st.st_mode);
}

/* Give what is in buf; false: the reader has had enough. */
static bool
give(struct etfs_dir *d, struct vfile *file, vfs_emit *emit, void *ctx)
{
	struct etfs_node *dir = etfs_node_of(file->vn);
	const struct dirent64 *host;
	struct vdirent entry = { 0 };

	for (; d->start < d->end; d->start += host->d_reclen) {
		host = (const void *)(d->buf + d->start);
		entry.name.s = host->d_name;
		entry.name.len = strlen(host->d_name);
		if (entry.name.len > VFS_NAME_MAX)
			continue;
		entry.type = (mode_t)DTTOIF(host->d_type);
		if (is_hidden(file, &entry))
			continue;
		entry.cookie = cookie_of(host->d_off);
		entry.path = path_of(dir, &entry, host->d_ino);
		if (!emit(ctx, &entry))
			return false;
		d->at = entry.cookie;
	}
	return true;
}

static int
list(struct etfs_dir *d, struct vfile *file, uint64_t cookie, vfs_emit *emit,
    void *ctx)
{
	int rc;

	if ((rc = go_to(d, file->fd, cookie)) != 0)
		return rc;
	while (give(d, file, emit, ctx)) {
		if ((rc = fill_buf(d, file->fd)) != 0)
			return rc;
		if (d->end == 0) {
			forget_buf(d);
			return 0;
		}
	}
	return 0;
}

int
etfs_readdir(struct vop *op, struct vfile *file, uint64_t cookie,
    vfs_emit *emit, void *ctx)
{
	struct etfs_dir *d = file->priv;
	int rc;

	if (etfs_might_wait(op, etfs_node_of(file->vn)))
		return VFS_WOULDBLOCK;
	if ((rc = etfs_lock_mutex(op, &d->mutex)) != 0)
		return rc;
	rc = list(d, file, cookie, emit, ctx);
	uv_mutex_unlock(&d->mutex);
	return rc;
}
