/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_node.c -- one node for one host file.
 *
 * Live nodes are in a table by device and inode number, so that two names of
 * one file, or two clients at one name, come to one node.  The table holds no
 * references: a node whose last one is gone stays in it until etfs_reclaim has
 * the lock, and is passed over until then (vnode_tryget).
 *
 * A node whose descriptor is away (etfs_fd.c), and that nothing pins
 * (etfs_pin.c), does not keep its number to itself: when a file of that number
 * is found it may be another one.  Then the node is lost, and its place in the
 * table the other's.
 */

#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "etfs_internal.h"

#define FIRST_SLOTS 64

int
etfs_node_init(struct etfs *fs)
{
	int i, rc;

	for (i = 0; i < ETFS_SHARDS; i++)
		if ((rc = uv_mutex_init(&fs->shards[i].mutex)) != 0)
			break;
	if (i == ETFS_SHARDS)
		return 0;
	while (i-- > 0)
		uv_mutex_destroy(&fs->shards[i].mutex);
	return rc;
}

void
etfs_node_fini(struct etfs *fs)
{
	int i;

	for (i = 0; i < ETFS_SHARDS; i++) {
		uv_mutex_destroy(&fs->shards[i].mutex);
		free(fs->shards[i].slots);
	}
}

static uint64_t
mix(uint64_t x)
{
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93;
	x ^= x >> 32;
	x *= 0xd6e8feb86659fd93;
	return x ^ x >> 32;
}

static uint64_t
hash(uint64_t dev, uint64_t ino)
{
	return mix(ino ^ mix(dev));
}

/* The shard takes the high bits, the slot in it the low ones. */
static struct etfs_shard *
shard_of(struct etfs *fs, uint64_t h)
{
	return &fs->shards[(h >> 32) % ETFS_SHARDS];
}

static struct etfs_node **
slot_of(struct etfs_shard *s, uint64_t h)
{
	return &s->slots[h & (s->nslots - 1)];
}

/* With a reference, or NULL.  The shard is locked. */
static struct etfs_node *
shard_find(struct etfs_shard *s, const struct etfs_dev *dev, uint64_t ino)
{
	struct etfs_node *n;

	if (s->nslots == 0)
		return NULL;
	n = *slot_of(s, hash(dev->dev, ino));
	for (; n != NULL; n = n->next)
		if (n->ino == ino && n->dev == dev && vnode_tryget(&n->vn))
			return n;
	return NULL;
}

static void
shard_insert(struct etfs_shard *s, struct etfs_node *n)
{
	struct etfs_node **slot = slot_of(s, hash(n->dev->dev, n->ino));

	n->next = *slot;
	*slot = n;
}

/* False if there is not even a first slot; without more it only gets slower. */
static bool
shard_grow(struct etfs_shard *s)
{
	size_t i, nslots = s->nslots > 0 ? 2 * s->nslots : FIRST_SLOTS;
	struct etfs_shard bigger = { .nslots = nslots };
	struct etfs_node *n, *next;

	if ((bigger.slots = calloc(nslots, sizeof(n))) == NULL)
		return s->nslots > 0;
	for (i = 0; i < s->nslots; i++) {
		for (n = s->slots[i]; n != NULL; n = next) {
			next = n->next;
			shard_insert(&bigger, n);
		}
	}
	free(s->slots);
	s->slots = bigger.slots;
	s->nslots = nslots;
	return true;
}

static bool
shard_add(struct etfs_shard *s, struct etfs_node *n)
{
	if (s->count >= s->nslots && !shard_grow(s))
		return false;
	shard_insert(s, n);
	s->count++;
	return true;
}

static void
shard_remove(struct etfs_shard *s, struct etfs_node *n)
{
	struct etfs_node **p = slot_of(s, hash(n->dev->dev, n->ino));

	while (*p != n)
		p = &(*p)->next;
	*p = n->next;
	s->count--;
}

struct etfs_node *
etfs_node_find(struct etfs *fs, const struct etfs_dev *dev, uint64_t ino)
{
	struct etfs_shard *s = shard_of(fs, hash(dev->dev, ino));
	struct etfs_node *n;

	uv_mutex_lock(&s->mutex);
	n = shard_find(s, dev, ino);
	uv_mutex_unlock(&s->mutex);
	return n;
}

