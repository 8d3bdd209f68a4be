/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_memfs_nomemory.c -- memfs on a host whose memory has run out.
 *
 * The files that allocate are compiled in here once more, with allocators that
 * can fail; the linker then has no use for the ordinary ones.  A story is told
 * again and again, and each time another allocation fails: the call that
 * needed it says so and has done nothing, and the story goes on.
 */

#include <stdio.h>

#include "fixture.h"

static unsigned int allocations, failing;

static bool
fails(void)
{
	return ++allocations == failing;
}

static void *
scarce_malloc(size_t size)
{
	return fails() ? NULL : malloc(size);
}

static void *
scarce_calloc(size_t n, size_t size)
{
	return fails() ? NULL : calloc(n, size);
}

#define malloc scarce_malloc
#define calloc scarce_calloc
#include "memfs.c"
#include "memfs_node.c"
#include "memfs_table.c"
#include "memfs_xattr.c"
#undef malloc
#undef calloc

/* What can be seen of a tree from outside. */
struct view {
	struct vstatfs st;
	struct vattr root, file;
	int entries;
};

static struct view
look(const struct fixture *fx, struct vnode *file)
{
	struct view v;

	assert_int_equal(do_statfs(&fx->self, fx->root, &v.st), 0);
	assert_int_equal(do_getattr(&fx->self, fx->root, &v.root), 0);
	assert_int_equal(do_getattr(&fx->self, file, &v.file), 0);
	v.entries = do_count(&fx->self, fx->root);
	assert_true(v.entries >= 0);
	return v;
}

static void
assert_same(const struct view *a, const struct view *b)
{
	assert_int_equal(a->entries, b->entries);
	assert_int_equal(a->st.bfree, b->st.bfree);
	assert_int_equal(a->st.ffree, b->st.ffree);
	assert_int_equal(a->root.version, b->root.version);
	assert_int_equal(a->root.nlink, b->root.nlink);
	assert_int_equal(a->root.mtime.tv_nsec, b->root.mtime.tv_nsec);
	assert_int_equal(a->file.version, b->file.version);
	assert_int_equal(a->file.nlink, b->file.nlink);
	assert_int_equal(a->file.size, b->file.size);
	assert_int_equal(a->file.blocks, b->file.blocks);
	assert_int_equal(a->file.ctime.tv_nsec, b->file.ctime.tv_nsec);
}

/* A step of the story: 0 or -errno. */
typedef int step(const struct fixture *fx, struct vfile *file);

static int
step_set_default_acl(const struct fixture *fx, struct vfile *file)
{
	static const unsigned char acl[] = { 2, 0, 0, 0, /* version */
		1, 0, 7, 0, 255, 255, 255, 255, /* owner */
		2, 0, 7, 0, 0xe9, 3, 0, 0, /* user 1001 */
		4, 0, 5, 0, 255, 255, 255, 255, /* group */
		16, 0, 7, 0, 255, 255, 255, 255, /* mask */
		32, 0, 5, 0, 255, 255, 255, 255 }; /* others */

	(void)file;
	return do_setxattr(
	    &fx->self, fx->root, VACL_DEFAULT, acl, sizeof(acl), 0);
}

static int
step_mkdir(const struct fixture *fx, struct vfile *file)
{
	(void)file;
	return do_mkdir(&fx->self, fx->root, "dir", 0755, NULL);
}

static int
step_symlink(const struct fixture *fx, struct vfile *file)
{
	(void)file;
	return do_symlink(&fx->self, fx->root, "link", "target", NULL);
}

static int
step_link(const struct fixture *fx, struct vfile *file)
{
	return do_link(&fx->self, fx->root, file->vn, "other");
}

static int
step_rename(const struct fixture *fx, struct vfile *file)
{
	(void)file;
	return do_rename(&fx->self, fx->root, "other", fx->root, "o");
}

static int
step_write(const struct fixture *fx, struct vfile *file)
{
	static const char data[5 * 4096];
	ssize_t n = do_write(&fx->self, file, 4000, data, sizeof(data));

	return n < 0 ? (int)n : 0;
}

static int
step_write_far_out(const struct fixture *fx, struct vfile *file)
{
	ssize_t n = do_write(&fx->self, file, 1ULL << 60, "x", 1);

	return n < 0 ? (int)n : 0;
}

static int
step_setxattr(const struct fixture *fx, struct vfile *file)
{
	return do_setxattr(&fx->self, file->vn, "user.a", "value", 5, 0);
}

static int
step_getxattr(const struct fixture *fx, struct vfile *file)
{
	struct vblob blob = { 0 };
	int rc = do_getxattr(&fx->self, file->vn, "user.a", &blob);

	free(blob.data);
	return rc == -ENODATA ? 0 : rc;
}

