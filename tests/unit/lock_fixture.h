/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_fixture.h -- what the tests of byte-range locks stand on.
 *
 * One vnode of a file system that does nothing, and three open files of it.
 * Locks are taken through the first unless a test says otherwise, waits come
 * through the second, and the third is asked what is held.
 */

#ifndef LOCK_FIXTURE_H
#define LOCK_FIXTURE_H

#include "fixture.h"
#include "vfs_internal.h"

#define END UINT64_MAX
#define LONG_MS (3600 * 1000) /* no test waits for it */

struct lock_world {
	struct fixture *fx;
	struct vfs_ops ops; /* a test may add to them */
	struct vfs_fs fs;
	struct vnode null_vn;
	struct vnode *vn; /* that one */
	struct lock_host *host; /* see lock_host.h */
	struct vfile files[3];
	struct vlock_table *table;
};

/* For cmocka_unit_test_setup_teardown(): *state is a struct lock_world. */
int lock_setup(void **state);
int lock_teardown(void **state); /* fails if a lock is left */

/* Owners: they differ in one thing each from the first. */
extern const struct vlock_owner alice, bob, carol, dave;

struct vlock lock_of(enum vlock_type type, uint64_t start, uint64_t end,
    struct vlock_owner owner);

/* Without waiting. */
int take_through(struct lock_world *w, size_t file, struct vlock lk);
int take(struct lock_world *w, struct vlock lk);
int read_lock(struct lock_world *w, uint64_t start, uint64_t end,
    struct vlock_owner owner);
int write_lock(struct lock_world *w, uint64_t start, uint64_t end,
    struct vlock_owner owner);
int unlock(struct lock_world *w, uint64_t start, uint64_t end,
    struct vlock_owner owner);

/* vfs_getlock() */
int ask_through(
    struct lock_world *w, size_t file, struct vlock *lk, char *host);

/* Close a file, and open it again. */
void reopen(struct lock_world *w, size_t file);

/* The lock in the way of a stranger who wants from start to end. */
struct vlock seen(
    struct lock_world *w, enum vlock_type type, uint64_t start, uint64_t end);

/* There is such a lock, and it is the first from its start on. */
void assert_held(
    struct lock_world *w, enum vlock_type type, uint64_t start, uint64_t end);
void assert_free(struct lock_world *w, uint64_t start, uint64_t end);

/* A wait for lk through a file, which has to wait. */
void wait_through(
    struct lock_world *w, size_t file, struct wait *op, struct vlock lk);
void wait_for(struct lock_world *w, struct wait *op, enum vlock_type type,
    uint64_t start, uint64_t end, struct vlock_owner owner);

/* Run the loop until one of its timers has stopped. */
void until_stopped(struct lock_world *w, const uv_timer_t *timer);

/* Run the loop until op has ended, once, with rc. */
void until_ended(struct lock_world *w, const struct wait *op, int rc);

/* Let everything happen that can happen now. */
void settle(struct lock_world *w);
void assert_ended(struct lock_world *w, const struct wait *op, int rc);
void assert_waiting(struct lock_world *w, const struct wait *op);

#endif
