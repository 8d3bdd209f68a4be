/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_unmount_busy.c -- file systems leave while somebody has files of
 * them, or waits for something there: what still works, and when they are gone.
 */

#include <stdio.h>
#include <sys/mount.h>

#include "leaving.h"
#include "slowfs.h"
#include "streams.h"

static void
it_is_destroyed_when_nobody_has_a_file_of_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct wait w;
	enum kind kind;
	int fds;

	make_host_files(fx);
	for (kind = MEMORY; kind < KINDS; kind++) {
		fds = count_fds();
		show(fx, kind, "/k");
		vn = walk(fx, "k");
		begin_unmount(fx, &w, "/k");
		assert_false(is_there(fx, "k"));
		assert_true(vnode_is_gone(vn));
		still_there(fx, &w);
		vnode_put(vn);
		ends(&w);
		assert_int_equal(count_fds(), fds);
	}
}

/* Everything that can be asked of vn, a directory or a file. */
static void
nothing_works(struct fixture *fx, struct vnode *vn)
{
	const struct who *me = &fx->self;
	bool dir = vnode_is_dir(vn);
	struct vstatfs statfs;
	struct vfile file;
	struct vattr attr;
	struct vblob blob;
	struct vnode *to;

	assert_int_equal(do_getattr(me, vn, &attr), -ESTALE);
	assert_int_equal(do_chmod(me, vn, 0600), -ESTALE);
	assert_int_equal(do_statfs(me, vn, &statfs), -ESTALE);
	assert_int_equal(do_open(me, vn, O_RDONLY, &file), -ESTALE);
	assert_int_equal(do_walk(me, vn, "", &to), -ESTALE);
	assert_int_equal(do_walk(me, vn, "x", &to), -ESTALE);
	if (!dir)
		return;
	assert_int_equal(do_getxattr(me, vn, "user.x", &blob), -ESTALE);
	assert_int_equal(do_listxattr(me, vn, &blob), -ESTALE);
	assert_int_equal(do_setxattr(me, vn, "user.x", "x", 1, 0), -ESTALE);
	assert_int_equal(do_removexattr(me, vn, "user.x"), -ESTALE);
	assert_int_equal(do_walk(me, vn, "..", &to), -ESTALE);
	assert_int_equal(do_create(me, vn, "x", O_RDWR, 0600, &file), -ESTALE);
	assert_int_equal(do_touch(me, vn, "x", 0600, NULL), -ESTALE);
	assert_int_equal(do_mkdir(me, vn, "x", 0600, NULL), -ESTALE);
	assert_int_equal(do_symlink(me, vn, "x", "y", NULL), -ESTALE);
	assert_int_equal(do_unlink(me, vn, "x"), -ESTALE);
	assert_int_equal(do_rename(me, vn, "x", vn, "y"), -ESTALE);
}

static void
nothing_works_open(struct fixture *fx, struct vfile *file)
{
	const struct vlock lk = { .type = VLOCK_WRITE, .end = 9 };
	const struct who *me = &fx->self;
	struct vlock asked = lk;
	char buf[256];
	struct wait w;

	assert_int_equal(do_read(me, file, 0, buf, 1), -ESTALE);
	assert_int_equal(do_write(me, file, 0, "x", 1), -ESTALE);
	assert_int_equal(do_fsync(me, file), -ESTALE);
	wait_init(&w, me);
	assert_int_equal(vfs_lock(&w.op, file, &lk, true), -ESTALE);
	assert_int_equal(vfs_getlock(&w.op, file, &asked, buf), -ESTALE);
}

static void
all_but_to_close_is_stale_from_then_on(void **state)
{
	struct fixture *fx = *state;
	const struct vlock lk = { .type = VLOCK_WRITE, .end = 9 };
	struct vnode *vn;
	struct vfile file;
	struct wait w, lock;
	enum kind kind;

	make_host_files(fx);
	for (kind = MEMORY; kind < KINDS; kind++) {
		show(fx, kind, "/k");
		vn = walk(fx, "k");
		file = (struct vfile){ .vn = NULL };
		wait_init(&lock, &fx->self);
		if (vnode_is_dir(vn))
			assert_int_equal(do_create(&fx->self, vn, "etfsd-new",
					     O_RDWR, 0600, &file),
			    0);
		else
			assert_int_equal(
			    do_open(&fx->self, vn, O_RDWR, &file), 0);
		assert_int_equal(
		    await(&lock, vfs_lock(&lock.op, &file, &lk, true)), 0);
		if (vnode_is_dir(vn))
			assert_int_equal(
			    do_unlink(&fx->self, vn, "etfsd-new"), 0);
		begin_unmount(fx, &w, "/k");
		nothing_works(fx, vn);
		nothing_works_open(fx, &file);
		vnode_put(vn);
		still_there(fx, &w);
		assert_int_equal(do_close(&fx->self, &file), 0);
		ends(&w);
	}
}

