/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_place.c -- where a file is to be found whose descriptor is closed.
 *
 * Two things can lead back to it.  A file handle does whatever becomes of its
 * names, but to open one takes a privilege (open_by_handle_at(2)), and only
 * local file systems are trusted to keep them good; they are used on the device
 * of the mount's root.  Else it is the file's name in the directory that it was
 * found in, which our own renames keep true; if somebody on the host renames it
 * within that directory it is still found, by its number.
 *
 * Either way may lead to another file by now: an inode number is used again
 * when its file is gone.  The handle tells, which anybody may ask for and which
 * has a generation; or, without one, the time the file was made; or, without
 * that, at least its type, for what is no regular file must not be opened.
 *
 * A file that has no name any more is never left: nothing would lead back.
 */

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "etfs_internal.h"

#define HANDLE_TRIES 100
#define BUF_SIZE ((size_t)32 << 10)
#define DELETED " (deleted)" /* the kernel's mark, proc(5) */

/* The kernel's struct, with room for what it points beyond. */
struct handle {
	struct file_handle h;
	unsigned char bytes[MAX_HANDLE_SZ];
};

/* What is known of a file that was left. */
struct facts {
	mode_t type; /* to the host */
	struct statx_timestamp btime;
	bool has_btime;
	bool by_handle; /* that leads to it; there is no name */
	const struct file_handle *handle; /* NULL: it has none */
	const char *name; /* or NULL */
};

struct etfs_place {
	struct facts is; /* which points into buf */
	_Alignas(struct file_handle) char buf[];
};

static bool
ask_handle(int fd, struct handle *out)
{
	int mount_id;

	out->h.handle_bytes = MAX_HANDLE_SZ;
	return name_to_handle_at(fd, "", &out->h, &mount_id, AT_EMPTY_PATH) ==
	    0;
}

static bool
same_handle(const struct file_handle *a, const struct file_handle *b)
{
	return a->handle_type == b->handle_type &&
	    a->handle_bytes == b->handle_bytes &&
	    memcmp(a->f_handle, b->f_handle, a->handle_bytes) == 0;
}

/* By what handles are opened: the root, if that can be, or -1. */
int
etfs_place_probe(const struct etfs_node *root, int root_fd)
{
	struct handle h;
	int dir, fd;

	if (!root->dev->local || !ask_handle(root_fd, &h))
		return -1;
	dir = openat(root_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dir < 0)
		return -1;
	if ((fd = open_by_handle_at(dir, &h.h, O_PATH | O_CLOEXEC)) < 0) {
		close(dir);
		return -1;
	}
	close(fd);
	return dir;
}

/* Do handles lead to node? */
static bool
handles_lead_to(const struct etfs_node *node)
{
	const struct etfs *fs = etfs_of(&node->vn);

	return fs->handle_fd >= 0 &&
	    node->dev == etfs_node_of(fs->fs.root)->dev;
}

/* Does name still stand for node, as far as can be seen at once? */
static bool
is_named(struct etfs_node *node, const char *name)
{
	struct etfs_node *up = etfs_node_parent(node);
	int fd = vfd_borrow(&up->fd);
	bool named = true;

	if (fd >= 0) {
		named = etfs_host_expect(fd, name, &node->vn) == 0;
		vfd_give_back(&up->fd);
	}
	vnode_put(&up->vn);
	return named;
}

/* The last name of what fd is open on, in buf of cap bytes; or NULL. */
static char *
last_name(int fd, char *buf, size_t cap)
{
	const size_t mark = strlen(DELETED);
	struct etfs_path path;
	char *slash;
	ssize_t n;

	n = readlink(etfs_host_path(&path, fd), buf, cap - 1);
	if (n <= 0 || (size_t)n == cap - 1)
		return NULL;
	buf[n] = '\0';
	if ((size_t)n > mark && strcmp(buf + (size_t)n - mark, DELETED) == 0)
		return NULL;
	slash = strrchr(buf, '/');
	return slash != NULL && slash[1] != '\0' ? slash + 1 : NULL;
}

