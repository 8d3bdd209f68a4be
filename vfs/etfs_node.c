/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * etfs_node.c -- one node for one host file, and the way up.
 *
 * Live nodes are in a table by device and inode number, so that two names of
 * one file, or two clients at one name, come to one node.  The table holds no
 * references: a node whose last one is gone stays in it until etfs_reclaim has
 * the lock, and is passed over until then (vnode_tryget).
 *
 * A directory refers to the one it was last found in: ".." never asks the
 * host, which may have moved it to where we have no business.  References go
 * upwards only, and there is never a ring of them: see etfs_node_set_parent.
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
shard_find(struct etfs_shard *s, uint64_t dev, uint64_t ino)
{
	struct etfs_node *n;

	if (s->nslots == 0)
		return NULL;
	n = *slot_of(s, hash(dev, ino));
	for (; n != NULL; n = n->next)
		if (n->ino == ino && n->dev->dev == dev && vnode_tryget(&n->vn))
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
etfs_node_find(struct etfs *fs, uint64_t dev, uint64_t ino)
{
	struct etfs_shard *s = shard_of(fs, hash(dev, ino));
	struct etfs_node *n;

	uv_mutex_lock(&s->mutex);
	n = shard_find(s, dev, ino);
	uv_mutex_unlock(&s->mutex);
	return n;
}

static struct etfs_node *
node_new(struct etfs *fs, struct etfs_dev *dev, int fd, const struct statx *sx)
{
	struct etfs_node *n = calloc(1, sizeof(*n));

	if (n == NULL)
		return NULL;
	n->path_fd = fd;
	n->lock_fd = -1;
	n->dev = dev;
	n->ino = sx->stx_ino;
	vnode_init(&n->vn, &fs->fs, sx->stx_mode,
	    vfs_file_id(fs->fs.vfs, dev->dev, n->ino));
	return n;
}

/* fd is used up if the node is a new one: then it is *out's. */
static int
find_or_add(struct etfs *fs, struct etfs_dev *dev, int fd,
    const struct statx *sx, struct etfs_node **out)
{
	struct etfs_shard *s = shard_of(fs, hash(dev->dev, sx->stx_ino));
	int rc = 0;

	uv_mutex_lock(&s->mutex);
	*out = shard_find(s, dev->dev, sx->stx_ino);
	if (*out == NULL) {
		*out = node_new(fs, dev, fd, sx);
		if (*out == NULL || !shard_add(s, *out)) {
			free(*out);
			rc = -ENOMEM;
		}
	}
	uv_mutex_unlock(&s->mutex);
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

int
etfs_node_take(struct vop *op, struct etfs *fs, struct etfs_node *dir, int fd,
    struct etfs_node **out)
{
	struct etfs_dev *dev, *near = dir != NULL ? dir->dev : NULL;
	struct statx sx;
	int rc;

	rc = etfs_host_stat(op, near, fd, "", &sx);
	if (rc == 0)
		rc = etfs_dev_find(op, fs, fd, &sx, near, &dev);
	if (rc == 0 && fs->identity == ETFS_MAPPED)
		rc = map_mode(fd, &sx);
	if (rc == 0)
		rc = find_or_add(fs, dev, fd, &sx, out);
	if (rc != 0 || (*out)->path_fd != fd)
		close(fd);
	if (rc != 0)
		return rc;
	etfs_node_saw(*out, &sx);
	if (dir != NULL && S_ISDIR(sx.stx_mode))
		etfs_node_set_parent(*out, dir);
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

/*
 * The step of the way up from dir that leads to node, or NULL.  The parents
 * are locked.
 */
static struct etfs_node *
step_below(struct etfs_node *node, struct etfs_node *dir)
{
	while (dir != NULL && dir->parent != node)
		dir = dir->parent;
	return dir;
}

/*
 * node was found in dir.  If dir was once found below node, then the host has
 * moved one of them since, and somewhere on that old way up is a step that is
 * no longer true: it leads to the root from now on.  (A directory that is
 * mounted below itself looks the same, and is served as well as can be.)
 */
void
etfs_node_set_parent(struct etfs_node *node, struct etfs_node *dir)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_node *root = etfs_node_of(fs->fs.root);
	struct etfs_node *old, *stale = NULL;

	if (node == root || node == dir)
		return;
	uv_mutex_lock(&fs->parents);
	if ((old = node->parent) != dir) {
		if ((stale = step_below(node, dir)) != NULL) {
			vnode_get(&root->vn);
			stale->parent = root;
		}
		vnode_get(&dir->vn);
		node->parent = dir;
	} else {
		old = NULL;
	}
	uv_mutex_unlock(&fs->parents);
	if (old != NULL)
		vnode_put(&old->vn);
	if (stale != NULL)
		vnode_put(&node->vn);
}

struct etfs_node *
etfs_node_parent(struct etfs_node *node)
{
	struct etfs *fs = etfs_of(&node->vn);
	struct etfs_node *up;

	uv_mutex_lock(&fs->parents);
	up = node->parent != NULL ? node->parent : node;
	vnode_get(&up->vn);
	uv_mutex_unlock(&fs->parents);
	return up;
}

/* Nodes of this thread that have to go, while it is at it. */
static _Thread_local struct {
	bool busy;
	struct etfs_node *dead;
} reaper;

static void
free_node(struct etfs_node *node)
{
	struct etfs_node *up = node->parent;

	if (node->lock_fd >= 0)
		close(node->lock_fd);
	close(node->path_fd);
	free(node);
	if (up != NULL)
		vnode_put(&up->vn);
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
	struct etfs_shard *s =
	    shard_of(etfs_of(vn), hash(node->dev->dev, node->ino));

	uv_mutex_lock(&s->mutex);
	shard_remove(s, node);
	uv_mutex_unlock(&s->mutex);

	node->next = reaper.dead;
	reaper.dead = node;
	if (reaper.busy)
		return;
	reaper.busy = true;
	while ((node = reaper.dead) != NULL) {
		reaper.dead = node->next;
		free_node(node);
	}
	reaper.busy = false;
}