/* What a node is made from: a descriptor, and where it was found. */
struct finding {
	struct etfs_node *dir; /* NULL: it is the root */
	struct etfs_dev *dev;
	int fd;
	bool pins; /* it is a vfile's, not the node's */
	struct statx sx;
};

static struct etfs_node *
node_new(struct etfs *fs, const struct finding *f)
{
	struct etfs_node *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->fd.vn = &n->vn;
	if (f->pins)
		vfd_begin_away(&n->fd);
	else
		atomic_init(&n->fd.fd, f->fd);
	atomic_init(&n->pin, f->pins ? f->fd : -1);
	n->lock_fd = -1;
	n->dev = f->dev;
	n->ino = f->sx.stx_ino;
	if (f->dir != NULL) {
		vnode_get(&f->dir->vn);
		n->parent = f->dir;
	}
	vnode_init(&n->vn, &fs->fs, f->sx.stx_mode,
	    vfs_file_id(fs->fs.vfs, f->dev->dev, n->ino));
	return n;
}

/* If *is_new, the descriptor is *out's. */
static int
find_or_add(struct etfs *fs, const struct finding *f, struct etfs_node **out,
    bool *is_new)
{
	uint64_t ino = f->sx.stx_ino;
	struct etfs_shard *s = shard_of(fs, hash(f->dev->dev, ino));
	struct etfs_node *n;
	int rc = 0;

	uv_mutex_lock(&s->mutex);
	n = shard_find(s, f->dev, ino);
	*is_new = n == NULL;
	if (n == NULL && (n = node_new(fs, f)) != NULL && !shard_add(s, n)) {
		if (f->dir != NULL)
			vnode_put(&f->dir->vn); /* never the last */
		vnode_discard(&n->vn);
		free(n);
		n = NULL;
	}
	if (n == NULL)
		rc = -ENOMEM;
	uv_mutex_unlock(&s->mutex);
	*out = n;
	return rc;
}

static struct etfs_shard *
shard_with(struct etfs_node *node)
{
	return shard_of(etfs_of(&node->vn), hash(node->dev->dev, node->ino));
}

/* Its shard is locked. */
static void
leave_table(struct etfs_shard *s, struct etfs_node *node)
{
	if (!atomic_exchange(&node->lost, true))
		shard_remove(s, node);
}

void
etfs_node_lose(struct etfs_node *node)
{
	struct etfs_shard *s = shard_with(node);

	uv_mutex_lock(&s->mutex);
	leave_table(s, node);
	uv_mutex_unlock(&s->mutex);
}

/* Only by the table could somebody come to it who has no reference. */
bool
etfs_node_forget(struct etfs_node *node)
{
	struct etfs_shard *s = shard_with(node);
	bool alone;

	uv_mutex_lock(&s->mutex);
	alone = atomic_load(&node->vn.refs) == 1;
	if (alone)
		leave_table(s, node);
	uv_mutex_unlock(&s->mutex);
	return alone;
}

/*
 * f was found to have the number of node.  Is it the same file?  Then f's
 * descriptor is node's, if that has none, or else closed.
 */
static bool
is_same(struct etfs *fs, struct etfs_node *node, const struct finding *f)
{
	if (vfd_borrow(&node->fd) >= 0) {
		close(f->fd);
	} else if (etfs_place_is(node, f->fd, &f->sx)) {
		(void)vfd_return(vfs_fds(fs->fs.vfs), &node->fd, f->fd);
		etfs_node_set_parent(node, f->dir);
	} else {
		etfs_node_lose(node); /* its number is another's */
		return false;
	}
	vfd_give_back(&node->fd);
	if (vnode_is_dir(&node->vn))
		etfs_node_set_parent(node, f->dir);
	return true;
}

/* f's descriptor is used up, if it does not fail. */
static int
node_of(struct etfs *fs, const struct finding *f, struct etfs_node **out)
{
	bool is_new;
	int rc;

	while ((rc = find_or_add(fs, f, out, &is_new)) == 0) {
		if (is_new) {
			vfd_add(
			    vfs_fds(fs->fs.vfs), &(*out)->fd, f->dir == NULL);
			break;
		}
		if (is_same(fs, *out, f))
			break;
		vnode_put(&(*out)->vn);
	}
	return rc;
}

/* The type that clients see is not the host's. */
static int
map_mode(int fd, struct statx *sx)
{
	mode_t mode = sx->stx_mode;
	int rc = etfs_mapped_load_mode(fd, &mode);

	sx->stx_mode = (uint16_t)mode;
	return rc;
}

