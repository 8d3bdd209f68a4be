/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_unmount.c -- file systems that leave, and who is still there.
 */

#include <stdio.h>
#include <sys/mount.h>

#include "image_fixture.h"
#include "slowfs.h"
#include "streams.h"
#include "vfs_internal.h"

/* Something of each kind at key; "f" and "image" and "fifo" are on the host. */

static void
show_memory(struct fixture *fx, const char *key)
{
	const struct memfs_config cfg = { .mode = 0777 };
	struct vfs_fs *fs;

	assert_int_equal(memfs_new(fx->vfs, &cfg, &fs), 0);
	assert_int_equal(vfs_mount(fx->vfs, key, fs), 0);
}

static void
show_tree(struct fixture *fx, const char *key)
{
	assert_int_equal(
	    image_mount(fx, key, fx->dir, CFG(.type = ETFS_TREE)), 0);
}

static void
show_mapped(struct fixture *fx, const char *key)
{
	assert_int_equal(image_mount(fx, key, "/var/tmp",
			     CFG(.type = ETFS_TREE, .identity = ETFS_MAPPED)),
	    0);
}

static void
show_reg(struct fixture *fx, const char *key)
{
	assert_int_equal(image_mount(fx, key, "f", CFG(0)), 0);
}

static void
show_blk(struct fixture *fx, const char *key)
{
	assert_int_equal(
	    image_mount(fx, key, "image", CFG(.type = ETFS_BLK)), 0);
}

static void
show_fifo(struct fixture *fx, const char *key)
{
	assert_int_equal(image_mount(fx, key, "fifo", CFG(0)), 0);
}

static void (*const kinds[])(struct fixture *fx, const char *key) = {
	show_memory,
	show_tree,
	show_mapped,
	show_reg,
	show_blk,
	show_fifo,
};

#define NKINDS (sizeof(kinds) / sizeof(kinds[0]))

static void
make_host_files(struct fixture *fx)
{
	host_file(fx, "f", "text");
	image_file(fx, "image", MIB);
	assert_int_equal(mkfifo(on_host(fx, "fifo"), 0600), 0);
}

static bool
is_there(struct fixture *fx, const char *path)
{
	struct vnode *vn = NULL;
	int rc = do_walk(&fx->self, fx->root, path, &vn);

	assert_true(rc == 0 || rc == -ENOENT);
	vnode_put(vn);
	return rc == 0;
}

static int
unmount(struct fixture *fx, const char *key)
{
	return do_unmount(&fx->self, fx->vfs, key);
}

/* Without waiting for its end. */
static void
begin_unmount(struct fixture *fx, struct wait *w, const char *key)
{
	wait_init(w, &fx->self);
	assert_int_equal(vfs_unmount(fx->vfs, &w->op, key), VFS_PENDING);
}

/* All that can happen by itself has happened, and that is not the end. */
static void
still_there(struct fixture *fx, const struct wait *w)
{
	int i;

	for (i = 0; i < 5; i++)
		turn(&fx->uv);
	assert_int_equal(w->calls, 0);
}

/* It may have done so while something else was waited for. */
static void
ends(struct wait *w)
{
	while (w->calls == 0)
		turn(w->op.loop->uv);
	assert_int_equal(w->calls, 1);
	assert_int_equal(w->rc, 0);
}

static void
what_is_unmounted_is_no_more_and_may_come_again(void **state)
{
	struct fixture *fx = *state;
	size_t i, round;
	int fds;

	make_host_files(fx);
	for (round = 0; round < 3; round++) {
		for (i = 0; i < NKINDS; i++) {
			fds = count_fds();
			kinds[i](fx, "/a/k");
			assert_true(is_there(fx, "a/k"));
			assert_int_equal(unmount(fx, "/a/k"), 0);
			assert_false(is_there(fx, "a"));
			assert_int_equal(count_fds(), fds);
		}
	}
}