static int
step_listxattr(const struct fixture *fx, struct vfile *file)
{
	struct vblob blob = { 0 };
	int rc = do_listxattr(&fx->self, file->vn, &blob);

	free(blob.data);
	return rc;
}

static step *const story[] = { step_set_default_acl, step_mkdir, step_symlink,
	step_link, step_rename, step_write, step_write_far_out, step_setxattr,
	step_getxattr, step_listxattr };

/* The story again with allocation n failing; how many steps that failed. */
static unsigned int
tell(const struct fixture *fx, unsigned int n)
{
	unsigned int failed = 0, i;
	struct view before, after;
	struct vfile file;
	int rc;

	assert_int_equal(
	    do_create(&fx->self, fx->root, "f", O_RDWR, 0644, &file), 0);
	allocations = 0;
	failing = n;
	for (i = 0; i < sizeof(story) / sizeof(story[0]); i++) {
		before = look(fx, file.vn);
		rc = story[i](fx, &file);
		if (rc == 0 || rc == -ENOENT)
			continue; /* what it is about was not made before */
		assert_int_equal(rc, -ENOMEM);
		after = look(fx, file.vn);
		assert_same(&before, &after);
		failed++;
	}
	failing = 0;
	assert_int_equal(do_close(&fx->self, &file), 0);
	return failed;
}

static void
forget(const struct fixture *fx)
{
	static const char *const names[] = { "f", "link", "other", "o" };
	size_t i;

	do_removexattr(&fx->self, fx->root, VACL_DEFAULT);
	do_rmdir(&fx->self, fx->root, "dir");
	for (i = 0; i < 4; i++)
		do_unlink(&fx->self, fx->root, names[i]);
	assert_int_equal(do_count(&fx->self, fx->root), 0);
}

static void
whatever_allocation_fails_one_call_fails_and_does_nothing(void **state)
{
	struct fixture *fx = *state;
	struct vstatfs st;
	unsigned int n, failed;

	mount_memfs(fx, 1 << 20, 100);
	for (n = 1; n < 1000; n++) {
		failed = tell(fx, n);
		forget(fx);
		assert_int_equal(do_statfs(&fx->self, fx->root, &st), 0);
		assert_int_equal(st.bfree, (1 << 20) / 4096);
		assert_int_equal(st.ffree, 99);
		if (failed == 0)
			break;
		assert_int_equal(failed, 1);
	}
	assert_in_range(n, 20, 100); /* the story needs that many */
}

static void
a_memfs_is_made_whole_or_not_at_all(void **state)
{
	struct memfs_config cfg = { .mode = 0755 };
	struct fixture *fx = *state;
	struct vfs_fs *fs;
	unsigned int n;
	int rc = -1;

	for (n = 1; rc != 0; n++) {
		allocations = 0;
		failing = n;
		if ((rc = memfs_new(fx->vfs, &cfg, &fs)) != 0)
			assert_int_equal(rc, -ENOMEM);
	}
	failing = 0;
	assert_in_range(n, 4, 5);
	assert_int_equal(vfs_mount(fx->vfs, "/", fs), 0);
}

static void
the_table_of_names_does_without_more_buckets(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;
	char name[16];
	unsigned int i;

	mount_memfs(fx, 0, 0);
	for (i = 0; i < 2000; i++) {
		snprintf(name, sizeof(name), "%u", i);
		/* A third allocation, if any, is for buckets. */
		allocations = 0;
		failing = 3;
		assert_int_equal(
		    do_touch(&fx->self, fx->root, name, 0644, NULL), 0);
	}
	assert_int_equal(memfs_of(fx->root)->table.size, 64);
	failing = 0;
	for (; i > 0; i--) {
		snprintf(name, sizeof(name), "%u", i - 1);
		assert_int_equal(do_walk(&fx->self, fx->root, name, &vn), 0);
		vnode_put(vn);
		if (i % 2 == 0)
			assert_int_equal(
			    do_unlink(&fx->self, fx->root, name), 0);
	}
	assert_int_equal(
	    do_touch(&fx->self, fx->root, "one more", 0644, NULL), 0);
	assert_true(memfs_of(fx->root)->table.size > 64);
	assert_int_equal(do_count(&fx->self, fx->root), 1001);
}

#define T(f) cmocka_unit_test_setup_teardown(f, fixture_setup, fixture_teardown)

int
main(void)
{
	const struct CMUnitTest tests[] = {
		T(whatever_allocation_fails_one_call_fails_and_does_nothing),
		T(a_memfs_is_made_whole_or_not_at_all),
		T(the_table_of_names_does_without_more_buckets),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
