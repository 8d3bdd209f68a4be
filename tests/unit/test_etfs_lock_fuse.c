/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_lock_fuse.c -- locks on a file system of the host that may take
 * its time to answer, or has no locks.
 */

#include <sys/mount.h>

#include "etfs.h"
#include "lock_fixture.h"
#include "lock_fuse.h"

struct fuse_world {
	struct lock_world w;
	struct lock_fuse fuse;
};

static int
mount_etfs(struct fixture *fx)
{
	struct etfs_config cfg = { .path = fx->dir, .identity = ETFS_SELF };
	struct etfs_why why;
	struct vfs_fs *fs;

	if (etfs_new(fx->vfs, &cfg, &fs, &why) != 0 ||
	    vfs_mount(fx->vfs, "/", fs) != 0)
		return -1;
	fx->root = vfs_root(fx->vfs);
	return 0;
}

/* What is mounted is out of sight at once, and goes when we have done. */
static int
setup(void **state)
{
	struct fuse_world *fw = calloc(1, sizeof(*fw));
	struct lock_world *w = &fw->w;
	void *fx;
	size_t i;
	int rc;

	if (fw == NULL || fixture_setup(&fx) != 0)
		return -1;
	w->fx = fx;
	w->table = &w->fx->vfs->locks;
	w->table->wait_ms = LONG_MS;
	if (lock_fuse_start(&fw->fuse, w->fx->dir) != 0)
		return -1;
	rc = mount_etfs(w->fx);
	if (umount2(w->fx->dir, MNT_DETACH) != 0 || rc != 0 ||
	    do_walk(&w->fx->user, w->fx->root, "f", &w->vn) != 0)
		return -1;
	for (i = 0; i < 3; i++)
		if (do_open(&w->fx->user, w->vn, O_RDWR, &w->files[i]) != 0)
			return -1;
	*state = fw;
	return 0;
}

static int
teardown(void **state)
{
	struct fuse_world *fw = *state;
	struct lock_world *w = &fw->w;
	void *fx = w->fx;
	size_t i;
	int rc;

	for (i = 0; i < 3; i++)
		if (w->files[i].vn != NULL)
			do_close(&w->fx->user, &w->files[i]);
	rc = w->table->count != 0 || w->vn->locks != NULL ? -1 : 0;
	for (i = 0; i < FUSE_BYTES; i++)
		if (fw->fuse.state->ours[i] != F_UNLCK)
			rc = -1;
	vnode_put(w->vn);
	if (fixture_teardown(&fx) != 0)
		rc = -1;
	lock_fuse_stop(&fw->fuse);
	free(fw);
	return rc;
}

static void
the_host_is_asked_on_a_worker(void **state)
{
	struct fuse_world *fw = *state;
	struct lock_world *w = &fw->w;
	struct who now = { NULL, w->fx->user.cred };
	struct vlock lk = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct wait op;

	wait_init(&op, &now);
	assert_int_equal(vfs_lock(&op.op, &w->files[0], &lk, true), -EDEADLK);
	assert_int_equal(fw->fuse.state->calls, 0);
	assert_null(w->vn->locks);
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(fw->fuse.state->calls, 1);
	assert_int_equal(fw->fuse.state->ours[9], F_WRLCK);
	assert_int_equal(fw->fuse.state->ours[10], F_UNLCK);
	assert_int_equal(unlock(w, 5, 9, alice), 0);
	assert_int_equal(fw->fuse.state->ours[4], F_WRLCK);
	assert_int_equal(fw->fuse.state->ours[5], F_UNLCK);
}

static void
it_may_refuse(void **state)
{
	struct fuse_world *fw = *state;
	struct lock_world *w = &fw->w;
	struct vlock lk;
	struct wait op;

	w->table->poll_ms = w->table->poll_max_ms = 1;
	fw->fuse.state->theirs[5] = F_RDLCK;
	assert_int_equal(write_lock(w, 0, 9, alice), -EAGAIN);
	assert_int_equal(read_lock(w, 0, 9, alice), 0);
	lk = seen(w, VLOCK_WRITE, 10, END);
	assert_int_equal(lk.type, VLOCK_UNLOCK);
	assert_int_equal(unlock(w, 5, 9, alice), 0);
	lk = seen(w, VLOCK_WRITE, 5, END);
	assert_int_equal(lk.type, VLOCK_READ);
	assert_int_equal(lk.start, 5);
	assert_int_equal(lk.end, 5);
	assert_int_equal(lk.owner.client, 0);
	wait_for(w, &op, VLOCK_WRITE, 5, 9, bob);
	while (fw->fuse.state->calls < 5) /* two were for what went before */
		turn(&w->fx->uv);
	fw->fuse.state->theirs[5] = F_UNLCK;
	until_ended(w, &op, 0);
}

static int
other_work(struct vop *op)
{
	(void)op;
	return 0;
}

