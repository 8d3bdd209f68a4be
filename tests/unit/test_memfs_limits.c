/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_limits.c -- a full memfs says so, and does nothing else.
 */

#include <stdio.h>

#include "fixture.h"

#define PAGE 4096

static struct vstatfs
statfs_of(const struct fixture *fx)
{
	struct vstatfs st;

	assert_int_equal(do_statfs(&fx->user, fx->root, &st), 0);
	return st;
}

static struct vfile
make_file(const struct fixture *fx, const char *name)
{
	struct vfile file;

	assert_int_equal(
	    do_create(&fx->user, fx->root, name, O_RDWR, 0644, &file), 0);
	return file;
}

/* Leave no room, not even for a name. */
static void
fill(const struct fixture *fx)
{
	char name[256];
	size_t len;

	memset(name, 'n', sizeof(name));
	for (len = 255; len > 0; len--) {
		name[len] = '\0';
		while (do_mkdir(&fx->user, fx->root, name, 0755, NULL) == 0)
			name[0]++;
	}
}

static void
the_node_limit_counts_every_file(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	struct vfile file;

	mount_memfs(fx, 0, 5);
	assert_int_equal(statfs_of(fx).files, 5);
	assert_int_equal(statfs_of(fx).ffree, 4);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "d", 0755, NULL), 0);
	assert_int_equal(do_symlink(&fx->user, fx->root, "l", "x", NULL), 0);
	assert_int_equal(
	    do_mknod(&fx->user, fx->root, "p", S_IFIFO | 0600, 0, NULL), 0);
	assert_int_equal(do_touch(&fx->user, fx->root, "f", 0644, &vn), 0);
	assert_int_equal(statfs_of(fx).ffree, 0);
	assert_int_equal(
	    do_touch(&fx->user, fx->root, "g", 0644, NULL), -ENOSPC);
	assert_int_equal(
	    do_mkdir(&fx->user, fx->root, "g", 0755, NULL), -ENOSPC);
	assert_int_equal(
	    do_symlink(&fx->user, fx->root, "g", "x", NULL), -ENOSPC);
	assert_int_equal(
	    do_create(&fx->user, fx->root, "g", O_RDWR, 0644, &file), -ENOSPC);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "g"), 0);
	assert_int_equal(do_count(&fx->user, fx->root), 5);
	vnode_put(vn);
}

static void
a_file_without_a_name_counts_until_it_is_closed(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;

	mount_memfs(fx, 0, 2);
	file = make_file(fx, "f");
	assert_int_equal(do_unlink(&fx->user, fx->root, "f"), 0);
	assert_int_equal(
	    do_touch(&fx->user, fx->root, "g", 0644, NULL), -ENOSPC);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(do_touch(&fx->user, fx->root, "g", 0644, NULL), 0);
}

static void
a_write_that_does_not_fit_writes_nothing(void **state)
{
	static char data[20 * PAGE];
	struct fixture *fx = *state;
	struct vfile file;
	struct vattr old, new;
	struct vstatfs st;

	mount_memfs(fx, 16 * PAGE, 0);
	file = make_file(fx, "f");
	memset(data, 'x', sizeof(data));
	assert_int_equal(do_write(&fx->user, &file, PAGE - 1, data, 2), 2);
	assert_int_equal(do_getattr(&fx->user, file.vn, &old), 0);
	st = statfs_of(fx);
	assert_int_equal(
	    do_write(&fx->user, &file, 0, data, sizeof(data)), -ENOSPC);
	assert_int_equal(
	    do_write(&fx->user, &file, PAGE, data, 16 * PAGE), -ENOSPC);
	assert_int_equal(
	    do_write(&fx->user, &file, 1ULL << 60, data, 13 * PAGE), -ENOSPC);
	assert_int_equal(do_getattr(&fx->user, file.vn, &new), 0);
	assert_int_equal(new.size, old.size);
	assert_int_equal(new.blocks, old.blocks);
	assert_int_equal(new.version, old.version);
	assert_int_equal(new.mtime.tv_nsec, old.mtime.tv_nsec);
	assert_int_equal(statfs_of(fx).bfree, st.bfree);
	assert_int_equal(
	    do_compare(&fx->user, file.vn, PAGE - 2, "\0xx", 3), 3);
	assert_int_equal(
	    do_write(&fx->user, &file, PAGE, data, 10 * PAGE), 10 * PAGE);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
a_full_file_system_can_still_be_written_over(void **state)
{
	struct fixture *fx = *state;
	char data[PAGE];
	struct vfile file;
	uint64_t off = 0;

	mount_memfs(fx, 16 * PAGE, 0);
	file = make_file(fx, "f");
	memset(data, 'x', sizeof(data));
	while (do_write(&fx->user, &file, off, data, PAGE) == PAGE)
		off += PAGE;
	assert_true(off >= 13 * PAGE);
	fill(fx);
	memset(data, 'y', sizeof(data));
	assert_int_equal(do_write(&fx->user, &file, 7, data, PAGE), PAGE);
	assert_int_equal(do_compare(&fx->user, file.vn, 7, data, PAGE), PAGE);
	assert_int_equal(do_truncate(&fx->user, file.vn, NULL, 0), 0);
	assert_int_equal(do_write(&fx->user, &file, 0, data, PAGE), PAGE);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
names_and_targets_are_not_free(void **state)
{
	struct fixture *fx = *state;
	char target[VFS_LINK_MAX + 1], name[16];
	struct vnode *vn;
	int i, rc = 0;

	mount_memfs(fx, 4 * PAGE, 0);
	memset(target, 't', VFS_LINK_MAX);
	target[VFS_LINK_MAX] = '\0';
	for (i = 0; rc == 0; i++) {
		snprintf(name, sizeof(name), "l%d", i);
		rc = do_symlink(&fx->user, fx->root, name, target, NULL);
		assert_true(i < 4);
	}
	assert_int_equal(rc, -ENOSPC);
	fill(fx);
	assert_int_equal(do_walk(&fx->user, fx->root, "l0", &vn), 0);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "new"), -ENOSPC);
	assert_int_equal(
	    do_touch(&fx->user, fx->root, "new", 0644, NULL), -ENOSPC);
	assert_int_equal(do_walk(&fx->user, fx->root, "new", &vn), -ENOENT);
	vnode_put(vn);
}