/* With copies of what facts points to. */
static struct etfs_place *
place_new(const struct facts *facts)
{
	const struct file_handle *h = facts->handle;
	size_t hsize = h != NULL ? sizeof(*h) + h->handle_bytes : 0;
	size_t nsize = facts->name != NULL ? strlen(facts->name) + 1 : 0;
	struct etfs_place *p = malloc(sizeof(*p) + hsize + nsize);

	if (p == NULL)
		return NULL;
	p->is = *facts;
	if (h != NULL) {
		memcpy(p->buf, h, hsize);
		p->is.handle = (const void *)p->buf;
	}
	if (facts->name != NULL) {
		memcpy(p->buf + hsize, facts->name, nsize);
		p->is.name = p->buf + hsize;
	}
	return p;
}

/* NULL: nothing would lead back to node, or there is no memory. */
static struct etfs_place *
place_of(struct etfs_node *node, int fd)
{
	struct facts facts = { 0 };
	char path[PATH_MAX];
	struct statx sx;
	struct handle h;

	if (statx(fd, "", AT_EMPTY_PATH | AT_STATX_DONT_SYNC,
		STATX_TYPE | STATX_NLINK | STATX_BTIME, &sx) != 0 ||
	    sx.stx_nlink == 0)
		return NULL;
	facts.type = sx.stx_mode & S_IFMT;
	facts.btime = sx.stx_btime;
	facts.has_btime = sx.stx_mask & STATX_BTIME;
	if (ask_handle(fd, &h)) {
		facts.handle = &h.h;
		facts.by_handle = handles_lead_to(node);
	}
	if (!facts.by_handle) {
		facts.name = last_name(fd, path, sizeof(path));
		if (facts.name == NULL || !is_named(node, facts.name))
			return NULL;
	}
	return place_new(&facts);
}

/* On any thread, as whoever that acts as: none of these calls asks for rights. */
bool
etfs_place_leave(struct etfs_node *node, int fd)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_place *old, *p = place_of(node, fd);

	if (p == NULL)
		return false;
	uv_mutex_lock(&fs->places);
	old = node->place;
	node->place = p;
	uv_mutex_unlock(&fs->places);
	free(old);
	return true;
}

bool
etfs_leave(struct vnode *vn)
{
	struct etfs_node *node = etfs_node_of(vn);

	return etfs_place_leave(node, vfd_borrowed(&node->fd));
}

/* A copy, or NULL: there is no memory, or node was never left. */
static struct etfs_place *
copy_place(struct etfs_node *node)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_place *copy = NULL;

	uv_mutex_lock(&fs->places);
	if (node->place != NULL)
		copy = place_new(&node->place->is);
	uv_mutex_unlock(&fs->places);
	return copy;
}

void
etfs_place_rename(struct etfs_node *node, const char *name)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_place *p, *old = NULL;
	struct facts facts;

	uv_mutex_lock(&fs->places);
	if (node->place != NULL && node->place->is.name != NULL) {
		facts = node->place->is;
		facts.name = name;
		if ((p = place_new(&facts)) != NULL) {
			old = node->place;
			node->place = p;
		}
	}
	uv_mutex_unlock(&fs->places);
	free(old);
}

/* What sx says of it may be what clients see. */
static bool
is_of_type(int fd, mode_t type)
{
	struct stat st;

	return fstat(fd, &st) == 0 && (st.st_mode & S_IFMT) == type;
}

/* Is fd, whose number is node's, open on what was left? */
static bool
is_left(const struct etfs_place *p, int fd, const struct statx *sx)
{
	struct handle h;

	if (p->is.handle != NULL)
		return ask_handle(fd, &h) && same_handle(p->is.handle, &h.h);
	if (p->is.has_btime && (sx->stx_mask & STATX_BTIME))
		return p->is.btime.tv_sec == sx->stx_btime.tv_sec &&
		    p->is.btime.tv_nsec == sx->stx_btime.tv_nsec;
	return is_of_type(fd, p->is.type);
}

bool
etfs_place_is(struct etfs_node *node, int fd, const struct statx *sx)
{
	struct etfs_place *p = copy_place(node);
	bool is = p == NULL || is_left(p, fd, sx);

	free(p);
	return is;
}