/* Nothing else on the loop waits for the answer but what is about this file. */
static void
a_slow_answer_holds_up_only_this_file(void **state)
{
	struct fuse_world *fw = *state;
	struct lock_world *w = &fw->w;
	struct vlock mine = lock_of(VLOCK_WRITE, 0, 9, alice);
	struct vlock yours = lock_of(VLOCK_READ, 5, 14, bob);
	struct wait first, second, closing, other;

	fw->fuse.state->hold = true;
	wait_init(&first, &w->fx->user);
	wait_init(&second, &w->fx->user);
	wait_init(&closing, &w->fx->user);
	assert_int_equal(
	    vfs_lock(&first.op, &w->files[0], &mine, false), VFS_PENDING);
	while (sem_wait(&fw->fuse.state->arrived) != 0)
		;
	assert_int_equal(
	    vfs_lock(&second.op, &w->files[1], &yours, true), VFS_PENDING);
	assert_int_equal(vfs_close(&closing.op, &w->files[0]), VFS_PENDING);
	wait_init(&other, &w->fx->user);
	assert_int_equal(
	    await(&other, vfs_run(w->fx->vfs, &other.op, other_work)), 0);
	assert_int_equal(first.calls + second.calls + closing.calls, 0);
	fw->fuse.state->hold = false;
	sem_post(&fw->fuse.state->gate);
	until_ended(w, &first, 0);
	until_ended(w, &closing, 0);
	until_ended(w, &second, 0);
	assert_int_equal(fw->fuse.state->ours[4], F_UNLCK);
	assert_int_equal(fw->fuse.state->ours[5], F_RDLCK);
}

/* It is asked once, and never again. */
static void
refuse_first(struct fuse_world *fw, int error)
{
	struct lock_world *w = &fw->w;
	int fds = count_fds();

	fw->fuse.state->refuse = error;
	assert_int_equal(write_lock(w, 0, 9, alice), 0);
	assert_int_equal(fw->fuse.state->calls, 1);
	fw->fuse.state->refuse = 0;
	assert_int_equal(count_fds(), fds);
	assert_int_equal(read_lock(w, 20, END, alice), 0);
	assert_int_equal(read_lock(w, 5, 5, bob), -EAGAIN);
	assert_held(w, VLOCK_WRITE, 0, 9);
	assert_free(w, 10, 19);
	assert_int_equal(unlock(w, 0, END, alice), 0);
	assert_int_equal(fw->fuse.state->calls, 1);
	assert_int_equal(fw->fuse.state->asks, 0);
}

static void
without_locks_enolck_clients_have_theirs(void **state)
{
	refuse_first(*state, ENOLCK);
}

static void
without_locks_eopnotsupp_clients_have_theirs(void **state)
{
	refuse_first(*state, EOPNOTSUPP);
}

static void
without_locks_einval_clients_have_theirs(void **state)
{
	refuse_first(*state, EINVAL);
}

static void
without_locks_enosys_clients_have_theirs(void **state)
{
	refuse_first(*state, ENOSYS);
}

static void
what_has_had_locks_does_not_lack_them(void **state)
{
	struct fuse_world *fw = *state;
	struct lock_world *w = &fw->w;

	assert_int_equal(read_lock(w, 0, 4, alice), 0);
	fw->fuse.state->refuse = ENOLCK;
	assert_int_equal(read_lock(w, 5, 9, alice), -ENOLCK);
	assert_int_equal(unlock(w, 0, 4, alice), 0);
	assert_int_equal(read_lock(w, 5, 9, alice), -ENOLCK);
	fw->fuse.state->refuse = 0;
	assert_int_equal(read_lock(w, 5, 9, alice), 0);
	assert_int_equal(fw->fuse.state->ours[5], F_RDLCK);
	assert_int_equal(fw->fuse.state->ours[4], F_UNLCK);
}

static void
other_failures_are_told_to_the_client(void **state)
{
	struct fuse_world *fw = *state;
	struct lock_world *w = &fw->w;

	fw->fuse.state->refuse = EIO;
	assert_int_equal(read_lock(w, 0, 4, alice), -EIO);
	assert_null(w->vn->locks);
	fw->fuse.state->refuse = 0;
	assert_int_equal(read_lock(w, 0, 4, alice), 0);
	assert_int_equal(fw->fuse.state->ours[0], F_RDLCK);
	fw->fuse.state->refuse = EIO;
	assert_int_equal(write_lock(w, 0, 4, alice), -EIO);
	assert_held(w, VLOCK_READ, 0, 4);
}

#define TEST(f) cmocka_unit_test_setup_teardown(f, setup, teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		TEST(the_host_is_asked_on_a_worker),
		TEST(it_may_refuse),
		TEST(a_slow_answer_holds_up_only_this_file),
		TEST(without_locks_enolck_clients_have_theirs),
		TEST(without_locks_eopnotsupp_clients_have_theirs),
		TEST(without_locks_einval_clients_have_theirs),
		TEST(without_locks_enosys_clients_have_theirs),
		TEST(what_has_had_locks_does_not_lack_them),
		TEST(other_failures_are_told_to_the_client),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