static void
nothing_is_left_on_the_host(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn, *deep;
	struct vfile file;
	struct wait w;

	assert_int_equal(mkdir(on_host(fx, "t"), 0755), 0);
	assert_int_equal(mount("none", on_host(fx, "t"), "tmpfs", 0, NULL), 0);
	assert_int_equal(mkdir(on_host(fx, "t/d"), 0755), 0);
	host_file(fx, "t/d/f", "text");
	assert_int_equal(image_mount(fx, "/t", "t", CFG(.type = ETFS_TREE)), 0);
	vn = walk(fx, "t/d/f");
	deep = walk(fx, "t/d");
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	begin_unmount(fx, &w, "/t");
	vnode_put(vn);
	vnode_put(deep);
	assert_int_equal(umount(on_host(fx, "t")), -1);
	assert_int_equal(errno, EBUSY);
	assert_int_equal(do_close(&fx->self, &file), 0);
	ends(&w);
	assert_int_equal(umount(on_host(fx, "t")), 0);
}

static void
an_image_is_free_for_others(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct wait w;

	make_host_files(fx);
	show(fx, BLK, "/k");
	image_refuse(fx, "image", CFG(.type = ETFS_BLK), -EBUSY, NULL);
	vn = walk(fx, "k");
	begin_unmount(fx, &w, "/k");
	image_refuse(fx, "image", CFG(.type = ETFS_BLK), -EBUSY, NULL);
	vnode_put(vn);
	ends(&w);
	show(fx, BLK, "/k");
}

static void
a_wait_for_a_stream_ends_when_it_is_hurried(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	struct wait w;

	make_host_files(fx);
	show(fx, FIFO, "/s");
	open_stream(fx, "/s", O_RDWR, &file);
	reader_start(&r, &fx->self, &file);
	begin_unmount(fx, &w, "/s");
	still_there(fx, &w);
	reader_cancel(&r);
	assert_int_equal(do_close(&fx->self, &file), 0);
	ends(&w);
}

static void
a_wait_for_a_lock_ends_when_it_is_hurried(void **state)
{
	struct fixture *fx = *state;
	struct vlock lk = { .type = VLOCK_WRITE, .end = 9 };
	struct vfile file;
	struct wait w, lock;
	struct vnode *vn;

	make_host_files(fx);
	show(fx, REG, "/k");
	vn = walk(fx, "k");
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	wait_init(&lock, &fx->self);
	assert_int_equal(await(&lock, vfs_lock(&lock.op, &file, &lk, true)), 0);
	lk.owner.pid = 1;
	wait_init(&lock, &fx->self);
	assert_int_equal(vfs_lock(&lock.op, &file, &lk, true), VFS_PENDING);
	begin_unmount(fx, &w, "/k");
	still_there(fx, &w);
	vop_hurry(&lock.op);
	assert_int_equal(await(&lock, VFS_PENDING), -ECANCELED);
	vnode_put(vn);
	assert_int_equal(do_close(&fx->self, &file), 0);
	ends(&w);
}

/* Where operations wait for the test. */
static struct slowfs *
show_slow(struct fixture *fx)
{
	struct slowfs *slow;

	assert_int_equal(slowfs_new(fx->vfs, &slow), 0);
	assert_int_equal(vfs_mount(fx->vfs, "/slow", slow_fs(slow)), 0);
	return slow;
}

