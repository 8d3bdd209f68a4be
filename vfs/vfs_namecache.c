/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_namecache.c -- see vfs_namecache.h.
 *
 * A name has four places; who is new there takes that of who would be the first
 * to go.  What has been asked for twice is not driven out by what is walked to
 * once: somebody who looks at all files of a tree.
 *
 * To drop a reference may reclaim the vnode, so that is never done under a lock.
 */

#include "vfs_internal.h"

#define REST_NEW 1
#define REST_USED 2

int
vnamecache_init(struct vnamecache *c)
{
	int i, rc;

	for (i = 0; i < NAMECACHE_SHARDS; i++)
		if ((rc = uv_mutex_init(&c->shards[i].mutex)) != 0)
			break;
	if (i == NAMECACHE_SHARDS)
		return 0;
	while (i-- > 0)
		uv_mutex_destroy(&c->shards[i].mutex);
	return rc;
}

void
vnamecache_fini(struct vnamecache *c)
{
	int i;

	for (i = 0; i < NAMECACHE_SHARDS; i++)
		uv_mutex_destroy(&c->shards[i].mutex);
}

/* FNV-1a.  To find names that share a place only makes them slower to find. */
static uint64_t
key_of(const struct vnode *dir, struct vname name)
{
	uint64_t h = 0xcbf29ce484222325 ^ (uint64_t)(uintptr_t)dir;
	size_t i;

	for (i = 0; i < name.len; i++)
		h = (h ^ (unsigned char)name.s[i]) * 0x100000001b3;
	return h ^ h >> 32;
}

static struct vnamecache_shard *
shard_of(struct vnamecache *c, uint64_t key)
{
	return &c->shards[key % NAMECACHE_SHARDS];
}

static struct vname_entry *
set_of(struct vnamecache_shard *s, uint64_t key)
{
	return s->sets[key / NAMECACHE_SHARDS % NAMECACHE_SETS];
}

/* NULL: it is not there.  The shard is locked. */
static struct vname_entry *
entry_of(struct vnamecache_shard *s, uint64_t key)
{
	struct vname_entry *set = set_of(s, key);
	int i;

	for (i = 0; i < NAMECACHE_WAYS; i++)
		if (set[i].vn != NULL && set[i].key == key)
			return &set[i];
	return NULL;
}

static struct vname_entry *
first_to_go(struct vnamecache_shard *s, uint64_t key)
{
	struct vname_entry *set = set_of(s, key);
	int i, first = (int)(key >> 16 & (NAMECACHE_WAYS - 1));

	for (i = 0; i < NAMECACHE_WAYS; i++) {
		if (set[i].vn == NULL)
			return &set[i];
		if (set[i].rest < set[first].rest)
			first = i;
	}
	return &set[first];
}

struct vnode *
vnamecache_find(
    struct vnamecache *c, const struct vnode *dir, struct vname name)
{
	uint64_t key;
	struct vnamecache_shard *s;
	struct vname_entry *e;
	struct vnode *vn = NULL;

	if (atomic_load_explicit(&c->count, memory_order_relaxed) == 0)
		return NULL;
	key = key_of(dir, name);
	s = shard_of(c, key);
	uv_mutex_lock(&s->mutex);
	if ((e = entry_of(s, key)) != NULL) {
		e->rest = REST_USED;
		vn = vnode_get(e->vn);
	}
	uv_mutex_unlock(&s->mutex);
	return vn;
}

/* What e had; it has vn now, which may be NULL.  The shard is locked. */
static struct vnode *
exchange(struct vnamecache *c, struct vname_entry *e, struct vnode *vn)
{
	struct vnode *old = e->vn;

	e->vn = vn;
	if (old != NULL && vn == NULL)
		atomic_fetch_sub(&c->count, 1);
	return old;
}

void
vnamecache_add(struct vnamecache *c, const struct vnode *dir, struct vname name,
    struct vnode *vn)
{
	uint64_t key;
	struct vnamecache_shard *s;
	struct vname_entry *e;
	struct vnode *old;

	if (c->wake == NULL)
		return;
	key = key_of(dir, name);
	s = shard_of(c, key);
	uv_mutex_lock(&s->mutex);
	if (vnode_is_gone(vn)) {
		uv_mutex_unlock(&s->mutex);
		return;
	}
	if ((e = entry_of(s, key)) == NULL)
		e = first_to_go(s, key);
	e->key = key;
	e->rest = REST_NEW;
	if ((old = exchange(c, e, vnode_get(vn))) == NULL)
		atomic_fetch_add(&c->count, 1);
	uv_mutex_unlock(&s->mutex);
	vnode_put(old);
	if (!atomic_load(&c->woken) && !atomic_exchange(&c->woken, true))
		c->wake(c->arg);
}

void
vnamecache_drop(
    struct vnamecache *c, const struct vnode *dir, struct vname name)
{
	uint64_t key;
	struct vnamecache_shard *s;
	struct vname_entry *e;
	struct vnode *old = NULL;

	if (atomic_load_explicit(&c->count, memory_order_relaxed) == 0)
		return;
	key = key_of(dir, name);
	s = shard_of(c, key);
	uv_mutex_lock(&s->mutex);
	if ((e = entry_of(s, key)) != NULL)
		old = exchange(c, e, NULL);
	uv_mutex_unlock(&s->mutex);
	vnode_put(old);
}

/* Drop those of s that have to go. */
static void
sweep(struct vnamecache *c, struct vnamecache_shard *s,
    bool (*has_to)(struct vname_entry *e, const void *arg), const void *arg)
{
	struct vname_entry *e = s->sets[0];
	struct vnode *old[NAMECACHE_PLACES];
	size_t i, n = 0;

	uv_mutex_lock(&s->mutex);
	for (i = 0; i < NAMECACHE_PLACES; i++, e++)
		if (e->vn != NULL && has_to(e, arg))
			old[n++] = exchange(c, e, NULL);
	uv_mutex_unlock(&s->mutex);
	while (n > 0)
		vnode_put(old[--n]);
}

static bool
is_of(struct vname_entry *e, const void *fs)
{
	return e->vn->fs == fs;
}

void
vnamecache_retire(struct vnamecache *c, const struct vfs_fs *fs)
{
	int i;

	for (i = 0; i < NAMECACHE_SHARDS; i++)
		sweep(c, &c->shards[i], is_of, fs);
}

static bool
is_over(struct vname_entry *e, const void *arg)
{
	(void)arg;
	return e->rest-- == 0;
}

struct vnamecache *
vfs_namecache(struct vfs *vfs)
{
	return &vfs->names;
}

void
vfs_keep_names(struct vfs *vfs, void (*wake)(void *arg), void *arg)
{
	vfs->names.wake = wake;
	vfs->names.arg = arg;
}

bool
vfs_tidy(struct vfs *vfs)
{
	struct vnamecache *c = &vfs->names;
	int i;

	for (i = 0; i < NAMECACHE_SHARDS; i++)
		sweep(c, &c->shards[i], is_over, NULL);
	if (atomic_load(&c->count) > 0)
		return true;
	/* Who has come until now may have relied on us. */
	atomic_store(&c->woken, false);
	return atomic_load(&c->count) > 0 && !atomic_exchange(&c->woken, true);
}
