/* SPDX-License-Identifier: BSD-2-Clause */
/*
 * test_etfs_flat.c -- type dir: a directory without the directories in it.
 */

#include <sys/stat.h>

#include "etfs_fixture.h"

static int
flat_setup(void **state, bool tmpfs, enum etfs_identity identity)
{
	struct etfs_config cfg = { .type = ETFS_DIR, .identity = identity };
	struct fixture *fx;
	int rc = etfs_setup(state, tmpfs, cfg);

	fx = *state;
	if (rc == 0) {
		host_file(fx, "f", "text");
		mkdir(on_host(fx, "d"), 0777);
		host_file(fx, "d/inner", "");
		assert_int_equal(symlink("d", on_host(fx, "s")), 0);
	}
	return rc;
}

static int
flat_disk_setup(void **state)
{
	return flat_setup(state, false, ETFS_SELF);
}

static int
flat_tmpfs_setup(void **state)
{
	return flat_setup(state, true, ETFS_SELF);
}

static int
flat_mapped_setup(void **state)
{
	return flat_setup(state, false, ETFS_MAPPED);
}

static void
directories_are_not_listed(void **state)
{
	struct fixture *fx = *state;

	assert_int_equal(do_count(&fx->self, fx->root), 2);
	mkdir(on_host(fx, "more"), 0777);
	host_file(fx, "file", "");
	assert_int_equal(do_count(&fx->self, fx->root), 3);
}

static void
directories_are_not_found(void **state)
{
	struct fixture *fx = *state;
	struct vnode *vn;

	assert_int_equal(do_walk(&fx->self, fx->root, "d", &vn), -ENOENT);
	assert_int_equal(do_walk(&fx->self, fx->root, "d/inner", &vn), -ENOENT);
	assert_int_equal(
	    do_walk(&fx->self, fx->root, "s/inner", &vn), -ENOTDIR);
}

static void
no_directory_is_made_moved_or_removed(void **state)
{
	struct fixture *fx = *state;
	struct stat st;

	assert_int_equal(
	    do_mkdir(&fx->self, fx->root, "new", 0755, NULL), -EPERM);
	assert_int_equal(do_rmdir(&fx->self, fx->root, "d"), -ENOENT);
	assert_int_equal(do_unlink(&fx->self, fx->root, "d"), -ENOENT);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "d", fx->root, "e"), -ENOENT);
	assert_int_equal(
	    do_rename(&fx->self, fx->root, "f", fx->root, "d"), -EISDIR);
	assert_int_equal(stat(on_host(fx, "d/inner"), &st), 0);
	assert_int_equal(stat(on_host(fx, "f"), &st), 0);
}

static void
files_are_as_anywhere(void **state)
{
	struct fixture *fx = *state;
	struct vfile file;
	struct vnode *vn;
	char buf[8] = "";

	vn = walk(fx, "f");
	assert_int_equal(do_open(&fx->self, vn, O_RDWR, &file), 0);
	assert_int_equal(do_read(&fx->self, &file, 0, buf, 4), 4);
	assert_string_equal(buf, "text");
	assert_int_equal(do_close(&fx->self, &file), 0);
	assert_int_equal(do_link(&fx->self, fx->root, vn, "g"), 0);
	assert_int_equal(do_rename(&fx->self, fx->root, "g", fx->root, "h"), 0);
	assert_int_equal(do_unlink(&fx->self, fx->root, "f"), 0);
	assert_int_equal(do_touch(&fx->self, fx->root, "new", 0644, NULL), 0);
	assert_int_equal(do_count(&fx->self, fx->root), 3);
	vnode_put(vn);
}

#define FLAT(test, setup, name)                                                \
	{                                                                      \
#test " (" name ")", test, setup, etfs_teardown, NULL          \
	}
#define EACH(test)                                                             \
	FLAT(test, flat_disk_setup, "disk"),                                   \
	    FLAT(test, flat_tmpfs_setup, "tmpfs"),                             \
	    FLAT(test, flat_mapped_setup, "mapped")

int
main(void)
{
	const struct CMUnitTest tests[] = {
		EACH(directories_are_not_listed),
		EACH(directories_are_not_found),
		EACH(no_directory_is_made_moved_or_removed),
		EACH(files_are_as_anywhere),
	};

	return cmocka_run_group_tests(tests, NULL, NULL);
}