/* fd is closed if it is not what was left. */
static int
check(const struct etfs_node *node, const struct etfs_place *p, int fd)
{
	struct statx sx;

	if (statx(fd, "", AT_EMPTY_PATH | AT_NO_AUTOMOUNT,
		STATX_INO | STATX_BTIME, &sx) == 0 &&
	    etfs_dev_number(&sx) == node->dev->dev && sx.stx_ino == node->ino &&
	    is_left(p, fd, &sx))
		return 0;
	close(fd);
	return -ESTALE;
}

static int
by_name(struct vop *op, const struct etfs_node *node,
    const struct etfs_place *p, const struct etfs_node *dir, int dir_fd,
    const char *name, int *fd)
{
	int rc = etfs_host_walk(op, dir, dir_fd, name, fd);

	if (rc == 0)
		return check(node, p, *fd);
	return rc == -ENOENT || rc == -ENOTDIR || rc == -EXDEV ? -ESTALE : rc;
}

/* The entry of that number in buf, which has size bytes; or NULL. */
static const char *
entry_of(const char *buf, size_t size, uint64_t ino)
{
	const struct dirent64 *e;
	size_t at;

	for (at = 0; at < size; at += e->d_reclen) {
		e = (const void *)(buf + at);
		if (e->d_ino == ino && strcmp(e->d_name, ".") != 0 &&
		    strcmp(e->d_name, "..") != 0)
			return e->d_name;
	}
	return NULL;
}

/* What ino is called in the directory that is open, now. */
static int
find_name(int dir, uint64_t ino, struct etfs_name *out)
{
	char *buf = malloc(BUF_SIZE);
	const char *name = NULL;
	ssize_t n = 0;
	int rc;

	if (buf == NULL)
		return -ENOMEM;
	while (name == NULL && (n = getdents64(dir, buf, BUF_SIZE)) > 0)
		name = entry_of(buf, (size_t)n, ino);
	rc = n < 0 ? -errno : -ESTALE;
	if (name != NULL && strlen(name) < sizeof(out->s)) {
		memcpy(out->s, name, strlen(name) + 1);
		rc = 0;
	}
	free(buf);
	return rc;
}

static int
by_number(struct vop *op, const struct etfs_node *node,
    const struct etfs_place *p, const struct etfs_node *dir, int dir_fd,
    int *fd)
{
	struct etfs_name name;
	int rc, list;

	rc = etfs_host_reopen(
	    op, etfs_of(&node->vn), dir_fd, O_RDONLY | O_DIRECTORY, &list);
	if (rc != 0)
		return -ESTALE; /* it may only be searched */
	rc = find_name(list, node->ino, &name);
	close(list);
	return rc == 0 ? by_name(op, node, p, dir, dir_fd, name.s, fd) : rc;
}

/*
 * ext4 says ENOMEM, and means nothing by it, while the number that a handle had
 * is being given to a new file.
 */
static int
by_handle(const struct etfs_node *node, const struct etfs_place *p, int *fd)
{
	const struct etfs *fs = etfs_of(&node->vn);
	struct handle h;
	int tries = 0;

	memcpy(&h, p->is.handle, sizeof(h.h) + p->is.handle->handle_bytes);
	do {
		if (tries > 0)
			sched_yield();
		*fd =
		    open_by_handle_at(fs->handle_fd, &h.h, O_PATH | O_CLOEXEC);
	} while (*fd < 0 &&
	    (etfs_host_is_worth_another(fs, errno) ||
		(errno == ENOMEM && tries++ < HANDLE_TRIES)));
	return *fd >= 0 ? check(node, p, *fd) : -errno;
}

bool
etfs_place_has_handle(struct etfs_node *node)
{
	struct etfs *fs = etfs_of(&node->vn);
	bool has;

	uv_mutex_lock(&fs->places);
	has = node->place != NULL && node->place->is.by_handle;
	uv_mutex_unlock(&fs->places);
	return has;
}

int
etfs_place_open(struct vop *op, struct etfs_node *node,
    const struct etfs_node *dir, int dir_fd, int *fd)
{
	struct etfs_place *p = copy_place(node);
	int rc;

	if (p == NULL)
		return -ENOMEM;
	if (p->is.by_handle) {
		rc = by_handle(node, p, fd);
	} else {
		rc = by_name(op, node, p, dir, dir_fd, p->is.name, fd);
		if (rc == -ESTALE)
			rc = by_number(op, node, p, dir, dir_fd, fd);
	}
	free(p);
	return rc;
}