static void
attributes_are_not_free(void **state)
{
	static char value[VFS_XATTR_MAX];
	struct fixture *fx = *state;
	struct vfile file;
	struct vblob blob;

	mount_memfs(fx, VFS_XATTR_MAX + PAGE, 0);
	file = make_file(fx, "f");
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.a", value, VFS_XATTR_MAX, 0),
	    0);
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.b", value, PAGE, 0), -ENOSPC);
	fill(fx);
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.b", value, 100, 0), -ENOSPC);
	assert_int_equal(
	    do_getxattr(&fx->user, file.vn, "user.b", &blob), -ENODATA);
	memset(value, 'v', 10);
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.a", value, VFS_XATTR_MAX, 0),
	    0);
	assert_int_equal(do_removexattr(&fx->user, file.vn, "user.a"), 0);
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.b", value, PAGE, 0), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
}

static void
a_full_file_system_can_still_be_renamed_and_removed(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	mount_memfs(fx, 4 * PAGE, 0);
	assert_int_equal(do_touch(&fx->user, fx->root, "a", 0644, &vn), 0);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "bb"), 0);
	assert_int_equal(do_mkdir(&fx->user, fx->root, "c", 0755, NULL), 0);
	fill(fx);
	assert_int_equal(
	    do_rename(&fx->user, fx->root, "a", fx->root, "too long"), -ENOSPC);
	assert_int_equal(do_rename(&fx->user, fx->root, "a", fx->root, "z"), 0);
	assert_int_equal(
	    do_rename(&fx->user, fx->root, "z", fx->root, "c"), -EISDIR);
	assert_int_equal(
	    do_rename(&fx->user, fx->root, "bb", fx->root, "y"), 0);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "b"), -ENOSPC);
	assert_int_equal(do_rmdir(&fx->user, fx->root, "c"), 0);
	assert_int_equal(do_link(&fx->user, fx->root, vn, "b"), 0);
	vnode_put(vn);
}

static void
an_emptied_file_system_is_as_new(void **state)
{
	static char data[3 * PAGE];
	struct fixture *fx = *state;
	struct vstatfs before;
	struct vfile file;

	mount_memfs(fx, 64 * PAGE, 1000);
	before = statfs_of(fx);
	file = make_file(fx, "f");
	assert_int_equal(
	    do_write(&fx->user, &file, 1 << 30, data, sizeof(data)),
	    sizeof(data));
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.a", data, 100, 0), 0);
	assert_int_equal(
	    do_rename(&fx->user, fx->root, "f", fx->root, "longer"), 0);
	assert_int_equal(
	    do_rename(&fx->user, fx->root, "longer", fx->root, "s"), 0);
	assert_int_equal(
	    do_setxattr(&fx->user, file.vn, "user.a", data, 10, 0), 0);
	assert_int_equal(do_unlink(&fx->user, fx->root, "s"), 0);
	assert_int_equal(do_close(&fx->user, &file), 0);
	assert_int_equal(statfs_of(fx).bfree, before.bfree);
	assert_int_equal(statfs_of(fx).bfree, 64);
	assert_int_equal(statfs_of(fx).ffree, 999);
	assert_int_equal(statfs_of(fx).blocks, 64);
}

static void
no_limit_is_what_the_host_has(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs st;

	mount_memfs(fx, 0, 0);
	st = statfs_of(fx);
	assert_true(st.bfree > 0);
	assert_true(st.ffree > 0);
	assert_true(st.blocks >= st.bfree);
	assert_int_equal(st.bavail, st.bfree);
	assert_int_equal(st.namelen, 255);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(the_node_limit_counts_every_file),
		T(a_file_without_a_name_counts_until_it_is_closed),
		T(a_write_that_does_not_fit_writes_nothing),
		T(a_full_file_system_can_still_be_written_over),
		T(names_and_targets_are_not_free),
		T(attributes_are_not_free),
		T(a_full_file_system_can_still_be_renamed_and_removed),
		T(an_emptied_file_system_is_as_new),
		T(no_limit_is_what_the_host_has),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
