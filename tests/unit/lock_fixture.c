/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * lock_fixture.c -- a vnode with three open files, and those who lock it.
 */

#include "lock_fixture.h"

const struct vlock_owner alice = { 1, 10, { "earth", 5 }, NULL };
const struct vlock_owner bob = { 2, 10, { "earth", 5 }, NULL };
const struct vlock_owner carol = { 1, 11, { "earth", 5 }, NULL };
const struct vlock_owner dave = { 1, 10, { "mars", 4 }, NULL };

static void
null_reclaim(struct vnode *vn)
{
	(void)vn;
}

/* It is a part of the world. */
static void
null_destroy(struct vfs_fs *fs)
{
	(void)fs;
}

static int
null_open(struct vop *op, struct vnode *vn, struct vnode *dir,
    struct vname name, int flags, struct vfile *file)
{
	(void)op;
	(void)vn;
	(void)dir;
	(void)name;
	(void)flags;
	(void)file;
	return 0;
}

int
lock_setup(void **state)
{
	struct lock_world *w = calloc(1, sizeof(*w));
	void *fx;
	size_t i;

	if (w == NULL || fixture_setup(&fx) != 0)
		return -1;
	w->fx = fx;
	w->table = &w->fx->vfs->locks;
	w->table->wait_ms = LONG_MS;
	w->ops.reclaim = null_reclaim;
	w->ops.destroy = null_destroy;
	w->ops.open = null_open;
	w->fs.ops = &w->ops;
	w->fs.vfs = w->fx->vfs;
	vnode_init(&w->null_vn, &w->fs, S_IFREG, 1);
	w->vn = &w->null_vn;
	for (i = 0; i < 3; i++)
		if (do_open(&w->fx->user, w->vn, O_RDWR, &w->files[i]) != 0)
			return -1;
	*state = w;
	return 0;
}

int
lock_teardown(void **state)
{
	struct lock_world *w = *state;
	void *fx = w->fx;
	size_t i;
	int leaked;

	for (i = 0; i < 3; i++)
		if (w->files[i].vn != NULL)
			do_close(&w->fx->user, &w->files[i]);
	leaked = w->table->count != 0 || w->vn->locks != NULL;
	vnode_put(w->vn);
	free(w);
	return fixture_teardown(&fx) != 0 || leaked ? -1 : 0;
}

struct vlock
lock_of(enum vlock_type type, uint64_t start, uint64_t end,
    struct vlock_owner owner)
{
	return (struct vlock){ type, start, end, owner };
}

int
take_through(struct lock_world *w, size_t file, struct vlock lk)
{
	struct wait op;

	wait_init(&op, &w->fx->user);
	return await(&op, vfs_lock(&op.op, &w->files[file], &lk, false));
}

int
ask_through(struct lock_world *w, size_t file, struct vlock *lk, char *host)
{
	struct wait op;

	wait_init(&op, &w->fx->user);
	return await(&op, vfs_getlock(&op.op, &w->files[file], lk, host));
}

void
reopen(struct lock_world *w, size_t file)
{
	int flags = w->files[file].flags;

	assert_int_equal(do_close(&w->fx->user, &w->files[file]), 0);
	assert_int_equal(
	    do_open(&w->fx->user, w->vn, flags, &w->files[file]), 0);
}

int
take(struct lock_world *w, struct vlock lk)
{
	return take_through(w, 0, lk);
}

int
read_lock(struct lock_world *w, uint64_t start, uint64_t end,
    struct vlock_owner owner)
{
	return take(w, lock_of(VLOCK_READ, start, end, owner));
}

int
write_lock(struct lock_world *w, uint64_t start, uint64_t end,
    struct vlock_owner owner)
{
	return take(w, lock_of(VLOCK_WRITE, start, end, owner));
}

int
unlock(struct lock_world *w, uint64_t start, uint64_t end,
    struct vlock_owner owner)
{
	return take(w, lock_of(VLOCK_UNLOCK, start, end, owner));
}

struct vlock
seen(struct lock_world *w, enum vlock_type type, uint64_t start, uint64_t end)
{
	static char host[VLOCK_HOST_MAX];
	const struct vlock_owner stranger = { 99, 99, { "nowhere", 7 }, NULL };
	struct vlock lk = lock_of(type, start, end, stranger);

	assert_int_equal(ask_through(w, 2, &lk, host), 0);
	return lk;
}

void
assert_held(
    struct lock_world *w, enum vlock_type type, uint64_t start, uint64_t end)
{
	struct vlock lk = seen(w, VLOCK_WRITE, start, END);

	assert_int_equal(lk.type, type);
	assert_int_equal(lk.start, start);
	assert_int_equal(lk.end, end);
}

void
assert_free(struct lock_world *w, uint64_t start, uint64_t end)
{
	assert_int_equal(seen(w, VLOCK_WRITE, start, end).type, VLOCK_UNLOCK);
}

void
wait_through(
    struct lock_world *w, size_t file, struct wait *op, struct vlock lk)
{
	wait_init(op, &w->fx->user);
	assert_int_equal(
	    vfs_lock(&op->op, &w->files[file], &lk, true), VFS_PENDING);
	assert_int_equal(op->calls, 0);
}

void
wait_for(struct lock_world *w, struct wait *op, enum vlock_type type,
    uint64_t start, uint64_t end, struct vlock_owner owner)
{
	wait_through(w, 1, op, lock_of(type, start, end, owner));
}

/* Not UV_RUN_ONCE: the timer may be all that there is to wait for. */
void
until_stopped(struct lock_world *w, const uv_timer_t *timer)
{
	while (uv_is_active((const uv_handle_t *)timer)) {
		uv_run(&w->fx->uv, UV_RUN_NOWAIT);
		uv_sleep(1);
	}
}

void
until_ended(struct lock_world *w, const struct wait *op, int rc)
{
	while (op->calls == 0)
		turn(&w->fx->uv);
	assert_int_equal(op->calls, 1);
	assert_int_equal(op->rc, rc);
}

void
settle(struct lock_world *w)
{
	int i;

	for (i = 0; i < 3; i++)
		uv_run(&w->fx->uv, UV_RUN_NOWAIT);
}

void
assert_ended(struct lock_world *w, const struct wait *op, int rc)
{
	assert_int_equal(op->calls, 0); /* never inside another call */
	settle(w);
	assert_int_equal(op->calls, 1);
	assert_int_equal(op->rc, rc);
}

void
assert_waiting(struct lock_world *w, const struct wait *op)
{
	settle(w);
	assert_int_equal(op->calls, 0);
}
