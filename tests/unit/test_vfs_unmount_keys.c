/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_vfs_unmount_keys.c -- file systems leave: what is seen at their keys
 * afterwards, on the way to them, and of what they covered.
 */

#include "leaving.h"
#include "vfs_internal.h"

static void
what_is_unmounted_is_no_more_and_may_come_again(void **state)
{
	struct fixture *fx = *state;
	enum kind kind;
	int round;
	int fds;

	make_host_files(fx);
	for (round = 0; round < 3; round++) {
		for (kind = MEMORY; kind < KINDS; kind++) {
			fds = count_fds();
			show(fx, kind, "/a/k");
			assert_true(is_there(fx, "a/k"));
			assert_int_equal(unmount(fx, "/a/k"), 0);
			assert_false(is_there(fx, "a"));
			assert_int_equal(count_fds(), fds);
		}
	}
}

static void
what_is_not_there_is_not_unmounted(void **state)
{
	struct fixture *fx = *state;

	show(fx, TREE, "/a/host");
	show(fx, MEMORY, "/a/host/way/m");
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
	show(fx, MEMORY, "/a/b/c/m");
	show(fx, MEMORY, "/a/b/n");
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
	show(fx, MEMORY, "/a/b/n");
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
	show(fx, TREE, "/h");
	host = walk(fx, "h");
	show(fx, MEMORY, "/h/d/way/x/m");
	show(fx, MEMORY, "/h/d/way/n");
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
	show(fx, MEMORY, "/h/e/way");
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
	show(fx, TREE, "/h");
	show(fx, REG, "/h/x/y");
	fds = count_fds();
	assert_int_equal(image_mount(fx, "/h/x/y/z", "g", CFG(0)), -ENOTDIR);
	assert_int_equal(image_mount(fx, "/h/x", "g", CFG(0)), -EEXIST);
	assert_int_equal(image_mount(fx, "/h/f/a/b", "g", CFG(0)), -ENOTDIR);
	assert_int_equal(count_fds(), fds);
	/* The key stays where the host has moved it: nothing new is made. */
	assert_int_equal(mkdir(on_host(fx, "d"), 0755), 0);
	show(fx, MEMORY, "/h/d/m");
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
	show(fx, TREE, "/h");
	h = walk(fx, "h");
	d = walk(fx, "h/d");
	assert_int_equal(do_getattr(&fx->self, h, &before), 0);
	show(fx, MEMORY, "/h/d");
	show(fx, MEMORY, "/h/m");
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
	show(fx, TREE, "/h");
	d = walk(fx, "h/d");
	show(fx, MEMORY, "/h/d/a");
	show(fx, MEMORY, "/h/d/b");
	show(fx, MEMORY, "/h/d/c");
	assert_int_equal(unmount(fx, "/h/d/b"), 0);
	show(fx, MEMORY, "/h/d/e");
	assert_int_equal(do_count(&fx->self, d), 3);
	assert_int_equal(unmount(fx, "/h/d/a"), 0);
	assert_int_equal(unmount(fx, "/h/d/e"), 0);
	assert_int_equal(do_count(&fx->self, d), 1);
	assert_int_equal(unmount(fx, "/h/d/c"), 0);
	assert_int_equal(do_count(&fx->self, d), 0);
	vnode_put(d);
}

/* Numbers of devices, of which there are only so many, and their lanes. */
static void
coming_and_going_uses_nothing_up(void **state)
{
	struct fixture *fx = *state;
	size_t before = 0;
	int i;

	show(fx, TREE, "/h");
	for (i = 0; i < 2000; i++) {
		if (i == 10)
			before = atomic_load(&fx->vfs->ids.ndevs);
		show(fx, TREE, "/h/way/k");
		assert_true(is_there(fx, "h/way/k"));
		assert_int_equal(unmount(fx, "/h/way/k"), 0);
	}
	assert_int_equal(atomic_load(&fx->vfs->ids.ndevs), before);
}

/* The tree ends with nothing of it mounted, or everything. */
static void
a_tree_is_freed_whatever_is_mounted(void **state)
{
	struct fixture *fx = *state;

	make_host_files(fx);
	show(fx, TREE, "/h");
	show(fx, TREE, "/h/way/h");
	show(fx, MEMORY, "/h/way/h/way/m");
	show(fx, BLK, "/h/way/h/way/m/way/blk");
	show(fx, FIFO, "/h/way/fifo");
	assert_int_equal(unmount(fx, "/h/way/fifo"), 0);
}

int
main(void)
{
	const struct CMUnitTest tests[] = {
		IMAGE_ON_BOTH(what_is_unmounted_is_no_more_and_may_come_again),
		IMAGE_ON_DISK(what_is_not_there_is_not_unmounted),
		IMAGE_ON_DISK(directories_go_that_only_keys_needed),
		IMAGE_ON_BOTH(what_stood_in_for_directories_goes),
		IMAGE_ON_BOTH(a_mount_that_fails_leaves_nothing),
		IMAGE_ON_BOTH(what_was_covered_can_be_seen_again),
		IMAGE_ON_BOTH(a_listing_goes_on_while_mounts_come_and_go),
		IMAGE_ON_BOTH(coming_and_going_uses_nothing_up),
		IMAGE_ON_DISK(a_tree_is_freed_whatever_is_mounted),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