/* Look at what f->fd is open on; the rest of f. */
static int
look(struct vop *op, struct etfs *fs, struct finding *f)
{
	struct etfs_dev *near = f->dir != NULL ? f->dir->dev : NULL;
	int rc;

	if ((rc = etfs_host_stat(op, near, f->fd, "", &f->sx)) != 0 ||
	    (rc = etfs_dev_find(op, fs, f->fd, &f->sx, near, &f->dev)) != 0)
		return rc;
	if (fs->no_xdev && near != NULL && f->dev != near)
		return -EXDEV;
	return fs->identity == ETFS_MAPPED ? map_mode(f->fd, &f->sx) : 0;
}

int
etfs_node_take(struct vop *op, struct etfs *fs, struct etfs_node *dir, int fd,
    struct etfs_node **out)
{
	struct finding f = { .dir = dir, .fd = fd };
	int rc;

	if ((rc = look(op, fs, &f)) != 0 || (rc = node_of(fs, &f, out)) != 0) {
		close(fd);
		return rc;
	}
	etfs_node_saw(*out, &f.sx);
	return 0;
}

int
etfs_node_take_made(struct vop *op, struct etfs *fs, struct etfs_node *dir,
    int fd, struct etfs_node **out)
{
	struct finding f = { .dir = dir, .fd = fd, .pins = true };
	bool is_new;
	int rc;

	if ((rc = look(op, fs, &f)) != 0)
		return rc;
	if (!f.dev->local)
		return -EEXIST;
	if ((rc = find_or_add(fs, &f, out, &is_new)) != 0)
		return rc;
	if (!is_new) {
		vnode_put(&(*out)->vn);
		return -EEXIST;
	}
	etfs_node_saw(*out, &f.sx);
	return 0;
}

static uint64_t
nanoseconds(const struct statx_timestamp *t)
{
	return (uint64_t)t->tv_sec * 1000000000 + t->tv_nsec;
}

/*
 * 0 means that there is no version; other kinds of file have none, and neither
 * has what is of one kind to clients and of another to the host.
 */
static uint32_t
version_of(mode_t type, const struct statx *sx)
{
	uint32_t version;

	if (!S_ISREG(type) && !S_ISDIR(type))
		return 0;
	if ((sx->stx_mode & S_IFMT) != type)
		return 0;
	version = (uint32_t)mix(nanoseconds(&sx->stx_mtime) ^
	    mix(nanoseconds(&sx->stx_ctime) ^ mix(sx->stx_size)));
	return version != 0 ? version : 1;
}

void
etfs_node_saw(struct etfs_node *node, const struct statx *sx)
{
	atomic_store_explicit(&node->vn.version, version_of(node->vn.type, sx),
	    memory_order_relaxed);
}

/* Nodes of this thread that have to go, while it is at it. */
static _Thread_local struct {
	bool busy;
	struct etfs_node *dead;
} reaper;

void
etfs_node_free(struct etfs_node *node)
{
	struct etfs_node *up = node->parent;
	int fd = vfd_remove(vfs_fds(node->vn.fs->vfs), &node->fd);

	if (node->lock_fd >= 0)
		close(node->lock_fd);
	if (fd >= 0)
		close(fd);
	free(node->place);
	free(node);
	if (up != NULL)
		vnode_put(&up->vn);
}

/* Does its end take long?  Then somebody else sees to it. */
static bool
ends_elsewhere(struct etfs_node *node)
{
	return atomic_load(&node->nameless) && !node->dev->never_waits &&
	    etfs_closer_take(&etfs_of(&node->vn)->closer, node);
}

/*
 * A parent's last reference may go with its child's, and so on up a path as
 * deep as a client has made it.  So the nested call only leaves its node to
 * the outermost one.
 */
void
etfs_reclaim(struct vnode *vn)
{
	struct etfs_node *node = etfs_node_of(vn);

	etfs_node_lose(node);
	if (ends_elsewhere(node))
		return;

	node->next = reaper.dead;
	reaper.dead = node;
	if (reaper.busy)
		return;
	reaper.busy = true;
	while ((node = reaper.dead) != NULL) {
		reaper.dead = node->next;
		etfs_node_free(node);
	}
	reaper.busy = false;
}