static void
it_is_destroyed_when_nobody_has_a_file_of_it(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct wait w;
	size_t i;
	int fds;

	make_host_files(fx);
	for (i = 0; i < NKINDS; i++) {
		fds = count_fds();
		kinds[i](fx, "/k");
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
	size_t i;

	make_host_files(fx);
	for (i = 0; i < NKINDS; i++) {
		kinds[i](fx, "/k");
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
what_is_not_there_is_not_unmounted(void **state)
{
	struct fixture *fx = *state;

	show_tree(fx, "/a/host");
	show_memory(fx, "/a/host/way/m");
	assert_int_equal(unmount(fx, "/"), -EBUSY);
	assert_int_equal(unmount(fx, "/a"), -ENOENT);
	assert_int_equal(unmount(fx, "/b"), -ENOENT);
	assert_int_equal(unmount(fx, "/a/host/x"), -ENOENT);
	assert_int_equal(unmount(fx, "/a/host/way"), -ENOENT);
	assert_int_equal(unmount(fx, "/a/host"), -EBUSY);
	assert_int_equal(unmount(fx, "a"), -EINVAL);
	assert_int_equal(unmount(fx, "/a/../a/host"), -EINVAL);
	assert_int_equal(unmount(fx, "//a/host/way//m/"), 0);
	assert_int_equal(unmount(fx, "/a/host/way/m"), -ENOENT);
	assert_int_equal(unmount(fx, "/a/host"), 0);
	assert_false(is_there(fx, "a"));
}

static void
directories_go_that_only_keys_needed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *a, *b, *c;

	assert_int_equal(do_mkdir(&fx->self, fx->root, "a", 0755, NULL), 0);
	show_memory(fx, "/a/b/c/m");
	show_memory(fx, "/a/b/n");
	a = walk(fx, "a");
	b = walk(fx, "a/b");
	c = walk(fx, "a/b/c");
	assert_int_equal(do_rmdir(&fx->self, b, "c"), -EBUSY);
	assert_int_equal(unmount(fx, "/a/b/c/m"), 0);
	assert_false(is_there(fx, "a/b/c"));
	assert_true(is_there(fx, "a/b/n"));
	assert_int_equal(do_touch(&fx->self, b, "f", 0644, NULL), 0);
	assert_int_equal(unmount(fx, "/a/b/n"), 0);
	assert_true(is_there(fx, "a/b/f")); /* it is a client's now */
	assert_int_equal(do_unlink(&fx->self, b, "f"), 0);
	show_memory(fx, "/a/b/n");
	assert_int_equal(unmount(fx, "/a/b/n"), 0);
	assert_true(is_there(fx, "a/b"));
	assert_int_equal(do_rename(&fx->self, a, "b", a, "d"), 0);
	vnode_put(a);
	vnode_put(b);
	vnode_put(c);
}

/* The same where the server stood in for the host. */
static void
what_stood_in_for_directories_goes(void **state)
{
	struct fixture *fx = *state;
	struct vnode *way, *host;
	struct vattr attr;

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	show_tree(fx, "/h");
	host = walk(fx, "h");
	show_memory(fx, "/h/d/way/x/m");
	show_memory(fx, "/h/d/way/n");
	way = walk(fx, "h/d/way");
	assert_int_equal(do_rename(&fx->self, host, "d", host, "e"), -EBUSY);
	assert_int_equal(unmount(fx, "/h/d/way/x/m"), 0);
	assert_false(is_there(fx, "h/d/way/x"));
	assert_false(vnode_is_gone(way));
	assert_int_equal(unmount(fx, "/h/d/way/n"), 0);
	assert_false(is_there(fx, "h/d/way"));
	assert_true(vnode_is_gone(way));
	assert_int_equal(do_getattr(&fx->self, way, &attr), -ESTALE);
	assert_int_equal(do_rename(&fx->self, host, "d", host, "e"), 0);
	show_memory(fx, "/h/e/way");
	assert_true(is_there(fx, "h/e/way"));
	vnode_put(way);
	vnode_put(host);
}

static void
a_mount_that_fails_leaves_nothing(void **state)
{
	struct fixture *fx = *state;
	int fds;

	host_file(fx, "f", "text");
	host_file(fx, "g", "text");
	show_tree(fx, "/h");
	show_reg(fx, "/h/x/y");
	fds = count_fds();
	assert_int_equal(image_mount(fx, "/h/x/y/z", "g", CFG(0)), -ENOTDIR);
	assert_int_equal(image_mount(fx, "/h/x", "g", CFG(0)), -EEXIST);
	assert_int_equal(image_mount(fx, "/h/f/a/b", "g", CFG(0)), -ENOTDIR);
	assert_int_equal(count_fds(), fds);
	/* The key stays where the host has moved it: nothing new is made. */
	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	show_memory(fx, "/h/d/m");
	assert_int_equal(rename(on_host(fx, "d"), on_host(fx, "e")), 0);
	assert_int_equal(image_mount(fx, "/h/d/m", "g", CFG(0)), -EEXIST);
	assert_false(is_there(fx, "h/d"));
	assert_true(is_there(fx, "h/e/m"));
	assert_int_equal(unmount(fx, "/h/d/m"), 0);
	assert_false(is_there(fx, "h/e/m"));
}

static void
what_was_covered_can_be_seen_again(void **state)
{
	struct fixture *fx = *state;
	struct vattr before, after;
	struct vnode *h, *d;

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	show_tree(fx, "/h");
	h = walk(fx, "h");
	d = walk(fx, "h/d");
	assert_int_equal(do_getattr(&fx->self, h, &before), 0);
	show_memory(fx, "/h/d");
	show_memory(fx, "/h/m");
	assert_int_equal(do_count(&fx->self, h), 2);
	assert_int_equal(unmount(fx, "/h/d"), 0);
	assert_int_equal(unmount(fx, "/h/m"), 0);
	assert_int_equal(do_count(&fx->self, h), 1);
	assert_int_equal(do_getattr(&fx->self, h, &after), 0);
	assert_int_equal(after.nlink, before.nlink);
	assert_int_equal(do_touch(&fx->self, d, "x", 0644, NULL), 0);
	assert_true(is_there(fx, "h/d/x"));
	vnode_put(h);
	vnode_put(d);
}

/* Listed while mounts come and go before and behind. */
static void
a_listing_goes_on_while_mounts_come_and_go(void **state)
{
	struct fixture *fx = *state;
	struct vnode *d;

	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	show_tree(fx, "/h");
	d = walk(fx, "h/d");
	show_memory(fx, "/h/d/a");
	show_memory(fx, "/h/d/b");
	show_memory(fx, "/h/d/c");
	assert_int_equal(unmount(fx, "/h/d/b"), 0);
	show_memory(fx, "/h/d/e");
	assert_int_equal(do_count(&fx->self, d), 3);
	assert_int_equal(unmount(fx, "/h/d/a"), 0);
	assert_int_equal(unmount(fx, "/h/d/e"), 0);
	assert_int_equal(do_count(&fx->self, d), 1);
	assert_int_equal(unmount(fx, "/h/d/c"), 0);
	assert_int_equal(do_count(&fx->self, d), 0);
	vnode_put(d);
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
	show_blk(fx, "/k");
	image_refuse(fx, "image", CFG(.type = ETFS_BLK), -EBUSY, NULL);
	vn = walk(fx, "k");
	begin_unmount(fx, &w, "/k");
	image_refuse(fx, "image", CFG(.type = ETFS_BLK), -EBUSY, NULL);
	vnode_put(vn);
	ends(&w);
	show_blk(fx, "/k");
}

static void
a_wait_for_a_stream_ends_when_it_is_hurried(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct reader r;
	struct wait w;

	make_host_files(fx);
	show_fifo(fx, "/s");
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
	show_reg(fx, "/k");
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

	show_memory(fx, "/m");
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

/* Numbers of devices, of which there are only so many, and their lanes. */
static void
coming_and_going_uses_nothing_up(void **state)
{
	struct fixture *fx = *state;
	size_t before = 0;
	int i;

	show_tree(fx, "/h");
	for (i = 0; i < 2000; i++) {
		if (i == 10)
			before = atomic_load(&fx->vfs->ids.ndevs);
		show_tree(fx, "/h/way/k");
		assert_true(is_there(fx, "h/way/k"));
		assert_int_equal(unmount(fx, "/h/way/k"), 0);
	}
	assert_int_equal(atomic_load(&fx->vfs->ids.ndevs), before);
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
		show_tree(fx, "/h");
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

/* The tree ends with nothing of it mounted, or everything. */
static void
a_tree_is_freed_whatever_is_mounted(void **state)
{
	struct fixture *fx = *state;

	make_host_files(fx);
	show_tree(fx, "/h");
	show_tree(fx, "/h/way/h");
	show_memory(fx, "/h/way/h/way/m");
	show_blk(fx, "/h/way/h/way/m/way/blk");
	show_fifo(fx, "/h/way/fifo");
	assert_int_equal(unmount(fx, "/h/way/fifo"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(what_is_unmounted_is_no_more_and_may_come_again),
		IMAGE_ON_BOTH(it_is_destroyed_when_nobody_has_a_file_of_it),
		IMAGE_ON_BOTH(all_but_to_close_is_stale_from_then_on),
		IMAGE_ON_DISK(what_is_not_there_is_not_unmounted),
		IMAGE_ON_DISK(directories_go_that_only_keys_needed),
		IMAGE_ON_BOTH(what_stood_in_for_directories_goes),
		IMAGE_ON_BOTH(a_mount_that_fails_leaves_nothing),
		IMAGE_ON_BOTH(what_was_covered_can_be_seen_again),
		IMAGE_ON_BOTH(a_listing_goes_on_while_mounts_come_and_go),
		IMAGE_ON_DISK(nothing_is_left_on_the_host),
		IMAGE_ON_BOTH(an_image_is_free_for_others),
		IMAGE_ON_DISK(a_wait_for_a_stream_ends_when_it_is_hurried),
		IMAGE_ON_BOTH(a_wait_for_a_lock_ends_when_it_is_hurried),
		IMAGE_ON_DISK(what_has_begun_comes_to_its_end),
		IMAGE_ON_DISK(a_walk_under_way_finds_nothing),
		IMAGE_ON_DISK(memory_is_freed_with_what_is_in_it),
		IMAGE_ON_BOTH(coming_and_going_uses_nothing_up),
		IMAGE_ON_BOTH(what_is_still_being_closed_is_waited_for),
		IMAGE_ON_DISK(a_tree_is_freed_whatever_is_mounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