static void
what_has_begun_comes_to_its_end(void **state)
{
	struct fixture *fx = *state;
	struct slowfs *slow = show_slow(fx);
	struct vnode *vn = walk(fx, "slow/f1");
	struct wait w, pending, working;
	struct vattr attr[2];

	slow_plan(slow, SLOW_GETATTR, SLOW_DEAF, 0);
	wait_init(&pending, &fx->self);
	assert_int_equal(vfs_getattr(&pending.op, vn, &attr[0]), VFS_PENDING);
	slow_plan(slow, SLOW_GETATTR, SLOW_WORKER, 0);
	wait_init(&working, &fx->self);
	assert_int_equal(vfs_getattr(&working.op, vn, &attr[1]), VFS_PENDING);
	slow_await_workers(slow, 1);
	begin_unmount(fx, &w, "/slow");
	still_there(fx, &w);
	slow_finish(slow, 0);
	assert_int_equal(pending.calls, 1);
	assert_int_equal(pending.rc, 0);
	slow_open_gate(slow);
	assert_int_equal(await(&working, VFS_PENDING), 0);
	still_there(fx, &w);
	vnode_put(vn);
	ends(&w);
}

static void
a_walk_under_way_finds_nothing(void **state)
{
	struct fixture *fx = *state;
	struct slowfs *slow = show_slow(fx);
	struct vname names[] = { vname_of("slow"), vname_of("d1"),
		vname_of("f1") };
	struct vwalk walk = {
		.root = fx->root, .from = fx->root, .names = names, .nnames = 3
	};
	struct wait w, op;

	slow_plan(slow, SLOW_LOOKUP, SLOW_DEAF, 0);
	wait_init(&op, &fx->self);
	assert_int_equal(vfs_walk(&op.op, &walk), VFS_PENDING);
	begin_unmount(fx, &w, "/slow");
	still_there(fx, &w);
	slow_finish(slow, 0);
	assert_int_equal(op.calls, 1);
	assert_int_equal(op.rc, -ESTALE);
	assert_int_equal(walk.found, 1);
	assert_null(walk.vn);
	ends(&w);
}

static void
memory_is_freed_with_what_is_in_it(void **state)
{
	struct fixture *fx = *state;
	const struct who *me = &fx->self;
	struct vnode *m, *d, *f;
	struct vfile file;
	struct wait w;
	char name[16];
	int i;

	show(fx, MEMORY, "/m");
	m = walk(fx, "m");
	assert_int_equal(do_mkdir(me, m, "d", 0755, &d), 0);
	for (i = 0; i < 1000; i++) {
		(void)snprintf(name, sizeof(name), "f%d", i);
		assert_int_equal(do_touch(me, d, name, 0644, NULL), 0);
	}
	assert_int_equal(do_create(me, d, "open", O_RDWR, 0644, &file), 0);
	assert_int_equal(do_write(me, &file, 0, "text", 4), 4);
	assert_int_equal(do_unlink(me, d, "open"), 0);
	f = walk(fx, "m/d/f7");
	begin_unmount(fx, &w, "/m");
	vnode_put(m);
	vnode_put(d);
	still_there(fx, &w);
	vnode_put(f);
	still_there(fx, &w);
	assert_int_equal(do_close(me, &file), 0);
	ends(&w);
}

/* What has lost its name is closed by a thread of its own (etfs_close.c). */
static void
what_is_still_being_closed_is_waited_for(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *dir;
	int i;

	for (i = 0; i < 20; i++) {
		show(fx, TREE, "/h");
		dir = walk(fx, "h");
		assert_int_equal(
		    do_create(&fx->self, dir, "f", O_RDWR, 0600, &file), 0);
		assert_int_equal(do_write(&fx->self, &file, MIB, "x", 1), 1);
		assert_int_equal(do_unlink(&fx->self, dir, "f"), 0);
		vnode_put(dir);
		assert_int_equal(do_close(&fx->self, &file), 0);
		if (i < 19) /* the last is left to the end of the tree */
			assert_int_equal(unmount(fx, "/h"), 0);
	}
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(it_is_destroyed_when_nobody_has_a_file_of_it),
		IMAGE_ON_BOTH(all_but_to_close_is_stale_from_then_on),
		IMAGE_ON_DISK(nothing_is_left_on_the_host),
		IMAGE_ON_BOTH(an_image_is_free_for_others),
		IMAGE_ON_DISK(a_wait_for_a_stream_ends_when_it_is_hurried),
		IMAGE_ON_BOTH(a_wait_for_a_lock_ends_when_it_is_hurried),
		IMAGE_ON_DISK(what_has_begun_comes_to_its_end),
		IMAGE_ON_DISK(a_walk_under_way_finds_nothing),
		IMAGE_ON_DISK(memory_is_freed_with_what_is_in_it),
		IMAGE_ON_BOTH(what_is_still_being_closed_is_waited_for),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
