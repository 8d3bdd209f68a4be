/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * vfs_id.c -- (device, inode) to one number; see vfs_id.h.
 *
 * The table of devices only grows, so that reading it needs no lock: an index
 * below ndevs is written before ndevs is.
 */

#include <errno.h>
#include <stdlib.h>

#include <uthash.h>

#include "vfs_internal.h"

#define INO_BITS 48
#define ODD_RANGE (0x7fffULL << INO_BITS)
#define NO_HOST_DEV (1ULL << 63) /* host device numbers are smaller */

struct vid_key {
	uint64_t dev, ino;
};

struct vid_entry {
	struct vid_key key;
	uint64_t id;
	UT_hash_handle hh;
};

int
vid_init(struct vid_table *t)
{
	atomic_init(&t->ndevs, 0);
	t->next_dev = 0;
	t->next_odd = 0;
	t->odd = NULL;
	return uv_mutex_init(&t->mutex);
}

void
vid_fini(struct vid_table *t)
{
	struct vid_entry *e = t->odd, *next;

	HASH_CLEAR(hh, t->odd); /* the table; the entries are ours */
	for (; e != NULL; e = next) {
		next = e->hh.next;
		free(e);
	}
	uv_mutex_destroy(&t->mutex);
}

/* Index of dev among the first n, or n. */
static size_t
find_dev(const struct vid_table *t, uint64_t dev, size_t n)
{
	size_t i;

	for (i = 0; i < n; i++)
		if (t->devs[i] == dev)
			break;
	return i;
}

/* Index of dev, which is new to the table; VID_MAX_DEVS if that is full. */
static size_t
add_dev(struct vid_table *t, uint64_t dev)
{
	size_t i, n;

	uv_mutex_lock(&t->mutex);
	n = atomic_load(&t->ndevs);
	i = find_dev(t, dev, n);
	if (i == n && n < VID_MAX_DEVS) {
		t->devs[n] = dev;
		atomic_store_explicit(&t->ndevs, n + 1, memory_order_release);
	}
	uv_mutex_unlock(&t->mutex);
	return i;
}

static uint64_t
odd_id(struct vid_table *t, uint64_t dev, uint64_t ino)
{
	struct vid_key key = { dev, ino };
	struct vid_entry *e;
	uint64_t id = 0;

	uv_mutex_lock(&t->mutex);
	/* NOLINTNEXTLINE(clang-analyzer-core.UndefinedBinaryOperatorResult) */
	HASH_FIND(hh, t->odd, &key, sizeof(key), e);
	if (e == NULL && (e = calloc(1, sizeof(*e))) != NULL) {
		e->key = key;
		e->id = ODD_RANGE | ++t->next_odd;
		HASH_ADD(hh, t->odd, key, sizeof(e->key), e);
	}
	if (e != NULL)
		id = e->id;
	uv_mutex_unlock(&t->mutex);
	return id;
}

uint64_t
vid_of(struct vid_table *t, uint64_t dev, uint64_t ino)
{
	size_t n = atomic_load_explicit(&t->ndevs, memory_order_acquire);
	size_t i = find_dev(t, dev, n);

	if (i == n)
		i = add_dev(t, dev);
	if (i == VID_MAX_DEVS || ino >> INO_BITS != 0)
		return odd_id(t, dev, ino);
	return (uint64_t)i << INO_BITS | ino;
}

uint64_t
vfs_file_id(struct vfs *vfs, uint64_t dev, uint64_t ino)
{
	return vid_of(&vfs->ids, dev, ino);
}

uint64_t
vfs_new_id(struct vfs *vfs)
{
	struct vid_table *t = &vfs->ids;
	uint64_t id;

	uv_mutex_lock(&t->mutex);
	id = ODD_RANGE | ++t->next_odd;
	uv_mutex_unlock(&t->mutex);
	return id;
}

uint64_t
vfs_new_dev(struct vfs *vfs)
{
	struct vid_table *t = &vfs->ids;
	uint64_t dev;

	uv_mutex_lock(&t->mutex);
	dev = NO_HOST_DEV | t->next_dev++;
	uv_mutex_unlock(&t->mutex);
	return dev;
}
